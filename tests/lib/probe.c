/*
 * probe - what a shell cannot ask, for the tests.
 *
 * A static program, so that it runs in any view. One sub-command is one
 * question. The answer is printed on stdout, one fact a line; an attempt
 * prints "NAME: ok" when the kernel let it happen and "NAME: ERRNO" (EPERM,
 * ENOSYS ...) when not.
 *
 * Exit status: 0 the thing was done or listed, 1 the kernel refused it,
 * 2 wrong usage.
 *
 * To add one: write a static int do_name(char **arg) and a row in the table
 * at the end. arg[0] is the first argument after the sub-command's name, and
 * the row's .args says how many there must be at least.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/nsfs.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* How an attempt went: the one form in which every sub-command answers. */
static int report(const char *name, bool done)
{
	const char *word = done ? "ok" : strerrorname_np(errno);

	printf("%s: %s\n", name, word ? word : "unknown errno");
	return done ? 0 : 1;
}

static const char *file_type(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return "file";
	case S_IFDIR: return "dir";
	case S_IFIFO: return "fifo";
	case S_IFSOCK: return "sock";
	case S_IFCHR: return "chr";
	case S_IFBLK: return "blk";
	case S_IFLNK: return "lnk";
	default: return "anon";		/* eventfd, pidfd, namespace ... */
	}
}

/* "FD TYPE ACCESS" a line: ACCESS is r, w, rw or path, and +append. Asks the
 * descriptors themselves, since /proc may be absent. */
static int do_fds(char **arg)
{
	static const char *const access[] = { "r", "w", "rw", "none" };
	struct rlimit limit;
	struct stat st;
	int flags, highest = 65536;

	(void)arg;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_max < (rlim_t)highest)
		highest = (int)limit.rlim_max;
	for (int fd = 0; fd < highest; fd++) {
		if (fstat(fd, &st) < 0 || (flags = fcntl(fd, F_GETFL)) < 0)
			continue;
		printf("%d %s %s%s\n", fd, file_type(st.st_mode),
		       flags & O_PATH ? "path" : access[flags & O_ACCMODE],
		       flags & O_APPEND ? "+append" : "");
	}
	return 0;
}

/* The five capability sets, as /proc/self/status has them. */
static int do_caps(char **arg)
{
	char line[256];
	FILE *status = fopen("/proc/self/status", "re");

	(void)arg;
	if (!status)
		return report("caps", false);
	while (fgets(line, sizeof(line), status))
		if (strncmp(line, "Cap", 3) == 0)
			fputs(line, stdout);
	fclose(status);
	return 0;
}

/* A daemon as badly behaved as they come: it forks twice, leads a session of
 * its own, and says in FILE ten times a second that it is still there. It
 * ends by itself after 30 seconds, so a failing test leaves nothing behind. */
static int do_setsid_daemon(char **arg)
{
	pid_t child = fork();
	int fd;

	if (child < 0)
		return report("setsid-daemon", false);
	if (child > 0) {
		(void)waitpid(child, NULL, 0);
		return 0;
	}
	if (setsid() < 0 || (child = fork()) < 0)
		_exit(1);
	if (child > 0)
		_exit(0);
	(void)close_range(0, ~0U, 0);	/* also what bats handed down */
	fd = open(arg[0], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	for (int i = 0; fd >= 0 && i < 300; i++) {
		if (write(fd, ".", 1) != 1)
			break;
		(void)usleep(100 * 1000);
	}
	_exit(0);
}

/* Push a byte into the terminal's input, as if the user had typed it. */
static int do_ioctl_tiocsti(char **arg)
{
	(void)arg;
	return report("ioctl-tiocsti", ioctl(0, TIOCSTI, "#") == 0);
}

static int do_unshare_user(char **arg)
{
	(void)arg;
	return report("unshare-user", unshare(CLONE_NEWUSER) == 0);
}

/* Number and description ("keyring;UID;GID;PERM;NAME") of the session
 * keyring; nothing is created when there is none. */
static int do_keyctl_session(char **arg)
{
	char text[512] = "";
	long id = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
			  KEY_SPEC_SESSION_KEYRING, 0);

	(void)arg;
	if (id < 0 || syscall(SYS_keyctl, KEYCTL_DESCRIBE, id, text,
			      sizeof(text) - 1) < 0)
		return report("keyctl-session", false);
	printf("%ld %s\n", id, text);
	return 0;
}

