# sqlite3: databases of the current directory, which it can change. One that lies elsewhere
# is only read: beside it there is no place for the journal that a change needs. To
# change it: --bind its directory. No network.
description databases, in the current directory
include default

cwd rw
arguments ro
ro-bind-try ~/.sqliterc
ro-bind-try $XDG_CONFIG_HOME/sqlite3/sqliterc
