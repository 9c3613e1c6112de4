#!/usr/bin/env bats
# /sys shows processors and the sandbox's own network devices, read-only, and nothing
# else.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

@test "SYS-03: the only network device is lo, by every way of asking" {
	inspect -- sh -c 'ls /sys/class/net /sys/devices/virtual/net; sed 1,2d /proc/net/dev | cut -d: -f1; ls -A /sys/class /sys/devices'
	assert_equal "$output" '/sys/class/net:
lo

/sys/devices/virtual/net:
lo
    lo
/sys/class:
net

/sys/devices:
system
virtual'
	inspect -- sh -c 'cat /sys/class/net/lo/address /sys/devices/system/cpu/online; nproc'
	assert_equal "$output" "00:00:00:00:00:00
$(cat /sys/devices/system/cpu/online)
$(nproc)"
}

@test "SYS-02: nothing else is there, under any cover" {
	inspect -- sh -c 'ls -A /sys; ls -d /sys/kernel /sys/firmware /sys/fs /sys/module /sys/class/dmi /sys/bus /sys/power /sys/hypervisor'
	assert_equal "$output" $'class\ndevices'
	inspect -- sh -c 'umount /sys; umount -l /sys; ls -A /sys'
	assert_equal "$output" $'class\ndevices'
}

@test "SYS-04: nothing of it can be written, also by root of the host" {
	inspect -- bash -c 'find /sys -writable ! -type l; find /sys -type f 2>/dev/null |
		while read -r path; do { : >>"$path"; } 2>/dev/null && echo "$path"; done; true'
	assert_status 0
	assert_equal "$output" ''
}

@test "--sys none is no /sys" {
	inspect --sys none -- sh -c 'ls -A /sys'
	assert_status 2
}

@test "--sys host-ro is the host's, read-only, without the kernel's own corners" {
	inspect --sys host-ro -- sh -c 'ls /sys; ls -A /sys/firmware /sys/module /sys/kernel/debug /sys/kernel/security /sys/fs/bpf /sys/fs/cgroup \
		/sys/kernel/tracing /sys/power /sys/class/dmi 2>/dev/null | grep -v "^/\|^$" || true; find /sys -type f -writable 2>/dev/null | head'
	assert_equal "$output" "$(ls /sys)"
}

@test "NS-11: the control group is the root of its own" {
	inspect -- cat /proc/self/cgroup
	assert_output_has '0::/'
	assert_equal "$(cut -d: -f3 <<<"$output" | sort -u)" /
	inspect -- cat /proc/1/cgroup
	assert_equal "$(cut -d: -f3 <<<"$output" | sort -u)" /
}

@test "what is shown of the host's /sys stands in the new one, read-only, and nothing beside it" {
	inspect --ro-bind /sys/devices/virtual/mem --symlink ../../devices/virtual/mem/null:'/sys/dev/char/1\:3' -- sh -c '
		cat /sys/devices/virtual/mem/null/dev && ls /sys/dev/char && ls /sys/devices/virtual
		mkdir /sys/x || echo add >/sys/devices/virtual/mem/null/uevent || echo "and read-only"'
	assert_status 0
	assert_equal "$output" '1:3
1:3
mem
net
and read-only'
}
