# thunderbird: mail, with a home of its own: accounts, keys and mails stay there, and your
# ~/.thunderbird is not in reach. Attachments go to ~/Downloads, and come from there.
description mail, with a home of its own and ~/Downloads
include default
include window
include downloads

user self
home kept:thunderbird
cwd hide
arguments ro
allow internet
etc thunderbird
setenv MOZ_ENABLE_WAYLAND=1
