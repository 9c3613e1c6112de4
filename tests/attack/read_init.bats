#!/usr/bin/env bats
# Process 1 is ours and was started with the caller's command line and environment:
# neither, nor its files, memory and namespaces, are for the command to see.

load ../lib/common
load ../lib/sandbox

# For a shell: what of a process can be read.
# shellcheck disable=SC2016 # for the shell that is attacked with
look='for what in environ maps mem auxv stack syscall; do
	head -c 64 /proc/$0/$what >/dev/null 2>&1 && echo "read $what"
done
for what in exe cwd root ns/user ns/mnt ns/pid ns/net fd/0 fd/1 fd/3; do
	readlink /proc/$0/$what >/dev/null 2>&1 && echo "link $what"
done
ls /proc/$0/map_files 2>/dev/null | head -1
true'

@test "PROC-03 FD-13: without walls a process of the same user is an open book" {
	SECRET=canary sleep 30 3</dev/null &
	local pid=$!
	until grep -qa SECRET=canary "/proc/$pid/environ"; do sleep 0.01; done
	run sh -c "$look" "$pid"
	kill "$pid"
	assert_output_has 'read environ'
	assert_output_has 'read maps'
	assert_output_has 'link exe'
	assert_output_has 'link fd/3'
}

@test "PROC-03 FD-13: nothing of process 1 can be read" {
	SECRET=canary inspect -- sh -c "$look" 1
	assert_status 0
	assert_equal "$output" ''
}

@test "PROC-03: it has no arguments, from the command's first moment on" {
	for _ in {1..60}; do
		inspect --setenv SECRET=canary -- "$PROBE" init-cmdline
		assert_equal "$output" immure-init
	done
}

@test "PROC-03: from outside it has no arguments either, and its files are not the caller's" {
	hold --setenv SECRET=canary
	assert_equal "$(tr -d '\0' <"/proc/$INIT/cmdline")" immure-init
	# What is not dumpable belongs to root: proc(5).
	assert_equal "$(stat -c %u "/proc/$INIT/environ" "/proc/$INIT/fd" "/proc/$INIT/maps" | sort -u)" 0
	release
}

@test "PTR-01: without walls a process of the same user can be traced" {
	sleep 30 &
	local pid=$!
	run "$PROBE" ptrace "$pid"
	kill "$pid"
	assert_equal "$output" 'ptrace: ok'
}

@test "PTR-01 PTR-07: process 1 cannot be traced, killed or stopped" {
	inspect -- "$PROBE" ptrace 1
	assert_equal "$output" 'ptrace: EPERM'
	inspect -- sh -c 'kill -STOP 1; kill -KILL 1; kill -TERM 1; kill -HUP 1; sleep 0.1; echo alive'
	assert_status 0
	assert_equal "$output" alive
}
