#!/usr/bin/env bats
# Whichever system call of a launch fails, and whoever is killed in it: the command runs
# behind all of its walls or not at all, with status 125 and the reason, and nothing is
# left. A sample; tests/full/fail_closed.bats makes every call of several launches fail.

load ../lib/common
load ../lib/sandbox
load ../lib/inject

@test "ROB-28: weakened, the witness sees each wall that is taken down" {
	local walls
	# But for those of the network, which no run here has: attack/reach_network.bats, odd_frames.bats.
	mapfile -t walls < <(grep -oE '\[WALL_[A-Z]+\] = "[a-z]+"' \
		"$IMMURE_SOURCE/src/sys/weaken.c" | cut -d'"' -f2 | grep -vxE 'gate|hands|emulation')
	[[ ${#walls[@]} -ge 12 ]]
	run python3 "$IMMURE_SOURCE/tests/lib/inject.py" --control "${walls[@]}" -- \
		"$TRACER" "$WITNESS" "$IMMURE_WEAK"
	assert_status 0
	assert_output_lacks 'NOT SEEN'
}

# sampled CASE [NTH]: with the last lines of it.
sampled() {
	not_sanitized
	run inject --sample "${2:-37}" --case "$1"
	assert_status 0
	assert_output_has ' exact, '
	assert_output_has ', 0 hole'
	assert_output_lacks 'covered 0 of'
}

@test "ROB-28: a sample of the faults of a plain launch" { sampled default; }
@test "ROB-28: of one whose command is process 1" { sampled as-pid-1; }
@test "ROB-28: of one with more to make" { sampled files; }
@test "ROB-28: of one on a terminal" { sampled terminal; }
@test "ROB-28: of one that shares namespaces" { sampled share; }
@test "ROB-28: of one with namespaces inside" { sampled nested; }
@test "ROB-28: of one with namespaces inside whose command is process 1" { sampled nested-pid-1; }

# sampled_with_ids CASE: the same, of several ids.
sampled_with_ids() {
	not_sanitized
	inject_with_ids --sample 37 --case "$1"
	assert_status 0
	assert_output_has ' exact, '
	assert_output_has ', 0 hole'
	assert_output_lacks 'covered 0 of'
}

@test "ROB-28: of one with several ids and rights over them" { sampled_with_ids ids; }
@test "ROB-28: of one with several ids whose command is process 1" { sampled_with_ids ids-pid-1; }
@test "ROB-28: of one with several ids and namespaces inside" { sampled_with_ids ids-nested; }
@test "ROB-28: of one that moves clocks" { sampled clocks; }
@test "ROB-28: of one that joins namespaces" { sampled joined; }
@test "ROB-28: of one with a root file system of its own" { sampled root; }
@test "ROB-28: of one with a network" { sampled online; }
@test "ROB-28: of one that has mount(2) alone" { sampled old-mounts 211; }

@test "ROB-28: strace, which makes a call fail in all processes at once, finds the same" {
	local call error
	needs strace
	not_sanitized
	make_work
	# Where a call that mounts by descriptor is missing mount(2) is next.
	for call in socketpair signalfd4 clone fsopen,mount fsconfig,mount fsmount,mount open_tree,mount \
		move_mount,mount mount_setattr,mount mkdirat pivot_root umount2 setns sethostname setsid \
		keyctl capset; do
		for error in EPERM ENOSYS ENOMEM EINTR; do
			run --separate-stderr timeout -k 5 30 strace -f -o "$TEST_TMP/trace" \
				-e "trace=$call" -e "inject=$call:error=$error:when=1" \
				"$IMMURE" run --bind "$WORK" -- touch "$WORK/canary"
			grep -q INJECTED "$TEST_TMP/trace" || fail_test "there is no $call"
			[[ ! -e $WORK/canary ]] || fail_test "$call $error: it ran"
			assert_status 125
			assert_stderr_has 'immure: '
		done
	done
}
