/* Published ports.
 *
 *	somebody ──> socket of the host ──┐
 *	                                  ├ publisher
 *	  server <── socket inside ───────┘
 *
 * A socket stays in the network namespace that it was made in, and what is accepted from
 * a listening one belongs where that does. So one process is enough: it stands inside of
 * the sandbox's network, where the sockets that it makes belong, and was given those of
 * the host, which listened before it was born. It copies bytes and looks at none of them.
 *
 * What is not so, and why: libslirp's own forwarding listens with a backlog of 1, so that
 * of a burst most are refused or wait a second; it is a TCP of its own on the way, and the
 * host's sockets would be where hostile segments are read. A process inside that hands
 * connected sockets out to one outside makes two processes and a conversation for each
 * connection, and what stands outside could connect anywhere.
 *
 * Who comes to a port that is published on the host's loopback is somebody of this host,
 * and is led to the loopback inside; so programs that listen there alone are reached, and
 * see 127.0.0.1. Who comes to any other address may be another machine. He is led to the
 * sandbox's own address, the one that others would know it by, and comes from there:
 * never from the loopback, which many programs trust without a password.
 *
 * One thread, nothing blocks. Of a connection whose receiver is slow so much is kept, and
 * no more read until it is gone. A connection that ends in one direction goes on in the
 * other; one that is reset is reset on both sides, as is one that nobody takes inside.
 * Datagrams have a socket inside for each sender, for as long as there is some traffic.
 *
 * When the sandbox has ended, what its servers sent before is still in the kernel's queues,
 * as it would be without us; it is handed on before we end. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/net/publisher.h>
#include <immure/sys/clocks.h>
#include <immure/sys/process.h>
#include <immure/sys/socket.h>

/* What is read at once, and what while slow receivers have all the large pieces; how
 * often in a row from one connection. */
enum { CHUNK = 64 * 1024, SMALL_CHUNK = 4096, CHUNKS_A_TURN = 4 };

/* Large pieces, for all receivers that are slow. */
enum { LARGE_PIECES = 384 };

enum { EVENTS_A_TURN = 128, ACCEPTS_A_TURN = 64, DATAGRAMS_A_TURN = 64 };

/* Connections; senders of datagrams, in sets of so many for each hash. */
enum { MOST_LINKS = 1500, SENDER_SETS = 128, SENDER_WAYS = 8, MOST_SENDERS = SENDER_SETS * SENDER_WAYS };

/* Descriptors, whatever the host allows; and those that are neither. */
enum { MOST_DESCRIPTORS = 4096, OTHER_DESCRIPTORS = 16 };

/* A sender that is silent so long is forgotten: RFC 4787 wants 2 minutes at least. */
enum { SILENCE_MILLISECONDS = 125000, SWEEP_MILLISECONDS = 5000 };

/* How long whoever is slow has for what was sent before the end, and how long to wait for
 * what may still be on its way to us, within one kernel. */
enum { END_MILLISECONDS = 2000, END_SILENCE_MILLISECONDS = 20 };

/* How long to leave the queues alone when there is no descriptor left. */
enum { PAUSE_MILLISECONDS = 50 };

/* Where a port can lead to, one tried after the other. */
struct targets {
	struct sockaddr_storage to[4];
	socklen_t size[4];
};

enum { MOST_TARGETS = 4 };

struct port {
	int fd;
	bool datagrams;
	const struct targets *targets;
	unsigned target_count;
};

enum side { OUTER, INNER };

/* Bytes for one side that it has not taken yet: in a large piece, or in its own small
 * one. */
struct waiting {
	uint8_t *bytes;			/* NULL: there are none */
	uint8_t *large;			/* NULL: it has none */
	size_t start, end;
};

struct link {
	int fd[2];			/* NO_FD: not in use */
	const struct port *port;
	unsigned target;		/* that is being tried */
	bool connecting;
	bool ended[2];			/* that side sends nothing more */
	bool told[2];			/* that side knows that nothing more comes */
	uint32_t wanted[2];		/* what the kernel was asked for */
	struct waiting waiting[2];	/* for that side */
	struct link *next;		/* free, or closed in this turn */
};

