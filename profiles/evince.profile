# evince: shows the documents it is given, and what lies in the current directory, and can
# write neither. Nothing is kept of what was read.
description shows documents, writes nothing, no network
include default
include window

user self
arguments ro
