/* Where the files are, and how one is written. Directories are the caller's: links in the
 * home may lead through it, never out of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/desktop/desktop.h>
#include <immure/sys/file.h>
#include <immure/sys/process.h>
#include <immure/sys/user.h>

#include "desktop_internal.h"

static const char tool[] = "/usr/bin/update-desktop-database";

/* --- where they are ------------------------------------------------------------------------ */

/* The path without links, also when its end is missing. NULL: a link on the way leads
 * nowhere. */
static const char *real_path(struct arena *arena, const char *path)
{
	struct file_id id;
	struct error ignored;
	const char *resolved = file_resolved(arena, path);

	if (resolved || text_is(path, "/"))
		return resolved;
	if (errno != ENOENT || file_look(path, false, &id, &ignored) == 0)
		return NULL;
	const char *above = real_path(arena, path_parent(arena, path));
	return above ? path_join(arena, above, path_last(path)) : NULL;
}

/* The first component of a path that is there must be the caller's, and so all below it. */
static int check_own(struct arena *arena, const char *path, const char *home, struct error *err)
{
	struct file_id id;
	struct error missing;

	while (file_look(path, false, &id, &missing) < 0 && missing.code == ENOENT)
		path = path_parent(arena, path);
	for (; path_is_within(path, home); path = path_parent(arena, path)) {
		if (!file_is_own_directory(path))
			return fail(err, 0, "%s is not a directory of your own, or everybody can write"
				    " in it", path);
		if (text_is(path, home))
			break;
	}
	return 0;
}

static int find_place(struct desktop *desktop, enum desktop_place place, const char *path,
		      struct error *err)
{
	struct desktop_directory *dir = &desktop->places[place];

	dir->path = path;
	dir->real = real_path(desktop->arena, path);
	if (!dir->real)
		return fail(err, errno, "%s", path);
	if (!path_is_below(dir->real, desktop->home)) {
		(void)fail(err, 0, "%s is not below your home directory %s", path, desktop->home);
		return hint(err, "nothing is written outside of it; XDG_DATA_HOME and links can lead"
			    " there");
	}
	if (check_own(desktop->arena, dir->real, desktop->home, err) < 0)
		return -1;
	return place_open(dir, err);
}

