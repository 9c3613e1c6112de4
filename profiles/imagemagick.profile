# imagemagick: as ffmpeg, for pictures. Its policy is the system's; formats that it leaves to
# ghostscript or a browser are run by it, and so in the same walls.
description converts pictures in the current directory, no network
alias magick convert identify mogrify compare composite montage
include default
include fonts

cwd rw
arguments ro
etc ImageMagick-6
etc ImageMagick-7
etc ghostscript
