#!/usr/bin/env bats
# Signals: what is sent to us or to process 1 reaches the command, what the caller
# ignores stays ignored, and the command begins with none ignored and none blocked.
#
# shellcheck disable=SC2016,SC2030,SC2031 # for the shells inside; each test sets its own

load ../lib/common
load ../lib/sandbox
load ../lib/life

# All but KILL and STOP, which nobody can pass on, CHLD, which is about our own
# child, and TERM, which ends the test. CONT takes pending stops away: so first.
forwarded() {
	local number
	echo 18
	for ((number = 1; number <= 64; number++)); do
		[[ " 9 15 17 18 19 " == *" $number "* ]] || echo "$number"
	done
}

# start [WRAPPER...]: a command that says each signal it gets, until TERM.
start() {
	# Whatever runs the tests may ignore some, and a shell in the background does.
	[[ $# -gt 0 ]] || set -- env --default-signal
	"$@" "$IMMURE" run --quiet --ro-bind "$PROBE" -- "$PROBE" catch-signals \
		</dev/null >"$TEST_TMP/caught" 2>&1 3>&- &
	SUPERVISOR=$!
	until_true said ready "$TEST_TMP/caught"
	INIT=$(pgrep -P "$SUPERVISOR")
}

finish() {
	status=0
	kill -TERM "$SUPERVISOR"
	wait "$SUPERVISOR" || status=$?
	assert_status 0
}

@test "every signal sent to the supervisor reaches the command, once" {
	start
	local number
	for number in $(forwarded); do
		/bin/kill "-$number" "$SUPERVISOR"
		until_true said "$number" "$TEST_TMP/caught"
	done
	finish
	assert_equal "$(cat "$TEST_TMP/caught")" "$(echo ready; forwarded; echo 15)"
}

@test "every signal sent to process 1 from outside reaches the command, once" {
	start
	local number
	for number in $(forwarded); do
		/bin/kill "-$number" "$INIT"
		until_true said "$number" "$TEST_TMP/caught"
	done
	kill -TERM "$INIT"
	status=0
	wait "$SUPERVISOR" || status=$?
	assert_status 0
	assert_equal "$(cat "$TEST_TMP/caught")" "$(echo ready; forwarded; echo 15)"
}

@test "nothing that is sent to process 1 from inside does anything" {
	inspect -- sh -c 'trap "echo got it" USR1 TERM HUP
		for number in 1 2 3 9 10 15 19; do kill -$number 1; done; sleep 0.2; echo alive'
	assert_status 0
	assert_equal "$output" alive
}

@test "a signal is for the command, not for what it started" {
	inspect -- bash -c 'trap "echo own" USR1
		(trap "echo child" USR1; while :; do sleep 0.05; done) &
		(sleep 0.5; kill -TERM $$) & echo on; while :; do sleep 0.05; done'
	assert_status 143
	hold --quiet -- bash -c 'trap "echo own" USR1
		(trap "echo child" USR1; while :; do sleep 0.05; done) & echo on
		for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; done'
	kill -USR1 "$SUPERVISOR"
	wait "$SUPERVISOR"
	assert_equal "$(cat "$TEST_TMP/held")" $'on\nown'
	rm "$TEST_TMP/hold"
}

@test "what nohup made us ignore is not passed on" {
	start probe_ignoring HUP INT QUIT
	kill -HUP "$SUPERVISOR"
	kill -INT "$SUPERVISOR"
	kill -QUIT "$SUPERVISOR"
	kill -USR1 "$SUPERVISOR"
	until_true said 10 "$TEST_TMP/caught"
	finish
	assert_equal "$(cat "$TEST_TMP/caught")" $'ready\n10\n15'
}

# probe_ignoring SIGNAL... PROGRAM: start it with those ignored.
probe_ignoring() {
	local names=()
	while [[ $1 != /* ]]; do
		names+=("$1")
		shift
	done
	trap '' "${names[@]}"
	exec "$@"
}

@test "nohup itself works as it does without us" {
	cd "$TEST_TMP"
	nohup "$IMMURE" run --ro-bind "$PROBE" -- "$PROBE" catch-signals \
		</dev/null >caught 2>err 3>&- &
	SUPERVISOR=$!
	until_true said ready caught
	kill -HUP "$SUPERVISOR"
	finish
	assert_equal "$(cat caught)" $'ready\n15'
}

@test "ROB-06: the command begins with default actions and an empty mask" {
	local none how
	none=$(printf '%s:\t0000000000000000\n' SigPnd ShdPnd SigBlk SigIgn SigCgt)
	for how in '' --as-pid-1; do
		# shellcheck disable=SC2086 # a word or none
		inspect $how -- cat /proc/self/status
		assert_equal "$(grep -E '^(Sig|Shd)(Pnd|Blk|Ign|Cgt)' <<<"$output")" "$none"
		for start in signals-ignored signals-blocked; do
			# shellcheck disable=SC2086
			run probe "$start" "$IMMURE" run $how -- cat /proc/self/status
			assert_status 0
			assert_equal "$(grep -E '^(Sig|Shd)(Pnd|Blk|Ign|Cgt)' <<<"$output")" "$none"
		done
	done
}

@test "ROB-06: with all signals ignored or blocked at the start everything works" {
	for start in signals-ignored signals-blocked; do
		run probe "$start" "$IMMURE" run -- sh -c 'true & true & wait; sleep 0.1 & exit 7'
		assert_status 7
		run probe "$start" "$IMMURE" run --timeout 0.3 -- sleep 30
		assert_status 124
	done
	start "$PROBE" signals-blocked
	kill -USR2 "$SUPERVISOR"
	until_true said 12 "$TEST_TMP/caught"
	finish
}

@test "a signal at any moment of the start ends it: 143, and nothing was left" {
	local round
	for ((round = 0; round < 40; round++)); do
		"$IMMURE" run -- sleep 30 3>&- &
		SUPERVISOR=$!
		sleep "0.0$((round / 4))"
		# Before it has taken its signals it dies of them, as anybody.
		kill -TERM "$SUPERVISOR"
		status=0
		wait "$SUPERVISOR" || status=$?
		assert_status 143
	done
}

stopped() { [[ $(ps -o stat= -p "$1") == T* ]]; }
running() { ! stopped "$1"; }

@test "ROB-05: a stop and a continuation reach the command, and then us" {
	# In a group of its own: somebody is there who could continue it.
	set -m
	hold -- sh -c 'echo on; while :; do sleep 0.05; done'
	set +m
	local command
	command=$(pgrep -P "$INIT")
	kill -TSTP "$SUPERVISOR"
	until_true stopped "$command"
	until_true stopped "$SUPERVISOR"
	kill -CONT "$SUPERVISOR"
	until_true running "$command"
	until_true running "$SUPERVISOR"
	kill -TERM "$SUPERVISOR"
	status=0
	wait "$SUPERVISOR" || status=$?
	assert_status 143
}

@test "where nobody could continue us, a stop is none" {
	run setsid -w timeout -k 5 30 "$IMMURE" run -- sh -c 'kill -TSTP $$; kill -STOP $$; echo on'
	assert_status 0
	assert_equal "$output" on
}

@test "a command that stops itself stops nobody around us, nor the clock" {
	set -m
	(
		"$IMMURE" run --timeout 1 -- sh -c 'kill -STOP $$; sleep 30' ||
			echo "$?" >"$TEST_TMP/status"
	) </dev/null 3>&- &
	local around=$!
	set +m
	until_true said 124 "$TEST_TMP/status"
	wait "$around"
}
