#!/usr/bin/env bats
# What a command leaves in .git runs later, outside, when its owner calls git. In a
# writable directory it can work with git and cannot reach what git runs; what it
# makes anew is reported.

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	needs git
	HOME=$TEST_TMP/home
	mkdir -p "$HOME/project"
	cd "$HOME/project" || return
	printf '[user]\nname = Tester\nemail = tester@example.com\n[protocol "file"]\nallow = always\n' \
		>"$HOME/.gitconfig"
	git init -q
	echo one >one
	git add one
	git commit -qm one
	# The home inside is private.
	export GIT_CONFIG_GLOBAL=$HOME/.gitconfig
	open=(--ro-bind "$HOME/.gitconfig" --env-keep GIT_CONFIG_GLOBAL)
}

# Commands that plant a hook at this path.
hook() { printf 'printf "#!/bin/sh\\ntouch %s/ran\\n" >%s && chmod +x %s' "$PWD" "$1" "$1"; }

# Whatever git would run is run now, by its owner.
call_git() {
	rm -f ran
	{
		git status
		echo "$RANDOM" >two
		git add two
		git commit -qm two
		! cd sub || git commit -q --allow-empty -m x
		! cd ../../tree || git commit -q --allow-empty -m x
	} >/dev/null 2>&1 || true
	cd "$HOME/project" || return
}

assert_nothing_ran() {
	call_git
	[[ ! -e ran ]] || fail_test 'it ran'
}

@test "FS-17: without walls a planted hook and a planted command of the configuration run" {
	sh -c "$(hook .git/hooks/post-commit)"
	call_git
	[[ -e ran ]]
	rm .git/hooks/post-commit
	# shellcheck disable=SC2016 # for git's shell
	git config core.fsmonitor 'touch "$PWD/ran"; false'
	call_git
	[[ -e ran ]]
}

@test "FS-33: without walls a repository that appears runs its command as soon as git is called in it" {
	git init -q nested
	# shellcheck disable=SC2016 # for git's shell
	git -C nested config core.fsmonitor 'touch "$PWD/ran"; false'
	git -C nested status >/dev/null
	[[ -e nested/ran ]]
}

@test "FS-17: git works in a writable directory" {
	inspect "${open[@]}" --cwd rw -- sh -c 'echo two >two && git add two && git commit -qm two &&
		git checkout -qb other && git mv one three && git commit -qam three && git tag x && git stash list &&
		git checkout -q - && git merge -q other && git gc -q && git log --oneline | wc -l'
	assert_status 0
	assert_equal "$output" 3
	assert_stderr_lacks 'left behind'
	assert_equal "$(git log --format=%s)" $'three\ntwo\none'
	git fsck --strict
	assert_equal "$(find . ! -user "$(id -un)")" ''
}

@test "FS-17: no hook, no configuration" {
	inspect --cwd rw -- sh -c "$(hook .git/hooks/post-commit); $(hook .git/hooks/pre-commit.sample);
		echo x >.git/hooks/new/x; git config core.fsmonitor ./x; echo >>.git/config; rm -rf .git/hooks; rm .git/config
		ln -sf x .git/config; truncate -s 0 .git/config; chmod 777 .git/hooks .git/config; true"
	assert_status 0
	assert_stderr_has 'Read-only file system'
	assert_stderr_lacks 'left behind'
	assert_nothing_ran
	[[ $(stat -c %a .git/config) != 777 ]]
}

@test "FS-17: no other repository in its place" {
	inspect --cwd rw -- sh -c "mv .git x; rmdir .git; rm .git; mkdir -p new/hooks; $(hook new/hooks/post-commit)
		mv .git/hooks x; mv new/hooks .git/hooks; mv -T --exchange new .git; mv .git/config x; cp one .git/config; true"
	assert_status 0
	assert_stderr_has 'Device or resource busy'
	assert_nothing_ran
	git log --oneline
}

@test "FS-17: the same by --bind, at another path, and for --home" {
	inspect --bind . -- sh -c "$(hook .git/hooks/post-commit)"
	assert_status 2
	inspect --bind .:/elsewhere --chdir /elsewhere -- sh -c "$(hook .git/hooks/post-commit); mv .git x"
	assert_status 1
	inspect --home . --cwd hide --chdir "$HOME" -- sh -c "$(hook .git/hooks/post-commit); mv .git x"
	assert_status 1
	assert_nothing_ran
}

