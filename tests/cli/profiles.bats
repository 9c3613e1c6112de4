#!/usr/bin/env bats
# Which file is the profile, and which files are none.

load ../lib/common

setup() {
	common_setup
	cd "$TEST_TMP" || return
	mkdir -p home/.config/immure/profiles work
	export HOME=$TEST_TMP/home
	unset XDG_CONFIG_HOME
	own=$HOME/.config/immure/profiles
	cd work || return
}

# refused WHAT [HINT]: the profile ./f ends the launch with this one line (and one
# hint), and nothing was started.
refused() {
	local what=$1 want=$1
	want="immure: $what"
	[[ $# -eq 1 ]] || want+=$'\n'"hint: $2"
	run timeout 20 "$IMMURE" run --cwd rw -p ./f touch made </dev/null
	assert_status 125
	assert_equal "$output" "$want"
	refute test -e made
	[[ $what != plan:* ]] || return 0
	# Another verb says the same, with its own status.
	run timeout 20 "$IMMURE" profile show ./f </dev/null
	assert_status 1
	assert_output_has "${what#--profile: }"
}

# The line of hostname, and who said it, that a command line comes to.
hostname_of() {
	"$IMMURE" run --dry-run "$@" true | sed -nE 's/^hostname +([^ ]+) +# (.*)$/\1 \2/p'
}

# In an /etc of our own, without any right on the host's.
with_etc() {
	mkdir -p "$TEST_TMP/etc/immure/profiles"
	# shellcheck disable=SC2016 # for the inner one
	unshare -Urm bash -c 'mount --bind "$1" /etc && shift && exec "$@"' - "$TEST_TMP/etc" "$@"
}

etc_hostname_of() {
	with_etc "$IMMURE" run --dry-run true |
		sed -nE 's/^hostname +([^ ]+) +# (.*)$/\1 \2/p'
}

# --- which one ------------------------------------------------------------------

@test "the default profile is the user's, else /etc's, else the one built in" {
	local etc=$TEST_TMP/etc/immure/profiles
	[[ $(etc_hostname_of) == 'immure default.profile (built in):'* ]]
	mkdir -p "$etc"
	echo 'hostname of-etc' >"$etc/default.profile"
	assert_equal "$(etc_hostname_of)" 'of-etc /etc/immure/profiles/default.profile:1'
	echo 'hostname mine' >"$own/default.profile"
	assert_equal "$(etc_hostname_of)" "mine $own/default.profile:1"
	assert_equal "$(XDG_CONFIG_HOME=/nonexistent etc_hostname_of)" \
		'of-etc /etc/immure/profiles/default.profile:1'
	# A relative one is no directory of the user's.
	assert_equal "$(XDG_CONFIG_HOME=x etc_hostname_of)" "mine $own/default.profile:1"
	assert_equal "$(env -u HOME "$IMMURE" run --dry-run true | grep -c ' built in')" \
		"$(env -u HOME HOME= "$IMMURE" run --dry-run true | grep -c ' built in')"
}

@test "include default gets the next one, up to what is built in" {
	local etc=$TEST_TMP/etc/immure/profiles
	mkdir -p "$etc"
	printf '%s\n' 'include default' 'domainname of-etc' >"$etc/default.profile"
	printf '%s\n' 'include default' 'timeout 5' >"$own/default.profile"
	run with_etc "$IMMURE" profile show
	assert_status 0
	grep -qE "^timeout 5 +# $own/default.profile:2$" <<<"$output"
	grep -qE '^domainname of-etc +# /etc/immure/profiles/default.profile:2$' <<<"$output"
	grep -qE '^hostname immure +# default.profile \(built in\):[0-9]+$' <<<"$output"
}

@test "a profile stands instead of the default, unless it includes it" {
	echo 'hostname alone' >f
	assert_equal "$(hostname_of -p ./f)" 'alone ./f:1'
	# Nothing of the system is shown then, and the command is not found.
	run -127 "$IMMURE" run -p ./f true
	printf 'hostname more\ninclude default\n' >f
	[[ $(hostname_of -p ./f) == 'immure default.profile (built in):'* ]]
	printf 'include default\nhostname more\n' >f
	assert_equal "$(hostname_of -p ./f)" 'more ./f:2'
	run "$IMMURE" run -p ./f hostname
	assert_status 0
	assert_equal "$output" more
	# What is typed has the last word, and of two profiles the last counts.
	assert_equal "$(hostname_of --hostname typed -p ./f)" 'typed command line'
	echo 'hostname other' >g
	assert_equal "$(hostname_of -p ./f -p ./g)" 'other ./g:1'
}

@test "PRF-03: a name is looked for, a path is not" {
	echo 'hostname web' >"$own/web.profile"
	echo 'hostname here' >web.profile
	echo 'hostname here' >web
	assert_equal "$(hostname_of -p web)" "web $own/web.profile:1"
	assert_equal "$(hostname_of -p ./web)" 'here ./web:1'
	assert_equal "$(hostname_of -p "$PWD/web.profile")" "here $PWD/web.profile:1"
	assert_equal "$("$IMMURE" profile show web)" \
		"$(printf '%-40s # %s' 'hostname web' "$own/web.profile:1")"
	# A profile of the project is never read for being there.
	mkdir -p .immure profiles .config/immure/profiles
	echo 'hostname planted' | tee default.profile immure.profile .immure.profile \
		profiles/default.profile .immure/default.profile .config/immure/profiles/default.profile \
		>/dev/null
	[[ $(hostname_of) == 'immure default.profile (built in):'* ]]
}

@test "names that are no names, and profiles that are nowhere" {
	local name
	for name in '' .. '-x' 'a b' 'a*' $'a\nb' "$(printf 'a%.0s' {1..65})"; do
		run "$IMMURE" run "--profile=$name" true
		assert_status 125
		[[ ${lines[0]} == 'immure: --profile: '* ]] || fail_test "$name"
	done
	run "$IMMURE" run -p nonesuch true
	assert_status 125
	assert_equal "$output" 'immure: --profile: nonesuch.profile: No such file or directory
hint: a profile in a file is named with a slash: ./nonesuch'
	run "$IMMURE" profile show nonesuch
	assert_status 1
	rm -rf f
	refused '--profile: open ./f: No such file or directory'
}

# --- include ------------------------------------------------------------------------

@test "an include is relative to the file that it stands in" {
	mkdir -p sub/deep
	echo 'include deep/b' >sub/a
	printf 'hostname b\ninclude ../c\n' >sub/deep/b
	echo 'domainname c' >sub/c
	printf 'include ./sub/a\ninclude sub/c # again\n' >f
	run "$IMMURE" profile show ./f
	assert_status 0
	assert_equal "$output" "$(printf '%-40s # %s\n' 'hostname b' ./sub/deep/b:1 \
		'domainname c' ./sub/c:1)"
}

@test "PRF-04: a profile that includes itself" {
	echo 'include ./f' >f
	refused './f:1: include: ./f includes itself'
	echo 'include ./g' >f
	printf '\ninclude ./f\n' >g
	refused './g:2: include: ./f includes itself'
	# Under another name it is the same file.
	ln f h
	echo 'include ./h' >f
	refused './f:1: include: ./h includes itself'
	ln -s f l
	printf 'include ./l\n' >f
	refused './f:1: include: ./l includes itself'
	# By name, when there is no other of that name.
	echo 'include two' >"$own/one.profile"
	echo 'include one' >"$own/two.profile"
	echo 'include one' >f
	refused "$own/two.profile:1: include: one includes itself, and there is no other of that name"
}

@test "PRF-04: profiles in profiles end at 16 deep and at 32" {
	local i
	for i in {1..40}; do
		echo "include ./$((i + 1))" >"$i"
	done
	echo 'hostname deep' >./41
	cp 27 f
	echo 'include ./28' >f		# with 28 to 41 it is 15 deep
	assert_equal "$(hostname_of -p ./f)" 'deep ./41:1'
	echo 'include ./26' >f
	refused './40:1: include: profiles include each other over 16 deep'

	for i in {1..32}; do echo 'include ./41'; done >f
	refused './f:32: include: over 32 profiles'
	sed -i 1d f
	assert_equal "$(hostname_of -p ./f)" 'deep ./41:1'
	# Two to the power of ten of them end as soon.
	for i in {1..9}; do
		printf 'include ./%d\ninclude ./%d\n' $((i + 1)) $((i + 1)) >"$i"
	done
	echo 'hostname x' >./10
	echo 'include ./1' >f
	run timeout 20 "$IMMURE" run -p ./f true
	assert_status 125
	assert_output_has 'over 32 profiles'
}

# --- what is no profile -------------------------------------------------------------------

@test "PRF-01: a profile that others can write" {
	echo 'hostname x' >f
	chmod 666 f
	refused '--profile: ./f is writable by everybody' 'others could change it; to forbid that: chmod go-w ./f'
	chmod 664 f
	refused '--profile: ./f is writable by its group' 'others could change it; to forbid that: chmod go-w ./f'
	chmod 602 f
	refused '--profile: ./f is writable by everybody' 'others could change it; to forbid that: chmod go-w ./f'
	# The link's own mode says nothing; what it leads to does.
	mv f g
	ln -s g f
	chmod 644 g
	assert_equal "$(hostname_of -p ./f)" 'x ./f:1'
	chmod 646 g
	refused '--profile: ./f is writable by everybody' 'others could change it; to forbid that: chmod go-w ./f'
	# An included one likewise, and the user's own default.
	rm f
	printf '\ninclude ./g\n' >f
	refused './f:2: include: ./g is writable by everybody' 'others could change it; to forbid that: chmod go-w ./g'
	mv g "$own/default.profile"
	run "$IMMURE" run true
	assert_status 125
	assert_equal "${lines[0]}" "immure: profile default: $own/default.profile is writable by everybody"
	# The command that the hint names helps.
	eval "${lines[1]##*: }"
	run "$IMMURE" run --dry-run true
	assert_status 0
}

@test "the command of a hint is quoted for the shell" {
	echo 'hostname x' >"it's a file"
	chmod 666 "it's a file"
	run "$IMMURE" run -p "./it's a file" --dry-run true
	assert_status 125
	eval "${lines[1]##*: }"
	assert_equal "$(hostname_of -p "./it's a file")" "x ./it's a file:1"
}

@test "PRF-01: a profile that belongs to someone else" {
	if ! is_root; then
		# As root of a new user namespace: what belongs to the host's root is nobody's.
		run unshare -Ur "$IMMURE" run -p /etc/passwd true
		assert_status 125
		assert_equal "$output" 'immure: --profile: /etc/passwd belongs to someone else (uid 65534)
hint: what a profile says is trusted: use one of your own'
		return
	fi
	echo 'hostname x' >f
	chown daemon f
	refused "--profile: ./f belongs to someone else (uid $(id -u daemon))" \
		'what a profile says is trusted: use one of your own'
	mkdir -p "$own"
	echo 'hostname x' >"$own/default.profile"
	chown daemon "$own/default.profile"
	run "$IMMURE" run true
	assert_status 125
	assert_output_has "profile default: $own/default.profile belongs to someone else"
	# Root's are trusted by everybody.
	chown root f
	chmod 755 .
	run runuser -u daemon -- env HOME=/nonexistent "$IMMURE" run -p ./f --dry-run true
	assert_status 0
}

@test "PRF-04: things that are no files, and files without an end" {
	mkfifo f
	refused '--profile: ./f is not a regular file'
	rm f
	mkdir f
	refused '--profile: ./f is not a regular file'
	rmdir f
	ln -s /dev/zero f
	refused '--profile: ./f is not a regular file'
	ln -sf /dev/tty f
	run timeout 20 "$IMMURE" run -p ./f true </dev/null
	assert_status 125
	ln -sf /nonesuch f
	refused '--profile: open ./f: No such file or directory'
	ln -sf f f
	refused '--profile: open ./f: Too many levels of symbolic links'
	ln -sf /proc/self/mem f
	run timeout 20 "$IMMURE" run -p ./f true
	assert_status 125
	rm f
	printf 'include /dev/zero\n' >f
	refused './f:1: include: /dev/zero is not a regular file'
	mkfifo g
	printf 'include ./g\n' >f
	refused './f:1: include: ./g is not a regular file'
	rm g
	mkfifo "$own/default.profile"
	run timeout 20 "$IMMURE" run true
	assert_status 125
	assert_output_has "profile default: $own/default.profile is not a regular file"
}

@test "a profile that cannot be read" {
	echo 'hostname x' >f
	cp f "$own/default.profile"
	chmod 000 f "$own/default.profile"
	if is_root; then
		run "$IMMURE" run -p ./f --dry-run true
		assert_status 0
		return
	fi
	refused '--profile: open ./f: Permission denied'
	# One of that name that is closed is not skipped for the next.
	run "$IMMURE" run true
	assert_status 125
	assert_equal "$output" "immure: profile default: open $own/default.profile: Permission denied"
}

@test "a link to nowhere in the place of the default profile" {
	ln -s /nonesuch "$own/default.profile"
	run "$IMMURE" run true
	assert_status 125
	assert_equal "$output" \
		"immure: profile default: open $own/default.profile: No such file or directory"
}

@test "PRF-04: a profile is at most 64 KiB long" {
	head -c 65536 /dev/zero | tr '\0' '\n' >f
	[[ $(hostname_of -p ./f) == 'immure built in' ]]
	echo >>f
	refused '--profile: ./f is over 65536 bytes long: File too large'
	head -c 1048576 /dev/zero >f
	refused '--profile: ./f is over 65536 bytes long: File too large'
	echo 'include ./big' | cat - >g
	mv f big
	mv g f
	refused './f:1: include: ./big is over 65536 bytes long: File too large'
}

# --- what a profile says --------------------------------------------------------------------

@test "PRF-05 PRF-07 PRF-08: one clear line with file and line for what is wrong in it" {
	local i want
	# Pairs: the bytes of a file, and the end of the message.
	# shellcheck disable=SC1003 # two backslashes
	local rows=(
		'# 1\nnonesuch x\n' '2: unknown option nonesuch'
		'bnid x\n' '1: unknown option bnid|did you mean: bind'
		'--bind x\n' '1: unknown option --bind|a profile has the options without their dashes: bind'
		'\n\nquiet yes\n' '3: quiet takes no value'
		'bind\n' '1: bind needs a value: SRC[:DEST]'
		'bind "x\n' '1: a double quote is not closed'
		'bind x\\q\n' '1: "\q" stands for nothing; a backslash is written \\'
		'cwd all\n' '1: cwd: "all" is not hide, ro or rw'
		'timeout 1e9\n' '1: timeout: "1e9" is not a length of time: ms, s, m, h or d may follow the number'
		'tmpfs /x:size=99999999T\n' '1: tmpfs: size "99999999T" is not from 1 byte to 2^60'
		'bind a:b:c\n' '1: bind: "a:b:c" has more than one colon; one that belongs to a path is written \:'
		'dry-run\n' '1: dry-run is for the command line only'
		'user root\nbind /x\0/y\n' '2: control byte 0x00'
		'user root\r\n' '1: control byte 0x0d; \x0d writes it'
		'user \e[31mroot\n' '1: control byte 0x1b; \x1b writes it'
		'\xef\xbb\xbfuser root\n' '1: bytes that are not printable UTF-8; \xHH writes one'
		'user root\nbind /\xff' '2: bytes that are not printable UTF-8; \xHH writes one'
	)
	for ((i = 0; i < ${#rows[@]}; i += 2)); do
		printf '%b' "${rows[i]}" >f
		want=${rows[i + 1]}
		if [[ $want == *'|'* ]]; then
			refused "./f:${want%|*}" "${want#*|}"
		else
			refused "./f:$want"
		fi
	done
	# What only the plan can find has the same origin.
	printf '\n\nbind /nonesuch\n' >f
	refused 'plan: bind /nonesuch (./f:3): No such file or directory' 'if it may be missing: bind-try /nonesuch'
}

@test "OUT-01: names of profiles reach the terminal escaped" {
	local name=$'x\e]0;evil\a\n\x9b31m.profile'
	echo nonesuch >"$name"
	run "$IMMURE" run -p "./$name" true
	assert_status 125
	assert_equal "$output" 'immure: ./x\x1b]0;evil\x07\n\x9b31m.profile:1: unknown option nonesuch'
	echo "hostname x" >"$name"
	run "$IMMURE" profile show "./$name"
	assert_status 0
	refute env LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f-\x9f]' <<<"$output"
}

# --- the language ---------------------------------------------------------------

# shellcheck disable=SC2016 # for the shell inside, or as a profile has it
@test "a tilde and names stand for the caller's directories" {
	mkdir -p "$HOME/site" "$TEST_TMP/conf"
	echo text | tee "$HOME/site/file" "$TEST_TMP/conf/file" >/dev/null
	cat >f <<-'END'
		include default
		ro-bind ~/site
		ro-bind $XDG_CONFIG_HOME:~/conf
		symlink ${CWD}:/here
		setenv WHO=$USER-$UID
		setenv PLAIN=\$HOME
	END
	XDG_CONFIG_HOME=$TEST_TMP/conf USER=me run "$IMMURE" run -p ./f sh -c \
		'cat ~/site/file ~/conf/file; readlink /here; echo "$WHO $PLAIN"'
	assert_status 0
	assert_equal "$output" $'text\ntext\n'"$PWD"$'\nme-'"$(id -u)"' $HOME'
	# What the profile comes to has them written out, and reads back as the same.
	USER=me XDG_CONFIG_HOME=$TEST_TMP/conf "$IMMURE" profile show ./f >g
	grep -qE "^ro-bind $HOME/site +# ./f:2$" g
	grep -qE '^setenv PLAIN=\\\$HOME +# ./f:6$' g
	assert_equal "$("$IMMURE" profile show ./g | sed 's/ *#.*//')" "$(sed 's/ *#.*//' g)"
}

# shellcheck disable=SC2016 # as messages have it
@test "what a name stands for cannot become another part of the line" {
	local home
	for home in "$TEST_TMP/a:b" "$TEST_TMP/a,size=1" "$TEST_TMP/a\"b" "$TEST_TMP/a\\b" \
		"$TEST_TMP"$'/a\nbind ' "$TEST_TMP/x/../y" "$TEST_TMP/.."; do
		echo 'ro-bind ~/x' >f
		HOME=$home run "$IMMURE" run -p ./f touch made
		assert_status 125
		assert_output_has 'immure: ./f:1: $HOME is "'
		assert_output_has 'which cannot be put into a line'
		refute test -e made
	done
	# The one that is not absolute is none: the user database knows another.
	HOME=relative run "$IMMURE" profile show ./f
	refute grep -q relative <<<"$output"
}

# shellcheck disable=SC2016 # for the shell inside
@test "a line whose condition does not hold is read, and does not count" {
	cat >f <<-'END'
		include default
		if exists ~/yes setenv A=1
		if exists ~/no setenv B=1
		if not exists ~/no if env WANTED setenv C=1
		if env EMPTY setenv D=1
		if env UNSET include nonesuch
		if env UNSET ro-bind $XDG_RUNTIME_DIR/x
	END
	touch "$HOME/yes"
	WANTED=x EMPTY='' run env -u UNSET -u XDG_RUNTIME_DIR "$IMMURE" run -p ./f \
		sh -c 'echo "$A$B$C$D."'
	assert_status 0
	assert_equal "$output" 11.
	echo 'if env UNSET ro-bnd /x' >f
	refused './f:1: unknown option ro-bnd' 'did you mean: ro-bind'
}

# shellcheck disable=SC2016 # for the shell inside
@test "none takes back what an option said" {
	printf '%s\n' 'include default' 'setenv A=1' 'env-keep none' 'etc none' >f
	A=0 TERM=dumb run "$IMMURE" run -p ./f sh -c 'echo "$A$TERM"; ls /etc/ssl 2>&1'
	assert_equal "${lines[0]}" 1
	[[ ${lines[1]} == *'No such file'* ]]
	run "$IMMURE" run -p ./f --setenv none sh -c 'echo "$A."'
	assert_equal "$output" .
	refute grep -q '^etc' <<<"$("$IMMURE" profile show ./f)"
}
