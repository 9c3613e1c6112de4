#!/usr/bin/env bats
# The examples of immure-profile(5), as somebody uses them who pastes them.

load ../lib/common

setup() {
	common_setup
	mkdir -p "$TEST_TMP"/home/.config/immure/profiles "$TEST_TMP/home/scratch" "$TEST_TMP/work"
	export HOME=$TEST_TMP/home
	unset XDG_CONFIG_HOME EDITOR CC CFLAGS MAKEFLAGS
	own=$HOME/.config/immure/profiles
	cd "$TEST_TMP/work" || return
	local name
	for name in $(examples); do
		example "$name" >"$own/$name.profile"
	done
}

examples() { sed -n 's/^\.\\" profile //p' "$IMMURE_SOURCE/man/immure-profile.5"; }

# example NAME: its lines, as the page shows them.
example() {
	sed -n "/^\.\\\\\" profile $1\$/,/^\.\\\\\" end\$/p" "$IMMURE_SOURCE/man/immure-profile.5" |
		grep -v '^\.' | sed 's/\\(ti/~/g; s/\\-/-/g'
}

@test "every example passes the check" {
	[[ $(examples | wc -l) -ge 5 ]]
	local name
	for name in $(examples); do
		[[ $(wc -l <"$own/$name.profile") -ge 3 ]]
		run "$IMMURE" profile check "$name"
		# Here no file is what a line with a condition is about.
		assert_status 0
		refute grep -qv ': note: .* does not exist here' < <(printf %s "$output")
	done
}

@test "tool: its configuration and cache, and where it is called" {
	mkdir -p "$HOME/.config/tool" "$HOME/.cache/tool"
	echo setting >"$HOME/.config/tool/rc"
	run "$IMMURE" run --profile tool sh -c 'cat ~/.config/tool/rc
		echo 1 >~/.cache/tool/file && echo 2 >here && ! echo 3 2>&- >~/.config/tool/rc'
	assert_status 0
	assert_equal "$output" setting
	assert_equal "$(cat "$HOME/.cache/tool/file" here)" $'1\n2'
	assert_equal "$("$IMMURE" profile diff tool | head -n 2)" \
		"can write: $PWD, ~/.cache/tool"$'\ncan see: ~/.config/tool'
}

@test "git: what the project's remotes name, and the project" {
	run git init -q .
	git remote add origin https://git.example.org/x.git
	printf '%s\n' '[user]' 'name = U' 'email = u@e.example' >"$HOME/.gitconfig"
	touch file
	run --separate-stderr "$IMMURE" run git add file
	assert_status 0
	[[ ${stderr:-} == *"can write: $PWD · can see: ~/.gitconfig · can reach: git.example.org:443/tcp"* ]]
	run --separate-stderr "$IMMURE" run git commit -qm 1
	assert_status 0
	assert_equal "$(git log --format=%an)" U
	# What opens the network is not the command's to change.
	run "$IMMURE" run git remote set-url origin https://other.example/
	[[ $status -ne 0 ]]
}

# shellcheck disable=SC2016 # for the shell inside
@test "build: writes here, has the compiler's flags, and reaches nobody" {
	mkdir -p "$HOME/.cache/ccache"
	CFLAGS=-O1 run "$IMMURE" run --profile build sh -c 'echo "$CFLAGS" >out && touch ~/.cache/ccache/x &&
		ls /sys/class/net'
	assert_status 0
	assert_equal "$output" lo
	assert_equal "$(cat out)" -O1
	[[ -e $HOME/.cache/ccache/x ]]
}

@test "job: a scratch directory and no more" {
	run "$IMMURE" run --profile job bash -c 'pwd; echo 1 >result; ulimit -u; nice; ls /proc/self/cwd/..'
	assert_status 0
	assert_equal "${lines[0]} ${lines[1]} ${lines[2]}" '/scratch 256 10'
	refute grep -q work <<<"$output"
	assert_equal "$(cat "$HOME/scratch/result")" 1
}

@test "viewer: sees the directory, writes nothing" {
	echo text >file
	run "$IMMURE" run --profile viewer sh -c 'cat file; echo >file'
	assert_output_has text
	assert_output_has 'Read-only file system'
	assert_equal "$("$IMMURE" profile diff viewer | head -n 1)" 'can write: nothing of yours'
}

# shellcheck disable=SC2016 # for the shell inside
@test "default: for every run without a profile of its own" {
	EDITOR=an-editor run "$IMMURE" run sh -c 'echo "$EDITOR"'
	assert_status 0
	assert_equal "$output" an-editor
}
