/* The set-up inside of the new namespaces. What it fails with is sent to the
 * supervisor by be_child(). */
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/confine/confine.h>
#include <immure/sys/clocks.h>
#include <immure/sys/kernel.h>
#include <immure/sys/mount.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/tty.h>
#include <immure/sys/weaken.h>

#include "run.h"

int child_die_with_supervisor(struct sandbox *box, struct error *err)
{
	struct pollfd other_end = { .fd = box->init_end };

	if (process_die_with_parent(err) < 0)
		return -1;
	/* It may have died before we asked; getppid(2) is 0 here in any case. */
	if (poll(&other_end, 1, 0) > 0 && (other_end.revents & POLLHUP))
		_exit(125);
	return 0;
}

/* Who joined is hidden: those who are root of what it went into could look into it. But
 * the kernel takes a map from nobody who is (see process_hide()). */
int child_write_map(struct sandbox *box, const struct idmap *map, bool inherited,
		    struct error *err)
{
	if (box->joined && process_show(err) < 0)
		return -1;
	if (idmap_write_self(box->procfs, map, inherited, err) < 0)
		return -1;
	return box->joined ? process_hide(err) : 0;
}

static int write_outer_map(struct sandbox *box, struct error *err)
{
	struct idmap outer = box->plan->outer;

	/* As they are called where the new user namespace was made. */
	if (box->joined) {
		outer.outside_uid = box->joined_uid;
		outer.outside_gid = box->joined_gid;
	}
	return child_write_map(box, &outer, false, err);
}

int child_map_ids(struct sandbox *box, struct error *err)
{
	box->procfs = procfs_open("/proc", err);
	if (box->procfs < 0)
		return -1;
	box->sysctls = sysctl_open(box->procfs, err);
	if (box->sysctls < 0)
		return -1;
	if (box->plan->maps.several)
		return maps_await(box, err);
	return box->plan->own_user ? write_outer_map(box, err) : 0;
}

int child_make_network(struct sandbox *box, struct error *err)
{
	if (!box->plan->own_network)
		return 0;
	/* unshare(2) of a user namespace, the way of a command that is process 1, wants
	 * memory that nobody shares. */
	return network_make_begin(&box->network, box->procfs, !box->plan->as_pid_1, err);
}

int child_enter_network(struct sandbox *box, struct error *err)
{
	return box->plan->own_network ? network_make_end(&box->network, err) : 0;
}

int child_finish_files(struct sandbox *box, struct error *err)
{
	return box->plan->own_mounts ? view_finish(box->plan, &box->view, err) : 0;
}

/* A regular file that was given for reading could be opened again for writing, by
 * /proc/self/fd, and have its mode changed. Through a mount that is read-only it
 * cannot. The price: what the command reads does not move the caller's own offset. */
static int protect_input(const struct plan *plan, struct error *err)
{
	for (int fd = 0; fd <= 2; fd++)
		if (plan->stdio[fd] == STDIO_READ && mount_reopen_read_only(fd, err) < 0) {
			(void)within(err, "protect what descriptor %d reads", fd);
			return hint(err, "pass it through cat(1): cat FILE | immure run ...");
		}
	return 0;
}

int child_assemble_files(struct sandbox *box, struct error *err)
{
	if (confine_ruleset(box->plan, &box->ruleset, err) < 0)
		return -1;
	if (!box->plan->own_mounts)
		return box->plan->own_terminal
			? tty_pair(NO_FD, &box->view.master, &box->view.slave, err) : 0;
	if ((!box->plan->own_user && mount_cut_off(err) < 0) ||
	    protect_input(box->plan, err) < 0)
		return -1;
	return view_begin(box->plan, box->ruleset, &box->view, err);
}

/* The sandbox's own /proc, if the view has one, is the one that nobody outside can
 * cover. */
void child_take_procfs(struct sandbox *box)
{
	if (box->view.procfs == NO_FD)
		return;
	fd_close(&box->procfs);
	box->procfs = take_fd(&box->view.procfs);
	fd_close(&box->sysctls);
	box->sysctls = take_fd(&box->view.sysctls);
}

