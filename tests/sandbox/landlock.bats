#!/usr/bin/env bats
# The second layer: Landlock lets the command use what its view is meant to have, and
# nothing else; what a kernel lacks of it is said, or is an error. That it holds alone is
# shown in attack/file_layers.bats.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	make_work
	cd "$WORK" || return
}

# With what the kernel answers when it is asked for its ABI, release and all.
with_answer() {
	local answer=$1
	shift
	run_whole --separate-stderr timeout -k 5 30 strace -qq -o /dev/null -e trace=landlock_create_ruleset -e "inject=landlock_create_ruleset:$answer:when=1" "$IMMURE" run "$@"
}

@test "a kernel that has all of it is worth no note" {
	needs_landlock 6 signals
	inspect --landlock require -- true
	assert_status 0
	assert_equal "${stderr:-}" ''
	run --separate-stderr "$IMMURE" run --dry-run --landlock require true
	assert_output_has 'files, abstract sockets, signals'
	[[ $output =~ rule\ +/usr\ \(list,\ read,\ execute\) ]]
	[[ $output =~ rule\ +/tmp\ \(list,\ read,\ execute,\ write ]]
}

@test "ROB-16: what an older kernel lacks is said once, and is an error where all is required" {
	needs strace
	local abi lacks=(
		'this kernel has none, or was started without it, and the second layer lacks files, truncation, ioctls of devices, abstract sockets, signals'
		"this kernel's is ABI 1, and the second layer lacks truncation, ioctls of devices, abstract sockets, signals, and refuses every move between directories"
		"this kernel's is ABI 2, and the second layer lacks truncation, ioctls of devices, abstract sockets, signals"
		"this kernel's is ABI 3, and the second layer lacks ioctls of devices, abstract sockets, signals"
		"this kernel's is ABI 4, and the second layer lacks ioctls of devices, abstract sockets, signals"
		"this kernel's is ABI 5, and the second layer lacks abstract sockets, signals"
	)
	local here
	here=$(landlock_abi)
	for abi in "${!lacks[@]}"; do
		[[ $abi -le $here ]] || continue	# it would be asked for what it lacks
		with_answer "$([[ $abi -eq 0 ]] && echo error=ENOSYS || echo "retval=$abi")" -- echo ran
		assert_status 0
		assert_equal "$output" ran
		assert_equal "${stderr:-}" "immure: note: Landlock: ${lacks[abi]}"
		with_answer "$([[ $abi -eq 0 ]] && echo error=EOPNOTSUPP || echo "retval=$abi")" --landlock require -- echo ran
		assert_status 125
		assert_equal "$output" ''
		assert_stderr_has "plan: landlock require (command line): ${lacks[abi]%%,*}"
		assert_stderr_has 'hint: it needs Linux 6.12; to make use of what there is: --landlock auto'
	done
	with_answer retval=2 --quiet -- true
	assert_equal "${stderr:-}" ''
}

@test "off is said, and leaves all else as it is" {
	inspect --landlock off -- grep -E 'NoNewPrivs|CapEff' /proc/self/status
	assert_equal "$output" $'CapEff:\t0000000000000000\nNoNewPrivs:\t1'
	assert_equal "${stderr:-}" 'immure: note: no Landlock: there is no second layer for files, abstract sockets and signals'
	run --separate-stderr "$IMMURE" run --dry-run --landlock off true
	[[ $output =~ landlock\ +none\ +#\ command\ line ]]
	refute grep -q ^rule <<<"$output"
}

@test "ROB-16: on a kernel of every ABI it runs, and keeps the files away" {
	local abi
	echo canary >"$TEST_TMP/secret"
	for abi in 1 2 3 4 5 6 7; do
		run --separate-stderr weakly "landlock-abi=$abi" --bind . -- sh -c 'mkdir -p a b; echo x >a/f && cat a/f && echo y >/tmp/t && mv a b/ 2>&1; cat /etc/passwd | wc -l; echo >/dev/null'
		assert_equal "${lines[0]}" x
		assert_equal "${lines[-1]}" 2
		rm -rf a b
		run --separate-stderr weakly "mounts,landlock-abi=$abi" -- cat "$TEST_TMP/secret"
		assert_equal "$output" ''
		assert_stderr_has 'Permission denied'
	done
}

@test "a step of it that fails stops the start" {
	needs strace
	needs_landlock 6 'signals, which are required,'
	local call
	# The first time it is asked for its ABI, by a process that makes no ruleset.
	for call in create_ruleset:error=ENOMEM:when=1 create_ruleset:error=EPERM:when=1 add_rule:error=ENOMEM:when=7 restrict_self:error=E2BIG:when=1; do
		run --separate-stderr timeout -k 5 30 strace -f -qq -o "$TEST_TMP/trace" -e "trace=landlock_${call%%:*}" -e "inject=landlock_$call" "$IMMURE" run --landlock require -- echo ran
		assert_status 125
		assert_equal "$output" ''
		grep -q INJECTED "$TEST_TMP/trace"
	done
	assert_stderr_has 'immure: enter the Landlock domain: enter a Landlock domain: Argument list too long'
	assert_stderr_has '--landlock off'
}

@test "files are made, changed, moved between directories, linked and removed" {
	inspect --bind . -- bash -ec 'for place in . /tmp /var/tmp /run /dev/shm ~; do
		cd "$place"; mkdir -p one/deep two
		echo text >one/file; echo more >>one/file; : >one/file; truncate -s 5 one/file
		mv one/file two/; mv one/deep two/; ln two/file one/hard; ln -s ../two/file one/link; cat one/link >/dev/null
		mv two one/three; cp "$(type -P true)" one/program; one/program; mkfifo one/fifo
		python3 -c "import socket; s = socket.socket(socket.AF_UNIX); s.bind(\"one/socket\"); s.listen(); socket.socket(socket.AF_UNIX).connect(\"one/socket\")"
		rm -r one; cd - >/dev/null; done; echo all'
	assert_equal "$output" all
	assert_equal "${stderr:-}" ''
	assert_equal "$(ls -A)" ''
}

@test "what is shown read-only is not changed" {
	echo text >file
	inspect -- sh -c 'echo x >file; echo x >new; rm file; mv file moved; chmod 777 file; echo x >/usr/new; echo x >/etc/passwd; mkdir /new'
	assert_equal "$(ls -A)" file
	assert_equal "$(cat file)" text
}

@test "/proc of oneself can be written, devices used, terminals opened" {
	inspect -- bash -ec 'echo name >/proc/self/comm; echo 500 >/proc/self/oom_score_adj; cat /proc/self/oom_score_adj
		echo x >/dev/null; echo x >/dev/zero; head -c 9 /dev/zero /dev/urandom >/dev/null; cat <(echo substituted) >/dev/stderr; cat /dev/stdin <<<here; exec 3>/dev/stdout; echo three >&3'
	assert_equal "$output" $'500\nhere\nthree'
	assert_equal "${stderr:-}" substituted
	inspect -- python3 -c 'import fcntl, os, pty
a, b = pty.openpty()
print(os.isatty(b), os.ttyname(b).startswith("/dev/pts/"), len(fcntl.ioctl(b, 0x5413, b"\0" * 8)))
os.memfd_create("x"); print(open("/proc/self/fd/%d" % os.memfd_create("y"), "w").write("memory"))'
	assert_equal "$output" $'True True 8\n6'
}

@test "a device that everybody gets takes no ioctl but a terminal" {
	needs_landlock 5 'ioctls of devices'
	local ask='import fcntl; f = open("/dev/urandom"); print(len(fcntl.ioctl(f, 0x80045200, b"\0" * 4)))'
	inspect --landlock off -- python3 -c "$ask"
	assert_equal "$output" 4
	inspect -- python3 -c "$ask"
	assert_stderr_has 'Permission denied'
	# Who names a device means all of it.
	inspect --dev-bind /dev/urandom -- python3 -c "$ask"
	assert_equal "$output" 4
}

@test "a regular file that is passed can be opened again, as it was opened and no other way" {
	# Not in the current directory, which is shown.
	local file=$TEST_TMP/file
	timeout 20 "$IMMURE" run -- sh -c 'echo one; echo two >>/dev/stdout; cat </proc/self/fd/1 >&2' >"$file" 2>error || true
	assert_equal "$(cat "$file")" $'one\ntwo'
	assert_equal "$(grep -c 'Permission denied' error)" 1
	inspect -- sh -c 'cat /dev/stdin; echo x >/proc/self/fd/0' <"$file"
	assert_equal "$output" $'one\ntwo'
	assert_stderr_has 'cannot create /proc/self/fd/0'
	exec 5<>"$file"
	timeout 20 "$IMMURE" run -- sh -c 'echo written >/proc/self/fd/0; cat /proc/self/fd/0' <&5 >out
	exec 5<&-
	assert_equal "$(cat "$file" out)" $'written\nwritten'
}

@test "semaphores, shared memory, queues, locks, watches, job control" {
	inspect -- python3 -c 'import multiprocessing, multiprocessing.shared_memory as m, fcntl
with multiprocessing.Pool(2) as pool: print(pool.map(abs, [-1, -2]))
s = m.SharedMemory(create=True, size=8); m.SharedMemory(s.name).close(); s.close(); s.unlink()
multiprocessing.Semaphore(1).acquire(); fcntl.flock(open("/tmp/l", "w"), fcntl.LOCK_EX)'
	assert_equal "$output" '[1, 2]'
	inspect --ro-bind "$PROBE" -- sh -c '"$0" mq-open /q; ls /dev/mqueue; "$0" mq-find /q; "$0" mq-unlink /q; rm -f /dev/mqueue/q; "$0" inotify 2; ls /dev/mqueue' "$PROBE"
	assert_equal "$output" $'mq-open: ok\nq\nmq-find: ok\nmq-unlink: ok\ninotify: ok\nwatch: ok\nwatch: ok'
	inspect -- bash -c 'set -m; sleep 30 & kill -STOP %1; jobs | grep -c Stopped; kill -CONT %1; kill %1; wait %1; echo $?; (sleep 30 & kill $!; kill -0 $$ && echo parent)'
	[[ $output == *143* && $output == *parent* ]] || fail_test jobs
}

@test "git, make, a virtual environment" {
	needs git make python3
	inspect --bind . -- bash -ec 'git init -q repo; cd repo; git config --global user.email a@b; git config --global user.name n
		echo x >f; git add f; git commit -qm one; git clone -q . ../clone; git gc -q; git log --format=%s
		printf "all: a b\n%%: ; @echo \$@ >\$@\n" >Makefile; make -sj2 2>/dev/null; cat a b
		python3 -m venv --without-pip ../venv; ../venv/bin/python -c "import sys; print(sys.prefix != sys.base_prefix)"'
	assert_status 0
	assert_equal "$output" $'one\na\nb\nTrue'
}

@test "sockets inside work with and without a path, and with the host's network" {
	local talk='import socket, threading
for name in ("\0inside", "/tmp/inside"):
    l = socket.socket(socket.AF_UNIX); l.bind(name); l.listen()
    socket.socket(socket.AF_UNIX).connect(name)
a, b = socket.socketpair(); a.send(b"x"); print(b.recv(1).decode())
t = socket.create_server(("127.0.0.1", 0)); socket.create_connection(t.getsockname()); print("tcp")'
	inspect -- python3 -c "$talk"
	assert_equal "$output" $'x\ntcp'
	inspect --share net -- python3 -c "$talk"
	assert_equal "$output" $'x\ntcp'
}

@test "with the host's processes shared, none of them gets a signal" {
	needs_landlock 6 signals
	sleep 60 &
	local pid=$!
	inspect --share pid --landlock off -- kill -0 "$pid"
	assert_status 0
	assert_stderr_has 'and can signal them'
	inspect --share pid -- sh -c 'kill -0 "$1"; kill -TERM "$1"; kill -KILL -- "-$1"; (sleep 9 & kill $! && echo own)' - "$pid"
	assert_equal "$output" own
	assert_stderr_has 'not permitted'
	assert_stderr_lacks 'can signal'
	kill -0 "$pid"
	kill "$pid"
}

@test "with the host's files shared, they are as they are, and signals are held" {
	needs_landlock 6 signals
	inspect --share mount,pid -- sh -c 'echo x >here; cat here; kill -0 "$1"' - "$BASHPID"
	assert_equal "$output" x
	assert_stderr_has 'not permitted'
}

@test "a program inside can restrict itself further" {
	inspect -- python3 -c 'import ctypes, os, struct
c = ctypes.CDLL(None, use_errno=True)
print(c.syscall(444, None, 0, 1) >= 1)
attributes = struct.pack("Q", 4)
ruleset = c.syscall(444, attributes, 8, 0)
print(ruleset >= 0, c.syscall(446, ruleset, 0))
try: open("/etc/passwd")
except PermissionError: print("refused")'
	assert_equal "$output" $'True\nTrue 0\nrefused'
}
