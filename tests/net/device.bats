#!/usr/bin/env bats
# The device of the sandbox's network as it was asked for: addresses, families, packet size,
# names.

load ../lib/common
load ../lib/sandbox
load ../lib/world

# An echo on port 9 of the outside that takes as much as there is.
patient_echo='import socket, threading
s = socket.create_server(("::", 9), family=socket.AF_INET6, dualstack_ipv6=True); open("patient-serves", "w").close()
def echo(c):
	while data := c.recv(65536): c.sendall(data)
	c.close()
while True: threading.Thread(target=echo, args=(s.accept()[0],), daemon=True).start()'

setup_file() {
	world_start
	serve patient /usr/bin/python3 -c "$patient_echo"
}

teardown_file() {
	serve_stop
	world_stop
}

@test "--cidr, --mac, --ifname: guest, gateway and resolver are where it says, and all works" {
	local serve='import socket
s = socket.create_server(("127.0.0.1", 5432))
open("listening", "w").close()
c = s.accept()[0]; c.sendall(b"served"); c.close()'
	world /usr/bin/python3 -c "$serve" 3>&- &
	local server=$!
	until [[ -e $WORLD/listening ]]; do sleep 0.05; done
	online --cidr 172.20.128.0/17 --cidr fd12:3456::/64 --mac 02:00:5E:10:00:01 --ifname eth0 --allow files.test \
		--allow host:5432 --allow 10.0.2.4 -- bash -c 'ip -o addr show dev eth0; ip route; ip -6 route; ip link show eth0; cat /etc/resolv.conf
		curl -4sS --max-time 10 http://files.test/; curl -6sS --max-time 10 http://files.test/
		curl -sS --max-time 10 http://10.0.2.4/; cat </dev/tcp/172.20.128.2/5432; dig +short @fd12:3456::3 files.test'
	kill "$server" 2>/dev/null || true
	assert_status 0
	assert_output_has 'inet 172.20.128.100/17'
	assert_output_has 'inet6 fd12:3456::100/64'
	assert_output_has 'default via 172.20.128.2 dev eth0'
	assert_output_has 'default via fd12:3456::2 dev eth0'
	assert_output_has 'link/ether 02:00:5e:10:00:01'
	assert_output_has 'nameserver 172.20.128.3'
	assert_output_has 'hello from 198.51.100.7'
	assert_output_has 'hello from 2001:db8::7'
	# What the default network hides.
	assert_output_has 'hello from 10.0.2.4'
	assert_equal "$(tail -n 1 <<<"$output")" served198.51.100.7
}

@test "--ipv4-only and --ipv6-only: nothing of the other family is there or passes" {
	online --ipv4-only --allow any -- sh -c 'ip -6 -o addr show dev tap0 scope global; cat /etc/resolv.conf /etc/hosts
		curl -s --max-time 5 http://files.test/; curl -s --max-time 5 "http://[2001:db8::7]/" || echo none'
	assert_status 0
	assert_output_has 'hello from 198.51.100.7'
	assert_output_lacks fd00
	assert_output_has none
	assert_not_seen 2001
	forget_seen
	online --ipv6-only --allow any -- sh -c 'ip -4 -o addr show dev tap0; cat /etc/resolv.conf
		curl -s --max-time 5 http://files.test/; curl -s --max-time 5 http://198.51.100.7/ || echo none'
	assert_status 0
	assert_output_has 'nameserver fd00::3'
	assert_output_has 'hello from 2001:db8::7'
	assert_output_lacks 'inet '
	assert_output_has none
	assert_not_seen 198.51.100.7
	# Typed, it takes back a profile's.
	printf '%s\n' 'include default' ipv6-only >"$TEST_TMP/six.profile"
	chmod a+rx "$TEST_TMP"
	online --profile "$TEST_TMP/six.profile" --ipv4-only --allow any -- ip -o addr show dev tap0
	assert_output_has 'inet 10.0.2.100'
	assert_output_lacks fd00
}

@test "--mtu: packets up to that size, in both directions" {
	local talk='import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(10); s.connect(("198.51.100.7", 7))
s.send(b"x" * int(sys.argv[1])); print(len(s.recv(65535)))'
	# shellcheck disable=SC2016 # for the shell inside
	online --mtu 1300 --allow 198.51.100.7 -- sh -c 'ip link show tap0; /usr/bin/python3 -c "$0" 1272
		curl -sS --max-time 10 http://198.51.100.7/' "$talk"
	assert_status 0
	assert_output_has 'mtu 1300'
	assert_output_has 1272
	assert_output_has 'hello from'
	# shellcheck disable=SC2016 # for the shell inside
	online --ipv4-only --mtu 576 --allow files.test -- curl -sS --max-time 10 http://files.test/
	assert_status 0
	assert_output_has 'hello from'
}