int child_enter_files(struct sandbox *box, struct error *err)
{
	if (!box->plan->own_mounts)
		return 0;
	if ((weakened(WALL_MOUNTS) ? weaken_leave_view(box->view.root, err)
				   : view_enter(&box->view, err)) < 0)
		return -1;
	child_take_procfs(box);
	return 0;
}

int child_set_names(struct sandbox *box, struct error *err)
{
	const struct plan *plan = box->plan;

	if (!plan->hostname)
		return 0;
	return hostname_set(plan->hostname, err) < 0 ? -1
						     : domainname_set(plan->domainname, err);
}

int child_set_clocks(struct sandbox *box, struct error *err)
{
	const struct plan *plan = box->plan;

	if (!plan->own_clocks)
		return 0;
	if ((box->joined && process_show(err) < 0) ||
	    clocks_move(box->procfs, plan->monotonic, plan->boottime, err) < 0)
		return -1;
	return box->joined ? process_hide(err) : 0;
}

int child_tune_kernel(struct sandbox *box, struct error *err)
{
	list_each(const struct tuning, tuning, &box->plan->tunings)
		if (sysctl_write(box->sysctls, tuning->key, tuning->value, err) < 0)
			return within(err, "%s=%s (%s)", tuning->key, tuning->value,
				      tuning->origin);
	return 0;
}

/* Init leads the session and owns its terminal; the supervisor gets the other end
 * while the caller's terminal still has the modes that the private one takes. */
int child_start_session(struct sandbox *box, struct error *err)
{
	if (!weakened(WALL_TERMINAL) && process_new_session(err) < 0)
		return -1;
	if (!box->plan->own_terminal)
		return 0;
	box->slave = take_fd(&box->view.slave);
	tty_copy_modes(box->tty, box->slave);
	if (!box->eager) {
		tty_make_sane(box->slave);
		tty_set_newlines(box->slave, false);
	}
	if (tty_control(box->slave, err) < 0)
		return -1;
	if (sync_send(box->init_end, SYNC_TERMINAL, 0, false, box->view.master, err) < 0)
		return -1;
	fd_close(&box->view.master);
	return 0;
}

/* user_namespaces(7): the limit is that of the namespace which writes it, and counts
 * what is below. The command's own is the one that may still be made, for as long
 * as it lives; from inside of it the limit cannot be raised. */
int child_allow_one_user_namespace(struct sandbox *box, struct error *err)
{
	if (!box->plan->own_user || box->plan->nested_origin || weakened(WALL_USERNS))
		return 0;
	return sysctl_write(box->sysctls, "user.max_user_namespaces", "1", err);
}

int child_start_command(struct sandbox *box, struct error *err)
{
	bool enters = box->plan->own_user && !box->plan->nested_origin && !weakened(WALL_INNER);
	uint64_t user = enters ? CLONE_NEWUSER : 0;

	view_close(&box->view);
	confine_name();
	bool mapped = user && box->plan->maps.several;
	if (box->plan->as_pid_1) {
		if ((mapped && maps_start_helper(box, err) < 0) ||
		    (user && process_enter_user_namespace(err) < 0))
			return -1;
		payload_become(box);
	}
	box->command = mapped ? maps_start(box, err)
			      : process_start(user, payload_become, box, err);
	if (box->command < 0)
		return -1;
	if (box->failed)
		_exit(125);	/* it has said why itself */
	if (!process_executed(box->command))
		return fail(err, 0, "it was killed before it could execute %s",
			    box->plan->command[0]);
	box->report->running = true;
	return 0;
}

int child_confine_init(struct sandbox *box, struct error *err)
{
	init_release_files(box);
	process_trim();
	return confine_init(box->plan, err);
}

WITH_INIT_CALLS int child_be_init(struct sandbox *box, struct error *err)
{
	(void)err;
	init_run(box);
}
