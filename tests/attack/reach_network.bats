#!/usr/bin/env bats
# Out through the tap, to what no rule allows: the host's loopback, its addresses, its
# LAN, metadata, what is beside the gateway; by odd addresses, devices, frames, names.
# With the gate and the stack's hands free, each of the two gets there.

load ../lib/common
load ../lib/sandbox
load ../lib/world

setup_file() {
	world_start
	# A service of the host on all of its addresses, that should see nobody.
	nsenter --preserve-credentials -U -n -m -t "$WORLD_HOST" -- env -C "$WORLD" /usr/bin/python3 -c '
import select, socket
every = []
for family, any in (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"):
	for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
		s = socket.socket(family, kind)
		if family == socket.AF_INET6: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
		s.bind((any, 4242))
		if kind == socket.SOCK_STREAM: s.listen(64)
		every.append(s)
open("host-listens", "w").close()
while True:
	for s in select.select(every, [], [])[0]:
		if s.type == socket.SOCK_STREAM: c, peer = s.accept(); c.close(); kind = "tcp"
		else: _, peer = s.recvfrom(99); kind = "udp"
		print(kind, peer[0], file=open("host-seen", "a"))' 3>&- &
	echo $! >"$WORLD/service.pid"
	until [[ -e $WORLD/host-listens ]]; do sleep 0.05; done
}

teardown_file() {
	kill "$(cat "$WORLD/service.pid")" 2>/dev/null || true
	world_stop
}

setup() {
	common_setup
	: >"$WORLD/host-seen"
	forget_seen
}

# Send a datagram and open a connection to port 4242 of every address in the arguments,
# plainly and through the tap, whatever the routes say. With SO_BINDTODEVICE a program
# without any right does that.
knock='import socket, sys, time
for to in sys.argv[1:]:
	family = socket.AF_INET6 if ":" in to else socket.AF_INET
	for device in b"", b"tap0\0":
		for kind in socket.SOCK_DGRAM, socket.SOCK_STREAM:
			try:
				s = socket.socket(family, kind); s.settimeout(0.3)
				if device: s.setsockopt(socket.SOL_SOCKET, 25, device)
				if kind == socket.SOCK_DGRAM: s.sendto(b"x", (to, 4242))
				else: s.connect((to, 4242))
			except OSError: pass
time.sleep(0.2)'

loopback=(127.0.0.1 127.9.9.9 0.0.0.0 ::1 :: ::ffff:127.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: fe80::1%tap0)

# Without these walls; the rest of the arguments are addresses.
without() {
	PATIENCE=60 run --separate-stderr world timeout -k 5 60 "$IMMURE_WEAK" run --weaken "$1" --net -- \
		/usr/bin/python3 -c "$knock" "${@:2}"
	assert_status 0
}

@test "NET-03 NET-07: weakened, a bound device leads to the host's loopback; the gate alone, and the hands alone, hold" {
	without gate,hands 127.0.0.1 ::1
	grep -q 'udp 127.0.0.1' "$WORLD/host-seen" || fail_test "the attack does not work: $(cat "$WORLD/host-seen")"
	grep -q 'udp ::1' "$WORLD/host-seen"
	: >"$WORLD/host-seen"
	without gate "${loopback[@]}"
	assert_equal "$(cat "$WORLD/host-seen")" ''
	without hands "${loopback[@]}"
	assert_equal "$(cat "$WORLD/host-seen")" ''
}

@test "NET-02 NET-03 NET-07: the host's loopback is not reached, by any of its names" {
	PATIENCE=60 online --net -- /usr/bin/python3 -c "$knock" "${loopback[@]}" 10.0.2.2 fd00::2
	assert_status 0
	assert_equal "$(cat "$WORLD/host-seen")" ''
	PATIENCE=60 online --allow any --allow 0.0.0.0/0 --allow ::/0 -- /usr/bin/python3 -c "$knock" "${loopback[@]}" 10.0.2.2 fd00::2
	assert_status 0
	assert_equal "$(cat "$WORLD/host-seen")" ''
}

@test "NET-02 NET-04: weakened, the gateway and the host's own address lead to its services" {
	without gate,hands 10.0.2.2 203.0.113.1
	grep -q 'tcp 127.0.0.1' "$WORLD/host-seen"
	grep -q 'tcp 203.0.113.1' "$WORLD/host-seen"
}

@test "NET-04: the host's own addresses are not reached, and not those that it gets later" {
	local own=(203.0.113.1 2001:db8:113::1 192.175.48.99)
	world ip addr add 192.175.48.99/32 dev lo
	online --net --allow lan -- /usr/bin/python3 -c "$knock" "${own[@]}"
	assert_equal "$(cat "$WORLD/host-seen")" ''
	world ip addr del 192.175.48.99/32 dev lo
	mkfifo "$WORLD/later"
	# shellcheck disable=SC2016 # for the shell inside
	world timeout 30 "$IMMURE" run --net --bind "$WORLD" -- sh -c 'echo >"$0/started"; read -r _ <"$0/later"; exec /usr/bin/python3 -c "$1" 192.175.48.99' "$WORLD" "$knock" 3>&- &
	local sandbox=$!
	until [[ -e $WORLD/started ]]; do sleep 0.05; done
	world ip addr add 192.175.48.99/32 dev lo
	sleep 0.2
	echo >"$WORLD/later"
	wait "$sandbox"
	world ip addr del 192.175.48.99/32 dev lo
	assert_equal "$(cat "$WORLD/host-seen")" ''
}

# add or del: so many addresses that the last ones would be nobody's.
crowd() {
	/usr/bin/python3 -c 'import sys
for i in range(4100): print("address", sys.argv[1], f"10.64.{i >> 8}.{i & 255}/32 dev lo")
print("address", sys.argv[1], "192.175.48.99/32 dev lo")' "$1" | world ip -batch -
}

@test "NET-04: a host with more addresses than are kept apart has no network for others" {
	mkfifo "$WORLD/crowded"
	# shellcheck disable=SC2016 # for the shell inside
	world timeout 60 "$IMMURE" run --net --bind "$WORLD" -- sh -c 'echo >"$0/waits"; read -r _ <"$0/crowded"; exec /usr/bin/python3 -c "$1" 192.175.48.99' "$WORLD" "$knock" >"$WORLD/said" 2>&1 3>&- &
	local sandbox=$!
	until [[ -e $WORLD/waits ]]; do sleep 0.05; done
	crowd add
	online --net -- true
	echo >"$WORLD/crowded"
	wait "$sandbox"
	crowd del
	assert_status 125
	assert_stderr_has 'the host has over 4096 addresses'
	grep -q '^immure: network: ' "$WORLD/said" || fail_test "$(cat "$WORLD/said")"
	assert_equal "$(cat "$WORLD/host-seen")" ''
	online --net -- true
	assert_status 0
}

# By HTTP, to whom the outside would answer.
ask='import socket, sys
for to in sys.argv[1:]:
	try:
		s = socket.create_connection((to, 80), 1); s.sendall(b"GET / HTTP/1.0\r\n\r\n"); print(to, s.recv(99)[:12])
	except OSError as error: print(to, type(error).__name__)'

metadata=(169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 fd00:ec2::254)
private=(10.99.0.7 172.16.0.7 192.168.77.7 100.64.0.7 198.18.0.7 fd77::7)

@test "NET-05 NET-06: weakened, metadata services and private networks are reached" {
	run --separate-stderr world timeout -k 5 60 "$IMMURE_WEAK" run --weaken gate,hands --net -- \
		/usr/bin/python3 -c "$ask" 100.100.100.200 168.63.129.16 fd00:ec2::254 "${private[@]}"
	assert_status 0
	assert_equal "$(wc -l <"$WORLD/seen")" 9
}

@test "NET-05 NET-06 NET-10: metadata, private networks and what is beside the gateway are not reached" {
	online --net -- /usr/bin/python3 -c "$ask" "${metadata[@]}" "${private[@]}" 10.0.2.4 10.0.2.15 10.0.2.99 fd00::9
	assert_status 0
	refute grep -q "b'" <<<"$output"
	assert_equal "$(cat "$WORLD/seen")" ''
	online --allow lan -- /usr/bin/python3 -c "$ask" "${metadata[@]}" 10.0.2.4
	refute grep -q "b'" <<<"$output"
	assert_equal "$(cat "$WORLD/seen")" ''
}

@test "NET-11: a port that no rule allows, and one protocol for the other" {
	online --allow 198.51.100.7:80/tcp -- /usr/bin/python3 -c '
import socket
for port, kind in (7, 1), (8080, 1), (7, 2), (80, 2):
	s = socket.socket(socket.AF_INET, kind); s.settimeout(3)
	try: s.connect(("198.51.100.7", port)); s.send(b"x"); s.recv(9); print("open", port, kind)
	except ConnectionRefusedError: print("refused")'
	assert_equal "$output" $'refused\nrefused\nrefused\nrefused'
	assert_equal "$(cat "$WORLD/seen")" ''
	online --allow 198.51.100.7:80/tcp -- curl -s http://198.51.100.7/
	assert_seen 'tcp 198.51.100.7 80'
	# Weakened, every port is open.
	run --separate-stderr world timeout 30 "$IMMURE_WEAK" run --weaken gate --allow 198.51.100.7:80/tcp -- curl -s http://198.51.100.7:8080/
	assert_seen 'tcp 198.51.100.7 8080'
}

@test "NET-12: only our resolver is asked, and an answer that points inside is not believed" {
	local name
	online --allow '*.test' -- dig +tries=1 +time=1 @203.0.113.2 files.test
	refute [ "$status" -eq 0 ]
	for name in loop link self zero lan; do
		online --allow "$name.test" -- sh -c "dig +short $name.test; dig +short AAAA $name.test; curl -s --max-time 3 http://$name.test:4242/"
		assert_equal "$output" ''
	done
	assert_equal "$(cat "$WORLD/host-seen" "$WORLD/seen")" ''
	# Somebody means it.
	online --allow lan.test --allow 192.168.77.7:80 -- curl -s http://lan.test/
	assert_equal "$output" 'hello from 192.168.77.7'
	# Weakened, nothing looks at what is asked of whom.
	run --separate-stderr world timeout 30 "$IMMURE_WEAK" run --weaken gate,hands --net -- dig +short @203.0.113.2 loop.test
	assert_equal "$output" 127.0.0.1
}

@test "NET-13: a name opens what it leads to, and not what somebody says it leads to" {
	online --allow files.test:80 -- sh -c 'curl -s --max-time 3 --resolve files.test:80:198.51.100.8 http://files.test/; echo $?'
	assert_equal "$output" 7
	online --allow alias.test:80 -- curl -4s http://alias.test/
	assert_equal "$output" 'hello from 198.51.100.7'
	online --allow alias.test:80 -- curl -s --max-time 3 http://files.test/
	assert_status 6
	online --allow files.test.other.test -- dig +short files.test
	assert_equal "$output" ''
}

@test "NET-17: its addresses, routes and neighbours cannot be changed from inside" {
	# shellcheck disable=SC2016 # for the shell inside
	online --net -- sh -c 'for what in "addr add 10.0.2.101/24 dev tap0" "route add 203.0.113.0/24 dev tap0" "link set tap0 mtu 1400" \
		"neigh add 10.0.2.9 lladdr 02:00:00:00:00:01 dev tap0" "link add veth0 type veth"; do ip $what 2>/dev/null && echo "done: $what"; done; true'
	assert_status 0
	assert_equal "$output" ''
	# Without walls root of the world does all of that.
	world ip addr add 203.0.113.99/32 dev lo
	world ip addr del 203.0.113.99/32 dev lo
}

@test "SLP-09: urgent data does not pass, and who sends some hears that it is over" {
	local urge='import socket
s = socket.create_connection(("198.51.100.7", 7), 5)
s.send(b"plain"); print(s.recv(9).decode())
s.send(b"urgent", socket.MSG_OOB)
try: print(s.recv(9).decode())
except OSError as error: print(type(error).__name__)'
	online --allow 198.51.100.7:7 -- /usr/bin/python3 -c "$urge"
	assert_equal "$output" $'plain\nConnectionResetError'
	# Weakened, libslirp gets it.
	run --separate-stderr world timeout 30 "$IMMURE_WEAK" run --weaken gate --allow 198.51.100.7:7 -- /usr/bin/python3 -c "$urge"
	refute grep -q ConnectionResetError <<<"$output"
}