/* Create, or open what is there: whose queue it is, the test finds out by
 * asking again from somewhere else. */
static int do_mq_open(char **arg)
{
	mqd_t queue = mq_open(arg[0], O_RDWR | O_CREAT, 0600, NULL);

	return report("mq-open", queue != (mqd_t)-1);
}

/* Open only what exists. */
static int do_mq_find(char **arg)
{
	return report("mq-find", mq_open(arg[0], O_RDONLY) != (mqd_t)-1);
}

static int do_mq_unlink(char **arg)
{
	return report("mq-unlink", mq_unlink(arg[0]) == 0);
}

/* What process 1 was called with, asked as early as a program can. */
static int do_init_cmdline(char **arg)
{
	char text[4096];
	int fd = open("/proc/1/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text));

	(void)arg;
	if (length < 0)
		return report("init-cmdline", false);
	for (ssize_t i = 0; i < length; i++)
		if (text[i])
			(void)putchar(text[i]);
	(void)putchar('\n');
	return 0;
}

/* Exchange two names again and again, until 10 seconds are over or one is gone. */
static int do_exchange(char **arg)
{
	time_t end = time(NULL) + 10;

	while (time(NULL) < end)
		if (renameat2(AT_FDCWD, arg[0], AT_FDCWD, arg[1], RENAME_EXCHANGE) < 0)
			return report("exchange", false);
	return 0;
}

/* One inotify instance and COUNT watches of it. */
static int do_inotify(char **arg)
{
	int fd = inotify_init1(IN_CLOEXEC), result = report("inotify", fd >= 0);
	char path[32];

	for (int i = 0; result == 0 && i < atoi(arg[0]); i++) {
		(void)snprintf(path, sizeof(path), "/tmp/watched%d", i);
		(void)mkdir(path, 0755);
		result = report("watch", inotify_add_watch(fd, path, IN_CREATE) >= 0);
	}
	return result;
}

/* Start PROG without even a name for itself (CVE-2021-4034). */
static int do_rawexec_argc0(char **arg)
{
	char *nothing[] = { NULL };

	(void)execve(arg[0], nothing, nothing);
	return report("rawexec-argc0", false);
}

static int do_ptrace(char **arg)
{
	pid_t pid = (pid_t)atoi(arg[0]);
	bool done = ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0;
	int status = report("ptrace", done);

	if (done)
		(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return status;
}

/* The securebits as a number, and one line for each way to have a right again. */
static int do_regain(char **arg)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct all[2] = { { ~0U, ~0U, ~0U }, { ~0U, ~0U, ~0U } };
	gid_t none = 0;

	(void)arg;
	printf("securebits: %x\n", (unsigned)prctl(PR_GET_SECUREBITS));
	printf("no-new-privs: %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	(void)report("capset", syscall(SYS_capset, &head, all) == 0);
	(void)report("inherit", (all[0].effective = all[0].permitted = 0,
				 all[1].effective = all[1].permitted = 0,
				 syscall(SYS_capset, &head, all) == 0));
	(void)report("ambient", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0) == 0);
	(void)report("securebits-off", prctl(PR_SET_SECUREBITS, 0) == 0);
	(void)report("new-privs", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0);
	(void)report("setgroups", setgroups(1, &none) == 0);
	(void)report("setuid", setresuid(1, 1, 1) == 0);
	return 0;
}

/* Every kind of namespace anew, each in a process of its own. */
static int do_unshare_all(char **arg)
{
	static const struct { const char *name; int flag; } kinds[] = {
		{ "user", CLONE_NEWUSER }, { "mount", CLONE_NEWNS }, { "pid", CLONE_NEWPID },
		{ "ipc", CLONE_NEWIPC }, { "uts", CLONE_NEWUTS }, { "net", CLONE_NEWNET },
		{ "cgroup", CLONE_NEWCGROUP }, { "time", 0x80 },
		{ "user-and-mount", CLONE_NEWUSER | CLONE_NEWNS },
	};

	(void)arg;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		(void)fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			(void)report(kinds[i].name, unshare(kinds[i].flag) == 0);
			(void)fflush(stdout);
			_exit(0);
		}
		(void)waitpid(child, NULL, 0);
		/* In clone(2) the bit of time namespaces belongs to the signal. */
		if (kinds[i].flag == 0x80)
			continue;
		long cloned = syscall(SYS_clone, kinds[i].flag | SIGCHLD, 0, 0, 0, 0);
		if (cloned == 0)
			_exit(0);
		(void)report(kinds[i].name, cloned > 0);
		(void)waitpid((pid_t)cloned, NULL, 0);
	}
	return 0;
}

