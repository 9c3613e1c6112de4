# shellcheck shell=bash
# For the tests of fail_closed.bats, here and in tests/full: `load ../lib/inject`.

# A sanitizer's own calls fail in ways of its own: this is about the program itself.
not_sanitized() {
	if grep -aq __asan_init "$IMMURE"; then
		skip 'the sanitizers do not survive it'
	fi
}

# inject [OPTION...]: the faults, and what comes of them, on this program.
inject() {
	python3 "$IMMURE_SOURCE/tests/lib/inject.py" "$@" "$TRACER" "$WITNESS" "$IMMURE"
}
