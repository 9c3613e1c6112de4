#!/usr/bin/env bats
# Inside of namespaces that somebody else made, of unshare(1) or bubblewrap, and behind
# the filters of containers: the same walls, or nothing runs and it is said what to type.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/raid

setup() {
	! is_root || skip 'for who has to make a user namespace first'
	common_setup
	needs unshare bwrap
	raid_options=()
}

teardown() {
	raid_clean_up
	common_teardown
}

# Each word is one: options of unshare, or of bwrap behind a colon.
surroundings=('-Ur' '-Urmpf --mount-proc' '-UrmpfniuCT --mount-proc'
	': --bind / / --dev-bind /dev /dev'
	': --bind / / --dev /dev --proc /proc --unshare-all --die-with-parent'
	': --bind / / --dev /dev --proc /proc --unshare-user --uid 7 --gid 7')

# surround WORDS COMMAND...: run it there.
surround() {
	local -a words
	read -ra words <<<"$1"
	shift
	if [[ ${words[0]} == : ]]; then
		timeout -k 5 60 bwrap "${words[@]:1}" "$@"
	else
		timeout -k 5 60 unshare "${words[@]}" "$@"
	fi
}

@test "the main attempts are refused as they are outside" {
	local where
	raid_setup
	for where in "${surroundings[@]}"; do
		# What is looked at from outside is the same: whoever is in it is the caller.
		raid surround "$where" "$IMMURE" run "${raid_options[@]}" -- sh
		[[ $RAID_STATUS -eq 0 && -s $RAID/out ]] || fail_test "$where: $(cat "$RAID/err")"
		assert_equal "$where: $RAIDED" "$where: "
	done
}

@test "with namespaces inside, and in them this program once more" {
	local where
	for where in "${surroundings[@]}"; do
		run --separate-stderr surround "$where" "$IMMURE" run --quiet --nested --ro-bind "$IMMURE" -- \
			"$IMMURE" run --quiet -- sh -c 'id -u; ls /sys/class/net; unshare -Ur true; touch /usr/x'
		assert_equal "$where: $output" "$where: "$'0\nlo'
		assert_stderr_has 'unshare failed: Operation not permitted'
		assert_stderr_has 'Read-only file system'
	done
}

@test "where /sys can only be read, so can that of what is inside" {
	local where=': --ro-bind / / --dev /dev --proc /proc --unshare-all'
	run --separate-stderr surround "$where" "$IMMURE" run --quiet --nested -- \
		unshare -Urmn sh -c 'mount -t sysfs -o ro x /mnt && ls /mnt/class/net; touch /sys/class/net/lo/mtu; echo 9 >/sys/class/net/lo/mtu'
	assert_equal "$output" lo
	assert_stderr_has 'Read-only file system'
	run --separate-stderr surround "$where" "$IMMURE" run --quiet --nested --ro-bind "$IMMURE" -- "$IMMURE" run --quiet -- echo ran
	assert_equal "$output" ran
}

@test "a user namespace in which the caller is nobody" {
	run --separate-stderr unshare -U --map-user=5 "$IMMURE" run touch "$TEST_TMP/ran"
	assert_status 125
	assert_equal "$(head -n 2 <<<"${stderr:-}")" 'immure: create the namespaces: clone into new namespaces: Operation not permitted
hint: user namespace: you are nobody here: /proc/self/uid_map and gid_map of this user namespace must have your user and group id; as by: unshare -Ur'
	run --separate-stderr unshare -U "$IMMURE" run touch "$TEST_TMP/ran"
	assert_status 125
	assert_stderr_has 'you are nobody here'
	[[ ! -e $TEST_TMP/ran ]]
}

@test "root of a namespace, or of a container, that has few capabilities" {
	needs setpriv
	run --separate-stderr timeout -k 5 30 unshare -Ur setpriv --bounding-set -setfcap "$IMMURE" run touch "$TEST_TMP/ran"
	assert_status 125
	assert_stderr_has 'immure: write id maps: write self/uid_map: Operation not permitted'
	assert_stderr_has 'hint: id map: root needs the capability setfcap to be root of a namespace inside as well; with Docker or podman: --cap-add setfcap'
	[[ ! -e $TEST_TMP/ran ]]
	run timeout -k 5 30 unshare -Ur setpriv --bounding-set -all,+setfcap "$IMMURE" run --quiet -- echo ran
	assert_equal "$output" ran
}

