# shellcheck shell=bash
# Scenarios of tests/sandbox/terminal, each played twice by terminal.exp.
#
# `w` before a command is nothing the first time and `immure run` the second, with the
# options of the array `options` if there is one, and the two terminals must have shown
# the same.

# transcript with|without SCENARIO: play it in a fresh directory and print what the
# terminal showed, without the numbers of processes.
transcript() {
	local walls=$1 scenario=$2 bin=$TEST_TMP/$1/bin work=$TEST_TMP/$1/work
	local library=$IMMURE_SOURCE/tests/lib/terminal.exp

	[[ $scenario == /* ]] || scenario=$IMMURE_SOURCE/tests/sandbox/terminal/$scenario
	needs expect
	mkdir -p "$bin" "$work"
	# shellcheck disable=SC2016 # for the shells of w and w1
	if [[ $walls == with ]]; then
		printf '#!/bin/sh\nexec "%s" run --quiet --cwd rw --setenv PS1="$PS1" %s "$@"\n' \
			"$IMMURE" "${options[*]:-}" >"$bin/w"
		printf '#!/bin/sh\nexec w --as-pid-1 "$@"\n' >"$bin/w1"
	else
		printf '#!/bin/sh\nexec "$@"\n' | tee "$bin/w" >"$bin/w1"
	fi
	chmod 755 "$bin/w" "$bin/w1"
	(
		cd "$work" || exit 1
		WALLS=$walls PATH=$bin:$PATH TERM=xterm timeout -k 5 100 expect "$library" \
			"$scenario.exp" </dev/null
	) >"$TEST_TMP/$walls/out" 2>&1 || {
		cat -v "$TEST_TMP/$walls/out" >&2
		fail_test "$scenario $walls walls: the scenario did not come to its end"
		return 1
	}
	sed -E "s/^(\[[0-9]+\]) [0-9]+/\1 PID/${3:+; $3}" "$TEST_TMP/$walls/out" | cat -v
}

# same_transcript SCENARIO [SED]: SED removes what must differ.
same_transcript() {
	local other failed=0

	transcript without "$@" >"$TEST_TMP/without.txt" &
	other=$!
	transcript with "$@" >"$TEST_TMP/with.txt" || failed=1
	wait "$other" || failed=1
	[[ $failed -eq 0 ]] || return 1
	diff -u "$TEST_TMP/without.txt" "$TEST_TMP/with.txt" >&2
}
