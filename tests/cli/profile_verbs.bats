#!/usr/bin/env bats
# What `immure profile` tells about profiles, and the profile of a command's name.

load ../lib/common

setup() {
	common_setup
	mkdir -p "$TEST_TMP"/home/.config/immure/profiles "$TEST_TMP/work"
	export HOME=$TEST_TMP/home
	unset XDG_CONFIG_HOME VISUAL EDITOR
	own=$HOME/.config/immure/profiles
	cd "$TEST_TMP/work" || return
}

# profile NAME LINE...: write one of the user's own.
profile() {
	local name=$1
	shift
	printf '%s\n' 'include default' "$@" >"$own/$name.profile"
}

# checked NAME STATUS [LINE...]: what the check prints, without the file's name.
checked() {
	local name=$1 want=$2
	shift 2
	run --separate-stderr "$IMMURE" profile check "$name"
	assert_status "$want"
	assert_equal "${output//"$own/"}" "$(printf '%s\n' "$@")"
}

# told LINE: it is one of those that were printed.
told() {
	grep -qxF -e "$1" <<<"$output" || fail_test "no line: $1"
}

# --- what there is ----------------------------------------------------------------

@test "ls names all of them, with their files and what they are for" {
	profile web 'description a browser' 'include cache'
	profile cache 'description not this one'
	profile broken 'nonesuch'
	profile default
	echo x >"$own/not a name.profile"
	echo x >"$own/other.txt"
	# Beside it is nothing that was installed.
	install -D "$IMMURE" alone/bin/immure
	run --separate-stderr alone/bin/immure profile ls
	assert_status 0
	assert_equal "$output" "$(
		printf '%-8s  %s\n' broken "$own/broken.profile" '' "($own/broken.profile:2: unknown option nonesuch)" \
			cache "$own/cache.profile" '' 'not this one' \
			default "$own/default.profile" '' '' \
			default 'default.profile (built in)' '' '(another one of that name comes first)' \
			dev 'dev.profile (built in)' '' "a developer's shell: root of its own namespaces, current directory writable, internet" \
			web "$own/web.profile" '' 'a browser'
	)"
}

@test "path is the file that a run reads" {
	profile web
	assert_equal "$("$IMMURE" profile path web)" "$own/web.profile"
	assert_equal "$("$IMMURE" profile path default)" 'default.profile (built in)'
	assert_equal "$("$IMMURE" profile path ./x)" ./x
	run "$IMMURE" profile path nonesuch
	assert_status 1
	assert_output_has 'nonesuch.profile: No such file'
	run "$IMMURE" profile path ..
	assert_status 1
}

@test "words that mean nothing to it" {
	local words
	for words in '' nonesuch 'ls x' 'diff' 'diff a b c' check 'new' 'new a b' 'path' 'show a b'; do
		# shellcheck disable=SC2086 # words
		run "$IMMURE" profile $words
		assert_status 2
		assert_output_has 'immure: profile '
		assert_output_has 'hint: to see what profiles there are: immure profile ls'
	done
}

# --- what it opens ----------------------------------------------------------------

@test "diff says what is open that the default has closed" {
	touch "$HOME/.tool"
	mkdir "$HOME/data"
	profile tool 'ro-bind ~/.tool' 'bind ~/data' 'bind ~/data/..//data' 'cwd rw' 'env-keep WORD' \
		'dev-bind /dev/ptmx:/dev/tool' 'share ipc,uts' 'nested' 'timeout 5' 'hide /opt'
	WORD=1 run --separate-stderr "$IMMURE" profile diff tool
	assert_status 0
	[[ ${lines[0]} == 'can write: '*'~/data'* ]]
	assert_output_has 'can see: ~/.tool'
	assert_output_has 'can use: /dev/ptmx (at /dev/tool)'
	assert_output_has 'can reach: nothing'
	assert_output_has 'shares with the host: ipc, uts'
	assert_output_has 'gets: WORD'
	assert_output_has 'new namespaces: yes'
	# Nothing of what it closes.
	refute grep -qE 'opt|timeout' <<<"$output"
	# The other way round nothing is open but what the default is.
	WORD=1 run "$IMMURE" profile diff default tool
	assert_equal "${lines[0]}" 'can write: nothing of yours'
	assert_output_has 'keeps: no capability'
	assert_output_has 'new namespaces: no'
	refute grep -q 'gets' <<<"$output"
}

