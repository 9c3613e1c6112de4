#!/usr/bin/env bats
# Inside of podman's rootless containers: what is refused there, and that what we say to
# type about it helps, with the same walls.
#
# shellcheck disable=SC2016 # for the shells inside
# runs alone

load ../lib/common
load ../lib/sandbox

setup() {
	! is_root || skip 'the containers of an ordinary user'
	common_setup
	needs podman runc newuidmap
	mkdir -p "$TEST_TMP/home" "$TEST_TMP/run"
	root=$TEST_TMP/rootfs
	mkdir -p "$root"/{usr,proc,sys,dev,tmp,etc,run,var/tmp,root,home}
	ln -s usr/bin usr/lib usr/lib64 "$root"
	cp "$IMMURE" "$root/immure"
	open=(--security-opt systempaths=unconfined --security-opt seccomp=unconfined)
}

teardown() {
	[[ ! -d ${TEST_TMP:-/nonexistent}/home ]] || pod unshare rm -rf "$TEST_TMP/home/store" 2>/dev/null || true
	# It keeps a process for the next command, which there will not be.
	[[ ! -s $TEST_TMP/run/libpod/tmp/pause.pid ]] || kill "$(cat "$TEST_TMP/run/libpod/tmp/pause.pid")" || true
	common_teardown
}

# podman, with all that it keeps in a home of the test's.
pod() {
	env -C / HOME="$TEST_TMP/home" XDG_RUNTIME_DIR="$TEST_TMP/run" timeout -k 5 100 \
		podman --root "$TEST_TMP/home/store" --runroot "$TEST_TMP/run/store" --storage-driver vfs \
		--runtime runc --cgroup-manager=cgroupfs --events-backend=none --log-level=error "$@"
}

# contained [OPTION...] -- WORD...: in a container with the host's programs and ours.
contained() {
	local options=()
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	run --separate-stderr pod run --rm --ulimit host --network none -v /usr:/usr:ro \
		"${options[@]}" --rootfs "$root" "$@"
}

@test "ROB-15: /proc and /sys have covers, and what we say to type lifts them" {
	contained -- /immure run echo ran
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'mount a new proc: Operation not permitted'
	assert_stderr_has 'hint: to start the container without covers, with Docker or podman: --security-opt systempaths=unconfined'
	contained -- /immure run --proc host-ro echo ran
	assert_status 125
	assert_stderr_has 'mount a new sysfs: Operation not permitted'
	assert_stderr_has '--sys host-ro'
	# With both there still is /proc/sys, where the second block before user namespaces is
	# written: it is that block or nothing.
	contained --security-opt seccomp=unconfined -- /immure run --proc host-ro --sys host-ro echo ran
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'user.max_user_namespaces: Read-only file system'
	assert_stderr_has '--security-opt systempaths=unconfined'
	# Then there is the filter, which wants a right in the container for a host name.
	contained --security-opt systempaths=unconfined -- /immure run echo ran
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'set the host name immure: Operation not permitted'
	assert_stderr_has 'with Docker or podman: --security-opt seccomp=unconfined'
	assert_stderr_has 'hint: to give up the wall: --share uts'
	contained --security-opt systempaths=unconfined -- /immure run --share uts echo ran
	assert_equal "$output" ran
	contained --security-opt systempaths=unconfined --security-opt seccomp=unconfined -- /immure run echo ran
	assert_status 0
	assert_equal "$output" ran
	contained --privileged -- /immure run echo ran
	assert_equal "$output" ran
}

@test "its walls there, for root of the container and for another user" {
	local user
	for user in 0 1000; do
		contained "${open[@]}" --user "$user" -- \
			/immure run --quiet sh -c 'id -u; ls -d /proc/[0-9]* | wc -l; ls /sys/class/net; grep -E "^(Cap...|NoNewPrivs|Seccomp):" /proc/self/status | cut -f2 | sort -u; touch /usr/x /etc/x; unshare -Ur true; ls /immure'
		assert_equal "$output" $'0\n4\nlo\n0000000000000000\n1\n2'
		assert_stderr_has '/usr/x'
		assert_stderr_has 'unshare failed: Operation not permitted'
		assert_stderr_has "cannot access '/immure'"
	done
}

@test "namespaces inside of one there, and this program once more" {
	contained "${open[@]}" -- /immure run --quiet --nested --ro-bind /immure -- \
		/immure run --quiet sh -c 'id -u; ls /sys/class/net; unshare -Ur true || echo refused'
	assert_status 0
	assert_equal "$output" $'0\nlo\nrefused'
}

@test "behind a filter as Docker's nothing runs" {
	# Docker's, for a container without capabilities, in short.
	printf '%s' '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
		{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
		{"names": ["unshare", "setns", "mount", "umount2", "fsopen", "open_tree", "move_mount", "keyctl"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1},
		{"names": ["clone"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [{"index": 0, "value": 268435456, "valueTwo": 268435456, "op": "SCMP_CMP_MASKED_EQ"}]}]}' >"$TEST_TMP/docker.json"
	contained --security-opt systempaths=unconfined --security-opt seccomp="$TEST_TMP/docker.json" -- /immure run --quiet id -u
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'clone into new namespaces: Operation not permitted'
	assert_stderr_has '--security-opt seccomp=unconfined'
}
