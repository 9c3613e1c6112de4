/* Messages between our processes: what was sent arrives, also when who sent it is gone. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/socket.h>

#include "unit.h"

enum { HERE, THERE };

static const struct {
	const char *what;
	int to_there;		/* messages that nobody reads */
	int to_here;		/* messages from there, before it is closed */
} rows[] = {
	{ "nothing, and it is closed", 0, 0 },
	{ "a message", 0, 1 },
	{ "two", 0, 2 },
	{ "something unread", 1, 0 },
	{ "something unread, and a message", 1, 1 },
	{ "much unread, and two messages", 3, 2 },
};

static void test_last_words(void)
{
	EACH_ROW(row, rows) {
		struct error error = { 0 };
		int ends[2], fd = NO_FD;
		char said[4];

		CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0, "%s", row->what);
		for (int i = 0; i < row->to_there; i++)
			CHECK(socket_send(ends[HERE], "take", 4, NO_FD, &error) == 0, "%s", row->what);
		for (int i = 0; i < row->to_here; i++)
			CHECK(socket_send(ends[THERE], "last", 4, NO_FD, &error) == 0, "%s", row->what);
		(void)close(ends[THERE]);
		for (int i = 0; i < row->to_here; i++)
			CHECK(socket_receive(ends[HERE], said, 4, &fd, &error) == 1 &&
			      memcmp(said, "last", 4) == 0, "%s: number %d: %s", row->what, i, error.what);
		CHECK(socket_receive(ends[HERE], said, 4, &fd, &error) == 0, "%s: its end", row->what);
		CHECK(socket_receive(ends[HERE], said, 4, &fd, &error) == 0, "%s: its end again",
		      row->what);
		(void)close(ends[HERE]);
	}
}

int main(void)
{
	RUN(test_last_words);
	return unit_end();
}
