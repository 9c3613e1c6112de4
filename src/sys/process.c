#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/host.h>
#include <immure/sys/process.h>

pid_t process_fork(uint64_t namespaces, int *ret_pidfd, struct error *err)
{
	int pidfd = NO_FD;

	/* clone(2), not clone3(2): container filters that cannot look behind clone3's
	 * pointer refuse it, and none of its own flags is needed here. The first and
	 * the third argument stand in the same place on every architecture. */
	long pid = syscall(SYS_clone, (unsigned long)namespaces | CLONE_PIDFD | SIGCHLD, 0,
			   &pidfd, 0, 0);
	if (pid < 0) {
		(void)fail(err, errno, "clone into new namespaces");
		return hint_namespaces(err, namespaces);
	}
	if (pid > 0)
		*ret_pidfd = pidfd;
	return (pid_t)pid;
}

void *process_share_memory(size_t size, struct error *err)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory != MAP_FAILED)
		return memory;
	(void)fail(err, errno, "share memory");
	return NULL;
}

struct start {
	void (*body)(void *context);
	void *context;
};

ON_OWN_STACK static int start_body(void *context)
{
	const struct start *start = context;

	start->body(start->context);
	_exit(125);
}

pid_t process_start(uint64_t namespaces, void (*body)(void *context), void *context,
		    struct error *err)
{
	const size_t size = 256 * 1024;
	struct start start = { .body = body, .context = context };

	char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return fail(err, errno, "make a stack");
	pid_t pid = clone(start_body, stack + size,
			  (int)(namespaces | CLONE_VM | CLONE_VFORK | SIGCHLD), &start);
	if (pid < 0) {
		(void)fail(err, errno, "start a process");
		(void)hint_namespaces(err, namespaces);
	}
	(void)munmap(stack, size);
	return pid;
}

pid_t process_start_beside(uint64_t namespaces, void (*body)(void *context), void *context,
			   struct error *err)
{
	const size_t size = 256 * 1024;

	char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return fail(err, errno, "make a stack");
	/* At its far end: ours is gone when the child reads it. */
	struct start *start = (struct start *)(void *)stack;
	*start = (struct start){ .body = body, .context = context };
	pid_t pid = clone(start_body, stack + size, (int)(namespaces | CLONE_VM | SIGCHLD), start);
	if (pid < 0) {
		(void)fail(err, errno, "start a process");
		(void)hint_namespaces(err, namespaces);
		(void)munmap(stack, size);
	}
	return pid;
}

static int tool_spawn(const char *const *argv, int said, pid_t *ret_pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	char *nothing[] = { NULL };
	sigset_t none, all;

	if (posix_spawn_file_actions_init(&files) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&how) != 0) {
		(void)posix_spawn_file_actions_destroy(&files);
		return ENOMEM;
	}
	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	int code = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDWR, 0);
	if (code == 0)
		code = posix_spawn_file_actions_adddup2(&files, 0, 1);
	if (code == 0)
		code = posix_spawn_file_actions_adddup2(&files, said, 2);
	if (code == 0)
		code = posix_spawn_file_actions_addclosefrom_np(&files, 3);
	if (code == 0)
		code = posix_spawn_file_actions_addchdir_np(&files, "/");
	if (code == 0)
		code = posix_spawnattr_setsigmask(&how, &none);
	if (code == 0)
		code = posix_spawnattr_setsigdefault(&how, &all);
	if (code == 0)
		code = posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (code == 0)
		code = posix_spawn(ret_pid, argv[0], &files, &how, (char *const *)(uintptr_t)argv,
				   nothing);
	(void)posix_spawnattr_destroy(&how);
	(void)posix_spawn_file_actions_destroy(&files);
	return code;
}

