/* A tree is taken down by its top alone: what is no directory goes, and a directory in a
 * directory is moved up beside it, so that everything is at last an empty directory in the
 * first one. Nothing is ever deeper than two levels below a descriptor that is held, so
 * that neither a path nor the stack nor the number of open files limits what can be
 * removed, as they do for who walks down. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/remove.h>

struct removal {
	int top;
	uint64_t mount;			/* that all of it is in; a bind mount has the device of
					 * what it shows, and another number */
	unsigned long long moved;	/* how many so far: their names */
};

/* Look at something in this mount; in another one: EXDEV. `mount` 0: whichever it is. */
static int look(int dir, const char *name, int flags, uint64_t mount, struct statx *ret_look)
{
	if (statx(dir, name, flags, STATX_TYPE | STATX_MODE | STATX_MNT_ID, ret_look) < 0)
		return -1;
	if (!mount || ret_look->stx_mnt_id == mount)
		return 0;
	errno = EXDEV;
	return -1;
}

/* Open a directory to be emptied, whatever its mode. -1 and errno. */
static int open_for_removal(int dir, const char *name, uint64_t mount)
{
	struct statx seen;

	if (look(dir, name, AT_SYMLINK_NOFOLLOW, mount, &seen) < 0)
		return -1;
	/* It is read, changed, and moved, for which the entry ".." in it is written. */
	if (S_ISDIR(seen.stx_mode) && (seen.stx_mode & 0700) != 0700 &&
	    fchmodat(dir, name, 0700, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	AUTO_FD int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || look(fd, "", AT_EMPTY_PATH, mount, &seen) < 0)
		return -1;
	return take_fd(&fd);
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Move it to where nothing else of that name is. */
static int move_up(struct removal *removal, int dir, const char *name)
{
	char new[32];

	for (;;) {
		(void)snprintf(new, sizeof(new), ".removed-%llu", removal->moved++);
		if (renameat2(dir, name, removal->top, new, RENAME_NOREPLACE) == 0)
			return 0;
		/* A file system that does not know the flag; of directories only an empty one
		 * is replaced. */
		if (errno == EINVAL && renameat(dir, name, removal->top, new) == 0)
			return 0;
		if (errno != EEXIST && errno != ENOTEMPTY)
			return -1;
	}
}

static int remove_entry(struct removal *removal, int dir, const char *name, bool in_top)
{
	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	int code = errno;
	if (unlinkat(dir, name, AT_REMOVEDIR) == 0)
		return 0;
	if (errno == ENOTDIR)
		errno = code;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return -1;
	if (in_top)
		return 0;		/* its turn comes */
	AUTO_FD int fd = open_for_removal(dir, name, removal->mount);
	return fd < 0 ? -1 : move_up(removal, dir, name);
}

/* Remove or move up all that is in the directory. The stream starts anew when it has ended,
 * until nothing comes: names may be skipped while others go. */
static int empty(struct removal *removal, int dir, bool in_top)
{
	AUTO_FD int own = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = own < 0 ? NULL : fdopendir(own);
	int result = stream ? 0 : -1;

	if (stream)
		(void)take_fd(&own);
	while (result == 0) {
		errno = 0;
		const struct dirent *entry = readdir(stream);
		if (!entry) {
			result = errno ? -1 : 0;
			break;
		}
		if (!is_dots(entry->d_name))
			result = remove_entry(removal, dir, entry->d_name, in_top);
	}
	int code = errno;
	if (stream)
		(void)closedir(stream);
	errno = code;
	return result;
}

/* The first directory that is left in the top one; false: none. */
static bool next_left(int top, char name[NAME_MAX + 1])
{
	AUTO_FD int own = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = own < 0 ? NULL : fdopendir(own);
	const struct dirent *entry = NULL;

	if (!stream)
		return false;
	(void)take_fd(&own);
	while ((entry = readdir(stream)) && is_dots(entry->d_name))
		;
	if (entry)
		(void)snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
	(void)closedir(stream);
	return entry;
}

static int empty_top(struct removal *removal)
{
	char name[NAME_MAX + 1];

	if (empty(removal, removal->top, true) < 0)
		return -1;
	while (next_left(removal->top, name)) {
		AUTO_FD int fd = open_for_removal(removal->top, name, removal->mount);
		if (fd < 0 && errno == ENOTDIR) {
			if (remove_entry(removal, removal->top, name, true) < 0)
				return -1;
			continue;
		}
		if (fd < 0 || empty(removal, fd, false) < 0 ||
		    (unlinkat(removal->top, name, AT_REMOVEDIR) < 0 && errno != ENOTEMPTY &&
		     errno != ENOENT))
			return -1;
	}
	return 0;
}

int directory_remove(int dir, const char *name, const char *path, struct error *err)
{
	struct removal removal = { 0 };
	struct statx seen;

	if (look(dir, "", AT_EMPTY_PATH, 0, &seen) < 0)
		return fail(err, errno, "remove %s", path);
	removal.mount = seen.stx_mnt_id;
	AUTO_FD int top = open_for_removal(dir, name, removal.mount);
	if (top < 0)
		return fail(err, errno, "remove %s", path);
	removal.top = top;
	if (empty_top(&removal) < 0)
		return fail(err, errno, "remove what is in %s", path);
	return unlinkat(dir, name, AT_REMOVEDIR) == 0 ? 0 : fail(err, errno, "remove %s", path);
}
