#!/usr/bin/env bats
# Files that the command is given are shown to it with --arguments, each by itself, and
# not at all without.
#
# shellcheck disable=SC2016,SC2154 # scripts for the inner shell; `run` sets stderr

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	export HOME=$TEST_TMP/home
	unset XDG_CONFIG_HOME XDG_DATA_HOME
	mkdir -p "$HOME"/{docs/sub,work,.ssh,.config/immure/profiles,.local/share/immure/homes}
	echo text >"$HOME/docs/a.txt"
	echo beside >"$HOME/docs/beside"
	echo key >"$HOME/.ssh/id"
	cd "$HOME/work" || return
}

@test "a file that is given is hidden, read or written, as was said" {
	inspect cat ../docs/a.txt
	assert_status 1
	inspect --arguments hide cat ../docs/a.txt
	assert_status 1
	local path
	for path in ../docs/a.txt "$HOME/docs/a.txt" "$HOME//docs/./a.txt"; do
		inspect --arguments ro cat "$path"
		assert_equal "$output" text
		inspect --arguments ro sh -c 'echo no >"$0"' "$path"
		assert_status 2
	done
	assert_equal "$(cat "$HOME/docs/a.txt")" text
	inspect --arguments rw sh -c 'echo more >>"$0"' ../docs/a.txt
	assert_status 0
	assert_equal "$(cat "$HOME/docs/a.txt")" $'text\nmore'
}

@test "nothing beside it is shown, and a directory with all that is in it" {
	inspect --arguments ro ls -A "$HOME/docs/a.txt" "$HOME" "$HOME/docs"
	assert_output_has beside
	inspect --arguments ro sh -c 'ls -A ~ ~/docs' - "$HOME/docs/a.txt"
	assert_output_lacks beside
	assert_output_lacks .ssh
	# What stands in it stays as it was said, the current directory too.
	cd "$HOME/docs/sub"
	inspect --cwd rw --arguments ro sh -c 'touch made && ! touch ../made' - "$HOME/docs"
	assert_status 0
	[[ -e made && ! -e ../made ]]
	printf '%s\n' 'include default' 'cwd rw' 'arguments ro' >"$TEST_TMP/f"
	inspect -p "$TEST_TMP/f" sh -c 'touch again && ! touch ../made' - "$HOME/docs"
	assert_status 0
	[[ -e again && ! -e ../made ]]
}

@test "a URL of a file is its path" {
	printf odd >"$HOME/docs/a b#?%.txt"
	inspect --arguments ro sh -c 'cat ~/docs/*' - "file://$HOME/docs/a%20b%23%3f%25.txt#page=2"
	assert_equal "$output" odd
	inspect --arguments ro sh -c 'cat ~/docs/*' - "file://localhost$HOME/docs/a.txt?x"
	assert_equal "$output" text
	local url
	for url in "file://elsewhere$HOME/docs/a.txt" "file://$HOME/docs/a.txt%00" "file://$HOME/docs/%61.tx%7" \
		"http://$HOME/docs/a.txt"; do
		inspect --arguments ro sh -c 'ls ~' - "$url"
		assert_equal "$output" work
	done
	# Where dots lead is seen before anything is shown.
	inspect --arguments ro sh -c 'cat ~/docs/* ~/.ssh/*' - "file://$HOME/docs/%2e%2e/docs/a.txt"
	assert_equal "$output" text
}

@test "a word that is an option, or has a path in it, names nothing" {
	inspect --arguments ro sh -c 'ls ~' - "--file=$HOME/docs/a.txt" "-f$HOME/docs/a.txt" "@$HOME/docs/a.txt" \
		"$HOME/docs/a.txt:$HOME/docs/a.txt" '' nothing "$(printf 'x%.0s' {1..5000})"
	assert_status 0
	assert_equal "$output" work
	# Nor do the words of the command line before it.
	inspect --arguments ro --setenv "X=$HOME/docs" -- sh -c 'ls ~'
	assert_equal "$output" work
}

@test "a link that leads out of its directory is not followed, and that is said" {
	ln -s ../.ssh/id "$HOME/docs/out"
	ln -s a.txt "$HOME/docs/in"
	ln -s sub "$HOME/docs/dir"
	echo below >"$HOME/docs/sub/b"
	inspect --arguments ro cat "$HOME/docs/in" "$HOME/docs/dir/b"
	assert_equal "$output" $'text\nbelow'
	inspect --arguments ro cat "$HOME/docs/out"
	assert_status 1
	assert_stderr_has "note: $HOME/docs/out (arguments, command line) is not shown: a link that leads to $HOME/.ssh/id"
	# What the hint says does it.
	inspect --arguments ro cat "$HOME/.ssh/id"
	assert_equal "$output" key
	# The same in a directory that is shown: it stays as it is there.
	ln -s ../.ssh/id out
	for rights in ro rw; do
		inspect --arguments "$rights" cat out
		assert_status 1
		assert_stderr_has 'is not shown: a link that leads to'
	done
	# Without that wall it is read: the test would see it.
	inspect --ro-bind "$HOME/docs/out" cat "$HOME/docs/out"
	assert_equal "$output" key
}

