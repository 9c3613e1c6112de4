/* glibc 2.36 has these calls; what its headers lack is defined here.
 *
 * The first of them that is missing decides: from then on this process mounts by paths
 * (stage.c), which makes the same of more calls. There is no other sign of it, since a
 * kernel can have some of them, and a filter can hide any. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/sys/host.h>
#include <immure/sys/mount.h>
#include <immure/sys/walk.h>

#include "stage.h"

/* Rights are the same numbers for both. */
_Static_assert(MOUNT_ATTR_RDONLY == MS_RDONLY && MOUNT_ATTR_NOSUID == MS_NOSUID &&
	       MOUNT_ATTR_NODEV == MS_NODEV && MOUNT_ATTR_NOEXEC == MS_NOEXEC,
	       "flags of mount(2)");

static bool by_path;

bool mount_is_by_path(void)
{
	return by_path;
}

/* Is it the call that is not there? Old filters of containers say EPERM of those that
 * they do not know, and who may mount is not refused these. */
static bool is_missing(int code)
{
	return code == ENOSYS || code == EPERM;
}

/* Did the call fail because it is not there? Then it will not be asked again. */
static bool lacks_call(int result)
{
	by_path = by_path || (result < 0 && is_missing(errno));
	return by_path;
}

static unsigned need_of(const char *type)
{
	static const struct {
		const char *type;
		unsigned need;
	} kinds[] = {
		{ "tmpfs", NEED_TMPFS }, { "proc", NEED_PROC }, { "sysfs", NEED_SYSFS },
		{ "devpts", NEED_DEVPTS }, { "mqueue", NEED_MQUEUE }, { "overlay", NEED_OVERLAY },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (text_is(kinds[i].type, type))
			return kinds[i].need;
	return 0;
}

static uint64_t attributes_of(struct mount_rights rights)
{
	return MOUNT_ATTR_NOSUID | (rights.writable ? 0 : MOUNT_ATTR_RDONLY) |
	       (rights.devices ? 0 : MOUNT_ATTR_NODEV) |
	       (rights.no_exec ? MOUNT_ATTR_NOEXEC : 0);
}

/* The kernel refuses a second proc or sysfs that would show what the visible one
 * hides: mount_too_revealing() in fs/namespace.c. */
static int hint_too_revealing(const char *type, struct error *err)
{
	if (err->code != EPERM || (!text_is(type, "proc") && !text_is(type, "sysfs")))
		return hint_call(err, "2.4");
	(void)hint(err, "parts of /%s are covered or read-only here, as in a container, and the kernel"
		   " lets nobody mount one that would show them",
		   text_is(type, "proc") ? "proc" : "sys");
	(void)hint(err, "to start the container without covers, with Docker or podman:"
		   " --security-opt systempaths=unconfined");
	if (text_is(type, "proc"))
		return hint(err, "to show this one, read-only, and with it every process that"
			    " is visible here: --proc host-ro");
	return hint(err, "to show this one, read-only, and with it every device of the host:"
		    " --sys host-ro");
}

static int new_by_path(const char *type, const char *const options[][2],
		       struct mount_rights rights, struct error *err)
{
	int tree = stage_new(type, options, attributes_of(rights), err);

	if (tree >= 0)
		return tree;
	(void)about(err, need_of(type));
	return err->code == ENODEV ? hint(err, "this kernel has no %s", type)
				   : err->hint[0] ? -1 : hint_too_revealing(type, err);
}

int mount_new(const char *type, const char *const options[][2],
	      struct mount_rights rights, struct error *err)
{
	AUTO_FD int context = by_path ? NO_FD : fsopen(type, FSOPEN_CLOEXEC);
	if (lacks_call(context))
		return new_by_path(type, options, rights, err);
	if (context < 0) {
		(void)fail(err, errno, "prepare a new %s", type);
		(void)about(err, need_of(type));
		return err->code == ENODEV ? hint(err, "this kernel has no %s", type)
					   : hint_call(err, "5.2");
	}
	const char *const (*option)[2] = options;
	for (; option && (*option)[0]; option++) {
		const char *key = (*option)[0], *value = (*option)[1];
		unsigned command = value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;

		if (fsconfig(context, command, key, value, 0) < 0) {
			if (lacks_call(-1))
				return new_by_path(type, options, rights, err);
			(void)fail(err, errno, "%s option %s%s%s", type, key,
				   value ? "=" : "", value ? value : "");
			return about(err, need_of(type));
		}
	}
	/* From here on EPERM is the kernel's own answer. */
	int result = fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (result < 0 && errno == ENOSYS && lacks_call(result))
		return new_by_path(type, options, rights, err);
	if (result < 0) {
		(void)fail(err, errno, "create a new %s", type);
		(void)about(err, need_of(type));
		return hint_too_revealing(type, err);
	}
	AUTO_FD int tree = fsmount(context, FSMOUNT_CLOEXEC, (unsigned)attributes_of(rights));
	if (tree < 0 && errno == ENOSYS && lacks_call(tree))
		return new_by_path(type, options, rights, err);
	if (tree < 0) {
		(void)fail(err, errno, "mount a new %s", type);
		(void)about(err, need_of(type));
		return hint_too_revealing(type, err);
	}
	return take_fd(&tree);
}

int mount_new_sysfs(struct error *err)
{
	const struct mount_rights writable = { .writable = true, .no_exec = true };
	const struct mount_rights read_only = { .no_exec = true };
	int tree = mount_new("sysfs", NULL, writable, err);

	return tree < 0 && err->code == EPERM ? mount_new("sysfs", NULL, read_only, err) : tree;
}

int mount_copy(int dir, const char *path, struct error *err)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE |
			 (*path ? 0 : AT_EMPTY_PATH);
	int tree = by_path ? NO_FD : open_tree(dir, path, flags);

	if (lacks_call(tree))
		return stage_copy(dir, path, err);
	if (tree < 0) {
		(void)fail(err, errno, "bind%s%s", *path ? " " : "", path);
		(void)about(err, NEED_MOUNTS);
		return hint_call(err, "5.2");
	}
	return tree;
}

