#!/usr/bin/env bats
# What people work with, behind the filter of system calls as it is by default, and the
# option that debuggers need.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	make_work
	cd "$WORK" || return
}

# Sixteen small files, and a main() that calls what each has.
write_project() {
	local i
	{
		echo 'all: sum'
		printf 'objects = main.o'
		for i in {1..16}; do printf ' f%d.o' "$i"; done
		printf '\nsum: $(objects)\n\tgcc -o $@ $^\n%%.o: %%.c\n\tgcc -O2 -c -o $@ $<\n'
	} >Makefile
	for i in {1..16}; do echo "int f$i(void); int f$i(void) { return $i; }" >"f$i.c"; done
	{
		echo '#include <stdio.h>'
		for i in {1..16}; do echo "int f$i(void);"; done
		printf '%s\n' 'int main(void) { printf("%d\n", 0'
		for i in {1..16}; do echo " + f$i()"; done
		echo '); return 0; }'
	} >main.c
}

@test "SEC-21: make -j and gcc, by the default filter and by the strict one" {
	needs gcc make
	write_project
	local filter
	for filter in default strict; do
		rm -f ./*.o sum
		inspect --cwd rw --seccomp "$filter" -- sh -c 'make -s -j4 && ./sum'
		assert_status 0
		assert_equal "$output" 136
	done
}

@test "SEC-21: a virtual environment of python, its processes and its event loop" {
	needs python3
	local filter
	for filter in default strict; do
		inspect --seccomp "$filter" -- sh -c 'python3 -m venv --without-pip /tmp/v && /tmp/v/bin/python -c "
import asyncio, concurrent.futures, multiprocessing, os, sys, tempfile
async def main():
    p = await asyncio.create_subprocess_exec(sys.executable, \"-c\", \"print(6)\", stdout=-1)
    return int((await p.communicate())[0])
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    threads = sum(pool.map(len, [\"ab\"] * 8))
with multiprocessing.Pool(2) as pool:
    print(asyncio.run(main()) * 7, threads, sum(pool.map(abs, [-1, -2])), sys.prefix)"'
		assert_status 0
		assert_equal "$output" '42 16 3 /tmp/v'
	done
}

@test "SEC-21: node with its worker threads, timers and sockets" {
	needs node
	local filter
	for filter in default strict; do
		inspect --seccomp "$filter" -- node -e '
const { Worker } = require("worker_threads"), net = require("net"), fs = require("fs");
const server = net.createServer(s => s.end("pong")).listen(0, () =>
	net.connect(server.address().port).on("data", d => {
		server.close();
		const w = new Worker("require(\"worker_threads\").parentPort.postMessage(6 * 7)", { eval: true });
		w.on("message", m => fs.promises.readFile("/etc/hostname", "utf8")
			.then(h => console.log(String(d), m, h.trim())));
	}));'
		assert_status 0
		assert_equal "$output" 'pong 42 immure'
	done
}

@test "SEC-21: git: init, commit, clone, gc, log" {
	needs git
	inspect --git-rw --cwd rw -- sh -c '
git init -q r && cd r && git config user.name n && git config user.email e@e
for i in 1 2 3; do echo $i >f && git add f && git commit -qm $i; done
cd .. && git clone -q r c && cd c && git gc -q && git fsck && git log --oneline | wc -l'
	assert_status 0
	assert_equal "${lines[-1]}" 3
}

@test "SEC-21: tmux: a server, a window, what it shows" {
	needs tmux
	inspect --setenv TERM=xterm -- sh -c '
tmux -S /tmp/t new-session -d -x 80 -y 24 "echo forty-two; read x"
for i in $(seq 50); do tmux -S /tmp/t capture-pane -p | grep -q forty && break; sleep 0.1; done
tmux -S /tmp/t capture-pane -p | head -n 1; tmux -S /tmp/t kill-server'
	assert_equal "$output" forty-two
}

@test "SEC-21: tar unpacks what belonged to others, with links and modes" {
	mkdir -p tree/sub
	echo x >tree/sub/file
	ln -s sub/file tree/link
	ln tree/sub/file tree/hard
	chmod 750 tree/sub
	tar --owner=daemon:1 --group=daemon:1 -czf tree.tar.gz tree
	inspect --cwd rw -- sh -c 'mkdir out && tar -C out -xzf tree.tar.gz && stat -c "%a %n" out/tree/sub && cat out/tree/link'
	assert_status 0
	assert_equal "$output" $'750 out/tree/sub\nx'
	assert_equal "${stderr:-}" ''
}

@test "PTR-03 SEC-21: strace and a sanitizer's search for leaks, when they may" {
	needs strace gcc
	inspect -- strace -o /tmp/o true
	[[ $status -ne 0 ]]
	inspect --ptrace -- sh -c 'strace -f -o /tmp/o sh -c "true | cat" && grep -c execve /tmp/o'
	assert_status 0
	assert_stderr_has 'ptrace (command line)'
	[[ $output -ge 2 ]]
	printf '#include <stdlib.h>\nint main(void) { volatile char *p = malloc(7); p = NULL; return p != NULL; }\n' >leak.c
	gcc -fsanitize=address -o leak leak.c
	inspect -q --ptrace -- ./leak
	assert_stderr_has '7 byte(s) leaked'
}

@test "SEC-21: a program that confines itself: seccomp and Landlock of its own" {
	needs gcc
	cat >own.c <<-'END'
		#include <errno.h>
		#include <linux/filter.h>
		#include <linux/seccomp.h>
		#include <stddef.h>
		#include <stdio.h>
		#include <sys/prctl.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		int main(void)
		{
			struct sock_filter code[] = {
				BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
				BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
				BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 77),
				BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
			};
			struct sock_fprog program = { 4, code };
			long set = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
			long abi = set < 0 ? -1 : syscall(444, NULL, 0, 1);
			unsigned long long handled = 4;		/* LANDLOCK_ACCESS_FS_READ_FILE */
			long rules = abi < 0 ? -1 : syscall(444, &handled, 8, 0);
			long bound = rules < 0 ? -1 : syscall(446, rules, 0);
			int file = open("/etc/hostname", 0);
			long loaded = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
			long parent = syscall(SYS_getppid);
			printf("%s %ld %ld %d\n", abi < 0 ? "none" : bound == 0 && file < 0 ? "landlock" : "broken",
			       loaded, parent, errno);
			return 0;
		}
	END
	sed -i '1i #include <fcntl.h>' own.c
	gcc -o own own.c
	run ./own
	local outside=${output%% *}
	inspect -- ./own
	assert_equal "$output" "$outside 0 -1 77"
	inspect --seccomp strict -- ./own
	assert_equal "$output" "$outside 0 -1 77"
}
