#!/usr/bin/env bats
# make, gcc and a shell, in a directory that is writable: this program builds itself.

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	needs make gcc
	cp -r "$IMMURE_SOURCE" "$TEST_TMP/source"
	cd "$TEST_TMP/source" || return
}

@test "this project builds inside, and what it built runs outside" {
	run timeout -k 5 110 "$IMMURE" run --cwd rw -- make -j2 CFLAGS=-O1
	assert_status 0
	run build/immure --version
	assert_status 0
	assert_equal "$output" "$("$IMMURE" --version)"
	assert_equal "$(stat -c %u build/immure)" "$(id -u)"
}

@test "where the directory is read-only make says so, and nothing changes" {
	inspect -- make
	refute [ "$status" -eq 0 ]
	[[ ! -e build ]]
	assert_stderr_has 'Read-only file system'
}
