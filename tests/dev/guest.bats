#!/usr/bin/env bats
# `immure shell --root DIR --map auto`: a guest, a system of one's own in which packages are
# installed from a repository of the internet, by its name, and stay.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/root
load ../lib/maps
load ../lib/packages
load ../lib/world

setup_file() {
	[[ $(id -u) -eq 0 ]] || WORLD_IDS=auto world_start
}

setup() {
	! is_root || skip 'for ordinary users'
	common_setup
	maps_setup
	mkdir "$TEST_TMP/home" "$TEST_TMP/data"
	export HOME=$TEST_TMP/home XDG_DATA_HOME=$TEST_TMP/data
}

teardown() {
	serve_stop
	maps_teardown
}

# A server of the directory that is its argument, at public.test:8000.
REPOSITORY='import functools, http.server, pathlib, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("192.175.48.7", 8000), handler)
pathlib.Path("repository-serves").touch()
server.serve_forever()'

# guest WORD...: such a shell on the world's host.
guest() {
	run --separate-stderr world env -C "$WORK" HOME="$HOME" XDG_DATA_HOME="$XDG_DATA_HOME" timeout -k 5 100 "$IMMURE" shell --map auto "$@"
}

@test "apt-get installs a package from a repository of the internet, which stays" {
	debian_root "$WORK/debian"
	: >"$WORK/debian/var/lib/dpkg/status"
	make_repository "$TEST_TMP/repository" setuid
	serve repository python3 -c "$REPOSITORY" "$TEST_TMP/repository"
	fetch_from http://public.test:8000
	guest --root debian -- sh -ec '
		apt-get update
		apt-get install -y own
		own
		dpkg -s own | grep ^Status
		stat -c "%U:%G" /var/lib/own
		stat -c "%a %U" /usr/bin/own-setuid
		uname -n'
	assert_status 0
	assert_equal "$(tail -n 5 <<<"$output")" $'the tool\nStatus: install ok installed\nwww-data:www-data\n4755 root\ndefault'
	grep -q '^203.0.113.1 .*"GET /\(./\)\?own.deb HTTP/1.1" 200' "$WORLD/repository-says"
	assert_stderr_has "note: root $WORK/debian (command line): with ids of its own a shell's root is a guest that installs there, as with root-rw and guest, and what it changes stays"
	assert_stderr_has 'note: guest (immure shell): '
	# The next one finds it; on the host it belongs to somebody who is nobody there.
	guest -q --root debian -- own
	assert_equal "$output" 'the tool'
	assert_equal "$(stat -c %u debian/var/lib/own)" $((FIRST - 1 + 33))
	# Who only looks changes nothing.
	run --separate-stderr world env -C "$WORK" timeout -k 5 30 "$IMMURE" run -q --profile dev --map auto --root debian -- sh -c 'own; touch /etc/x'
	assert_equal "$output" 'the tool'
	assert_stderr_has 'Read-only file system'
}

@test "what makes it a guest is the three words together, and the plan says so" {
	tiny_root root
	guest --root root --dry-run -- true
	assert_output_has 'writable'
	grep -qE '^root +.*writable' <<<"$output"
	grep -q 'with @suid' <<<"$output"
	run "$IMMURE" shell --ephemeral --root root --dry-run -- true
	grep -qE '^root +.*read-only' <<<"$output"
	run "$IMMURE" run --profile dev --map auto --root root --dry-run -- true
	grep -qE '^root +.*read-only' <<<"$output"
	refute grep -q 'with @suid' <<<"$output"
	# The host's own root is not to be changed.
	run --separate-stderr "$IMMURE" shell --ephemeral --map auto --root / --dry-run -- true
	assert_status 0
	grep -qE '^root +.*read-only' <<<"$output"
	assert_stderr_lacks 'is a guest'
}

@test "without a command it is the caller's shell, or else one that the system has" {
	local words
	tiny_root root
	for words in '--ephemeral' '--ephemeral --map auto' 'kept --map auto'; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr env SHELL=/bin/bash timeout -k 5 30 "$IMMURE" shell ${words%%-*} -q ${words#kept} --root root <<<'echo "$SHELL $0"; ls -d /bin; touch /made || echo read-only'
		assert_equal "$(head -n 2 <<<"$output")" $'/bin/sh /bin/sh\n/bin'
	done
	[[ -e root/made ]]
	rm root/bin/sh
	run --separate-stderr timeout -k 5 30 "$IMMURE" shell --ephemeral -q --root root </dev/null
	assert_status 125
	assert_stderr_has 'no shell is shown inside'
}

@test "its shell has a prompt with the name, also where the system brings none along" {
	tiny_root root
	cp root/bin/busybox root/bin/bash
	mkdir root/etc
	shown() {
		env SHELL="$1" "$IMMURE" shell box --ephemeral -q --map auto --root root --dry-run | sed -nE 's/^environment +PS1=(.*[^ ]) +#.*/\1/p'
	}
	assert_equal "$(shown /bin/bash)" 'box:\w#'
	# A link of its own making is followed in it, and nowhere else.
	ln -s /etc/passwd root/etc/bash.bashrc
	assert_equal "$(shown /bin/bash)" 'box:\w#'
	rm root/etc/bash.bashrc
	: >root/etc/bash.bashrc
	assert_equal "$(shown /bin/bash)" ''
	assert_equal "$(shown /bin/sh)" 'box:$PWD#'
}
