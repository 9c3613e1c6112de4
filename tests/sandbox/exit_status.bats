#!/usr/bin/env bats
# The exit status is the command's, 128 + n when signal n ended it, 124 after
# --timeout, 126 and 127 when it could not be run, and 125 for everything of ours.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/life

# bats wonders at a status of 127 unless it is told.
not_found() { run -127 --separate-stderr inside "$@"; }

@test "ROB-24: the command's own status, whichever it is" {
	local number
	not_found sh -c 'exit 127'
	assert_equal "$output${stderr:-}" ''
	for number in 0 1 2 3 77 124 125 126 128 130 137 200 254 255; do
		inspect -- sh -c "exit $number"
		assert_status "$number"
		assert_equal "$output${stderr:-}" ''
	done
}

@test "ROB-24: 128 + n for every signal that ends a process" {
	local number
	for number in {1..16} {24..27} {29..31} 32 33 34 50 64; do
		inspect -- perl -e "\$SIG{FPE} = q(DEFAULT); kill $number, \$\$; sleep 30"
		assert_status $((128 + number))
		assert_equal "$output" ''
	done
}

@test "the signal counts also when it came from outside, or ended process 1 itself" {
	hold
	kill -USR1 "$SUPERVISOR"
	status=0
	wait "$SUPERVISOR" || status=$?
	assert_status 138
	inspect --as-pid-1 -- perl -e '$SIG{SEGV} = "DEFAULT"; kill SEGV => $$; exit 5'
	assert_status 5 # process 1 is immune to itself
	inspect --as-pid-1 --rlimit cpu=1:1 -- perl -e '1 while 1'
	assert_status 137
}

@test "124 when the time is over, even if the command then ends well" {
	inspect --timeout 0.3 -- sleep 30
	assert_status 124
	inspect --timeout 0.3 -- sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
	assert_status 124
	inspect --timeout 0.3 --as-pid-1 -- sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
	assert_status 124
	inspect --timeout 20 -- sh -c 'exit 9'
	assert_status 9
}

@test "ROB-24: 125 when it is we who fail, usage included" {
	inspect
	assert_status 125
	inspect --
	assert_status 125
	inspect --no-such-option -- true
	assert_status 125
	inspect --timeout soon -- true
	assert_status 125
	inspect --bind /no/such/place -- true
	assert_status 125
	assert_stderr_has '/no/such/place (command line): No such file or directory'
	inspect --chdir /no/such/place -- true
	assert_status 125
	inspect --rlimit nofile=999999999 -- true
	assert_status 125
	run --separate-stderr timeout 30 "$IMMURE" run -- cat <"$TEST_TMP"
	assert_status 125
}

@test "125, and words, when somebody kills process 1" {
	hold
	kill -KILL "$INIT"
	status=0
	wait "$SUPERVISOR" || status=$?
	assert_status 125
	run cat "$TEST_TMP/held"
	assert_output_has 'immure: '
	assert_output_has 'init'
}

@test "ROB-21 ROB-24: 126 when it is there and cannot be executed" {
	cd "$TEST_TMP"
	printf 'echo a script without a first line\n' >plain
	inspect -- ./plain
	assert_status 126
	assert_stderr_has 'chmod +x ./plain'
	chmod +x plain
	inspect -- ./plain
	assert_status 126
	assert_stderr_has 'hint: it is no program'
	printf '#!/no/such/interpreter\n' >lost
	chmod +x lost
	inspect -- ./lost
	assert_status 126
	assert_stderr_has 'interpreter /no/such/interpreter is not'
	mkdir directory
	inspect -- ./directory
	assert_status 126
	inspect --setenv PATH="$TEST_TMP" -- directory
	assert_status 126
	chmod -x plain
	inspect --setenv PATH="$TEST_TMP" -- plain
	assert_status 126
}

@test "ROB-21 ROB-24: 127 when it is not found" {
	not_found -- no-such-command
	assert_stderr_has 'no-such-command: No such file or directory'
	not_found -- /usr/bin/no-such-command
	not_found -- ./no-such-command
	not_found -- /etc/passwd/no-such-command
	not_found --as-pid-1 -- no-such-command
	not_found --unsetenv PATH -- no-such-command
}

@test "the other verbs: 0, 1, and 2 for usage" {
	run -0 "$IMMURE"
	run -0 "$IMMURE" --version
	run -0 "$IMMURE" profile show
	run -1 "$IMMURE" profile show /no/such.profile
	run -2 "$IMMURE" profile
	run -2 "$IMMURE" no-such-verb
	run -2 "$IMMURE" --no-such-option
}
