#!/usr/bin/env bats
# Who the command is: root of one user and one group id, the caller, or a number. All
# of them stand for the caller: outside, what it writes belongs to nobody else.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	make_work
	cd "$WORK" || return
	me=$(id -u):$(id -g)
	name=$(id -un)
}

# Of each: the ids inside, the names, what owns the home, and what the maps say.
questions='id -u; id -g; id -un; id -gn; stat -c %u:%g ~; tr -s " " </proc/self/uid_map; tr -s " " </proc/self/gid_map
	printenv USER LOGNAME HOME; whoami'

answers() { # UID GID USER GROUP
	printf '%s\n' "$1" "$2" "$3" "$4" "$1:$2" " $1 0 1" " $2 0 1" "$3" "$3" "$HOME" "$3"
}

@test "root, by default and by name" {
	inspect -- sh -c "$questions"
	assert_equal "$output" "$(answers 0 0 root root)"
	inspect --user self --user root -- sh -c "$questions"
	assert_equal "$output" "$(answers 0 0 root root)"
}

@test "the caller" {
	is_root && skip 'that is root'
	inspect --user self -- sh -c "$questions"
	assert_equal "$output" "$(answers "${me%:*}" "${me#*:}" "$name" "$(id -un)")"
}

@test "a number, or two" {
	inspect --user 1234 -- sh -c "$questions"
	assert_equal "$output" "$(answers 1234 1234 user user)"
	inspect --user 12:34 -- sh -c "$questions"
	assert_equal "$output" "$(answers 12 34 user user)"
	inspect --user 0:5 -- sh -c "id -u; id -g"
	assert_equal "$output" $'0\n5'
	inspect --user 4294967294 -- id -u
	assert_equal "$output" 4294967294
	inspect --user 65534 -- sh -c 'id -un; id -gn; cat /etc/passwd | wc -l'
	assert_equal "$output" $'nobody\nnogroup\n1'
}

@test "what is no user is refused" {
	local user
	for user in 4294967295 -1 99999999999 1: :1 1:2:3 0x10 1a "''" ' 1' toor nobody; do
		inspect --user "$user" -- true
		assert_status 125
		assert_stderr_has '--user: '
	done
}

@test "what belongs to somebody else is shown as nobody's" {
	[[ $(stat -c %u /usr) == 0 ]]
	is_root && skip 'root is the one who owns it'
	inspect -- stat -c '%U:%G %u:%g' /usr
	assert_equal "$output" 'nobody:nogroup 65534:65534'
	inspect --user self -- stat -c '%U:%G' /usr
	assert_equal "$output" nobody:nogroup
	inspect -- ls -ld /usr
	assert_output_has 'nobody nogroup'
}

@test "what it writes in a bound directory belongs to the caller outside" {
	local user
	for user in root self 1234:99; do
		rm -rf made*
		inspect --cwd rw --user "$user" -- sh -c 'umask 022; mkdir made.d; echo x >made.d/file; ln -s x made.l; mkfifo made.p
			stat -c %u:%g made.d/file made.l | sort -u; id -u; id -g'
		assert_equal "${lines[0]}" "${lines[1]}:${lines[2]}"
		assert_equal "$(find . -name 'made*' -printf '%U:%G\n' -o -name file -printf '%U:%G\n' | sort -u)" "$me"
		assert_equal "$(stat -c %a made.d/file)" 644
	done
}

@test "files of the caller can be changed and removed where they are writable" {
	echo x >file
	chmod 600 file
	inspect --cwd rw -- sh -c 'cat file && echo y >>file && chmod 640 file && chown 0:0 file && touch file'
	assert_status 0
	assert_equal "$(stat -c '%a %u:%g' file)" "640 $me"
}

@test "root is told that it gave files away, and nothing happened" {
	echo x >file
	mkdir dir
	inspect --cwd rw -- sh -c 'chown -R 1:1 file dir && chgrp 5 file && stat -c %u:%g file dir'
	assert_status 0
	assert_equal "$output" $'0:0\n0:0'
	assert_equal "$(stat -c %u:%g file dir | sort -u)" "$me"
}

@test "tar, cp and cpio as root bring files of other owners" {
	needs tar
	mkdir tree
	echo x >tree/file
	tar --owner=33 --group=44 -cf tree.tar tree
	inspect --cwd rw -- sh -c 'mkdir out && tar -C out -xf tree.tar && cp -a tree copy && stat -c %u:%g out/tree/file copy/file'
	assert_status 0
	assert_equal "$output" $'0:0\n0:0'
	assert_equal "${stderr:-}" ''
	inspect --cwd rw --seccomp off -- sh -c 'tar -C out -xf tree.tar'
	assert_status 2
}

@test "chown to an id that is not there fails for everybody else" {
	echo x >file
	inspect --cwd rw --seccomp off -- chown 1:1 file
	assert_status 1
	assert_stderr_has 'Invalid argument'
	inspect --cwd rw --user 1234 -- chown 1:1 file
	assert_status 1
	inspect --cwd rw --user self -- chown "$(id -u):$(id -g)" file
	assert_status 0
}

@test "CAP-03: groups cannot be set, dropped or regained" {
	inspect -- sh -c 'cat /proc/self/setgroups; setpriv --clear-groups true; setpriv --groups 0 true; setpriv --reuid 1 --regid 1 --keep-groups true'
	assert_equal "$output" deny
	assert_stderr_has 'setgroups failed: Operation not permitted'
	assert_stderr_has 'setresuid failed: Invalid argument'
	assert_status 127		# setpriv's own, when it starts nothing
	inspect -- cat /proc/1/setgroups
	assert_equal "$output" deny
}

@test "PROC-16: maps cannot be written again" {
	inspect -- sh -c 'for map in uid_map gid_map projid_map; do echo 0 0 2 >/proc/self/$map; done; echo allow >/proc/self/setgroups
		cat /proc/self/uid_map | tr -s " "'
	assert_equal "$output" ' 0 0 1'
	assert_equal "$(wc -l <<<"${stderr:-}")" 4
}

@test "who the caller is does not show" {
	is_root && skip 'it is root either way'
	cd / || return
	HOME=/home/somebody inspect -- sh -c 'id -a; cat /etc/passwd /etc/group; env; stat -c "%U:%G %u:%g" . ~ /tmp'
	assert_output_lacks "$(id -u)"
	assert_output_lacks "$name"
}

@test "an unusual USER is not believed" {
	USER='x:0:0' inspect --user self -- sh -c 'id -un; wc -l </etc/passwd'
	[[ $status -eq 0 && ${lines[1]} -le 2 && ${lines[0]} != *:* ]]
	USER=$'a\nroot' inspect --user self -- cat /etc/passwd
	assert_output_lacks $'\nroot'
	USER=$(printf 'x%.0s' {1..100}) inspect --user self -- id -un
	[[ ${#output} -lt 40 ]]
}
