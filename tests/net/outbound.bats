#!/usr/bin/env bats
# --outbound: what the sandbox sends leaves the host from that address or by that device,
# or not at all.

load ../lib/common
load ../lib/sandbox
load ../lib/world

setup_file() {
	world_start
	world ip address add 203.0.113.77/24 dev veth0
	world ip address add 2001:db8:113::77/64 dev veth0 nodad
	# A second device, behind which nobody is.
	world ip link add veth2 type veth peer name veth3
	world ip address add 203.0.114.1/24 dev veth2
	world ip link set veth2 up
	world ip link set veth3 up
	# Who asks on the outside's port 9 hears which address it has.
	serve telling /usr/bin/python3 -c 'import socket, selectors
s = selectors.DefaultSelector()
t = socket.create_server(("::", 9), family=socket.AF_INET6, dualstack_ipv6=True)
u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); u.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
u.bind(("::", 9)); s.register(t, 1); s.register(u, 1); open("telling-serves", "w").close()
while True:
	for key, _ in s.select():
		if key.fileobj is t: c, to = t.accept(); c.sendall(to[0].encode()); c.close()
		else: _, to = u.recvfrom(99); u.sendto(to[0].encode(), to)'
}

teardown_file() {
	serve_stop
	world_stop
}

# The address that 203.0.113.2 or 2001:db8:113::2 sees, by TCP and by UDP.
ask='import socket, sys
for to in sys.argv[1:]:
	for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
		try:
			s = socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET, kind); s.settimeout(5); s.connect((to, 9))
			if kind == socket.SOCK_DGRAM: s.send(b"?")
			print(s.recv(99).decode().removeprefix("::ffff:"))
		except OSError as error: print(type(error).__name__)'

@test "an address of the host's: every flow and every question for a name leaves from it" {
	online --outbound 203.0.113.77 --outbound 2001:db8:113::77 --allow any -- /usr/bin/python3 -c "$ask" 203.0.113.2 2001:db8:113::2
	assert_status 0
	assert_equal "$output" $'203.0.113.77\n203.0.113.77\n2001:db8:113::77\n2001:db8:113::77'
	online --allow any -- /usr/bin/python3 -c "$ask" 203.0.113.2
	assert_equal "$output" $'203.0.113.1\n203.0.113.1'
	online --outbound 203.0.113.77 --allow files.test -- dig +short deep.test
	online --outbound 203.0.113.77 --allow files.test -- dig +short files.test
	assert_equal "$output" 198.51.100.7
	assert_equal "$(grep -c 'files.test from 203.0.113.1$' "$WORLD/queries")" 0
	grep -q 'files.test from 203.0.113.77$' "$WORLD/queries"
	# Names are asked by TCP too.
	online --outbound 203.0.113.77 --allow files.test -- dig +short +tcp files.test
	assert_equal "$output" 198.51.100.7
}

@test "with an address of one family the other one is not there" {
	online --outbound 203.0.113.77 --allow any -- /usr/bin/python3 -c "$ask" 2001:db8:113::2 203.0.113.2
	assert_equal "$output" $'OSError\nOSError\n203.0.113.77\n203.0.113.77'
	online --outbound 2001:db8:113::77 --dns 2001:db8:113::2 --allow files.test -- sh -c 'ip -4 -o addr show dev tap0; curl -sS --max-time 10 http://files.test/'
	assert_equal "$output" 'hello from 2001:db8::7'
	# Nor is a server of the other one asked.
	online --outbound 2001:db8:113::77 --dns 203.0.113.2 --allow other.test -- dig +tries=1 +timeout=20 other.test
	assert_output_has SERVFAIL
	refute grep -q 'other.test from' "$WORLD/queries"
}

