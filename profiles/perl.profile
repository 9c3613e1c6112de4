# perl: a script, which is whoever wrote it: it reads the current directory and what it is
# given, and has no network. To let it write: --cwd rw; to reach the internet: --net.
description a script, which reads the current directory, no network
include default

arguments ro
etc perl
