#!/usr/bin/env bats
# What takes walls down for a test is in no program that people get; in the one that
# has it, each wall can be taken down by itself.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

# Their names, from the source.
walls() { grep -oE '\[WALL_[A-Z]+\] = "[a-z]+"' "$IMMURE_SOURCE/src/sys/weaken.c" | cut -d'"' -f2; }

@test "a release has no trace of it" {
	refute grep -aqi weaken "$IMMURE"
	run --separate-stderr "$IMMURE" run --help=all
	assert_output_lacks weaken
	inspect --weaken mounts true
	assert_status 125
	assert_stderr_has 'unknown option --weaken'
	refute grep -rqi weaken "$IMMURE_SOURCE/man" "$IMMURE_SOURCE/completions" "$IMMURE_SOURCE/profiles"
}

@test "the other one says what it is" {
	grep -aqi weaken "$IMMURE_WEAK"
	run --separate-stderr "$IMMURE_WEAK" run --help=all
	assert_output_has '--weaken WALL,...'
	run --separate-stderr "$IMMURE_WEAK" run --dry-run --weaken caps,fds --weaken=env true
	assert_output_has 'weakened     caps, fds, env'
	run --separate-stderr weakly caps true
	assert_status 0
	assert_equal "${stderr:-}" 'immure: note: weakened for a test: caps'
	run weakly nonesuch true
	assert_status 125
	assert_output_has '"nonesuch" is no wall'
}

@test "it does the same as the release as long as nothing is taken down" {
	cd "$TEST_TMP" || return
	run --separate-stderr "$IMMURE" run --dry-run ls
	local release=$output
	run --separate-stderr "$IMMURE_WEAK" run --dry-run ls
	# A machine id is random.
	assert_equal "$(grep -v machine-id <<<"$output")" "$(grep -v machine-id <<<"$release")"
}

# try BASE WALL SIGN COMMAND...: with the walls of BASE down the command does not print
# the sign, and with WALL down as well it does.
try() {
	local base=${1:+--weaken $1} wall=$2 sign=$3 whole weak
	shift 3
	tried+=" $wall"
	# shellcheck disable=SC2086 # one word or two
	whole=$(timeout -k 5 30 "$IMMURE_WEAK" run $base "${options[@]}" -- "$@" 2>&1) || true
	# shellcheck disable=SC2086
	weak=$(weakly "$wall" $base "${options[@]}" -- "$@" 2>&1) || true
	[[ $weak == *"$sign"* ]] || fail_test "$wall is not down: $weak"
	[[ $whole != *"$sign"* ]] || fail_test "without $wall it is the same: $whole"
}

@test "every wall can be taken down alone, and is then gone" {
	# The filter stands in front of several; it has an option of its own.
	local tried='' options=(--seccomp off)
	cd "$TEST_TMP" || return
	mkdir home work
	touch home/marker
	cd work || return
	# Of these two each holds alone.
	try landlock mounts marker ls "$TEST_TMP/home"
	try mounts landlock marker ls "$TEST_TMP/home"
	try '' covers = cat /proc/cmdline
	try '' userns made unshare -U echo made
	try '' caps ffffff grep CapEff /proc/self/status
	try caps,landlock inner remounted sh -c 'mount -o remount,rw,bind /usr && echo remounted'
	try landlock privileges $'NoNewPrivs:\t0' grep NoNewPrivs /proc/self/status
	# Init has rights that keep others out until it has given them up as well.
	SECRET=canary try inner,landlock dumpable canary sh -c 'until grep -q CapPrm:.0000000000000000 /proc/1/status; do :; done; tr "\0" "\n" </proc/1/environ'
	CANARY=canary try '' env canary env
	options+=(--rlimit nofile=77)
	try '' limits above sh -c 'test "$(ulimit -n)" = 77 || echo above'
	options=(--seccomp off)
	try landlock fds marker ls /proc/self/fd/9 9<"$TEST_TMP/home"
	try landlock fds marker ls /proc/self/fd/0 <"$TEST_TMP/home"

	# These two need a session, or a terminal, to be the caller's.
	run "$PROBE" key-session /bin/sh -c '"$PROBE" keyctl-session; "$IMMURE_WEAK" run --seccomp off --weaken keyring "$PROBE" keyctl-session; "$IMMURE_WEAK" run --seccomp off "$PROBE" keyctl-session'
	assert_equal "$(grep -cF "${lines[0]%% *} " <<<"$output")" 2
	tried+=' keyring'
	run timeout 30 script -qec 'tty; "$IMMURE_WEAK" run --quiet --seccomp off --weaken terminal "$PROBE" ioctl-tiocsti; "$IMMURE_WEAK" run --weaken terminal,mounts tty' /dev/null </dev/null
	[[ $output == *'ioctl-tiocsti: ok'* || $output == *'ioctl-tiocsti: EIO'* ]]
	assert_equal "$(grep -c "^${lines[0]}" <<<"$output")" 2
	tried+=' terminal'

	# A service of the host's loopback: what it is sent is left in a file.
	/usr/bin/python3 -c '
import select, socket
tcp = socket.create_server(("127.0.0.1", 0)); udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(tcp.getsockname()); open("port", "w").write(str(tcp.getsockname()[1]) + "\n")
while True:
	for s in select.select([tcp, udp], [], [])[0]:
		if s is tcp: c = s.accept()[0]; c.sendall(b"served"); c.close()
		else: open("heard", "a").write(s.recv(99).decode())' 3>&- &
	local service=$! port knock='import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET, 25, b"tap0\0")
s.sendto(b"knock", ("127.0.0.1", int(sys.argv[1])))
try: socket.create_connection(("10.0.2.2", int(sys.argv[1])), 5)	# and wait until that is through
except OSError: pass'
	until [[ -s port ]]; do sleep 0.05; done
	port=$(<port)
	options=(--net)
	try '' gate served /usr/bin/python3 -c 'import socket, sys; print(socket.create_connection(("10.0.2.2", int(sys.argv[1])), 5).recv(9))' "$port"
	run weakly gate --net -- /usr/bin/python3 -c "$knock" "$port"
	[[ ! -e heard ]]
	run weakly gate,hands --net -- /usr/bin/python3 -c "$knock" "$port"
	[[ -e heard ]]
	tried+=' hands'
	tried+=' emulation'	# attack/odd_frames.bats: it is of ports below 1024
	kill "$service"

	local wall
	while read -r wall; do
		[[ " $tried " == *" $wall "* ]] || fail_test "nothing shows that $wall can be taken down"
	done < <(walls)
	[[ $(walls | wc -l) -ge 15 ]]
}
