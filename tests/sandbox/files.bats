#!/usr/bin/env bats
# What is where is what was asked for: each option on files, its -try twin, the last
# word about a place, parents before what stands in them, and any name a file can have.
#
# shellcheck disable=SC2016,SC2054,SC1003 # shells inside; names with a comma, a backslash

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	make_work
	mkdir -p "$WORK/here" "$WORK/dir/sub" "$WORK/other"
	echo file >"$WORK/file"
	echo in-dir >"$WORK/dir/file"
	echo in-sub >"$WORK/dir/sub/file"
	echo in-other >"$WORK/other/file"
	cd "$WORK/here" || return
}

@test "--bind: visible and writable, at its own path or at another" {
	inspect --bind ../dir -- sh -c 'cat "$1"/file && echo new >"$1"/new' - "$WORK/dir"
	assert_equal "$output" in-dir
	assert_equal "$(cat ../dir/new)" new
	inspect --bind ../dir:/elsewhere/deep -- sh -c 'cat /elsewhere/deep/sub/file && rm /elsewhere/deep/new; ls /elsewhere'
	assert_equal "$output" $'in-sub\ndeep'
	[[ ! -e ../dir/new ]]
	inspect --bind ../file:/x -- sh -c 'echo changed >/x'
	assert_equal "$(cat ../file)" changed
	inspect --bind ../dir:relative -- true
	assert_status 125
}

@test "--ro-bind: visible, and nothing below it can be written" {
	inspect --ro-bind ../dir:/d --ro-bind ../file:/f -- sh -c 'cat /d/sub/file /f; touch /d/x /d/sub/x; echo x >/f; rm /d/file; chmod 777 /d/file; mv /d/sub /d/y'
	assert_equal "$output" $'in-sub\nfile'
	assert_equal "$(grep -c 'Read-only file system' <<<"${stderr:-}")" 6
}

@test "the -try forms skip what is missing, and only that" {
	local word
	for word in bind ro-bind dev-bind; do
		inspect "--$word" ../missing -- true
		assert_status 125
		assert_stderr_has "bind $WORK/missing (command line): No such file or directory"
		assert_stderr_has -try
		inspect "--$word-try" ../missing --"$word"-try ../file/below -- sh -c '! test -e ../missing'
		assert_status 0
		assert_equal "${stderr:-}" ''
		inspect --verbose "--$word-try" ../missing -- true
		assert_stderr_has "skipped: bind $WORK/missing (command line): the host does not have it"
		inspect "--$word-try" ../dir:/d -- cat /d/file
		assert_equal "$output" in-dir
		inspect "--$word-try" ../dir:/d/e:/f -- true
		assert_status 125
		ln -sfn loop ../loop
		inspect "--$word-try" ../loop -- true
		assert_status 125
	done
	inspect --ro-bind-try ../dir:/d -- touch /d/x
	assert_status 1
	inspect --bind-try ../dir:/d -- touch /d/x
	assert_status 0
}

@test "--tmpfs: an empty writable directory, with a mode, with a size of its own" {
	inspect --tmpfs /x --tmpfs /y:mode=1777 --tmpfs /z:size=64K,mode=700 --tmpfs ../dir -- sh -c 'ls -A /x /y /z "$1"
		stat -c %a /x /y /z; touch /x/f /y/f "$1"/f && head -c 65536 /dev/zero >/z/f; head -c 1 /dev/zero >>/z/f' - "$WORK/dir"
	assert_status 1
	assert_stderr_has 'No space left on device'
	assert_equal "$(tail -n 3 <<<"$output")" $'755\n1777\n700'
	[[ ! -e ../dir/f && -e ../dir/file ]]
	local word
	for word in /x: /x:size= /x:size=0 /x:size=-1 /x:size=1x /x:mode=9 /x:mode=77777 /x:foo=1 /x:size=1,,mode=1 /x:a:b; do
		inspect --tmpfs "$word" -- true
		assert_status 125
	done
}

@test "RES-04: the memory of all writable directories together is limited" {
	local most
	most=$(inside --dry-run -- true | sed -n 's/^memory *\([0-9]*\) bytes.*/\1/p')
	[[ $most -gt 0 && $most -le $((2 << 30)) && $most -le $(awk '/MemTotal/ { printf "%.0f", $2 * 1024 / 4 + 4096 }' /proc/meminfo) ]]
	inspect -- sh -c 'for d in /tmp /var/tmp /run /dev/shm ~; do stat -f -c "%b %S %c" $d; done | sort -u'
	assert_equal "${#lines[@]}" 1
	read -r blocks size inodes <<<"$output"
	[[ $((blocks * size)) -le $most && $inodes -le 200000 ]]
}

