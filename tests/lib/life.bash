# shellcheck shell=bash
# For the tests of how processes live and end: `load ../lib/life` after sandbox.

# until_true COMMAND...: wait for it, up to ten seconds.
until_true() {
	local round
	for ((round = 0; round < 500; round++)); do
		"$@" && return 0
		sleep 0.02
	done
	fail_test "never true: $*"
}

# said TEXT FILE: is there such a line?
said() { grep -qxF -e "$1" "$2" 2>/dev/null; }

# descendants PID: its children and all below, one a line.
descendants() {
	local child
	for child in $(pgrep -P "$1"); do
		echo "$child"
		descendants "$child"
	done
}

# gone PID...: does none of them exist any more?
gone() {
	local pid
	for pid; do
		[[ ! -e /proc/$pid ]] || return 1
	done
}

# subreaper COMMAND...: run it as the process that inherits all orphans, and end only
# when none is left, with status 1 if that takes more than ten seconds; else with the
# command's, as a shell has it.
subreaper() { python3 "$IMMURE_SOURCE/tests/lib/subreaper.py" "$@"; }
