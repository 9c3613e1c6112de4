#!/usr/bin/env bats
# `immure audit`: how it is called, and what it says of processes that are none, that
# end, and that want to be misread.

load ../lib/common

audit() { timeout -k 5 30 "$IMMURE" audit "$@"; }

@test "a misuse is told, with status 2" {
	local words
	for words in '' '1 2' x 0 -1 '--nonesuch 1' 1.5 99999999999 -- '-- --json'; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr audit $words
		assert_status 2
		assert_equal "$output" ''
		[[ ${stderr:-} == 'immure: '*$'\n''hint: '*': immure audit PID' ]] ||
			fail_test "no hint for: $words"
	done
	run audit --help
	assert_status 0
	assert_output_has 'immure audit [--json] PID'
}

@test "a process that does not exist is told, with status 1" {
	sleep 0 &
	local pid=$!
	wait "$pid"
	run --separate-stderr audit "$pid"
	assert_status 1
	assert_equal "$output" ''
	[[ ${stderr:-} == "immure: process $pid: No such file or directory"$'\n''hint: '* ]]
}

@test "a process that has ended and was not awaited is told, with status 1" {
	needs python3
	python3 -c 'import os, time
pid = os.fork()
if pid == 0: os._exit(0)
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
print(pid, flush=True)
time.sleep(30)' >"$TEST_TMP/pid" 3>&- &
	local parent=$! pid
	until [[ -s $TEST_TMP/pid ]]; do sleep 0.02; done
	pid=$(<"$TEST_TMP/pid")
	run --separate-stderr audit "$pid"
	kill "$parent"
	assert_status 1
	[[ ${stderr:-} == "immure: process $pid ended while it was looked at"* ]]
}

@test "a process of the caller is in no sandbox, and every wall of it is open" {
	sleep 30 3>&- &
	local pid=$!
	run audit "$pid"
	kill "$pid"
	assert_status 1
	assert_equal "${lines[0]}" "process $pid (sleep) is in no sandbox: it has no namespace of its own"
	local wall
	for wall in files writing mounts kernel devices processes init network ipc privileges syscalls; do
		grep -qE "^  $wall +open " <<<"$output" || fail_test "not open: $wall"
	done
	run audit $$
	assert_status 1
}

@test "a process of somebody else shows an ordinary user nothing, and that is said" {
	is_root && skip 'root sees all'
	run audit 1
	assert_status 1
	assert_output_has 'process 1 ('
	assert_output_has ') does not show you its namespaces'
	grep -qE '^  network +unknown ' <<<"$output"
	grep -qE '^  descriptors +unknown ' <<<"$output"
	assert_output_has 'only root may see it'
}

@test "what cannot be written is an error" {
	run bash -c 'exec "$@" >/dev/full' - "$IMMURE" audit $$
	assert_status 1
	assert_output_has 'write to standard output'
}

# For python: prctl(PR_SET_NAME), a file with every byte in its name, and a wait.
hostile='
import ctypes, os, sys, time
ctypes.CDLL(None).prctl(15, b"\x1b[31m\nCapEff:\tx", 0, 0, 0)
path = os.fsencode(sys.argv[1]) + b"/" + bytes(i for i in range(1, 256) if i != 47)
fd = os.open(path, os.O_CREAT | os.O_RDWR)
fifo = path[:-9]
os.mkfifo(fifo)
os.open(fifo, os.O_RDWR)
for i in range(3000):
    os.open("/dev/null", os.O_RDONLY) if i < 900 else None
print("on", flush=True)
time.sleep(60)'

@test "no byte that a process chose reaches the terminal as it is" {
	needs python3
	env BIG="$(head -c 100000 /dev/zero | tr '\0' x)" $'E\e[31m\n=x' python3 -c "$hostile" "$TEST_TMP" \
		>"$TEST_TMP/on" 3>&- &
	local pid=$!
	for _ in {1..500}; do
		grep -q on "$TEST_TMP/on" && break
		sleep 0.02
	done
	audit "$pid" >"$TEST_TMP/text" || true
	audit --json "$pid" >"$TEST_TMP/json" || true
	kill "$pid"
	grep -qF '\x1b[31m' "$TEST_TMP/text"
	grep -qF 'more, which --json shows' "$TEST_TMP/text"
	refute grep -qP '[^\n\x20-\x7e]' "$TEST_TMP/text"
	refute grep -qaP '[\x00-\x09\x0b-\x1f\x7f]' "$TEST_TMP/json"
	python3 - "$TEST_TMP/json" <<'EOF'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    facts = json.load(file)
assert "\\x1b[31m" in facts["process"]["name"], facts["process"]
assert any("\\x01\\x02" in file["target"] for file in facts["descriptors"])
assert len(facts["descriptors"]) > 900
EOF
}

@test "processes that come and go are looked at, or said to be gone" {
	local round pid
	for round in {1..40}; do
		sh -c ':; :; :' &
		pid=$!
		run --separate-stderr audit "$pid"
		wait "$pid"
		[[ $status -eq 1 && (${lines[0]:-} == "process $pid ("* ||
			${stderr:-} == "immure: process $pid"*) ]] || fail_test "round $round"
	done
}

@test "the manual has every wall and every key" {
	needs python3 mandoc
	mandoc -T ascii "$IMMURE_SOURCE/man/immure.1" | col -b >"$TEST_TMP/page"
	audit --json $$ >"$TEST_TMP/json" || true
	python3 - "$TEST_TMP/json" "$TEST_TMP/page" <<'EOF'
import json, re, sys
facts = json.load(open(sys.argv[1], encoding="utf-8"))
page = open(sys.argv[2], encoding="utf-8").read()
page = page[page.index("\nAUDIT\n"):]
words = set(re.findall(r"[a-z_0-9]+", page))
def keys(value):
    if isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from keys(below)
    elif isinstance(value, list):
        for below in value:
            yield from keys(below)
limits = set(facts["limits"])
missing = {key for key in keys(facts) if key not in words} - limits
missing |= {wall["wall"] for wall in facts["walls"] if wall["wall"] not in words}
assert not missing, missing
EOF
}
