#!/usr/bin/env bats
# Those outside who mean no good, too much of everything, and a host whose network goes.

load ../lib/common
load ../lib/sandbox
load ../lib/world
load ../lib/faults

liar() { PATIENCE=60 online --dns 198.51.100.8 --allow '*.liar' "$@"; }

@test "a resolver that lies is not believed: other ids, other questions, names nobody asked for" {
	liar -- sh -c 'dig +short lies.liar; curl -4s http://lies.liar/; curl -s --max-time 5 http://198.51.100.8/; echo $?'
	assert_equal "$output" $'198.51.100.7\nhello from 198.51.100.7\n7'
	assert_not_seen 'tcp 198.51.100.8'
}

@test "a resolver that is late, goes in circles or cuts its answers off" {
	liar -- dig +short +tries=1 +timeout=20 late.liar
	assert_equal "$output" 198.51.100.7
	# shellcheck disable=SC2016 # for the shell inside
	liar -- sh -c 'for name in loops cut fine; do dig +tries=1 +timeout=30 "$name.liar" | grep -o "status: [A-Z]*"; done'
	assert_equal "$output" $'status: SERVFAIL\nstatus: SERVFAIL\nstatus: NOERROR'
}

@test "a resolver with 1,000 records: all of them are heard of, and can be reached" {
	liar -- sh -c 'dig +short +tcp many.liar | sort -u | wc -l; dig +ignore many.liar | grep -c "flags:.* tc"; curl -4s --resolve many.liar:80:198.51.100.7 http://many.liar/'
	assert_equal "$output" $'1000\n1\nhello from 198.51.100.7'
}

@test "SLP-14: a server that resets, one that never reads, one that sends as fast as it can: others go on" {
	online --allow 198.51.100.8 --allow 198.51.100.7:80 -- /usr/bin/python3 -c "$HOSTILE_SERVERS"
	assert_status 0
	assert_equal "$output" 'done'
}

@test "NET-16: 400 flows at once, and all of them carry" {
	online --allow 198.51.100.7:7 -- /usr/bin/python3 -c "$MANY_FLOWS" 400
	assert_status 0
	assert_equal "$output" 400
}

@test "NET-16: more queries at once than there is room for: those fail, and others go on" {
	online --net -- /usr/bin/python3 -c "$MANY_QUERIES" 1000
	assert_status 0
	assert_equal "$output" 'all answered with no, and a page'
}

# A sandbox that waits between two commands; `step` lets it go on.
@test "the host's network goes away and comes back: who asks then hears no, and later goes on" {
	mkfifo "$WORLD/steps"
	# shellcheck disable=SC2016 # for the shell inside
	world timeout 60 "$IMMURE" run --allow files.test:80 --allow 198.51.100.7:80 --bind "$WORLD" -- sh -c '
		get() { curl -4s --max-time 20 "$@"; echo $?; }
		get http://files.test/; echo 1 >now; read -r _ <steps
		get http://198.51.100.7/; get http://files.test/; echo 2 >now; read -r _ <steps
		get http://files.test/' >"$WORLD/said" 2>/dev/null 3>&- &
	local sandbox=$!
	until grep -qs 1 "$WORLD/now"; do sleep 0.05; done
	world ip link set veth0 down
	echo >"$WORLD/steps"
	until grep -qs 2 "$WORLD/now"; do sleep 0.05; done
	world ip link set veth0 up
	world ip route add default via 203.0.113.2
	echo >"$WORLD/steps"
	wait "$sandbox"
	assert_equal "$(paste -sd' ' "$WORLD/said")" 'hello from 198.51.100.7 0 7 6 hello from 198.51.100.7 0'
}

# break_off OPTION...: the engine of such a sandbox is killed while its command downloads, has
# a connected datagram socket, and talks to itself by its loopback and by its own address.
break_off() {
	local sandbox child engine=
	rm -f "$WORLD/moved"
	# shellcheck disable=SC2016 # for the shell inside
	world timeout 60 "$IMMURE" run "$@" --allow 198.51.100.8 --bind "$WORLD" -- /usr/bin/python3 -c '
import errno, socket
def name(what):
	try: return what()
	except OSError as error: return errno.errorcode[error.errno]
listens = socket.create_server(("127.0.0.1", 0)); one = socket.create_connection(listens.getsockname()); other = listens.accept()[0]
loud = socket.create_connection(("198.51.100.8", 9001)); loud.recv(1 << 20)
six = socket.socket(socket.AF_INET6); six.connect(("::ffff:198.51.100.8", 9003))
said = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); said.connect(("198.51.100.8", 7)); said.send(b"x"); said.recv(1)
open("moved", "w").write("some")
def all():
	while loud.recv(1 << 20): pass
print(name(all), name(lambda: six.recv(1)), name(lambda: said.recv(1)))
print(name(lambda: socket.create_connection(("198.51.100.8", 9001))))
one.send(b"still here"); print(other.recv(99).decode())' >"$WORLD/said" 2>"$WORLD/why" 3>&- &
	sandbox=$!
	until [[ -s $WORLD/moved ]]; do
		kill -0 "$sandbox" || fail_test "it ended: $(cat "$WORLD/said" "$WORLD/why")" || return
		sleep 0.05
	done
	# Below nsenter's process, which is timeout by now, stands the supervisor.
	for child in $(pgrep -P "$(pgrep -d, -P "$(pgrep -d, -P "$sandbox"),$sandbox")"); do
		[[ $(tr '\0' ' ' <"/proc/$child/cmdline") != immure-net* ]] || engine=$child
	done
	kill -KILL "$engine"
	wait "$sandbox"
}

@test "NET-18: the engine is killed in the middle of a transfer: that is over at once, and the command is not" {
	local way
	for way in --cwd=ro --nested --as-pid-1; do
		break_off "$way"
		assert_equal "$(cat "$WORLD/said")" $'ECONNABORTED ECONNABORTED ECONNABORTED\nENETUNREACH\nstill here'
		grep -q 'its engine ended with status 137, and the command was without it from then on; 3 connections ended with it' "$WORLD/why"
	done
}
