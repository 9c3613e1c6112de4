#!/usr/bin/env bats
# Who cannot have several ids is told which of the things is missing, and the line to
# add; and the tools that give ids out are not trusted to have done it. All of it with
# an /etc of our own, as a user who has no right: see tests/lib/maps.bash.

load ../lib/common
load ../lib/sandbox
load ../lib/maps

setup() {
	common_setup
	cd "$TEST_TMP" || return
}

dry() { run --separate-stderr as_tester "$IMMURE" run --dry-run "$@" -- true; }

go() { run --separate-stderr as_tester "$IMMURE" run "$@" -- touch "$TEST_TMP/made"; }

# refused LINE...: that is all of standard error, the status is 125, nothing ran.
refused() {
	assert_status 125
	assert_equal "${stderr:-}" "$(printf '%s\n' "$@")"
	[[ ! -e made ]]
}

@test "ranges are read as they stand in the files, by name and by number" {
	make_etc $'# comment\nother:1000000:10\ntester:100000:10\n4242:200000:5\ntester:100000:10\n'
	dry --map auto
	assert_status 0
	assert_equal "$(grep -E '^(user|group|map|groups) ' <<<"$output" | sed 's/ *#.*//; s/  */ /g')" \
		'user 0 inside is 4242 outside
group 0 inside is 4242 outside
map users 1-10 inside are 100000-100009 outside
map users 11-15 inside are 200000-200004 outside
map groups 1-65536 inside are 100000-165535 outside
map written by /usr/bin/newuidmap and /usr/bin/newgidmap
groups supplementary ones are left behind'
	dry --map auto --user 3:7
	assert_equal "$(grep -E '^map ' <<<"$output" | sed 's/ *#.*//; s/  */ /g' | head -n 4)" \
		'map users 0-2 inside are 100000-100002 outside
map users 4-10 inside are 100003-100009 outside
map users 11-15 inside are 200000-200004 outside
map groups 0-6 inside are 100000-100006 outside'
}

@test "no range: the line to add, for both kinds if both are missing" {
	make_etc 'other:100000:65536' 'other:100000:70000'
	go --map auto
	refused 'immure: plan: map auto (command line): /etc/subuid has no range for tester' \
		'hint: to give you one: sudo usermod --add-subuids 165536-231071 --add-subgids 170000-235535 tester'
	make_etc 'tester:100000:65536' ''
	go --map auto
	refused 'immure: plan: map auto (command line): /etc/subgid has no range for tester' \
		'hint: to give you one: sudo usermod --add-subgids 100000-165535 tester'
	make_etc $'tester:x:5\ntester:1\n:1:1' 'tester:1:5'
	go --map auto
	assert_stderr_has '/etc/subuid has no range for tester'
	rm etc/subuid etc/subgid
	go --map auto
	assert_stderr_has '/etc/subuid has no range for tester'
	# By a profile: who said it.
	printf 'include default\nmap auto\n' >p
	go -p ./p
	assert_stderr_has 'map auto (./p:2): /etc/subuid has no range'
}

