#!/usr/bin/env bats
# The main attempts in one go (lib/raid.sh), judged from outside, wherever the program
# may be called from: each time all of them work without walls, and none behind them.
# And each wall that is taken down lets in exactly what it is there for.

load ../lib/common
load ../lib/sandbox
load ../lib/raid

setup() {
	common_setup
	raid_options=()
	raid_setup
	more=()
}

teardown() {
	raid_clean_up
	common_teardown
}

# held WRAPPER...: none of it, below this wrapper, and it did run.
held() {
	raid "$@" "$IMMURE" run "${raid_options[@]}" "${more[@]}" -- sh
	[[ $RAID_STATUS -eq 0 && -s $RAID/out ]] || fail_test "it did not run: $(cat "$RAID/err")"
	assert_equal "$RAIDED" ''
}

# had WRAPPER...: all of it, without walls.
had() {
	raid "$@" sh
	assert_equal "$RAIDED" "$(raid_all)"
}

@test "MAIN: without walls all of it is had by whoever calls" {
	had
	had python3 "$IMMURE_SOURCE/tests/lib/on_terminal.py"
	# In a user namespace of the caller's the memory of a process outside is closed.
	local outer
	for outer in 'unshare -Ur' 'bwrap --unshare-user --dev-bind / / --'; do
		# shellcheck disable=SC2086 # several words
		raid $outer sh
		assert_equal "$RAIDED PROC-03" "$(raid_all | sed 's/ PROC-03\(.*\)/\1 PROC-03/')"
	done
}

@test "MAIN: nothing of it behind the walls, by whoever calls" {
	held
	local words
	for words in '--user self' '--as-pid-1' '--user 1234 --home none --sys none'; do
		read -ra more <<<"$words"
		held
	done
}

# shellcheck disable=SC2016 # for the shells
@test "MAIN: nothing of it with a terminal, a pipe, or nothing as standard files" {
	held python3 "$IMMURE_SOURCE/tests/lib/on_terminal.py"
	grep -q '^ended 0 ' "$RAID/out"
	held sh -c 'cat /dev/null | "$@" | cat' -
	held sh -c '"$@" <&-' -
	held sh -c '"$@" </dev/null 2>/dev/null' -
}

@test "MAIN: nothing of it from inside an outer user namespace" {
	local outer
	for outer in 'unshare -Ur' 'unshare -Urmn' 'bwrap --unshare-user --dev-bind / / --'; do
		# shellcheck disable=SC2086 # several words
		held $outer
	done
}

@test "MAIN FS-14: nothing of it for who has a supplementary group" {
	is_root || skip 'only root can give one'
	getent group adm >/dev/null || skip 'no group adm here'
	run env -i PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 TERM=dumb HOME=/nonexistent IMMURE="$IMMURE" PROBE="$PROBE" \
		IMMURE_SOURCE="$IMMURE_SOURCE" timeout -k 5 60 setpriv --reuid nobody --regid nogroup \
		--groups "$(getent group adm | cut -d: -f3)" bats -f 'by whoever calls' "$BATS_TEST_FILENAME"
	assert_status 0
	assert_output_has 'ok 1 MAIN: without'
	assert_output_has 'ok 2 MAIN: nothing'
}

# With the walls that are down, of the build that can do so or by name, what is had: of
# the two layers each alone keeps the files, but for sockets that have a path there.
walls='
	--weaken landlock                        :
	--weaken landlock,mounts                 : FS-01 FS-02 FS-03 FS-04 FS-10 FS-16 IPC-04 PROC-02 PROC-09 SYS-02 SYS-03
	--weaken mounts                          : IPC-04
	--weaken covers                          : PROC-09
	--weaken env                             : ENV-01
	--weaken fds                             : FD-01
	--weaken inner,dumpable                  :
	--weaken landlock,inner,dumpable         : PROC-03
	--share ipc                              : IPC-05
	--share net                              : NET-01 SYS-03
	--share net --weaken landlock            : NET-01 NET-20 SYS-03
	--share pid                              : PROC-02 PTR-09
	--share pid --weaken landlock            : PROC-02 PTR-06 PTR-09
	--nested                                 : PROC-09 SYS-02
	--weaken inner,userns,caps,privileges,keyring,limits,terminal :
'

@test "MAIN: weakened, each wall lets in what it is there for, and nothing else" {
	local words ids options
	while IFS=: read -r words ids; do
		read -ra options <<<"$words"
		[[ ${#options[@]} -gt 0 ]] || continue
		ids=${ids# }
		[[ -n $(raid_devices) ]] || ids=${ids/ SYS-03/}
		# Root is refused; and Landlock knows no scopes in older kernels.
		[[ $words != *nested* ]] || ! is_root || continue
		[[ $words == *landlock* || $words != *share* || $(landlock_abi) -ge 6 ]] || continue
		echo "$words"
		raid "$IMMURE_WEAK" run "${options[@]}" "${raid_options[@]}" -- sh
		[[ $RAID_STATUS -eq 0 ]] || fail_test "it did not run: $(cat "$RAID/err")"
		assert_equal "$RAIDED" "$ids"
	done <<<"$walls"
}

landlock_abi() { python3 -c 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))'; }
