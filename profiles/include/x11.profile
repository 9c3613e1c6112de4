# x11: windows in the X server of this host, if there is one. X keeps no programs apart:
# this one sees all windows, and what is typed in them, and can type into them. Each start
# says so. Memory cannot be shared with the server, which is in other namespaces.
description windows, in the X server: all others in it are open to the program

if env DISPLAY x11
if env DISPLAY setenv QT_X11_NO_MITSHM=1
