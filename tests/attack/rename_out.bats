#!/usr/bin/env bats
# A directory that a process stands in is moved out of what is shown to it, by another
# sandbox or by the caller: "up" from there must not lead to the host's root
# (CVE-2015-2925), nor out of the inner of two writable directories.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	HOME=$TEST_TMP/home
	mkdir -p "$HOME/outer/inner/deep" "$HOME/elsewhere"
	echo canary >"$HOME/secret"
	cd "$HOME/outer" || return
}

up='cd ..; cat secret ../secret ../../secret ../../../secret; cd ..; cat secret; cd ..; cat secret; pwd -P; ls -d ../../../../../home ../../../../root/.[a-z]*'

@test "FS-27: without walls up leads to where it was moved to" {
	cd inner/deep || return
	mv "$HOME/outer/inner/deep" "$HOME/elsewhere/deep"
	run sh -c "$up"
	assert_output_has canary
}

@test "FS-27: moved out of what is shown, there is no way up to anything else" {
	hold --bind "$HOME/outer/inner:/w" --cwd hide --chdir /w/deep -- sh -c "echo on; read -r line; $up"
	mv "$HOME/outer/inner/deep" "$HOME/elsewhere/deep"
	echo go >&"${hold_fd:?}"
	release
	run cat "$TEST_TMP/held"
	assert_output_lacks canary
	assert_output_lacks "$HOME"
}

@test "FS-27: one sandbox moves it, another one stands in it" {
	hold --bind "$HOME/outer/inner:/w" --cwd hide --chdir /w/deep -- sh -c "echo on; read -r line; $up"
	inspect --cwd rw -- mv inner/deep deep
	assert_status 0
	echo go >&"${hold_fd:?}"
	release
	run cat "$TEST_TMP/held"
	assert_output_lacks canary
}

@test "FS-27: of two writable directories, one in the other, nothing is moved across" {
	inspect --bind "$HOME/outer" --bind "$HOME/outer/inner" -- sh -c 'cd inner/deep && mv ../deep ../../deep; mv ../../inner ../../x; ls -d ../deep'
	[[ -d inner ]]
	inspect --bind "$HOME/outer" --bind "$HOME/outer/inner:/other" -- sh -c "cd /other/deep && mv $HOME/outer/inner/deep $HOME/outer/deep; $up"
	assert_output_lacks canary
}