/* A user namespace by every way to one: unshare(2), clone(2), the same with bits above
 * those that the kernel looks at, clone3(2). */
static int do_user_namespace(char **arg)
{
	/* struct clone_args: flags first, the signal of the end fifth. */
	uint64_t clone3_args[8] = { CLONE_NEWUSER, 0, 0, 0, SIGCHLD };
	const unsigned long high = 1UL << 63 | 1UL << 40 | 1UL << 32;
	pid_t child;

	(void)arg;
	(void)setvbuf(stdout, NULL, _IONBF, 0);
	if ((child = fork()) == 0)
		_exit(report("unshare", unshare(CLONE_NEWUSER) == 0));
	(void)waitpid(child, NULL, 0);
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "clone", "clone-high", "clone3" };
		long cloned = i == 2 ? syscall(SYS_clone3, clone3_args, sizeof(clone3_args))
			: syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD | (i ? high : 0), 0, 0, 0, 0);

		if (cloned == 0)
			_exit(0);
		(void)report(names[i], cloned > 0);
		(void)waitpid((pid_t)cloned, NULL, 0);
	}
	return 0;
}

/* Everything that changes the tree of mounts or the root, old calls and new. */
static int do_mounts(char **arg)
{
	int namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), fd, fs;

	(void)arg;
	/* Who may do these things does them to mounts and names of its own. */
	if (unshare(CLONE_NEWNS | CLONE_NEWUTS) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return report("private", false);
	(void)report("mount", mount("none", "/tmp", "tmpfs", 0, NULL) == 0);
	(void)report("bind", mount("/usr", "/tmp", NULL, MS_BIND, NULL) == 0);
	(void)report("remount", mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL) == 0);
	(void)report("propagate", mount(NULL, "/", NULL, MS_SHARED, NULL) == 0);
	(void)report("umount", umount2("/tmp", MNT_DETACH) == 0);
	(void)report("pivot-root", syscall(SYS_pivot_root, "/tmp", "/tmp") == 0);
	fd = (int)syscall(SYS_open_tree, AT_FDCWD, "/usr", 1);
	(void)report("open-tree", fd >= 0);
	fs = (int)syscall(SYS_fsopen, "tmpfs", 0);
	(void)report("fsopen", fs >= 0);
	(void)report("fspick", syscall(SYS_fspick, AT_FDCWD, "/", 0) >= 0);
	(void)report("move-mount", syscall(SYS_move_mount, AT_FDCWD, "/tmp", AT_FDCWD, "/run", 0) == 0);
	{
		struct { unsigned long long set, clear, propagation, userns; } change = { .clear = 1 };

		(void)report("mount-setattr", syscall(SYS_mount_setattr, AT_FDCWD, "/usr", 0,
						      &change, sizeof(change)) == 0);
	}
	(void)report("swapon", syscall(SYS_swapon, "/tmp/x", 0) == 0);
	(void)report("sethostname", sethostname("x", 1) == 0);
	(void)report("chroot", chroot("/tmp") == 0);
	(void)report("setns", setns(namespace, 0) == 0);
	return 0;
}

/* Leave a root directory by way of an open descriptor: chroot(2), NOTES. */
static int do_chroot_out(char **arg)
{
	int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)arg;
	(void)mkdir("/tmp/jail", 0755);
	if (chroot("/tmp/jail") < 0)
		return report("chroot-out", false);
	return report("chroot-out", fchdir(root) == 0 && chdir("../../../../..") == 0);
}

/* Open the root directory of PATH's file system by its number instead of a name:
 * inode 2 of ext4, or what PATH's own handle says. */
static int do_handle(char **arg)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} file = { .handle = { .handle_bytes = MAX_HANDLE_SZ } };
	int mount_id, dir = open(arg[0], O_RDONLY | O_CLOEXEC);

	if (name_to_handle_at(AT_FDCWD, arg[0], &file.handle, &mount_id, 0) < 0)
		return report("handle", false);
	return report("handle", open_by_handle_at(dir, &file.handle, O_RDONLY | O_CLOEXEC) >= 0);
}

