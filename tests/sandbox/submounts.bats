#!/usr/bin/env bats
# What is mounted below a bound directory comes along with the restrictions it has, and
# gets those that were asked for; nothing is made where a mount point is missing.
#
# shellcheck disable=SC2016 # for the shells

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	needs unshare
	make_work
	mkdir -p "$WORK"/dir/{ro,rw,noexec,deep/er}
	cd "$WORK" || return
}

# with_mounts COMMAND...: in a throw-away mount namespace that has mounts below dir/.
with_mounts() {
	run --separate-stderr timeout -k 5 30 unshare -Urm --propagation "${propagation:-private}" sh -ec '
		mount -t tmpfs none dir/rw; echo rw >dir/rw/file
		mount -t tmpfs none dir/ro; echo ro >dir/ro/file; mount -o remount,bind,ro dir/ro
		mount -t tmpfs -o noexec none dir/noexec; cp /bin/true dir/noexec/true
		mount -t tmpfs none dir/deep; mkdir dir/deep/er; mount -t tmpfs none dir/deep/er; echo deep >dir/deep/er/file
		mount --bind dir/deep/er dir/deep/er; mount -o remount,bind,ro dir/deep/er
		exec "$@"' - "$@"
}

look='cd /d; cat rw/file ro/file deep/er/file
	for d in . rw ro noexec deep deep/er; do touch $d/x 2>/dev/null && echo "writable $d"; done
	noexec/true 2>/dev/null || echo "noexec"; umount rw 2>/dev/null && echo "umounted"; umount -l ro 2>/dev/null && echo "umounted"
	mount -o remount,bind,rw ro 2>/dev/null && echo remounted; ls ro'

# Of every mount at or below /d.
rights='grep " /d[/ ][^ ]* *" /proc/self/mountinfo | cut -d" " -f6 | cut -d, -f1-3'

@test "--bind keeps the read-only and the noexec ones as they are" {
	with_mounts "$IMMURE" run --bind dir:/d -- sh -c "$look"
	assert_equal "$output" $'rw\nro\ndeep\nwritable .\nwritable rw\nwritable noexec\nwritable deep\nnoexec\nfile'
	propagation=shared with_mounts "$IMMURE" run --bind dir:/d -- sh -c "$look; grep -c 'shared:\|master:' /proc/self/mountinfo"
	assert_equal "$output" $'rw\nro\ndeep\nwritable .\nwritable rw\nwritable noexec\nwritable deep\nnoexec\nfile\n0'
}

@test "--cwd rw does the same" {
	with_mounts sh -c 'cd dir; "$0" run --cwd rw --symlink "$PWD:/d" -- sh -c "$1"' "$IMMURE" "$look"
	assert_equal "$output" $'rw\nro\ndeep\nwritable .\nwritable rw\nwritable noexec\nwritable deep\nnoexec\nfile'
}

@test "--ro-bind and the current directory make all of them read-only, nosuid and nodev" {
	with_mounts "$IMMURE" run --ro-bind dir:/d -- sh -c "$look; $rights | sort | uniq -c | tr -s ' '"
	assert_equal "$output" $'rw\nro\ndeep\nnoexec\nfile\n 7 ro,nosuid,nodev'
	with_mounts sh -c 'cd dir; "$0" run --symlink "$PWD:/d" -- sh -c "$1"' "$IMMURE" "$look"
	assert_equal "$output" $'rw\nro\ndeep\nnoexec\nfile'
}

@test "--bind makes them nosuid and nodev too, --dev-bind only nosuid" {
	with_mounts "$IMMURE" run --bind dir:/d -- sh -c "$rights | grep -c nosuid,nodev; $rights | grep -vc nosuid,nodev"
	assert_equal "$output" $'7\n0'
	with_mounts "$IMMURE" run --dev-bind dir:/d -- sh -c "$rights | grep -c nosuid; $rights | head -n 1 | grep -c nodev"
	assert_equal "$output" $'7\n0'
}

@test "--remount-ro of a bound directory leaves the mounts below as they are, by name" {
	with_mounts "$IMMURE" run --bind dir:/d --remount-ro /d -- sh -c "$look"
	assert_equal "$output" $'rw\nro\ndeep\nwritable rw\nwritable noexec\nwritable deep\nnoexec\nfile'
	with_mounts "$IMMURE" run --bind dir:/d --remount-ro /d/rw --hide /d/deep -- sh -c "$look; ls -A /d/deep"
	assert_equal "$output" $'rw\nro\nwritable .\nwritable noexec\nnoexec\nfile'
}

@test "what a mount covers on the host stays covered" {
	echo canary >dir/rw/covered
	with_mounts "$IMMURE" run --bind dir:/d -- sh -c 'umount /d/rw; umount -l /d/rw; cat /d/rw/covered; ls /d/rw'
	assert_equal "$output" file
	with_mounts "$IMMURE" run --bind dir/rw:/d -- sh -c 'umount -l /d; cat /d/covered; ls /d'
	assert_equal "$output" file
}

@test "no file and no directory is made on the host to mount on" {
	local word before
	before=$(find . -printf '%p %y %m %T@ %C@\n' | sort)
	for word in "--tmpfs ./dir/new" "--tmpfs ./dir/new:size=1M" "--bind /usr/share:dir/new" "--ro-bind /usr/share:dir/a/b/c" "--file /etc/os-release:dir/new" \
		"--ro-bind /etc/os-release:dir/new" "--dir dir/new" "--symlink x:dir/new" "--dev-bind /dev/null:dir/null"; do
		# shellcheck disable=SC2086 # two words
		inspect --bind dir $word -- true
		assert_status 125
		assert_stderr_has 'does not exist there, and nothing is made in a host directory'
		assert_stderr_has 'hint: '
		# shellcheck disable=SC2086
		inspect --ro-bind dir $word -- true
		assert_status 125
		# shellcheck disable=SC2086
		inspect --cwd rw $word -- true
		assert_status 125
	done
	inspect --cwd rw --hide dir/new -- true
	assert_status 0
	inspect --bind dir --home "$WORK" -- true
	assert_equal "$(find . -printf '%p %y %m %T@ %C@\n' | sort)" "$before"
}

@test "where there is something, it is mounted on, and the host's stays as it was" {
	echo old >dir/file
	inspect --bind dir --ro-bind /etc/os-release:dir/file --tmpfs dir/deep --bind /usr/share:dir/rw -- \
		sh -c 'cmp dir/file /etc/os-release && touch dir/deep/x && test -d dir/rw/doc'
	assert_status 0
	assert_equal "$(cat dir/file; ls dir/deep dir/rw)" $'old\ndir/deep:\ner\n\ndir/rw:'
}
