#!/usr/bin/env bats
# Where the calls that mount by descriptor are missing (Linux before 5.12, a container's
# filter), mount(2) makes the same view, with the same rights; or nothing runs.
#
# shellcheck disable=SC2016 # for the shells

load ../lib/common
load ../lib/sandbox
load ../lib/raid

calls=fsopen,fsconfig,fsmount,move_mount,open_tree,mount_setattr
forbidden=fsopen=EPERM,fsconfig=EPERM,fsmount=EPERM,move_mount=EPERM,open_tree=EPERM,mount_setattr=EPERM

setup() {
	common_setup
	make_work
	mkdir -p "$WORK"/dir/{ro,rw,deep/er,twice}
	cd "$WORK" || return
	raid_options=()
}

teardown() {
	raid_clean_up
	common_teardown
}

# lacking CALLS [OPTION...] [--] COMMAND...: on such a kernel.
lacking() {
	local calls=$1
	shift
	timeout -k 5 30 "$PROBE" without "$calls" "$IMMURE" run --quiet "$@"
}

# What is mounted: where, of what, with which rights, and whether it has peers. In which
# order is the kernel's: of their numbers, or before Linux 6.8 of their attachment.
mounted() { lacking "$@" -- cut -d' ' -f4- /proc/self/mountinfo | sort; }

@test "ROB-16: what is mounted is the same, to the letter, whichever call is missing" {
	local options call
	local -a words
	[[ $(mounted nothing,statx 2>&1) == *'probe without: nothing?'* ]]
	for options in '--cwd rw --tmpfs /mnt/x --hide /usr/share --ro-bind dir:/d' '--nested' \
		'--bind dir:/d --remount-ro /d --proc host-ro --sys host-ro --user self'; do
		is_root && [[ $options == --nested ]] && continue
		read -ra words <<<"$options"
		mounted statx "${words[@]}" </dev/null >"$TEST_TMP/new"
		[[ $(wc -l <"$TEST_TMP/new") -gt 10 ]]
		for call in "$calls" "$forbidden" mount_setattr fsopen=EPERM open_tree move_mount; do
			mounted "$call" "${words[@]}" </dev/null >"$TEST_TMP/old"
			diff "$TEST_TMP/new" "$TEST_TMP/old" || fail_test "$options: $call"
		done
	done
}

@test "the main attempts are refused as they are with the calls" {
	raid_setup
	raid "$PROBE" without "$forbidden" "$IMMURE" run "${raid_options[@]}" -- sh
	[[ $RAID_STATUS -eq 0 && -s $RAID/out ]] || fail_test "$(cat "$RAID/err")"
	assert_equal "$RAIDED" ''
}

# with_mounts COMMAND...: in a throw-away mount namespace that has mounts below dir/, one
# of them covered by another.
with_mounts() {
	needs unshare
	run --separate-stderr timeout -k 5 30 unshare -Urm --propagation shared sh -ec '
		mount -t tmpfs none dir/rw; echo rw >dir/rw/file
		mount -t tmpfs none dir/ro; mount -o remount,bind,ro dir/ro
		mount -t tmpfs -o noexec,noatime none dir/deep; mkdir "dir/deep/e r"; mount -t tmpfs none "dir/deep/e r"
		mount -t tmpfs none dir/twice; echo below >dir/twice/file; mount -t tmpfs none dir/twice
		exec "$@"' - "$@"
}

@test "every mount below gets the rights that were asked for, and keeps what it had" {
	local look='cd /d; for d in . rw ro deep "deep/e r" twice; do touch "$d/x" 2>/dev/null && echo "writable $d"; done
		grep " /d[/ ]" /proc/self/mountinfo | cut -d" " -f5,6 | sort | uniq; umount twice 2>/dev/null; umount -l twice 2>/dev/null; ls twice'
	with_mounts "$PROBE" without "$calls" "$IMMURE" run --quiet --ro-bind dir:/d -- sh -c "$look"
	# The one that is covered is as it was, and nobody gets there.
	assert_equal "$output" '/d ro,nosuid,nodev,relatime
/d/deep ro,nosuid,nodev,noexec,noatime
/d/deep/e\040r ro,nosuid,nodev,relatime
/d/ro ro,nosuid,nodev,relatime
/d/rw ro,nosuid,nodev,relatime
/d/twice ro,nosuid,nodev,relatime
/d/twice rw,relatime'
	with_mounts "$PROBE" without mount_setattr "$IMMURE" run --quiet --bind dir:/d -- sh -c "$look; grep -c 'shared:\|master:' /proc/self/mountinfo"
	assert_equal "$(grep -v '^/d' <<<"$output")" $'writable .\nwritable rw\nwritable deep\nwritable deep/e r\nwritable twice\nx\n0'
	assert_output_has '/d/ro ro,nosuid,nodev,relatime'
	assert_output_has '/d/deep rw,nosuid,nodev,noexec,noatime'
}

@test "a mount whose place is renamed all the time is restricted, or nothing runs" {
	local round ran=0
	needs python3
	mkdir -p dir/way/place
	run --separate-stderr timeout -k 5 60 unshare -Urm --propagation shared sh -ec '
		mount -t tmpfs none dir/way/place
		python3 -c "
import os
while True:
    os.rename(\"dir/way\", \"dir/moved\"); os.symlink(\"/usr\", \"dir/way\")
    os.unlink(\"dir/way\"); os.rename(\"dir/moved\", \"dir/way\")" & renamer=$!
		for i in 1 2 3 4 5 6 7 8; do
			"$0" without "$1" "$2" run --quiet --ro-bind dir:/d -- \
				sh -c "echo ran; cut -d\" \" -f5,6 /proc/self/mountinfo | grep -E \"^/d(/[^ ]*)? rw\" || :" 2>>errors || :
		done; kill "$renamer"' "$PROBE" "$calls" "$IMMURE"
	for round in "${lines[@]}"; do
		assert_equal "$round" ran
		ran=$((ran + 1))
	done
	[[ $((ran + $(grep -c '^immure: assemble the files: ' errors || true))) -eq 8 ]] || fail_test "$(cat errors)"
}

@test "ROB-16: where mount(2) is forbidden too nothing runs, and it is said what to type" {
	run --separate-stderr lacking "$calls,mount=EPERM" -- touch "$WORK/ran"
	assert_status 125
	assert_stderr_has 'immure: assemble the files: '
	assert_stderr_has '--security-opt seccomp=unconfined'
	run --separate-stderr lacking "$calls,mount" -- touch "$WORK/ran"
	assert_status 125
	assert_stderr_has 'Function not implemented'
	[[ ! -e $WORK/ran ]]
}

@test "what has to be handed over unattached is refused" {
	! is_root || skip 'the same'
	run --separate-stderr timeout -k 5 30 unshare -Ur sh -c '
		unshare -n sleep 60 & holder=$!
		until [ "$(readlink /proc/$holder/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
		"$@" --netns "$holder" -- ls /sys; "$@" --sys none --netns "$holder" -- echo ran
		kill "$holder"' - "$PROBE" without "$calls" "$IMMURE" run --quiet
	assert_equal "$output" ran
	assert_stderr_has 'hand a new sysfs over: mount(2) alone cannot'
	assert_stderr_has 'hint: to have none: --sys none'
}

@test "the doctor says which way it is" {
	run timeout -k 5 60 "$PROBE" without "$calls" "$IMMURE" doctor
	assert_output_has 'binds and root         works    by mount(2)'
	assert_output_has 'limits of namespaces   works'
	run timeout -k 5 60 "$IMMURE" doctor
	assert_output_lacks 'by mount(2)'
}
