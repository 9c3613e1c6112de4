/* Linux before 5.12, and the filters of containers, lack some of the calls that mount by
 * descriptor. By mount(2) the same is done in more steps:
 *
 * A tree that is "attached nowhere" is mounted on a place of its own of the stage, an
 * empty tmpfs above the root of this mount namespace: under `/`, where every path begins,
 * and so in nobody's way. Attaching it is to move it from there (MS_MOVE), and its
 * descriptor stays good. The stage goes with the old root, or is taken away.
 *
 * Both paths of a call are /proc/self/fd/N of descriptors that were opened without
 * following a link: the kernel goes from there to just what is open, whatever is renamed
 * or linked meanwhile.
 *
 * The rights of a whole tree are those of each of its mounts, which mount(2) changes one
 * by one. They are found in mountinfo by who stands on whom, opened by their paths below
 * the tree, and known by their ids; and looked at again until all have what was asked
 * for. What a mount has it keeps: mount(2) takes away what it is not told. Nothing new can
 * come into a tree while that is done, since it is private from the moment on in which it
 * was copied.
 *
 * A mount that is covered by another is left as it is: no path leads to it, for us or
 * for anybody, and the one on it cannot be taken away by a command, which owns neither. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/host.h>
#include <immure/sys/mount.h>

#include "stage.h"

/* Of 2.4, where it learned to bind and to move. */
#define CALL_SINCE "2.4"

enum { MOST_ROUNDS = 8 };

/* The path of a descriptor. */
struct fd_path {
	char text[32];
};

static struct fd_path path_of(int fd)
{
	struct fd_path path;

	(void)snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", fd);
	return path;
}

/* --- the stage -------------------------------------------------------------------- */

static int stage = NO_FD;
static unsigned places;

bool stage_is_there(void)
{
	return stage != NO_FD;
}

void stage_forget(void)
{
	fd_close(&stage);
}

int stage_strike(struct error *err)
{
	if (stage == NO_FD)
		return 0;
	if (umount2(path_of(stage).text, MNT_DETACH) < 0)
		return fail(err, errno, "take the place of new mounts away");
	fd_close(&stage);
	return 0;
}

static int check_procfs(struct error *err)
{
	struct statfs fs;

	if (statfs("/proc/self/fd", &fs) < 0) {
		(void)fail(err, errno, "look at /proc/self/fd");
		return hint(err, "mount(2) finds its files by it, where the calls of Linux 5.12 are"
			    " missing");
	}
	return fs.f_type == PROC_SUPER_MAGIC ? 0
		: fail(err, 0, "/proc/self/fd is not of a proc file system");
}

/* What was mounted last above `/` is what lies behind "..": a walk that begins at the
 * root does not look for mounts on it, and one that comes back to it does. */
