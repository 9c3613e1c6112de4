#!/usr/bin/env bats
# Process 1 runs the launcher's own program, and whoever can write that decides about
# every later run. By way of /proc/PID/exe it was once reached (CVE-2019-5736), although
# its path was not there.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	HOME=$TEST_TMP/home
	mkdir -p "$HOME/bin" "$HOME/work"
	# One that the caller may write, so that it is the walls that keep it.
	cp "$IMMURE" "$HOME/bin/immure"
	chmod 755 "$HOME/bin/immure"
	sum=$(sha256sum <"$HOME/bin/immure")
	cd "$HOME/work" || return
}

unchanged() { assert_equal "$(sha256sum <"$HOME/bin/immure")" "$sum"; }

@test "FD-10: without walls the program of a process is written through its link" {
	cp "$(command -v sleep)" "$HOME/bin/sleep"
	"$HOME/bin/sleep" 30 3>&- &
	local pid=$!
	until [[ $(readlink "/proc/$pid/exe") == "$HOME/bin/sleep" ]]; do sleep 0.01; done
	exec 8<"/proc/$pid/exe"
	kill "$pid"
	wait "$pid" || true
	echo owned >/proc/self/fd/8
	exec 8<&-
	assert_equal "$(cat "$HOME/bin/sleep")" owned
}

write='for pid in 1 self $$ $PPID; do
	for link in /proc/$pid/exe /proc/$pid/root$0 /proc/$pid/map_files/*; do
		echo owned >>$link; echo owned >$link; (exec 3<>$link) && echo "opened $link"
	done
done 2>/dev/null
exec 3</proc/1/exe 4<$0
echo owned >/proc/self/fd/3; echo owned >/proc/self/fd/4'

@test "FD-10: the launcher's is not, while it runs or when it has ended" {
	run --separate-stderr timeout 20 "$HOME/bin/immure" run -- sh -c "$write" "$HOME/bin/immure"
	unchanged
	run --separate-stderr timeout 20 "$HOME/bin/immure" run --cwd rw --as-pid-1 -- sh -c "$write" "$HOME/bin/immure"
	unchanged
	assert_output_lacks opened
	# Shown by name, it can be read and run, and is what it was.
	run --separate-stderr timeout 20 "$HOME/bin/immure" run --ro-bind "$HOME/bin" -- sh -c "$write" "$HOME/bin/immure"
	unchanged
}

@test "FD-10: nor where it is the command's own first line, or the command" {
	printf '#!/proc/self/exe\n' >script
	chmod 755 script
	local word
	for word in ./script /proc/self/exe /proc/1/exe /dev/fd/3; do
		run --separate-stderr timeout 20 "$HOME/bin/immure" run --cwd rw -- "$word" run -- sh -c "$write" "$HOME/bin/immure"
		[[ $status -ne 0 ]]
		unchanged
	done
	# A library of the command's making, for a program that would run ours.
	printf '#!%s run sh\n' "$HOME/bin/immure" >script
	run --separate-stderr timeout 20 "$HOME/bin/immure" run --cwd rw --setenv LD_PRELOAD="$PWD/x.so" --setenv LD_LIBRARY_PATH="$PWD" -- ./script
	unchanged
}

@test "FD-10: weakened, with the host's files in view it is the mounts that kept it" {
	run --separate-stderr weakly landlock,mounts,inner,dumpable -- sh -c 'echo owned >>"$0" && echo done' "$HOME/bin/immure"
	assert_equal "$output" 'done'
	[[ $(sha256sum <"$HOME/bin/immure") != "$sum" ]]
}
