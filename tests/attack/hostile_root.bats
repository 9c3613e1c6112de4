#!/usr/bin/env bats
# The root file system is prepared by somebody who wants out: whatever stands in the
# place of what the launcher mounts, makes or reads there, and whoever exchanges it
# meanwhile, nothing is mounted, made, read or changed outside of the view.
#
# shellcheck disable=SC2016,SC2030,SC2031,SC2034 # shells inside; each test is a process; of races

load ../lib/common
load ../lib/sandbox
load ../lib/root
load ../lib/races

setup() {
	common_setup
	races_setup
	root=$TEST_TMP/root
	canary=$TEST_TMP/canary
	mkdir -p "$canary/deep"
	echo precious >"$canary/file"
	for name in hosts resolv.conf hostname machine-id null console passwd; do
		echo precious >"$canary/$name"
	done
	needs python3
}

teardown() {
	races_clean_up
	common_teardown
}

# put KIND PLACE: something else in the place of a directory or a file of the root.
put() {
	local place=$root/$2
	[[ ! -d $place || -L $place ]] || chmod u+rwx "$place"
	rm -rf "$place"
	case $1 in
	absolute) ln -s "$canary" "$place" ;;
	relative) ln -s ../../../../../../../../../../../.."$canary" "$place" ;;
	file-link) ln -s "$canary/file" "$place" ;;
	up) ln -s ../../../.. "$place" ;;
	magic) ln -s "/proc/self/root$canary" "$place" ;;
	fd) ln -s /proc/self/fd/3 "$place" ;;
	own) ln -s /tmp "$place" ;;
	proc) ln -s /proc/sys/kernel "$place" ;;
	loop) ln -s "${place##*/}" "$place" ;;
	lost) ln -s /none/at/all "$place" ;;
	fifo) mkfifo "$place" ;;
	socket) python3 -c 'import os, socket, sys; os.chdir(os.path.dirname(sys.argv[1])); socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))' "$place" ;;
	file) echo guest >"$place" ;;
	closed) mkdir -m 0 "$place" ;;
	directory) mkdir "$place" ;;
	missing) ;;
	esac
}
kinds='absolute relative file-link up magic fd own proc loop lost fifo socket file closed directory missing'

# What has to hold of whatever runs at all.
promise='test -c /dev/null && : >/dev/null && test -c /dev/zero && test "$(readlink /dev/ptmx)" = pts/ptmx && test -e /proc/1/comm && ! test -s /proc/kallsyms &&
	test -d /sys/class/net && : >/tmp/x && : >/run/x && : >/dev/shm/x && : >/var/tmp/x && grep -q immure /etc/resolv.conf && grep -qx immure /etc/hostname &&
	grep -q localhost /etc/hosts && : >"$HOME/x" && ! echo x 2>/dev/null >/proc/sys/kernel/hostname && ! mkdir /proc/x /dev/x 2>/dev/null && echo promised'

# Of the root as well, unless it may be changed.
unchanged() {
	[[ " $* " == *' --root-rw '* ]] || picture "$root"
	picture "$canary" "$HOME"
	cat "$canary/file"
}

# attempt [OPTION...]: it runs with all that was promised, or not, with the reason; and
# nothing is other than before.
attempt() {
	local before
	before=$(unchanged "$@")
	PATIENCE=10 inspect --quiet "$@" -- sh -c "$promise; cat /etc/* /dev/console 2>/dev/null </dev/null | head -c 4096"
	[[ $output != *precious* ]] || fail_test "$*: shown"
	assert_equal "$(unchanged "$@")" "$before"
	case $status in
	0) [[ $output == promised* ]] || fail_test 'it ran without what was promised' ;;
	125) [[ ${stderr:-} == 'immure: '*"$root"*': '* ]] || fail_test 'refused without a reason' ;;
	*) fail_test "status $status" ;;
	esac
}

