/*
 * floor COMMAND [ARG...] - what an offline sandbox costs when nothing but the
 * system calls is paid for.
 *
 * The same namespaces, mounts, copies and restrictions as `immure run` with the
 * default profile, in the same order, from tables that are fixed at compile time:
 * no options, no profile, no plan, no messages, no supervision, no dynamic linker.
 * It is the floor that the launcher's start-up is measured against, and no sandbox:
 * it checks little and explains nothing. tests/sandbox/floor.bats compares what the
 * two show inside; when the launcher's sequence changes, this follows (strace -f).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <immure/filter/filter.h>
#include <immure/sys/landlock.h>
#include <immure/sys/seccomp.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define READ_ONLY (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV)
#define KERNEL_READ_ONLY (READ_ONLY | MOUNT_ATTR_NOEXEC)

enum kind {
	DIRECTORY, SCRATCH, LINK, TEXT,
	HOST,			/* a link as a link, a small file copied, the rest bound */
	DEVICE, PROC, MASK, DEVPTS, MQUEUE,
};

struct item {
	enum kind kind;
	unsigned mode;
	const char *path;	/* of the view, without the first slash; of the host too */
	const char *text;	/* of a file or link */
};

/* In the launcher's order: parents first, then by name. */
static const struct item items[] = {
	{ HOST, 0, "bin", NULL }, { HOST, 0, "lib", NULL }, { HOST, 0, "lib32", NULL },
	{ HOST, 0, "lib64", NULL }, { HOST, 0, "libx32", NULL },
	{ DIRECTORY, 0755, "mnt", NULL }, { DIRECTORY, 0755, "opt", NULL },
	{ PROC, 0755, "proc", NULL }, { SCRATCH, 0755, "run", NULL },
	{ HOST, 0, "sbin", NULL }, { DIRECTORY, 0755, "srv", NULL },
	{ SCRATCH, 01777, "tmp", NULL }, { HOST, 0, "usr", NULL },

	{ DIRECTORY, 0755, "dev", NULL }, { LINK, 0, "dev/fd", "/proc/self/fd" },
	{ DEVICE, 0, "dev/full", NULL }, { MQUEUE, 0755, "dev/mqueue", NULL },
	{ DEVICE, 0, "dev/null", NULL }, { LINK, 0, "dev/ptmx", "pts/ptmx" },
	{ DEVPTS, 0755, "dev/pts", NULL }, { DEVICE, 0, "dev/random", NULL },
	{ SCRATCH, 01777, "dev/shm", NULL }, { LINK, 0, "dev/stderr", "/proc/self/fd/2" },
	{ LINK, 0, "dev/stdin", "/proc/self/fd/0" }, { LINK, 0, "dev/stdout", "/proc/self/fd/1" },
	{ DEVICE, 0, "dev/tty", NULL }, { DEVICE, 0, "dev/urandom", NULL },
	{ DEVICE, 0, "dev/zero", NULL },

	{ DIRECTORY, 0755, "etc", NULL }, { HOST, 0, "etc/alternatives", NULL },
	{ HOST, 0, "etc/bash.bashrc", NULL }, { HOST, 0, "etc/bashrc", NULL },
	{ HOST, 0, "etc/crypto-policies", NULL }, { HOST, 0, "etc/debian_version", NULL },
	{ HOST, 0, "etc/fedora-release", NULL }, { HOST, 0, "etc/fonts", NULL },
	{ HOST, 0, "etc/gitconfig", NULL }, { TEXT, 0444, "etc/group", "root:x:0:\nnogroup:x:65534:\n" },
	{ TEXT, 0444, "etc/hostname", "immure\n" },
	{ TEXT, 0444, "etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n127.0.1.1\timmure\n" },
	{ HOST, 0, "etc/inputrc", NULL }, { HOST, 0, "etc/ld.so.cache", NULL },
	{ HOST, 0, "etc/locale.conf", NULL }, { HOST, 0, "etc/localtime", NULL },
	{ HOST, 0, "etc/lsb-release", NULL },
	{ TEXT, 0444, "etc/machine-id", "0123456789abcdef0123456789abcdef\n" },
	{ LINK, 0, "etc/mtab", "../proc/self/mounts" },
	{ TEXT, 0444, "etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\n" },
	{ HOST, 0, "etc/os-release", NULL },
	{ TEXT, 0444, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n" },
	{ HOST, 0, "etc/profile", NULL },
	{ HOST, 0, "etc/protocols", NULL }, { TEXT, 0444, "etc/resolv.conf", "# offline\n" },
	{ HOST, 0, "etc/services", NULL }, { HOST, 0, "etc/timezone", NULL },

	{ MASK, 0, "proc/acpi", NULL }, { MASK, 0, "proc/asound", NULL },
	{ MASK, 0, "proc/bootconfig", NULL }, { MASK, 0, "proc/bus", NULL },
	{ MASK, 0, "proc/cmdline", NULL }, { MASK, 0, "proc/config.gz", NULL },
	{ MASK, 0, "proc/driver", NULL }, { MASK, 0, "proc/dynamic_debug", NULL },
	{ MASK, 0, "proc/fs", NULL }, { MASK, 0, "proc/interrupts", NULL },
	{ MASK, 0, "proc/irq", NULL }, { MASK, 0, "proc/kallsyms", NULL },
	{ MASK, 0, "proc/key-users", NULL }, { MASK, 0, "proc/keys", NULL },
	{ MASK, 0, "proc/latency_stats", NULL }, { MASK, 0, "proc/modules", NULL },
	{ MASK, 0, "proc/mtrr", NULL }, { MASK, 0, "proc/sched_debug", NULL },
	{ MASK, 0, "proc/scsi", NULL },

	{ DIRECTORY, 0755, "var", NULL }, { DIRECTORY, 0755, "var/lib", NULL },
	{ LINK, 0, "var/lock", "/run/lock" }, { LINK, 0, "var/run", "/run" },
	{ SCRATCH, 01777, "var/tmp", NULL },
	{ HOST, 0, "etc/ssl/certs", NULL }, { HOST, 0, "etc/ssl/openssl.cnf", NULL },
	{ DIRECTORY, 0755, "run/user", NULL }, { DIRECTORY, 0700, "run/user/0", NULL },
	{ HOST, 0, "etc/pki/ca-trust/extracted", NULL }, { HOST, 0, "etc/pki/tls/certs", NULL },
	{ HOST, 0, "etc/pki/tls/openssl.cnf", NULL },
};

/* Kept of a new sysfs, with the directories that lead there. */
static const char *const sys_parts[] = { "class/net", "devices/system", "devices/virtual/net" };
static const char *const sys_directories[] = {
	"sys/class", "sys/class/net", "sys/devices", "sys/devices/system", "sys/devices/virtual",
	"sys/devices/virtual/net",
};

/* What of the view Landlock allows, at what is mounted there. */
enum {
	SEE = MAY_READ_FILE | MAY_READ_DIR, USE = SEE | MAY_EXECUTE,
	CHANGE = USE | MAY_WRITE_FILE | MAY_TRUNCATE | MAY_REMOVE_DIR | MAY_REMOVE_FILE |
		 MAY_MAKE_DIR | MAY_MAKE_REG | MAY_MAKE_SOCK | MAY_MAKE_FIFO | MAY_MAKE_SYM |
		 MAY_REFER,
	DEVICE_FILE = MAY_READ_FILE | MAY_WRITE_FILE | MAY_TRUNCATE,
};

static const struct rule {
	const char *path;
	unsigned rights;
} rules[] = {
	{ "usr", USE }, { "run", CHANGE }, { "tmp", CHANGE }, { "var/tmp", CHANGE },
	{ "proc", SEE | MAY_WRITE_FILE | MAY_TRUNCATE },
	{ "dev/full", DEVICE_FILE }, { "dev/null", DEVICE_FILE }, { "dev/random", DEVICE_FILE },
	{ "dev/urandom", DEVICE_FILE }, { "dev/zero", DEVICE_FILE },
	{ "dev/tty", DEVICE_FILE | MAY_IOCTL_DEV }, { "dev/shm", CHANGE },
	{ "dev/pts", SEE | MAY_WRITE_FILE | MAY_IOCTL_DEV },
	{ "dev/mqueue", SEE | MAY_WRITE_FILE | MAY_MAKE_REG | MAY_REMOVE_FILE },
};

/* `sysctls` is /proc/sys from before it is covered by a read-only one. */
static int root, proc, sysctls, ruleset;

static void check(long result, const char *what)
{
	if (result < 0) {
		perror(what);
		_exit(125);
	}
}

/* --- pieces ----------------------------------------------------------------------- */

static void make_ruleset(void)
{
	struct { uint64_t files, network, scopes; } handled = {
		2 * MAY_IOCTL_DEV - 1, 0, SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS,
	};

	ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);
	check(ruleset, "landlock");
}