/* Everything that reaches into process PID without being sent by it. */
static int do_reach(char **arg)
{
	enum { KCMP_FILE = 0 };
	pid_t pid = (pid_t)atoi(arg[0]), self = getpid();
	char byte = 0;
	struct iovec here = { &byte, 1 }, there = { &byte, 1 };
	char path[64];
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	/* The address is one of ours, and need not be one of theirs: EFAULT is said to
	 * who may read there. */
	(void)report("read", syscall(SYS_process_vm_readv, pid, &here, 1UL, &there, 1UL, 0UL) == 1 ||
			     errno == EFAULT);
	(void)report("write", syscall(SYS_process_vm_writev, pid, &here, 1UL, &there, 1UL, 0UL) == 1 ||
			      errno == EFAULT);
	(void)report("compare", syscall(SYS_kcmp, self, pid, KCMP_FILE, 0UL, 0UL) >= 0 ||
				errno == EBADF);
	(void)report("take", pidfd >= 0 && (syscall(SYS_pidfd_getfd, pidfd, 0, 0) >= 0 ||
					    errno == EBADF));
	(void)report("seize", ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0 &&
			      ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0 &&
			      waitpid(pid, NULL, __WALL) == pid &&
			      ptrace(PTRACE_DETACH, pid, NULL, NULL) == 0);
	(void)report("advise", pidfd >= 0 && (syscall(SYS_process_madvise, pidfd, &there, 1UL,
						      20 /* MADV_COLD */, 0UL) == 1 ||
					      errno == ENOMEM || errno == EFAULT));
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	(void)report("mem", open(path, O_RDWR | O_CLOEXEC) >= 0);
	(void)snprintf(path, sizeof(path), "/proc/%d/fd/0", pid);
	(void)report("fd", readlink(path, &byte, 1) == 1);
	return 0;
}

/* Children as no C library makes them: of our parent, without a signal for their end,
 * in our memory, as threads that stay. Each ends at once, and the last thing said is
 * how many were had. */
static int odd_child(void *unused)
{
	(void)unused;
	return 0;
}

static int do_odd_clones(char **arg)
{
	static const struct { const char *name; int flags; } kinds[] = {
		{ "parent", CLONE_PARENT | SIGCHLD },
		{ "no-signal", 0 },
		{ "odd-signal", 64 /* the last */ },
		{ "memory", CLONE_VM | SIGCHLD },
		{ "memory-and-handlers", CLONE_VM | CLONE_SIGHAND | SIGCHLD },
		{ "memory-files-and-parent", CLONE_VM | CLONE_SIGHAND | CLONE_FILES | CLONE_PARENT },
		{ "untraced", CLONE_UNTRACED | CLONE_IO | SIGCHLD },
		{ "system-v", CLONE_SYSVSEM | CLONE_FS | SIGCHLD },
		{ "vfork-of-parent", CLONE_VM | CLONE_VFORK | CLONE_PARENT | SIGCHLD },
	};
	static char stacks[COUNT(kinds)][16384] __attribute__((aligned(16)));
	int had = 0;

	(void)arg;
	(void)signal(SIGRTMAX, SIG_IGN);	/* for the child that ends with it */
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (clone(odd_child, stacks[i] + sizeof(stacks[i]), kinds[i].flags, NULL) > 0)
			had++;
	while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
		;
	printf("had: %d\n", had);
	return 0;
}

/* Start so many threads as there can be, up to COUNT, and say how many there were. */
static int thread_body(void *unused)
{
	(void)unused;
	return (int)syscall(SYS_pause);
}

static int do_threads(char **arg)
{
	enum { STACK = 4096 };
	int wanted = atoi(arg[0]), had = 0;
	char *stacks = mmap(NULL, (size_t)wanted * STACK, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (stacks == MAP_FAILED)
		return report("threads", false);
	while (had < wanted && clone(thread_body, stacks + (size_t)(had + 1) * STACK,
				     CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FILES |
				     CLONE_FS, NULL) > 0)
		had++;
	printf("threads: %d\n", had);
	(void)fflush(stdout);
	_exit(0);
}

/* Children that all live at once, up to COUNT: how many there were. They die with us. */
static int do_forks(char **arg)
{
	int wanted = atoi(arg[0]), had = 0;
	pid_t self = getpid(), child;

	while (had < wanted && (child = fork()) >= 0) {
		if (child == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			(void)close_range(0, ~0U, 0);
			if (getppid() == self)
				(void)sleep(20);
			_exit(0);
		}
		had++;
	}
	printf("forks: %d\n", had);
	return 0;
}

/* Have and touch so many MiB of memory, and say "had" for each. */
static int do_eat(char **arg)
{
	enum { MIB = 1 << 20 };

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < atoi(arg[0]); i++) {
		char *memory = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory == MAP_FAILED)
			return report("eat", false);
		memset(memory, 1, MIB);
		puts("had");
	}
	return 0;
}

