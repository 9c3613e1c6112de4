#!/usr/bin/env bats
# What is written down: --net-log, a line of JSON for each flow and name, and --pcap, the
# frames themselves.

load ../lib/common
load ../lib/sandbox
load ../lib/world

setup() {
	common_setup
	forget_seen
	LOG=$WORLD/net.log PCAP=$WORLD/net.pcap
	rm -f "$LOG" "$PCAP"
}

# lines EXPRESSION: of those that are true for it, d being the line, what python prints.
lines() {
	/usr/bin/python3 -c '
import json, sys
for line in open(sys.argv[1], encoding="ascii"):
	d = json.loads(line)
	for wanted in sys.argv[3:] or ["d"]:
		if eval(sys.argv[2]): print(eval(wanted))' "$LOG" "$@"
}

@test "a flow that ended: its name, bytes, end, and the rule that let it" {
	local before after
	before=$(date -u +%FT%T)
	# What is open when the last process has gone is cut; its end takes a moment.
	online --net-log "$LOG" --allow 'files.test:80' -- sh -c 'curl -4s http://files.test/; sleep 1'
	after=$(date -u +%FT%T.999Z)
	assert_status 0
	assert_equal "$(stat -c %a "$LOG")" 600
	# shellcheck disable=SC2016 # python's
	run lines 'd["kind"] == "flow"' '[d[k] for k in ("verdict", "protocol", "name", "address", "port", "end", "rule", "origin")]'
	assert_equal "$output" "['allowed', 'tcp', 'files.test', '198.51.100.7', 80, 'closed', 'allow files.test:80', 'command line']"
	# The answer is a header of 39 bytes and a body of 24.
	run lines 'd["kind"] == "flow"' 'd["received"], d["sent"] > 60, d["duration_ms"] < 20000' "'$before' <= d['time'] <= '$after'"
	assert_equal "$output" $'(63, True, True)\nTrue'
}

@test "a name that was asked for, what it led to; one that was not; a flow that was refused" {
	online --net-log "$LOG" --deny other.test --allow '*.test' -- sh -c 'dig +short files.test; dig +tcp +short AAAA files.test; dig other.test; dig none.test; curl -s http://198.51.100.8/; curl -s http://127.9.9.9:1/; true' 2>/dev/null
	run lines 'd["kind"] == "query"' '[d[k] for k in ("verdict", "protocol", "type", "name", "answer", "addresses", "rule")]'
	assert_equal "$output" "['allowed', 'udp', 'A', 'files.test', 'NOERROR', ['198.51.100.7'], 'allow *.test']
['allowed', 'tcp', 'AAAA', 'files.test', 'NOERROR', ['2001:db8::7'], 'allow *.test']
['refused', 'udp', 'A', 'other.test', 'NXDOMAIN', [], 'deny other.test']
['allowed', 'udp', 'A', 'none.test', 'NXDOMAIN', [], 'allow *.test']"
	run lines 'd["kind"] == "flow"' '[d[k] for k in ("verdict", "name", "address", "port", "sent", "rule")], "end" in d'
	assert_equal "$output" "(['refused', None, '198.51.100.8', 80, 0, None], False)"
}

@test "datagrams and echo, a reset, and what was open when the network ended" {
	local talk='import socket
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.settimeout(5); u.connect(("198.51.100.7", 7)); u.send(b"12345"); u.recv(99)
t = socket.create_connection(("198.51.100.7", 7), 5); t.sendall(b"123"); t.recv(9); t.shutdown(1); t.recv(9)
try: socket.create_connection(("198.51.100.7", 9), 5)
except ConnectionRefusedError: print("refused")'
	online --net-log "$LOG" --allow 198.51.100.7 -- /usr/bin/python3 -c "$talk"
	assert_equal "$output" refused
	run lines 'True' '[d[k] for k in ("protocol", "port", "sent", "received")]'
	assert_equal "$(sort <<<"$output")" "['tcp', 7, 3, 3]
['tcp', 9, 0, 0]
['udp', 7, 5, 5]"
	run lines 'True' '(d["protocol"], d["port"], d["end"])'
	assert_equal "$(sort <<<"$output")" "('tcp', 7, 'closed')
('tcp', 9, 'reset')
('udp', 7, 'cut')"
}

