/* Assembling the view.
 *
 * A new empty tmpfs is attached on `/` of the new mount namespace and from then on
 * addressed by its descriptor alone: paths that begin with a slash still lead into
 * the host's tree, paths relative to that descriptor never leave the new one
 * (openat2(2), RESOLVE_IN_ROOT). Mounting onto a tree that is not attached would be
 * simpler and fails before Linux 6.15.
 *
 * Directories and mount points are made on file systems of our own only. A link
 * that an earlier run planted in a writable host directory can therefore make an
 * item land in another place of the view, and nowhere else: nothing is ever created
 * on the host.
 *
 * The one tmpfs serves the read-only root and, each bound onto itself as a writable
 * mount, all scratch directories: one superblock, one limit. Mounts are what a start
 * costs, so that small files are copied into it, and what covers an unwanted file is
 * one empty file of it, bound.
 *
 * With a root file system that can be written the root is that directory, and the tmpfs
 * is below it, where only its descriptor leads. Whoever else can write there may rename
 * its directories at any time: so a way into it may have no link, since the plan found
 * none, and what belongs to something that is mounted is found from that mount itself. A
 * cover of /proc is put into the procfs that was made, wherever its place is by then.
 *
 * A source was looked at while planning, before this mount namespace existed; a
 * descriptor from there cannot be bound here (EINVAL). It is opened again by its
 * path, and if it is not the same inode any more the launch stops. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/files/view.h>
#include <immure/plan/plan.h>
#include <immure/sys/file.h>
#include <immure/sys/kernel.h>
#include <immure/sys/landlock.h>
#include <immure/sys/mount.h>
#include <immure/sys/tty.h>

const struct view NO_VIEW = {
	.root = NO_FD, .store = NO_FD, .own_dev = NO_FD, .ruleset = NO_FD, .procfs = NO_FD, .sysctls = NO_FD, .sysfs = NO_FD,
	.sysfs_cover = NO_FD, .given_sysfs = NO_FD, .given_mqueue = NO_FD, .devpts = NO_FD,
	.master = NO_FD, .slave = NO_FD, .hidden = NO_FD, .parent_fd = NO_FD,
};

enum { LONGEST_PATH = 4096, MOST_LINKS = 8 };

static const struct mount_rights WRITABLE = { .writable = true };
static const struct mount_rights READ_ONLY = { .writable = false };
static const struct mount_rights KERNEL_WRITABLE = { .writable = true, .no_exec = true };
static const struct mount_rights KERNEL_READ_ONLY = { .no_exec = true };

/* --- paths inside ---------------------------------------------------------------- */

enum { MOST_TREES = 512 };

struct tree {
	const char *target;	/* the plan's */
	int fd;
};

/* In a root file system of somebody's: untouched, and so without a cost, otherwise. */
static struct tree trees[MOST_TREES];

/* Remember what was mounted where, in the place of what was mounted there before. */
static int tree_add(struct view *view, const char *target, int fd, struct error *err)
{
	unsigned i = 0;

	if (!view->root_is_other)
		return 0;
	while (i < view->tree_count && !text_is(trees[i].target, target))
		i++;
	if (i == MOST_TREES)
		return fail(err, 0, "over %d mounts in a root file system", MOST_TREES);
	int kept = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (kept < 0)
		return fail(err, errno, "keep a mount");
	if (i == view->tree_count)
		trees[view->tree_count++].fd = NO_FD;
	fd_close(&trees[i].fd);
	trees[i] = (struct tree){ target, kept };
	return 0;
}

/* Open (O_PATH) what is at a path of the view. -1 and errno. */
static int view_try(const struct view *view, const char *path, int flags)
{
	const struct tree *best = NULL;

	if (!view->root_is_other)
		return inside_try(view->root, path, flags);
	for (unsigned i = 0; i < view->tree_count; i++)
		if (path_is_within(path, trees[i].target) &&
		    (!best || strlen(trees[i].target) >= strlen(best->target)))
			best = &trees[i];
	if (!best)
		return inside_try_plain(view->root, path, flags);
	path += strlen(best->target);
	return *path ? inside_try(best->fd, path, flags) : fcntl(best->fd, F_DUPFD_CLOEXEC, 0);
}

