#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/host.h>
#include <immure/sys/kernel.h>
#include <immure/sys/namespace.h>

/* Of 6.12; linux/magic.h of 6.1 does not have it. */
#define IMMURE_PID_FS_MAGIC 0x50494446

int procfs_open(const char *path, struct error *err)
{
	struct statfs fs;

	AUTO_FD int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(err, errno, "open %s", path);
	if (fstatfs(fd, &fs) < 0)
		return fail(err, errno, "look at %s", path);
	if (fs.f_type != PROC_SUPER_MAGIC)
		return fail(err, 0, "%s is not a proc file system", path);
	return take_fd(&fd);
}

int sysctl_open(int procfs, struct error *err)
{
	int fd = openat(procfs, "sys", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? fail(err, errno, "open sys of a proc file system") : fd;
}

int sysctl_write(int sysctls, const char *key, const char *value, struct error *err)
{
	char path[256];

	int length = snprintf(path, sizeof(path), "%s", key);
	if (length < 0 || (size_t)length >= sizeof(path))
		return fail(err, ENAMETOOLONG, "sysctl %s", key);
	for (char *dot = path; (dot = strchr(dot, '.'));)
		*dot = '/';
	AUTO_FD int fd = openat(sysctls, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		(void)fail(err, errno, "open sysctl %s", key);
		(void)about(err, NEED_SETTINGS);
		return err->code != EROFS ? -1 :
			hint(err, "/proc/sys must be writable to the sandbox's own root: a"
			     " container has to be started with --security-opt"
			     " systempaths=unconfined");
	}
	if (fd_write_all(fd, value, strlen(value)) < 0)
		return fail(err, errno, "write \"%s\" to sysctl %s", value, key);
	return 0;
}

int64_t sysctl_number(const char *path, int64_t otherwise)
{
	char name[256], text[32] = "";

	(void)snprintf(name, sizeof(name), "/proc/sys/%s", path);
	AUTO_FD int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return otherwise;
	return strtoll(text, NULL, 10);
}

int memory_total(uint64_t *ret_bytes, struct error *err)
{
	struct sysinfo info;

	if (sysinfo(&info) < 0)
		return fail(err, errno, "ask how much memory there is");
	*ret_bytes = (uint64_t)info.totalram * info.mem_unit;
	return 0;
}

uint64_t swap_total(void)
{
	struct sysinfo info;

	return sysinfo(&info) == 0 ? (uint64_t)info.totalswap * info.mem_unit : 1;
}

int random_bytes(void *bytes, size_t size, struct error *err)
{
	if (getrandom(bytes, size, 0) != (ssize_t)size)
		return fail(err, errno, "get random bytes");
	return 0;
}

int hostname_get(char *name, size_t size, struct error *err)
{
	if (gethostname(name, size) < 0)
		return fail(err, errno, "ask for the host name");
	name[size - 1] = '\0';
	return 0;
}

int hostname_set(const char *name, struct error *err)
{
	if (sethostname(name, strlen(name)) < 0) {
		(void)fail(err, errno, "set the host name %s", name);
		/* The namespace is ours: it is not the kernel who refuses. */
		(void)about(err, NEED_NAMESPACE(NS_UTS));
		(void)hint_call(err, "1.0");
		return err->code == EPERM ? hint(err, "to give up the wall: --share uts") : -1;
	}
	return 0;
}

int domainname_set(const char *name, struct error *err)
{
	if (setdomainname(name, strlen(name)) < 0)
		return fail(err, errno, "set the domain name %s", name);
	return 0;
}

/* null, zero, full, random, urandom: what the sandbox's own /dev has as well. */
static bool is_harmless(dev_t device)
{
	unsigned number = minor(device);

	return major(device) == 1 &&
	       (number == 3 || number == 5 || (number >= 7 && number <= 9));
}

/* Could its contents or its mode be changed by opening it again through /proc? What
 * has no name any more, as a shell's heredoc, nobody reads afterwards. */
static bool can_be_changed(int fd, const struct stat *st)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (st->st_nlink == 0)
		return false;
	return st->st_uid == geteuid() || faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 ||
	       (errno != EACCES && errno != EROFS);
}

enum stdio_kind stdio_look(int fd)
{
	struct stat st;
	struct statfs fs;
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || (flags & O_PATH) || fstat(fd, &st) < 0)
		return STDIO_OTHER;
	if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))
		return STDIO_PLAIN;
	if (S_ISDIR(st.st_mode))
		return STDIO_DIRECTORY;
	if (S_ISCHR(st.st_mode)) {
		if (isatty(fd))
			return STDIO_TERMINAL;
		return is_harmless(st.st_rdev) ? STDIO_PLAIN : STDIO_OTHER;
	}
	/* A namespace or a process is a regular file to fstat(2), but not to give away. */
	if (!S_ISREG(st.st_mode) || fstatfs(fd, &fs) < 0 || fs.f_type == NSFS_MAGIC ||
	    fs.f_type == IMMURE_PID_FS_MAGIC)
		return STDIO_OTHER;
	if (flags & O_APPEND)
		return STDIO_APPEND;
	return (flags & O_ACCMODE) == O_RDONLY && can_be_changed(fd, &st) ? STDIO_READ
									  : STDIO_PLAIN;
}

int stdio_fill(struct error *err)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest free number is `fd`: those below it are open by now. */
		if (open("/dev/null", O_RDWR) != fd)
			return fail(err, errno, "open /dev/null");
	}
	return 0;
}
