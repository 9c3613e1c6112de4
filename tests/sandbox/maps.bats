#!/usr/bin/env bats
# --map: more ids than one inside, given out by newuidmap and newgidmap, or by root
# itself. What the maps say is what was asked for, in both user namespaces.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/maps

setup() {
	common_setup
	maps_setup
	own=$(id -u)
}

teardown() { maps_teardown; }

# uid_map and gid_map of a process, a line each range.
maps_of() { tr -s ' ' <"/proc/$1/uid_map" | sed 's/^ //' && tr -s ' ' <"/proc/$1/gid_map" | sed 's/^ /g /'; }

# The command's own process, below INIT.
# shellcheck disable=SC2153 # of `hold`
command_of() { pgrep -P "$INIT"; }

@test "as root inside, the caller is 0 and the range comes behind" {
	is_root && skip 'root has its ranges by hand'
	inspect --map auto -- sh -c 'id -u; id -g; tr -s " " </proc/self/uid_map; tr -s " " </proc/self/gid_map'
	assert_equal "$output" $'0\n0\n 0 0 1\n 1 1 65536\n 0 0 1\n 1 1 65536'
	assert_equal "${stderr:-}" ''
	hold --map auto
	local want
	want="0 $own 1
1 $FIRST 65536
g 0 $(id -g) 1
g 1 $FIRST 65536"
	assert_equal "$(maps_of "$INIT")" "$want"
	assert_equal "$(maps_of "$(command_of)")" "$want"
	release
}

@test "as oneself, or as a number: the other ids are those from 0 up" {
	is_root && skip 'root has its ranges by hand'
	hold --map auto --user 7:5
	assert_equal "$(maps_of "$(command_of)")" "7 $own 1
0 $FIRST 7
8 $((FIRST + 7)) 65529
g 5 $(id -g) 1
g 0 $FIRST 5
g 6 $((FIRST + 5)) 65531"
	release
	inspect --map auto --user self -- sh -c 'id -u; id -g; touch ~/x && stat -c %u:%g ~/x'
	assert_equal "$output" "$own
$(id -g)
$own:$(id -g)"
}

@test "by hand: whoever --user is, is who the command is outside" {
	local base=$((FIRST - 1))
	is_root || base=$FIRST
	hold --map "0:$base:10" --map "1000:$((base + 10)):5" --user 1002:3
	assert_equal "$(maps_of "$(command_of)")" "1002 $((base + 12)) 1
0 $base 10
1000 $((base + 10)) 2
1003 $((base + 13)) 2
g 3 $((base + 3)) 1
g 0 $base 3
g 4 $((base + 4)) 6
g 1000 $((base + 10)) 5"
	local process
	for process in "$INIT" "$(command_of)"; do
		assert_equal "$(awk '/^[UG]id:/ { print $2, $3, $4, $5 }' "/proc/$process/status")" \
			"$((base + 12)) $((base + 12)) $((base + 12)) $((base + 12))
$((base + 3)) $((base + 3)) $((base + 3)) $((base + 3))"
	done
	release
}

@test "groups by themselves" {
	local base=$FIRST
	inspect --map "0:$base:1" --map-gid "0:$((base + 5)):1" --map-gid "7:$base:2" -- \
		sh -c 'tr -s " " </proc/self/uid_map; tr -s " " </proc/self/gid_map'
	assert_equal "$output" $' 0 0 1\n 0 0 1\n 7 1 2'
}

@test "the plan says before what comes to be" {
	run "$IMMURE" run --dry-run "${MAP[@]}" -- true
	assert_status 0
	if is_root; then
		assert_equal "$(grep -E '^(user|map|groups) ' <<<"$output" | sed 's/ *#.*//; s/  */ /g')" \
			"user 0 inside is 4000000 outside
map users 1-65535 inside are 4000001-4065535 outside
map groups 1-65535 inside are 4000001-4065535 outside
map written by immure itself
groups supplementary ones are left behind"
	else
		assert_equal "$(grep -E '^(user|map|groups) ' <<<"$output" | sed 's/ *#.*//; s/  */ /g')" \
			"user 0 inside is $own outside
map users 1-65536 inside are $FIRST-$((FIRST + 65535)) outside
map groups 1-65536 inside are $FIRST-$((FIRST + 65535)) outside
map written by /usr/bin/newuidmap and /usr/bin/newgidmap
groups supplementary ones are left behind"
	fi
	# Nothing asked for, nothing said.
	run "$IMMURE" run --dry-run -- true
	refute grep -qE '^(map|groups|guest) ' <<<"$output"
}