@test "FS-17: no hook and no configuration of a submodule" {
	git init -q ../module
	git -C ../module commit -q --allow-empty -m x
	git submodule --quiet add "$HOME/module" sub 2>/dev/null
	git submodule --quiet add --name with/slash "$HOME/module" sub2 2>/dev/null
	git commit -qm sub
	local module
	for module in sub with/slash; do
		[[ -e .git/modules/$module/config ]]
		inspect --cwd rw -- sh -c "m=.git/modules/$module; $(hook "\$m/hooks/post-commit"); git config -f \$m/config core.fsmonitor ./x
			mv .git/modules .git/m2; mv \$m .git/m3; mv \${m%/*} .git/m4; mv \$m/config \$m/c2; echo >>\$m/config; true"
		assert_status 0
		assert_stderr_has 'Device or resource busy'
		assert_stderr_lacks 'left behind'
	done
	assert_nothing_ran
}

@test "FS-17: no other configuration for a further working tree" {
	git worktree add -q ../tree
	inspect --cwd rw -- sh -c "mkdir -p evil/hooks; $(hook evil/hooks/post-commit)
		cd .git/worktrees; echo ../../../evil >tree/commondir; mv tree t2; cd ..; mv worktrees w2; true"
	assert_status 0
	assert_stderr_has 'Read-only file system'
	assert_nothing_ran
}

@test "FS-17: a file .git that says where the repository is stays as it is" {
	git worktree add -q ../tree
	cd ../tree || return
	inspect --cwd rw -- sh -c 'echo gitdir: evil >.git; mv .git x; rm .git'
	assert_stderr_has 'Device or resource busy'
	assert_equal "$(git rev-parse --git-common-dir)" "$HOME/project/.git"
}

@test "FS-17 FS-33: what is made anew is reported" {
	inspect --cwd rw -- sh -c 'git init -q . ; git init -q nested; echo nowhere >.git/commondir'
	rm .git/commondir
	assert_stderr_has "immure: left behind: $PWD/.git/commondir is new or was changed"
	assert_stderr_has "immure: left behind: $PWD/nested/.git/hooks is new or was changed"
	assert_stderr_has "immure: left behind: $PWD/nested/.git/config is new or was changed"
	# By a second run, in what is not guarded.
	inspect --cwd rw -- sh -c "$(hook nested/.git/hooks/pre-commit.sample)"
	assert_stderr_has "left behind: $PWD/nested/.git/hooks/pre-commit.sample is new or was changed"
	inspect --cwd rw -- sh -c 'mkdir -p d/e; echo gitdir: ../../nested/.git >d/e/.git'
	assert_stderr_has "left behind: $PWD/d/e/.git is new or was changed"
	inspect --cwd rw -- sh -c 'mkdir -p nested/.git/modules/m; echo >nested/.git/modules/m/config'
	assert_stderr_has "left behind: $PWD/nested/.git/modules/m/config is new or was changed"
	inspect --cwd rw -- touch nested/.git/HEAD one
	assert_stderr_lacks 'left behind'
}

# shellcheck disable=SC2016 # for the shell inside
@test "FS-33 OUT-01: a repository where there was none is reported, with its name escaped" {
	mkdir ../empty
	cd ../empty || return
	inspect --cwd rw -- sh -c 'git init -q "$(printf "a\033]0;x\007\nb")"'
	assert_stderr_has 'left behind: '
	[[ ${stderr:-} != *$'\e'* && ${stderr:-} != *$'\a'* ]]
	[[ $(grep -c '^immure: left behind' <<<"${stderr:-}") -eq $(wc -l <<<"${stderr:-}") ]]
}

@test "FS-17: a read-only directory is neither guarded nor searched" {
	inspect -- sh -c '! touch .git/x && ! mkdir nested'
	assert_status 0
	assert_stderr_lacks 'left behind'
}

@test "FS-17: --git-rw lifts it" {
	inspect --cwd rw --git-rw -- sh -c "$(hook .git/hooks/post-commit) && git config alias.x y && mv .git x && mv x .git"
	assert_status 0
	assert_stderr_lacks 'left behind'
	call_git
	[[ -e ran ]]
}
