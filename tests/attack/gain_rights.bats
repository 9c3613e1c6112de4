#!/usr/bin/env bats
# The command has no right and no way to one: five empty capability sets, locked
# securebits, no_new_privs, no further namespace; and nothing that takes a right works.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

# What `probe WORDS` attempted and the kernel did not let happen, or did.
refused() { grep -c ': E' <<<"$output"; }
done_() { grep -c ': ok' <<<"$output" || true; }

empty=$(printf 'Cap%s:\t0000000000000000\n' Inh Prm Eff Bnd Amb)

@test "CAP-01 CAP-03 CAP-05 FS-05 NS-01 NS-02 NS-09 SEC-02 SEC-03: without walls root of a user namespace has every capability, and can mount" {
	run unshare -Ur "$PROBE" caps
	[[ $output != *"CapEff:	0000000000000000"* ]]
	run unshare -Ur "$PROBE" mounts
	[[ $(done_) -ge 8 ]] || fail_test 'too little works here'
	assert_output_has 'sethostname: ok'
	run unshare -Ur "$PROBE" unshare-all
	[[ $(done_) -ge 15 ]] || fail_test 'too little works here'
}

@test "CAP-01 CAP-05: the five sets are empty, for every identity and every process" {
	local user
	for user in root self 1234; do
		inspect --user "$user" -- "$PROBE" caps
		assert_equal "$output" "$empty"
	done
	inspect -- sh -c 'sh -c "sleep 0.2 & grep -h ^Cap /proc/[0-9]*/status" | sort -u'
	assert_equal "$output" "$(sort <<<"$empty")"
}

@test "CAP-01 CAP-04: so they are seen from outside, of init and of the command" {
	hold
	local command pid
	command=$(pgrep -P "$INIT")
	for pid in "$INIT" "$command"; do
		assert_equal "$(grep ^Cap "/proc/$pid/status")" "$empty"
		assert_equal "$(grep NoNewPrivs "/proc/$pid/status")" $'NoNewPrivs:\t1'
		assert_equal "$(grep Uid "/proc/$pid/status" | cut -f2-5)" "$(printf '%s\t%s\t%s\t%s' "$UID" "$UID" "$UID" "$UID")"
	done
	release
}

@test "CAP-03 CAP-04: nothing that was given up comes back" {
	inspect -- "$PROBE" regain
	# All but KEEP_CAPS, which means nothing beside them, set and locked: capabilities(7).
	assert_output_has 'securebits: cf'
	assert_output_has 'no-new-privs: 1'
	assert_equal "$(refused)" 7
	assert_equal "$(done_)" 0
	inspect --as-pid-1 --user self -- "$PROBE" regain
	assert_output_has 'securebits: cf'
	assert_equal "$(done_)" 0
}

@test "CAP-03 CAP-04: weakened, rights that were not given up are still there" {
	run weakly caps,privileges "$PROBE" regain
	assert_output_has 'no-new-privs: 0'
	assert_output_has 'capset: ok'
}

@test "NS-01 NS-02: no namespace of any kind, by either call" {
	inspect -- "$PROBE" unshare-all
	assert_equal "$(refused)" 17
	assert_equal "$(done_)" 0
	assert_output_lacks ENOSPC
	inspect -- unshare -Ur true
	assert_status 1
	inspect -- sh -c 'echo 100 >/proc/sys/user/max_user_namespaces; unshare -U true'
	assert_status 1
}

@test "NS-05: nor without the filter: the limit is a wall of its own" {
	inspect --seccomp off -- "$PROBE" unshare-all
	assert_equal "$(refused)" 17
	assert_equal "$(done_)" 0
	assert_output_has 'user: ENOSPC'
	inspect --seccomp off -- unshare -Ur true
	assert_status 1
}

@test "SEC-02 CAP-03: no mount, no root, without the filter either" {
	inspect --seccomp off -- "$PROBE" mounts
	assert_equal "$(refused)" 15
	assert_equal "$(done_)" 0
	inspect --seccomp off -- "$PROBE" chroot-out
	assert_equal "$output" 'chroot-out: EPERM'
}

@test "FS-05 FS-11 SEC-02 SEC-03: no mount, no root, by any call" {
	inspect -- "$PROBE" mounts
	assert_equal "$(refused)" 15
	assert_equal "$(done_)" 0
	inspect -- "$PROBE" chroot-out
	assert_equal "$output" 'chroot-out: EPERM'
	inspect -- sh -c 'mount -o remount,rw,bind /usr; mount -o remount,rw /; mount --make-shared /; umount /proc/sys; umount -l /usr; touch /usr/x /x'
	assert_status 1
}

