#!/usr/bin/env bats
# Links that an earlier command left in a directory it could write must not lead the
# next launch, which is the caller's, to other files of the host: neither to make
# something there, nor to show or copy it.

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	HOME=$TEST_TMP/home
	mkdir -p "$HOME/.ssh" "$HOME/project/sub" "$TEST_TMP/other"
	echo canary >"$HOME/.ssh/key"
	cd "$HOME/project" || return
}

# The command that plants: `plant TARGET NAME`.
plant() { inside --cwd rw -- ln -sfn "$1" "$2"; }

# Everything below, but what was planted and the directory that it stands in.
picture() {
	(cd "$TEST_TMP" && find . ! -path ./home/project ! -path ./home/project/evil \
		-printf '%p %y %m %T@ %C@ %l\n' | sort)
}

@test "FS-20 FS-21: without walls a link leads a mkdir and a write to where it points" {
	plant "$HOME/.ssh" evil
	mkdir -p evil/made
	cp "$BATS_TEST_FILENAME" evil/copied
	[[ -d $HOME/.ssh/made && -f $HOME/.ssh/copied ]]
}

@test "FS-20: nothing is made on the host through a planted link, wherever it points" {
	local before link
	before=$(picture)
	for link in "$HOME/.ssh" ../.ssh / "$TEST_TMP/other" .. /etc /tmp /oldroot"$HOME/.ssh" /proc/1/root"$HOME/.ssh" \
		/proc/self/cwd/.. /proc/self/root evil dangling/x; do
		ln -sfn "$link" evil
		inspect --bind "$PWD:/w" --dir /w/evil/made/deep -- true
		inspect --bind "$PWD:/w" --file /etc/os-release:/w/evil/made -- true
		inspect --bind "$PWD:/w" --tmpfs /w/evil/made -- true
		inspect --bind "$PWD:/w" --tmpfs /w/evil/made:size=1M -- true
		inspect --bind "$PWD:/w" --symlink x:/w/evil/made -- true
		inspect --bind "$PWD:/w" --bind /usr/share:/w/evil/made -- true
		inspect --cwd rw --dir evil/made -- true
		rm evil
		assert_equal "$(picture)" "$before"
	done
	[[ ! -e /etc/made && ! -e /made && ! -e /tmp/made ]]
}

@test "FS-21: a cover or a private directory over a planted link covers the view, not the host" {
	ln -s "$HOME/.ssh" evil
	inspect --cwd rw --tmpfs evil -- sh -c 'touch evil/x ~/.ssh/x'
	[[ ! -e $HOME/.ssh/x ]]
	inspect --cwd rw --hide evil/key -- true
	inspect --cwd rw --remount-ro evil -- true
	assert_equal "$(cat "$HOME/.ssh/key")" canary
}

@test "FS-23 FS-24: a name in a writable directory that leads out of it is not bound" {
	plant ../.ssh evil
	local word
	for word in --bind --ro-bind --dev-bind --bind-try --ro-bind-try --dev-bind-try; do
		inspect --cwd rw "$word" evil:/shown -- cat /shown/key
		assert_status 125
		assert_stderr_has "evil leads to $HOME/.ssh"
		assert_stderr_has "hint: if that is what you mean, name $HOME/.ssh itself"
		assert_equal "$output" ''
	done
	inspect --bind . "$word" evil/key:/shown -- cat /shown
	assert_status 125
	inspect --cwd rw --home evil -- ls -A
	assert_status 125
	assert_equal "$output" ''
}

@test "FS-24: without walls a home that was exchanged for a link is another directory" {
	mkdir home
	plant ../.ssh home/x
	mv home old
	ln -s ../.ssh home
	assert_equal "$(HOME=$PWD/home sh -c 'cat ~/key')" canary
}

