#!/usr/bin/env bats
# Many at once, killed at any moment, exchanged links under them: nothing is left, and
# nothing of the host is shown. tests/full/races.bats is the long version.
# runs alone

load ../lib/common
load ../lib/sandbox
load ../lib/races

setup() {
	common_setup
	races_setup
}

teardown() {
	races_clean_up
	common_teardown
}

@test "ROB-25: without walls processes that were killed at random leave something" {
	SEED=$RANDOM run subreaper --patience 0.5 --kill-after 0.3 --rounds 5 sh -c 'sleep 5 & exec sleep 5'
	assert_status 1
}

@test "ROB-25: 40 at once, killed at random, leave nothing" { many_killed 40; }

@test "FS-25: without walls an exchanged link shows the wrong file" { exchanged_without_walls; }

@test "FS-25: a source, a current directory, a mount point and a cover that are exchanged: some rounds" { exchanged 3; }
