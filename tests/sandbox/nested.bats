#!/usr/bin/env bats
# --nested: the command can make namespaces of its own, in which it is root, and so can
# the programs that want them: other sandboxes, and this one. Root of the host is
# refused (attack/root_writes_kernel.bats).
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/life

setup() {
	! is_root || skip 'for ordinary users'
	common_setup
	make_work
	# Where a further one of us can be started inside.
	here=(--quiet --nested --ro-bind "$IMMURE" --ro-bind "$PROBE")
	note='immure: note: nested (command line): namespaces can be made inside'
}

@test "without it no namespace can be made" {
	inspect -- unshare -Ur true
	assert_status 1
	inspect --ro-bind "$PROBE" -- "$PROBE" unshare-all
	assert_output_lacks ': ok'
}

@test "it is announced, and shown with its origin" {
	inspect --nested -- true
	assert_status 0
	assert_stderr_has "$note"
	inspect --nested --quiet -- true
	assert_equal "${stderr:-}" ''
	inspect --nested --dry-run -- true
	assert_output_has 'nested       user namespaces can be made inside'
	assert_output_has '# command line'
	assert_output_has 'setfcap, no_new_privs  '
	refute grep -E '^(hide|read-only|sysfs-part) +/(proc|sys)' <<<"$output"
	inspect --dry-run -- true
	assert_output_lacks nested
}

@test "a profile can ask for it" {
	printf 'include default\nnested\n' >"$WORK/mine.profile"
	inspect --profile "$WORK/mine.profile" -- unshare -Ur true
	assert_status 0
	assert_stderr_has 'mine.profile:2'
	run "$IMMURE" profile show "$WORK/mine.profile"
	assert_output_has nested
}

@test "root of one's own: every kind of namespace, mounts, a network, a /proc" {
	inspect "${here[@]}" -- unshare -Urmpniuf --cgroup --mount-proc sh -c 'id -u; echo $$; ls -d /proc/[0-9]* | head -n 1; hostname own; hostname
		mount -t tmpfs x /mnt && mkdir /mnt/a /mnt/b && mount --bind /mnt/a /mnt/b && mount -t sysfs x /mnt/a && ls /mnt/a/class/net
		mount -t devpts -o newinstance x /mnt/b && mount -t mqueue x /mnt/b && echo 1 >/proc/sys/net/ipv4/ip_forward && cat /proc/sys/net/ipv4/ip_forward'
	assert_status 0
	assert_equal "$output" $'0\n1\n/proc/1\nown\nlo\n1'
}

@test "the command itself is as it was, but that it may map user 0 again" {
	inspect "${here[@]}" -- sh -c 'id -u; cat /proc/self/uid_map; grep NoNewPrivs /proc/self/status; "$0" regain; "$0" mounts' "$PROBE"
	assert_equal "$(head -n 3 <<<"$output" | tr -s ' \t' ' ')" $'0\n 0 0 1\nNoNewPrivs: 1'
	assert_output_lacks ': ok'
	assert_output_has 'securebits: cf'
	# The one capability that user_namespaces(7) demands for that: number 31.
	inspect "${here[@]}" -- "$PROBE" caps
	assert_equal "$(cut -f2 <<<"$output" | tr '\n' ' ')" \
		'0000000080000000 0000000080000000 0000000080000000 0000000000000000 0000000080000000 '
	inspect "${here[@]}" --user self -- "$PROBE" caps
	assert_equal "$(cut -f2 <<<"$output" | sort -u)" 0000000000000000
}

@test "who is not root inside can be in a namespace of his own" {
	inspect "${here[@]}" --user self -- sh -c 'id -u; unshare -Urmpf --mount-proc sh -c "id -u; mount -t tmpfs x /mnt && echo mounted"
		cat /proc/sys/net/ipv4/ping_group_range'
	assert_equal "$output" "$(id -u)"$'\n0\nmounted\n'"$(id -g)	$(id -g)"
}

@test "its processes alone are numbered, from 1, below init" {
	inspect "${here[@]}" -- sh -c 'tr -d "\0" </proc/1/cmdline; echo " $$ $PPID"; ls -d /proc/[0-9]*'
	assert_equal "${lines[0]}" 'immure-init 2 1'
	assert_equal "${lines[1]}${lines[2]}" /proc/1/proc/2
}

@test "the network is its own: loopback is up, and its parameters are set" {
	inspect "${here[@]}" -- sh -c 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start; ls /sys/class/net; bash -c "echo >/dev/tcp/127.0.0.1/1"; hostname'
	assert_equal "$output" $'0\nlo\nimmure'
	assert_stderr_has 'Connection refused'
}

