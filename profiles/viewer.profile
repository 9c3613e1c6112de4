# viewer: a program that shows the file it is given, and a file that nobody vouches for.
# It can read that file, and write nothing, keep nothing, reach nobody.
#
#	immure run --profile viewer evince ~/Downloads/bill.pdf
#	immure run --profile viewer less report.txt
#
# The directory that it is started in is not shown, nor what lies beside the file. Windows
# need a Wayland compositor; where there is an X server alone, --x11, which shows the
# program all other windows and what is typed there, is to be said.
description opens the files it is given, read-only, and nothing else
include default
include wayland
include fonts

user self
cwd hide
arguments ro
etc mime.types
