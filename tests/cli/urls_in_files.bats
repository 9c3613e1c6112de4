#!/usr/bin/env bats
# What the URLs in a file open, whose file it may be, and what is said of it.

load ../lib/common

setup() {
	common_setup
	mkdir -p "$TEST_TMP"/home/.config/immure/profiles "$TEST_TMP/work"
	export HOME=$TEST_TMP/home
	unset XDG_CONFIG_HOME
	own=$HOME/.config/immure/profiles
	cd "$TEST_TMP/work" || return
}

# opened [OPTION...]: the rules of a run with the URLs of ./f, in their order.
opened() {
	"$IMMURE" run --dry-run --allow-urls-in f "$@" true | awk '$1 == "allow" { print $2 }' | paste -sd' '
}

# said [OPTION...]: what a run with them says.
said() {
	run --separate-stderr "$IMMURE" run --allow-urls-in f "$@" true
	assert_status 0
	echo "${stderr:-}"
}

@test "each URL opens its host on its port, once, with the line that says it" {
	printf '%s\n' '# http://no.example' 'registry = https://u:p@a.example/x' 'git@b.example:o/x.git' \
		'http://a.example http://[2001:db8::1]:81 http://192.0.2.1' 'https://A.example./' 'ssh://c.example:2222' >f
	run "$IMMURE" run --dry-run --allow-urls-in f true
	assert_status 0
	assert_equal "$(grep '^allow' <<<"$output" | sed 's/  */ /g')" \
		'allow a.example:443/tcp # f:2 (command line)
allow b.example:22/tcp # f:3 (command line)
allow a.example:80/tcp # f:4 (command line)
allow [2001:db8::1]:81/tcp # f:4 (command line)
allow 192.0.2.1:80/tcp # f:4 (command line)
allow A.example.:443/tcp # f:5 (command line)
allow c.example:2222/tcp # f:6 (command line)'
	# Users and passwords are nowhere.
	refute grep -q 'u:p' <<<"$output$(said)"
}

# shellcheck disable=SC2016 # not for this shell
@test "no URL opens a class of addresses, and none what is not written out" {
	printf '%s\n' http://any/ http://host:5432/ http://lan/ http://internet http://127.1/ http://10/ \
		http://2130706433/ 'http://$X/' 'http://*.example/' http://10.0.0.0/8 odd://x.example \
		"http://$(printf 'a%.0s' {1..70}).example/" 'http://..a/' >f
	assert_equal "$(opened)" 10.0.0.0:80/tcp
	printf '%s\n' 'allow-urls-in f' >"$own/p.profile"
	run "$IMMURE" profile check p
	assert_status 1
	[[ $(grep -c '^f:[0-9]*: warning: opens nothing: ' <<<"$output") -ge 12 ]]
	assert_output_has 'f:11: warning: opens nothing: odd:// has no usual port'
}

@test "a file that is not there opens nothing, stops nothing, and the check takes note" {
	printf '%s\n' 'include default' 'allow-urls-in .git/config ~/.npmrc f/x # and no more' >"$own/p.profile"
	touch f
	run --separate-stderr "$IMMURE" run --profile p true
	assert_status 0
	assert_equal "${stderr:-}" ''
	run "$IMMURE" profile check p
	assert_status 0
	assert_equal "${output//"$own/"}" "p.profile:2: note: .git/config does not exist here, and opens nothing
p.profile:2: note: $HOME/.npmrc does not exist here, and opens nothing
p.profile:2: note: f/x does not exist here, and opens nothing"
	run --separate-stderr "$IMMURE" run --verbose --profile p true
	grep -q 'skipped: .*p.profile:2: .git/config does not exist' <<<"${stderr:-}"
}

