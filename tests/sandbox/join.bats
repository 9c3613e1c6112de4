#!/usr/bin/env bats
# --netns and its like: namespaces that exist already, of the caller's own making, are
# joined, exactly those, and every other wall stands as without it.
#
# shellcheck disable=SC2016,SC2030,SC2031,SC2153 # for the shells inside; each test has its own

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	needs python3 unshare ip
	started=()
}

teardown() {
	local pid
	for pid in "${started[@]}"; do
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	common_teardown
}

# namespaces OPTION... [-- COMMANDS]: a process in new namespaces of unshare(1), with a
# loopback device that is up and a host name: its number in PID.
namespaces() {
	local commands=: options=()
	while [[ $# -gt 0 && $1 != -- ]]; do
		options+=("$1")
		shift
	done
	[[ $# -eq 0 ]] || commands=$2
	[[ ${options[0]} != *u* ]] || commands+='; hostname joined.example'
	[[ ${options[0]} != *n* ]] || commands+='; ip link set lo up'
	rm -f "$TEST_TMP/ready"
	# Who makes a namespace of clocks is not in it, and on older kernels cannot vfork(2).
	[[ ${options[0]} != *T* ]] || options+=(--fork --kill-child)
	unshare "${options[@]}" sh -c "$commands"'; : >"$1"; exec sleep 300' - "$TEST_TMP/ready" >/dev/null 2>&1 3>&- &
	PID=$!
	started+=("$PID")
	until [[ -e $TEST_TMP/ready ]]; do
		kill -0 "$PID" || fail_test "no namespaces: ${options[*]}" || return
		sleep 0.02
	done
	[[ ${options[0]} != *T* ]] || PID=$(pgrep -P "$PID")
}

# For root they are of the host's user namespace, for a user of one of his own.
mine() { printf '%s\n' "-$(is_root || echo Ur)$1"; }

links=(user mnt pid ipc uts net cgroup time)

# in_common PID OPTION...: the namespaces that a sandbox with these options has in common
# with that process, and behind a colon those that it has in common with us.
in_common() {
	local pid=$1 name there=() own=()
	shift
	local identities
	identities=$(inside --quiet "$@" -- readlink "${links[@]/#//proc/self/ns/}") || return
	for name in "${links[@]}"; do
		! grep -qxF "$(readlink "/proc/$pid/ns/$name")" <<<"$identities" || there+=("$name")
		! grep -qxF "$(readlink "/proc/self/ns/$name")" <<<"$identities" || own+=("$name")
	done
	echo "${there[*]}:${own[*]}"
}

@test "each is joined by itself, by the number of a process or by a file, and the rest is new" {
	namespaces "$(mine niuT)"
	assert_equal "$(in_common "$PID")" ':time'
	# It never is in the joined user namespace itself.
	local name
	for name in net ipc uts; do
		assert_equal "$(in_common "$PID" "--${name}ns" "$PID")" "$name:time"
		assert_equal "$(in_common "$PID" "--${name}ns" "/proc/$PID/ns/$name")" "$name:time"
	done
	assert_equal "$(in_common "$PID" --timens "$PID")" 'time:'
	assert_equal "$(in_common "$PID" --netns "$PID" --utsns "$PID" --ipcns "$PID" --timens "$PID")" 'ipc uts net time:'
	assert_equal "$(in_common "$PID" --netns "$PID" --netns none)" ':time'
	is_root || assert_equal "$(in_common "$PID" --userns "$PID")" ':time'
}

@test "it is announced, shown with its origin, and read back from a profile" {
	namespaces "$(mine n)"
	inspect --netns "$PID" -- true
	assert_stderr_has "immure: note: joins the net namespace of process $PID (command line): it reaches every network and loopback service there"
	is_root || assert_stderr_has 'who is root of the user namespace that it belongs to has power over the command'
	inspect --quiet --netns "$PID" -- true
	assert_equal "${stderr:-}" ''
	inspect --netns "$PID" --dry-run -- true
	grep -Eq '^namespace    net: joined +# command line$' <<<"$output"
	grep -Eq "^joins        net: process $PID +# command line\$" <<<"$output"
	is_root || grep -Eq '^joins        user: the one that it belongs to +# command line$' <<<"$output"
	inspect --dry-run -- true
	assert_output_lacks join
	printf 'include default\nnetns /proc/%s/ns/net\n' "$PID" >"$TEST_TMP/f.profile"
	inspect --profile "$TEST_TMP/f.profile" -- true
	assert_stderr_has "of /proc/$PID/ns/net ($TEST_TMP/f.profile:2)"
	"$IMMURE" profile show "$TEST_TMP/f.profile" | grep -v '^#' >"$TEST_TMP/g.profile"
	assert_equal "$(in_common "$PID" --profile "$TEST_TMP/g.profile")" 'net time:time'
	assert_equal "$(in_common "$PID" --profile "$TEST_TMP/g.profile" --netns none)" 'time:time'
}

@test "the network: its devices, its loopback, and nothing of it can be changed" {
	namespaces "$(mine n)" -- 'ip link add one type veth peer name two'
	inspect --quiet --netns "$PID" -- sh -c 'ls -U /sys/class/net | sort; cut -d: -f1 /proc/net/dev | sed 1,2d | tr -d " " | sort; cat /etc/resolv.conf
		ip link set one up; ip link del one; echo 1 >/proc/sys/net/ipv4/ip_forward; touch /sys/class/net/one/x; grep Cap /proc/self/status | cut -f2 | sort -u'
	assert_equal "$output" "lo
one
two
lo
one
two
# immure: nobody said which name servers the joined network has
0000000000000000"
	assert_equal "$(nsenter_as "$PID" cat /proc/net/dev | grep -c one)" 1
}

# nsenter_as PID COMMAND...: in its network, in the place of this shell: for a shell of
# its own, so that who kills that one kills the command.
nsenter_as() {
	local pid=$1
	shift
	if is_root; then exec nsenter -t "$pid" -n "$@"; else exec nsenter -t "$pid" -U --preserve-credentials -n "$@"; fi
}

@test "what listens there is reached, and what listens on the host is not" {
	namespaces "$(mine n)"
	nsenter_as "$PID" python3 -m http.server --directory "$TEST_TMP" --bind 127.0.0.1 8000 >/dev/null 2>&1 3>&- &
	started+=("$!")
	echo there >"$TEST_TMP/file"
	inspect --quiet --netns "$PID" -- curl -sS --retry 50 --retry-delay 0 --retry-connrefused http://127.0.0.1:8000/file
	assert_equal "$output" there
	run -7 inside --quiet -- curl -sS http://127.0.0.1:8000/file
	# An abstract socket is of the network namespace too: Landlock keeps it away.
	nsenter_as "$PID" python3 -c 'import socket, time; s = socket.socket(socket.AF_UNIX); s.bind("\0immure-join"); s.listen(); open("'"$TEST_TMP"'/bound", "w"); time.sleep(300)' 3>&- &
	started+=("$!")
	until [[ -e $TEST_TMP/bound ]]; do sleep 0.02; done
	inspect --quiet --netns "$PID" --landlock off -- python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("\0immure-join")'
	assert_status 0
	needs_landlock 6 'abstract sockets'
	inspect --quiet --netns "$PID" -- python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("\0immure-join")'
	assert_stderr_has 'Operation not permitted'
}

@test "sandboxes share one network, and nothing else" {
	namespaces "$(mine n)"
	hold --quiet --netns "$PID" -- sh -c 'echo on; python3 -m http.server --directory /etc --bind 127.0.0.1 8000 >/dev/null 2>&1 & read -r line'
	inspect --quiet --netns "$PID" -- sh -c 'curl -sS --retry 50 --retry-delay 0 --retry-connrefused http://127.0.0.1:8000/hostname; ls -d /proc/[0-9]*; echo mine >/tmp/file'
	release
	assert_status 0
	assert_equal "${lines[0]}" immure
	assert_equal "${lines[1]}${lines[2]}" /proc/1/proc/2
}

@test "the network of a sandbox can be joined where that lets namespaces be made in it" {
	! is_root || skip 'of its user namespaces root is not the owner'
	local command
	hold --quiet --nested -- sh -c 'echo on; python3 -m http.server --directory /etc --bind 127.0.0.1 8000 >/dev/null 2>&1 & read -r line'
	until command=$(pgrep -P "$(pgrep -P "$INIT")" sh); do sleep 0.02; done
	inspect --quiet --netns "$command" -- curl -sS --retry 50 --retry-delay 0 --retry-connrefused http://127.0.0.1:8000/hostname
	release
	assert_equal "$output" immure
	# One without --nested has room for its own command alone, and keeps it so.
	hold --quiet
	until command=$(pgrep -P "$INIT" sh); do sleep 0.02; done
	inspect --quiet --netns "$command" -- touch "$TEST_TMP/ran"
	assert_status 125
	assert_equal "${stderr:-}" 'immure: create the namespaces: join: clone into new namespaces: No space left on device
hint: the user namespace that is joined (command line) has limits of its own, of /proc/sys/user; that of a sandbox lets nobody make one in it
hint: sandboxes can share a network, as process PID, that was made before them: unshare -Urn sleep 1h'
	[[ ! -e $TEST_TMP/ran ]]
	release
}

@test "the host name, queues and clocks" {
	namespaces "$(mine uiT)" -- 'ipcmk -Q'
	inspect --quiet --utsns "$PID" -- sh -c 'uname -n; grep -c . /etc/hosts; ls /etc/hostname; hostname x'
	assert_equal "$output" $'joined.example\n2'
	inspect --quiet --ipcns "$PID" --ro-bind "$PROBE" -- sh -c 'ipcs -q | grep -c "^0x"; "$0" mq-open /immure-join; ls /dev/mqueue; cat /proc/sys/kernel/msgmax >/dev/null && echo readable' "$PROBE"
	assert_equal "$output" $'1\nmq-open: ok\nimmure-join\nreadable'
	inspect --quiet --ipcns "$PID" --ro-bind "$PROBE" -- sh -c '"$0" mq-find /immure-join; "$0" mq-unlink /immure-join' "$PROBE"
	assert_equal "${lines[0]}" 'mq-find: ok'
	run "$PROBE" mq-find /immure-join
	assert_equal "$output" 'mq-find: ENOENT'
	namespaces "$(mine T)" --monotonic 5000
	inspect --quiet --timens "$PID" -- cat /proc/self/timens_offsets
	assert_equal "$(tr -s ' ' <<<"${lines[0]}")" 'monotonic 5000 0'
}

@test "with each way to start the command" {
	namespaces "$(mine n)"
	inspect --quiet --netns "$PID" --as-pid-1 -- sh -c 'echo $$; ls /proc/self/ns/net'
	assert_equal "${lines[0]}" 1
	assert_equal "$(in_common "$PID" --netns "$PID" --monotonic 60)" 'net:'
	assert_equal "$(in_common "$PID" --netns "$PID" --share uts,ipc,cgroup)" 'ipc uts net cgroup time:ipc uts cgroup time'
	inspect --quiet --netns "$PID" -- sh -c 'exit 7'
	assert_status 7
	inspect --quiet --netns "$PID" --timeout 0.3 -- sleep 60
	assert_status 124
	run -127 inside --quiet --netns "$PID" -- /no/such/program
	assert_output_has '/no/such/program: No such file or directory'
	! is_root || return 0
	assert_equal "$(in_common "$PID" --netns "$PID" --nested)" 'net time:time'
	inspect --quiet --netns "$PID" --nested -- sh -c 'ls /sys/class/net; unshare -Urmn sh -c "mount -t sysfs x /mnt && ls /mnt/class/net"'
	assert_equal "$output" $'lo\nlo'
}

@test "the walls are those of every other command" {
	namespaces "$(mine nui)"
	# What the kernel tells of it, but for numbers that are never the same.
	local state='grep -vE "^(Name|Pid|PPid|Tgid|Ngid|NSpid|NStgid|NSpgid|NSsid|Vm|Rss|Threads|Sig|Cpus|Mems|.*ctxt|Hugetlb|FDSize|untag|Umask|State)" /proc/self/status; cat /proc/self/uid_map /proc/self/gid_map /proc/self/limits; ls /proc/self/fd; cut -d" " -f4-6 /proc/self/mountinfo | sort; ls -R /dev /etc/passwd; env | sort'
	inspect --quiet --hostname same -- sh -c "$state"
	local without=$output
	inspect --quiet --hostname same --netns "$PID" --ipcns "$PID" -- sh -c "$state"
	assert_equal "$output" "$without"
	inspect --quiet --netns "$PID" --ro-bind "$PROBE" -- sh -c '"$0" regain; "$0" mounts; "$0" unshare-all' "$PROBE"
	assert_output_lacks ': ok'
	# Without the filter: the one user namespace below that of the set-up is in use.
	inspect --quiet --netns "$PID" --seccomp off -- unshare -Ur true
	assert_stderr_has 'No space left on device'
	# And the limit of those who are in there already is as it was.
	is_root || nsenter -t "$PID" -U --preserve-credentials unshare -U true
}

@test "the set-up cannot be looked into by who is root of what is joined" {
	! is_root || skip 'for root there is no user namespace in between'
	needs strace
	local init denied=0 seconds=3
	[[ -z ${PATIENCE:-} ]] || seconds=60
	namespaces -Urn
	# Root in there looks into who is further inside, if nothing is done about it.
	nsenter -t "$PID" -U --preserve-credentials unshare -U sleep 300 3>&- &
	local lower=$!
	started+=("$lower")
	until [[ $(cat "/proc/$lower/comm") == sleep ]]; do sleep 0.02; done
	run nsenter -t "$PID" -U --preserve-credentials sh -c 'ls "/proc/$1/root/"' - "$lower"
	assert_output_has usr
	# Init stands still where it has all that it ever has, in front of pivot_root(2).
	strace -f -qq -o /dev/null -e "inject=pivot_root:delay_enter=${seconds}000000" "$IMMURE" run --quiet --netns "$PID" -- true 3>&- &
	local tracer=$!
	started+=("$tracer")
	until init=$(pgrep -P "$(pgrep -P "$tracer" -x immure)" -x immure); do
		kill -0 "$tracer" || fail_test 'it did not start' || return
		sleep 0.02
	done 2>/dev/null
	# As long as it is there, also while it writes its map, which wants it to be seen.
	while kill -0 "$init" 2>/dev/null; do
		denied=$((denied + 1))
		run nsenter -t "$PID" -U --preserve-credentials sh -c 'cat "/proc/$1/environ"; ls "/proc/$1/root/" "/proc/$1/fd/"' - "$init"
		[[ $output != */usr* && $output != *PATH=* && $output != *$'\n'usr* ]] || fail_test "init was looked into"
	done
	wait "$tracer"
	[[ $denied -gt 20 ]]
}

@test "user namespaces in user namespaces: entered from the outermost on, if there is a way" {
	! is_root || skip 'for ordinary users'
	namespaces -Urn
	local outer=$PID
	rm "$TEST_TMP/ready"
	nsenter -t "$outer" -U --preserve-credentials unshare -Uru sh -c 'hostname inner; : >"$1"; exec sleep 300' - "$TEST_TMP/ready" 3>&- &
	local inner=$!
	started+=("$inner")
	until [[ -e $TEST_TMP/ready ]]; do sleep 0.02; done
	inspect --quiet --utsns "$inner" --netns "$outer" -- sh -c 'uname -n; readlink /proc/self/ns/net; cat /proc/self/uid_map'
	assert_equal "${lines[0]} ${lines[1]}" "inner $(readlink "/proc/$outer/ns/net")"
	namespaces -Uru
	inspect --netns "$outer" --utsns "$PID" -- touch "$TEST_TMP/ran"
	assert_status 125
	assert_equal "${stderr:-}" 'immure: plan: netns (command line) and utsns (command line) belong to user namespaces of which neither is inside of the other'
	inspect --netns "$outer" --userns "$PID" -- touch "$TEST_TMP/ran"
	assert_status 125
	[[ ! -e $TEST_TMP/ran ]]
	# Its limits count for what is made in it.
	nsenter -t "$PID" -U --preserve-credentials sh -c 'echo 0 >/proc/sys/user/max_pid_namespaces'
	inspect --quiet --userns "$PID" -- touch "$TEST_TMP/ran"
	assert_status 125
	assert_stderr_has 'immure: create the namespaces: join: clone into new namespaces: No space left on device'
	assert_stderr_has 'hint: the user namespace that is joined (command line) has limits of its own'
}

@test "what cannot be joined is said before anything starts" {
	local option
	namespaces "$(mine nu)"
	refused() {
		local what=$1
		shift
		inspect "$@" -- touch "$TEST_TMP/ran"
		assert_status 125
		assert_stderr_has "$what"
		[[ $(grep -c '^immure: [^n]' <<<"${stderr:-}") -eq 1 && ! -e $TEST_TMP/ran ]]
	}
	mkfifo "$TEST_TMP/fifo"
	for option in userns netns ipcns utsns timens; do
		refused "immure: plan: $option /etc/passwd (command line): /etc/passwd is no namespace" "--$option" /etc/passwd
		refused "$TEST_TMP/fifo is no namespace" "--$option" "$TEST_TMP/fifo"
		refused '/nonesuch: No such file or directory' "--$option" /nonesuch
		refused 'process 2147483647: No such process' "--$option" 2147483647
		refused '"0" is not from 1 to' "--$option" 0
		refused 'is a pid namespace, not a ' "--$option" "/proc/$PID/ns/pid"
		refused 'that you are in yourself' "--$option" "$$"
		refused 'an empty path' "--$option" ''
	done
	refused 'hint: to share it: --share uts' --utsns $$
	refused 'share net (command line) and netns (command line) contradict each other' --share net --netns "$PID"
	refused 'utsns (command line) and hostname (command line) contradict each other' --utsns "$PID" --hostname x
	is_root || refused 'map: several ids, and what is joined (command line), contradict each other' --netns "$PID" --map auto
	refused 'sysctl net.core.somaxconn (command line): the net namespace is not' --netns "$PID" --sysctl net.core.somaxconn=1
	if is_root; then
		# A user's is not root's, who would be at the mercy of who is root there.
		setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn sleep 300 3>&- &
		started+=("$!")
		until [[ $(cat "/proc/$!/comm") == sleep ]]; do sleep 0.02; done
		refused 'it belongs to a user namespace that is not yours' --netns "$!"
	else
		refused '/proc/1/ns/net: Permission denied' --netns 1
		refused 'hint: only who may trace a process' --netns 1
		# Nobody in there: no map.
		unshare -Un sleep 300 3>&- &
		started+=("$!")
		until [[ $(cat "/proc/$!/comm") == sleep ]]; do sleep 0.02; done
		refused 'you must be somebody' --netns "$!"
		refused 'share user: what is joined (command line) belongs to another user namespace' \
			--share user,mount,pid,ipc,uts,cgroup --netns "$PID"
	fi
}

@test "the hint's own way to a network leads to one" {
	! is_root || skip 'for ordinary users'
	local typed
	# The network of a sandbox is below it, and the one above it is a stranger there.
	touch "$TEST_TMP/host"
	run --separate-stderr unshare -Urm sh -c 'mount --bind /proc/self/ns/net "$1" && exec unshare -Urn "$0" run --netns "$1" true' "$IMMURE" "$TEST_TMP/host"
	assert_status 125
	assert_stderr_has 'it belongs to a user namespace that is not yours'
	typed=${stderr##*process PID: }
	assert_equal "$typed" 'unshare -Urn sleep 1h'
	# shellcheck disable=SC2086 # a command and its words
	$typed 3>&- &
	started+=("$!")
	until [[ $(cat "/proc/$!/comm") == sleep ]]; do sleep 0.02; done
	inspect --quiet --netns "$!" -- echo ran
	assert_equal "$output" ran
}