int tool_start(const char *const *argv, struct tool *ret_tool, struct error *err)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return fail(err, errno, "make a pipe");
	AUTO_FD int reader = ends[0], writer = ends[1];
	int code = tool_spawn(argv, writer, &pid);
	if (code != 0)
		return fail(err, code, "execute %s", argv[0]);
	/* It is our child, which nobody else reaps: the number stays its own. */
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0) {
		code = errno;
		(void)kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		return fail(err, code, "refer to %s", argv[0]);
	}
	ret_tool->pidfd = pidfd;
	ret_tool->said = take_fd(&reader);
	return 0;
}

int tool_run(const char *const *argv, struct error *err)
{
	enum { PATIENCE = 30 * 1000 };
	struct tool running = { .pidfd = NO_FD, .said = NO_FD };
	siginfo_t info = { 0 };
	char said[256];

	if (tool_start(argv, &running, err) < 0)
		return -1;
	AUTO_FD int pidfd = running.pidfd, reader = running.said;
	struct pollfd ends = { .fd = pidfd, .events = POLLIN };
	if (poll(&ends, 1, PATIENCE) != 1)
		(void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0)
		if (errno != EINTR)
			return fail(err, errno, "wait for %s", argv[0]);
	if (info.si_code == CLD_EXITED && info.si_status == 0)
		return 0;
	ssize_t length = read(reader, said, sizeof(said) - 1);
	said[length > 0 ? length : 0] = '\0';
	said[strcspn(said, "\n")] = '\0';
	return fail(err, 0, "%s ended with %s %d%s%s", argv[0],
		    info.si_code == CLD_EXITED ? "status" : "signal", info.si_status,
		    *said ? ": " : "", said);
}

bool process_executed(pid_t child)
{
	siginfo_t info = { 0 };

	/* setpgid(2): EACCES for a child that has, also when it has ended since. One that
	 * has, and then started a session, gives EPERM. An exec wakes the parent of a
	 * vfork(2) a moment before that is true (begin_new_exec() in the kernel), so that
	 * only the end of the child says that it has not. */
	do
		if (setpgid(child, child) < 0)
			return true;
	while (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == 0 && sched_yield() == 0);
	return setpgid(child, child) < 0;
}

int process_die_with_parent(struct error *err)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return fail(err, errno, "ask to die with the supervisor");
	return 0;
}

int process_hide(struct error *err)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return fail(err, errno, "become undumpable");
	return 0;
}

int process_show(struct error *err)
{
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		return fail(err, errno, "become dumpable");
	return 0;
}

/* Only what is mapped without the right to write: there the file has it all. */
static int trim_object(struct dl_phdr_info *object, size_t size, void *unused)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)unused;
	for (unsigned i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		uintptr_t start = (object->dlpi_addr + part->p_vaddr) / page * page;
		uintptr_t end = object->dlpi_addr + part->p_vaddr + part->p_memsz;

		/* What cannot be let go of, as of the vdso, stays. */
		if (part->p_type == PT_LOAD && !(part->p_flags & PF_W))
			(void)madvise((void *)start, end - start, MADV_DONTNEED);
	}
	return 0;
}

void process_trim(void)
{
	(void)dl_iterate_phdr(trim_object, NULL);
}

/* The kernel lays the strings out in one run, arguments first: execve(2). */
static char *strings_start, *strings_end;

void process_remember(char **argv, char **environment)
{
	char **const lists[] = { argv, environment };

	strings_start = strings_end = argv[0];
	for (size_t i = 0; i < 2; i++)
		for (char **text = lists[i]; *text; text++)
			if (*text == strings_end)
				strings_end += strlen(*text) + 1;
}

void process_scrub(const char *title)
{
	size_t size = (size_t)(strings_end - strings_start);

	if (size == 0)
		return;
	memset(strings_start, 0, size);
	(void)snprintf(strings_start, size, "%s", title);
}

/* Since Linux 6.3 it must be said that such a file is a program; older ones do not know
 * the word. */
static int memory_file(const char *name)
{
	const unsigned executable = 0x10;	/* MFD_EXEC */

	int fd = memfd_create(name, MFD_CLOEXEC | executable);
	return fd < 0 && errno == EINVAL ? memfd_create(name, MFD_CLOEXEC) : fd;
}

