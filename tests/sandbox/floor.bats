#!/usr/bin/env bats
# The bench compares with tests/bench/floor.c, which makes the same system calls and
# nothing else. It is no comparison unless what it makes is the same.

load ../lib/common
load ../lib/sandbox

# All that the set-up decides, as the command sees it.
# shellcheck disable=SC2016 # for the shell inside
look='id; pwd; hostname; ulimit -a
cut -d " " -f 4-6,8- /proc/self/mountinfo | sort
for dir in / /dev /etc /run /sys /tmp /var; do find $dir -xdev -path /proc -prune -o -printf "%p %M %l\n"; done | sort
grep -E "^(Uid|Cap|NoNewPrivs|Seccomp)" /proc/self/status
cat /proc/self/uid_map /proc/self/limits /proc/sys/user/max_user_namespaces /sys/class/net/lo/flags
cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range
ls -l /proc/self/fd | wc -l; ps -e -o pid,ppid,sid,pgid'

# What a directory in memory may hold, in KiB: a quarter of the machine's in whole pages, and
# 2 GiB at the most, which the floor always says.
room() {
	awk '/^MemTotal:/ { room = int($2 / 16) * 4; print room < 2097152 ? room : 2097152 }' /proc/meminfo
}

@test "what the launcher makes is what the floor makes" {
	needs ps
	needs_landlock 6 'signals, which the floor asks for,'
	make_work
	cd "$WORK" || return
	inspect -- /bin/sh -c "$look"
	assert_status 0
	local made=$output
	run --separate-stderr timeout -k 5 30 "$FLOOR" /bin/sh -c "$look"
	assert_status 0
	diff <(echo "$made") <(echo "${output//,size=2097152k,/,size=$(room)k,}")
}
