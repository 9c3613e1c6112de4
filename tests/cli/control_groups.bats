#!/usr/bin/env bats
# --memory, --pids and --cpus where there is no control group for them: nothing runs,
# and what to type instead is said. Whatever this host has is covered, in a mount
# namespace whose root we are; tests/vm shows what the limits do where there is one.

load ../lib/common
load ../lib/sandbox

# nowhere OPTION...: run a command that says so, on a host without control groups.
nowhere() {
	needs unshare
	# shellcheck disable=SC2016 # for the shell inside
	run --separate-stderr timeout -k 5 30 unshare -Urm bash -c '
		mount -t tmpfs none /sys/fs/cgroup || exit 1
		exec "$@"' - "$IMMURE" run "$@" echo ran
}

@test "each limit is an error without a control group, and its twin is named" {
	nowhere --memory 64M
	assert_status 125
	assert_equal "$output" ''
	# shellcheck disable=SC2154 # by bats
	[[ ${stderr%%$'\n'*} =~ ^immure:\ join\ the\ control\ group:\ memory\ \(command\ line\):\ .*(is\ not\ a\ control\ group|No\ such\ file\ or\ directory|no\ control\ groups\ of\ version\ 2|not\ mounted\ here)$ ]] ||
		fail_test 'not the reason'
	assert_stderr_has ': --rlimit as=67108864'
	nowhere --pids 7
	assert_status 125
	assert_stderr_has 'immure: join the control group: pids (command line): '
	assert_stderr_has ' --rlimit nproc=7'
	nowhere --cpus 0.5
	assert_status 125
	assert_stderr_has 'immure: join the control group: cpus (command line): '
	assert_stderr_has ' --rlimit cpu=SECONDS'
	nowhere --cpus 1 --memory 1G --pids 3
	assert_status 125
	assert_stderr_has 'memory (command line), pids (command line), cpus (command line): '
	assert_stderr_has ' --rlimit as=1073741824 --rlimit nproc=3 --rlimit cpu=SECONDS'
}

@test "the twin that is named works" {
	nowhere --rlimit as=1073741824 --rlimit nproc=3 --rlimit cpu=10
	assert_status 0
	assert_equal "$output" ran
}

@test "who asked is said, and the command line lifts what a profile limits" {
	printf '%s\n' 'include default' '' 'memory 1G' 'pids 10' 'cpus 2' >"$TEST_TMP/x.profile"
	nowhere --profile "$TEST_TMP/x.profile"
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has "memory ($TEST_TMP/x.profile:3), pids ($TEST_TMP/x.profile:4), cpus ($TEST_TMP/x.profile:5): "
	nowhere --profile "$TEST_TMP/x.profile" --memory unlimited --pids unlimited --cpus unlimited
	assert_status 0
	assert_equal "$output" ran
}

@test "--dry-run has the limits, and says that they cannot be had" {
	nowhere --dry-run --memory 64M --cpus 0.25
	assert_status 0
	assert_output_has 'memory 67108864 bytes, without swap'
	assert_output_has 'cpus 0.250'
	[[ $output =~ cgroup\ +cannot\ be\ had:\  ]] || fail_test 'it promises them'
	# Half of the memory can be files, which count as well.
	assert_output_has '33554432 bytes and 200000 files for all of its writable directories'
}

@test "nothing is looked for when nothing is limited" {
	needs strace
	strace -f -o "$TEST_TMP/trace" "$IMMURE" run true
	grep -q execve "$TEST_TMP/trace"
	refute grep -E 'fs/cgroup|self/(cgroup|mountinfo)|libsystemd' "$TEST_TMP/trace"
}

@test "values that are none" {
	local word
	for word in 0 -1 1 1023K 1048575 x 1.5G 1g1 '' ' 1G' 99999999T none; do
		inspect --memory "$word" -- echo ran
		assert_status 125
		assert_equal "$output" ''
		assert_stderr_has 'immure: --memory: '
	done
	for word in 0 -1 4194305 1.5 1K x '' none; do
		inspect --pids "$word" -- echo ran
		assert_status 125
		assert_stderr_has 'immure: --pids: '
	done
	for word in 0 0.009 -1 10001 1.2345 50% x '' none; do
		inspect --cpus "$word" -- echo ran
		assert_status 125
		assert_stderr_has 'immure: --cpus: '
	done
}
