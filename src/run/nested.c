/* --nested: the command's namespaces stand inside of those that the view was made in.
 *
 *	process 1		assembles the view, in the first user namespace, and
 *				stays behind as the one that ends with the supervisor
 *	 └── the inner init	process 1 of the inner pid namespace: from here on the
 *		 │		init that the supervisor talks to
 *		 └── the command
 *
 * The inner user namespace owns a copy of the mounts and a network, names, queues and
 * a pid namespace of its own. What the kernel copies into a mount namespace of another
 * owner it locks together: nobody inside can take a mount of the view away, show what
 * one covers, or make writable what was read-only (mount_namespaces(7), "Restrictions
 * on mount namespaces"). That needs no rule of ours, and holds for every namespace
 * that is made further inside.
 *
 * A command that is root of all of that (--cap keep:all) may look into every process it
 * sees. Process 1 is then one that has nothing to look at (sys/first/first.c), behind the
 * command's walls and without a right, and the inner init is its child:
 *
 *	process 1		assembles the view, and stays behind
 *	 └── first		process 1 of the inner pid namespace; reaps, and ends with
 *		 │		its init
 *		 └── the inner init
 *			 └── the command
 *
 * So /proc/1/ns can be read and bound, as on a machine. Landlock lets nobody look into who
 * is not in his own domain or one below, so that all three are in the same, entered once.
 *
 * A procfs belongs to a pid namespace and a sysfs to a network namespace, so that both
 * are new here; and the kernel lets nobody inside mount another one unless there is
 * one to be seen already, writable and with nothing of it covered
 * (mount_too_revealing()). So they are not covered, which the plan says. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/confine/confine.h>
#include <immure/sys/kernel.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/socket.h>

#include "run.h"

/* --- the one that stays behind --------------------------------------------------- */

/* Has the inner init ended? Of a command that is process 1 itself nobody else tells
 * how. */
WITH_INIT_CALLS static bool reap_inner(struct sandbox *box, pid_t inner, int *ret_status)
{
	pid_t pid;

	do
		pid = waitpid(inner, ret_status, WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid < 0)
		_exit(125);	/* its end would never be seen */
	if (pid == 0)
		return false;
	if (box->plan->as_pid_1 && box->report->running) {
		box->report->wait_status = *ret_status;
		box->report->ended = true;
	}
	return true;
}

static int confine_outer(struct sandbox *box, int told, struct error *err)
{
	if (box->plan->maps.several && maps_answer(box, told, err) < 0)
		return -1;
	/* In the caller's session the keys of its terminal would come here too. */
	if (process_new_session(err) < 0 || confine_init(box->plan, err) < 0)
		return -1;
	return sync_send(told, SYNC_CONFINED, 0, false, NO_FD, err);
}

/* Its end is the end of everything inside, and it ends with the supervisor: nothing
 * else is asked of it but to pass on what somebody outside sends to process 1. */
static void stay_behind(struct sandbox *box, pid_t inner, int told) __attribute__((noreturn));
WITH_INIT_CALLS static void stay_behind(struct sandbox *box, pid_t inner, int told)
{
	struct pollfd signals = { .fd = box->signals, .events = POLLIN };
	struct signal_news news;
	struct error error, ignored;
	int status = 0;

	init_release_files(box);
	fd_close(&box->door);
	fd_close(&box->ports_door);
	fd_close(&box->tun);
	fd_close(&box->slave);
	view_close(&box->view);
	if (confine_outer(box, told, &error) < 0) {
		(void)within(&error, "enter the inner namespaces");
		(void)sync_send_error(box->init_end, &error, &ignored);
		_exit(125);
	}
	fd_close(&told);
	fd_close(&box->init_end);
	while (!reap_inner(box, inner, &status)) {
		if (ppoll(&signals, 1, NULL, NULL) < 0)
			continue;
		while (signal_read(box->signals, &news))
			if (news.from_outside && news.number != SIGCHLD)
				(void)kill(inner, news.number);
	}
	_exit(status_of(status));
}

/* --- process 1 that can be looked into ------------------------------------------- */