@test "words: the last kind counts, none takes it back, and what is no map is refused" {
	local word
	run "$IMMURE" run --dry-run "${MAP[@]}" --map none -- true
	refute grep -qE '^map ' <<<"$output"
	run "$IMMURE" run --dry-run --map auto --map "0:$FIRST:1" -- true
	assert_output_has "0 inside is $FIRST outside"
	inspect --map "0:$own:1" -- sh -c 'tr -s " " </proc/self/uid_map; cat /proc/self/setgroups'
	assert_equal "$output" $' 0 0 1\ndeny'
	for word in x '' 0 0:1 0:1:0 0:1:2:3 a:1:1 0:-1:1 0:+1:1 0:1:1k ' 0:1:1' 0:4294967295:1 \
		4294967295:0:1 0:1:4294967295 1:0:4294967295 0:0:99999999999 automatic; do
		inspect --map "$word" -- true
		assert_status 125
		assert_stderr_has 'immure: --map: '
		inspect --map-gid "$word" -- true
		assert_status 125
		assert_stderr_has 'immure: --map-gid: '
	done
	# The same by a profile.
	printf 'include default\nmap 5:%s:2\nmap-gid 0:1:0\n' "$FIRST" >"$TEST_TMP/p"
	inspect -p "$TEST_TMP/p" -- true
	assert_status 125
	assert_stderr_has "$TEST_TMP/p:3: map-gid: "
}

@test "a map that makes no sense is refused before anything starts" {
	inspect --map 5:100000:10 -- touch made
	assert_status 125
	assert_stderr_has 'the command is user 0 (default.profile (built in):'
	assert_stderr_has "hint: to let it stand for you: --map 0:$own:1"
	inspect --map "0:$FIRST:10" --map-gid 5:100000:10 -- touch made
	assert_status 125
	assert_stderr_has 'map-gid (command line): the command is group 0'
	inspect --map "0:$FIRST:10" --map "9:$((FIRST + 20)):1" -- touch made
	assert_status 125
	assert_stderr_has 'overlap inside'
	inspect --map "0:$FIRST:10" --map "10:$((FIRST + 9)):1" -- touch made
	assert_status 125
	assert_stderr_has 'overlap outside'
	inspect --share user,mount,pid,ipc,uts,net,cgroup "${MAP[@]}" -- touch made
	assert_status 125
	assert_stderr_has ' (command line) and share user contradict each other'
	local many=() i
	for i in {0..340}; do many+=(--map "$i:$((FIRST + 2 * i)):1"); done
	inspect "${many[@]}" -- touch made
	assert_status 125
	assert_stderr_has 'more than the kernel takes'
	[[ ! -e made ]]
}

@test "as many ranges as the kernel takes" {
	local many=() i
	for i in {0..140}; do many+=(--map "$i:$((FIRST + 2 * i)):1"); done
	inspect "${many[@]}" -- sh -c 'wc -l </proc/self/uid_map'
	assert_status 0
	assert_equal "$output" 141
}

