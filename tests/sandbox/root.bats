#!/usr/bin/env bats
# --root: the command lives in a root file system of its own, and what makes the sandbox
# one stands above it: nothing of it is lost, and nothing of it is made in the directory.
#
# shellcheck disable=SC2016 # shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/root

setup_file() {
	common_setup
	export DEBIAN_ROOT=$TEST_TMP/debian
	debian_root "$DEBIAN_ROOT"
}

teardown_file() {
	TEST_TMP=${DEBIAN_ROOT%/debian}
	common_teardown
}

setup() {
	common_setup
	HOME=$TEST_TMP/home
	root=$TEST_TMP/root
	mkdir -p "$HOME/work"
	tiny_root "$root"
	cd "$HOME/work" || return
}

# within [OPTION...] -- COMMAND...: in the tiny one, whose directory stays as it was.
within() {
	local before
	before=$(picture "$root")
	inspect --root "$root" "$@"
	assert_equal "$(picture "$root")" "$before"
}

@test "a Debian: its programs, libraries and files, and nothing of the host's" {
	local before
	before=$(picture "$DEBIAN_ROOT")
	inspect --root "$DEBIAN_ROOT" -- sh -c '. /etc/os-release; echo "$ID"; cat /etc/debian_version; dpkg --version | head -n 1; id -un
		ls /etc/skel -d /usr/share/dpkg; test ! -e /usr/bin/python3 && test ! -e /etc/bash.bashrc && echo alone'
	assert_status 0
	[[ $output == debian$'\n'"$(cat "$DEBIAN_ROOT/etc/debian_version")"$'\n'Debian*$'\n'root$'\n'/etc/skel$'\n'/usr/share/dpkg$'\n'alone ]]
	inspect --root "$DEBIAN_ROOT" -- sh -c 'for f in /x /etc/x /usr/x /usr/bin/x /var/x /var/lib/dpkg/x /root/x /home/x /opt/x; do (: >$f) 2>/dev/null && echo "$f"; done; rm -f /etc/debian_version'
	assert_equal "$output" ''
	assert_equal "$(picture "$DEBIAN_ROOT")" "$before"
}

@test "what makes it a sandbox stands above it, also where it has no directory for it" {
	local made
	for made in '' 'proc sys dev tmp run etc home var/tmp var/lib mnt'; do
		# shellcheck disable=SC2086 # several
		[[ -z $made ]] || (cd "$root" && mkdir -p $made)
		within -- sh -c 'cat /proc/1/comm /proc/sys/kernel/hostname /etc/hostname; ls -d /proc/[0-9]* | head -n 1; ls /sys/class/net; ls /dev; ls /dev/pts
			: >/tmp/x && : >/run/x && : >/var/tmp/x && : >/dev/shm/x && : >"$HOME/x" && stat -c %a /tmp /var/tmp "$HOME"; cat /etc/resolv.conf; pwd; echo x >/dev/null; cat /proc/cmdline'
		assert_status 0
		assert_equal "$output" "$(printf '%s\n' immure immure immure /proc/1 lo fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero ptmx \
			1777 1777 700 '# immure: there is no network, and no name server' "$HOME/work")"
		assert_equal "${stderr:-}" ''
	done
	within -- cat /etc/hosts
	assert_output_has $'127.0.0.1\tlocalhost'
}

@test "an empty directory of a profile's gives way to one of the root file system, and no other" {
	mkdir -p "$root"/{var/cache,srv,tmp,run}
	touch "$root"/{var/x,srv/x,tmp/x,run/x}
	printf '%s\n' 'include default' 'tmpfs /var' 'tmpfs /srv' 'tmpfs /mnt' >"$TEST_TMP/p"
	within --profile "$TEST_TMP/p" -- ls /var/x /srv/x /mnt /tmp /run
	assert_output_has /var/x
	assert_output_has /srv/x
	refute grep -qx x <<<"$output"
	# Typed, or said behind the root, it counts.
	within --profile "$TEST_TMP/p" --tmpfs /srv -- ls -A /srv
	assert_equal "$output" ''
	printf '%s\n' 'include default' "root $root" 'tmpfs /srv' >"$TEST_TMP/p"
	inspect --profile "$TEST_TMP/p" -- ls -A /srv
	assert_equal "$output" ''
}

