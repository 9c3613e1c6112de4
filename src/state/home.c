/* See the header for where things are. A directory is opened once, relative to the one
 * above it, and what is checked is what was opened. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/state/home.h>
#include <immure/sys/file.h>
#include <immure/sys/remove.h>
#include <immure/sys/user.h>

enum { LONGEST_NAME = 63 };	/* a host name can be it, too */

int home_check_name(const char *name, struct error *err)
{
	bool proper = isalnum((unsigned char)name[0]) && strlen(name) <= LONGEST_NAME;

	for (const char *c = name; proper && *c; c++)
		proper = isalnum((unsigned char)*c) || strchr("-_.", *c);
	if (proper)
		return 0;
	(void)fail(err, 0, "\"%s\" cannot be the name of a home", name);
	return hint(err, "a name has letters, digits, - _ and . in it, begins with a letter or a"
		    " digit, and is no longer than %d", LONGEST_NAME);
}

/* The caller's real home directory, or NULL. */
static const char *real_home(struct arena *arena)
{
	const char *home = user_home(arena);

	return home ? path_normal(arena, "/", home) : NULL;
}

/* The caller's own directory for data; ours are below it. */
static const char *data_directory(struct arena *arena, struct error *err)
{
	const char *data = getenv("XDG_DATA_HOME");

	if (data && data[0] == '/')
		return path_normal(arena, "/", data);
	const char *home = real_home(arena);
	if (home)
		return path_normal(arena, home, ".local/share");
	(void)fail(err, 0, "you have no home directory, in which the homes of sandboxes would be");
	(void)hint(err, "to name a directory for them: XDG_DATA_HOME=/DIRECTORY immure ...");
	return NULL;
}

const char *home_directory(struct arena *arena, struct error *err)
{
	const char *data = data_directory(arena, err);

	return data ? path_join(arena, data, "immure/homes") : NULL;
}

const char *home_path(struct arena *arena, const char *name, struct error *err)
{
	if (home_check_name(name, err) < 0)
		return NULL;
	const char *dir = home_directory(arena, err);
	return dir ? path_join(arena, dir, name) : NULL;
}

/* --- directories ---------------------------------------------------------------------- */

/* The caller's, and nobody else may do with it what `forbidden` has bits for. */
static int check_own(int fd, const char *path, mode_t forbidden, struct arena *arena,
		     struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(err, errno, "%s", path);
	if (st.st_uid != geteuid()) {
		(void)fail(err, 0, "%s belongs to someone else (uid %u)", path, st.st_uid);
		return hint(err, "what a sandbox has as its home must be yours alone");
	}
	if (!(st.st_mode & forbidden))
		return 0;
	(void)fail(err, 0, "%s is open to others (mode %o)", path, st.st_mode & 07777);
	return hint(err, "to close it: chmod 700 %s", text_shell(arena, path));
}

/* Open the directory `name` in `dir`, made if it is missing and `make` says so. */
static int open_below(int dir, const char *name, const char *path, bool make, struct error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

	int fd = openat(dir, name, flags);
	if (fd < 0 && errno == ENOENT && make) {
		if (mkdirat(dir, name, 0700) < 0 && errno != EEXIST)
			return fail(err, errno, "make %s", path);
		fd = openat(dir, name, flags);
	}
	if (fd >= 0)
		return fd;
	if (errno == ELOOP || errno == ENOTDIR)
		return fail(err, 0, "%s is not a directory, and no link is followed there", path);
	return fail(err, errno, "%s", path);
}

/* $XDG_DATA_HOME is the caller's to choose, links and all. */
static int open_data(struct arena *arena, bool make, const char **ret_path, struct error *err)
{
	const char *path = data_directory(arena, err);

	if (!path || (make && file_make_directories(path, err) < 0))
		return -1;
	AUTO_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *resolved = fd < 0 ? NULL : file_resolved(arena, path);
	if (!resolved)
		return fail(err, errno, "%s", path);
	*ret_path = resolved;
	return take_fd(&fd);
}

/* The directory of all homes, and its path. */
static int open_homes(struct arena *arena, bool make, const char **ret_path, struct error *err)
{
	const char *path = NULL;

	AUTO_FD int data = open_data(arena, make, &path, err);
	if (data < 0)
		return -1;
	path = path_join(arena, path, "immure");
	AUTO_FD int own = open_below(data, "immure", path, make, err);
	if (own < 0 || check_own(own, path, 022, arena, err) < 0)
		return -1;
	path = path_join(arena, path, "homes");
	AUTO_FD int homes = open_below(own, "homes", path, make, err);
	if (homes < 0 || check_own(homes, path, 022, arena, err) < 0)
		return -1;
	*ret_path = path;
	return take_fd(&homes);
}

