/* What is told of flows. The gate knows a flow by its frames out alone, and forgets; here
 * each is kept from its first frame to its last, with what it carried both ways, and is
 * told when it is over: both ends closed it, one reset it, nothing came for as long as
 * libslirp waits, or the network ended. A refused one is told at once.
 *
 * Nobody is waited for without end: a full channel gets a moment, and then what comes is
 * counted as lost until the channel takes something again. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <immure/base/fd.h>
#include <immure/net/pollset.h>
#include <immure/net/record.h>
#include <immure/net/resolver.h>

#include "frame.h"
#include "recorder.h"

/* A set of so many places belongs to a hash. When all are taken, the flow that was silent
 * longest is told, as silent, and leaves. */
enum { KEPT_SETS = 1024, KEPT_WAYS = 8 };

/* libslirp forgets a datagram's flow behind such a pause (SO_EXPIRE of its udp.h); how often
 * we look for those. */
enum { SILENCE_MILLISECONDS = 240000, LOOK_MILLISECONDS = 20000 };

/* How long a full channel is waited for: what a writer of files needs to be scheduled, and
 * nothing that a slow disk could hold the network up with. */
enum { PATIENCE_MILLISECONDS = 100, LAST_PATIENCE_MILLISECONDS = 1000 };

struct kept {
	bool used;
	struct flow flow;
	bool incoming, answered;
	bool fin_out, fin_in;
	uint32_t rule;
	int64_t began, first, last;	/* of the day; and by the policy's clock */
	uint64_t sent, received;
	char name[256];
};

struct recorder {
	const struct network_plan *plan;
	const struct policy *policy;
	struct refusals *told;
	int channels[RECORD_CHANNELS];
	bool stalled[RECORD_CHANNELS];
	int patience;			/* milliseconds */
	unsigned used;
	int64_t looked;
	uint8_t message[sizeof(struct frame_record) + GATE_FRAME_ROOM];
	struct kept kept[KEPT_SETS][KEPT_WAYS];
};

struct recorder *recorder_new(const struct network_plan *plan, const struct policy *policy,
			      struct refusals *told, const int channels[RECORD_CHANNELS])
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));

	if (!recorder)
		return NULL;
	recorder->plan = plan;
	recorder->policy = policy;
	recorder->told = told;
	recorder->patience = PATIENCE_MILLISECONDS;
	memcpy(recorder->channels, channels, sizeof(recorder->channels));
	return recorder;
}