# there_and_back ADDRESS..., inside: four million bytes to that; whether they are what comes
# back, and the mean size of the frames that the tap received meanwhile.
there_and_back='import os, socket, sys, threading
def count(what): return int(open("/sys/class/net/tap0/statistics/rx_" + what).read())
for address in sys.argv[1:]:
	s = socket.create_connection((address, 9), 10); s.settimeout(30)
	data, back, before = os.urandom(4000000), bytearray(), (count("bytes"), count("packets"))
	sender = threading.Thread(target=s.sendall, args=(data,)); sender.start()
	while len(back) < len(data) and (got := s.recv(1 << 20)): back += got
	sender.join(); s.close()
	print(back == data, (count("bytes") - before[0]) // (count("packets") - before[1]))'

@test "segments of a stream go in as one, beyond what the MTU allows, and its bytes are those that were sent" {
	online --mtu 1500 --allow 198.51.100.7 --allow 2001:db8::7 -- \
		/usr/bin/python3 -c "$there_and_back" 198.51.100.7 2001:db8::7
	assert_status 0
	assert_equal "$(cut -d ' ' -f 1 <<<"$output")" $'True\nTrue'
	local _ mean
	while read -r _ mean; do
		[[ $mean -gt 1514 ]] || fail_test "frames of $mean bytes"
	done <<<"$output"
	online --allow 198.51.100.7 --allow 2001:db8::7 -- \
		/usr/bin/python3 -c "$there_and_back" 198.51.100.7 2001:db8::7
	assert_equal "$(cut -d ' ' -f 1 <<<"$output")" $'True\nTrue'
}

@test "a network inside that is routed on to the tap gets the bytes of its streams too" {
	# shellcheck disable=SC2016 # for the shell inside
	online --quiet --profile dev --ipv4-only --mtu 1500 --allow 198.51.100.7 -- bash -ec '
		ip netns add box; ip link add v0 type veth peer name v1 netns box
		ip addr add 10.7.0.1/24 dev v0; ip link set v0 up
		ip -n box addr add 10.7.0.2/24 dev v1; ip -n box link set v1 up; ip -n box route add default via 10.7.0.1
		echo 1 >/proc/sys/net/ipv4/ip_forward
		nft add table ip t; nft "add chain ip t p { type nat hook postrouting priority 100; }"
		nft add rule ip t p oifname tap0 masquerade
		ip netns exec box /usr/bin/python3 -c "$0" 198.51.100.7' "${there_and_back//tap0/v1}"
	assert_status 0
	assert_equal "${output%% *}" True
}

# dhcp GUEST GATEWAY, inside: what a client hears; kind, address, mask, gateway, resolver,
# server, domain and MTU.
dhcp='import socket, struct, sys
mac = bytes.fromhex(open("/sys/class/net/tap0/address").read().strip().replace(":", ""))
def ask(kind, wanted=None, server=None, to="255.255.255.255", client="0.0.0.0", mac=mac):
	m = struct.pack("!BBBBIHH4s4s4s4s16s64s128s4s", 1, 1, 6, 0, 4711, 0, 0x8000, socket.inet_aton(client), b"", b"", b"", mac, b"", b"", bytes([99, 130, 83, 99]))
	m += bytes([53, 1, kind])
	if wanted: m += bytes([50, 4]) + socket.inet_aton(wanted)
	if server: m += bytes([54, 4]) + socket.inet_aton(server)
	s.sendto(m + b"\xff", (to, 67))
	try: r = s.recv(2000)
	except TimeoutError: return print("silence")
	o, at = {}, 240
	while r[at] != 255: o[r[at]] = r[at + 2:at + 2 + r[at + 1]]; at += 2 + r[at + 1]
	print(o[53][0], socket.inet_ntoa(r[16:20]), *[socket.inet_ntoa(o[x]) if x in o else "-" for x in (1, 3, 6, 54)], o.get(15, b"-").decode(), int.from_bytes(o.get(26, b""), "big"))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"tap0"); s.bind(("", 68)); s.settimeout(10)
guest, gateway = sys.argv[1:]
ask(1); ask(3, guest, gateway); ask(3, "10.9.9.9"); ask(3, client=guest); ask(8, to=gateway)
s.settimeout(0.3)
ask(1, mac=bytes(6)); ask(3, guest, "192.0.2.1"); ask(4)'

