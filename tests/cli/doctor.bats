#!/usr/bin/env bats
# `immure doctor`: how it is called, and that no surroundings keep it from answering.
# What it finds is in sandbox/doctor.bats.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common

doctor() { timeout -k 5 "${PATIENCE:-60}" "$IMMURE" doctor "$@"; }

as_root_of_a_namespace() {
	local script=$1
	shift
	timeout -k 5 60 unshare -Urm bash -c "$script" - "$@"
}

@test "a misuse is told, with status 2" {
	local words
	for words in x --nonesuch '--json x' -- -; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr doctor $words
		assert_status 2
		assert_equal "$output" ''
		[[ ${stderr:-} == 'immure: doctor '*$'\n''hint: '*': immure doctor' ]] ||
			fail_test "no hint for: $words"
	done
	run doctor --help
	assert_status 0
	assert_output_has 'immure doctor [--json]'
}

@test "what cannot be written is an error" {
	run bash -c 'exec "$@" >/dev/full' - "$IMMURE" doctor
	assert_status 1
	assert_output_has 'write to standard output'
}

@test "closed standard files, a pipe that nobody reads" {
	local closed
	for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- >&- 2>&-'; do
		run bash -c "exec \"\$@\" $closed" - "$IMMURE" doctor
		assert_status 0
		[[ $closed == *'>&-'* && $closed != '2>&-' || $output == 'immure run works here'* ]]
	done
	run bash -c '"$@" | true; echo "${PIPESTATUS[0]}"' - "$IMMURE" doctor
	[[ $output == 141 || $output == 0 ]]
}

@test "signals that are ignored or blocked, and children of somebody else" {
	needs python3
	run python3 -c 'import os, signal, sys
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    try: signal.signal(number, signal.SIG_IGN)
    except OSError: pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
if os.fork() == 0:
    os.execvp("sleep", ["sleep", "2"])
os.execv(sys.argv[1], sys.argv[1:])' "$IMMURE" doctor
	assert_status 0
	assert_output_has 'immure run works here'
}

@test "no process to be had, hardly a file, little memory: it answers, and counts it as missing" {
	local limit
	for limit in '-n 8' '-s 100' '-c 0' '-f 0' '-t 5'; do
		# shellcheck disable=SC2086 # two words
		run bash -c 'ulimit $1 $2 && exec "$3" doctor' - $limit "$IMMURE"
		[[ $status -eq 0 && $output == 'immure run works here'* ||
			$status -eq 1 && $output == *'immure'* ]] || fail_test "ulimit $limit"
	done
	is_root && return
	run bash -c 'ulimit -u 1 && exec "$@"' - "$IMMURE" doctor
	assert_status 1
	assert_output_has 'not tried to its end: start a process: Resource temporarily unavailable'
	refute grep -qE '^  user namespace +(works|missing)' <<<"$output"
}

@test "no byte of what files and variables say reaches the terminal as it is" {
	needs python3
	local hostile=$'\e[31m\x9b\a"\\' where="${BATS_TEST_TMPDIR}"
	printf 'NAME=x\nPRETTY_NAME="%s"\n' "$hostile" >"$where/os-release"
	cd "$where" || return
	env container="$hostile" unshare -Urm bash -c 'mount --bind "$1" "$(realpath /etc/os-release)"
		"$2" doctor >text; "$2" doctor --json >json' - "$where/os-release" "$IMMURE"
	grep -qF '\x1b[31m' text
	refute grep -qaP '[^\n\x20-\x7e]' text
	refute grep -qaP '[\x00-\x09\x0b-\x1f\x7f]' json
	python3 -c 'import json
facts = json.load(open("json", encoding="utf-8"))
assert "\\x1b[31m" in facts["system"], facts["system"]
assert any("\\x1b[31m" in place["place"] for place in facts["places"]), facts["places"]'
}

@test "odd files in the places of those that it reads" {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo fifo
	head -c 100000 /dev/zero | tr '\0' x >big
	local file
	for file in fifo big /dev/null /dev/zero; do
		run as_root_of_a_namespace 'mount --bind "$1" "$(realpath /etc/os-release)" &&
			mount --bind "$1" /proc/filesystems; "$IMMURE" doctor' "$file"
		[[ $output == 'immure run '* ]] || fail_test "$file"
	done
	# No /proc at all: there is nothing to write maps to, and no limits to read.
	run as_root_of_a_namespace 'mount -t tmpfs none /proc; "$IMMURE" doctor'
	assert_status 1
	assert_output_has '/proc is not a proc file system'
	grep -qE '^  user namespace +works' <<<"$output"
	grep -qE '^  id map +missing' <<<"$output"
}

@test "where it runs: what signs say, with what to type" {
	run env container=lxc "$IMMURE" doctor
	assert_output_has 'lxc config set NAME security.nesting=true'
	run env CI=true "$IMMURE" doctor
	grep -qE '^  CI \(CI\) ' <<<"$output"
	run env -u CI GITHUB_ACTIONS=true "$IMMURE" doctor
	grep -qE '^  CI \(GITHUB_ACTIONS\) ' <<<"$output"
	run as_root_of_a_namespace '"$IMMURE" doctor'
	grep -qE '^  a user namespace ' <<<"$output"
}

@test "the manual has every probe and every key" {
	needs python3 mandoc
	cd "$BATS_TEST_TMPDIR" || return
	mandoc -T ascii "$IMMURE_SOURCE/man/immure.1" | col -b >page
	doctor --json >json
	python3 - <<'END'
import json, re
facts = json.load(open("json", encoding="utf-8"))
page = open("page", encoding="utf-8").read()
page = page[page.index("\nDOCTOR\n"):]
page = page[:page.index("\nEXIT STATUS\n")]
text = " ".join(page.split())
words = set(re.findall(r"[a-z_0-9]+", page))
def keys(value):
    if isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from keys(below)
    elif isinstance(value, list):
        for below in value:
            yield from keys(below)
missing = {key for key in keys(facts) if key not in words}
missing |= {probe["probe"] for probe in facts["probes"] if probe["probe"] not in text}
missing |= {probe["verdict"] for probe in facts["probes"] if probe["verdict"] not in words}
assert not missing, missing
END
}
