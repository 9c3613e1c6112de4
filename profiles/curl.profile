# curl: what it loads goes into the current directory, and what it sends is named as a word
# of its own (-T FILE). The internet, and nothing of this host or its network: for that
# --allow lan, --allow host:8080.
description transfers over the internet, into the current directory
include default
include certs

cwd rw
arguments ro
ro-bind-try ~/.curlrc
allow internet
