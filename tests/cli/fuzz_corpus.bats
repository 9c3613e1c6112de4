#!/usr/bin/env bats
# What the harnesses of tests/fuzz were fed once, and what was ever found with them.

load ../lib/common

@test "every harness lives through its corpus" {
	local source name
	for source in "$IMMURE_SOURCE"/tests/fuzz/*.c; do
		name=$(basename "$source" .c)
		[[ $name != replay ]] || continue
		run timeout -k 5 60 "$REPLAY/$name" "$IMMURE_SOURCE/tests/fuzz/corpus/$name"
		[[ $status -eq 0 ]] || fail_test "$name"
		[[ ${output##*$'\n'} != '0 inputs' ]]
	done
}
