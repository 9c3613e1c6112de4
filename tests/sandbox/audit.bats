#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031 # each test has its own list of what it started
# `immure audit` tells from outside what a sandbox has: ours in several postures, and
# those of others, so that they can be compared.

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	make_work
	cd "$WORK" || return
}

teardown() {
	local pid
	for pid in "${started[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	common_teardown
}

started=()

audit() { timeout -k 5 30 "$IMMURE" audit "$@"; }

# The command of the sandbox that is held.
command_of() { pgrep -P "$INIT" | head -n 1; }

# verdicts PID: "WALL VERDICT" a line.
verdicts() {
	audit "$1" | sed -nE '/^Walls$/,/^Namespaces$/s/^  ([a-z]+) +(ok|weak|open|unknown) .*/\1 \2/p'
}

# not_ok PID: the walls that are not.
not_ok() { verdicts "$1" | grep -v ' ok$' | tr '\n' ' '; }

# deepest PID: the last of its first descendants.
deepest() {
	local pid=$1
	while [[ -n $(pgrep -P "$pid") ]]; do
		pid=$(pgrep -P "$pid" | head -n 1)
	done
	echo "$pid"
}

# start COMMAND...: another sandbox, in the background; STARTED is its last process,
# that says "on" and sleeps. The shell is told to be of no use to anybody else.
start() {
	"$@" sh -c 'echo on; exec sleep 60' >"$TEST_TMP/on" 2>&1 </dev/null 3>&- &
	started+=($!)
	for _ in {1..500}; do
		grep -qx on "$TEST_TMP/on" && break
		kill -0 $! || fail_test "it did not start: $(cat "$TEST_TMP/on")" || return
		sleep 0.02
	done
	STARTED=$(deepest $!)
	started+=("$STARTED")
}

@test "every wall of the default sandbox is ok, but those of which no kernel tells" {
	hold
	run audit "$(command_of)"
	assert_equal "${lines[0]}" "process $(command_of) (sh), in the sandbox of process $INIT (immure)"
	run verdicts "$(command_of)"
	assert_equal "$output" "files ok
writing ok
mounts ok
kernel ok
devices ok
processes ok
init ok
others ok
network ok
ipc ok
names ok
identity ok
capabilities ok
privileges ok
syscalls ok
landlock unknown
descriptors ok
terminal ok
limits ok"
	run audit "$(command_of)"
	assert_status 0
	release
	hold --quiet --seccomp off
	assert_equal "$(not_ok "$(command_of)")" 'syscalls open landlock unknown '
	release
}

@test "any process of a sandbox leads to it, also its first, and its launcher says where" {
	hold -- sh -c 'sleep 60 & echo on; read -r line; kill $!'
	local command other
	command=$(command_of)
	other=$(pgrep -P "$command")
	run audit "$other"
	assert_output_has "process $other (sleep), in the sandbox of process $INIT ("
	run audit "$INIT"
	if is_root; then
		assert_output_has "process $INIT (immure), process 1 of its sandbox"
	else
		assert_output_has "process $command (sh), in the sandbox of process $INIT ("
		assert_output_has "(process $INIT, its process 1, shows you less)"
	fi
	run audit "$SUPERVISOR"
	assert_output_has "process $SUPERVISOR (immure) is in no sandbox"
	assert_output_has "immure audit $command"
	release
}

@test "a developer's shell: what it has more is said to be meant, and nothing else is found" {
	! is_root || skip 'for ordinary users: root has no such shell'
	hold --quiet --profile dev --allow none
	local first inner command
	first=$(pgrep -P "$INIT")
	inner=$(pgrep -P "$first")
	command=$(pgrep -P "$inner")
	assert_equal "$(not_ok "$command")" 'writing weak kernel weak capabilities weak landlock unknown '
	run audit "$command"
	assert_equal "${lines[0]}" "process $command (sh), in the sandbox of process $first (immure-init)"
	local text
	text=$(tr -s ' \n' ' ' <<<"$output")
	[[ $text == *'init ok it can be looked into, and has nothing: no right, no file, no variable '* ]]
	[[ $text == *"writing weak of the host's it can write $WORK -> "* ]]
	[[ $text == *'kernel weak /proc/sys is writable, /sys is writable, of which it can change what belongs to its own namespaces -> meant in a developer'* ]]
	[[ $text == *'capabilities weak it is root of its own namespaces, their mounts and their network, and of nothing outside -> meant in a developer'* ]]
	# The launcher and process 1 lead to the command, and not to who stands between.
	run audit "$SUPERVISOR"
	assert_output_has "immure audit $command"
	run audit "$INIT"
	assert_output_has "process $command (sh), in the sandbox of process $first (immure-init)"
	run audit "$first"
	assert_output_has "process $first (immure-init), process 1 of its sandbox"
	release
	# Capabilities over what it did not make itself are not that.
	hold --quiet --map auto --guest
	run audit "$(command_of)"
	assert_output_has 'it has some over its own user namespace, which owns'
	refute grep -q 'meant in' <<<"$output"
	release
}

