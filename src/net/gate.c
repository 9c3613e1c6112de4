/* The gate. A frame has to pass three doors, in this order:
 *
 *	shape	It is what the kernel's own sockets make, and nothing more: ARP; IPv4
 *		without options and in one piece; IPv6 in which TCP, UDP or ICMPv6 follows
 *		at once; from the sandbox's own address. What libslirp has been wrong about
 *		- fragments, odd lengths, urgent data, its DHCP and TFTP servers - does not
 *		get near it. It puts fragments together itself and has no hook behind
 *		that, so that this cannot be done later.
 *	never	The destination is nothing that the host would take for itself. A program
 *		without any right can send to 127.0.0.1 through the tap (SO_BINDTODEVICE),
 *		and libslirp would connect to it.
 *	rules	The policy lets the sandbox go there. Who is refused hears it at once: TCP
 *		gets a reset, a datagram "port unreachable" (ECONNREFUSED on a connected
 *		socket), an echo request "administratively prohibited".
 *
 * What was decided for a flow is kept in a table of fixed size, so that a frame costs
 * the same whatever the rules are. A new connection asks the rules again in any case: a
 * name's permission can run out, and what is established lives on. A "no" counts only
 * while the policy is in the state in which it was said.
 *
 * Neighbours are answered here: the gateway and the resolver are the only ones, and
 * their hardware address is never in doubt. So is who asks by DHCP for an address. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <immure/net/gate.h>

#include "dhcp.h"
#include "frame.h"

static const uint8_t gateway_hardware[HARDWARE] = { TAP_GATEWAY_HARDWARE };

/* --- flows --------------------------------------------------------------------------- */

struct entry {
	struct flow flow;
	bool used, allows;
	uint64_t state;			/* of the policy, for a "no" */
	const struct rule *rule;
	int64_t last;
};

/* A set of so many places belongs to a hash; the one that was silent longest goes. */
enum { FLOW_SETS = 2048, FLOW_WAYS = 8 };

/* A datagram behind such a pause belongs to a new flow, as for libslirp (udp.h). */
enum { SILENCE_MILLISECONDS = 240000 };

struct gate {
	const struct network_plan *plan;
	const struct policy *policy;
	uint8_t guest_hardware[HARDWARE];
	struct entry flows[FLOW_SETS][FLOW_WAYS];
};

struct gate *gate_new(const struct network_plan *plan, const struct policy *policy)
{
	struct gate *gate = calloc(1, sizeof(*gate));

	if (!gate)
		return NULL;
	gate->plan = plan;
	gate->policy = policy;
	return gate;
}

void gate_free(struct gate *gate)
{
	free(gate);
}

void gate_set_guest(struct gate *gate, const uint8_t hardware[6])
{
	memcpy(gate->guest_hardware, hardware, HARDWARE);
}

static bool same_flow(const struct flow *a, const struct flow *b)
{
	return a->guest_port == b->guest_port && a->remote_port == b->remote_port &&
	       a->protocol == b->protocol && address_is(&a->remote, &b->remote);
}

static struct entry *set_of(struct gate *gate, const struct flow *flow)
{
	uint32_t hash = (uint32_t)flow->guest_port << 16 ^ flow->remote_port ^
			(uint32_t)flow->protocol << 13;

	for (int i = 0; i < 16; i += 4)
		hash = (hash ^ get32(flow->remote.bytes + i)) * 0x9e3779b1u;
	return gate->flows[(hash ^ hash >> 15) % FLOW_SETS];
}

/* The flow's entry; a new one takes the place of the oldest of its set. */
static struct entry *entry_of(struct gate *gate, const struct flow *flow, int64_t now)
{
	struct entry *set = set_of(gate, flow), *oldest = set;

	for (struct entry *entry = set; entry < set + FLOW_WAYS; entry++) {
		if (entry->used && same_flow(&entry->flow, flow)) {
			if (now - entry->last <= SILENCE_MILLISECONDS)
				return entry;
			oldest = entry;
			break;
		}
		if (!entry->used || (oldest->used && entry->last < oldest->last))
			oldest = entry;
	}
	*oldest = (struct entry){ .flow = *flow };
	return oldest;
}

