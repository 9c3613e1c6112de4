# shellcheck shell=bash
# Root file systems of one's own: `load ../lib/root` after sandbox.
#
#   tiny_root DIRECTORY    bin with a static busybox, and nothing else
#   debian_root DIRECTORY  a small Debian as mmdebstrap unpacks it, which the runner
#                          has made once: it is what DEBIAN names

tiny_root() {
	local applet
	needs busybox
	mkdir -p "$1/bin"
	cp "$(command -v busybox)" "$1/bin/busybox"
	for applet in sh ls cat echo id mkdir mv ln rm touch mount readlink stat env pwd head sleep grep test tar chown chmod true; do
		ln -s busybox "$1/bin/$applet"
	done
}

debian_root() {
	[[ -s ${DEBIAN:-} ]] || fail_test 'DEBIAN names no Debian: the runner makes it (tests/run)' || return
	mkdir -p "$1"
	tar -C "$1" --no-same-owner --exclude=./dev -xf "$DEBIAN"
	# What the set-up of its packages would have made of it.
	cp "$1/usr/share/base-passwd/passwd.master" "$1/etc/passwd"
	cp "$1/usr/share/base-passwd/group.master" "$1/etc/group"
	mkdir -p "$1/dev"
}

# picture DIRECTORY...: all that is there, and when it was changed.
picture() { find "$@" -printf '%p %y %m %s %T@ %l\n' 2>/dev/null | sort; }
