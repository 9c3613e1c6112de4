/* Bytes from one descriptor to another. The supervisor polls every relay's two ends
 * in its one loop; a relay holds at most its buffer, so that a command that writes
 * without end waits for a reader that does not read. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <immure/base/fd.h>

#include "run.h"

void relay_connect(struct relay *relay, int from, int to)
{
	relay->from = from;
	relay->to = to;
	relay->owns_from = false;
	relay->start = relay->end = 0;
}

bool relay_is_done(const struct relay *relay)
{
	return relay->from == NO_FD && relay->start == relay->end;
}

void relay_wants(const struct relay *relay, struct pollfd *ret_from, struct pollfd *ret_to)
{
	bool empty = relay->start == relay->end;

	*ret_from = (struct pollfd){ .fd = empty ? relay->from : NO_FD, .events = POLLIN };
	*ret_to = (struct pollfd){ .fd = empty ? NO_FD : relay->to, .events = POLLOUT };
}

/* Whoever reads is gone, or its disk is full: a pipe is closed, so that its writer
 * learns of it. A terminal that is gone has its own sign, SIGHUP; what still comes
 * for it is thrown away, or its writer would wait forever. */
static void give_up_writing(struct relay *relay)
{
	relay->problem = errno;
	relay->start = relay->end = 0;
	relay->to = NO_FD;
	if (relay->owns_from)
		fd_close(&relay->from);
}

static void relay_read(struct relay *relay)
{
	ssize_t got = read(relay->from, relay->bytes, RELAY_BYTES);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {		/* end of file, or of a terminal: EIO */
		if (got < 0 && relay->owns_from)
			relay->problem = errno;		/* of a pipe it is no end */
		if (relay->owns_from)
			fd_close(&relay->from);
		relay->from = NO_FD;
		return;
	}
	relay->start = 0;
	relay->end = relay->to == NO_FD ? 0 : (size_t)got;
}

static void relay_write(struct relay *relay)
{
	/* A pipe that poll(2) calls writable takes so much without blocking us. The
	 * caller's descriptors stay blocking: that mode is shared with the caller. A
	 * file never blocks, and others may append to it between two writes. */
	size_t size = relay->end - relay->start;
	bool some = size > PIPE_BUF && !relay->owns_from;
	ssize_t wrote = write(relay->to, relay->bytes + relay->start, some ? PIPE_BUF : size);

	if (wrote < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (wrote < 0)
		give_up_writing(relay);
	else
		relay->start += (size_t)wrote;
}

void relay_move(struct relay *relay, short from_news, short to_news)
{
	if (relay->start == relay->end && from_news && relay->from != NO_FD)
		relay_read(relay);
	else if (relay->start < relay->end && to_news)
		relay_write(relay);
}

/* Pass on what is there already, as far as the other end takes it at once. */
void relay_flush(struct relay *relay)
{
	enum { MOST_ROUNDS = 256 };

	for (int round = 0; round < MOST_ROUNDS; round++) {
		struct pollfd polled[2];

		relay_wants(relay, &polled[0], &polled[1]);
		if (poll(polled, 2, 0) <= 0)
			return;
		relay_move(relay, polled[0].revents, polled[1].revents);
	}
}
