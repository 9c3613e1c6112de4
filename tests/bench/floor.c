/*
 * floor COMMAND [ARG...] - what an offline sandbox costs when nothing but the
 * system calls is paid for.
 *
 * The same namespaces, mounts and restrictions as `immure run` with the default
 * profile, in the same order, from tables that are fixed at compile time: no
 * options, no profile, no plan, no messages, no dynamic linker. It is the floor
 * that the launcher's start-up is measured against, and no sandbox: it checks
 * little and explains nothing. When the launcher's sequence changes, this
 * follows (compare with strace -f).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The host's, read-only at the same path. */
static const char *const system_paths[] = { "usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32" };
static const char *const etc_paths[] = {
	"etc/alternatives", "etc/bash.bashrc", "etc/ca-certificates", "etc/fonts", "etc/host.conf", "etc/inputrc",
	"etc/ld.so.cache", "etc/ld.so.conf", "etc/ld.so.conf.d", "etc/localtime", "etc/locale.alias", "etc/mime.types",
	"etc/networks", "etc/profile", "etc/profile.d", "etc/protocols", "etc/services", "etc/shells", "etc/ssl",
	"etc/terminfo", "etc/timezone",
};
static const char *const devices[] = { "dev/null", "dev/zero", "dev/full", "dev/random", "dev/urandom", "dev/tty" };
static const char *const sys_paths[] = { "devices/system", "devices/virtual/net", "class/net" };

/* Made by us. */
static const char *const directories[] = {
	"etc", "dev", "dev/pts", "dev/shm", "dev/mqueue", "proc", "sys", "tmp", "var", "var/tmp", "run", "root",
};
static const char *const writable[] = { "tmp", "var/tmp", "run", "dev/shm", "root" };
static const struct { const char *path, *text; } files[] = {
	{ "etc/passwd", "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n" },
	{ "etc/group", "root:x:0:\nnogroup:x:65534:\n" },
	{ "etc/hosts", "127.0.0.1 localhost immure\n::1 localhost\n" },
	{ "etc/hostname", "immure\n" },
	{ "etc/resolv.conf", "# offline\n" },
	{ "etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n" },
	{ "etc/machine-id", "0123456789abcdef0123456789abcdef\n" },
	{ "etc/mtab", "" },
	{ "empty", "" },
};
static const struct { const char *path, *target; } links[] = {
	{ "dev/ptmx", "pts/ptmx" }, { "dev/fd", "/proc/self/fd" }, { "dev/stdin", "/proc/self/fd/0" },
	{ "dev/stdout", "/proc/self/fd/1" }, { "dev/stderr", "/proc/self/fd/2" }, { "var/run", "/run" },
};

/* Covered by an empty file of ours, or read-only. */
static const char *const masked[] = {
	"interrupts", "keys", "key-users", "kallsyms", "cmdline", "config.gz", "mtrr", "latency_stats",
};
static const char *const read_only[] = { "sys", "bus", "fs", "irq", "tty" };

static void check(long result, const char *what)
{
	if (result < 0) {
		perror(what);
		_exit(125);
	}
}

static void write_file(int dir, const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	check(fd, path);
	check(write(fd, text, strlen(text)), path);
	close(fd);
}

static int new_file_system(const char *type, const char *mode)
{
	int context = fsopen(type, FSOPEN_CLOEXEC), tree;

	check(context, type);
	if (mode)
		check(fsconfig(context, FSCONFIG_SET_STRING, "mode", mode, 0), type);
	if (strcmp(type, "devpts") == 0)
		check(fsconfig(context, FSCONFIG_SET_STRING, "ptmxmode", "0666", 0), type);
	check(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), type);
	tree = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID |
		       (strcmp(type, "devpts") == 0 ? 0 : MOUNT_ATTR_NODEV));
	check(tree, type);
	close(context);
	return tree;
}

