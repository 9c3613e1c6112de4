#!/usr/bin/env bats
# What the options about rights and system calls do, and say.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	make_work
	cd "$WORK" || return
}

# bpf FILE CODE:JT:JF:K...: a program, as seccomp_export_bpf(3) writes it.
bpf() {
	local file=$1
	shift
	python3 -c '
import struct, sys
for one in sys.argv[1:]:
    sys.stdout.buffer.write(struct.pack("<HBBI", *(int(word, 0) for word in one.split(":"))))' "$@" >"$file"
}

@test "a call is denied by its name, its number and its group, and allowed again" {
	[[ $(uname -m) == x86_64 ]] || skip 'the number is one of x86-64'
	local what
	for what in deny:getpriority deny:140 deny:lseek,getpriority allow:getpriority,140,getpriority; do
		inspect --syscall "$what" --syscall deny:getpriority -- "$PROBE" call 140 0 0
		assert_equal "$output" 'call: EPERM'
	done
	inspect --syscall deny:140 -- "$PROBE" call 140 0 0
	assert_equal "$output" 'call: EPERM'
	inspect --syscall deny:getpriority --syscall allow:getpriority -- "$PROBE" call 140 0 0
	assert_equal "$output" 'call: ok'
	inspect --syscall deny:getpriority --syscall none -- "$PROBE" call 140 0 0
	assert_equal "$output" 'call: ok'
	inspect --syscall deny:@socket -- "$PROBE" call 41 1 1 0
	assert_equal "$output" 'call: EPERM'
	inspect --syscall allow:@handle -- "$PROBE" call 303 -100 s:/usr mem mem 0
	assert_output_lacks EPERM
	assert_stderr_has 'note: syscall allow:@handle (command line): files can be opened by number'
}

@test "somebody's own filter takes away, and opens nothing" {
	needs python3
	bpf allow 6:0:0:0x7fff0000
	inspect --seccomp-file allow -- "$PROBE" calls '165 s:x s:/tmp s:tmpfs 0 0' '425 8 mem'
	assert_equal "$output" $'call: EPERM\ncall: ENOSYS'
	inspect --seccomp-file allow -- grep Seccomp_filters /proc/self/status
	assert_equal "$output" $'Seccomp_filters:\t2'
	inspect --seccomp off --seccomp-file allow -- grep Seccomp_filters /proc/self/status
	assert_equal "$output" $'Seccomp_filters:\t1'
	# The C library hands the error on as it is.
	bpf deny 0x20:0:0:0 "0x15:0:1:$(python3 -c 'import platform; print({"x86_64": 110, "aarch64": 173}[platform.machine()])')" 6:0:0:0x5004d 6:0:0:0x7fff0000
	inspect --seccomp-file deny -- python3 -c 'import ctypes; print(ctypes.CDLL(None).getppid())'
	assert_equal "$output" -77
}

@test "a file that is no filter stops the launch" {
	needs python3
	bpf good 6:0:0:0x7fff0000
	head -c 7 good >short
	: >empty
	inspect --seccomp-file short -- touch made
	assert_status 125
	assert_stderr_has '7 bytes are no filter'
	inspect --seccomp-file empty -- touch made
	assert_status 125
	# A jump out of it: only the kernel looks that far.
	bpf bad 5:0:0:9
	inspect --cwd rw --seccomp-file bad -- touch made
	assert_status 125
	assert_stderr_has 'filter system calls: seccomp-file bad (command line)'
	assert_stderr_has 'hint: the kernel takes no such program'
	[[ ! -e made ]]
}

@test "capabilities of its own user namespace, and no other" {
	is_root && skip 'root gets none'
	inspect --cap add:dac_override,kill -- grep Cap /proc/self/status
	assert_equal "$(cut -f2 <<<"$output" | sort -u)" $'0000000000000000\n0000000000000022'
	assert_stderr_has 'note: cap (command line)'
	inspect -q --cap add:kill --cap keep:dac_override --user self -- grep CapEff /proc/self/status
	assert_equal "$output" $'CapEff:\t0000000000000002'
	inspect --cap add:kill --cap none -- grep CapEff /proc/self/status
	assert_equal "$output" $'CapEff:\t0000000000000000'
	# A right over what is its own, not over what is root's outside.
	inspect -q --cwd rw --cap add:dac_override -- sh -c 'echo x >f; chmod 0 f; cat f; touch /usr/x /etc/x'
	assert_equal "$output" x
	assert_stderr_has 'Read-only'
}

@test "capabilities are refused to root of the host, and where the user namespace is shared" {
	if is_root; then
		inspect --cap add:kill -- true
		assert_stderr_has 'you are root of this machine'
	else
		inspect --cap add:kill --share user,mount,pid,ipc,uts,net,cgroup -- true
		assert_stderr_has 'contradict each other'
	fi
	assert_status 125
}
