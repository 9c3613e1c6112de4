# shellcheck shell=bash
# For the tests of fail_closed.bats, here and in tests/full: `load ../lib/inject`.

# A sanitizer's own calls fail in ways of its own: this is about the program itself.
not_sanitized() {
	if grep -aq __asan_init "$IMMURE"; then
		skip 'the sanitizers do not survive it'
	fi
}

# inject_with_ids [OPTION...]: the same as root of a user namespace with several ids.
inject_with_ids() {
	needs newuidmap
	is_root && skip 'root of the machine has no range to be given'
	unshare --map-root-user --map-auto true ||
		skip 'no range of ids for this user in /etc/subuid and /etc/subgid'
	run unshare --map-root-user --map-auto python3 "$IMMURE_SOURCE/tests/lib/inject.py" "$@" \
		"$TRACER" "$WITNESS" "$IMMURE"
}

# inject [OPTION...]: the faults, and what comes of them, on this program.
inject() {
	python3 "$IMMURE_SOURCE/tests/lib/inject.py" "$@" "$TRACER" "$WITNESS" "$IMMURE"
}
