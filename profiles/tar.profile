# tar: packs and unpacks in the current directory, whatever paths and links are in the
# archive; what is given besides is only read. No network.
description archives, in the current directory
include default

cwd rw
arguments ro
