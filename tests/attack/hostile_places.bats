#!/usr/bin/env bats
# Directories that an earlier command prepared are shown in the place of the system's:
# what the launcher itself opens, writes or covers there is what it means, or it does
# not start. A link in the place of a device or of a file of /proc is none of it.

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	HOME=$TEST_TMP/home
	evil=$TEST_TMP/evil
	canary=$TEST_TMP/canary
	mkdir -p "$HOME" "$canary" "$evil"/{dev/pts,proc/self/fd,proc/sys/user,proc/sys/net/ipv4,etc,sys}
	echo precious >"$canary/file"
	local name
	for name in null zero full random urandom tty console ptmx; do
		ln -s "$canary/file" "$evil/dev/$name"
	done
	for name in self/uid_map self/gid_map self/setgroups self/oom_score_adj kcore keys sysrq-trigger \
		sys/user/max_user_namespaces sys/net/ipv4/ping_group_range sys/net/ipv4/ip_unprivileged_port_start; do
		ln -s "$canary/file" "$evil/proc/$name"
	done
	for name in passwd group hosts hostname resolv.conf machine-id nsswitch.conf; do
		ln -s "$canary/file" "$evil/etc/$name"
	done
	before=$(picture)
	cd "$TEST_TMP/home" || return
}

picture() { (cd "$TEST_TMP" && find canary evil -printf '%p %y %m %s %T@ %l\n' | sort) && cat "$canary/file"; }

# Whatever it did, nothing of it was done here.
unharmed() {
	[[ $status -eq 0 || $status -eq 125 || $status -eq 127 ]] || fail_test "status $status"
	assert_equal "$(picture)" "$before"
	assert_output_lacks precious
}

@test "FS-26 PROC-11: without walls a link in such a place leads a write to where it points" {
	echo 0 0 1 >"$evil/proc/self/uid_map"
	echo x >"$evil/dev/null"
	echo x >"$evil/etc/resolv.conf"
	[[ $(cat "$canary/file") == x ]]
}

@test "FS-26: in the place of /dev, with and without our own, and with a terminal" {
	local how
	for how in --bind --ro-bind --dev-bind; do
		inspect "$how" "$evil/dev:/dev" -- true
		unharmed
		inspect --dev none "$how" "$evil/dev:/dev" -- cat /dev/null
		[[ $output != *precious* ]]
		assert_equal "$(picture)" "$before"
		run timeout 20 python3 "$IMMURE_SOURCE/tests/lib/on_terminal.py" "$IMMURE" run "$how" "$evil/dev:/dev" -- echo ran
		assert_equal "$(picture)" "$before"
		run timeout 20 python3 "$IMMURE_SOURCE/tests/lib/on_terminal.py" "$IMMURE" run --dev none "$how" "$evil/dev:/dev" -- echo ran
		assert_equal "$(picture)" "$before"
	done
	inspect --symlink "$canary:/dev" -- true
	unharmed
	inspect --dev none --symlink "$canary:/dev" -- true
	unharmed
}

@test "PROC-11: in the place of /proc, where the launcher writes" {
	local how
	for how in --bind --ro-bind; do
		inspect "$how" "$evil/proc:/proc" -- cat /proc/kcore /proc/self/uid_map
		[[ $output != *precious* ]]
		assert_equal "$(picture)" "$before"
		inspect --proc none "$how" "$evil/proc:/proc" -- true
		unharmed
		# The limit that the launcher writes there was written where it is meant.
		inspect --proc none "$how" "$evil/proc:/proc" -- unshare -U true
		assert_status 1
	done
	inspect --symlink "$canary:/proc" -- true
	unharmed
	inspect --proc none --symlink "$canary:/proc" -- true
	unharmed
	inspect --bind "$evil/proc/sys:/proc/sys" -- true
	unharmed
}

# shellcheck disable=SC2016 # for the shell there
@test "PROC-10: without care a cover by name is what stands in /dev" {
	run unshare -Urm sh -c 'mount --bind "$1" /dev && mount --bind /dev/null /proc/cmdline && cat /proc/cmdline' - "$evil/dev"
	assert_equal "$output" precious
}

@test "PROC-10: what covers /proc is the launcher's, whatever stands in /dev" {
	inspect --dev none --bind "$evil/dev:/dev" -- sh -c 'cat /proc/keys /proc/kallsyms /proc/cmdline; ls -A /proc/acpi; ls -A /proc/irq'
	unharmed
	assert_equal "$output" ''
	# They are empty files of the view, and nothing that could be replaced inside.
	inspect -- sh -c 'stat -c "%F %s" /proc/keys /proc/kallsyms | sort -u; rm -f /dev/null; ln -s /etc/passwd /dev/null; cat /proc/keys'
	assert_equal "$output" 'regular empty file 0'
}

@test "FS-26: in the place of /etc and /sys, and of what is written there" {
	inspect --bind "$evil/etc:/etc" -- true
	unharmed
	inspect --ro-bind "$evil/etc:/etc" -- true
	unharmed
	rm "$evil/etc/passwd" "$evil/etc/group"
	touch "$evil/etc/passwd" "$evil/etc/group"
	before=$(picture)
	inspect --bind "$evil/etc:/etc" --hostname other -- true
	unharmed
	inspect --bind "$evil/sys:/sys" -- ls -A /sys
	unharmed
	inspect --bind "$evil/etc:/etc" --file "$HOME/../canary/file:/etc/hosts" -- true
	unharmed
}
