#!/usr/bin/env bats
# immure shell: the caller's shell in the profile dev, with a home by name that stays.
#
# shellcheck disable=SC2016,SC2030,SC2031 # for the shells inside; each test is one

load ../lib/common
load ../lib/sandbox
load ../lib/shell

setup() {
	shell_setup
	echo secret >"$HOME/.bashrc"
	homes=$XDG_DATA_HOME/immure/homes
}

shell() { run --separate-stderr timeout -k 5 30 "$IMMURE" shell "$@"; }

@test "the home of a name stays, is the caller's alone, and is not the real one" {
	shell -q web -- true
	assert_status 125
	assert_stderr_has 'the name of a shell stands in front of its options'
	shell web -q -- sh -c 'ls -A ~; echo one >~/file; echo $HOME; hostname; pwd; : >here'
	assert_status 0
	assert_equal "$output" "$HOME"$'\nweb\n'"$WORK"
	assert_equal "$(cat "$homes/web/file")" one
	assert_equal "$(stat -c %a "$homes/web" "$homes" "$XDG_DATA_HOME/immure" | tr '\n' ' ')" '700 700 700 '
	[[ -e here ]]
	shell web -q -- cat "$HOME/file"
	assert_equal "$output" one
	shell -q -- sh -c 'ls -A ~; hostname'
	assert_equal "$output" default
	[[ -d $homes/default ]]
	shell web -q --hostname mine --ephemeral -- sh -c 'ls -A ~; hostname; echo >~/gone'
	assert_equal "$output" mine
	mkdir "$TEST_TMP/other"
	echo other >"$TEST_TMP/other/file"
	shell web -q --home "$TEST_TMP/other" -- cat "$HOME/file"
	assert_equal "$output" other
	assert_equal "$(ls "$homes/web")" file
}

@test "a current directory below the real home stands in the private one" {
	mkdir -p "$HOME/some/project"
	echo mine >"$HOME/some/project/file"
	echo not-mine >"$HOME/some/other"
	cd "$HOME/some/project" || return
	git init -q .
	shell web -- sh -c 'pwd; cat file; : >new; ls -A ~ ~/some; echo x >>.git/config; git config --global user.name me; git init -q ~/repo'
	assert_equal "$output" "$HOME/some/project"$'\nmine\n'"$HOME:"$'\nsome\n\n'"$HOME/some:"$'\nproject'
	assert_stderr_lacks 'is not shown'
	# What git keeps in the private home is nobody's to be warned of.
	assert_stderr_lacks 'left behind'
	[[ -e new && ! -e $HOME/.gitconfig && -e $homes/web/.gitconfig ]]
	assert_equal "$(ls -A "$homes/web/some/project")" ''
	# An earlier shell cannot lead it elsewhere.
	rm -r "$homes/web/some"
	ln -s /usr "$homes/web/some"
	shell web -- touch ran
	assert_status 125
	assert_stderr_has "$homes/web/some is not a directory, and no link is followed there"
	assert_stderr_has 'hint: the current directory would be shown there; without it: immure shell --cwd hide'
	shell web -q --cwd hide -- pwd
	assert_equal "$output" "$HOME"
}

@test "what is bound below the home finds its place in the private one" {
	mkdir -p "$HOME/.config/editor" "$HOME/cache"
	echo rc >"$HOME/.editorrc"
	echo more >"$HOME/.config/editor/more"
	printf '%s\n' 'include dev' 'ro-bind-try ~/.editorrc' 'ro-bind ~/.config/editor' 'bind ~/cache' 'ro-bind-try ~/nothing' >mine.profile
	shell web -q --profile ./mine.profile -- sh -c 'cat ~/.editorrc ~/.config/editor/more; echo x >~/cache/x; echo y >~/.own; echo z 2>/dev/null >~/.editorrc || echo read-only; ls -A ~'
	assert_equal "$output" $'rc\nmore\nread-only\n.config\n.editorrc\n.own\ncache'
	[[ -e $HOME/cache/x && ! -s $homes/web/.editorrc && ! -e $HOME/.own ]]
	rm "$homes/web/.editorrc"
	ln -s /etc/passwd "$homes/web/.editorrc"
	shell web -q --profile ./mine.profile -- touch ran
	assert_status 125
	assert_stderr_has "$homes/web/.editorrc is not a file, and no link is followed there"
	[[ ! -e ran ]]
}

@test "a second shell of a name that runs says so, and what to type" {
	mkfifo hold
	"$IMMURE" shell web -q -- sh -c 'echo on; read -r line' <hold >out 2>&1 3>&- &
	local first=$!
	exec {keep}>hold
	until grep -q on out; do kill -0 $first; sleep 0.02; done
	shell web -- true
	assert_status 125
	assert_stderr_has "a sandbox with the home web is running (process $first)"
	assert_stderr_has 'hint: for another one beside it: immure shell OTHER-NAME'
	shell web -q --ephemeral -- true
	assert_status 0
	shell web.2 -q -- hostname
	assert_equal "$output" web-2
	exec {keep}>&-
	wait $first || true
	shell web -q -- true
	assert_status 0
	# Nobody inside can hold or free it.
	shell web -q -- sh -c 'ls -A ~ ~/..'
	assert_output_lacks lock
}

