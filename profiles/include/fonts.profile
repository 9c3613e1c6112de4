# fonts: those that were installed for oneself, and how all are to look, read-only. The
# system's fonts are in /usr, and /etc/fonts is shown by `default`.
description one's own fonts, and how fonts are to look

ro-bind-try ~/.fonts
ro-bind-try ~/.fonts.conf
ro-bind-try $XDG_DATA_HOME/fonts
ro-bind-try $XDG_CONFIG_HOME/fontconfig
ro-bind-try /var/cache/fontconfig
