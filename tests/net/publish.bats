#!/usr/bin/env bats
# Published ports: what comes to a port of the host reaches the command's, and nothing else
# does; a port that cannot be had is found before the command starts.

load ../lib/common
load ../lib/sandbox
load ../lib/world

PORTS=$IMMURE_SOURCE/tests/lib/ports.py

# serve ADDRESS [OPTION...]: a sandbox on the world's host whose server listens on port 80
# of its ADDRESS; PUBLISHER is who serves its ports.
serve() {
	local address=$1 child
	shift
	mkfifo "$TEST_TMP/go"
	nsenter --preserve-credentials -U -n -m -t "$WORLD_HOST" -- env -C "$WORLD" \
		timeout 60 "$IMMURE" run "$@" --ro-bind "$PORTS:/ports.py" -- /usr/bin/python3 /ports.py serve "$address" 80 \
		<"$TEST_TMP/go" >"$TEST_TMP/out" 2>"$TEST_TMP/err" 3>&- &
	STARTED=$!
	exec {go}>"$TEST_TMP/go"
	until grep -qx on "$TEST_TMP/out"; do
		kill -0 "$STARTED" || fail_test "it did not start: $(cat "$TEST_TMP/err")" || return
		sleep 0.02
	done
	SUPERVISOR=$(pgrep -P "$STARTED")
	PUBLISHER=
	for child in $(pgrep -P "$SUPERVISOR"); do
		[[ $(tr '\0' ' ' <"/proc/$child/cmdline") != immure-ports* ]] || PUBLISHER=$child
	done
	[[ -n $PUBLISHER ]] || fail_test "nobody serves the ports"
}

finish() {
	exec {go}>&-
	wait "$STARTED" || true
	rm -f "$TEST_TMP/go"
}

# client ROLE ADDRESS PORT [N]: on the world's host; guest_of_host the same from outside.
client() { run world timeout 30 /usr/bin/python3 "$PORTS" "$@"; }
stranger() { run outside timeout 30 /usr/bin/python3 "$PORTS" "$@"; }

@test "a published port leads in, over IPv4 and IPv6, from this host alone" {
	client who 127.0.0.1 8080
	assert_equal "$output" ConnectionRefusedError
	serve :: -P 8080:80 -P '[::1]:8081:80'
	client who 127.0.0.1 8080
	assert_equal "$output" ::ffff:127.0.0.1
	client who ::1 8081
	assert_equal "$output" ::1
	client who ::1 8080
	assert_equal "$output" ConnectionRefusedError
	client who 203.0.113.1 8080
	assert_equal "$output" ConnectionRefusedError
	stranger who 203.0.113.1 8080
	assert_equal "$output" ConnectionRefusedError
	assert_equal "$(cat "$TEST_TMP/err")" ''
	finish
}

@test "an address that others reach is told, and who comes there is not from the loopback" {
	serve 0.0.0.0 -P 0.0.0.0:8080:80 -P '[2001:db8:113::1]:8080:80' -P 8081:80
	stranger who 203.0.113.1 8080
	assert_equal "$output" 10.0.2.100
	stranger who 2001:db8:113::1 8080
	assert_equal "$output" 10.0.2.100
	client who 127.0.0.1 8080
	assert_equal "$output" 10.0.2.100
	client who 127.0.0.1 8081
	assert_equal "$output" 127.0.0.1
	stranger who 203.0.113.1 8081
	assert_equal "$output" ConnectionRefusedError
	grep -q 'note: port 80 of the sandbox is open to other machines, that reach any address of this host: 0.0.0.0 (command line)' "$TEST_TMP/err"
	grep -q 'other machines, that reach 2001:db8:113::1' "$TEST_TMP/err"
	finish
	# A server that wants its own machine alone has it.
	serve 127.0.0.1 -P 203.0.113.1:8080:80 -P 8080:80
	client who 127.0.0.1 8080
	assert_equal "$output" 127.0.0.1
	stranger who 203.0.113.1 8080
	assert_equal "$output" ConnectionResetError
	finish
}

