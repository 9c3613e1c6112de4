# chromium: the web, with a home of its own, as firefox.
description the web, with a home of its own and ~/Downloads
include default
include window
include audio
include gpu
include downloads

user self
home kept:chromium
cwd hide
arguments ro
allow internet
etc chromium
etc chromium.d
# It ends rather than do without its own sandbox, and that needs namespaces. Given up for
# it: covered parts of /proc, Landlock for files, and more of the kernel is in reach.
nested
