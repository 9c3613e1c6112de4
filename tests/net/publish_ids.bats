#!/usr/bin/env bats
# A published port leads in whatever ids the sandbox has, whoever calls, and who serves it is
# behind the same walls each time. No network but the loopback of the host is in it.

load ../lib/common
load ../lib/sandbox
load ../lib/maps

PORTS=$IMMURE_SOURCE/tests/lib/ports.py

setup() {
	common_setup
	cd "$TEST_TMP" || return
}

teardown() { maps_teardown; }

# reached [OPTION...]: with these, a server inside is reached from the host, over TCP and UDP,
# and the process that serves its ports has no right left. PUBLISHED has their numbers.
reached() {
	local publisher='' child line
	rm -f ports
	hold -q --publish 0:80 --publish 0:80/udp --publish-file "$PWD/ports" "$@" \
		--ro-bind "$PORTS:/ports.py" -- /usr/bin/python3 /ports.py serve 127.0.0.1 80
	mapfile -t PUBLISHED < <(sed 's/.*://' ports)
	assert_equal "${#PUBLISHED[@]}" 2
	run timeout 30 /usr/bin/python3 "$PORTS" who 127.0.0.1 "${PUBLISHED[0]}"
	assert_equal "$output" 127.0.0.1
	run timeout 30 /usr/bin/python3 "$PORTS" datagram 127.0.0.1 "${PUBLISHED[1]}"
	assert_status 0
	for child in $INIT; do
		[[ $(tr '\0' ' ' <"/proc/$child/cmdline") != immure-ports* ]] || publisher=$child
	done
	[[ -n $publisher ]] || fail_test 'nobody serves the ports'
	for line in 'CapEff:	0000000000000000' 'CapPrm:	0000000000000000' 'NoNewPrivs:	1' 'Seccomp:	2'; do
		grep -qx "$line" "/proc/$publisher/status" || fail_test "$* lacks $line"
	done
	# Whoever owns the host's user namespace is nobody there.
	[[ $(readlink "/proc/$publisher/ns/user") != "$(readlink /proc/self/ns/user)" ]]
	release
	run timeout 30 /usr/bin/python3 "$PORTS" who 127.0.0.1 "${PUBLISHED[0]}"
	assert_equal "$output" ConnectionRefusedError
}

@test "with the caller's own id, and with namespaces inside" {
	reached --user self
	is_root || reached --nested
}

@test "with several ids" {
	maps_setup
	reached "${MAP[@]}" --user 5
	reached "${MAP[@]}" --guest --nested
}

@test "inside of a user namespace that somebody made" {
	unshare --user --map-root-user sleep 60 3>&- &
	local holder=$!
	until grep -qE "^ +0 +$(id -u) +1\$" "/proc/$holder/uid_map"; do sleep 0.02; done
	reached --userns "$holder"
	kill "$holder"
}

@test "as root in the host's own user namespace" {
	[[ $(id -u) -eq 0 ]] || skip 'is about root'
	reached --share user
}
