#!/usr/bin/env bats
# The private terminal and the caller's: nothing is lost between them, nobody who does
# not read can hold us, and the caller's is left as it was found.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/terminal
load ../lib/life

on_terminal() { timeout -k 5 100 python3 "$IMMURE_SOURCE/tests/lib/on_terminal.py" "$@"; }

@test "the caller's terminal is restored after every way to end" {
	needs vim
	transcript with restored >/dev/null
}

@test "the last bytes arrive: 200 rounds" {
	run on_terminal --rounds 200 "$IMMURE" run -- sh -c 'seq 300; printf "%s" end'
	assert_status 0
	assert_equal "${output%$'\n'ended*}" "$(seq 300)"$'\nend'
	run on_terminal --rounds 30 "$IMMURE" run --as-pid-1 -- sh -c 'seq 300; printf "%s" end'
	assert_equal "${output%$'\n'ended*}" "$(seq 300)"$'\nend'
}

@test "100 MB come out, in bounded memory" {
	on_terminal "$IMMURE" run --quiet -- sh -c 'stty -opost; head -c 100000000 /dev/zero' >"$TEST_TMP/out"
	run tail -n 1 "$TEST_TMP/out"
	[[ $output =~ ^ended\ 0\ with\ ([0-9]+)\ kB$ ]] || fail_test 'another end'
	[[ ${BASH_REMATCH[1]} -gt 0 && ${BASH_REMATCH[1]} -lt 10000 ]] || fail_test 'too much memory'
	assert_equal "$(head -c -$((${#output} + 2)) "$TEST_TMP/out" | wc -c)" 100000000
	head -c -$((${#output} + 2)) "$TEST_TMP/out" | cmp -n 100000000 - /dev/zero
}

@test "a megabyte goes in" {
	run on_terminal --type 1000000 "$IMMURE" run -- sh -c \
		'stty raw -echo; echo ready; head -c 1000000 | md5sum'
	assert_status 0
	assert_output_has "$(yes 0123456789abcdef | tr -d '\n' | head -c 1000000 | md5sum)"
}

@test "TTY-07: a terminal that nobody reads holds neither --timeout nor SIGTERM" {
	run on_terminal --deaf "$IMMURE" run --timeout 1 -- yes
	assert_status 0
	assert_output_has 'ended 124 with'
	run on_terminal --deaf sh -c '"$0" run -- yes & sleep 1; kill $!; wait $!' "$IMMURE"
	assert_status 0
	assert_output_has 'ended 143 with'
}

# Said once init has reported that the command runs: a signal before that ends it all.
say_on='until grep -q "^NoNewPrivs:.1" /proc/1/status; do :; done; echo on'

# hung_up COMMAND...: on a terminal that goes away when the command says "on"; its
# status, as python has it.
hung_up() {
	timeout -k 5 30 python3 -c '
import os, pty, sys
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
got = b""
while b"on" not in got:
    got += os.read(master, 100)
os.close(master)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$@"
}

@test "the caller's terminal is hung up: the command hears of it" {
	cd "$TEST_TMP"
	run hung_up "$IMMURE" run --quiet --cwd rw -- \
		sh -c 'trap "echo hung up >heard; exit 5" HUP; '"$say_on"'; while :; do sleep 0.05; done'
	assert_equal "$output" 5
	assert_equal "$(cat heard)" 'hung up'
}

@test "a command that goes on after a hang-up is told when it reads and writes" {
	cd "$TEST_TMP"
	run hung_up "$IMMURE" run --quiet --cwd rw -- \
		sh -c 'trap "" HUP; '"$say_on"'; sleep 0.5
			{ cat; echo "read $?"; head -c 1000000 /dev/zero >/dev/tty; echo "wrote $?"; cat
			head -c 1000000 /dev/zero >&3; echo "wrote $?"; } 3>&1 >heard 2>&1; exit 5'
	assert_equal "$output" 5
	run cat heard
	assert_output_has 'Input/output error'
	assert_output_has 'wrote 1'
}

@test "a hang-up ends what does nothing about it, also process 1" {
	run hung_up "$IMMURE" run --quiet -- sh -c 'echo on; exec sleep 100'
	assert_equal "$output" 129
	run hung_up sh -c '"$0" run --quiet -- sh -c "echo on >&2; exec sleep 100" | cat; exit 6' "$IMMURE"
	assert_equal "$output" -1 # sh itself
	run hung_up "$IMMURE" run --quiet --as-pid-1 -- sh -c 'echo on; cat; exit 7'
	assert_equal "$output" 7
	run hung_up "$IMMURE" run --quiet --as-pid-1 -- sh -c 'trap "exit 8" HUP; echo on
		while :; do sleep 0.05; done'
	assert_equal "$output" 8
}
