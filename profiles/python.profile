# python: a script, which is whoever wrote it: it reads the current directory and what it is
# given, and has no network. To let it write: --cwd rw; to reach the internet: --net. Modules
# that were installed for oneself are shown.
description a script, which reads the current directory, no network
alias python3
include default

arguments ro
etc python3
ro-bind-try ~/.local/lib
