#!/usr/bin/env bats
# The profile that lies in a project, and `immure trust`, without which it does not count.

load ../lib/common

setup() {
	common_setup
	export HOME=$TEST_TMP/home
	unset XDG_CONFIG_HOME
	project=$HOME/project
	own=$HOME/.config/immure/profiles
	mkdir -p "$own" "$project/sub/deep"
	cd "$project" || return
	printf '%s\n' 'include default' 'setenv MARK=1' 'cwd rw' >.immure.profile
}

# marked STATUS MARK [LINE]: what a run finds in MARK, and all that it says.
marked() {
	run --separate-stderr "$IMMURE" run printenv MARK
	assert_status "$1"
	assert_equal "$output" "$2"
	assert_equal "${stderr:-}" "${3-}"
}

untrusted="is not trusted, and not used; to look at it, and decide: immure trust"

@test "PRF-03: it does not count before it is trusted, and does not stop anybody" {
	marked 1 '' "immure: note: $PWD/.immure.profile $untrusted $PWD"
	cd sub/deep
	marked 1 '' "immure: note: $project/.immure.profile $untrusted $project"
	run --separate-stderr "$IMMURE" run --quiet true
	assert_equal "${stderr:-}" ''
	run --separate-stderr "$IMMURE" run --profile default true
	assert_equal "${stderr:-}" ''
	# Without anybody to ask nothing is trusted.
	run "$IMMURE" trust </dev/null
	assert_status 1
	assert_output_has 'hint: to say yes without being asked: immure trust --yes '
	refute test -e "$HOME/.config/immure/trust"
	# Nor with its mistakes, nor when it would not start anything.
	echo nonesuch >"$project/.immure.profile"
	marked 1 '' "immure: note: $project/.immure.profile $untrusted $project"
	run "$IMMURE" trust --yes
	assert_status 1
	assert_output_has '.immure.profile:1: unknown option nonesuch'
	refute test -e "$HOME/.config/immure/trust"
}

@test "trust shows its lines and what they open, and then it counts here and below" {
	run --separate-stderr "$IMMURE" trust --yes
	assert_status 0
	assert_equal "$output" "$PWD/.immure.profile:
    include default
    setenv MARK=1
    cwd rw
can write: ~/project
can see: nothing more
can reach: nothing
keeps: no capability
new namespaces: no"
	assert_equal "$(stat -c %a "$HOME/.config/immure/trust" "$HOME"/.config/immure/trust/*)" $'700\n600'
	marked 0 1 "immure: profile: $PWD/.immure.profile · can write: ~/project"
	cd sub/deep
	marked 0 1 "immure: profile: $project/.immure.profile · can write: ~/project/sub/deep"
	run --separate-stderr "$IMMURE" run --profile default printenv MARK
	assert_equal "$output${stderr:-}" ''
	# What is typed has the last word.
	assert_equal "$("$IMMURE" run --setenv MARK=typed printenv MARK 2>/dev/null)" typed
	assert_equal "$("$IMMURE" trust)" "$project/.immure.profile is trusted already"
	cd "$TEST_TMP"
	marked 1 ''
}

@test "on a terminal it asks, and only a yes is one" {
	needs expect
	answer() {
		# shellcheck disable=SC2016 # for expect
		timeout -k 5 30 env IMMURE="$IMMURE" ANSWER="$1" expect -c 'log_user 0
			spawn $env(IMMURE) trust; expect "Trust it?" ; send "$env(ANSWER)\r"; expect eof
			exit [lindex [wait] 3]' </dev/null
	}
	local no
	for no in '' n no x yess ye; do
		run answer "$no"
		assert_status 1
		refute test -e "$HOME/.config/immure/trust"
	done
	run answer y
	assert_status 0
	marked 0 1 "immure: profile: $PWD/.immure.profile · can write: ~/project"
}

