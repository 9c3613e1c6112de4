# pip: packages into a virtual environment of the current directory, from PyPI and what its
# own configuration names. What a package runs while it is installed (setup.py) runs here too, and
# can read that configuration. Its cache is of its own, and stays (immure home ls).
description Python packages, into the current directory
alias pip3
include default
include certs

home kept:pip
cwd rw
arguments ro
etc python3
etc pip.conf
ro-bind-try ~/.config/pip
ro-bind-try ~/.pip
allow pypi.org:443
allow files.pythonhosted.org:443
allow-urls-in ~/.config/pip/pip.conf ~/.pip/pip.conf /etc/pip.conf
