#!/usr/bin/env bats
# `immure doctor` and a run in a container of podman's, as it comes and with what doctor
# says to type; and what takes as long as a probe may hang.

load ../lib/common
load ../lib/life

teardown() {
	! is_root || umount "$TEST_TMP/home/store/overlay" 2>/dev/null || true
	is_root || [[ ! -d $TEST_TMP/home ]] || pod unshare rm -rf "$TEST_TMP/home/store" 2>/dev/null || true
	common_teardown
}

# podman, with all that it keeps in a home of the test's.
pod() {
	env -C / HOME="$TEST_TMP/home" XDG_RUNTIME_DIR="$TEST_TMP/run" timeout -k 5 100 \
		podman --root "$TEST_TMP/home/store" --runroot "$TEST_TMP/run/store" \
		--runtime runc --cgroup-manager=cgroupfs --events-backend=none --log-level=error "$@"
}

# in_podman [OPTION...] -- WORD...: the program with these words, in a container that has
# the system's programs and nothing else.
in_podman() {
	local options=() limits=(--ulimit host) root=$TEST_TMP/rootfs
	! is_root || limits=(--ulimit nofile=1024:1024 --ulimit nproc=1024:1024)
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	mkdir -p "$TEST_TMP/home" "$TEST_TMP/run" "$root"/{usr,proc,sys,dev,tmp,etc,run,var/tmp}
	[[ -L $root/lib ]] || ln -s usr/bin usr/lib usr/lib64 usr/sbin "$root"
	pod run --rm "${limits[@]}" --network none -v /usr:/usr:ro -v "$IMMURE:/immure:ro" \
		"${options[@]}" --rootfs "$root" /immure "$@"
}

# findings: those of ./json that are missing, of what a run needs.
missing() {
	python3 -c 'import json
for probe in json.load(open("json"))["probes"]:
    if probe["needed"] and probe["verdict"] != "works": print(probe["probe"])'
}

@test "in podman: what it refuses is missing, and what to type is what lifts it" {
	needs podman runc python3
	cd "$TEST_TMP" || return
	run --separate-stderr in_podman -- doctor --json
	printf '%s\n' "$output" >json
	[[ $status -eq 1 && $output == '{"format":1,"verdict":"missing"'* ]] || fail_test 'no answer'
	grep -q '"place":"podman"' json
	[[ -n $(missing) ]]
	run in_podman -- run -- /usr/bin/echo ran
	assert_status 125
	assert_output_lacks $'\nran'
	[[ $output =~ 'hint: '([a-z ]+)': ' ]] || fail_test 'no probe is named'
	missing | grep -x "${BASH_REMATCH[1]}"

	# Typed as it stands behind the colon of the place.
	local told
	told=$(python3 -c 'import json
for place in json.load(open("json"))["places"]:
    if place["place"] == "podman": print(place["cost"].split("podman run ")[1])')
	[[ $told == '--security-opt '* ]]
	# shellcheck disable=SC2086 # words
	run --separate-stderr in_podman $told -- doctor --json
	printf '%s\n' "$output" >json
	assert_equal "$(missing)" ''
	assert_status 0
	# shellcheck disable=SC2086
	run in_podman $told -- run --quiet --rlimit nproc=100 -- /usr/bin/echo ran
	assert_status 0
	assert_output_has ran
}

@test "one that hangs is unknown after its time, and nothing of it is left" {
	needs strace python3
	cd "$TEST_TMP" || return
	local began=$SECONDS
	# Whoever sets a host name is stopped, and nobody continues him.
	timeout -k 5 110 strace -f -o /dev/null -e trace=sethostname -e inject=sethostname:signal=SIGSTOP \
		"$IMMURE" doctor --json >json || [[ $? -eq 1 ]]
	[[ $((SECONDS - began)) -lt 100 ]]
	assert_equal "$(missing)" 'uts namespace'
	grep -qF '"probe":"uts namespace","verdict":"unknown","needed":true,"why":"not tried to its end: it did not answer in 20 seconds' json
	no_doctor_left() { [[ -z $(pgrep -f "^$IMMURE doctor") ]]; }
	until_true no_doctor_left
}
