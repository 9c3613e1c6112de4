#!/usr/bin/env bats
# The kernel is large, and most of it no program needs. Each call is made by its number,
# past the C library, with what the kernel would take: what is refused inside works, or
# is refused for another reason, without the filter.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	[[ $(uname -m) == x86_64 ]] || skip 'the numbers are those of x86-64'
}

# attempt NAME... : their calls of the table, one a line, as "NAME: what came out".
declare -gA number=(
	[mount]='165 s:x s:/tmp s:tmpfs 0 0' [umount2]='166 s:/tmp 2' [pivot_root]='155 s:/tmp s:/tmp'
	[chroot]='161 s:/tmp' [open_tree]='428 -100 s:/usr 1' [move_mount]='429 -1 s:x -1 s:x 0'
	[fsopen]='430 s:tmpfs 0' [fsconfig]='431 -1 6 0 0 0' [fsmount]='432 -1 0 0'
	[fspick]='433 -100 s:/ 0' [mount_setattr]='442 -100 s:/usr 0 mem 32'
	[open_tree_attr]='467 -100 s:/usr 1 mem 32' [statmount]='457 mem mem 4096 0'
	[listmount]='458 mem mem 8 0' [listns]='470 mem mem 8 0'
	[io_uring_setup]='425 8 mem' [io_uring_enter]='426 0 0 0 0 0' [io_uring_register]='427 0 0 0 0'
	[bpf]='321 0 mem 64' [perf_event_open]='298 mem 0 -1 -1 0' [userfaultfd]='323 1'
	[kexec_load]='246 0 0 0 0' [init_module]='175 mem 8 s:x' [finit_module]='313 0 s:x 0'
	[delete_module]='176 s:nothing 2048' [reboot]='169 0 0 0 0' [swapon]='167 s:/tmp/x 0'
	[swapoff]='168 s:/tmp/x' [acct]='163 s:/tmp/x' [quotactl]='179 0x80000100 0 0 mem'
	[ioperm]='173 128 1 1' [iopl]='172 3' [syslog]='103 10 0 0' [vhangup]='153'
	[lookup_dcookie]='212 0 mem 8' [sethostname]='170 s:x 1' [setdomainname]='171 s:x 1'
	[settimeofday]='164 mem 0' [clock_settime]='227 0 mem' [adjtimex]='159 mem'
	[fanotify_init]='300 0 0' [name_to_handle_at]='303 -100 s:/usr mem mem 0'
	[open_by_handle_at]='304 0 mem 0' [modify_ldt]='154 0 mem 16' [uselib]='134 s:x'
	[sysfs]='139 3' [ustat]='136 0 mem' [memfd_secret]='447 0' [mmap_zero]='9 0 4096 3 0x32 -1 0'
	[move_pages]='279 0 0 0 0 0' [migrate_pages]='256 0 0 0 0' [get_mempolicy]='239 0 0 0 0 0'
	[set_mempolicy]='238 0 0 0' [add_key]='248 s:user s:x mem 1 -2' [request_key]='249 s:user s:x 0 0'
	[keyctl]='250 0 -3 1' [keyctl_user]='250 0 -4 1' [setns]='308 0 0'
	[kcmp]='312 1 1 0 0 0' [pidfd_getfd]='438 0 0 0' [process_vm_readv]='310 1 mem 0 mem 0 0'
	[process_vm_writev]='311 1 mem 0 mem 0 0' [process_madvise]='440 0 0 0 0 0'
	[ptrace]='101 0 0 0 0' [lsm_list_modules]='461 mem mem 0' [clone3]='435 mem 64' [openat2]='437 -100 s:/usr mem 24'
)

attempt() {
	local name calls=()
	for name; do calls+=("${number[$name]}"); done
	inspect "${options[@]}" -- "$PROBE" calls "${calls[@]}"
	output=$(paste -d: <(printf '%s\n' "$@") <(printf '%s\n' "${output//call/}"))
}

# refused ERRNO NAME...: exactly that, inside.
refused() {
	local errno=$1 options=()
	shift
	attempt "$@"
	assert_equal "$output" "$(printf "%s:: $errno\n" "$@")"
}

# Without the filter the kernel says something else of each.
other_without() {
	local errno=$1 options=(--seccomp off)
	shift
	attempt "$@"
	assert_equal "$(wc -l <<<"$output")" $#
	refute grep -E ": $errno\$" <<<"$output"
}