@test "NS-05: a bubblewrap that lets nobody make user namespaces" {
	run --separate-stderr surround ': --bind / / --dev /dev --proc /proc --unshare-user --disable-userns' \
		"$IMMURE" run touch "$TEST_TMP/ran"
	assert_status 125
	assert_stderr_has 'No space left on device'
	assert_stderr_has 'hint: '
	[[ ! -e $TEST_TMP/ran ]]
}

# What Docker's own profile says to a container without capabilities, of the calls that a
# start is made of.
docker='clone3,clone=EPERM,unshare=EPERM,setns=EPERM,mount=EPERM,umount2=EPERM,pivot_root=EPERM,open_tree=EPERM,move_mount=EPERM,fsopen=EPERM,fsmount=EPERM,fsconfig=EPERM,mount_setattr=EPERM,sethostname=EPERM,setdomainname=EPERM,keyctl=EPERM,add_key=EPERM,request_key=EPERM'
# And what is left of that with the right to make namespaces, as in podman's.
podman='clone3,keyctl=EPERM,add_key=EPERM,request_key=EPERM'

@test "the filters of these tests refuse what they are to refuse" {
	run "$PROBE" without "$docker" unshare -Ur true
	assert_status 1
	run "$PROBE" without "$docker" "$PROBE" unshare-user
	assert_equal "$output" 'unshare-user: EPERM'
	run "$PROBE" without "$podman" "$PROBE" unshare-user
	assert_equal "$output" 'unshare-user: ok'
	run "$PROBE" without "$docker" sh -c 'true & wait; sh -c "echo ran"'
	assert_equal "$output" ran
}

@test "ROB-10: behind Docker's filter nothing runs, and the option that lifts it is named" {
	run --separate-stderr timeout -k 5 30 "$PROBE" without "$docker" "$IMMURE" run touch "$TEST_TMP/ran"
	assert_status 125
	assert_equal "$(head -n 2 <<<"${stderr:-}")" "immure: create the namespaces: clone into new namespaces: Operation not permitted
hint: user namespace: a container's system call filter or a chroot can forbid them; with Docker or podman: --security-opt seccomp=unconfined"
	[[ ! -e $TEST_TMP/ran ]]
}

@test "ROB-16: where clone3(2) is hidden and keys are forbidden, every wall stands" {
	raid_setup
	raid "$PROBE" without "$podman" "$IMMURE" run "${raid_options[@]}" -- sh
	[[ $RAID_STATUS -eq 0 && -s $RAID/out ]] || fail_test "$(cat "$RAID/err")"
	assert_equal "$RAIDED" ''
	run --separate-stderr timeout -k 5 30 "$PROBE" without "$podman" "$IMMURE" run --quiet --nested --ro-bind "$IMMURE" -- \
		"$IMMURE" run --quiet -- echo ran
	assert_equal "$output" ran
}

@test "ROB-16: where besides mounts can only be made the old way, every wall stands" {
	local calls=open_tree=EPERM,move_mount=EPERM,fsopen=EPERM,fsmount=EPERM,fsconfig=EPERM,mount_setattr=EPERM
	raid_setup
	raid "$PROBE" without "$podman,$calls" "$IMMURE" run "${raid_options[@]}" -- sh
	[[ $RAID_STATUS -eq 0 && -s $RAID/out ]] || fail_test "$(cat "$RAID/err")"
	assert_equal "$RAIDED" ''
	run --separate-stderr timeout -k 5 30 "$PROBE" without "$podman,$calls" "$IMMURE" run --quiet --nested --ro-bind "$IMMURE" -- \
		"$IMMURE" run --quiet -- echo ran
	assert_equal "$output" ran
}
