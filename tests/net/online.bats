#!/usr/bin/env bats
# Online by name: what a rule names can be reached, and the same thing without the rule
# cannot; the command hears so at once, and the caller hears what to type.

load ../lib/common
load ../lib/sandbox
load ../lib/world

get() { online "${@:1:$#-1}" -- curl -sS --max-time 10 "${!#}"; }

@test "a name that is allowed is reached, by IPv4 and IPv6, and no other" {
	get --allow files.test:80 http://files.test/
	assert_status 0
	assert_output_has 'hello from'
	assert_equal "${stderr:-}" ''
	online --allow files.test:80 -- curl -4sS --max-time 10 http://files.test/
	assert_equal "$output" 'hello from 198.51.100.7'
	online --allow files.test:80 -- curl -6sS --max-time 10 http://files.test/
	assert_equal "$output" 'hello from 2001:db8::7'
	forget_seen
	get --allow files.test:80 http://other.test/
	assert_status 6
	assert_stderr_has 'immure: refused: the name other.test'
	assert_stderr_has '--allow other.test'
	get --allow files.test:80 http://198.51.100.8/
	assert_status 7
	assert_stderr_has 'immure: refused: 198.51.100.8:80 1 time; to allow: --allow 198.51.100.8:80'
	get --allow files.test:80 http://files.test:8080/
	assert_status 7
	assert_stderr_has '--allow files.test:8080'
	assert_equal "$(cat "$WORLD/seen")" ''
}

@test "a file's URLs open their hosts on their ports, and nothing else" {
	printf '%s\n' '[remote "origin"]' 'url = http://u:secret@files.test/p' 'pushurl = git@other.test:p' \
		'[http]' 'proxy = http://198.51.100.8:8080' >"$WORLD/urls"
	get --allow-urls-in urls http://files.test/
	assert_status 0
	assert_output_has 'hello from'
	assert_equal "${stderr:-}" \
		'immure: note: URLs open files.test:80 (urls:2), other.test:22 (urls:3), 198.51.100.8:8080 (urls:5)'
	get --allow-urls-in urls http://198.51.100.8:8080/
	assert_status 0
	forget_seen
	local url
	for url in http://files.test:8080 http://other.test/ http://198.51.100.8/; do
		get --allow-urls-in urls "$url"
		[[ $status -eq 6 || $status -eq 7 ]]
	done
	assert_equal "$(cat "$WORLD/seen")" ''
	# What is typed comes first, also to take something of it away.
	get --deny files.test --allow-urls-in urls http://files.test/
	assert_status 6
}

@test "--quiet does not list what was refused" {
	get --quiet --allow files.test:80 http://198.51.100.8/
	assert_status 7
	assert_stderr_lacks immure
}

@test "what was refused most is said first" {
	online --net -- sh -c 'for i in 1 2 3; do curl -s http://198.51.100.8/; done; curl -s http://198.51.100.7/; true'
	assert_status 0
	assert_equal "$(head -n 1 <<<"${stderr:-}")" 'immure: refused: 198.51.100.8:80 3 times; to allow: --allow 198.51.100.8:80'
}

@test "--net is the internet: neither this host, nor its LAN, nor what is special" {
	local address
	get --net http://public.test/
	assert_status 0
	get --net http://192.175.48.7/
	assert_equal "$output" 'hello from 192.175.48.7'
	get --net 'http://[2001:4:112::7]/'
	assert_equal "$output" 'hello from 2001:4:112::7'
	forget_seen
	for address in $OUTSIDE_ADDRESSES; do
		[[ $address != 192.175.48.7 && $address != 2001:4:112::7 ]] || continue
		[[ $address != *:* ]] || address="[$address]"
		echo "http://$address/"
	done >"$WORLD/urls"
	# shellcheck disable=SC2016 # for the shell inside
	online --net --ro-bind "$WORLD" -- sh -c 'while read -r url; do curl -gs --max-time 5 "$url"; echo $?; done <"$0"/urls' "$WORLD"
	assert_status 0
	assert_equal "$(sort -u <<<"$output")" 7
	assert_equal "$(cat "$WORLD/seen")" ''
}

