#!/usr/bin/env bats
# What is said on standard error, when, and that foreign bytes never reach a terminal.

# shellcheck disable=SC2030,SC2031 # $output is bats's own

load ../lib/common

setup() {
	common_setup
	mkdir "$TEST_TMP/home" "$TEST_TMP/work"
	export HOME=$TEST_TMP/home TERM=xterm NO_COLOR=1
	unset XDG_CONFIG_HOME
	cd "$TEST_TMP/work" || return
}

# on_terminal COMMAND...: run it with a terminal for all three, on which nobody types,
# without the returns that a terminal puts before newlines. (script(1) types an end of
# file of its own, which a terminal in raw mode echoes.)
on_terminal() {
	timeout -k 5 30 python3 -c '
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
	os.execvp(sys.argv[1], sys.argv[1:])
while True:
	try:
		data = os.read(terminal, 65536)
	except OSError:
		break
	sys.stdout.buffer.write(data)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$@" </dev/null | tr -d '\r'
	return "${PIPESTATUS[0]}"
}

# shellcheck disable=SC2089,SC2090 # no quotes of a shell
network="immure: advice: it had no network; for the internet: --net"
both='immure: advice: it had an empty home and the current directory read-only: --ro-bind PATH, --cwd rw'
home='immure: advice: it had an empty home: --ro-bind PATH'
here='immure: advice: it had the current directory read-only: --cwd rw'
chown='immure: advice: it was root of one user id, and chown to another did nothing; --map auto --guest gives it more; to be yourself: --user self'

# Real root is itself when it is root.
of_root() { is_root || printf '%s\n' "$@"; }

