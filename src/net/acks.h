/* Acknowledgements of the stack's that need not all go into the sandbox: while a run of its
 * segments is taken from the tap, each answer of a flow that says nothing but "up to here"
 * is contained in the next one. Pure. */
#ifndef IMMURE_NET_ACKS_H
#define IMMURE_NET_ACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An acknowledgement without options: Ethernet, IPv6 and TCP at the most. Zero is empty. */
struct acks {
	uint8_t frame[14 + 40 + 20];
	size_t size;			/* 0: none waits */
	uint32_t first;			/* what the first of those that it stands for said */
};

/* Let a frame of the stack's wait, if it is an acknowledgement that may (RFC 9293, 3.8.6.3:
 * not for more than two full segments, nor here for more than 16 KiB, whichever is more). What
 * waited and is contained in `frame` is forgotten. False: the frame goes out now, and before
 * it what waits still, if anything does. */
bool acks_keep(struct acks *acks, const uint8_t *frame, size_t size);

#endif
