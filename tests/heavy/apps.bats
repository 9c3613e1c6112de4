#!/usr/bin/env bats
# The programs of heavy packages, for make check-apps, behind their profiles. Written by `make generate` from tests/apps/rows; what a
# row is says tests/lib/apps.bash.

load ../lib/common
load ../lib/sandbox
load ../lib/world
load ../lib/apps
load ../lib/window

setup() { common_setup; }
teardown() {
	display_stop
	common_teardown
}
teardown_file() {
	serve_stop
	world_stop
}

@test "cargo" { row cargo; }

@test "chromium" { row chromium; }

@test "cmake" { row cmake; }

@test "evince" { row evince; }

@test "ffmpeg" { row ffmpeg; }

@test "firefox" { row firefox; }

@test "ghostscript" { row ghostscript; }

@test "gimp" { row gimp; }

@test "go" { row go; }

@test "imagemagick" { row imagemagick; }

@test "java" { row java; }

@test "libreoffice" { row libreoffice; }

@test "mpv" { row mpv; }

@test "npm" { row npm; }

@test "pandoc" { row pandoc; }

@test "php" { row php; }

@test "pip" { row pip; }

@test "poppler" { row poppler; }

@test "ruby" { row ruby; }

@test "thunderbird" { row thunderbird; }

@test "vlc" { row vlc; }

@test "yt-dlp" { row yt-dlp; }
