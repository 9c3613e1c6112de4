#!/bin/sh
# breakout.sh PROBE TMP NUMBER VICTIM PORT: the raid, and then every way to more rights that
# the probe knows, from inside of one sandbox. "== WORDS" begins what the probe said to
# these; whoever reads it compares it with what it says under `default`.
probe=$1
sh "${0%/*}/raid.sh" "$@"
exec 2>&1

for words in regain caps unshare-all user-namespace mounts chroot-out 'handle /usr' 'reach 1' 'ptrace 1' \
	parent-namespace browser-sandbox 'key-add session breakout' 'key-add user breakout' keyctl-session 'int80 20'; do
	echo "== $words"
	# shellcheck disable=SC2086 # words
	"$probe" $words
	[ $? -lt 128 ] || echo killed
done
# bpf, perf_event_open, userfaultfd, io_uring_setup, kexec_load, init_module, fanotify_init,
# quotactl, add_key, reboot, swapon, acct, syslog, personality, x32's getpid, a number
# that no call has.
echo '== calls'
"$probe" calls '321 0 0 0' '298 0 0 -1 -1 0' '323 0' '425 1 0' '246 0 0 0 0' '175 0 0 0' '300 0 0' \
	'179 0 0 0 0' '248 0 0 0 0 0' '169 0 0 0' '167 0 0' '163 0' '103 3 0 0' '135 0x40000' \
	'0x40000027' '100000'
echo '== doors'
for file in /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sys/vm/drop_caches /proc/sysrq-trigger \
	/proc/self/uid_map /sys/kernel/uevent_helper /sys/fs/cgroup/cgroup.procs /proc/1/mem /proc/1/environ \
	/proc/1/cwd/. /proc/1/root/. /dev/mem /dev/kmsg /dev/sda /dev/fuse /dev/net/tun /dev/kvm; do
	if (: >>"$file") 2>/dev/null; then
		echo "$file: writable"
	elif (: <"$file") 2>/dev/null; then
		echo "$file: readable"
	fi
done
grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status
true
