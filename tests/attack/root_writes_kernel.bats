#!/usr/bin/env bats
# Called by root of the host, who owns the files of /proc and /sys whatever his
# capabilities: the walls hold all the same. Runs as root only.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	is_root || skip 'for root'
	common_setup
	parameters=(kernel/core_pattern kernel/modprobe kernel/hotplug kernel/sysrq kernel/printk vm/overcommit_memory vm/drop_caches fs/suid_dumpable
		kernel/yama/ptrace_scope kernel/hostname user/max_user_namespaces fs/binfmt_misc/register)
}

@test "PROC-04 PROC-05 PROC-06 SEC-11: without walls root writes them" {
	# The letter that explains the others.
	[[ ! -w /proc/sysrq-trigger ]] || echo h >/proc/sysrq-trigger
	dmesg >/dev/null
	local value
	value=$(cat /proc/sys/kernel/core_pattern)
	echo "$value" >/proc/sys/kernel/core_pattern
	# Also from a namespace with a fresh /proc, without a single capability.
	unshare -mpf --mount-proc setpriv --bounding-set -all --inh-caps -all --no-new-privs sh -c 'echo "$1" >/proc/sys/kernel/core_pattern' - "$value"
}

@test "PROC-04 PROC-05: no parameter of the kernel can be written, whoever the command is" {
	local before user words
	before=$(cat "${parameters[@]/#//proc/sys/}" 2>/dev/null || true)
	for user in '' '--user self' '--user 1000' '--as-pid-1' '--proc host-ro' '--share pid' '--share net,ipc,uts'; do
		read -ra words <<<"$user"
		inspect --quiet "${words[@]}" -- bash -c 'for name; do { echo 0 >/proc/sys/$name; } 2>/dev/null && echo "wrote $name"; done
			{ echo "|/tmp/x" >/proc/sys/kernel/core_pattern; } 2>/dev/null && echo wrote; find /proc/sys -type f -writable 2>/dev/null; true' - "${parameters[@]}"
		assert_status 0
		assert_equal "$output" ''
	done
	assert_equal "$(cat "${parameters[@]/#//proc/sys/}" 2>/dev/null || true)" "$before"
}

@test "PROC-04 PROC-05: namespaces inside, with a /proc for whoever makes them, are refused to root" {
	inspect --nested -- true
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'nested (command line): you are root of this machine'
	assert_stderr_has 'hint: as an ordinary user: runuser -u NAME -- immure run --nested'
	printf 'include default\nnested\n' >"$TEST_TMP/nested.profile"
	inspect --profile "$TEST_TMP/nested.profile" -- true
	assert_status 125
	assert_stderr_has 'nested.profile:2): you are root'
	# Also under another number, and as the only user that there is.
	run --separate-stderr unshare -U --map-user=1234 --map-group=1234 "$IMMURE" run --nested true
	assert_status 125
	assert_stderr_has 'you are root of this machine'
	run --separate-stderr unshare -Ur "$IMMURE" run --nested true
	assert_status 125
	assert_stderr_has 'you are root of this machine'
	# A developer's shell: what it says to type works, with a home that is gone at the end.
	run --separate-stderr "$IMMURE" shell --ephemeral -- touch ran
	assert_status 125
	assert_stderr_has 'you are root of this machine'
	assert_stderr_has 'hint: as an ordinary user: runuser -u NAME -- immure shell'
	local hint
	hint=$(sed -n 's/^hint: with ids that are nobody.s: //p' <<<"${stderr:-}")
	# shellcheck disable=SC2086 # options
	(cd / && "$IMMURE" shell -q $hint -- sh -c 'id -u; mount -t tmpfs x /mnt && echo mounted') >"$TEST_TMP/out"
	assert_equal "$(<"$TEST_TMP/out")" $'0\nmounted'
	# shellcheck disable=SC2086
	XDG_DATA_HOME=$TEST_TMP/data run --separate-stderr "$IMMURE" shell web -q ${hint#--ephemeral} -- touch ran
	assert_status 125
	assert_stderr_has "home $TEST_TMP/data/immure/homes/web: it is root's, who is none of the ids inside"
	assert_stderr_has 'hint: for a home that is gone at the end: --ephemeral'
	run --separate-stderr setpriv --reuid nobody --regid nogroup --clear-groups env HOME=/nonexistent "$IMMURE" run -q --nested unshare -Ur true
	assert_status 0
}

@test "PROC-08: neither in a second /proc, nor after a cover or the read-only was lifted" {
	inspect -- sh -c 'mount -t proc proc /tmp; umount -l /proc; umount -l /proc/sys; mount -o remount,rw /proc/sys; mount -o remount,bind,rw /proc/sys
		ls /proc/1/root/proc/sys /proc/self/root/proc/sys >/dev/null; cd /proc/self; echo x >../sys/kernel/core_pattern; echo x >/proc/self/../sys/kernel/core_pattern; true'
	assert_equal "$(grep -c 'Read-only file system' <<<"${stderr:-}")" 2
}

@test "PROC-06 PROC-07: sysrq, memory, modules, the kernel's log" {
	inspect -- bash -c 'for f in /proc/sysrq-trigger /proc/kcore /proc/kmsg /proc/mtrr /proc/irq/default_smp_affinity /proc/scsi/scsi /proc/bus/pci/00/00.0 /proc/acpi/wakeup \
		/sys/power/state /sys/kernel/uevent_helper /sys/kernel/mm/ksm/run /sys/fs/cgroup/cgroup.procs /sys/module/kernel/parameters/panic \
		/sys/devices/system/cpu/cpu0/online /sys/devices/system/memory/probe /sys/devices/system/clocksource/clocksource0/current_clocksource /dev/mem /dev/kmem /dev/kmsg /dev/sda /dev/vda; do
		{ echo h >$f; } 2>/dev/null && echo "wrote $f"; head -c 1 $f 2>/dev/null; done; true'
	assert_equal "$(grep -v '^tsc\|^kvm\|^[a-z0-9-]*$' <<<"$output")" ''
	assert_output_lacks wrote
}

@test "FS-02 FS-04: no file of root's outside, and nobody else's" {
	echo canary >/root/immure-test.$$
	chmod 600 /root/immure-test.$$
	inspect --user self --seccomp off -- sh -c 'ls -A /root; cat "$1" /etc/shadow; echo >>/usr/bin/env; touch /usr/x; chmod 777 /usr/bin; chown 0 /usr' - /root/immure-test.$$
	rm /root/immure-test.$$
	assert_equal "$output" ''
	assert_equal "$(grep -c 'Read-only' <<<"${stderr:-}")" 4
	# In a directory of somebody else's, bound: what the modes allow, no more.
	mkdir "$TEST_TMP/theirs"
	echo x >"$TEST_TMP/theirs/file"
	chown -R nobody "$TEST_TMP/theirs"
	chmod 700 "$TEST_TMP/theirs"
	inspect --bind "$TEST_TMP/theirs" -- sh -c 'cat "$1"/file; touch "$1"/y' - "$TEST_TMP/theirs"
	assert_status 1
	assert_equal "$output" ''
}

@test "PTR-02: host processes cannot be touched, with their /proc shown either" {
	sleep 60 3>&- &
	local victim=$!
	inspect --quiet --share pid -- sh -c 'cat /proc/$1/environ /proc/1/environ /proc/1/maps; ls -l /proc/1/root/ /proc/1/cwd/; readlink /proc/1/exe; head -c 1 /proc/1/mem
		echo 1000 >/proc/$1/oom_score_adj; nsenter -t 1 -m true; nsenter -t $1 -a true' - "$victim"
	kill "$victim"
	assert_status 1
	assert_equal "$output" ''
}

@test "FS-14: a file of a group that the caller is in is not there" {
	getent group adm >/dev/null || skip 'no group adm here'
	local file=/var/tmp/immure-test.$$
	echo canary >"$file"
	chown root:adm "$file"
	chmod 640 "$file"
	local as=(setpriv --reuid nobody --regid nogroup --groups "$(getent group adm | cut -d: -f3)" env HOME=/nonexistent)
	# Without walls it is read.
	assert_equal "$("${as[@]}" cat "$file")" canary
	cd / || return
	run --separate-stderr timeout 20 "${as[@]}" "$IMMURE" run -- sh -c "cat $file; id"
	rm "$file"
	assert_status 0
	assert_output_has 'groups=0(root),65534(nogroup)'
	assert_output_lacks canary
	# Where it is shown it is read: a group that the kernel knows cannot be given up.
	mkdir "$TEST_TMP/shown"
	echo canary >"$TEST_TMP/shown/file"
	chown root:adm "$TEST_TMP/shown/file"
	chmod 640 "$TEST_TMP/shown/file"
	run --separate-stderr timeout 20 "${as[@]}" "$IMMURE" run --ro-bind "$TEST_TMP/shown:/shown" -- cat /shown/file
	assert_equal "$output" canary
	# Nothing of the system that is shown belongs to such a group alone.
	run --separate-stderr timeout 60 "${as[@]}" "$IMMURE" run -- find /etc /usr /var /run -xdev ! -type l -group nogroup -perm /040 ! -perm /004
	[[ $status -eq 0 || ${stderr:-} == *'Permission denied'* ]]
}

@test "PROC-04 PROC-05: nor with ids that are nobody's does root of the sandbox write any" {
	local before
	before=$(cat "${parameters[@]/#//proc/sys/}" 2>/dev/null || true)
	inspect --profile dev -- true
	assert_status 125
	assert_stderr_has 'dev.profile (built in)'
	assert_stderr_has 'you are root of this machine'
	assert_stderr_has 'hint: with ids that are nobody'
	# Root inside, with every capability of its namespace, and with none of the host's ids.
	cd / || return
	inspect --quiet --profile dev --map 0:300000:65536 -- bash -c 'id -u; mount -t tmpfs x /mnt && echo mounted; for name; do { echo 0 >/proc/sys/$name; } 2>/dev/null && echo "wrote $name"; done
		{ echo "|/tmp/x" >/proc/sys/kernel/core_pattern; } 2>/dev/null && echo wrote; true' - kernel/core_pattern kernel/modprobe kernel/sysrq kernel/printk vm/drop_caches fs/suid_dumpable
	assert_status 0
	assert_equal "$output" $'0\nmounted'
	assert_equal "$(cat "${parameters[@]/#//proc/sys/}" 2>/dev/null || true)" "$before"
}
