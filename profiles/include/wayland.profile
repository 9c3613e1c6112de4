# wayland: windows in the Wayland compositor of the session, if there is one. What it lets
# a program do besides is its own to decide: the clipboard of the window that has the
# focus, and with some the whole screen.
description windows, in the Wayland compositor of the session

if env WAYLAND_DISPLAY wayland
if env WAYLAND_DISPLAY setenv XDG_SESSION_TYPE=wayland
