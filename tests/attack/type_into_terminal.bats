#!/usr/bin/env bats
# A command that holds the caller's terminal types into the caller's shell (TIOCSTI),
# or takes the terminal over. It gets a private one.
#
# shellcheck disable=SC2016 # for the shells of script

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	needs script
	export typing='IFS= read -r -t 0.4 -N 4 typed; echo "typed: [$typed]"'
}

# At a terminal of its own, what is typed into which is read afterwards.
at_terminal() { run timeout 30 script -qec "$1" /dev/null </dev/null; }

assert_nothing_typed() {
	assert_output_has 'typed: ['
	[[ ${output##*typed: } != *'#'* ]] || fail_test 'typed'
}

@test "TTY-01: without walls a key can be typed for the caller" {
	at_terminal 'stty -icanon -echo; "$PROBE" ioctl-tiocsti; bash -c "$typing"'
	[[ $output != *'ioctl-tiocsti: EIO'* && $output != *'ioctl-tiocsti: EPERM'* ]] || skip 'this kernel has no TIOCSTI'
	assert_output_has 'typed: ['
	[[ ${output##*typed: } == *'#'* ]]
}

@test "TTY-01: the command types for itself at most" {
	at_terminal 'stty -icanon -echo; "$IMMURE" run -- "$PROBE" ioctl-tiocsti; bash -c "$typing"'
	assert_output_has 'ioctl-tiocsti: '
	assert_nothing_typed
}

@test "TTY-01: neither by /dev/tty, /dev/console, another descriptor, or after it was ended" {
	at_terminal 'stty -icanon -echo
		"$IMMURE" run --ro-bind "$PROBE" -- sh -c '\''for file in /dev/tty /dev/console /dev/pts/0 /dev/stderr /proc/self/fd/1; do "$PROBE" ioctl-tiocsti <$file; done
			(trap "" HUP TERM; sleep 0.3; "$PROBE" ioctl-tiocsti </dev/tty) &'\''; sleep 0.5; bash -c "$typing"'
	assert_nothing_typed
}

@test "TTY-01: nor where only one of the three is the terminal" {
	local which
	for which in '0<&0 1>/dev/null 2>/dev/null' '0</dev/null 2>/dev/null' '0</dev/null 1>/dev/null'; do
		at_terminal "stty -icanon -echo; \"\$IMMURE\" run --ro-bind \"\$PROBE\" -- sh -c 'for n in 0 1 2; do \"\$PROBE\" ioctl-tiocsti <&\$n; done; \"\$PROBE\" ioctl-tiocsti </dev/tty' $which; bash -c \"\$typing\""
		assert_nothing_typed
	done
}

doors='stty -icanon -echo; echo; "$PROBE" terminal-doors; bash -c "$typing"'

@test "TTY-02 TTY-03: without walls its other doors are open as far as the kernel has them" {
	at_terminal "$doors"
	assert_output_has 'type-with-high-bits: '
	# The kernel looks at 32 bits of the 64.
	[[ $(grep -a '^type: ' <<<"$output" | tr -d '\r' | cut -d' ' -f2) == "$(grep -a 'high-bits: ' <<<"$output" | tr -d '\r' | cut -d' ' -f2)" ]]
	[[ $output != *'type: EIO'* && $output != *'type: EPERM'* ]] || skip 'this kernel has no TIOCSTI'
	[[ ${output##*typed: } == *'##'* ]]
}

@test "TTY-02 TTY-03: weakened, at the caller's own terminal they are" {
	at_terminal 'stty -icanon -echo; "$IMMURE_WEAK" run --quiet --weaken terminal "$PROBE" terminal-doors; bash -c "$typing"'
	assert_output_has 'type-with-high-bits: '
	[[ $output != *'type: E'* ]] || skip 'another wall keeps it'
	[[ ${output##*typed: } == *'##'* ]]
}

@test "TTY-02 TTY-03: by none of them is anything typed for the caller" {
	at_terminal 'stty -icanon -echo; "$IMMURE" run "$PROBE" terminal-doors; bash -c "$typing"'
	assert_output_has 'type-with-high-bits: '
	assert_nothing_typed
	# A console's, and a line discipline, are not for it in any case.
	assert_output_lacks 'linux: ok'
	assert_output_lacks 'console: ok'
}

@test "PTR-08: without walls who has the terminal gives it to any of its groups" {
	at_terminal 'set -m; sleep 5 & "$PROBE" foreground $! </dev/tty; kill %1'
	assert_output_has 'foreground: ok'
}

@test "PTR-08: the caller's groups get neither the terminal nor a signal" {
	at_terminal 'bash -c "set -m; sleep 20 & group=\$!
		\"\$IMMURE\" run --ro-bind \"\$PROBE\" -- sh -c '\''for group; do \"\$PROBE\" foreground \$group; kill -KILL -\$group; done; kill -TTOU -1; kill -STOP -1'\'' - \$group \$\$ 1
		kill -0 \$group && echo alive; kill \$group"'
	assert_output_lacks 'foreground: ok'
	assert_output_has alive
}

@test "TTY-01: the terminal inside is another one, and the caller's is not there" {
	at_terminal 'tty; ls -l /proc/self/fd/0 | grep -o "/dev.*"; "$IMMURE" run -- sh -c "tty; ls /dev/pts; stat -c %t:%T /dev/tty; readlink /proc/self/fd/0; ls -l /proc/1/fd"'
	assert_output_has $'/dev/pts/0\r\n0  ptmx'
	local outside
	outside=$(grep -ao '/dev/pts/[0-9]*' <<<"${lines[0]}")
	[[ -n $outside ]]
	at_terminal 'echo; stat -Lc "terminal %d %i" /dev/stdin; "$IMMURE" run -- stat -Lc "terminal %d %i" /dev/stdin'
	assert_equal "$(grep -ao 'terminal [0-9]* [0-9]*' <<<"$output" | sort -u | wc -l)" 2
}

@test "TTY-01: what it does to the modes of its terminal is undone in the caller's" {
	at_terminal 'echo; stty -g; "$IMMURE" run -- sh -c "stty raw -echo; stty 50 >/dev/null"; stty -g; "$IMMURE" run -- sh -c "stty raw -echo; kill -KILL \$\$"; stty -g'
	output=$(grep -aoE '[0-9a-f]+(:[0-9a-f]+){10,}' <<<"$output")
	assert_equal "$(wc -l <<<"$output")" 3
	assert_equal "$(sort -u <<<"$output" | wc -l)" 1
}

@test "TTY-01: nor where none of the three is, and only the session has one" {
	at_terminal 'stty -icanon -echo; "$IMMURE" run --ro-bind "$PROBE" -- sh -c "\"\$1\" ioctl-tiocsti </dev/tty; \"\$1\" ioctl-tiocsti </dev/console" - "$PROBE" </dev/null >/dev/null 2>&1
		bash -c "$typing"'
	assert_nothing_typed
}
