#!/usr/bin/env bats
# `immure audit` of sandboxes that other programs made, of those that take long to
# install: firejail and podman. Those of bubblewrap and unshare are in tests/sandbox.

load ../lib/common

teardown() {
	local pid
	for pid in "${started[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	[[ -z ${container:-} ]] || pod rm -f -t 0 "$container" >/dev/null 2>&1 || true
	! is_root || umount "$TEST_TMP/home/store/overlay" 2>/dev/null || true
	is_root || [[ ! -d $TEST_TMP/home ]] || pod unshare rm -rf "$TEST_TMP/home/store" 2>/dev/null || true
	common_teardown
}

started=()

# verdicts PID: "WALL VERDICT" a line.
verdicts() {
	timeout -k 5 30 "$IMMURE" audit "$1" |
		sed -nE '/^Walls$/,/^Namespaces$/s/^  ([a-z]+) +(ok|weak|open|unknown) .*/\1 \2/p'
}

# deepest PID: the last of its first descendants.
deepest() {
	local pid=$1
	while [[ -n $(pgrep -P "$pid") ]]; do
		pid=$(pgrep -P "$pid" | head -n 1)
	done
	echo "$pid"
}

assert_verdicts() {
	local wall
	for wall; do
		grep -qx "$wall" <<<"$output" || fail_test "it is not so: $wall"
	done
}

@test "firejail, with the profile that it has for everybody" {
	needs firejail
	firejail --quiet --noprofile sh -c 'echo on; exec sleep 60' >"$TEST_TMP/on" 2>&1 </dev/null 3>&- &
	local launcher=$! pid
	started+=("$launcher")
	until grep -qx on "$TEST_TMP/on"; do
		kill -0 "$launcher" || fail_test "it did not start: $(cat "$TEST_TMP/on")"
		sleep 0.05
	done
	pid=$(deepest "$launcher")
	run verdicts "$pid"
	assert_verdicts 'processes ok' 'network open' 'syscalls open'
	grep -qE '^files (weak|open)$' <<<"$output"
	run timeout -k 5 30 "$IMMURE" audit "$pid"
	assert_status 1
	assert_output_has ', in the sandbox of process '
	kill "$launcher"
}

# podman, with all that it keeps in a home of the test's.
pod() {
	env -C / HOME="$TEST_TMP/home" XDG_RUNTIME_DIR="$TEST_TMP/run" timeout -k 5 100 \
		podman --root "$TEST_TMP/home/store" --runroot "$TEST_TMP/run/store" \
		--runtime runc --cgroup-manager=cgroupfs --events-backend=none --log-level=error "$@"
}

@test "podman: who calls it decides how much there is" {
	needs podman runc
	local root=$TEST_TMP/rootfs pid limits=(--ulimit host)
	# What it would raise as root is more than root may in a container.
	! is_root || limits=(--ulimit nofile=1024:1024 --ulimit nproc=1024:1024)
	mkdir -p "$TEST_TMP/home" "$TEST_TMP/run" "$root"/{usr,proc,sys,dev,tmp,etc,run,var/tmp}
	ln -s usr/bin usr/lib usr/lib64 "$root"
	container=immure-test-$$
	run pod run --detach --name "$container" "${limits[@]}" --network none \
		-v /usr:/usr:ro --rootfs "$root" sleep 60
	assert_status 0
	pid=$(pod inspect -f '{{.State.Pid}}' "$container")
	[[ $pid -gt 1 ]]
	run verdicts "$pid"
	assert_verdicts 'processes ok' 'network ok' 'ipc ok' 'syscalls ok' 'kernel ok' 'writing weak'
	if is_root; then
		assert_verdicts 'identity open' 'capabilities open'
	else
		assert_verdicts 'identity ok' 'capabilities weak'
	fi
}
