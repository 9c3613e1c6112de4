#!/usr/bin/env bats
# The long version of attack/kill_many.bats.
# runs alone

load ../lib/common
load ../lib/sandbox
load ../lib/races

# shellcheck disable=SC2034 # of bats
BATS_TEST_TIMEOUT=1800

setup() {
	common_setup
	races_setup
}

teardown() {
	races_clean_up
	common_teardown
}

@test "ROB-25: 300 at once, killed at random, leave nothing" { many_killed 300; }

@test "FS-25: 500 rounds of exchanged links" { exchanged 500; }