/* A sender of datagrams, and where he sends to. */
struct sender {
	bool used;
	int fd;				/* inside */
	const struct port *port;
	unsigned target;
	struct sockaddr_storage peer;
	socklen_t peer_size;
	struct in6_pktinfo own_v6;	/* the host's address, for answers to come from */
	struct in_pktinfo own_v4;
	int64_t last;
};

struct publisher {
	int polling;
	struct port ports[MOST_PUBLISHED];
	unsigned port_count;
	struct targets *targets;	/* one for each port */
	size_t targets_size;
	unsigned link_limit, link_count;
	unsigned sender_limit, sender_count;
	int door;			/* NO_FD: it is closed, and the end has come */
	int64_t ended;			/* when */
	bool paused;			/* nobody is accepted right now */
	struct link *free, *closed;
	unsigned links_touched;		/* those behind were never in use */
	unsigned free_large;
	uint8_t *large[LARGE_PIECES];	/* so many of them are free */
	int64_t now, swept;
	uint8_t bytes[65536];		/* a chunk, or the longest datagram */
	/* Memory that is not written costs nothing. */
	struct link links[MOST_LINKS];
	struct sender senders[MOST_SENDERS];
	uint8_t small_pieces[MOST_LINKS][2][SMALL_CHUNK];
	uint8_t large_pieces[LARGE_PIECES][CHUNK];
};

/* --- what is waited for ------------------------------------------------------------------ */

/* A descriptor is known by what it is and its number there. */
enum what { A_PORT, A_LINK, A_SENDER, THE_DOOR };

static uint64_t tag(enum what what, size_t number)
{
	return (uint64_t)what << 32 | number;
}

static int watch(const struct publisher *publisher, int verb, int fd, uint32_t wanted,
		 uint64_t name)
{
	struct epoll_event event = { .events = wanted, .data.u64 = name };

	return epoll_ctl(publisher->polling, verb, fd, &event);
}

static uint64_t link_tag(const struct publisher *publisher, const struct link *link,
			 enum side side)
{
	return tag(A_LINK, (size_t)(link - publisher->links) * 2 + side);
}

/* --- connections --------------------------------------------------------------------------- */

static void drop_waiting(struct publisher *publisher, struct waiting *waiting)
{
	if (waiting->large)
		publisher->large[publisher->free_large++] = waiting->large;
	*waiting = (struct waiting){ .bytes = NULL };
}

/* Its place is free at the end of the turn: what has come already may still name it. */
static void close_link(struct publisher *publisher, struct link *link, bool reset)
{
	const struct linger at_once = { .l_onoff = 1 };

	for (int side = OUTER; side <= INNER; side++) {
		/* What is closed with nothing to linger for is reset: socket(7), tcp(7). */
		if (reset && link->fd[side] != NO_FD)
			(void)setsockopt(link->fd[side], SOL_SOCKET, SO_LINGER, &at_once,
					 sizeof(at_once));
		fd_close(&link->fd[side]);
		drop_waiting(publisher, &link->waiting[side]);
	}
	link->next = publisher->closed;
	publisher->closed = link;
}

/* Whom to wait for. A side of which nothing is wanted must not wake us over and over
 * because it has hung up: it says so once. */
static void want(struct publisher *publisher, struct link *link)
{
	for (int side = OUTER; side <= INNER; side++) {
		uint32_t wanted = 0;

		if (!link->connecting && !link->ended[side] && !link->waiting[!side].bytes)
			wanted |= EPOLLIN;
		if (link->waiting[side].bytes || (side == INNER && link->connecting))
			wanted |= EPOLLOUT;
		if (!wanted)
			wanted = EPOLLET;
		if (link->fd[side] == NO_FD || wanted == link->wanted[side])
			continue;
		link->wanted[side] = wanted;
		(void)watch(publisher, EPOLL_CTL_MOD, link->fd[side], wanted,
			    link_tag(publisher, link, side));
	}
}