/* By a mount or an odd $HOME it could be what a sandbox must never have, or have it
 * inside. */
static int check_not_real(int fd, const char *path, struct arena *arena, struct error *err)
{
	const char *real = getenv("HOME");
	struct file_id id, real_id;
	struct error ignored;

	if (!real || real[0] != '/' || file_look(real, true, &real_id, &ignored) < 0)
		return 0;
	const char *resolved = file_resolved(arena, real);
	if (file_look_fd(fd, &id) < 0)
		return fail(err, errno, "%s", path);
	if (file_same(&id, &real_id) || (resolved && path_is_within(resolved, path)))
		return fail(err, 0, "%s is your own home directory, or has it inside", path);
	return 0;
}

/* --- the lock -------------------------------------------------------------------------- */

static const char *lock_name(struct arena *arena, const char *name)
{
	return arena_format(arena, ".%s.lock", name);
}

static int is_running(int fd, const char *name, struct error *err)
{
	char holder[16] = "";

	ssize_t length = pread(fd, holder, sizeof(holder) - 1, 0);
	holder[length > 0 ? strspn(holder, "0123456789") : 0] = '\0';
	return fail(err, EBUSY, "a sandbox with the home %s is running%s%s%s", name,
		    *holder ? " (process " : "", holder, *holder ? ")" : "");
}

/* A lock of the open file, which is free when the last descriptor of it is closed, and
 * can be asked about without being taken. */
static int take_lock(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_SETLK, &whole);
}

