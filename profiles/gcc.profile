# gcc: compiles into the current directory; what is given besides is only read. No network.
description compiles into the current directory, no network
alias g++ c++ cc cpp
include default

cwd rw
arguments ro
