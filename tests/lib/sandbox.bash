# shellcheck shell=bash
# For the tests of what is inside: `load ../lib/sandbox` after common.

# inside [OPTION...] [--] COMMAND...: run it behind the walls, bounded.
inside() { timeout -k 5 "${PATIENCE:-30}" "$IMMURE" run "$@"; }

# inspect [OPTION...] [--] COMMAND...: the same, with the two outputs apart.
inspect() { run --separate-stderr inside "$@"; }

# weakly WALL,... [OPTION...] [--] COMMAND...: behind all walls but these.
weakly() { timeout -k 5 "${PATIENCE:-30}" "$IMMURE_WEAK" run --weaken "$@"; }

# The ABI of this kernel's Landlock; -1: it has none.
landlock_abi() {
	python3 -c 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1))'
}

# needs_landlock ABI WHAT: end the test here where it is older.
needs_landlock() {
	local abi
	abi=$(landlock_abi)
	[[ $abi -ge $1 ]] || skip "Landlock has no $2 before ABI $1, and this kernel's is $abi"
}

assert_stderr_has() {
	[[ ${stderr:-} == *"$1"* ]] || fail_test "standard error lacks: $1"
}

assert_stderr_lacks() {
	[[ ${stderr:-} != *"$1"* ]] || fail_test "standard error has: $1"
}

# A directory of the caller's, $WORK, gone at the end with $TEST_TMP.
make_work() {
	WORK=$TEST_TMP/work
	mkdir -p "$WORK"
}

# hold [OPTION...] [-- COMMAND...]: a sandbox that runs in the background until
# `release`, or until the test ends: the command, without one a shell, says "on"
# and then reads a line. SUPERVISOR and INIT are its processes as the host numbers
# them, $TEST_TMP/held has its output.
# shellcheck disable=SC2034 # INIT is for the tests
hold() {
	[[ " $* " == *' -- '* ]] || set -- "$@" -- sh -c 'echo on; read -r line'
	mkfifo "$TEST_TMP/hold"
	"$IMMURE" run "$@" <"$TEST_TMP/hold" >"$TEST_TMP/held" 2>&1 3>&- &
	SUPERVISOR=$!
	exec {hold_fd}>"$TEST_TMP/hold"
	until grep -qx on "$TEST_TMP/held"; do
		kill -0 "$SUPERVISOR" || fail_test "it did not start: $(cat "$TEST_TMP/held")" || return
		sleep 0.02
	done
	# A list of processes can miss one while others come and go.
	until INIT=$(pgrep -P "$SUPERVISOR"); do
		kill -0 "$SUPERVISOR" || fail_test "it ended: $(cat "$TEST_TMP/held")" || return
		sleep 0.02
	done
}

release() {
	exec {hold_fd}>&-
	wait "$SUPERVISOR" || true
	rm "$TEST_TMP/hold"
}
