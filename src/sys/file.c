#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>
#include <immure/sys/user.h>
#include <immure/sys/walk.h>

/* The first question that got no answer. */
static struct {
	int code;
	char path[256];
} unanswered;

/* Is this errno a no? The others say that there is nothing that could be known: no
 * memory, a filter in between, a file system that is ill. */
static bool is_no(int code)
{
	return code == ENOENT || code == ENOTDIR || code == EACCES || code == ELOOP ||
	       code == ENAMETOOLONG;
}

static void note_answer(int code, const char *path)
{
	if (is_no(code) || unanswered.code)
		return;
	unanswered.code = code;
	(void)snprintf(unanswered.path, sizeof(unanswered.path), "%s", path);
}

int file_all_answered(struct error *err)
{
	return unanswered.code ? fail(err, unanswered.code, "look at %s", unanswered.path) : 0;
}

static void id_of(const struct stat *st, struct file_id *ret_id)
{
	*ret_id = (struct file_id){
		.device = st->st_dev, .inode = st->st_ino,
		.type = st->st_mode & S_IFMT, .mode = st->st_mode & 07777,
		.size = (uint64_t)st->st_size,
	};
}

int file_look(const char *path, bool follow, struct file_id *ret_id, struct error *err)
{
	struct stat st;

	if (fstatat(AT_FDCWD, path, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0) {
		note_answer(errno, path);
		return fail(err, errno, "%s", path);
	}
	id_of(&st, ret_id);
	return 0;
}

int file_look_fd(int fd, struct file_id *ret_id)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	id_of(&st, ret_id);
	return 0;
}

int file_look_without_links(const char *path, struct file_id *ret_id, struct error *err)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };

	AUTO_FD int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM)) {
		AUTO_FD int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		fd = root < 0 ? -1 : walk_inside(root, path, 0, 0);
	}
	if (fd < 0 || file_look_fd(fd, ret_id) < 0)
		return fail(err, errno, "%s", path);
	return 0;
}

bool file_same(const struct file_id *a, const struct file_id *b)
{
	return a->device == b->device && a->inode == b->inode && a->type == b->type;
}

static int64_t nanoseconds(const struct timespec *time)
{
	return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

bool file_changed_since(const char *path, int64_t time)
{
	struct stat st;

	return lstat(path, &st) == 0 && nanoseconds(&st.st_ctim) > time;
}

int64_t file_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return nanoseconds(&now);
}

bool file_readable(const char *path)
{
	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0)
		return true;
	note_answer(errno, path);
	return false;
}

bool file_executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 &&
	    (!S_ISREG(st.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0))
		return S_ISREG(st.st_mode);
	note_answer(errno, path);
	return false;
}

char *file_link(struct arena *arena, const char *path)
{
	char text[PATH_MAX];
	ssize_t length = readlink(path, text, sizeof(text));

	if (length < 0 && errno != EINVAL)
		note_answer(errno, path);
	if (length < 0 || (size_t)length == sizeof(text))
		return NULL;
	return arena_copy_part(arena, text, (size_t)length);
}

int file_open_in(int dir, const char *name, struct file_id *ret_id)
{
	AUTO_FD int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || file_look_fd(fd, ret_id) < 0)
		return -1;
	return take_fd(&fd);
}

char *file_link_fd(struct arena *arena, int fd)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(fd, "", text, sizeof(text));

	if (length < 0 || (size_t)length == sizeof(text)) {
		errno = length < 0 ? errno : ENAMETOOLONG;
		return NULL;
	}
	return arena_copy_part(arena, text, (size_t)length);
}

char *file_resolved(struct arena *arena, const char *path)
{
	char text[PATH_MAX];

	if (realpath(path, text))
		return arena_copy(arena, text);
	note_answer(errno, path);
	return NULL;
}

char *file_current_directory(struct arena *arena)
{
	char text[PATH_MAX];

	/* The kernel writes "(unreachable)" in front of what has no path from here. */
	if (!getcwd(text, sizeof(text))) {
		note_answer(errno, "the current directory");
		return NULL;
	}
	if (text[0] != '/')
		return NULL;
	return arena_copy(arena, text);
}

