#!/usr/bin/env bats
# Where namespaces are forbidden nothing runs, and the one line that would allow them
# is named. The host's own settings are not touched: all of it happens in a user and
# mount namespace whose root we are.

load ../lib/common

setup() {
	common_setup
	cd "$TEST_TMP" || return
	# For sysctl(8), and for the programs that hints name.
	export PATH=$PATH:/usr/sbin:/sbin HOME=$TEST_TMP
}

# as_root_of_a_namespace SCRIPT [ARG...]: bounded, with the program as $IMMURE.
as_root_of_a_namespace() {
	local script=$1
	shift
	timeout -k 5 60 unshare -Urm bash -c "$script" - "$@"
}

# What line N of the last output says to type as root.
typed_as_root() {
	[[ ${lines[$1]} == 'hint: '*'as root: '* ]] || fail_test "line $1 says nothing to root"
	printf '%s\n' "${lines[$1]##*as root: }"
}

@test "ROB-10 ROB-11: limits of namespaces: the one that is 0 is named, and raising it helps" {
	local name
	local -A probes=([mnt]=mount)
	for name in user mnt pid ipc uts net cgroup; do
		# shellcheck disable=SC2016 # for the shell inside
		run as_root_of_a_namespace '
			echo 0 >/proc/sys/user/max_$1_namespaces
			"$IMMURE" run touch made; echo "status $?"
			line=$("$IMMURE" run touch made 2>&1 | grep -o "as root: .*")
			eval "${line#as root: }"
			"$IMMURE" run echo ran' "$name"
		[[ ${lines[0]} =~ ^immure:\ .*:\ No\ space\ left\ on\ device$ ]] || fail_test "$name"
		assert_equal "${lines[1]}" "hint: ${probes[$name]:-$name} namespace: user.max_${name}_namespaces is 0 here, and $([[ $name == user ]] && echo 2 || echo 1) are needed; as root: sysctl -w user.max_${name}_namespaces=15000"
		[[ ${lines[2]} == 'hint: to give this wall up ('*'): --share '* ]] || fail_test "$name"
		assert_equal "${lines[3]}" 'status 125'
		assert_equal "${lines[-1]}" ran
		refute test -e made
	done
}

@test "a limit that is too low, and one that is used up" {
	# shellcheck disable=SC2016
	run as_root_of_a_namespace '
		echo 1 >/proc/sys/user/max_user_namespaces
		"$IMMURE" run touch made'
	assert_status 125
	assert_equal "${lines[0]}" 'immure: start the command: start a process: No space left on device'
	# The first one may not be gone when it is tried again.
	[[ ${lines[1]} =~ ^'hint: '(second )?'user namespace: user.max_user_namespaces is 1 here, and 2 are needed; as root: sysctl -w user.max_user_namespaces=15000'$ ]]
	# Enough for one sandbox, and another one has it.
	mkfifo hold
	# shellcheck disable=SC2016
	run as_root_of_a_namespace '
		echo 2 >/proc/sys/user/max_user_namespaces
		"$IMMURE" run sh -c "echo on; read -r line" <hold >held &
		exec 3>hold
		until grep -qs on held; do sleep 0.02; done
		"$IMMURE" run touch made
		echo "status $?"
		exec 3>&-
		wait'
	[[ ${lines[0]} =~ ^immure:\ .*:\ No\ space\ left\ on\ device$ ]] || fail_test "another reason"
	assert_equal "${lines[1]}" "hint: user namespace: either a limit of /proc/sys/user/max_*_namespaces is used up, or user or pid namespaces are nested 32 deep already, the kernel's most"
	assert_equal "${lines[2]}" "hint: end other sandboxes of this user, or start from further outside"
	assert_equal "${lines[-1]}" 'status 125'
	refute test -e made
}

# nested N UNSHARE-OPTIONS COMMAND...: in so many namespaces of namespaces.
@test "namespaces in namespaces, 32 deep" {
	cat >nested <<-'END'
		#!/bin/bash
		if [[ $1 -eq 0 ]]; then
			shift 2
			exec "$@"
		fi
		exec unshare "$2" "$0" $(($1 - 1)) "${@:2}"
	END
	chmod +x nested
	local options depth ran=0 refused=0
	for options in -Ur -Urpf; do
		for depth in 20 29 30 31 32; do
			run timeout -k 5 60 ./nested "$depth" "$options" "$IMMURE" run echo ran
			if [[ $output == ran ]]; then
				ran=$((ran + 1))
			elif [[ $output != unshare:* ]]; then
				# One that is too deep for unshare itself tells us nothing.
				assert_status 125
				refused=$((refused + 1))
				[[ ${lines[0]} =~ ^immure:\ .*:\ (No\ space\ left\ on\ device|Too\ many\ users)$ ]]
				[[ ${lines[1]} =~ ^'hint: '(second )?'user namespace: '.*'nested 32 deep'|^'hint: pid namespace: '.*'nested 32 deep' ]]
			fi
		done
	done
	[[ $ran -ge 2 && $refused -ge 2 ]]
}

