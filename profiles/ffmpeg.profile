# ffmpeg: converts sound and pictures that anybody may have made. It reads and writes in
# the current directory, and asks no server, whatever a playlist says.
description converts media in the current directory, no network
alias ffprobe
include default

cwd rw
arguments ro
