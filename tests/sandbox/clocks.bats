#!/usr/bin/env bats
# --monotonic and --boottime move the clocks that Linux lets a namespace have, exactly
# by what was said, and no other one.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	needs python3
	look='import time; print(*(time.clock_gettime_ns(c) for c in (time.CLOCK_MONOTONIC, time.CLOCK_BOOTTIME, time.CLOCK_REALTIME)))'
}

# ahead MONOTONIC BOOTTIME OPTION...: the clocks inside are so many nanoseconds ahead of
# ours, of which we look at them before and afterwards, and the wall clock not at all.
ahead() {
	local -a before inside after
	local i want=("$1" "$2" 0)
	shift 2
	read -ra before < <(python3 -c "$look")
	read -ra inside < <(inside --quiet "$@" -- python3 -c "$look")
	read -ra after < <(python3 -c "$look")
	[[ ${#inside[@]} -eq 3 ]] || return
	for i in 0 1 2; do
		[[ $((inside[i] - want[i])) -ge ${before[i]} && $((inside[i] - want[i])) -le ${after[i]} ]] ||
			fail_test "clock $i: ${inside[i]}, from ${before[i]} to ${after[i]} outside"
	done
}

@test "each clock by itself, forward and back, in every unit" {
	ahead 0 0
	ahead 90000000000 0 --monotonic 90
	ahead 0 90000000000 --boottime +90s
	ahead -1000000 1500000000 --monotonic -1ms --boottime=1.5
	ahead 0 -2250000000 --boottime -2.25
	ahead 129600000000000 7200000000001 --monotonic 1.5d --boottime 7200.000000001s
	ahead 4000000000000000000 0 --monotonic 4000000000
}

@test "with each way to start the command" {
	local option
	for option in --as-pid-1 '--share mount' '--share pid' '--proc none' '--share net'; do
		# shellcheck disable=SC2086 # several words
		ahead 60000000000 -1000000000 $option --monotonic 60 --boottime -1
	done
	is_root || ahead 60000000000 -1000000000 --nested --monotonic 60 --boottime -1
	is_root || ahead 60000000000 -1000000000 --nested --as-pid-1 --monotonic 60 --boottime -1
}

@test "what goes by them goes by the new ones" {
	local up
	up=$(cut -d. -f1 /proc/uptime)
	inspect --boottime 1d -- cut -d. -f1 /proc/uptime
	[[ $output -ge $((up + 86400)) && $output -le $((up + 86400 + 60)) ]]
	# It was started now, by a clock that is a day ahead. (ps multiplies fractions, and is
	# wrong by one for some uptimes.)
	inspect --boottime 1d -- /usr/bin/python3 -c '
started = int(open("/proc/self/stat").read().split()[21]) / 100
print(round(float(open("/proc/uptime").read().split()[0]) - started))'
	[[ $output -ge 0 && $output -le 30 ]] || fail_test "$output"
	# A timer counts what has passed, and not where the clock stands.
	inspect --monotonic 100d -- timeout 0.1 sleep 60
	assert_status 124
	inspect --monotonic 100d --timeout 0.3 -- sleep 60
	assert_status 124
}

@test "without them the clocks are the host's, also its namespace of them" {
	inspect -- readlink /proc/self/ns/time
	assert_equal "$output" "$(readlink /proc/self/ns/time)"
	inspect --monotonic 0 --boottime 0 -- readlink /proc/self/ns/time
	assert_equal "$output" "$(readlink /proc/self/ns/time)"
	inspect --monotonic 1 -- readlink /proc/self/ns/time
	[[ $output != "$(readlink /proc/self/ns/time)" ]]
}

@test "they count from the caller's own clocks" {
	! is_root || skip 'for who can make a user namespace'
	# In a child, which is in it with older kernels too.
	run unshare -UrTf --monotonic 5000 --boottime 300 "$IMMURE" run --monotonic 70.5 -- cat /proc/self/timens_offsets
	assert_equal "$(tr -s ' ' <<<"$output")" $'monotonic 5070 500000000\nboottime 300 0'
	run unshare -UrTf --monotonic 5000 "$IMMURE" run --monotonic -4999.5 -- cat /proc/self/timens_offsets
	assert_equal "$(tr -s ' ' <<<"$output")" $'monotonic 0 500000000\nboottime 0 0'
}

@test "nobody inside moves them further" {
	inspect --quiet --monotonic 1 -- sh -c 'echo monotonic 5 0 >/proc/self/timens_offsets; date -s 2001-01-01 >/dev/null; cat /proc/self/timens_offsets'
	assert_equal "$(tr -s ' ' <<<"${lines[0]}")" 'monotonic 1 0'
}

@test "it is shown with its origin, and read back" {
	printf 'include default\nmonotonic -1.5\nboottime 2h\n' >"$TEST_TMP/f.profile"
	inspect --profile "$TEST_TMP/f.profile" --boottime 1m --dry-run -- true
	grep -Eq '^namespace    time: new +# .*f.profile:2$' <<<"$output"
	grep -Eq '^clock        monotonic: -1\.500000000 seconds +# .*f.profile:2$' <<<"$output"
	grep -Eq '^clock        boottime: \+60\.000000000 seconds +# command line$' <<<"$output"
	inspect --dry-run -- true
	grep -Eq '^namespace    time: shared with the host ' <<<"$output"
	assert_output_lacks clock
	run "$IMMURE" profile show "$TEST_TMP/f.profile"
	assert_output_has 'monotonic -1.5'
	grep -v '^#' <<<"$output" >"$TEST_TMP/g.profile"
	ahead -1500000000 7200000000000 --profile "$TEST_TMP/g.profile"
	# A profile's can be taken back.
	ahead 0 0 --profile "$TEST_TMP/f.profile" --monotonic 0 --boottime 0
}

@test "no clock goes to before 0, and it is said how far it can" {
	local option typed
	for option in monotonic boottime; do
		inspect "--$option" -3650d -- touch "$TEST_TMP/ran"
		assert_status 125
		assert_equal "$(head -n 1 <<<"${stderr:-}")" "immure: plan: $option (command line): the clock would be before 0"
		typed=${stderr##*: }
		[[ $typed == "--$option -"* ]]
		# shellcheck disable=SC2086 # an option and its value
		inspect $typed -- cat /proc/uptime
		assert_status 0
	done
	inspect --boottime 4611686018 -- touch "$TEST_TMP/ran"
	assert_status 125
	assert_stderr_has "over the kernel's most, 146 years"
	[[ ! -e $TEST_TMP/ran ]]
}

@test "ROB-11: where there are none of these namespaces, nothing runs and it is said" {
	needs strace
	run --separate-stderr timeout -k 5 30 strace -f -o /dev/null -e inject=unshare:error=EINVAL \
		"$IMMURE" run --quiet --share net --monotonic 1 -- touch "$TEST_TMP/ran"
	assert_status 125
	assert_equal "${stderr:-}" 'immure: set clocks: make a time namespace: Invalid argument
hint: this kernel has none: Linux 5.6 with CONFIG_TIME_NS has'
	! is_root || return 0
	run --separate-stderr unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_time_namespaces; exec "$0" run --boottime 1 touch "$1"' \
		"$IMMURE" "$TEST_TMP/ran"
	assert_status 125
	assert_equal "${stderr:-}" 'immure: set clocks: make a time namespace: No space left on device
hint: user.max_time_namespaces is 0 here, and 1 are needed; as root: sysctl -w user.max_time_namespaces=15000'
	[[ ! -e $TEST_TMP/ran ]]
}
