#!/usr/bin/env bats
# Children made in unusual ways, and processes that will not be children: process 1 goes
# on counting, and the end of the command is the end of all.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/life

@test "PTR-12: without walls such children are had" {
	run "$PROBE" odd-clones
	assert_output_has 'had: 9'
}

@test "PTR-12: children of process 1, without signals, in the same memory: the end is the command's" {
	local how
	for how in '' --as-pid-1; do
		# shellcheck disable=SC2086 # a word or none
		inspect $how --ro-bind "$PROBE" -- sh -c '"$0" odd-clones; "$0" odd-clones; exit 7' "$PROBE"
		assert_status 7
		# As process 1 itself nobody may have a sibling: EINVAL.
		[[ $(grep -c 'had: [5-9]' <<<"$output") -eq 2 ]]
		# shellcheck disable=SC2086
		inspect $how --ro-bind "$PROBE" -- "$PROBE" odd-clones
		assert_status 0
	done
}

@test "PTR-09: without walls a daemon stays" {
	"$PROBE" setsid-daemon "$TEST_TMP/alive"
	local pid
	until_true test -s "$TEST_TMP/alive"
	pid=$(pgrep -f "setsid-daemon $TEST_TMP/alive")
	[[ $(grep PPid "/proc/$pid/status" | cut -f2) -ne $$ ]]
	kill "$pid"
}

@test "PTR-09: with the host's process numbers shared a daemon stays, and that is said" {
	mkdir "$TEST_TMP/writable"
	inspect --share pid --bind "$TEST_TMP/writable" -- "$PROBE" setsid-daemon "$TEST_TMP/writable/alive"
	assert_stderr_has 'shares the pid namespace with the host'
	until_true test -s "$TEST_TMP/writable/alive"
	local pid
	pid=$(pgrep -f "setsid-daemon $TEST_TMP/writable/alive")
	[[ -n $pid ]]
	kill "$pid"
}