static int view_open(const struct view *view, const char *path, int flags, struct error *err)
{
	int fd = view_try(view, path, flags);

	return fd < 0 ? fail(err, errno, "%s inside", path) : fd;
}

/* --- making directories and files in the new tree ----------------------------- */

static int own_device_add(struct view *view, int fd, struct error *err)
{
	struct stat st;

	if (view->own_device_count == MOST_OWN_DEVICES)
		return fail(err, 0, "over %d memory file systems", MOST_OWN_DEVICES);
	if (fstat(fd, &st) < 0)
		return fail(err, errno, "look at a new mount");
	view->own_devices[view->own_device_count++] = st.st_dev;
	return 0;
}

/* Does the directory stand on a file system that is ours to fill? */
static int look_if_own(const struct view *view, int dir, bool *ret_own, struct error *err)
{
	struct stat st;

	if (fstat(dir, &st) < 0)
		return fail(err, errno, "look at a directory inside");
	*ret_own = false;
	for (unsigned i = 0; i < view->own_device_count; i++)
		*ret_own = *ret_own || view->own_devices[i] == st.st_dev;
	return 0;
}

static int refuse_to_make(const char *path, struct error *err)
{
	(void)fail(err, 0, "%s does not exist there, and nothing is made in a host directory",
		   path);
	return hint(err, "create it on the host first, or choose a place in a private directory");
}

/* Split a normal path into its parent and its last name. */
static const char *split(const char *path, char parent[LONGEST_PATH])
{
	const char *slash = strrchr(path, '/');
	size_t length = slash > path ? (size_t)(slash - path) : 1;

	memcpy(parent, path, length);
	parent[length] = '\0';
	return slash + 1;
}

/* Open the directory at `path` inside, making it and those above it where the tree
 * is ours. */
