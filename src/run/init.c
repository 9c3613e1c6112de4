/* Process 1 of the sandbox: it reaps what nobody else does, passes signals on, and
 * ends with the command, at which the kernel ends everything else. Its children are
 * hostile; it takes nothing from them but wait(2) statuses, and signals only from
 * outside of the namespace. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/process.h>
#include <immure/sys/tty.h>

#include "run.h"

static void tell_command(const struct sandbox *box, int number, bool group)
{
	(void)kill(group ? -box->command : box->command, number);
}

/* Reap what there is; true when the command itself has ended. */
WITH_INIT_CALLS static bool reap(struct sandbox *box)
{
	struct error ignored;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) != 0) {
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			_exit(125);	/* the end of the command would never be seen */
		if (pid != box->command)
			continue;
		if (WIFSTOPPED(status)) {
			(void)sync_send(box->init_end, SYNC_STOPPED, WSTOPSIG(status), false,
					NO_FD, &ignored);
			continue;
		}
		box->report->wait_status = status;
		box->report->ended = true;
		return true;
	}
	return false;
}

WITH_INIT_CALLS static void obey(struct sandbox *box)
{
	struct sync_message message;
	struct error ignored;
	AUTO_FD int fd = NO_FD;

	if (sync_receive(box->init_end, &message, &fd, &ignored) <= 0)
		_exit(125);	/* the supervisor is gone, and its signal is on the way */
	if (message.kind == SYNC_SIGNAL)
		tell_command(box, message.value, message.group);
	if (message.kind == SYNC_RESUME) {
		if (box->slave != NO_FD)
			tty_foreground(box->slave, message.group ? box->command : getpid());
		tell_command(box, SIGCONT, true);
	}
}

void init_release_files(struct sandbox *box)
{
	AUTO_FD int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= 2; fd++) {
		if (null >= 0)
			(void)dup2(null, fd);
		else
			(void)close(fd);
		fd_close(&box->append_ends[fd]);
	}
	fd_close(&box->procfs);
	fd_close(&box->sysctls);
	fd_close(&box->ruleset);
}

/* A hang-up of the private terminal says nothing new: the supervisor has made it. Who is
 * not process 1 itself hears from that one what came from outside; it is in the command's
 * hands, which can signal itself as well. */
static bool is_for_command(const struct signal_news *news)
{
	return (news->from_outside || news->from_first) && news->number != SIGCHLD &&
	       !(news->number == SIGHUP && news->from_terminal);
}

WITH_INIT_CALLS void init_run(struct sandbox *box)
{
	struct pollfd polled[] = {
		{ .fd = box->signals, .events = POLLIN },
		{ .fd = box->init_end, .events = POLLIN },
	};
	struct signal_news news;

	while (!reap(box)) {
		if (ppoll(polled, 2, NULL, NULL) < 0)
			continue;
		if (polled[1].revents)
			obey(box);
		while (signal_read(box->signals, &news))
			if (is_for_command(&news))
				tell_command(box, news.number, false);
	}
	_exit(0);
}
