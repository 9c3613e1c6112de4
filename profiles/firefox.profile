# firefox: the web, with a home of its own: bookmarks, passwords and add-ons stay there,
# and your ~/.mozilla is not in reach. What it loads goes to ~/Downloads. No camera, nothing
# of your network at home: `allow lan` opens that.
description the web, with a home of its own and ~/Downloads
alias firefox-esr
include default
include window
include audio
include gpu
include downloads

user self
home kept:firefox
cwd hide
arguments ro
allow internet
etc firefox
etc firefox-esr
# Its processes for pages filter their own system calls, which stays; what they also do with
# namespaces, keeping themselves from the network and from files, they do without, since
# those would bring more of the kernel into reach of everything here. To have it so: nested.
setenv MOZ_ENABLE_WAYLAND=1
