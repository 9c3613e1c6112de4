/* What our own process 1 may still do once the command runs: wait for its children,
 * read the signals that are for the command and pass them on, talk to the supervisor,
 * and hand the terminal over. Everything else is refused, whatever a hostile child
 * might make of it. A list of what is allowed, since this program's own needs are
 * known; it also loads in a quarter of the time that the command's filter takes. Not
 * every architecture has poll(2), so that init uses ppoll(2). */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <immure/sys/seccomp.h>

#include "init_calls.h"

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define ALLOW(call) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), ANSWER(SECCOMP_RET_ALLOW)

int confine_init_calls(struct error *err)
{
	const struct sock_filter code[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, seccomp_native_arch(), 1, 0),
		ANSWER(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		ALLOW(ppoll), ALLOW(wait4), ALLOW(read), ALLOW(kill), ALLOW(sendmsg),
		ALLOW(recvmsg), ALLOW(close), ALLOW(getpid), ALLOW(restart_syscall),
		ALLOW(rt_sigreturn), ALLOW(exit_group),
		/* tcsetpgrp(3) and no other; the kernel takes the low 32 bits. */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
		LOAD(args[1]),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCSPGRP, 0, 1),
		ANSWER(SECCOMP_RET_ALLOW),
		ANSWER(SECCOMP_RET_ERRNO | EPERM),
	};

	return seccomp_load(code, sizeof(code) / sizeof(code[0]), false, err);
}
