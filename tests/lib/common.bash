# shellcheck shell=bash
# What every .bats file loads: `load ../lib/common`.
#
# From the runner (tests/run), or found beside the source tree when bats is
# called by hand:
#   IMMURE         absolute path of the program under test
#   IMMURE_SHIPPED the same, with the profiles that came along applied by commands' names
#   IMMURE_WEAK    the same, built to take walls down (make WEAKEN=1)
#   PROBE          the static helper of tests/lib/probe.c, `probe` runs it here
#   REPLAY         directory of the harnesses of tests/fuzz, to feed them files
#   TRACER, WITNESS  what tests/lib/inject.py works with
#   FLOOR          tests/bench/floor.c
#   DEBIAN         a small Debian in a tar archive, for lib/root
#   IMMURE_GEN     the generator of manual and completions
#   IMMURE_SOURCE  a readable copy of the source tree
#
# A file that writes its own setup() or teardown() calls common_setup and
# common_teardown in them. A file whose tests must not run beside other files
# (it counts processes, or uses a fixed name of the host) has a line
# `# runs alone`.

bats_require_minimum_version 1.5.0

tests_dir=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)
: "${IMMURE_SOURCE:=${tests_dir%/*}}"
: "${IMMURE:=$IMMURE_SOURCE/build/immure}"
: "${IMMURE_SHIPPED:=$IMMURE}"
: "${IMMURE_WEAK:=$IMMURE_SOURCE/build/weak/immure}"
: "${IMMURE_GEN:=$IMMURE_SOURCE/build/immure-gen}"
: "${FLOOR:=$IMMURE_SOURCE/build/floor}"
: "${PROBE:=$IMMURE_SOURCE/build/probe}"
: "${REPLAY:=$IMMURE_SOURCE/build/replay}"
: "${TRACER:=$IMMURE_SOURCE/build/tracer}"
: "${WITNESS:=$IMMURE_SOURCE/build/witness}"
export FLOOR IMMURE IMMURE_SHIPPED IMMURE_WEAK IMMURE_GEN IMMURE_SOURCE PROBE REPLAY TRACER WITNESS

# A sandbox on a kernel that lacks parts of Landlock says so on each start, and tests that
# compare all that was printed do not expect it: NO_LANDLOCK_NOTE=1 (tests/vm/guest) takes
# that line out of what `run` caught, not of what `run_whole` did.
if [[ -n ${NO_LANDLOCK_NOTE:-} ]]; then
	eval "run_whole$(declare -f run | sed 1s/^run//)"

	# leave_note_out TEXT LINES: of these variables.
	leave_note_out() {
		local -n text=$1
		[[ $text == *'note: Landlock: this kernel'* ]] || return 0
		text=$(sed '/^immure: note: Landlock: this kernel/d' <<<"$text")
		bats_separate_lines "$2" "$1"
	}

	run() {
		run_whole "$@" || return
		leave_note_out output lines
		[[ -z ${stderr:-} ]] || leave_note_out stderr stderr_lines
	}
else
	run_whole() { run "$@"; }
fi

common_setup() {
	TEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/immure-test.XXXXXX")
	chmod 755 "$TEST_TMP"
}

common_teardown() {
	[[ -n ${TEST_TMP:-} ]] || return 0
	chmod -R u+rwX "$TEST_TMP" 2>/dev/null || true
	rm -rf "$TEST_TMP"
}

setup() { common_setup; }
teardown() { common_teardown; }

# Run the helper on this side of the walls; inside it is "$PROBE".
probe() { "$PROBE" "$@"; }

is_root() { [[ $(id -u) -eq 0 ]]; }

# Every program that the set-up installs must be there: a test that skips
# because its tool is missing would be green for ever.
needs() {
	local program
	for program; do
		command -v "$program" >/dev/null ||
			fail_test "$program is missing: run 'make setup'"
	done
}

# End the test, saying why and what the last `run` printed.
fail_test() {
	printf '%s\n' "$1"
	if [[ -n ${BATS_RUN_COMMAND:-} ]]; then
		printf 'command: %s\nstatus: %s\n' "$BATS_RUN_COMMAND" "${status:-}"
		printf 'output:\n%s\n' "${output:-}"
		[[ -z ${stderr:-} ]] || printf 'stderr:\n%s\n' "$stderr"
	fi
	return 1
} >&2

# The command must not succeed. `! command` does not fail a bats test unless it
# is the last line; this does.
refute() {
	! "$@" || fail_test "succeeded, and must not: $*"
}

assert_status() {
	[[ ${status:-} == "$1" ]] || fail_test "expected status $1, got ${status:-}"
}

assert_output_has() {
	[[ ${output:-} == *"$1"* ]] || fail_test "the output lacks: $1"
}

assert_output_lacks() {
	[[ ${output:-} != *"$1"* ]] || fail_test "the output has: $1"
}

assert_equal() {
	[[ $1 == "$2" ]] && return 0
	echo 'not equal (- expected, + is):'
	diff -U 1000 <(printf '%s\n' "$2") <(printf '%s\n' "$1") | tail -n +4
	[[ -z ${stderr:-} ]] || printf 'stderr:\n%s\n' "$stderr"
	return 1
} >&2