@test "a file system in layers, and another root, as for a container" {
	inspect "${here[@]}" -- unshare -Urmpf sh -ec 'mkdir /tmp/top; mount -t tmpfs x /tmp/top; cd /tmp/top; mkdir upper work root
		mount -t overlay -o lowerdir=/usr,upperdir=upper,workdir=work,userxattr x root
		touch root/written; mkdir root/old root/proc root/dev root/usr; ln -s lib64 root/usr/lib64; mount --rbind /usr root/usr
		touch root/dev/null; mount --bind /dev/null root/dev/null; mount -t proc -o ro,nosuid,nodev,noexec x root/proc
		cd root; pivot_root . old; exec chroot . bin/sh -c "echo >/dev/null; ls -d /written /proc/self; umount -l /old; ls -A /old"'
	assert_status 0
	assert_equal "$output" $'/proc/self\n/written'
	[[ ! -e /usr/written ]]
}

@test "bubblewrap" {
	needs bwrap
	inspect "${here[@]}" -- bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp --unshare-all --die-with-parent sh -c 'echo $$; touch /tmp/x && ls /tmp; ls /dev/null'
	assert_status 0
	assert_equal "$output" $'2\nx\n/dev/null'
	inspect "${here[@]}" --user self -- bwrap --ro-bind / / --unshare-user --uid 0 --unshare-pid --proc /proc id -u
	assert_equal "$output" 0
}

@test "a browser's sandbox: root of nothing, in an empty root" {
	inspect "${here[@]}" --user self -- "$PROBE" browser-sandbox
	assert_status 0
	assert_equal "$output" $'namespaces: ok\nroot: ok\npid: 1\nopen: ESRCH\nmount: EPERM'
	inspect --user self --ro-bind "$PROBE" -- "$PROBE" browser-sandbox
	assert_status 1
}

@test "where openat2(2) is refused, paths are resolved by hand" {
	mkdir -p "$WORK/a" "$WORK/b"
	ln -s /../../../../etc "$WORK/a/link"
	run --separate-stderr timeout 30 "$PROBE" without openat2 "$IMMURE" run --bind "$WORK" --tmpfs "$WORK/b" --ro-bind "$PROBE:$WORK/a/link/services" --ro-bind "$PROBE" -- sh -c 'cmp "$0" /etc/services && ls /etc >/tmp/x && touch "$1/b/x" && echo same' "$PROBE" "$WORK"
	assert_status 0
	assert_equal "$output" same
	assert_equal "$(ls -A "$WORK/b")" ''
}

