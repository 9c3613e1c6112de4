/* Joining namespaces that exist.
 *
 *	supervisor
 *	 ├── a helper: enters them, makes what only their owner may, makes init, ends
 *	 └── init, the supervisor's own child (CLONE_PARENT), in new namespaces that were
 *	     made inside of those
 *
 * The supervisor stays outside: in the user namespace that is entered others may be
 * root, and so over everything that is in it. The helper, and init from its first
 * instruction on, are therefore not dumpable, which keeps a process's memory and
 * descriptors from everybody who is not root where it was executed, on the host. What is
 * made then is as always: a user namespace of the sandbox's below the joined one, and
 * the command's in it.
 *
 * A sysfs belongs to a network namespace, and POSIX queues to an ipc namespace: only who
 * has rights over those can mount them, which init has not. The helper has, and hands
 * them down, not attached to anything yet. */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/mount.h>
#include <immure/sys/namespace.h>
#include <immure/sys/process.h>

#include "run.h"

/* What the helper leaves for the supervisor; they share descriptors, but no memory. */
struct joining {
	bool made;
	int init;		/* pidfd */
	int sysfs, mqueue;	/* or NO_FD */
	struct error error;
};

/* What mount(2) has made stands in the helper's mount namespace, and no other one can
 * take it over. */
static int refuse_to_hand_over(const char *type, enum item_kind kind, struct error *err)
{
	(void)fail(err, 0, "hand a new %s over: mount(2) alone cannot", type);
	(void)hint(err, "Linux 5.2 or newer can, unless a container's filter hides fsopen(2) and"
		   " its kin; with Docker or podman: --security-opt seccomp=unconfined");
	return kind == ITEM_SYSFS ? hint(err, "to have none: --sys none") : -1;
}

/* The file system of a namespace that was just entered, if the plan shows it. Nobody
 * mounts where somebody else owns the mounts: so it gets a copy of them. */
static int mount_given(const struct plan *plan, enum item_kind kind, const char *type,
		       int *ret_tree, struct error *err)
{
	list_each(const struct item, item, &plan->items) {
		const struct mount_rights rights = {
			.writable = kind != ITEM_SYSFS || item->writable, .no_exec = true,
		};

		if (!item->given || item->kind != kind)
			continue;
		if (process_new_mount_namespace(err) < 0)
			return -1;
		*ret_tree = kind == ITEM_SYSFS && item->writable
			? mount_new_sysfs(err) : mount_new(type, NULL, rights, err);
		if (*ret_tree < 0 || (mount_is_by_path() && refuse_to_hand_over(type, kind, err) < 0))
			return within(err, "%s (%s)", item->target, item->origin);
	}
	return 0;
}

static int enter(const struct plan *plan, const struct join *join, struct joining *joining,
		 struct error *err)
{
	if (namespace_enter(join->fd, join->namespace, err) < 0)
		return -1;
	/* New rights make a process dumpable again where fs.suid_dumpable says so. */
	if (process_hide(err) < 0)
		return -1;
	if (join->namespace == NS_NET)
		return mount_given(plan, ITEM_SYSFS, "sysfs", &joining->sysfs, err);
	if (join->namespace == NS_IPC)
		return mount_given(plan, ITEM_MQUEUE, "mqueue", &joining->mqueue, err);
	return 0;
}

static int enter_all(const struct plan *plan, struct joining *joining, struct error *err)
{
	if (process_hide(err) < 0)
		return -1;
	list_each(const struct join, join, &plan->joins)
		if (enter(plan, join, joining, err) < 0)
			return within(err, "%s (%s)", join->text ? join->text : "its owner",
				      join->origin);
	return 0;
}

/* What the host forbids is known from runs that join nothing. */
static int explain(const struct plan *plan, struct error *err)
{
	const char *origin = plan->joins.items[0].origin;

	if (plan->joins.items[0].namespace != NS_USER)
		return -1;
	if (err->code == EPERM) {
		err->hint[0] = '\0';
		return hint(err, "in the user namespace that is joined (%s) you must be somebody:"
			    " its map has to hold your own user and group id", origin);
	}
	if (err->code != ENOSPC && err->code != EUSERS)
		return -1;
	err->hint[0] = '\0';
	(void)hint(err, "the user namespace that is joined (%s) has limits of its own, of"
		   " /proc/sys/user; that of a sandbox lets nobody make one in it", origin);
	return hint(err, "sandboxes can share a network, as process PID, that was made before"
		    " them: unshare -Urn sleep 1h");
}

/* 0 in init. */
static pid_t go_in(struct sandbox *box, struct joining *joining, uint64_t namespaces,
		   struct error *err)
{
	if (enter_all(box->plan, joining, err) < 0)
		return -1;
	box->joined = true;
	box->joined_uid = geteuid();
	box->joined_gid = getegid();
	box->view.given_sysfs = joining->sysfs;
	box->view.given_mqueue = joining->mqueue;
	pid_t pid = process_fork(namespaces | CLONE_PARENT, &joining->init, err);
	return pid < 0 ? explain(box->plan, err) : pid;
}

/* In init: what was needed to get here. */
static void leave_behind(const struct sandbox *box)
{
	list_each(const struct join, join, &box->plan->joins)
		(void)close(join->fd);
}

pid_t join_fork(struct sandbox *box, uint64_t namespaces, struct error *err)
{
	AUTO_FD int helper = NO_FD;
	int status;

	struct joining *joining = process_share_memory(sizeof(*joining), err);
	if (!joining)
		return -1;
	joining->sysfs = joining->mqueue = NO_FD;
	pid_t pid = process_fork(CLONE_FILES, &helper, err);
	if (pid < 0)
		return -1;
	if (pid == 0) {
		pid = go_in(box, joining, namespaces, &joining->error);
		if (pid == 0) {
			leave_behind(box);
			return 0;
		}
		joining->made = pid > 0;
		_exit(0);
	}
	if (process_await(helper, &status, err) < 0)
		return -1;
	fd_close(&joining->sysfs);
	fd_close(&joining->mqueue);
	if (!joining->made && !joining->error.what[0])
		return fail(err, 0, "who was to join ended first (status %d)", status_of(status));
	if (!joining->made) {
		*err = joining->error;
		return within(err, "join");
	}
	box->init = joining->init;
	return 1;
}
