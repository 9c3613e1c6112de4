#!/usr/bin/env bats
# A command that takes all it can get: processes, threads, memory, files, time. What it
# gets is bounded, and others have what they had.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/life

setup() {
	common_setup
	HOME=$TEST_TMP/home
	mkdir -p "$HOME/work"
	cd "$HOME/work" || return
}

number() { sed -n "s/^$1: //p" <<<"$output"; }

@test "RES-01 RES-02: without walls there are as many processes and threads as one likes" {
	run "$PROBE" forks 300
	assert_equal "$(number forks)" 300
	run "$PROBE" threads 300
	assert_equal "$(number threads)" 300
}

@test "RES-01 RES-02: weakened, without limits there are, too" {
	run weakly limits --rlimit nproc=64 -- "$PROBE" forks 300
	assert_equal "$(number forks)" 300
	run weakly limits --rlimit nproc=64 -- "$PROBE" threads 300
	assert_equal "$(number threads)" 300
}

@test "RES-01: a bomb of processes is bounded, ends in time, and leaves the caller's alone" {
	inspect --rlimit nproc=64 -- "$PROBE" forks 300
	[[ $(number forks) -ge 60 && $(number forks) -lt 64 ]]
	needs perl
	local mark=immure-bomb-$BASHPID
	hold --rlimit nproc=64 --timeout 20 -- perl -e '$| = 1; print "on\n"; while (1) { fork; select undef, undef, undef, 0.05 }' "$mark"
	many() { [[ $(pgrep -cf "^perl.*$mark") -ge 62 ]]; }
	until_true many
	# All the while the caller can start as many as before.
	run "$PROBE" forks 100
	assert_equal "$(number forks)" 100
	[[ $(pgrep -cf "^perl.*$mark") -le 64 ]]
	kill -TERM "$SUPERVISOR"
	# shellcheck disable=SC2154 # of hold
	exec {hold_fd}>&-
	wait "$SUPERVISOR" || true
	refute test -e "/proc/$INIT"
	refute pgrep -f "^perl.*$mark"
}

@test "RES-02: a bomb of threads is bounded by the same limit" {
	inspect --rlimit nproc=64 -- "$PROBE" threads 300
	[[ $(number threads) -ge 60 && $(number threads) -lt 64 ]]
	# One limit for both, and nobody inside can raise it.
	inspect --rlimit nproc=64 --ro-bind "$PROBE" -- sh -c 'ulimit -u 1000; ulimit -Hu 1000; "$0" threads 300' "$PROBE"
	[[ $(number threads) -lt 64 ]]
}

@test "RES-03: without walls memory is had" {
	[[ $("$PROBE" eat 96 | grep -c had) -eq 96 ]]
}

@test "RES-03: a limit of memory ends the hog, and the launcher says how it ended" {
	inspect --rlimit as=64M -- "$PROBE" eat 96
	assert_status 1
	[[ $(grep -c had <<<"$output") -lt 64 ]]
	assert_output_has 'eat: ENOMEM'
}

@test "RES-04 FS-31: without walls a directory takes what its file system has" {
	run "$PROBE" empty-files . 300
	assert_output_has 'files: 300'
	fallocate -l 3M big
}

@test "RES-04: what is written to the private directories is bounded" {
	local file
	for file in /tmp/x ~/x /run/x /dev/shm/x /var/tmp/x; do
		inspect -- sh -c "fallocate -l 1T $file && echo had"
		assert_output_lacks had
		assert_stderr_has 'No space left on device'
	done
	inspect --tmpfs /t:size=1M -- sh -c 'head -c 3000000 /dev/zero >/t/x; stat -c %s /t/x'
	assert_equal "$output" 1048576
}

@test "FS-31: empty files without end come to an end" {
	inspect --rlimit cpu=20 --ro-bind "$PROBE" -- sh -c 'stat -f -c "inodes: %c" /tmp; "$0" empty-files /tmp 300000' "$PROBE"
	[[ $(number inodes) -le 200000 && $(number files) -lt 200000 ]]
	assert_output_has 'empty-files: ENOSPC'
}

@test "RES-07: a file as large as the disk is had in a writable directory, and a limit of size ends that" {
	# Without walls as much as there is, and so where it may write and no limit is set.
	fallocate -l 3M big && rm big
	inspect --cwd rw -- fallocate -l 3M big
	assert_equal "$(stat -c %s big)" 3145728
	rm big
	inspect --cwd rw --rlimit fsize=1M -- sh -c 'head -c 3000000 /dev/zero >big; echo "status $?"'
	assert_equal "$(stat -c %s big)" 1048576
	# A lock on a shared file ends with the one who has it.
	touch lock
	hold --cwd rw -- sh -c 'exec 9<lock; flock 9; echo on; read -r line'
	refute flock -n lock true
	release
	flock -n lock true
}

@test "RES-08: without walls a crash leaves its memory in the current directory" {
	[[ $(cat /proc/sys/kernel/core_pattern) == core && $(cat /proc/sys/kernel/core_uses_pid) == 0 ]] || skip 'this kernel writes it elsewhere'
	sh -c 'ulimit -c unlimited; kill -SEGV $$' || true
	[[ -s core ]]
}

@test "RES-08: weakened, without limits it does, too" {
	[[ $(cat /proc/sys/kernel/core_pattern) == core && $(cat /proc/sys/kernel/core_uses_pid) == 0 ]] || skip 'this kernel writes it elsewhere'
	run bash -c 'ulimit -c unlimited; timeout 20 "$IMMURE_WEAK" run --weaken limits --cwd rw -- sh -c "kill -SEGV \$\$"'
	[[ -s core ]]
}

@test "RES-08: no crash leaves one, whatever the caller's limit is and the command does" {
	run bash -c 'ulimit -c unlimited; timeout 20 "$IMMURE" run --cwd rw -- sh -c "ulimit -c unlimited; ulimit -Hc unlimited; kill -SEGV \$\$"'
	assert_status 139
	assert_equal "$(ls -A)" ''
	hold
	assert_equal "$(grep '^Max core file size' "/proc/$(pgrep -P "$INIT")/limits" | tr -s ' ')" 'Max core file size 0 0 bytes '
	release
}

@test "RES-11: sparse files, links without end, zeros without end: bounded in time and space" {
	inspect --timeout 10 --cwd rw -- sh -c 'truncate -s 4G sparse; i=0; while [ $i -lt 500 ]; do ln sparse link$i; i=$((i + 1)); done; ls | wc -l'
	assert_status 0
	assert_equal "$output" 501
	[[ $(stat -c %b sparse) -eq 0 ]]
	inspect --timeout 0.5 -- sh -c 'cat /dev/zero >/dev/null'
	assert_status 124
	inspect --timeout 0.5 -- sh -c 'while :; do :; done'
	assert_status 124
}
