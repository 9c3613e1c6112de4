#!/usr/bin/env bats
# Every command line of README is run: what is to be pasted works.

load ../lib/common

# Those that install packages or run these very tests. They are run by .ci/run
# and by tests/sandbox/demo.bats.
not_here='make demo
make check'

setup() {
	common_setup
	cp -r "$IMMURE_SOURCE" "$TEST_TMP/source"
	mkdir -p "$TEST_TMP/home/data" "$TEST_TMP/home/work"
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\necho "untrusted: $(id -u)"\ntouch ~/data/made 2>/dev/null; true\n' >"$TEST_TMP/home/work/untrusted.sh"
	printf 'all: ; echo made >made\n' >"$TEST_TMP/home/work/Makefile"
	chmod 755 "$TEST_TMP/home/work/untrusted.sh"
}

teardown() {
	[[ -z ${server:-} ]] || kill "$server"
	common_teardown
}

# Something to ask for on the loopback, on any port.
serve() {
	python3 -u -m http.server --bind 127.0.0.1 --directory "$TEST_TMP/home/data" 0 \
		>"$TEST_TMP/served" 2>&1 3>&- &
	server=$!
	until port=$(grep -oP 'http://127.0.0.1:\K[0-9]+' "$TEST_TMP/served"); do
		kill -0 "$server" || fail_test "$(cat "$TEST_TMP/served")" || return
		sleep 0.05
	done
}

# The lines of all blocks that are marked as sh, without comments.
lines() {
	# shellcheck disable=SC2016 # the backquotes are markdown's
	sed -n '/^```sh$/,/^```$/p' "$IMMURE_SOURCE/README.md" | sed '/^```/d; s/[[:blank:]]*# .*//; /^$/d'
}

# Paste one line as a new user would.
paste() {
	local directory=$TEST_TMP/home/work
	[[ $1 != 'make '* ]] || directory=$TEST_TMP/source
	run env -C "$directory" -u XDG_CONFIG_HOME MAKEFLAGS="-j$(nproc)" HOME="$TEST_TMP/home" EDITOR=vi \
		PATH="$TEST_TMP/home/.local/bin:$PATH" timeout -k 5 110 bash -c "$1" </dev/null
}

@test "it begins with the two commands" {
	assert_equal "$(lines | head -n 2)" "$not_here"
	assert_equal "$(lines | grep -c '^make \(demo\|check\)')" 2
	grep -qE '^make check( |$)' "$IMMURE_SOURCE/.ci/run"
}

@test "every other line works, in this order" {
	needs make gcc curl openssl python3
	local line port
	serve
	while read -r line; do
		grep -qxF "$line" <<<"$not_here" && continue
		echo "$line"
		paste "${line//:8000/:$port}"
		assert_status 0
		case $line in
		'make install'*) [[ -x $TEST_TMP/home/.local/bin/immure ]] ;;
		'immure run ./untrusted.sh') assert_equal "$output" 'untrusted: 0' ;;
		*--cwd*make) [[ -f $TEST_TMP/home/work/made ]] ;;
		'immure run --bind'*) [[ -f $TEST_TMP/home/data/made ]] ;;
		*--dry-run*) assert_output_has "$TEST_TMP/home/data" ;;
		*--env-keep*) assert_output_has EDITOR=vi && assert_output_has DEBUG=1 ;;
		*curl*) assert_output_has 'note: shares the net namespace' && assert_output_has '200 OK' ;;
		'immure profile show'*) assert_output_has 'timeout 10m' ;;
		'immure profile diff'*) assert_output_has "can write: ~/work" ;;
		'immure run openssl'*) assert_output_has '/openssl.profile · can write: ' && [[ -s $TEST_TMP/home/work/key ]] ;;
		esac
	done < <(lines)
}

@test "the links and the files that it names are there" {
	local name
	# shellcheck disable=SC2016
	while read -r name; do
		[[ -e $IMMURE_SOURCE/$name ]] || fail_test "README names $name"
	done < <(grep -oE '`(src|profiles|tests)/[a-z_./]+`|\]\([A-Za-z.]+\)' "$IMMURE_SOURCE/README.md" | tr -d '`()]')
}
