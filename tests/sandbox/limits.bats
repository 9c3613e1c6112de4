#!/usr/bin/env bats
# Limits, niceness and kernel parameters of the sandbox's own, and a command that is
# process 1.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

@test "RES-08: by default: no core files, 4096 processes, the rest as the caller has it" {
	inspect -- bash -c 'ulimit -c; ulimit -Hc; ulimit -u; ulimit -Hu'
	assert_equal "$output" $'0\n0\n4096\n4096'
	assert_equal "$(inside -- bash -c 'ulimit -n -s -v -f -t')" "$(bash -c 'ulimit -n -s -v -f -t')"
}

@test "--rlimit: soft, hard, both, every name" {
	inspect --rlimit nofile=100 --rlimit cpu=77:78 --rlimit as=2G --rlimit fsize=1M:unlimited -- \
		bash -c 'ulimit -Sn; ulimit -Hn; ulimit -St; ulimit -Ht; ulimit -Sv; ulimit -Sf; ulimit -Hf'
	assert_status 0
	assert_equal "$output" $'100\n100\n77\n78\n2097152\n1024\nunlimited'
	local name
	for name in core cpu data fsize locks memlock msgqueue nofile nproc rss sigpending stack; do
		inspect --rlimit "$name=100000000:100000000" -- true
		[[ $status -eq 0 || ${stderr:-} == *'it is over what you have yourself'* ]] || fail_test "$name"
	done
	inspect --rlimit nofile=50 --rlimit nofile=60 -- sh -c 'ulimit -n'
	assert_equal "$output" 60
}

@test "what is no limit, or over the hard one, is refused before anything runs" {
	local word
	for word in x=1 nofile nofile= nofile=x nofile=-1 nofile=1x nofile=9:8 nofile=unlimited:5 nofile=1:2:3 nofile=99999999999999999999; do
		inspect --rlimit "$word" -- touch ran
		assert_status 125
	done
	! is_root || return 0
	inspect --rlimit "nofile=$(($(ulimit -Hn) + 1))" -- echo ran
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'hint: it is over what you have yourself: ulimit -aH'
}

@test "RES-01: the limit of processes counts the sandbox's own, not the caller's" {
	local i pids=()
	for i in {1..20}; do
		sleep 20 &
		pids[i]=$!
	done
	inspect --rlimit nproc=12 -- sh -c 'for i in 1 2 3 4 5; do sleep 0.2 & done; wait; echo all'
	kill "${pids[@]}"
	assert_equal "$output" all
	# The kernel does not hold root of the host to it.
	! is_root || return 0
	inspect --rlimit nproc=12 -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 5 & done; echo all'
	assert_stderr_has 'Cannot fork'
	assert_equal "$output" ''
}

@test "--nice" {
	inspect --nice 7 -- nice
	assert_equal "$output" 7
	local value
	for value in 20 -21 x 1.5 ''; do
		inspect --nice "$value" -- true
		assert_status 125
	done
	! is_root || return 0
	inspect --nice -5 -- true
	assert_status 125
	assert_stderr_has 'an ordinary user can only raise it'
}

@test "--sysctl sets what belongs to its own namespaces, and the host's stays" {
	local before
	before=$(cat /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/shmmni /proc/sys/fs/mqueue/msg_max)
	inspect --sysctl net.ipv4.ip_default_ttl=7 --sysctl kernel.shmmni=99 --sysctl fs.mqueue.msg_max=5 --sysctl kernel/msgmni=11 \
		--sysctl 'kernel.sem=100 200 10 20' --sysctl net.ipv4.ip_default_ttl=8 -- sh -c 'cd /proc/sys
		cat net/ipv4/ip_default_ttl kernel/shmmni fs/mqueue/msg_max kernel/msgmni kernel/sem | tr "\t" " "'
	assert_equal "$output" $'8\n99\n5\n11\n100 200 10 20'
	assert_equal "$(cat /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/shmmni /proc/sys/fs/mqueue/msg_max)" "$before"
}

