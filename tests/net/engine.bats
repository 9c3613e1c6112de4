#!/usr/bin/env bats
# The network engine from outside: what it may, what it has, and what happens when it is
# gone or cannot be had.

load ../lib/common
load ../lib/sandbox
load ../lib/world

# begin [OPTION...]: a sandbox on the world's host that waits; ENGINE is its engine. As
# the world's root may look into it: the engine's own user sees nothing.
begin() {
	mkfifo "$TEST_TMP/go"
	nsenter --preserve-credentials -U -n -m -t "$WORLD_HOST" -- env -C "$WORLD" \
		"$IMMURE" run "$@" <"$TEST_TMP/go" >"$TEST_TMP/out" 2>"$TEST_TMP/err" 3>&- &
	SUPERVISOR=$!
	exec {go}>"$TEST_TMP/go"
	find_engine
}

# Wait for the command, and find the engine among the supervisor's children.
find_engine() {
	until grep -qx on "$TEST_TMP/out"; do
		kill -0 "$SUPERVISOR" || fail_test "it did not start: $(cat "$TEST_TMP/err")" || return
		sleep 0.02
	done
	ENGINE=
	for child in $(pgrep -P "$SUPERVISOR"); do
		[[ $(tr '\0' ' ' <"/proc/$child/cmdline") != immure-net* ]] || ENGINE=$child
	done
	[[ -n $ENGINE ]] || fail_test "there is no engine"
}

finish() {
	exec {go}>&-
	wait "$SUPERVISOR" || true
}

@test "SLP-10: it has no right, no new one, a filter, and nothing to find it by" {
	begin --net -- sh -c 'echo on; read -r _'
	local file=/proc/$ENGINE/status
	assert_equal "$(awk '/^Cap(Inh|Prm|Eff|Bnd|Amb)/ { print $2 }' "$file" | sort -u)" 0000000000000000
	assert_equal "$(awk '/^(NoNewPrivs|Seccomp):/ { print $2 }' "$file" | paste -sd' ')" '1 2'
	assert_equal "$(awk '/core|processes|file size|open files/ { print $(NF - 2) }' "/proc/$ENGINE/limits" | sort | uniq -c |
		awk '{ print $2 "x" $1 }' | paste -sd' ')" '0x3 4096x1'
	finish
}

# Who owns the user namespace in which a program was started may look into it, and this
# is started in the world's: so that here something is to be seen.
@test "SLP-10: its root is empty, its environment too, and it has these descriptors alone" {
	begin --net -- sh -c 'echo on; read -r _'
	run ls -A "/proc/$ENGINE/root/"
	assert_status 0
	assert_equal "$output" ''
	assert_equal "$(tr -d '\0' <"/proc/$ENGINE/environ")" ''
	[[ $(readlink "/proc/$ENGINE/ns/user") != "$(readlink "/proc/$SUPERVISOR/ns/user")" ]]
	[[ $(readlink "/proc/$ENGINE/ns/mnt") != "$(readlink "/proc/$SUPERVISOR/ns/mnt")" ]]
	for fd in "/proc/$ENGINE/fd/"*; do readlink "$fd"; done | sed 's/:\[.*//' | sort >"$TEST_TMP/has"
	run diff "$IMMURE_SOURCE/tests/net/lists/engine_fds.txt" "$TEST_TMP/has"
	finish
	assert_status 0
}

@test "SLP-10: it is undumpable: its own user cannot look into it" {
	is_root && skip "root looks into everything"
	mkfifo "$TEST_TMP/go"
	"$IMMURE" run --net -- sh -c 'echo on; read -r _' <"$TEST_TMP/go" >"$TEST_TMP/out" 2>&1 3>&- &
	# shellcheck disable=SC2030,SC2031 # each test has its own
	SUPERVISOR=$!
	exec {go}>"$TEST_TMP/go"
	find_engine
	refute ls "/proc/$ENGINE/fd"
	refute cat "/proc/$ENGINE/environ"
	refute ls "/proc/$ENGINE/root/"
	finish
}

