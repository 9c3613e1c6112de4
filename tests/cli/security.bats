#!/usr/bin/env bats
# SECURITY.md: every promise names tests, and all of them are there.

load ../lib/common

# problems FILE: of a text like SECURITY.md, one a line.
problems() {
	python3 - "$1" "$IMMURE_SOURCE" <<'EOF'
import os, re, sys

def names_of(path):
    text = open(path, encoding="utf-8").read()
    if path.endswith(".c"):
        return re.findall(r"^\tRUN\((\w+)\);", text, re.M)
    return re.findall(r'^@test "((?:[^"\\]|\\.)*)"', text, re.M)

def check(promise, body):
    if "\nHeld by:\n" not in body:
        print(f"{promise}: names no test")
        return
    held = body.split("\nHeld by:\n", 1)[1].strip().splitlines()
    if not held:
        print(f"{promise}: names no test")
    for line in held:
        match = re.fullmatch(r"- `(tests/[\w./]+\.(?:bats|c))`(?:: (.+))?", line)
        if not match:
            print(f"{promise}: does not name a test: {line}")
            continue
        path = os.path.join(sys.argv[2], match[1])
        if not os.path.isfile(path):
            print(f"{promise}: {match[1]} is not there")
        elif not names_of(path):
            print(f"{promise}: {match[1]} has no test")
        elif match[2] and not any(match[2] in name for name in names_of(path)):
            print(f"{promise}: {match[1]} has no test called: {match[2]}")

text = open(sys.argv[1], encoding="utf-8").read()
promises = text.split("\n## Promises\n", 1)[1].split("\n## ", 1)[0]
parts = re.split(r"^### ", promises, flags=re.M)[1:]
for number, part in enumerate(parts, 1):
    title, _, body = part.partition("\n")
    if not title.startswith(f"{number}. "):
        print(f"{title}: is not number {number}")
    check(title, body)
if not parts:
    print("there is no promise")
EOF
}

@test "every promise names its tests, and they are there" {
	needs python3
	run problems "$IMMURE_SOURCE/SECURITY.md"
	assert_status 0
	assert_equal "$output" ''
	[[ $(grep -c '^### [0-9]' "$IMMURE_SOURCE/SECURITY.md") -ge 20 ]]
}

@test "one that names none, or one that is not there, is found" {
	needs python3
	changed() {
		sed "$1" "$IMMURE_SOURCE/SECURITY.md" >"$TEST_TMP/changed"
		refute cmp -s "$IMMURE_SOURCE/SECURITY.md" "$TEST_TMP/changed"
		run problems "$TEST_TMP/changed"
		assert_output_has "$2"
	}
	changed '/^### 9/,/^### 10/{/^- /d}' 'names no test'
	changed '/^### 9/,/^### 10/{/^Held by/d}' 'names no test'
	changed 's|tests/sandbox/devices.bats|tests/sandbox/nonesuch.bats|' 'nonesuch.bats is not there'
	changed 's/no device can be made/no device was made/' 'has no test called: no device was made'
	changed 's/: test_printing_hostile/: test_printing/; s/^### 7\./### 8./' 'is not number 7'
	changed 's/: test_printing_hostile/: test_nonesuch/' 'has no test called: test_nonesuch'
	changed '/^### 9/,/^### 10/{s/^- .*/- it is obvious/}' 'does not name a test'
}

@test "what it says of the manual and of itself is there" {
	local name
	# shellcheck disable=SC2016 # markdown
	while read -r name; do
		[[ -e $IMMURE_SOURCE/$name ]] || fail_test "SECURITY.md names $name"
	done < <(grep -oE '`(src|profiles|tests)/[a-z_./]+`' "$IMMURE_SOURCE/SECURITY.md" | tr -d '`' | sort -u)
	grep -q 'SECURITY.md' "$IMMURE_SOURCE/README.md"
}
