#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/sys/host.h>
#include <immure/sys/seccomp.h>

uint32_t seccomp_native_arch(void)
{
#if defined(__x86_64__) && defined(__LP64__)
	return AUDIT_ARCH_X86_64;
#elif defined(__aarch64__) && defined(__LP64__) && !defined(__AARCH64EB__)
	return AUDIT_ARCH_AARCH64;
#else
	return 0;
#endif
}

static int hint_filter(struct error *err)
{
	switch (err->code) {
	case EPERM: case EACCES:
		return hint(err, "a filter around this one forbids it; in a container:"
			    " --security-opt seccomp=unconfined");
	case ENOMEM:
		return hint(err, "there may be too many filters around this one already; one"
			    " sandbox less around it can help");
	default:
		return -1;
	}
}

int seccomp_listen(const struct sock_filter *code, size_t length, struct error *err)
{
	const struct sock_fprog program = {
		(unsigned short)length, (struct sock_filter *)(uintptr_t)code,
	};
	long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);

	if (listener >= 0)
		return (int)listener;
	(void)fail(err, errno, "load a filter that asks");
	switch (err->code) {
	case EBUSY:			/* seccomp(2): one in a tree of filters */
		return hint(err, "a filter around this one asks already, and the kernel allows one");
	case ENOSYS: case EINVAL:
		return hint(err, "Linux 5.0 or newer has it");
	default:
		return hint_filter(err);
	}
}

int seccomp_answer(int listener, int64_t value, struct error *err)
{
	struct seccomp_notif question = { 0 };

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &question) < 0)
		return fail(err, errno, "receive a question of a filter");
	struct seccomp_notif_resp answer = { .id = question.id, .val = value };
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) < 0)
		return fail(err, errno, "answer a question of a filter");
	return 0;
}

int seccomp_load(const struct sock_filter *code, size_t length, bool log,
		 struct error *err)
{
	/* The kernel's struct is not const, and it only reads. */
	const struct sock_fprog program = {
		(unsigned short)length, (struct sock_filter *)(uintptr_t)code,
	};
	unsigned flags = log ? SECCOMP_FILTER_FLAG_LOG : 0;

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0)
		return 0;
	(void)fail(err, errno, "load %zu instructions", length);
	(void)about(err, NEED_FILTER);
	return err->code != ENOSYS && err->code != EINVAL ? hint_filter(err) :
		hint(err, "this kernel has no filters of system calls (CONFIG_SECCOMP_FILTER); to"
			  " give up this wall: --seccomp off");
}
