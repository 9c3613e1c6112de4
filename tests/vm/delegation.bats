#!/usr/bin/env bats
# Where control groups come from: from root by hand, from systemd, and what is said when
# they do not; on a host whose settings may be changed.
#
# root alone
#
# shellcheck disable=SC2016 # for the shells of others

load ../lib/common
load ../lib/sandbox
load ../lib/life

groups=/sys/fs/cgroup
user=immure-test

setup() {
	common_setup
	uid=$(id -u "$user")
	manager=$groups/user.slice/user-$uid.slice/user@$uid.service
}

teardown() {
	local group
	for group in "$groups"/given/immure-*/ "$groups"/given/*/ "$groups/given"; do
		[[ ! -d $group ]] || rmdir "$group" || true
	done
	common_teardown
}

# as_user COMMAND...: as the ordinary user, in the caller's group.
as_user() { timeout -k 5 60 runuser -u "$user" -- env IMMURE="$IMMURE" "$@"; }

# In front of a command: as on a host that systemd does not manage.
without_systemd=(unshare -m bash -c 'mount -t tmpfs none /run/systemd && exec "$@"' -)

# given CONTROLLERS: a group below the top that belongs to the user, and so does what is
# in it; it may hand down these.
given() {
	mkdir "$groups/given"
	echo "$1" >"$groups/cgroup.subtree_control"
	chown "$user" "$groups/given"{,/cgroup.procs,/cgroup.subtree_control}
}

# in_group GROUP COMMAND...: alone in it.
in_group() {
	local group=$1
	shift
	bash -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$group" "$@"
}

@test "a user's systemd that lacks a controller: what root can type, and then it has it" {
	# As systemd before version 252 does by itself.
	local dir=/etc/systemd/system/user@.service.d
	mkdir -p "$dir"
	printf '%s\n' '[Service]' 'Delegate=' 'Delegate=pids memory' >"$dir/delegate.conf"
	systemctl daemon-reload
	systemctl restart "user@$uid.service"
	lacks_cpu() { ! grep -qw cpu "$manager/cgroup.controllers"; }
	until_true lacks_cpu
	run as_user "$IMMURE" run --cpus 0.5 -- echo ran
	assert_status 125
	assert_equal "${lines[0]}" 'immure: join the control group: cpus (command line): your systemd cannot limit: cpu'
	[[ ${lines[1]} == 'hint: '*', as root: '* ]] || fail_test 'nothing to type'
	bash -c "${lines[1]#*, as root: }"
	until_true grep -qw cpu "$manager/cgroup.controllers"
	run as_user "$IMMURE" run --cpus 0.5 -- echo ran
	assert_status 0
	assert_equal "$output" ran
}

@test "no systemd for the user: what root can type, and then there is one" {
	systemctl stop "user@$uid.service"
	loginctl disable-linger "$uid"
	until_true test ! -e "/run/user/$uid/bus"
	run as_user "$IMMURE" run --memory 64M -- echo ran
	assert_status 125
	[[ ${lines[0]} == 'immure: join the control group: memory (command line): systemd has not delegated the control group '* ]] || fail_test 'not this'
	assert_equal "${lines[1]##*as root: }" "loginctl enable-linger $uid"
	bash -c "${lines[1]##*as root: }"
	until_true test -e "/run/user/$uid/bus"
	run as_user "$IMMURE" run --memory 64M -- echo ran
	assert_status 0
	assert_equal "$output" ran
}

@test "no bus daemon: systemd's own socket" {
	# Its socket stays behind, and nobody listens; then it is gone as well.
	ask() { runuser -u "$user" -- env XDG_RUNTIME_DIR="/run/user/$uid" systemctl --user "$@"; }
	ask stop dbus.socket dbus.service || true
	refute as_user busctl --address="unix:path=/run/user/$uid/bus" list
	run as_user "$IMMURE" run --memory 64M -- cat /proc/self/cgroup
	assert_equal "$status $output" '0 0::/'
	rm -f "/run/user/$uid/bus"
	run as_user "$IMMURE" run --dry-run --memory 64M -- echo ran
	assert_output_has "(unix:path=/run/user/$uid/systemd/private)"
	run as_user "$IMMURE" run --memory 64M -- cat /proc/self/cgroup
	assert_equal "$status $output" '0 0::/'
	systemctl restart "user@$uid.service"
	until_true test -e "/run/user/$uid/bus"
}

@test "started alone in what systemd delegated: no second scope" {
	run systemd-run --quiet --pipe --wait -p User="$user" -p Delegate=yes "$IMMURE" run --dry-run --memory 64M -- true
	[[ $output =~ cgroup\ +made\ in\ /sys/fs/cgroup/system.slice/run- ]] || fail_test 'not there'
	run systemd-run --quiet --pipe --wait -p User="$user" -p Delegate=yes "$IMMURE" run --memory 64M --pids 5 -- cat /proc/self/cgroup
	assert_status 0
	assert_equal "$output" '0::/'
	run runuser -u "$user" -- env XDG_RUNTIME_DIR="/run/user/$uid" systemd-run --user --quiet --scope -p Delegate=yes "$IMMURE" run --memory 64M -- sh -c 'head -c 200M /dev/zero | tail'
	assert_status 137
}

@test "a user who may not: an error, with every reason" {
	given '+memory +pids'
	mkdir "$groups/given/in"
	chown root "$groups/given/cgroup.procs"
	run in_group "$groups/given/in" "${without_systemd[@]}" runuser -u "$user" -- "$IMMURE" run --memory 64M -- echo ran
	assert_status 125
	assert_output_has "Permission denied"
	assert_output_has '--rlimit as=67108864'
	assert_output_lacks ran
}

@test "given by root, others below it: a group beside ours" {
	given '+memory +pids +cpu'
	mkdir "$groups/given/in"
	chown "$user" "$groups/given/in" "$groups/given/in/cgroup.procs"
	run in_group "$groups/given/in" "${without_systemd[@]}" runuser -u "$user" -- bash -c '
		"$0" run --dry-run --memory 64M --pids 5 true | grep ^cgroup
		"$0" run --memory 64M --pids 5 --cpus 1 -- cat /proc/self/cgroup
		"$0" run --memory 64M -- sh -c "head -c 200M /dev/zero | tail"; echo "status $?"
		ls -d /sys/fs/cgroup/given/*/' "$IMMURE"
	assert_output_has 'made in /sys/fs/cgroup/given '
	assert_output_has '0::/'
	assert_output_has 'memory 64M (command line) was used up'
	assert_output_has 'status 137'
	assert_equal "${lines[-1]}" /sys/fs/cgroup/given/in/
}