@test "it works with what else decides about processes and files" {
	local options
	for options in --nested --as-pid-1 '--nested --as-pid-1' '--share pid' '--proc host-ro' \
		'--share net,ipc,uts,cgroup' '--cwd rw' '--landlock off' '--seccomp off' '--user 12:34' \
		'--nested --proc host-ro' '--guest --as-pid-1' '--guest --nested'; do
		# shellcheck disable=SC2086 # words
		inspect -q "${MAP[@]}" $options -- sh -c 'wc -l </proc/self/uid_map; touch ~/x && [ "$(stat -c %u:%g ~/x)" = "$(id -u):$(id -g)" ] && echo own; exit 7'
		assert_status 7
		assert_equal "${lines[1]}" own
		[[ ${lines[0]} -ge 2 ]] || fail_test "$options: one id"
		# What was said of --nested and --share besides.
		assert_equal "${stderr:-}" ''
	done
	# Process 1 that is the command has no helper left beside it.
	inspect -q "${MAP[@]}" --as-pid-1 -- sh -c 'echo /proc/[0-9]*; cat /proc/1/status' 
	assert_equal "${lines[0]}" "/proc/1${lines[0]#/proc/1}"
	[[ ${lines[0]} == '/proc/1' || ${lines[0]} == '/proc/1 /proc/'* ]]
	refute grep -q 'State:.*zombie' <<<"$output"
	inspect -q "${MAP[@]}" --as-pid-1 -- sh -c 'grep -l "State:.Z" /proc/[0-9]*/status'
	assert_equal "$output" ''
	inspect -q "${MAP[@]}" -- sh -c 'for i in 1 2 3 4 5 6 7 8 9; do grep -l "State:.Z" /proc/[0-9]*/status && exit 1; done; exit 0'
	assert_status 0
}

@test "signals, an end by one, and an end before the start are as ever" {
	inspect "${MAP[@]}" -- sh -c 'kill -TERM $$'
	assert_status 143
	inspect "${MAP[@]}" --timeout 0.3 -- sleep 60
	assert_status 124
	inspect "${MAP[@]}" -- /nonesuch
	assert_status 127
	inspect "${MAP[@]}" --as-pid-1 -- /nonesuch
	assert_status 127
	hold "${MAP[@]}" -- sh -c 'trap "exit 5" USR1; echo on; while :; do sleep 0.05; done'
	kill -USR1 "$SUPERVISOR"
	status=0
	wait "$SUPERVISOR" || status=$?
	assert_status 5
	rm "$TEST_TMP/hold"
	hold "${MAP[@]}"
	local init=$INIT
	kill -KILL "$SUPERVISOR"
	while [[ -e /proc/$init ]]; do sleep 0.02; done
}

@test "without --guest it is who it is: no file is given away, and nobody lies about it" {
	echo x >file
	is_root && chown 4000000:4000000 file
	inspect -q "${MAP[@]}" --cwd rw -- sh -c 'chown 1:1 file'
	assert_status 1
	assert_stderr_has 'Operation not permitted'
	inspect "${MAP[@]}" -- sh -c 'grep Cap /proc/self/status | sort -u -k2; setpriv --reuid 5 true'
	assert_output_has 0000000000000000
	refute grep -qv 0000000000000000 <<<"$output"
	assert_stderr_has 'setresuid failed: Operation not permitted'
	assert_status 127		# setpriv's own, when it starts nothing
	assert_equal "$(stat -c %u file)" "$(is_root && echo 4000000 || id -u)"
}

@test "CAP-03: the caller's supplementary groups are left behind, and maps cannot be changed" {
	inspect "${MAP[@]}" -- sh -c 'id -G; for map in uid_map gid_map; do echo 0 0 1 >/proc/self/$map && echo wrote; done; setpriv --groups 7 true && echo set; wc -l </proc/self/uid_map'
	assert_equal "$output" $'0\n2'
	inspect "${MAP[@]}" -- grep Groups: /proc/self/status
	assert_equal "$(tr -d '\t ' <<<"$output")" Groups:
	# Of the one id they are not: nobody lets go of them there.
	inspect -- sh -c 'cat /proc/self/setgroups; grep Groups: /proc/self/status'
	assert_equal "${lines[0]}" deny
	is_root || [[ ${lines[1]} == *[0-9]* ]]
	is_root || return 0
	local group
	group=$(getent group adm | cut -d: -f3)
	run --separate-stderr timeout 20 setpriv --groups "0,$group" "$IMMURE" run "${MAP[@]}" -- grep Groups: /proc/self/status
	assert_equal "$(tr -d '\t ' <<<"$output")" Groups:
}

