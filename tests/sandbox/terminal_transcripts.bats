#!/usr/bin/env bats
# Who sits at a terminal sees no difference: each scenario of terminal/ is played in
# an interactive bash without us and with us, and shows the same, byte for byte.
# runs alone

load ../lib/common
load ../lib/terminal

@test "the keys of a line, and the modes of the terminal" { same_transcript line-editing; }

@test "Ctrl-C ends a command, a loop and a script" { same_transcript ctrl-c; }

@test "Ctrl-C reaches all of a pipeline" { same_transcript ctrl-c-in-a-pipeline; }

@test "Ctrl-Z, fg and bg" { same_transcript ctrl-z; }

@test "a job in the background that wants the keys" { same_transcript background; }

@test "an interactive shell has job control inside" {
	same_transcript shell-inside
}

@test "less, also with a pipe on either side" {
	needs less
	same_transcript less
}

@test "vim, stopped and continued" {
	needs vim
	same_transcript vim
}

@test "top" {
	needs top
	# It shows the time and the load: numbers, and what they are aligned with.
	same_transcript top 's/\x1b\[[0-9;]*m//g; s/ *[0-9][0-9:.,+]* */N/g; s/(\x1b\(BN)[a-z+_-]+N/\1WHON/; s/N[A-Z]N/NSN/g; s/ +/ /g'
}

@test "a terminal that is resized" { same_transcript resize; }

@test "head, here-documents and other redirections" { same_transcript head; }

@test "a stop that nobody saw coming" { same_transcript stopped-from-elsewhere; }

@test "a command that is process 1" {
	needs less vim
	same_transcript as-pid-1
	run transcript with background-pid-1
	assert_status 0
}

@test "and with an init inside of init" {
	! is_root || skip 'for ordinary users'
	# shellcheck disable=SC2034 # for transcript
	options=(--nested)
	same_transcript ctrl-c
	same_transcript ctrl-z
	same_transcript background
	same_transcript shell-inside
	same_transcript resize
	same_transcript as-pid-1
}

# The comparison can say no.
@test "a difference is seen" {
	# shellcheck disable=SC2016 # for the shell inside
	printf 'shell\ncommand {w sh -c "echo \\$container"}\nfinish\n' >"$TEST_TMP/no.exp"
	run same_transcript "$TEST_TMP/no"
	assert_status 1
	assert_output_has '+immure'
	run same_transcript missing
	assert_status 1
}