static void allow(int fd, unsigned rights)
{
	struct { uint64_t rights; int fd; } __attribute__((packed)) rule = { rights, fd };

	check(syscall(SYS_landlock_add_rule, ruleset, 1, &rule, 0), "landlock rule");
}

static int new_file_system(const char *type, const char *const options[][2], unsigned attributes)
{
	int context = fsopen(type, FSOPEN_CLOEXEC), tree;

	check(context, type);
	for (; options && (*options)[0]; options++)
		check(fsconfig(context, (*options)[1] ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG,
			       (*options)[0], (*options)[1], 0), type);
	check(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), type);
	tree = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | attributes);
	check(tree, type);
	close(context);
	return tree;
}

static void attach(int tree, const char *path)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		if (strcmp(rules[i].path, path) == 0)
			allow(tree, rules[i].rights);
	check(move_mount(tree, "", root, path, MOVE_MOUNT_F_EMPTY_PATH), path);
	close(tree);
}

static int copy_tree(int dir, const char *path, unsigned long attributes)
{
	struct mount_attr attr = {
		.attr_set = attributes | MOUNT_ATTR_NOSUID, .propagation = MS_PRIVATE,
	};
	int tree = open_tree(dir, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE |
			     (*path ? 0 : AT_EMPTY_PATH));

	check(tree, path);
	check(mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)), path);
	return tree;
}

