/* Echo requests. The kernel lets a process send some without a right, if a group of its is
 * in net.ipv4.ping_group_range: by a socket that writes the request's number itself, and
 * gets the answers to it alone. So there is a socket for each number of the sandbox's and
 * each host that it asks, and what comes gets the sandbox's number back.
 *
 * libslirp could do it too, for IPv4 alone; and where the kernel refuses it sends a datagram
 * to port 7 instead, which nobody asked for. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <immure/base/fd.h>
#include <immure/net/policy.h>
#include <immure/net/pollset.h>
#include <immure/sys/socket.h>

#include "echo.h"
#include "frame.h"
#include "outbound.h"

/* So many at once; the one that was silent longest goes, and each that is for so long. */
enum { MOST_TALKS = 64, IDLE_MILLISECONDS = 30000 };

struct talk {
	bool used;
	int fd, index;
	struct address to;
	uint16_t number;		/* as the sandbox writes it */
	unsigned hops;
	int64_t last;
};

struct echo {
	const struct network_plan *plan;
	struct echo_peers peers;
	unsigned busy;
	struct talk talks[MOST_TALKS];
	uint8_t message[65535];
};

struct echo *echo_new(const struct network_plan *plan, const struct echo_peers *peers)
{
	static struct echo echo;

	echo.plan = plan;
	echo.peers = *peers;
	return &echo;
}

static void end_talk(struct echo *echo, struct talk *talk)
{
	if (!talk->used)
		return;
	fd_close(&talk->fd);
	talk->used = false;
	echo->busy--;
}

static int open_socket(const struct echo *echo, const struct address *to)
{
	bool v4 = address_is_v4(to);
	struct sockaddr_storage peer;

	AUTO_FD int fd = socket(v4 ? AF_INET : AF_INET6,
				SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
				v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	if (fd < 0 || outbound_bind(echo->plan, fd, to) < 0)
		return -1;
	int connected = socket_connect(fd, (struct sockaddr *)&peer, socket_address(to, 0, &peer));
	return connected < 0 ? -1 : take_fd(&fd);
}

static struct talk *talk_with(struct echo *echo, const struct address *to, uint16_t number,
			      int64_t now)
{
	struct talk *oldest = echo->talks;

	for (struct talk *talk = echo->talks; talk < echo->talks + MOST_TALKS; talk++) {
		if (talk->used && talk->number == number && address_is(&talk->to, to))
			return talk;
		if (!talk->used || (oldest->used && talk->last < oldest->last))
			oldest = talk;
	}
	int fd = open_socket(echo, to);
	if (fd < 0)
		return NULL;
	end_talk(echo, oldest);
	*oldest = (struct talk){ .used = true, .fd = fd, .index = -1, .to = *to,
				 .number = number, .last = now };
	echo->busy++;
	return oldest;
}

static int set_hops(struct talk *talk, unsigned hops)
{
	bool v4 = address_is_v4(&talk->to);
	int value = (int)hops;

	if (talk->hops == hops)
		return 0;
	talk->hops = hops;
	return setsockopt(talk->fd, v4 ? IPPROTO_IP : IPPROTO_IPV6,
			  v4 ? IP_TTL : IPV6_UNICAST_HOPS, &value, sizeof(value));
}

int echo_send(struct echo *echo, const struct address *to, unsigned hops,
	      const uint8_t *message, size_t size, int64_t now)
{
	if (size < ICMP_HEADER || policy_never(to)) {
		errno = EACCES;
		return -1;
	}
	struct talk *talk = talk_with(echo, to, get16(message + 4), now);
	if (!talk || set_hops(talk, hops) < 0)
		return -1;
	talk->last = now;
	/* What came of an earlier request is told first, by an error. */
	for (int attempt = 0; attempt < 2; attempt++)
		if (send(talk->fd, message, size, MSG_NOSIGNAL) == (ssize_t)size)
			return 0;
	return -1;
}

static void read_answers(struct echo *echo, struct talk *talk)
{
	const uint8_t answer = address_is_v4(&talk->to) ? ICMP_ECHO_REPLY : ICMPV6_ECHO_REPLY;

	for (int i = 0; i < 16; i++) {
		ssize_t got = recv(talk->fd, echo->message, sizeof(echo->message), 0);

		if (got < 0)
			return;
		if (got < ICMP_HEADER || echo->message[0] != answer)
			continue;
		put16(echo->message + 4, talk->number);
		echo->peers.answer(echo->peers.context, &talk->to, echo->message, (size_t)got);
	}
}

void echo_wants(struct echo *echo, struct pollset *set, int64_t now)
{
	if (echo->busy == 0)
		return;
	for (struct talk *talk = echo->talks; talk < echo->talks + MOST_TALKS; talk++) {
		if (!talk->used)
			continue;
		talk->index = pollset_add(set, talk->fd, POLLIN);
		pollset_wake(set, talk->last + IDLE_MILLISECONDS - now);
	}
}

void echo_work(struct echo *echo, const struct pollset *set, int64_t now)
{
	if (echo->busy == 0)
		return;
	for (struct talk *talk = echo->talks; talk < echo->talks + MOST_TALKS; talk++) {
		if (!talk->used)
			continue;
		short news = pollset_news(set, talk->index);
		talk->index = -1;
		if (news)
			read_answers(echo, talk);
		if (now >= talk->last + IDLE_MILLISECONDS)
			end_talk(echo, talk);
	}
}
