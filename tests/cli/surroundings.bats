#!/usr/bin/env bats
# Odd words, and an odd process to start from: what is asked for happens whole, or
# nothing does and it is said why.

load ../lib/common

setup() {
	common_setup
	export HOME=$TEST_TMP
	mkdir "$TEST_TMP/work"
	cd "$TEST_TMP/work" || return
}

@test "ROB-20: the words of the command arrive as they are" {
	# shellcheck disable=SC1003,SC2016 # quotes and dollars are meant
	local words=('' -- - --bind=/ -q $'\xff\x01' $'new\nline' 'a b' '"' "'" '\' '*' '$HOME' '#' '')
	printf '%s\0' "${words[@]}" >want
	timeout 30 "$IMMURE" run printf '%s\0' "${words[@]}" >got
	cmp want got
	timeout 30 "$IMMURE" run -- printf '%s\0' "${words[@]}" >got
	cmp want got
	timeout 30 "$IMMURE" run -q -- printf '%s\0' -- "${words[@]}" | tail -c +4 >got
	cmp want got
}

@test "ROB-20: very many words, and a very long one" {
	local long
	printf -v long '%131000s' x
	run timeout 60 "$IMMURE" run printf '%s' "$long"
	assert_status 0
	assert_equal "${#output}" 131000
	# shellcheck disable=SC2046 # words
	run timeout 60 "$IMMURE" run sh -c 'echo $#' sh $(seq 100000)
	assert_equal "$output" 100000
}

@test "paths of two thousand directories, and a name that is too long" {
	local deep
	deep=$(printf '/a%.0s' {1..2000})
	# shellcheck disable=SC2016 # for the shell inside
	run timeout 30 "$IMMURE" run --tmpfs "$deep" --dir "${deep}/b" sh -c 'cd "$1" && echo here >f && ls' sh "$deep"
	assert_status 0
	assert_equal "$output" $'b\nf'
	run timeout 30 "$IMMURE" run --dir "/$(printf 'a%.0s' {1..256})" true
	assert_status 125
	[[ ${lines[0]} == 'immure: assemble the files: directory /aaa'*': File name too long' ]]
}

@test "ROB-23: started through a link, under another name, and after it was deleted" {
	ln -s "$IMMURE" link
	run ./link run echo ran
	assert_equal "$output" ran
	run bash -c 'exec -a --quiet "$0" run echo ran' "$IMMURE"
	assert_equal "$output" ran
	cp "$IMMURE" copy
	exec {file}<copy
	rm copy
	run "/proc/self/fd/$file" run echo ran
	assert_equal "$output" ran
}

@test "ROB-08: too few files that may be open" {
	local number refused=0
	# With less the C library cannot be loaded, and its loader says so.
	for number in {6..40}; do
		# shellcheck disable=SC2016 # for the shell inside
		run timeout 30 bash -c 'ulimit -n "$1"; exec "$2" run touch made' - "$number" "$IMMURE"
		if [[ $status -eq 1 && $output == *'Read-only file system'* ]]; then
			continue	# it ran, and the directory is read-only
		fi
		refused=$((refused + 1))
		assert_status 125
		[[ ${lines[0]} == 'immure: '*': Too many open files' ]] || fail_test "limit $number"
		assert_equal "${lines[1]}" 'hint: to allow more open files: ulimit -n 64'
		refute test -e made
	done
	[[ $refused -ge 5 && $refused -le 25 ]]
	# The number of the hint is enough.
	run bash -c 'ulimit -n 64; exec "$1" run echo ran' - "$IMMURE"
	assert_equal "$output" ran
}

@test "ROB-09: other limits of the caller" {
	local limit
	# shellcheck disable=SC2016 # for the shell inside
	for limit in '-f 0' '-c 0' '-l 0' '-i 0' '-t 10' '-q 0' '-v 30000' '-s 128'; do
		run timeout 30 bash -c 'ulimit $1; exec "$2" run echo ran' - "$limit" "$IMMURE"
		case $status in
		0) assert_equal "$output" ran ;;
		125) [[ $output == 'immure: '*': '* ]] || fail_test "$limit" ;;
		# The shadow memory of a sanitized build alone is more than that.
		*) [[ $output == *'AddressSanitizer failed to allocate'* ]] || fail_test "$limit" ;;
		esac
	done
	# A file may not be written: the view needs some.
	run bash -c 'ulimit -f 0; exec "$1" run echo ran' - "$IMMURE"
	assert_status 125
	assert_output_has 'File too large'
	if ! is_root; then
		run bash -c 'ulimit -u 1; exec "$1" run echo ran' - "$IMMURE"
		assert_status 125
		assert_equal "${lines[0]}" 'immure: create the namespaces: clone into new namespaces: Resource temporarily unavailable'
	fi
}

@test "ENV-03: no environment, and one that is broken" {
	run env -i "$IMMURE" run /bin/echo ran
	assert_equal "$output" ran
	run env -i HOME= PATH= USER= SHELL= TERM= LANG= "$IMMURE" run /bin/echo ran
	assert_equal "$output" ran
	run env -i HOME=relative "USER=a:b"$'\n' SHELL=/nonesuch LANG=../../etc "$IMMURE" run env
	assert_status 0
	grep -qx 'USER=root' <<<"$output"
	grep -qx 'SHELL=/bin/.*sh' <<<"$output"
	refute grep -q '^HOME=relative\|^LANG=' <<<"$output"
	# Entries that are no variables.
	run python3 -c 'import os, sys
os.execve(sys.argv[1], sys.argv[1:], {b"\xff": b"x", b"A B": b"y", b"LC_X": b"\xff\x1b"})' \
		"$IMMURE" run env
	assert_status 0
	refute grep -q 'A B\|LC_X' <<<"$output"
}
