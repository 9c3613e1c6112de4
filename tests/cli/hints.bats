#!/usr/bin/env bats
# What a hint offers to type is typed here, as it stands, and helps.

load ../lib/common

setup() {
	common_setup
	mkdir "$TEST_TMP/home" "$TEST_TMP/work" "$TEST_TMP/bin"
	export HOME=$TEST_TMP/home
	unset XDG_CONFIG_HOME
	cd "$TEST_TMP/work" || return
}

# For hints that begin with it.
immure() { timeout -k 5 30 "$IMMURE" "$@"; }

# What line N of the last output says to type: behind its last colon and blank.
typed() {
	[[ ${lines[$1]} == 'hint: '*': '* ]] || fail_test "line $1 is no hint with something to type"
	printf '%s\n' "${lines[$1]##*: }"
}

# with_options TEXT WORD...: `immure run` with options as a shell reads them.
with_options() {
	local -a options
	eval "options=($1)"
	shift
	immure run "${options[@]}" "$@"
}

# --- a command that the host has ---------------------------------------------------

@test "a command of the caller's own PATH" {
	local name
	# shellcheck disable=SC2016 # a name with a dollar in it
	for name in tool 'a tool' 'a:tool' "it's" $'\e[31mred' $'new\nline' '$HOME' 'a\b' 'ä'; do
		printf '#!/bin/sh\necho found\n' >"$TEST_TMP/bin/$name"
		chmod +x "$TEST_TMP/bin/$name"
		PATH=$TEST_TMP/bin:$PATH run -127 immure run "$name"
		assert_equal "${#lines[@]}" 3
		refute env LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]' <<<"$output"
		[[ ${lines[0]} == 'immure: execute: '*': No such file or directory' ]]
		local by_path by_name
		by_path=$(typed 1)
		by_name=$(typed 2)
		[[ $by_path == 'immure run '* && $by_name == '--ro-bind '*' --setenv '* ]]
		run eval "$by_path"
		assert_equal "$output" found
		run with_options "$by_name" "$name"
		assert_equal "$output" found
	done
}

@test "a command whose directory is searched, and empty inside" {
	cp "$PROBE" "$TEST_TMP/bin/probe-here"
	PATH=$TEST_TMP/bin:$PATH run -127 immure run --setenv PATH="/usr/bin:$TEST_TMP/bin" probe-here fds
	assert_equal "${lines[1]}" "hint: the host has it; to show it inside: --ro-bind $TEST_TMP/bin/probe-here"
	run with_options "$(typed 1)" --setenv PATH="/usr/bin:$TEST_TMP/bin" probe-here fds
	assert_status 0
}

@test "a command that is in this directory" {
	local name
	for name in tool 'a tool' "it's"; do
		printf '#!/bin/sh\necho found\n' >"$name"
		chmod +x "$name"
		run -127 immure run "$name"
		assert_equal "${#lines[@]}" 2
		run eval "$(typed 1)"
		assert_equal "$output" found
	done
}

@test "a command that nobody has" {
	run -127 immure run nonesuch-at-all
	assert_equal "$output" 'immure: execute: nonesuch-at-all: No such file or directory'
	run -127 immure run ./nonesuch
	assert_equal "$output" 'immure: execute: ./nonesuch: No such file or directory'
	run -127 immure run "$HOME/nonesuch"
	assert_equal "$output" "immure: execute: $HOME/nonesuch: No such file or directory"
	run -127 immure run /usr/bin/env/x
	assert_equal "$output" 'immure: execute: /usr/bin/env/x: Not a directory'
	# A PATH with nothing, with relative and with empty directories finds nothing either.
	mkdir bin
	cp "$PROBE" bin/probe-here
	local path
	for path in '' . : bin "$TEST_TMP/none:::"; do
		PATH=$path run -127 "$IMMURE" run probe-here
		[[ $output != *hint:* ]] || fail_test "PATH=$path: a hint"
	done
}

