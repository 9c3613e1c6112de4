#!/usr/bin/env bats
# `immure doctor`: what it says is what there is. Everything works on the machines that
# these tests are for; what is missing is made missing, one thing at a time.
#
# runs alone
#
# shellcheck disable=SC2016 # for the shells inside
# shellcheck disable=SC2094,SC2153 # told reads another file; PROBE is not probe

load ../lib/common
load ../lib/sandbox
load ../lib/life

setup() {
	common_setup
	cd "$TEST_TMP" || return
	export PATH=$PATH:/usr/sbin:/sbin
}

doctor() { timeout -k 5 "${PATIENCE:-60}" "$IMMURE" doctor "$@"; }

# findings FILE: "VERDICT NAME" a line, from --json.
findings() {
	python3 -c 'import json, sys
for probe in json.load(open(sys.argv[1]))["probes"]: print(probe["verdict"], probe["probe"])' "$1"
}

# told FILE PROBE KEY: what is said of it, lists a line each.
told() {
	python3 -c 'import json, sys
for probe in json.load(open(sys.argv[1]))["probes"]:
    if probe["probe"] == sys.argv[2]:
        value = probe[sys.argv[3]]
        print("\n".join(value) if isinstance(value, list) else value)' "$@"
}

# Those that this machine may do without, and tests cannot give it.
of_the_machine='^(missing|partly) (Landlock|several ids|control group|ping socket|tap device|libslirp|AppArmor|overlay|veth pair)$'

as_root_of_a_namespace() {
	local script=$1
	shift
	timeout -k 5 60 unshare -Urm bash -c "$script" - "$@"
}

@test "here everything works that a run needs, and a run works" {
	needs python3
	doctor --json >json
	run findings json
	[[ ${#lines[@]} -ge 25 ]]
	local line
	for line in "${lines[@]}"; do
		[[ $line == 'works '* || $line =~ $of_the_machine ]] || fail_test "$line: $(told json "${line#* }" why)"
	done
	run inside true
	assert_status 0
	doctor >text
	grep -qE '^immure run works here: it has all of the [0-9]+ things that it needs\.$' text
}

# fault CALL:NTH:ERROR [.CHILD] PROBE: with --json into ./json, a call of that probe
# disturbed. The roles of its processes follow from its place in the list.
fault() {
	local call=$1 child='' number
	shift
	if [[ $1 == .* ]]; then
		child=$1
		shift
	fi
	number=$(findings plain | cut -d' ' -f2- | grep -nxF "$1" | cut -d: -f1)
	timeout -k 5 100 "$TRACER" -s 90 -f "0.$((number + 1))$child:$call" report "$IMMURE" doctor --json >json
	grep -q '^hit ' report || fail_test "$1: it makes no such call"
	refute grep -E '^(left|hang)' report
}

@test "each thing that is missing is said to be, with what there is to type" {
	needs python3
	doctor --json >plain
	local call child probe said needed
	while IFS='|' read -r call child probe needed said; do
		fault "$call" ${child:+"$child"} "$probe"
		assert_equal "$probe $(told json "$probe" verdict)" "$probe missing"
		told json "$probe" advice >advice
		[[ -n $(told json "$probe" why) && -n $(told json "$probe" loses) ]]
		told json "$probe" why >>advice
		grep -qF -- "$said" advice || fail_test "$probe: $(cat advice; told json "$probe" why)"
		assert_equal "$(grep -o '^{"format":1,"verdict":"[a-z]*"' json)" \
			"{\"format\":1,\"verdict\":\"$([[ $needed == yes ]] && echo missing || echo works)\""
	done <<-'END'
		clone:1:EPERM||user namespace|yes|--share user,mount,pid,ipc,uts,net,cgroup
		write:2:EPERM|.1|id map|yes|write self/uid_map: Operation not permitted
		clone:1:EPERM||mount namespace|yes|it sees and changes the host's files as you do): --share mount
		clone:1:EPERM||pid namespace|yes|): --share pid
		clone:1:EPERM||ipc namespace|yes|): --share ipc
		sethostname:1:EPERM|.1|uts namespace|yes|--share uts
		ioctl:2:EPERM|.1|net namespace|yes|): --share net
		clone:1:EPERM||cgroup namespace|yes|): --share cgroup
		clone:1:EPERM|.1|second user namespace|yes|a container's system call filter or a chroot can forbid them
		fsopen:1:ENODEV|.1|tmpfs|yes|this kernel has no tmpfs
		pivot_root:1:EPERM|.1|binds and root|yes|a container's system call filter can forbid it
		pivot_root:1:ENOSYS|.1|binds and root|yes|Linux 2.4 or newer
		pivot_root:1:EPERM|.1|binds and root|yes|--security-opt seccomp=unconfined
		fsmount:1:EPERM|.1|new proc|yes|--proc host-ro
		fsmount:1:EPERM|.1|new sysfs|yes|--sys host-ro
		fsopen:1:ENODEV|.1|new devpts|yes|this kernel has no devpts
		fsopen:1:ENODEV|.1|new mqueue|yes|): --share ipc
		write:4:EPERM|.1|limits of namespaces|yes|write "1" to sysctl user.max_user_namespaces
		prctl:2:EPERM|.1|rights given up|yes|lock the securebits
		seccomp:1:EINVAL||filter of calls|yes|--seccomp off
		keyctl:1:EPERM||session keyring|yes|--security-opt seccomp=unconfined
		close_range:1:ENOSYS||close_range|yes|Linux 5.11 or newer
		landlock_create_ruleset:1:ENOSYS||Landlock|no|lsm=
		unshare:1:EINVAL|.1|time namespace|no|CONFIG_TIME_NS
		ioctl:1:EPERM|.1|tap device|no|--device /dev/net/tun
		socket:1:EPERM||libslirp|no|libslirp does not ask us
		sendto:1:EPERM|.1|veth pair|no|ask for a pair of devices
		socket:1:EACCES||ping socket|no|sysctl -w net.ipv4.ping_group_range
		fsopen:2:ENODEV|.1|overlay|no|this kernel has no overlay
		seccomp:1:EBUSY|.1|questions of filters|no|the kernel allows one
	END
}

