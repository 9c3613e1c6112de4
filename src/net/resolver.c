/* The resolver: three kinds of things that wait for each other.
 *
 *	asker	who asked: a flow of datagrams, or a stream that stays open
 *	query	one question of an asker, on its way to a server: by UDP on a socket of its
 *		own, so that its port is as hard to guess as its id, then by TCP if the
 *		answer was cut; then to the next server, if this one is silent or cannot say
 *	server	one of three addresses, of the host's resolv.conf or of --dns
 *
 * All of it is of fixed size. Who asks for more than there is room for hears that the
 * server failed, and asks again. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/net/dns.h>
#include <immure/net/pollset.h>
#include <immure/net/record.h>
#include <immure/net/resolver.h>
#include <immure/sys/socket.h>

#include "frame.h"
#include "outbound.h"

enum { MOST_SERVERS = 3, MOST_QUERIES = 256, MOST_STREAMS = 32 };

/* For one server, for all of a question, and for a stream on which nothing happens. */
enum { TRY_MILLISECONDS = 2000, MOST_TRIES = 2 * MOST_SERVERS, IDLE_MILLISECONDS = 20000 };

enum { NAME_PORT = 53 };

/* Addresses of a name that is answered here. */
enum { MOST_OWN = 32 };

/* A stream of questions, each behind its length (RFC 1035, 4.2.2). */
struct stream {
	bool used;			/* else this place is free, and fd means nothing */
	int fd;
	int index;			/* in the pollset; -1 until it is in one */
	uint64_t serial;		/* so that an answer finds its own, or nobody */
	int64_t last;
	size_t have;
	uint8_t bytes[2 + 512];		/* no question is longer */
};

struct query {
	bool used;
	int fd;
	int index;
	struct dns_question question;
	struct flow flow;		/* of the asker, when it has no stream */
	uint64_t stream;		/* its serial; 0: it asked by a datagram */
	struct verdict verdict;		/* why it is asked, or is not */
	int64_t asked;
	uint16_t id;
	unsigned tries;
	bool by_tcp;
	int64_t deadline;
	size_t sent, have;		/* by TCP */
	bool is_sent;			/* all of it */
	uint8_t *reply;			/* by TCP; DNS_ROOM + 2 bytes */
};

struct resolver {
	const struct network_plan *plan;
	struct policy *policy;
	struct resolver_peers peers;
	struct address servers[MOST_SERVERS];
	size_t server_count;
	unsigned busy;			/* places that are used: mostly none, in any turn */
	uint64_t serial;
	int64_t now;			/* of the turn */
	struct query queries[MOST_QUERIES];
	struct stream streams[MOST_STREAMS];
	struct address found[RECORD_ADDRESSES];	/* in the answer that is being looked at */
	size_t found_count;
	uint8_t out[2 + DNS_ROOM];
	uint8_t in[DNS_ROOM];
};

struct resolver *resolver_new(const struct network_plan *plan, struct policy *policy,
			      const struct resolver_peers *peers)
{
	struct resolver *resolver = calloc(1, sizeof(*resolver));

	if (!resolver)
		return NULL;
	resolver->plan = plan;
	resolver->policy = policy;
	resolver->peers = *peers;
	for (size_t i = 0; i < plan->servers.count && i < MOST_SERVERS; i++)
		resolver->servers[resolver->server_count++] = plan->servers.items[i].address;
	return resolver;
}

static void end_query(struct resolver *resolver, struct query *query)
{
	if (!query->used)
		return;
	fd_close(&query->fd);
	free(query->reply);
	query->reply = NULL;
	query->used = false;
	resolver->busy--;
}

static void end_stream(struct resolver *resolver, struct stream *stream)
{
	if (!stream->used)
		return;
	fd_close(&stream->fd);
	stream->used = false;
	resolver->busy--;
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	for (size_t i = 0; i < MOST_QUERIES; i++)
		end_query(resolver, &resolver->queries[i]);
	for (size_t i = 0; i < MOST_STREAMS; i++)
		end_stream(resolver, &resolver->streams[i]);
	free(resolver);
}

