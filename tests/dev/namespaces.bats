#!/usr/bin/env bats
# What a developer types about namespaces in `immure shell`, as it is written, without
# sudo: unshare, nsenter, mount, lsns; and nothing of it is seen outside.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/shell

setup() { shell_setup; }

@test "unshare with a private ps, and one with everything, in which mounts and names are made" {
	local before
	before=$(hostname; cut -d ' ' -f 3- /proc/self/mountinfo; cat /etc/resolv.conf)
	typed <<'END'
unshare --fork --ipc --pid --net --mount --mount-proc bash -c 'echo $$; ps -e -o pid= | wc -l; ip -o link | wc -l'
cat > inner <<'INNER'
mount -t proc proc /proc
mount -t tmpfs none /tmp
mount -t sysfs none /sys
hostname sandbox
echo "nameserver 10.0.2.3" > /tmp/resolv.conf
mount --bind /tmp/resolv.conf /etc/resolv.conf
hostname; cat /etc/resolv.conf; ls /sys/class/net
id -u
grep -c shared: /proc/self/mountinfo
mount -t tmpfs tmpfs /mnt
touch /mnt/inside
ls /mnt
INNER
unshare -mipfunUr bash inner
ls -A /mnt
hostname
grep -c 10.0.2.3 /etc/resolv.conf
mount -t tmpfs tmpfs /mnt
touch /mnt/mine
ls /mnt
END
	assert_equal "$output" $'1\n3\n1\nsandbox\nnameserver 10.0.2.3\nlo\n0\n0\ninside\ndefault\n1\nmine'
	assert_equal "$(hostname; cut -d ' ' -f 3- /proc/self/mountinfo; cat /etc/resolv.conf)" "$before"
	[[ ! -e /mnt/mine && ! -e /mnt/inside ]]
}

@test "namespaces are entered, and kept by a file after their process has ended" {
	typed <<'END'
unshare --uts --net --ipc --mount sleep 50 &
until [ "$(readlink /proc/$!/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" ] && [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.02; done
nsenter --net -t $! ip a | grep -c 'lo:'
nsenter --uts -t $! hostname kept
nsenter --ipc -t $! ipcmk -Q > /dev/null
for kind in uts net ipc mnt; do touch $kind; mount --bind /proc/$!/ns/$kind $kind && echo "bound $kind"; done
mount --bind /proc/self/ns/mnt mnt 2> /dev/null || echo 'not mnt: it would hold itself'
kill $!; wait $!
nsenter --uts=uts hostname
nsenter --net=net ip -o link | grep -c lo:
nsenter --ipc=ipc ipcs -q | grep -c 0x
ipcs -q | grep -c 0x
hostname
umount uts net ipc; nsenter --uts=uts hostname 2> /dev/null || echo gone
END
	assert_equal "$(grep -v '^bound mnt' <<<"$output")" $'1\nbound uts\nbound net\nbound ipc\nnot mnt: it would hold itself\nkept\n1\n1\n0\ndefault\ngone'
	# Nothing of these mounts is there outside.
	assert_equal "$(stat -c '%s %F' uts net ipc | sort -u)" '0 regular empty file'
}

@test "what tells of namespaces: links, lsns, clocks, limits, the last process" {
	local kind inside
	typed <<'END'
for kind in cgroup ipc mnt net pid user uts; do readlink /proc/self/ns/$kind; done
unshare --net sleep 50 &
until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
lsns --type net --noheadings --output NS,PID | wc -l
kill $!
unshare -T --boottime 864000 uptime | grep -o 'up [0-9]* days'
uptime -s > /dev/null && echo uptime
[ $(cat /proc/sys/kernel/ns_last_pid) -gt 2 ] && echo last
cat /proc/sys/user/max_user_namespaces > /dev/null && ls /proc/sys/user | grep -c max_
END
	assert_status 0
	inside=$output
	for kind in cgroup ipc mnt net pid user uts; do
		refute grep -qxF "$(readlink "/proc/self/ns/$kind")" <<<"$inside"
	done
	assert_equal "$(tail -n +8 <<<"$inside" | sed 's/up [0-9]* days/up days/')" "$(printf '%s\n' 2 'up days' uptime last "$(find /proc/sys/user -name 'max_*' | wc -l)")"
}