/* What was opened is what the path without links names. */
int place_open(struct desktop_directory *dir, struct error *err)
{
	struct file_id named, opened;

	AUTO_FD int fd = open(dir->real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : fail(err, errno, "%s", dir->real);
	if (file_look_without_links(dir->real, &named, err) < 0)
		return -1;
	if (file_look_fd(fd, &opened) < 0 || !file_same(&named, &opened))
		return fail(err, 0, "%s was exchanged while it was opened", dir->real);
	dir->fd = take_fd(&fd);
	return 0;
}

/* This program by a name that will lead to its next version too. */
static const char *find_launcher(const struct desktop *desktop)
{
	struct arena *arena = desktop->arena;
	const char *path = getenv("PATH");
	struct file_id own, other;
	struct error ignored;

	const char *resolved = file_resolved(arena, "/proc/self/exe");
	if (!resolved || file_look(resolved, true, &own, &ignored) < 0)
		return NULL;
	const char *names = arena_format(arena, "/usr/local/bin:/usr/bin:%s/.local/bin:%s",
					 desktop->home, path ? path : "");
	for (const char *c = names; c; c = strchr(c, ':') ? strchr(c, ':') + 1 : NULL) {
		const char *dir = arena_copy_part(arena, c, strcspn(c, ":"));
		const char *candidate = path_join(arena, dir, "immure");

		if (dir[0] == '/' && file_look(candidate, true, &other, &ignored) == 0 &&
		    file_same(&own, &other))
			return path_normal(arena, "/", candidate);
	}
	return resolved;
}

int desktop_open(struct arena *arena, struct desktop *ret_desktop, struct error *err)
{
	const char *home = getenv("HOME"), *data = getenv("XDG_DATA_HOME");

	*ret_desktop = (struct desktop){ .arena = arena };
	for (int place = 0; place < DESKTOP_PLACES; place++)
		ret_desktop->places[place].fd = NO_FD;
	if (!home || home[0] != '/')
		home = account_look(arena, geteuid(), getegid()).home;
	if (!home || home[0] != '/')
		return fail(err, 0, "you have no home directory");
	ret_desktop->home = file_resolved(arena, home);
	if (!ret_desktop->home)
		return fail(err, errno, "%s", home);
	ret_desktop->launcher = find_launcher(ret_desktop);
	if (!ret_desktop->launcher)
		return fail(err, errno, "find out where this program is");
	data = data && data[0] == '/' ? path_normal(arena, "/", data)
				      : path_normal(arena, home, ".local/share");
	if (find_place(ret_desktop, PLACE_WRAPPERS, path_normal(arena, home, ".local/bin"), err) < 0 ||
	    find_place(ret_desktop, PLACE_ENTRIES, path_join(arena, data, "applications"), err) < 0 ||
	    find_place(ret_desktop, PLACE_SERVICES, path_join(arena, data, "dbus-1/services"), err) < 0)
		return -1;
	return 0;
}

void desktop_close(struct desktop *desktop)
{
	for (int place = 0; place < DESKTOP_PLACES; place++)
		fd_close(&desktop->places[place].fd);
}

const char *desktop_hidden(const struct desktop *desktop, const char *name)
{
	struct arena *arena = desktop->arena;
	const struct desktop_directory *bin = &desktop->places[PLACE_WRAPPERS];
	const char *path = getenv("PATH"), *other = NULL;

	for (const char *c = path; c; c = strchr(c, ':') ? strchr(c, ':') + 1 : NULL) {
		const char *dir = arena_copy_part(arena, c, strcspn(c, ":"));
		const char *resolved = *dir ? file_resolved(arena, dir) : NULL;

		if (resolved && text_is(resolved, bin->real))
			return other ? arena_format(arena, "%s is found before %s/%s: put %s in front"
						    " of the others in PATH", other, bin->path, name,
						    bin->path) : NULL;
		if (resolved && !other && file_executable(path_join(arena, resolved, name)))
			other = path_join(arena, dir, name);
	}
	return arena_format(arena, "%s is not in PATH: your shell does not find what is there",
			    bin->path);
}

/* --- one file -------------------------------------------------------------------------------- */

int desktop_write(struct desktop *desktop, const struct desktop_file *file, struct error *err)
{
	struct desktop_directory *dir = &desktop->places[file->place];

	if (dir->fd == NO_FD && (file_make_directories(dir->real, err) < 0 ||
				 place_open(dir, err) < 0))
		return -1;
	if (dir->fd == NO_FD)
		return fail(err, ENOENT, "%s", dir->real);
	if (file_put_in(dir->fd, file->name, file->bytes, file->length,
			file->place == PLACE_WRAPPERS ? 0755 : 0644,
			file->state != DESKTOP_ABSENT) < 0)
		return fail(err, errno, "write %s", file->path);
	return 0;
}

int desktop_remove(const struct desktop *desktop, const struct desktop_file *file,
		   struct error *err)
{
	if (unlinkat(desktop->places[file->place].fd, file->name, 0) < 0 && errno != ENOENT)
		return fail(err, errno, "remove %s", file->path);
	return 0;
}

/* --- the cache ------------------------------------------------------------------------------- */

static bool is_only_cache(void *context, const char *name)
{
	bool *ret_only = context;

	*ret_only = text_is(name, "mimeinfo.cache");
	return *ret_only;
}

/* Menus leave an entry of the system's that one of the user's covers out of what they know of
 * kinds of files, so that the user's own must be in a cache of its directory. */
int desktop_tell_menus(const struct desktop *desktop, struct error *err)
{
	const struct desktop_directory *dir = &desktop->places[PLACE_ENTRIES];
	const char *const argv[] = { tool, "-q", dir->real, NULL };
	bool only_cache = true;

	if (dir->fd == NO_FD)
		return 0;
	/* The cache of no entries is what the tool would leave behind for ever. */
	if (file_each_name_in(dir->fd, is_only_cache, &only_cache) == 0 && only_cache) {
		if (unlinkat(dir->fd, "mimeinfo.cache", 0) < 0 && errno != ENOENT)
			return fail(err, errno, "remove %s/mimeinfo.cache", dir->path);
		return 0;
	}
	return file_executable(tool) ? tool_run(argv, err) : 0;
}