@test "a command that fails on a terminal: what it ran without, in three lines" {
	needs python3
	run on_terminal "$IMMURE" run false
	assert_status 1
	assert_equal "$output" "$network
$both$(of_root '' "$chown")"
	[[ ${#lines[@]} -le 3 ]]
}

@test "each advice names an option that, typed, takes it away" {
	needs python3
	run on_terminal "$IMMURE" run --share net false
	assert_output_lacks "$network"
	run on_terminal "$IMMURE" run --cwd rw false
	assert_output_has "$home"
	assert_output_lacks "$here"
	run on_terminal "$IMMURE" run --home none false
	assert_output_has "$here"
	run on_terminal "$IMMURE" run --home none --cwd rw --share net false
	assert_equal "$(grep advice <<<"$output")" "$(of_root "$chown")"
	run on_terminal "$IMMURE" run --user self false
	assert_output_lacks "$chown"

	# And it does what it says.
	local option
	option=${both##*: }
	mkdir "$HOME/part"
	echo mine >"$HOME/part/file"
	# shellcheck disable=SC2086 # the options of the line
	run "$IMMURE" run ${option/PATH, /$HOME/part } sh -c 'cat ~/part/file && touch made'
	assert_status 0
	assert_equal "$output" mine
	[[ -e made ]]
	# shellcheck disable=SC2086,SC2090
	run "$IMMURE" run ${network##*: } --quiet cat /proc/net/dev
	assert_output_has tap0
	# shellcheck disable=SC2086
	run "$IMMURE" run ${chown##*: } sh -c 'id -u; id -g'
	assert_equal "$output" "$(id -u; id -g)"
}

@test "chown to another id does nothing inside, as the advice says" {
	run "$IMMURE" run --cwd rw sh -c 'touch f && chown 1:1 f && stat -c %u f'
	assert_status 0
	assert_equal "$output" 0
	run "$IMMURE" run --cwd rw --seccomp off sh -c 'touch f && chown 1:1 f'
	assert_status 1
	assert_output_has 'Invalid argument'
	run "$IMMURE" run --cwd rw sh -c 'chown 0:0 f'
	assert_status 0
}

@test "no advice for success, for the end of a time, for a signal" {
	needs python3
	run on_terminal "$IMMURE" run true
	assert_status 0
	assert_equal "$output" ''
	run on_terminal "$IMMURE" run --timeout 100ms sleep 20
	assert_status 124
	assert_output_lacks advice
	# shellcheck disable=SC2016 # for the shell inside
	run on_terminal "$IMMURE" run sh -c 'kill -TERM $$'
	assert_status 143
	assert_output_lacks advice
	run on_terminal "$IMMURE" run sh -c 'exit 200'
	assert_status 200
	assert_output_lacks advice
}

@test "advice when it is the shell inside that did not find something" {
	needs python3
	run -127 on_terminal "$IMMURE" run sh -c nonesuch
	assert_output_has "$network"
}

@test "no advice where nobody reads it, and none that was not wanted" {
	needs python3
	run "$IMMURE" run false
	assert_status 1
	assert_equal "$output" ''
	# Standard error is what counts.
	# shellcheck disable=SC2016
	run on_terminal bash -c '"$1" run false 2>err' - "$IMMURE"
	assert_equal "$output$(cat err)" ''
	# shellcheck disable=SC2016
	run on_terminal bash -c '"$1" run false </dev/null >out' - "$IMMURE"
	assert_equal "${lines[0]}" "$network"
	assert_equal "$(cat out)" ''

	run on_terminal "$IMMURE" run --quiet false
	assert_status 1
	assert_equal "$output" ''
	run on_terminal "$IMMURE" run -q --share net false
	assert_equal "$output" ''
	printf 'include default\nquiet\n' >f
	run on_terminal "$IMMURE" run -p ./f --share uts false
	assert_equal "$output" ''
	# Errors are no advice.
	run "$IMMURE" run --quiet --bind /nonesuch true
	assert_status 125
	assert_output_has 'bind /nonesuch'
}

@test "what is shared is announced, what is skipped is said to who asks" {
	run --separate-stderr "$IMMURE" run --share uts,ipc echo out
	assert_equal "$output" out
	assert_equal "$(grep -c '^immure: note: shares the \(uts\|ipc\) namespace with the host: ' <<<"${stderr:-}")" 2
	run --separate-stderr "$IMMURE" run --bind-try /nonesuch echo out
	assert_equal "${stderr:-}" ''
	run --separate-stderr "$IMMURE" run --verbose --bind-try /nonesuch --etc nonesuch echo out
	assert_equal "$output" out
	grep -qx 'immure: skipped: bind /nonesuch (command line): the host does not have it' <<<"$stderr"
	grep -qx 'immure: skipped: /etc/nonesuch (command line): the host does not have it' <<<"$stderr"
	refute grep -v '^immure: skipped: ' <<<"$stderr"
}

# --- colours -------------------------------------------------------------------------------

@test "colours on a terminal, unless NO_COLOR or TERM say otherwise" {
	needs python3
	local escape=$'\e['
	export NO_COLOR=
	run on_terminal "$IMMURE" run false
	assert_output_has "$escape"
	unset NO_COLOR
	run on_terminal "$IMMURE" run false
	assert_equal "${lines[0]}" $'\e[1;33mimmure: advice:\e[0m'"${network#*advice:}"
	run on_terminal "$IMMURE" run --nonesuch
	assert_equal "${lines[0]}" $'\e[1;31mimmure:\e[0m unknown option --nonesuch'
	run on_terminal env TERM=dumb "$IMMURE" run false
	assert_output_lacks "$escape"
	run on_terminal env -u TERM "$IMMURE" run false
	assert_output_lacks "$escape"
	run on_terminal env NO_COLOR=1 "$IMMURE" run false
	assert_output_lacks "$escape"
	# Not a terminal: never.
	run "$IMMURE" run --share net --nonesuch
	assert_output_lacks "$escape"
	run "$IMMURE" run --share net false
	assert_output_lacks "$escape"
}

# --- foreign text ------------------------------------------------------------------------------

# What was printed has no control byte but newlines, nor a broken or a C1 character.
assert_clean_bytes() {
	refute env LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xae' <<<"$output"
	iconv -f UTF-8 -t UTF-8 <<<"$output" >/dev/null || fail_test 'not UTF-8'
}

# And it has the escaped form, so that something was tested.
assert_clean() {
	assert_clean_bytes
	assert_output_has '\x1b'
}

@test "OUT-01: escape sequences in words, names, variables and files do not reach the terminal" {
	needs python3
	local evil=$'\e]0;x\a\e[31m\u9b31m\u202e\xff\r'
	run on_terminal "$IMMURE" "$evil"
	assert_clean
	run on_terminal "$IMMURE" run "--$evil"
	assert_clean
	run on_terminal "$IMMURE" run --cwd "$evil" true
	assert_clean
	run on_terminal "$IMMURE" run --bind "/$evil" true
	assert_clean
	run on_terminal "$IMMURE" run --chdir "/$evil" true
	assert_clean
	run -127 on_terminal "$IMMURE" run "$evil"
	assert_clean
	run -127 on_terminal "$IMMURE" run "./$evil/$evil"
	assert_clean
	run on_terminal "$IMMURE" run --dry-run -e "A=$evil" --hide "/$evil" "$evil" "$evil"
	assert_clean
	run on_terminal "$IMMURE" run --verbose --bind-try "/$evil" true
	assert_clean
	run on_terminal "$IMMURE" profile show "$evil"
	assert_clean
	run on_terminal "$IMMURE" profile show "./$evil"
	assert_clean

	# A script whose interpreter is evil, in a directory and under a name that are.
	mkdir "$evil"
	printf '#!/%s\n' "$evil" >"$evil/$evil"
	chmod +x "$evil/$evil"
	run on_terminal "$IMMURE" run "./$evil/$evil"
	assert_status 126
	assert_clean
	# The working directory itself.
	cd "$evil"
	run on_terminal "$IMMURE" run --dry-run true
	assert_clean
	run on_terminal "$IMMURE" run --chdir nonesuch true
	assert_clean
	run -127 on_terminal env "PATH=$PWD:$PATH" "$IMMURE" run "$evil"
	assert_clean
	# A profile, by its name and by its lines.
	echo 'nonesuch' >"$evil.profile"
	run on_terminal "$IMMURE" run -p "./$evil.profile" true
	assert_clean
	printf 'hide %s\n' "$evil" >f
	run on_terminal "$IMMURE" run -p ./f true
	assert_status 125
	assert_output_has 'control byte 0x1b'
	assert_clean_bytes
}

@test "OUT-01: names that the command leaves behind are escaped too" {
	needs python3
	# shellcheck disable=SC2016 # for the shell inside
	run on_terminal "$IMMURE" run --cwd rw sh -c '
		name=$(printf "\033]0;x\007\033[31m")
		mkdir -p "$name/.git" && echo x >"$name/.git/config"'
	assert_status 0
	assert_output_has 'immure: left behind: '
	assert_clean
}

@test "what the command itself writes is its own" {
	# A relay is no filter: colours of programs must work.
	needs python3
	run on_terminal "$IMMURE" run printf '\033[31mred\033[0m\n'
	assert_equal "$output" $'\e[31mred\e[0m'
}
