#!/usr/bin/env bats
# A command that could write a profile would decide about the next run. Where our
# profiles are, or would be, is hidden and cannot be put somewhere else, whatever
# was bound.

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	HOME=$TEST_TMP/home
	PROFILES=$HOME/.config/immure/profiles
	mkdir -p "$HOME/project" "$HOME/.local/share/immure"	# the homes: plant_home.bats
	cd "$HOME/project" || return
}

# A profile that lets everything in; by every way there may be to its place.
# shellcheck disable=SC2016 # for the shell inside
plant='cd ~ || exit
plant() {
	mkdir -p .config/immure/profiles &&
		printf "include default\nsetenv PLANTED=yes\n" >.config/immure/profiles/default.profile
}
(plant)
(mv .config .config.old; plant)
(mv .config/immure .config/immure.old; plant)
(rm -rf .config/immure; plant)
(rm -rf .config; plant)
(ln -sfn elsewhere .config; mkdir -p elsewhere; plant)
mkdir -p new/immure/profiles && printf "include default\nsetenv PLANTED=yes\n" >new/immure/profiles/default.profile
(mv -T --exchange new .config || mv -T new .config || mv -T new/immure .config/immure)
true'

assert_not_planted() {
	inspect -- printenv PLANTED
	assert_equal "$output" ''
}

@test "PRF-02: without walls the plant works, and the next run obeys it" {
	sh -c "$plant" 2>/dev/null
	[[ -e $PROFILES/default.profile ]]
	inspect -- printenv PLANTED
	assert_equal "$output" yes
}

@test "PRF-02: in the private home it is gone with it" {
	inspect -- sh -c "$plant"
	assert_not_planted
}

@test "PRF-02: a home without the directory is not bound writable" {
	inspect --bind "$HOME" -- sh -c "$plant"
	assert_status 125
	assert_stderr_has "does not exist to be covered"
	assert_stderr_has "or: mkdir -p -m 700 $HOME/.config/immure"
	assert_not_planted
	mkdir "$HOME/.config"
	inspect --bind "$HOME" -- true
	assert_status 125
}

@test "PRF-02: with the directory, the home is bound and the profiles are not in it" {
	mkdir -p "$PROFILES"
	echo '# mine' >"$PROFILES/mine.profile"
	inspect --bind "$HOME" -- sh -c "$plant; touch ~/here; ls -A ~/.config/immure"
	assert_status 0
	assert_equal "$output" ''
	[[ -e $HOME/here && -e $PROFILES/mine.profile ]]
	assert_not_planted
	[[ ! -e $PROFILES/default.profile ]]
}

@test "PRF-02: the same where it is bound at another place" {
	mkdir -p "$PROFILES"
	inspect --bind "$HOME:/other" -- sh -c "HOME=/other; $plant"
	assert_status 0
	assert_not_planted
	inspect --bind "$HOME/.config:/other/.config" -- sh -c "HOME=/other; $plant"
	assert_not_planted
}

@test "PRF-02: the same for --home and for a parent of the home" {
	mkdir -p "$PROFILES"
	inspect --home "$HOME" -- sh -c "$plant"
	assert_not_planted
	inspect --bind "$TEST_TMP" -- sh -c "HOME=$HOME; $plant"
	assert_not_planted
}

@test "PRF-02: links on the way to it" {
	mkdir -p "$HOME/dotfiles/immure/profiles" "$TEST_TMP/outside/immure/profiles"
	ln -s dotfiles "$HOME/.config"
	inspect --bind "$HOME" -- sh -c "$plant"
	assert_status 125
	assert_stderr_has "$HOME/.config, a link on the way to immure's own profiles"
	ln -sfn "$TEST_TMP/outside" "$HOME/.config"
	inspect --bind "$HOME" -- sh -c "$plant"
	assert_status 125
	assert_not_planted
	# Of a home that is reached through a link.
	ln -s home "$TEST_TMP/link"
	rm "$HOME/.config"
	HOME=$TEST_TMP/link inspect --bind "$TEST_TMP/home" -- true
	assert_status 125
	assert_stderr_has 'does not exist to be covered'
}

@test "PRF-02: with XDG_CONFIG_HOME it is there that nothing can be planted" {
	export XDG_CONFIG_HOME=$HOME/project/config
	inspect --cwd rw -- true
	assert_status 125
	mkdir -p config/immure/profiles
	inspect --cwd rw -- sh -c 'mkdir -p config/immure/profiles; mv config old; mkdir -p config/immure/profiles &&
		printf "include default\nsetenv PLANTED=yes\n" >config/immure/profiles/default.profile'
	assert_not_planted
}

@test "PRF-02: the directory itself is not bound at all" {
	mkdir -p "$PROFILES"
	local word
	for word in "--bind $PROFILES" "--bind $HOME/.config/immure:/x" "--ro-bind $PROFILES:/x"; do
		# shellcheck disable=SC2086 # two words
		inspect $word -- true
		assert_status 125
		assert_stderr_has "that is where immure's own profiles are"
	done
	cd "$PROFILES" || return
	inspect -- ls -A
	assert_equal "$output" ''
	inspect --cwd rw -- true
	assert_status 125
}