int mount_restrict(int tree, struct mount_rights rights, bool recursive,
		   struct error *err)
{
	struct mount_attr change = {
		.attr_set = attributes_of(rights), .propagation = MS_PRIVATE,
	};
	unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);

	int result = by_path ? -1 : mount_setattr(tree, "", flags, &change, sizeof(change));
	if (lacks_call(result))
		return stage_restrict(tree, (unsigned long)change.attr_set, recursive, err);
	if (result < 0) {
		(void)fail(err, errno, "restrict a mount");
		(void)about(err, NEED_MOUNTS);
		return hint_call(err, "5.12");
	}
	return 0;
}

int mount_attach(int tree, int dir, const char *path, struct error *err)
{
	unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | (*path ? 0 : MOVE_MOUNT_T_EMPTY_PATH);

	int result = by_path ? -1 : move_mount(tree, "", dir, path, flags);
	if (lacks_call(result))
		return stage_attach(tree, dir, path, err);
	if (result < 0) {
		(void)fail(err, errno, "attach a mount");
		(void)about(err, NEED_MOUNTS);
		return hint_call(err, "5.2");
	}
	return 0;
}

int mount_cut_off(struct error *err)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return 0;
	(void)fail(err, errno, "cut the mounts off from the host's");
	(void)about(err, NEED_MOUNTS);
	return hint_call(err, "2.6.15");
}

int mount_attach_on_root(int tree, struct error *err)
{
	int result = by_path ? -1
		: move_mount(tree, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);

	if (lacks_call(result))
		return stage_attach_on_root(tree, err);
	if (result < 0) {
		(void)fail(err, errno, "attach the new root");
		(void)about(err, NEED_MOUNTS);
		return hint_call(err, "5.2");
	}
	return 0;
}

