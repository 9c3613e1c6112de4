# shellcheck shell=bash disable=SC2034 # for the tests
# For tests of too much, and of those outside who mean no good: `load ../lib/faults` after
# world. hostile.py serves on 198.51.100.8.

setup_file() {
	world_start
	serve hostile /usr/bin/python3 "$IMMURE_SOURCE/tests/lib/hostile.py" "$WORLD" 198.51.100.8
}

teardown_file() {
	serve_stop
	world_stop
}

# Programs for a sandbox: so many connections at once, each of which carries; and so many
# names that do not exist, as fast as they can be asked for, with a page now and then.
MANY_FLOWS='import socket, sys
many = int(sys.argv[1])
flows = [socket.create_connection(("198.51.100.7", 7), 60) for i in range(many)]
for i, s in enumerate(flows): s.sendall(b"%d" % i)
print(sum(s.recv(9) == b"%d" % i for i, s in enumerate(flows)))'
MANY_QUERIES='import socket, sys, urllib.request
many = int(sys.argv[1])
ask = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); ask.connect(("10.0.2.3", 53)); ask.setblocking(False)
got = {}
def take():
	try:
		while True: answer = ask.recv(4096); got[answer[:2]] = answer[3] & 15
	except BlockingIOError: pass
def page(): assert urllib.request.urlopen("http://192.175.48.7/", timeout=30).read()
for i in range(many):
	try: ask.send(i.to_bytes(2, "big") + b"\1\0\0\1\0\0\0\0\0\0\5%05d\4test\0\0\1\0\1" % i)
	except BlockingIOError: pass
	if i % 16 == 0: take()
	if i % 1000 == 500: page()
ask.settimeout(3)
try:
	while True: answer = ask.recv(4096); got[answer[:2]] = answer[3] & 15
except TimeoutError: pass
assert len(got) > 200 and set(got.values()) <= {2, 3}, (len(got), set(got.values()))
page(); print("all answered with no, and a page")'

# And one that goes to all of those servers, while it gets pages elsewhere.
HOSTILE_SERVERS='import socket, urllib.request
for i in range(100):
	s = socket.create_connection(("198.51.100.8", 9002), 10); s.settimeout(10); s.sendall(b"x")
	try: print("read", s.recv(9))
	except ConnectionResetError: pass
deaf = socket.create_connection(("198.51.100.8", 9003), 10); deaf.setblocking(False)
sent = 0
try:
	while sent < 1 << 28: sent += deaf.send(b"y" * 65536)
except BlockingIOError: pass
assert sent < 1 << 27, sent
loud = [socket.create_connection(("198.51.100.8", 9001), 10) for i in range(4)]
for s in loud: s.recv(1 << 20)
for i in range(20): assert urllib.request.urlopen("http://198.51.100.7/", timeout=20).read()
total = 0
while total < 1 << 27: total += sum(len(s.recv(1 << 20)) for s in loud)
print("done")'
