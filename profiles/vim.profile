# vim: changes the files that it is given, and the current directory. What a file or an
# add-on makes it run has no network. Its history and swap files are gone at the end.
description text that is given, to be changed
alias vi view ex vimdiff
include default

cwd rw
arguments rw
etc vim
ro-bind-try ~/.vimrc
ro-bind-try ~/.vim