static void restrict_tree(int tree, unsigned long attributes)
{
	struct mount_attr attr = {
		.attr_set = attributes | MOUNT_ATTR_NOSUID,
		.propagation = MS_PRIVATE,
	};

	check(mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)), "mount_setattr");
}

static void attach(int tree, int root, const char *path)
{
	check(move_mount(tree, "", root, path, MOVE_MOUNT_F_EMPTY_PATH), path);
	close(tree);
}

static int copy_tree(int dir, const char *path)
{
	int tree = open_tree(dir, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	check(tree, path);
	return tree;
}

/* A path of the host's in the new root: a link as a link, the rest bound. */
static void bind_host(int root, const char *path, unsigned long attributes)
{
	char host[256], target[256];
	struct stat st;
	ssize_t length;
	int tree;

	(void)snprintf(host, sizeof(host), "/%s", path);
	if (lstat(host, &st) < 0)
		return;
	if (S_ISLNK(st.st_mode)) {
		length = readlink(host, target, sizeof(target) - 1);
		check(length, host);
		target[length] = '\0';
		check(symlinkat(target, root, path), path);
		return;
	}
	if (S_ISDIR(st.st_mode))
		check(mkdirat(root, path, 0755), path);
	else
		write_file(root, path, "");
	tree = copy_tree(AT_FDCWD, host);
	restrict_tree(tree, attributes);
	attach(tree, root, path);
}

static void make_proc(int root, int empty)
{
	int proc = new_file_system("proc", NULL), tree;

	attach(dup(proc), root, "proc");
	write_file(proc, "sys/user/max_user_namespaces", "1");
	for (size_t i = 0; i < COUNT(masked); i++) {
		if (faccessat(proc, masked[i], F_OK, 0) < 0)
			continue;
		tree = copy_tree(empty, "empty");
		restrict_tree(tree, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV);
		attach(tree, proc, masked[i]);
	}
	for (size_t i = 0; i < COUNT(read_only); i++) {
		if (faccessat(proc, read_only[i], F_OK, 0) < 0)
			continue;
		tree = copy_tree(proc, read_only[i]);
		restrict_tree(tree, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV);
		attach(tree, proc, read_only[i]);
	}
	close(proc);
}

/* The new sysfs is mounted, three directories of it are kept, the rest covered. */
static void make_sys(int root)
{
	int trees[COUNT(sys_paths)], cover;
	char path[64];

	attach(new_file_system("sysfs", NULL), root, "sys");
	for (size_t i = 0; i < COUNT(sys_paths); i++) {
		(void)snprintf(path, sizeof(path), "sys/%s", sys_paths[i]);
		trees[i] = copy_tree(root, path);
		restrict_tree(trees[i], MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV);
	}
	check(mkdirat(root, ".sys", 0755), ".sys");
	check(mkdirat(root, ".sys/devices", 0755), ".sys/devices");
	check(mkdirat(root, ".sys/devices/system", 0755), ".sys/devices/system");
	check(mkdirat(root, ".sys/devices/virtual", 0755), ".sys/devices/virtual");
	check(mkdirat(root, ".sys/devices/virtual/net", 0755), ".sys/devices/virtual/net");
	check(mkdirat(root, ".sys/class", 0755), ".sys/class");
	check(mkdirat(root, ".sys/class/net", 0755), ".sys/class/net");
	cover = copy_tree(root, ".sys");
	restrict_tree(cover, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV);
	attach(cover, root, "sys");
	for (size_t i = 0; i < COUNT(sys_paths); i++) {
		(void)snprintf(path, sizeof(path), "sys/%s", sys_paths[i]);
		attach(trees[i], root, path);
	}
}

static void make_view(void)
{
	int root = new_file_system("tmpfs", "0755"), tree;
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	check(move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH), "/");
	for (size_t i = 0; i < COUNT(directories); i++)
		check(mkdirat(root, directories[i], 0755), directories[i]);
	for (size_t i = 0; i < COUNT(files); i++)
		write_file(root, files[i].path, files[i].text);
	for (size_t i = 0; i < COUNT(links); i++)
		check(symlinkat(links[i].target, root, links[i].path), links[i].path);
	for (size_t i = 0; i < COUNT(system_paths); i++)
		bind_host(root, system_paths[i], MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV);
	for (size_t i = 0; i < COUNT(etc_paths); i++)
		bind_host(root, etc_paths[i], MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV);
	for (size_t i = 0; i < COUNT(devices); i++)
		bind_host(root, devices[i], MOUNT_ATTR_NOEXEC);
	for (size_t i = 0; i < COUNT(writable); i++) {
		tree = copy_tree(root, writable[i]);
		restrict_tree(tree, MOUNT_ATTR_NODEV);
		attach(tree, root, writable[i]);
	}
	attach(new_file_system("devpts", "620"), root, "dev/pts");
	attach(new_file_system("mqueue", NULL), root, "dev/mqueue");
	make_proc(root, root);
	make_sys(root);
	check(mount_setattr(root, "", AT_EMPTY_PATH, &attr, sizeof(attr)), "root");
	check(fchdir(root), "root");
	check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	check(umount2(".", MNT_DETACH), "umount");
	check(chdir("/"), "/");
	close(root);
}

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	check(fd, "socket");
	check(ioctl(fd, SIOCSIFFLAGS, &request), "lo");
	close(fd);
}