static void write_text(int dir, const char *path, int flags, unsigned mode, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CLOEXEC | flags, mode);

	check(fd, path);
	check(write(fd, text, strlen(text)), path);
	close(fd);
}

static void copy_file(const char *from, const char *to)
{
	static char bytes[32768];
	int source = open(from, O_RDONLY | O_CLOEXEC), target;
	ssize_t size;

	check(source, from);
	size = read(source, bytes, sizeof(bytes));
	check(size, from);
	target = openat(root, to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	check(target, to);
	check(write(target, bytes, (size_t)size), to);
	close(target);
	close(source);
}

/* --- items ------------------------------------------------------------------------ */

/* The directories below /etc that lead to what the host has. */
static void make_parents(const char *path)
{
	char parent[256];

	(void)snprintf(parent, sizeof(parent), "%s", path);
	for (char *slash = strchr(parent + 4, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdirat(root, parent, 0755) < 0 && errno != EEXIST)
			check(-1, parent);
		*slash = '/';
	}
}

static void show_host(const char *path)
{
	char host[256], text[256];
	struct stat st;
	ssize_t length;

	(void)snprintf(host, sizeof(host), "/%s", path);
	if (lstat(host, &st) < 0)
		return;
	if (strncmp(path, "etc/", 4) == 0)
		make_parents(path);
	if (S_ISLNK(st.st_mode)) {
		length = readlink(host, text, sizeof(text) - 1);
		check(length, host);
		text[length] = '\0';
		check(symlinkat(text, root, path), path);
	} else if (S_ISREG(st.st_mode) && st.st_size <= 16 * 1024) {
		copy_file(host, path);
	} else {
		check(S_ISDIR(st.st_mode) ? mkdirat(root, path, 0755)
					  : mknodat(root, path, S_IFREG | 0644, 0), path);
		attach(copy_tree(AT_FDCWD, host, READ_ONLY), path);
	}
}

static void make_scratch(const char *path, unsigned mode)
{
	check(mkdirat(root, path, mode), path);
	attach(copy_tree(root, path, MOUNT_ATTR_NODEV), path);
}

static void make_device(const char *path)
{
	char host[64];

	(void)snprintf(host, sizeof(host), "/%s", path);
	check(mknodat(root, path, S_IFREG | 0644, 0), path);
	attach(copy_tree(AT_FDCWD, host, 0), path);
}

static void mask(const char *path)
{
	char host[64];
	struct stat st;

	(void)snprintf(host, sizeof(host), "/%s", path);
	if (faccessat(AT_FDCWD, host, R_OK, AT_EACCESS) < 0)
		return;
	check(fstatat(root, path, &st, 0), path);
	attach(copy_tree(root, S_ISDIR(st.st_mode) ? ".hidden/directory" : ".hidden/file",
			 KERNEL_READ_ONLY), path);
}

static void make_kernel(const char *type, const char *path, const char *const options[][2],
			unsigned attributes)
{
	check(mkdirat(root, path, 0755), path);
	attach(new_file_system(type, options, attributes | MOUNT_ATTR_NOEXEC), path);
}

static void make_item(const struct item *item)
{
	static const char *const pts_options[][2] = {
		{ "newinstance", NULL }, { "ptmxmode", "0666" }, { "mode", "620" }, { NULL, NULL },
	};

	switch (item->kind) {
	case DIRECTORY:
		check(mkdirat(root, item->path, item->mode), item->path);
		return;
	case SCRATCH:
		make_scratch(item->path, item->mode);
		return;
	case LINK:
		check(symlinkat(item->text, root, item->path), item->path);
		return;
	case TEXT:
		write_text(root, item->path, O_CREAT | O_EXCL, item->mode, item->text);
		if (strcmp(item->path, "etc/resolv.conf") == 0)
			attach(copy_tree(root, item->path, READ_ONLY), item->path);
		return;
	case HOST:
		show_host(item->path);
		return;
	case DEVICE:
		make_device(item->path);
		return;
	case PROC:
		make_kernel("proc", item->path, NULL, MOUNT_ATTR_NODEV);
		proc = openat(root, item->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		sysctls = openat(proc, "sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
		check(sysctls, "proc/sys");
		return;
	case MASK:
		mask(item->path);
		return;
	case DEVPTS:
		make_kernel("devpts", item->path, pts_options, 0);
		return;
	case MQUEUE:
		make_kernel("mqueue", item->path, NULL, MOUNT_ATTR_NODEV);
		return;
	}
}

/* The directory that the caller stands in, at its own path, and the home. */
static void make_places(const char *home)
{
	char path[4096], *slash;
	int tree;

	check(getcwd(path, sizeof(path)) ? 0 : -1, "getcwd");
	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdirat(root, path + 1, 0755);
		*slash = '/';
	}
	check(mkdirat(root, path + 1, 0755), path);
	tree = copy_tree(AT_FDCWD, "", READ_ONLY);
	allow(tree, USE);
	attach(tree, path + 1);
	(void)mkdirat(root, "home", 0755);
	check(mkdirat(root, home + 1, 0700), home);
	tree = copy_tree(root, home + 1, MOUNT_ATTR_NODEV);
	allow(tree, CHANGE);
	attach(tree, home + 1);
}

/* The new sysfs is covered by a directory of ours, three parts of it are not. */
static void make_sys(void)
{
	int cover, sys = new_file_system("sysfs", NULL, KERNEL_READ_ONLY);

	check(mkdirat(root, "sys", 0555), "sys");
	cover = copy_tree(root, "sys", MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	allow(cover, SEE);
	check(move_mount(sys, "", root, "sys", MOVE_MOUNT_F_EMPTY_PATH), "sys");
	check(move_mount(cover, "", root, "sys", MOVE_MOUNT_F_EMPTY_PATH), "cover");
	for (size_t i = 0; i < COUNT(sys_directories); i++)
		check(mkdirat(root, sys_directories[i], 0755), sys_directories[i]);
	for (size_t i = 0; i < COUNT(sys_parts); i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "sys/%s", sys_parts[i]);
		attach(copy_tree(sys, sys_parts[i], KERNEL_READ_ONLY), path);
	}
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY, .propagation = MS_PRIVATE };
	check(mount_setattr(cover, "", AT_EMPTY_PATH, &attr, sizeof(attr)), "cover");
	close(cover);
	close(sys);
}

/* --- the order of things -------------------------------------------------------------- */

static int network;

/* Makes the network namespace while the view is assembled. */
static int help(void *unused)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd;

	(void)unused;
	if (unshare(CLONE_NEWNET) < 0)
		_exit(1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		_exit(1);
	request.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		_exit(1);
	close(fd);
	network = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	_exit(network < 0);
}

static void join_network(pid_t helper)
{
	int status = 0;

	check(waitpid(helper, &status, 0), "wait for the network");
	check(status == 0 ? setns(network, CLONE_NEWNET) : -1, "network");
	close(network);
}

static void make_view(const char *home, pid_t helper)
{
	static const char *const options[][2] = {
		{ "size", "2147483648" }, { "nr_inodes", "200000" }, { "mode", "755" }, { NULL, NULL },
	};
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY, .propagation = MS_PRIVATE };

	int etc;

	root = new_file_system("tmpfs", options, MOUNT_ATTR_NODEV);
	make_ruleset();
	allow(root, MAY_READ_DIR);
	check(move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH), "/");
	check(mkdirat(root, ".hidden", 0755), ".hidden");
	check(mkdirat(root, ".hidden/directory", 0555), ".hidden/directory");
	check(mknodat(root, ".hidden/file", S_IFREG | 0444, 0), ".hidden/file");
	(void)umask(0);
	for (size_t i = 0; i < COUNT(items); i++)
		make_item(&items[i]);
	etc = openat(root, "etc", O_PATH | O_CLOEXEC);
	allow(etc, USE);
	close(etc);
	make_places(home);
	join_network(helper);
	make_sys();
	attach(copy_tree(root, "proc/sys", KERNEL_READ_ONLY), "proc/sys");
	(void)umask(022);
	check(mount_setattr(root, "", AT_EMPTY_PATH, &attr, sizeof(attr)), "root");
	check(fchdir(root), "root");
	check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	check(umount2(".", MNT_DETACH), "umount");
	check(chdir("/"), "/");
	close(root);
}

