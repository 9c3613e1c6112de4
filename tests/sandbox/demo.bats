#!/usr/bin/env bats
# The demo is the main job on real input, so it is a test; and it must be able
# to say no.
# runs alone

load ../lib/common

demo() { timeout 120 "$IMMURE_SOURCE/tests/demo/demo" "$@" </dev/null; }

demo_on_terminal() {
	needs script
	# shellcheck disable=SC2016 # for the shell of script
	program=$1 timeout 120 script -qec '"$IMMURE_SOURCE/tests/demo/demo" "$program"' \
		"$TEST_TMP/typescript" </dev/null
}

# A stand-in that binds everything, and shares all but the network.
make_open_door() {
	needs bwrap
	printf '#!/bin/sh\nshift\nexec bwrap --dev-bind / / --unshare-net "$@"\n' >"$TEST_TMP/immure"
	chmod 755 "$TEST_TMP/immure"
}

@test "the installer gets nothing" {
	run demo "$IMMURE"
	assert_status 0
	assert_output_has 'acme 2.4 works'
	assert_output_has '  ok   no secret'
	assert_output_has '  ok   no process of it is left'
	assert_output_lacks '  NOT  '
	assert_output_lacks canary
}

@test "the installer gets nothing on a terminal either" {
	run demo_on_terminal "$IMMURE"
	assert_status 0
	assert_output_has '  ok   nothing was typed into the terminal'
	assert_output_lacks '  NOT  '
}

@test "without walls the demo reports each thing" {
	make_open_door
	run demo "$TEST_TMP/immure"
	assert_status 1
	assert_output_has '  NOT  no secret'
	assert_output_has '  NOT  the home is as it was'
	assert_output_has '  NOT  it left nothing in'
	assert_output_has '  NOT  nobody talked to'
	assert_output_has '  NOT  no process of it is left'
}

@test "without walls the demo reports what was typed into the terminal" {
	make_open_door
	run demo_on_terminal "$TEST_TMP/immure"
	assert_status 1
	if [[ $output == *'GOT  typed'* ]]; then
		assert_output_has '  NOT  nothing was typed into the terminal'
	else
		skip 'this kernel has no TIOCSTI'
	fi
}
