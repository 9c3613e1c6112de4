/* The view: the sandbox's file system, assembled from the items of a plan. */
#ifndef IMMURE_FILES_VIEW_H
#define IMMURE_FILES_VIEW_H

#include <stdbool.h>
#include <sys/types.h>

struct error;
struct plan;

enum { MOST_OWN_DEVICES = 64 };

/* A view that is being made. Every descriptor belongs to it. */
struct view {
	int root;		/* of the new tree, attached on the old root */
	bool root_is_other;	/* a writable directory of somebody's; then also: */
	int own_dev;		/* ... our /dev in it, to be made read-only; or NO_FD */
	unsigned tree_count;	/* ... and so many trees that were mounted */
	int store;		/* the tmpfs of our own things: `root`, or what is below it */
	int ruleset;		/* Landlock's, not its own; or NO_FD */
	int procfs, sysctls;	/* its own, and sys in it before that was covered */
	int sysfs, sysfs_cover;
	int given_sysfs, given_mqueue;	/* of joined namespaces, made where that is allowed */
	int devpts;
	int master, slave;	/* the private terminal, or NO_FD */
	int hidden;		/* directory of the empty things that cover others */
	unsigned backings;	/* how many directories and files stand there */
	char parent[4096];	/* the directory that something was last made in ... */
	int parent_fd;		/* ... and still open, or NO_FD */
	bool parent_is_own;
	dev_t own_devices[MOST_OWN_DEVICES];	/* file systems that are ours to fill */
	unsigned own_device_count;
};

/* A view of which nothing is there. */
extern const struct view NO_VIEW;

/* Begin the view of `plan` in this mount namespace, which must be a new one: all but
 * what shows the network namespace. Opens its private terminal when the plan has one.
 * Adds the items' rules to a Landlock `ruleset` that stays the caller's, unless it is
 * NO_FD. *view is NO_VIEW, but for what is given, before; it belongs to the caller, also
 * after a failure. -1 names the item and who asked for it. */
int view_begin(const struct plan *plan, int ruleset, struct view *view,
	       struct error *err);

/* Assemble the rest, in the network namespace that it is to show, and make the root
 * read-only. */
int view_finish(const struct plan *plan, struct view *view, struct error *err);

/* Make the assembled view the root of this mount namespace, drop the old one and
 * stand in its `/`. */
int view_enter(const struct view *view, struct error *err);

/* Mount the kernel's own file systems once more at their places in this root, for the
 * namespaces that this process is in now: above those of the view, whose mount
 * namespace this one must be a copy of. view->procfs and view->sysctls are then the
 * new ones. */
int view_renew(const struct plan *plan, struct view *view, struct error *err);

/* Close what is still open of it. */
void view_close(struct view *view);

#endif
