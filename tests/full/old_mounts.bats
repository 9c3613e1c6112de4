#!/usr/bin/env bats
# The promises about files and the attacks on them once more, where only mount(2) is
# there to keep them: sandbox/old_mounts.bats has what is special about it.
# runs alone

load ../lib/common

# shellcheck disable=SC2034 # of bats
BATS_TEST_TIMEOUT=1200

calls=fsopen,fsconfig,fsmount,move_mount,open_tree,mount_setattr

# hold_there FILE...: all of their tests hold, but for those that ask for the rights of
# a mount that another one covers: mount(2) cannot change these, and no path leads there.
hold_there() {
	printf '#!/bin/sh\nexec "%s" without %s "%s" "$@"\n' "$PROBE" "$calls" "$IMMURE" >"$TEST_TMP/immure"
	chmod 755 "$TEST_TMP/immure"
	"$TEST_TMP/immure" run --quiet true
	run env IMMURE="$TEST_TMP/immure" BATS_TEST_TIMEOUT=120 bats --formatter tap "${@/#/$IMMURE_SOURCE/tests/}"
	[[ $(grep -c '^ok' <<<"$output") -ge 5 ]]
	assert_equal "$(grep '^not ok' <<<"$output" | grep -vE 'make all of them read-only, nosuid|makes them nosuid and nodev too')" ''
}

@test "ROB-16: what is mounted" {
	hold_there sandbox/{mounts,submounts,files,etc,devices,proc,sys,system_directories,resolv_conf}.bats
}

@test "ROB-16: homes, directories, and standard files" {
	hold_there sandbox/{home,current_directory,standard_files,landlock,names,nested}.bats
}

@test "ROB-16: root file systems" { hold_there sandbox/root.bats attack/hostile_root.bats; }

@test "ROB-16: attacks" {
	hold_there attack/{plant_link,rename_out,file_layers,find_secrets,main_attempts,hostile_places}.bats
	hold_there attack/{overwrite_program,nested_namespaces,reopen_stdio,plant_git_hook}.bats
}
