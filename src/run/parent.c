/* The supervisor: what happens on the host side. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/file.h>
#include <immure/sys/host.h>
#include <immure/sys/process.h>
#include <immure/sys/socket.h>

#include "run.h"

/* Between SIGTERM at the end of --timeout and the end of everything; and for somebody
 * to take the last output of a command whose end was asked for. */
enum { GRACE_MILLISECONDS = 2000 };

/* How often to look whether process 1 has come to the foreground. */
enum { LOOK_MILLISECONDS = 200 };

int parent_take_signals(struct sandbox *box, struct error *err)
{
	box->signals = signals_take(&box->ignored, err);
	return box->signals < 0 ? -1 : 0;
}

/* The pipe of an earlier descriptor that appends to the same file: what is written
 * to one and the other must arrive in that order. */
static int shared_append_end(const struct sandbox *box, int fd)
{
	struct file_id one, other;

	if (file_look_fd(fd, &one) < 0)
		return NO_FD;
	for (int earlier = 0; earlier < fd; earlier++)
		if (box->append_ends[earlier] != NO_FD &&
		    file_look_fd(earlier, &other) == 0 && file_same(&one, &other))
			return fcntl(box->append_ends[earlier], F_DUPFD_CLOEXEC, 3);
	return NO_FD;
}

/* A file that was opened for append: the command could truncate it, so it gets a
 * pipe, and what comes out of it is appended here. */
int parent_prepare_files(struct sandbox *box, struct error *err)
{
	int ends[2];

	terminal_look(box);
	for (int fd = 0; fd <= 2; fd++) {
		if (box->plan->stdio[fd] != STDIO_APPEND)
			continue;
		box->append_ends[fd] = shared_append_end(box, fd);
		if (box->append_ends[fd] != NO_FD)
			continue;
		if (pipe2(ends, O_CLOEXEC) < 0)
			return fail(err, errno, "make a pipe");
		box->appends[fd].from = ends[0];
		box->appends[fd].to = fd;
		box->appends[fd].owns_from = true;
		box->append_ends[fd] = ends[1];
	}
	return 0;
}

static void close_append_ends(struct sandbox *box)
{
	for (int fd = 0; fd <= 2; fd++)
		fd_close(&box->append_ends[fd]);
}

/* The other side of the fork: does not return. */
static void be_child(struct sandbox *box)
{
	struct error error, ignored;

	fd_close(&box->supervisor_end);
	fd_close(&box->control);
	network_leave_to_engine(box);
	record_forget(box);
	for (int fd = 0; fd <= 2; fd++)
		fd_close(&box->appends[fd].from);	/* else a writer never hears of its end */
	(void)steps_run(child_steps, box, &error);
	(void)sync_send_error(box->init_end, &error, &ignored);
	_exit(125);
}

/* The command has them now: whoever reads its output must see the end when it closes
 * it, and whoever writes what it reads must hear of it too. Standard error stays, for
 * what there is to say ourselves. */
static void release_files(const struct sandbox *box)
{
	AUTO_FD int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= 1 && null >= 0; fd++)
		if (box->plan->stdio[fd] != STDIO_TERMINAL &&
		    box->plan->stdio[fd] != STDIO_APPEND)
			(void)dup2(null, fd);
}

int parent_create_namespaces(struct sandbox *box, struct error *err)
{

	box->report = process_share_memory(sizeof(*box->report), err);
	if (!box->report || maps_prepare(box, err) < 0 ||
	    socket_pair(&box->supervisor_end, &box->init_end, err) < 0)
		return -1;
	/* Init makes its network namespace itself, with something else to do meanwhile, that
	 * of clocks when it can set them, and that of control groups when it is in its own. */
	uint64_t later = CLONE_NEWNET | CLONE_NEWTIME | (box->plan->group.way == GROUP_NONE ? 0 : CLONE_NEWCGROUP);
	uint64_t now = box->plan->namespaces & ~later;
	pid_t pid = box->plan->joins.count > 0 ? join_fork(box, now, err)
					       : process_fork(now, &box->init, err);
	if (pid < 0)
		return -1;
	if (pid == 0)
		be_child(box);
	box->init_pid = pid;
	fd_close(&box->mapped_end);
	/* That nobody holds the other end any more is how a command that is process 1 is
	 * seen to be executed; in any other case it would only be one more awakening. */
	if (box->plan->as_pid_1)
		fd_close(&box->init_end);
	fd_close(&box->door);
	fd_close(&box->init_bus_door);
	close_append_ends(box);
	release_files(box);
	return 0;
}

/* --- the loop ------------------------------------------------------------------ */

static void kill_all(struct sandbox *box)
{
	process_signal(box->init, SIGKILL);	/* the kernel ends its namespace with it */
}

static bool is_running(const struct sandbox *box)
{
	return box->report->running || box->executed;
}

static void tell_command(struct sandbox *box, int number, bool group)
{
	struct error ignored;

	/* A command that is process 1 has nobody in between. */
	if (box->plan->as_pid_1)
		process_signal(box->init, number);
	else
		(void)sync_send(box->supervisor_end, SYNC_SIGNAL, number, group, NO_FD, &ignored);
}

