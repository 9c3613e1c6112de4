#!/usr/bin/env bats
# /etc/resolv.conf inside is ours, whatever the host's is: a link, a dangling one,
# missing, a directory, a FIFO. Without a network it names no server, so that a look-up
# fails at once; with the host's network it is a private copy of the host's.
#
# shellcheck disable=SC2016 # for the shells

load ../lib/common
load ../lib/sandbox

# A private /etc for the host's, in a throw-away mount namespace, and the commands that
# shape it: with_host SHAPE COMMAND...
setup() {
	common_setup
	needs unshare
	make_work
	mkdir "$WORK/etc"
	cp -a /etc/passwd /etc/group /etc/hosts /etc/ld.so.cache "$WORK/etc/" 2>/dev/null || true
	cd "$WORK" || return
}

with_host() {
	local shape=$1
	shift
	run --separate-stderr timeout -k 5 30 unshare -Urm --propagation private sh -ec '
		mount --bind etc /etc
		cd /etc
		rm -rf resolv.conf elsewhere
		eval "$1"
		cd /
		shift
		exec "$@"' - "$shape" "$@"
}

server='nameserver 192.0.2.53'
shapes=(
	"echo $server >resolv.conf"
	"mkdir elsewhere; echo $server >elsewhere/stub; ln -s elsewhere/stub resolv.conf"
	"mkdir elsewhere; echo $server >elsewhere/stub; ln -s /etc/elsewhere/stub resolv.conf"
	"ln -s ../run/no/such/file resolv.conf"
	"ln -s /run/no/such/file resolv.conf"
	"ln -s resolv.conf resolv.conf"
	"ln -s /proc/self/fd/0 resolv.conf"
	"true"
	"mkdir resolv.conf"
	"mkfifo resolv.conf"
	"echo $server >resolv.conf; chmod 0 resolv.conf"
	"head -c 1000000 /dev/zero >resolv.conf"
	"ln -s /dev/zero resolv.conf"
	": >resolv.conf"
)

@test "ROB-13: without a network it is ours and names no server, whatever the host's is" {
	local shape
	for shape in "${shapes[@]}"; do
		with_host "$shape" "$IMMURE" run -- sh -c 'test -f /etc/resolv.conf && test ! -L /etc/resolv.conf && cat /etc/resolv.conf'
		assert_status 0
		assert_equal "$output" '# immure: there is no network, and no name server'
	done
}

@test "ROB-13: with the host's network it is a copy of the host's, if that can be read" {
	local shape readable=0
	for shape in "${shapes[@]}"; do
		with_host "$shape" "$IMMURE" run --share net -- sh -c 'test -f /etc/resolv.conf && test ! -L /etc/resolv.conf && cat /etc/resolv.conf'
		assert_status 0
		if [[ $output == "$server" ]]; then
			readable=$((readable + 1))
		elif [[ $shape != ': >'* ]]; then
			assert_equal "$output" "# immure: the host's resolv.conf could not be read"
			assert_stderr_has "immure: note: the host's /etc/resolv.conf cannot be copied ("
		fi
	done
	# The caller of the throw-away namespace reads what it owns, modes or not.
	[[ $readable -eq 3 || $readable -eq 4 ]] || fail_test "$readable"
}

@test "also in the host's own /etc, bound, where there is something of that name" {
	local shape
	for shape in "${shapes[@]:0:5}"; do
		with_host "$shape" "$IMMURE" run --ro-bind /etc -- cat /etc/resolv.conf
		[[ $status -ne 0 || $output == '# immure: there is no network'* ]] || fail_test "$shape"
		assert_output_lacks "$server"
	done
	with_host "${shapes[0]}" "$IMMURE" run --bind /etc -- sh -c 'echo nameserver 127.0.0.1 >/etc/resolv.conf; rm /etc/resolv.conf; cat /etc/resolv.conf'
	assert_equal "$output" '# immure: there is no network, and no name server'
	with_host "true" "$IMMURE" run --bind /etc -- sh -c 'cat /etc/resolv.conf'
	assert_status 1
	[[ ! -e $WORK/etc/resolv.conf ]]
}

@test "nothing of it is made or changed on the host" {
	local shape
	for shape in "${shapes[@]}"; do
		with_host "$shape" sh -c 'ls -ln --time-style=full-iso /etc /run >"$1"; "$0" run --ro-bind /etc --ro-bind /run -- true
			"$0" run --share net -- true; ls -ln --time-style=full-iso /etc /run | diff "$1" - && echo same' "$IMMURE" "$WORK/before"
		assert_equal "$output" same
	done
}

@test "it cannot be changed, moved or replaced, and it is a mount of its own" {
	inspect -- sh -c 'echo x >>/etc/resolv.conf; rm /etc/resolv.conf; mv /etc/resolv.conf /etc/x; ln -sf x /etc/resolv.conf; cat /etc/resolv.conf'
	assert_equal "$output" '# immure: there is no network, and no name server'
	inspect -- grep -c ' /etc/resolv.conf ro' /proc/self/mountinfo
	assert_equal "$output" 1
	inspect --tmpfs /etc -- sh -c 'rm /etc/resolv.conf; mv /etc/resolv.conf /etc/x; echo x >/etc/resolv.conf; cat /etc/resolv.conf'
	assert_equal "$output" '# immure: there is no network, and no name server'
}

@test "what is copied is not changed by what the host does later" {
	with_host "${shapes[0]}" sh -c 'cd "$1"; mkfifo go; exec 9<>go
		"$0" run --share net -- sh -c "echo on; read -r line; cat /etc/resolv.conf" <&9 >out 2>/dev/null & pid=$!
		until grep -qs on out; do sleep 0.02; done
		echo nameserver 192.0.2.1 >/etc/resolv.conf; echo >&9; wait $pid; cat out /etc/resolv.conf' "$IMMURE" "$WORK"
	assert_equal "$output" $'on\n'"$server"$'\nnameserver 192.0.2.1'
}

@test "a look-up without a network fails at once, by name and by number" {
	inspect --timeout 10 -- getent ahosts immure.example
	assert_status 2
	inspect --timeout 10 -- getent hosts 192.0.2.1
	assert_status 2
	inspect --timeout 10 -- getent ahosts localhost
	assert_output_has 127.0.0.1
}
