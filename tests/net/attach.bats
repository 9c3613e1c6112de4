#!/usr/bin/env bats
# immure net attach: the same engine for a network namespace that somebody else made, as an
# ordinary user and from outside of it.
#
# shellcheck disable=SC2030,SC2031 # `stay` is of each test by itself

load ../lib/common
load ../lib/sandbox
load ../lib/world

# make: a process of the world's host in a network of its own, TARGET.
make() {
	nsenter --preserve-credentials -U -n -m -t "$WORLD_HOST" -- \
		setpriv --pdeathsig KILL unshare -Urn sleep 60 3>&- &
	TARGET=$!
	until [[ $(readlink "/proc/$TARGET/ns/net") != "$(readlink "/proc/$WORLD_HOST/ns/net")" &&
		$(readlink "/proc/$TARGET/ns/net") != "$(readlink /proc/self/ns/net)" && $(<"/proc/$TARGET/comm") == sleep ]]; do
		sleep 0.02
	done
	unmake_at_end=$TARGET
}

teardown() {
	[[ -z ${unmake_at_end:-} ]] || kill -KILL "$unmake_at_end" 2>/dev/null || true
	common_teardown
}

# attach [OPTION...]: serve it, and wait until that is said; ATTACHED is who does.
attach() {
	mkfifo "$TEST_TMP/stay"
	nsenter --preserve-credentials -U -n -m -t "$WORLD_HOST" -- env -C "$WORLD" \
		"$IMMURE" net attach --ready-fd 5 --exit-fd=6 "$@" "$TARGET" \
		5>"$TEST_TMP/ready" 6<"$TEST_TMP/stay" 2>"$TEST_TMP/err" 3>&- &
	ATTACHED=$!
	exec {stay}>"$TEST_TMP/stay"
	until [[ -s $TEST_TMP/ready ]]; do
		kill -0 "$ATTACHED" || fail_test "it did not start: $(cat "$TEST_TMP/err")" || return
		sleep 0.02
	done
	assert_equal "$(cat "$TEST_TMP/ready")" 1
}

# ended STATUS: it does, like that.
ended() {
	local how=0
	wait "$ATTACHED" || how=$?
	assert_equal "$how" "$1"
}

# there COMMAND...: in that network, by those who made it.
there() { run timeout 30 nsenter --preserve-credentials -U -n -t "$TARGET" -- "$@"; }

@test "an unshared shell gets addresses, a way out by rules, and names" {
	make
	there ip -o link
	assert_output_lacks tap0
	attach --allow files.test:80
	there ip -o addr
	assert_output_has 'inet 127.0.0.1/8'
	assert_output_has 'inet 10.0.2.100/24'
	assert_output_has 'inet6 fd00::100/64'
	there ip route
	assert_output_has 'default via 10.0.2.2 dev tap0'
	there curl -s --max-time 10 http://198.51.100.7/
	assert_status 7
	there dig +short +tries=1 @10.0.2.3 files.test
	assert_equal "$output" 198.51.100.7
	there curl -s --max-time 10 http://198.51.100.7/
	assert_equal "$output" 'hello from 198.51.100.7'
	there dig +tries=1 @10.0.2.3 other.test
	assert_output_has NXDOMAIN
	grep -q 'immure: attached: tap0 is served; its names are asked by this line of /etc/resolv.conf: nameserver 10.0.2.3' "$TEST_TMP/err"
	kill "$TARGET"
	ended 0
	grep -q 'immure: refused: the name other.test 1 time; to allow: --allow other.test' "$TEST_TMP/err"
}

@test "it ends with the descriptor of --exit-fd, and the device with it" {
	make
	attach --net --mtu 1500 --cidr 192.168.199.0/24 --ipv4-only
	there ip -o addr show dev tap0
	assert_output_has 'inet 192.168.199.100/24'
	assert_output_lacks fd00
	exec {stay}>&-
	ended 0
	there ip -o link
	assert_status 0
	assert_output_lacks tap0
}

