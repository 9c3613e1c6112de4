# wget: what it loads goes into the current directory. The internet, and nothing of this
# host or its network: for that --allow lan, --allow host:8080.
description loads from the internet into the current directory
include default
include certs

cwd rw
arguments ro
etc wgetrc
ro-bind-try ~/.wgetrc
allow internet
