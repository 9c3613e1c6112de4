# window: windows in the Wayland compositor or, where there is none, in the X server; the
# look that was chosen for them, without the session's bus that would tell of changes.
description windows, by Wayland where there is a compositor, else by X11

include wayland
if not env WAYLAND_DISPLAY include x11
include fonts
ro-bind-try $XDG_CONFIG_HOME/gtk-3.0/settings.ini
setenv GSETTINGS_BACKEND=memory
setenv NO_AT_BRIDGE=1
