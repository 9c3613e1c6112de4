# unzip: unpacks into the current directory, whatever paths and links are in the archive;
# what is given besides is only read. No network.
description zip archives, in the current directory
alias zip zipinfo funzip
include default

cwd rw
arguments ro
