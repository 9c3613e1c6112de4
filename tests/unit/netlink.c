/* What the kernel tells of a network, its addresses and its connections: all, or nothing. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/sys/connections.h>
#include <immure/sys/tap.h>

#include "unit.h"

enum { HERE, KERNEL };

/* What this kernel answers to a question: so many addresses, then an end that says a code. */
struct answer {
	int addresses;
	uint16_t flags, end;		/* of the messages; NLMSG_DONE or NLMSG_ERROR */
	int code;			/* what the end says */
};

/* The first answer is to the first question; the last one to all that follow. */
static const struct {
	const char *what;
	struct answer answers[2];
	int want, problem;		/* how many; or -1 and an errno */
} rows[] = {
	{ "none", { { 0, 0, NLMSG_DONE, 0 } }, 0, 0 },
	{ "three", { { 3, 0, NLMSG_DONE, 0 } }, 3, 0 },
	{ "as many as there is room", { { 4, 0, NLMSG_DONE, 0 } }, 4, 0 },
	{ "one more", { { 5, 0, NLMSG_DONE, 0 } }, -1, E2BIG },
	{ "not taken", { { 0, 0, NLMSG_ERROR, -EPERM } }, -1, EPERM },
	{ "no answer but that it was heard", { { 0, 0, NLMSG_ERROR, 0 } }, -1, EIO },
	{ "broken off", { { 2, 0, NLMSG_DONE, -ENOMEM } }, -1, ENOMEM },
	{ "broken off at the start", { { 0, 0, NLMSG_DONE, -EMSGSIZE } }, -1, EMSGSIZE },
	{ "changed meanwhile, and then not", { { 1, NLM_F_DUMP_INTR, NLMSG_DONE, 0 },
	  { 2, 0, NLMSG_DONE, 0 } }, 2, 0 },
	{ "changed all the time", { { 1, NLM_F_DUMP_INTR, NLMSG_DONE, 0 },
	  { 1, NLM_F_DUMP_INTR, NLMSG_DONE, 0 } }, -1, EAGAIN },
};

static size_t put(char *at, const struct answer *answer, uint16_t type, uint32_t asked,
		  const void *bytes, size_t size)
{
	struct nlmsghdr header = {
		.nlmsg_len = (uint32_t)NLMSG_LENGTH(size), .nlmsg_type = type,
		.nlmsg_flags = (uint16_t)(NLM_F_MULTI | answer->flags), .nlmsg_seq = asked,
	};

	memcpy(at, &header, sizeof(header));
	memcpy(at + NLMSG_HDRLEN, bytes, size);
	return NLMSG_SPACE(size);
}

static void answer_question(int end, const struct answer *answer, uint32_t asked)
{
	const struct {
		struct ifaddrmsg part;
		struct rtattr attribute;
		uint8_t bytes[4];
	} address = {
		.part = { .ifa_family = AF_INET, .ifa_prefixlen = 24 },
		.attribute = { RTA_LENGTH(4), IFA_LOCAL }, .bytes = { 203, 0, 113, 7 },
	};
	char text[1024] = { 0 };
	size_t size = 0;

	for (int i = 0; i < answer->addresses; i++)
		size += put(text + size, answer, RTM_NEWADDR, asked, &address, sizeof(address));
	size += put(text + size, answer, answer->end, asked, &answer->code, sizeof(answer->code));
	(void)send(end, text, size, 0);
}

/* Another process, which ends with this one. */
static pid_t start_kernel(int end, const struct answer answers[2])
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int number = 0; ; number++) {
		struct nlmsghdr question;

		if (recv(end, &question, sizeof(question), 0) != (ssize_t)sizeof(question))
			_exit(0);
		/* A row of one answer has an end of no type behind it. */
		const struct answer *answer = &answers[number > 0 && answers[1].end != 0];
		answer_question(end, answer, question.nlmsg_seq);
	}
}

static void test_addresses(void)
{
	EACH_ROW(row, rows) {
		struct address addresses[4];
		int ends[2];

		CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0, "%s", row->what);
		pid_t kernel = start_kernel(ends[KERNEL], row->answers);
		errno = 0;
		int count = addresses_list(ends[HERE], addresses, 4);
		int code = errno;

		CHECK(count == row->want, "%s: %d addresses", row->what, count);
		CHECK(count >= 0 || code == row->problem, "%s: %s", row->what, strerror(code));
		(void)close(ends[HERE]);
		(void)close(ends[KERNEL]);
		(void)kill(kernel, SIGKILL);
		(void)waitpid(kernel, NULL, 0);
	}
}

/* There are none; how it is said that these are all. */
static const struct {
	const char *what;
	struct answer answers[2];
	int want, problem;
} ends[] = {
	{ "all", { { 0, 0, NLMSG_DONE, 0 } }, 0, 0 },
	{ "not taken", { { 0, 0, NLMSG_ERROR, -ENOENT } }, -1, ENOENT },
	{ "broken off", { { 0, 0, NLMSG_DONE, -ENOMEM } }, -1, ENOMEM },
	{ "broken off the second time", { { 0, 0, NLMSG_DONE, 0 }, { 0, 0, NLMSG_DONE, -ENOBUFS } }, -1,
	  ENOBUFS },
};

static void test_connections(void)
{
	const struct address own = address_of_v4(0xcb007107);

	EACH_ROW(row, ends) {
		struct error error = { .code = 0 };
		int both[2];

		CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, both) == 0, "%s", row->what);
		pid_t kernel = start_kernel(both[KERNEL], row->answers);
		int ended = connections_end(both[HERE], &own, 1, &error);

		CHECK(ended == row->want && error.code == row->problem, "%s: %d, %s", row->what, ended,
		      strerror(error.code));
		(void)close(both[HERE]);
		(void)close(both[KERNEL]);
		(void)kill(kernel, SIGKILL);
		(void)waitpid(kernel, NULL, 0);
	}
}

int main(void)
{
	RUN(test_addresses);
	RUN(test_connections);
	return unit_end();
}
