#!/usr/bin/env bats
# Installed with more rights than its caller has, the program would give them away to
# whoever finds a mistake in it: it refuses to start. Runs as root, who can install so.

load ../lib/common
load ../lib/sandbox

setup() {
	is_root || skip 'only root can install it so'
	common_setup
	cp "$IMMURE" "$TEST_TMP/immure"
	chmod 755 "$TEST_TMP/immure"
	cd /
	as=(timeout 20 setpriv --reuid nobody --regid nogroup --clear-groups env -i HOME=/nonexistent PATH=/usr/bin:/bin)
}

@test "ROB-01: as it is meant to be installed it runs" {
	run "${as[@]}" "$TEST_TMP/immure" run -- id -u
	assert_status 0
	assert_equal "$output" 0
}

@test "ROB-01: without the refusal a setuid copy would be root" {
	cp /usr/bin/id "$TEST_TMP/id"
	chmod 4755 "$TEST_TMP/id"
	assert_equal "$("${as[@]}" "$TEST_TMP/id" -u)" 0
}

@test "ROB-01: setuid, setgid, both: refused by every verb, with the way to mend it" {
	local mode words
	for mode in 4755 2755 6755; do
		chmod "$mode" "$TEST_TMP/immure"
		for words in 'run -- touch /tmp/immure-test-ran' 'run --help' 'profile show' --version --help ''; do
			# shellcheck disable=SC2086 # several words
			run "${as[@]}" "$TEST_TMP/immure" $words
			# The checker of a sanitized build cannot work in a setuid program.
			[[ $output == *LeakSanitizer* ]] || assert_status 125
			assert_output_has "is installed setuid or setgid"
			assert_output_has "chmod u-s,g-s $TEST_TMP/immure"
		done
		# Not even by root, or the next one who calls it would find it so.
		run "$TEST_TMP/immure" run -- true
		assert_status 125
	done
	[[ ! -e /tmp/immure-test-ran ]]
}

@test "ROB-01: file capabilities: refused" {
	command -v setcap >/dev/null || skip 'no setcap here'
	setcap cap_net_admin+ep "$TEST_TMP/immure"
	run "${as[@]}" "$TEST_TMP/immure" run -- true
	assert_status 125
	assert_output_has 'has file capabilities'
	assert_output_has "setcap -r $TEST_TMP/immure"
	setcap cap_sys_admin+p "$TEST_TMP/immure"
	run "${as[@]}" "$TEST_TMP/immure" --version
	assert_status 125
}

@test "ROB-01: by another name, through a link, from a removed file" {
	chmod 4755 "$TEST_TMP/immure"
	ln -s immure "$TEST_TMP/link"
	ln "$TEST_TMP/immure" "$TEST_TMP/hard"
	run "${as[@]}" "$TEST_TMP/link" run -- true
	assert_status 125
	run "${as[@]}" "$TEST_TMP/hard" run -- true
	assert_status 125
}
