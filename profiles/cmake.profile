# cmake: builds in the current directory, with what the system has of compilers. No network:
# what FetchContent wants is said at the end. A build beside its source: --ro-bind SOURCE.
description builds the current directory, no network
alias ctest cpack
include default

cwd rw
arguments ro