@test "it ends with a signal, with its engine, and nothing is left when it is killed" {
	make
	attach --net
	local engine child
	for child in $(pgrep -P "$ATTACHED"); do
		[[ $(tr '\0' ' ' <"/proc/$child/cmdline") != immure-net* ]] || engine=$child
	done
	kill "$ATTACHED"
	ended 143
	[[ ! -e /proc/$engine ]]
	rm "$TEST_TMP/stay" "$TEST_TMP/ready"
	attach --net
	engine=$(pgrep -P "$ATTACHED")
	kill -KILL "$engine"
	ended 1
	grep -q "the network's engine ended with status 137" "$TEST_TMP/err"
	rm "$TEST_TMP/stay" "$TEST_TMP/ready"
	attach --net
	engine=$(pgrep -P "$ATTACHED")
	kill -KILL "$ATTACHED"
	until [[ ! -e /proc/$engine ]]; do sleep 0.02; done
	there ip -o link
	assert_output_lacks tap0
}

# A connection of theirs through it, with what it hears in the end in $TEST_TMP/heard.
connect_there() {
	nsenter --preserve-credentials -U -n -t "$TARGET" -- timeout 30 /usr/bin/python3 -c '
import errno, socket, sys
own = socket.create_server(("127.0.0.1", 0)); one = socket.create_connection(own.getsockname()); other = own.accept()[0]
out = socket.create_connection(("198.51.100.7", 7)); out.send(b"x"); out.recv(1); open(sys.argv[1], "w").write("on")
try: out.recv(1)
except OSError as error: print(errno.errorcode[error.errno])
one.send(b"still here"); print(other.recv(99).decode())' "$TEST_TMP/on" >"$TEST_TMP/heard" 3>&- {stay}>&- &
	CONNECTED=$!
	until [[ -s $TEST_TMP/on ]]; do
		kill -0 "$CONNECTED" || fail_test "no connection" || return
		sleep 0.02
	done
	rm "$TEST_TMP/on"
}

@test "what is open through it ends with it, and with its engine" {
	make
	attach --net --allow 198.51.100.7
	connect_there
	kill -KILL "$(pgrep -P "$ATTACHED")"
	ended 1
	wait "$CONNECTED"
	assert_equal "$(cat "$TEST_TMP/heard")" $'ECONNABORTED\nstill here'
	grep -q "the network's engine ended with status 137; 1 connection ended with it" "$TEST_TMP/err"
	rm "$TEST_TMP/stay" "$TEST_TMP/ready"
	attach --net --allow 198.51.100.7
	connect_there
	exec {stay}>&-
	ended 0
	wait "$CONNECTED"
	assert_equal "$(cat "$TEST_TMP/heard")" $'ECONNABORTED\nstill here'
}

@test "a port is published into it, and its device has another name" {
	make
	mkfifo "$TEST_TMP/go"
	nsenter --preserve-credentials -U -n -t "$TARGET" -- timeout 60 /usr/bin/python3 "$IMMURE_SOURCE/tests/lib/ports.py" \
		serve 0.0.0.0 80 <"$TEST_TMP/go" >"$TEST_TMP/out" 3>&- &
	exec {go}>"$TEST_TMP/go"
	TARGET_WORDS=("$TARGET" net7)
	mkfifo "$TEST_TMP/stay"
	nsenter --preserve-credentials -U -n -m -t "$WORLD_HOST" -- "$IMMURE" net attach -q --ready-fd 5 --exit-fd 6 --net \
		-P 8080:80 "${TARGET_WORDS[@]}" 5>"$TEST_TMP/ready" 6<"$TEST_TMP/stay" 2>"$TEST_TMP/err" 3>&- &
	ATTACHED=$!
	exec {stay}>"$TEST_TMP/stay"
	until [[ -s $TEST_TMP/ready ]] && grep -q on "$TEST_TMP/out"; do kill -0 "$ATTACHED"; sleep 0.02; done
	run world timeout 20 /usr/bin/python3 "$IMMURE_SOURCE/tests/lib/ports.py" who 127.0.0.1 8080
	assert_equal "$output" 127.0.0.1
	there ip -o link
	assert_output_has ' net7:'
	assert_equal "$(cat "$TEST_TMP/err")" ''
	exec {stay}>&- {go}>&-
	ended 0
}