static void map_self(const char *uid_map, const char *gid_map, int first)
{
	if (first)
		write_file(AT_FDCWD, "/proc/self/setgroups", "deny");
	write_file(AT_FDCWD, "/proc/self/uid_map", uid_map);
	write_file(AT_FDCWD, "/proc/self/gid_map", gid_map);
}

/* In the second user namespace, with init's memory until the exec. */
static int payload(void *argv)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 } };
	struct rlimit no_core = { 0, 0 };

	map_self("0 0 1", "0 0 1", 0);
	check(setpgid(0, 0), "setpgid");
	check(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL), "keyring");
	check(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");
	check(setrlimit(RLIMIT_CORE, &no_core), "rlimit");
	check(prctl(PR_SET_SECUREBITS, SECURE_ALL_BITS | SECURE_ALL_LOCKS, 0, 0, 0), "securebits");
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		check(prctl(PR_CAPBSET_DROP, cap, 0, 0, 0), "bounding set");
	check(syscall(SYS_capset, &header, none), "capset");
	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	execv(((char **)argv)[0], argv);
	_exit(127);
}

/* `ids` are the maps of the first namespace, made before it exists: in it we
 * are nobody. */
static _Noreturn void init(char **argv, const char *uid_map, const char *gid_map)
{
	static char stack[64 * 1024] __attribute__((aligned(16)));
	int status = 0;
	pid_t child, ended;

	map_self(uid_map, gid_map, 1);
	check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "pdeathsig");
	loopback_up();
	make_view();
	check(sethostname("immure", 6), "hostname");
	check(setsid(), "setsid");
	child = clone(payload, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | CLONE_NEWUSER | SIGCHLD, argv);
	check(child, "clone");
	check(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable");
	while ((ended = wait(&status)) != child)
		check(ended, "wait");
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(int argc, char **argv)
{
	struct clone_args args = {
		.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
			CLONE_NEWNET | CLONE_NEWCGROUP,
		.exit_signal = SIGCHLD,
	};
	char uid_map[32], gid_map[32];
	int status = 0;
	long child;

	if (argc < 2)
		return 125;
	(void)snprintf(uid_map, sizeof(uid_map), "0 %u 1", getuid());
	(void)snprintf(gid_map, sizeof(gid_map), "0 %u 1", getgid());
	child = syscall(SYS_clone3, &args, sizeof(args));
	check(child, "clone3");
	if (child == 0)
		init(argv + 1, uid_map, gid_map);
	while (waitpid((pid_t)child, &status, 0) < 0)
		check(errno == EINTR ? 0 : -1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