@test "diff of the host's network, of the filter, and of nothing" {
	profile same
	assert_equal "$("$IMMURE" profile diff same)" \
		$'can write: nothing of yours\ncan see: nothing more\ncan reach: nothing\nkeeps: no capability\nnew namespaces: no'
	profile open 'share net' 'seccomp off' 'landlock off'
	run "$IMMURE" profile diff open
	assert_output_has "can reach: the host's whole network"
	assert_output_has 'system calls: all'
	assert_output_has 'without Landlock'
}

@test "diff of a network: what leads in, whose names it asks for, how it leaves, what is written" {
	profile web net 'deny lan' 'dns 192.0.2.54'
	profile mine net 'publish 8080:80' 'publish 0.0.0.0:0:53/udp' 'dns 192.0.2.53' 'dns-search corp.test' \
		'add-host db.test:192.0.2.9' 'ipv4-only' 'mtu 1400' 'cidr 192.168.77.0/24' 'ifname net0' \
		'mac 02:00:00:00:00:07' 'net-log ~/log' 'pcap ~/frames' 'publish-file ~/ports' 'outbound 127.0.0.2'
	# An address that nobody has is a mistake before there is anything to compare.
	run "$IMMURE" profile diff mine
	assert_status 1
	assert_output_has 'outbound 127.0.0.2'
	sed -i '/outbound/d' "$own/mine.profile"
	local than
	for than in default web; do
		run --separate-stderr "$IMMURE" profile diff mine "$than"
		assert_status 0
		told "can be reached at: port 8080 of 127.0.0.1 (its port 80), a free UDP port of every address of this host (its port 53, for other machines too)"
		told 'asks for names: 192.0.2.53'
		told 'looks for short names in: corp.test'
		told 'has addresses for: db.test (192.0.2.9)'
		told 'its network is: 192.168.77.0/24, without IPv6, MTU 1400, the device net0, hardware address 02:00:00:00:00:07'
		told 'writes down: what it reached in ~/log, every frame in ~/frames, which ports are published in ~/ports'
	done
	# What both have is not said, and the other way round there is less.
	run "$IMMURE" profile diff mine mine
	refute grep -qE '^(can be reached|asks|looks|has|leaves|its|writes)' <<<"$output"
	run "$IMMURE" profile diff web mine
	told 'asks for names: 192.0.2.54'
	refute grep -qE '^(can be reached|looks|has|leaves|writes)' <<<"$output"
}

@test "diff of what another profile denies" {
	profile strict 'deny evil.example' 'deny 203.0.113.0/24:25' 'deny lan' 'allow any'
	profile loose 'deny 203.0.113.0/24' 'allow any'
	run "$IMMURE" profile diff loose strict
	told 'can reach: evil.example (denied there), lan (denied there)'
	run "$IMMURE" profile diff strict loose
	told 'can reach: 203.0.113.0/24 (denied there)'
	profile closed 'allow 192.0.2.1'
	run "$IMMURE" profile diff closed strict
	told 'can reach: nothing'
}

@test "diff of ids and of rights over them" {
	profile ids "map 0:$(id -u):1" 'map 5:4000000:10' "map-gid 0:$(id -g):1" 'map-gid 7:4000000:1'
	run "$IMMURE" profile diff ids
	assert_output_has 'has ids of the host: users 4000000-4000009, group 4000000'
	assert_output_has 'keeps: no capability'
	profile guest "map 0:4000000:65536" guest
	run "$IMMURE" profile diff guest
	assert_output_has 'has ids of the host: user 4000000, users 4000001-4065535, group 4000000, groups 4000001-4065535'
	assert_output_has 'keeps: chown, '
	# The other way round nothing is open.
	run "$IMMURE" profile diff none guest
	assert_output_lacks 'has ids'
}

# --- what may be wrong with it ----------------------------------------------------

