#!/usr/bin/env bats
# What /proc and /sys tell of the host and let be changed. tests/sandbox/proc.bats and
# sys.bats hold that nothing of it can be read or written; here is shown that it could:
# by whoever calls, on the host and in namespaces of their own, where nothing is covered.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

# A /proc and /sys of one's own, without a single cover.
own() { timeout -k 5 20 unshare -UrmpfnC --mount-proc "$@"; }

# By the build that leaves the covers away, with the rights that init has.
bare_proc() { weakly landlock,covers,inner,caps "$@"; }

sum() { sha256sum <<<"$1"; }

@test "PROC-07 PROC-09: without walls the kernel's command line, symbols and interrupts are read" {
	local file shown=0
	for file in cmdline kallsyms interrupts key-users timer_list iomem buddyinfo; do
		[[ -z $(head -c 64 "/proc/$file" 2>/dev/null | tr -d '\0') ]] || shown=$((shown + 1))
	done
	[[ -n $(cat /proc/cmdline) && $shown -ge 3 ]]
	[[ -n $(own cat /proc/cmdline) ]]
}

@test "PROC-07 PROC-09: weakened, without its covers they are" {
	assert_equal "$(weakly covers cat /proc/cmdline 2>/dev/null)" "$(cat /proc/cmdline)"
	[[ $(weakly covers sh -c 'cat /proc/kallsyms | wc -c' 2>/dev/null) -gt 1000 ]]
	inspect -- sh -c 'cat /proc/cmdline /proc/kallsyms | wc -c'
	assert_equal "$output" 0
}

@test "PROC-04 PROC-05: without walls parameters of one's own namespaces are written" {
	run own sh -c 'echo 64 >/proc/sys/net/ipv4/ip_default_ttl; cat /proc/sys/net/ipv4/ip_default_ttl; echo 1 >/proc/sys/net/ipv4/ip_forward && cat /proc/sys/net/ipv4/ip_forward'
	assert_equal "$output" $'64\n1'
}

@test "PROC-04 PROC-05: weakened, without its cover and with all rights they are" {
	run --separate-stderr bare_proc sh -c 'echo 1 >/proc/sys/user/max_net_namespaces && cat /proc/sys/user/max_net_namespaces'
	assert_equal "$output" 1
	# The cover holds whoever has all rights of the command's user namespace, too.
	run --separate-stderr weakly caps sh -c 'echo 1 >/proc/sys/user/max_net_namespaces; mount -o remount,rw,bind /proc/sys; umount -l /proc/sys; echo 1 >/proc/sys/user/max_net_namespaces; cat /proc/sys/user/max_net_namespaces'
	[[ $output != 1 ]]
}

@test "PROC-08: without walls, as root of a namespace, a cover is lifted again" {
	run own sh -c 'mount --bind /dev/null /proc/cmdline; cat /proc/cmdline | wc -c; umount /proc/cmdline; cat /proc/cmdline | wc -c; mount -t proc proc /tmp && ls -d /tmp/1'
	[[ ${lines[0]} -eq 0 && ${lines[1]} -gt 0 && ${lines[2]} == /tmp/1 ]]
}

@test "PROC-08: weakened, with all rights of its own user namespace the covers stay" {
	run --separate-stderr weakly caps sh -c 'umount /proc/cmdline; umount -l /proc/cmdline; umount -l /proc/sys; mount -t proc proc /tmp; mount --move /proc /mnt; unshare -m umount /proc/cmdline
		cat /proc/cmdline /tmp/cmdline /mnt/cmdline | wc -c'
	assert_equal "$output" 0
	# And with those of the user namespace that owns them they do not.
	run --separate-stderr weakly landlock,caps,inner --seccomp off sh -c 'umount /proc/cmdline; cat /proc/cmdline | wc -c'
	[[ $output -gt 0 ]]
}

@test "PROC-14: without walls a process makes itself harder to kill than it was" {
	is_root || skip 'refused to users on the host as well'
	run sh -c 'echo -500 >/proc/self/oom_score_adj && cat /proc/self/oom_score_adj'
	[[ $status -eq 0 ]] || skip 'refused to this root as well: no CAP_SYS_RESOURCE'
	assert_equal "$output" -500
}

@test "PROC-16: without walls a process writes the maps of a namespace of its own" {
	run unshare -U sh -c 'cat /proc/self/uid_map | wc -l; unshare -Ur cat /proc/self/uid_map | wc -l'
	run unshare -U sh -c 'echo 0 65534 1 >/proc/self/uid_map 2>/dev/null; cat /proc/self/uid_map | wc -l'
	[[ $output == 0 || $output == 1 ]]
	run python3 -c 'import ctypes, os
uid = os.getuid()
ctypes.CDLL(None).unshare(0x10000000)
open("/proc/self/uid_map", "w").write("0 %d 1" % uid)
print(os.getuid())'
	assert_equal "$output" 0
}

