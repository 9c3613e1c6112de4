#!/usr/bin/env bats
# `immure doctor` on kernels and with a systemd that other machines may not have.
#
# root alone

load ../lib/common
load ../lib/sandbox

user=immure-test

setup() {
	common_setup
	cd "$TEST_TMP" || return
	chmod 777 "$TEST_TMP"
}

teardown() {
	sysctl -qw kernel.unprivileged_userns_clone=1
	common_teardown
}

as_user() { timeout -k 5 300 runuser -u "$user" -- "$@"; }

# told PROBE KEY: of ./json.
told() {
	python3 -c 'import json, sys
for probe in json.load(open("json"))["probes"]:
    if probe["probe"] == sys.argv[1]:
        value = probe[sys.argv[2]]
        print("\n".join(value) if isinstance(value, list) else value)' "$@"
}

@test "an ordinary user has everything, a control group by systemd too" {
	needs python3
	local uid
	uid=$(id -u "$user")
	loginctl enable-linger "$user"
	until [[ -S /run/user/$uid/bus ]]; do sleep 0.2; done
	as_user env XDG_RUNTIME_DIR="/run/user/$uid" "$IMMURE" doctor --json >json
	assert_equal "$(told 'control group' verdict) $(told 'control group' why)" 'works a scope of systemd'
	assert_equal "$(python3 -c 'import json
print([probe["probe"] for probe in json.load(open("json"))["probes"] if probe["needed"] and probe["verdict"] != "works"])')" '[]'
	[[ $(told Landlock why) == ABI* ]]
	grep -q '"place":"virtual machine' json
	[[ -z $(find /sys/fs/cgroup -name 'immure-*' -print -quit) ]]
}

@test "root has it as well, and in a scope of its own the group is a part of that" {
	needs python3
	timeout -k 5 300 "$IMMURE" doctor --json >json
	assert_equal "$(told 'control group' verdict)" works
	timeout -k 5 300 systemd-run -q --scope -p Delegate=yes "$IMMURE" doctor --json >json
	assert_equal "$(told 'control group' verdict)" works
	[[ $(told 'control group' why) == 'below '* ]] || fail_test "$(told 'control group' why)"
	[[ -z $(find /sys/fs/cgroup -name 'immure-*' -print -quit) ]]
}

@test "kernel.unprivileged_userns_clone=0: named, typed, and gone" {
	needs python3
	sysctl -qw kernel.unprivileged_userns_clone=0
	as_user "$IMMURE" doctor --json >json || assert_equal $? 1
	assert_equal "$(told 'user namespace' verdict) $(told "kernel's switch" verdict)" 'missing missing'
	local told
	told=$(told "kernel's switch" advice | sed -n 's/.*as root: //p')
	assert_equal "$told" 'sysctl -w kernel.unprivileged_userns_clone=1'
	bash -c "$told"
	as_user "$IMMURE" doctor --json >json
	assert_equal "$(told 'user namespace' verdict) $(told "kernel's switch" why)" \
		'works kernel.unprivileged_userns_clone allows them'
}

@test "a limit of the host that is 0: both say so" {
	needs python3
	local most
	most=$(sysctl -n user.max_net_namespaces)
	sysctl -qw user.max_net_namespaces=0
	as_user "$IMMURE" doctor --json >json || assert_equal $? 1
	run as_user "$IMMURE" run -- true
	sysctl -qw user.max_net_namespaces="$most"
	assert_equal "$(told 'net namespace' verdict)" missing
	assert_output_has 'hint: net namespace: user.max_net_namespaces is 0 here'
}

@test "ping_group_range: what is told helps" {
	needs python3
	local before
	before=$(sysctl -n net.ipv4.ping_group_range)
	sysctl -qw net.ipv4.ping_group_range='1 0'
	as_user "$IMMURE" doctor --json >json
	assert_equal "$(told 'ping socket' verdict)" missing
	bash -c "$(told 'ping socket' advice | sed -n 's/.*as root: //p')"
	as_user "$IMMURE" doctor --json >json
	sysctl -qw net.ipv4.ping_group_range="$before"
	assert_equal "$(told 'ping socket' verdict)" works
}