@test "lan, any, networks and addresses; the first rule that fits decides" {
	get --allow lan http://192.168.77.7/
	assert_status 0
	get --allow lan http://192.175.48.7/
	assert_status 7
	get --allow any http://100.64.0.7/
	assert_status 0
	get --allow 198.51.100.0/24:80 http://198.51.100.8/
	assert_status 0
	get --allow '[2001:db8::/32]:80' 'http://[2001:db8::8]/'
	assert_status 0
	get --deny 198.51.100.8 --allow 198.51.100.0/24 http://198.51.100.8/
	assert_status 7
	get --allow 198.51.100.0/24 --deny 198.51.100.8 http://198.51.100.8/
	assert_status 0
	get --deny other.test --allow any http://other.test/
	assert_status 6
	get --allow '*.deep.test' http://a.deep.test/
	assert_status 0
	get --allow '*.deep.test' http://deep.test/
	assert_status 6
}

@test "rules of the command line stand before those of a profile" {
	mkdir -p "$TEST_TMP/profiles"
	printf '%s\n' 'include default' 'allow 198.51.100.0/24' >"$TEST_TMP/profiles/on.profile"
	chmod -R a+rX "$TEST_TMP"
	get --profile "$TEST_TMP/profiles/on.profile" http://198.51.100.8/
	assert_status 0
	get --profile "$TEST_TMP/profiles/on.profile" --deny 198.51.100.8 http://198.51.100.8/
	assert_status 7
	get --profile "$TEST_TMP/profiles/on.profile" --allow none http://198.51.100.8/
	assert_status 7
	assert_stderr_lacks refused
}

@test "TCP and UDP, each by its own rule; a refused datagram is answered" {
	local talk='import socket, sys
def udp(to):
	s = socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET, socket.SOCK_DGRAM)
	s.settimeout(10); s.connect((to, 7)); s.send(b"datagram"); return s.recv(100)
def tcp(to):
	s = socket.create_connection((to, 7), 10); s.sendall(b"stream"); return s.recv(100)
for what in udp, tcp:
	try: print(what(sys.argv[1]).decode())
	except OSError as error: print(type(error).__name__)'
	online --allow 198.51.100.7:7 -- /usr/bin/python3 -c "$talk" 198.51.100.7
	assert_equal "$output" $'datagram\nstream'
	online --allow '[2001:db8::7]:7' -- /usr/bin/python3 -c "$talk" 2001:db8::7
	assert_equal "$output" $'datagram\nstream'
	online --allow 198.51.100.7:7/udp -- /usr/bin/python3 -c "$talk" 198.51.100.7
	assert_equal "$output" $'datagram\nConnectionRefusedError'
	online --allow '[2001:db8::7]:7/tcp' -- /usr/bin/python3 -c "$talk" 2001:db8::7
	assert_equal "$output" $'ConnectionRefusedError\nstream'
}

@test "an echo request, where the host lets its users send some" {
	# RFC 792 and 4443: type, code, sum, id, number.
	local ask='import socket, sys
for to in sys.argv[1:]:
	v6 = ":" in to
	s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM, 58 if v6 else 1); s.settimeout(5)
	try: s.connect((to, 1)); s.send(bytes([128 if v6 else 8, 0, 0, 0, 0, 0, 0, 1]) + b"echo"); print(s.recv(99)[-4:].decode())
	except OSError as error: print(type(error).__name__)'
	online --allow 198.51.100.7 --allow 2001:db8::7 -- /usr/bin/python3 -c "$ask" 198.51.100.7 10.0.2.2 fd00::2 198.51.100.8 2001:db8::7 2001:db8::8
	assert_equal "$output" $'echo\necho\necho\nOSError\necho\nPermissionError'
}

