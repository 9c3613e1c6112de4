#!/usr/bin/env bats
# The escape attempts under the profiles that are shipped, found by listing their directory:
# one that keeps the posture of `default` answers to all of them as that does; what the others
# give up is in attack/given_up, and what is had by that in lib/breakout.bash. Here some of them are run; all are in tests/full.

load ../lib/common
load ../lib/sandbox
load ../lib/raid
load ../lib/breakout

setup() {
	common_setup
	breakout_setup
}

teardown() {
	raid_clean_up
	common_teardown
}

@test "MAIN: under default every attempt and every way to more rights is refused" {
	local works
	breakout default
	assert_equal "$HAD" ''
	assert_equal "$(wc -l <"$TEST_TMP/default")" 17
	works=$(sed 's/;/\n/g' "$TEST_TMP/default" | grep -vE ': E[A-Z]+$|^$|^[^|]*$|(Cap...|Cap...):.0*$')
	assert_equal "$works" 'regain|securebits: cf
int80 20|Bad system call
doors|/proc/sys/kernel/core_pattern: readable'
	assert_equal "$(grep -oE 'no-new-privs: .|killed|Seccomp:.[0-9]|[a-z_/]*: (readable|writable)' "$TEST_TMP/default" | xargs)" \
		'no-new-privs: 1 killed /proc/sys/kernel/core_pattern: readable /proc/sys/kernel/hostname: readable /proc/self/uid_map: writable Seccomp: 2'
}

@test "MAIN: without walls, and with one taken down, the same attempts say so" {
	raid breakout_bare
	assert_equal "$RAIDED" "$(raid_all)"
	printf '%s\n' 'include default' 'ptrace' >"$TEST_TMP/traced.profile"
	breakout "$TEST_TMP/traced.profile"
	[[ $HAD == *calls* ]]
	printf '%s\n' 'include default' "ro-bind $RAID/home/.ssh" 'share pid' >"$TEST_TMP/open.profile"
	breakout "$TEST_TMP/open.profile"
	[[ $HAD == *FS-01*PROC-02*doors ]]
}

@test "MAIN: what every shipped profile gives up is what the list says" {
	needs python3
	gives_up() { python3 "$IMMURE_SOURCE/tests/lib/gives_up.py" "$1" | grep -v '^#'; }
	assert_equal "$(gives_up "$IMMURE_SOURCE/profiles")" "$(grep -v '^#' "$IMMURE_SOURCE/tests/attack/given_up")"
	# Who gets something by it is one of them.
	local name
	for name in $(shipped_profiles); do
		[[ -z $(listed_had "$name") ]] || grep -q "^$name: " "$IMMURE_SOURCE/tests/attack/given_up" ||
			fail_test "$name gets something, and gives nothing up"
	done
	# A word that nobody has thought of is one.
	cp -r "$IMMURE_SOURCE/profiles" "$TEST_TMP/profiles"
	chmod -R u+w "$TEST_TMP/profiles"
	mkdir -p "$TEST_TMP/profiles/include"
	echo 'if not env X share net' >"$TEST_TMP/profiles/include/part.profile"
	printf '%s\n' 'include default' 'include part' 'newest-option 1' >"$TEST_TMP/profiles/aaa.profile"
	run gives_up "$TEST_TMP/profiles"
	assert_equal "${lines[0]}" 'aaa: newest-option share'
}

@test "MAIN: nothing more is had under some of the shipped profiles" {
	local name
	for name in $(sampled_profiles); do
		echo "$name"
		breakout "$name"
		assert_equal "$HAD" "$(listed_had "$name")"
	done
}