void resolver_set_servers(struct resolver *resolver, const struct address *servers, size_t count)
{
	resolver->server_count = count < MOST_SERVERS ? count : MOST_SERVERS;
	for (size_t i = 0; i < resolver->server_count; i++)
		resolver->servers[i] = servers[i];
}

void resolver_read_servers(struct resolver *resolver, const char *text)
{
	struct address servers[MOST_SERVERS];
	size_t count = 0;

	if (resolver->plan->servers.count > 0)
		return;
	for (const char *line = text; *line && count < MOST_SERVERS; ) {
		char word[ADDRESS_TEXT + 32];
		size_t length = strcspn(line, "\n");

		/* A zone behind an IPv6 address ("%eth0") names a link that is not ours. */
		if (sscanf(line, "nameserver%*[ \t]%77[^ \t\n]", word) == 1 &&
		    address_parse(word, &servers[count]))
			count++;
		line += length + (line[length] == '\n');
	}
	resolver_set_servers(resolver, servers, count);
}

/* --- answers --------------------------------------------------------------------------- */

/* A length and a message, whole or not at all: what a stream has no room for was asked
 * by somebody who does not read. */
static bool send_framed(int fd, uint8_t *framed, size_t size)
{
	put16(framed, (unsigned)size);
	return send(fd, framed, size + 2, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)(size + 2);
}

/* Who asked for nothing that can be read has no name. */
static void tell(struct resolver *resolver, const struct query *query, unsigned code)
{
	const struct dns_question *question = &query->question;
	struct resolved resolved = {
		.name = question->name, .type = question->type, .by_stream = query->stream != 0,
		.verdict = query->verdict, .code = code, .addresses = resolver->found,
		.count = resolver->found_count, .asked = query->asked,
	};

	resolver->found_count = 0;
	if (code != DNS_FORMAT)
		resolver->peers.resolved(resolver->peers.context, &resolved);
}

/* Give the asker the message that stands behind the first two bytes of resolver->out. */
static void answer(struct resolver *resolver, const struct query *query, size_t size)
{
	uint8_t *message = resolver->out + 2;

	tell(resolver, query, message[3] & 0xf);
	if (query->stream == 0) {
		size = dns_cut(&query->question, message, size);
		resolver->peers.answer(resolver->peers.context, &query->flow, message, size);
		return;
	}
	for (size_t i = 0; i < MOST_STREAMS; i++) {
		struct stream *stream = &resolver->streams[i];

		if (!stream->used || stream->serial != query->stream)
			continue;
		if (!send_framed(stream->fd, resolver->out, size))
			end_stream(resolver, stream);
	}
}

static void answer_empty(struct resolver *resolver, const struct query *query,
			 enum dns_code code, bool blocked)
{
	resolver->found_count = 0;
	answer(resolver, query,
	       dns_write_empty(&query->question, code, blocked, resolver->out + 2));
}

/* --- servers ----------------------------------------------------------------------------- */

