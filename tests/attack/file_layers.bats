#!/usr/bin/env bats
# Two layers keep files away, and each holds alone: the same attempts behind both, with
# the mounts alone, with Landlock alone, and, to show that they work, with neither.
# What became of a file is looked at from outside; what was read carries a word that
# nobody inside can know.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	secret=canary-$RANDOM$RANDOM$RANDOM
	place=$TEST_TMP/place
	mkdir "$place"
}

lay_out() {
	rm -rf "${place:?}"/*
	mkdir -p "$place"/home/{.ssh,bin} "$place"/{project,system}
	echo "$secret" | tee "$place"/home/{.ssh/id,.netrc,.bashrc} "$place/system/tool" >/dev/null
	echo own >"$place/project/own"
	printf '#!/bin/sh\necho %s\n' "$secret" >"$place/home/bin/program"
	chmod 755 "$place/home/bin/program"
	state=$(state)
}

# All of it but what the command may do in its project: names, kinds and contents.
state() {
	find "$place" -path "$place/project" -prune -o -printf '%P %y %m %l\n' | sort
	find "$place" -path "$place/project" -prune -o -type f -exec cksum {} +
	! [[ -e $place/project/hard ]] || stat -c '%n %h' "$place/project/hard"
	cat "$place/project/own"
}

# The attempts: $1 is the place, and the project is the current directory.
attempts=(
	'FS-01 cat "$1/home/.ssh/id" "$1/home/.netrc"'
	'FS-01 cd "$1/home/.ssh" && cat id'
	'FS-02 grep -rhs canary- "$1"'
	'FS-03 echo left >"$1/left"; mkdir "$1/left.d"; mkfifo "$1/left.fifo"'
	'FS-04 echo x >"$1/system/tool"; echo x >>"$1/system/tool"; rm -f "$1/system/tool"'
	'FS-04 mv "$1/system/tool" "$1/system/moved"; ln -s x "$1/system/link"; truncate -s 0 "$1/system/tool"'
	'FS-10 cat "/../../$1/home/.netrc" "$PWD/../home/.netrc" ../home/.netrc'
	'FS-10 cat "/proc/self/root/$1/home/.netrc" "/proc/self/cwd/../home/.netrc"'
	'FS-16 ln -s "$1/home/.bashrc" l; echo x >>l; cat l'
	'FS-16 ln "$1/home/.bashrc" hard; mv "$1/home/.netrc" moved; cat hard moved'
	'FS-16 cp own "$1/home/new"; mv own "$1/home/"'
	'FS-01 "$1/home/bin/program"; sh "$1/home/bin/program"'
)

# has_effect OPTIONS... -- ATTEMPT: did it read or change anything that it must not?
has_effect() {
	local program=$1 attempt=${*: -1} out
	shift
	set -- "${@:1:$#-1}"
	lay_out
	out=$(cd "$place/project" && timeout -k 5 30 "$program" run --quiet --cwd rw "$@" -- bash -c "$attempt; true" - "$place" 2>"$TEST_TMP/err") ||
		fail_test "it did not run: $(cat "$TEST_TMP/err")" || exit 1
	[[ $out == *"$secret"* || $(state) != "$state" ]]
}

each() {
	local attempt
	for attempt in "${attempts[@]}"; do
		echo "$attempt"
		"$@" "${attempt#* }"
	done
}

@test "FS-01 FS-02 FS-03 FS-04 FS-10 FS-16: weakened by both layers, every attempt on a file works" {
	each has_effect "$IMMURE_WEAK" --weaken mounts,landlock
}

@test "FS-01 FS-02 FS-03 FS-04 FS-10 FS-16: none of them works behind both layers" {
	each refute has_effect "$IMMURE"
}

@test "FS-01 FS-02 FS-03 FS-04 FS-10 FS-16: none of them works with the mounts alone" {
	each refute has_effect "$IMMURE" --landlock off
}

@test "FS-01 FS-02 FS-03 FS-04 FS-10 FS-16: none of them works with Landlock alone" {
	each refute has_effect "$IMMURE_WEAK" --weaken mounts
}

@test "FD-01: a directory that leaked is no way to its files" {
	lay_out
	local words
	for words in 'cat /proc/self/fd/9/.netrc' 'cd /proc/self/fd/9 && cat .netrc' 'cat /dev/fd/9/../home/.netrc; echo x >/proc/self/fd/9/.netrc'; do
		# Without both it is.
		run weakly fds,landlock --quiet -- sh -c "$words" 9<"$place/home"
		[[ $output == *"$secret"* || $(state) != "$state" ]]
		lay_out
		run weakly landlock --quiet -- sh -c "$words" 9<"$place/home"
		assert_output_lacks "$secret"
		run weakly fds --quiet -- sh -c "$words" 9<"$place/home"
		assert_output_lacks "$secret"
		assert_equal "$(state)" "$state"
	done
}

@test "FS-05: no mount is made writable again, by who has every right of its namespace" {
	local words='mount -o remount,rw,bind . && echo x >own'
	lay_out
	cd "$place/project" || return
	# Weakened: the mounts are its own, and nothing else holds them; then one wall alone.
	run weakly caps,inner,landlock --quiet --seccomp off -- sh -c "$words"
	[[ $(state) != "$state" ]] || fail_test 'it cannot be done at all'
	lay_out
	cd "$place/project" || return
	run weakly caps,landlock --quiet --seccomp off -- sh -c "$words"
	assert_equal "$(state)" "$state"
	run weakly caps,inner --quiet --seccomp off -- sh -c "$words"
	assert_equal "$(state)" "$state"
	run weakly caps,inner,landlock --quiet -- sh -c "$words"
	assert_equal "$(state)" "$state"
}

@test "FS-04: what Landlock alone does not keep: modes, times, and that a file is there" {
	lay_out
	cd "$place/project" || return
	run weakly mounts --quiet -- sh -c 'stat -c %s "$1/home/.netrc"; chmod 600 "$1/home/bin/program"' - "$place"
	assert_equal "$output" $((${#secret} + 1))
	assert_equal "$(stat -c %a "$place/home/bin/program")" 600
	# With the mounts there is no such file.
	lay_out
	cd "$place/project" || return
	run inside --quiet --landlock off -- sh -c 'stat -c %s "$1/home/.netrc"; chmod 600 "$1/home/bin/program"' - "$place"
	assert_equal "$(state)" "$state"
	assert_output_lacks "$((${#secret} + 1))"
}