@test "what is shared with the host is open" {
	hold --quiet --share net
	# The host's /sys comes with its network; an ordinary user need not be kept from all of it.
	assert_equal "$(not_ok "$(command_of)" | sed 's/^kernel weak //')" \
		"network open landlock unknown "
	release
	hold --quiet --share ipc
	assert_equal "$(not_ok "$(command_of)")" "ipc open landlock unknown "
	release
	hold --quiet --share uts,cgroup
	assert_equal "$(not_ok "$(command_of)")" "names weak landlock unknown "
	release
	hold --quiet --share pid
	run verdicts "$(command_of)"
	grep -qx 'processes open' <<<"$output"
	grep -qx 'init open' <<<"$output"
	release
}

@test "what is writable is weak, and named" {
	mkdir "$TEST_TMP/data"
	hold --quiet --bind "$TEST_TMP/data"
	run audit "$(command_of)"
	assert_output_has "of the host's it can write"
	assert_output_has "$TEST_TMP/data"
	assert_equal "$(not_ok "$(command_of)")" "writing weak landlock unknown "
	release
	hold --quiet --ro-bind "$TEST_TMP/data"
	assert_equal "$(not_ok "$(command_of)")" "landlock unknown "
	run audit "$(command_of)"
	assert_output_has "$TEST_TMP/data"
	release
	hold --quiet --ro-bind /etc:/mnt/etc
	assert_equal "$(not_ok "$(command_of)")" "files weak landlock unknown "
	release
}

# weak_is WALL VERDICT...: with that wall taken down, this is said of the sandbox.
weak_is() {
	local wall=$1 verdict want
	shift
	IMMURE=$IMMURE_WEAK hold --quiet --weaken "$wall"
	want=$(verdicts "$(command_of)")
	release
	for verdict; do
		grep -qxE "$verdict" <<<"$want" || fail_test "without $wall: $verdict is not said of: $want"
	done
}

@test "a wall that was taken down is seen from outside" {
	weak_is mounts 'files open' 'writing open'
	weak_is covers 'kernel (weak|open)'
	weak_is caps 'capabilities weak'
	weak_is privileges,landlock 'privileges open'
	weak_is limits 'limits weak'
	is_root || weak_is dumpable 'init weak'
	# One that no outside can see takes none of the others with it.
	weak_is env 'files ok' 'kernel ok' 'capabilities ok' 'privileges ok' 'limits ok' 'init ok'
}

@test "a command that is process 1 is told apart" {
	hold --quiet --as-pid-1
	run audit "$INIT"
	assert_output_has "process $INIT (sh), process 1 of its sandbox"
	grep -qx 'init ok' < <(verdicts "$INIT")
	release
}

@test "what init keeps from its user, root is shown: no variable, nothing of the outside" {
	needs python3
	hold --setenv SECRET=canary
	audit --json "$(command_of)" >"$TEST_TMP/json" || true
	release
	run python3 -c '
import json, sys
init = json.load(open(sys.argv[1]))["init"]
print(init["hidden"], init["environment"], init["descriptors"] is None)
print(sorted({file["kind"] for file in init["descriptors"] or []}))
assert not any(file["outside"] and file["kind"] == "directory" for file in init["descriptors"] or [])
' "$TEST_TMP/json"
	assert_status 0
	if is_root; then
		# Owner 0 is what both kinds of process have there.
		[[ ${lines[0]} == 'None [] False' ]]
		[[ ${lines[1]} == *socket* ]]
	else
		assert_equal "${lines[0]}" 'True None True'
	fi
}

@test "somebody who joined with less around it is found" {
	is_root || skip 'joining a sandbox takes root'
	needs nsenter
	hold
	local command
	command=$(command_of)
	grep -qx 'others ok' < <(verdicts "$command")
	nsenter --target "$command" --pid --mount sleep 60 3>&- &
	started+=($!)
	local joined=
	for _ in {1..500}; do
		joined=$(pgrep -P $! -x sleep) && break
		sleep 0.02
	done
	started+=("$joined")
	run audit "$command"
	grep -qE '^  others +weak +less stands around process '"$joined"' \(sleep\)' <<<"$output" ||
		fail_test "not found: $joined"
	kill "$joined"
	release
}