@test "its mounts are read-only, nosuid and nodev, and nobody inside changes that" {
	mkdir -p "$root"/{etc,usr,var/lib}
	echo hosts >"$root/etc/hosts"
	mkdir "$root/usr/suid"
	cp "$(command -v busybox)" "$root/usr/suid/id"
	chmod 4755 "$root/usr/suid/id"
	within -- sh -c "grep -v ' - \(tmpfs\|proc\|sysfs\|devpts\|mqueue\|devtmpfs\) ' /proc/self/mountinfo | grep -v ' /dev/' | while read -r _ _ _ _ place options _; do
			case \$options in ro,nosuid,nodev*) ;; *) echo \"\$place \$options\" ;; esac; done; grep -c ' /usr ' /proc/self/mountinfo
		mount -o remount,rw,bind /usr || echo refused; touch /usr/x || echo refused; /usr/suid/id -u"
	assert_equal "$output" $'1\nrefused\nrefused\n0'
	within --user self -- /usr/suid/id -u
	assert_equal "$output" "$(id -u)"
}

@test "who there is the root file system knows; where one is, the sandbox says" {
	mkdir -p "$root/etc"
	printf 'guest:x:0:0::/:/bin/sh\n' >"$root/etc/passwd"
	ln -s ../elsewhere "$root/etc/group"
	echo guest >"$root/etc/hostname"
	echo 'nameserver 192.0.2.1' >"$root/etc/resolv.conf"
	echo '192.0.2.2 guest' >"$root/etc/hosts"
	within -- sh -c 'id -un; readlink /etc/group; cat /etc/hostname; grep -c immure /etc/resolv.conf /etc/hosts'
	assert_equal "$output" $'guest\n../elsewhere\nimmure\n/etc/resolv.conf:1\n/etc/hosts:1'
	# Where it knows nobody, ours do.
	rm -r "${root:?}/etc"
	within -- id -un
	assert_equal "$output" root
}

@test "the directory is named as any other, and a link is followed" {
	local name
	ln -s "$root" "$TEST_TMP/link"
	for name in ../../root ../../link "$TEST_TMP/link/." "$root/"; do
		inspect --root "$name" -- ls /
		assert_status 0
		assert_output_has bin
		assert_output_lacks usr
	done
	inspect --root "$root" --root none -- ls -d /usr
	assert_equal "$output" /usr
	inspect --root ../../missing -- true
	assert_status 125
	assert_stderr_has "plan: root $TEST_TMP/missing (command line): No such file or directory"
	assert_stderr_has 'hint: one can be made with: mmdebstrap'
	: >"$TEST_TMP/root.tar"
	inspect --root ../../root.tar -- true
	assert_status 125
	assert_stderr_has "root $TEST_TMP/root.tar (command line): Not a directory"
	assert_stderr_has "hint: an archive is unpacked first: mkdir root && tar -xf $TEST_TMP/root.tar -C root"
	inspect --root '' -- true
	assert_status 125
	mkdir "$TEST_TMP/closed"
	chmod 0 "$TEST_TMP/closed"
	is_root || {
		inspect --root ../../closed -- true
		assert_status 125
		assert_stderr_has 'Permission denied'
	}
	mkdir "$TEST_TMP/empty"
	inspect --root ../../empty -- sh
	assert_status 127
	assert_stderr_has "hint: commands are those of the root file system $TEST_TMP/empty, and the host's are not shown"
}

@test "where the caller stands in it, the command starts in the same place of it" {
	mkdir -p "$root/srv/deep"
	cd "$root/srv/deep"
	inspect --root "$root" -- pwd
	assert_equal "$output" /srv/deep
	cd "$root"
	inspect --root . -- pwd
	assert_equal "$output" /
	inspect --root . --cwd rw -- true
	assert_status 125
	assert_stderr_has "cwd rw (command line): the current directory is in the root file system $root (command line), which is read-only"
	# From above it the current directory is shown, and the root in it.
	cd "$TEST_TMP"
	mkdir home/.config
	mkdir -p other/root
	mv root other
	cd other
	inspect --root root -- sh -c 'pwd; ls -d root/bin; ls ..'
	assert_equal "$output" "$(printf '%s\n' "$TEST_TMP/other" root/bin home other)"
	mv root ..
}

