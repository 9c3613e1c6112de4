#!/usr/bin/env bats
# A Debian in a directory of an ordinary user's, whose package manager works: apt-get drops
# its rights, fetches from a repository by its URL, checks sums, unpacks, and dpkg runs what
# the package brings along.

load ../lib/common
load ../lib/sandbox
load ../lib/root
load ../lib/maps
load ../lib/packages

setup() {
	common_setup
	maps_setup
	! is_root || skip 'for who is not root'
	debian_root "$WORK/debian"
	: >"$WORK/debian/var/lib/dpkg/status"
	make_repository "$TEST_TMP/repository"
	serve "$TEST_TMP/repository"
	fetch_from "http://host.internal:$PORT"
}

teardown() {
	[[ -z ${SERVER:-} ]] || kill "$SERVER" 2>/dev/null || true
	maps_teardown
}

# serve DIRECTORY: on the host's loopback alone, at PORT, until SERVER ends.
serve() {
	timeout 100 python3 -u -m http.server --bind 127.0.0.1 --directory "$1" 0 >"$TEST_TMP/served" 2>&1 3>&- &
	SERVER=$!
	until grep -q 'port [0-9]' "$TEST_TMP/served"; do
		kill -0 "$SERVER"
		sleep 0.05
	done
	PORT=$(sed -nE 's/.* port ([0-9]+).*/\1/p' "$TEST_TMP/served" | head -n 1)
}

# installs OPTION...: the package, with these options.
installs() {
	PATIENCE=100 inspect -q --map auto --root-rw "$WORK/debian" --allow "host:$PORT" "$@" -- sh -ec '
		apt-get update
		apt-get install -y own
		own
		dpkg -s own | grep ^Status
		stat -c "%U:%G" /var/lib/own'
	assert_status 0
	assert_equal "$(tail -n 3 <<<"$output")" $'the tool\nStatus: install ok installed\nwww-data:www-data'
	grep -q '"GET /./own.deb HTTP/1.1" 200\|"GET /own.deb HTTP/1.1" 200' "$TEST_TMP/served"
	# It is on the disk, and the next one finds it there; so does who takes it away again.
	assert_equal "$(stat -c %u "$WORK/debian/var/lib/own")" $((FIRST - 1 + 33))
	inspect -q --map auto --root-rw "$WORK/debian" "$@" -- sh -ec 'own; apt-get remove -y own >&2; test -e /usr/bin/own || echo gone'
	assert_status 0
	assert_equal "$output" $'the tool\ngone'
	refute test -e "$WORK/debian/usr/bin/own"
}

# A developer's: dev/guest.bats.
@test "apt-get installs a package from a repository and removes it, as a guest" {
	installs --guest
}