/* So many empty files in DIR, or how many there could be. */
static int do_empty_files(char **arg)
{
	int dir = open(arg[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC), wanted = atoi(arg[1]), had = 0;
	char name[16];

	while (had < wanted) {
		(void)snprintf(name, sizeof(name), "f%d", had);
		int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0)
			break;
		close(fd);
		had++;
	}
	printf("files: %d\n", had);
	return report("empty-files", had == wanted);
}

/* A new file system of TYPE, on DIR of a mount namespace of our own where we may have one. */
static int do_mount_new(char **arg)
{
	if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return report("private", false);
	return report(arg[0], mount("none", arg[1], arg[0], 0, arg[2]) == 0);
}

/* Make process group PGRP the one in front, of whatever terminal is at 0. */
static int do_foreground(char **arg)
{
	pid_t group = (pid_t)atoi(arg[0]);

	(void)signal(SIGTTOU, SIG_IGN);
	return report("foreground", ioctl(0, TIOCSPGRP, &group) == 0);
}

/* The terminal's other doors than TIOCSTI: paste on a virtual console, a line
 * discipline, the console's messages, and TIOCSTI with bits that the kernel ignores. */
static int do_terminal_doors(char **arg)
{
	enum { TIOCL_SETSEL = 2 };
	char paste[16] = { TIOCL_SETSEL };
	int discipline = 21;	/* N_GSM0710 and its like */

	(void)arg;
	(void)report("linux", syscall(SYS_ioctl, 0, (unsigned long)TIOCLINUX, paste) >= 0);
	(void)report("discipline", syscall(SYS_ioctl, 0, (unsigned long)TIOCSETD, &discipline) >= 0);
	(void)report("console", syscall(SYS_ioctl, 0, (unsigned long)TIOCCONS, 0) >= 0);
	(void)report("type", syscall(SYS_ioctl, 0, (unsigned long)TIOCSTI, "#") >= 0);
	(void)report("type-with-high-bits",
		     syscall(SYS_ioctl, 0, (unsigned long)TIOCSTI | 1UL << 32, "#") >= 0);
	return 0;
}

/* Run PROG on a kernel without some system calls: those, by NAME,NAME,... or number,
 * answer ENOSYS; with =EPERM behind the name, as where a container forbids them. Of
 * clone it is only what makes namespaces. */
static int do_without(char **arg)
{
	static const struct { const char *name; int number; } calls[] = {
		{ "openat2", SYS_openat2 }, { "close_range", SYS_close_range },
		{ "clone3", SYS_clone3 }, { "mount_setattr", SYS_mount_setattr },
		{ "open_tree", SYS_open_tree }, { "move_mount", SYS_move_mount },
		{ "fsopen", SYS_fsopen }, { "fsmount", SYS_fsmount }, { "fsconfig", SYS_fsconfig },
		{ "landlock_create_ruleset", SYS_landlock_create_ruleset },
		{ "landlock_add_rule", SYS_landlock_add_rule },
		{ "landlock_restrict_self", SYS_landlock_restrict_self },
		{ "pidfd_open", SYS_pidfd_open }, { "pidfd_send_signal", SYS_pidfd_send_signal },
		{ "seccomp", SYS_seccomp }, { "unshare", SYS_unshare }, { "setns", SYS_setns },
		{ "memfd_create", SYS_memfd_create }, { "keyctl", SYS_keyctl },
		{ "add_key", SYS_add_key },
		{ "pivot_root", SYS_pivot_root }, { "faccessat2", SYS_faccessat2 },
		{ "epoll_pwait2", SYS_epoll_pwait2 }, { "statx", SYS_statx },
		{ "clone", SYS_clone }, { "mount", SYS_mount }, { "umount2", SYS_umount2 },
		{ "sethostname", SYS_sethostname }, { "setdomainname", SYS_setdomainname },
		{ "request_key", SYS_request_key },
	};
	const unsigned namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
				    CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP;
	const struct sock_filter number_load =
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	struct sock_filter code[160] = { number_load };
	unsigned short used = 1;

	for (char *rest = arg[0], *name; (name = strsep(&rest, ","));) {
		char *forbidden = strstr(name, "=EPERM");
		int number = atoi(name);

		if (forbidden)
			*forbidden = '\0';
		for (size_t i = 0; i < COUNT(calls); i++)
			if (strcmp(calls[i].name, name) == 0)
				number = calls[i].number;
		if (number == 0 || used + 6U > COUNT(code)) {
			fprintf(stderr, "probe without: %s?\n", name);
			return 2;
		}
		bool flags = number == SYS_clone;
		code[used++] = (struct sock_filter)
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, flags ? 4 : 1);
		if (flags) {
			code[used++] = (struct sock_filter)
				BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					 offsetof(struct seccomp_data, args[0]));
			code[used++] = (struct sock_filter)
				BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, namespaces, 0, 1);
		}
		code[used++] = (struct sock_filter)
			BPF_STMT(BPF_RET | BPF_K,
				 SECCOMP_RET_ERRNO | (unsigned)(forbidden ? EPERM : ENOSYS));
		if (flags)
			code[used++] = number_load;
	}
	code[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { used, code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return report("without", false);
	(void)execvp(arg[1], arg + 1);
	return report("without", false);
}

/* Enter the user namespace above our own, by what the kernel says of ours. */
static int do_parent_namespace(char **arg)
{
	int own = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
	int above = own < 0 ? -1 : ioctl(own, NS_GET_PARENT);

	(void)arg;
	return report("parent-namespace", above >= 0 && setns(above, CLONE_NEWUSER) == 0);
}

static bool write_map(const char *path, unsigned id)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && dprintf(fd, "%u %u 1", id, id) > 0;

	(void)close(fd);
	return done;
}