/* Ask the rules, or remember what they said. */
static bool may_pass(struct gate *gate, bool begins, int64_t now, struct gate_result *result)
{
	struct entry *entry = entry_of(gate, &result->flow, now);
	uint64_t state = policy_state(gate->policy);

	if (!entry->used || begins || (!entry->allows && entry->state != state)) {
		struct verdict verdict = policy_ask(gate->policy, &result->flow.remote,
						    result->flow.remote_port,
						    result->flow.protocol, now);

		result->starts = true;
		entry->used = true;
		entry->allows = verdict.allows;
		entry->rule = verdict.rule;
		entry->state = state;
	}
	entry->last = now;
	result->verdict = (struct verdict){ entry->allows, entry->rule };
	if (!entry->allows)
		result->reason = REASON_RULES;
	return entry->allows;
}

/* --- frames for the sandbox ------------------------------------------------------------ */

static uint8_t *begin_frame(const struct gate *gate, uint8_t *frame, unsigned type)
{
	memcpy(frame, gate->guest_hardware, HARDWARE);
	memcpy(frame + HARDWARE, gateway_hardware, HARDWARE);
	put16(frame + 2 * HARDWARE, type);
	return frame + ETHERNET;
}

/* An IP header from `remote` to the sandbox, for `size` bytes behind it; *ret_sum is
 * that of the pseudo header. Returns where they start. */
static uint8_t *begin_packet(const struct gate *gate, uint8_t *frame,
			     const struct address *remote, unsigned next, size_t size,
			     uint64_t *ret_sum)
{
	bool v4 = address_is_v4(remote);
	uint8_t *ip = begin_frame(gate, frame, v4 ? TYPE_IPV4 : TYPE_IPV6);

	*ret_sum = size + next;
	if (v4) {
		memset(ip, 0, IPV4_HEADER);
		ip[0] = 0x45;
		put16(ip + 2, (unsigned)(IPV4_HEADER + size));
		put16(ip + 6, 0x4000);		/* in one piece */
		ip[8] = 64;
		ip[9] = (uint8_t)next;
		memcpy(ip + 12, remote->bytes + 12, 4);
		memcpy(ip + 16, gate->plan->v4.guest.bytes + 12, 4);
		put16(ip + 10, sum_finish(sum_add(0, ip, IPV4_HEADER)));
		*ret_sum = sum_add(*ret_sum, ip + 12, 8);
		return ip + IPV4_HEADER;
	}
	memset(ip, 0, IPV6_HEADER);
	ip[0] = 0x60;
	put16(ip + 4, (unsigned)size);
	ip[6] = (uint8_t)next;
	ip[7] = 255;
	memcpy(ip + 8, remote->bytes, 16);
	memcpy(ip + 24, gate->plan->v6.guest.bytes, 16);
	*ret_sum = sum_add(*ret_sum, ip + 8, 32);
	return ip + IPV6_HEADER;
}

size_t gate_datagram(const struct gate *gate, const struct flow *flow, const uint8_t *payload,
		     size_t size, uint8_t *frame)
{
	uint64_t sum;

	if (size > (size_t)UINT16_MAX - IPV4_HEADER - UDP_HEADER)
		return 0;
	uint8_t *udp = begin_packet(gate, frame, &flow->remote, NEXT_UDP, UDP_HEADER + size, &sum);
	put16(udp, flow->remote_port);
	put16(udp + 2, flow->guest_port);
	put16(udp + 4, (unsigned)(UDP_HEADER + size));
	put16(udp + 6, 0);
	memcpy(udp + UDP_HEADER, payload, size);
	uint16_t check = sum_finish(sum_add(sum, udp, UDP_HEADER + size));
	put16(udp + 6, check ? check : 0xffff);
	return (size_t)(udp + UDP_HEADER + size - frame);
}

