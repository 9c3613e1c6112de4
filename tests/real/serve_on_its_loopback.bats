#!/usr/bin/env bats
# A sandbox has a network of its own: any port, answered from inside, and from nowhere
# else.

load ../lib/common
load ../lib/sandbox

# A web server on port 80 that says who it is, asked by curl.
# shellcheck disable=SC2016 # for the shell inside
serve_80='mkdir /tmp/site && cd /tmp/site && echo "$0" >name &&
	python3 -m http.server 80 >log 2>&1 &
	exec curl -sS --retry 50 --retry-delay 0 --retry-max-time 20 --retry-connrefused \
		"http://$1/name" 2>/dev/null'

@test "python's web server answers curl, by name and by address" {
	needs python3 curl
	for address in localhost 127.0.0.1; do
		run inside -- sh -c "$serve_80" one "$address"
		assert_status 0
		assert_equal "$output" one
	done
}

@test "two sandboxes serve on port 80 at the same time, each its own" {
	needs python3 curl
	# Each waits for the other's answer before it ends.
	mkfifo "$TEST_TMP/first" "$TEST_TMP/second"
	inside -- sh -c "(${serve_80/exec /}) && read -r line" first localhost \
		<"$TEST_TMP/first" >"$TEST_TMP/first.out" 3>&- &
	local first=$!
	exec {one}>"$TEST_TMP/first"
	inside -- sh -c "(${serve_80/exec /}) && read -r line" second localhost \
		<"$TEST_TMP/second" >"$TEST_TMP/second.out" 3>&- &
	local second=$!
	exec {two}>"$TEST_TMP/second"
	for ((i = 0; i < 400; i++)); do
		[[ -s $TEST_TMP/first.out && -s $TEST_TMP/second.out ]] && break
		sleep 0.05
	done
	assert_equal "$(cat "$TEST_TMP/first.out" "$TEST_TMP/second.out")" $'first\nsecond'
	# The host has neither of them.
	refute curl -sS --max-time 5 http://127.0.0.1:80/name
	exec {one}>&- {two}>&-
	wait "$first" "$second" || true
}

@test "NET-24: ping gets an answer from its own loopback" {
	run inside -- python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
s.settimeout(5)
s.sendto(b"\x08\0\0\0\0\0\0\1hello", ("127.0.0.1", 0))
print(s.recv(64)[8:].decode())'
	assert_status 0
	assert_equal "$output" hello
}

@test "sharing the host's network leaves the host's settings alone" {
	inspect --verbose --share net -- cat /proc/sys/net/ipv4/ip_unprivileged_port_start
	assert_status 0
	assert_equal "$output" "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)"
	assert_stderr_has 'the net namespace is shared with the host'
}