/* What a browser does for a process that reads foreign pages: namespaces of its own, in
 * which it is still nobody, the empty directory of a process that is no more as its
 * root, and then no capability. */
static int do_browser_sandbox(char **arg)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { 0 };
	unsigned uid = getuid(), gid = getgid();
	int status;

	(void)arg;
	setvbuf(stdout, NULL, _IONBF, 0);
	bool done = unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET) == 0 &&
		    write_map("/proc/self/uid_map", uid);
	int deny = done ? open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC) : -1;
	done = deny >= 0 && write(deny, "deny", 4) == 4 && write_map("/proc/self/gid_map", gid);
	if (report("namespaces", done) != 0)
		return 1;
	pid_t child = fork();
	if (child > 0)
		return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
	/* CLONE_FS: the root that it takes is ours as well. */
	pid_t helper = (pid_t)syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);
	if (helper == 0)
		_exit(chroot("/proc/self/fdinfo/") == 0 && chdir("/") == 0 ? 0 : 1);
	done = helper > 0 && waitpid(helper, &status, 0) == helper && status == 0 &&
	       syscall(SYS_capset, &header, none) == 0;
	if (report("root", done) != 0)
		_exit(1);
	printf("pid: %d\n", (int)getpid());
	(void)report("open", open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0);
	(void)report("mount", mount("x", "/", "tmpfs", 0, NULL) == 0);
	_exit(0);
}

/* Connect to, or with "listen" wait on, a socket in the abstract name space. */
static int abstract_socket(const char *name, bool listening)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));

	(void)snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "%s", name);
	if (!listening)
		return report("abstract-connect",
			      connect(fd, (struct sockaddr *)&address, length) == 0);
	if (bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 1) < 0)
		return report("abstract-listen", false);
	(void)report("abstract-listen", true);
	(void)fflush(stdout);
	(void)alarm(30);
	return accept(fd, NULL, NULL) < 0;
}

static int do_unix_connect(char **arg)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", arg[0]);
	return report("unix-connect",
		      connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
}

static int do_loopback_connect(char **arg)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)atoi(arg[0])),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return report("loopback-connect",
		      connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
}

static int do_abstract_connect(char **arg) { return abstract_socket(arg[0], false); }
static int do_abstract_listen(char **arg) { return abstract_socket(arg[0], true); }

/* Add a key to a keyring, "session" or "user", and print its number. */
static int do_key_add(char **arg)
{
	int ring = strcmp(arg[0], "user") == 0 ? KEY_SPEC_USER_KEYRING : KEY_SPEC_SESSION_KEYRING;
	long key = syscall(SYS_add_key, "user", arg[1], "canary", 6, ring);

	if (key < 0)
		return report("key-add", false);
	printf("%ld\n", key);
	return 0;
}

