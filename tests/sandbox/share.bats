#!/usr/bin/env bats
# Every namespace is new unless its name was said, and then that is announced.

load ../lib/common
load ../lib/sandbox

names=(user mount pid ipc uts net cgroup)
# As /proc/PID/ns calls them, in the same order.
links=(user mnt pid ipc uts net cgroup)

identities() {
	local name
	for name in "${links[@]}"; do
		readlink "/proc/self/ns/$name"
	done
}

# Names of the namespaces that are the same in two lists of identities.
same() {
	local -a here there
	local i
	mapfile -t here <<<"$1"
	mapfile -t there <<<"$2"
	[[ ${#here[@]} -eq ${#names[@]} && ${#there[@]} -eq ${#names[@]} ]] || return 1
	for i in "${!names[@]}"; do
		[[ ${here[i]} != "${there[i]}" ]] || echo "${names[i]}"
	done
}

# shared [OPTION...]: the names that a sandbox has in common with us.
shared() {
	same "$(identities)" "$(inside "$@" -- bash -c "$(declare -p links); $(declare -f identities); identities")"
}

@test "all namespaces are new" {
	assert_equal "$(shared --quiet)" ''
}

@test "two sandboxes have nothing in common either" {
	local command one two pid
	command="$(declare -p links); $(declare -f identities); identities"
	mkfifo "$TEST_TMP/go"
	inside -- bash -c "$command; echo; read -r" <"$TEST_TMP/go" >"$TEST_TMP/one" &
	pid=$!
	exec 9>"$TEST_TMP/go"
	until grep -qx '' "$TEST_TMP/one" 2>/dev/null; do sleep 0.05; done
	two=$(inside -- bash -c "$command")
	exec 9>&-
	wait "$pid" || true
	one=$(grep . "$TEST_TMP/one")
	assert_equal "$(same "$one" "$two")" ''
}

@test "one that is shared by name is the host's, only that one, and it is announced" {
	local name
	for name in "${names[@]}"; do
		# Of an ordinary user the others need a user namespace.
		[[ $name != user ]] || is_root || continue
		run --separate-stderr shared --share "$name"
		assert_equal "$output" "$name"
		assert_stderr_has "immure: note: shares the $name namespace with the host: "
		run --separate-stderr shared --quiet --share "$name"
		assert_stderr_lacks immure:
	done
}

@test "several are shared by one word or by two" {
	run --separate-stderr shared --share net,uts --share ipc
	assert_equal "$output" $'ipc\nuts\nnet'
	run --separate-stderr shared --share net,uts --share none --share ipc
	assert_equal "$output" ipc
}

@test "all of them can be shared, and the rights are gone all the same" {
	run --separate-stderr shared --share user,mount,pid,ipc,uts,net,cgroup
	assert_equal "$output" "$(printf '%s\n' "${names[@]}")"
	inspect --share user,mount,pid,ipc,uts,net,cgroup -- \
		sh -c 'grep -E "^(CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs)" /proc/self/status'
	assert_equal "$output" "$(printf 'Cap%s:\t0000000000000000\n' Inh Prm Eff Amb
		printf 'NoNewPrivs:\t1')"
	assert_stderr_has 'shares the user namespace'
}

@test "an ordinary user is told why user cannot be shared alone" {
	! is_root || skip 'root can'
	inspect --share user -- true
	assert_status 125
	assert_stderr_has 'needs a new user namespace'
	assert_stderr_has '--share user,mount,pid'
}

@test "root that shares the user namespace mounts nothing on the host, whose mounts are shared" {
	is_root || skip 'needs a new user namespace otherwise, whose mounts are nobody else'"'"'s'
	# shellcheck disable=SC2016 # for the shell inside
	run --separate-stderr timeout -k 5 30 unshare -m --propagation shared sh -c '
		grep -q shared: /proc/self/mountinfo || exit
		before=$(cat /proc/self/mountinfo)
		"$@" && [ "$before" = "$(cat /proc/self/mountinfo)" ] && echo the same' - \
		"$IMMURE" run --share user -- sh -c 'echo ran; grep -c "shared:\|master:" /proc/self/mountinfo || true'
	assert_equal "$output" $'ran\n0\nthe same'
}

@test "what a shared namespace shows is the host's" {
	inspect --share uts -- uname -n
	assert_equal "$output" "$(uname -n)"
	inspect --share net -- sh -c 'ls /sys/class/net; cut -d: -f1 /proc/net/dev | sed 1,2d'
	assert_equal "$output" "$(ls /sys/class/net; cut -d: -f1 /proc/net/dev | sed 1,2d)"
	inspect --share pid -- sh -c "cat /proc/$$/comm"
	assert_equal "$output" "$(cat "/proc/$$/comm")"
	inspect --share mount -- cat "$BATS_TEST_FILENAME"
	assert_equal "$output" "$(cat "$BATS_TEST_FILENAME")"
	inspect --share cgroup -- cat /proc/self/cgroup
	assert_equal "$output" "$(cat /proc/self/cgroup)"
}

@test "System V queues are the host's only with --share ipc" {
	local id
	id=$(ipcmk -Q | grep -o '[0-9]*$')
	inspect --share ipc -- ipcs -q -i "$id"
	ipcs -q -i "$id" >/dev/null
	ipcrm -q "$id"
	assert_output_has "msqid=$id"
}

@test "POSIX queues are the host's only with --share ipc" {
	local name=/immure-test-$BASHPID
	"$PROBE" mq-open "$name"
	inspect --share ipc --landlock off -- "$PROBE" mq-find "$name"
	assert_equal "$output" 'mq-find: ok'
	# Landlock allows what is found in a tree, and so needs the host to show its queues.
	inspect --share ipc -- "$PROBE" mq-find "$name"
	if [[ -e /dev/mqueue ]]; then
		assert_equal "$output" 'mq-find: ok'
	else
		assert_equal "$output" 'mq-find: EACCES'
		assert_stderr_has 'POSIX message queues cannot be opened: the host has no /dev/mqueue'
	fi
	inspect -- "$PROBE" mq-find "$name"
	assert_equal "$output" 'mq-find: ENOENT'
	"$PROBE" mq-unlink "$name"
}

@test "options that need a namespace of their own are refused when it is shared" {
	local words
	for words in '--share uts --hostname x' '--share uts --domainname x' \
		'--share pid --as-pid-1' '--share mount --bind /' '--share net --sysctl net.core.somaxconn=1' \
		'--share ipc --sysctl kernel.shmmni=1'; do
		# shellcheck disable=SC2086 # several words
		run inside $words -- true
		assert_status 125
		[[ $output == *contradict* || $output == *'is shared with the host'* ]] ||
			fail_test "$words"
	done
}

@test "a name that is none is an error that lists them" {
	run inside --share nets -- true
	assert_status 125
	assert_output_has '"nets" is no namespace: user, mount, pid, ipc, uts, net and cgroup'
}
