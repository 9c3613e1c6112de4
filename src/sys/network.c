/* Making a network namespace while something else goes on.
 *
 * The helper shares this process's memory and descriptors. A thread of libc's would
 * do, and costs 0.1 ms, a quarter of what is won. A bare one has no thread-local
 * storage of its own and must not write errno, which would be its creator's: it
 * makes its few system calls without libc, and leaves what went wrong in *making. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/host.h>
#include <immure/sys/namespace.h>
#include <immure/sys/network.h>

/* A system call that answers as the kernel does: a negative errno for a failure. */
#if defined(__x86_64__)
#define HAVE_BARE_CALLS 1
static long bare_call(long number, long a, long b, long c)
{
	register long d __asm__("r10") = 0;
	long result;

	__asm__ volatile("syscall" : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(d)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
#define HAVE_BARE_CALLS 1
static long bare_call(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = 0;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
}
#else
#define HAVE_BARE_CALLS 0
static long bare_call(long number, long a, long b, long c)
{
	long result = syscall(number, a, b, c, 0);

	return result < 0 ? -errno : result;
}
#endif

static const char cannot_make[] = "make a network namespace";

static int note_failure(struct network_making *making, const char *what, long result)
{
	making->failed = what;
	making->code = (int)-result;
	return 1;
}

/* Bring up the loopback device. Interface requests work on a socket of any family;
 * this one always exists. */
static int bring_up_loopback(struct network_making *making)
{
	struct ifreq request;
	long fd, result;

	for (size_t i = 0; i < sizeof(request); i++)
		((volatile char *)&request)[i] = i < 2 ? "lo"[i] : 0;
	fd = bare_call(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return note_failure(making, "open a socket", fd);
	result = bare_call(SYS_ioctl, fd, SIOCGIFFLAGS, (long)&request);
	if (result >= 0) {
		request.ifr_flags |= IFF_UP;
		result = bare_call(SYS_ioctl, fd, SIOCSIFFLAGS, (long)&request);
	}
	(void)bare_call(SYS_close, fd, 0, 0);
	return result < 0 ? note_failure(making, "bring up the loopback device", result) : 0;
}

/* Only the calling process moves into the namespace. */
static int make_namespace(void *context)
{
	struct network_making *making = context;

	long result = bare_call(SYS_unshare, CLONE_NEWNET, 0, 0);
	if (result < 0)
		return note_failure(making, cannot_make, result);
	if (bring_up_loopback(making) != 0)
		return 1;
	result = bare_call(SYS_openat, making->procfs, (long)"self/ns/net",
			   O_RDONLY | O_CLOEXEC);
	if (result < 0)
		return note_failure(making, "open the new network namespace", result);
	making->namespace = (int)result;
	return 0;
}

static int tell_failure(const struct network_making *making, struct error *err)
{
	(void)fail(err, making->code, "%s", making->failed ? making->failed : cannot_make);
	(void)about(err, NEED_NAMESPACE(NS_NET));
	return making->failed == cannot_make ? hint_namespaces(err, CLONE_NEWNET)
					      : hint_apparmor(err);
}

int network_make_begin(struct network_making *making, int procfs, bool meanwhile,
		       struct error *err)
{
	static char stack[16 * 1024] __attribute__((aligned(64)));

	*making = (struct network_making){ .procfs = procfs, .namespace = NO_FD };
	if (!meanwhile || !HAVE_BARE_CALLS)
		return make_namespace(making) == 0 ? 0 : tell_failure(making, err);
	making->helper = clone(make_namespace, stack + sizeof(stack),
			       CLONE_VM | CLONE_FILES | SIGCHLD, making);
	if (making->helper < 0)
		return fail(err, errno, "start a helper");
	return 0;
}

int network_make_end(struct network_making *making, struct error *err)
{
	pid_t ended;

	if (making->helper == 0) {
		fd_close(&making->namespace);
		return 0;
	}
	do
		ended = waitpid(making->helper, NULL, 0);
	while (ended < 0 && errno == EINTR);
	if (ended < 0)
		return fail(err, errno, "await the network namespace");
	AUTO_FD int namespace = take_fd(&making->namespace);
	if (namespace < 0)
		return tell_failure(making, err);
	if (setns(namespace, CLONE_NEWNET) < 0)
		return fail(err, errno, "enter the new network namespace");
	return 0;
}
