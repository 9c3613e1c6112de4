#!/usr/bin/env bats
# Standard input, output and error as pipes, files and nothing: what goes in and comes
# out is complete, ends when it should, and needs no memory.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/life

setup() {
	common_setup
	cd "$TEST_TMP" || return
}

@test "standard input at its end is at its end" {
	run timeout -k 5 30 "$IMMURE" run -- sh -c 'cat; echo "end $?"' </dev/null
	assert_equal "$output" 'end 0'
	: >empty
	run timeout -k 5 30 "$IMMURE" run -- wc -c <empty
	assert_equal "$output" 0
	run bash -c 'printf "no newline" | "$0" run -- cat' "$IMMURE"
	assert_equal "$output" 'no newline'
	run timeout -k 5 30 "$IMMURE" run -- cat <<<"here"
	assert_equal "$output" here
}

@test "the end of input arrives while the command runs" {
	mkfifo in
	timeout -k 5 30 "$IMMURE" run -- sh -c 'cat; echo "end"; sleep 30' <in >out 3>&- &
	SUPERVISOR=$!
	exec {writer}>in
	echo first >&"$writer"
	until_true said first out
	refute said end out
	exec {writer}>&-
	until_true said end out
	kill "$SUPERVISOR"
	wait "$SUPERVISOR" || true
}

@test "who reads sees the end when the command closes its output" {
	mkfifo out
	"$IMMURE" run --timeout 30 -- sh -c 'echo on; exec >&-; exec sleep 30' >out 2>err 3>&- &
	SUPERVISOR=$!
	run timeout -k 5 20 cat out
	kill "$SUPERVISOR" # it still ran
	wait "$SUPERVISOR" || true
	assert_status 0
	assert_equal "$output" on
}

@test "who writes hears of it when the command closes its input" {
	mkfifo in
	"$IMMURE" run --timeout 30 -- sh -c 'read -r x; exec <&-; exec sleep 30' <in 3>&- &
	SUPERVISOR=$!
	run -141 timeout -k 5 20 env --default-signal=PIPE bash -c 'while :; do echo x; sleep 0.01; done >in'
	kill "$SUPERVISOR"
	wait "$SUPERVISOR" || true
}

@test "all eight combinations of closed standard files" {
	inspect_closed() {
		status=0
		timeout -k 5 30 "$IMMURE" run --quiet --bind . --ro-bind "$PROBE" -- sh -c \
			'"$0" fds >got; echo x; echo y >&2; cat' "$PROBE" || status=$?
		assert_status 0
	}
	echo in >in
	inspect_closed <in >out 2>err
	assert_equal "$(cut -d' ' -f1 got | tr '\n' ' ')" '0 1 2 '
	assert_equal "$(cat out)" $'x\nin'
	assert_equal "$(cat err)" y
	inspect_closed <&- >out 2>err
	assert_equal "$(cat out err)" $'x\ny'
	inspect_closed <in >&- 2>err
	assert_equal "$(cat err)" y
	inspect_closed <in >out 2>&-
	assert_equal "$(cat out)" $'x\nin'
	inspect_closed <&- >&- 2>&-
	assert_equal "$(cut -d' ' -f1,2 got | tr '\n' ' ')" '0 chr 1 file 2 chr '
	inspect_closed <&- >&- 2>err
	assert_equal "$(cat err)" y
	inspect_closed <&- >out 2>&-
	assert_equal "$(cat out)" x
	inspect_closed <in >&- 2>&-
}

@test "a failure of ours with closed standard error is a status" {
	status=0
	"$IMMURE" run --no-such-option 2>&- || status=$?
	assert_status 125
	status=0
	"$IMMURE" run -- no-such-command <&- >&- 2>&- || status=$?
	assert_status 127
}

@test "a reader that ends first ends the command as without us" {
	run bash -c '"$0" run -- yes | head -n 2; echo "${PIPESTATUS[*]}"' "$IMMURE"
	assert_equal "$output" $'y\ny\n141 0'
	run bash -c '"$0" run -- sh -c "trap \"\" PIPE; yes 2>/dev/null; exit 8" | head -n 1
		echo "${PIPESTATUS[*]}"' "$IMMURE"
	assert_equal "$output" $'y\n8 0'
}

@test "a full pipe waits for its reader, and loses nothing" {
	mkfifo slow
	timeout -k 5 60 "$IMMURE" run -- seq 200000 >slow 3>&- &
	SUPERVISOR=$!
	run bash -c 'exec <"$0"; sleep 1; head -c 100000 | md5sum; sleep 0.5; cat | md5sum' slow
	wait "$SUPERVISOR"
	assert_equal "$output" "$(seq 200000 | { head -c 100000 | md5sum; cat | md5sum; })"
}

@test "100 MB through pipes, both ways, in bounded memory" {
	head -c 100000000 /dev/zero | timeout -k 5 100 "$IMMURE" run -- cat 2>err 3>&- |
		{ sleep 0.5; cmp -n 100000000 - /dev/zero && echo same; } >result &
	local pipeline=$! most=0 now
	while kill -0 "$pipeline" 2>/dev/null; do
		for pid in $(pgrep -f "^$IMMURE run -- cat"); do
			# It may have ended meanwhile.
			now=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status" 2>/dev/null) || continue
			[[ ${now:-0} -le $most ]] || most=$now
		done
		sleep 0.05
	done
	wait "$pipeline"
	assert_equal "$(cat result)" same
	[[ $most -gt 0 && $most -lt 10000 ]] || fail_test "the supervisor took $most kB"
}

@test "the last bytes arrive: 200 rounds through a pipe, and into a file" {
	local round
	for ((round = 0; round < 100; round++)); do
		assert_equal "$("$IMMURE" run --quiet -- sh -c 'echo first; echo last >&2; printf end' 2>&1 | cat)" \
			$'first\nlast\nend'
		"$IMMURE" run -- printf "%s" "$round" >out
		assert_equal "$(cat out)" "$round"
	done
}

@test "binary data passes unchanged, through pipes and sockets" {
	head -c 3000000 /dev/urandom >random
	timeout -k 5 60 "$IMMURE" run -- cat <random | cat | timeout -k 5 60 "$IMMURE" run -- cat >copy
	cmp random copy
	run timeout -k 5 60 python3 -c '
import socket, subprocess, sys
ours, theirs = socket.socketpair()
p = subprocess.Popen([sys.argv[1], "run", "--", "cat"], stdin=theirs, stdout=theirs)
theirs.close()
ours.sendall(bytes(range(256)))
ours.shutdown(socket.SHUT_WR)
got = b""
while chunk := ours.recv(4096):
    got += chunk
print(got == bytes(range(256)), p.wait())' "$IMMURE"
	assert_equal "$output" 'True 0'
}
