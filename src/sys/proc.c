#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/clocks.h>
#include <immure/sys/proc.h>

int proc_open(pid_t pid, struct error *err)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(err, errno, "process %d", (int)pid) : fd;
}

static bool wait_readable(int fd, int64_t deadline)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };
	int64_t left = deadline - clock_milliseconds(CLOCK_MONOTONIC);

	return left > 0 && poll(&polled, 1, (int)left) > 0;
}

/* Read until the end, `most` bytes, or the deadline when there is one. */
static int read_bounded(struct arena *arena, int fd, size_t most, int64_t deadline,
			char **ret_text, size_t *ret_length, bool *ret_cut)
{
	size_t room = 4096, length = 0;
	char *text = malloc(room);

	while (text && length <= most) {
		if (length == room) {
			char *wider = realloc(text, room *= 2);
			if (!wider)
				break;
			text = wider;
		}
		if (deadline && !wait_readable(fd, deadline)) {
			free(text);
			errno = ETIMEDOUT;
			return -1;
		}
		ssize_t got = read(fd, text + length, room - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int code = errno;
			free(text);
			errno = code;
			return -1;
		}
		if (got == 0)
			break;
		length += (size_t)got;
	}
	if (!text) {
		errno = ENOMEM;
		return -1;
	}
	*ret_cut = length > most;
	*ret_length = length > most ? most : length;
	*ret_text = arena_copy_part(arena, text, *ret_length);
	free(text);
	return 0;
}

int proc_read(struct arena *arena, int process, const char *name, size_t most,
	      char **ret_text, size_t *ret_length, bool *ret_cut)
{
	AUTO_FD int fd = openat(process, name, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : read_bounded(arena, fd, most, 0, ret_text, ret_length, ret_cut);
}

/* The child: nothing but read and write, since it may never come back from a read.
 * The last byte says how it went. */
static void __attribute__((noreturn)) copy_out(int from, int to, size_t most)
{
	char bytes[4096];
	ssize_t got = 0;

	/* Nobody who waits for the end of our output shall wait for this. */
	for (int fd = 0; fd <= 2; fd++)
		(void)close(fd);
	for (size_t done = 0; done <= most; done += (size_t)got) {
		got = read(from, bytes, sizeof(bytes));
		if (got <= 0 || fd_write_all(to, bytes, (size_t)got) < 0)
			break;
	}
	const unsigned char code = (unsigned char)(got < 0 ? errno : 0);
	(void)fd_write_all(to, &code, 1);
	_exit(0);
}

int proc_read_memory(struct arena *arena, int process, const char *name, size_t most,
		     char **ret_text, size_t *ret_length, bool *ret_cut)
{
	int ends[2];

	AUTO_FD int fd = openat(process, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	AUTO_FD int reading = ends[0];
	AUTO_FD int writing = ends[1];
	pid_t child = fork();
	if (child < 0)
		return -1;
	if (child == 0)
		copy_out(fd, writing, most);
	fd_close(&writing);
	/* A page and the byte more than is wanted, since it writes by pages. */
	int result = read_bounded(arena, reading, most + 4097, clock_milliseconds(CLOCK_MONOTONIC) + 2000,
				  ret_text, ret_length, ret_cut);
	int code = errno;
	(void)kill(child, SIGKILL);
	/* One that does not die is left to whoever awaits orphans. */
	(void)waitpid(child, NULL, result < 0 ? WNOHANG : 0);
	if (result == 0 && *ret_length == 0)
		code = EIO;
	else if (result == 0)
		code = (unsigned char)(*ret_text)[--*ret_length];
	errno = code;
	if (result < 0 || code)
		return -1;
	*ret_cut = *ret_length > most;
	*ret_length = *ret_cut ? most : *ret_length;
	(*ret_text)[*ret_length] = '\0';
	return 0;
}

char *proc_link(struct arena *arena, int process, const char *name)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(process, name, text, sizeof(text));

	return length < 0 ? NULL : arena_copy_part(arena, text, (size_t)length);
}

/* The number that `name` is, or -1. */
static int number_of(const char *name)
{
	char *end;

	if (name[0] < '0' || name[0] > '9')
		return -1;
	long number = strtol(name, &end, 10);
	return *end || number > INT_MAX ? -1 : (int)number;
}

int proc_each_number(int process, const char *name, bool (*each)(void *context, int number),
		     void *context)
{
	AUTO_FD int fd = process == NO_FD
		? open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
		: openat(process, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (!stream)
		return -1;
	(void)take_fd(&fd);
	errno = 0;
	for (struct dirent *entry; (entry = readdir(stream));) {
		int number = number_of(entry->d_name);
		if (number >= 0 && !each(context, number))
			break;
		errno = 0;
	}
	int code = errno;
	(void)closedir(stream);
	errno = code;
	return code ? -1 : 0;
}

int proc_look(int process, int number, struct proc_object *ret_object)
{
	char name[32];
	struct statx st;

	(void)snprintf(name, sizeof(name), "fd/%d", number);
	/* A file system in user space answers from what the kernel remembers, or a
	 * hostile one could let us wait for ever. */
	if (statx(process, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE | STATX_MODE,
		  &st) < 0)
		return -1;
	*ret_object = (struct proc_object){
		.mode = st.stx_mode,
		.device = makedev(st.stx_dev_major, st.stx_dev_minor),
		.node = makedev(st.stx_rdev_major, st.stx_rdev_minor),
	};
	return 0;
}

int proc_owner(int process, const char *name, uid_t *ret_uid)
{
	struct stat st;

	if (fstatat(process, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	*ret_uid = st.st_uid;
	return 0;
}

uint64_t proc_namespace_owner(int process, const char *name)
{
	char path[32];
	struct stat st;

	(void)snprintf(path, sizeof(path), "ns/%s", name);
	AUTO_FD int fd = openat(process, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	AUTO_FD int owner = ioctl(fd, NS_GET_USERNS);
	return owner < 0 || fstat(owner, &st) < 0 ? 0 : (uint64_t)st.st_ino;
}

int proc_settings_open(const char *path)
{
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

char *proc_setting(struct arena *arena, int directory, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	char text[256];

	AUTO_FD int fd = (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
	if (fd < 0)
		return NULL;
	ssize_t length = read(fd, text, sizeof(text) - 1);
	if (length < 0)
		return NULL;
	text[length] = '\0';
	return arena_copy_part(arena, text, strcspn(text, "\n"));
}

const char *proc_capability(struct arena *arena, unsigned number)
{
	char *name = cap_to_name((cap_value_t)number);
	const char *copy = name ? arena_copy(arena, name) : arena_format(arena, "%u", number);

	(void)cap_free(name);
	return copy;
}