@test "who asks by DHCP gets the address that there is, and no to any other" {
	online --net --dns-search example.org -- /usr/bin/python3 -c "$dhcp" 10.0.2.100 10.0.2.2
	assert_status 0
	assert_equal "$output" '2 10.0.2.100 255.255.255.0 10.0.2.2 10.0.2.3 10.0.2.2 example.org 65520
5 10.0.2.100 255.255.255.0 10.0.2.2 10.0.2.3 10.0.2.2 example.org 65520
6 0.0.0.0 - - - 10.0.2.2 - 0
5 10.0.2.100 255.255.255.0 10.0.2.2 10.0.2.3 10.0.2.2 example.org 65520
5 0.0.0.0 255.255.255.0 10.0.2.2 10.0.2.3 10.0.2.2 example.org 65520
silence
silence
silence'
	online --net --cidr 192.168.199.128/25 --mtu 1400 -- /usr/bin/python3 -c "$dhcp" 192.168.199.228 192.168.199.130
	assert_equal "$(head -n 2 <<<"$output")" '2 192.168.199.228 255.255.255.128 192.168.199.130 192.168.199.131 192.168.199.130 - 1400
5 192.168.199.228 255.255.255.128 192.168.199.130 192.168.199.131 192.168.199.130 - 1400'
}

@test "a client with sockets of packets gets its lease: udhcpc" {
	needs busybox
	# shellcheck disable=SC2016 # for the shell inside
	printf '%s\n' '#!/bin/sh' '[ "$1" = bound ] && echo "$ip $mask $router $dns $mtu"' >"$TEST_TMP/script"
	chmod -R a+rx "$TEST_TMP"
	# Not in the world, where whoever starts it is root of a namespace.
	is_root && skip "root gets no capability"
	run --separate-stderr timeout -k 5 30 "$IMMURE" run --quiet --net --cidr 10.9.0.0/16 --nested --cap add:net_raw --seccomp off --ro-bind "$TEST_TMP" -- \
		busybox udhcpc -i tap0 -n -q -f -s "$TEST_TMP/script"
	assert_status 0
	assert_equal "$output" '10.9.0.100 16 10.9.0.2 10.9.0.3 65520'
}

@test "what cannot be is an error with its reason" {
	local words
	while read -r -a words; do
		run "$IMMURE" run "${words[@]}" -- true
		assert_status 125
		read -r expected
		assert_output_has "$expected"
	done <<-'END'
		--mtu 1500
		mtu 1500 (command line): there is no network
		--ipv4-only
		ipv4-only (command line): there is no network
		--net --ipv4-only --mtu 575
		575
		--net --mtu 65521
		65521
		--net --mtu 1279
		IPv6 needs 1280
		--net --ipv4-only --ipv6-only
		contradict each other
		--net --cidr 10.0.3.1/24
		hint: that is: --cidr 10.0.3.0/24
		--net --cidr 10.0.3.0
		no network
		--net --cidr 10.0.3.0/26
		must have 8 to 25
		--net --cidr 10.0.0.0/7
		10.0.0.0/7
		--net --cidr 127.0.0.0/8
		not in a private range
		--net --cidr 192.175.48.0/24
		not in a private range
		--net --cidr fd00::/48
		a network of IPv6 has 64
		--net --cidr 2001:4:112::/64
		not in a private range
		--net --mac 03:00:00:00:00:01
		an address of a group
		--net --mac 00:00:00:00:00:00
		nobody's address
		--net --mac 52:55:0a:00:02:02
		the gateway has it
		--net --mac 02:00:00:00:00
		no hardware address
		--net --ifname lo
		every network has something
		--net --ifname tap%d
		a name is a letter
		--net --ifname sixteenletterslo
		a name is a letter
		--allow 10.0.2.7:80
		hint: to give it another one: --cidr 192.168.199.0/24
		--allow 10.0.2.2:80
		--allow host:PORTS
		--cidr 10.0.3.0/24 --allow 10.0.3.0/28
		that lies in the sandbox's own network, 10.0.3.0/24
	END
	run "$IMMURE" run --dry-run --mtu 1500 --cidr 10.9.0.0/16 --mac 02:00:5e:10:00:01 --ifname eth0 --ipv4-only --net -- true
	assert_status 0
	assert_output_has '10.9.0.100 of 10.9.0.0/16, gateway 10.9.0.2, names 10.9.0.3'
	assert_equal "$(grep -cE '^(network|mtu|mac|address) .*# command line$' <<<"$output")" 5
}