@test "FS-24: a home that is kept, and that a command exchanged for a link, is not the next one's" {
	local link
	mkdir kept
	inspect --home kept -- sh -c 'echo mine >~/file'
	assert_equal "$(cat kept/file)" mine
	for link in ../.ssh "$HOME/.ssh" / /proc/self/cwd/../.ssh; do
		# shellcheck disable=SC2016 # for the shell inside
		inspect --cwd rw -- sh -c 'rm -rf kept old; mkdir -p kept; mv kept old; ln -s "$1" kept' - "$link"
		[[ -L kept ]]
		inspect --cwd rw --home kept -- sh -c 'cat ~/key; echo x >~/planted'
		assert_status 125
		assert_equal "$output" ''
		[[ ! -e $HOME/.ssh/planted ]]
		rm kept
	done
	# From inside its own home nothing can be done to the directory itself.
	mkdir -p kept
	inspect --home kept --cwd hide -- sh -c 'cd /; rmdir ~; mv ~ /tmp/x; rm -rf ~; ln -sfn /etc ~'
	[[ -d kept && ! -L kept ]]
}

@test "FS-23: without walls a link shows what it leads to" {
	plant ../.ssh evil
	assert_equal "$(cat evil/key)" canary
}

@test "FS-23: nor copied" {
	plant ../.ssh/key evil
	inspect --cwd rw --file evil:/shown -- cat /shown
	assert_status 125
	assert_stderr_has "evil leads to $HOME/.ssh/key"
	assert_equal "$output" ''
}

@test "FS-23: nor through a link to a link, or by the name of the directory's own link" {
	plant /etc evil
	ln -s project/evil ../outside
	inspect --cwd rw --ro-bind ../outside:/shown -- true
	assert_status 125
	ln -s project ../way
	inspect --cwd rw --ro-bind ../way/evil:/shown -- true
	assert_status 125
}

@test "FS-22 FS-23: links of the caller's, and those that stay inside, lead where they lead" {
	echo mine >sub/file
	ln -s sub inner
	ln -s "$PWD/sub" "$HOME/outer"
	ln -s "$HOME/.ssh" "$HOME/keys"
	inspect --cwd rw --ro-bind inner:/a --ro-bind "$HOME/outer:/b" --ro-bind "$HOME/keys:/c" -- \
		cat /a/file /b/file /c/key
	assert_status 0
	assert_equal "$output" $'mine\nmine\ncanary'
	# Where the command cannot write, nobody can have planted anything.
	ln -s "$HOME/.ssh" evil
	inspect --ro-bind evil:/shown -- cat /shown/key
	assert_equal "$output" canary
}

@test "FS-22: the current directory can be reached through a link" {
	ln -s project "$HOME/way"
	cd "$HOME/way" || return
	inspect --cwd rw -- sh -c 'pwd -P; touch here'
	assert_equal "$output" "$HOME/project"
	[[ -e $HOME/project/here ]]
}

@test "FS-25: a source that is exchanged for a link while it starts is not shown" {
	mkdir good
	echo good >good/key
	ln -s ../.ssh evil
	"$PROBE" exchange good evil &
	local racer=$! shown=0
	until [[ $(cat good/key) == canary ]]; do :; done
	for _ in {1..60}; do
		inspect --cwd rw --ro-bind good:/shown -- cat /shown/key
		[[ $output != *canary* ]] || fail_test 'shown'
		[[ $output != good ]] || shown=$((shown + 1))
	done
	kill "$racer" 2>/dev/null || true
	echo "shown as meant $shown times"
}

# shellcheck disable=SC2016 # for the shell inside
@test "FS-22: links that are the system's own go on working" {
	inspect --dir /var/run/made --file /etc/os-release:/var/run/copied -- \
		sh -c 'readlink /var/run; ls -d /run/made /run/copied; test -x /bin/sh -a -e /lib/os-release'
	assert_status 0
	assert_equal "$output" $'/run\n/run/copied\n/run/made'
	assert_equal "$(inside -- sh -c 'for d in bin sbin lib lib64; do readlink /$d || echo $d; done')" \
		"$(for d in bin sbin lib lib64; do readlink /$d || echo $d; done)"
}