/* Run PROG with a session keyring of its own, as a login has. */
static int do_key_session(char **arg)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
		return report("key-session", false);
	(void)execv(arg[0], arg);
	return report("key-session", false);
}

/* Find a key by its name in every keyring, and read it by its number. */
static int do_key_read(char **arg)
{
	static const int rings[] = { KEY_SPEC_THREAD_KEYRING, KEY_SPEC_PROCESS_KEYRING,
				     KEY_SPEC_SESSION_KEYRING, KEY_SPEC_USER_KEYRING,
				     KEY_SPEC_USER_SESSION_KEYRING };
	char text[64];
	long length;

	for (size_t i = 0; i < COUNT(rings); i++)
		if (syscall(SYS_keyctl, KEYCTL_SEARCH, rings[i], "user", arg[0], 0) > 0)
			printf("found in %d\n", rings[i]);
	if (syscall(SYS_request_key, "user", arg[0], NULL, 0) > 0)
		printf("found by request\n");
	length = syscall(SYS_keyctl, KEYCTL_READ, atol(arg[1]), text, sizeof(text));
	(void)report("key-read", length >= 0);
	return 0;
}

/* The kernel's own calls: the C library hides two of the 64 signals. */
enum { SIGNAL_SET_SIZE = 8 };

static int set_signals(uintptr_t handler, uint64_t blocked)
{
	for (int number = 1; number <= 64; number++) {
		/* Its struct sigaction begins with the handler. */
		const uintptr_t action[4] = { handler };

		(void)syscall(SYS_rt_sigaction, number, action, NULL, SIGNAL_SET_SIZE);
	}
	return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &blocked, NULL, SIGNAL_SET_SIZE);
}

/* Say each signal that comes, until SIGTERM or for 30 seconds. */
static int do_catch_signals(char **arg)
{
	const struct timespec patience = { .tv_sec = 30 };
	const uint64_t all = ~0ULL;
	long number = set_signals((uintptr_t)SIG_DFL, all) < 0 ? SIGTERM : 0;

	(void)arg;
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (number >= 0 && number != SIGTERM) {
		number = syscall(SYS_rt_sigtimedwait, &all, NULL, &patience, SIGNAL_SET_SIZE);
		printf("%ld\n", number);
	}
	return number == SIGTERM ? 0 : 1;
}

/* Start PROG with every signal ignored, or with every one blocked. */
static int do_signals_ignored(char **arg)
{
	(void)set_signals((uintptr_t)SIG_IGN, 0);
	(void)execvp(arg[0], arg);
	return report("signals-ignored", false);
}

static int do_signals_blocked(char **arg)
{
	(void)set_signals((uintptr_t)SIG_DFL, ~0ULL);
	(void)execvp(arg[0], arg);
	return report("signals-blocked", false);
}

/* A number of strtoull(3); "mem" for the address of zeroed memory, "s:TEXT" of a text. */
static unsigned long word_of(const char *text)
{
	static char memory[8][4096] __attribute__((aligned(4096)));
	static size_t used;
	char *place = memory[used % COUNT(memory)];

	if (strncmp(text, "s:", 2) == 0 || strcmp(text, "mem") == 0) {
		used++;
		if (text[0] == 's')
			(void)snprintf(place, sizeof(memory[0]), "%s", text + 2);
		return (unsigned long)(uintptr_t)place;
	}
	return strtoul(text, NULL, 0);
}

/* Any system call by its number, which may have bits that the kernel does not read. */
static int do_call(char **arg)
{
	unsigned long words[7] = { 0 };

	for (size_t i = 0; i < COUNT(words) && arg[i]; i++)
		words[i] = word_of(arg[i]);
	return report("call", syscall((long)words[0], words[1], words[2], words[3], words[4],
				      words[5], words[6]) >= 0);
}

/* Several of them, each a text with blanks between number and arguments, each in a
 * process of its own. */
static int do_calls(char **arg)
{
	for (; *arg; arg++) {
		char *words[8] = { NULL }, *save = NULL;
		size_t count = 0;

		(void)fflush(stdout);
		pid_t child = fork();
		if (child > 0) {
			(void)waitpid(child, NULL, 0);
			continue;
		}
		for (char *word = strtok_r(*arg, " ", &save); word && count < 7;
		     word = strtok_r(NULL, " ", &save))
			words[count++] = word;
		(void)alarm(5);
		(void)do_call(words);
		(void)fflush(stdout);
		_exit(0);
	}
	return 0;
}

