# mpv: plays the files that it is given, or that lie in the current directory, and can
# write neither. For streams of the internet: immure run --net mpv URL.
description plays media, writes nothing, no network
include default
include window
include audio
include gpu

user self
arguments ro
etc mpv
ro-bind-try $XDG_CONFIG_HOME/mpv