/* RFC 9293, 3.5.2: a reset that the sender of this segment believes. */
static size_t make_reset(const struct gate *gate, const struct flow *flow, const uint8_t *tcp,
			 size_t size, uint8_t *frame)
{
	unsigned flags = tcp[13];
	uint64_t sum;

	uint8_t *reset = begin_packet(gate, frame, &flow->remote, NEXT_TCP, TCP_HEADER, &sum);
	memset(reset, 0, TCP_HEADER);
	put16(reset, flow->remote_port);
	put16(reset + 2, flow->guest_port);
	reset[12] = TCP_HEADER / 4 << 4;
	reset[13] = FLAG_RST;
	if (flags & FLAG_ACK) {
		memcpy(reset + 4, tcp + 8, 4);
	} else {
		size_t data = size - (size_t)(tcp[12] >> 4) * 4;

		reset[13] |= FLAG_ACK;
		put32(reset + 8, get32(tcp + 4) + (uint32_t)data + !!(flags & FLAG_SYN) +
				 !!(flags & FLAG_FIN));
	}
	put16(reset + 16, sum_finish(sum_add(sum, reset, TCP_HEADER)));
	return (size_t)(reset + TCP_HEADER - frame);
}

/* "Unreachable", with the start of the packet that it is about. */
static size_t make_unreachable(const struct gate *gate, const struct flow *flow,
			       const uint8_t *ip, unsigned code, uint8_t *frame)
{
	bool v4 = address_is_v4(&flow->remote);
	size_t quoted = (v4 ? IPV4_HEADER : IPV6_HEADER) + 8;
	uint64_t sum;

	uint8_t *icmp = begin_packet(gate, frame, &flow->remote, v4 ? NEXT_ICMP : NEXT_ICMPV6,
				     ICMP_HEADER + quoted, &sum);
	memset(icmp, 0, ICMP_HEADER);
	icmp[0] = v4 ? ICMP_UNREACHABLE : ICMPV6_UNREACHABLE;
	icmp[1] = (uint8_t)code;
	memcpy(icmp + ICMP_HEADER, ip, quoted);
	put16(icmp + 2, sum_finish(sum_add(v4 ? 0 : sum, icmp, ICMP_HEADER + quoted)));
	return (size_t)(icmp + ICMP_HEADER + quoted - frame);
}

size_t gate_message(const struct gate *gate, const struct address *from, const uint8_t *message,
		    size_t size, uint8_t *frame)
{
	bool v4 = address_is_v4(from);
	uint64_t sum;

	if (size > (size_t)UINT16_MAX - IPV6_HEADER)
		return 0;
	uint8_t *icmp = begin_packet(gate, frame, from, v4 ? NEXT_ICMP : NEXT_ICMPV6, size, &sum);
	memcpy(icmp, message, size);
	put16(icmp + 2, 0);
	put16(icmp + 2, sum_finish(sum_add(v4 ? 0 : sum, icmp, size)));
	return (size_t)(icmp + size - frame);
}

size_t gate_unreachable(const struct gate *gate, const struct flow *flow, const uint8_t *frame,
			bool forbidden, uint8_t *answer)
{
	unsigned code = !forbidden ? 0 : address_is_v4(&flow->remote) ? 13 : 1;

	return make_unreachable(gate, flow, frame + ETHERNET, code, answer);
}

/* --- neighbours ------------------------------------------------------------------------- */

static bool is_neighbour(const struct tap_addresses *family, const struct address *address)
{
	return address_is(&family->gateway, address) || address_is(&family->resolver, address);
}

static void judge_arp(const struct gate *gate, const uint8_t *arp, size_t size,
		      uint8_t *answer, struct gate_result *result)
{
	static const uint8_t ethernet_ipv4[] = { 0, 1, 8, 0, 6, 4 };

	if (!gate->plan->v4.on || size < ARP_PACKET ||
	    memcmp(arp, ethernet_ipv4, sizeof(ethernet_ipv4)) != 0)
		return;
	struct address sender = address_from_v4(arp + 14), wanted = address_from_v4(arp + 24);
	result->reason = REASON_NOISE;
	if (get16(arp + 6) != 1 || !address_is(&sender, &gate->plan->v4.guest) ||
	    !is_neighbour(&gate->plan->v4, &wanted))
		return;
	uint8_t *reply = begin_frame(gate, answer, TYPE_ARP);
	memcpy(reply, ethernet_ipv4, sizeof(ethernet_ipv4));
	put16(reply + 6, 2);
	memcpy(reply + 8, gateway_hardware, HARDWARE);
	memcpy(reply + 14, arp + 24, 4);
	memcpy(reply + 18, arp + 8, HARDWARE + 4);
	result->action = GATE_ANSWER;
	result->reason = REASON_NEIGHBOUR;
	result->answer_size = ETHERNET + ARP_PACKET;
}

