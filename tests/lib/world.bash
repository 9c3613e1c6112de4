# shellcheck shell=bash
# A world for the tests of the network: `load ../lib/world` after common and sandbox.
#
#	the host (a network namespace, with a loopback of its own)
#	   203.0.113.1, 2001:db8:113::1
#	      │ veth
#	   203.0.113.2, 2001:db8:113::2
#	the outside (another one), which has every address of $OUTSIDE_ADDRESSES on its
#	loopback and answers on them: names (53), HTTP (80, 8080), echo (7, TCP and UDP)
#
# Nothing leads out of it. `world_start` makes it, `world COMMAND...` runs something on
# its host, as root of a user namespace in which nobody is but the caller; so that what
# `world` runs is an ordinary user of this machine. Who reaches the outside is written
# to $WORLD/seen: "PROTOCOL ADDRESS PORT". Addresses for `internet` are those of the AS112
# sink, which are globally reachable by IANA's registries.

OUTSIDE_ADDRESSES="198.51.100.7 198.51.100.8 192.175.48.7 10.99.0.7 100.64.0.7 198.18.0.7
	192.168.77.7 172.16.0.7 10.0.2.4 100.100.100.200 168.63.129.16
	2001:db8::7 2001:db8::8 2001:4:112::7 fd77::7 fd00:ec2::254"

# world_start: leaves it running until the end of the file; WORLD is its directory. With
# WORLD_IDS=auto the caller's own ranges of ids are there as well, for --map auto.
world_start() {
	PATH=$PATH:/usr/sbin needs ip dnsmasq unshare nsenter dig
	WORLD=$(mktemp -d "${TMPDIR:-/tmp}/immure-world.XXXXXX")
	chmod 755 "$WORLD"
	export WORLD OUTSIDE_ADDRESSES WORLD_IDS=${WORLD_IDS:-}
	: >"$WORLD/seen"
	unshare -Urnm ${WORLD_IDS:+"--map-users=$WORLD_IDS" "--map-groups=$WORLD_IDS"} --fork --kill-child bash "$IMMURE_SOURCE/tests/lib/world" \
		>"$WORLD/log" 2>&1 3>&- &
	WORLD_PID=$!
	until [[ -e $WORLD/ready ]]; do
		kill -0 "$WORLD_PID" 2>/dev/null ||
			{ cat "$WORLD/log" >&2; echo "the world ended" >&2; return 1; }
		sleep 0.05
	done
	WORLD_HOST=$(<"$WORLD/host.pid")
	export WORLD_PID WORLD_HOST
}

world_stop() {
	[[ -n ${WORLD_PID:-} ]] || return 0
	kill -KILL "$WORLD_PID" 2>/dev/null || true
	wait "$WORLD_PID" 2>/dev/null || true
	rm -rf "$WORLD"
}

# world COMMAND...: on the world's host.
world() {
	nsenter --preserve-credentials -U -n -m -t "$WORLD_HOST" -- env -C "$WORLD" "$@"
}

# outside COMMAND...: on the other side.
outside() {
	nsenter --preserve-credentials -U -n -m -t "$(<"$WORLD/outside.pid")" -- env -C "$WORLD" "$@"
}

# serve NAME PROGRAM [ARGUMENT...]: a server on the other side, until serve_stop; it has
# begun when it has made $WORLD/NAME-serves.
serve() {
	local name=$1 pid
	shift
	nsenter --preserve-credentials -U -n -m -t "$(<"$WORLD/outside.pid")" -- env -C "$WORLD" "$@" >"$WORLD/$name-says" 2>&1 3>&- &
	pid=$!
	echo "$pid" >>"$WORLD/servers"
	until [[ -e $WORLD/$name-serves ]]; do
		kill -0 "$pid" || { cat "$WORLD/$name-says" >&2; return 1; }
		sleep 0.05
	done
}

serve_stop() {
	[[ ! -e $WORLD/servers ]] || xargs kill <"$WORLD/servers" 2>/dev/null || true
}

# online [OPTION...] [--] COMMAND...: a sandbox on the world's host, the outputs apart.
online() {
	run --separate-stderr world timeout -k 5 "${PATIENCE:-30}" "$IMMURE" run "$@"
}

# Did the outside see that? (a line of $WORLD/seen)
assert_seen() {
	grep -qx -- "$1" "$WORLD/seen" || fail_test "the outside did not see: $1; it saw $(sort -u "$WORLD/seen")"
}

assert_not_seen() {
	! grep -q -- "$1" "$WORLD/seen" || fail_test "the outside saw: $(grep -- "$1" "$WORLD/seen" | sort -u)"
}

forget_seen() { : >"$WORLD/seen"; }

# A file that needs more writes its own.
setup_file() { world_start; }
teardown_file() { world_stop; }
setup() {
	common_setup
	forget_seen
}
