/* The network engine's walls, and those of who serves published ports. The engine has no file to open, nobody to signal and nothing to
 * start: what is left is to poll, to read and write what it has, to make sockets of the
 * internet, and to keep memory. A list of what is allowed, as for init; what libslirp
 * asks for beyond it fails, as a socket of another family or with raw packets does. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <immure/base/error.h>
#include <immure/confine/confine.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/seccomp.h>
#include <immure/sys/weaken.h>

/* Every flow is a socket with buffers of 256 KiB: more than this many would be memory
 * that one sandbox should not have of the host. */
enum { MOST_DESCRIPTORS = 4096 };

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define ALLOW(call) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), ANSWER(SECCOMP_RET_ALLOW)
#define REFUSE ANSWER(SECCOMP_RET_ERRNO | EPERM)

/* The low 32 bits of an argument, where the machine is little-endian, as all are that
 * have a filter. */
#define ALLOW_IF(call, argument, first, second) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 5), \
	LOAD(args[argument]), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (first), 1, 0), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (second), 0, 1), \
	ANSWER(SECCOMP_RET_ALLOW), \
	REFUSE

/* Only without PROT_EXEC. */
#define ALLOW_DATA(call) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 4), \
	LOAD(args[2]), \
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0), \
	ANSWER(SECCOMP_RET_ALLOW), \
	REFUSE

static int filter_calls(bool binds, struct error *err)
{
	const unsigned bind_if_needed = binds ? SYS_bind : SYS_connect;
	const struct sock_filter code[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, seccomp_native_arch(), 1, 0),
		ANSWER(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		/* The loop, most frequent first. */
		ALLOW(read), ALLOW(write), ALLOW(ppoll), ALLOW(recvfrom), ALLOW(recvmsg),
		ALLOW(sendto), ALLOW(sendmsg), ALLOW(writev), ALLOW(readv), ALLOW(clock_gettime),
		/* Sockets. */
		ALLOW_IF(socket, 0, AF_INET, AF_INET6),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, bind_if_needed, 0, 1),
		ANSWER(SECCOMP_RET_ALLOW),
		ALLOW(connect), ALLOW(close), ALLOW(shutdown), ALLOW(setsockopt),
		ALLOW(getsockopt), ALLOW(getsockname), ALLOW(getpeername),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 6),
		LOAD(args[1]),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FIONBIO, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FIONREAD, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TUNSETPERSIST, 0, 1),
		ANSWER(SECCOMP_RET_ALLOW),
		REFUSE,
		/* F_DUPFD to F_SETFL: not F_SETOWN, which has signals sent. */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 4),
		LOAD(args[1]),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, F_SETFL, 1, 0),
		ANSWER(SECCOMP_RET_ALLOW),
		REFUSE,
		ALLOW_IF(socketpair, 0, AF_UNIX, AF_UNIX), ALLOW(dup3),
		/* Memory, which is never code. */
		ALLOW(brk), ALLOW_DATA(mmap), ALLOW_DATA(mprotect), ALLOW(munmap), ALLOW(mremap),
		ALLOW(madvise), ALLOW(futex), ALLOW(getrandom),
		ALLOW(restart_syscall), ALLOW(rt_sigreturn), ALLOW(exit_group),
		REFUSE,
	};

	return seccomp_load(code, sizeof(code) / sizeof(code[0]), false, err);
}

/* It starts nothing, writes no file, and its memory is in no core. */
static int set_limits(struct error *err)
{
	int64_t most = limit_hard(RLIMIT_NOFILE);

	if (weakened(WALL_LIMITS))
		return 0;
	if (most == LIMIT_NONE || most > MOST_DESCRIPTORS)
		most = MOST_DESCRIPTORS;
	if (limit_set(RLIMIT_CORE, 0, 0, err) < 0 || limit_set(RLIMIT_NPROC, 0, 0, err) < 0 ||
	    limit_set(RLIMIT_FSIZE, 0, 0, err) < 0 || limit_set(RLIMIT_MEMLOCK, 0, 0, err) < 0)
		return -1;
	return limit_set(RLIMIT_NOFILE, most, most, err);
}

static int drop_rights(const char *title, struct error *err)
{
	process_scrub(title);
	return set_limits(err) < 0 || process_hide(err) < 0 || privilege_drop_all(0, err) < 0 ||
	       privilege_no_new(err) < 0 ? -1 : 0;
}

int confine_engine(bool binds, struct error *err)
{
	return drop_rights("immure-net", err) < 0 ? -1 : filter_calls(binds, err);
}

/* --- who serves published ports -------------------------------------------------------- */

/* Among its sockets are some of the host's network: one that could be connected anew would
 * lead out. connect(2) gets an address in memory that nobody can write, map anew or give
 * back any more, and shutdown(2) ends only the sending of a socket: what listens would be
 * free to connect if its receiving were ended. */
static int filter_publisher(const void *targets, size_t size, struct error *err)
{
	const uint64_t start = (uint64_t)(uintptr_t)targets, last = start + size - 1;
	const struct sock_filter code[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, seccomp_native_arch(), 1, 0),
		ANSWER(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		ALLOW(epoll_pwait), ALLOW(recvfrom), ALLOW(sendto), ALLOW(recvmsg),
		ALLOW(sendmsg), ALLOW(epoll_ctl), ALLOW(clock_gettime), ALLOW(accept4),
		ALLOW(close), ALLOW(setsockopt), ALLOW(getsockopt),
		ALLOW_IF(socket, 0, AF_INET, AF_INET6),
		ALLOW_IF(shutdown, 1, SHUT_WR, SHUT_WR),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 0, 7),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1]) + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(start >> 32), 0, 4),
		LOAD(args[1]),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)start, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)last, 1, 0),
		ANSWER(SECCOMP_RET_ALLOW),
		REFUSE,
		ALLOW(restart_syscall), ALLOW(rt_sigreturn), ALLOW(exit_group),
		REFUSE,
	};

	/* The kernel places it; two words of its address are compared one after the other. */
	if (start >> 32 != last >> 32)
		return fail(err, 0, "the addresses of published ports lie across 4 GiB");
	return seccomp_load(code, sizeof(code) / sizeof(code[0]), false, err);
}

int confine_publisher(const void *targets, size_t size, struct error *err)
{
	return drop_rights("immure-ports", err) < 0 ? -1 : filter_publisher(targets, size, err);
}
