#!/usr/bin/env bats
# /dev has the names of lists/dev.txt; device files anywhere else cannot be opened.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

list=$BATS_TEST_DIRNAME/lists/dev.txt

# For a shell inside: /dev as lines of the list.
show='find /dev | while read -r path; do
	if [ -L "$path" ]; then echo "l $path -> $(readlink "$path")"
	elif [ -d "$path" ]; then echo "d $path"
	else echo "$(stat -c %F "$path" | cut -c1) $path $((0x$(stat -c %t "$path"))):$((0x$(stat -c %T "$path")))"; fi
done | sort'

@test "without a terminal" {
	inspect -- bash -c "$show"
	assert_equal "$output" "$(grep -v '^#\|^tty' "$list" | sort)"
}

@test "with a terminal" {
	needs script
	# Into a file: what script types at the end of its input is echoed at any time.
	cd "$TEST_TMP"
	SHOW=$show script -qec '"$IMMURE" run --cwd rw --env-keep SHOW -- bash -c '\''eval "$SHOW" >shown'\' typescript >/dev/null </dev/null
	assert_equal "$(cat shown)" "$(grep -v '^#' "$list" | sed 's/^tty //' | sort)"
}

@test "the devices work" {
	inspect -- bash -c 'echo x >/dev/null && head -c 4 /dev/zero | cksum && head -c 4 /dev/urandom | wc -c && head -c 4 /dev/random | wc -c
		! echo x >/dev/full && echo from-fd | cat /dev/stdin && echo to-fd >/dev/stderr && test ! -e /dev/fd/3'
	assert_status 0
	assert_equal "$output" $'3975907619 4\n4\n4\nfrom-fd'
	assert_stderr_has to-fd
}

@test "new terminals are of the sandbox's own, and there are as many as asked for" {
	needs script
	inspect -- script -qec 'tty; ls /dev/pts' /dev/null
	assert_output_has /dev/pts/0
	assert_output_lacks 1
}

@test "DEV-01: a device that is bound, or in a bound directory, cannot be opened" {
	local word
	# Without walls it is.
	assert_equal "$(head -c 1 /dev/zero | wc -c)" 1
	for word in '--bind /dev/zero:/x' '--ro-bind /dev/zero:/x' '--bind /dev:/d' '--ro-bind /dev:/d'; do
		# shellcheck disable=SC2086 # two words
		inspect $word -- sh -c 'head -c 1 /x || head -c 1 /d/zero'
		assert_status 1
		assert_stderr_has 'Permission denied'
		assert_equal "$output" ''
	done
}

@test "--dev-bind makes it work, alone and in a directory" {
	inspect --dev-bind /dev/zero:/x --dev-bind /dev:/d -- sh -c 'head -c 4 /x | cksum; head -c 4 /d/zero | cksum; echo >/d/null'
	assert_status 0
	assert_equal "$output" $'3975907619 4\n3975907619 4'
}

@test "DEV-01: no device can be made, not even by root of the host" {
	local make='mknod /tmp/null c 1 3; mknod /dev/shm/null c 1 3; mknod /tmp/sda b 8 0; mknod /tmp/pipe p'
	# All three walls, the filter and Landlock without the others, and no right to it.
	inspect -- sh -c "$make"
	assert_equal "$(grep -c 'Operation not permitted' <<<"${stderr:-}")" 3
	inspect --landlock off -- sh -c "$make"
	assert_equal "$(grep -c 'Operation not permitted' <<<"${stderr:-}")" 3
	inspect --seccomp off -- sh -c "$make"
	assert_equal "$(grep -c 'Permission denied' <<<"${stderr:-}")" 3
	inspect --seccomp off --landlock off -- sh -c "$make"
	assert_equal "$(grep -c 'Operation not permitted' <<<"${stderr:-}")" 3
}

@test "--dev none is no /dev" {
	inspect --dev none -- sh -c 'ls -A /dev'
	assert_status 2
	inspect --dev none --dev-bind /dev/null -- sh -c 'ls -A /dev'
	assert_equal "$output" null
	inspect --dev none --dev new -- test -c /dev/null
	assert_status 0
}
