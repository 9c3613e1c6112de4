# yt-dlp: takes media from sites of the internet, and writes them in the current directory.
# It has no account of yours: neither cookies of a browser nor ~/.netrc.
description media from the internet into the current directory
include default

cwd rw
allow internet
ro-bind-try $XDG_CONFIG_HOME/yt-dlp
ro-bind-try /etc/yt-dlp.conf