/* The same number in the tables of i386, by the gate of 32-bit programs. */
static int do_int80(char **arg)
{
#ifdef __x86_64__
	long result;

	__asm__ volatile("int $0x80" : "=a"(result)
			 : "a"(strtol(arg[0], NULL, 0)), "b"(arg[1] ? strtol(arg[1], NULL, 0) : 0),
			   "c"(0), "d"(0), "S"(0), "D"(0) : "memory", "r8", "r9", "r10", "r11");
	errno = result < 0 ? (int)-result : 0;
	return report("int80", result >= 0);
#else
	(void)arg;
	errno = ENOSYS;
	return report("int80", false);
#endif
}

/* Add a filter that allows everything, and run PROG behind it. */
static int do_own_filter(char **arg)
{
	struct sock_filter allow[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	const struct sock_fprog program = { 1, allow };
	long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);

	(void)report("listener", listener >= 0);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return report("own-filter", false);
	(void)fflush(stdout);
	(void)execvp(arg[0], arg);
	return report("own-filter", false);
}

static const struct command {
	const char *name;
	int args;
	const char *help;
	int (*run)(char **arg);
} commands[] = {
	{ "fds", 0, "", do_fds },
	{ "caps", 0, "", do_caps },
	{ "setsid-daemon", 1, "FILE", do_setsid_daemon },
	{ "ioctl-tiocsti", 0, "", do_ioctl_tiocsti },
	{ "unshare-user", 0, "", do_unshare_user },
	{ "keyctl-session", 0, "", do_keyctl_session },
	{ "call", 1, "NUMBER [ARGUMENT...]", do_call },
	{ "calls", 1, "'NUMBER ARGUMENT ...'...", do_calls },
	{ "int80", 1, "NUMBER [ARGUMENT]", do_int80 },
	{ "own-filter", 1, "PROG [ARG...]", do_own_filter },
	{ "mq-open", 1, "NAME", do_mq_open },
	{ "mq-find", 1, "NAME", do_mq_find },
	{ "mq-unlink", 1, "NAME", do_mq_unlink },
	{ "init-cmdline", 0, "", do_init_cmdline },
	{ "exchange", 2, "NAME NAME", do_exchange },
	{ "inotify", 1, "COUNT", do_inotify },
	{ "regain", 0, "", do_regain },
	{ "unshare-all", 0, "", do_unshare_all },
	{ "user-namespace", 0, "", do_user_namespace },
	{ "mounts", 0, "", do_mounts },
	{ "chroot-out", 0, "", do_chroot_out },
	{ "handle", 1, "PATH", do_handle },
	{ "unix-connect", 1, "PATH", do_unix_connect },
	{ "loopback-connect", 1, "PORT", do_loopback_connect },
	{ "reach", 1, "PID", do_reach },
	{ "odd-clones", 0, "", do_odd_clones },
	{ "threads", 1, "COUNT", do_threads },
	{ "forks", 1, "COUNT", do_forks },
	{ "eat", 1, "MIB", do_eat },
	{ "empty-files", 2, "DIR COUNT", do_empty_files },
	{ "mount-new", 2, "TYPE DIR [DATA]", do_mount_new },
	{ "foreground", 1, "PGRP", do_foreground },
	{ "terminal-doors", 0, "", do_terminal_doors },
	{ "without", 2, "CALL[=EPERM],... PROG [ARG...]", do_without },
	{ "browser-sandbox", 0, "", do_browser_sandbox },
	{ "parent-namespace", 0, "", do_parent_namespace },
	{ "abstract-connect", 1, "NAME", do_abstract_connect },
	{ "abstract-listen", 1, "NAME", do_abstract_listen },
	{ "key-add", 2, "session|user NAME", do_key_add },
	{ "key-session", 1, "PROG [ARG...]", do_key_session },
	{ "key-read", 2, "NAME NUMBER", do_key_read },
	{ "rawexec-argc0", 1, "PROG", do_rawexec_argc0 },
	{ "ptrace", 1, "PID", do_ptrace },
	{ "catch-signals", 0, "", do_catch_signals },
	{ "signals-ignored", 1, "PROG [ARG...]", do_signals_ignored },
	{ "signals-blocked", 1, "PROG [ARG...]", do_signals_blocked },
};

static int usage(void)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		fprintf(stderr, "probe %s %s\n", commands[i].name,
			commands[i].help);
	return 2;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < COUNT(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return argc - 2 < commands[i].args ?
				usage() : commands[i].run(argv + 2);
	return usage();
}
