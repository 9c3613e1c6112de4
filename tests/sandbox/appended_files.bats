#!/usr/bin/env bats
# A file that is opened for append reaches the command as a pipe, and what comes out of
# it is appended by us: all of it, in order, behind what was there.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/life

setup() {
	common_setup
	cd "$TEST_TMP" || return
	echo before >log
}

@test "it is appended, behind what was there and before what comes after" {
	inside -- sh -c 'echo one; echo two' >>log
	echo after >>log
	assert_equal "$(cat log)" $'before\none\ntwo\nafter'
}

@test "output and error that append to one file arrive in the order of writing" {
	local round
	for ((round = 0; round < 20; round++)); do
		: >log
		inside --quiet -- sh -c 'for i in 1 2 3; do echo "out $i"; echo "err $i" >&2; done' >>log 2>&1
		assert_equal "$(cat log)" $'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3'
		: >log
		inside --quiet -- sh -c 'for i in 1 2 3; do echo "out $i"; echo "err $i" >&2; done' >>log 2>>log
		assert_equal "$(cat log)" $'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3'
	done
}

@test "output and error that append to two files stay apart" {
	inside --quiet -- sh -c 'echo out; echo err >&2' >>log 2>>other
	assert_equal "$(cat log)" $'before\nout'
	assert_equal "$(cat other)" err
}

@test "all of it is there when we end: 100 rounds, and 100 MB" {
	local round
	: >log
	for ((round = 0; round < 100; round++)); do
		inside -- printf '%s\n' "$round" >>log
	done
	seq 0 99 | cmp - log
	: >log
	inside -- head -c 100000000 /dev/zero >>log
	cmp -n 100000000 log /dev/zero
	assert_equal "$(stat -c %s log)" 100000000
}

@test "what was written before a signal or a failure is there" {
	inside -- sh -c 'seq 1000; kill -KILL $$' >>log || true
	{ echo before && seq 1000; } | cmp - log
	inside -- sh -c 'seq 1000; exit 3' >>log || true
	{ echo before && seq 1000 && seq 1000; } | cmp - log
	run -127 bash -c '"$0" run -- no-such-command >>log 2>&1' "$IMMURE"
	run -0 tail -n 2 log
	assert_output_has 'no-such-command'
}

@test "several that append at once lose nothing and mix no lines" {
	local number pids=()
	: >log
	for number in 1 2 3 4; do
		inside -- sh -c 'for i in $(seq 500); do echo "$0 $i"; done' "$number" >>log 3>&- &
		pids+=("$!")
	done
	wait "${pids[@]}"
	for number in 1 2 3 4; do
		grep "^$number " log | cmp - <(seq -f "$number %.0f" 500)
	done
}

@test "a file that takes no more ends the writer, not us" {
	# The writer gets SIGPIPE; that something is lost, and why, is for us to say.
	for command in 'yes' 'yes; echo over >&2'; do
		run --separate-stderr timeout -k 5 30 bash -c \
			'ulimit -f 2000; exec "$0" run -- sh -c "$1" >>log' "$IMMURE" "$command"
		assert_status 125
		assert_stderr_has 'immure: append to standard output: File too large'
		assert_equal "$(stat -c %s log)" 2048000
	done
	assert_stderr_has over
}

@test "who outlives a shared pid namespace does not hold us" {
	local status=0
	# shellcheck disable=SC2016 # for the shell inside
	timeout -k 5 20 "$IMMURE" run --quiet --cwd rw --share pid -- \
		sh -c 'setsid sleep 40 & echo $! >pid; exit 4' >>log 2>&1 || status=$?
	assert_equal "$status" 4
	kill "$(cat pid)"
}

@test "also where the command is process 1" {
	inside --as-pid-1 -- sh -c 'echo one; sleep 30 & echo two' >>log
	assert_equal "$(cat log)" $'before\none\ntwo'
}