int process_execute_image(const void *image, size_t size, const char *const *argv,
			  struct error *err)
{
	static const char *const nothing[] = { NULL };

	AUTO_FD int fd = memory_file(argv[0]);
	if (fd < 0) {
		(void)fail(err, errno, "make a program in memory");
		return errno == EACCES ? hint(err, "to allow such: sysctl vm.memfd_noexec=0") : -1;
	}
	if (fd_write_all(fd, image, size) < 0)
		return fail(err, errno, "write a program to memory");
	(void)syscall(SYS_execveat, fd, "", argv, nothing, AT_EMPTY_PATH);
	return fail(err, errno, "execute %s", argv[0]);
}

int process_new_keyring(struct error *err)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0)
		return 0;
	/* No keyrings in this kernel, or none of keyctl(2) for us and all that we
	 * start, as under a container's filter: there is nothing to keep apart. */
	int code = errno;
	if ((code == ENOSYS || code == EPERM) &&
	    syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0) < 0 &&
	    errno == code)
		return 0;
	(void)fail(err, code, "join a new session keyring");
	(void)about(err, NEED_KEYRING);
	return hint_call(err, "2.6.10");
}

int process_close_inherited(struct error *err)
{
	if (close_range(3, ~0u, 0) < 0) {
		(void)fail(err, errno, "close inherited files");
		(void)about(err, NEED_CLOSING);
		return hint_call(err, "5.9");
	}
	return 0;
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int process_close_but(const int *kept, size_t count, struct error *err)
{
	int sorted[288];
	unsigned from = 3;

	if (count > sizeof(sorted) / sizeof(sorted[0]))
		return fail(err, E2BIG, "close inherited files");
	memcpy(sorted, kept, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_number);
	for (size_t i = 0; i <= count; i++) {
		unsigned next = i < count ? (unsigned)sorted[i] : ~0u;

		if (i < count && sorted[i] < (int)from)
			continue;
		if (next > from && close_range(from, i < count ? next - 1 : ~0u, 0) < 0) {
			(void)fail(err, errno, "close inherited files");
			(void)about(err, NEED_CLOSING);
			return hint_call(err, "5.9");
		}
		from = next + 1;
	}
	return 0;
}

bool descriptor_keep(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

int process_close_on_exec(struct error *err)
{
	if (close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) < 0) {
		(void)fail(err, errno, "close inherited files");
		(void)about(err, NEED_CLOSING);
		return hint_call(err, "5.11");
	}
	return 0;
}

int process_enter_user_namespace(struct error *err)
{
	if (unshare(CLONE_NEWUSER) < 0) {
		(void)fail(err, errno, "enter a second user namespace");
		return hint_namespaces(err, CLONE_NEWUSER);
	}
	return 0;
}

int process_new_mount_namespace(struct error *err)
{
	if (unshare(CLONE_NEWNS) < 0) {
		(void)fail(err, errno, "enter a new mount namespace");
		return hint_namespaces(err, CLONE_NEWNS);
	}
	return 0;
}

int process_new_cgroup_namespace(struct error *err)
{
	if (unshare(CLONE_NEWCGROUP) < 0) {
		(void)fail(err, errno, "enter a new cgroup namespace");
		return hint_namespaces(err, CLONE_NEWCGROUP);
	}
	return 0;
}

int process_new_session(struct error *err)
{
	if (setsid() < 0)
		return fail(err, errno, "start a session");
	return 0;
}

int process_new_group(struct error *err)
{
	if (setpgid(0, 0) < 0)
		return fail(err, errno, "start a process group");
	return 0;
}

static const char *const limit_names[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = "cpu", [RLIMIT_FSIZE] = "fsize", [RLIMIT_DATA] = "data",
	[RLIMIT_STACK] = "stack", [RLIMIT_CORE] = "core", [RLIMIT_RSS] = "rss",
	[RLIMIT_NPROC] = "nproc", [RLIMIT_NOFILE] = "nofile", [RLIMIT_MEMLOCK] = "memlock",
	[RLIMIT_AS] = "as", [RLIMIT_LOCKS] = "locks", [RLIMIT_SIGPENDING] = "sigpending",
	[RLIMIT_MSGQUEUE] = "msgqueue", [RLIMIT_NICE] = "nice", [RLIMIT_RTPRIO] = "rtprio",
	[RLIMIT_RTTIME] = "rttime",
};

int limit_named(const char *name)
{
	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (limit_names[i] && strcmp(limit_names[i], name) == 0)
			return i;
	return -1;
}

const char *limit_name(int resource)
{
	return resource >= 0 && resource < RLIM_NLIMITS ? limit_names[resource] : NULL;
}

static rlim_t limit_value(int64_t wanted, rlim_t now)
{
	if (wanted == LIMIT_SAME)
		return now;
	return wanted == LIMIT_NONE ? RLIM_INFINITY : (rlim_t)wanted;
}

int limit_set(int resource, int64_t soft, int64_t hard, struct error *err)
{
	__rlimit_resource_t which = (__rlimit_resource_t)resource;
	struct rlimit limit;

	if (getrlimit(which, &limit) < 0)
		return fail(err, errno, "read the limit %s", limit_name(resource));
	limit.rlim_cur = limit_value(soft, limit.rlim_cur);
	limit.rlim_max = limit_value(hard, limit.rlim_max);
	if (setrlimit(which, &limit) < 0) {
		(void)fail(err, errno, "set the limit %s", limit_name(resource));
		return errno == EPERM ? hint(err, "it is over what you have yourself: ulimit -aH")
				      : -1;
	}
	return 0;
}

int64_t limit_hard(int resource)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)resource, &limit) < 0 ||
	    limit.rlim_max == RLIM_INFINITY)
		return LIMIT_NONE;
	return (int64_t)limit.rlim_max;
}

