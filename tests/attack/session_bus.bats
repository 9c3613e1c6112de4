#!/usr/bin/env bats
# The session bus starts programs outside for whoever asks. With --dbus the command reaches
# the names that were said, by a proxy, and nothing else of it.
#
# shellcheck disable=SC2154 # `run` and `hold` set what is used

load ../lib/common
load ../lib/sandbox

setup() {
	needs dbus-daemon dbus-send xdg-dbus-proxy
	common_setup
	cd "$TEST_TMP" || return
	mkdir services
	# A program of the host that the bus starts for whoever talks to its name.
	printf '[D-BUS Service]\nName=%s\nExec=/usr/bin/touch %s\n' org.example.Open "$TEST_TMP/open" >services/open.service
	printf '[D-BUS Service]\nName=%s\nExec=/usr/bin/touch %s\n' org.example.Shut "$TEST_TMP/shut" >services/shut.service
	cat >bus.conf <<-END
		<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
		 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
		<busconfig><type>session</type><listen>unix:path=$TEST_TMP/bus</listen>
		<servicedir>$TEST_TMP/services</servicedir>
		<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
		<allow own="*"/></policy></busconfig>
	END
	dbus-daemon --config-file=bus.conf --nofork 3>&- >bus.log 2>&1 &
	BUS=$!
	export DBUS_SESSION_BUS_ADDRESS=unix:path=$TEST_TMP/bus
	until [[ -S bus ]]; do kill -0 "$BUS" || return; sleep 0.02; done
}

teardown() {
	kill "$BUS" 2>/dev/null || true
	common_teardown
}

# call NAME: talk to it, which starts its program; how that ends is the bus's to say.
call() { echo "dbus-send --session --print-reply --reply-timeout=3000 --dest=$1 / org.example.Any.Thing"; }
own() {
	echo 'dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.RequestName' \
		"string:$1 uint32:0"
}

with_bus() { inspect --user self --dbus talk:org.example.Open "$@"; }

@test "IPC-01: a name that was not said starts nothing outside, and one that was does" {
	# The bus itself, as a bind would show it.
	# shellcheck disable=SC2046 # words
	inspect --user self --bind "$TEST_TMP/bus" --env-keep DBUS_SESSION_BUS_ADDRESS $(call org.example.Shut)
	[[ -e shut ]]
	rm shut
	# shellcheck disable=SC2046
	with_bus $(call org.example.Shut)
	assert_status 1
	refute test -e shut
	# shellcheck disable=SC2046
	with_bus $(call org.example.Open)
	[[ -e open ]]
	rm open
	# Without a word about it there is no bus.
	# shellcheck disable=SC2046
	inspect --user self --env-keep DBUS_SESSION_BUS_ADDRESS $(call org.example.Open)
	assert_status 1
	refute test -e open
}

@test "IPC-01: to see, to talk and to own are three things" {
	local word
	# shellcheck disable=SC2046
	inspect --user self --bind "$TEST_TMP/bus" --env-keep DBUS_SESSION_BUS_ADDRESS $(own org.example.Mine)
	assert_output_has 'uint32 1'
	for word in talk:org.example.Mine see:org.example.Mine own:org.example.Other; do
		# shellcheck disable=SC2046
		inspect --user self --dbus "$word" $(own org.example.Mine)
		assert_status 1
	done
	# shellcheck disable=SC2046
	inspect --user self --dbus 'own:org.example.*' $(own org.example.Mine)
	assert_output_has 'uint32 1'
	# One method of a name, and no other.
	# shellcheck disable=SC2046
	inspect --user self --dbus call:org.example.Open=org.example.Other.Thing $(call org.example.Open)
	assert_status 1
	refute test -e open
	# shellcheck disable=SC2046
	inspect --user self --dbus call:org.example.Open=org.example.Any.Thing@/ $(call org.example.Open)
	[[ -e open ]]
}

