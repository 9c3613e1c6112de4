#!/usr/bin/env bats
# Every mount of a sandbox is on lists/mounts.txt with its rights, private, nosuid, and
# nodev but where devices are; no mount of it is seen outside, none of outside inside.

load ../lib/common
load ../lib/sandbox

list=$BATS_TEST_DIRNAME/lists/mounts.txt

setup() {
	common_setup
	make_work
	cd "$WORK" || return
}

# As lines of the list without their condition, from a mountinfo: proc(5).
normal() {
	local _ device place options rest type own kept option
	while read -r _ _ device _ place options rest; do
		[[ -n ${own:-} || $place != / ]] || own=$device
		[[ $rest == '- '* ]] || echo "not private: $place $rest"
		type=$(cut -d' ' -f2 <<<"$rest")
		case $type in
		proc | sysfs | devpts | mqueue) ;;
		*) type=host ;;
		esac
		[[ $device != "$own" ]] || type=own
		kept=
		for option in ro rw nosuid nodev noexec; do
			[[ ,$options, != *,$option,* ]] || kept+=,$option
		done
		echo "$place ${kept#,} $type"
	done
}

expected() {
	local condition place options type
	while read -r condition place options type; do
		place=${place/@HOME@/$HOME}
		place=${place/@PWD@/$PWD}
		case $condition in
		'#') continue ;;
		tree) [[ -e $place && ! -L $place ]] || continue ;;
		file) [[ -e $place && ! -L $place ]] || continue
			[[ -d $place || $(stat -c %s "$place") -gt 16384 || ! -r $place ]] || continue ;;
		cover) if is_root; then [[ -e $place ]] || continue; else
			[[ -r $place && (! -d $place || -x $place) ]] || continue; fi ;;
		esac
		echo "$place $options $type"
	done <"$list"
}

@test "the mounts are those of the list, each with its rights and private" {
	inspect -- cat /proc/self/mountinfo
	assert_status 0
	assert_equal "$(normal <<<"$output" | sort)" "$(expected | sort)"
}

@test "all are nosuid, and nodev but where devices are, with any option" {
	inspect --bind . --tmpfs /x:size=1M --ro-bind /var:/v --dir /y --home "$WORK" --proc host-ro --sys host-ro --etc init.d -- \
		sh -c 'grep -v " [^ ]*nosuid[^ ]* " /proc/self/mountinfo; grep -v " [^ ]*nodev[^ ]* " /proc/self/mountinfo | cut -d" " -f5'
	assert_equal "$(sort <<<"$output")" "$(printf '/dev/%s\n' full null pts random tty urandom zero)"
}

# shellcheck disable=SC2016 # for the shell of script
@test "a terminal adds one mount" {
	needs script
	script -qec '"$IMMURE" run -- cat /proc/self/mountinfo' "$TEST_TMP/typescript" >/dev/null </dev/null
	# The first line of a typescript is its own.
	assert_equal "$(tr -d '\r' <"$TEST_TMP/typescript" | grep ' - ' | normal | sort)" \
		"$({ expected; echo '/dev/console rw,nosuid,noexec devpts'; } | sort)"
}

@test "FS-15: the host sees none of them, also while it runs" {
	local before
	before=$(cat /proc/self/mountinfo)
	hold
	assert_equal "$(cat /proc/self/mountinfo)" "$before"
	release
	assert_equal "$(cat /proc/self/mountinfo)" "$before"
}

# shellcheck disable=SC2016 # for the shells there
@test "FS-15: without walls a mount of one side is seen on the other" {
	run unshare -Urm --propagation private bash -c '
		cd "$1" && mkdir -p m n && mount --bind . . && mount --make-shared . && cd "$1"
		unshare -m --propagation unchanged mount -t tmpfs none m && grep -c " $1/m " /proc/self/mountinfo
		unshare -m --propagation slave sh -c "sleep 0.2; grep -c \" $1/n \" /proc/self/mountinfo" &
		sleep 0.1; mount -t tmpfs none n; wait' - "$WORK"
	assert_equal "$output" $'1\n1'
}

@test "FS-15: a mount that is made outside meanwhile is not seen inside" {
	needs unshare
	# With shared propagation all the way, as on a host with systemd.
	# shellcheck disable=SC2016 # for the shell there
	run unshare -Urm --propagation shared bash -c '
		cd "$1" && mkdir m
		mkfifo go
		timeout 20 "$IMMURE" run --cwd ro -- sh -c "echo on; read -r line; ls m; grep -c $PWD/m /proc/self/mountinfo" <go >out &
		exec 9>go
		until grep -qs on out; do sleep 0.02; done
		mount -t tmpfs none m && touch m/seen && ls m
		echo >&9
		wait' - "$WORK"
	assert_equal "$output" seen
	assert_equal "$(cat out)" $'on\n0'
}

@test "FS-10: nothing of the old root is left" {
	# shellcheck disable=SC2016 # for the shell inside
	inspect -- sh -c 'ls -d /oldroot /.old* /newroot /put_old /mnt/* 2>/dev/null
		cd /../../../.. && ls -id . .. | tr -s " " | cut -d" " -f1-2 | sort -u | wc -l
		stat -c %i / /.. /proc/self/root/. /proc/self/root/.. | sort -u | wc -l'
	assert_equal "$output" $'2\n1'
	inspect -- ls -A /
	assert_equal "$(sort <<<"$output")" "$({ printf '%s\n' .hidden bin dev etc lib mnt opt proc run sbin srv sys tmp usr var
		for d in lib32 lib64 libx32; do ! [[ -e /$d ]] || echo "$d"; done
		cut -d/ -f2 <<<"$HOME"; } | sort -u)"
}
