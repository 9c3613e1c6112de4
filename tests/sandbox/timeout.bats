#!/usr/bin/env bats
# --timeout: SIGTERM to the command's group, then, two seconds later, the end of all.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/life

@test "the command may clean up, and its status does not count" {
	inspect --timeout 0.5 -- sh -c 'trap "echo cleaned; exit 0" TERM; while :; do sleep 0.05; done'
	assert_status 124
	assert_equal "$output" cleaned
}

@test "a tree that ignores SIGTERM is ended all the same" {
	run subreaper "$IMMURE" run --timeout 0.5 -- sh -c 'trap "" TERM
		for i in 1 2 3; do (while :; do sleep 10; done) & done; echo on; wait; sleep 300'
	assert_status 124
	assert_equal "$output" on
}

@test "the group of the command gets it, not only the command" {
	inspect --timeout 0.5 -- bash -c '(trap "echo child; exit" TERM; while :; do sleep 0.05; done) &
		trap "wait; exit" TERM; while :; do sleep 0.05; done'
	assert_status 124
	assert_equal "$output" child
}

@test "a stopped command is not saved by it" {
	inspect --timeout 0.5 -- sh -c 'trap "echo ended; exit" TERM; kill -STOP $$; sleep 20'
	assert_status 124
	assert_equal "$output" ended
}

@test "it counts from the start, also for process 1, and for a pipe nobody reads" {
	run subreaper "$IMMURE" run --timeout 0.5 --as-pid-1 -- sleep 300
	assert_status 124
	mkfifo "$TEST_TMP/fifo"
	exec {reader}<>"$TEST_TMP/fifo"
	run timeout -k 5 30 bash -c '"$0" run --timeout 0.5 -- yes >"$1"' "$IMMURE" "$TEST_TMP/fifo"
	assert_status 124
	exec {reader}>&-
}

@test "what it wrote before arrives, also through a relay" {
	run bash -c '"$0" run --timeout 0.7 -- sh -c "seq 10000; sleep 30" >>"$1"' \
		"$IMMURE" "$TEST_TMP/log"
	assert_status 124
	seq 10000 | cmp - "$TEST_TMP/log"
}

@test "without it nothing is limited; a command that is faster is not touched" {
	inspect --timeout 30 -- sh -c 'trap "echo no" TERM; exit 4'
	assert_status 4
	assert_equal "$output" ''
}

@test "every way to say how long" {
	local text
	for text in 0.2 0.2s 0.005m 0.0001h; do
		inspect --timeout "$text" -- sleep 30
		assert_status 124
	done
	for text in '' 0 -1 1x 1y x 1e3 inf nan 99999999999999999999 '1 '; do
		inspect --timeout "$text" -- touch /tmp/ran
		assert_status 125
	done
}
