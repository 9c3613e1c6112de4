# shellcheck shell=bash
# For the tests of `immure shell`: `load ../lib/shell` after common and sandbox.

# The caller's home is $TEST_TMP/home, what he keeps in $TEST_TMP/data, and he is in $WORK.
shell_setup() {
	! is_root || skip 'for ordinary users; root: attack/root_writes_kernel.bats'
	common_setup
	make_work
	mkdir "$TEST_TMP/home" "$TEST_TMP/data"
	export HOME=$TEST_TMP/home XDG_DATA_HOME=$TEST_TMP/data
	cd "$WORK" || return
}

# typed < LINES: what bash inside does with them, line by line.
typed() {
	run --separate-stderr timeout -k 5 40 "$IMMURE" shell -q -- bash
}