@test "what is built in has nothing to be said about" {
	checked default 0
	checked none 0
}

@test "check finds every mistake, with its line" {
	profile bad 'nonesuch' 'timeout x' 'ro-bind /nonesuch' 'ro-bind-try /missing' 'file /nonesuch:/f'
	checked bad 1 'bad.profile:2: error: unknown option nonesuch' \
		'bad.profile:3: error: timeout: "x" is not a length of time' \
		'bad.profile:4: error: /nonesuch: No such file or directory; if it may be missing, its option with -try' \
		'bad.profile:6: error: /nonesuch: No such file or directory'
	# What only planning finds, too.
	profile plan 'user 0:1' 'sysctl kernel.core_pattern=x'
	run "$IMMURE" profile check plan
	assert_status 1
	[[ $output == *'error: '*core_pattern* ]]
}

@test "check finds lines without an effect, and lines that open more than they seem to" {
	mkdir -p "$HOME/a/b" "$HOME/.ssh"
	profile odd 'cwd ro' 'bind ~/a' 'ro-bind ~/a/b' 'tmpfs /x' 'hide /x' 'cwd rw' 'ro-bind ~/.ssh'
	run "$IMMURE" profile check odd
	assert_status 1
	assert_output_has "odd.profile:4: warning: $HOME/a/b is already open by line 3: $HOME/a"
	assert_output_has 'odd.profile:5: warning: line 6 says something else about /x, and counts'
	assert_output_has 'odd.profile:2: warning: line 7 says cwd again, and counts'
	assert_output_has 'odd.profile:8: warning: ~/.ssh is where keys and passwords are'
	refute grep -q error <<<"$output"
	profile home 'bind ~'
	run "$IMMURE" profile check home
	assert_status 1
	assert_output_has 'home.profile:2: warning: shows all of your home directory'
	assert_output_has 'runs at your next login'
	# Another's line about the same place is what profiles are for.
	profile over 'tmpfs /opt' 'cwd rw'
	checked over 0
}

@test "the network: what can be reached, and rules that never decide" {
	profile web 'allow files.example.org:443' 'allow *.example.net' 'deny 203.0.113.0/24' 'allow lan:22/tcp'
	run "$IMMURE" profile diff web
	assert_output_has 'can reach: files.example.org:443, *.example.net, lan:22/tcp'
	checked web 0
	run --separate-stderr "$IMMURE" profile diff web web
	assert_output_has 'can reach: nothing'
	profile odd 'allow *.example.net:80-90' 'allow www.example.net:81' 'allow www.example.net:91' \
		'deny 203.0.113.0/24' 'allow 203.0.113.7:80' 'net' 'allow internet:80' 'allow any/tcp' \
		'deny lan' 'deny lan/tcp'
	run "$IMMURE" profile check odd
	assert_status 1
	assert_equal "${output//"$own/"}" "odd.profile:3: warning: www.example.net:81 never decides: line 2 does before, *.example.net:80-90
odd.profile:6: warning: 203.0.113.7:80 never decides: line 5 does before, 203.0.113.0/24
odd.profile:8: warning: internet:80 never decides: line 7 does before, internet
odd.profile:11: warning: lan/tcp never decides: line 9 does before, any/tcp"
}

@test "what a file is called does not move where a finding begins" {
	local name=$'a\e[31mb'
	echo nonesuch >"./$name"
	run --separate-stderr "$IMMURE" profile check "./$name"
	assert_status 1
	assert_equal "$output" './a\x1b[31mb:1: error: unknown option nonesuch'
}

@test "a run that would not start has an error in the check, and the other way round" {
	local line
	while read -r line; do
		profile some "$line"
		run "$IMMURE" profile check some
		local errors
		errors=$(grep -c ': error: ' <<<"$output" || true)
		run "$IMMURE" run --dry-run --profile some true
		[[ ($status -eq 0 && $errors -eq 0) || ($status -eq 125 && $errors -gt 0) ]] ||
			fail_test "$line: $errors errors, status $status"
	done <<'END'
bind /usr/share
bind /nonesuch
bind-try /nonesuch
tmpfs /
file /etc/passwd:/x
file /etc:/x
rlimit nofile=4:2
memory 1
cap add:nonesuch
syscall allow:nonesuch
END
}