static int check_entered(int root, struct error *err)
{
	struct stat here, above;

	if (fstat(root, &here) < 0 || stat("/..", &above) < 0)
		return fail(err, errno, "look at the new root");
	return here.st_dev == above.st_dev && here.st_ino == above.st_ino
		? 0 : fail(err, 0, "the old root is still there");
}

static int enter(int root, unsigned mounts, struct error *err)
{
	/* pivot_root(".", ".") stacks the old root on the new one, so that no
	 * directory is needed to put it; pivot_root(2), NOTES. */
	if (fchdir(root) < 0)
		return fail(err, errno, "stand in the new root");
	if (syscall(SYS_pivot_root, ".", ".") < 0) {
		(void)fail(err, errno, "exchange the root");
		(void)about(err, NEED_MOUNTS);
		return hint_call(err, "2.4");
	}
	/* The path leads to what was mounted last on what is here. */
	mounts += stage_is_there();
	for (unsigned i = 0; i < mounts; i++)
		if (umount2(".", MNT_DETACH) < 0)
			return fail(err, errno, "drop the old root");
	if (chdir("/") < 0)
		return fail(err, errno, "stand in /");
	stage_forget();
	return mounts > 1 ? check_entered(root, err) : 0;
}

int mount_enter(int root, struct error *err)
{
	return enter(root, 1, err);
}

int mount_enter_above(int root, struct error *err)
{
	return enter(root, 2, err);
}

int mount_reopen_read_only(int fd, struct error *err)
{
	const struct mount_rights rights = { .writable = false };
	char link[32], path[PATH_MAX];
	struct stat before, after;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	if (length < 0)
		return fail(err, errno, "find the path of descriptor %d", fd);
	path[length] = '\0';
	/* By its path: a descriptor of another mount namespace cannot be bound. */
	AUTO_FD int tree = mount_copy(AT_FDCWD, path, err);
	if (tree < 0)
		return -1;
	if (fstat(fd, &before) < 0 || fstat(tree, &after) < 0 ||
	    before.st_dev != after.st_dev || before.st_ino != after.st_ino)
		return fail(err, 0, "%s is another file by now", path);
	if (mount_restrict(tree, rights, false, err) < 0)
		return -1;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", tree);
	AUTO_FD int again = open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (again < 0)
		return fail(err, errno, "open %s", path);
	if (lseek(again, lseek(fd, 0, SEEK_CUR), SEEK_SET) < 0 || dup2(again, fd) < 0 ||
	    fcntl(fd, F_SETFL, 0) < 0)
		return fail(err, errno, "take the place of descriptor %d", fd);
	return 0;
}

/* As the kernel: path_resolution(7). */
enum { MOST_LINKS = 40 };

static int try_inside(int root, const char *path, int flags, unsigned most_links)
{
	struct open_how how = {
		.flags = (unsigned)flags | O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS |
			   (most_links ? 0u : RESOLVE_NO_SYMLINKS),
	};
	long fd = NO_FD;

	/* EAGAIN: something was renamed while "..", or a link, was followed. */
	for (int tries = 0; tries < 64; tries++) {
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd < 0 && is_missing(errno) ? walk_inside(root, path, flags, most_links) : (int)fd;
}

int inside_try(int root, const char *path, int flags)
{
	return try_inside(root, path, flags, MOST_LINKS);
}

int inside_try_plain(int root, const char *path, int flags)
{
	return try_inside(root, path, flags, 0);
}

int inside_open_plain(int root, const char *path, struct error *err)
{
	int fd = inside_try_plain(root, path, 0);

	return fd < 0 ? fail(err, errno, "open %s inside", path) : fd;
}

int mount_leave_nothing(struct error *err)
{
	return stage_strike(err);
}

int inside_open(int root, const char *path, int flags, struct error *err)
{
	int fd = inside_try(root, path, flags);

	return fd < 0 ? fail(err, errno, "%s inside", path) : fd;
}
