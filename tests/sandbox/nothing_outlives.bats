#!/usr/bin/env bats
# Nothing outlives the command, or us, however we end: no process, no mount, no file.
# The tests run it below a process that inherits every orphan (lib/subreaper.py), and
# which ends only when none is left.
# runs alone
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/life

# The worst that a command can leave behind: deaf, stopped, detached, traced.
crowd='trap "" TERM HUP INT
	(sleep 300 &)
	setsid sleep 300 &
	(setsid sh -c "trap \"\" TERM HUP; sleep 300 & sleep 300" &)
	nohup sleep 300 >/dev/null 2>&1 &
	sh -c "kill -STOP \$\$; sleep 300" &
	perl -e "fork; fork; fork; fork; sleep 300" &'

# What a sandbox could leave on the host's files, where others may be busy too.
traces() {
	wc -l </proc/self/mountinfo
	find "$TEST_TMP" -mindepth 1 | sort
	find /tmp /var/tmp /run /dev/shm /dev/mqueue -maxdepth 1 -name '*immure*' ! -name 'immure-check.*' \
		! -name 'immure-test.*' 2>/dev/null | sort
	ipcs -a | grep -c '^0x' || true
}

setup() {
	common_setup
	needs python3 perl setsid ps
	cd "$TEST_TMP" || return
	before=$(traces)
}

@test "the command's end is the end of all that it started" {
	run subreaper timeout -k 5 30 "$IMMURE" run -- sh -c "$crowd sleep 0.3; exit 3"
	assert_status 3
	run subreaper timeout -k 5 30 "$IMMURE" run --as-pid-1 -- sh -c "$crowd sleep 0.3; exit 3"
	assert_status 3
	assert_equal "$(traces)" "$before"
}

@test "PTR-09: a daemon that forked twice dies with the command" {
	mkdir writable
	run subreaper timeout -k 5 30 "$IMMURE" run --bind writable --ro-bind "$PROBE" -- \
		sh -c '"$0" setsid-daemon writable/alive; until test -s writable/alive; do sleep 0.05; done' \
		"$PROBE"
	assert_status 0
	local size
	size=$(stat -c %s writable/alive)
	sleep 0.5
	assert_equal "$(stat -c %s writable/alive)" "$size"
}

@test "the end of --timeout is the end of all" {
	run subreaper "$IMMURE" run --timeout 0.5 -- sh -c "$crowd while :; do sleep 300; done"
	assert_status 124
	run subreaper "$IMMURE" run --timeout 0.5 --as-pid-1 -- \
		sh -c "$crowd while :; do sleep 300; done"
	assert_status 124
	assert_equal "$(traces)" "$before"
}

@test "ROB-03: SIGKILL on the supervisor is the end of all" {
	run subreaper --kill-after 0.5 --rounds 3 "$IMMURE" run -- \
		sh -c "$crowd while :; do sleep 300; done"
	assert_status 0
	run subreaper --kill-after 0.5 --rounds 3 "$IMMURE" run --as-pid-1 -- \
		sh -c "$crowd while :; do sleep 300; done"
	assert_status 0
	assert_equal "$(traces)" "$before"
}

@test "ROB-03: SIGKILL on the supervisor at any moment of the start leaves nothing" {
	mkdir writable
	SEED=$RANDOM run subreaper --kill-after 0.02 --rounds 150 "$IMMURE" run --bind writable -- \
		sleep 300
	assert_status 0
	SEED=$RANDOM run subreaper --kill-after 0.02 --rounds 150 "$IMMURE" run --as-pid-1 \
		--timeout 100 --tmpfs /mnt/x --file /etc/fstab:/mnt/y -- sleep 300
	assert_status 0
	rmdir writable
	assert_equal "$(traces)" "$before"
}

@test "ROB-03: the subreaper would have seen it" {
	for _ in 1 2 3 4 5; do	# it may be killed before it has a child
		run subreaper --patience 0.5 --kill-after 2 sh -c 'sleep 15 & exec sleep 15'
		[[ $status -eq 0 ]] || break
	done
	assert_status 1
	assert_output_has 'sleep 15'
}

@test "ROB-04: who started us may end: the command goes on, and leaves nothing" {
	mkdir writable
	run subreaper sh -c '"$0" run --bind writable -- \
		sh -c "sleep 0.5; echo done >writable/done; sleep 300 & exit 0" &
		kill -KILL $$' "$IMMURE"
	assert_status 137
	assert_equal "$(cat writable/done)" 'done'
}

@test "ROB-03: process 1 killed from outside is the end of all" {
	hold -- sh -c "$crowd echo on; while :; do sleep 300; done"
	local all
	all=$(descendants "$SUPERVISOR")
	[[ $(wc -w <<<"$all") -gt 10 ]] || fail_test "not all are there: $all"
	kill -KILL "$INIT"
	wait "$SUPERVISOR" || true
	# Awaited by us to the last: they are gone as soon as we are.
	# shellcheck disable=SC2086 # a list of words
	gone $all || fail_test "left: $(ps -o pid,stat,args -p "$(echo $all | tr ' ' ,)")"
}

@test "the normal end waits for all: they are gone when we are" {
	hold -- sh -c "$crowd echo on; read -r line"
	local all
	all=$(descendants "$SUPERVISOR")
	[[ $(wc -w <<<"$all") -gt 10 ]] || fail_test "not all are there: $all"
	release
	# shellcheck disable=SC2086 # a list of words
	gone $all || fail_test "left: $(ps -o pid,stat,args -p "$(echo $all | tr ' ' ,)")"
}

@test "process 1 reaps what the command does not" {
	inspect -- sh -c 'for i in $(seq 200); do (true &); done
		for i in $(seq 100); do
			zombies=$(ps -e -o stat= | grep -c ^Z)
			[ "$zombies" -eq 0 ] && break
			sleep 0.05
		done
		echo "$zombies"; ps -e -o pid= | wc -l'
	assert_status 0
	# Process 1, the shell, ps and wc.
	assert_equal "$(tr -d ' ' <<<"$output")" $'0\n4'
}