@test "the host's own root: all of it, read-only, but for what the sandbox covers" {
	echo secret >"$HOME/secret"
	mkdir -p "$HOME/.config/immure/profiles"
	inspect --root / -- sh -c 'ls -d /usr /etc/shells; ls "$HOME"; ls -A /tmp /run; cat '"'$HOME/secret'"'; touch /usr/x'
	assert_output_lacks secret
	assert_stderr_has 'note: root / (command line): every file of the host is visible that you can read'
	assert_stderr_has 'Read-only file system'
	inspect --root / --home none -- cat "$HOME/secret"
	assert_status 1
	assert_output_lacks secret
}

@test "what would show the home in another place, or our own profiles, is refused or covered" {
	inspect --root "$HOME" -- true
	assert_status 125
	assert_stderr_has "root $HOME (command line): your home directory is in it, and would be visible in another place"
	inspect --root "$TEST_TMP" -- true
	assert_status 125
	mkdir -p "$root/config/immure/profiles"
	echo secret >"$root/config/immure/profiles/x.profile"
	XDG_CONFIG_HOME=$root/config inspect --root "$root" -- sh -c 'ls -A /config/immure; cat /config/immure/profiles/x.profile'
	assert_equal "$output" ''
}

@test "the command is looked up inside, and what is missing is said of the root" {
	cp "$(command -v env)" "$root/bin/dynamic"
	printf '#!/opt/none\n' >"$root/bin/script"
	chmod +x "$root/bin/script"
	inspect --root "$root" -- dynamic
	assert_status 126
	assert_stderr_has "is not in the root file system $root: the program is of another system, or that one is not whole"
	inspect --root "$root" -- script
	assert_status 126
	assert_stderr_has "hint: its interpreter /opt/none is not in the root file system $root"
	inspect --root "$root" -- python3
	assert_status 127
	assert_stderr_has "hint: commands are those of the root file system $root, and the host's are not shown"
	assert_stderr_lacks 'shows it when it is named'
	inspect --root "$root" -- /usr/bin/env
	assert_status 127
	assert_stderr_has 'hint: the host has it; to show it inside: --ro-bind /usr/bin/env'
	printf '#!/bin/sh\necho here\n' >script
	chmod +x script
	inspect --root "$root" -- ./script
	assert_equal "$output" here
	# A shell that it lacks is not the command's.
	SHELL=/bin/bash inspect --root "$root" -- sh -c 'echo "$SHELL"'
	assert_equal "$output" /bin/sh
}

@test "a word about a place in it: mounted on what is there, or the directory is made anew" {
	mkdir -p "$root"/{opt/a,usr/share/there} data
	echo a >"$root/opt/a/file"
	echo own >"$root/usr/share/there/file"
	echo data >data/file
	within --ro-bind data:/usr/share/there -- cat /usr/share/there/file
	assert_equal "$output" data
	within --ro-bind data:/usr/share/new/deep --ro-bind data/file:/opt/a/new --tmpfs /opt/b --dir /opt/c/d --symlink a:/opt/link --file data/file:/opt/a/copy -- \
		sh -c 'cat /usr/share/new/deep/file /opt/a/new /opt/a/file /usr/share/there/file /opt/link/copy; ls /opt; : >/opt/b/x && echo ok'
	assert_equal "$output" $'data\ndata\na\nown\ndata\na\nb\nc\nlink\nok'
	within --hide /opt/a/file --dir /opt/a -- sh -c 'cat /opt/a/file; echo "$?"'
	assert_equal "$output" 0
	within --ro-bind data:/opt/a/file/below -- true
	assert_status 125
	assert_stderr_has "root $root (command line): /opt/a/file/below (command line): in the root file system /opt/a/file is a file, and no directory"
	within --dir /opt/a/file -- true
	assert_status 125
}

@test "links of it lead inside of it, wherever something has to stand" {
	mkdir -p "$root"/{var/home,data} data
	ln -s var/home "$root/home"
	ln -s /data "$root/opt"
	ln -s ../../../../../../data "$root/srv"
	ln -s usr/none/deep "$root/lost"
	echo data >data/file
	HOME=/home/somebody within --tmpfs /opt/x --ro-bind data:/srv/y --tmpfs /lost/z -- \
		sh -c 'stat -c %F /home /var/home /var/home/somebody; : >"$HOME/x" && ls /var/home/somebody; ls /data; cat /data/y/file; ls /usr/none/deep'
	assert_equal "$output" $'symbolic link\ndirectory\ndirectory\nx\nx\ny\ndata\nz'
}

