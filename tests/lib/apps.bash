# shellcheck shell=bash
# The test of a shipped profile is a row, tests/apps/rows/NAME: `load ../lib/apps` after
# common, sandbox and world. The tests themselves, tests/apps/small.bats and
# tests/heavy/apps.bats, are generated: one for each row.
#
# To add one:
#   1. write profiles/NAME.profile and tests/apps/rows/NAME, which is bash:
#	packages	Debian's packages that have the program; they also go into the Makefile,
#			PACKAGES_TEST, or PACKAGES_APPS for a heavy one
#	heavy=yes	it is tested by `make check-apps` only
#	window=yes	it has an X server of its own, and `shows`: lib/window.bash
#	network=yes	its commands run in the world of lib/world.bash: public.test is on
#			the internet, lan.test on the local network, both serve HTTP and echo
#	varies		files of /etc that only some machines have, and that the profile shows
#	input		function: makes what the commands work on, in the current directory,
#			~/work, and in the home, both of their own; optional
#	works		function: `immure COMMAND...`, once or more: through the profile of the
#			command's name, or `immure --profile=NAME COMMAND...`; status 0 and
#	expected	this on standard output, a pattern of bash
#	refused		function, and others whose names begin so: actions that the profile must
#			not let happen, which fail or say nothing. Each runs without the walls
#			too, and works there, or it would prove nothing; what it says there and
#			not inside is the file $SECRET with "a secret", or is up to the action.
#			What it made there is taken away before it runs inside.
#   2. tests/apps/record NAME, which writes down what the profile opens compared to `default`,
#	tests/apps/opens/NAME: look at it, it is what a reviewer reads
#   3. make generate, and tests/run tests/apps/small.bats
# A row costs well below a second: each start of a program counts.

rows=$IMMURE_SOURCE/tests/apps/rows
IMMURE=${IMMURE_SHIPPED:-$IMMURE}

# command_line COMMAND...: what `immure COMMAND...` comes to, in the array `line`.
command_line() {
	local command=("$@") here=()
	[[ -z ${network:-} ]] || here=(nsenter --preserve-credentials -U -n -m -t "$WORLD_HOST" -- env -C "$PWD")
	# Browsers want nobody to be root, and the world's only one is.
	[[ -z ${network:-} || -z ${window:-} ]] || here+=(unshare -U --map-user=1000 --map-group=1000)
	if [[ $walls == yes ]]; then
		command=("$IMMURE" run -q "$@")
	else
		while [[ ${command[0]} == -* ]]; do command=("${command[@]:1}"); done
	fi
	line=("${here[@]}" timeout -k 5 "${PATIENCE:-60}" "${command[@]}")
}

# immure COMMAND...: behind the walls or, where they are to be missed, without.
immure() {
	local line
	command_line "$@"
	"${line[@]}" </dev/null
}

# A home and a project for the row, as `input` leaves them.
make_place() {
	chmod -R u+rwX "$TEST_TMP/home" 2>/dev/null || true
	rm -rf "${TEST_TMP:?}/home"
	export HOME=$TEST_TMP/home SECRET=$TEST_TMP/home/.secret/key
	unset XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_RUNTIME_DIR
	mkdir -p "$HOME/work" "${SECRET%/*}"
	echo 'a secret' >"$SECRET"
	cd "$HOME/work" || return
	[[ $(type -t input) != function ]] || input
}

read_row() {
	packages='' heavy='' network='' window='' expected='' varies=''
	unset -f input works
	# shellcheck disable=SC1090
	source "$rows/$1"
}

# What the profile opens, in words that are the same on every machine.
opens() {
	local file leave_out=()
	for file in $varies; do leave_out+=(-e "s|$file, ||; s|, $file||"); done
	(cd "$HOME/work" && "$IMMURE" profile diff "$1") | sed "${leave_out[@]}" -e ''
}

row() {
	local name=$1 walls=yes action without status
	# shellcheck disable=SC2034
	local packages heavy network window expected varies
	read_row "$name"
	[[ -z $window ]] || display_start
	make_place
	assert_equal "$(opens "$name")" "$(cat "$IMMURE_SOURCE/tests/apps/opens/$name")"
	run --separate-stderr works
	assert_status 0
	# shellcheck disable=SC2053 # a pattern
	[[ $output == $expected ]] || { assert_equal "$output" "$expected"; return; }
	for action in $(compgen -A function refused); do
		make_place
		walls=no
		run --separate-stderr "$action"
		[[ $status -eq 0 && -n $output ]] ||
			fail_test "$action does not work without the walls either, or says nothing"
		without=$output
		make_place
		walls=yes
		run --separate-stderr "$action"
		[[ $output != *'a secret'* ]] || fail_test "$action got at the secret"
		[[ $status -ne 0 || $output != "$without" ]] || fail_test "$action was not refused"
	done
}