@test "IPC-01: the proxy is walled in, holds nothing of ours, and ends with the sandbox" {
	local proxy field
	hold --user self --dbus talk:org.example.Open
	proxy=$(pgrep -P "$SUPERVISOR" -f '^/usr/bin/xdg-dbus-proxy ')
	for field in CapPrm CapEff CapBnd CapInh CapAmb; do
		grep -qE "^$field:\s+0+$" "/proc/$proxy/status"
	done
	grep -qE '^NoNewPrivs:\s+1$' "/proc/$proxy/status"
	grep -qE '^Seccomp:\s+2$' "/proc/$proxy/status"
	[[ ! -s /proc/$proxy/environ ]]
	[[ $(readlink "/proc/$proxy/ns/net") != "$(readlink /proc/self/ns/net)" ]]
	[[ $(readlink "/proc/$proxy/ns/user") != "$(readlink /proc/self/ns/user)" ]]
	# Its socket, the bus, the directory, the pipe, and what GLib wakes itself by.
	refute grep -vE '^(/dev/null|/run/dbus-session|pipe:.*|socket:.*|anon_inode:.*)$' <(
		for field in "/proc/$proxy"/fd/*; do readlink "$field"; done)
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || true
	for field in {1..100}; do [[ -e /proc/$proxy/fd/0 ]] || break; sleep 0.05; done
	[[ ! -e /proc/$proxy/fd/0 ]]
	exec {hold_fd}>&-
	# The usual way, too, and the host has nothing of it.
	inspect --user self --dbus talk:org.example.Open sh -c 'ls /run/dbus-session'
	assert_equal "$output" bus
	refute pgrep -u "$(id -u)" -f "^/usr/bin/xdg-dbus-proxy .*unix:path=$TEST_TMP/bus"
	[[ ! -e /run/dbus-session ]]
}

@test "IPC-01: a proxy that dies takes the bus away, and that is said" {
	local proxy
	hold --user self --dbus talk:org.example.Open
	proxy=$(pgrep -P "$SUPERVISOR" -f '^/usr/bin/xdg-dbus-proxy ')
	kill -KILL "$proxy"
	while [[ -e /proc/$proxy ]]; do sleep 0.02; done
	release
	grep -q 'the proxy of the session bus ended with status 137' "$TEST_TMP/held"
}

@test "IPC-01: without a bus, or as somebody else, there is no launch" {
	inspect --dbus talk:org.example.Open touch made
	if ! is_root; then
		assert_status 125
		assert_stderr_has "the bus asks who somebody is, and inside the command is user 0, outside $(id -u)"
		assert_stderr_has 'hint: to be yourself: --user self'
	fi
	DBUS_SESSION_BUS_ADDRESS=unix:path=$TEST_TMP/none with_bus true
	assert_status 125
	assert_stderr_has "the session bus, $TEST_TMP/none: No such file or directory"
	DBUS_SESSION_BUS_ADDRESS=tcp:host=localhost,port=1 with_bus true
	assert_status 125
	assert_stderr_has 'and not at a socket of this host'
	run env -u DBUS_SESSION_BUS_ADDRESS -u XDG_RUNTIME_DIR "$IMMURE" run --user self --dbus talk:org.example.Open true
	assert_status 125
	assert_output_has 'there is no session bus'
	# One that was there when it was planned, and answers nobody: the proxy finds out by itself.
	inspect --user self --dbus talk:org.example.Open --share mount true
	assert_status 125
	assert_stderr_has "with the host's files the command reaches the bus by itself"
	local word
	for word in talk talk: talk:x talk:.a talk:a. talk:a..b 'talk:*' talk:1.a 'talk:a.b c' own:a.b=x.y call:a.b 'call:a.b=c d' sing:a.b; do
		inspect --user self --dbus "$word" true
		assert_status 125
		assert_stderr_has 'immure: --dbus: '
	done
}

@test "IPC-01: what is said shows in the plan, in a profile and in what it opens" {
	printf '%s\n' 'include default' 'user self' 'include notifications' >f
	run "$IMMURE" profile diff ./f
	assert_output_has 'uses of the session: dbus call:org.freedesktop.Notifications='
	"$IMMURE" profile show ./f >g
	assert_equal "$("$IMMURE" profile diff ./g)" "$output"
	run "$IMMURE" run --dry-run -p ./f --dbus talk:org.freedesktop.systemd1 true
	assert_output_has "bus          unix:path=$TEST_TMP/bus, by /usr/bin/xdg-dbus-proxy"
	assert_output_has 'environment  DBUS_SESSION_BUS_ADDRESS=unix:path=/run/dbus-session/bus'
	inspect -p ./f --dbus talk:org.freedesktop.systemd1 true
	assert_status 0
	assert_equal "$stderr" 'immure: note: dbus talk:org.freedesktop.systemd1 (command line): who is asked there can do what you can, outside'
	inspect -p ./f --dbus none sh -c 'ls /run/dbus-session'
	assert_status 2
	env -u DBUS_SESSION_BUS_ADDRESS "$IMMURE" run -p ./f true
}
