#!/usr/bin/env bats
# The sandbox has a name of its own, which the command cannot change.

load ../lib/common
load ../lib/sandbox

all='uname -n; hostname; cat /etc/hostname /proc/sys/kernel/hostname /proc/sys/kernel/domainname'

@test "by default it is immure, without a domain" {
	inspect -- sh -c "$all"
	assert_equal "$output" $'immure\nimmure\nimmure\nimmure\n(none)'
}

@test "--hostname and --domainname" {
	inspect --hostname a-b.c_1 --domainname nis.example -- sh -c "$all; grep 127.0.1.1 /etc/hosts"
	assert_equal "$output" $'a-b.c_1\na-b.c_1\na-b.c_1\na-b.c_1\nnis.example\n127.0.1.1\ta-b.c_1'
	local longest
	longest=$(printf 'x%.0s' {1..64})
	inspect --hostname "$longest" -- hostname
	assert_equal "$output" "$longest"
}

@test "what is no name is refused" {
	local name
	for name in '' a/b 'a b' $'a\nb' -a .a "$(printf 'x%.0s' {1..65})" 'ä'; do
		inspect --hostname "$name" -- true
		assert_status 125
		inspect --domainname "$name" -- true
		assert_status 125
	done
}

@test "NS-09: the command cannot change it, and the host's stays" {
	local before
	before=$(uname -n)
	inspect -- sh -c 'hostname other; domainname other; echo other >/proc/sys/kernel/hostname; uname -n'
	assert_equal "$output" immure
	assert_equal "$(uname -n)" "$before"
}