@test "a command by its path is shown without being asked" {
	cp "$PROBE" "$TEST_TMP/bin/"
	run immure run "$TEST_TMP/bin/${PROBE##*/}" fds
	assert_status 0
	run immure run "../bin/${PROBE##*/}" fds
	assert_status 0
}

# --- a command that cannot be executed ------------------------------------------------

@test "an interpreter that is not in the view" {
	local name
	for name in interpreter 'inter:preter' "inter'preter"; do
		cp "$PROBE" "$TEST_TMP/bin/$name"
		printf '#! %s/bin/%s fds\n' "$TEST_TMP" "$name" >script
		chmod +x script
		run immure run ./script
		assert_status 126
		assert_equal "${lines[0]}" 'immure: execute: ./script: No such file or directory'
		[[ ${lines[1]} == "hint: its interpreter $TEST_TMP/bin/$name is not in the view; if the host has it: --ro-bind "* ]]
		run with_options "$(typed 1)" ./script
		[[ $output != *immure:* ]] || fail_test "$name"
	done
	# It is the same when it was found by its name.
	mkdir dir
	mv script dir/
	run immure run --setenv PATH="$PWD/dir" script
	assert_status 126
	assert_output_has 'is not in the view'
}

@test "a loader that is not in the view" {
	printf 'cwd ro\n' >f
	cp /bin/true .
	loader=$(readelf -l /bin/true | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
	run immure run -p ./f ./true
	assert_status 126
	assert_equal "$output" "immure: execute: ./true: No such file or directory
hint: its loader $loader is not in the view; if the host has it: --ro-bind $loader"
	# One that names none that could be read, and one whose headers lead nowhere.
	head -c 64 /bin/true >short
	printf '\x40\xff\xff\xff\x7f\x00\x00\x00' | dd of=true bs=1 seek=32 conv=notrunc status=none
	chmod +x short
	for name in short true; do
		run immure run -p ./f "./$name"
		assert_status 126
		[[ ${lines[1]} == 'hint: '* ]] || fail_test "$output"
	done
}

@test "a command in /proc" {
	run immure run /proc/self/exe
	assert_status 125
	assert_equal "${lines[0]}" 'immure: plan: the command /proc/self/exe: /proc is the sandbox'\''s own'
	[[ ${lines[1]} == 'hint: to name it by its own path: immure run /'* ]]
}

@test "carriage returns in a script" {
	printf '#!/bin/sh\r\necho ran\n' >"a script"
	chmod +x "a script"
	run immure run "./a script"
	assert_status 126
	[[ ${lines[1]} == 'hint: its first line ends with a carriage return; without them: sed '* ]]
	eval "$(typed 1)"
	run immure run "./a script"
	assert_equal "$output" ran
}

@test "a file that is not executable" {
	printf '#!/bin/sh\necho ran\n' >"a script"
	run immure run "./a script"
	assert_status 126
	assert_equal "${lines[0]}" 'immure: execute: ./a script: Permission denied'
	assert_equal "${lines[1]}" "hint: it is not executable: chmod +x './a script'"
	eval "$(typed 1)"
	run immure run "./a script"
	assert_equal "$output" ran
}

@test "a script without a first line" {
	echo 'echo ran' >"a script"
	chmod +x "a script"
	run immure run "./a script"
	assert_status 126
	assert_equal "${lines[0]}" 'immure: execute: ./a script: Exec format error'
	run eval "$(typed 1)"
	assert_equal "$output" ran
}

@test "a program of another machine, and a directory" {
	printf '\x7fELF\2\1\1' >program
	mkdir directory
	chmod +x program
	run immure run ./program
	assert_status 126
	assert_equal "$output" 'immure: execute: ./program: Exec format error
hint: it is a program of another machine, or a broken one'
	run immure run ./directory
	assert_status 126
	assert_equal "$output" 'immure: execute: ./directory: Is a directory'
}

# --- the plan ---------------------------------------------------------------------------

@test "a source that may be missing" {
	local option name
	for option in bind ro-bind dev-bind; do
		for name in nonesuch 'a b' 'a\:b' "it's" $'\e[31m' '\:\\:/x y'; do
			run immure run "--$option" "$name" echo ran
			assert_status 125
			[[ ${lines[1]} == 'hint: if it may be missing: '"--$option-try "* ]]
			run with_options "$(typed 1)" echo ran
			assert_equal "$output" ran
		done
	done
	# Of a profile it is a line of a profile.
	printf 'include default\nro-bind "a # b:/c d"\n' >f
	run immure run -p ./f echo ran
	assert_status 125
	printf 'include default\n%s\n' "$(typed 1)" >f
	run immure run -p ./f echo ran
	assert_equal "$output" ran
}

@test "a tilde that no shell replaced" {
	mkdir "$HOME/my data"
	echo mine >"$HOME/my data/file"
	run immure run '--ro-bind=~/my data' cat "$HOME/my data/file"
	assert_status 125
	assert_equal "${lines[1]}" "hint: a tilde that no shell replaced; written out: --ro-bind '$HOME/my data'"
	run with_options "$(typed 1)" cat "$HOME/my data/file"
	assert_equal "$output" mine
	# A profile replaces it.
	printf 'include default\nro-bind ~/my data\n' >f
	run immure run -p ./f cat "$HOME/my data/file"
	assert_status 0
	assert_equal "$output" mine
}

@test "a directory to start in" {
	run immure run --chdir '/a b' pwd
	assert_status 125
	run with_options "$(typed 1) --chdir '/a b'" pwd
	assert_equal "$output" '/a b'
	mkdir "$TEST_TMP/c:d"
	run immure run --chdir "$TEST_TMP/c:d" pwd
	assert_status 125
	run with_options "$(typed 1) --chdir '$TEST_TMP/c:d'" pwd
	assert_equal "$output" "$TEST_TMP/c:d"
}

@test "a current directory that is too wide" {
	local dir rights
	for dir in /usr /etc "$HOME"; do
		for rights in ro rw; do
			cd "$dir"
			mkdir -p "$HOME/.config/immure" "$HOME/.local/share/immure"
			run immure run --cwd "$rights" true
			assert_status 125
			assert_output_has "$dir is too much to show"
			run with_options "$(typed 1)" --quiet pwd
			assert_status 0
			assert_equal "${lines[0]}" "$dir"
		done
	done
}

@test "a home that has no directories for our profiles and homes yet" {
	run immure run --bind "$HOME" true
	assert_status 125
	assert_equal "${lines[1]}" "hint: bind a smaller directory, or: mkdir -p -m 700 $HOME/.config/immure $HOME/.local/share/immure"
	eval "$(typed 1)"
	run immure run --bind "$HOME" touch "$HOME/made"
	assert_status 0
	[[ -e $HOME/made ]]
}

@test "a directory as standard input" {
	run bash -c '"$1" run true <.' - "$IMMURE"
	assert_status 125
	assert_output_has 'standard input is a directory'
	# "PATH" stands for the one that is meant.
	run with_options "$(typed 1 | sed "s|PATH|$TEST_TMP/bin|")" ls -d "$TEST_TMP/bin"
	assert_equal "$output" "$TEST_TMP/bin"
}

@test "nothing but the limits, for who shares the user namespace" {
	if is_root; then
		run immure run --share user echo ran
		assert_status 0
		return
	fi
	run immure run --share user echo ran
	assert_status 125
	run with_options "$(typed 1)" --quiet echo ran
	assert_equal "$output" ran
}

@test "options in front of the verb" {
	run immure --quiet
	assert_equal "$(typed 1)" 'immure run --quiet'
	run eval "$(typed 1) true"
	assert_status 0
	run immure 'some thing' x
	assert_equal "$(typed 1)" "immure run 'some thing'"
}
