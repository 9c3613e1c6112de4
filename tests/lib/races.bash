# shellcheck shell=bash
# For the tests of races, in a few rounds and in hundreds: `load ../lib/races`.

# shellcheck disable=SC2154 # of bats
load ../lib/life

races_setup() {
	needs python3
	HOME=$TEST_TMP/home
	mkdir -p "$HOME/.ssh" "$HOME/project"
	echo canary >"$HOME/.ssh/key"
	cd "$HOME/project" || return
	racers=()
}

races_clean_up() {
	[[ ${#racers[@]} -eq 0 ]] || kill "${racers[@]}" 2>/dev/null || true
}

# What could be left of it on the host.
races_traces() {
	wc -l </proc/self/mountinfo
	(cd "$TEST_TMP" && find . ! -path './out*' -printf '%p %y %l\n' | grep -v ' l \| d $' | sort)
	ipcs -a | grep -c '^0x' || true
}

# many_killed NUMBER: so many in all, 20 at a time, half of them killed after up to
# 60 ms, below one process that inherits what they leave and waits for it.
many_killed() {
	local before
	before=$(races_traces)
	run timeout -k 5 110 python3 "$IMMURE_SOURCE/tests/lib/crowd.py" "$1" "$IMMURE" run --cwd rw -- sh -c 'echo ran'
	assert_status 0
	[[ ${output##*$'\n'} == "all $1 gone: "* ]]
	assert_equal "$(races_traces)" "$before"
}

# In each: a name in the project is now a directory of its own and now a link out of it.
# The racer is the caller's own process: as fast as any command inside could be.
exchange() {
	"$PROBE" exchange "$1" "$2" >/dev/null 3>&- &
	racers+=($!)
}

fresh() {
	races_clean_up
	racers=()
	rm -rf good evil
	mkdir good
	echo good >good/key
	ln -s ../.ssh evil
	exchange good evil
}

exchanged_without_walls() {
	local round seen=
	fresh
	for ((round = 0; round < 2000 && ${#seen} == 0; round++)); do
		[[ $(cat good/key) != canary ]] || seen=yes
	done
	[[ -n $seen ]]
}

# exchanged ROUNDS: never is the wrong one shown, written to, or made something in.
exchanged() {
	local round before way ran=0
	before=$(find "$HOME/.ssh" -printf '%p %y %m %s %T@\n' | sort)
	fresh
	for ((round = 0; round < $1; round++)); do
		# A racer lives for ten seconds.
		kill -0 "${racers[-1]}" 2>/dev/null || fresh
		for way in '--cwd rw --ro-bind good:/shown' '--cwd rw --bind good:/shown' '--cwd rw --file good/key:/shown/key' \
			'--bind .:/w --dir /w/good/made' '--bind .:/w --tmpfs /w/good' '--cwd rw --hide good/key' \
			'--home good --cwd rw' '--bind . --remount-ro good'; do
			# shellcheck disable=SC2086 # several words
			run --separate-stderr inside $way -- sh -c 'cat /shown/key /w/good/key ~/key 2>/dev/null; echo x >/shown/key; echo ran'
			[[ $output != *canary* ]] || fail_test "round $round, $way: shown"
			if [[ $output == *ran* ]]; then
				ran=$((ran + 1))
			else
				assert_status 125
			fi
		done
		assert_equal "$(find "$HOME/.ssh" -printf '%p %y %m %s %T@\n' | sort)" "$before"
	done
	[[ $ran -gt 0 ]]
	echo "ran $ran times"
}