/* A neighbour solicitation from the sandbox's address (RFC 4861, 4.3); the link-local
 * one of its device has nobody to talk to. */
static void judge_solicitation(const struct gate *gate, const uint8_t *ip, const uint8_t *icmp,
			       size_t size, uint8_t *answer, struct gate_result *result)
{
	struct address sender = address_from_v6(ip + 8), wanted;
	uint64_t sum;

	if (size < 24 || ip[7] != 255 || icmp[1] != 0)
		return;
	result->reason = REASON_NOISE;
	wanted = address_from_v6(icmp + 8);
	if (!address_is(&sender, &gate->plan->v6.guest) ||
	    !is_neighbour(&gate->plan->v6, &wanted))
		return;
	uint8_t *advert = begin_packet(gate, answer, &wanted, NEXT_ICMPV6, 32, &sum);
	memset(advert, 0, 32);
	advert[0] = ICMPV6_ADVERTISEMENT;
	advert[4] = 0xe0;		/* a router, asked, and this is so */
	memcpy(advert + 8, wanted.bytes, 16);
	advert[24] = 2;			/* target link-layer address, in units of 8 */
	advert[25] = 1;
	memcpy(advert + 26, gateway_hardware, HARDWARE);
	put16(advert + 2, sum_finish(sum_add(sum, advert, 32)));
	result->action = GATE_ANSWER;
	result->reason = REASON_NEIGHBOUR;
	result->answer_size = ETHERNET + IPV6_HEADER + 32;
}

/* --- what the sandbox sends --------------------------------------------------------------- */

/* One packet whose header is as it should be. */
struct packet {
	const uint8_t *ip, *body;	/* the IP header, and what follows it */
	size_t size;			/* of the body */
	unsigned next;
	struct address remote;
};

static void refuse(const struct gate *gate, const struct packet *packet, uint8_t *answer,
		   struct gate_result *result)
{
	const struct flow *flow = &result->flow;
	bool v4 = address_is_v4(&flow->remote);

	switch (flow->protocol) {
	case PROTOCOL_TCP:
		if (packet->body[13] & FLAG_RST)
			return;		/* never answered */
		result->answer_size = make_reset(gate, flow, packet->body, packet->size, answer);
		break;
	case PROTOCOL_UDP:
		result->answer_size = make_unreachable(gate, flow, packet->ip, v4 ? 3 : 4, answer);
		break;
	case PROTOCOL_ECHO:
		result->answer_size = make_unreachable(gate, flow, packet->ip, v4 ? 13 : 1, answer);
		break;
	}
	result->action = GATE_ANSWER;
}

/* Ask the rules for the flow, and refuse or pass the packet. */
static void judge_flow(struct gate *gate, const struct packet *packet, bool begins, int64_t now,
		       uint8_t *answer, struct gate_result *result)
{
	if (policy_never(&packet->remote)) {
		result->reason = REASON_NEVER;
		refuse(gate, packet, answer, result);
	} else if (may_pass(gate, begins, now, result)) {
		result->action = GATE_PASS;
		result->reason = REASON_NONE;
	} else {
		refuse(gate, packet, answer, result);
	}
}

static bool is_resolver(const struct gate *gate, const struct packet *packet)
{
	const struct tap_addresses *family = address_is_v4(&packet->remote) ? &gate->plan->v4
									    : &gate->plan->v6;

	return address_is(&packet->remote, &family->resolver);
}

static void judge_tcp(struct gate *gate, const struct packet *packet, int64_t now,
		      uint8_t *answer, struct gate_result *result)
{
	const uint8_t *tcp = packet->body;

	if (packet->size < TCP_HEADER)
		return;
	size_t header = (size_t)(tcp[12] >> 4) * 4;
	unsigned flags = tcp[13];
	if (header < TCP_HEADER || header > packet->size || get16(tcp) == 0 || get16(tcp + 2) == 0)
		return;
	if ((flags & FLAG_SYN) && (flags & (FLAG_FIN | FLAG_RST)))
		return;
	result->flow = (struct flow){ PROTOCOL_TCP, packet->remote, get16(tcp), get16(tcp + 2) };
	/* Before 4.9.2 libslirp reads beyond its buffer for it. Who sends some hears that
	 * the connection is over instead of waiting for an answer. */
	if ((flags & FLAG_URG) || get16(tcp + 18) != 0) {
		refuse(gate, packet, answer, result);
		return;
	}
	if (is_resolver(gate, packet) && result->flow.remote_port == 53) {
		result->action = GATE_PASS;
		result->reason = REASON_NONE;
		return;
	}
	judge_flow(gate, packet, (flags & FLAG_SYN) && !(flags & FLAG_ACK), now, answer, result);
}