# attempted PLACE...: with each kind of thing in each place. Leaves how many ran.
attempted() {
	local place kind
	ran=0 refused=''
	rm -rf "$root"
	tiny_root "$root"
	mkdir -p "$root"/{dev,proc,sys,tmp,run,var/tmp,home,etc}
	for place; do
		for kind in $kinds; do
			put "$kind" "$place"
			attempt "${how:---root}" "$root"
			if [[ $status -eq 0 ]]; then ran=$((ran + 1)); else refused+="$place=$kind "; fi
		done
		if [[ $place == */* ]]; then put missing "$place"; else put directory "$place"; fi
	done
}

@test "FS-26: without walls a link in such a place leads a write, and a mount, to where it points" {
	tiny_root "$root"
	mkdir "$root/dev"
	put file-link dev/null
	echo x >"$root/dev/null"
	assert_equal "$(cat "$canary/file")" x
	put absolute etc
	run unshare -Urm sh -c 'mount -t tmpfs none "$1/etc" && : >"$1/etc/x" && ls "$2"' - "$root" "$canary"
	assert_equal "$output" x
}

@test "FS-26: something else in the place of /dev, /proc, /sys" {
	attempted dev proc sys
	assert_equal "$refused" ''
	[[ $ran -eq 48 ]]
}

@test "FS-26: something else in the place of /tmp, /run" {
	attempted tmp run
	assert_equal "$refused" ''
	[[ $ran -eq 32 ]]
}

@test "FS-26: something else in the place of /etc, /home, /var: what cannot be made anew is refused" {
	local kind expected=''
	attempted etc
	assert_equal "${refused/etc=closed /}" 'etc=loop '
	for kind in $kinds; do
		case $kind in
		magic | fd | proc | loop | fifo | socket | file) expected+="$kind " ;;
		closed) is_root || expected+="$kind " ;;
		esac
	done
	attempted var
	assert_equal "${refused//var=/}" "$expected"
	HOME=/home/somebody
	attempted home
	assert_equal "${refused//home=/}" "$expected"
}

@test "FS-26 PROC-10: something else in the place of files: devices, the console, resolv.conf" {
	kinds='file-link own proc loop fifo directory missing'
	attempted dev/null dev/console dev/ptmx dev/pts dev/shm etc/resolv.conf etc/hosts etc/hostname
	assert_equal "$refused" ''
}

@test "FS-26: all at once, with a terminal, nested, and with nothing of ours above it" {
	local name how before
	tiny_root "$root"
	for name in dev proc sys etc tmp run; do
		put absolute "$name"
	done
	attempt --root "$root"
	assert_status 0
	for how in --nested '--dev none' '--proc none --sys none' '--share net,ipc,pid' '--landlock off'; do
		[[ $how != --nested ]] || ! is_root || continue
		before=$(picture "$canary" "$root")
		# shellcheck disable=SC2086 # several words
		inspect --quiet --root "$root" $how -- sh -c 'cat /dev/file /proc/file /sys/file /etc/file; touch /dev/null /proc/x; echo ran'
		[[ $output == ran || $output == *$'\nran' ]] || fail_test "$how"
		assert_output_lacks precious
		assert_equal "$(picture "$canary" "$root")" "$before"
	done
	run timeout 20 python3 "$IMMURE_SOURCE/tests/lib/on_terminal.py" "$IMMURE" run --root "$root" -- sh -c 'test -c /dev/console && echo ran'
	assert_output_has ran
	assert_equal "$(picture "$canary" "$root")" "$before"
}

@test "FS-26: mount points in it, of the host's directories and over what is in them" {
	tiny_root "$root"
	mkdir -p "$root"/{dev,proc,etc,home,var/tmp}
	echo guest >"$root/etc/hosts"
	run unshare -Urm sh -c 'mount --bind "$2" "$1/dev" && mount --bind "$2" "$1/var" && mount --bind "$2/file" "$1/etc/hosts" && mount -t tmpfs none "$1/home" && mkdir "$1/home/x" &&
		"$3" run --quiet --root "$1" -- sh -c "$4"' - "$root" "$canary" "$IMMURE" "ls /dev/null /home; cat /etc/hosts; ls /dev/file; touch /var/x; $promise"
	assert_output_has promised
	assert_output_has "touch: /var/x: Read-only file system"
	assert_output_lacks precious
	[[ ! -e $canary/x && ! -e $canary/tmp ]]
}

@test "FS-26: writable, it is refused, or nothing of it is followed out or made outside" {
	local how=--root-rw
	kinds='absolute relative magic own proc loop fifo missing directory'
	attempted dev proc sys tmp run
	assert_equal "$(tr ' ' '\n' <<<"$refused" | cut -d= -f2 | sort -u | paste -sd' ')" ' absolute fifo loop magic own proc relative'
	[[ $ran -eq 10 ]]
	attempted etc var dev/null dev/pts
	[[ $refused != *missing* && $refused != *directory* && $refused != *dev/* ]]
	kinds="file-link absolute own proc loop fifo missing file"
	attempted etc/resolv.conf etc/hosts
	[[ $refused != *=missing* && $refused != *=file' '* && $refused == *=loop* && $refused == *=fifo* ]]
}

@test "FS-25 FS-26: exchanged while it starts" { exchanged_while_it_starts --root; }

@test "FS-25 FS-26: exchanged while it starts, writable" { exchanged_while_it_starts --root-rw; }

exchanged_while_it_starts() {
	local place round ran=0 before
	for place in etc var home dev proc; do
		tiny_root "$root"
		mkdir -p "$root"/{etc,var/tmp,home,dev,proc,srv}
		echo guest >"$root/etc/hosts"
		ln -s "$canary" "$root/evil"
		exchange "$root/$place" "$root/evil"
		for ((round = 0; round < 12; round++)); do
			before=$(picture "$canary")
			PATIENCE=10 inspect --quiet "$1" "$root" -- sh -c "cat /*/file /*/resolv.conf /etc/hosts 2>/dev/null; $promise"
			[[ $output != *precious* ]] || fail_test "$place, round $round: shown"
			assert_equal "$(picture "$canary")" "$before"
			[[ $output != *promised* ]] || ran=$((ran + 1))
			# Under a writable one it may be exchanged later as well, also by the command.
			[[ $status -eq 125 || $output == *promised* || $1 == --root-rw ]] || fail_test "$place, round $round: status $status"
		done
		races_clean_up
		racers=()
		rm -rf "$root"
	done
	[[ $ran -gt 0 ]]
}
