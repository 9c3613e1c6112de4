#!/usr/bin/env bats
# Inside a container the kernel, or the container's filter, refuses what a sandbox is
# made of: then nothing runs, and it is said what to type.

load ../lib/common
load ../lib/sandbox

# In a container that covers a part of /proc, or has something of it read-only.
in_container() {
	# shellcheck disable=SC2016 # for the shell inside
	run --separate-stderr timeout -k 5 30 unshare -Urm bash -c '
		case $1 in
		covered) mount --bind /dev/null /proc/version ;;
		fixed) mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys ;;
		esac || exit 99
		shift
		exec "$@"' - "$@"
}

@test "ROB-15: a /proc with covers: no new one, and what to type" {
	in_container covered "$IMMURE" run -- echo ran
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'mount a new proc: Operation not permitted'
	assert_stderr_has 'hint: to start the container without covers, with Docker or podman: --security-opt systempaths=unconfined'
	assert_stderr_has '--proc host-ro'
}

@test "ROB-15: a /proc with covers can be shown as it is" {
	in_container covered "$IMMURE" run --proc host-ro -- echo ran
	assert_status 0
	assert_equal "$output" ran
}

@test "a /proc/sys that is read-only: no limit of namespaces, and what to type" {
	in_container fixed "$IMMURE" run --proc host-ro -- echo ran
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'user.max_user_namespaces: Read-only file system'
	assert_stderr_has '--security-opt systempaths=unconfined'
}

@test "a filter that refuses the host name: what to type" {
	needs strace
	run --separate-stderr timeout -k 5 30 strace -f -o /dev/null -e inject=sethostname:error=EPERM \
		"$IMMURE" run -- echo ran
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'set the host name immure: Operation not permitted'
	assert_stderr_has '--security-opt seccomp=unconfined'
	run --separate-stderr timeout -k 5 30 strace -f -o /dev/null -e inject=sethostname:error=EPERM \
		"$IMMURE" run --share uts -- echo ran
	assert_status 0
	assert_equal "$output" ran
}

@test "a system call that the container forbids, or does not know: what to type" {
	needs strace
	local call
	# Where a call that mounts by descriptor is missing mount(2) is next.
	for call in fsopen,mount open_tree,mount move_mount,mount mount_setattr,mount pivot_root; do
		run --separate-stderr timeout -k 5 30 strace -f -o /dev/null -e inject=$call:error=EPERM \
			"$IMMURE" run -- echo ran
		assert_status 125
		assert_equal "$output" ''
		assert_stderr_has ': Operation not permitted'
		assert_stderr_has "a container's system call filter can forbid it"
		assert_stderr_has '--security-opt seccomp=unconfined'
		run --separate-stderr timeout -k 5 30 strace -f -o /dev/null -e inject=$call:error=ENOSYS \
			"$IMMURE" run -- echo ran
		assert_status 125
		assert_equal "$output" ''
		[[ ${stderr:-} =~ 'hint: '.*'Linux '[0-9.]+' or newer has this system call' ]] || fail_test "$call"
	done
}