/* libslirp serves DHCP and TFTP itself at the gateway's address, and is not asked. */
static bool is_served_by_slirp(const struct gate *gate, const struct packet *packet)
{
	const struct tap_addresses *family = address_is_v4(&packet->remote) ? &gate->plan->v4
									    : &gate->plan->v6;
	unsigned port = get16(packet->body + 2);

	return address_is(&packet->remote, &family->gateway) &&
	       (port == 67 || port == 69 || port == 547);
}

static void judge_udp(struct gate *gate, const struct packet *packet, int64_t now,
		      uint8_t *answer, struct gate_result *result)
{
	const uint8_t *udp = packet->body;

	if (packet->size < UDP_HEADER || get16(udp + 4) != packet->size || get16(udp + 2) == 0)
		return;
	result->flow = (struct flow){ PROTOCOL_UDP, packet->remote, get16(udp), get16(udp + 2) };
	if (is_resolver(gate, packet) && result->flow.remote_port == 53) {
		result->action = GATE_QUERY;
		result->reason = REASON_NONE;
		result->payload = udp + UDP_HEADER;
		result->payload_size = packet->size - UDP_HEADER;
		return;
	}
	if (is_served_by_slirp(gate, packet)) {
		result->reason = REASON_NEVER;
		refuse(gate, packet, answer, result);
		return;
	}
	judge_flow(gate, packet, false, now, answer, result);
}

static void judge_echo(struct gate *gate, const struct packet *packet, int64_t now,
		       uint8_t *answer, struct gate_result *result)
{
	unsigned request = packet->next == NEXT_ICMP ? ICMP_ECHO_REQUEST : ICMPV6_ECHO_REQUEST;
	const struct tap_addresses *family = packet->next == NEXT_ICMP ? &gate->plan->v4
								       : &gate->plan->v6;

	if (packet->size < ICMP_HEADER || packet->body[0] != request || packet->body[1] != 0) {
		result->reason = REASON_NOISE;
		return;
	}
	result->flow = (struct flow){ PROTOCOL_ECHO, packet->remote, 0, 0 };
	if (address_is(&packet->remote, &family->gateway)) {
		result->action = GATE_PASS;	/* it answers itself */
		result->reason = REASON_NONE;
		return;
	}
	judge_flow(gate, packet, false, now, answer, result);
	if (result->action != GATE_PASS)
		return;
	result->action = GATE_ECHO;
	result->payload = packet->body;
	result->payload_size = packet->size;
	result->hops = packet->ip[packet->next == NEXT_ICMP ? 8 : 7] - 1u;
}

static void judge_packet(struct gate *gate, const struct packet *packet, int64_t now,
			 uint8_t *answer, struct gate_result *result)
{
	switch (packet->next) {
	case NEXT_TCP:
		judge_tcp(gate, packet, now, answer, result);
		break;
	case NEXT_UDP:
		judge_udp(gate, packet, now, answer, result);
		break;
	default:
		judge_echo(gate, packet, now, answer, result);
	}
}

/* Who asks by DHCP has no address yet, or a lease of ours that ends. Both ports are fixed, and
 * it goes to everybody or to the gateway. */
static bool is_dhcp(const struct gate *gate, const struct address *source,
		    const struct packet *packet)
{
	static const uint8_t everybody[4] = { 255, 255, 255, 255 };
	const uint8_t *udp = packet->body;

	return packet->next == NEXT_UDP && packet->size >= UDP_HEADER &&
	       get16(udp + 4) == packet->size && get16(udp) == DHCP_CLIENT_PORT &&
	       get16(udp + 2) == DHCP_SERVER_PORT &&
	       (address_is(source, &gate->plan->v4.guest) || get32(source->bytes + 12) == 0) &&
	       (memcmp(packet->ip + 16, everybody, 4) == 0 ||
		address_is(&packet->remote, &gate->plan->v4.gateway));
}

