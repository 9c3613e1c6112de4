#!/usr/bin/env bats
# A standard descriptor is a way to what it is open on: through /proc/self/fd it can
# be opened again with other rights. Nothing but 0, 1 and 2 passes, and those cannot
# be used for more than they were given for.

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	make_work
	cd "$WORK" || return
	mkdir secrets
	echo canary >secrets/key
	echo precious >file
	chmod 600 file
}

overwrite='echo owned >/proc/self/fd/N; echo owned >>/dev/fd/N; : >/proc/self/fd/N; chmod 777 /proc/self/fd/N
	touch -d @0 /proc/self/fd/N; truncate -s 0 /proc/self/fd/N; true'

@test "FD-06: without walls a file given for reading can be overwritten" {
	sh -c "${overwrite//N/0}" <file 2>/dev/null
	[[ $(cat file) != precious && $(stat -c %a file) == 777 ]]
}

@test "FD-06: a file given for reading can be read, and nothing else" {
	local fd before
	before=$(stat -c '%s %a %Y %Z %i' file)
	for fd in 0 1 2; do
		run bash -c "timeout 20 \"\$IMMURE\" run -- sh -c 'cat <&$fd >x/out; ${overwrite//N/$fd}' $fd<file"
		assert_equal "$(cat file)" precious
		assert_equal "$(stat -c '%s %a %Y %Z %i' file)" "$before"
	done
	inspect cat <file
	assert_equal "$output" precious
}

@test "FD-06: it is read from where the caller stands in it" {
	seq 3 >file
	{
		read -r _
		inspect cat
	} <file
	assert_equal "$output" $'2\n3'
	# shellcheck disable=SC2094 # it is not written
	inspect sh -c 'tail -c 2; wc -c </dev/stdin; exec 3<&0; tail -c +3 <&3 | wc -c' <file
	assert_equal "$output" $'3\n6\n0'
}

@test "FD-06: a heredoc and a file that has been removed can be read" {
	inspect cat <<-END
		a heredoc
	END
	assert_equal "$output" 'a heredoc'
	exec 8<file
	rm file
	inspect cat <&8
	exec 8<&-
	assert_equal "$output" precious
}

@test "FD-06: a file that has another one in its place by now is not mistaken for it" {
	exec 8<file
	mv file moved
	echo other >file
	inspect cat <&8
	[[ $output == precious ]]
	exec 8<&-
}

@test "FD-05: without walls a log opened for append can be truncated" {
	sh -c ': >/proc/self/fd/1' >>file
	assert_equal "$(cat file)" ''
}

@test "FD-05: a log opened for append is only appended to" {
	inspect true
	timeout 20 "$IMMURE" run -- sh -c "echo appended; ${overwrite//N/1}" >>file 2>/dev/null
	# What it writes to a pipe is appended as well.
	assert_equal "$(head -n 2 file)" $'precious\nappended'
	assert_equal "$(stat -c %a file)" 600
	timeout 20 "$IMMURE" run -- sh -c 'echo first >&2; (: >/proc/self/fd/2); echo last >&2' 2>>file
	assert_equal "$(head -n 2 file)" $'precious\nappended'
	assert_equal "$(tail -n 2 file)" $'first\nlast'
	inspect sh -c 'readlink /proc/self/fd/1' >>file
}

@test "FD-03: without walls a directory on a descriptor leads to what is in it and above" {
	[[ $(cat /proc/self/fd/0/key <secrets) == canary ]]
	[[ $(cat /proc/self/fd/0/../secrets/key <secrets) == canary ]]
}

@test "FD-03: a directory on any of the three is refused, and the command never runs" {
	run bash -c 'timeout 20 "$IMMURE" run -- cat /proc/self/fd/0/key <secrets'
	assert_status 125
	assert_output_has 'standard input is a directory'
	assert_output_lacks canary
	run bash -c 'timeout 20 "$IMMURE" run -- touch ran 1<secrets'
	assert_status 125
	assert_output_has 'standard output is a directory'
	run bash -c 'timeout 20 "$IMMURE" run -- touch ran 2<secrets; echo $?'
	assert_output_has 125
}

@test "FD-01 FD-12: only three descriptors pass, whatever the caller left open" {
	# Without walls all of them pass.
	# shellcheck disable=SC2016 # for the shell that leaves them open
	run bash -c 'exec 3<secrets 4</ 5<>file 6>>file 7< <(:) 8</proc/self/ns/mnt 9</proc/self/exe
		for fd in {20..300}; do eval "exec $fd</"; done
		"$PROBE" fds | wc -l
		timeout 20 "$IMMURE" run -- "$PROBE" fds'
	assert_status 0
	[[ ${lines[0]} -gt 285 ]]
	assert_equal "$(cut -d' ' -f1 <<<"${output#*$'\n'}")" $'0\n1\n2'
}

@test "FD-01: neither has init more than its own" {
	exec 8<secrets
	hold
	exec 8<&-
	# Of the caller's nothing; of ours a socket, a signal descriptor and /dev/null.
	run ls -l "/proc/$INIT/fd"
	release
	if is_root; then
		assert_output_lacks secrets
		assert_output_lacks "$TEST_TMP"
		assert_output_has /dev/null
	else
		assert_output_has 'Permission denied'
	fi
}

@test "FD-01: a namespace, a process and a kernel object are nothing to give away" {
	local what
	for what in /proc/self/ns/mnt /proc/self/ns/user; do
		run bash -c "timeout 20 \"\$IMMURE\" run -- true <$what"
		assert_status 125
		assert_output_has 'standard input is neither a pipe, a socket, a regular file'
		assert_output_has 'hint: '
	done
	for what in /dev/kmsg /dev/vcs; do
		(: <"$what") 2>/dev/null || continue
		run bash -c "timeout 20 \"\$IMMURE\" run -- true <$what"
		assert_status 125
	done
}

# shellcheck disable=SC2016 # for the shells
@test "FD-07 ROB-07: closed descriptors are /dev/null, in all combinations, and nothing of ours" {
	local closed words number
	for closed in '' 0 1 2 '0 1' '0 2' '1 2' '0 1 2'; do
		words=
		for number in $closed; do
			words+=" $number<&-"
		done
		eval 'timeout 20 "$IMMURE" run --cwd rw -- sh -c "
			for number in 0 1 2; do
				link=\$(readlink /proc/\$\$/fd/\$number)
				echo \$number \$link >>out
			done
			ls /proc/\$\$/fd | wc -l >>out" </dev/zero >stdout 2>stderr' "$words"
		for number in $closed; do
			grep -qx "$number /dev/null" out
		done
		assert_equal "$(wc -l <out)" 4
		rm out
	done
}