@test "FS-31: files in memory are counted: of a size of its own, and of all together" {
	# About as many as a page each would fill, and a thousand.
	inspect --tmpfs /x:size=64K -- sh -c 'cd /x && seq 2000 | xargs touch; ls | wc -l; touch /tmp/other'
	assert_status 0
	assert_stderr_has 'No space left on device'
	[[ $output -gt 1000 && $output -le 1040 ]] || fail_test 'not so many'
	# Without the bound the same is no problem.
	inspect -- sh -c 'cd && seq 2000 | xargs touch; ls | wc -l'
	assert_equal "$output" 2000
}

@test "--dir: a directory of the view, as writable as what it stands in" {
	inspect --dir /a/b/c --dir /tmp/d/e -- sh -c 'ls -d /a/b/c /tmp/d/e && touch /tmp/d/e/x && ! touch /a/b/c/x'
	assert_status 0
	inspect --dir /usr/bin -- ls -d /usr/bin/env
	assert_status 0
	inspect --ro-bind ../file:/f --dir /f/x -- true
	assert_status 125
}

@test "--file: a copy that can be changed where it stands, and the original stays" {
	chmod 640 ../file
	inspect --file ../file:/tmp/deep/copy --file ../file:/fixed -- sh -c 'cat /tmp/deep/copy /fixed; echo changed >/tmp/deep/copy; echo x >/fixed
		cat /tmp/deep/copy; stat -c %a /tmp/deep/copy'
	assert_equal "$output" $'file\nfile\nchanged\n640'
	assert_stderr_has 'Read-only file system'
	assert_equal "$(cat ../file)" file
	mkfifo ../fifo
	local word
	for word in ../missing:/x ../dir:/x ../fifo:/x ../file /dev/zero:/x ../file:/a:/b; do
		inspect --file "$word" -- true
		assert_status 125
	done
	head -c 3000000 /dev/urandom >../big
	inspect --file ../big:/tmp/big -- cksum /tmp/big
	assert_equal "$(cut -d' ' -f1-2 <<<"$output")" "$(cksum <../big)"
}

@test "--symlink: a link with that text, leading where it leads inside" {
	inspect --symlink /etc/hostname:/a/link --symlink ../no/where:/tmp/b --symlink 'with blank:/c' -- sh -c 'readlink /a/link /tmp/b /c; cat /a/link'
	assert_equal "$output" $'/etc/hostname\n../no/where\nwith blank\nimmure'
	inspect --symlink /etc -- true
	assert_status 125
	inspect --symlink x:/usr/x -- true
	assert_status 125
}

@test "--hide: covered with nothing, and no cover for what is not there" {
	inspect --ro-bind ../dir:/d --hide /d/file --hide /d/sub --hide /d/missing --hide /usr/bin/env --bind ../other:/o --hide /o/file -- sh -c 'cat /d/file /usr/bin/env /o/file
		ls -A /d/sub; ls /d; touch /d/sub/x; echo x >/o/file; rm /o/file; mv /o/file /o/x; test -x /usr/bin/env'
	assert_status 1
	assert_equal "$output" $'file\nsub'
	assert_equal "$(cat ../other/file)" in-other
}

@test "--remount-ro: a part of the view, once everything is in its place" {
	inspect --remount-ro /tmp --file ../file:/tmp/f --bind ../dir:/d --remount-ro /d/sub --tmpfs /d/sub/../t -- true
	assert_status 125
	inspect --remount-ro /tmp --file ../file:/tmp/f --bind ../dir:/d --remount-ro /d/sub --bind ../other:/tmp/o -- sh -c 'cat /tmp/f && ! touch /tmp/x && touch /d/x && ! touch /d/sub/x &&
		touch /tmp/o/x'
	assert_status 0
	[[ -e ../dir/x && -e ../other/x ]]
	inspect --remount-ro /no/such/place -- true
	assert_status 125
}

@test "the last word about a place wins" {
	inspect --bind ../dir:/x --ro-bind ../other:/x -- sh -c 'cat /x/file; ! touch /x/y'
	assert_equal "$output" in-other
	inspect --ro-bind ../other:/x --bind ../dir:/x/ -- sh -c 'cat /x/file && touch /x/y'
	assert_equal "$output" in-dir
	inspect --bind ../dir:/x --tmpfs /a/../x -- ls -A /x
	assert_equal "$output" ''
	inspect --tmpfs /x --bind ../dir://x/. -- cat /x/file
	assert_equal "$output" in-dir
	inspect --hide /usr/bin --system /usr/bin -- ls /usr/bin/env
	assert_status 0
	inspect --symlink a:/x --file ../file:/x -- cat /x
	assert_equal "$output" file
	inspect --bind ../missing:/x --bind ../dir:/x -- true
	assert_status 125
	inspect --cwd rw --ro-bind . -- touch x
	assert_status 1
	inspect --ro-bind . --cwd rw -- touch x
	assert_status 0
}

