# rsync: between what it is given, which it only reads, and the current directory or
# another host, by ssh or by its own protocol. To write elsewhere: --bind DIR.
description copies into the current directory, from and to other hosts
include default
include ssh-agent

cwd rw
arguments ro
allow internet:22,873
allow lan:22,873