@test "one that is ended is missing, and ends no other" {
	needs python3
	doctor --json >plain
	fault sethostname:1:KILL .1 'uts namespace'
	assert_equal "$(told json 'uts namespace' why)" 'it was ended by signal 9, Killed'
	# A setuid program that is traced has no rights to give.
	assert_equal "$(findings json | grep -vE 'uts namespace|several ids')" \
		"$(findings plain | grep -vE 'uts namespace|several ids')"
	fault unshare:1:KILL .1 'time namespace'
	assert_equal "$(told json 'time namespace' verdict)" missing
	fault socket:1:KILL 'ping socket'
	assert_equal "$(told json 'ping socket' why)" 'it was ended by signal 9, Killed'
}

@test "ROB-11: each limit of namespaces that is 0, and only that" {
	needs python3
	local name probe
	for name in user mnt pid ipc uts net cgroup time; do
		probe="${name/mnt/mount} namespace"
		run as_root_of_a_namespace '
			echo 0 >/proc/sys/user/max_$1_namespaces
			"$IMMURE" doctor --json >json; status=$?
			"$IMMURE" run --bind . -- touch made || exit 1$status
			exit 0$status' "$name"
		assert_equal "$(told json "$probe" verdict)" missing
		assert_equal "$(findings json | grep -E '^missing (user|mount|pid|ipc|uts|net|cgroup|time) namespace' |
			while read -r _ found; do [[ -n $(told json "$found" advice) ]] && echo "$found"; done)" "$probe"
		if [[ $name == time ]]; then
			assert_status 0
			[[ -e made ]]
		else
			assert_status 11
			refute test -e made
			told json "$probe" advice | grep -F "user.max_${name}_namespaces is 0 here, and $([[ $name == user ]] && echo 2 || echo 1) are needed; as root: sysctl -w user.max_${name}_namespaces=15000" >/dev/null
		fi
		assert_equal "$(python3 -c 'import json; print(json.load(open("json"))["limits"]["'"$name"'"]["max"])')" 0
	done
	# Two are the least, and then those of the last probe may not be gone yet.
	run as_root_of_a_namespace 'echo 2 >/proc/sys/user/max_user_namespaces; "$IMMURE" doctor'
	assert_status 0
	run as_root_of_a_namespace 'echo 1 >/proc/sys/user/max_user_namespaces; "$IMMURE" doctor --json >json'
	assert_status 1
	assert_equal "$(told json 'second user namespace' advice)" \
		'user.max_user_namespaces is 1 here, and 2 are needed; as root: sysctl -w user.max_user_namespaces=15000'
}