/* Begin with the next of the places where the port leads to. False: there is none left. */
static bool try_targets(struct publisher *publisher, struct link *link)
{
	const int on = 1;

	for (; link->target < link->port->target_count; link->target++) {
		const struct sockaddr *to = (const void *)&link->port->targets->to[link->target];

		fd_close(&link->fd[INNER]);
		link->fd[INNER] = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (link->fd[INNER] < 0)
			return false;
		(void)setsockopt(link->fd[INNER], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		if (socket_connect(link->fd[INNER], to, link->port->targets->size[link->target]) < 0 &&
		    errno != EINPROGRESS)
			continue;
		link->wanted[INNER] = EPOLLOUT;
		return watch(publisher, EPOLL_CTL_ADD, link->fd[INNER], EPOLLOUT,
			     link_tag(publisher, link, INNER)) == 0;
	}
	return false;
}

static void begin_link(struct publisher *publisher, const struct port *port, int fd)
{
	struct link *link = publisher->free;
	const int on = 1;

	if (link)
		publisher->free = link->next;
	else
		link = &publisher->links[publisher->links_touched++];
	publisher->link_count++;
	*link = (struct link){ .fd = { fd, NO_FD }, .port = port, .connecting = true,
			       .wanted = { EPOLLET } };
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	if (watch(publisher, EPOLL_CTL_ADD, fd, EPOLLET, link_tag(publisher, link, OUTER)) < 0 ||
	    !try_targets(publisher, link))
		close_link(publisher, link, true);
}

static void end_connecting(struct publisher *publisher, struct link *link)
{
	int problem = 0;
	socklen_t size = sizeof(problem);

	if (getsockopt(link->fd[INNER], SOL_SOCKET, SO_ERROR, &problem, &size) < 0)
		problem = errno;
	if (problem) {
		link->target++;
		if (!try_targets(publisher, link))
			close_link(publisher, link, true);
		return;
	}
	link->connecting = false;
	want(publisher, link);
}

static bool is_later(int code)
{
	return code == EAGAIN || code == EINTR;
}

/* Give a side what waits for it. -1: the connection is broken. */
static int give(struct publisher *publisher, struct link *link, enum side side)
{
	struct waiting *waiting = &link->waiting[side];

	while (waiting->start < waiting->end) {
		ssize_t sent = send(link->fd[side], waiting->bytes + waiting->start,
				    waiting->end - waiting->start, MSG_NOSIGNAL);

		if (sent < 0)
			return is_later(errno) ? 0 : -1;
		waiting->start += (size_t)sent;
	}
	drop_waiting(publisher, waiting);
	return 0;
}

/* Keep for a side what it did not take. What is more than a small piece was read while
 * there was a large one. */
static void keep(struct publisher *publisher, struct link *link, enum side side,
		 const uint8_t *bytes, size_t size)
{
	struct waiting *waiting = &link->waiting[side];

	if (size > SMALL_CHUNK)
		waiting->large = publisher->large[--publisher->free_large];
	waiting->bytes = waiting->large ? waiting->large
					: publisher->small_pieces[link - publisher->links][side];
	memcpy(waiting->bytes, bytes, size);
	waiting->end = size;
}

/* Take what one side has to the other. -1: the connection is broken. */
static int take(struct publisher *publisher, struct link *link, enum side from)
{
	enum side to = !from;

	for (int i = 0; i < CHUNKS_A_TURN && !link->ended[from] && !link->waiting[to].bytes; i++) {
		size_t most = publisher->free_large > 0 ? CHUNK : SMALL_CHUNK;
		ssize_t got = recv(link->fd[from], publisher->bytes, most, 0);

		if (got < 0)
			return is_later(errno) ? 0 : -1;
		if (got == 0) {
			link->ended[from] = true;
			break;
		}
		ssize_t sent = send(link->fd[to], publisher->bytes, (size_t)got, MSG_NOSIGNAL);
		if (sent < 0 && !is_later(errno))
			return -1;
		if (sent < 0)
			sent = 0;
		if (sent < got)
			keep(publisher, link, to, publisher->bytes + sent, (size_t)(got - sent));
		if ((size_t)got < most)
			break;
	}
	return 0;
}

static void serve_link(struct publisher *publisher, struct link *link, enum side side,
		       uint32_t news)
{
	if (link->fd[OUTER] == NO_FD)
		return;			/* closed in this turn */
	if (link->connecting && side == INNER) {
		end_connecting(publisher, link);
		return;
	}
	bool broken = news & EPOLLERR;
	if (!broken && link->waiting[side].bytes)
		broken = give(publisher, link, side) < 0;
	if (!broken && !link->connecting && (news & (EPOLLIN | EPOLLHUP)))
		broken = take(publisher, link, side) < 0;
	/* The end goes on behind the last byte. */
	for (int to = OUTER; to <= INNER && !broken; to++) {
		if (link->told[to] || !link->ended[!to] || link->waiting[to].bytes)
			continue;
		link->told[to] = true;
		(void)shutdown(link->fd[to], SHUT_WR);
	}
	if (broken)
		close_link(publisher, link, true);
	else if (link->told[OUTER] && link->told[INNER])
		close_link(publisher, link, false);
	else
		want(publisher, link);
}

/* --- who comes ------------------------------------------------------------------------------- */

/* While there is no place for one more, they wait in the kernel's queue. */
static void pause_ports(struct publisher *publisher, bool pause)
{
	if (publisher->paused == pause)
		return;
	publisher->paused = pause;
	for (unsigned i = 0; i < publisher->port_count; i++)
		if (!publisher->ports[i].datagrams)
			(void)watch(publisher, EPOLL_CTL_MOD, publisher->ports[i].fd,
				    pause ? 0 : EPOLLIN, tag(A_PORT, i));
}

static void accept_some(struct publisher *publisher, const struct port *port)
{
	for (int i = 0; i < ACCEPTS_A_TURN && port->fd != NO_FD; i++) {
		if (publisher->link_count >= publisher->link_limit) {
			pause_ports(publisher, true);
			return;
		}
		int fd = accept4(port->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			begin_link(publisher, port, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			pause_ports(publisher, true);
		/* Others, such as ECONNABORTED, are about the one that was next. */
		if (is_later(errno) || publisher->paused)
			return;
	}
}

/* --- datagrams -------------------------------------------------------------------------------- */

static uint64_t sender_tag(const struct publisher *publisher, const struct sender *sender)
{
	return tag(A_SENDER, (size_t)(sender - publisher->senders));
}

static void forget_sender(struct publisher *publisher, struct sender *sender)
{
	if (!sender->used)
		return;
	fd_close(&sender->fd);
	sender->used = false;
	publisher->sender_count--;
}

static void forget_silent(struct publisher *publisher)
{
	publisher->swept = publisher->now;
	for (struct sender *sender = publisher->senders;
	     publisher->sender_count > 0 && sender < publisher->senders + MOST_SENDERS; sender++)
		if (sender->used && publisher->now - sender->last > SILENCE_MILLISECONDS)
			forget_sender(publisher, sender);
}

static struct sender *set_of(struct publisher *publisher, const struct sender *wanted)
{
	const uint8_t *bytes = (const void *)&wanted->peer;
	uint32_t hash = (uint32_t)(wanted->port - publisher->ports);

	for (socklen_t i = 0; i < wanted->peer_size; i++)
		hash = (hash ^ bytes[i]) * 0x01000193u;		/* FNV-1a */
	return &publisher->senders[(hash ^ hash >> 15) % SENDER_SETS * SENDER_WAYS];
}

static bool same_sender(const struct sender *a, const struct sender *b)
{
	return a->used && a->port == b->port && a->peer_size == b->peer_size &&
	       memcmp(&a->peer, &b->peer, a->peer_size) == 0 &&
	       memcmp(&a->own_v4.ipi_spec_dst, &b->own_v4.ipi_spec_dst, 4) == 0 &&
	       memcmp(&a->own_v6.ipi6_addr, &b->own_v6.ipi6_addr, 16) == 0;
}

/* Lead him to that one of the places; behind the last one comes the first again, where
 * there may be a server by now. */
static bool lead_sender(struct publisher *publisher, struct sender *sender, unsigned target)
{
	sender->target = target % sender->port->target_count;
	const struct sockaddr *to = (const void *)&sender->port->targets->to[sender->target];

	fd_close(&sender->fd);
	sender->fd = socket(to->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return sender->fd >= 0 &&
	       socket_connect(sender->fd, to,
			      sender->port->targets->size[sender->target]) == 0 &&
	       watch(publisher, EPOLL_CTL_ADD, sender->fd, EPOLLIN,
		     sender_tag(publisher, sender)) == 0;
}

/* The sender's entry; a new one takes the place of the most silent of its set. NULL: there
 * is no descriptor for it. */
static struct sender *sender_like(struct publisher *publisher, const struct sender *wanted)
{
	struct sender *set = set_of(publisher, wanted), *oldest = set;

	for (struct sender *sender = set; sender < set + SENDER_WAYS; sender++) {
		if (same_sender(sender, wanted))
			return sender;
		if (!sender->used || (oldest->used && sender->last < oldest->last))
			oldest = sender;
	}
	forget_sender(publisher, oldest);
	if (publisher->sender_count >= publisher->sender_limit)
		return NULL;
	*oldest = *wanted;
	oldest->used = true;
	publisher->sender_count++;
	for (unsigned i = 0; i < wanted->port->target_count; i++)
		if (lead_sender(publisher, oldest, i))
			return oldest;
	forget_sender(publisher, oldest);
	return NULL;
}

/* Nobody is there, says the datagram before: perhaps at the next place. */
static bool lead_on(struct publisher *publisher, struct sender *sender)
{
	if (lead_sender(publisher, sender, sender->target + 1))
		return true;
	forget_sender(publisher, sender);
	return false;
}

static void read_own_address(struct msghdr *message, struct sender *ret_sender)
{
	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
	     header = CMSG_NXTHDR(message, header)) {
		if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(header), sizeof(info));
			/* Only from where it answers, not through which device. */
			ret_sender->own_v4.ipi_spec_dst = info.ipi_spec_dst;
		}
		if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO)
			memcpy(&ret_sender->own_v6, CMSG_DATA(header), sizeof(ret_sender->own_v6));
	}
}

