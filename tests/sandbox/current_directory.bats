#!/usr/bin/env bats
# The current directory stands at its own path and the command starts in it; one that
# stands for the system or for all of the user's is not shown for being the current one.
#
# shellcheck disable=SC2016,SC2030,SC2031 # for the shells inside; each test is one

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	HOME=$TEST_TMP/home
	mkdir -p "$HOME/project/sub" "$HOME/.config/immure/profiles"
	echo file >"$HOME/project/file"
	cd "$HOME/project" || return
}

@test "read-only at its own path" {
	inspect -- sh -c 'pwd; cat file; ls ..; ! touch x && ! touch sub/x && ! rm file && ! chmod 777 file'
	assert_status 0
	assert_equal "$output" "$PWD"$'\nfile\nproject'
}

@test "hide, ro, rw" {
	inspect --cwd hide -- sh -c 'pwd; ls -A'
	assert_equal "$output" "$HOME"
	inspect --cwd rw -- sh -c 'pwd; touch made sub/made'
	assert_equal "$output" "$PWD"
	[[ -e made && -e sub/made ]]
	inspect --cwd rw --cwd ro -- touch x
	assert_status 1
	inspect --bind . -- touch x
	assert_status 0
}

@test "these are not shown: the root, the home, what is above it, the system's, the view's" {
	local dir
	for dir in / /home "$HOME" "$TEST_TMP" "${TEST_TMP%/*}" /etc /usr /usr/lib /usr/share/doc /bin /dev /dev/shm /proc /proc/self /sys /sys/kernel \
		/run /var /var/tmp /boot "$HOME/.config/immure" "$HOME/.config/immure/profiles"; do
		[[ -d $dir ]] || continue
		cd "$dir"
		inspect --verbose -- sh -c 'grep -c " $1 [^ ]* - \(ext\|xfs\|btrfs\|overlay\)" /proc/self/mountinfo' - "$PWD"
		assert_stderr_has "immure: skipped: the current directory (default.profile (built in):"
		[[ ${output:-} == 0 || $dir == /usr || $dir == /bin ]] || fail_test "$dir"
	done
}

@test "then the command starts in the view's directory of that name, or at home" {
	local dir
	for dir in / /tmp /usr/share /dev /proc /etc /var/tmp /run "$HOME"; do
		cd "$dir"
		inspect -- sh -c 'pwd; echo "$PWD"'
		assert_equal "$output" "$dir"$'\n'"$dir"
	done
	cd "$HOME/.config/immure"
	inspect -- sh -c 'pwd; echo "$PWD"; ls -A'
	assert_equal "$output" "$HOME"$'\n'"$HOME"
}

@test "said by name, it is an error with the way to say it" {
	local dir
	for dir in / "$HOME" "$TEST_TMP" /etc /usr/lib /tmp "$HOME/.config/immure"; do
		cd "$dir"
		inspect --cwd ro -- true
		assert_status 125
		assert_stderr_has "is too much to show for being the current directory"
		inspect --cwd rw -- true
		assert_status 125
		inspect --cwd hide -- true
		assert_status 0
	done
	cd "$HOME"
	inspect --cwd rw -- true
	assert_stderr_has "--bind $HOME"
}

@test "the home is known also through a link" {
	ln -s home "$TEST_TMP/link"
	HOME=$TEST_TMP/link
	cd -P "$HOME"
	inspect --verbose -- true
	assert_stderr_has 'would show too much'
}

@test "FD-08 ROB-18: one that is gone, or that may not be entered, is not shown" {
	mkdir gone
	cd gone
	rmdir ../gone
	inspect --verbose -- pwd
	assert_status 0
	assert_stderr_has 'skipped: the current directory (default.profile (built in)'
	assert_equal "$output" "$HOME"
	inspect -- cat /proc/self/mountinfo
	assert_output_lacks gone
	# Said by name it is an error, or the command would work somewhere else.
	inspect --cwd rw -- pwd
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'the current directory (command line): it has no path'
	assert_stderr_has 'hint: it was removed, or its path is too long'
	inspect --cwd hide -- pwd
	assert_status 0
	cd "$HOME/project"
	! is_root || return 0
	mkdir closed
	cd closed
	chmod 0 .
	inspect -- pwd
	assert_status 0
	assert_equal "$output" "$HOME"
	inspect --cwd ro -- pwd
	assert_status 125
	chmod 700 "$HOME/project/closed"
}

@test "a directory that cannot be listed can be worked in" {
	chmod 100 .
	inspect -- sh -c 'cat file; ls'
	chmod 700 .
	assert_output_has file
}

@test "--chdir: where it starts, absolute or relative, and it must be there" {
	inspect --chdir /usr/share -- sh -c 'pwd; echo $PWD'
	assert_equal "$output" $'/usr/share\n/usr/share'
	inspect --chdir sub -- pwd
	assert_equal "$output" "$PWD/sub"
	inspect --chdir /tmp --cwd hide -- pwd
	assert_equal "$output" /tmp
	inspect --chdir . --cwd hide -- pwd
	assert_status 125
	assert_stderr_has "change directory: $PWD (command line): No such file or directory"
	assert_stderr_has "--ro-bind $PWD"
	local dir
	for dir in /no/such /etc/passwd /proc/1/cwd /proc/1/root '' /proc/self/fd/7; do
		inspect --chdir "$dir" -- pwd
		assert_status 125
		assert_equal "$output" ''
	done
}

@test "FD-08: it never stands outside of the view" {
	local dir
	for dir in / /proc/self/cwd /proc/self/root ..; do
		inspect --chdir "$dir" -- sh -c 'pwd -P; ls -d ../../../../../../../..; cat /proc/self/mountinfo >/dev/null; /bin/pwd'
		assert_output_lacks unreachable
		assert_status 0
	done
}

@test "a command by a path that is not shown is shown read-only, alone" {
	mkdir ../tools
	printf '#!/bin/sh\necho "$0"; ls "${0%%/*}"; : >>"$0"\n' >../tools/tool
	echo canary >../tools/other
	chmod 755 ../tools/tool
	inspect -- ../tools/tool
	assert_equal "$output" $'../tools/tool\ntool'
	assert_stderr_has 'Read-only file system'
	inspect -- "$HOME/tools/tool"
	assert_equal "$output" "$HOME/tools/tool"$'\ntool'
	cp ../tools/tool .
	inspect -- ./tool
	assert_equal "$(head -n 1 <<<"$output")" ./tool
	# Not when it is shown already, or was put away by name.
	inspect --tmpfs "$HOME/tools" -- "$HOME/tools/tool"
	assert_equal "$(tail -n 1 <<<"$output")" tool
	[[ $(inside --hide "$HOME/tools/tool" -- "$HOME/tools/tool" 2>/dev/null || echo "$?") == 12[67] ]]
}

@test "in a part of a directory that is bound writable it is writable" {
	mkdir -p part
	cd part
	inspect --bind "${PWD%/part}" -- sh -c 'pwd; echo x >file && cat file'
	assert_status 0
	assert_equal "$output" "$PWD"$'\nx'
	[[ -s file ]]
	# Another directory at that place is another matter: this one stays what it is.
	mkdir -p "$TEST_TMP/elsewhere/part"
	inspect --bind "$TEST_TMP/elsewhere:${PWD%/part}" -- sh -c 'ls; echo x >file'
	assert_equal "$output" file
	assert_stderr_has 'Read-only file system'
	# And who says ro means it.
	inspect --bind "${PWD%/part}" --cwd ro -- sh -c 'echo y >file'
	assert_stderr_has 'Read-only file system'
}