@test "too much, devices, sockets and what is immure's own is left out and said" {
	local word
	mkfifo "$HOME/docs/fifo"
	echo 'include default' >"$HOME/.config/immure/profiles/mine.profile"
	for word in / "$HOME" "$TEST_TMP" /etc /tmp "$HOME/docs/fifo" "$HOME/.config/immure" \
		"$HOME/.config/immure/profiles/mine.profile" "$HOME/.local/share/immure/homes"; do
		inspect --arguments rw sh -c 'ls -A ~' - "$word"
		assert_equal "$output" work
		assert_stderr_has "note: $word (arguments, command line) is not shown: "
	done
	# A directory above has them covered.
	inspect --arguments rw sh -c 'ls -A "$0" "$0/immure"' "$HOME/.config"
	assert_output_has immure
	assert_output_lacks profiles
	# The sandbox's own of that name are what is there, without a word.
	inspect --arguments ro sh -c 'cat /etc/hostname' - /etc/hostname /dev/null /proc/self/status /bin/sh /usr/bin
	assert_equal "$output" immure
	assert_equal "$stderr" ''
}

@test "a profile of this run stays as it is, and is said" {
	printf '%s\n' 'include default' 'arguments rw' >"$HOME/docs/p"
	inspect -p "$HOME/docs/p" sh -c 'echo bind / >>"$0"' "$HOME/docs/p"
	assert_status 2
	assert_stderr_has "$HOME/docs/p (arguments, $HOME/docs/p:2) is not shown: a profile of this run"
	assert_equal "$(wc -l <"$HOME/docs/p")" 2
}

@test "a .git below a directory that is given to be written is guarded" {
	needs git
	git init -q "$HOME/docs/project"
	inspect --arguments rw sh -c 'cd "$0" && echo x >file && ! echo x >>.git/config' "$HOME/docs/project"
	assert_status 0
	[[ -e $HOME/docs/project/file ]]
}

@test "in a home that stays a file that is given finds its place too" {
	printf '%s\n' 'include default' 'arguments rw' 'home kept:mine' >"$TEST_TMP/f"
	inspect -p "$TEST_TMP/f" --dry-run cat "$HOME/docs/a.txt"
	assert_output_has "$HOME/docs/a.txt (writable)"
	inspect -p "$TEST_TMP/f" sh -c 'cat "$0" && echo more >>"$0" && echo own >~/own' "$HOME/docs/a.txt"
	assert_equal "$output" text
	assert_equal "$(cat "$HOME/docs/a.txt")" $'text\nmore'
	# By its path alone, once it is not given any more; the home itself is no argument.
	inspect -p "$TEST_TMP/f" sh -c 'cat ~/docs/a.txt ~/own; ls -A ~ | grep ssh' - "$HOME"
	assert_equal "$output" own
	inspect -p "$TEST_TMP/f" --dry-run cat "$HOME/docs/a.txt"
	assert_output_has "$HOME/docs/a.txt (writable)"
	run "$IMMURE" shell --arguments ro -q -- cat "$HOME/docs/beside"
	assert_equal "$output" beside
	# A link that was left in that home is nothing to mount on.
	inspect -p "$TEST_TMP/f" sh -c 'rm -r ~/docs; ln -s /tmp ~/docs'
	inspect -p "$TEST_TMP/f" cat "$HOME/docs/a.txt"
	assert_status 125
	assert_stderr_has "a place for $HOME/docs/a.txt"
}

@test "another file than was planned ends the launch" {
	inspect --arguments ro sh -c : "$HOME/docs/a.txt"
	assert_status 0
	# As a process that exchanges it all the time does, seen at once or in one of these.
	(while :; do mv "$HOME/docs/a.txt" "$HOME/docs/c" && ln -s ../.ssh/id "$HOME/docs/a.txt"
		mv -T "$HOME/docs/c" "$HOME/docs/a.txt"; done) 3>&- &
	local racer=$!
	for _ in {1..20}; do
		run inside --arguments ro cat "$HOME/docs/a.txt"
		assert_output_lacks key
	done
	kill "$racer"
	wait "$racer" || true
}

@test "--dry-run and the run itself say what is shown, and how much there is" {
	printf '%s\n' 'include default' 'arguments ro' >"$HOME/.config/immure/profiles/cat.profile"
	local profile=$HOME/.config/immure/profiles/cat.profile
	inspect --dry-run cat ../docs/a.txt
	grep -qxE "bind +$HOME/docs/a.txt \(read-only\) +# arguments, $profile:2" <<<"$output"
	inspect cat ../docs/a.txt
	assert_equal "$output" text
	assert_equal "$stderr" "immure: profile: $profile · can see: ~/docs/a.txt"
	run "$IMMURE" profile diff cat
	assert_output_has 'can see: files given as arguments'
	# More than a thousand are a mistake.
	(cd "$HOME/docs/sub" && touch {1..1001})
	inspect --arguments ro true "$HOME"/docs/sub/*
	assert_status 125
	assert_stderr_has "over 1000 files are given"
	assert_stderr_has "hint: to show a directory with all of them: --ro-bind $HOME/docs/sub"
	rm "$HOME/docs/sub/1001"
	inspect --arguments ro sh -c 'ls ~/docs/sub | wc -l' - "$HOME"/docs/sub/*
	assert_equal "$output" 1000
}