union ancillary {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo))];
};

/* One datagram from outside; false when there is none. */
static bool take_datagram(struct publisher *publisher, const struct port *port)
{
	struct sender from = { .fd = NO_FD, .port = port };
	struct iovec part = { publisher->bytes, sizeof(publisher->bytes) };
	union ancillary ancillary;
	struct msghdr message = {
		.msg_name = &from.peer, .msg_namelen = sizeof(from.peer),
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = ancillary.bytes, .msg_controllen = sizeof(ancillary.bytes),
	};
	ssize_t size = recvmsg(port->fd, &message, 0);

	if (size < 0)
		return errno != EAGAIN;		/* else it is about one that was sent */
	from.peer_size = message.msg_namelen;
	read_own_address(&message, &from);
	struct sender *sender = sender_like(publisher, &from);
	if (!sender)
		return true;
	sender->last = publisher->now;
	if (send(sender->fd, publisher->bytes, (size_t)size, MSG_NOSIGNAL) < 0 &&
	    errno == ECONNREFUSED && lead_on(publisher, sender))
		(void)send(sender->fd, publisher->bytes, (size_t)size, MSG_NOSIGNAL);
	return true;
}

static void answer_sender(const struct publisher *publisher, struct sender *sender, size_t size)
{
	bool v4 = sender->peer.ss_family == AF_INET;
	size_t info = v4 ? sizeof(sender->own_v4) : sizeof(sender->own_v6);
	struct iovec part = { (void *)(uintptr_t)publisher->bytes, size };
	union ancillary ancillary;
	struct msghdr message = {
		.msg_name = &sender->peer, .msg_namelen = sender->peer_size,
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = ancillary.bytes, .msg_controllen = CMSG_SPACE(info),
	};

	memset(&ancillary, 0, sizeof(ancillary));
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
	header->cmsg_type = v4 ? IP_PKTINFO : IPV6_PKTINFO;
	header->cmsg_len = CMSG_LEN(info);
	memcpy(CMSG_DATA(header), v4 ? (void *)&sender->own_v4 : (void *)&sender->own_v6, info);
	/* What cannot be sent is lost, as datagrams are. */
	(void)sendmsg(sender->port->fd, &message, MSG_NOSIGNAL);
}

