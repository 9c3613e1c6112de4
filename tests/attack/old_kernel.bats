#!/usr/bin/env bats
# On a kernel without the newest calls (a filter around us answers ENOSYS to them, as in
# an old container), the walls are those that were asked for, or nothing runs and it is
# said which call is missing.

load ../lib/common
load ../lib/sandbox
load ../lib/raid

setup() {
	common_setup
	raid_options=()
	raid_setup
}

teardown() {
	raid_clean_up
	common_teardown
}

@test "ROB-16: the probe of these tests is really without them" {
	run "$PROBE" without unshare "$PROBE" unshare-user
	assert_equal "$output" 'unshare-user: ENOSYS'
	run "$PROBE" without statx,openat2 "$PROBE" unshare-user
	assert_equal "$output" 'unshare-user: ok'
}

@test "ROB-16: lacking what it can do without, or the C library can, it runs behind all walls" {
	local calls=clone3,pidfd_open,pidfd_send_signal,memfd_create,faccessat2,statx,epoll_pwait2
	raid "$PROBE" without "$calls" "$IMMURE" run "${raid_options[@]}" -- sh
	[[ $RAID_STATUS -eq 0 && -s $RAID/out ]] || fail_test "$(cat "$RAID/err")"
	assert_equal "$RAIDED" ''
}

# A kernel without keyrings has none to show, and one without Landlock has the mounts.
@test "ROB-16: lacking a second layer, the first one holds" {
	raid "$PROBE" without keyctl,add_key,landlock_create_ruleset,landlock_add_rule,landlock_restrict_self \
		"$IMMURE" run "${raid_options[@]}" -- sh
	[[ $RAID_STATUS -eq 0 && -s $RAID/out ]] || fail_test "$(cat "$RAID/err")"
	assert_equal "$RAIDED" ''
}

@test "ROB-16: lacking what a wall is made of, nothing runs, and it is said why" {
	local call refused=0
	cd "$TEST_TMP" || return
	for call in openat2 keyctl close_range open_tree move_mount mount_setattr unshare seccomp setns \
		openat2,close_range,clone3,landlock_create_ruleset; do
		run --separate-stderr timeout -k 5 30 "$PROBE" without "$call" "$IMMURE" run --bind "$TEST_TMP" -- touch "$TEST_TMP/ran"
		if [[ $status -eq 0 ]]; then
			# It was not needed, and nothing is weaker for it.
			[[ -e ran ]]
			rm ran
			raid "$PROBE" without "$call" "$IMMURE" run "${raid_options[@]}" -- sh
			[[ $RAID_STATUS -eq 0 && -s $RAID/out ]] || fail_test "$call: $(cat "$RAID/err")"
			assert_equal "$RAIDED" ''
			continue
		fi
		assert_status 125
		grep -q '^immure: .*: Function not implemented$' <<<"${stderr:-}" || fail_test "$call"
		[[ ! -e ran ]]
		refused=$((refused + 1))
	done
	[[ $refused -ge 3 ]]
}
