#!/usr/bin/env bats
# Every system call of a launch made to fail, in four ways, and every process killed at
# each of its calls: tests/lib/inject.py says what must come of it.
# runs alone
#
# shellcheck disable=SC2030,SC2031 # inject_with_ids calls `run` itself

load ../lib/common
load ../lib/inject

# shellcheck disable=SC2034 # of bats
BATS_TEST_TIMEOUT=1800

# all_of CASE: and every call that was seen was made to fail, but for the listed ones.
all_of() {
	not_sanitized
	run inject --case "$1"
	printf '%s\n' "${lines[@]}" | grep "^$1: " >&3
	assert_status 0
	assert_output_has ', 0 hole'
}

@test "ROB-28: a plain launch" { all_of default; }
@test "ROB-28: one whose command is process 1" { all_of as-pid-1; }
@test "ROB-28: one with more to make" { all_of files; }
@test "ROB-28: one on a terminal" { all_of terminal; }
@test "ROB-28: one that shares namespaces" { all_of share; }
@test "ROB-28: one that moves clocks" { all_of clocks; }
@test "ROB-28: one that joins namespaces" { all_of joined; }
@test "ROB-28: one with a root file system of its own" { all_of root; }
@test "ROB-28: one with a network" { all_of online; }
@test "ROB-28: one with a network that is recorded" { all_of recorded; }
@test "ROB-28: one with published ports" { all_of published; }
@test "ROB-28: one with names of the session bus" {
	needs xdg-dbus-proxy
	all_of bus
}

# It makes the same few calls for each of its mounts.
some_of() {
	not_sanitized
	run inject --sample 7 --case "$1"
	printf '%s\n' "${lines[@]}" | grep "^$1: " >&3
	assert_status 0
	assert_output_has ', 0 hole'
}

@test "ROB-28: one that has mount(2) alone" { some_of old-mounts; }
@test "ROB-28: one with namespaces inside" {
	! is_root || skip 'root is refused'
	all_of nested
}

@test "ROB-28: one with namespaces inside whose command is process 1" {
	! is_root || skip 'root is refused'
	all_of nested-pid-1
}

@test "ROB-28: one that has mount(2) alone, with namespaces inside" {
	! is_root || skip 'root is refused'
	some_of old-nested
}

all_with_ids() {
	not_sanitized
	inject_with_ids --case "$1"
	printf '%s\n' "${lines[@]}" | grep "^$1: " >&3
	assert_status 0
	assert_output_has ', 0 hole'
}

@test "ROB-28: one with several ids and rights over them" { all_with_ids ids; }
@test "ROB-28: one with several ids whose command is process 1" { all_with_ids ids-pid-1; }
@test "ROB-28: one with several ids and namespaces inside" { all_with_ids ids-nested; }
