/* Process 1 of a sandbox whose command is root of all its namespaces: it may look into
 * every process, so that this one has nothing to look at. It reaps what nobody else
 * does, passes on what comes from outside, and ends with the init that is its child.
 *
 * A program of its own, without a C library: memory that was ours once could be read,
 * and /proc/1/exe is this and not the launcher. Its argument is the number of that init;
 * every signal comes blocked. */
#include <asm/unistd.h>
#include <linux/prctl.h>
#include <linux/signal.h>
#include <linux/wait.h>

enum { NO_HANG = WNOHANG, FAILED = 125 };

#if defined(__x86_64__)
static long call4(long number, long a, long b, long c, long d)
{
	register long fourth __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall" : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
			 : "rcx", "r11", "memory");
	return result;
}

/* The kernel starts a program with the stack pointer at argc. */
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall first\n");
#elif defined(__aarch64__)
static long call4(long number, long a, long b, long c, long d)
{
	register long which __asm__("x8") = number;
	register long first __asm__("x0") = a;
	register long second __asm__("x1") = b;
	register long third __asm__("x2") = c;
	register long fourth __asm__("x3") = d;

	__asm__ volatile("svc 0" : "+r"(first)
			 : "r"(which), "r"(second), "r"(third), "r"(fourth) : "memory");
	return first;
}

__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x0, sp\n\tbl first\n");
#else
#error "no system calls for this architecture"
#endif

static void end(int status) __attribute__((noreturn));
static void end(int status)
{
	for (;;)
		(void)call4(__NR_exit_group, status, 0, 0, 0);
}

/* Reap what there is. The init writes how the command ended where the supervisor reads
 * it; its own end is the end. */
static void reap(long init)
{
	int status = 0;

	for (;;) {
		long pid = call4(__NR_wait4, -1, (long)&status, NO_HANG, 0);

		if (pid == init)
			end((status & 0x7f) ? 128 + (status & 0x7f) : status >> 8 & 0xff);
		if (pid <= 0)
			return;
	}
}

void first(const long *stack) __attribute__((noreturn, used));
void first(const long *stack)
{
	const unsigned long all = ~0ul;
	long init = 0;

	if (stack[0] != 2)
		end(FAILED);
	for (const char *digit = (const char *)stack[2]; *digit; digit++)
		init = init * 10 + (*digit - '0');
	(void)call4(__NR_prctl, PR_SET_NAME, (long)"immure-init", 0, 0);
	for (;;) {
		siginfo_t info;

		info.si_pid = init;
		long number = call4(__NR_rt_sigtimedwait, (long)&all, (long)&info, 0, sizeof(all));
		if (number > 0 && number != SIGCHLD && info.si_pid == 0)
			(void)call4(__NR_kill, init, number, 0, 0);
		reap(init);
	}
}