int process_nice(int nice, struct error *err)
{
	if (setpriority(PRIO_PROCESS, 0, nice) < 0) {
		(void)fail(err, errno, "set the nice value %d", nice);
		return errno == EACCES || errno == EPERM
			? hint(err, "an ordinary user can only raise it") : -1;
	}
	return 0;
}

/* The C library keeps two signals for its threads and lets nobody touch them. Here
 * there are no threads, and they are signals as the others: so the kernel is asked. */
enum { KERNEL_SET_SIZE = 8 };

static int signal_reset(int number, bool *ret_ignored)
{
	/* Its struct sigaction begins with the handler, and all zero is the default. */
	uintptr_t was[4] = { 0 };
	const uintptr_t none[4] = { 0 };

	/* EINVAL: of the two that are always as they are. */
	if (syscall(SYS_rt_sigaction, number, none, was, KERNEL_SET_SIZE) < 0 &&
	    (number != SIGKILL && number != SIGSTOP))
		return -1;
	*ret_ignored = was[0] == (uintptr_t)SIG_IGN;
	return 0;
}

int signals_take(sigset_t *ret_ignored, struct error *err)
{
	sigset_t all;

	memset(&all, 0xff, sizeof(all));
	if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, KERNEL_SET_SIZE) < 0)
		return fail(err, errno, "block signals");
	(void)sigemptyset(ret_ignored);
	for (int number = 1; number <= SIGRTMAX; number++) {
		bool ignored = false;

		if (signal_reset(number, &ignored) < 0)
			return fail(err, errno, "reset signal %d", number);
		if (ignored)
			(void)sigaddset(ret_ignored, number);
	}
	int fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? fail(err, errno, "receive signals") : fd;
}

int signals_release(struct error *err)
{
	sigset_t none;

	(void)sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		return fail(err, errno, "unblock signals");
	return 0;
}