@test "it is appended to, and a profile can name it; none takes it back" {
	echo '{"kind":"earlier"}' >"$LOG"
	mkdir -p "$TEST_TMP/profiles"
	printf '%s\n' 'include default' 'allow 198.51.100.7' "net-log $LOG" >"$TEST_TMP/profiles/on.profile"
	chmod -R a+rX "$TEST_TMP"
	online --profile "$TEST_TMP/profiles/on.profile" -- curl -s http://198.51.100.7/
	run lines 'True' 'd["kind"]' 'd.get("origin", "")'
	assert_equal "$output" $'earlier\n\nflow\n'"$TEST_TMP/profiles/on.profile:2"
	online --profile "$TEST_TMP/profiles/on.profile" --net-log none -- curl -s http://198.51.100.7/
	assert_equal "$(wc -l <"$LOG")" 2
}

@test "names of any bytes are escaped" {
	online --net-log "$LOG" --net -- /usr/bin/python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5)
name = b"\x1b]0;\"x\"\n\xff{"
s.sendto(b"\0\1\1\0\0\1\0\0\0\0\0\0" + bytes([len(name)]) + name + b"\4test\0\0\1\0\1", ("10.0.2.3", 53)); s.recv(99)'
	refute grep -qP '[^ -~]' "$LOG"
	run lines 'd["kind"] == "query"' 'd["name"]'
	[[ $output == *'027'*test ]] || fail_test "$output"
}

@test "a sandbox cannot make lines as it likes: so many a second, and the rest is counted" {
	online --net-log "$LOG" --net -- /usr/bin/python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(("10.0.2.3", 53)); s.settimeout(5)
for i in range(0, 6000, 20):	# in so few turns that it takes no three seconds
	for j in range(i, i + 20): s.send(b"\0\1\1\0\0\1\0\0\0\0\0\0\4%04x\4test\0\0\1\0\1" % j)
	for j in range(20): s.recv(99)'
	assert_status 0
	run lines 'True' 'd["kind"]'
	local written
	written=$(grep -c query <<<"$output")
	((written >= 2000 && written < 6000)) || fail_test "$written lines"
	assert_equal "$(lines 'd["kind"] == "missing"' 'd["lines"]' | awk '{ n += $1 } END { print n }')" $((6000 - written))
	assert_stderr_has "immure: network: net-log $LOG: $((6000 - written)) lines are missing"
}

@test "--pcap: frames both ways, refused ones too, as tcpdump reads them" {
	needs tcpdump
	online --pcap "$PCAP" --allow files.test:80 -- sh -c 'curl -4s http://files.test/; curl -s http://198.51.100.8/'
	assert_status 7
	assert_equal "$(stat -c %a "$PCAP")" 600
	run --separate-stderr tcpdump -nr "$PCAP"
	assert_status 0
	[[ ${stderr:-} == *'link-type EN10MB (Ethernet)'* ]] || fail_test "${stderr:-}"
	assert_output_has '10.0.2.3.53: '
	assert_output_has '10.0.2.3.53 > 10.0.2.100.'
	assert_output_has '> 198.51.100.7.80: Flags [S]'
	assert_output_has 'HTTP: HTTP/1.0 200 OK'
	assert_output_has '> 198.51.100.8.80: Flags [S]'
	assert_output_has '198.51.100.8.80 > 10.0.2.100.'
	# Another run writes it anew.
	online --pcap "$PCAP" --allow files.test:80 -- true
	run --separate-stderr tcpdump -nr "$PCAP" tcp
	assert_equal "$output" ''
}

@test "--pcap: segments as they came, however they go in" {
	needs tcpdump
	local address longest echo='import socket, sys
s = socket.create_connection((sys.argv[1], 7), 10); s.settimeout(10)
s.sendall(b"x" * 30000); n = 0
while n < 30000: n += len(s.recv(65536))
print(n)'
	for address in 198.51.100.7 2001:db8::7; do
		online --pcap "$PCAP" --mtu 1500 --allow "[$address]:7" -- /usr/bin/python3 -c "$echo" "$address"
		assert_equal "$output" 30000
		# None is longer than the network lets them be, and their sums are right.
		run --separate-stderr tcpdump -nvvr "$PCAP" "tcp src port 7"
		assert_output_has 'cksum'
		assert_output_lacks incorrect
		longest=$(sed -n 's/.*, length \([0-9]*\)$/\1/p' <<<"$output" | sort -n | tail -1)
		[[ $longest -gt 1000 && $longest -le 1460 ]] || fail_test "$longest"
	done
}

