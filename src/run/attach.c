/* A network namespace that somebody else made, as with unshare -Urn.
 *
 *	supervisor                      attacher
 *	----------                      --------
 *	starts engine and publisher,
 *	as for a sandbox
 *	starts the attacher -------->   hides, enters the user namespace that owns the
 *	                                network, and it; makes the tap and hands it to
 *	                                the engine, as init does
 *	                                waits until all is served
 *	hears its end       <--------   ends: nobody of ours stays in there but who
 *	                                serves ports
 *	says that it is ready
 *	serves until the process ends
 *
 * The attacher is hidden before it enters: others may be root there. A tap keeps its
 * network namespace alive, so that it is the process which is watched; with the engine
 * the tap goes, also when the supervisor is killed. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/run/attach.h>
#include <immure/sys/kernel.h>
#include <immure/sys/namespace.h>
#include <immure/sys/process.h>
#include <immure/sys/socket.h>
#include <immure/sys/tap.h>

#include "run.h"

/* --- the attacher ------------------------------------------------------------------------ */

int attach_enter(struct sandbox *box, struct error *err)
{
	if (process_die_with_parent(err) < 0)
		return -1;
	box->procfs = procfs_open("/proc", err);
	if (box->procfs < 0)
		return -1;
	box->sysctls = sysctl_open(box->procfs, err);
	if (box->sysctls < 0 || process_hide(err) < 0)
		return -1;
	list_each(const struct join, join, &box->plan->joins) {
		if (namespace_enter(join->fd, join->namespace, err) < 0)
			return within(err, "%s", join->text);
		/* New rights make a process dumpable again where fs.suid_dumpable says so. */
		if (process_hide(err) < 0)
			return -1;
	}
	return 0;
}

int attach_bring_up_loopback(struct sandbox *box, struct error *err)
{
	(void)box;
	return loopback_up(err);
}

/* The other side of the fork: does not return. */
static void be_attacher(struct sandbox *box) __attribute__((noreturn));
static void be_attacher(struct sandbox *box)
{
	struct error error, ignored;

	fd_close(&box->supervisor_end);
	fd_close(&box->control);
	if (steps_run(attach_steps, box, &error) == 0)
		_exit(0);
	(void)sync_send_error(box->init_end, &error, &ignored);
	_exit(125);
}

/* --- the supervisor ------------------------------------------------------------------------ */

static int start(struct sandbox *box, int *ret_attacher, struct error *err)
{
	box->report = process_share_memory(sizeof(*box->report), err);
	if (!box->report || socket_pair(&box->supervisor_end, &box->init_end, err) < 0)
		return -1;
	box->signals = signals_take(&box->ignored, err);
	if (box->signals < 0 || parent_publish_ports(box, err) < 0 ||
	    parent_open_records(box, err) < 0 || parent_prepare_network(box, err) < 0 ||
	    parent_start_engine(box, err) < 0)
		return -1;
	pid_t pid = process_fork(0, ret_attacher, err);
	if (pid < 0)
		return -1;
	if (pid == 0)
		be_attacher(box);
	fd_close(&box->init_end);
	fd_close(&box->door);
	fd_close(&box->tun);
	/* What is held open here would stay when its last process ends. */
	list_each(struct join, join, &box->plan->joins)
		(void)close(join->fd);
	return 0;
}

/* It ends with 0 when all is served; before, it says why not. */
static int await_attacher(struct sandbox *box, int attacher, struct error *err)
{
	struct sync_message message;
	AUTO_FD int fd = NO_FD;
	int status, got;

	while ((got = sync_receive(box->supervisor_end, &message, &fd, err)) > 0 &&
	       message.kind == SYNC_CONNECTIONS) {
		fd_close(&box->connections);
		box->connections = take_fd(&fd);
	}
	if (process_await(attacher, &status, err) < 0 || got < 0)
		return -1;
	if (got > 0 && message.kind == SYNC_FAILED) {
		*err = message.error;
		return -1;
	}
	if (got > 0 || status != 0)
		return fail(err, 0, "who was to make the network ended with status %d",
			    status_of(status));
	return 0;
}