@test "PRF-03: what has changed is refused until it is trusted again, and shown as a difference" {
	"$IMMURE" trust --yes
	printf '%s\n' 'include default' 'setenv MARK=2' 'cwd rw' $'#\e[31m' >.immure.profile
	run "$IMMURE" run touch made
	assert_status 125
	assert_equal "$output" "immure: $PWD/.immure.profile has changed since it was trusted
hint: to see how, and decide: immure trust $PWD
hint: to do without it: --profile default"
	refute test -e made
	assert_equal "$("$IMMURE" trust --list)" "$PWD/.immure.profile (has changed)"
	run "$IMMURE" trust --yes
	assert_status 1
	assert_output_has 'control byte 0x1b'
	refute grep -q $'\e' <<<"$output"
	sed -i '$d' .immure.profile
	run "$IMMURE" trust --yes .
	assert_status 0
	assert_equal "$(head -n 5 <<<"$output")" "$PWD/.immure.profile, which has changed:
    include default
  - setenv MARK=1
  + setenv MARK=2
    cwd rw"
	marked 0 2 "immure: profile: $PWD/.immure.profile · can write: ~/project"
	# A byte behind it, or one less, is a change as well.
	printf '\n' >>.immure.profile
	run "$IMMURE" run true
	assert_status 125
	# What was trusted once and is no file any more does not turn into nothing.
	rm .immure.profile
	ln -s /dev/null .immure.profile
	run "$IMMURE" run true
	assert_status 125
	assert_output_has 'is a symbolic link, and not followed'
}

@test "one that was trusted and is gone ends the run, here and below, until it is forgotten" {
	local gone="immure: $project/.immure.profile was trusted, and is gone
hint: to go on without it from now on: immure trust --remove $project"
	"$IMMURE" trust --yes
	mv .immure.profile kept
	marked 125 '' "$gone
hint: to do without it once: --profile default"
	cd sub/deep
	marked 125 '' "$gone
hint: to do without it once: --profile default"
	run --separate-stderr "$IMMURE" run --profile default true
	assert_status 0
	echo 'include default' >"$own/env.profile"
	run "$IMMURE" run env
	assert_status 125
	assert_output_has 'hint: to do without it once: --profile env'
	run "$IMMURE" shell --ephemeral -- true
	assert_status 125
	assert_output_has 'hint: to do without it once: --profile dev'
	run "$IMMURE" trust
	assert_status 1
	assert_equal "$output" "$gone"
	# One that is nearer is another project, and one above counts as it always did.
	echo 'setenv MARK=near' >.immure.profile
	"$IMMURE" trust --yes
	run "$IMMURE" run printenv MARK
	assert_status 0
	"$IMMURE" trust --remove
	rm .immure.profile
	# With the directory, too, as long as a run stands where it was.
	mkdir "$HOME/other"
	cd "$HOME/other"
	marked 1 ''
	cd "$project"
	mv kept .immure.profile
	marked 0 1 "immure: profile: $PWD/.immure.profile · can write: ~/project"
	rm .immure.profile
	"$IMMURE" trust --remove
	marked 1 ''
}

@test "list and remove, also of a project that is gone" {
	"$IMMURE" trust --yes
	mkdir "$HOME/other"
	echo 'setenv MARK=o' >"$HOME/other/.immure.profile"
	"$IMMURE" trust --yes "$HOME/other/.immure.profile"
	assert_equal "$("$IMMURE" trust --list)" "$HOME/other/.immure.profile
$project/.immure.profile"
	rm -r "$HOME/other"
	assert_equal "$("$IMMURE" trust --list | head -n 1)" "$HOME/other/.immure.profile (is gone)"
	"$IMMURE" trust --remove ../other
	run "$IMMURE" trust --remove ../other
	assert_status 1
	assert_output_has 'was not trusted'
	(cd sub && "$IMMURE" trust --remove)
	assert_equal "$("$IMMURE" trust --list)" ''
	marked 1 '' "immure: note: $PWD/.immure.profile $untrusted $PWD"
	# Trust is in a place: the same file elsewhere has none.
	"$IMMURE" trust --yes
	cp -r "$project" "$HOME/copy"
	cd "$HOME/copy"
	marked 1 '' "immure: note: $PWD/.immure.profile $untrusted $PWD"
}

@test "it adds to the profile of the command's name, and takes nothing of it back" {
	printf '%s\n' 'include default' 'cwd hide' 'setenv NAMED=1' >"$own/env.profile"
	sed -i '/cwd/d' .immure.profile
	"$IMMURE" trust --yes
	run --separate-stderr "$IMMURE" run env
	assert_status 0
	grep -qx MARK=1 <<<"$output"
	grep -qx NAMED=1 <<<"$output"
	assert_equal "${stderr:-}" "immure: profile: $own/env.profile and $PWD/.immure.profile · opens nothing"
	# `include default` was read before, and does not show the directory again.
	refute grep -q "^current " <<<"$("$IMMURE" run --dry-run env)"
	grep -q "^current " <<<"$("$IMMURE" run --dry-run true)"
	# Others are included by their names, and nothing that lies beside it.
	echo 'setenv MARK=own' >"$own/mine.profile"
	echo 'include mine' >.immure.profile
	"$IMMURE" trust --yes
	assert_equal "$("$IMMURE" run printenv MARK 2>/dev/null)" own
	local path
	for path in ./x "$own/mine.profile" sub/../x; do
		echo "include $path" >.immure.profile
		run "$IMMURE" trust --yes
		assert_status 1
		assert_output_has "a project's profile includes others by their names alone"
	done
}

