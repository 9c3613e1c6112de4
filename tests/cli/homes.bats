#!/usr/bin/env bats
# immure home: the homes that stay, and how one goes with all that a command left in it.

load ../lib/common
load ../lib/sandbox
load ../lib/maps

setup() {
	common_setup
	export HOME=$TEST_TMP/home
	unset XDG_DATA_HOME XDG_CONFIG_HOME
	homes=$HOME/.local/share/immure/homes
	mkdir -p "$homes"
	chmod 700 "$HOME/.local/share/immure" "$homes"
	cd "$TEST_TMP" || return
}

# home NAME: an empty one.
home() { mkdir -m 700 "$homes/$1"; }

@test "ls and path say what there is" {
	assert_equal "$("$IMMURE" home ls)" ''
	home web
	home a
	touch "$homes/no" "$homes/.hidden"
	ln -s /tmp "$homes/link"
	assert_equal "$("$IMMURE" home ls)" "a         $homes/a
web       $homes/web"
	assert_equal "$("$IMMURE" home path web)" "$homes/web"
	assert_equal "$(XDG_DATA_HOME=/nonexistent "$IMMURE" home ls)" ''
	run "$IMMURE" home path other
	assert_status 1
	assert_output_has 'hint: to see which there are: immure home ls'
	run "$IMMURE" home path ../x
	assert_status 1
	local words
	for words in '' nonesuch 'ls x' path 'path a b' rm 'rm a b' 'rm --nonesuch a' 'path --yes a'; do
		# shellcheck disable=SC2086 # words
		run "$IMMURE" home $words
		assert_status 2
	done
}

@test "rm asks, and leaves alone what is running, is missing or is no home" {
	needs expect python3
	home web
	touch "$homes/web/file"
	run "$IMMURE" home rm web </dev/null
	assert_status 1
	assert_output_has 'hint: to say yes without being asked: immure home rm --yes web'
	# shellcheck disable=SC2016 # for expect
	run timeout -k 5 30 env IMMURE="$IMMURE" expect -c 'log_user 0
		spawn $env(IMMURE) home rm web; expect "all that is in it?" ; send "n\r"; expect eof; exit [lindex [wait] 3]' </dev/null
	assert_status 1
	[[ -e $homes/web/file ]]
	# Somebody has its lock.
	mkfifo held release
	timeout 60 python3 -c 'import fcntl, os, struct, sys
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
fcntl.fcntl(fd, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
open("held", "w").close()
open("release").read()' "$homes/.web.lock" 3>&- &
	local holder=$!
	cat held
	run "$IMMURE" home rm --yes web
	assert_status 1
	assert_output_has 'a sandbox with the home web is running'
	assert_equal "$("$IMMURE" home ls)" "web       $homes/web (running)"
	: >release
	wait "$holder"
	run "$IMMURE" home rm --yes web
	assert_status 0
	assert_equal "$(ls -A "$homes")" ''
	run "$IMMURE" home rm --yes web
	assert_status 1
	assert_output_has 'there is no home web'
	ln -s "$TEST_TMP" "$homes/link"
	run "$IMMURE" home rm --yes link
	assert_status 1
	run "$IMMURE" home rm --yes ../homes
	assert_status 1
	[[ -e $TEST_TMP && -d $homes ]]
}

@test "rm follows no link, minds no mode, and goes as deep as there is something" {
	local kept=$TEST_TMP/kept
	mkdir -p "$kept/dir"
	touch "$kept/file"
	home web
	cd "$homes/web"
	ln -s "$kept" to-dir
	ln -s "$kept/file" to-file
	ln "$kept/file" other-name
	ln -s nowhere dangling
	mkfifo fifo
	touch -- -rf $'new\nline' $'\xff' .removed-0
	mkdir -p .removed-1/.removed-2 a/b/c closed/in/side 'a/.removed-0'
	touch a/b/c/f closed/in/f
	ln -s "$kept" a/b/c/up
	chmod 000 a/b/c/f closed/in a/b
	chmod 100 closed
	chmod 444 a
	# Longer than any path, and deeper than descriptors go.
	python3 -c 'import os
for i in range(3000):
    os.mkdir("d" * 40); os.chdir("d" * 40)
open("end", "w")'
	cd "$TEST_TMP"
	(ulimit -n 64; exec timeout 60 "$IMMURE" home rm --yes web)
	assert_equal "$(ls -A "$homes")" ''
	assert_equal "$(cd "$kept" && find . | sort | paste -sd' ')" '. ./dir ./file'
}

@test "what is mounted in it is not emptied" {
	home web
	mkdir -p "$TEST_TMP/kept" "$homes/web/a/b"
	touch "$TEST_TMP/kept/file"
	# A bind mount is of the same device.
	# shellcheck disable=SC2016 # for the shell inside
	run unshare -Urm sh -c 'mount --bind "$1" "$2/a/b" && "$IMMURE" home rm --yes web' - "$TEST_TMP/kept" "$homes/web"
	assert_status 1
	[[ -e $TEST_TMP/kept/file ]]
	# shellcheck disable=SC2016 # for the shell inside
	run unshare -Urm sh -c 'mkdir -p "$2/top" && mount --bind "$1" "$2/top" && "$IMMURE" home rm --yes web' - "$TEST_TMP/kept" "$homes/web"
	assert_status 1
	[[ -e $TEST_TMP/kept/file ]]
	# Nor what is mounted over all of it.
	chmod 700 "$TEST_TMP/kept"
	# shellcheck disable=SC2016 # for the shell inside
	run unshare -Urm sh -c 'mount --bind "$1" "$2" && "$IMMURE" home rm --yes web' - "$TEST_TMP/kept" "$homes/web"
	assert_status 1
	[[ -e $TEST_TMP/kept/file ]]
	"$IMMURE" home rm --yes web
}

@test "what belongs to other ids of the caller's goes too" {
	! is_root || skip 'root may remove all'
	[[ -n $(range_of /etc/subuid) && -n $(range_of /etc/subgid) ]] || skip 'no range of ids for this user'
	home web
	"$IMMURE" run -q --map auto --guest --bind "$homes/web:/mnt/h" -- sh -ec 'cd /mnt/h
		mkdir -p theirs/in .hidden; touch theirs/in/f .hidden/f file
		chown -R 1000:1000 theirs .hidden; chmod 000 theirs/in; chmod 700 theirs .hidden'
	refute rm -rf "$homes/web/theirs"
	run "$IMMURE" home rm --yes web
	assert_status 0
	assert_equal "$(ls -A "$homes")" ''
}