static int tell_ready(int *ready, struct error *err)
{
	if (*ready == NO_FD)
		return 0;
	if (fd_write_all(*ready, "1", 1) < 0)
		return fail(err, errno, "write to the descriptor of --ready-fd");
	fd_close(ready);
	return 0;
}

/* A signal that asks for the end; 0: there is none. */
static int asked_to_end(struct sandbox *box)
{
	struct signal_news news;

	while (signal_read(box->signals, &news))
		if ((news.number == SIGINT || news.number == SIGTERM || news.number == SIGHUP ||
		     news.number == SIGQUIT) && sigismember(&box->ignored, news.number) != 1)
			return news.number;
	return 0;
}

enum { SIGNALS, PROCESS, EXIT, ENGINE, NAMES, PUBLISHER, RECORDS, POLLED = RECORDS + RECORD_CHANNELS };

/* Until the end; how it came: 128 and a signal, or 0. -1: somebody who serves has ended. */
static int serve(struct sandbox *box, int exit_fd, struct error *err)
{
	for (;;) {
		struct pollfd polled[POLLED] = {
			[SIGNALS] = { .fd = box->signals, .events = POLLIN },
			[PROCESS] = { .fd = box->init, .events = POLLIN },
			[EXIT] = { .fd = exit_fd, .events = POLLIN },
			[ENGINE] = { .fd = box->engine, .events = POLLIN },
			[NAMES] = { .fd = box->names, .events = POLLIN },
			[PUBLISHER] = { .fd = box->publisher, .events = POLLIN },
		};
		for (int i = 0; i < RECORD_CHANNELS; i++)
			polled[RECORDS + i] = (struct pollfd){ .fd = box->recordings[i].from, .events = POLLIN };
		if (poll(polled, POLLED, -1) < 0 && errno != EINTR)
			return fail(err, errno, "wait for news");
		for (int i = 0; i < RECORD_CHANNELS; i++)
			if (polled[RECORDS + i].revents)
				record_take(box, i);
		int number = polled[SIGNALS].revents ? asked_to_end(box) : 0;
		if (number)
			return 128 + number;
		if (polled[PROCESS].revents || polled[EXIT].revents)
			return 0;
		if (polled[NAMES].revents)
			network_look_at_names(box);
		if (polled[ENGINE].revents) {
			network_lost(box);
			return fail(err, 0, "the network's engine ended with status %d%s",
				    status_of(box->engine_status),
				    network_connections_text(box));
		}
		if (polled[PUBLISHER].revents) {
			publish_lost(box);
			return fail(err, 0, "who served its published ports ended with status %d",
				    status_of(box->publisher_status));
		}
	}
}

/* We cannot change what somebody else's programs see: he can. */
static void say_names(const struct sandbox *box)
{
	const struct network_plan *network = &box->plan->network;
	char text[ADDRESS_TEXT];

	if (network->online && box->say)
		box->say("attached", arena_format(box->plan->arena, "%s is served; its names are asked"
			" by this line of /etc/resolv.conf: nameserver %s", network->interface,
			address_text(network->v4.on ? &network->v4.resolver
						    : &network->v6.resolver, text)));
}

int attach_run(const struct plan *plan, int ready_fd, int exit_fd,
	       void (*say)(const char *kind, const char *text), struct outcome *ret_outcome,
	       struct error *err)
{
	static struct sandbox box;	/* as in sandbox_run() */
	AUTO_FD int attacher = NO_FD;
	int result = -1;

	sandbox_init(&box, plan);
	box.say = say;
	box.init = plan->attached;
	if (start(&box, &attacher, err) == 0 && await_attacher(&box, attacher, err) == 0) {
		fd_close(&attacher);
		box.report->running = true;
		say_names(&box);
		result = tell_ready(&ready_fd, err) < 0 ? -1 : serve(&box, exit_fd, err);
	}
	if (attacher != NO_FD)
		process_signal(attacher, SIGKILL);
	box.init = NO_FD;		/* nobody of ours: it is not ended with us */
	parent_close(&box);
	if (result < 0)
		return -1;
	ret_outcome->status = result;
	network_report(&box, ret_outcome);
	record_report(&box, ret_outcome);
	return 0;
}