static void serve_sender(struct publisher *publisher, struct sender *sender)
{
	for (int i = 0; i < DATAGRAMS_A_TURN && sender->used; i++) {
		ssize_t size = recv(sender->fd, publisher->bytes, sizeof(publisher->bytes), 0);

		if (size < 0 && errno == ECONNREFUSED && sender->port->target_count > 1)
			(void)lead_on(publisher, sender);
		if (size < 0)
			return;
		sender->last = publisher->now;
		answer_sender(publisher, sender, (size_t)size);
	}
}

/* --- life --------------------------------------------------------------------------------------- */

static void add_target(struct port *port, struct targets *targets, const struct address *address,
		       uint16_t guest_port)
{
	targets->size[port->target_count] =
		socket_address(address, guest_port, &targets->to[port->target_count]);
	port->target_count++;
}

/* Of the same family first. */
static void add_targets(const struct network_plan *plan, const struct publish *publish,
			struct port *port, struct targets *targets)
{
	const struct address loopback[] = { address_loopback(false), address_loopback(true) };
	const struct tap_addresses *own[] = { &plan->v4, &plan->v6 };
	int first = !address_is_v4(&publish->address);

	port->targets = targets;
	for (int i = 0; address_is_loopback(&publish->address) && i < 2; i++)
		add_target(port, targets, &loopback[i ^ first], publish->guest_port);
	for (int i = 0; i < 2; i++)
		if (own[i ^ first]->on)
			add_target(port, targets, &own[i ^ first]->guest, publish->guest_port);
}