@test "several ids: as a run with --map auto has them, or what it lacks" {
	needs python3
	doctor --json >json
	run inside --map auto -- true
	assert_equal "$(told json 'several ids' verdict)" "$([[ $status -eq 0 ]] && echo works || echo missing)"
	if [[ $status -eq 0 ]]; then
		[[ $(told json 'several ids' why) =~ ^[0-9]+\ user\ ids\ and\ [0-9]+\ group\ ids$ ]]
	else
		[[ -n $(told json 'several ids' advice) ]]
	fi
	: >empty
	run as_root_of_a_namespace '
		mount --bind empty /etc/subuid; mount --bind empty /etc/subgid
		"$IMMURE" doctor --json >json'
	assert_equal "$(told json 'several ids' verdict)" missing
	told json 'several ids' why | grep -F '/etc/subuid has no range for '
	told json 'several ids' advice | grep -F 'usermod --add-subuids '
}

@test "what rests on something missing is missing, and says on what" {
	needs python3
	run as_root_of_a_namespace 'echo 0 >/proc/sys/user/max_net_namespaces; "$IMMURE" doctor --json >json'
	assert_status 1
	assert_equal "$(told json 'new sysfs' why)" 'it rests on what is missing: net namespace'
	assert_equal "$(told json 'tap device' why)" 'it rests on what is missing: net namespace'
	assert_equal "$(told json 'new proc' verdict)" works
}