# --- a new one -----------------------------------------------------------------------

@test "new makes one that is right, and changes none" {
	rm -r "$HOME/.config"
	run --separate-stderr "$IMMURE" profile new web
	assert_status 0
	assert_equal "$output" "$own/web.profile"
	assert_equal "$(stat -c %a "$own")" 700
	checked web 0
	assert_equal "$("$IMMURE" profile diff web | head -n 1)" 'can write: nothing of yours'
	echo changed >"$own/web.profile"
	run "$IMMURE" profile new web
	assert_status 1
	assert_output_has 'hint: to change it: immure profile edit web'
	assert_equal "$(<"$own/web.profile")" changed
	# Where a link leads is not written either.
	ln -s "$TEST_TMP/planted" "$own/link.profile"
	run "$IMMURE" profile new link
	assert_status 1
	refute test -e "$TEST_TMP/planted"
}

@test "edit is the user's editor, and what it left is checked" {
	# The variable is a command of a shell.
	EDITOR="printf 'cwd rw\n' | tee -a" run "$IMMURE" profile edit web
	assert_status 0
	assert_equal "$(tail -n 1 "$own/web.profile")" 'cwd rw'
	VISUAL="printf 'nonesuch\n' | tee -a" EDITOR=false run "$IMMURE" profile edit web
	assert_status 1
	assert_output_has 'error: unknown option nonesuch'
	EDITOR=false run "$IMMURE" profile edit web
	assert_status 1
	assert_output_has 'the editor ended with status 1'
}

# --- by the command's name -----------------------------------------------------------

@test "the profile with the command's name is taken, and what it opens is said" {
	mkdir "$HOME/data"
	profile env 'bind ~/data' 'setenv MARK=1'
	run --separate-stderr "$IMMURE" run env
	assert_status 0
	grep -qx MARK=1 <<<"$output"
	assert_equal "${stderr:-}" "immure: profile: $own/env.profile · can write: ~/data"
	run --separate-stderr "$IMMURE" run --quiet env
	assert_equal "${stderr:-}" ''
	# What is typed is not what the profile opens.
	run --separate-stderr "$IMMURE" run --cwd rw env
	assert_equal "${stderr:-}" "immure: profile: $own/env.profile · can write: ~/data"
	profile env
	run --separate-stderr "$IMMURE" run env
	assert_equal "${stderr:-}" "immure: profile: $own/env.profile · opens nothing"
	# Also where a list was taken back, by the profile or by who typed.
	profile env 'bind ~/data' 'setenv A=1' 'setenv none'
	run --separate-stderr "$IMMURE" run --env-keep none env
	assert_equal "${stderr:-}" "immure: profile: $own/env.profile · can write: ~/data"
}

@test "--profile overrides it, and none is the bare language" {
	profile env 'setenv MARK=1'
	profile other
	refute grep -q MARK <<<"$("$IMMURE" run --profile other env)"
	refute grep -q MARK <<<"$("$IMMURE" run --profile default env 2>&1)"
	run -127 "$IMMURE" run --profile none env
	run "$IMMURE" run --profile none --system /usr --system /bin --system /lib --system /lib64 /usr/bin/env
	assert_status 0
	refute grep -qE 'MARK|TMPDIR' <<<"$output"
}

@test "PRF-03: only the system's program has the rights of its name" {
	profile env 'setenv MARK=1'
	profile mytool 'setenv MARK=1'
	mkdir bin
	install -m 755 /usr/bin/env env
	install -m 755 /usr/bin/env bin/env
	install -m 755 /usr/bin/env bin/mytool
	local command
	for command in ./env /usr/bin/env "$PWD/env" bin/env; do
		run --separate-stderr "$IMMURE" run "$command"
		assert_status 0
		refute grep -q MARK <<<"$output"
		assert_equal "${stderr:-}" ''
	done
	# Who says where to look for it may mean another one.
	run --separate-stderr "$IMMURE" run --setenv "PATH=$PWD/bin:/usr/bin" env
	refute grep -q MARK <<<"$output"
	[[ ${stderr:-} == *"note: $own/env.profile is for the system's env, and not used; to use it: --profile env" ]]
	PATH=$PWD/bin:$PATH run --separate-stderr "$IMMURE" run --env-keep PATH env
	refute grep -q MARK <<<"$output"
	PATH=$PWD/bin:$PATH run -127 --separate-stderr "$IMMURE" run mytool
	[[ ${stderr:-} == *'mytool.profile is for the system'* ]]
}