@test "port 0 is one that is free, said on standard error and in a file" {
	serve 0.0.0.0 --publish 0:80 --publish '[::1]:0:80/udp' --publish 8090-8091:80-81 --publish-file "$WORLD/ports"
	assert_equal "$(sed 's/:[0-9]*$//' "$WORLD/ports" | paste -sd,)" '80/tcp -> 127.0.0.1,80/udp -> [::1],80/tcp -> 127.0.0.1,81/tcp -> 127.0.0.1'
	assert_equal "$(head -n 2 "$WORLD/ports" | sed 's/^/immure: published: /')" "$(cat "$TEST_TMP/err")"
	client who 127.0.0.1 "$(sed -n '1s/.*://p' "$WORLD/ports")"
	assert_equal "$output" 127.0.0.1
	client who 127.0.0.1 8090
	assert_equal "$output" 127.0.0.1
	finish
	online --quiet -P 0:80 --publish-file /dev/stdout -- true
	[[ $output =~ ^'80/tcp -> 127.0.0.1:'[1-9][0-9]+$ ]]
	assert_equal "${stderr:-}" ''
	online -P 0:80 --publish-file /nowhere/at/all -- echo started
	assert_status 125
	assert_stderr_has 'publish ports: write /nowhere/at/all (command line): No such file'
}

@test "NET-15: a port that cannot be had: the command does not start, and it is said why" {
	serve 0.0.0.0 -P 8080:80 -P 203.0.113.1:8082:80/udp
	online -P 8080:80 -- echo started
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'publish ports: 80/tcp -> 127.0.0.1:8080 (command line): take the port: Address already in use'
	assert_stderr_has 'ss -ltnp sport = :8080'
	online -P 203.0.113.1:8082:81/udp -- echo started
	assert_status 125
	assert_stderr_has 'Address already in use'
	finish
	online -P 198.51.100.7:8080:80 -- echo started
	assert_status 125
	assert_stderr_has 'take the port: Cannot assign requested address'
	assert_stderr_has 'ip -brief address'
	printf '%s\n' 'include default' 'publish 80' >"$TEST_TMP/wrong.profile"
	run "$IMMURE" run --profile "$TEST_TMP/wrong.profile" -- echo started
	assert_status 125
	assert_output_has 'wrong.profile:2): one port is missing'
	run "$IMMURE" run --share net -P 8080:80 -- echo started
	assert_status 125
	assert_output_has 'share net and publish 8080:80 (command line) contradict each other'
	run "$IMMURE" run -P 8080:80 -P 127.0.0.1:8080:81 -- echo started
	assert_status 125
	assert_output_has 'port 8080 is published twice'
}

@test "a port that is root's" {
	is_root && skip "it is ours then"
	[[ $(</proc/sys/net/ipv4/ip_unprivileged_port_start) -gt 80 ]] || skip "this host lets everybody have it"
	run "$IMMURE" run -P 80:80 -- echo started
	assert_status 125
	assert_output_has 'take the port: Permission denied'
	assert_output_has 'ip_unprivileged_port_start=80'
}

@test "a burst of connections: none is refused, and each gets its own answer" {
	serve 0.0.0.0 -P 8080:80
	client burst 127.0.0.1 8080 1000
	assert_equal "$output" 1000
	finish
}

@test "datagrams, each sender's for himself, with the address he sent to as the answer's" {
	serve :: -P 8080:80/udp -P 0.0.0.0:8081:80/udp -P '[::]:8081:80/udp'
	client datagram 127.0.0.1 8080
	assert_equal "$output" '::ffff:127.0.0.1 datagram'
	stranger datagram 203.0.113.1 8081
	assert_equal "$output" '::ffff:10.0.2.100 datagram'
	stranger datagram 2001:db8:113::1 8081
	assert_equal "$output" 'fd00::100 datagram'
	client datagram 127.0.0.9 8081
	assert_equal "$output" '::ffff:10.0.2.100 datagram'
	client who 127.0.0.1 8080
	assert_equal "$output" ConnectionRefusedError
	finish
}

@test "much in both directions arrives as it was, and who ends sending still hears" {
	serve 127.0.0.1 -P 8080:80
	client half 127.0.0.1 8080
	assert_equal "$output" 13
	client sum 127.0.0.1 8080 67108864
	assert_equal "$output" True
	client send 127.0.0.1 8080 67108864
	assert_equal "$output" True
	finish
}

