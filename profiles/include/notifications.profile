# notifications: messages in a corner of the screen, by the service that shows them, and
# nothing else of the session bus. A text could pretend to come from another program.
description notifications on the desktop

if env DBUS_SESSION_BUS_ADDRESS dbus call:org.freedesktop.Notifications=org.freedesktop.Notifications.*@/org/freedesktop/Notifications
if env DBUS_SESSION_BUS_ADDRESS dbus broadcast:org.freedesktop.Notifications=org.freedesktop.Notifications.*@/org/freedesktop/Notifications
