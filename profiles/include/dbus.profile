# dbus: the session bus, without anybody on it: what a program says on it about itself goes
# nowhere. Behind this line, `dbus talk:NAME` opens one name; all of it goes by way of
# xdg-dbus-proxy. The bus asks for the user id: `user self`.
description the session bus, of which each name is opened by itself

if env DBUS_SESSION_BUS_ADDRESS dbus see:org.freedesktop.DBus
