#!/usr/bin/env bats
# The long version of attack/kill_many.bats.
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

@test "ROB-25: 300 at once, killed at random, leave nothing" { many_killed 300; }

@test "FS-25: 500 rounds of exchanged links" { exchanged 500; }