@test "no echo request without the host's leave: who asks hears so, and the caller what to set" {
	# In a new network the kernel gives it to nobody.
	run --separate-stderr world unshare -n timeout -k 5 30 "$IMMURE" run --allow any -- /usr/bin/python3 -c 'import socket
for family, protocol, to, kind in (socket.AF_INET, 1, "198.51.100.7", 8), (socket.AF_INET6, 58, "2001:db8::7", 128):
	s = socket.socket(family, socket.SOCK_DGRAM, protocol); s.settimeout(10); s.connect((to, 1)); s.send(bytes([kind, 0, 0, 0, 0, 0, 0, 1]) + b"echo")
	try: print(s.recv(99))
	except OSError as error: print(type(error).__name__, error.errno)'
	# EHOSTUNREACH of a filter, and EACCES.
	assert_equal "$output" $'OSError 113\nPermissionError 13'
	assert_stderr_has 'immure: network: no echo request (ping) was sent: open a ping socket: Permission denied'
	assert_stderr_has 'sysctl -w net.ipv4.ping_group_range'
	online --allow any -- true
	assert_equal "${stderr:-}" ''
}

@test "host: a service of the host's loopback, by its port, and no other" {
	local serve='import socket
s = socket.create_server(("127.0.0.1", 5432)); t = socket.create_server(("127.0.0.1", 5433))
open("listening", "w").close()
while True:
	c = s.accept()[0]; c.sendall(b"served"); c.close()'
	world /usr/bin/python3 -c "$serve" 3>&- &
	local server=$!
	until [[ -e $WORLD/listening ]]; do sleep 0.05; done
	# shellcheck disable=SC2016 # for the shell inside
	online --allow host:5432 -- bash -c 'cat </dev/tcp/host.internal/5432; cat </dev/tcp/10.0.2.2/5432
		cat </dev/tcp/host.internal/5433 || cat </dev/tcp/127.0.0.1/5432'
	local said=$output why=$stderr code=$status
	kill "$server"
	assert_equal "$said" servedserved
	assert_equal "$code" 1
	[[ $why == *'--allow host:5433'* ]] || fail_test "$why"
	online --allow host -- true
	assert_status 125
	assert_stderr_has 'host needs the ports'
}

@test "a network inside the sandbox's own: --nested" {
	get --nested --allow files.test:80 http://files.test/
	assert_status 0
}

@test "MTU, addresses, routes, and the way names are asked" {
	online --net -- ip -o addr show dev tap0
	assert_output_has 'inet 10.0.2.100/24'
	assert_output_has 'inet6 fd00::100/64'
	online --net -- sh -c 'cat /etc/resolv.conf; ip link show tap0; ip route; ip -6 route; ip link show lo'
	assert_output_has 'nameserver 10.0.2.3'
	assert_output_has 'mtu 65520'
	assert_output_has 'default via 10.0.2.2 dev tap0'
	assert_output_has 'default via fd00::2 dev tap0'
	assert_output_has 'LOOPBACK,UP'
	online --net -- ip link set tap0 down
	assert_status 2
}

@test "without any rule that allows there is no network, and none is made" {
	online --deny 198.51.100.8 -- ip -o link
	assert_status 0
	assert_output_lacks tap0
}

@test "the dry run says which rules count, in their order, and who said them" {
	run "$IMMURE" run --dry-run --deny other.test --net -- true
	assert_status 0
	assert_output_has 'tap0, MTU 65520'
	assert_output_has '10.0.2.100 of 10.0.2.0/24, gateway 10.0.2.2, names 10.0.2.3'
	[[ $(grep -E '^(allow|deny) ' <<<"$output" | awk '{ print $1, $2 }' | paste -sd,) == 'deny other.test,allow internet,deny everything' ]]
	run "$IMMURE" run --allow 'a b' -- true
	assert_status 125
	assert_output_has 'allow a b (command line)'
	run "$IMMURE" run --share net --net -- true
	assert_status 125
	assert_output_has 'contradict each other'
}
