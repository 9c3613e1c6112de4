#!/usr/bin/env bats
# What is in the home of a shell is run by the next shell of that name. A command that
# may write around the place where they are can make none, change none and lead none
# elsewhere, also where there is no home yet.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	! is_root || skip 'for ordinary users: root has no such shell'
	common_setup
	unset XDG_DATA_HOME XDG_CONFIG_HOME
	export HOME=$TEST_TMP/home
	DATA=$HOME/.local/share
	mkdir -p "$HOME/project" "$HOME/.config/immure"
	cd "$HOME/project" || return
}

# A home for the shell "web", by every way there may be to its place.
plant='umask 077; data=${XDG_DATA_HOME:-$HOME/.local/share}
plant() { mkdir -p "$data/immure/homes/web" && echo "echo PLANTED" >"$data/immure/homes/web/.profile"; }
(plant)
for dir in "$data/immure/homes/web" "$data/immure/homes" "$data/immure" "$data" "${data%/*}"; do (mv "$dir" "$dir.old"; plant); (rm -rf "$dir"; plant); done
(mkdir -p ~/elsewhere; ln -sfn ~/elsewhere "${data%/*}"; plant)
true'

# What the shell "web" does first.
next_shell() {
	run --separate-stderr timeout -k 5 30 "$IMMURE" shell web -q --cwd hide -- sh -c '. ~/.profile' 3>&-
}

assert_not_planted() {
	next_shell
	[[ $output != *PLANTED* ]] || fail_test 'the home was planted'
}

@test "PRF-02: without walls the plant works, and the next shell of that name runs it" {
	sh -c "$plant" 2>/dev/null
	next_shell
	assert_status 0
	assert_equal "$output" PLANTED
}

@test "PRF-02: where there is no home yet, nothing above its place is bound writable" {
	local dir
	mkdir -p "$DATA"
	for dir in "$HOME" "$HOME/.local" "$DATA"; do
		inspect --quiet --bind "$dir" -- sh -c "$plant"
		assert_status 125
		assert_stderr_has "bind $dir (command line): writable, and $DATA/immure, where homes of sandboxes would be, does not exist to be covered"
		assert_stderr_has "hint: bind a smaller directory, or: mkdir -p -m 700 $DATA/immure"
	done
	rmdir "$HOME/.config/immure"
	inspect --quiet --bind "$HOME" -- true
	assert_stderr_has "or: mkdir -p -m 700 $HOME/.config/immure $DATA/immure"
	inspect --quiet --home "$HOME" -- true
	assert_status 125
	cd "$DATA" || return
	inspect --quiet --cwd rw -- sh -c "$plant"
	assert_status 125
	# Read-only nothing can be made.
	inspect --quiet --ro-bind "$HOME" -- sh -c "$plant"
	assert_status 0
	assert_not_planted
}

@test "PRF-02: with the hint done it is covered, and cannot be put or led elsewhere" {
	(umask 077; mkdir -p "$DATA/immure")
	inspect --quiet --bind "$HOME" -- sh -c "$plant; touch ~/here; ls -A $DATA/immure"
	assert_status 0
	assert_equal "$output" ''
	[[ -e $HOME/here ]]
	assert_equal "$(ls -A "$DATA/immure")" ''
	assert_not_planted
	inspect --quiet --bind "$HOME:/other" -- sh -c "HOME=/other; $plant"
	assert_status 0
	assert_not_planted
	# Nor can a home that is there be changed.
	[[ -d $DATA/immure/homes/web ]]
	inspect --quiet --bind "$HOME" -- sh -c "$plant"
	assert_not_planted
}

@test "PRF-02: a link on the way, which the command could exchange" {
	mkdir -p "$HOME/real/share" "$TEST_TMP/outside/share"
	(umask 077; mkdir "$HOME/real/share/immure" "$TEST_TMP/outside/share/immure")
	local to
	for to in "$HOME/real" "$TEST_TMP/outside"; do
		ln -sfn "$to" "$HOME/.local"
		inspect --quiet --bind "$HOME" -- sh -c "$plant"
		assert_status 125
		assert_stderr_has "$HOME/.local, a link on the way to homes of sandboxes, could be exchanged"
		assert_not_planted
	done
}

@test "PRF-02: with XDG_DATA_HOME it is there that nothing can be planted" {
	export XDG_DATA_HOME=$PWD/data
	inspect --quiet --cwd rw -- sh -c "$plant"
	assert_status 125
	assert_stderr_has "$PWD/data/immure, where homes of sandboxes would be"
	(umask 077; mkdir -p data/immure)
	inspect --quiet --cwd rw --setenv XDG_DATA_HOME="$XDG_DATA_HOME" -- sh -c "$plant"
	assert_status 0
	assert_not_planted
	# A home directory that nobody lives in is where they are made all the same.
	unset XDG_DATA_HOME
	HOME=/tmp inspect --quiet --dry-run --bind /tmp -- true
	assert_status 125
	assert_stderr_has '/tmp/.config/immure'
}

@test "PRF-02: nor from a developer's shell" {
	(umask 077; mkdir -p "$DATA/immure/homes/web")
	run --separate-stderr timeout -k 5 30 "$IMMURE" shell other -q --bind "$HOME" --ephemeral -- sh -c "$plant; umount $DATA/immure; mount -o remount,rw $DATA/immure; $plant"
	assert_status 0
	assert_not_planted
	[[ ! -e $DATA/immure/homes/web/.profile ]]
}
