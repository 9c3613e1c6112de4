#!/usr/bin/env bats
# The long version of sandbox/nothing_outlives.bats: SIGKILL at thousands of moments.
# runs alone

load ../lib/common
load ../lib/sandbox
load ../lib/life

# killed [OPTION...]: a thousand rounds.
killed() {
	local mounts
	mounts=$(wc -l </proc/self/mountinfo)
	SEED=$RANDOM run subreaper --kill-after 0.06 --rounds 1000 "$IMMURE" run "$@" -- sleep 300
	assert_status 0
	assert_equal "$(wc -l </proc/self/mountinfo)" "$mounts"
}

@test "ROB-03: SIGKILL on the supervisor at 1000 random moments leaves nothing" { killed; }

@test "ROB-03: nor where the command is process 1" { killed --as-pid-1; }

@test "ROB-03: nor with more to make and less of its own" {
	killed --timeout 50 --tmpfs /mnt/x --share net,uts --user self
}

@test "ROB-03: nor with an init inside of init" {
	! is_root || skip 'root is refused'
	killed --quiet --nested
}
