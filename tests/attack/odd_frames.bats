#!/usr/bin/env bats
# Frames that no program's socket makes. Behind all walls nobody can send any; here the
# command keeps the rights over its network, as root of a network of its own would have
# them, and the same engine serves it. What does not have the shape of an honest frame
# gets to nobody, and the engine lives through it.

load ../lib/common
load ../lib/sandbox
load ../lib/world

setup_file() {
	world_start
	# Who says back what comes (113), and who counts it (9).
	serve streams /usr/bin/python3 -c '
import os, socket, threading
def echo(c): c.sendall(c.recv(999))
def count(c):
	c.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1); size = 0
	while True:
		got = len(c.recv(65536)); size += got
		open("coming", "w").write(str(size)); os.replace("coming", "came")
		if not got: break
def serve(port, body):
	listens = socket.create_server(("198.51.100.7", port))
	while True: threading.Thread(target=body, args=(listens.accept()[0],), daemon=True).start()
threading.Thread(target=serve, args=(113, echo), daemon=True).start()
open("streams-serves", "w").close(); serve(9, count)'
}

teardown_file() {
	serve_stop
	world_stop
}

# send WALLS KIND...: such frames, without these walls, and then a page, for which the
# engine must be there; not at once, when a flood has the tap's queue full for so long that
# the kernel gives the gateway up.
send() {
	local walls=$1 program=$IMMURE_SOURCE/tests/lib/odd_frames.py
	shift
	# shellcheck disable=SC2016 # for the shell inside
	run --separate-stderr world timeout -k 5 100 "$IMMURE_WEAK" run --weaken "inner,caps,$walls" --seccomp off --quiet \
		--allow "198.51.100.7$PORTS" --allow 2001:db8::7 --ro-bind "$program" -- \
		sh -c '/usr/bin/python3 "$@" && curl -4s --max-time 20 --retry 5 --retry-all-errors http://198.51.100.7/' - "$program" "$@"
	assert_status 0
	SENT=${output%$'\n'*}
	assert_equal "${output##*$'\n'}" 'hello from 198.51.100.7'
	[[ $SENT == 'sent True'* ]]
}
PORTS=

throw() { send privileges "$@"; }

# ask ADDRESS PORT TEXT: one datagram, and what is said to it.
ask='import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); s.connect((sys.argv[1], int(sys.argv[2]))); s.send(eval(sys.argv[3]))
try: print(s.recv(600))
except ConnectionRefusedError: print("refused")'

@test "SLP-03 SLP-04: weakened, what comes in pieces or with options arrives" {
	send gate,hands fragments
	assert_seen 'udp 198.51.100.7 7'
	forget_seen
	send gate,hands options
	assert_seen 'udp 198.51.100.7 7'
}

@test "SLP-01: weakened, a datagram that says that it is shorter than it is arrives" {
	# Unharmed by those that are cut off, which made it read beyond them once (CVE-2021-3592
	# to 3595).
	send gate,hands short
	assert_seen 'udp 198.51.100.7 7'
}

@test "SLP-01: frames that are too short or too long, or say so" {
	throw short
	assert_not_seen udp
}

# The stack manages network cards (NC-SI) for whoever asks.
@test "SLP-02: weakened, a kind of frame that nobody speaks here is answered" {
	send gate kinds
	assert_equal "$SENT" $'sent True\ncame back 88f8'
}

@test "SLP-02: VLANs, kinds of frames that nobody speaks here, false ARP" {
	throw kinds
	assert_equal "$SENT" 'sent True'
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

# It has no directory to serve, and the engine no file: that it answers is bad enough.
@test "SLP-07: weakened, the stack's TFTP server answers" {
	run --separate-stderr world timeout 30 "$IMMURE_WEAK" run --weaken gate,hands --net -- \
		/usr/bin/python3 -c "$ask" 10.0.2.2 69 'b"\0\1../../etc/passwd\0octet\0"'
	assert_output_has 'Access violation'
}

@test "SLP-07: the stack's TFTP server is not reached" {
	throw tftp
	online --allow any -- /usr/bin/python3 -c "$ask" 10.0.2.2 69 'b"\0\1/etc/passwd\0octet\0"'
	assert_equal "$output" refused
}

# Two connections: by the one, the question after the other that somebody's ident asks.
identify='import socket
one = socket.create_connection(("198.51.100.7", 7), 5); port = one.getsockname()[1]
two = socket.create_connection(("198.51.100.7", 113), 5); two.sendall(b"%d , 7\r\n" % port); two.settimeout(5)
said = two.recv(99); print("as it was" if said == b"%d , 7\r\n" % port else "changed")'

@test "SLP-08: weakened, the stack changes what a program sends, for a protocol that it knows" {
	run --separate-stderr world timeout 30 "$IMMURE_WEAK" run --weaken emulation --allow 198.51.100.7 -- /usr/bin/python3 -c "$identify"
	assert_equal "$output" changed
}

@test "SLP-08: the stack's emulation of protocols is off" {
	throw emulation
	online --allow 198.51.100.7 -- /usr/bin/python3 -c "$identify"
	assert_equal "$output" 'as it was'
}

@test "SLP-09: weakened, a pointer to urgent data that is not there has the stack send of its memory" {
	send gate urgent
	(($(cat "$WORLD/came") > 1000)) || fail_test "$(cat "$WORLD/came") bytes came"
}

@test "SLP-09: a pointer to urgent data that is not there does not pass" {
	rm -f "$WORLD/came"
	throw urgent
	# Not the one byte either; 0 is the end of the connection.
	[[ ! -e $WORLD/came || $(<"$WORLD/came") == 0 ]]
}

@test "SLP-12: weakened, any bytes at all: some go where no rule leads, or the stack dies of some" {
	local program=$IMMURE_SOURCE/tests/lib/odd_frames.py
	run --separate-stderr world timeout -k 5 100 "$IMMURE_WEAK" run --weaken inner,caps,gate,hands --seccomp off \
		--allow 198.51.100.7:80 --ro-bind "$program" -- /usr/bin/python3 "$program" anything
	grep -qx 'udp 198.51.100.7 7' "$WORLD/seen" || assert_stderr_has 'its engine ended with status'
}

@test "SLP-12: any bytes at all: none of them goes where no rule leads" {
	PORTS=:80 throw anything
	assert_not_seen udp
	assert_not_seen ' 7$'
}

@test "SLP-13: half-open connections, resets of none, windows of nothing" {
	throw flood
}
