#!/usr/bin/env bats
# What the launcher itself believes: a profile that changes while it is read, one that
# weakens what it must not, a clock that jumps, a name that is not its own.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	HOME=$TEST_TMP/home
	mkdir -p "$HOME/.config/immure/profiles" "$HOME/work"
	cd "$HOME/work" || return
}

@test "PRF-12: without care a check and a read by name are of two files" {
	echo good >one
	echo evil >two
	chmod 666 two
	"$PROBE" exchange one two &
	local racer=$! round seen=
	for ((round = 0; round < 3000 && ${#seen} == 0; round++)); do
		[[ $(stat -c %a one) != 644 || $(<one) != evil ]] || seen=yes
	done
	kill "$racer"
	[[ -n $seen ]]
}

@test "PRF-12: a profile is opened once, and what was checked is what is read" {
	needs strace
	printf 'include default\nsetenv A=1\n' >one.profile
	run timeout 30 strace -f -e trace=openat,openat2,open,stat,newfstatat,fstat,read -o trace "$IMMURE" run --profile ./one.profile -- true
	assert_status 0
	assert_equal "$(grep -c 'open.*"./one.profile"' trace)" 1
	# A profile for everybody to write is exchanged for it all the time, and never obeyed.
	printf 'include default\nsetenv PLANTED=yes\n' >two.profile
	chmod 666 two.profile
	"$PROBE" exchange one.profile two.profile &
	local racer=$! obeyed=0 round
	for round in {1..30}; do
		inspect --profile ./one.profile -- sh -c 'echo "$PLANTED$A"'
		[[ $output != *yes* ]] || fail_test "obeyed in round $round"
		[[ $output != 1 ]] || obeyed=$((obeyed + 1))
	done
	kill "$racer"
	[[ $obeyed -gt 0 ]]
}

@test "PRF-03: without being asked for, no profile of the directory or of what is shown is read" {
	local place
	for place in default.profile .immure .immure.profile immure.profile profiles/default.profile .config/immure/profiles/default.profile immure/profiles/default.profile; do
		mkdir -p "$(dirname "$place")"
		rm -rf "$place"
		printf 'include default\nsetenv PLANTED=yes\n' >"$place"
		inspect -- printenv PLANTED
		assert_equal "$output" ''
		[[ ! -f .immure ]] || rm .immure
	done
	# The name of a command is no way to one either.
	printf 'setenv PLANTED=yes\n' >printenv.profile
	inspect --cwd rw -- printenv PLANTED
	assert_equal "$output" ''
}

@test "PRF-10: a profile of the caller's that weakens is obeyed and shown, with who said it" {
	printf 'include default\nshare net\nbind %s\n' "$HOME/work" >weak.profile
	run --separate-stderr timeout 20 "$IMMURE" run --dry-run --profile ./weak.profile -- true
	grep -q 'weak.profile:2' <<<"$output"
	grep -q 'weak.profile:3' <<<"$output"
	inspect --profile ./weak.profile -- true
	assert_stderr_has 'shares the net namespace with the host'
}

@test "PRF-08: what is said twice counts as it was said last, and what is unknown is an error" {
	printf 'include default\ncwd rw\ncwd ro\n' >two.profile
	inspect --profile ./two.profile -- touch x
	assert_status 1
	printf 'include default\ncwd ro\nhostnme x\n' >two.profile
	inspect --profile ./two.profile -- true
	assert_status 125
	assert_stderr_has 'two.profile:3: unknown option hostnme'
}

@test "ROB-26: time is measured by a clock that nobody sets" {
	needs strace
	timeout 30 strace -f -e trace=timerfd_create,timerfd_settime,timer_create,setitimer,clock_gettime,alarm,poll,ppoll,epoll_wait,epoll_pwait -o trace "$IMMURE" run --timeout 0.3 -- sleep 20 || true
	grep -q 'timerfd_create(CLOCK_\(MONOTONIC\|BOOTTIME\)' trace
	refute grep -q 'CLOCK_REALTIME[,)]\|TFD_TIMER_ABSTIME' trace
	# It began long ago, or ends long ago, for a command that was given other clocks.
	unshare -Ur --time --boottime 100000 --monotonic 100000 --fork timeout 20 "$IMMURE" run --timeout 10 -- true
}

@test "ROB-22: no name at all, an empty one, and one of another program" {
	local name
	run "$PROBE" rawexec-argc0 "$IMMURE"
	[[ $status -ne 139 && $status -ne 134 ]]
	refute grep -q 'rawexec-argc0: ok' <<<"$output"
	for name in '' - -run --help run /nonexistent $'\e[31m' "$(printf 'x%.0s' {1..5000})"; do
		run bash -c 'exec -a "$1" "$2" run -- echo inside' - "$name" "$IMMURE"
		assert_status 0
		assert_equal "$output" inside
	done
}

@test "ROB-18 FS-22: current directories with odd names, as long as they can be, and through links" {
	local name deep
	for name in 'with space' $'new\nline' 'comma,colon:' 'back\slash' '"quotes'\''' '$HOME' '*' -dash $'\x01\x7f' $'\xc3\xa4' $'\xff'; do
		mkdir -- "$name"
		cd -- "$name" || return
		inspect --cwd rw -- sh -c 'touch here; pwd -P'
		assert_status 0
		[[ -e here ]]
		assert_equal "$output" "$PWD"
		cd ..
	done
	deep=$(printf 'd%.0s' {1..200})
	for _ in {1..18}; do
		mkdir "$deep"
		cd "$deep" || return
	done
	inspect --cwd rw -- touch here
	assert_status 0
	[[ -e here ]]
	cd "$HOME/work"
	rm -rf "$deep"
	# Longer than a path can be: it is not shown, or said.
	run python3 -c 'import os, subprocess, sys
for i in range(30):
	os.mkdir("e" * 200)
	os.chdir("e" * 200)
done = subprocess.run([sys.argv[1], "run", "--cwd", "rw", "--", "touch", "here"], capture_output=True)
print(done.returncode)
assert done.returncode == (0 if os.path.exists("here") else 125), done' "$IMMURE"
	assert_status 0
}