static int64_t microseconds_of_day(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static void tell(struct recorder *recorder, enum record_channel channel, const void *message,
		 size_t size)
{
	struct pollfd polled = { .fd = recorder->channels[channel], .events = POLLOUT };

	for (;;) {
		if (send(polled.fd, message, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size) {
			recorder->stalled[channel] = false;
			return;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN || recorder->stalled[channel] ||
		    poll(&polled, 1, recorder->patience) <= 0)
			break;
	}
	recorder->stalled[channel] = true;
	atomic_fetch_add_explicit(&recorder->told->lost[channel], 1, memory_order_relaxed);
}

void recorder_capture(struct recorder *recorder, const uint8_t *frame, size_t size)
{
	struct frame_record record = { .time = microseconds_of_day(), .size = (uint32_t)size };

	if (recorder->channels[RECORD_CAPTURE] == NO_FD || size > GATE_FRAME_ROOM)
		return;
	memcpy(recorder->message, &record, sizeof(record));
	memcpy(recorder->message + sizeof(record), frame, size);
	tell(recorder, RECORD_CAPTURE, recorder->message, sizeof(record) + size);
}

/* A name that does not fit is cut. */
static void set_name(char *out, size_t room, const char *name)
{
	size_t length = name ? strlen(name) : 0;

	if (length >= room)
		length = room - 1;
	if (length > 0)
		memcpy(out, name, length);
	out[length] = '\0';
}

static uint32_t rule_of(const struct recorder *recorder, const struct verdict *verdict)
{
	return verdict->rule ? (uint32_t)(verdict->rule - recorder->plan->rules.items)
			     : RECORD_NO_RULE;
}

/* --- what a frame is of ------------------------------------------------------------------ */

struct seen {
	struct flow flow;
	size_t payload;
	unsigned flags;			/* of TCP */
	bool unreachable;		/* it says so of the flow */
};

/* The ports of a packet whose header is `ip`, which came from the sandbox, or `in`. */
static bool see_body(const uint8_t *body, size_t size, unsigned next, bool in,
		     struct seen *ret_seen)
{
	unsigned from = in ? 2 : 0, to = in ? 0 : 2;

	if (next == NEXT_TCP && size >= TCP_HEADER) {
		size_t header = (size_t)(body[12] >> 4) * 4;

		ret_seen->flow.protocol = PROTOCOL_TCP;
		ret_seen->flags = body[13];
		ret_seen->payload = header < size ? size - header : 0;
	} else if (next == NEXT_UDP && size >= UDP_HEADER) {
		ret_seen->flow.protocol = PROTOCOL_UDP;
		ret_seen->payload = size - UDP_HEADER;
	} else {
		return false;
	}
	ret_seen->flow.guest_port = get16(body + from);
	ret_seen->flow.remote_port = get16(body + to);
	return true;
}

static bool see_packet(const uint8_t *ip, size_t size, bool in, struct seen *ret_seen);

/* An answer to an echo request, or an error about what the sandbox sent (RFC 792, 4443). */
static bool see_icmp(const uint8_t *icmp, size_t size, bool v6, bool in, struct seen *ret_seen)
{
	unsigned error = v6 ? ICMPV6_UNREACHABLE : ICMP_UNREACHABLE;
	unsigned echo = v6 ? ICMPV6_ECHO_REQUEST : ICMP_ECHO_REQUEST;

	if (size < ICMP_HEADER)
		return false;
	if (in && icmp[0] == error) {
		ret_seen->unreachable = true;
		return see_packet(icmp + ICMP_HEADER, size - ICMP_HEADER, false, ret_seen);
	}
	/* Their answers: 0, and 129. */
	if (icmp[0] != (in ? (v6 ? ICMPV6_ECHO_REQUEST + 1u : 0) : echo))
		return false;
	ret_seen->flow.protocol = PROTOCOL_ECHO;
	ret_seen->payload = size - ICMP_HEADER;
	return true;
}

static bool see_packet(const uint8_t *ip, size_t size, bool in, struct seen *ret_seen)
{
	const uint8_t *body;
	size_t length;
	unsigned next;
	bool v6 = size > 0 && ip[0] >> 4 == 6, quoted = ret_seen->unreachable;

	if (size < (v6 ? IPV6_HEADER : IPV4_HEADER))
		return false;
	if (v6) {
		ret_seen->flow.remote = address_from_v6(ip + (in ? 8 : 24));
		body = ip + IPV6_HEADER;
		length = get16(ip + 4);
		next = ip[6];
	} else {
		ret_seen->flow.remote = address_from_v4(ip + (in ? 12 : 16));
		body = ip + IPV4_HEADER;
		length = (size_t)get16(ip + 2) - IPV4_HEADER;
		next = ip[9];
	}
	size -= (size_t)(body - ip);
	/* An error may quote no more than the ports. */
	if (quoted && size >= UDP_HEADER && (next == NEXT_TCP || next == NEXT_UDP))
		return see_body(body, size, NEXT_UDP, in, ret_seen) &&
		       (ret_seen->flow.protocol = next == NEXT_TCP ? PROTOCOL_TCP : PROTOCOL_UDP);
	if (quoted || length > size)
		return false;
	return next == NEXT_ICMP || next == NEXT_ICMPV6 ? see_icmp(body, length, v6, in, ret_seen)
							: see_body(body, length, next, in, ret_seen);
}

static bool see(const struct recorder *recorder, const uint8_t *frame, size_t size, bool in,
		struct seen *ret_seen)
{
	const struct network_plan *plan = recorder->plan;

	memset(ret_seen, 0, sizeof(*ret_seen));
	if (size < ETHERNET || (get16(frame + 2 * HARDWARE) != TYPE_IPV4 &&
				get16(frame + 2 * HARDWARE) != TYPE_IPV6) ||
	    !see_packet(frame + ETHERNET, size - ETHERNET, in, ret_seen))
		return false;
	/* What is asked of the resolver is told as queries. */
	const struct address *remote = &ret_seen->flow.remote;
	return !(ret_seen->flow.remote_port == 53 &&
		 ((plan->v4.on && address_is(remote, &plan->v4.resolver)) ||
		  (plan->v6.on && address_is(remote, &plan->v6.resolver))));
}

/* --- flows ------------------------------------------------------------------------------- */

static struct kept *set_of(struct recorder *recorder, const struct flow *flow)
{
	uint32_t hash = (uint32_t)flow->guest_port << 16 ^ flow->remote_port ^
			(uint32_t)flow->protocol << 13;

	for (int i = 0; i < 16; i += 4)
		hash = (hash ^ get32(flow->remote.bytes + i)) * 0x9e3779b1u;
	return recorder->kept[(hash ^ hash >> 15) % KEPT_SETS];
}

static struct kept *find(struct recorder *recorder, const struct flow *flow)
{
	struct kept *set = set_of(recorder, flow);

	for (struct kept *kept = set; kept < set + KEPT_WAYS; kept++)
		if (kept->used && kept->flow.guest_port == flow->guest_port &&
		    kept->flow.remote_port == flow->remote_port &&
		    kept->flow.protocol == flow->protocol &&
		    address_is(&kept->flow.remote, &flow->remote))
			return kept;
	return NULL;
}

static void end_flow(struct recorder *recorder, struct kept *kept, enum record_end end)
{
	struct net_record record = {
		.kind = RECORD_FLOW, .end = (uint8_t)end, .protocol = (uint8_t)kept->flow.protocol,
		.allowed = true, .incoming = kept->incoming, .port = kept->flow.remote_port,
		.rule = kept->rule, .began = kept->began, .lasted = kept->last - kept->first,
		.sent = kept->sent, .received = kept->received, .address = kept->flow.remote,
	};

	set_name(record.name, sizeof(record.name), kept->name);
	kept->used = false;
	recorder->used--;
	tell(recorder, RECORD_LOG, &record, sizeof(record));
}

static struct kept *begin_flow(struct recorder *recorder, const struct flow *flow, uint32_t rule,
			       bool incoming, int64_t now)
{
	struct kept *set = set_of(recorder, flow), *place = set;

	for (struct kept *kept = set; kept < set + KEPT_WAYS; kept++)
		if (!kept->used || (place->used && kept->last < place->last))
			place = kept;
	if (place->used)
		end_flow(recorder, place, RECORD_SILENT);
	*place = (struct kept){
		.used = true, .flow = *flow, .rule = rule, .incoming = incoming,
		.began = microseconds_of_day() / 1000, .first = now, .last = now,
	};
	set_name(place->name, sizeof(place->name), policy_name_of(recorder->policy, &flow->remote));
	recorder->used++;
	return place;
}

/* The first segment of a connection, and not the same one sent again. */
static bool begins(const struct seen *seen, const struct kept *kept)
{
	return (seen->flags & (FLAG_SYN | FLAG_ACK)) == FLAG_SYN && !(kept && !kept->answered);
}

/* One more frame of a flow; `kept` is NULL for one that is not known. */
static void note_frame(struct recorder *recorder, struct kept *kept, const struct seen *seen,
		       uint32_t rule, bool in, int64_t now)
{
	bool tcp = seen->flow.protocol == PROTOCOL_TCP;
	bool late = kept && !tcp && now - kept->last > SILENCE_MILLISECONDS;

	if (kept && (late || (tcp && begins(seen, kept)))) {
		end_flow(recorder, kept, late ? RECORD_SILENT : RECORD_RESET);
		kept = NULL;
	}
	/* What is behind the end of a connection is of none. */
	if (!kept && (tcp ? !begins(seen, NULL) : in))
		return;
	if (!kept)
		kept = begin_flow(recorder, &seen->flow, rule, in, now);
	kept->last = now;
	*(in ? &kept->received : &kept->sent) += seen->payload;
	kept->answered = kept->answered || in != kept->incoming;
	if (!tcp)
		return;
	*(in ? &kept->fin_in : &kept->fin_out) |= (seen->flags & FLAG_FIN) != 0;
	if (seen->flags & FLAG_RST)
		end_flow(recorder, kept, RECORD_RESET);
	else if (kept->fin_in && kept->fin_out)
		end_flow(recorder, kept, RECORD_CLOSED);
}

void recorder_passed(struct recorder *recorder, const struct verdict *verdict,
		     const uint8_t *frame, size_t size, int64_t now)
{
	struct seen seen;

	if (recorder->channels[RECORD_LOG] == NO_FD || !see(recorder, frame, size, false, &seen))
		return;
	note_frame(recorder, find(recorder, &seen.flow), &seen, rule_of(recorder, verdict), false,
		   now);
}

void recorder_let_in(struct recorder *recorder, const uint8_t *frame, size_t size, int64_t now)
{
	struct seen seen;

	if (recorder->channels[RECORD_LOG] == NO_FD || !see(recorder, frame, size, true, &seen))
		return;
	struct kept *kept = find(recorder, &seen.flow);
	if (!seen.unreachable)
		note_frame(recorder, kept, &seen, RECORD_NO_RULE, true, now);
	else if (kept)
		end_flow(recorder, kept, RECORD_UNREACHABLE);
}

void recorder_refused(struct recorder *recorder, const struct flow *flow,
		      const struct verdict *verdict)
{
	struct net_record record = {
		.kind = RECORD_FLOW, .end = RECORD_NOT_BEGUN, .protocol = (uint8_t)flow->protocol,
		.port = flow->remote_port, .rule = rule_of(recorder, verdict),
		.began = microseconds_of_day() / 1000, .address = flow->remote,
	};

	if (recorder->channels[RECORD_LOG] == NO_FD)
		return;
	set_name(record.name, sizeof(record.name),
		 policy_name_of(recorder->policy, &flow->remote));
	tell(recorder, RECORD_LOG, &record, sizeof(record));
}

void recorder_query(struct recorder *recorder, const struct resolved *resolved, int64_t now)
{
	struct net_record record = {
		.kind = RECORD_QUERY, .protocol = resolved->by_stream ? PROTOCOL_TCP : PROTOCOL_UDP,
		.allowed = resolved->verdict.allows, .type = resolved->type,
		.code = (uint16_t)resolved->code, .rule = rule_of(recorder, &resolved->verdict),
		.began = microseconds_of_day() / 1000 - (now - resolved->asked),
		.lasted = now - resolved->asked, .address_count = (uint32_t)resolved->count,
	};

	if (recorder->channels[RECORD_LOG] == NO_FD)
		return;
	for (size_t i = 0; i < resolved->count && i < RECORD_ADDRESSES; i++)
		record.addresses[i] = resolved->addresses[i];
	set_name(record.name, sizeof(record.name), resolved->name);
	tell(recorder, RECORD_LOG, &record, sizeof(record));
}

/* --- the loop's part --------------------------------------------------------------------- */

void recorder_wants(const struct recorder *recorder, struct pollset *set)
{
	if (recorder->used > 0)
		pollset_wake(set, LOOK_MILLISECONDS);
}

static void end_flows(struct recorder *recorder, int64_t now, bool all)
{
	for (size_t i = 0; recorder->used > 0 && i < KEPT_SETS * KEPT_WAYS; i++) {
		struct kept *kept = &recorder->kept[i / KEPT_WAYS][i % KEPT_WAYS];
		bool silent = kept->flow.protocol != PROTOCOL_TCP &&
			      now - kept->last > SILENCE_MILLISECONDS;

		if (kept->used && (all || silent))
			end_flow(recorder, kept, silent ? RECORD_SILENT : RECORD_CUT);
	}
}

void recorder_work(struct recorder *recorder, int64_t now)
{
	if (recorder->used == 0 || now - recorder->looked < LOOK_MILLISECONDS)
		return;
	recorder->looked = now;
	end_flows(recorder, now, false);
}

/* The supervisor does nothing else any more: it may take longer. */
void recorder_end(struct recorder *recorder, int64_t now)
{
	recorder->patience = LAST_PATIENCE_MILLISECONDS;
	recorder->stalled[RECORD_LOG] = false;
	end_flows(recorder, now, true);
}