static bool is_locked(int homes, const char *lock)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	AUTO_FD int fd = openat(homes, lock, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd >= 0 && fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

/* Is the file that was locked still the one of that name? */
static bool is_current(int homes, const char *lock, int fd)
{
	struct stat named, locked;

	return fstatat(homes, lock, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &locked) == 0 &&
	       named.st_dev == locked.st_dev && named.st_ino == locked.st_ino;
}

static int lock_in(struct arena *arena, int homes, const char *path, const char *name,
		   struct error *err)
{
	const char *lock = lock_name(arena, name);
	struct stat st;

	for (;;) {
		AUTO_FD int fd = openat(homes, lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
					O_CLOEXEC, 0600);
		if (fd < 0 || fstat(fd, &st) < 0)
			return fail(err, errno, "%s/%s", path, lock);
		if (!S_ISREG(st.st_mode))
			return fail(err, 0, "%s/%s is not a regular file", path, lock);
		if (take_lock(fd) < 0)
			return errno == EAGAIN || errno == EACCES
				? is_running(fd, name, err)
				: fail(err, errno, "lock %s/%s", path, lock);
		if (!is_current(homes, lock, fd))
			continue;
		const char *pid = arena_format(arena, "%d\n", (int)getpid());
		if (ftruncate(fd, 0) < 0 || fd_write_all(fd, pid, strlen(pid)) < 0)
			return fail(err, errno, "write %s/%s", path, lock);
		return take_fd(&fd);
	}
}

static int open_locked(struct arena *arena, const char *name, bool make, const char **ret_path,
		       struct error *err)
{
	const char *path;

	if (home_check_name(name, err) < 0)
		return -1;
	AUTO_FD int homes = open_homes(arena, make, &path, err);
	if (homes < 0)
		return -1;
	*ret_path = path_join(arena, path, name);
	AUTO_FD int home = open_below(homes, name, *ret_path, make, err);
	if (home < 0 || check_own(home, *ret_path, 077, arena, err) < 0 ||
	    check_not_real(home, *ret_path, arena, err) < 0)
		return -1;
	return lock_in(arena, homes, path, name, err);
}

const char *home_open(struct arena *arena, const char *name, int *ret_lock, struct error *err)
{
	const char *path = NULL;

	int lock = open_locked(arena, name, true, &path, err);
	if (lock < 0)
		return NULL;
	*ret_lock = lock;
	return path;
}

int home_lock(struct arena *arena, const char *name, struct error *err)
{
	const char *path;

	return open_locked(arena, name, false, &path, err);
}

int home_forget(struct arena *arena, const char *name, int lock, struct error *err)
{
	const char *path;

	AUTO_FD int homes = open_homes(arena, false, &path, err);
	if (homes < 0)
		return -1;
	const char *file = lock_name(arena, name);
	if (!is_current(homes, file, lock))
		return fail(err, 0, "%s/%s is not the lock that is held", path, file);
	return unlinkat(homes, file, 0) == 0 ? 0 : fail(err, errno, "remove %s/%s", path, file);
}

int home_remove(struct arena *arena, const char *name, struct error *err)
{
	const char *path;

	if (home_check_name(name, err) < 0)
		return -1;
	AUTO_FD int homes = open_homes(arena, false, &path, err);
	return homes < 0 ? -1 : directory_remove(homes, name, path_join(arena, path, name), err);
}

static int make_file(int dir, const char *name, const char *path, struct error *err)
{
	struct stat st;

	AUTO_FD int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				0600);
	if (fd >= 0)
		return 0;
	if (errno != EEXIST || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(err, errno, "make %s", path);
	return S_ISREG(st.st_mode)
		? 0 : fail(err, 0, "%s is not a file, and no link is followed there", path);
}

int home_make_place(struct arena *arena, const char *path, const char *target, bool directory,
		    struct error *err)
{
	const char *real = real_home(arena);

	if (!real || !target || !path_is_below(target, real))
		return 0;
	AUTO_FD int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return fail(err, errno, "%s", path);
	for (const char *rest = target + strlen(real); *rest; ) {
		size_t length = strcspn(++rest, "/");
		const char *name = arena_copy_part(arena, rest, length);

		path = path_join(arena, path, name);
		rest += length;
		if (!*rest && !directory)
			return make_file(dir, name, path, err);
		AUTO_FD int below = open_below(dir, name, path, true, err);
		if (below < 0)
			return -1;
		fd_close(&dir);
		dir = take_fd(&below);
	}
	return 0;
}

const char *home_place(struct arena *arena, const char *path, const char *target)
{
	const char *real = real_home(arena);

	return real && path_is_below(target, real)
		? path_join(arena, path, target + strlen(real) + strspn(target + strlen(real), "/")) : path;
}

/* The command could have put links on the way. */
void home_remove_place(struct arena *arena, const char *path, const char *target)
{
	const char *place = home_place(arena, path, target);
	struct error ignored;
	struct stat st;

	if (text_is(place, path))
		return;
	AUTO_FD int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const char *rest = place + strlen(path) + 1;
	for (size_t length; rest[length = strcspn(rest, "/")]; rest += length + 1) {
		const char *name = arena_copy_part(arena, rest, length);
		AUTO_FD int below = open_below(dir, name, path, false, &ignored);

		if (below < 0)
			return;
		fd_close(&dir);
		dir = take_fd(&below);
	}
	if (fstatat(dir, rest, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISDIR(st.st_mode))
		(void)unlinkat(dir, rest, AT_REMOVEDIR);
	else if (S_ISREG(st.st_mode) && st.st_size == 0)
		(void)unlinkat(dir, rest, 0);
}

/* --- all of them ------------------------------------------------------------------------ */

struct listing {
	struct arena *arena;
	struct found_homes *found;
	const char *path;
	int homes;
};

static bool add_home(void *context, const char *name)
{
	struct listing *listing = context;
	struct error ignored;
	struct stat st;

	if (home_check_name(name, &ignored) < 0 ||
	    fstatat(listing->homes, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
		return true;
	struct found_home *home = list_add(listing->arena, &listing->found->list);
	home->name = arena_copy(listing->arena, name);
	home->path = path_join(listing->arena, listing->path, home->name);
	home->running = is_locked(listing->homes, lock_name(listing->arena, name));
	return true;
}

static int compare_homes(const void *a, const void *b)
{
	const struct found_home *one = a, *other = b;

	return strcmp(one->name, other->name);
}

int home_list(struct arena *arena, struct found_homes *ret_homes, struct error *err)
{
	struct found_homes found = { 0 };
	struct listing listing = { .arena = arena, .found = &found };

	AUTO_FD int homes = open_homes(arena, false, &listing.path, err);
	if (homes < 0 && err->code != ENOENT)
		return -1;
	listing.homes = homes;
	if (homes >= 0 && file_each_name_in(homes, add_home, &listing) < 0)
		return fail(err, errno, "read %s", listing.path);
	if (found.list.count > 1)
		qsort(found.list.items, found.list.count, sizeof(*found.list.items),
		      compare_homes);
	*ret_homes = found;
	return 0;
}