static void judge_dhcp(const struct gate *gate, const struct packet *packet, uint8_t *answer,
		       struct gate_result *result)
{
	const struct flow flow = { PROTOCOL_UDP, gate->plan->v4.gateway, DHCP_CLIENT_PORT,
				   DHCP_SERVER_PORT };
	uint8_t message[DHCP_ROOM];
	bool broadcast;

	static_assert(GATE_ANSWER_ROOM >= ETHERNET + IPV4_HEADER + UDP_HEADER + DHCP_ROOM,
		      "the answer fits");
	result->reason = REASON_NOISE;
	size_t size = dhcp_answer(gate->plan, gate->guest_hardware, packet->body + UDP_HEADER,
				  packet->size - UDP_HEADER, message, &broadcast);
	if (size == 0)
		return;
	result->answer_size = gate_datagram(gate, &flow, message, size, answer);
	result->action = GATE_ANSWER;
	result->reason = REASON_NEIGHBOUR;
	if (!broadcast)
		return;
	uint8_t *ip = answer + ETHERNET;
	memset(ip + 16, 255, 4);
	put16(ip + 10, 0);
	put16(ip + 10, sum_finish(sum_add(0, ip, IPV4_HEADER)));
	put16(ip + IPV4_HEADER + 6, 0);		/* UDP without a sum, which it allows */
}

static void judge_ipv4(struct gate *gate, const uint8_t *ip, size_t size, int64_t now,
		       uint8_t *answer, struct gate_result *result)
{
	if (!gate->plan->v4.on || size < IPV4_HEADER || ip[0] != 0x45)
		return;
	size_t total = get16(ip + 2);
	bool in_pieces = get16(ip + 6) & 0x3fff;
	if (total < IPV4_HEADER || total > size || in_pieces || ip[8] < 2 ||
	    sum_finish(sum_add(0, ip, IPV4_HEADER)) != 0)
		return;
	struct address source = address_from_v4(ip + 12);
	struct packet packet = {
		.ip = ip, .body = ip + IPV4_HEADER, .size = total - IPV4_HEADER,
		.next = ip[9], .remote = address_from_v4(ip + 16),
	};
	if (is_dhcp(gate, &source, &packet)) {
		judge_dhcp(gate, &packet, answer, result);
		return;
	}
	if (!address_is(&source, &gate->plan->v4.guest)) {
		result->reason = REASON_SOURCE;
		return;
	}
	if ((packet.remote.bytes[12] & 0xf0) == 0xe0) {
		result->reason = REASON_NOISE;
		return;
	}
	if (packet.next == NEXT_TCP || packet.next == NEXT_UDP || packet.next == NEXT_ICMP)
		judge_packet(gate, &packet, now, answer, result);
}

static void judge_ipv6(struct gate *gate, const uint8_t *ip, size_t size, int64_t now,
		       uint8_t *answer, struct gate_result *result)
{
	if (!gate->plan->v6.on || size < IPV6_HEADER || ip[0] >> 4 != 6)
		return;
	size_t length = get16(ip + 4);
	if (length > size - IPV6_HEADER)
		return;
	struct packet packet = {
		.ip = ip, .body = ip + IPV6_HEADER, .size = length,
		.next = ip[6], .remote = address_from_v6(ip + 24),
	};
	if (packet.next == NEXT_ICMPV6 && length > 0 && packet.body[0] == ICMPV6_SOLICITATION) {
		judge_solicitation(gate, ip, packet.body, length, answer, result);
		return;
	}
	struct address source = address_from_v6(ip + 8);
	if (packet.remote.bytes[0] == 0xff) {
		result->reason = REASON_NOISE;
		return;
	}
	if (!address_is(&source, &gate->plan->v6.guest)) {
		result->reason = REASON_SOURCE;
		return;
	}
	if (ip[7] < 2)
		return;
	/* As a destination of IPv6 it is not our form of an IPv4 address: libslirp would
	 * connect to that one. */
	if (address_is_v4(&packet.remote)) {
		result->reason = REASON_NEVER;
		return;
	}
	if (packet.next == NEXT_TCP || packet.next == NEXT_UDP || packet.next == NEXT_ICMPV6)
		judge_packet(gate, &packet, now, answer, result);
}