@test "show, diff and the profile's own line say what is opened, and none takes it back" {
	git init -q .
	git remote add origin https://git.example.org/p.git
	printf '%s\n' 'include default' 'deny *.example.net' 'allow-urls-in .git/config' >"$own/p.profile"
	run "$IMMURE" profile show p
	assert_status 0
	grep -qE "^allow-urls-in \.git/config +# $own/p.profile:3\$" <<<"$output"
	grep -qE "^# allow git.example.org:443/tcp +# \.git/config:[0-9]+ \($own/p.profile:3\)\$" <<<"$output"
	run "$IMMURE" profile diff p
	assert_output_has 'can reach: git.example.org:443/tcp'
	mv "$own/p.profile" "$own/git.profile"
	run --separate-stderr "$IMMURE" run git --version
	assert_status 0
	[[ ${stderr:-} == *'git.profile · can reach: git.example.org:443/tcp'* ]]
	[[ ${stderr:-} == *'note: URLs open git.example.org:443 (.git/config:'* ]]
	local none
	for none in --allow-urls-in --net --allow --deny; do
		[[ $none == --net ]] && continue
		run "$IMMURE" run --dry-run "$none" none git
		assert_status 0
		refute grep -qE '^allow|^network' <<<"$output"
	done
	# Typed, it is nothing that a profile opens.
	echo 'include default' >"$own/git.profile"
	run --separate-stderr "$IMMURE" run --allow-urls-in .git/config git --version
	[[ ${stderr:-} == *'git.profile · opens nothing'* ]]
}

@test "where the command can write only names are opened" {
	mkdir d
	printf '%s\n' http://10.0.0.7/ https://a.example/ >f
	cp f d/f
	assert_equal "$(opened)" '10.0.0.7:80/tcp a.example:443/tcp'
	assert_equal "$(opened --cwd rw)" 'a.example:443/tcp'
	assert_equal "$(opened --bind "$TEST_TMP/work:/x")" 'a.example:443/tcp'
	assert_equal "$(opened --home .)" 'a.example:443/tcp'
	assert_equal "$(opened --bind d)" '10.0.0.7:80/tcp a.example:443/tcp'
	rm f
	ln -s d/f f
	assert_equal "$(opened --bind d)" 'a.example:443/tcp'
	[[ $(said --bind d --verbose) == *'f:1: opens nothing: an address, in a place that the command can write'* ]]
}

@test "PRF-01: it is read only if nobody else can write it" {
	echo https://a.example/ >f
	local mode
	for mode in 646 666; do
		chmod "$mode" f
		assert_equal "$(opened)" ''
		[[ $(said) == *"note: command line: opens nothing: $PWD/f is writable by everybody" ]]
	done
	# The caller's own group is nobody else.
	chmod 664 f
	if ! is_root; then
		[[ $(id -gn) == "$(id -un)" ]]
		assert_equal "$(opened)" a.example:443/tcp
	fi
	chmod 000 f
	is_root || assert_equal "$(opened)" ''
	chmod 644 f
	assert_equal "$("$IMMURE" run --dry-run --allow-urls-in /proc/self/mem true | grep -c ^allow)" 0
}

@test "PRF-04 PRF-05: what is no file, too long, or no text" {
	local what
	mkdir dir
	mkfifo fifo
	printf 'https://a.example\0' >nul
	{ echo https://a.example; head -c 1048576 /dev/zero | tr '\0' '\n'; } >long
	for what in dir fifo nul long /dev/zero; do
		run --separate-stderr timeout 20 "$IMMURE" run --allow-urls-in "$what" true
		assert_status 0
		[[ ${stderr:-} == *'note: command line: opens nothing: '* ]]
		refute grep -q 'URLs open' <<<"${stderr:-}"
	done
	# Bytes that would do something to a terminal are nowhere.
	printf 'https://\e[31ma.example/ ht\e[32mtps://b.example/\e]0;x\a https://c.example\e[0m/' >f
	assert_equal "$(opened)" 'c.example:443/tcp'
	refute grep -q $'\e' <<<"$(said --verbose)"
	# More than anybody reads.
	seq -f 'http://h%g.example/' 300 >f
	assert_equal "$(opened | wc -w)" 256
	[[ $(said) == *'has over 256 hosts, and opens no more'*'and 250 more: --dry-run' ]]
}
