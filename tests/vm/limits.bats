#!/usr/bin/env bats
# --memory, --pids and --cpus on a host with control groups of version 2 and systemd,
# which gives a scope away when asked: an ordinary user's own systemd, root's the host's.
#
# runs alone
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/life

groups=/sys/fs/cgroup

# eat MIB: python that uses as much memory, and says so.
eat() { printf 'python3 -c "b = bytearray(%d << 20); print(len(b) >> 20)"' "$1"; }

group_of() { echo "$groups$(sed -n 's/^0:://p' "/proc/$1/cgroup")"; }

# Not even an empty one is left.
no_group_left() { [[ -z $(find "$groups" -name 'immure-*' -print -quit) ]]; }

teardown() {
	until_true no_group_left
	common_teardown
}

@test "this host has what these tests are about" {
	assert_equal "$(stat -f -c %T "$groups")" cgroup2fs
	local name
	for name in memory pids cpu; do
		grep -qw "$name" "$groups/cgroup.controllers" || fail_test "no $name controller"
	done
}

@test "the group has the limits, and init and the command are in it, and nobody else" {
	hold --memory 64M --pids 7 --cpus 0.5
	local group
	group=$(group_of "$INIT")
	[[ ${group##*/} == immure-* ]] || fail_test "init is in $group"
	assert_equal "$(cat "$group/memory.max")" 67108864
	assert_equal "$(cat "$group/memory.swap.max")" 0
	assert_equal "$(cat "$group/memory.oom.group")" 1
	assert_equal "$(cat "$group/pids.max")" 8
	assert_equal "$(cat "$group/cpu.max")" '50000 100000'
	assert_equal "$(sort <"$group/cgroup.procs")" "$( (echo "$INIT"; pgrep -P "$INIT") | sort)"
	[[ $(group_of "$SUPERVISOR") == "${group%/*}/"*-outside ]] || fail_test "we are in $(group_of "$SUPERVISOR")"
	release
	[[ ! -e $group ]] || fail_test 'it is still there'
}

@test "what is not limited is not limited" {
	hold --pids 7
	local group
	group=$(group_of "$INIT")
	assert_equal "$(cat "$group/pids.max")" 8
	[[ ! -e $group/memory.max || $(cat "$group/memory.max") == max ]]
	release
	hold
	[[ $(group_of "$INIT") == "$(group_of $$)" && $(group_of "$SUPERVISOR") == "$(group_of $$)" ]]
	release
}

@test "inside, the group is the root of all that can be seen of groups" {
	inspect --memory 64M -- cat /proc/self/cgroup
	assert_equal "$output" '0::/'
	inspect --memory 64M --share cgroup -- cat /proc/self/cgroup
	[[ $output == 0::/*/immure-* ]] || fail_test 'not the name of the group'
	inspect --memory 64M --as-pid-1 -- cat /proc/self/cgroup
	assert_equal "$output" '0::/'
}

@test "--dry-run says where it would be, and makes nothing" {
	inspect --dry-run --memory 64M true
	assert_status 0
	[[ $output =~ cgroup\ +made\ in\ a\ scope\ of\ systemd ]] || fail_test 'not where'
	no_group_left
}

@test "memory: over it all ends with 137, and that is said; below it nothing is" {
	inspect --memory 64M -- sh -c "$(eat 200); echo survived"
	assert_status 137
	assert_equal "$output" ''
	assert_stderr_has 'immure: limit: memory 64M (command line) was used up, and everything inside was ended'
	inspect --memory 512M -- sh -c "$(eat 200)"
	assert_status 0
	assert_equal "$output" 200
	assert_stderr_lacks limit
	# The wall is the limit: without it there is enough.
	inspect -- sh -c "$(eat 200)"
	assert_equal "$output" 200
}

@test "memory: of all processes together, in the background too" {
	inspect --memory 128M -- sh -c "for i in 1 2 3 4; do $(eat 60) & done; wait; echo survived"
	assert_status 137
	refute grep -q survived <<<"$output"
	inspect --memory 128M -- sh -c "$(eat 60); $(eat 60); $(eat 60); echo survived"
	assert_equal "$output" $'60\n60\n60\nsurvived'
}

@test "memory: the command as process 1" {
	inspect --memory 64M --as-pid-1 -- python3 -c 'b = bytearray(200 << 20)'
	assert_status 137
	assert_stderr_has 'memory 64M (command line) was used up'
}

@test "memory: files in memory count, and a full disk comes before the end" {
	inspect --memory 64M -- sh -c 'head -c 60M /dev/zero >/tmp/file; echo "status $?"'
	assert_status 0
	assert_equal "$output" 'status 1'
	assert_stderr_has 'No space left on device'
	inspect --memory 64M --tmpfs /big:size=300M -- sh -c 'head -c 200M /dev/zero >/big/file; echo survived'
	assert_status 137
	assert_equal "$output" ''
	assert_stderr_has 'memory 64M (command line) was used up'
}

@test "memory: what no limit of a process counts: anonymous files, shared memory" {
	inspect --memory 64M -- python3 -c 'import os
fd = os.memfd_create("x")
for i in range(200): os.write(fd, bytes(1 << 20))
print("survived")'
	assert_status 137
	inspect --memory 64M -- python3 -c 'import mmap
m = mmap.mmap(-1, 200 << 20)
for i in range(0, 200 << 20, 4096): m[i] = 1
print("survived")'
	assert_status 137
}

@test "memory: too little to start with is an error of ours" {
	inspect --memory 1M --tmpfs /x:size=64M -- sh -c 'echo ran; head -c 32M /dev/zero >/x/file'
	# shellcheck disable=SC2154 # by bats
	[[ $status -eq 125 && -z $output && $stderr == *'memory 1M (command line): it was used up before the command ran'* ||
		$status -eq 137 && $stderr == *'memory 1M (command line) was used up'* ]] || fail_test 'neither'
}

@test "pids: processes" {
	inspect --pids 5 -- bash -c 'for i in {1..10}; do sleep 5 & done 2>&1; jobs -p | wc -l; kill -KILL %1' 
	assert_stderr_has 'immure: limit: pids 5 (command line) was reached: '
	inspect --pids 12 -- bash -c 'for i in {1..10}; do sleep 0.1 & done; wait; echo all'
	assert_status 0
	assert_equal "$output" all
	assert_stderr_lacks limit
}

@test "pids: one is the command, as process 1 too; threads count" {
	local option
	for option in --quiet --as-pid-1; do
		inspect --pids 1 "$option" -- bash -c 'echo one; exec 2>&-; (echo two) || echo no'
		assert_output_has one
		assert_output_lacks two
		assert_stderr_has 'pids 1 (command line) was reached'
	done
	inspect --pids 4 -- python3 -c 'import threading, time
n = 0
try:
    for i in range(10): threading.Thread(target=time.sleep, args=(0.2,)).start(); n += 1
except RuntimeError: pass
print(n)'
	assert_equal "$output" 3
}

@test "pids: a fork bomb is held, and ends with the command" {
	inspect --pids 30 --timeout 3 -- bash -c 'bomb() { bomb | bomb & }; exec 2>&-; bomb; sleep 100'
	assert_status 124
	assert_stderr_has 'pids 30 (command line) was reached'
}

@test "cpus: who wants more has to wait" {
	hold --cpus 0.1 -- sh -c 'echo on; while :; do :; done'
	local group
	group=$(group_of "$INIT")
	assert_equal "$(cat "$group/cpu.max")" '10000 100000'
	throttled() { grep -qE '^nr_throttled [1-9]' "$group/cpu.stat"; }
	until_true throttled
	kill "$SUPERVISOR"
	release
	# The least that the kernel takes, and so little that it may take minutes to start.
	inspect --cpus 0.01 --timeout 1 -- sleep 100
	assert_status 124
	hold --cpus 10000
	assert_equal "$(cat "$(group_of "$INIT")/cpu.max")" '1000000000 100000'
	release
}

@test "a profile's limits, the command line's last word" {
	printf '%s\n' 'include default' 'memory 1G' 'pids 9' >"$TEST_TMP/x.profile"
	hold --profile "$TEST_TMP/x.profile" --memory 96M --pids unlimited
	local group
	group=$(group_of "$INIT")
	assert_equal "$(cat "$group/memory.max")" $((96 << 20))
	assert_equal "$(cat "$group/pids.max" 2>/dev/null || echo max)" max
	release
}

@test "SIGKILL of the supervisor: everything inside ends, and the group with it" {
	local _
	for _ in 1 2 3; do
		hold --memory 64M
		local all
		all=$(descendants "$SUPERVISOR")
		kill -KILL "$SUPERVISOR"
		# shellcheck disable=SC2086 # a list of words
		until_true gone $all
		release
		until_true no_group_left
	done
}

@test "who would outlive a shared pid namespace does not outlive the group" {
	inspect --share pid --memory 64M -- sh -c 'setsid sleep 4711 >&- 2>&- <&- & echo $!'
	assert_status 0
	until_true no_group_left
	refute pgrep -f 'sleep 4711'
}

@test "signals, statuses and the terminal are as without" {
	inspect --memory 64M -- sh -c 'exit 7'
	assert_status 7
	inspect --memory 64M -- sh -c 'kill -TERM $$'
	assert_status 143
	inspect --memory 64M --timeout 0.5 -- sleep 100
	assert_status 124
	inspect --memory 64M -- /nonesuch
	assert_status 127
	until_true no_group_left
}

@test "many at a time" {
	local i pids=()
	for i in 1 2 3 4 5; do
		"$IMMURE" run --quiet --memory 64M --pids 5 -- sh -c "echo $i; sleep 0.5" >"$TEST_TMP/$i" 2>&1 3>&- &
		pids+=($!)
	done
	for i in 1 2 3 4 5; do
		wait "${pids[i - 1]}" || fail_test "$i: $(cat "$TEST_TMP/$i")"
		assert_equal "$(cat "$TEST_TMP/$i")" "$i"
	done
}