@test "PROC-17: without walls the list of mounts tells of all of the host's" {
	[[ $(wc -l </proc/self/mountinfo) -gt 3 ]]
	run own sh -c 'cat /proc/self/mountinfo'
	assert_output_has " $(awk 'NR == 1 { print $3 }' /proc/self/mountinfo) "
}

@test "PROC-17: inside it tells of the paths that are shown, and of no other" {
	HOME=$TEST_TMP/home
	mkdir -p "$HOME/work" "$HOME/hidden-name" "$TEST_TMP/shown"
	cd "$HOME/work" || return
	inspect --ro-bind "$TEST_TMP/shown:/there" -- cat /proc/self/mountinfo /proc/self/mounts /proc/self/mountstats
	assert_status 0
	assert_output_lacks hidden-name
	# Where they come from is told of these two, and of the system's own directories.
	local told
	told=$(awk '$5 == "/" { own = $3 } NF > 9 && $3 != own && $8 !~ /proc|sysfs|devpts|mqueue/ { print $4, $5 }' <<<"$output" |
		grep -vE '^[^ ]*(/usr|/bin|/sbin|/lib[0-9x]*|/etc/[^ ]*) |^/(full|null|random|tty|urandom|zero) /dev')
	assert_equal "$(cut -d' ' -f2 <<<"$told" | sort)" "$(printf '%s\n' "$PWD" /there | sort)"
}

@test "SYS-02 SYS-03 SYS-04: without walls /sys tells of modules, devices and control groups" {
	[[ -n $(ls /sys/module) && -n $(ls /sys/kernel) && -d /sys/firmware ]]
	[[ -n $(ls /sys/class/net) ]]
	run own sh -c 'mount -t sysfs s /mnt && ls /mnt/module /mnt/kernel | wc -l'
	[[ $output -gt 10 ]]
}

@test "SYS-02: weakened, in the host's tree they are there" {
	inspect -- ls /sys/module
	[[ $status -ne 0 ]]
	[[ -n $(weakly landlock,mounts ls /sys/module 2>/dev/null) ]]
}

@test "SYS-05: without walls a control group hierarchy of one's own is mounted" {
	run own "$PROBE" mount-new cgroup2 /tmp
	assert_equal "$output" 'cgroup2: ok'
}

@test "SYS-04 SYS-05: inside none can be mounted, made or written" {
	local type
	for type in cgroup cgroup2 sysfs; do
		inspect -- "$PROBE" mount-new "$type" /tmp memory
		[[ $output == "$type: EPERM" || $output == "$type: ENOSYS" ]] || fail_test "$type"
	done
	inspect --sys host-ro -- sh -c 'mkdir /sys/fs/cgroup/x /sys/fs/cgroup/memory/x; echo $$ >/sys/fs/cgroup/cgroup.procs; echo x >/sys/fs/cgroup/release_agent; ls -d /sys/fs/cgroup/x'
	assert_equal "$output" ''
	# With all rights of its own user namespace either: that owns none of it.
	for type in cgroup2 sysfs; do
		run --separate-stderr weakly caps "$PROBE" mount-new "$type" /tmp
		[[ $output == *"$type: EPERM" || $output == *"$type: ENOSYS" || $output == 'private: '* ]] || fail_test "$type"
	done
}

@test "CAP-01 PTR-02: without walls the memory of a process of one's own is in reach" {
	sleep 30 3>&- &
	local pid=$!
	run "$PROBE" reach "$pid"
	kill "$pid"
	assert_equal "$(grep -c ': ok' <<<"$output")" 7
}

@test "PTR-02: of process 1 nothing is, nor of a process outside" {
	inspect -- "$PROBE" reach 1
	assert_equal "$(grep -c ': E' <<<"$output")" 8
	sleep 30 3>&- &
	local pid=$!
	inspect -- "$PROBE" reach "$pid"
	assert_equal "$(grep -c ': E' <<<"$output")" 8
	kill "$pid"
	# With all rights of the command's own user namespace either.
	run --separate-stderr weakly caps "$PROBE" reach 1
	assert_equal "$(grep -c ': ok' <<<"$output")" 0
}

@test "PTR-02: weakened, an init that lets itself be looked into is in reach" {
	run --separate-stderr weakly landlock,inner,dumpable --ro-bind "$PROBE" sh -c 'until grep -q CapPrm:.0000000000000000 /proc/1/status; do :; done; "$0" reach 1' "$PROBE"
	[[ $(grep -c ': ok' <<<"$output") -ge 1 ]]
}
