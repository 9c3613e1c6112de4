/* Acknowledgements of the stack's that need not all go into the sandbox: while a run of its
 * segments is taken from the tap, each answer of a flow that says nothing but "up to here"
 * is contained in the next one. Pure. */
#ifndef IMMURE_NET_ACKS_H
#define IMMURE_NET_ACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

/* An acknowledgement without options: Ethernet, IPv6 and TCP at the most. Zero is empty. */
struct acks {
	uint8_t frame[ETHERNET + IPV6_HEADER + TCP_HEADER];
	size_t size;			/* 0: none waits */
	uint32_t first;			/* what the first of those that it stands for said */
};

/* Let a frame of the stack's wait, if it is an acknowledgement that may. One stands for 16 KiB
 * at the most: that is more than the two full segments of RFC 9293, 3.8.6.3, as it is where a
 * receiver merges segments. What waited and is contained in `frame` is forgotten. False: the
 * frame goes out now, and before it what waits still, if anything does. */
bool acks_keep(struct acks *acks, const uint8_t *frame, size_t size);

#endif