static bool asks_to_end(int number)
{
	return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

static void handle_signal(struct sandbox *box, const struct signal_news *news)
{
	switch (news->number) {
	case SIGCHLD:
		return;			/* about ourselves */
	case SIGPIPE: case SIGXFSZ:
		if (news->from_self)
			return;
		break;
	case SIGWINCH:
		terminal_resize(box);
		if (news->from_terminal)
			return;
		break;
	case SIGCONT:
		terminal_continued(box);
		break;
	case SIGHUP:
		/* Process 1 leads the session, and hears of it by itself. */
		if (news->from_terminal && terminal_hang_up(box) && box->plan->as_pid_1)
			return;
		break;
	case SIGTTIN: case SIGTTOU:
		if (news->from_terminal)
			return;
		break;
	default:
		break;
	}
	/* What nohup(1), or a shell for its background, made us ignore stays ignored. */
	if (sigismember(&box->ignored, news->number) == 1)
		return;
	if (news->from_terminal || news->number == SIGTSTP)
		(void)sigaddset(&box->heard, news->number);
	if (!is_running(box) && asks_to_end(news->number)) {
		box->died_of = news->number;
		kill_all(box);
		return;
	}
	if (asks_to_end(news->number)) {
		box->hurried = box->init == NO_FD;
		box->asked = true;
	}
	/* A key of the terminal is for all of the foreground, kill(1) for one. */
	tell_command(box, news->number, news->from_terminal);
}

static void start_grace(struct sandbox *box)
{
	struct error ignored;

	fd_close(&box->timer);
	box->timer = timer_new(GRACE_MILLISECONDS, &ignored);
	if (box->timer < 0) {
		kill_all(box);
		box->hurried = true;
	}
}

static void handle_timer(struct sandbox *box)
{
	if (box->init == NO_FD) {
		fd_close(&box->timer);
		box->hurried = true;
		return;
	}
	if (box->timed_out || !is_running(box)) {
		kill_all(box);
	} else {
		tell_command(box, SIGTERM, true);
		tell_command(box, SIGCONT, true);
	}
	box->timed_out = true;
	start_grace(box);
}

/* Limits of namespaces are those of the user namespace that asks: in its new one init
 * cannot see which of ours, or of those above, is used up. */
static void explain_limits(const struct sandbox *box, struct error *err)
{
	if (!err->hint[0] || (err->code != ENOSPC && err->code != EUSERS))
		return;
	err->hint[0] = '\0';
	(void)hint_limits(err, box->plan->namespaces |
			       (box->plan->own_network ? CLONE_NEWNET : 0),
			  box->plan->nested_origin ? 2 : 1);
}

/* One message; -1 when it says that the command could not be run. */
static int handle_message(struct sandbox *box, struct error *err)
{
	struct sync_message message;
	AUTO_FD int fd = NO_FD;

	int got = sync_receive(box->supervisor_end, &message, &fd, err);
	if (got < 0)
		return -1;
	if (got == 0) {
		box->executed = box->report->running && !box->plan->nested_origin;
		fd_close(&box->supervisor_end);
		return 0;
	}
	switch (message.kind) {
	case SYNC_TERMINAL:
		terminal_adopt(box, take_fd(&fd));
		return 0;
	case SYNC_FAILED:
		*err = message.error;
		box->told = true;
		explain_limits(box, err);
		return -1;
	case SYNC_STOPPED:
		terminal_stopped(box, message.value);
		return 0;
	case SYNC_CONNECTIONS:
		fd_close(&box->connections);
		box->connections = take_fd(&fd);
		return 0;
	case SYNC_TAP: case SYNC_ONLINE: case SYNC_ENTER: case SYNC_CONFINED: case SYNC_UNMAPPED:
	case SYNC_MAPPED: case SYNC_SIGNAL: case SYNC_RESUME:
		break;
	}
	return fail(err, 0, "a message that init does not send");
}

static int reap_init(struct sandbox *box, struct error *err)
{
	if (process_await(box->init, &box->wait_status, err) < 0)
		return -1;
	fd_close(&box->init);
	/* Who shares the pid namespace may leave somebody who holds an end of a relay. */
	if (box->asked || box->timed_out || !(box->plan->namespaces & CLONE_NEWPID))
		start_grace(box);
	else
		fd_close(&box->timer);
	return 0;
}

enum { SIGNALS, MESSAGES, INIT, TIMER, ENGINE, NAMES, PUBLISHER, BUS, TOOLS, RECORDS = TOOLS + 2,
       RELAYS = RECORDS + RECORD_CHANNELS };
enum { RELAY_COUNT = 5, POLLED = RELAYS + 2 * RELAY_COUNT };

static void relays_of(struct sandbox *box, struct relay *ret_relays[RELAY_COUNT])
{
	ret_relays[0] = &box->from_command;
	ret_relays[1] = &box->to_command;
	for (int fd = 0; fd <= 2; fd++)
		ret_relays[2 + fd] = &box->appends[fd];
}

/* What the command wrote last must still arrive, unless its time is over or we are
 * asked to end; what is typed need not. */
static bool is_over(struct sandbox *box)
{
	if (box->init != NO_FD)
		return false;
	return box->hurried ||
	       (relay_is_done(&box->from_command) && relay_is_done(&box->appends[0]) &&
		relay_is_done(&box->appends[1]) && relay_is_done(&box->appends[2]));
}

static int turn(struct sandbox *box, struct error *err)
{
	struct relay *relays[RELAY_COUNT];
	struct pollfd polled[POLLED] = {
		[SIGNALS] = { .fd = box->signals, .events = POLLIN },
		[MESSAGES] = { .fd = box->supervisor_end, .events = POLLIN },
		[INIT] = { .fd = box->init, .events = POLLIN },
		[TIMER] = { .fd = box->timer, .events = POLLIN },
		[TOOLS] = { .fd = box->tools[0].pidfd, .events = POLLIN },
		[TOOLS + 1] = { .fd = box->tools[1].pidfd, .events = POLLIN },
		[ENGINE] = { .fd = box->engine, .events = POLLIN },
		[NAMES] = { .fd = box->names, .events = POLLIN },
		[PUBLISHER] = { .fd = box->publisher, .events = POLLIN },
		[BUS] = { .fd = box->bus, .events = POLLIN },
	};
	struct signal_news news;

	for (int i = 0; i < RECORD_CHANNELS; i++)
		polled[RECORDS + i] = (struct pollfd){ .fd = box->recordings[i].from, .events = POLLIN };
	if (terminal_waits(box))
		terminal_continued(box);
	relays_of(box, relays);
	for (int i = 0; i < RELAY_COUNT; i++)
		relay_wants(relays[i], &polled[RELAYS + 2 * i], &polled[RELAYS + 2 * i + 1]);
	if (poll(polled, POLLED, terminal_waits(box) ? LOOK_MILLISECONDS : -1) < 0) {
		/* EINVAL is more descriptors than may be open: poll(2). */
		int code = errno == EINVAL ? EMFILE : errno;
		return code == EINTR ? 0 : fail(err, code, "wait for news");
	}
	for (int i = 0; i < RELAY_COUNT; i++)
		relay_move(relays[i], polled[RELAYS + 2 * i].revents,
			   polled[RELAYS + 2 * i + 1].revents);
	terminal_relayed(box);
	if (polled[SIGNALS].revents)
		while (signal_read(box->signals, &news))
			handle_signal(box, &news);
	if (polled[TIMER].revents)
		handle_timer(box);
	for (int which = 0; which < 2; which++)
		if (polled[TOOLS + which].revents && maps_tool_ended(box, which, err) < 0)
			return -1;
	if (polled[NAMES].revents)
		network_look_at_names(box);
	for (int i = 0; i < RECORD_CHANNELS; i++)
		if (polled[RECORDS + i].revents)
			record_take(box, i);
	if (polled[ENGINE].revents)
		network_lost(box);
	if (polled[PUBLISHER].revents)
		publish_lost(box);
	if (polled[BUS].revents)
		bus_lost(box);
	/* Messages before the end of init: one may say why. */
	if (polled[MESSAGES].revents)
		return handle_message(box, err);
	return polled[INIT].revents ? reap_init(box, err) : 0;
}

/* Counted from the first that asks. */
static int start_timer(struct sandbox *box, struct error *err)
{
	if (!box->plan->timeout || box->timer != NO_FD)
		return 0;
	box->timer = timer_new(box->plan->timeout, err);
	return box->timer < 0 ? -1 : 0;
}

int parent_map_ids(struct sandbox *box, struct error *err)
{
	if (!box->plan->maps.several)
		return 0;
	if (start_timer(box, err) < 0 || maps_begin(box, err) < 0)
		return -1;
	while (maps_pending(box) && box->init != NO_FD)
		if (turn(box, err) < 0)
			return -1;
	maps_close(box);
	return 0;
}

int parent_supervise(struct sandbox *box, struct error *err)
{
	process_trim();
	int result = start_timer(box, err);

	while (result == 0 && !is_over(box))
		result = turn(box, err);
	return result;
}

void parent_close(struct sandbox *box)
{
	struct error ignored;
	int status;

	terminal_give_back(box);
	maps_close(box);
	if (box->init != NO_FD) {
		kill_all(box);
		(void)process_await(box->init, &status, &ignored);
	}
	network_close(box);
	publish_close(box);
	bus_close(box);
	group_close(box);
	close_append_ends(box);
	for (int fd = 0; fd <= 2; fd++)
		fd_close(&box->appends[fd].from);
	fd_close(&box->init);
	fd_close(&box->init_end);
	fd_close(&box->supervisor_end);
	fd_close(&box->screen);
	fd_close(&box->master);
	fd_close(&box->timer);
	fd_close(&box->signals);
}