int file_read_fd(struct arena *arena, int fd, const char *name, size_t most,
		 char **ret_text, size_t *ret_length, struct error *err)
{
	struct stat st;
	size_t length = 0;

	if (fstat(fd, &st) < 0) {
		note_answer(errno, name);
		return fail(err, errno, "%s", name);
	}
	if (!S_ISREG(st.st_mode))
		return fail(err, 0, "%s is not a regular file", name);
	if (st.st_size > 0 && (uint64_t)st.st_size > most)
		return fail(err, EFBIG, "%s is over %zu bytes long", name, most);

	/* A size of 0 says nothing in proc and sysfs: read until the end tells. */
	size_t room = st.st_size > 0 ? (size_t)st.st_size + 1 : most + 1;
	char *text = arena_alloc(arena, room + 1);
	while (length < room) {
		ssize_t got = read(fd, text + length, room - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			note_answer(errno, name);
			return fail(err, errno, "read %s", name);
		}
		if (got == 0)
			break;
		length += (size_t)got;
	}
	if (length > most || length == room)
		return fail(err, EFBIG, "%s is over %zu bytes long, or growing", name, most);
	text[length] = '\0';
	*ret_text = text;
	*ret_length = length;
	return 0;
}

int file_read(struct arena *arena, const char *path, size_t most, char **ret_text,
	      size_t *ret_length, struct error *err)
{
	/* O_NONBLOCK: a FIFO must not hold us before fstat(2) shows what it is. */
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		note_answer(errno, path);
		return fail(err, errno, "open %s", path);
	}
	return file_read_fd(arena, fd, path, most, ret_text, ret_length, err);
}

/* Who but its owner could have written this, and is not root? */
static const char *other_writers(const struct stat *st, bool own_group)
{
	if (st->st_mode & S_IWOTH)
		return "everybody";
	return (st->st_mode & S_IWGRP) && !(own_group && user_is_alone_in(st->st_gid))
		? "its group" : NULL;
}

/* Who else than the caller and root is trusted with a file. */
enum trusted { NOBODY_ELSE, OWN_GROUP, OWNER_OF_US };

/* Whoever could write the program itself needs no file of its to be heard. */
static bool is_of_our_owner(const struct stat *st)
{
	struct stat us;

	return stat("/proc/self/exe", &us) == 0 && us.st_uid == st->st_uid;
}

static int open_of_caller(const char *path, int flags, enum trusted trusted, struct error *err)
{
	struct stat st;

	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
	if (fd < 0)
		return fail(err, errno, "open %s", path);
	if (fstat(fd, &st) < 0)
		return fail(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return fail(err, 0, "%s is not a regular file", path);
	if (st.st_uid != geteuid() && st.st_uid != 0 &&
	    !(trusted == OWNER_OF_US && is_of_our_owner(&st))) {
		(void)fail(err, 0, "%s belongs to someone else (uid %u)", path, st.st_uid);
		return hint(err, "what a profile says is trusted: use one of your own");
	}
	const char *writers = other_writers(&st, trusted == OWN_GROUP);
	if (writers) {
		struct arena *arena = arena_new();

		(void)fail(err, 0, "%s is writable by %s", path, writers);
		(void)hint(err, "others could change it; to forbid that: chmod go-w %s",
			   text_shell(arena, path));
		arena_free(arena);
		return -1;
	}
	return take_fd(&fd);
}

int file_open_trusted(const char *path, struct error *err)
{
	return open_of_caller(path, 0, NOBODY_ELSE, err);
}

int file_open_trusted_here(const char *path, struct error *err)
{
	return open_of_caller(path, O_NOFOLLOW, NOBODY_ELSE, err);
}

int file_open_installed(const char *path, struct error *err)
{
	return open_of_caller(path, 0, OWNER_OF_US, err);
}

int file_open_configuration(const char *path, struct error *err)
{
	return open_of_caller(path, 0, OWN_GROUP, err);
}

static int make_directories_above(struct arena *arena, const char *path, struct error *err)
{
	const char *dir = path_parent(arena, path);

	if (mkdir(dir, 0700) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT || dir[1] == '\0')
		return fail(err, errno, "make %s", dir);
	if (make_directories_above(arena, dir, err) < 0)
		return -1;
	return mkdir(dir, 0700) == 0 ? 0 : fail(err, errno, "make %s", dir);
}

int file_make_directories(const char *path, struct error *err)
{
	struct arena *arena = arena_new();
	int made = make_directories_above(arena, path_join(arena, path, "."), err);

	arena_free(arena);
	return made;
}

static int write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t done = write(fd, text, length);

		if (done < 0 && errno != EINTR)
			return -1;
		text += done > 0 ? done : 0;
		length -= done > 0 ? (size_t)done : 0;
	}
	return 0;
}

