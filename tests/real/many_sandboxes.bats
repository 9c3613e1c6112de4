#!/usr/bin/env bats
# Three hundred one after another and a hundred at once leave nothing behind.
# runs alone

load ../lib/common
load ../lib/sandbox

# What a sandbox could leave: mounts, files, System V objects.
leftovers() {
	wc -l <"/proc/$$/mountinfo"
	find /tmp /var/tmp /dev/shm /run -maxdepth 2 -name '*immure*' \
		! -name 'immure-test.*' ! -path '/tmp/immure-*' 2>/dev/null | sort
	ipcs -a | grep -c '^0x' || true
}

# Nobody is waited for here that was not waited for before: it must be none at once.
assert_no_process() {
	local init
	refute pgrep -af "^$IMMURE run "
	# Those of other sandboxes of this user may be there; ours have no parent left.
	for init in $(pgrep -u "$(id -u)" -f '^immure-init'); do
		[[ $(ps -o ppid= -p "$init") -ne 1 ]] || fail_test "init $init was left"
	done
}

@test "300 sandboxes, one after another" {
	before=$(leftovers)
	for ((i = 0; i < 300; i++)); do
		timeout -k 5 30 "$IMMURE" run -- sh -c 'echo x >/tmp/x; echo x >/dev/shm/x; exit 3' ||
			[[ $? -eq 3 ]]
	done
	assert_no_process
	assert_equal "$(leftovers)" "$before"
}

@test "100 sandboxes at once" {
	before=$(leftovers)
	pids=()
	for ((i = 0; i < 100; i++)); do
		# shellcheck disable=SC2016 # for the shell inside
		timeout -k 5 90 "$IMMURE" run -- sh -c 'sleep 1 & echo "$0" >/tmp/x; sleep 0.5; cat /tmp/x' \
			"$i" >"$TEST_TMP/out.$i" 2>&1 3>&- &
		pids+=("$!")
	done
	wait "${pids[@]}"
	for ((i = 0; i < 100; i++)); do
		assert_equal "$(cat "$TEST_TMP/out.$i")" "$i"
	done
	assert_no_process
	assert_equal "$(leftovers)" "$before"
}