void gate_judge(struct gate *gate, const uint8_t *frame, size_t size, int64_t now,
		uint8_t *answer, struct gate_result *ret_result)
{
	*ret_result = (struct gate_result){ .action = GATE_DROP, .reason = REASON_SHAPE };
	if (size < ETHERNET || size > GATE_FRAME_ROOM)
		return;
	switch (get16(frame + 2 * HARDWARE)) {
	case TYPE_ARP:
		judge_arp(gate, frame + ETHERNET, size - ETHERNET, answer, ret_result);
		break;
	case TYPE_IPV4:
		judge_ipv4(gate, frame + ETHERNET, size - ETHERNET, now, answer, ret_result);
		break;
	case TYPE_IPV6:
		judge_ipv6(gate, frame + ETHERNET, size - ETHERNET, now, answer, ret_result);
		break;
	default:
		break;
	}
}

/* --- what libslirp sends ---------------------------------------------------------------- */

bool gate_lets_in(const struct gate *gate, const uint8_t *frame, size_t size)
{
	const uint8_t *ip = frame + ETHERNET;

	if (size < ETHERNET)
		return false;
	size -= ETHERNET;
	switch (get16(frame + 2 * HARDWARE)) {
	case TYPE_IPV4:
		return gate->plan->v4.on && size >= IPV4_HEADER &&
		       memcmp(ip + 16, gate->plan->v4.guest.bytes + 12, 4) == 0 &&
		       (ip[9] == NEXT_TCP || ip[9] == NEXT_UDP || ip[9] == NEXT_ICMP);
	case TYPE_IPV6:
		if (!gate->plan->v6.on || size < IPV6_HEADER ||
		    memcmp(ip + 24, gate->plan->v6.guest.bytes, 16) != 0)
			return false;
		if (ip[6] == NEXT_ICMPV6)
			return size > IPV6_HEADER &&
			       (ip[IPV6_HEADER] < 130 || ip[IPV6_HEADER] > ICMPV6_REDIRECT);
		return ip[6] == NEXT_TCP || ip[6] == NEXT_UDP;
	default:
		return false;
	}
}

size_t gate_introduce(const struct gate *gate, bool v6, uint8_t *frame)
{
	static const uint8_t ethernet_ipv4[] = { 0, 1, 8, 0, 6, 4 };
	const struct network_plan *plan = gate->plan;

	memset(frame, 0, GATE_ANSWER_ROOM);
	memcpy(frame, gateway_hardware, HARDWARE);
	memcpy(frame + HARDWARE, gate->guest_hardware, HARDWARE);
	uint8_t *at = frame + ETHERNET;
	if (!v6) {
		if (!plan->v4.on)
			return 0;
		/* Gratuitous: who it asks for is who asks. */
		put16(frame + 2 * HARDWARE, TYPE_ARP);
		memcpy(at, ethernet_ipv4, sizeof(ethernet_ipv4));
		put16(at + 6, 1);
		memcpy(at + 8, gate->guest_hardware, HARDWARE);
		memcpy(at + 14, plan->v4.guest.bytes + 12, 4);
		memcpy(at + 24, plan->v4.guest.bytes + 12, 4);
		return ETHERNET + ARP_PACKET;
	}
	if (!plan->v6.on)
		return 0;
	put16(frame + 2 * HARDWARE, TYPE_IPV6);
	at[0] = 0x60;
	put16(at + 4, 32);
	at[6] = NEXT_ICMPV6;
	at[7] = 255;
	memcpy(at + 8, plan->v6.guest.bytes, 16);
	memcpy(at + 24, plan->v6.gateway.bytes, 16);
	uint8_t *advert = at + IPV6_HEADER;
	advert[0] = ICMPV6_ADVERTISEMENT;
	advert[4] = 0x20;			/* this is so */
	memcpy(advert + 8, plan->v6.guest.bytes, 16);
	advert[24] = 2;
	advert[25] = 1;
	memcpy(advert + 26, gate->guest_hardware, HARDWARE);
	put16(advert + 2, sum_finish(sum_add(sum_add(32 + NEXT_ICMPV6, at + 8, 32), advert, 32)));
	return ETHERNET + IPV6_HEADER + 32;
}