/* Half a connection is worse than none: as many as there are descriptors for. */
static int set_limits(struct publisher *publisher, struct error *err)
{
	int64_t most = limit_hard(RLIMIT_NOFILE);
	bool datagrams = false;

	for (unsigned i = 0; i < publisher->port_count; i++)
		datagrams = datagrams || publisher->ports[i].datagrams;
	if (most == LIMIT_NONE || most > MOST_DESCRIPTORS)
		most = MOST_DESCRIPTORS;
	most -= publisher->port_count + OTHER_DESCRIPTORS;
	if (most < 4)
		return fail(err, EMFILE, "serve %u ports", publisher->port_count);
	if (datagrams)
		publisher->sender_limit = most / 4 < MOST_SENDERS ? (unsigned)most / 4
								  : MOST_SENDERS;
	most = (most - publisher->sender_limit) / 2;
	publisher->link_limit = most < MOST_LINKS ? (unsigned)most : MOST_LINKS;
	return 0;
}

/* Memory that never moves and is never asked for again. */
static void *reserve(size_t size, struct error *err)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory != MAP_FAILED)
		return memory;
	(void)fail(err, errno, "reserve memory for published ports");
	return NULL;
}

static int begin(struct publisher *publisher, const struct network_plan *plan, const int *fds,
		 int door, struct error *err)
{
	publisher->door = door;
	publisher->targets_size = plan->publishes.count * sizeof(*publisher->targets);
	publisher->targets = reserve(publisher->targets_size, err);
	if (!publisher->targets)
		return -1;
	publisher->polling = epoll_create1(EPOLL_CLOEXEC);
	if (publisher->polling < 0)
		return fail(err, errno, "wait for published ports");
	list_each(const struct publish, publish, &plan->publishes) {
		unsigned i = publisher->port_count++;
		struct port *port = &publisher->ports[i];

		*port = (struct port){ .fd = fds[i], .datagrams = publish->protocol == PROTOCOL_UDP };
		add_targets(plan, publish, port, &publisher->targets[i]);
		if (watch(publisher, EPOLL_CTL_ADD, port->fd, EPOLLIN, tag(A_PORT, i)) < 0)
			return fail(err, errno, "wait for a published port");
	}
	if (watch(publisher, EPOLL_CTL_ADD, door, 0, tag(THE_DOOR, 0)) < 0)
		return fail(err, errno, "wait for the end");
	for (int i = 0; i < LARGE_PIECES; i++)
		publisher->large[publisher->free_large++] = publisher->large_pieces[i];
	return set_limits(publisher, err);
}

struct publisher *publisher_new(const struct network_plan *plan, const int *fds, int door,
				struct error *err)
{
	struct publisher *publisher = reserve(sizeof(*publisher), err);

	if (!publisher || begin(publisher, plan, fds, door, err) == 0)
		return publisher;
	(void)munmap(publisher, sizeof(*publisher));
	return NULL;
}

int publisher_descriptors(const struct publisher *publisher, int *ret_fds, int most)
{
	int count = 0;

	if (count < most)
		ret_fds[count++] = publisher->polling;
	if (count < most)
		ret_fds[count++] = publisher->door;
	for (unsigned i = 0; i < publisher->port_count && count < most; i++)
		ret_fds[count++] = publisher->ports[i].fd;
	return count;
}

