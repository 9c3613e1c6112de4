#!/usr/bin/env bats
# The host's own /etc, /var, /run, /dev or /sys can be asked for by name, and the
# profile's small things in them give way; what protects stays.

load ../lib/common
load ../lib/sandbox

@test "the host's /etc read-only, with our own names and name servers in it" {
	run inside --ro-bind /etc -- sh -c 'ls -A /etc; test ! -w /etc/hosts'
	assert_status 0
	assert_equal "$output" "$(ls -A /etc)"
	run inside --ro-bind /etc -- sh -c 'cat /etc/hostname; grep -c "^nameserver" /etc/resolv.conf'
	assert_output_has immure
	[[ $output != *[1-9] ]] || fail_test 'there is a name server'
}

@test "the host's /var, /run and /home" {
	run inside --ro-bind /var -- sh -c 'ls -A /var; touch /var/tmp/mine'
	assert_status 0
	assert_equal "$output" "$(ls -A /var)"
	run inside --ro-bind /run -- ls -A /run
	assert_status 0
	run inside --ro-bind /home -- ls -A /home
	assert_equal "$output" "$(ls -A /home)"
}

@test "the host's /dev keeps private terminals and shared memory" {
	echo host >"/dev/shm/immure-test.$$"
	# shellcheck disable=SC2016 # for the shell inside
	run inside --dev-bind /dev -- sh -c 'ls -A /dev/shm; ls /dev/pts; ls -A /dev | wc -l'
	rm "/dev/shm/immure-test.$$"
	assert_status 0
	assert_equal "$output" "ptmx
$(find /dev -mindepth 1 -maxdepth 1 | wc -l)"
}

@test "the host's /sys" {
	run inside --ro-bind /sys -- ls /sys
	assert_status 0
	assert_equal "$output" "$(ls /sys)"
}

@test "something else can stand in the place of /proc" {
	run inside --tmpfs /proc -- ls -A /proc
	assert_status 0
	assert_equal "$output" ''
}

@test "what was asked for by name does not give way" {
	run inside --ro-bind /etc --symlink a:/etc/immure-test -- true
	assert_status 125
	assert_output_has 'symlink /etc/immure-test (command line): /etc/immure-test does not exist there'
	run inside --symlink a:/etc/immure-test --ro-bind /etc -- true
	assert_status 125
	run inside --dir /etc/immure-test --ro-bind /etc -- true
	assert_status 125
	[[ ! -e /etc/immure-test ]]
}

@test "a profile's own things give way too" {
	printf 'include default\nsymlink a:/etc/immure-test\ntmpfs /etc/immure-test.d\n' >"$TEST_TMP/p.profile"
	run inside --profile "$TEST_TMP/p.profile" -- sh -c 'readlink /etc/immure-test; ls -d /etc/*.d/ | grep -c immure-test'
	assert_equal "$output" $'a\n1'
	run inside --profile "$TEST_TMP/p.profile" --ro-bind /etc -- sh -c '! test -e /etc/immure-test.d'
	assert_status 0
}

@test "the root of the host is not shown as a whole, which would be the sandbox's own" {
	local words
	for words in '--ro-bind /:/host' '--bind /:/host' '--dev-bind //tmp/..:/host' '--ro-bind /proc/self/root:/host'; do
		# shellcheck disable=SC2086 # two words
		run inside $words -- ls /host
		assert_status 125
		assert_output_has 'the root of the host cannot be shown as a whole'
		assert_output_has 'hint: what is in it can: --ro-bind /home:/host/home'
	done
	run inside --ro-bind /usr:/host/usr -- ls /host
	assert_equal "$output" usr
}

@test "nothing can take the place of the root" {
	local words
	for words in '--tmpfs /' '--hide /' '--remount-ro /' '--symlink a:/' '--file /etc/os-release:/' \
		'--bind /tmp:/' '--ro-bind /' '--dir /' '--tmpfs //tmp/..:size=1M'; do
		# shellcheck disable=SC2086 # two words
		run inside $words -- true
		assert_status 125
		assert_output_has "/ itself is the sandbox's own"
	done
}
