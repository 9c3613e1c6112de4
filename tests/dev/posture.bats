#!/usr/bin/env bats
# The profile dev: what it opens is each a line of it and said, and process 1 can be
# looked into, since there is nothing in it.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	! is_root || skip 'for ordinary users'
	common_setup
	make_work
	cd "$WORK" || return
}

dev() { inspect --quiet --profile dev "$@"; }

@test "root of everything inside: rights, mounts, names, and places to write" {
	dev -- bash -ec 'id -u; grep -E "Cap(Prm|Eff|Bnd)" /proc/self/status | cut -f2 | sort -u; grep -c . /proc/self/uid_map; hostname; hostname other; hostname
		mount -t tmpfs x /mnt; touch /mnt/x /var/x /run/x /var/run/y /srv/x /tmp/x; mkdir /var/lib/a /var/log/a; ls -d /run/[xy]; : >here
		echo 1 >/proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/ip_forward; chown 33:33 /tmp/x; head -qc 0 /proc/kallsyms /proc/cmdline'
	assert_status 0
	assert_equal "$(sed 2d <<<"$output")" $'0\n1\ndev\nother\n/run/x\n/run/y\n1'
	assert_equal "${lines[1]}" "$(printf %016x $(((1 << $(< /proc/sys/kernel/cap_last_cap) + 1) - 1)))"
	[[ -e here ]]
	[[ $(hostname) != other ]]
}

@test "each wall that it takes down is said, with the line of the profile" {
	local word
	inspect --profile dev -- true
	assert_status 0
	for word in nested 'cap all' ptrace; do
		assert_stderr_has "immure: note: $word (dev.profile (built in):"
	done
	inspect --profile dev --dry-run -- true
	assert_output_has 'every capability, no_new_privs '
	assert_output_has 'can be looked into'
	refute grep -E '^(hide|read-only|sysfs-part) +/(proc|sys)' <<<"$output"
	run "$IMMURE" profile diff dev
	assert_output_has 'every capability of its own user namespace'
	assert_output_has 'internet'
	assert_output_has "$WORK"
}

@test "a dev profile of one's own begins with the one that comes along" {
	export XDG_CONFIG_HOME=$TEST_TMP/config
	mkdir -p "$XDG_CONFIG_HOME/immure/profiles"
	printf 'include dev\nhostname mine\nsetenv MINE=1\n' >"$XDG_CONFIG_HOME/immure/profiles/dev.profile"
	dev -- sh -c 'hostname; echo $MINE; mount -t tmpfs x /mnt'
	assert_status 0
	assert_equal "$output" $'mine\n1'
	# A program of that name is not run with it.
	run "$IMMURE" run --dry-run dev
	assert_output_lacks 'every capability'
}

@test "process 1 is there to be looked into, and to end with init" {
	dev -- bash -c 'ls -l /proc/1/fd | grep -c /dev/null; tr "\0" . </proc/1/environ; readlink /proc/1/exe; ls /proc/1/ns | wc -l; grep -E "^(Cap(Prm|Bnd)|NoNewPrivs|Seccomp)" /proc/1/status | cut -f2 | sort -u | tr "\n" " "
		[[ $(readlink /proc/1/ns/net) == "$(readlink /proc/self/ns/net)" ]] && echo same; (setsid sh -c "sleep 0.1 & sleep 0.1 & exit" &) ; sleep 0.4; ps -eo stat= | grep -c Z; exit 7'
	assert_status 7
	assert_equal "$output" $'3\n/memfd:immure-init (deleted)\n10\n0000000000000000 1 2 same\n0'
	# Init itself is the launcher's memory, and stays closed to everybody.
	dev -- bash -c 'cat /proc/2/environ /proc/2/maps; ls /proc/2/fd /proc/2/root/; cat /proc/2/comm'
	assert_equal "$output" immure
	dev --as-pid-1 -- bash -c 'echo $$; readlink /proc/1/exe; exit 3'
	assert_status 3
	assert_equal "${lines[0]}" 1
}

@test "signals from outside reach the command, and its end is told" {
	hold --quiet --profile dev --allow none -- sh -c 'trap "echo heard" USR1; trap "echo hung up" HUP; echo on; while :; do sleep 0.05; done'
	kill -USR1 "$SUPERVISOR"
	until grep -q heard "$TEST_TMP/held"; do sleep 0.02; done
	kill -HUP "$INIT"
	until grep -q 'hung up' "$TEST_TMP/held"; do sleep 0.02; done
	kill -TERM "$SUPERVISOR"
	status=0
	wait "$SUPERVISOR" || status=$?
	assert_status 143
	dev --timeout 0.5 -- sh -c 'trap "" TERM; while :; do sleep 1; done'
	assert_status 124
	# Who ends everything that he sees ends his own sandbox, and nothing else.
	dev -- sh -c 'kill -9 -1; sleep 5'
	assert_status 137
	assert_equal "${stderr:-}" ''
	inspect --profile dev -- sh -c 'kill -9 -1; sleep 5'
	assert_status 137
	assert_stderr_has 'note: everything inside was killed, with the init that tells how the command ended'
	dev -- sh -c 'kill -9 $$'
	assert_status 137
	dev -- sh -c 'kill -15 -1; exit 5'
	assert_status 5
	# Before it runs, and of the one outside of it, that is a failure.
	rm "$TEST_TMP/hold"
	hold --quiet --profile dev --allow none
	kill -KILL "$INIT"
	status=0
	wait "$SUPERVISOR" || status=$?
	assert_status 125
	assert_equal "$(tail -n 1 "$TEST_TMP/held")" 'immure: init ended without a report (status 137)'
}

@test "every capability is for a namespace that owns something" {
	inspect --cap keep:all -- true
	assert_status 125
	assert_stderr_has 'cap all (command line): no command gets all of them'
	assert_stderr_has 'hint: unless mounts and a network are its own: --nested'
	inspect --quiet --nested --cap keep:net_admin,sys_admin -- sh -c 'mount -t tmpfs x /mnt && ip link add va type veth peer name vb && ip -o link show va | cut -d: -f1'
	assert_status 0
	inspect --quiet --nested --cap keep:net_admin -- mount -t tmpfs x /mnt
	assert_status 32
	inspect --quiet --nested --cap keep:all --user self -- sh -c 'mount -t tmpfs x /mnt; id -u'
	assert_equal "$output" "$(id -u)"
}

@test "sudo runs the command, which is root already" {
	dev -- bash -c 'sudo id -u; sudo -- ip netns add x && sudo ip netns; sudo A=1 sh -c "echo \$A"; command -v sudo'
	assert_status 0
	assert_equal "$output" $'0\nx\n1\n/opt/immure/bin/sudo'
}
