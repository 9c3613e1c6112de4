#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/connections.h>

#include "netlink.h"

/* As many as are ended at a time. */
enum { MOST_FOUND = 1024 };

/* SOCK_DESTROY: Linux 4.5, where CONFIG_INET_DIAG_DESTROY was chosen. */
static const unsigned char destroy = 21;

struct request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 what;
};

struct found {
	struct inet_diag_sockid ids[MOST_FOUND];
	size_t count;
};

int connections_socket(struct error *err)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	return fd < 0 ? fail(err, errno, "open a socket for connections") : fd;
}

static bool is_own(const struct inet_diag_msg *seen, const struct address *own, size_t count)
{
	struct address source = seen->idiag_family == AF_INET
		? address_from_v4((const uint8_t *)seen->id.idiag_src)
		: address_from_v6((const uint8_t *)seen->id.idiag_src);

	for (size_t i = 0; i < count; i++)
		if (address_is(&source, &own[i]))
			return true;
	return false;
}

/* Find those of that family and protocol, as many as there is room for. */
static int look(int diag, struct request *request, const struct address *own, size_t count,
		struct found *ret_found, struct error *err)
{
	static _Alignas(NLMSG_ALIGNTO) char answer[32768];

	ret_found->count = 0;
	request->header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	request->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	if (send(diag, request, sizeof(*request), 0) < 0)
		return fail(err, errno, "ask for connections");
	for (;;) {
		ssize_t size = recv(diag, answer, sizeof(answer), 0);

		if (size < 0 && errno == EINTR)
			continue;
		if (size <= 0)
			return fail(err, errno, "hear of connections");
		unsigned left = (unsigned)size;
		for (struct nlmsghdr *header = (void *)answer; NLMSG_OK(header, left);
		     header = NLMSG_NEXT(header, left)) {
			const struct inet_diag_msg *seen = NLMSG_DATA(header);

			if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) {
				int code = netlink_end_code(header);
				return code ? fail(err, code, "ask for connections") : 0;
			}
			if (ret_found->count < MOST_FOUND && is_own(seen, own, count))
				ret_found->ids[ret_found->count++] = seen->id;
		}
	}
}

/* End one: 1, 0 when it has ended meanwhile, -1. */
static int end_one(int diag, struct request *request, const struct inet_diag_sockid *id,
		   struct error *err)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[256];
	} answer;
	ssize_t size;

	request->header.nlmsg_type = destroy;
	request->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request->what.id = *id;
	if (send(diag, request, sizeof(*request), 0) < 0)
		return fail(err, errno, "end a connection");
	do
		size = recv(diag, &answer, sizeof(answer), 0);
	while (size < 0 && errno == EINTR);
	if (size < (ssize_t)NLMSG_LENGTH(sizeof(answer.error)) ||
	    answer.header.nlmsg_type != NLMSG_ERROR)
		return fail(err, size < 0 ? errno : EPROTO, "end a connection");
	if (answer.error.error == -ENOENT)
		return 0;
	return answer.error.error ? fail(err, -answer.error.error, "end a connection") : 1;
}

/* Those of one family and protocol. */
static int end_some(int diag, struct request *request, const struct address *own, size_t count,
		    struct error *err)
{
	static struct found found;
	int ended = 0, now;

	do {
		now = 0;
		memset(&request->what.id, 0, sizeof(request->what.id));
		if (look(diag, request, own, count, &found, err) < 0)
			return -1;
		for (size_t i = 0; i < found.count; i++) {
			int one = end_one(diag, request, &found.ids[i], err);

			if (one < 0)
				return -1;
			now += one;
		}
		ended += now;
	} while (now > 0 && found.count == MOST_FOUND);
	return ended;
}

int connections_end(int diag, const struct address *own, size_t count, struct error *err)
{
	static const struct { unsigned char protocol; unsigned states; } kinds[] = {
		{ IPPROTO_TCP, ~(1u << TCP_LISTEN | 1u << TCP_CLOSE | 1u << TCP_TIME_WAIT) },
		{ IPPROTO_UDP, 1u << TCP_ESTABLISHED },		/* it is connected */
	};
	static const unsigned char families[] = { AF_INET, AF_INET6 };
	int ended = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) * 2; i++) {
		struct request request = {
			.header.nlmsg_len = sizeof(request),
			.what = { .sdiag_family = families[i % 2],
				  .sdiag_protocol = kinds[i / 2].protocol,
				  .idiag_states = kinds[i / 2].states },
		};
		int some = end_some(diag, &request, own, count, err);

		if (some < 0)
			return -1;
		ended += some;
	}
	return ended;
}
