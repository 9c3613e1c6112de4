#!/usr/bin/env bats
# The network under more than it can carry: everything is bounded, and what else there is
# goes on.

load ../lib/common
load ../lib/sandbox
load ../lib/world
load ../lib/faults

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

# room WALLS: for how many descriptors there is room in the engine after 6,000 connections to
# where nobody answers.
room() {
	local program=$IMMURE_SOURCE/tests/lib/odd_frames.py supervisor child
	mkfifo "$TEST_TMP/go"
	# shellcheck disable=SC2016 # for the shell inside
	(ulimit -n 16384 && exec nsenter --preserve-credentials -U -n -m -t "$WORLD_HOST" -- env -C "$WORLD" "$IMMURE_WEAK" run \
		--weaken "inner,caps,$1" --seccomp off --quiet --allow 198.51.100.99 --ro-bind "$program" -- \
		sh -c '/usr/bin/python3 "$0" half_open; read -r _' "$program") <"$TEST_TMP/go" >"$TEST_TMP/out" 2>"$TEST_TMP/err" 3>&- &
	supervisor=$!
	exec {go}>"$TEST_TMP/go"
	until grep -qx 'sent True' "$TEST_TMP/out"; do
		kill -0 "$supervisor" || fail_test "it ended: $(cat "$TEST_TMP/err")" || return
		sleep 0.05
	done
	for child in $(pgrep -P "$supervisor"); do
		[[ $(tr '\0' ' ' <"/proc/$child/cmdline") != immure-net* ]] ||
			ROOM=$(awk '/^FDSize/ { print $2 }' "/proc/$child/status")
	done
	exec {go}>&-
	wait "$supervisor" || true
}

@test "SLP-13 NET-16: weakened, each half-open connection is a descriptor of the host's" {
	room limits
	((ROOM > 4096)) || fail_test "room for $ROOM"
}

@test "SLP-13 NET-16: half-open connections: so many descriptors, and no more" {
	room privileges
	assert_equal "$ROOM" 4096
}

# Nothing of ours is between a server and the stack but the host's kernel.
@test "SLP-14: unharmed without gate and hands: the stack lives through such servers by itself" {
	run --separate-stderr world timeout -k 5 100 "$IMMURE_WEAK" run --weaken gate,hands --allow 198.51.100.8 --allow 198.51.100.7:80 -- \
		/usr/bin/python3 -c "$HOSTILE_SERVERS"
	assert_status 0
	assert_equal "$output" 'done'
}

@test "a resolver that speaks nonsense is given up, and other names go on meanwhile" {
	# shellcheck disable=SC2016 # for the shell inside
	PATIENCE=60 online --dns 198.51.100.8 --allow '*.liar' -- sh -c 'dig +tries=1 +timeout=30 garbage.liar >/tmp/garbage & dig +short fine.liar; wait; grep -o "status: [A-Z]*" /tmp/garbage'
	assert_equal "$output" $'198.51.100.7\nstatus: SERVFAIL'
}
