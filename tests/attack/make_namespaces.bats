#!/usr/bin/env bats
# A user namespace would make the command root of mounts and networks again. Two blocks
# stand before it, and each holds without the other: the filter of system calls, and a
# limit of which the command's own namespace has used up the only one.

load ../lib/common
load ../lib/sandbox

ways=(unshare clone clone-high clone3)

# Each of the ways with what it came to.
ways_end() { printf "%s: $1\n" "${ways[@]}"; }

by_filter=$'unshare: EPERM\nclone: EPERM\nclone-high: EPERM\nclone3: ENOSYS'

@test "NS-01 NS-02 NS-03 NS-05: without walls there are four ways to one" {
	run "$PROBE" user-namespace
	assert_equal "$output" "$(ways_end ok)"
	run --separate-stderr weakly userns --seccomp off -- "$PROBE" user-namespace
	assert_equal "$output" "$(ways_end ok)"
}

@test "NS-01 NS-02 NS-03: none of them leads there" {
	inspect -- "$PROBE" user-namespace
	assert_equal "$output" "$by_filter"
	inspect --as-pid-1 --user self -- "$PROBE" user-namespace
	assert_equal "$output" "$by_filter"
	inspect --seccomp strict -- "$PROBE" user-namespace
	refute grep ok <<<"$output"
}

@test "NS-01 NS-02 NS-03: nor without the limit" {
	run --separate-stderr weakly userns -- "$PROBE" user-namespace
	assert_equal "$output" "$by_filter"
}

@test "NS-05: nor without the filter, whoever the command is" {
	local user
	for user in root self 1234; do
		inspect --seccomp off --quiet --user "$user" -- "$PROBE" user-namespace
		assert_equal "$output" "$(ways_end ENOSPC)"
	done
	# shellcheck disable=SC2016 # for the shell inside
	# The limit is not the command's to raise, nor that of what comes after its end.
	inspect --seccomp off --quiet --ro-bind "$PROBE" -- sh -c 'echo 100 >/proc/sys/user/max_user_namespaces; (sleep 0.2; "$0" user-namespace) & wait' "$PROBE"
	assert_equal "$output" "$(ways_end ENOSPC)"
}

@test "NS-03: threads and processes start without clone3" {
	needs python3
	inspect -- python3 -c 'import subprocess, threading
thread = threading.Thread(target=lambda: print("thread", flush=True)); thread.start(); thread.join()
subprocess.run(["echo", "process"], check=True)'
	assert_equal "$output" $'thread\nprocess'
}