@test "a home that is not the caller's alone is refused, and nothing runs" {
	local name
	mkdir -p "$homes/open" "$TEST_TMP/elsewhere"
	chmod 700 "$homes" "$XDG_DATA_HOME/immure"
	chmod 755 "$homes/open"
	ln -s "$TEST_TMP/elsewhere" "$homes/link"
	ln -s "$HOME" "$homes/real"
	for name in open link real; do
		shell "$name" -- touch ran
		assert_status 125
		assert_stderr_has "$homes/$name"
	done
	assert_stderr_has 'no link is followed'
	for name in . .. .x a/b 'a b' '' "$(printf 'x%.0s' {1..64})"; do
		shell "$name" -- touch ran
		assert_status 125
		assert_stderr_has 'cannot be the name of a home'
	done
	HOME=$homes/open
	chmod 700 "$homes/open"
	shell open -- touch ran
	assert_status 125
	assert_stderr_has 'is your own home directory'
	[[ ! -e ran ]]
}

@test "homes of other sandboxes are not shown with what is around them" {
	shell web -q -- sh -c 'echo secret >~/secret'
	cat "$homes/web/secret"
	inspect --quiet --bind "$XDG_DATA_HOME" -- sh -c 'cat "$1/immure/homes/web/secret"; ls -A "$1" "$1/immure"; mv "$1/immure" "$1/x"; mkdir -p "$1/immure/homes/new"' - "$XDG_DATA_HOME"
	assert_output_lacks secret
	assert_equal "$(ls "$homes")" web
	inspect --quiet --ro-bind "$XDG_DATA_HOME" -- sh -c 'cat "$1/immure/homes/web/secret"' - "$XDG_DATA_HOME"
	assert_output_lacks secret
	inspect --quiet --ro-bind "$homes" -- true
	assert_status 125
	assert_stderr_has 'that is where the homes of sandboxes are'
	inspect --quiet --home "$homes/web" -- sh -c 'cat ~/secret'
	assert_equal "$output" secret
	cd "$homes/web" || return
	inspect --quiet -- sh -c 'cat secret'
	assert_output_lacks secret
}

@test "nothing is made to look at the plan" {
	shell web --dry-run
	assert_status 0
	assert_output_has 'hostname     web'
	assert_output_has 'immure shell'
	assert_stderr_has "it would be made at $homes/web"
	[[ ! -e $XDG_DATA_HOME/immure ]]
	shell --help
	assert_status 0
	[[ ! -e $XDG_DATA_HOME/immure ]]
}

@test "another profile, and a shell that every system has" {
	printf 'include default\nhostname x\nhome none\n' >mine.profile
	shell web --profile ./mine.profile -- sh -c 'hostname; ls -d ~; mount -t tmpfs x /mnt'
	assert_equal "$output" web
	assert_status 32
	[[ ! -e $homes ]]
	echo 'echo $SHELL; exit 3' >script
	SHELL=/no/such/shell shell web -q <script
	assert_status 3
	[[ $output == /bin/*sh || $output == /usr/bin/*sh ]]
	SHELL=/bin/dash shell web -q <script
	assert_equal "$output" /bin/dash
	# That of an account in which nobody logs in is none.
	local none
	for none in /usr/sbin/nologin /bin/false; do
		SHELL=$none shell web -q <script
		assert_status 3
	done
	# Nor is one that is not shown inside, or found on a path of nobody knows whom.
	cp /bin/dash "$HOME/sh"
	for none in "$HOME/sh" dash; do
		SHELL=$none shell web -q <script
		assert_status 3
		assert_output_lacks "$none"
	done
}

@test "without HOME it is the account's, and without an account there is none to keep anything in" {
	local own
	own=$(getent passwd "$(id -un)" | cut -d: -f6)
	run --separate-stderr env -u HOME -u SHELL -u USER timeout -k 5 30 "$IMMURE" shell web -q -- sh -c 'echo "$HOME"; echo >~/kept'
	assert_status 0
	assert_equal "$output" "$own"
	[[ -e $homes/web/kept ]]
	unset XDG_DATA_HOME
	run --separate-stderr unshare -U --map-user=4242 --map-group=4242 env -u HOME timeout -k 5 30 "$IMMURE" shell web -q -- true
	assert_status 125
	assert_stderr_has 'you have no home directory, in which the homes of sandboxes would be'
	assert_stderr_has 'hint: to name a directory for them: XDG_DATA_HOME=/DIRECTORY immure ...'
}

@test "the prompts of four shells show the name" {
	needs bash dash zsh fish python3
	local name
	for name in bash dash zsh; do
		run on_terminal $'echo a$((1+1))b\nexit 4' env TERM=xterm SHELL="/bin/$name" timeout -k 5 30 "$IMMURE" shell "in-$name" -q
		assert_output_has a2b
		assert_output_has "in-$name"
	done
	run on_terminal $'exit 4' env TERM=xterm SHELL=/usr/bin/fish timeout -k 5 30 "$IMMURE" shell in-fish -q
	assert_output_has in-fish
	# The real prompt files are neither read nor changed, and those of the private home are.
	assert_output_lacks secret
	assert_equal "$(cat "$HOME/.bashrc")" secret
	echo "PS1='my own prompt# '" >"$homes/in-bash/.bashrc"
	run on_terminal $'exit 4' env TERM=xterm SHELL=/bin/bash timeout -k 5 30 "$IMMURE" shell in-bash -q
	assert_output_has 'my own prompt#'
}