@test "SEC-01: init, the command and every thread of it are filtered, as seen from outside" {
	hold -- python3 -c '
import threading, time
for i in range(3): threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
print("on", flush=True)
input()'
	local command pid status
	command=$(pgrep -P "$INIT")
	for pid in "$INIT" "$command"; do
		for status in /proc/"$pid"/task/*/status; do
			assert_equal "$(grep -E '^Seccomp' "$status")" $'Seccomp:\t2\nSeccomp_filters:\t1'
			assert_equal "$(grep NoNewPrivs "$status")" $'NoNewPrivs:\t1'
		done
	done
	# Without walls a process has none.
	assert_equal "$(grep ^Seccomp: /proc/self/status)" $'Seccomp:\t0'
	assert_equal "$(find /proc/"$command"/task -mindepth 1 -maxdepth 1 | wc -l)" 4
	release
}

@test "SEC-01 SEC-17: also where it shares namespaces, is process 1, or another user" {
	local options
	for options in '--share net,pid' '--as-pid-1' '--user self' '--share user,mount,pid,ipc,uts,net,cgroup' '--seccomp strict'; do
		# shellcheck disable=SC2086 # a list of words
		inspect $options -q -- grep ^Seccomp: /proc/self/status
		assert_equal "$output" $'Seccomp:\t2'
	done
	# Without it.
	inspect --seccomp off -- grep ^Seccomp: /proc/self/status
	assert_equal "$output" $'Seccomp:\t0'
	assert_stderr_has 'seccomp off'
}

@test "SEC-02: the old calls for mounts" {
	refused EPERM mount umount2 pivot_root chroot
	# Without walls root of a namespace may.
	run unshare -Urm "$PROBE" calls "${number[mount]}" "${number[umount2]}" "${number[chroot]}"
	assert_equal "$output" $'call: ok\ncall: ok\ncall: ok'
}

@test "SEC-03: the new ones, and what lists mounts, are missing" {
	local calls=(open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr statmount listmount)
	refused ENOSYS "${calls[@]}" open_tree_attr listns
	# Without the filter.
	other_without ENOSYS open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
}

@test "SEC-04: the gate of 32-bit programs kills" {
	# Without walls it opens.
	run "$PROBE" int80 20
	[[ $output == 'int80: ok' ]] || skip 'this kernel has no 32-bit programs'
	inspect -- "$PROBE" int80 20
	assert_status 159
	assert_equal "$output" ''
	inspect --allow32 -- "$PROBE" int80 20
	assert_equal "$output" 'int80: ok'
	assert_stderr_has 'allow32 (command line)'
	# Behind it the same rules: mount, clone with a namespace, an unknown one.
	inspect --allow32 -q --ro-bind "$PROBE" -- sh -c '"$1" int80 21; "$1" int80 120 0x10000000; "$1" int80 435; "$1" int80 900' - "$PROBE"
	assert_equal "$output" $'int80: EPERM\nint80: EPERM\nint80: ENOSYS\nint80: ENOSYS'
}

@test "SEC-06 SEC-08: other tables, high bits, and numbers that nobody knows" {
	# The kernel reads 32 bits of the number: this is getpid, and mount.
	inspect -- "$PROBE" calls 4294967335 4294967461 $((1 << 32 | 425))
	assert_equal "$output" $'call: ok\ncall: EPERM\ncall: ENOSYS'
	# x32 has a bit of its own.
	inspect -- "$PROBE" calls $((1 << 30 | 39)) $((1 << 30 | 165)) $((1 << 30 | 520))
	assert_equal "$(sort -u <<<"$output")" 'call: ENOSYS'
	# shellcheck disable=SC2046
	inspect -- "$PROBE" calls $(seq 471 600) 1000 -1 -2 2147483647 4294967295 $((1 << 31))
	assert_equal "$(sort <<<"$output" | uniq -c | tr -s ' ')" ' 136 call: ENOSYS'
}

@test "NS-03: clone3, whose flags no filter sees, is missing, and threads are made all the same" {
	refused ENOSYS clone3
	inspect -- python3 -c 'import threading; t = threading.Thread(target=print, args=("thread",)); t.start(); t.join()'
	assert_equal "$output" thread
}

@test "SEC-09: rings, and programs that do without" {
	refused ENOSYS io_uring_setup io_uring_enter io_uring_register
	[[ $(cat /proc/sys/kernel/io_uring_disabled 2>/dev/null) != 2 ]] || skip 'there are none here'
	# Without the filter.
	other_without ENOSYS io_uring_setup
	run "$PROBE" calls "${number[io_uring_setup]}"
	assert_equal "$output" 'call: ok'
}

@test "SEC-10: bpf, perf_event_open, userfaultfd" {
	refused EPERM bpf perf_event_open userfaultfd
	# Without walls: what the kernel lets a user have of them.
	run "$PROBE" calls "${number[userfaultfd]}"
	assert_equal "$output" 'call: ok'
}

@test "SEC-11: what only an administrator has a use for" {
	refused EPERM kexec_load init_module finit_module delete_module reboot swapon swapoff acct \
		quotactl ioperm iopl syslog vhangup lookup_dcookie sethostname setdomainname
}

@test "SEC-12: the clock cannot be set, and can be read" {
	refused EPERM settimeofday clock_settime
	local options=()
	attempt adjtimex
	assert_equal "$output" 'adjtimex:: ok'
	inspect -- python3 -c '
import ctypes, os
timex = (ctypes.c_uint * 64)(0x0002, 0, 1)
libc = ctypes.CDLL(None, use_errno=True)
print(libc.adjtimex(timex), os.strerror(ctypes.get_errno()))'
	assert_equal "$output" '-1 Operation not permitted'
}

@test "SEC-13: files by number, and watching file systems" {
	refused EPERM fanotify_init name_to_handle_at open_by_handle_at
	# Without the filter.
	other_without EPERM name_to_handle_at
}

@test "SEC-14: the personality stays what it is" {
	local calls=() value
	for value in 0x0400000 0x0040000 0x0000008 0x4000000 0x0000001 0x100400000; do
		calls+=("135 $value")
	done
	inspect -- "$PROBE" calls "${calls[@]}"
	assert_equal "$(sort <<<"$output" | uniq -c | tr -s ' ')" ' 6 call: EPERM'
	# Without walls it is what one likes.
	run "$PROBE" calls "${calls[@]}"
	assert_equal "$(sort <<<"$output" | uniq -c | tr -s ' ')" ' 6 call: ok'
	inspect -- "$PROBE" calls '135 0' '135 0xffffffff' '135 0x100000000'
	assert_equal "$(sort -u <<<"$output")" 'call: ok'
	# A debugger's, when it may debug.
	inspect --ptrace -q -- "$PROBE" calls '135 0x0040000' '135 0x0400000'
	assert_equal "$output" $'call: ok\ncall: EPERM'
}

@test "SEC-15: old modes of the processor" {
	refused EPERM modify_ldt uselib sysfs ustat
	# Without the filter.
	other_without EPERM modify_ldt sysfs
	local options=()
	attempt memfd_secret
	[[ $output == *': ok' || $output == *ENOSYS ]]
	attempt mmap_zero
	assert_equal "$output" 'mmap_zero:: EPERM'
}

@test "SEC-16: memory can be asked where it is, and not be moved" {
	refused EPERM move_pages migrate_pages
	# Without the filter.
	other_without EPERM move_pages migrate_pages
	local options=()
	attempt get_mempolicy set_mempolicy
	refute grep EPERM <<<"$output"
}

@test "SEC-19: filters and rules of its own, which loosen nothing" {
	inspect -- "$PROBE" own-filter "$PROBE" calls "${number[mount]}" "${number[bpf]}" "${number[fsopen]}"
	assert_equal "$output" $'listener: ok\ncall: EPERM\ncall: EPERM\ncall: ENOSYS'
	inspect -- "$PROBE" own-filter grep Seccomp_filters /proc/self/status
	assert_output_has $'Seccomp_filters:\t3'
}

# That each of its verdicts is what it should be is evaluated by tests/unit/filter.c.
@test "SEC-20: the kernel takes one program of the command, whole, and one of init" {
	needs strace
	# A file for each process, where no call is cut in two by another one's; and a command
	# that init, which takes its program beside it, is not ended by.
	timeout 60 strace -ff -e trace=seccomp -o "$TEST_TMP/log" "$IMMURE" run sleep 0.2
	assert_equal "$(cat "$TEST_TMP"/log.* | grep -c 'SECCOMP_SET_MODE_FILTER, 0, .* = 0$')" 2
	assert_equal "$(cat "$TEST_TMP"/log.* | grep -c seccomp)" 2
	run "$IMMURE" run -n true
	[[ $output =~ 'system calls: default, '([0-9]+)' instructions' && ${BASH_REMATCH[1]} -gt 150 ]]
}

@test "PTR-02: nobody looks into another process" {
	refused EPERM ptrace kcmp pidfd_getfd process_vm_readv process_vm_writev process_madvise
	# Without the filter.
	other_without EPERM process_vm_readv process_vm_writev process_madvise pidfd_getfd
	refused ENOSYS lsm_list_modules openat2
}

@test "KEY-01 KEY-02 KEY-03: no keyring, of the session or the user, and no key" {
	refused EPERM keyctl keyctl_user add_key request_key
	# Without the filter.
	other_without EPERM keyctl_user add_key
	run "$PROBE" calls "${number[keyctl_user]}"
	assert_equal "$output" 'call: ok'
	inspect --ro-bind "$PROBE" -- sh -c 'for i in $(seq 200); do "$1" call 248 s:user "s:k$i" mem 1 -4; done | sort | uniq -c | tr -s " "' - "$PROBE"
	assert_equal "$output" ' 200 call: EPERM'
}

@test "NET-22: kinds of sockets" {
	local family calls=() afs='0 3 4 5 6 9 15 17 20 21 23 26 27 29 30 31 32 33 36 37 38 39 40 41 42 43 44 45 46'
	for family in $afs; do calls+=("41 $family 3 0" "41 $((1 << 32 | family)) 1 0" "53 $family 1 0 mem"); done
	inspect -- "$PROBE" calls "${calls[@]}"
	assert_equal "$(sort <<<"$output" | uniq -c | tr -s ' ')" ' 87 call: EAFNOSUPPORT'
	# Without walls there are more.
	run "$PROBE" calls '41 40 1 0' '41 16 3 12' '41 16 3 15'
	assert_output_has ok
	# Netlink but for routes, raw ones, and protocols that load code.
	inspect -- "$PROBE" calls '41 16 3 12' '41 16 3 15' '41 16 3 9' '41 2 3 1' '41 10 3 58' \
		'41 2 0x80003 255' '41 2 10 0' '41 2 1 132' '41 2 2 115' '41 2 6 33' "41 2 $((1 << 32 | 3)) 1"
	assert_equal "$(tr -d '\n' <<<"${output//call/}")" \
		': EPROTONOSUPPORT: EPROTONOSUPPORT: EPROTONOSUPPORT: EPERM: EPERM: EPERM: EPERM: EPROTONOSUPPORT: EPROTONOSUPPORT: EPERM: EPERM'
}

@test "NET-23: kinds of sockets that everybody needs" {
	inspect -- "$PROBE" calls '41 1 1 0' '41 1 5 0' '41 2 1 6' '41 2 2 17' '41 10 0x80801 0' '41 16 3 0' '53 1 1 0 mem'
	assert_equal "$(sort -u <<<"$output")" 'call: ok'
}

@test "TTY-02 TTY-03: what is typed into terminals, on the low half of the number" {
	local request calls=()
	for request in 0x5412 0x541c 0x5423 0x541d; do
		calls+=("16 0 $request mem" "16 0 $((1 << 32 | request)) mem" "16 0 $((0x7fffffff << 32 | request)) mem")
	done
	inspect -- "$PROBE" calls "${calls[@]}"
	assert_equal "$(sort <<<"$output" | uniq -c | tr -s ' ')" ' 12 call: EPERM'
	inspect --seccomp off -- "$PROBE" calls "${calls[@]}"
	assert_equal "$(sort <<<"$output" | uniq -c | tr -s ' ')" ' 12 call: ENOTTY'
}

@test "FS-07: setuid and setgid bits, by every call that takes a mode" {
	local calls=(
		'90 s:/tmp 04755' '91 1 02755' '268 -100 s:/tmp 06755' '452 -100 s:/tmp 04755 0'
		'83 s:/tmp/d 02755' '258 -100 s:/tmp/d 04755' '133 s:/tmp/n 0104755 0'
		'259 -100 s:/tmp/n 0104755 0' '85 s:/tmp/c 04755' '2 s:/tmp/o 0101 04755'
		'257 -100 s:/tmp/o 0101 02755' '257 -100 s:/tmp 020200002 04755' '133 s:/tmp/n 020644 259' '133 s:/tmp/n 060644 1793'
	)
	inspect -- "$PROBE" calls "${calls[@]}"
	assert_equal "$(sort <<<"$output" | uniq -c | tr -s ' ')" ' 14 call: EPERM'
	# A mode that is not looked at may be anything, and ordinary ones are.
	inspect -- "$PROBE" calls '2 s:/usr 0 04755' '257 -100 s:/usr 0 06755' '83 s:/tmp/d 01777' '90 s:/tmp/d 0700'
	assert_equal "$(sort -u <<<"$output")" 'call: ok'
	inspect --allow-suid -- sh -c 'touch /tmp/f && chmod 6755 /tmp/f && stat -c %a /tmp/f'
	assert_equal "$output" 6755
	assert_stderr_has 'allow-suid (command line)'
}

@test "CAP-06: rights over the kernel are no words for --cap" {
	local name
	for name in sys_admin net_admin net_raw mknod sys_module sys_rawio sys_boot sys_time bpf \
		perfmon syslog mac_admin mac_override checkpoint_restore sys_ptrace; do
		inspect --cap "add:$name" -- true
		assert_status 125
		assert_stderr_has "cap $name"
	done
}
