# shellcheck shell=bash
# A repository of packages of one's own: `load ../lib/packages` after common.

# make_repository DIRECTORY [setuid]: one package, "own", with a file of another owner, a
# script, and when asked for a file that is setuid; and the list of it. It is put together
# in $TEST_TMP/pkg.
make_repository() {
	local pkg=$TEST_TMP/pkg
	mkdir -p "$1" "$pkg/DEBIAN" "$pkg/usr/bin" "$pkg/var/lib/own"
	printf '%s\n' 'Package: own' 'Version: 1' 'Architecture: all' 'Maintainer: x <x@x>' \
		'Description: x' >"$pkg/DEBIAN/control"
	printf '%s\n' '#!/bin/sh' 'set -e' 'chown www-data:www-data /var/lib/own' >"$pkg/DEBIAN/postinst"
	printf '%s\n' '#!/bin/sh' 'echo the tool' >"$pkg/usr/bin/own"
	chmod 755 "$pkg/DEBIAN/postinst" "$pkg/usr/bin/own"
	if [[ ${2:-} == setuid ]]; then
		cp "$pkg/usr/bin/own" "$pkg/usr/bin/own-setuid"
		chmod 4755 "$pkg/usr/bin/own-setuid"
	fi
	dpkg-deb --root-owner-group --build "$pkg" "$1/own.deb" >/dev/null
	{
		dpkg-deb -f "$1/own.deb"
		printf '%s\n' 'Filename: own.deb' "Size: $(stat -c %s "$1/own.deb")" \
			"SHA256: $(sha256sum "$1/own.deb" | cut -d' ' -f1)"
	} >"$1/Packages"
}

# fetch_from URL: what apt-get of the root file system in debian/ below $WORK fetches from.
fetch_from() {
	rm -f "$WORK"/debian/etc/apt/sources.list.d/*
	echo "deb [trusted=yes] $1 ./" >"$WORK/debian/etc/apt/sources.list"
}
