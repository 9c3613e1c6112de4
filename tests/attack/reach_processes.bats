#!/usr/bin/env bats
# The host's processes can be neither seen nor signalled nor traced, and what signals
# everything it can reach reaches its own sandbox only.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	sleep 60 3>&- &
	victim=$!
	# It is a copy of this shell for a moment.
	for ((i = 0; i < 500; i++)); do
		[[ $(cat "/proc/$victim/comm") != sleep ]] || break
		sleep 0.01
	done
}

teardown() {
	kill "$victim" 2>/dev/null || true
	common_teardown
}

@test "PROC-01 PROC-02 PTR-06 PTR-07: without walls a process of the same user can be seen, signalled and traced" {
	[[ $(cat "/proc/$victim/comm") == sleep ]]
	run "$PROBE" ptrace "$victim"
	assert_equal "$output" 'ptrace: ok'
	kill -STOP "$victim"
	kill -CONT "$victim"
	kill "$victim"
	wait "$victim" || true
	refute kill -0 "$victim" 2>/dev/null
}

@test "PROC-01 PROC-02: it is not there" {
	inspect -- sh -c 'ls -d "/proc/$1"; cat "/proc/$1/comm"; kill -0 "$1"; kill -KILL "$1"
		set -- /proc/[0-9]*; echo $#; ps -e 2>/dev/null | grep -c sleep' - "$victim"
	assert_equal "$output" $'2\n0'
	inspect -- "$PROBE" ptrace "$victim"
	assert_equal "$output" 'ptrace: EPERM'
	inspect --seccomp off -- "$PROBE" ptrace "$victim"
	assert_equal "$output" 'ptrace: ESRCH'
	kill -0 "$victim"
}

@test "PTR-06: no number leads to a process outside" {
	inspect -- bash -c 'for ((pid = 3; pid < 40000; pid++)); do
		[[ $pid -eq $$ || $pid -eq $BASHPID ]] || ! kill -0 "$pid" || echo "$pid"; done 2>/dev/null; kill -0 -1 && echo "group 1"; true'
	assert_equal "$output" ''
}

@test "PTR-06 PTR-07: a signal for everybody reaches the sandbox only, and the command's end is said" {
	inspect -- sh -c 'sleep 20 & kill -KILL -1; echo alive; wait'
	assert_output_has alive
	kill -0 "$victim"
	inspect -- sh -c 'kill -KILL 0'
	assert_status 137
	inspect -- sh -c 'kill -TERM $PPID; kill -KILL $PPID; kill -STOP $PPID; echo alive'
	assert_output_has alive
	kill -0 "$victim"
	kill -0 $$
}

@test "PTR-08: the process group and the session are its own" {
	# shellcheck disable=SC2046
	set -- $(inside -- sh -c 'echo $(cut -d" " -f4-6 /proc/self/stat)')
	# Its parent is inside; its group and its session were begun inside.
	[[ $1 -gt 0 && $2 -gt 0 && $3 -eq 1 ]]
	inspect --share pid -- sh -c 'echo on'
	assert_output_has on
}

@test "PTR-06: another sandbox of the same caller cannot be seen or signalled either" {
	hold
	local other
	other=$(pgrep -P "$INIT")
	inspect -- sh -c 'kill -KILL "$1" "$2" "$3"; ls /proc' - "$SUPERVISOR" "$INIT" "$other"
	assert_equal "$(grep -c 'No such process' <<<"${stderr:-}")" 3
	kill -0 "$SUPERVISOR"
	kill -0 "$INIT"
	kill -0 "$other"
	release
}

@test "PTR-06: from outside the caller can end the command" {
	hold
	local command
	command=$(pgrep -P "$INIT")
	kill -KILL "$command"
	wait "$SUPERVISOR" || status=$?
	assert_status 137
}

@test "PTR-02: the victim's memory and descriptors stay closed with the host's /proc too" {
	inspect --share pid -- sh -c 'head -c 1 "/proc/$1/mem"; cat "/proc/$1/environ" "/proc/$1/maps"; ls -l "/proc/$1/fd" "/proc/$1/cwd"; readlink "/proc/$1/exe"' - "$victim"
	assert_equal "$(grep -v '^/proc\|^total\|^l' <<<"$output")" ''
	assert_output_lacks ' -> '
	inspect --share pid -- "$PROBE" ptrace "$victim"
	assert_equal "$output" 'ptrace: EPERM'
}