# with_kernel NAME=VALUE... -- INJECTION WORD...: immure WORD... where
# /proc/sys/kernel says so and strace makes calls fail. What it did stays for more.
with_kernel() {
	mkdir -p kernel
	while [[ $1 != -- ]]; do
		echo "${1#*=}" >"kernel/${1%%=*}"
		shift
	done
	# shellcheck disable=SC2016
	as_root_of_a_namespace '
		mount --bind kernel /proc/sys/kernel && mount --make-rprivate / &&
		strace -f -o /dev/null -e inject="$1" "$IMMURE" "${@:2}"' "${@:2}"
}

@test "ROB-10: kernel.unprivileged_userns_clone" {
	needs strace
	run with_kernel unprivileged_userns_clone=0 -- clone:error=EPERM run touch made
	assert_status 125
	assert_equal "$output" 'immure: create the namespaces: clone into new namespaces: Operation not permitted
hint: this host forbids user namespaces to ordinary users; as root: sysctl -w kernel.unprivileged_userns_clone=1'
	refute test -e made
	# The same command with the file that it would write in place.
	local command
	command=$(typed_as_root 1)
	# shellcheck disable=SC2016
	as_root_of_a_namespace 'mount --bind kernel /proc/sys/kernel && eval "$1"' "$command"
	assert_equal "$(cat kernel/unprivileged_userns_clone)" 1
}

@test "ROB-10: AppArmor, which takes the rights in new user namespaces away" {
	needs strace
	local call
	# It shows in the first call that needs a right.
	for call in clone:error=EPERM move_mount:error=EACCES:when=1 open_tree,mount:error=EPERM:when=1 \
		unshare:error=EPERM; do
		run with_kernel apparmor_restrict_unprivileged_userns=1 -- "$call" \
			run --proc host-ro touch made
		assert_status 125
		[[ ${lines[0]} =~ ^immure:\ .*:\ (Operation\ not\ permitted|Permission\ denied)$ ]]
		[[ ${lines[1]} =~ ^'hint: '([a-z ]+': ')?'AppArmor takes the capabilities of user namespaces away here: kernel.apparmor_restrict_unprivileged_userns is 1'$ ]] || fail_test "$call"
		refute test -e made
	done

	# Typed as it stands, with a stand-in for the program that loads it.
	local command
	command=$(typed_as_root 2)
	mkdir -p etc/apparmor.d bin
	printf '#!/bin/sh\necho "$@" >%s/loaded\n' "$TEST_TMP" >bin/apparmor_parser
	chmod +x bin/apparmor_parser
	# shellcheck disable=SC2016
	PATH=$TEST_TMP/bin:$PATH as_root_of_a_namespace 'mount --bind etc /etc && eval "$1"' "$command"
	assert_equal "$(cat loaded)" '-r /etc/apparmor.d/immure'
	assert_equal "$(cat etc/apparmor.d/immure)" "abi <abi/4.0>,
include <tunables/global>
profile immure \"$IMMURE\" flags=(unconfined) {
  userns,
}"
	# Off, it is not blamed.
	run with_kernel apparmor_restrict_unprivileged_userns=0 -- clone:error=EPERM run touch made
	assert_output_lacks AppArmor
}

@test "ROB-10: a filter or a chroot, when nothing else explains it" {
	needs strace
	run with_kernel -- clone:error=EPERM run touch made
	assert_status 125
	assert_equal "$output" "immure: create the namespaces: clone into new namespaces: Operation not permitted
hint: a container's system call filter or a chroot can forbid them; with Docker or podman: --security-opt seccomp=unconfined"
	refute test -e made
	run with_kernel -- clone:error=ENOMEM run touch made
	assert_status 125
	assert_equal "$output" 'immure: create the namespaces: clone into new namespaces: Cannot allocate memory'
}

@test "sharing what is forbidden helps, when it is said" {
	# shellcheck disable=SC2016
	run as_root_of_a_namespace '
		echo 0 >/proc/sys/user/max_uts_namespaces
		"$IMMURE" run --share uts --quiet echo ran'
	assert_status 0
	assert_equal "$output" ran
}
