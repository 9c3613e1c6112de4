#!/usr/bin/env bats
# The list of probes and the tests say the same: nothing is forgotten, nothing claimed
# that no test attempts, and how many there are is written down here.

load ../lib/common

setup() {
	common_setup
	needs python3
	cp -r "$IMMURE_SOURCE/tests" "$TEST_TMP/tests"
	chmod -R u+w "$TEST_TMP/tests"
}

compare() { run python3 "$IMMURE_SOURCE/tests/lib/every_probe.py" "$TEST_TMP/tests/attack/probes" "$TEST_TMP/tests"; }

@test "every probe of the list is attempted where it says, or says why not" {
	compare
	assert_status 0
	assert_equal "$output" '172 run, 6 vacuous, 24 later; 127 shown to work without walls'
}

@test "a difference is found, whichever it is" {
	local list=$TEST_TMP/tests/attack/probes change
	cp "$list" "$TEST_TMP/list"
	for change in '/^FS-01 /d' '/^FS-01 /p' '/^FS-01 /s/bare,//' '/^FS-01 /s/,main//' '/^FS-22 /s/none/bare/' '/^FS-01 /s/find_secrets/gain_rights/' \
		'/^FS-01 /s/run /later/' '/^FS-01 /s/ run .* - / later - - /' '/^STA-01 /s/ later .* - / run bare attack\/find_secrets - /' '/^FS-01 /s/ - .*//' '/^FS-01 /s/run /done/'; do
		sed "$change" "$TEST_TMP/list" >"$list"
		compare
		assert_status 1
	done
	cp "$TEST_TMP/list" "$list"
	for change in 's/^@test "FS-01 FS-02 FS-03: none/@test "none/' 's/^@test "FS-01 FS-02 FS-03: none/@test "FS-99: none/' 's/: without walls/: /'; do
		cp "$IMMURE_SOURCE/tests/attack/find_secrets.bats" "$TEST_TMP/tests/attack/find_secrets.bats"
		sed -i "$change" "$TEST_TMP/tests/attack/find_secrets.bats"
		compare
		assert_status 1
	done
}
