#!/usr/bin/env bats
# The profiles by purpose: what each is for works with real programs, and what each refuses
# it refuses. What each opens is in tests/apps/opens, as of all profiles.

load ../lib/common
load ../lib/sandbox
load ../lib/world

setup() {
	common_setup
	make_work
	export HOME=$TEST_TMP/home
	unset XDG_CONFIG_HOME XDG_DATA_HOME WAYLAND_DISPLAY DISPLAY
	mkdir -p "$HOME" "$TEST_TMP/beside"
	echo private >"$TEST_TMP/beside/file"
	cd "$WORK" || return
}

# by PROFILE COMMAND...: behind that profile, the outputs apart.
by() { run --separate-stderr inside --profile "$IMMURE_SOURCE/profiles/$1.profile" "${@:2}"; }

# It can reach nobody: there is no way out of its network.
assert_offline() {
	by "$@" -- sh -c 'tail -n +2 /proc/net/route; ls /sys/class/net; (: </dev/tcp/192.0.2.1/80) 2>/dev/null'
	assert_equal "$output" lo
}

# own_copy PROFILE: for a user namespace, in which root's files belong to nobody.
own_copy() {
	mkdir -p "$HOME/.config/immure/profiles"
	cat "$IMMURE_SOURCE/profiles/$1.profile" >"$HOME/.config/immure/profiles/$1.profile"
}

a_repository() {
	needs git
	git init -q . && git -c user.name=x -c user.email=x@example.org commit -q --allow-empty -m first
}

@test "build: a project is compiled and tested here, with .git guarded and nobody to call" {
	needs gcc make git
	a_repository
	mkdir -p "$HOME/.cache/ccache" "$HOME/.cargo/registry"
	echo crate >"$HOME/.cargo/registry/file"
	printf '%s\n' 'int main(void) { return 42; }' >main.c
	printf 'check: main\n\t./main; test $$? = 42\n\tgit log --oneline | grep first\n' >Makefile
	CFLAGS='-O2 -DX' by build -- make check
	assert_status 0
	assert_output_has '-O2 -DX'
	[[ -x main ]]
	by build -- sh -c 'cat ~/.cargo/registry/file; echo x >~/.cargo/registry/planted; echo x >~/.cache/ccache/planted
		echo x >.git/hooks/pre-commit; echo x >>.git/config; cat ../beside/file'
	assert_equal "$output" crate
	[[ ! -e $HOME/.cargo/registry/planted && ! -e $HOME/.cache/ccache/planted ]]
	[[ ! -e .git/hooks/pre-commit ]]
	assert_offline build
}

@test "agent: the project is writable, .git is guarded, and three names are all that it may ask for" {
	needs python3
	a_repository
	echo token >"$HOME/.netrc"
	# It finds its key and no other, commits, and plants no hook.
	# shellcheck disable=SC2016 # for the shell inside
	OPENAI_API_KEY=key GITHUB_TOKEN=other by agent -- sh -c 'echo "$OPENAI_API_KEY/$GITHUB_TOKEN"; echo 1 >new; git add new
		git -c user.name=x -c user.email=x@example.org commit -qm second && git log --format=%s | head -n 1
		cat ~/.netrc ../beside/file; echo x >.git/hooks/pre-push; git config user.name other; ssh-add -l'
	assert_equal "$output" $'key/\nsecond'
	[[ -e new && ! -e .git/hooks/pre-push ]]
	assert_equal "$(git config user.name || true)" ''
	# Of other names nobody outside is asked; of those three, somebody is. A name of one's
	# own is opened beside them.
	own_copy agent
	world_start
	run --separate-stderr world timeout -k 5 60 "$IMMURE" run --profile agent --allow files.test:80 -- python3 -c '
import socket
for name in "api.openai.com", "github.com", "other.test", "files.test":
    try: socket.create_connection((name, 80 if "test" in name else 443), 5); print("reached", name)
    except OSError as error: print("refused", name)
for to in "203.0.113.1", "198.51.100.8", "10.0.2.2", "192.175.48.7":
    try: socket.create_connection((to, 443), 5); print("reached", to)
    except OSError: pass'
	assert_equal "$output" $'refused api.openai.com\nrefused github.com\nrefused other.test\nreached files.test'
	grep -q 'query\[A\] api.openai.com' "$WORLD/queries"
	refute grep -qE 'github|other' "$WORLD/queries"
	assert_stderr_has github.com
	world_stop
}

@test "server: its port answers to this host, and nothing of it gets out" {
	needs python3 curl unshare ip
	echo page >page
	# Port 8080 of a network of this test's own, with a service beside it.
	own_copy server
	# shellcheck disable=SC2016 # for the shells
	run --separate-stderr timeout -k 5 60 unshare -Urn sh -c '
		ip link set lo up
		python3 -m http.server --bind 127.0.0.1 9 >/dev/null 2>&1 & beside=$!
		until curl -sf http://127.0.0.1:9/page >/dev/null; do kill -0 $beside || exit 1; sleep 0.1; done
		"$IMMURE" run --profile server sh -c "
			echo x >planted
			for to in 127.0.0.1 10.0.2.2 192.0.2.1; do timeout 5 bash -c \": </dev/tcp/\$to/9\" && echo reached \$to; done
			echo \$PORT; exec python3 -m http.server 8080" & server=$!
		until curl -sf http://127.0.0.1:8080/page; do kill -0 $server || exit 1; sleep 0.1; done
		curl -sf http://127.0.0.1:9/page && echo beside
		kill $server; wait $server; kill $beside'
	assert_equal "$output" $'8080\npage\npage\nbeside'
	[[ ! -e planted ]]
}

@test "job: it has its scratch directory, its limits, and no more" {
	echo input >"$TEST_TMP/beside/input"
	# shellcheck disable=SC2016 # for the shell inside
	OMP_NUM_THREADS=3 by job --ro-bind "$TEST_TMP/beside/input" -- bash -c 'sort "$1" >result
		echo "$(ulimit -c) $(ulimit -u) $(nice) $OMP_NUM_THREADS"; echo x >>"$1"; cat "${1%/*}/file"; ls -A ~' - "$TEST_TMP/beside/input"
	assert_equal "$output" "0 2048 $(($(nice) + 5 > 19 ? 19 : $(nice) + 5)) 3"
	assert_equal "$(cat result "$TEST_TMP/beside/input")" $'input\ninput'
	assert_offline job
	# Its processes are counted.
	by job --rlimit nproc=20 -- "$PROBE" forks 50
	[[ $output != *' 50'* ]]
}

@test "viewer: the file it is given is read, and neither written nor anything beside it seen" {
	needs less
	echo words >../beside/shown
	by viewer -- less "$TEST_TMP/beside/shown"
	assert_equal "$output" words
	by viewer -- less "file://$TEST_TMP/beside/shown"
	by viewer -- less ../beside/shown
	assert_equal "$output" words
	touch here
	# shellcheck disable=SC2016 # for the shell inside
	by viewer -- sh -c 'cat "$1"; echo x >>"$1"; rm -f "$1"; cat "${1%/*}/file"; ls -A "${1%/*}" ~; ls here' - "$TEST_TMP/beside/shown"
	assert_equal "$output" "$(printf '%s\n' words "$TEST_TMP/beside:" shown '' "$HOME:")"
	assert_equal "$(cat "$TEST_TMP/beside/shown")" words
	assert_offline viewer
}
