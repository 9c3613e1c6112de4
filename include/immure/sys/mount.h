/* The mount API by descriptor: fsopen(2), open_tree(2), move_mount(2),
 * mount_setattr(2), openat2(2), the last of them of Linux 5.12. Where one is missing, as
 * on an older kernel or behind a container's filter, mount(2) does the same by more calls,
 * with /proc/self/fd: the results and the meaning of every descriptor are equal, but that
 * a tree that is "not attached" cannot be handed to another mount namespace.
 *
 * A path that leads into a sandbox is always resolved with its root descriptor
 * (openat2's RESOLVE_IN_ROOT, or sys/walk.h), so that a link in it can never lead out. */
#ifndef IMMURE_SYS_MOUNT_H
#define IMMURE_SYS_MOUNT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct error;

/* What a mount may do; all of ours are nosuid and private. */
struct mount_rights {
	bool writable;
	bool devices;
	bool no_exec;
};

/* Has one of the calls been missing, so that mount(2) is used? */
bool mount_is_by_path(void);

/* Take away what mount(2) needed in this mount namespace, after the last of the calls
 * below, where no mount_enter() follows. Nothing without it. */
int mount_leave_nothing(struct error *err);

/* A new file system of `type`, not attached anywhere: a descriptor that the
 * caller owns. `options` are pairs of key and value (value NULL for a flag),
 * ended by a NULL key. */
int mount_new(const char *type, const char *const options[][2],
	      struct mount_rights rights, struct error *err);

/* A new sysfs as writable as the kernel allows: where the one that is visible already is
 * read-only, as in a container, there is no other (mount_too_revealing()). */
int mount_new_sysfs(struct error *err);

/* A recursive copy of the mount tree at `path` below `dir`, not attached; with
 * path "" of `dir` itself. A directory with mounts below it cannot be copied
 * without them (EINVAL: they are locked together). */
int mount_copy(int dir, const char *path, struct error *err);

/* Give a tree these rights and no others it does not have already: what is
 * nosuid, nodev, noexec or read-only in it stays so, also below it. With
 * `recursive` every mount in it, else only the top. */
int mount_restrict(int tree, struct mount_rights rights, bool recursive,
		   struct error *err);

/* Attach a tree on the object at `path` below `dir`, which is not followed when it is
 * a link; with path "" on what `dir` is open on. */
int mount_attach(int tree, int dir, const char *path, struct error *err);

/* Let nothing that is mounted in this mount namespace from now on appear in another one,
 * nor the reverse. The kernel cuts off by itself what belongs to a new user namespace;
 * mounts that were copied within one stay peers, if they are shared ones: and what is
 * attached on a peer of the host's `/` is on the host's too (mount_namespaces(7)). */
int mount_cut_off(struct error *err);

/* Attach a tree on `/` of this mount namespace, above what is there. */
int mount_attach_on_root(int tree, struct error *err);

/* Open the regular file that `fd` is open on a second time, for reading, through a
 * mount of its own that is read-only, and put that in the place of `fd`, where it
 * stands. In a new mount namespace that still has the file at its path: -1 if not. */
int mount_reopen_read_only(int fd, struct error *err);

/* Make the tree that `root` is open on the root of this mount namespace, drop
 * the old one and stand in the new `/`. */
int mount_enter(int root, struct error *err);

/* The same for a tree that is attached on one more mount, which is attached on the old
 * root and goes with it. */
int mount_enter_above(int root, struct error *err);

/* Open the object at `path` inside `root` (O_PATH), following links only inside
 * of it, magic links never. -1: err->code is the errno, ENOENT for nothing there. */
int inside_open(int root, const char *path, int flags, struct error *err);

/* The same for what may well not be there: NO_FD and errno, no message. */
int inside_try(int root, const char *path, int flags);

/* The same for a path that has no link in it: ELOOP if it has. */
int inside_try_plain(int root, const char *path, int flags);

/* The same, of anything, with a message. */
int inside_open_plain(int root, const char *path, struct error *err);

#endif
