/* Frames and DNS messages for the tests of the gate and of the resolver, made by hand so
 * that each byte of them can be wrong. */
#ifndef IMMURE_TESTS_FRAMES_H
#define IMMURE_TESTS_FRAMES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../src/net/frame.h"

#include <immure/net/gate.h>

/* The plan that they are frames of. */
static inline void frames_plan(struct network_plan *plan)
{
	plan->online = true;
	plan->mtu = 65520;
	plan->v4.on = plan->v6.on = true;
	(void)prefix_parse("10.0.2.0/24", &plan->v4.network);
	(void)prefix_parse("fd00::/64", &plan->v6.network);
	(void)address_parse("10.0.2.2", &plan->v4.gateway);
	(void)address_parse("10.0.2.3", &plan->v4.resolver);
	(void)address_parse("10.0.2.100", &plan->v4.guest);
	(void)address_parse("fd00::2", &plan->v6.gateway);
	(void)address_parse("fd00::3", &plan->v6.resolver);
	(void)address_parse("fd00::100", &plan->v6.guest);
}

/* An IP packet from the sandbox with `size` bytes of body, whose sums are left to
 * frame_sum(). Returns where the body is. */
static inline uint8_t *frame_ip(uint8_t *frame, const char *to_text, unsigned next, size_t size)
{
	struct network_plan plan = { 0 };
	struct address to;

	frames_plan(&plan);
	memset(frame, 0, ETHERNET + IPV6_HEADER + size);
	(void)address_parse(to_text, &to);
	uint8_t *ip = frame + ETHERNET;
	if (!strchr(to_text, ':')) {
		put16(frame + 12, TYPE_IPV4);
		ip[0] = 0x45;
		put16(ip + 2, (unsigned)(IPV4_HEADER + size));
		put16(ip + 6, 0x4000);
		ip[8] = 64;
		ip[9] = (uint8_t)next;
		memcpy(ip + 12, plan.v4.guest.bytes + 12, 4);
		memcpy(ip + 16, to.bytes + 12, 4);
		return ip + IPV4_HEADER;
	}
	put16(frame + 12, TYPE_IPV6);
	ip[0] = 0x60;
	put16(ip + 4, (unsigned)size);
	ip[6] = (uint8_t)next;
	ip[7] = 64;
	memcpy(ip + 8, plan.v6.guest.bytes, 16);
	memcpy(ip + 24, to.bytes, 16);
	return ip + IPV6_HEADER;
}

/* Set the sum of the IPv4 header. */
static inline void frame_sum(uint8_t *frame)
{
	uint8_t *ip = frame + ETHERNET;

	if (get16(frame + 12) != TYPE_IPV4)
		return;
	put16(ip + 10, 0);
	put16(ip + 10, sum_finish(sum_add(0, ip, IPV4_HEADER)));
}

static inline size_t frame_end(const uint8_t *frame, const uint8_t *body, size_t size)
{
	return (size_t)(body - frame) + size;
}

/* A segment without data. */
static inline size_t frame_tcp(uint8_t *frame, const char *to, uint16_t port, unsigned flags)
{
	uint8_t *tcp = frame_ip(frame, to, NEXT_TCP, TCP_HEADER);

	put16(tcp, 40000);
	put16(tcp + 2, port);
	put32(tcp + 4, 1000);
	tcp[12] = TCP_HEADER / 4 << 4;
	tcp[13] = (uint8_t)flags;
	frame_sum(frame);
	return frame_end(frame, tcp, TCP_HEADER);
}

/* A datagram with these bytes. */
static inline size_t frame_udp(uint8_t *frame, const char *to, uint16_t port, const void *bytes,
			       size_t size)
{
	uint8_t *udp = frame_ip(frame, to, NEXT_UDP, UDP_HEADER + size);

	put16(udp, 40000);
	put16(udp + 2, port);
	put16(udp + 4, (unsigned)(UDP_HEADER + size));
	if (size > 0)
		memcpy(udp + UDP_HEADER, bytes, size);
	frame_sum(frame);
	return frame_end(frame, udp, UDP_HEADER + size);
}

/* An echo request. */
static inline size_t frame_echo(uint8_t *frame, const char *to)
{
	int v6 = strchr(to, ':') != NULL;
	uint8_t *icmp = frame_ip(frame, to, v6 ? NEXT_ICMPV6 : NEXT_ICMP, ICMP_HEADER);

	icmp[0] = v6 ? ICMPV6_ECHO_REQUEST : ICMP_ECHO_REQUEST;
	frame_sum(frame);
	return frame_end(frame, icmp, ICMP_HEADER);
}

#endif