@test "the host's system that a profile shows is replaced; what is said later counts" {
	printf 'include default\netc hostname\nroot %s\netc shells\n' "$root" >"$TEST_TMP/p.profile"
	inspect --profile "$TEST_TMP/p.profile" -- sh -c 'ls -d /usr /etc/ssl; cat /etc/shells'
	assert_equal "$output" "$(cat /etc/shells)"
	within --system /usr/lib --etc shells -- sh -c 'ls -d /usr/lib /etc/shells'
	assert_equal "$output" $'/etc/shells\n/usr/lib'
	"$IMMURE" profile show "$TEST_TMP/p.profile" >"$TEST_TMP/q.profile"
	grep -qF "root $root" "$TEST_TMP/q.profile"
	assert_equal "$("$IMMURE" run -n -p "$TEST_TMP/q.profile" true | sed 's/ *#.*//')" "$("$IMMURE" run -n -p "$TEST_TMP/p.profile" true | sed 's/ *#.*//')"
	inspect --dry-run --root "$root" true
	[[ $output =~ root\ +"$root (read-only)"\ +'# command line' ]]
	[[ $output =~ bind\ +"/bin from $root/bin (read-only)"\ +'# command line' ]]
	inspect --share mount --root "$root" -- true
	assert_status 125
	assert_stderr_has 'contradict each other'
}

@test "every wall is as without it: nested, terminal, no Landlock, another user" {
	local how
	for how in --nested '--landlock off' '--user self' '--user 33:44' '--share net' '--dev none' '--proc none --sys none' '--home none --cwd hide'; do
		[[ $how != --nested ]] || ! is_root || continue
		# shellcheck disable=SC2086 # several words
		inspect --quiet --root "$root" $how -- sh -c 'echo ran; : >/bin/x'
		[[ $output == ran ]] || fail_test "$how"
		assert_stderr_has "can't create /bin/x"
	done
	run timeout 20 python3 "$IMMURE_SOURCE/tests/lib/on_terminal.py" "$IMMURE" run --root "$root" -- sh -c 'test -t 0 && ls /dev/console /dev/pts/0'
	assert_status 0
	assert_output_has /dev/pts/0
}

# changing [OPTION...] -- COMMAND...: in the tiny one, writable.
changing() { inspect --root-rw "$root" "$@"; }

@test "writable: what is changed stays, with what it lacked to mount something on, empty" {
	mkdir -p "$root"/{etc,usr/share,var/tmp}
	echo guest >"$root/etc/hostname"
	chmod 755 "$root" "$root/etc"
	changing -- sh -c 'echo new >/file && mkdir /srv && echo x >/etc/new && echo y >/usr/share/y && rm /bin/tar && cat /etc/hostname && : >"$HOME/x" && : >/tmp/x && : >/run/x && : >/var/tmp/x; pwd'
	assert_status 0
	assert_equal "$output" "immure"$'\n'"$HOME/work"
	assert_equal "$(cat "$root/file" "$root/etc/new" "$root/usr/share/y" "$root/etc/hostname")" $'new\nx\ny\nguest'
	[[ -d $root/srv && ! -e $root/bin/tar && -O $root/file ]]
	assert_equal "$(cd "$root" && find . -newer bin/busybox ! -path './bin*' \( -type d -o -empty \) -printf '%p %y %m %s\n' | sed 's/ d \([0-9]*\) .*/ d \1/' | grep -v '^\.\(/usr.*\|/var.*\|/etc\|/srv\|\) d' | sort)" \
		"$(printf '%s d 755\n' ./dev ./proc ./run ./sys ./tmp "./${HOME:1}" "./${HOME:1}/work" "./$(cut -d/ -f2,3 <<<"$HOME")" | grep -v '^./tmp/' | cat - <(printf '%s f 644 0\n' ./etc/hosts ./etc/resolv.conf) | sort)"
	# A second time it is all there.
	changing -- sh -c 'cat /file; ls /bin/tar; ls -A /run'
	assert_output_has new
	assert_output_lacks tar
}