@test "tmux, as root of a namespace of one's own" {
	needs tmux
	inspect "${here[@]}" -- unshare -Urmpf --mount-proc sh -c 'tmux -L nested new-session -d -x 80 -y 24 "id -u >/tmp/who; tty >/tmp/tty; tmux -L nested wait -S done"
		timeout 20 tmux -L nested wait done; cat /tmp/who /tmp/tty'
	assert_status 0
	assert_equal "${lines[0]}" 0
	[[ ${lines[1]} == /dev/pts/* ]]
}

@test "this program inside itself, twice, and its walls there" {
	inspect "${here[@]}" -- "$IMMURE" run "${here[@]}" -- "$IMMURE" run --quiet --seccomp off -- sh -c 'id -u; echo $$; touch /usr/x /etc/x; unshare -Ur true; ls /home /proc/sys; grep Cap /proc/self/status | cut -f2 | sort -u; echo >/proc/sys/net/ipv4/ip_forward'
	assert_equal "${lines[0]} ${#lines[1]}" '0 1'
	assert_equal "$(grep -x '[0-9a-f]\{16\}' <<<"$output")" 0000000000000000
	assert_stderr_has 'Read-only file system'
	assert_stderr_has 'unshare: unshare failed: No space left on device'
	assert_stderr_has '/proc/sys/net/ipv4/ip_forward: Read-only'
}

@test "as deep as the kernel goes, and then it says so" {
	# Two user and two pid namespaces each, of the kernel's 32.
	printf '#!/bin/sh\n[ "$1" -gt 0 ] || { echo bottom; exit 7; }\nexec "%s" run --quiet --nested --ro-bind "%s" --ro-bind "%s" -- "%s" $(($1 - 1))\n' \
		"$IMMURE" "$IMMURE" "$WORK/deep" "$WORK/deep" >"$WORK/deep"
	chmod 755 "$WORK/deep"
	run --separate-stderr timeout 60 "$WORK/deep" 15
	assert_status 7
	assert_equal "$output" bottom
	run --separate-stderr timeout 60 "$WORK/deep" 40
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'No space left on device'
	assert_stderr_has 'nested 32 deep'
}

@test "limits of namespaces count what is made inside" {
	inspect "${here[@]}" --ns-limit user=1 -- sh -c 'unshare -Ur true && echo one; unshare -Ur unshare -Ur true'
	assert_equal "$output" one
	assert_stderr_has 'No space left on device'
	inspect "${here[@]}" --ns-limit user=0 -- unshare -Ur true
	assert_status 1
	inspect "${here[@]}" --ns-limit net=1 -- sh -c 'unshare -Ur true && unshare -Urn true'
	assert_status 1
	inspect --ns-limit user=1 -- true
	assert_status 125
	assert_stderr_has 'hint: to let it make some: --nested'
}

@test "a limit of the host is named" {
	run --separate-stderr unshare -Ur sh -c 'echo 1 >/proc/sys/user/max_ipc_namespaces; exec "$0" run --quiet --nested true' "$IMMURE"
	assert_status 125
	assert_stderr_has 'user.max_ipc_namespaces is 1 here, and 2 are needed'
	run --separate-stderr unshare -Ur sh -c 'echo 1 >/proc/sys/user/max_pid_namespaces; exec "$0" run --quiet --nested true' "$IMMURE"
	assert_status 125
	assert_stderr_has 'user.max_pid_namespaces is 1 here, and 2 are needed'
}

@test "what contradicts it is said" {
	local name
	for name in mount pid; do
		inspect --nested --share "$name" -- true
		assert_status 125
		assert_stderr_has "share $name (command line) and nested (command line) contradict each other"
	done
	inspect --nested --share user,mount,pid,ipc,uts,net,cgroup -- true
	assert_status 125
	assert_stderr_has 'contradict each other'
	for name in /proc/cmdline /sys/kernel; do
		inspect --nested --hide "$name" -- true
		assert_status 125
		assert_stderr_has "nested (command line): $name (command line) would cover a part of"
		assert_stderr_has 'hint: '
	done
	inspect --quiet --nested --share net,ipc,uts,cgroup -- unshare -Urmn true
	assert_status 0
}

@test "the command's status, and signals from every side" {
	local extra
	for extra in '' --as-pid-1; do
		# shellcheck disable=SC2086 # nothing, or a word
		inspect "${here[@]}" $extra -- sh -c 'exit 5'
		assert_status 5
		# shellcheck disable=SC2086
		inspect "${here[@]}" $extra --timeout 0.5 -- sh -c 'trap "" TERM; while :; do sleep 1; done'
		assert_status 124
		# shellcheck disable=SC2086
		run -127 --separate-stderr inside "${here[@]}" $extra -- /no/such/program
	done
	inspect "${here[@]}" -- sh -c 'kill -9 $$'
	assert_status 137
	hold "${here[@]}" -- sh -c 'trap "echo heard" USR1; echo on; while :; do sleep 0.05; done'
	kill -USR1 "$SUPERVISOR"
	until_true grep -q heard "$TEST_TMP/held"
	: >"$TEST_TMP/held"
	kill -USR1 "$INIT"
	until_true grep -q heard "$TEST_TMP/held"
	kill -TERM "$SUPERVISOR"
	status=0
	wait "$SUPERVISOR" || status=$?
	assert_status 143
}

@test "an end that nobody reported is a failure" {
	hold "${here[@]}"
	kill -KILL "$(pgrep -P "$INIT")"
	status=0
	wait "$SUPERVISOR" || status=$?
	assert_status 125
	assert_equal "$(tail -n 1 "$TEST_TMP/held")" 'immure: init ended without a report (status 137)'
}

@test "nothing outlives it, also not what is inside of namespaces inside" {
	needs python3
	run subreaper timeout -k 5 30 "$IMMURE" run "${here[@]}" -- sh -c 'unshare -Urpf setsid sh -c "sleep 300 & sleep 300" & unshare -Urmpf --mount-proc sleep 300 & sleep 0.3; exit 3'
	assert_status 3
	SEED=$RANDOM run subreaper --kill-after 0.06 --rounds 60 "$IMMURE" run "${here[@]}" -- sleep 300
	assert_status 0
	SEED=$RANDOM run subreaper --kill-after 0.06 --rounds 40 "$IMMURE" run "${here[@]}" --as-pid-1 -- sleep 300
	assert_status 0
}
