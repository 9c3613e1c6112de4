# shellcheck shell=bash
# For the tests of several ids: `load ../lib/maps` after sandbox.

# maps_setup: MAP is what gives the caller several ids, FIRST the host's id that is 1
# inside; root inside is the caller, or for real root nobody. $WORK is a directory that
# the command may write, and the current one.
maps_setup() {
	needs newuidmap
	make_work
	cd "$WORK" || return
	if is_root; then
		MAP=(--map 0:4000000:65536)
		FIRST=4000001
		chown 4000000:4000000 "$WORK"
		return
	fi
	FIRST=$(range_of /etc/subuid)
	[[ -n $FIRST && $FIRST == "$(range_of /etc/subgid)" ]] ||
		skip 'no range of ids for this user in /etc/subuid and /etc/subgid'
	MAP=(--map auto)
}

# Where the first range of who calls begins.
range_of() { sed -nE "s/^($(id -un)|$(id -u)):([0-9]+):65536\$/\\2/p" "$1" | head -n 1; }

# What the command made belongs to who only it can name.
maps_teardown() {
	if [[ -n ${MAP:-} && -d ${WORK:-} ]]; then
		(cd "$WORK" && "$IMMURE" run -q "${MAP[@]}" --guest --cwd rw -- find . -mindepth 1 -delete)
	fi
	common_teardown
}

# An /etc of our own, in which the user tester (4242) lives.
make_etc() {
	ETC=$TEST_TMP/etc
	mkdir -p "$ETC"
	echo 'tester:x:4242:4242::/nonexistent:/bin/sh' >"$ETC/passwd"
	echo 'tester:x:4242:' >"$ETC/group"
	printf '%s\n' 'passwd: files' 'group: files' >"$ETC/nsswitch.conf"
	printf '%s\n' "${1-tester:100000:65536}" >"$ETC/subuid"
	printf '%s\n' "${2-tester:100000:65536}" >"$ETC/subgid"
}

# as_tester COMMAND...: as tester, with that /etc, in a user namespace where it holds no
# right; TOOL and GROUP_TOOL are in the place of newuidmap and newgidmap.
as_tester() {
	cp "$(command -v unshare)" "$TEST_TMP/unshare"
	# shellcheck disable=SC2016 # for the inner one
	timeout -k 5 60 unshare -Urm bash -c '
		etc=$1 unshare=$2 tool=$3 group_tool=$4
		shift 4
		mount --bind "$etc" /etc || exit 99
		[[ -z $group_tool ]] || mount --bind "$group_tool" /usr/bin/newgidmap || exit 99
		case $tool in
		"") ;;
		none) mount -t tmpfs none /usr/bin || exit 99 ;;
		*) mount --bind "$tool" /usr/bin/newuidmap || exit 99 ;;
		esac
		exec "$unshare" -U --map-user=4242 --map-group=4242 "$@"' \
		- "$ETC" "$TEST_TMP/unshare" "${TOOL:-}" "${GROUP_TOOL:-}" "$@"
}

# make_tool NAME: a script from standard input that has the setuid bit.
make_tool() {
	cat >"$TEST_TMP/$1"
	chmod 4755 "$TEST_TMP/$1"
}
