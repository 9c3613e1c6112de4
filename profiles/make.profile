# make: builds in the current directory, with what the system has of compilers. No network:
# a build that loads something fails there, and says what it wanted.
description builds the current directory, no network
alias gmake
include default

cwd rw