int publisher_targets(struct publisher *publisher, const void **ret_start, size_t *ret_size,
		      struct error *err)
{
	if (mprotect(publisher->targets, publisher->targets_size, PROT_READ) < 0)
		return fail(err, errno, "protect the addresses of published ports");
	*ret_start = publisher->targets;
	*ret_size = publisher->targets_size;
	return 0;
}

/* The servers are gone: nobody more is taken, and the ports are free. */
static void end_serving(struct publisher *publisher)
{
	fd_close(&publisher->door);
	publisher->ended = publisher->now;
	for (unsigned i = 0; i < publisher->port_count; i++)
		if (!publisher->ports[i].datagrams)
			fd_close(&publisher->ports[i].fd);
}

/* How long to wait for news of links when the end has come. */
static int64_t patience_for_links(const struct publisher *publisher)
{
	int64_t patience = 0;

	for (unsigned i = 0; i < publisher->links_touched; i++) {
		const struct link *link = &publisher->links[i];

		if (link->fd[OUTER] == NO_FD || link->told[OUTER])
			continue;
		if (link->waiting[OUTER].bytes)
			return publisher->ended + END_MILLISECONDS - publisher->now;
		patience = END_SILENCE_MILLISECONDS;
	}
	return patience;
}

/* How long to wait for news: milliseconds, or -1. */
static int patience(const struct publisher *publisher)
{
	if (publisher->door == NO_FD) {
		int64_t rest = patience_for_links(publisher);

		return rest > 0 ? (int)rest : 0;
	}
	if (publisher->paused)
		return PAUSE_MILLISECONDS;
	return publisher->sender_count > 0 ? SWEEP_MILLISECONDS : -1;
}

/* Who did not get all of it must not take what he got for all. */
static void reset_links(struct publisher *publisher)
{
	for (unsigned i = 0; i < publisher->links_touched; i++) {
		struct link *link = &publisher->links[i];

		if (link->fd[OUTER] != NO_FD && !link->told[OUTER])
			close_link(publisher, link, true);
	}
}

static void serve(struct publisher *publisher, const struct epoll_event *event)
{
	uint32_t number = (uint32_t)event->data.u64;

	switch ((enum what)(event->data.u64 >> 32)) {
	case A_PORT:
		if (!publisher->ports[number].datagrams)
			accept_some(publisher, &publisher->ports[number]);
		else
			for (int i = 0; i < DATAGRAMS_A_TURN &&
					take_datagram(publisher, &publisher->ports[number]); i++)
				;
		break;
	case A_LINK:
		serve_link(publisher, &publisher->links[number / 2], number % 2, event->events);
		break;
	case A_SENDER:
		serve_sender(publisher, &publisher->senders[number]);
		break;
	case THE_DOOR:
		end_serving(publisher);
		break;
	}
}

/* What was closed in this turn can be used again. */
static void end_turn(struct publisher *publisher)
{
	for (struct link *link; (link = publisher->closed); publisher->link_count--) {
		publisher->closed = link->next;
		link->next = publisher->free;
		publisher->free = link;
	}
	if (publisher->now - publisher->swept > SWEEP_MILLISECONDS)
		forget_silent(publisher);
}

int publisher_serve(struct publisher *publisher)
{
	struct epoll_event events[EVENTS_A_TURN];

	publisher->now = publisher->swept = clock_milliseconds(CLOCK_MONOTONIC);
	for (;;) {
		int count = epoll_pwait(publisher->polling, events, EVENTS_A_TURN,
					patience(publisher), NULL);
		bool ending = publisher->door == NO_FD;

		if (count < 0 && errno != EINTR)
			return -1;
		publisher->now = clock_milliseconds(CLOCK_MONOTONIC);
		if (ending && (count == 0 || publisher->now - publisher->ended > END_MILLISECONDS)) {
			reset_links(publisher);
			return 0;
		}
		for (int i = 0; i < count; i++)
			serve(publisher, &events[i]);
		end_turn(publisher);
		if (publisher->paused && !ending && publisher->link_count < publisher->link_limit)
			pause_ports(publisher, false);
	}
}
