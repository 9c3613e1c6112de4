# gzip: changes files of the current directory; what is given besides is only read, as
# zcat does. No network.
description compressed files, in the current directory
alias gunzip zcat
include default

cwd rw
arguments ro