@test "in a shell it adds to that of developers, and only what it adds is said" {
	! is_root || skip 'for who is not root'
	printf '%s\n' 'include default' 'setenv MARK=1' 'allow files.example.org:443' >.immure.profile
	run --separate-stderr "$IMMURE" shell --ephemeral -- sh -c 'printenv MARK; echo x 2>/dev/null >>.immure.profile'
	assert_equal "$output" ''
	[[ ${stderr:-} == *"note: $PWD/.immure.profile $untrusted $PWD"* ]]
	# Nobody trusts it, and so the command may change it.
	grep -qx x .immure.profile
	printf '%s\n' 'include default' 'setenv MARK=1' 'allow files.example.org:443' >.immure.profile
	"$IMMURE" trust --yes
	# Still root of its namespaces, for the default was read before.
	run --separate-stderr "$IMMURE" shell --ephemeral -- sh -c 'printenv MARK; mount -t tmpfs none /mnt && : >here && echo mounted
		echo x 2>/dev/null >>.immure.profile || echo kept'
	assert_status 0
	assert_equal "$output" $'1\nmounted\nkept'
	grep -qxF "immure: profile: $PWD/.immure.profile · can reach: files.example.org:443" <<<"${stderr:-}"
	[[ -e here ]]
}

@test "PRF-01 PRF-03: not through a link, not of others, not above the home or what is others'" {
	mv .immure.profile real
	ln -s real .immure.profile
	marked 1 '' "immure: note: the project's profile is not used: $PWD/.immure.profile is a symbolic link, and not followed"
	run "$IMMURE" trust --yes
	assert_status 1
	mv real .immure.profile
	chmod 666 .immure.profile
	marked 1 '' "immure: note: the project's profile is not used: $PWD/.immure.profile is writable by everybody"
	run "$IMMURE" trust --yes
	assert_status 1
	assert_output_has "hint: others could change it; to forbid that: chmod go-w $PWD/.immure.profile"
	chmod 644 .immure.profile
	mkfifo sub/.immure.profile
	cd sub
	marked 1 '' "immure: note: the project's profile is not used: $PWD/.immure.profile is not a regular file"
	rm .immure.profile
	# Through a directory that everybody can write.
	chmod 777 .
	cd deep
	marked 1 ''
	chmod 755 ..
	marked 1 '' "immure: note: $project/.immure.profile $untrusted $project"
	# The home is the last one.
	rm "$project/.immure.profile"
	touch "$TEST_TMP/.immure.profile"
	marked 1 ''
	touch "$HOME/.immure.profile"
	marked 1 '' "immure: note: $HOME/.immure.profile $untrusted $HOME"
	rm "$HOME/.immure.profile"
	ln -s home "$TEST_TMP/link"
	HOME=$TEST_TMP/link marked 1 ''
	# Where no home is above, as far up as it is the caller's.
	HOME=/nonexistent marked 1 '' "immure: note: $TEST_TMP/.immure.profile $untrusted $TEST_TMP"
}

@test "words that mean nothing to it, and where nothing is" {
	local words
	for words in '--nonesuch' 'a b' '--list x' '--yes --list' '--list --remove' -; do
		# shellcheck disable=SC2086 # words
		run "$IMMURE" trust $words
		assert_status 2
		assert_output_has 'hint: to look at a project'
	done
	run "$IMMURE" trust ''
	assert_status 2
	cd "$TEST_TMP"
	run "$IMMURE" trust
	assert_status 1
	assert_output_has 'is there a file .immure.profile'
	run "$IMMURE" trust sub
	assert_status 1
	env -u HOME "$IMMURE" run true
	cd "$project"
	run env -u HOME "$IMMURE" trust --yes
	assert_status 1
	assert_output_has 'HOME is not set'
}