@test "a parameter of the whole host is refused, and so is one that is none" {
	local word
	for word in kernel.core_pattern=x vm.swappiness=1 kernel.shm=1 kernel.sysrq=1 net.=1 net.no.such=1 net.ipv4.ip_default_ttl=x \
		../kernel.x=1 net..ipv4=1 net.ipv4.ip_default_ttl net.ipv4.ip_default_ttl= 'net.a b=1' net/../kernel/core_pattern=x; do
		inspect --sysctl "$word" -- echo ran
		assert_status 125
		assert_equal "$output" ''
	done
	inspect --sysctl kernel.core_pattern=x -- true
	assert_stderr_has 'it belongs to the whole host'
}

@test "--ns-limit: inotify, as far as it can be seen from inside" {
	inspect -- "$PROBE" inotify 3
	assert_equal "$output" $'inotify: ok\nwatch: ok\nwatch: ok\nwatch: ok'
	inspect --ns-limit inotify-watches=2 -- "$PROBE" inotify 3
	assert_equal "$output" $'inotify: ok\nwatch: ok\nwatch: ok\nwatch: ENOSPC'
	inspect --ns-limit inotify-instances=0 -- "$PROBE" inotify 1
	assert_equal "$output" 'inotify: EMFILE'
}

@test "--ns-limit: of every type, set inside and not for the caller" {
	local type key words=() keys=()
	for type in mount pid ipc uts net cgroup time inotify-instances inotify-watches; do
		key=max_${type//-/_}
		[[ $type == inotify-* ]] || key+=_namespaces
		words+=(--ns-limit "$type=17")
		keys+=("/proc/sys/user/${key/mount/mnt}")
	done
	local before
	before=$(cat "${keys[@]}")
	hold "${words[@]}"
	if is_root; then
		assert_equal "$(nsenter --user --target "$INIT" cat "${keys[@]}" | sort -u)" 17
		assert_equal "$(nsenter --user --target "$INIT" cat /proc/sys/user/max_user_namespaces)" 1
	fi
	assert_equal "$(cat "${keys[@]}")" "$before"
	release
}

@test "--ns-limit: user namespaces are always limited to the command's own" {
	inspect --seccomp off --ns-limit user=0 -- "$PROBE" unshare-user
	assert_equal "$output" 'unshare-user: ENOSPC'
	inspect --ns-limit user=2 -- true
	assert_status 125
	assert_stderr_has 'the command cannot have user namespaces of its own'
}

@test "what is no such limit is refused" {
	local word
	for word in user net=x net=-1 net= =1 disk=1 net=99999999999 net=1:2; do
		inspect --ns-limit "$word" -- true
		assert_status 125
	done
}

@test "--as-pid-1: the command is process 1, behind the same walls" {
	inspect --as-pid-1 --ro-bind "$PROBE" -- sh -c 'echo $$ $PPID; grep -E "^(Cap|NoNew)" /proc/self/status; "$0" unshare-user; "$0" fds | cut -d" " -f1
		cat /proc/self/uid_map | tr -s " "; id -u; ls -A ~' "$PROBE"
	assert_equal "$output" "1 0
$(printf 'Cap%s:\t0000000000000000\n' Inh Prm Eff Bnd Amb)
NoNewPrivs:	1
unshare-user: EPERM
0
1
2
 0 0 1
0"
}

@test "--as-pid-1: what it leaves behind it can reap, and its end is the end" {
	inspect --as-pid-1 -- sh -c '(sleep 0.1 & ) ; sleep 0.3; ls -d /proc/[0-9]* | wc -l; exit 9'
	assert_status 9
	inspect --as-pid-1 -- sh -c 'sleep 30 & echo done'
	assert_status 0
	assert_equal "$output" 'done'
	inspect --as-pid-1 -- sh -c 'kill -KILL $$; kill -TERM $$; echo alive'
	assert_equal "$output" alive
}