@test "FS-11: without walls root of a user namespace leaves a root directory by an open one" {
	run unshare -Ur "$PROBE" chroot-out
	assert_equal "$output" 'chroot-out: ok'
}

@test "FS-11 FS-12: weakened, with all rights of its user namespace: out of a root it can, to no file by its number" {
	run --separate-stderr weakly caps "$PROBE" chroot-out
	# It comes out where it was: in the view.
	assert_output_has chroot-out
	cd /
	run --separate-stderr weakly caps sh -c 'ls -d /oldroot "$1"' - "$TEST_TMP"
	assert_equal "$output" ''
	run --separate-stderr weakly caps "$PROBE" handle /usr
	[[ $output == 'handle: E'* ]]
}

@test "FS-07: without walls a program with a setuid bit runs with its owner's rights" {
	! is_root || skip 'who is root already gains nothing by it'
	# What the loader says of itself it does not say in such a program: ld.so(8).
	LD_SHOW_AUXV=1 run /usr/bin/su --version
	assert_output_lacks AT_SECURE
}

@test "FS-07: inside it is a program like any other" {
	inspect --user self --setenv LD_SHOW_AUXV=1 -- /usr/bin/su --version
	[[ $(grep AT_SECURE <<<"$output") =~ ' 0'$ ]]
	assert_equal "$(grep 'AT_E\?[UG]ID' <<<"$output" | awk '{ print $2 }' | sort -u)" "$(printf '%s\n' "$(id -u)" "$(id -g)" | sort -u)"
	# The file's own bit does not count in any directory that is shown, nosuid or not.
	hold --user self -- sh -c 'echo on; read -r line'
	assert_equal "$(grep NoNewPrivs "/proc/$(pgrep -P "$INIT")/status")" $'NoNewPrivs:\t1'
	release
}

@test "PROC-13: without walls a namespace of one's own can be entered again" {
	unshare -Ur sh -c 'unshare -m sleep 5 & pid=$!; sleep 0.2; nsenter -t $pid -m true; status=$?; kill $pid; exit $status'
}

@test "PROC-13: neither those of init, nor its own, can be entered" {
	inspect --seccomp off -- sh -c 'for kind in mnt pid net ipc uts user cgroup; do nsenter --$kind=/proc/1/ns/$kind true; nsenter --$kind=/proc/self/ns/$kind true; done 2>&1 |
		grep -c "denied\|permitted\|Invalid\|unrecognized"'
	assert_output_has 14
	inspect -- sh -c 'for kind in pid net ipc uts cgroup; do nsenter --$kind=/proc/self/ns/$kind true; done 2>&1 | grep -c "Operation not permitted"'
	assert_equal "$output" 5
}

@test "FS-07 CAP-03: programs with a setuid bit or with file capabilities change nothing" {
	local program shown=
	for program in /usr/bin/su /usr/bin/passwd /usr/bin/mount /usr/bin/newuidmap /usr/bin/chsh; do
		[[ -u $program ]] && shown=$program
	done
	[[ -n $shown ]]
	inspect --user self --seccomp off -- sh -c 'cp "$(command -v id)" /tmp/id; chmod 4755 /tmp/id; /tmp/id -u; /tmp/id -ru; su -c id root </dev/null'
	[[ $status -ne 0 ]]
	assert_equal "$(head -n 2 <<<"$output" | sort -u)" "$(id -u)"
	inspect -- sh -c 'mount | wc -l; passwd -S root; cat /proc/self/status | grep Uid'
	assert_equal "$(grep Uid <<<"$output" | cut -f2-3)" $'0\t0'
}

@test "FS-12 SEC-13: a file by its number instead of its name" {
	[[ $("$PROBE" handle /usr) != *EOPNOTSUPP ]] || skip 'files have no numbers here'
	inspect -- "$PROBE" handle /usr
	assert_equal "$output" 'handle: EPERM'
	inspect --seccomp off -- "$PROBE" handle /usr
	assert_equal "$output" 'handle: EPERM'
	# Without walls root opens it.
	! is_root || assert_equal "$("$PROBE" handle /usr)" 'handle: ok'
}

@test "SEC-11 SEC-12 PROC-06: the clock, the kernel's log, modules, accounting" {
	inspect --seccomp off -- sh -c 'date -s 2000-01-01; dmesg; sysctl -w kernel.hostname=x; true'
	assert_equal "$(wc -l <<<"${stderr:-}")" 4
	inspect -- sh -c 'date -s 2000-01-01; dmesg; sysctl -w kernel.hostname=x; echo x >/proc/sys/kernel/core_pattern; echo b >/proc/sysrq-trigger; true'
	assert_status 0
	assert_equal "$(wc -l <<<"${stderr:-}")" 5
	[[ $(date +%Y) -gt 2000 ]]
}
