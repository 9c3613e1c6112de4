# pandoc: converts documents in the current directory. One can ask for pictures of any
# server, and for files of any name: there is neither a network nor more than here.
description converts documents in the current directory, no network
include default
include fonts

cwd rw
arguments ro
ro-bind-try $XDG_DATA_HOME/pandoc
ro-bind-try ~/.pandoc