@test "who reads slowly makes the server wait, and nobody else, and takes no memory" {
	serve 127.0.0.1 -P 8080:80
	mkfifo "$TEST_TMP/sit"
	world timeout 60 /usr/bin/python3 "$PORTS" sit 127.0.0.1 8080 50 <"$TEST_TMP/sit" >"$TEST_TMP/sitting" 3>&- &
	exec {sit}>"$TEST_TMP/sit"
	until grep -q sitting "$TEST_TMP/sitting"; do sleep 0.02; done
	client sum 127.0.0.1 8080 16777216
	assert_equal "$output" True
	[[ $(awk '/^RssAnon/ { print $2 }' "/proc/$PUBLISHER/status") -lt 8192 ]]
	exec {sit}>&-
	finish
}

@test "nobody listens inside: the client hears so at once" {
	online -P 8080:81 -P 203.0.113.1:8080:81 -- true
	assert_status 0
	serve 127.0.0.1 -P 8080:81 -P 203.0.113.1:8080:81
	client who 127.0.0.1 8080
	assert_equal "$output" ConnectionResetError
	stranger who 203.0.113.1 8080
	assert_equal "$output" ConnectionResetError
	finish
}

@test "NET-15: nothing leads out for it: no tap without a rule, and both with one" {
	online -P 8080:80 -- sh -c 'ip -o link | wc -l; curl -s --max-time 5 http://198.51.100.7/; echo $?
		bash -c "cat </dev/tcp/127.0.0.1/8080"; ps -e | grep -c immure-ports'
	assert_equal "$(paste -sd' ' <<<"$output")" '1 7 0'
	serve 0.0.0.0 -P 8080:80 -P 203.0.113.1:8080:80 --allow 198.51.100.7
	client who 127.0.0.1 8080
	assert_equal "$output" 127.0.0.1
	stranger who 203.0.113.1 8080
	assert_equal "$output" 10.0.2.100
	finish
	online -P 8080:80 --allow 198.51.100.7 -- curl -s --max-time 10 http://198.51.100.7/
	assert_equal "$output" 'hello from 198.51.100.7'
}

@test "with namespaces inside, the port leads into the inner network" {
	serve 0.0.0.0 --nested -P 8080:80 -P 203.0.113.1:8080:80
	client who 127.0.0.1 8080
	assert_equal "$output" 127.0.0.1
	stranger who 203.0.113.1 8080
	assert_equal "$output" 10.0.2.100
	finish
}

@test "who serves the ports has no right, no file, and these descriptors alone" {
	serve 0.0.0.0 -P 8080:80 -P 8081:80/udp
	local file=/proc/$PUBLISHER/status
	assert_equal "$(awk '/^Cap(Inh|Prm|Eff|Bnd|Amb)/ { print $2 }' "$file" | sort -u)" 0000000000000000
	assert_equal "$(awk '/^(NoNewPrivs|Seccomp):/ { print $2 }' "$file" | paste -sd' ')" '1 2'
	assert_equal "$(awk '/core|processes|file size|open files/ { print $(NF - 2) }' "/proc/$PUBLISHER/limits" | sort | uniq -c |
		awk '{ print $2 "x" $1 }' | paste -sd' ')" '0x3 4096x1'
	run ls -A "/proc/$PUBLISHER/root/"
	assert_status 0
	assert_equal "$output" ''
	assert_equal "$(tr -d '\0' <"/proc/$PUBLISHER/environ")" ''
	for fd in "/proc/$PUBLISHER/fd/"*; do readlink "$fd"; done | sed 's/:\[[0-9].*//; s:^.*/null$:/dev/null:' | sort >"$TEST_TMP/has"
	run diff "$IMMURE_SOURCE/tests/net/lists/publisher_fds.txt" "$TEST_TMP/has"
	assert_status 0
	[[ $(readlink "/proc/$PUBLISHER/ns/net") != "$(readlink "/proc/$SUPERVISOR/ns/net")" ]]
	[[ $(readlink "/proc/$PUBLISHER/ns/user") != "$(readlink "/proc/$SUPERVISOR/ns/user")" ]]
	[[ $(readlink "/proc/$PUBLISHER/ns/mnt") != "$(readlink "/proc/$SUPERVISOR/ns/mnt")" ]]
	finish
}

