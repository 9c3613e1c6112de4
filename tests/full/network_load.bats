#!/usr/bin/env bats
# The network under more than it can carry: everything is bounded, and what else there is
# goes on.

load ../lib/common
load ../lib/sandbox
load ../lib/world

setup_file() {
	world_start
	serve hostile /usr/bin/python3 "$IMMURE_SOURCE/tests/lib/hostile.py" "$WORLD" 198.51.100.8
}

teardown_file() {
	serve_stop
	world_stop
}

# heavy OPTION...: run it with the most that its engine used of memory, in KiB, behind it.
heavy() {
	local supervisor child engine='' most=0 now
	nsenter --preserve-credentials -U -n -m -t "$WORLD_HOST" -- env -C "$WORLD" \
		"$IMMURE" run "$@" >"$TEST_TMP/out" 2>"$TEST_TMP/err" 3>&- &
	supervisor=$!
	while kill -0 "$supervisor" 2>/dev/null; do
		for child in $(pgrep -P "$supervisor"); do
			[[ $(tr '\0' ' ' 2>/dev/null <"/proc/$child/cmdline") != immure-net* ]] || engine=$child
		done
		now=$(awk '/^VmHWM/ { print $2 }' "/proc/${engine:-self}/status" 2>/dev/null) || true
		[[ -z $engine || ${now:-0} -le $most ]] || most=$now
		sleep 0.1
	done
	wait "$supervisor" || fail_test "$(cat "$TEST_TMP/err")"
	echo "# the engine used $most KiB" >&3
	((most > 0 && most < 256 * 1024)) || fail_test "the engine used $most KiB"
}

@test "NET-16: 2,000 flows at once, and all of them carry" {
	heavy --rlimit nofile=4000 --allow 198.51.100.7:7 -- /usr/bin/python3 -c "$MANY_FLOWS" 2000
	assert_equal "$(cat "$TEST_TMP/out")" 2000
}

@test "NET-16: 10,000 queries as fast as they go: what there is no room for fails, others go on" {
	heavy --net -- /usr/bin/python3 -c "$MANY_QUERIES" 10000
	assert_equal "$(cat "$TEST_TMP/out")" 'all answered with no, and a page'
}

@test "NET-16: 7,000 connections that nobody closes: the engine's descriptors end, and it does not" {
	heavy --rlimit nofile=9000 --allow 198.51.100.7:7 --allow files.test:80 -- /usr/bin/python3 -c '
import socket, urllib.request
flows = []
for i in range(7000):
	s = socket.socket(); s.setblocking(False)
	try: s.connect(("198.51.100.7", 7))
	except OSError: pass
	flows.append(s)
for s in flows: s.close()
for i in range(60):
	try: urllib.request.urlopen("http://files.test/", timeout=10).read(); print("a page"); break
	except OSError: pass'
	assert_equal "$(cat "$TEST_TMP/out")" 'a page'
}

@test "SLP-14: peers that send as fast as they can, for half a gigabyte" {
	heavy --allow 198.51.100.8 -- /usr/bin/python3 -c '
import socket
loud = [socket.create_connection(("198.51.100.8", 9001), 10) for i in range(8)]
total = 0
while total < 1 << 29: total += sum(len(s.recv(1 << 20)) for s in loud)
print("done")'
	assert_equal "$(cat "$TEST_TMP/out")" 'done'
}

@test "a resolver that speaks nonsense is given up, and other names go on meanwhile" {
	# shellcheck disable=SC2016 # for the shell inside
	PATIENCE=60 online --dns 198.51.100.8 --allow '*.liar' -- sh -c 'dig +tries=1 +timeout=30 garbage.liar >/tmp/garbage & dig +short fine.liar; wait; grep -o "status: [A-Z]*" /tmp/garbage'
	assert_equal "$output" $'198.51.100.7\nstatus: SERVFAIL'
}