static int build(struct error *err)
{
	struct stat before, after;
	struct statfs fs;

	if (stage != NO_FD)
		return 0;
	if (check_procfs(err) < 0 || mount_cut_off(err) < 0)
		return -1;
	if (stat("/..", &before) < 0)
		return fail(err, errno, "look at /..");
	if (mount("none", "/", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700") < 0) {
		(void)fail(err, errno, "mount a place for new mounts");
		(void)about(err, NEED_TMPFS);
		return hint_call(err, CALL_SINCE);
	}
	AUTO_FD int fd = open("/..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &after) < 0 || fstatfs(fd, &fs) < 0)
		return fail(err, errno, "open the place for new mounts");
	if (fs.f_type != TMPFS_MAGIC || before.st_dev == after.st_dev)
		return fail(err, 0, "the place for new mounts is not there");
	stage = take_fd(&fd);
	places = 0;
	return 0;
}

/* A new place: a descriptor of what is to be mounted on, and its name. */
static int make_place(bool directory, char name[16], struct error *err)
{
	if (build(err) < 0)
		return -1;
	(void)snprintf(name, 16, "%u", places++);
	if ((directory ? mkdirat(stage, name, 0700) : mknodat(stage, name, S_IFREG, 0)) < 0)
		return fail(err, errno, "make a place for a mount");
	int fd = openat(stage, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? fail(err, errno, "open a place for a mount") : fd;
}

/* What was mounted on a place. */
static int open_tree_at(const char *name, struct error *err)
{
	int fd = openat(stage, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? fail(err, errno, "open a new mount") : fd;
}

static int move(int tree, const char *where, struct error *err)
{
	if (mount(path_of(tree).text, where, NULL, MS_MOVE, NULL) == 0)
		return 0;
	(void)fail(err, errno, "attach a mount");
	(void)about(err, NEED_MOUNTS);
	return hint_call(err, CALL_SINCE);
}

/* --- what is mounted ---------------------------------------------------------------- */

struct mounted {
	int id, parent;
	unsigned long flags;	/* of mount(2) */
	const char *path;
};

/* All of a mount namespace that can be reached from its `/`, at one time. */
struct table {
	struct arena *arena;
	LIST(struct mounted) mounts;
};

/* Those that a remount would take away, but for the kinds of atime: it leaves these where
 * none is told. */
static const struct { const char *name; unsigned long flag; } kept_flags[] = {
	{ "ro", MS_RDONLY }, { "nosuid", MS_NOSUID }, { "nodev", MS_NODEV },
	{ "noexec", MS_NOEXEC }, { "nosymfollow", MS_NOSYMFOLLOW },
};

static unsigned long flags_of(char *options)
{
	unsigned long flags = 0;

	for (char *option; (option = strsep(&options, ","));)
		for (size_t i = 0; i < sizeof(kept_flags) / sizeof(kept_flags[0]); i++)
			if (text_is(option, kept_flags[i].name))
				flags |= kept_flags[i].flag;
	return flags;
}

/* proc(5): number, its parent's, device, root, path, options, and more. */
static int read_line(struct table *table, char *line, struct error *err)
{
	char *fields[6];

	for (size_t i = 0; i < 6; i++) {
		fields[i] = strsep(&line, " ");
		if (!fields[i])
			return fail(err, 0, "a line of mountinfo is too short");
	}
	*list_add(table->arena, &table->mounts) = (struct mounted){
		.id = (int)strtol(fields[0], NULL, 10),
		.parent = (int)strtol(fields[1], NULL, 10),
		.path = arena_copy(table->arena, text_decode_octal(fields[4])),
		.flags = flags_of(fields[5]),
	};
	return 0;
}

static int read_table(struct table *table, struct error *err)
{
	char *line = NULL;
	size_t room = 0;
	int result = 0;

	FILE *file = fopen("/proc/self/mountinfo", "re");
	if (!file)
		return fail(err, errno, "open /proc/self/mountinfo");
	while (result == 0 && getline(&line, &room, file) > 0)
		result = read_line(table, line, err);
	if (result == 0 && !feof(file))
		result = fail(err, errno, "read /proc/self/mountinfo");
	free(line);
	(void)fclose(file);
	return result;
}

static const struct mounted *find(const struct table *table, int id)
{
	list_each(const struct mounted, mount, &table->mounts)
		if (mount->id == id)
			return mount;
	return NULL;
}

/* The mount that a descriptor is open on. */
static int look_up_id(int fd, int *ret_id, struct error *err)
{
	char path[40], text[512];

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	AUTO_FD int info = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = info < 0 ? -1 : read(info, text, sizeof(text) - 1);
	if (length < 0)
		return fail(err, errno, "read %s", path);
	text[length] = '\0';
	const char *line = strstr(text, "mnt_id:");
	if (!line)
		return fail(err, 0, "%s has no mnt_id", path);
	*ret_id = (int)strtol(line + strlen("mnt_id:"), NULL, 10);
	return 0;
}

/* --- the rights of a tree ------------------------------------------------------------- */

/* Is there another one, in the same mount as this one, at its place or above? */
static bool is_place_covered(const struct table *table, const struct mounted *mount)
{
	list_each(const struct mounted, other, &table->mounts)
		if (other != mount && other->parent == mount->parent &&
		    path_is_within(mount->path, other->path))
			return true;
	return false;
}

static bool is_root_covered(const struct table *table, const struct mounted *mount)
{
	list_each(const struct mounted, other, &table->mounts)
		if (other->parent == mount->id && text_is(other->path, mount->path))
			return true;
	return false;
}

/* Is it in the tree of `top`, and does a path lead to it? Nothing is its own ancestor:
 * what we read is of one moment, and if it were not the walk still ends. */
static bool is_seen_in(const struct table *table, const struct mounted *mount, int top)
{
	if (is_root_covered(table, mount))
		return false;
	for (size_t steps = 0; mount && steps <= table->mounts.count; steps++) {
		if (mount->id == top)
			return true;
		if (is_place_covered(table, mount))
			return false;
		mount = find(table, mount->parent);
	}
	return false;
}

/* Open the root of a mount in a tree: NO_FD and no error if it has moved by now. */
static int open_in_tree(int tree, const struct mounted *top, const struct mounted *mount,
			int *ret_fd, struct error *err)
{
	const char *rest = mount->path + strlen(top->path);
	int id = -1;

	*ret_fd = NO_FD;
	if (!path_is_within(mount->path, top->path))
		return fail(err, 0, "%s is not below %s", mount->path, top->path);
	AUTO_FD int fd = inside_open_plain(tree, rest + strspn(rest, "/"), err);
	if (fd < 0)
		return err->code == ENOENT || err->code == ELOOP ? 0 : -1;
	if (look_up_id(fd, &id, err) < 0)
		return -1;
	*ret_fd = id == mount->id ? take_fd(&fd) : NO_FD;
	return 0;
}

static int change(int fd, unsigned long flags, struct error *err)
{
	if (mount(NULL, path_of(fd).text, NULL, MS_REMOUNT | MS_BIND | flags, NULL) == 0)
		return 0;
	(void)fail(err, errno, "restrict a mount");
	(void)about(err, NEED_MOUNTS);
	return hint_call(err, CALL_SINCE);
}

static int change_in_tree(int tree, const struct mounted *top, const struct mounted *mount,
			  unsigned long flags, struct error *err)
{
	AUTO_FD int fd = NO_FD;

	if (mount == top)
		return change(tree, mount->flags | flags, err);
	if (open_in_tree(tree, top, mount, &fd, err) < 0)
		return within(err, "restrict what is mounted below");
	return fd == NO_FD ? 0 : change(fd, mount->flags | flags, err);
}

/* A tree that the calls by descriptor made and that is not mounted yet. */
static int put_on_stage(int tree, struct error *err)
{
	struct stat st;
	char name[16];

	if (fstat(tree, &st) < 0)
		return fail(err, errno, "look at a mount");
	AUTO_FD int place = make_place(S_ISDIR(st.st_mode), name, err);
	return place < 0 ? -1 : move(tree, path_of(place).text, err);
}

/* From then on nothing comes into it that is mounted on the host. */
static int make_private(int tree, struct error *err)
{
	return mount(NULL, path_of(tree).text, NULL, MS_PRIVATE | MS_REC, NULL) < 0
		? fail(err, errno, "make a mount private") : 0;
}

/* A tree that is to be restricted. */
struct restricting {
	int tree, id;
	unsigned long flags;
	bool recursive;
};

/* Do what is to be done next: 1 if it was something, and one has to look again. What is
 * ours alone, or was copied by this file, is private already. */
static int advance(struct restricting *what, struct table *table, struct error *err)
{
	const int tree = what->tree, id = what->id;
	const unsigned long flags = what->flags;
	bool changed = false;

	if (read_table(table, err) < 0)
		return -1;
	const struct mounted *top = find(table, id);
	if (!top)
		return put_on_stage(tree, err) < 0 || make_private(tree, err) < 0 ? -1 : 1;
	list_each(const struct mounted, mount, &table->mounts) {
		if ((mount->flags & flags) == flags ||
		    (mount != top && (!what->recursive || !is_seen_in(table, mount, id))))
			continue;
		if (change_in_tree(tree, top, mount, flags, err) < 0)
			return -1;
		changed = true;
	}
	return changed && what->recursive;
}

int stage_restrict(int tree, unsigned long flags, bool recursive, struct error *err)
{
	struct restricting what = { .tree = tree, .flags = flags, .recursive = recursive };
	int result = 1;

	if (look_up_id(tree, &what.id, err) < 0)
		return -1;
	struct arena *arena = arena_new();
	for (unsigned round = 0; result > 0 && round < MOST_ROUNDS; round++) {
		struct table table = { .arena = arena };

		result = advance(&what, &table, err);
	}
	arena_free(arena);
	return result > 0 ? fail(err, 0, "restrict what is mounted below: it changes all the time")
			  : result;
}

/* --- new trees ------------------------------------------------------------------------ */

/* "size=4096,mode=555": what a comma would end is none of ours. */
static int write_options(const char *const options[][2], char *text, size_t size,
			 struct error *err)
{
	size_t used = 0;

	*text = '\0';
	for (; options && (*options)[0]; options++) {
		const char *value = (*options)[1];
		int length = snprintf(text + used, size - used, "%s%s%s%s", used ? "," : "",
				      (*options)[0], value ? "=" : "", value ? value : "");

		if (length < 0 || (size_t)length >= size - used || (value && strpbrk(value, ",\\")))
			return fail(err, 0, "an option that mount(2) cannot take: %s", (*options)[0]);
		used += (size_t)length;
	}
	return 0;
}

/* MS_RDONLY would make the file system read-only, for every mount of it. So it is the
 * mount's alone, but where the kernel lets nobody have one that is not (a sysfs, if the
 * visible one is read-only). */
static int mount_at(int place, const char *type, unsigned long flags, const char *options,
		    struct error *err)
{
	const struct fd_path path = path_of(place);

	if (mount("none", path.text, type, flags & ~(unsigned long)MS_RDONLY, options) == 0 ||
	    (errno == EPERM && (flags & MS_RDONLY) &&
	     mount("none", path.text, type, flags, options) == 0))
		return 0;
	return fail(err, errno, "mount a new %s", type);
}

int stage_new(const char *type, const char *const options[][2], unsigned long flags,
	      struct error *err)
{
	char name[16], text[256];

	if (write_options(options, text, sizeof(text), err) < 0)
		return -1;
	AUTO_FD int place = make_place(true, name, err);
	if (place < 0 || mount_at(place, type, flags, text, err) < 0)
		return -1;
	AUTO_FD int tree = open_tree_at(name, err);
	if (tree < 0 || ((flags & MS_RDONLY) && change(tree, flags, err) < 0))
		return -1;
	return take_fd(&tree);
}

static int look_same(int one, int other, struct error *err)
{
	struct stat a, b;

	if (fstat(one, &a) < 0 || fstat(other, &b) < 0)
		return fail(err, errno, "look at a bind");
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino
		? 0 : fail(err, 0, "a bind is not of what was opened");
}

int stage_copy(int dir, const char *path, struct error *err)
{
	struct stat st;
	char name[16];

	/* A descriptor of a file that is not opened, and of the current directory none. */
	AUTO_FD int opened = *path || dir == AT_FDCWD
		? openat(dir, *path ? path : ".", O_PATH | O_CLOEXEC) : fcntl(dir, F_DUPFD_CLOEXEC, 0);
	if (opened < 0 || fstat(opened, &st) < 0)
		return fail(err, errno, "bind%s%s", *path ? " " : "", path);
	AUTO_FD int place = make_place(S_ISDIR(st.st_mode), name, err);
	if (place < 0)
		return -1;
	if (mount(path_of(opened).text, path_of(place).text, NULL, MS_BIND | MS_REC, NULL) < 0) {
		(void)fail(err, errno, "bind%s%s", *path ? " " : "", path);
		(void)about(err, NEED_MOUNTS);
		return hint_call(err, CALL_SINCE);
	}
	AUTO_FD int tree = open_tree_at(name, err);
	if (tree < 0 || look_same(opened, tree, err) < 0 || make_private(tree, err) < 0)
		return -1;
	return take_fd(&tree);
}

int stage_attach(int tree, int dir, const char *path, struct error *err)
{
	AUTO_FD int point = NO_FD;

	if (*path) {
		point = openat(dir, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (point < 0)
			return fail(err, errno, "open where a mount goes");
	}
	return move(tree, path_of(*path ? point : dir).text, err);
}

int stage_attach_on_root(int tree, struct error *err)
{
	return move(tree, "/", err);
}
