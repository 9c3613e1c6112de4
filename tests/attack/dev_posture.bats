#!/usr/bin/env bats
# In `immure shell` the command is root of its namespaces, with every capability of them
# and none of the covers and file rules that the default has. What stands all the same:
# the view, the guard of .git, the host's processes, parameters, keys, disks and networks.
#
# shellcheck disable=SC2016,SC2030,SC2031 # for the shells inside; each test is one

load ../lib/common
load ../lib/sandbox
load ../lib/shell
load ../lib/world

setup_file() {
	[[ $(id -u) -eq 0 ]] || world_start
}

setup() {
	shell_setup
	mkdir "$WORK/shown" "$WORK/hidden" "$TEST_TMP/project"
	echo canary >"$WORK/hidden/secret"
	echo shown >"$WORK/shown/file"
	echo 'real home' >"$HOME/file"
	cd "$TEST_TMP/project" || return
}

# attempt [OPTION...] -- COMMAND...: in the shell itself.
attempt() { run --separate-stderr timeout -k 5 40 "$IMMURE" shell -q --ro-bind "$PROBE" "$@"; }

# Everything that root of the mounts could do to them.
undo='cut -d" " -f5 /proc/self/mountinfo | sort -ru >/tmp/mounts
	while read -r at; do
		case $at in /proc|/sys|/dev/pts|/tmp) continue;; esac
		umount "$at"; mount -o remount,bind,rw "$at"; mount -o remount,rw "$at"; mount --move "$at" /mnt
	done </tmp/mounts 2>/dev/null'

@test "FS-04 FS-05: the view is neither lifted nor made writable, nor is the real home there" {
	local before
	# Who owns a mount does all of it.
	run unshare -Urm sh -c 'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; mount -o remount,bind,rw "$1"; touch "$1/x" && echo writable; mount -t tmpfs x "$1"; umount "$1"; cat "$1/hidden/secret"' - "$WORK"
	assert_equal "$output" $'writable\ncanary'
	before=$(cd "$WORK" && find . -type f -exec sha256sum {} + | sort)
	attempt --ro-bind "$WORK" --hide "$WORK/hidden" -- sh -c "$undo"'
		for at in / /usr /etc /usr/bin "$1" "$1/shown"; do touch "$at/dev-was-here" 2>/dev/null && echo "wrote $at"; echo x 2>/dev/null >>"$at/file" && echo "wrote $at/file"; done
		nsenter -t 1 -m true 2>/dev/null; mkdir /tmp/a; mount --rbind "$1" /tmp/a; umount /tmp/a/hidden 2>/dev/null; cat "$1"/hidden/secret /tmp/a/hidden/secret ~/file 2>/dev/null
		chroot /proc/1/root ls -d /work 2>/dev/null; true' - "$WORK"
	assert_status 0
	assert_equal "$output" ''
	assert_equal "$(cd "$WORK" && find . -type f -exec sha256sum {} + | sort)" "$before"
	assert_equal "$(cat "$HOME/file")" 'real home'
	[[ ! -e /usr/dev-was-here && ! -e /etc/dev-was-here ]]
}

@test "FS-17: the guard of .git holds against root of the mounts" {
	needs git
	git init -q .
	local before
	before=$(find .git -type f -exec sha256sum {} + | sort)
	attempt -- sh -c 'mkdir /tmp/a; for at in .git/hooks .git/config .git; do umount "$PWD/$at"; umount -l "$PWD/$at"; mount -o remount,bind,rw "$PWD/$at"; done 2>/dev/null
		mv .git x; rm -rf .git/hooks .git/config; echo x >.git/hooks/post-commit; echo x >>.git/config; mount --rbind . /tmp/a; umount -l /tmp/a/.git/hooks; echo x >/tmp/a/.git/hooks/post-commit; echo x >>/tmp/a/.git/config
		mount -t overlay -o "lowerdir=/usr,upperdir=$PWD/.git,workdir=/tmp" x /mnt && echo overlaid
		unshare -Urm sh -c "umount -l .git/hooks; mount -o remount,bind,rw .git/config; echo x >>.git/config"; echo z >written' 2>&1
	assert_equal "$output" ''
	assert_equal "$(find .git -type f -exec sha256sum {} + | sort)" "$before"
	assert_equal "$(cat written)" z
	# The same words, where nothing guards it.
	attempt --git-rw -- sh -c 'echo x >>.git/config; echo x >.git/hooks/post-commit'
	[[ $(find .git -type f -exec sha256sum {} + | sort) != "$before" ]]
}

@test "PROC-01 PTR-01: no process of the host is seen, signalled, traced or entered, nor is init" {
	sleep 60 3>&- &
	local victim=$!
	kill -0 "$victim"
	run probe ptrace "$victim"
	assert_output_has 'ptrace: ok'
	attempt -- sh -c 'ls -d /proc/[0-9]* | wc -l | sed "s/^[1-9]$/few/"; kill -9 "$1"; "$2" ptrace "$1"; nsenter -t "$1" -n true; ls "/proc/$1"
		cat /proc/2/environ /proc/2/maps; ls /proc/2/fd; "$2" ptrace 2; nsenter -t 2 -m true; mount -t proc x /mnt && ls -d /mnt/[0-9]* | wc -l | sed "s/^[1-9]$/few/"' - "$victim" "$PROBE" 2>/dev/null
	kill "$victim"
	assert_output_lacks 'ptrace: ok'
	assert_equal "$(grep -v ptrace <<<"$output")" $'few\nfew'
}

