# less: reads what it is given and shows it. Nothing can be written, and no filter of its
# (LESSOPEN) or command (!) has a network.
description text that is given, to be read
alias pager
include default

arguments ro
ro-bind-try ~/.lesskey
ro-bind-try ~/.less
env-keep LESS