@test "parents come before what stands in them, in whatever order they were said" {
	inspect --bind ../other:/x/y --ro-bind ../dir:/x -- true
	assert_status 125
	mkdir ../dir/y
	inspect --bind ../other:/x/y --ro-bind ../dir:/x -- sh -c 'cat /x/file /x/y/file; touch /x/y/z; ! touch /x/z'
	assert_equal "$output" $'in-dir\nin-other'
	[[ -e ../other/z ]]
	inspect --file ../file:/t/u/v --tmpfs /t/u --tmpfs /t:size=1M -- sh -c 'cat /t/u/v; touch /t/a /t/u/b; grep -c " /t[/ ]" /proc/self/mountinfo'
	assert_equal "$output" $'file\n2'
}

names=(colon:colon comma,comma 'blank blank' $'new\nline' $'tab\ttab' "single'single" 'double"double' 'back\slash' '#hash' '-dash' '~tilde'
	'$dollar' '*star' '%s%n' $'bytes\xff\xfe\x80' 'ünïcode' $'escape\e[2J' 'trailing ' ' leading' '{brace}' '=equals' 'a:b\:c' '\' ':' '..dots' $'\x01')

@test "any name a file can have" {
	local name typed
	for name in "${names[@]}"; do
		mkdir "../$name"
		echo "$name" >"../$name/file"
		# Only the colon and the backslash before it mean something.
		typed=${name//\\/\\\\}
		typed=${typed//:/\\:}
		inspect --bind "../$typed" --ro-bind "../$typed/file:/copies/$typed" --file "../$typed/file:/tmp/$typed" \
			--tmpfs "/t/$typed:size=1M" --dir "/e/$name" --symlink "$typed:/l/$typed" --hide "/h/$name" -- \
			sh -c 'cd "$2/$1" && cat ./file && pwd && touch new && cat "/copies/$1" "/tmp/$1" && readlink "/l/$1" && ls -d "/t/$1" "/e/$1" >/dev/null' - "$name" "$WORK"
		assert_status 0
		assert_equal "$output" "$name"$'\n'"$WORK/$name"$'\n'"$name"$'\n'"$name"$'\n'"$name"
		[[ -e ../$name/new ]]
	done
}

@test "the same as the current directory, and as the home" {
	local name
	for name in "${names[@]}"; do
		mkdir "../$name"
		cd "../$name" || return
		inspect --cwd rw -- sh -c 'pwd; touch here; printf %s "$PWD"'
		assert_status 0
		assert_equal "$output" "$WORK/$name"$'\n'"$WORK/$name"
		[[ -e here ]]
		HOME="$WORK/$name/home" inspect -- sh -c 'cd && pwd'
		assert_equal "$output" "$WORK/$name/home"
		cd ../here || return
	done
}

@test "the same in a profile" {
	local name typed
	for name in "${names[@]}"; do
		mkdir "../$name"
		typed=${name//\\/\\\\}
		typed=${typed//:/\\:}
		typed=$(printf %s "$typed" | xxd -p | tr -d '\n' | sed 's/../\\x&/g')
		printf 'include default\nbind "%s:/x"\n' "$WORK/$typed" >../p.profile
		inspect --profile ../p.profile -- touch /x/new
		assert_status 0
		[[ -e ../$name/new ]]
	done
}

@test "paths as long as they can be" {
	local deep
	deep=$(printf 'd%.0s' {1..200})
	deep=/$deep/$deep/$deep/$deep
	inspect --tmpfs "$deep" --file ../file:"$deep/f" -- cat "$deep/f"
	assert_equal "$output" file
	inspect --dir "/$(printf 'x%.0s' {1..255})" -- true
	assert_status 0
	inspect --dir "/$(printf 'x%.0s' {1..256})" -- true
	assert_status 125
	inspect --dir "/$(printf 'x/%.0s' {1..2100})" -- true
	assert_status 125
}

@test "the current directory is not shown where there is no place for it, and that is said" {
	inspect --bind ../dir:"$TEST_TMP" -- pwd
	assert_status 0
	assert_equal "$output" "$HOME"
	assert_stderr_has "immure: note: the current directory is not shown: in $WORK/dir (command line) there is none"
	mkdir -p ../dir/work/here
	inspect --bind ../dir:"$TEST_TMP" -- sh -c 'pwd; ! touch x'
	assert_equal "$output" "$PWD"
	inspect --bind ../other:"$TEST_TMP" --cwd ro -- true
	assert_status 125
}

@test "FS-28: what is no file and no directory can be bound, and nobody waits for it" {
	mkfifo ../fifo
	inspect --ro-bind ../fifo:/f --bind ../fifo:/g -- sh -c 'test -p /f && test -p /g && echo written >/g' &
	local pid=$!
	assert_equal "$(timeout 10 cat ../fifo)" written
	wait "$pid"
}

@test "FD-10: the program itself is nothing to run inside by way of /proc" {
	inspect -- /proc/self/exe --version
	[[ $status -ge 125 && $status -le 127 ]]
	assert_equal "$output" ''
	printf '#!/proc/self/exe\n' >script
	chmod 755 script
	inspect -- ./script
	[[ $status -ne 0 ]]
}