static int become_first(struct sandbox *box, pid_t init, struct error *err)
{
	const struct plan *plan = box->plan;
	const char *number = arena_format(plan->arena, "%d", (int)init);
	const char *const argv[] = { "immure-init", number, NULL };

	if (process_new_session(err) < 0 || confine_groups(plan, err) < 0 ||
	    confine_inheritance(plan, err) < 0 || confine_limits(plan, err) < 0 ||
	    confine_no_capabilities(plan, err) < 0 || child_die_with_supervisor(box, err) < 0 ||
	    confine_privileges(plan, err) < 0)
		return -1;
	init_release_files(box);
	if (confine_calls(plan, err) < 0)
		return -1;
	return process_execute_image(first_image, first_image_size, argv, err);
}

/* Its end of the pair is closed when it executes: from then on the memory that is still
 * the launcher's is init's alone. */
static int leave_first(struct sandbox *box, struct error *err)
{
	AUTO_FD int pidfd = NO_FD;
	struct sync_message message;
	struct error ignored;
	AUTO_FD int fd = NO_FD;

	AUTO_FD int first_end = NO_FD, init_end = NO_FD;

	if (socket_pair(&first_end, &init_end, err) < 0)
		return -1;
	if (confine_domain(box->plan, box->ruleset, err) < 0)
		return -1;
	fd_close(&box->ruleset);
	pid_t init = process_fork(0, &pidfd, err);
	if (init < 0)
		return -1;
	if (init > 0) {
		fd_close(&init_end);
		(void)become_first(box, init, err);
		(void)within(err, "become process 1");
		(void)within(err, "enter the inner namespaces");
		(void)sync_send_error(box->init_end, err, &ignored);
		_exit(125);
	}
	fd_close(&first_end);
	if (child_die_with_supervisor(box, err) < 0)
		return -1;
	return sync_receive(init_end, &message, &fd, err) == 0
		? 0 : fail(err, 0, "process 1 said something");
}

/* --- the one that goes in ---------------------------------------------------------- */

static int own_namespaces(struct sandbox *box, int outer, struct error *err)
{
	const struct plan *plan = box->plan;

	if (child_die_with_supervisor(box, err) < 0 ||
	    (plan->maps.several ? maps_ask(box, outer, err)
				: child_write_map(box, &plan->inner, true, err)) < 0)
		return -1;
	if (plan->own_network &&
	    (network_make_begin(&box->network, box->procfs, false, err) < 0 ||
	     network_make_end(&box->network, err) < 0))
		return -1;
	if (view_renew(plan, &box->view, err) < 0)
		return -1;
	child_take_procfs(box);
	return 0;
}

/* No command runs before who stays behind has given up what it has. */
static int await_outer(int told, struct error *err)
{
	struct sync_message message;
	AUTO_FD int fd = NO_FD;

	int got = sync_receive(told, &message, &fd, err);
	if (got < 0)
		return -1;
	return got > 0 && message.kind == SYNC_CONFINED
		? 0 : fail(err, 0, "the outer init has not confined itself");
}

int child_enter_inner(struct sandbox *box, struct error *err)
{
	AUTO_FD int pidfd = NO_FD;

	if (!box->plan->nested_origin)
		return 0;
	/* Both have a copy of what we were called with, and both erase it. */
	confine_name();
	AUTO_FD int outer_end = NO_FD, inner_end = NO_FD;

	if (socket_pair(&outer_end, &inner_end, err) < 0)
		return -1;
	/* The network and the clocks are made in the inner user namespace. */
	const uint64_t later = CLONE_NEWNET | CLONE_NEWTIME;
	pid_t inner = process_fork(box->plan->namespaces & ~later, &pidfd, err);
	if (inner < 0)
		return -1;
	if (inner > 0) {
		fd_close(&inner_end);
		stay_behind(box, inner, take_fd(&outer_end));
	}
	fd_close(&outer_end);
	if (own_namespaces(box, inner_end, err) < 0)
		return -1;
	if (await_outer(inner_end, err) < 0)
		return -1;
	return box->plan->first_open ? leave_first(box, err) : 0;
}
