#!/usr/bin/env bats
# Frames that no program's socket makes. Behind all walls nobody can send any; here the
# command keeps the rights over its network, as root of a network of its own would have
# them, and the same engine serves it. What does not have the shape of an honest frame
# gets to nobody, and the engine lives through it.

load ../lib/common
load ../lib/sandbox
load ../lib/world

# send WALLS KIND...: such frames, without these walls, and then a page, for which the
# engine must be there.
send() {
	local walls=$1 program=$IMMURE_SOURCE/tests/lib/odd_frames.py
	shift
	# shellcheck disable=SC2016 # for the shell inside
	run --separate-stderr world timeout -k 5 100 "$IMMURE_WEAK" run --weaken "inner,caps,$walls" --seccomp off --quiet \
		--allow 198.51.100.7 --allow 2001:db8::7 --ro-bind "$program" -- \
		sh -c '/usr/bin/python3 "$@" && curl -4s --max-time 20 http://198.51.100.7/' - "$program" "$@"
	assert_status 0
	assert_equal "$output" $'sent True\nhello from 198.51.100.7'
}

throw() { send privileges "$@"; }

@test "SLP-03 SLP-04: weakened, what comes in pieces or with options arrives" {
	send gate,hands fragments
	assert_seen 'udp 198.51.100.7 7'
	forget_seen
	send gate,hands options
	assert_seen 'udp 198.51.100.7 7'
}

@test "SLP-01: frames that are too short or too long, or say so" {
	throw short
	assert_not_seen udp
}

@test "SLP-02: VLANs, kinds of frames that nobody speaks here, false ARP" {
	throw kinds
	assert_not_seen udp
}

@test "SLP-03: fragments, overlapping ones, extension headers" {
	throw fragments
	assert_not_seen udp
}

@test "SLP-04: options, source routes, no time to live, false sums" {
	throw options
	assert_not_seen udp
}

@test "SLP-07 SLP-08: the stack's TFTP server and its emulation of protocols are not reached" {
	throw tftp emulation
	# It would have answered to the port that asked.
	local ask='import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); s.connect(("10.0.2.2", 69)); s.send(b"\0\1/etc/passwd\0octet\0")
try: print(s.recv(600))
except ConnectionRefusedError: print("refused")'
	online --allow any -- /usr/bin/python3 -c "$ask"
	assert_equal "$output" refused
}

@test "SLP-12: any bytes at all" {
	throw anything
}

@test "SLP-13: half-open connections, resets of none, windows of nothing" {
	throw flood
}
