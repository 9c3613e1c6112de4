#!/usr/bin/env bats
# The home is empty, writable and gone at the end; or there is none, or it is a
# directory that was named.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	HOME=$TEST_TMP/home
	mkdir -p "$HOME/.ssh" "$HOME/project" "$TEST_TMP/box"
	echo canary >"$HOME/.ssh/key"
	echo canary >"$HOME/notes"
	cd "$HOME/project" || return
}

@test "private: empty at its usual path, writable, of the command's own" {
	inspect -- sh -c 'cd && pwd; find . ! -path "./project*" | sort; stat -c "%a %u" .; touch .x && mkdir -p .config/y && echo x >notes && cat notes'
	assert_status 0
	assert_equal "$output" "$HOME"$'\n.\n700 0\nx'
	assert_equal "$(cat "$HOME/notes")" canary
	assert_equal "$(find "$HOME" | wc -l)" 5
	inspect --home none --home private -- sh -c 'ls ~/.x; cd'
	assert_status 0
}

@test "private: the next run finds nothing of it, and neither does one beside it" {
	inspect -- touch "$HOME/.x"
	inspect -- ls -A "$HOME"
	assert_equal "$output" project
	hold -- sh -c 'touch ~/.x; echo on; read -r line'
	inspect -- ls -A "$HOME"
	release
	assert_equal "$output" project
}

@test "none: there is no such directory" {
	inspect --home none --cwd hide -- sh -c 'ls -d ~; echo "$HOME"; pwd'
	assert_equal "$output" "$HOME"$'\n/'
}

@test "a directory: bound there, writable, and kept" {
	inspect --home "$TEST_TMP/box" -- sh -c 'cd && pwd && touch kept && ls -A'
	assert_status 0
	assert_equal "$output" "$HOME"$'\nkept'
	[[ -e $TEST_TMP/box/kept && ! -e $HOME/kept ]]
	inspect --home "$TEST_TMP/box" -- ls -A "$HOME"
	assert_equal "$output" kept
	# Relative to where one stands.
	inspect --home ../../box -- ls -A "$HOME"
	assert_equal "$output" kept
}

@test "a directory: the current one is below the home and stands in it only if there is a place" {
	inspect --home "$TEST_TMP/box" -- pwd
	assert_equal "$output" "$HOME"
	assert_stderr_has 'note: the current directory is not shown'
	mkdir "$TEST_TMP/box/project"
	touch here
	inspect --home "$TEST_TMP/box" -- sh -c 'pwd; ls'
	assert_equal "$output" "$PWD"$'\nhere'
}

@test "a directory that is none is refused" {
	local home
	for home in ../missing ../notes /dev/null ''; do
		inspect --home "$home" -- true
		assert_status 125
	done
}

@test "the home of the host can be named, without our own profiles" {
	mkdir -p "$HOME/.config/immure" "$HOME/.local/share/immure"
	inspect --home "$HOME" -- sh -c 'cat ~/notes; touch ~/project/x; ls -A ~/.config/immure'
	assert_equal "$output" canary
}

@test "one thing of it can be shown in a private one" {
	inspect --ro-bind "$HOME/notes" --bind "$HOME/.ssh" -- sh -c 'cd; cat notes .ssh/key; ls -A; ! echo x >notes; touch .ssh/x .y'
	assert_status 0
	assert_equal "$output" $'canary\ncanary\n.ssh\nnotes\nproject'
	[[ -e $HOME/.ssh/x && ! -e $HOME/.y ]]
}
