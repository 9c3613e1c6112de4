#!/usr/bin/env bats
# A Debian of one's own with several ids and root's rights over them: what installs
# packages works in it, and what it made is there the next time.
#
# shellcheck disable=SC2016 # shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/maps
load ../lib/root

setup() {
	common_setup
	maps_setup
	debian_root "$WORK/debian"
	: >"$WORK/debian/var/lib/dpkg/status"
	! is_root || chown -R 4000000:4000000 "$WORK"
}

teardown() { maps_teardown; }

guest() { inspect -q "${MAP[@]}" --guest --root-rw "$WORK/debian" "$@"; }

outside() { echo $((FIRST - 1 + $1)); }

@test "dpkg installs a local package with several owners and a setuid file, and removes it" {
	guest -- sh -ec '
		umask 022
		cd /tmp
		mkdir -p pkg/DEBIAN pkg/usr/bin pkg/var/lib/own pkg/newtop
		printf "%s\n" "Package: own" "Version: 1" "Architecture: all" "Maintainer: x <x@x>" "Description: x" >pkg/DEBIAN/control
		printf "%s\n" "#!/bin/sh" "chown www-data:www-data /var/lib/own/data" "echo configured >/etc/own.state" >pkg/DEBIAN/postinst
		chmod 755 pkg/DEBIAN/postinst
		echo data >pkg/var/lib/own/data
		cp /bin/true pkg/usr/bin/tool
		chown 0:42 pkg/usr/bin/tool
		chmod 6755 pkg/usr/bin/tool
		dpkg-deb -Znone --build pkg own.deb
		dpkg -i own.deb
		dpkg -s own | grep Status'
	assert_status 0
	assert_equal "${lines[-1]}" 'Status: install ok installed'
	assert_equal "$(stat -c '%a %u:%g' debian/usr/bin/tool)" "6755 $(is_root && echo 4000000 || id -u):$(outside 42)"
	assert_equal "$(stat -c '%u:%g' debian/var/lib/own/data)" "$(outside 33):$(outside 33)"
	[[ -d debian/newtop && $(cat debian/etc/own.state) == configured ]]
	guest -- sh -c 'tool && stat -c %U /var/lib/own/data && dpkg -r own >/dev/null && ls /usr/bin/tool'
	assert_equal "$output" www-data
	assert_stderr_has 'No such file'
	# Read-only it has the same, and nothing can be installed.
	inspect -q "${MAP[@]}" --guest --root "$WORK/debian" -- sh -c 'stat -c %u /etc/own.state; touch /etc/x'
	assert_equal "$output" 0
	assert_stderr_has 'Read-only file system'
}

@test "a tarball with members of uid 1000 extracts in it" {
	guest -- sh -ec 'cd /var/lib; mkdir in; echo x >in/file; tar --owner=1000 --group=1000 -cf x.tar in; rm -r in; tar -xf x.tar; stat -c %u:%g in/file'
	assert_equal "$output" 1000:1000
	assert_equal "$(stat -c %u debian/var/lib/in/file)" "$(outside 1000)"
}