@test "a profile of the command's name that cannot be trusted is no reason to take another" {
	profile env
	chmod 666 "$own/env.profile"
	run "$IMMURE" run env
	assert_status 125
	assert_output_has 'is writable by everybody'
	profile true 'nonesuch'
	run "$IMMURE" run true
	assert_status 125
	ln -sf /nonexistent "$own/id.profile"
	run "$IMMURE" run id
	assert_status 125
}

@test "another name of a program is listed with it, and finds its profile" {
	needs make
	mkdir -p made/profiles/include
	cp "$IMMURE_SOURCE/Makefile" made
	cp "$IMMURE_SOURCE"/profiles/{default,dev}.profile made/profiles
	cp "$IMMURE_SOURCE"/profiles/include/certs.profile made/profiles/include
	printf '%s\n' 'include default' 'description counts words' 'alias env printenv # both' \
		'hostname counted' >made/profiles/wc.profile
	make -s -C made DESTDIR="$PWD/root" install-profiles >/dev/null
	install -D "$IMMURE" root/usr/local/bin/immure
	local program=$PWD/root/usr/local/bin/immure dir=$PWD/root/usr/local/share/immure/profiles
	assert_equal "$(cat "$dir/env.profile")" $'# env: another name of wc.\ninclude wc'
	run "$program" profile ls
	assert_output_has "wc        $dir/wc.profile
          also for env, printenv
          counts words"
	assert_output_lacks env.profile
	assert_output_has "certs     $dir/include/certs.profile"
	assert_equal "$("$program" profile path printenv)" "$dir/printenv.profile"
	assert_equal "$("$program" profile path certs)" "$dir/include/certs.profile"
	assert_equal "$("$program" run env hostname 2>&1)" "immure: profile: $dir/env.profile · opens nothing
counted"
	# One of the user's own for the program is for its other names too.
	mkdir -p "$HOME/.config/immure/profiles"
	printf '%s\n' 'include wc' 'hostname mine' >"$HOME/.config/immure/profiles/wc.profile"
	assert_equal "$("$program" run -q printenv HOSTNAME; "$program" run -q env hostname)" mine
	# A part of profiles is no command's.
	cp "$dir/include/certs.profile" "$dir/include/true.profile"
	assert_equal "$("$program" run true 2>&1)" ''
	# Where nobody knows who installed it, it is trusted as the program is; nobody else is.
	rm "$HOME/.config/immure/profiles/wc.profile"
	if is_root; then
		chown -R daemon root
		assert_equal "$("$program" run -q env hostname)" counted
		chown root root/usr/local/bin/immure
		run "$program" run -q env hostname
		assert_status 125
		assert_output_has 'belongs to someone else'
		chown -R root root
	else
		assert_equal "$(unshare -Ur "$IMMURE" profile path certs)" "${IMMURE%/bin/*}/share/immure/profiles/include/certs.profile"
		assert_equal "$(unshare -Ur "$IMMURE" profile show certs | grep -c cert.pem)" 1
	fi
	chmod g+w "$dir/wc.profile"
	run "$program" run -q env hostname
	assert_output_has 'writable by its group'
	chmod g-w "$dir/wc.profile"
	run "$program" profile check wc
	assert_status 0
}

@test "names that are none" {
	echo 'alias ok ../x' >f
	run "$IMMURE" profile show ./f
	assert_status 1
	assert_equal "$output" 'immure: ./f:1: alias: "../x" is no name of a profile'
	run "$IMMURE" run --alias x true
	assert_status 125
	assert_output_has 'alias is for profiles only'
}
