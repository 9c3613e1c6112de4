#!/usr/bin/env bats
# The promises about files and the attacks on them once more, where only mount(2) is
# there to keep them: sandbox/old_mounts.bats has what is special about it.
# runs alone

load ../lib/common

# shellcheck disable=SC2034 # of bats
BATS_TEST_TIMEOUT=1200

calls=fsopen,fsconfig,fsmount,move_mount,open_tree,mount_setattr

# Those that ask for the rights of a mount which another one covers: mount(2) cannot change
# these, and no path leads there. And those that look for the program by its name, or show
# it inside: here it is a script.
others='make all of them read-only, nosuid|makes them nosuid and nodev too|100 MB through pipes|this program inside itself|as deep as the kernel goes'

# hold_there FILE...: all of their other tests hold.
hold_there() {
	printf '#!/bin/sh\nexec "%s" without %s "%s" "$@"\n' "$PROBE" "$calls" "$IMMURE" >"$TEST_TMP/immure"
	chmod 755 "$TEST_TMP/immure"
	"$TEST_TMP/immure" run --quiet true
	run env IMMURE="$TEST_TMP/immure" BATS_TEST_TIMEOUT=120 bats --formatter tap "${@/#/$IMMURE_SOURCE/tests/}"
	[[ $(grep -c '^ok' <<<"$output") -ge 5 ]]
	assert_equal "$(grep '^not ok' <<<"$output" | grep -vE "$others")" ''
}

@test "ROB-16: what is mounted" {
	hold_there sandbox/{mounts,submounts,files,etc,devices,proc,sys,system_directories,resolv_conf}.bats
}

@test "ROB-16: homes, directories, and standard files" {
	hold_there sandbox/{home,current_directory,standard_files,landlock,names,nested}.bats
}

# tests/run makes it for files that speak of it.
debian_root_is_made() { [[ -s $DEBIAN ]] || fail_test 'there is no small Debian'; }

@test "ROB-16: root file systems" {
	debian_root_is_made
	hold_there sandbox/root.bats attack/hostile_root.bats
}

@test "ROB-16: attacks" {
	hold_there attack/{plant_link,rename_out,file_layers,find_secrets,main_attempts,hostile_places}.bats
	hold_there attack/{overwrite_program,nested_namespaces,reopen_stdio,plant_git_hook}.bats
}