@test "NET-18: when it dies the run says so, the network is gone, and the command goes on" {
	# shellcheck disable=SC2016 # for the shell inside
	begin --allow files.test:80 -- sh -c 'curl -s http://files.test/; echo on; read -r _
		curl -s --max-time 5 http://files.test/ || curl -s --max-time 5 http://198.51.100.7/; echo "then $?"; ip -o link | grep -c tap0'
	kill -KILL "$ENGINE"
	until [[ ! -e /proc/$ENGINE ]]; do sleep 0.02; done
	forget_seen
	finish
	grep -q 'hello from' "$TEST_TMP/out"
	grep -q '^then [67]$' "$TEST_TMP/out"
	assert_equal "$(tail -n 1 "$TEST_TMP/out")" 0
	grep -q 'immure: network: its engine ended with status 137' "$TEST_TMP/err"
	assert_equal "$(cat "$WORLD/seen")" ''
}

@test "nothing of it is left when the supervisor is killed" {
	begin --net -- sh -c 'echo on; read -r _'
	# shellcheck disable=SC2031 # begin's
	kill -KILL "$SUPERVISOR"
	until [[ ! -e /proc/$ENGINE ]]; do sleep 0.02; done
	finish
}

@test "ROB-12: no /dev/net/tun, or none that may be opened: it does not start, and says what to do" {
	is_root || skip "only root can hide it"
	# shellcheck disable=SC2016 # for the shell
	run unshare -m sh -c 'mount -t tmpfs tmpfs /dev/net; exec "$0" run --net -- true' "$IMMURE"
	assert_status 125
	assert_output_has 'prepare the network: find /dev/net/tun'
	assert_output_has 'modprobe tun'
	# shellcheck disable=SC2016 # for the shell
	run unshare -m sh -c 'mount -t tmpfs tmpfs /dev/net; mknod -m 600 /dev/net/tun c 10 200; exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" run --net -- true' "$IMMURE"
	assert_status 125
	assert_output_has 'open /dev/net/tun: Permission denied'
	assert_output_has 'chmod 666 /dev/net/tun'
}

@test "without libslirp it does not start, and says what to install; offline nobody asks for it" {
	local library
	library=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p | awk '/libslirp\.so\.0/ { print $NF; exit }')
	# shellcheck disable=SC2016 # for the shell
	world unshare -m sh -c 'mount --bind /dev/null "$1" && exec "$0" run --net -- true' "$IMMURE" "$(realpath "$library")" >"$TEST_TMP/said" 2>&1 && fail_test "it started"
	grep -q 'await the network: network engine: load the stack' "$TEST_TMP/said"
	grep -q 'apt-get install libslirp0' "$TEST_TMP/said"
	# shellcheck disable=SC2016 # for the shell
	world unshare -m sh -c 'mount --bind /dev/null "$1" && exec "$0" run -- true' "$IMMURE" "$(realpath "$library")"
	# shellcheck disable=SC2016 # for the shell
	world unshare -m sh -c 'mount --bind /dev/null "$1" && exec "$0" doctor --json' "$IMMURE" "$(realpath "$library")" >"$TEST_TMP/said" || true
	/usr/bin/python3 -c 'import json, sys
print([(probe["verdict"], probe["advice"]) for probe in json.load(open(sys.argv[1]))["probes"] if probe["probe"] == "libslirp"])' "$TEST_TMP/said" |
		grep -F "[('missing', ['to install libslirp, as root: apt-get install libslirp0'])]"
}

@test "who is offline loads nothing and makes nothing for it" {
	needs strace
	run strace -f -qq -e trace=openat,socket,clone -o "$TEST_TMP/calls" "$IMMURE" run -- true
	assert_status 0
	refute grep -E 'libslirp|libglib|net/tun|NETLINK' "$TEST_TMP/calls"
}