# Both switches, as the kernels that have them show them.
with_kernel() {
	mkdir -p kernel
	rm -f kernel/*
	echo "${1#*=}" >"kernel/${1%%=*}"
	as_root_of_a_namespace 'mount --bind kernel /proc/sys/kernel && mount --make-rprivate / &&
		timeout 100 "$TRACER" -s 90 -f "$1" report "$IMMURE" doctor --json >json' "$2"
}

@test "ROB-10: the kernel's switch, and AppArmor, when they are what forbids it" {
	needs python3
	doctor --json >plain
	local number
	# In the last two probes alone, so that what they say is said of them.
	number=$(findings plain | grep -n "kernel's switch" | cut -d: -f1)
	run with_kernel unprivileged_userns_clone=0 "0.$((number + 1)):clone:1:EPERM"
	assert_equal "$(told json "kernel's switch" advice)" \
		'this host forbids user namespaces to ordinary users; as root: sysctl -w kernel.unprivileged_userns_clone=1'
	run with_kernel unprivileged_userns_clone=1 "0.$((number + 1)):unlink:1:EPERM"
	assert_equal "$(told json "kernel's switch" verdict) $(told json "kernel's switch" why)" \
		'works kernel.unprivileged_userns_clone allows them'
	run with_kernel apparmor_restrict_unprivileged_userns=1 "0.$((number + 2)).1:write:2:EPERM"
	assert_equal "$(told json AppArmor verdict)" missing
	told json AppArmor advice | grep -F 'apparmor_parser -r /etc/apparmor.d/immure'
	run with_kernel apparmor_restrict_unprivileged_userns=1 "0.$((number + 2)).1:unlink:1:EPERM"
	assert_equal "$(told json AppArmor verdict) $(told json AppArmor why)" \
		'works it restricts user namespaces, and not those of this program'
}

@test "ROB-15: a /proc with covers: what is missing is a new one, and a run says so" {
	needs python3
	run --separate-stderr as_root_of_a_namespace 'mount --bind /dev/null /proc/version
		"$IMMURE" doctor --json >json; echo "status $?"
		"$IMMURE" run -- cat /proc/version; echo "status $?"
		"$IMMURE" run --proc host-ro -- echo ran'
	assert_equal "$(findings json | grep -v '^works' | grep -vE "$of_the_machine")" 'missing new proc'
	[[ ${lines[0]} == 'status 1' && ${lines[1]} == 'status 125' && ${lines[2]} == ran ]]
	assert_stderr_has 'mount a new proc: Operation not permitted'
	assert_stderr_has 'hint: new proc: parts of /proc are covered or read-only here'
	assert_stderr_has 'hint: to show this one, read-only, and with it every process that is visible here: --proc host-ro'
}

@test "in bubblewrap: with and without what it leaves out" {
	needs python3 bwrap
	local bubble=(bwrap --ro-bind / / --dev /dev --bind "$TEST_TMP" "$TEST_TMP" --unshare-user --unshare-pid)
	# Of /sys there is the host's, locked read-only; /proc is a new one.
	run timeout -k 5 60 "${bubble[@]}" --proc /proc "$IMMURE" doctor --json
	printf '%s\n' "$output" >json
	assert_equal "$(told json 'user namespace' verdict)" works
	# For root it covers what root could write.
	assert_equal "$(told json 'new proc' verdict)" "$(is_root && echo missing || echo works)"
	grep -q '"place":"bubblewrap"' json
	run timeout -k 5 60 "${bubble[@]}" --proc /proc "$IMMURE" run --quiet -- echo ran
	assert_equal "$(grep -cx ran <<<"$output")" "$(grep -c '"format":1,"verdict":"works"' json)"
	# With /proc of the outside, of which it owns none.
	run timeout -k 5 60 "${bubble[@]}" "$IMMURE" doctor --json
	assert_status 1
	run timeout -k 5 60 "${bubble[@]}" --proc /proc --unshare-user --disable-userns "$IMMURE" doctor --json
	assert_status 1
	printf '%s\n' "$output" >json
	assert_equal "$(told json 'user namespace' verdict)" missing
}

@test "inside of immure: nothing without --nested, everything with it" {
	needs python3
	run inside --ro-bind "$IMMURE" -- "$IMMURE" doctor --json
	assert_status 1
	printf '%s\n' "$output" >json
	assert_equal "$(told json 'user namespace' verdict)" missing
	grep -q '"place":"immure"' json
	is_root && return
	run inside --nested --quiet --ro-bind "$IMMURE" -- "$IMMURE" doctor --json
	assert_status 0
	printf '%s\n' "$output" >json
	assert_equal "$(findings json | grep -vE '^works' | grep -vE "$of_the_machine")" ''
}

@test "a container's filter: nothing of mounts and namespaces, and clone3 is not there" {
	needs python3
	# What Docker's profile refuses to who has no capability, as it refuses it.
	local refused=mount=EPERM,fsopen,fsmount,fsconfig,open_tree,move_mount,mount_setattr,pivot_root,unshare,setns,keyctl
	doctor --json >plain
	run timeout -k 5 60 "$PROBE" without clone3 "$IMMURE" doctor --json
	assert_status 0
	printf '%s\n' "$output" >json
	# With a filter comes no_new_privs, and a setuid program has no rights to give.
	assert_equal "$(findings json | grep -v 'several ids')" "$(findings plain | grep -v 'several ids')"
	run timeout -k 5 60 "$PROBE" without "$refused,clone3" "$IMMURE" doctor --json
	assert_status 1
	printf '%s\n' "$output" >json
	local probe
	assert_equal "$(told json tmpfs verdict)" missing
	told json tmpfs advice | grep -F -- '--security-opt seccomp=unconfined' >/dev/null
	for probe in 'binds and root' overlay; do
		assert_equal "$(told json "$probe" why)" 'it rests on what is missing: tmpfs'
	done
	run timeout -k 5 60 "$PROBE" without close_range "$IMMURE" doctor --json
	assert_status 1
	printf '%s\n' "$output" >json
	assert_equal "$(findings json | grep -v ^works | grep -vE "$of_the_machine")" 'missing close_range'
}

# count_at_least TYPE: of those in use.
count_at_least() {
	python3 -c 'import json, sys
print(json.load(open("json"))["limits"][sys.argv[1]]["used_at_least"])' "$1"
}

@test "namespaces in use: at least those of a sandbox, and fewer again without it" {
	needs python3
	local name before
	doctor --json >json
	before=$(count_at_least uts)
	[[ $before -lt 100000 ]]
	hold
	doctor --json >json
	for name in user mnt pid ipc uts net cgroup; do
		[[ $(count_at_least "$name") -ge $([[ $name == user ]] && echo 2 || echo 1) ]] || fail_test "$name"
	done
	release
	# In a user namespace of one's own, where nobody else makes any.
	run as_root_of_a_namespace '
		"$IMMURE" doctor --json >json
		unshare -Uu sleep 50 & pid=$!
		until [[ $(readlink /proc/$pid/ns/uts) != $(readlink /proc/self/ns/uts) ]]; do sleep 0.02; done
		"$IMMURE" doctor --json >json2
		kill $pid'
	assert_equal "$(count_at_least user) $(count_at_least uts) $(count_at_least net)" '0 0 0'
	mv json2 json
	assert_equal "$(count_at_least user) $(count_at_least uts) $(count_at_least net)" '1 1 0'
}

# state: what could be left behind.
state() {
	cat /proc/self/mountinfo
	find /dev/shm /dev/mqueue "$TEST_TMP" "$HOME" -maxdepth 1 2>/dev/null | sort
	find /sys/fs/cgroup -name 'immure-*' 2>/dev/null
	cut -d: -f1 /proc/net/dev
	cat /proc/sys/user/max_* /proc/sys/net/ipv4/ping_group_range
}

no_doctor_left() { [[ -z $(pgrep -f "^$IMMURE doctor") ]]; }

@test "nothing is left behind, and nothing is changed" {
	state >"$BATS_TEST_TMPDIR/before"
	doctor >/dev/null
	no_doctor_left
	state >"$BATS_TEST_TMPDIR/after"
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "killed at any moment it leaves nothing behind either" {
	state >"$BATS_TEST_TMPDIR/before"
	local i
	for i in {1..30}; do
		"$IMMURE" doctor >/dev/null 2>&1 3>&- &
		sleep "0.0$((i % 10))$((i / 10))"
		kill -KILL $! 2>/dev/null || true
		wait $! 2>/dev/null || true
	done
	until_true no_doctor_left
	state >"$BATS_TEST_TMPDIR/after"
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "a run says the line of the probe that fails, and no other" {
	# The reason is gone when it is tried: then it is not said.
	run --separate-stderr timeout -k 5 60 "$TRACER" -s 50 -f 0.1:fsopen:1:ENODEV report "$IMMURE" run -- touch made
	grep -qx 'end 0 125' report
	assert_stderr_has 'hint: this kernel has no tmpfs'
	assert_stderr_lacks 'hint: tmpfs:'
	# Of two that are missing, the one that the run needed.
	run --separate-stderr as_root_of_a_namespace '
		echo 0 >/proc/sys/user/max_uts_namespaces
		mount --bind /dev/null /proc/version
		"$IMMURE" run --share uts --quiet -- touch made'
	assert_status 125
	assert_stderr_has 'hint: new proc: '
	assert_stderr_lacks uts
	# What has another reason has another hint.
	run --separate-stderr -127 as_root_of_a_namespace '
		echo 0 >/proc/sys/user/max_uts_namespaces
		"$IMMURE" run --share uts --quiet -- /nonesuch'
	assert_status 127
	assert_stderr_lacks namespace
	run --separate-stderr as_root_of_a_namespace '
		echo 0 >/proc/sys/user/max_uts_namespaces
		"$IMMURE" run --share uts --quiet --ro-bind /nonesuch true'
	assert_status 125
	assert_stderr_lacks namespace
	refute test -e made
}

@test "a start that works tries nothing" {
	run --separate-stderr timeout -k 5 60 "$TRACER" -s 50 report "$IMMURE" run -- true
	grep -qx 'end 0 0' report
	grep -q '^call 0 clone ' report
	refute grep -qE '^call 0 setpgid ' report
	assert_equal "$(grep -cE '^call 0 clone ' report)" 1
}