# last WHAT [late]: a server that sends `one` byte or until all queues are `full`, and ends at
# once; a client that begins to read then, or when the whole run is over. What came, and its end.
last() {
	rm -f "$WORLD/ports" "$TEST_TMP/over"
	: >"$TEST_TMP/last"
	world timeout 60 "$IMMURE" run --quiet -P 0:80 --publish-file "$WORLD/ports" -- /usr/bin/python3 -c '
import os, socket, sys
server = socket.create_server(("127.0.0.1", 80))
print("on", flush=True)
client, sent = server.accept()[0], 0
client.settimeout(0.3)
try:
    while not sent or sys.argv[1] == "full":
        sent += client.send(b"x" * (65536 if sys.argv[1] == "full" else 1))
except TimeoutError:
    pass
print(sent, flush=True)
os._exit(0)' "$1" >"$TEST_TMP/last" 3>&- &
	until grep -qx on "$TEST_TMP/last"; do sleep 0.02; done
	local server=$! client
	world timeout 30 /usr/bin/python3 -c '
import os, socket, sys, time
client = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
while open(sys.argv[2]).read().count("\n") < 2 or (len(sys.argv) > 4 and not os.path.exists(sys.argv[3])):
    time.sleep(0.01)
got, end = 0, "end"
try:
    while data := client.recv(65536):
        got += len(data)
except ConnectionResetError:
    end = "reset"
print(got, end)' "$(sed 's/.*://' "$WORLD/ports")" "$TEST_TMP/last" "$TEST_TMP/over" ${2:+"$2"} >"$TEST_TMP/came" 3>&- &
	client=$!
	wait "$server"
	touch "$TEST_TMP/over"
	wait "$client"
	output=$(cat "$TEST_TMP/came")
}

@test "what a server sent before its end arrives, or its connection is reset" {
	for _ in 1 2 3 4 5 6; do
		last one
		assert_equal "$output" '1 end'
	done
	last full
	assert_equal "$output" "$(tail -n 1 "$TEST_TMP/last") end"
	# Somebody who comes back when the time for him is over.
	last full late
	[[ $output == *' reset' && ${output%% *} -lt $(tail -n 1 "$TEST_TMP/last") ]] || fail_test "$output"
}

@test "when it dies the run says so, and the command goes on" {
	serve 0.0.0.0 -P 8080:80
	kill -KILL "$PUBLISHER"
	until [[ ! -e /proc/$PUBLISHER ]]; do sleep 0.02; done
	client who 127.0.0.1 8080
	assert_equal "$output" ConnectionRefusedError
	finish
	grep -q 'immure: network: who served its published ports ended with status 137' "$TEST_TMP/err"
}

@test "when the supervisor is killed the port is free again" {
	serve 0.0.0.0 -P 8080:80
	client who 127.0.0.1 8080
	assert_status 0
	kill -KILL "$SUPERVISOR"
	until [[ ! -e /proc/$PUBLISHER ]]; do sleep 0.02; done
	finish
	online -P 8080:80 -- echo started
	assert_equal "$output" started
}

@test "whichever call fails for it, the command does not start, and nobody waits for ever" {
	needs strace
	local fault
	for fault in bind listen getsockname setns:when=2 epoll_create1 epoll_ctl seccomp:when=1 sendmsg:when=1 sendmsg:when=2 recvmsg:when=2 close_range:when=2; do
		run --separate-stderr timeout 20 strace -f -qq -o /dev/null -e "trace=${fault%%:*}" \
			-e "inject=${fault%%:*}:error=EIO${fault#"${fault%%:*}"}" "$IMMURE" run -q -P 0:80 -- echo started
		echo "$fault"
		assert_status 125
		assert_equal "$output" ''
	done
}

@test "the dry run says which ports lead in, and takes none" {
	serve 0.0.0.0 -P 8080:80
	online --dry-run -P 8080:80 -P '[::1]:0:53/udp' -- true
	assert_status 0
	assert_output_has '127.0.0.1:8080 leads to port 80 of the sandbox (tcp)'
	assert_output_has '[::1]:any free port leads to port 53 of the sandbox (udp)'
	finish
}
