/* Reading and writing the fields of frames: numbers as they are sent, checksums, and
 * where in a frame what stands. */
#ifndef IMMURE_NET_FRAME_H
#define IMMURE_NET_FRAME_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ETHERNET = 14, HARDWARE = 6 };
enum { TYPE_IPV4 = 0x0800, TYPE_ARP = 0x0806, TYPE_IPV6 = 0x86dd };

/* Sizes of headers without options. */
enum { IPV4_HEADER = 20, IPV6_HEADER = 40, TCP_HEADER = 20, UDP_HEADER = 8, ICMP_HEADER = 8,
       ARP_PACKET = 28 };

enum { NEXT_ICMP = 1, NEXT_TCP = 6, NEXT_UDP = 17, NEXT_ICMPV6 = 58 };

enum { FLAG_FIN = 0x01, FLAG_SYN = 0x02, FLAG_RST = 0x04, FLAG_PSH = 0x08, FLAG_ACK = 0x10,
       FLAG_URG = 0x20 };

enum { ICMP_ECHO_REPLY = 0, ICMP_ECHO_REQUEST = 8, ICMP_UNREACHABLE = 3 };
enum { ICMPV6_UNREACHABLE = 1, ICMPV6_ECHO_REQUEST = 128, ICMPV6_ECHO_REPLY = 129,
       ICMPV6_ROUTER_ADVERTISEMENT = 134,
       ICMPV6_SOLICITATION = 135, ICMPV6_ADVERTISEMENT = 136, ICMPV6_REDIRECT = 137 };

static inline uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static inline void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

/* Where TCP's header begins in a frame of TCP that is there whole, behind an IP header without
 * options; 0: it is something else. */
static inline size_t frame_tcp_at(const uint8_t *frame, size_t size)
{
	const uint8_t *ip = frame + ETHERNET;

	if (size >= ETHERNET + IPV4_HEADER + TCP_HEADER && get16(frame + 2 * HARDWARE) == TYPE_IPV4 &&
	    ip[0] == 0x45 && ip[9] == NEXT_TCP)
		return ETHERNET + IPV4_HEADER;
	if (size >= ETHERNET + IPV6_HEADER + TCP_HEADER && get16(frame + 2 * HARDWARE) == TYPE_IPV6 &&
	    ip[6] == NEXT_TCP)
		return ETHERNET + IPV6_HEADER;
	return 0;
}

/* Add bytes to a sum of 16-bit words (RFC 1071); only the last part may be odd. */
static inline uint64_t sum_add(uint64_t sum, const uint8_t *bytes, size_t size)
{
	for (; size > 1; bytes += 2, size -= 2)
		sum += get16(bytes);
	return size ? sum + (uint64_t)(bytes[0] << 8) : sum;
}

static inline uint16_t sum_finish(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

#endif
