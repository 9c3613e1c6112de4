#!/usr/bin/env bats
# The environment is built from nothing: a few variables of the caller's that programs
# need, what is true inside, and what was asked for.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

# Inside, of a caller with this environment only.
from() { run --separate-stderr env -i HOME="$HOME" "$@"; }

@test "of an empty environment" {
	from timeout 20 "$IMMURE" run -- env
	assert_equal "$(sort <<<"$output")" "$(sort <<-END
		HOME=$HOME
		LOGNAME=root
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
		PWD=$PWD
		SHELL=/bin/bash
		TMPDIR=/tmp
		USER=root
		XDG_RUNTIME_DIR=/run/user/0
		container=immure
	END
	)"
	from timeout 20 "$IMMURE" run -- sh -c 'test -d $HOME -a -w $HOME -a -d $XDG_RUNTIME_DIR -a -w $XDG_RUNTIME_DIR -a -x $SHELL -a -w $TMPDIR'
	assert_status 0
	from timeout 20 "$IMMURE" run --user 7 -- sh -c 'echo $XDG_RUNTIME_DIR $USER; stat -c %a $XDG_RUNTIME_DIR'
	assert_equal "$output" $'/run/user/7 user\n700'
}

@test "these pass, and only these" {
	local pass=(TERM=xterm COLORTERM=truecolor LANG=C LANGUAGE=de LC_ALL=C LC_TIME=C TZ=Europe/Berlin COLUMNS=80 LINES=24
		NO_COLOR=1 CLICOLOR=1 CLICOLOR_FORCE=1 FORCE_COLOR=1 CI=true)
	from "${pass[@]}" SECRET=canary timeout 20 "$IMMURE" run -- env
	local variable
	for variable in "${pass[@]}"; do
		grep -qxF "$variable" <<<"$output" || fail_test "$variable"
	done
	assert_equal "${#lines[@]}" "$((9 + ${#pass[@]}))"
}

@test "--env-keep lets one more pass, or all that begin so; the caller's must exist" {
	from ONE=1 TWO=2 TWOFOLD=3 timeout 20 "$IMMURE" run --env-keep ONE --env-keep 'TWO*' --env-keep MISSING -- env
	assert_output_has ONE=1
	assert_output_has TWO=2
	assert_output_has TWOFOLD=3
	assert_output_lacks MISSING
	from ONE=1 ONES=2 timeout 20 "$IMMURE" run --env-keep ONE -- env
	assert_output_lacks ONES
	from HOME=/tmp/x PATH="$PATH" ONE= timeout 20 "$IMMURE" run --env-keep ONE --env-keep PATH -- sh -c 'echo "${ONE-unset} $PATH"'
	assert_equal "$output" " $PATH"
}

@test "--setenv sets, --unsetenv takes away, the last word wins" {
	from A=outside timeout 20 "$IMMURE" run --setenv A=1 --setenv B=2=3 --setenv C= --setenv A=4 --unsetenv TMPDIR --unsetenv D --setenv D=5 -- env
	assert_output_has A=4
	assert_output_lacks A=1
	assert_output_has B=2=3
	grep -qx C= <<<"$output"
	assert_output_has D=5
	assert_output_lacks TMPDIR
	from A=outside timeout 20 "$IMMURE" run --setenv A=1 --env-keep A -- printenv A
	assert_equal "$output" outside
	from A=outside timeout 20 "$IMMURE" run --env-keep A --unsetenv A -- env
	assert_output_lacks A=
}

@test "any value passes as it is" {
	local value=$'two\nlines\t"quoted" \\ $x \xff\xfe'
	from timeout 20 "$IMMURE" run --setenv "A=$value" -- printenv A
	assert_equal "$output" "$value"
	A=$value inspect --env-keep A -- printenv A
	assert_equal "$output" "$value"
	inspect --setenv "A=$(printf 'x%.0s' {1..100000})" -- sh -c 'echo ${#A}'
	assert_equal "$output" 100000
}

@test "what is no variable is refused" {
	local word words
	for word in '--setenv A' '--setenv =x' '--setenv 1A=x' '--setenv A-B=x' '--unsetenv A=x' '--unsetenv 1' '--env-keep *' \
		'--env-keep A*B' '--env-keep A=x' '--setenv A*=x' '--unsetenv A*'; do
		read -ra words <<<"$word"
		inspect "${words[@]}" -- true
		assert_status 125
	done
}

@test "a variable that names a file to be opened passes only as a plain word" {
	local value
	for value in ../../etc/x 'a b' ':' $'a\nb' "$(printf 'x%.0s' {1..300})" 'a%s'; do
		from TZ="$value" LC_ALL="$value" timeout 20 "$IMMURE" run -- env
		[[ $value == ':' ]] || assert_output_lacks TZ=
	done
	from TZ=../x timeout 20 "$IMMURE" run --verbose -- true
	assert_stderr_has 'immure: skipped: the variable TZ: its value is no plain word'
	# By name it is the caller's business.
	from TZ=../x timeout 20 "$IMMURE" run --setenv TZ=../x -- printenv TZ
	assert_equal "$output" ../x
}

@test "ENV-03: entries that are no variables are dropped, of two with one name the first counts" {
	needs python3
	run --separate-stderr timeout 20 python3 - "$IMMURE" <<-'END'
		import ctypes, sys
		libc = ctypes.CDLL(None)
		argv = [sys.argv[1].encode(), b"run", b"--env-keep", b"A*", b"--env-keep", b"BASH_*", b"--", b"/usr/bin/env"]
		env = [b"HOME=/nonexistent/home", b"no equals sign", b"=empty", b"A=first", b"A=second", b"BASH_FUNC_x%%=() { :; }",
		       b"A B=blank", b"A1=" + b"\xff\xfe", b"AL=" + b"x" * 100000]
		array = lambda list: (ctypes.c_char_p * (len(list) + 1))(*list, None)
		libc.execve(argv[0], array(argv), array(env))
	END
	assert_status 0
	assert_output_has A=first
	assert_output_lacks second
	assert_output_lacks blank
	assert_output_lacks 'no equals'
	assert_output_lacks BASH_FUNC
	assert_output_lacks $'\n=empty'
	[[ $output == *$'A1=\xff\xfe'* ]]
}

@test "a home that cannot be one is not believed" {
	local home
	for home in / /etc /usr/lib relative '' /tmp /proc/self /dev/shm; do
		from HOME="$home" timeout 20 "$IMMURE" run -- sh -c 'echo $HOME; cd; touch x'
		assert_status 0
		[[ ${lines[0]} != "$home" && ${lines[0]} == /* ]]
	done
	from HOME="$TEST_TMP/no/such/home" timeout 20 "$IMMURE" run -- sh -c 'cd && pwd && touch x'
	assert_equal "$output" "$TEST_TMP/no/such/home"
	[[ ! -e $TEST_TMP/no ]]
}
