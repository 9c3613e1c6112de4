# downloads: the directory that programs load into, and take from what is to be sent. It
# is writable.
description the directory ~/Downloads, writable

bind-try ~/Downloads
