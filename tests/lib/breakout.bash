# shellcheck shell=bash
# The raid and the ways to more rights, under a profile: `load ../lib/breakout` after raid.
#
#   breakout PROFILE    start one sandbox with the shipped profile of that name, or a file, and leave in HAD what
#                       was had (ids of the raid) and what was answered otherwise than under
#                       `default` (the words of breakout.sh), sorted; nothing: that posture
#   shipped_profiles    the names of all profiles that are of use to somebody who types them

shipped_profiles() {
	find "$IMMURE_SOURCE/profiles" -maxdepth 1 -name '*.profile' -printf '%f\n' | sed 's/\.profile$//' | sort
}

# What each of them answered, for the tests of one file.
breakout_setup() {
	raid_setup
	raid_options+=(--ro-bind "$IMMURE_SOURCE/tests/lib/breakout.sh")
	unset DISPLAY WAYLAND_DISPLAY XDG_RUNTIME_DIR SSH_AUTH_SOCK DBUS_SESSION_BUS_ADDRESS
}

# answers_of FILE: "WORDS|ANSWERS", a line each.
answers_of() {
	awk '/^== / { if (words) print words "|" said; words = substr($0, 4); said = ""; next }
		words { said = said $0 ";" } END { print words "|" said }' "$1"
}

# Run it, and judge the raid from outside.
breakout_run() {
	local profile=$1
	shift
	raid breakout_start "$profile" "$@"
	# The raid prints what it has as environment, among others.
	if [[ $RAID_STATUS -ne 0 ]] || ! grep -q '^PATH=' "$RAID/out" || ! grep -q '^== doors' "$RAID/out"; then
		fail_test "$profile: it did not run: $(cat "$RAID/err")"
		return
	fi
	answers_of "$RAID/out" >"$RAID/answers"
}

# breakout_start PROFILE RAID.SH WORD...: what raid() gives to a shell.
breakout_start() {
	local profile=$1
	shift 2
	[[ $profile == */* ]] || profile=$IMMURE_SOURCE/profiles/$profile.profile
	timeout -k 5 60 "$IMMURE" run "${raid_options[@]}" --profile "$profile" -- \
		"$IMMURE_SOURCE/tests/lib/breakout.sh" "$@"
}

# The same without walls.
breakout_bare() {
	shift
	"$IMMURE_SOURCE/tests/lib/breakout.sh" "$@"
}

breakout() {
	local name=$1 other
	if [[ ! -e $TEST_TMP/default ]]; then
		breakout_run default || return
		[[ -z $RAIDED ]] || fail_test "default: $RAIDED" || return
		cp "$RAID/answers" "$TEST_TMP/default"
	fi
	breakout_run "$name" || return
	other=$(diff "$TEST_TMP/default" "$RAID/answers" | sed -n 's/^> \([^|]*\)|.*/\1/p' | tr ' ' '-' | sort | paste -sd' ')
	# shellcheck disable=SC2034 # for the tests
	HAD=$(xargs <<<"$RAIDED $other")
}

# What the attempts get under a profile by what it gives up, where there is no display and no
# agent; under all others nothing.
listed_had() {
	case $1 in
	dev) echo PROC-09 SYS-02 browser-sandbox calls caps chroot-out doors mounts ptrace-1 reach-1 regain unshare-all user-namespace ;;
	chromium) echo PROC-09 SYS-02 browser-sandbox mounts unshare-all user-namespace ;;
	ssh) echo FS-01 ;;	# a key, since there is no agent that would use it
	esac
}

# Those by purpose, and every twelfth of the others: which, depends on what there is.
sampled_profiles() {
	shipped_profiles | awk '
		/^(build|agent|server|job|viewer)$/ { print; next }
		!/^(default|dev)$/ && n++ % 12 == 0'
}
