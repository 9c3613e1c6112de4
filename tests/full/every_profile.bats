#!/usr/bin/env bats
# The escape attempts under all profiles that are shipped: see attack/every_profile.bats.

# shellcheck disable=SC2034 # for bats
BATS_TEST_TIMEOUT=600

load ../lib/common
load ../lib/sandbox
load ../lib/raid
load ../lib/breakout

setup() {
	common_setup
	breakout_setup
}

teardown() {
	raid_clean_up
	common_teardown
}

@test "MAIN: nothing more is had under any of the shipped profiles than the list says" {
	local name result=
	for name in $(shipped_profiles); do
		breakout "$name"
		echo "$name: $HAD"
		[[ $HAD == "$(listed_had "$name")" ]] || result+=$'\n'"$name: $HAD"
	done
	assert_equal "$result" ''
}