int file_create(const char *path, const char *text, struct error *err)
{
	struct arena *arena = arena_new();
	int made = make_directories_above(arena, path, err);

	arena_free(arena);
	if (made < 0)
		return -1;
	AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail(err, errno, "make %s", path);
	if (write_all(fd, text, strlen(text)) < 0) {
		int code = errno;

		(void)unlink(path);
		return fail(err, code, "write %s", path);
	}
	return 0;
}

int file_open_record(const char *path, struct error *err)
{
	struct stat st;

	AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK |
			      O_NOCTTY | O_CLOEXEC, 0600);
	if (fd < 0 && errno == ELOOP) {
		(void)fail(err, 0, "%s is a symbolic link", path);
		return hint(err, "name the file that it leads to, if that is what you mean");
	}
	if (fd < 0 && errno != ENXIO)		/* of a FIFO that nobody reads */
		return fail(err, errno, "open %s", path);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return fail(err, 0, "%s is not a regular file", path);
	if (st.st_uid != geteuid())
		return fail(err, 0, "%s belongs to someone else (uid %u)", path, st.st_uid);
	if (st.st_nlink != 1)
		return fail(err, 0, "%s has other names too: it may be another file than it looks"
			    " like", path);
	return take_fd(&fd);
}

int file_put(const char *path, const char *bytes, size_t length, struct error *err)
{
	struct arena *arena = arena_new();
	const char *new = arena_format(arena, "%s.%d.new", path, (int)getpid());
	int result = make_directories_above(arena, path, err);

	AUTO_FD int fd = result < 0 ? NO_FD
		: open(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (result == 0 && fd < 0)
		result = fail(err, errno, "make %s", new);
	if (fd >= 0 && (write_all(fd, bytes, length) < 0 || fsync(fd) < 0 || rename(new, path) < 0)) {
		result = fail(err, errno, "write %s", path);
		(void)unlink(new);
	}
	arena_free(arena);
	return result;
}

int file_put_in(int dir, const char *name, const char *bytes, size_t length, mode_t mode,
		bool replace)
{
	char new[NAME_MAX + 1];

	if ((size_t)snprintf(new, sizeof(new), ".%s.immure-new", name) >= sizeof(new)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	/* One that was killed over it has left it there. */
	(void)unlinkat(dir, new, 0);
	AUTO_FD int fd = openat(dir, new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	if (write_all(fd, bytes, length) == 0 && fchmod(fd, mode) == 0 && fsync(fd) == 0 &&
	    renameat2(dir, new, dir, name, replace ? 0 : RENAME_NOREPLACE) == 0)
		return 0;
	int code = errno;
	(void)unlinkat(dir, new, 0);
	errno = code;
	return -1;
}

int file_remove(const char *path, struct error *err)
{
	return unlink(path) < 0 ? fail(err, errno, "remove %s", path) : 0;
}

bool file_is_own_directory(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & S_IWOTH);
	note_answer(errno, path);
	return false;
}

int file_enter(const char *path, struct error *err)
{
	return chdir(path) < 0 ? fail(err, errno, "go to %s", path) : 0;
}

/* -1 and errno; `fd` is closed. */
static int each_name(int fd, bool (*each)(void *context, const char *name), void *context)
{
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (!stream) {
		int code = errno;

		fd_close(&fd);
		errno = code;
		return -1;
	}
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(stream);
		if (!entry)
			break;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!each(context, entry->d_name)) {
			errno = 0;
			break;
		}
	}
	int code = errno;
	(void)closedir(stream);
	errno = code;
	return code ? -1 : 0;
}

void file_each_name(const char *path, bool (*each)(void *context, const char *name),
		    void *context)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (each_name(fd, each, context) < 0)
		note_answer(errno, path);
}

int file_each_name_in(int dir, bool (*each)(void *context, const char *name),
		      void *context)
{
	return each_name(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), each, context);
}

struct file_stamp file_stamp(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return (struct file_stamp){ .inode = 0 };
	return (struct file_stamp){
		status.st_dev, status.st_ino, status.st_size,
		status.st_ctim.tv_sec * INT64_C(1000000000) + status.st_ctim.tv_nsec,
	};
}

bool file_stamp_is(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->changed == b->changed;
}