@test "the line that the hint says is one that usermod takes, and it helps" {
	is_root || skip 'usermod wants root'
	make_etc '' ''
	cp -r etc host-etc
	touch host-etc/shadow host-etc/login.defs
	go --map auto
	local line=${stderr##*sudo }
	# shellcheck disable=SC2016
	unshare -m bash -c 'mount --bind "$1" /etc && $2' - "$PWD/host-etc" "$line"
	assert_equal "$(cat host-etc/subuid)" tester:100000:65536
	cp host-etc/sub?id etc
	dry --map auto
	assert_status 0
}

@test "an overlapping range: with whom, and the line that replaces it" {
	local hint='hint: to have it all the same, say it by hand: --map INSIDE:OUTSIDE:COUNT'
	make_etc $'tester:100000:65536\nother:165535:10'
	go --map auto
	refused 'immure: plan: map auto (command line): /etc/subuid:1: the range 100000:65536 of tester overlaps 165535:10 of other (line 2)' \
		"$hint" \
		'hint: to have another one instead: sudo usermod --del-subuids 100000-165535 --add-subuids 165545-231080 tester'
	make_etc $'other:165536:10\ntester:100000:65536\nother:99999:1'
	dry --map auto
	assert_status 0
	# With the caller's own id, with root, with another of his own.
	make_etc 'tester:4000:65536'
	go --map auto
	assert_stderr_has 'the range 4000:65536 of tester overlaps your own id, 4242'
	make_etc 'tester:0:10'
	go --map auto
	assert_stderr_has "the range 0:10 of tester overlaps the machine's root, 0"
	make_etc $'tester:100000:65536\ntester:150000:65536'
	go --map auto
	assert_stderr_has 'overlaps 150000:65536 of tester (line 2)'
	make_etc '' $'tester:100000:65536\ntester:150000:65536'
	echo tester:100000:65536 >etc/subuid
	go --map auto
	assert_stderr_has '/etc/subgid:1: the range 100000:65536 of tester overlaps'
	assert_stderr_has 'hint: to have it all the same, say it by hand: --map-gid INSIDE:OUTSIDE:COUNT'
	[[ ! -e made ]]
}

@test "a file of ranges that cannot be read, or is none" {
	make_etc
	chmod 0 etc/subuid
	is_root || {
		go --map auto
		refused 'immure: plan: open /etc/subuid: Permission denied'
	}
	rm -f etc/subuid
	mkfifo etc/subuid
	go --map auto
	assert_status 125
	assert_stderr_has /etc/subuid
	rm etc/subuid
	mkdir etc/subuid
	go --map auto
	assert_status 125
	[[ ! -e made ]]
}

@test "who has no account is told that the tools serve nobody else" {
	make_etc
	: >etc/passwd
	go --map auto
	assert_status 125
	assert_stderr_has 'immure: plan: user 4242 has no account, and newuidmap serves accounts alone'
}

@test "a tool that is missing, and what installs it" {
	make_etc
	TOOL=none go --map auto
	refused 'immure: plan: map: newuidmap, which gives out ids, is not installed' \
		'hint: on Debian and Ubuntu: sudo apt-get install uidmap'
}

@test "a tool that has no right of its own" {
	make_etc
	printf '#!/bin/sh\n' >tool
	chmod 755 tool
	TOOL=$PWD/tool go --map auto
	refused 'immure: plan: map: /usr/bin/newuidmap cannot give out ids: it has neither the setuid bit nor file capabilities' \
		'hint: where nothing else stands in the way: sudo chmod u+s /usr/bin/newuidmap'
	run --separate-stderr as_tester setpriv --no-new-privs "$IMMURE" run --map auto -- true
	assert_status 125
	assert_stderr_has 'cannot give out ids: no_new_privs is set'
}

@test "by hand: what the tool says, and what the files would have given" {
	make_etc
	# The real ones, which have no right in here.
	go --map 0:4242:1 --map 1:100000:65536
	assert_status 125
	assert_stderr_has 'immure: map ids: new'
	make_tool tool <<-'END'
		#!/bin/sh
		echo "newuidmap: uid range [0-1) -> [77-78) not allowed" >&2
		exit 1
	END
	TOOL=$PWD/tool GROUP_TOOL=$PWD/tool go --map 0:77:1
	assert_status 125
	assert_stderr_has 'hint: /etc/sub'
	assert_stderr_has ' does not give you 77:1; what it does: --map'
	make_tool silent <<-'END'
		#!/bin/sh
		exit 3
	END
	TOOL=$PWD/silent GROUP_TOOL=$PWD/silent go --map auto
	assert_status 125
	assert_stderr_has 'idmap failed, with status 3'
	make_tool loud <<-'END'
		#!/bin/sh
		head -c 1000000 /dev/zero | tr '\0' x >&2
		printf '\n\033[31mred\n' >&2
		exit 1
	END
	TOOL=$PWD/loud GROUP_TOOL=$PWD/loud go --map auto
	assert_status 125
	refute grep -q $'\033' <<<"${stderr:-}"
	[[ ! -e made ]]
}

@test "a tool that says it has done it, and has not, is not believed" {
	make_etc
	make_tool liar <<-'END'
		#!/bin/sh
		exit 0
	END
	TOOL=$PWD/liar GROUP_TOOL=$PWD/liar go --map auto
	refused 'immure: write id maps: uid_map has 0 of 2 ranges'
	# And one that writes something else: the one id that nobody needs a right for.
	make_tool other <<-'END'
		#!/bin/sh
		echo deny >/proc/$1/setgroups
		echo 0 4242 1 >/proc/$1/uid_map
		echo 0 4242 1 >/proc/$1/gid_map
	END
	TOOL=$PWD/other GROUP_TOOL=$PWD/liar go --map auto
	refused 'immure: write id maps: uid_map has 1 of 2 ranges'
	TOOL=$PWD/other GROUP_TOOL=$PWD/liar go --map 0:4242:1 --map-gid 0:4242:1 --map-gid 1:100000:1
	refused 'immure: write id maps: gid_map has 1 of 2 ranges'
}

@test "the tools get nothing of the caller's: no variable, no descriptor, no directory, no PATH" {
	make_etc
	make_tool nosy <<-END
		#!/bin/sh
		{ echo "\$0 \$*"; pwd; ls -l /proc/self/fd; cat /proc/self/environ; grep -E 'Sig(Blk|Ign)' /proc/self/status; } >"$TEST_TMP/seen.\$\$" 2>&1
		exit 1
	END
	mkdir bin
	printf '#!/bin/sh\ntouch %s\n' "$TEST_TMP/hijacked" >bin/newuidmap
	chmod 4755 bin/newuidmap
	cp -p bin/newuidmap bin/newgidmap
	exec 9<.
	export SECRET=secret LD_PRELOAD=
	# shellcheck disable=SC2016
	PATH=$PWD/bin:$PATH TOOL=$PWD/nosy GROUP_TOOL=$PWD/nosy run --separate-stderr as_tester sh -c 'trap "" INT HUP; PATH=$1/bin:$PATH exec "$2" run --map auto -- true' - "$PWD" "$IMMURE"
	exec 9<&-
	assert_status 125
	[[ ! -e hijacked ]]
	local seen
	# One of the two may have been ended with the other.
	seen=$(tr -d '\0' <"$(printf '%s\n' seen.* | head -n 1)")
	[[ $seen == /usr/bin/new[ug]idmap\ [0-9]*\ 0\ 4242\ 1\ 1\ 100000\ 65536$'\n/\n'* ]] || fail_test "$seen"
	[[ $seen != *secret* && $seen != *"$TEST_TMP/bin"* ]] || fail_test "$seen"
	refute grep -qE ' ([4-9]|[1-9][0-9]) -> ' <<<"$seen"
	# The C library's two of its own, at most, are ignored.
	refute grep -qE "Sig(Blk|Ign):.*[1-9a-f]" <<<"${seen/SigIgn:$'\t'0000000180000000/}"
}

@test "a tool that does not end: --timeout and a signal do, and nothing is left" {
	make_etc
	make_tool slow <<-END
		#!/bin/sh
		echo \$\$ >>"$TEST_TMP/pids"
		exec sleep 1000
	END
	TOOL=$PWD/slow GROUP_TOOL=$PWD/slow go --map auto --timeout 0.5
	assert_status 124
	[[ ! -e made && -e pids ]]
	local pid
	while read -r pid; do [[ ! -e /proc/$pid ]] || fail_test "$pid is left"; done <pids
	rm pids
	TOOL=$PWD/slow GROUP_TOOL=$PWD/slow as_tester "$IMMURE" run --map auto -- touch "$TEST_TMP/made" 3>&- &
	local bats=$!
	until [[ -e pids && $(wc -l <pids) -eq 2 ]]; do sleep 0.02; done
	local supervisor
	supervisor=$(ps -o ppid= -p "$(head -n 1 pids)" | tr -d ' ')
	kill -TERM "$supervisor"
	status=0
	wait "$bats" || status=$?
	assert_status 143
	while read -r pid; do [[ ! -e /proc/$pid ]] || fail_test "$pid is left"; done <pids
	[[ ! -e made ]]
}

@test "a run that needs no tool asks for none" {
	make_etc '' ''
	TOOL=none run --separate-stderr as_tester "$IMMURE" run --map 0:4242:1 --ro-bind "$PROBE:/probe" -- /probe caps
	assert_status 0
}
