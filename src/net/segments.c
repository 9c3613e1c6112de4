/* Which segments become one.
 *
 * To write a frame into the tap is most of what it costs: the kernel takes it through the
 * whole of the sandbox's TCP within that call, up to the answer. With frames of 64 KiB that
 * is little for a byte; with those of 1500, it is most of all.
 *
 * Of a frame with data, whatever its size, the kernel reads each byte once more for TCP's
 * checksum. libslirp has just computed it, in this process, from the memory from which the
 * frame is written: nothing can have happened to it, and so the kernel is told not to look,
 * in the way in which a driver tells a network card to compute it. */
#include <string.h>

#include <immure/sys/tap.h>

#include "segments.h"

enum { SEQUENCE = 4, FLAGS = 13, SUM = 16, URGENT = 18 };

/* The bytes of headers in front of the data of a plain segment: no options, no flag but ACK
 * and PSH, and as long as IP says. 0: it is something else, or has no data. */
static size_t headers_of(const uint8_t *frame, size_t size)
{
	size_t at = frame_tcp_at(frame, size), headers = at + TCP_HEADER;
	const uint8_t *ip = frame + ETHERNET, *tcp = frame + at;

	if (at == 0 || size == headers)
		return 0;
	bool whole = at == ETHERNET + IPV4_HEADER
		? (get16(ip + 6) & 0x3fff) == 0 && get16(ip + 2) == size - ETHERNET
		: get16(ip + 4) == size - ETHERNET - IPV6_HEADER;
	return whole && tcp[12] == TCP_HEADER / 4 << 4 && (tcp[FLAGS] & ~FLAG_PSH) == FLAG_ACK &&
	       get16(tcp + URGENT) == 0 ? headers : 0;
}

/* The headers without what differs between segments of a run: lengths, sums, the number of
 * a packet and of its first byte, and whether it is pushed. */
static void common_part(const uint8_t *frame, size_t headers, uint8_t ret_common[SEGMENT_HEADERS])
{
	uint8_t *ip = ret_common + ETHERNET, *tcp = ret_common + headers - TCP_HEADER;

	memset(ret_common, 0, SEGMENT_HEADERS);
	memcpy(ret_common, frame, headers);
	if (headers == SEGMENT_HEADERS) {
		put16(ip + 4, 0);
	} else {
		put32(ip + 2, 0);
		put16(ip + 10, 0);
	}
	put32(tcp + SEQUENCE, 0);
	tcp[FLAGS] &= (uint8_t)~FLAG_PSH;
	put16(tcp + SUM, 0);
}

static bool continues(const struct segments *segments, const uint8_t *frame, size_t size,
		      size_t headers)
{
	uint8_t waiting[SEGMENT_HEADERS], other[SEGMENT_HEADERS];

	if (segments->ended || headers != segments->headers || size - headers > segments->each ||
	    get32(frame + headers - TCP_HEADER + SEQUENCE) != segments->next ||
	    segments->size + (size - headers) > sizeof(segments->frame))
		return false;
	common_part(segments->frame, headers, waiting);
	common_part(frame, headers, other);
	return memcmp(waiting, other, sizeof(other)) == 0;
}

bool segments_keep(struct segments *segments, const uint8_t *frame, size_t size)
{
	size_t headers = headers_of(frame, size), data = size - headers;

	if (headers == 0)
		return false;
	const uint8_t *tcp = frame + headers - TCP_HEADER;
	if (segments->size == 0) {
		if (size + data > sizeof(segments->frame))
			return false;
		memcpy(segments->frame, frame, headers);
		segments->size = segments->headers = headers;
		segments->each = data;
		segments->next = get32(tcp + SEQUENCE);
	} else if (!continues(segments, frame, size, headers)) {
		return false;
	}
	memcpy(segments->frame + segments->size, frame + headers, data);
	segments->size += data;
	segments->next += (uint32_t)data;
	segments->ended = data < segments->each || tcp[FLAGS] & FLAG_PSH;
	segments->frame[headers - TCP_HEADER + FLAGS] |= tcp[FLAGS] & FLAG_PSH;
	return true;
}

/* The sum of TCP's pseudo-header (RFC 9293, 3.1), which the kernel adds to its own of the
 * rest. The addresses stand in front of TCP. */
static void leave_sum(uint8_t *tcp, bool v6, size_t size)
{
	size_t addresses = v6 ? 32 : 8;

	uint16_t sum = sum_finish(sum_add(size + NEXT_TCP, tcp - addresses, addresses));
	put16(tcp + SUM, UINT16_MAX - sum);
}

static void offload(uint8_t *frame, size_t headers, size_t size, struct tap_offload *ret_offload)
{
	size_t tcp = headers - TCP_HEADER;
	bool v6 = headers == SEGMENT_HEADERS;

	leave_sum(frame + tcp, v6, size - tcp);
	*ret_offload = (struct tap_offload){
		.headers = (uint16_t)headers, .tcp = (uint16_t)tcp, .v6 = v6,
	};
}

void segments_finish(struct segments *segments, struct tap_offload *ret_offload)
{
	uint8_t *ip = segments->frame + ETHERNET;
	size_t size = segments->size, headers = segments->headers;

	offload(segments->frame, headers, size, ret_offload);
	if (size - headers > segments->each)
		ret_offload->segment = (uint16_t)segments->each;
	if (ret_offload->v6) {
		put16(ip + 4, (unsigned)(size - ETHERNET - IPV6_HEADER));
		return;
	}
	put16(ip + 2, (unsigned)(size - ETHERNET));
	put16(ip + 10, 0);
	put16(ip + 10, sum_finish(sum_add(0, ip, IPV4_HEADER)));
}

size_t segment_offload(const uint8_t *frame, size_t size, uint8_t ret_headers[SEGMENT_HEADERS],
		       struct tap_offload *ret_offload)
{
	size_t headers = headers_of(frame, size);

	if (headers == 0)
		return 0;
	memcpy(ret_headers, frame, headers);
	offload(ret_headers, headers, size, ret_offload);
	return headers;
}
