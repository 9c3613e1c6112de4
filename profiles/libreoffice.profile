# libreoffice: office documents, whose macros run here and nowhere else. What is edited must
# lie in the current directory, or be named when it is started, and is written back there;
# its settings are its own and stay. No network: no pictures or updates of servers.
description office documents, no network
alias soffice localc lowriter loimpress
include default
include window

user self
home kept:libreoffice
cwd rw
arguments rw
etc libreoffice
etc java-17-openjdk
etc papersize
ro-bind-try /var/lib/libreoffice
# How it draws and asks is GTK's where that is installed.
env-keep SAL_USE_VCLPLUGIN