bwrap_basic=(bwrap --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib
	--symlink usr/lib64 /lib64 --proc /proc --dev /dev --tmpfs /tmp --chdir /)

@test "bubblewrap, as far as it was asked" {
	needs bwrap
	start env TOKEN=secret "${bwrap_basic[@]}"
	run verdicts "$STARTED"
	grep -qx 'files ok' <<<"$output"
	grep -qx 'network open' <<<"$output"
	grep -qx 'processes open' <<<"$output"
	grep -qx 'privileges ok' <<<"$output"
	grep -qx 'syscalls open' <<<"$output"
	grep -qx 'limits weak' <<<"$output"
}

@test "bubblewrap with all that it can unshare keeps the caller's variables in its process 1" {
	needs bwrap
	start env -i TOKEN=secret PATH="$PATH" "${bwrap_basic[@]}" --unshare-all
	run verdicts "$STARTED"
	local wall mounts=ok
	for wall in files writing devices processes network ipc names privileges; do
		grep -qx "$wall ok" <<<"$output" || fail_test "not ok: $wall"
	done
	# Its mounts follow those of a host that shares its own, as systemd does.
	[[ $(findmnt -no PROPAGATION /) != shared* ]] || mounts=weak
	grep -qx "mounts $mounts" <<<"$output"
	grep -qx 'init weak' <<<"$output"
	run audit "$STARTED"
	assert_output_has TOKEN
	refute grep -q secret <<<"$output"
}

@test "a directory that was passed as a descriptor is an open wall" {
	needs bwrap
	mkdir "$TEST_TMP/secret"
	start "${bwrap_basic[@]}" --unshare-all 9<"$TEST_TMP/secret"
	run audit "$STARTED"
	grep -qE '^  descriptors +open +descriptor 9 is a directory' <<<"$output"
	assert_output_has "$TEST_TMP/secret"
}

@test "the caller's terminal is an open wall, and a private one is none" {
	needs bwrap script
	# The pty that script(1) makes is the caller's here.
	script -qec "$(printf '%q ' "${bwrap_basic[@]}") --unshare-all sh -c 'sleep 60'" /dev/null \
		</dev/null >/dev/null 2>&1 3>&- &
	started+=($!)
	local pid=
	for _ in {1..500}; do
		pid=$(deepest $!)
		[[ $(cat "/proc/$pid/comm" 2>/dev/null) == sleep ]] && break
		sleep 0.02
	done
	started+=("$pid")
	run verdicts "$pid"
	grep -qx 'terminal open' <<<"$output"
	kill "$pid"

	script -qec "'$IMMURE' run sleep 60" /dev/null </dev/null >/dev/null 2>&1 3>&- &
	started+=($!)
	for _ in {1..500}; do
		pid=$(deepest $!)
		[[ $(cat "/proc/$pid/comm" 2>/dev/null) == sleep ]] && break
		sleep 0.02
	done
	run audit "$pid"
	grep -qE '^  terminal +ok +a private one' <<<"$output"
	kill "$pid"
}

@test "unshare alone leaves the files, and gives capabilities" {
	needs unshare
	start unshare -Urmpf --mount-proc
	run verdicts "$STARTED"
	grep -qx 'files open' <<<"$output"
	grep -qx 'writing open' <<<"$output"
	grep -qx 'processes ok' <<<"$output"
	grep -qx 'network open' <<<"$output"
	grep -qx 'capabilities weak' <<<"$output"
	grep -qx 'privileges open' <<<"$output"
}

@test "a host name of its own does not make more of it" {
	needs unshare
	start unshare -Ur --uts
	run audit "$STARTED"
	assert_output_has ', in namespaces of its own'
	run verdicts "$STARTED"
	grep -qx 'files open' <<<"$output"
	grep -qx 'descriptors weak' <<<"$output"
}

@test "mounts in thousands, and in the worst order, are looked at in time" {
	needs unshare
	# shellcheck disable=SC2016 # for the inner shell
	start unshare -Urm sh -c 'mount -t tmpfs t /mnt
		i=0; while [ $i -lt 12 ]; do mount --rbind /mnt /mnt 2>/dev/null; i=$((i+1)); done
		exec "$@"' -
	run audit "$STARTED"
	assert_status 1
	assert_output_has '/mnt'
}
