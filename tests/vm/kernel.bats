#!/usr/bin/env bats
# What these kernels have that others have not, as a sandbox sees it.
#
# root alone

load ../lib/common
load ../lib/sandbox

user=immure-test

teardown() {
	sysctl -qw kernel.unprivileged_userns_clone=1
	common_teardown
}

as_user() { timeout -k 5 60 runuser -u "$user" -- "$@"; }

@test "kernel.unprivileged_userns_clone=0: an error, and what lifts it" {
	sysctl -qw kernel.unprivileged_userns_clone=0
	# Root may make the first, and what that has may not make the second.
	run "$IMMURE" run -- echo ran
	assert_status 125
	assert_output_lacks ran
	assert_equal "${lines[1]##*as root: }" 'sysctl -w kernel.unprivileged_userns_clone=1'
	run as_user "$IMMURE" run -- echo ran
	local told=${lines[1]##*as root: }
	assert_status 125
	assert_output_lacks ran
	assert_equal "${lines[0]}" 'immure: create the namespaces: clone into new namespaces: Operation not permitted'
	assert_equal "$told" 'sysctl -w kernel.unprivileged_userns_clone=1'
	bash -c "$told"
	run as_user "$IMMURE" run -- echo ran
	assert_status 0
	assert_equal "$output" ran
}

@test "AppArmor is on, and does not mind" {
	assert_equal "$(cat /sys/module/apparmor/parameters/enabled)" Y
	grep -qw apparmor /sys/kernel/security/lsm
	run as_user "$IMMURE" run -- cat /proc/self/attr/current
	assert_output_has unconfined
}

@test "Landlock is there" {
	grep -qw landlock /sys/kernel/security/lsm
}