/* Open a socket to the server whose turn it is. */
static bool reach_server(struct resolver *resolver, struct query *query)
{
	const struct address *server = &resolver->servers[query->tries % resolver->server_count];
	int kind = query->by_tcp ? SOCK_STREAM : SOCK_DGRAM;
	struct sockaddr_storage to;
	socklen_t size = socket_address(server, NAME_PORT, &to);

	fd_close(&query->fd);
	query->fd = socket(to.ss_family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (query->fd < 0 || outbound_bind(resolver->plan, query->fd, server) < 0)
		return false;
	return connect(query->fd, (struct sockaddr *)&to, size) == 0 || errno == EINPROGRESS;
}

/* Ask the next server, or give up. */
static void try_next(struct resolver *resolver, struct query *query)
{
	uint8_t message[512];

	query->by_tcp = false;
	for (; resolver->server_count > 0 && query->tries < MOST_TRIES; query->tries++) {
		size_t size = dns_write_query(&query->question, query->id, message);

		if (!reach_server(resolver, query) ||
		    send(query->fd, message, size, MSG_NOSIGNAL) != (ssize_t)size)
			continue;
		query->tries++;
		query->deadline = resolver->now + TRY_MILLISECONDS;
		return;
	}
	answer_empty(resolver, query, DNS_FAILED, false);
	end_query(resolver, query);
}

/* The answer was cut: the same server by TCP. */
static void try_tcp(struct resolver *resolver, struct query *query)
{
	query->by_tcp = true;
	query->sent = query->have = 0;
	query->is_sent = false;
	query->tries--;
	bool reached = reach_server(resolver, query);
	query->tries++;
	if (!query->reply)
		query->reply = malloc(2 + DNS_ROOM);
	if (!reached || !query->reply)
		try_next(resolver, query);
	else
		query->deadline = resolver->now + TRY_MILLISECONDS;
}

struct believing {
	struct resolver *resolver;
	const char *name;
};

/* The sandbox may hear of an address if it may go there: no other way round. */
static bool believes(void *context, const struct address *address, uint32_t seconds)
{
	struct believing *believing = context;
	struct resolver *resolver = believing->resolver;

	if (!policy_believes(resolver->policy, address) ||
	    policy_learn(resolver->policy, believing->name, address, seconds, resolver->now) < 0)
		return false;
	if (resolver->found_count < RECORD_ADDRESSES)
		resolver->found[resolver->found_count] = *address;
	resolver->found_count++;
	return true;
}

static void take_reply(struct resolver *resolver, struct query *query, const uint8_t *message,
		       size_t size)
{
	struct believing believing = { resolver, query->question.name };
	struct dns_filter filter = { believes, &believing };
	size_t written;

	resolver->found_count = 0;
	switch (dns_filter_reply(&query->question, query->id, message, size, &filter,
				 resolver->out + 2, &written)) {
	case DNS_REPLY_OTHER:
		if (!query->by_tcp)
			return;		/* by somebody else: the right one may come */
		try_next(resolver, query);
		return;
	case DNS_REPLY_FAILED:
		try_next(resolver, query);
		return;
	case DNS_REPLY_CUT:
		if (query->by_tcp)
			try_next(resolver, query);
		else
			try_tcp(resolver, query);
		return;
	case DNS_REPLY_GOOD:
		answer(resolver, query, written);
		end_query(resolver, query);
		return;
	}
}

static void read_datagram(struct resolver *resolver, struct query *query)
{
	ssize_t got = recv(query->fd, resolver->in, sizeof(resolver->in), 0);

	if (got >= 0)
		take_reply(resolver, query, resolver->in, (size_t)got);
	else if (errno != EAGAIN && errno != EINTR)
		try_next(resolver, query);	/* nobody listens there */
}

static void write_stream(struct resolver *resolver, struct query *query)
{
	uint8_t framed[2 + 512];
	size_t size = 2 + dns_write_query(&query->question, query->id, framed + 2);

	put16(framed, (unsigned)(size - 2));
	ssize_t sent = send(query->fd, framed + query->sent, size - query->sent, MSG_NOSIGNAL);
	if (sent >= 0) {
		query->sent += (size_t)sent;
		query->is_sent = query->sent == size;
	} else if (errno != EAGAIN && errno != EINTR) {
		try_next(resolver, query);
	}
}

static void read_stream(struct resolver *resolver, struct query *query)
{
	ssize_t got = recv(query->fd, query->reply + query->have, 2 + DNS_ROOM - query->have, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		try_next(resolver, query);
		return;
	}
	query->have += (size_t)got;
	if (query->have >= 2 && query->have >= 2u + get16(query->reply))
		take_reply(resolver, query, query->reply + 2, get16(query->reply));
}

/* --- questions -------------------------------------------------------------------------- */

/* "1.2.0.192.in-addr.arpa", or the like of IPv6. */
static bool is_reverse(const char *name, struct address *ret_address)
{
	unsigned bytes[4];
	int end = 0;
	uint8_t v6[16] = { 0 };

	if (sscanf(name, "%3u.%3u.%3u.%3u.in-addr.arpa%n", &bytes[3], &bytes[2], &bytes[1],
		   &bytes[0], &end) == 4 && end > 0 && !name[end]) {
		const uint8_t v4[4] = { (uint8_t)bytes[0], (uint8_t)bytes[1], (uint8_t)bytes[2],
					(uint8_t)bytes[3] };
		*ret_address = address_from_v4(v4);
		return true;
	}
	if (strlen(name) != 64 + strlen("ip6.arpa") || !text_is(name + 64, "ip6.arpa"))
		return false;
	for (int i = 0; i < 32; i++) {
		const char digit[2] = { name[2 * i], '\0' };

		v6[15 - i / 2] |= (uint8_t)(strtoul(digit, NULL, 16) << (i % 2 ? 4 : 0));
	}
	*ret_address = address_from_v6(v6);
	return true;
}

static bool is_or_is_below(const char *name, const char *top)
{
	size_t length = strlen(name), top_length = strlen(top);

	return length >= top_length && text_is(name + length - top_length, top) &&
	       (length == top_length || name[length - top_length - 1] == '.');
}

/* The addresses that the plan gives to a name; how many. */
static size_t addresses_of_plan(const struct network_plan *plan, const char *name,
				struct address *ret_addresses, size_t most)
{
	size_t count = 0;

	list_each(const struct named_host, host, &plan->hosts)
		if (count < most && text_is(host->name, name))
			ret_addresses[count++] = host->address;
	return count;
}

/* Names that mean something only here. */
static bool answer_own(struct resolver *resolver, const struct query *query)
{
	const struct network_plan *plan = resolver->plan;
	const char *name = query->question.name;
	struct address own[MOST_OWN];
	size_t count = 2;

	if (is_or_is_below(name, "localhost")) {
		own[0] = address_loopback(false);
		own[1] = address_loopback(true);
	} else if (plan->hostname && text_is(name, plan->hostname)) {
		own[0] = plan->v4.on ? plan->v4.guest : plan->v6.guest;
		own[1] = plan->v6.on ? plan->v6.guest : plan->v4.guest;
	} else if (text_is(name, "host.internal")) {
		own[0] = plan->v4.on ? plan->v4.gateway : plan->v6.gateway;
		own[1] = plan->v6.on ? plan->v6.gateway : plan->v4.gateway;
	} else {
		count = addresses_of_plan(plan, name, own, MOST_OWN);
		if (count == 0)
			return false;
	}
	if (dns_kind_of(&query->question) != DNS_ADDRESSES)
		count = 0;
	answer(resolver, query, dns_write_addresses(&query->question, own, count,
						    resolver->out + 2));
	return true;
}

/* May this question leave the machine? */
static struct verdict may_ask(struct resolver *resolver, const struct query *query)
{
	const char *name = query->question.name;
	struct verdict verdict;
	struct address address;

	if (!is_reverse(name, &address))
		return policy_asks_for(resolver->policy, name);
	verdict = policy_ask(resolver->policy, &address, 0, PROTOCOL_ECHO, resolver->now);
	return verdict.allows ? verdict
			      : policy_ask(resolver->policy, &address, 443, PROTOCOL_TCP,
					   resolver->now);
}

static struct query *free_query(struct resolver *resolver)
{
	for (size_t i = 0; i < MOST_QUERIES; i++)
		if (!resolver->queries[i].used)
			return &resolver->queries[i];
	return NULL;
}

static void take_query(struct resolver *resolver, struct query *asked, const uint8_t *message,
		       size_t size)
{
	int read = dns_read_query(message, size, &asked->question);

	if (read < 0)
		return;
	if (read > 0) {
		answer_empty(resolver, asked, DNS_FORMAT, false);
		return;
	}
	asked->asked = resolver->now;
	asked->verdict = (struct verdict){ .allows = true };
	if (answer_own(resolver, asked))
		return;
	asked->verdict = may_ask(resolver, asked);
	if (!asked->verdict.allows) {
		resolver->peers.refused(resolver->peers.context, asked->question.name);
		answer_empty(resolver, asked, DNS_NO_NAME, true);
		return;
	}
	if (dns_kind_of(&asked->question) == DNS_NOTHING) {
		answer_empty(resolver, asked, DNS_OK, false);
		return;
	}
	struct query *query = free_query(resolver);
	if (!query || getrandom(&asked->id, sizeof(asked->id), 0) != sizeof(asked->id)) {
		answer_empty(resolver, asked, DNS_FAILED, false);
		return;
	}
	*query = *asked;
	query->used = true;
	query->index = -1;
	resolver->busy++;
	try_next(resolver, query);
}

void resolver_query(struct resolver *resolver, const struct flow *flow,
		    const uint8_t *message, size_t size, int64_t now)
{
	struct query asked = { .fd = NO_FD, .flow = *flow };

	resolver->now = now;
	take_query(resolver, &asked, message, size);
}

void resolver_stream(struct resolver *resolver, int fd, int64_t now)
{
	for (size_t i = 0; i < MOST_STREAMS; i++) {
		if (resolver->streams[i].used)
			continue;
		resolver->busy++;
		resolver->streams[i] = (struct stream){
			.used = true, .fd = fd, .index = -1, .serial = ++resolver->serial, .last = now,
		};
		return;
	}
	fd_close(&fd);
}

static void serve_stream(struct resolver *resolver, struct stream *stream)
{
	ssize_t got = recv(stream->fd, stream->bytes + stream->have,
			   sizeof(stream->bytes) - stream->have, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		end_stream(resolver, stream);
		return;
	}
	stream->have += (size_t)got;
	stream->last = resolver->now;
	while (stream->used && stream->have >= 2) {
		struct query asked = { .fd = NO_FD, .stream = stream->serial };
		size_t size = 2u + get16(stream->bytes);

		if (size > sizeof(stream->bytes)) {
			end_stream(resolver, stream);
			return;
		}
		if (stream->have < size)
			return;
		take_query(resolver, &asked, stream->bytes + 2, size - 2);
		stream->have -= size;
		memmove(stream->bytes, stream->bytes + size, stream->have);
	}
}

/* --- the loop's part ---------------------------------------------------------------------- */

void resolver_wants(struct resolver *resolver, struct pollset *set, int64_t now)
{
	if (resolver->busy == 0)
		return;
	for (size_t i = 0; i < MOST_QUERIES; i++) {
		struct query *query = &resolver->queries[i];

		if (!query->used)
			continue;
		query->index = pollset_add(set, query->fd,
					   query->by_tcp && !query->is_sent ? POLLOUT : POLLIN);
		pollset_wake(set, query->deadline - now);
	}
	for (size_t i = 0; i < MOST_STREAMS; i++) {
		struct stream *stream = &resolver->streams[i];

		if (!stream->used)
			continue;
		stream->index = pollset_add(set, stream->fd, POLLIN);
		pollset_wake(set, stream->last + IDLE_MILLISECONDS - now);
	}
}

void resolver_work(struct resolver *resolver, const struct pollset *set, int64_t now)
{
	resolver->now = now;
	if (resolver->busy == 0)
		return;
	for (size_t i = 0; i < MOST_QUERIES; i++) {
		struct query *query = &resolver->queries[i];

		if (!query->used)
			continue;
		short news = pollset_news(set, query->index);
		query->index = -1;
		if (news && !query->by_tcp)
			read_datagram(resolver, query);
		else if (news && !query->is_sent)
			write_stream(resolver, query);
		else if (news)
			read_stream(resolver, query);
		if (query->used && now >= query->deadline)
			try_next(resolver, query);
	}
	for (size_t i = 0; i < MOST_STREAMS; i++) {
		struct stream *stream = &resolver->streams[i];

		if (!stream->used)
			continue;
		short news = pollset_news(set, stream->index);
		stream->index = -1;
		if (news)
			serve_stream(resolver, stream);
		if (stream->used && now >= stream->last + IDLE_MILLISECONDS)
			end_stream(resolver, stream);
	}
}