@test "given by root, alone in it: we leave, and come back" {
	given '+memory +pids +cpu'
	run in_group "$groups/given" "${without_systemd[@]}" runuser -u "$user" -- bash -c '
		exec "$0" run --memory 64M -- sh -c "exit 3"' "$IMMURE"
	# runuser(1) stays, so that it is not alone.
	assert_status 125
	assert_output_has 'other processes are in the control group /sys/fs/cgroup/given'
	run in_group "$groups/given" "${without_systemd[@]}" setpriv --reuid "$user" --regid "$user" --init-groups \
		env HOME=/tmp "$IMMURE" run --memory 64M -- sh -c 'cat /proc/self/cgroup; exit 3'
	assert_status 3
	assert_equal "$output" '0::/'
	assert_equal "$(cat "$groups/given/cgroup.subtree_control")" ''
	assert_equal "$(ls -d "$groups"/given/*/ 2>/dev/null)" ''
}

@test "what SIGKILL left is swept away by the next start, what runs is not" {
	given '+memory +pids +cpu'
	mkdir "$groups/given/in"
	chown "$user" "$groups/given/in" "$groups/given/in/cgroup.procs"
	in_group "$groups/given/in" "${without_systemd[@]}" runuser -u "$user" -- bash -c '
		"$0" run --memory 64M -- sh -c "echo on; sleep 100" >"$1/one" & one=$!
		"$0" run --memory 64M -- sh -c "echo on; sleep 100" >"$1/two" & two=$!
		until grep -q on "$1/one" && grep -q on "$1/two"; do sleep 0.1; done
		kill -KILL $one; wait $one
		ls -d /sys/fs/cgroup/given/immure-* | wc -l >"$1/after kill"
		"$0" run --memory 64M -- true
		ls -d /sys/fs/cgroup/given/immure-* | wc -l >"$1/after start"
		kill $two; wait $two
		ls -d /sys/fs/cgroup/given/immure-* | wc -l >"$1/after end"' "$IMMURE" "$(mkdir -m 777 "$TEST_TMP/w"; echo "$TEST_TMP/w")" || true
	assert_equal "$(cat "$TEST_TMP/w/after kill")" 2
	assert_equal "$(cat "$TEST_TMP/w/after start")" 1
	assert_equal "$(cat "$TEST_TMP/w/after end")" 0
}

@test "root, without systemd: below the root of all groups" {
	run "${without_systemd[@]}" "$IMMURE" run --memory 64M --pids 3 --cpus 1 -- cat /proc/self/cgroup
	assert_status 0
	assert_equal "$output" '0::/'
	until_true test -z "$(find "$groups" -name 'immure-*')"
}

@test "a container that has its groups read-only" {
	run unshare -m bash -c 'mount -t tmpfs none /run/systemd; mount -o remount,ro,bind /sys/fs/cgroup
		"$0" run --memory 64M echo ran' "$IMMURE"
	assert_status 125
	assert_output_has 'Read-only file system'
	assert_output_has 'docker run --privileged --cgroupns private'
	assert_output_lacks ran
}

@test "memory: swap is no way around it" {
	local file=$TEST_TMP/swap
	dd if=/dev/zero of="$file" bs=1M count=512 status=none
	chmod 600 "$file"
	mkswap "$file" >/dev/null
	swapon "$file"
	run as_user "$IMMURE" run --memory 64M -- python3 -c 'b = bytearray(200 << 20); print("survived")'
	swapoff "$file"
	assert_status 137
	assert_output_lacks survived
}

@test "a group that cannot be made, limited or joined: nothing runs, and nothing is left" {
	needs strace
	given '+memory +pids +cpu'
	mkdir "$groups/given/in"
	chown "$user" "$groups/given/in" "$groups/given/in/cgroup.procs"
	local call refused=0
	# The writes are those of the controllers and of each limit. A lock that fails once is
	# tried again, and a group that stays at the end was made.
	for call in mkdirat:1 flock:1 write:1 write:2 write:3 write:4 write:5 write:6; do
		run in_group "$groups/given/in" "${without_systemd[@]}" runuser -u "$user" -- \
			strace -f -o /dev/null -e "trace=${call%:*}" -e "inject=${call%:*}:error=EIO:when=${call#*:}" \
			"$IMMURE" run --memory 64M --pids 9 --cpus 1 -- echo ran
		[[ $status -eq 125 && $output != *ran* || $status -eq 0 && $output == *ran ]] ||
			fail_test "$call"
		[[ $status -ne 125 ]] || refused=$((refused + 1))
		assert_equal "$(ls -d "$groups"/given/*/)" "$groups/given/in/"
	done
	[[ $refused -ge 7 ]] || fail_test "only $refused were refused"
}