static int open_directory(struct view *view, const char *path, struct error *err)
{
	char part[LONGEST_PATH];
	size_t there = strlen(path);
	bool own;

	/* Up to what is there; / is. */
	memcpy(part, path, there + 1);
	AUTO_FD int dir = view_try(view, part, O_DIRECTORY);
	while (dir < 0) {
		if (errno != ENOENT || there == 1)
			return fail(err, errno, "open %s", part);
		there = (size_t)(strrchr(part, '/') - part);
		there += there == 0;
		part[there] = '\0';
		dir = view_try(view, part, O_DIRECTORY);
	}
	/* And down again. */
	while (path[there]) {
		size_t start = there + (path[there] == '/');

		there = start + strcspn(path + start, "/");
		memcpy(part, path, there);
		part[there] = '\0';
		if (look_if_own(view, dir, &own, err) < 0)
			return -1;
		if (!own)
			return refuse_to_make(part, err);
		if (mkdirat(dir, part + start, 0755) < 0)
			return fail(err, errno, "make %s", part);
		/* Not by path again: it could be a link by now, were this not our own. */
		AUTO_FD int above = take_fd(&dir);
		dir = openat(above, part + start, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (dir < 0)
			return fail(err, errno, "open %s", part);
	}
	return take_fd(&dir);
}

/* The directory that `path` stands in, and its name in it; not the caller's to
 * close. Items come sorted, so that it often is the one of the item before. */
static int open_parent(struct view *view, const char *path, const char **ret_name,
		       struct error *err)
{
	char parent[LONGEST_PATH];

	if (strlen(path) >= sizeof(parent)) {
		(void)fail(err, ENAMETOOLONG, "a path inside");
		return -1;
	}
	*ret_name = split(path, parent);
	if (view->parent_fd != NO_FD && text_is(view->parent, parent))
		return view->parent_fd;
	fd_close(&view->parent_fd);
	view->parent_fd = open_directory(view, parent, err);
	if (view->parent_fd < 0)
		return -1;
	if (look_if_own(view, view->parent_fd, &view->parent_is_own, err) < 0) {
		fd_close(&view->parent_fd);
		return -1;
	}
	memcpy(view->parent, parent, strlen(parent) + 1);
	return view->parent_fd;
}

/* Something to mount on: what is called `name` in a directory of ours and was made
 * right now, so that it is no link, or else what `opened` is open on. */
struct point {
	int dir;
	const char *name;
	int opened;
};

static void point_close(const struct point *point)
{
	if (point->opened != NO_FD)
		(void)close(point->opened);
}

#define AUTO_POINT __attribute__((cleanup(point_close))) struct point

static const struct point NO_POINT = { .dir = NO_FD, .name = "", .opened = NO_FD };

/* An empty file or directory at `path` to mount on: a new one, or what is there. */
static int make_point(struct view *view, const char *path, bool directory, unsigned mode,
		      struct point *ret_point, struct error *err)
{
	const char *name;
	int parent = open_parent(view, path, &name, err);

	*ret_point = NO_POINT;
	if (parent < 0)
		return -1;
	if (view->parent_is_own) {
		if ((directory ? mkdirat(parent, name, mode)
			       : mknodat(parent, name, S_IFREG | 0644, 0)) == 0) {
			ret_point->dir = parent;
			ret_point->name = name;
			return 0;
		}
		if (errno != EEXIST)
			return fail(err, errno, "make %s", path);
	}
	int there = view_try(view, path, 0);
	if (there < 0)
		return errno == ENOENT ? refuse_to_make(path, err)
				       : fail(err, errno, "open %s", path);
	/* What is mounted there may cover the directory that is still open. */
	fd_close(&view->parent_fd);
	ret_point->dir = ret_point->opened = there;
	return 0;
}

static bool is_new(const struct point *point)
{
	return point->opened == NO_FD;
}

static bool is_directory(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* The item's rule of the second layer, for what `fd` is open on. */
static int allow(const struct view *view, const struct item *item, int fd, struct error *err)
{
	if (item->rights == 0 || view->ruleset == NO_FD)
		return 0;
	return landlock_allow(view->ruleset, fd, item->rights, err);
}

static int attach_item(struct view *view, const struct item *item, int tree, bool directory,
		       struct error *err)
{
	AUTO_POINT point = NO_POINT;

	if (make_point(view, item->target, directory, 0755, &point, err) < 0 ||
	    allow(view, item, tree, err) < 0 ||
	    mount_attach(tree, point.dir, point.name, err) < 0)
		return -1;
	return tree_add(view, item->target, tree, err);
}

/* Bind what is at `path` below `dir`, or `dir` itself, over what is at the point. */
static int bind_over(int dir, const char *path, struct mount_rights rights, int point_dir,
		     const char *point, struct error *err)
{
	AUTO_FD int tree = mount_copy(dir, path, err);

	if (tree < 0 || mount_restrict(tree, rights, false, err) < 0)
		return -1;
	return mount_attach(tree, point_dir, point, err);
}

static int bind_onto_itself(int dir, const char *path, struct mount_rights rights,
			    struct error *err)
{
	return bind_over(dir, path, rights, dir, path, err);
}

/* --- things that stand behind others ------------------------------------------- */

/* A new name in the hidden directory, for what must have a place of our own. */
static void backing_name(struct view *view, char name[16])
{
	(void)snprintf(name, 16, "%u", view->backings++);
}

/* A new directory behind others, not attached. */
static int copy_backing(struct view *view, unsigned mode, struct error *err)
{
	char name[16];

	backing_name(view, name);
	if (mkdirat(view->hidden, name, mode) < 0)
		return fail(err, errno, "make a backing");
	return mount_copy(view->hidden, name, err);
}

static int make_hidden(struct view *view, struct error *err)
{
	if (mkdirat(view->store, ".hidden", 0755) < 0)
		return fail(err, errno, "make /.hidden");
	view->hidden = openat(view->store, ".hidden", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (view->hidden < 0 || mkdirat(view->hidden, "directory", 0555) < 0 ||
	    mknodat(view->hidden, "file", S_IFREG | 0444, 0) < 0)
		return fail(err, errno, "fill /.hidden");
	return 0;
}

/* --- one function per kind of item ------------------------------------------------ */

/* In the writable root file system, before anything is mounted. What is there by now is
 * looked at when something is mounted on it. */
static int make_made(struct view *view, const struct item *item, struct error *err)
{
	const char *name;
	char parent[LONGEST_PATH];

	if (item->length >= sizeof(parent))
		return fail(err, ENAMETOOLONG, "%s", item->target);
	name = split(item->target, parent);
	AUTO_FD int dir = inside_try_plain(view->root, parent, O_DIRECTORY);
	if (dir < 0)
		return fail(err, errno, "open %s", parent);
	if ((item->id.type == S_IFDIR ? mkdirat(dir, name, item->mode)
				      : mknodat(dir, name, S_IFREG | item->mode, 0)) < 0 &&
	    errno != EEXIST) {
		(void)fail(err, errno, "%s has to be there", item->target);
		return hint(err, "make it in the root file system, as whoever it belongs to");
	}
	return 0;
}

/* A directory of ours over the one that is there, writable until all is in it. */
static int make_anew(struct view *view, const struct item *item, int point, struct error *err)
{
	view->own_dev = copy_backing(view, item->mode, err);
	if (view->own_dev < 0 || mount_restrict(view->own_dev, WRITABLE, false, err) < 0 ||
	    allow(view, item, view->own_dev, err) < 0 ||
	    mount_attach(view->own_dev, point, "", err) < 0)
		return -1;
	return tree_add(view, item->target, view->own_dev, err);
}

static int make_directory(struct view *view, const struct item *item, struct error *err)
{
	AUTO_POINT point = NO_POINT;

	if (make_point(view, item->target, true, item->mode, &point, err) < 0)
		return -1;
	if (!is_new(&point) && item->anew)
		return make_anew(view, item, point.opened, err);
	if (!is_new(&point))
		return is_directory(point.opened) ? allow(view, item, point.opened, err)
						  : fail(err, ENOTDIR, "%s", item->target);
	if (item->rights == 0)
		return 0;
	AUTO_FD int dir = openat(point.dir, point.name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return dir < 0 ? fail(err, errno, "open %s", item->target) : allow(view, item, dir, err);
}

static int make_scratch(struct view *view, const struct item *item, struct error *err)
{
	AUTO_POINT point = NO_POINT;
	bool own = true;

	if (make_point(view, item->target, true, item->mode, &point, err) < 0 ||
	    (!is_new(&point) && look_if_own(view, point.opened, &own, err) < 0))
		return -1;
	AUTO_FD int tree = own ? mount_copy(point.dir, point.name, err)
			       : copy_backing(view, item->mode, err);
	if (tree < 0 || mount_restrict(tree, WRITABLE, false, err) < 0 ||
	    allow(view, item, tree, err) < 0 ||
	    mount_attach(tree, point.dir, point.name, err) < 0)
		return -1;
	return tree_add(view, item->target, tree, err);
}

static int new_tmpfs(uint64_t bytes, uint64_t inodes, unsigned mode, struct error *err)
{
	char size_text[32], inodes_text[32], mode_text[16];

	(void)snprintf(size_text, sizeof(size_text), "%" PRIu64, bytes);
	(void)snprintf(inodes_text, sizeof(inodes_text), "%" PRIu64, inodes);
	(void)snprintf(mode_text, sizeof(mode_text), "%o", mode);
	const char *const options[][2] = {
		{ "size", size_text }, { "nr_inodes", inodes_text }, { "mode", mode_text },
		{ NULL, NULL },
	};
	return mount_new("tmpfs", options, WRITABLE, err);
}

static int make_tmpfs(struct view *view, const struct item *item, struct error *err)
{
	/* About as many files as fit it when they are a page each, and some. */
	AUTO_FD int tree = new_tmpfs(item->size, item->size / 4096 + 1024, item->mode, err);

	if (tree < 0 || own_device_add(view, tree, err) < 0)
		return -1;
	return attach_item(view, item, tree, true, err);
}

static int make_link(struct view *view, const struct item *item, struct error *err)
{
	const char *name;

	int parent = open_parent(view, item->target, &name, err);
	if (parent < 0)
		return -1;
	if (!view->parent_is_own)
		return refuse_to_make(item->target, err);
	if (symlinkat(item->source, parent, name) < 0)
		return fail(err, errno, "link %s", item->target);
	return 0;
}

/* A new file in `parent`, open for writing; NO_FD and errno. */
static int try_to_create(int parent, const char *name, unsigned mode)
{
	return openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
}

static int create_file(int parent, const char *name, unsigned mode, struct error *err)
{
	int fd = try_to_create(parent, name, mode);

	return fd < 0 ? fail(err, errno, "make the file %s", name) : fd;
}

/* Write a text below the hidden directory and bind it over what is at `point`. */
static size_t length_of_text(const struct item *item)
{
	return item->size ? item->size : strlen(item->source);
}

static int cover_with_text(struct view *view, const struct item *item, int point,
			   struct error *err)
{
	char name[16];

	backing_name(view, name);
	AUTO_FD int file = create_file(view->hidden, name, item->mode, err);
	if (file < 0)
		return -1;
	if (fd_write_all(file, item->source, length_of_text(item)) < 0)
		return fail(err, errno, "write a backing");
	return bind_over(view->hidden, name, READ_ONLY, point, "", err);
}

static int make_text_at(struct view *view, const struct item *item, const char *path,
			unsigned links, struct error *err);

/* `path` is a link that leads to nothing inside: put the text where it leads. */
static int make_text_behind(struct view *view, const struct item *item, int link,
			    const char *path, unsigned links, struct error *err)
{
	char text[LONGEST_PATH], there[2 * LONGEST_PATH];
	ssize_t length = readlinkat(link, "", text, sizeof(text) - 1);

	if (length < 0 || links == MOST_LINKS)
		return fail(err, length < 0 ? errno : ELOOP, "follow %s", path);
	text[length] = '\0';
	if (text[0] == '/')
		(void)snprintf(there, sizeof(there), "%s", text);
	else
		(void)snprintf(there, sizeof(there), "%.*s/%s",
			       (int)(strrchr(path, '/') - path), path, text);
	if (strlen(there) >= LONGEST_PATH)
		return fail(err, ENAMETOOLONG, "follow %s", path);
	/* Where no item said that anything is, and so perhaps no rule either. */
	struct item moved = *item;
	moved.rights |= MAY_READ_FILE;
	return make_text_at(view, &moved, there, links + 1, err);
}

static int fill_text(const struct view *view, int parent, const char *name, int file,
		     const struct item *item, struct error *err)
{
	if (fd_write_all(file, item->source, length_of_text(item)) < 0)
		return fail(err, errno, "write %s", name);
	if (allow(view, item, file, err) < 0)
		return -1;
	return item->pinned ? bind_onto_itself(parent, name, READ_ONLY, err) : 0;
}

/* Texts stand in an /etc that is ours or, when somebody bound another one, over its
 * files; where such an /etc has nothing of the name, nothing can be put. */
static int make_text_at(struct view *view, const struct item *item, const char *path,
			unsigned links, struct error *err)
{
	const char *name;

	int parent = open_parent(view, path, &name, err);
	if (parent < 0)
		return -1;
	if (view->parent_is_own) {
		AUTO_FD int file = try_to_create(parent, name, item->mode);
		if (file >= 0)
			return fill_text(view, parent, name, file, item, err);
		if (errno != EEXIST)
			return fail(err, errno, "make the file %s", name);
	}
	AUTO_FD int there = view_open(view, path, item->needed ? O_NOFOLLOW : 0, err);
	if (item->needed)
		return there >= 0 && is_regular(there) ? cover_with_text(view, item, there, err)
			: fail(err, 0, "what is there was exchanged while the sandbox was being"
			       " set up");
	if (there >= 0)
		return cover_with_text(view, item, there, err);
	if (err->code != ENOENT)
		return -1;
	AUTO_FD int link = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return link >= 0 ? make_text_behind(view, item, link, path, links, err) : 0;
}

static int make_text(struct view *view, const struct item *item, struct error *err)
{
	return make_text_at(view, item, item->target, 0, err);
}

static int check_same(int fd, const struct item *item, struct error *err)
{
	struct file_id now;

	if (file_look_fd(fd, &now) < 0)
		return fail(err, errno, "look at %s", item->source);
	if (!file_same(&now, &item->id))
		return fail(err, 0, "%s was exchanged while the sandbox was being set up",
			    item->source);
	return 0;
}

/* Through a buffer: for files of a page or four that costs half of sendfile(2),
 * which sets up a pipe. */
static int copy_bytes(int from, int to, const struct item *item, struct error *err)
{
	static char bytes[8 * 1024];
	uint64_t copied = 0;

	/* What was long enough to end at its size needs no second look for the end. */
	while (copied < item->id.size || item->id.size == 0) {
		ssize_t got = read(from, bytes, sizeof(bytes));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(err, errno, "read %s", item->source);
		if (got == 0)
			return 0;
		if (fd_write_all(to, bytes, (size_t)got) < 0)
			return fail(err, errno, "copy %s", item->source);
		copied += (uint64_t)got;
	}
	return 0;
}

static int make_copy(struct view *view, const struct item *item, struct error *err)
{
	const char *name;

	AUTO_FD int source = open(item->source, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (source < 0)
		return fail(err, errno, "open %s", item->source);
	if (check_same(source, item, err) < 0)
		return -1;
	int parent = open_parent(view, item->target, &name, err);
	if (parent < 0)
		return -1;
	if (!view->parent_is_own)
		return refuse_to_make(item->target, err);
	AUTO_FD int file = create_file(parent, name, item->mode, err);
	if (file < 0)
		return -1;
	return allow(view, item, file, err) < 0 ? -1 : copy_bytes(source, file, item, err);
}

static int make_bind(struct view *view, const struct item *item, struct error *err)
{
	/* The current directory comes from the inherited one, not from its path. */
	const char *path = item->kind == ITEM_CURRENT ? "" : item->source;
	const struct mount_rights rights = {
		.writable = item->writable, .devices = item->devices,
	};

	AUTO_FD int tree = mount_copy(AT_FDCWD, path, err);
	if (tree < 0 || check_same(tree, item, err) < 0 ||
	    mount_restrict(tree, rights, true, err) < 0)
		return -1;
	return attach_item(view, item, tree, item->id.type == S_IFDIR, err);
}

static int make_proc(struct view *view, const struct item *item, struct error *err)
{
	view->procfs = mount_new("proc", NULL, KERNEL_WRITABLE, err);
	if (view->procfs < 0)
		return -1;
	view->sysctls = sysctl_open(view->procfs, err);
	if (view->sysctls < 0)
		return -1;
	return attach_item(view, item, view->procfs, true, err);
}

/* The whole sysfs is attached, covered by an empty directory of ours, and its parts
 * are bound on that: the command owns neither mount and cannot lift the cover. A
 * part cannot be bound from a sysfs that is not attached before Linux 6.15. */
static int make_sysfs(struct view *view, const struct item *item, struct error *err)
{
	AUTO_POINT point = NO_POINT;

	if (item->writable) {
		view->sysfs = item->given ? take_fd(&view->given_sysfs)
					  : mount_new_sysfs(err);
		return view->sysfs < 0 ? -1 : attach_item(view, item, view->sysfs, true, err);
	}
	if (make_point(view, item->target, true, 0555, &point, err) < 0)
		return -1;
	view->sysfs_cover = is_new(&point) ? mount_copy(point.dir, point.name, err)
					   : copy_backing(view, 0555, err);
	if (view->sysfs_cover < 0 || allow(view, item, view->sysfs_cover, err) < 0 ||
	    mount_restrict(view->sysfs_cover, KERNEL_WRITABLE, false, err) < 0)
		return -1;
	view->sysfs = item->given ? take_fd(&view->given_sysfs)
				  : mount_new("sysfs", NULL, KERNEL_READ_ONLY, err);
	if (view->sysfs < 0 || mount_attach(view->sysfs, point.dir, point.name, err) < 0)
		return -1;
	AUTO_FD int top = view_open(view, item->target, O_DIRECTORY, err);
	if (top < 0 || mount_attach(view->sysfs_cover, top, "", err) < 0)
		return -1;
	return tree_add(view, item->target, view->sysfs_cover, err);
}

static int make_sysfs_part(struct view *view, const struct item *item, struct error *err)
{
	const char *path = item->target + strlen("/sys/");

	AUTO_FD int tree = mount_copy(view->sysfs, path, err);
	if (tree < 0 || mount_restrict(tree, KERNEL_READ_ONLY, true, err) < 0)
		return -1;
	return attach_item(view, item, tree, true, err);
}

static int open_devpts(struct view *view, struct error *err)
{
	/* No gid=: with a single mapped id the kernel knows no group tty (EINVAL). */
	static const char *const options[][2] = {
		{ "newinstance", NULL }, { "ptmxmode", "0666" }, { "mode", "620" },
		{ NULL, NULL },
	};
	const struct mount_rights rights = {
		.writable = true, .devices = true, .no_exec = true,
	};

	view->devpts = mount_new("devpts", options, rights, err);
	return view->devpts < 0 ? -1 : 0;
}

static int make_devpts(struct view *view, const struct item *item, struct error *err)
{
	if (open_devpts(view, err) < 0)
		return -1;
	return attach_item(view, item, view->devpts, true, err);
}

static int make_mqueue(struct view *view, const struct item *item, struct error *err)
{
	AUTO_FD int tree = item->given ? take_fd(&view->given_mqueue)
				       : mount_new("mqueue", NULL, KERNEL_WRITABLE, err);

	return tree < 0 ? -1 : attach_item(view, item, tree, true, err);
}

/* The pair is the first of a new devpts: its other end is number 0. */
static int make_console(struct view *view, const struct item *item, struct error *err)
{
	const struct mount_rights rights = {
		.writable = true, .devices = true, .no_exec = true,
	};

	if (view->master == NO_FD &&
	    tty_pair(view->devpts, &view->master, &view->slave, err) < 0)
		return -1;
	AUTO_FD int tree = mount_copy(view->devpts, "0", err);
	if (tree < 0 || mount_restrict(tree, rights, false, err) < 0)
		return -1;
	return attach_item(view, item, tree, false, err);
}

static int make_hide(struct view *view, const struct item *item, struct error *err)
{
	AUTO_FD int point = view_try(view, item->target, 0);

	if (point < 0)
		return errno == ENOENT || errno == ENOTDIR
			? 0 : fail(err, errno, "open %s", item->target);
	return bind_over(view->hidden, is_directory(point) ? "directory" : "file",
			 KERNEL_READ_ONLY, point, "", err);
}

static int make_onto_itself(struct view *view, const struct item *item, struct error *err)
{
	AUTO_FD int point = view_open(view, item->target, 0, err);

	if (point < 0)
		/* A guard that nobody asked for, of what somebody put something else over. */
		return err->code == ENOENT && item->order == 0 ? 0 : -1;
	AUTO_FD int tree = mount_copy(point, "", err);
	if (tree < 0 ||
	    mount_restrict(tree, item->writable ? WRITABLE : READ_ONLY, false, err) < 0 ||
	    mount_attach(tree, point, "", err) < 0)
		return -1;
	return tree_add(view, item->target, tree, err);
}

struct maker {
	const char *name;	/* what the user reads */
	int (*make)(struct view *view, const struct item *item, struct error *err);
};

static const struct maker makers[] = {
	[ITEM_POINT] = { "make", make_made },
	[ITEM_DIRECTORY] = { "directory", make_directory },
	[ITEM_SCRATCH] = { "tmpfs", make_scratch },
	[ITEM_TMPFS] = { "tmpfs", make_tmpfs },
	[ITEM_LINK] = { "symlink", make_link },
	[ITEM_TEXT] = { "file", make_text },
	[ITEM_COPY] = { "copy", make_copy },
	[ITEM_BIND] = { "bind", make_bind },
	[ITEM_CURRENT] = { "current directory", make_bind },
	[ITEM_PROC] = { "proc", make_proc },
	[ITEM_SYSFS] = { "sysfs", make_sysfs },
	[ITEM_SYSFS_PART] = { "sysfs", make_sysfs_part },
	[ITEM_DEVPTS] = { "devpts", make_devpts },
	[ITEM_MQUEUE] = { "mqueue", make_mqueue },
	[ITEM_CONSOLE] = { "console", make_console },
	[ITEM_HIDE] = { "hide", make_hide },
	[ITEM_PIN] = { "pin", make_onto_itself },
	[ITEM_READ_ONLY] = { "read-only", make_onto_itself },
};
_Static_assert(sizeof(makers) / sizeof(makers[0]) == ITEM_KINDS, "a maker per kind");

/* --- the whole -------------------------------------------------------------------- */

static int make_items(const struct plan *plan, struct view *view, size_t from, size_t to,
		      struct error *err)
{
	const mode_t all = 0777;
	mode_t before = umask(0);	/* modes are the plan's, whatever the caller's umask */
	int result = 0;

	/* The kernel has no errors for it; a filter that we were started under may. */
	if (before & ~all)
		return fail(err, errno, "set the umask");

	for (size_t i = from; i < to && result == 0; i++) {
		const struct item *item = &plan->items.items[i];

		if (makers[item->kind].make(view, item, err) < 0)
			result = within(err, "%s %s (%s)", makers[item->kind].name,
					item->target, item->origin);
	}
	if (umask(before) != 0 && result == 0)
		return fail(err, errno, "set the umask");
	return result;
}

static int make_terminal(const struct plan *plan, struct view *view, struct error *err)
{
	if (!plan->own_terminal || view->master != NO_FD)
		return 0;
	if (view->devpts == NO_FD && open_devpts(view, err) < 0)
		return -1;
	return tty_pair(view->devpts, &view->master, &view->slave, err);
}

/* Put the directory itself above the tmpfs. */
static int make_root(const struct plan *plan, struct view *view, struct error *err)
{
	const struct root_plan *root = &plan->root;
	const struct item item = { .source = root->path, .id = root->id };

	view->root_is_other = true;
	view->root = mount_copy(AT_FDCWD, root->path, err);
	if (view->root < 0 || check_same(view->root, &item, err) < 0 ||
	    mount_restrict(view->root, WRITABLE, true, err) < 0 ||
	    mount_attach(view->root, view->store, "", err) < 0)
		return within(err, "root %s (%s)", root->path, root->origin);
	return 0;
}

int view_begin(const struct plan *plan, int ruleset, struct view *view,
	       struct error *err)
{
	view->ruleset = ruleset;
	view->store = view->root = new_tmpfs(plan->memory, plan->inodes, 0755, err);
	if (view->root < 0 || own_device_add(view, view->root, err) < 0 ||
	    mount_attach_on_root(view->root, err) < 0 ||
	    (plan->root_writable && make_root(plan, view, err) < 0) ||
	    (plan->landlock.at_root &&
	     landlock_allow(ruleset, view->root, plan->landlock.at_root, err) < 0) ||
	    make_hidden(view, err) < 0 ||
	    make_items(plan, view, 0, plan->early_items, err) < 0)
		return -1;
	return make_terminal(plan, view, err);
}

int view_finish(const struct plan *plan, struct view *view, struct error *err)
{
	if (make_items(plan, view, plan->early_items, plan->items.count, err) < 0)
		return -1;
	if (view->sysfs_cover != NO_FD &&
	    mount_restrict(view->sysfs_cover, KERNEL_READ_ONLY, false, err) < 0)
		return -1;
	if (view->own_dev != NO_FD && mount_restrict(view->own_dev, READ_ONLY, false, err) < 0)
		return -1;
	return view->root_is_other ? 0 : mount_restrict(view->root, READ_ONLY, false, err);
}

int view_enter(const struct view *view, struct error *err)
{
	return view->root_is_other ? mount_enter_above(view->root, err)
				   : mount_enter(view->root, err);
}

static int renew_item(struct view *view, const struct item *item, int root, struct error *err)
{
	/* By what the kernel calls it, which is what the item is called as well. */
	AUTO_FD int point = inside_open(root, item->target, O_DIRECTORY, err);
	if (point < 0)
		return -1;
	AUTO_FD int tree = item->kind == ITEM_SYSFS ? mount_new_sysfs(err)
			: mount_new(makers[item->kind].name, NULL, KERNEL_WRITABLE, err);
	if (tree < 0 || mount_attach(tree, point, "", err) < 0)
		return -1;
	if (item->kind != ITEM_PROC)
		return 0;
	fd_close(&view->sysctls);
	view->sysctls = sysctl_open(tree, err);
	if (view->sysctls < 0)
		return -1;
	fd_close(&view->procfs);
	view->procfs = take_fd(&tree);
	return 0;
}

int view_renew(const struct plan *plan, struct view *view, struct error *err)
{
	AUTO_FD int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return fail(err, errno, "open /");
	list_each(const struct item, item, &plan->items)
		if (!item->given && (item->kind == ITEM_PROC || item->kind == ITEM_SYSFS ||
		     item->kind == ITEM_MQUEUE) && renew_item(view, item, root, err) < 0)
			return within(err, "%s %s (%s)", makers[item->kind].name, item->target,
				      item->origin);
	return mount_leave_nothing(err);
}

void view_close(struct view *view)
{
	if (view->store != view->root)
		fd_close(&view->store);
	while (view->tree_count > 0)
		fd_close(&trees[--view->tree_count].fd);
	int *const fds[] = {
		&view->root, &view->own_dev, &view->procfs, &view->sysctls, &view->sysfs, &view->sysfs_cover,
		&view->given_sysfs, &view->given_mqueue, &view->devpts,
		&view->master, &view->slave, &view->hidden, &view->parent_fd,
	};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		fd_close(fds[i]);
}