@test "a full disk: what fits is whole, the run says what is missing, and the network goes on" {
	# shellcheck disable=SC2016 # for the shell
	run --separate-stderr world unshare -m sh -c 'mount -t tmpfs -o size=16k,mode=777 tmpfs /mnt; "$0" run --net-log /mnt/log --allow 198.51.100.7 -- sh -c "for i in \$(seq 90); do curl -s http://198.51.100.7/; done"; echo "then $?"; cat /mnt/log >"$1"' "$IMMURE" "$LOG"
	assert_equal "$(grep -c hello <<<"$output")" 90
	assert_output_has 'then 0'
	assert_stderr_has 'net-log /mnt/log: No space left on device: what came from then on is missing'
	(($(lines 'True' '1' | wc -l) > 20))
}

@test "files that it does not write: where the command can, links, other people's, no files" {
	mkdir "$TEST_TMP/work" "$TEST_TMP/elsewhere"
	chmod 777 "$TEST_TMP/work" "$TEST_TMP/elsewhere"
	refused() {
		run "$IMMURE" run --net "${@:2}" -- touch made
		assert_status 125
		assert_output_has "$1"
	}
	cd "$TEST_TMP/work"
	refused 'net-log '"$TEST_TMP"'/work/log (command line): the command can write there' --bind . --net-log log
	refused 'to write it somewhere else: --pcap ' --bind . --pcap log
	ln -s "$TEST_TMP/elsewhere/log" link
	ln -s "$TEST_TMP/elsewhere" dir
	refused 'link is a symbolic link' --net-log link
	refused 'the command can write there' --bind . --net-log dir/log
	refused 'Is a directory' --net-log .
	mkfifo fifo
	refused 'fifo is not a regular file' --pcap fifo
	echo mine >two
	ln two names
	refused 'has other names too' --net-log two
	refused 'No such file or directory' --net-log none/log
	refused "the command's too, which could write such lines itself" --net-log -
	refused 'are the same file' --net-log log --pcap log
	refused 'contradict each other' --share net --net-log log
	is_root || refused '/etc/hostname' --net-log /etc/hostname
	refute ls "$TEST_TMP/elsewhere/log"
	run "$IMMURE" run --net-log log -- touch made
	assert_status 125
	assert_output_has 'there is no network'
	refute ls made log
}

@test "the engine has no file for it: one more socket each, and the run goes on without it" {
	mkfifo "$TEST_TMP/go"
	nsenter --preserve-credentials -U -n -m -t "$WORLD_HOST" -- env -C "$WORLD" \
		"$IMMURE" run --net --net-log "$LOG" --pcap "$PCAP" -- sh -c 'echo on; read -r _; exit 3' <"$TEST_TMP/go" >"$TEST_TMP/out" 2>"$TEST_TMP/err" 3>&- &
	local supervisor=$! engine='' child
	exec {go}>"$TEST_TMP/go"
	until grep -qx on "$TEST_TMP/out"; do
		kill -0 "$supervisor"
		sleep 0.02
	done
	for child in $(pgrep -P "$supervisor"); do
		[[ $(tr '\0' ' ' <"/proc/$child/cmdline") != immure-net* ]] || engine=$child
	done
	for fd in "/proc/$engine/fd/"*; do readlink "$fd"; done | sed 's/:\[.*//' | sort >"$TEST_TMP/has"
	run diff <(sort "$IMMURE_SOURCE/tests/net/lists/engine_fds.txt" <(printf 'socket\nsocket\n')) "$TEST_TMP/has"
	assert_status 0
	kill -KILL "$engine"
	until [[ ! -e /proc/$engine ]]; do sleep 0.02; done
	exec {go}>&-
	wait "$supervisor" && fail_test "status 0"
	grep -q 'its engine ended with status 137' "$TEST_TMP/err"
}

@test "the dry run names the files, and makes none" {
	cd "$TEST_TMP"
	run "$IMMURE" run --dry-run --net --net-log log --pcap cap -- true
	assert_status 0
	[[ $(grep -E '^(net-log|pcap) ' <<<"$output" | awk '{ print $1, $2 }' | paste -sd,) == "net-log $TEST_TMP/log,pcap $TEST_TMP/cap" ]]
	refute ls log cap
}