@test "what cannot be served is said, and nothing is made" {
	make
	run --separate-stderr world timeout 20 "$IMMURE" net attach "$TARGET"
	assert_status 1
	assert_stderr_has 'no rule allows anything'
	assert_stderr_has '--allow NAME:PORT'
	run --separate-stderr world timeout 20 "$IMMURE" net attach --net "$WORLD_HOST"
	assert_status 1
	assert_stderr_has 'is in the network that you are in yourself'
	run --separate-stderr world timeout 20 "$IMMURE" net attach --net --bind /tmp "$TARGET"
	assert_status 1
	assert_stderr_has '--bind is not about a network'
	run --separate-stderr world timeout 20 "$IMMURE" net attach --net "$TARGET" 'a b'
	assert_status 1
	assert_stderr_has 'ifname a b (command line)'
	run --separate-stderr world timeout 20 "$IMMURE" net attach --net --ready-fd 77 "$TARGET"
	assert_status 1
	assert_stderr_has '--ready-fd 77: there is no such descriptor'
	run --separate-stderr world timeout 20 "$IMMURE" net attach --net
	assert_status 2
	assert_stderr_has 'immure net attach --net PID'
	there ip link add tap0 type veth peer name veth7
	assert_status 0
	run --separate-stderr world timeout 20 "$IMMURE" net attach --net "$TARGET"
	assert_status 1
	assert_stderr_has 'make the tap: make the tap tap0: Invalid argument'
	assert_stderr_has '--ifname NAME'
	there ip link del tap0
	# shellcheck disable=SC2016 # for the shell
	run --separate-stderr world unshare -m sh -c 'mount -t tmpfs tmpfs /dev/net; exec timeout 20 "$0" net attach --net "$1"' "$IMMURE" "$TARGET"
	assert_status 1
	assert_stderr_has 'find /dev/net/tun'
	assert_stderr_has 'modprobe tun'
	there ip -o link
	assert_output_lacks tap0
	run "$IMMURE" net attach --net 2147483646
	assert_status 1
	assert_output_has 'process 2147483646: No such process'
	is_root && return
	run "$IMMURE" net attach --net 1
	assert_status 1
	assert_output_has '/proc/1/ns/net: Permission denied'
	assert_output_has 'it must be yours'
}

@test "the dry run says whose network it is, and what it would get" {
	make
	run --separate-stderr world "$IMMURE" net attach --dry-run --allow files.test "$TARGET" net7
	assert_status 0
	assert_output_has "user of process $TARGET"
	assert_output_has "net of process $TARGET"
	assert_output_has 'net7, MTU 65520'
	assert_output_has 'files.test'
	there ip -o link
	assert_output_lacks net7
}

@test "what goes through it is written down, to its end" {
	make
	attach --net-log "$WORLD/net.log" --pcap "$WORLD/net.pcap" --allow 198.51.100.7
	# Whose end this is about must not be kept open by who is cut off.
	# shellcheck disable=SC2016 # for the shell there
	there bash -c 'exec 5<>/dev/tcp/198.51.100.7/7; echo hello >&5; read -r answer <&5; echo "$answer" >"$0"; exec sleep 5' "$WORLD/answered" 3>&- {stay}>&- &
	until [[ -s $WORLD/answered ]]; do sleep 0.02; done
	exec {stay}>&-
	ended 0
	grep -q '"port":7,"sent":6,"received":6,"end":"cut"' "$WORLD/net.log" || fail_test "$(cat "$WORLD/net.log")"
	tcpdump -nr "$WORLD/net.pcap" 2>/dev/null | grep -q '198.51.100.7.7 > 10.0.2.100'
}