@test "writable: /dev, /proc and /sys are ours and read-only, and so is what tells where it is" {
	changing -- sh -c 'for f in /dev/x /proc/sys/kernel/hostname /sys/x /etc/hosts /etc/resolv.conf; do (echo x >$f) 2>/dev/null && echo "$f"; done; mv /etc/hosts /x 2>/dev/null && echo moved
		ls /dev | head -n 1; cat /proc/kallsyms; ls /sys; stat -c %t:%T /dev/null; ls -d /proc/1; rm -rf /proc /sys /dev 2>/dev/null; ls -d /proc/1/comm; ls -A /..| grep -c hidden'
	assert_equal "$output" $'fd\nclass\ndevices\n1:3\n/proc/1\n/proc/1/comm\n0'
	changing -- sh -c "grep -v ' /dev/[a-z]* ' /proc/self/mountinfo | grep -v nosuid,nodev | grep -v /dev/pts"
	assert_equal "$output" ''
}

@test "writable: nothing of what cannot be ours is followed or replaced; it is refused" {
	local name kind
	for name in proc sys dev tmp run; do
		for kind in link file FIFO; do
			rm -rf "${root:?}/$name"
			case $kind in
			link) ln -s /bin "$root/$name" ;;
			file) echo x >"$root/$name" ;;
			FIFO) mkfifo "$root/$name" ;;
			esac
			changing -- true
			assert_status 125
			[[ ${stderr:-} == *": /$name ("*"): in the root file system that is "*"$kind"$'\n'* ]] || fail_test "$name $kind"
			assert_stderr_has 'hint: make it a directory there'
		done
		rm "$root/$name"
	done
	mkdir -p "$root/etc"
	mkfifo "$root/etc/hosts"
	changing -- true
	assert_status 125
	assert_stderr_has '/etc/hosts (identity): in the root file system that is a FIFO'
	rm "$root/etc/hosts"
	ln -s ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
	changing -- cat /etc/resolv.conf
	assert_equal "$output" '# immure: there is no network, and no name server'
	changing --symlink x:/etc/x -- true
	assert_status 125
	assert_stderr_has '/etc/x (command line): it would be made in the root file system'
	inspect --root-rw / -- true
	assert_status 125
	assert_stderr_has "the host's own root, writable, is no sandbox"
}

@test "writable: what decides later runs is covered, and cannot be moved away" {
	mkdir -p "$root/config/immure/profiles" "$root/etc" "$root/.git/hooks"
	: >"$root/.git/config"
	printf 'include default\nroot-rw %s\n' "$root" >"$root/etc/x.profile"
	chmod 755 "$root/etc"
	XDG_CONFIG_HOME=$root/config inspect --profile "$root/etc/x.profile" -- sh -c '
		ls -A /config/immure; for f in /config/immure/x /etc/x.profile /.git/config /.git/hooks/x; do (echo x >$f) 2>/dev/null && echo "$f"; done
		for f in /config /etc /.git; do mv $f /moved 2>/dev/null && echo "$f"; done; echo x >/etc/y && echo ok'
	assert_equal "$output" ok
	assert_equal "$(cat "$root/etc/x.profile" "$root/.git/config")" "include default"$'\n'"root-rw $root"
	[[ -d $root/config/immure && ! -e $root/config/immure/x ]]
}

@test "writable: the last word counts, of both, and the plan says what will be made" {
	inspect --root-rw "$root" --root "$root" -- touch /x
	assert_status 1
	inspect --root "$root" --root-rw "$root" -- touch /x
	assert_status 0
	rm -r "${root:?}/proc"
	inspect --dry-run --root-rw "$root" true
	[[ $output =~ root\ +"$root (writable)"\ +'# command line' ]]
	[[ $output =~ make\ +"/proc (in the root file system)" ]]
	printf 'include default\nroot x\nroot-rw %s\n' "$root" >"$TEST_TMP/p.profile"
	"$IMMURE" profile show "$TEST_TMP/p.profile" >"$TEST_TMP/q.profile"
	inspect --profile "$TEST_TMP/q.profile" -- touch /y
	assert_status 0
	cd "$root"
	inspect --root-rw . --cwd rw -- sh -c 'pwd; touch z'
	assert_equal "$output" /
	[[ -e $root/z ]]
}
