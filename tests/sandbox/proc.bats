#!/usr/bin/env bats
# /proc shows the sandbox's own processes and the machine as programs need it; what
# tells of the host or acts on it is covered, and nothing of it can be written but what
# a process may say of itself.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

covered=$(sed -n 's/^cover \([^ ]*\) .*/\1/p' "$BATS_TEST_DIRNAME/lists/mounts.txt")

show='for path; do if test -d $path; then ls -A $path; else cat $path; fi; done'

# For a shell that reads names: those of files that it can open for writing.
try_to_write='while read -r path; do { : >>"$path"; } 2>/dev/null && echo "$path"; done; true'

@test "only processes of the sandbox, numbered from 1" {
	inspect -- bash -c 'cd /proc; echo [0-9]*; echo 1 $$; echo $PPID'
	assert_equal "${lines[0]}" "${lines[1]}"
	assert_equal "${lines[2]}" 1
}

@test "PROC-07 PROC-09: what is covered is empty, also for root of the host" {
	# shellcheck disable=SC2086 # a list
	inspect -- sh -c "$show" - $covered
	assert_equal "$output" ''
}

@test "PROC-08: a cover cannot be lifted" {
	inspect -- sh -c 'umount /proc/keys; umount -l /proc/sys; mount -t proc proc /tmp; mount --bind /tmp /proc/keys
		rm /proc/keys; mv /proc/keys /proc/x; cat /proc/1/root/proc/keys /proc/self/root/proc/keys; mount -o remount,rw /proc/sys'
	assert_equal "$output" ''
}

@test "what programs ask for can be read" {
	inspect -- sh -c 'cat /proc/cpuinfo /proc/meminfo /proc/stat /proc/loadavg /proc/uptime /proc/version /proc/filesystems \
		/proc/vmstat /proc/diskstats /proc/self/status /proc/self/maps /proc/sys/kernel/pid_max \
		/proc/sys/kernel/random/boot_id /proc/sys/vm/overcommit_memory /proc/net/dev >/dev/null'
	assert_status 0
}

@test "PROC-04: no file below /proc/sys can be written" {
	inspect -- bash -c "find /proc/sys -type f -writable; find /proc/sys -type f 2>/dev/null | $try_to_write"
	assert_status 0
	assert_equal "$output" ''
}

@test "PROC-05: no other file of /proc can be written, but of one's own process" {
	inspect -- bash -c "find /proc -xdev \( -path '/proc/[0-9]*' -o -path /proc/sys \) -prune -o -type f -print |
		$try_to_write"
	assert_status 0
	# A process may watch the pressure on the machine; that is all that it can say there.
	assert_equal "$(grep -v '^/proc/pressure/' <<<"$output")" ''
}

@test "PROC-14: a program can be named, and made easier to kill but not harder" {
	inspect -- bash -c 'echo other >/proc/self/comm && cat /proc/$$/comm
		echo 500 >/proc/self/oom_score_adj && cat /proc/$$/oom_score_adj; (echo -1000 >/proc/self/oom_score_adj) 2>/dev/null || echo no'
	assert_equal "$(tail -n 1 <<<"$output")" no
	assert_output_has 500
}

@test "--proc none is no /proc" {
	inspect --proc none -- sh -c 'ls -A /proc'
	assert_status 2
}

@test "--proc host-ro is the host's, read-only, with the same covers" {
	inspect --proc host-ro -- sh -c "ls -d /proc/$$ && cat /proc/$$/comm; echo x >/proc/self/comm"
	assert_output_has "$(cat "/proc/$$/comm")"
	assert_stderr_has 'Read-only file system'
	# shellcheck disable=SC2086 # a list
	inspect --proc host-ro -- sh -c "$show" - $covered
	assert_equal "$output" ''
	inspect --proc host-ro -- bash -c "find /proc/sys /proc/self/ -type f 2>/dev/null | $try_to_write"
	assert_equal "$output" ''
}

@test "of other processes of the caller, --proc host-ro shows no secrets" {
	SECRET=canary sleep 30 &
	local pid=$!
	inspect --proc host-ro -- sh -c "cat /proc/$pid/environ; ls -l /proc/$pid/fd /proc/$pid/cwd; readlink /proc/$pid/root; cat /proc/$pid/root/etc/shadow
		kill $pid; cat /proc/$pid/status | head -1"
	kill "$pid"
	assert_output_lacks canary
	assert_output_has 'Name:'
	assert_output_lacks ' -> '
}