@test "PRF-02 PRF-03: without walls a profile of the project's is changed like any other file" {
	printf 'include default\n' >mine.profile
	echo 'setenv PLANTED=yes' >>mine.profile
	inspect --profile ./mine.profile -- printenv PLANTED
	assert_equal "$output" yes
}

@test "PRF-02 PRF-03: a project's profile counts as it was trusted, and the command can change neither" {
	printf '%s\n' 'include default' 'cwd rw' >.immure.profile
	"$IMMURE" trust --yes
	# shellcheck disable=SC2016 # for the shell inside
	local plant='for f in .immure.profile ../project/.immure.profile; do
			echo "setenv PLANTED=yes" >>$f; rm -f $f; mv $f x; ln -sf x $f; done
		for dir in ~/.config/immure/trust ../.config/immure/trust; do
			mkdir -p $dir && for f in $dir/*; do echo "setenv PLANTED=yes" >>$f; done; done
		touch here; true'
	inspect -- sh -c "$plant"
	assert_status 0
	[[ -e here ]]
	assert_equal "$(<.immure.profile)" $'include default\ncwd rw'
	mkdir -p "$PROFILES"
	inspect --bind "$HOME" -- sh -c "$plant"
	assert_status 0
	assert_not_planted
	assert_equal "$("$IMMURE" trust --list)" "$PWD/.immure.profile"
	# With another profile it is a file like any other; then it does not count any more.
	inspect --profile default --cwd rw -- sh -c "$plant"
	inspect -- printenv PLANTED
	assert_status 125
	assert_stderr_has 'is a symbolic link, and not followed'
	rm .immure.profile
	inspect --profile default --cwd rw -- sh -c 'printf "include default\nsetenv PLANTED=yes\n" >.immure.profile'
	inspect -- printenv PLANTED
	assert_status 125
	assert_stderr_has 'has changed since it was trusted'
	# Where none was trusted one is said, and not used.
	"$IMMURE" trust --remove
	inspect -- printenv PLANTED
	assert_status 1
	assert_stderr_has 'is not trusted, and not used'
}

@test "PRF-02: a file of URLs cannot be changed by the run that reads it" {
	local rules="--profile default --allow-urls-in urls/npmrc --allow-urls-in none.conf"
	opened() {
		# shellcheck disable=SC2086 # words
		"$IMMURE" run $rules --cwd rw --dry-run true | awk '$1 == "allow" { print $2 }' | paste -sd' '
	}
	# shellcheck disable=SC2016 # for the shell inside
	local plant='echo "r=http://evil.example/" >>urls/npmrc; rm -f urls/npmrc; mv urls/npmrc x; mv urls old
		mkdir -p urls; echo "r=http://evil.example/" >urls/npmrc; echo "r=http://evil.example" >none.conf; true'
	mkdir urls
	echo 'r=http://good.example/' >urls/npmrc
	# shellcheck disable=SC2086 # words
	inspect $rules --cwd rw -- sh -c "$plant"
	assert_status 0
	# What was not there could be made; it is reported, and opens no address.
	assert_stderr_has "left behind: $PWD/none.conf is new: a later run opens what its URLs name (command line)"
	assert_equal "$(opened)" 'good.example:80/tcp evil.example:80/tcp'
	rm none.conf
	echo 'r=http://192.168.1.1/' >none.conf
	assert_equal "$(opened)" 'good.example:80/tcp'
	# A link could be exchanged.
	mv urls/npmrc kept
	ln -s ../kept urls/npmrc
	# shellcheck disable=SC2086 # words
	inspect $rules --cwd rw -- true
	assert_status 125
	assert_stderr_has "urls/npmrc, on the way to the file of URLs"
	# Without the option it is a file like any other.
	inspect --profile default --cwd rw -- sh -c "$plant"
	assert_equal "$(<urls/npmrc)" 'r=http://evil.example/'
}

@test "PRF-02 PRF-03: the profiles that a run was called with are read-only to it, with all that they include" {
	mkdir -p profiles/more
	printf 'include default\ninclude more/one.profile\n' >profiles/mine.profile
	printf 'setenv A=1\n' >profiles/more/one.profile
	# shellcheck disable=SC2016 # for the shell inside
	inspect --profile profiles/mine.profile --cwd rw -- sh -c 'touch here profiles/here
		for f in profiles/mine.profile profiles/more/one.profile; do echo "setenv PLANTED=yes" >>$f; rm $f; mv $f x; done
		mv profiles old; mv profiles/more old; mkdir -p profiles/more; echo "setenv PLANTED=yes" >profiles/mine.profile; true'
	assert_status 0
	[[ -e here && -e profiles/here ]]
	inspect --profile profiles/mine.profile -- printenv PLANTED
	assert_equal "$output" ''
	ln -s profiles/more/one.profile link.profile
	inspect --profile ./link.profile --cwd rw -- true
	assert_status 125
	assert_stderr_has "link.profile, on the way to the profile"
	# Where nothing can be written nothing has to be guarded.
	inspect --profile ./link.profile --dry-run -- true
	assert_status 0
}