void signal_drop(int number)
{
	const struct timespec now = { 0 };
	sigset_t one;

	(void)sigemptyset(&one);
	(void)sigaddset(&one, number);
	(void)sigtimedwait(&one, NULL, &now);
}

bool process_stop(int number, bool group)
{
	const struct timespec now = { 0 };
	sigset_t one, cont;

	(void)sigemptyset(&one);
	(void)sigaddset(&one, number);
	(void)sigemptyset(&cont);
	(void)sigaddset(&cont, SIGCONT);
	signal_drop(SIGCONT);
	(void)kill(group ? 0 : getpid(), number);
	/* Pending until here; it takes effect, or is thrown away, on the way out of
	 * this call. A SIGCONT that is then pending was what woke us. */
	(void)sigprocmask(SIG_UNBLOCK, &one, NULL);
	(void)sigprocmask(SIG_BLOCK, &one, NULL);
	return sigtimedwait(&cont, NULL, &now) == SIGCONT;
}

void process_die_of(int number, bool group)
{
	const struct rlimit no_core = { 0, 0 };
	sigset_t one;

	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)sigemptyset(&one);
	(void)sigaddset(&one, number);
	(void)kill(group ? 0 : getpid(), number);
	(void)sigprocmask(SIG_UNBLOCK, &one, NULL);
}

bool signal_read(int fd, struct signal_news *ret_news)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return false;
	*ret_news = (struct signal_news){
		.number = (int)info.ssi_signo,
		.from_terminal = info.ssi_code == SI_KERNEL,
		.from_outside = info.ssi_pid == 0,
		.from_first = info.ssi_pid == 1,
		.from_self = (pid_t)info.ssi_pid == getpid(),
	};
	return true;
}

int process_refer(pid_t pid, struct error *err)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	return pidfd < 0 ? fail(err, errno, "process %d", (int)pid) : pidfd;
}

bool process_gone(int pidfd)
{
	struct pollfd news = { .fd = pidfd, .events = POLLIN };

	return poll(&news, 1, 0) > 0;
}

int process_await(int pidfd, int *ret_status, struct error *err)
{
	siginfo_t info;
	int result;

	do
		result = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED);
	while (result < 0 && errno == EINTR);
	if (result < 0)
		return fail(err, errno, "wait for a process");
	*ret_status = info.si_code == CLD_EXITED ? W_EXITCODE(info.si_status, 0)
						 : W_EXITCODE(0, info.si_status);
	return 0;
}

void process_signal(int pidfd, int number)
{
	(void)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

void process_end(int pidfd, int milliseconds)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	struct error ignored;
	int status;

	if (milliseconds > 0)
		(void)poll(&end, 1, milliseconds);
	if (syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) == 0 || errno == ESRCH)
		(void)process_await(pidfd, &status, &ignored);
}

int timer_new(int64_t milliseconds, struct error *err)
{
	struct itimerspec once = {
		.it_value = { .tv_sec = milliseconds / 1000,
			      .tv_nsec = milliseconds % 1000 * 1000000 },
	};

	AUTO_FD int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd < 0 || timerfd_settime(fd, 0, &once, NULL) < 0)
		return fail(err, errno, "set a timer");
	return take_fd(&fd);
}

int status_of(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status)
					: WEXITSTATUS(wait_status);
}

int process_edit(const char *path, struct error *err)
{
	static const char script[] = "eval \"${VISUAL:-${EDITOR:-vi}} \\\"\\$1\\\"\"";
	const char *const argv[] = { "sh", "-c", script, "sh", path, NULL };
	int status;
	pid_t child;

	int code = posix_spawn(&child, "/bin/sh", NULL, NULL,
			       (char *const *)(uintptr_t)argv, environ);
	if (code != 0)
		return fail(err, code, "start an editor");
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return fail(err, errno, "wait for the editor");
	if (status_of(status) != 0)
		return fail(err, 0, "the editor ended with status %d", status_of(status));
	return 0;
}
