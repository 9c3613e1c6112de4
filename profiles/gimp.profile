# gimp: edits pictures in the current directory, and those that it is given. Its settings,
# brushes and plug-ins are its own and stay. No network. It is an X program.
description edits pictures, no network
alias gimp-2.10 gimp-console
include default
include x11
include fonts

user self
home kept:gimp
cwd rw
arguments rw
etc gimp