@test "a device: by it and by no other, and not at all when it is gone" {
	online --outbound veth0 --allow any -- /usr/bin/python3 -c "$ask" 203.0.113.2 2001:db8:113::2
	# Of two addresses of IPv6 the kernel takes the one that it likes.
	assert_equal "$(sort -u <<<"${output//::77/::1}" | paste -sd' ')" '2001:db8:113::1 203.0.113.1'
	online --outbound veth2 --allow any -- curl -sS --max-time 4 http://198.51.100.7/
	[[ $status -eq 7 || $status -eq 28 ]]
	local ping='import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1); s.settimeout(2); s.connect(("198.51.100.7", 1)); s.send(bytes([8, 0, 0, 0, 0, 0, 0, 1]))
try: print(len(s.recv(99)))
except OSError: print("none")'
	online --outbound veth0 --allow any -- /usr/bin/python3 -c "$ping"
	assert_equal "$output" 8
	online --outbound veth2 --allow any -- /usr/bin/python3 -c "$ping"
	assert_equal "$output" none
	world ip link add veth4 type veth peer name veth5
	world ip link set veth4 up
	mkfifo "$TEST_TMP/go"
	# shellcheck disable=SC2016 # for the shell inside
	world timeout -k 5 30 "$IMMURE" run --outbound veth4 --allow any -- sh -c 'echo on; read -r _; curl -s --max-time 4 http://198.51.100.7/; echo "then $?"
		dig +tries=1 +timeout=3 other.test >/dev/null' <"$TEST_TMP/go" >"$TEST_TMP/out" 2>&1 3>&- &
	local supervisor=$!
	exec {go}>"$TEST_TMP/go"
	until grep -qx on "$TEST_TMP/out"; do kill -0 "$supervisor"; sleep 0.02; done
	world ip link del veth4
	exec {go}>&-
	wait "$supervisor" || true
	grep -qE '^then (7|28)$' "$TEST_TMP/out"
	refute grep -q 'other.test from' "$WORLD/queries"
	assert_equal "$(cat "$WORLD/seen")" ''
}

@test "the host's loopback is behind no device: --allow host, and a name server there" {
	local serve='import socket
s = socket.create_server(("127.0.0.1", 5432)); open("listening", "w").close()
for i in range(2): c, to = s.accept(); c.sendall(to[0].encode() + b"\n"); c.close()'
	world /usr/bin/python3 -c "$serve" 3>&- &
	until [[ -e $WORLD/listening ]]; do sleep 0.05; done
	online --outbound veth0 --allow host:5432 -- bash -c 'cat </dev/tcp/10.0.2.2/5432'
	assert_equal "$output" 127.0.0.1
	online --outbound 203.0.113.77 --allow host:5432 -- bash -c 'cat </dev/tcp/10.0.2.2/5432'
	assert_equal "$output" 127.0.0.1
}

@test "an address or a device that the host has not is an error before anything starts" {
	local words
	while read -r -a words; do
		run "$IMMURE" run "${words[@]}" -- touch "$TEST_TMP/started"
		assert_status 125
		read -r expected
		assert_output_has "$expected"
	done <<-'END'
		--net --outbound 192.0.2.99
		outbound 192.0.2.99 (command line): send from 192.0.2.99: Cannot assign
		--net --outbound wg9
		outbound wg9 (command line): send by the device wg9: No such device
		--net --outbound lo
		nothing leaves the host by its loopback
		--net --outbound 127.0.0.1
		nothing leaves the host from this address
		--net --outbound a/b
		neither an address nor the name
		--outbound wg9
		there is no network
	END
	run world "$IMMURE" run --net --ipv6-only --outbound 203.0.113.77 -- true
	assert_status 125
	assert_output_has 'is of the family that is off'
	run world "$IMMURE" run --dry-run --net --outbound 203.0.113.77 --outbound veth0 -- true
	assert_status 0
	[[ $output =~ outbound\ +veth0\ +#\ command\ line ]]
	[[ $output =~ outbound\ +203.0.113.77\ +#\ command\ line ]]
}