static void map_self(int dir, const char *uid_map, const char *gid_map)
{
	write_text(dir, "self/uid_map", 0, 0, uid_map);
	write_text(dir, "self/gid_map", 0, 0, gid_map);
}

static void drop_rights(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 } };

	check(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
		    SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
		    SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
		    0, 0, 0), "securebits");
	for (int cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) >= 0; cap++)
		;
	check(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient set");
	check(syscall(SYS_capset, &header, none), "capset");
	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}

/* The program that the launcher has built in; and for init one of the length of its. */
static void filter_calls(bool command)
{
	static struct sock_filter own[34];
	struct sock_fprog program = { .len = COUNT(own), .filter = own };
	size_t length;

	for (size_t i = 0; i < COUNT(own); i++)
		own[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (command) {
		program.filter = (struct sock_filter *)(uintptr_t)filter_built_in(
			filter_arch(seccomp_native_arch()), true, &length);
		program.len = (unsigned short)length;
	}
	check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
}

struct command {
	char **argv;
	char directory[4096];
};

/* In the second user namespace, with init's memory until the exec. */
static int payload(void *context)
{
	const struct rlimit no_core = { 0, 0 }, processes = { 4096, 4096 };
	const struct command *command = context;

	map_self(proc, "0 0 1", "0 0 1");
	check(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable");
	check(setpgid(0, 0), "setpgid");
	check(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL), "keyring");
	check(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");
	check(setrlimit(RLIMIT_CORE, &no_core), "rlimit");
	check(setrlimit(RLIMIT_NPROC, &processes), "rlimit");
	check(chdir(command->directory), command->directory);
	drop_rights();
	check(syscall(SYS_landlock_restrict_self, ruleset, 0), "landlock");
	filter_calls(true);
	execv(command->argv[0], command->argv);
	_exit(127);
}

static char stacks[2][64 * 1024] __attribute__((aligned(16)));

/* `ids` are the maps of the first namespace, made before it exists: in it we are
 * nobody. */
static _Noreturn void init(struct command *command, const char *uid_map, const char *gid_map)
{
	int host_proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), status = 0, null;
	pid_t helper, child, ended;

	check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "pdeathsig");
	write_text(host_proc, "self/setgroups", 0, 0, "deny");
	map_self(host_proc, uid_map, gid_map);
	helper = clone(help, stacks[0] + sizeof(stacks[0]), CLONE_VM | CLONE_FILES | SIGCHLD, NULL);
	check(helper, "clone a helper");
	make_view(getenv("HOME"), helper);
	close(host_proc);
	check(sethostname("immure", 6), "hostname");
	check(setdomainname("(none)", 6), "domainname");
	write_text(sysctls, "user/max_user_namespaces", 0, 0, "1");
	write_text(sysctls, "net/ipv4/ip_unprivileged_port_start", 0, 0, "0");
	write_text(sysctls, "net/ipv4/ping_group_range", 0, 0, "0 0");
	check(setsid(), "setsid");
	child = clone(payload, stacks[1] + sizeof(stacks[1]),
		      CLONE_VM | CLONE_VFORK | CLONE_NEWUSER | SIGCHLD, command);
	check(child, "clone");
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd <= 2; fd++)
		check(dup2(null, fd), "/dev/null");
	drop_rights();
	filter_calls(false);
	while ((ended = wait(&status)) != child)
		check(ended, "wait");
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(int argc, char **argv)
{
	struct clone_args args = {
		.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
			CLONE_NEWCGROUP,
		.exit_signal = SIGCHLD,
	};
	static struct command command;
	char uid_map[32], gid_map[32];
	int status = 0;
	long child;

	if (argc < 2 || !getcwd(command.directory, sizeof(command.directory)))
		return 125;
	command.argv = argv + 1;
	(void)snprintf(uid_map, sizeof(uid_map), "0 %u 1", getuid());
	(void)snprintf(gid_map, sizeof(gid_map), "0 %u 1", getgid());
	child = syscall(SYS_clone3, &args, sizeof(args));
	check(child, "clone3");
	if (child == 0)
		init(&command, uid_map, gid_map);
	while (waitpid((pid_t)child, &status, 0) < 0)
		check(errno == EINTR ? 0 : -1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