@test "by hand without the caller: the caller's own files are a stranger's" {
	is_root && skip 'root is the stranger in all of these tests'
	echo secret >"$TEST_TMP/secret"
	chmod 600 "$TEST_TMP/secret"
	inspect --map "0:$FIRST:10" --ro-bind "$TEST_TMP:/shown" -- sh -c 'cat /shown/secret; echo x >/shown/work/y'
	assert_status 2
	assert_equal "$output" ''
	[[ ! -e $WORK/y ]]
	chmod 777 "$WORK"
	inspect --map "0:$FIRST:10" --cwd rw -- touch made
	assert_status 0
	assert_equal "$(stat -c %u:%g made)" "$FIRST:$FIRST"
}

@test "root writes the maps itself, and needs neither tool nor line" {
	is_root || skip 'for root'
	make_etc 'x:1:1' 'x:1:1'
	run --separate-stderr unshare -m bash -c 'mount --bind "$1" /etc && mount --bind /dev/null /usr/bin/newuidmap && mount --bind /dev/null /usr/bin/newgidmap && exec "${@:2}"' \
		- "$ETC" "$IMMURE" run "${MAP[@]}" -- id -u
	assert_status 0
	assert_equal "$output" 0
	inspect --map auto -- true
	[[ $status -eq 0 ]] || assert_stderr_has '/etc/subuid has no range for root'
}

@test "ROB-28: what the supervisor does about the tools, made to fail" {
	is_root && skip 'root needs none'
	local call error when
	needs strace
	# Of this process alone: a tool that is traced has no right.
	for call in socketpair pipe2 pidfd_open clone3 readlinkat sendmsg; do
		for error in EPERM ENOMEM ENOSYS; do
			for when in 1 2 3; do
				rm -f canary
				run --separate-stderr timeout -k 5 30 strace -o "$TEST_TMP/trace" -e "trace=$call" \
					-e "inject=$call:error=$error:when=$when" "$IMMURE" run "${MAP[@]}" --cwd rw -- touch canary
				grep -q INJECTED "$TEST_TMP/trace" || break
				# The C library has another call in place of one that is missing.
				[[ $call$error != clone3ENOSYS ]] || continue
				[[ ! -e canary ]] || fail_test "$call $error $when: it ran"
				assert_status 125
				assert_stderr_has 'immure: '
			done
			[[ $when -gt 1 ]] || fail_test "there is no $call"
		done
	done
}

@test "inside of another user namespace whose root we are, too" {
	if is_root; then
		run --separate-stderr unshare --map-root-user "$IMMURE" run --map 0:0:1 -- id -u
		assert_equal "$output" 0
		return
	fi
	run --separate-stderr timeout 30 unshare --map-root-user --map-auto "$IMMURE" run -q --map 0:0:1 --map 5:1:1000 --guest -- \
		sh -c 'tr -s " " </proc/self/uid_map; touch ~/x && chown 6:1004 ~/x && stat -c %u:%g ~/x'
	assert_status 0
	assert_equal "$output" $' 0 0 1\n 5 1 1000\n6:1004'
	run --separate-stderr timeout 30 unshare --map-root-user --map-auto "$IMMURE" run --map 0:70000:5 -- true
	assert_status 125
	assert_stderr_has 'immure: map ids: write uid_map: '
	assert_stderr_has 'hint: the ids must exist in your own user namespace: cat /proc/self/uid_map'
}

@test "a run in a run has the ids that the outer one has" {
	is_root && skip 'an ordinary user shows it'
	mkdir bin
	cp "$IMMURE" bin/immure
	inspect -q --map auto --guest --nested --ro-bind "$PWD/bin:/opt" -- /opt/immure run -q --map 0:0:1 --map 1:1:99 --guest -- \
		sh -c 'touch ~/x && chown 5:6 ~/x && stat -c %u:%g ~/x; grep CapEff /proc/self/status'
	assert_status 0
	assert_equal "${lines[0]}" 5:6
}
