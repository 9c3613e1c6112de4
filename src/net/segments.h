/* Segments of the stack's that go into the sandbox as one: a run of data that belongs
 * together is one frame for the kernel, which takes it through the sandbox's TCP once, as a
 * network card that merges what it receives does for a machine (GRO, LRO). Pure. */
#ifndef IMMURE_NET_SEGMENTS_H
#define IMMURE_NET_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

struct tap_offload;

/* The headers in front of data: those of IPv6 at the most, and no options of TCP's. */
enum { SEGMENT_HEADERS = ETHERNET + IPV6_HEADER + TCP_HEADER };

/* What waits; zero is nothing. */
struct segments {
	size_t size;			/* of the frame; 0: none waits */
	size_t headers;
	size_t each;			/* bytes of data in each but the last */
	uint32_t next;			/* the number of the byte that would follow */
	bool ended;			/* the last was shorter, or said that it is the last */
	uint8_t frame[ETHERNET + UINT16_MAX];
};

/* Let a frame of the stack's wait: as the first, if nothing does, or behind what does. False:
 * it carries no data of TCP's, does not continue what waits, or is so long that no second one
 * fits behind it. */
bool segments_keep(struct segments *segments, const uint8_t *frame, size_t size);

/* What waits is to go in: its headers say what it has become, and `ret_offload` what is left
 * to the kernel. */
void segments_finish(struct segments *segments, struct tap_offload *ret_offload);

/* Leave the checksum of a frame that is a segment with data to the kernel: its headers are
 * copied into `ret_headers` with what that wants. How many bytes they are; 0: it is none. */
size_t segment_offload(const uint8_t *frame, size_t size, uint8_t ret_headers[SEGMENT_HEADERS],
		       struct tap_offload *ret_offload);

#endif