@test "PROC-04 PROC-05 SYS-04: no parameter that is not of its namespaces is written" {
	local before
	before=$(cat /proc/sys/kernel/core_pattern /proc/sys/vm/swappiness /proc/sys/kernel/hostname /proc/sys/net/ipv4/ip_forward)
	attempt -- sh -c 'mount -t proc x /mnt
		for root in /proc /mnt; do for name in kernel/core_pattern kernel/modprobe kernel/sysrq vm/swappiness vm/drop_caches fs/suid_dumpable kernel/printk kernel/randomize_va_space; do
			{ echo 1 >$root/sys/$name; } 2>/dev/null && echo "wrote $root/sys/$name"; done
			{ echo h >$root/sysrq-trigger; } 2>/dev/null && echo sysrq; head -c 1 $root/kcore 2>/dev/null; done
		for name in power/state kernel/uevent_helper kernel/mm/ksm/run devices/system/cpu/cpu0/online; do { echo 1 >/sys/$name; } 2>/dev/null && echo "wrote $name"; done
		echo 1 >/proc/sys/net/ipv4/ip_forward; hostname changed; echo 3600 >/proc/sys/net/ipv4/tcp_keepalive_time; cat /proc/sys/net/ipv4/ip_forward'
	assert_equal "$output" 1
	assert_equal "$(cat /proc/sys/kernel/core_pattern /proc/sys/vm/swappiness /proc/sys/kernel/hostname /proc/sys/net/ipv4/ip_forward)" "$before"
}

@test "KEY-01 DEV-01: no key of the caller's, no device, no disk, no file system of the host's" {
	local kept
	kept=$("$PROBE" key-add session immure-test)
	[[ $kept =~ ^[0-9]+$ ]]
	attempt -- sh -c '"$1" key-read immure-test "$2"; "$1" key-add session x; for device in "b 254 0" "b 8 0" "c 1 1" "c 10 200"; do mknod /tmp/d $device && { head -c 1 /tmp/d && echo "read $device"; }; rm -f /tmp/d; done 2>/dev/null
		for type in ext4 xfs vfat devtmpfs debugfs tracefs securityfs efivarfs configfs; do mount -t $type /dev/vda /mnt 2>/dev/null && echo "mounted $type"; done; ls /dev/vda /dev/sda /dev/mem 2>/dev/null; true' - "$PROBE" "$kept"
	assert_equal "$output" $'key-read: EPERM\nkey-add: EPERM'
}

@test "NET-03 NET-04 NET-06 NET-17: frames of its own making, addresses and routes reach neither the host nor its LAN" {
	cat >send.py <<'END'
import socket, struct, sys
device, target = sys.argv[1:]
def total(data):
    data += b"\0" * (len(data) % 2)
    value = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while value >> 16:
        value = (value & 0xffff) + (value >> 16)
    return ~value & 0xffff
payload = b"forged"
udp = struct.pack("!HHHH", 5555, 7, 8 + len(payload), 0) + payload
head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, socket.inet_aton("10.0.2.100"), socket.inet_aton(target))
head = head[:10] + struct.pack("!H", total(head)) + head[12:]
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
raw.bind((device, 0))
source = raw.getsockname()[4]
raw.send(b"\x52\x55\x0a\x00\x02\x02" + source + b"\x08\x00" + head + udp)
END
	inside_world() {
		run --separate-stderr world env HOME="$HOME" XDG_DATA_HOME="$XDG_DATA_HOME" timeout -k 5 40 "$IMMURE" shell -q --bind "$PWD" --ephemeral "$@"
	}
	forget_seen
	# The frames are good ones: what may be reached is.
	inside_world --allow 192.175.48.7 -- sh -c 'python3 "$1/send.py" tap0 192.175.48.7; sleep 0.3' - "$PWD"
	assert_status 0
	assert_seen 'udp 192.175.48.7 7'
	forget_seen
	inside_world -- sh -c 'cd "$1"; for target in 127.0.0.1 203.0.113.1 192.168.77.7 10.99.0.7 169.254.169.254 100.64.0.7 198.51.100.7; do python3 send.py tap0 $target; done
		ip addr add 192.168.77.9/24 dev tap0; ip route add 10.99.0.0/24 via 10.0.2.2; ip route add local 203.0.113.1 dev lo 2>/dev/null; ip link set tap0 promisc on
		for target in 192.168.77.7 10.99.0.7 169.254.169.254; do curl -s --max-time 1 "http://$target/" && echo "reached $target"; done; sleep 0.3; true' - "$PWD"
	assert_status 0
	assert_equal "$output" ''
	assert_equal "$(cat "$WORLD/seen")" ''
}
