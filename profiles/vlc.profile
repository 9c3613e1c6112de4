# vlc: plays the files that it is given, or that lie in the current directory, and can
# write neither. For streams of the internet: immure run --net vlc URL. Its windows are
# X11's, in Wayland sessions too.
description plays media, writes nothing, no network
alias cvlc
include default
include x11
include fonts
include audio
include gpu

user self
arguments ro
ro-bind-try $XDG_CONFIG_HOME/vlc
