/* Which acknowledgements wait.
 *
 * A sender in the sandbox that fills the tap makes libslirp answer each segment with a frame
 * of its own, and writing that is the largest part of what a small segment costs: the kernel
 * takes it through the whole of the sandbox's TCP at once. Receivers that merge what they
 * receive (GRO, LRO) answer a run of segments once, and so do we.
 *
 * What can be of use by itself never waits: the same number once more (a sender counts such
 * for its fast retransmission), a window that closes, data, flags, options. */
#include <string.h>

#include "acks.h"

/* The most that one stands for: an eighth of what a sender may have on its way. */
enum { MOST_BYTES = 16 * 1024 };

enum { SEQUENCE = 4, ACKNOWLEDGED = 8, FLAGS = 13, WINDOW = 14 };

/* The TCP header of a segment without options and data, with no flag but ACK; or NULL. */
static const uint8_t *plain_ack(const uint8_t *frame, size_t size)
{
	size_t at = frame_tcp_at(frame, size);

	return at > 0 && size == at + TCP_HEADER && frame[at + FLAGS] == FLAG_ACK ? frame + at : NULL;
}

/* The addresses stand in front of the TCP header, the ports at its start, up to the sequence. */
static bool is_of_one_flow(const uint8_t *a, const uint8_t *b, size_t size)
{
	size_t addresses = size == ETHERNET + IPV4_HEADER + TCP_HEADER ? 8 : 32;

	return memcmp(a - addresses, b - addresses, addresses + SEQUENCE) == 0;
}

/* Does the later one say all that the earlier said, and more? */
static bool contains(const uint8_t *later, const uint8_t *earlier)
{
	return get32(later + SEQUENCE) == get32(earlier + SEQUENCE) &&
	       (int32_t)(get32(later + ACKNOWLEDGED) - get32(earlier + ACKNOWLEDGED)) > 0 &&
	       get16(later + WINDOW) > 0;
}

bool acks_keep(struct acks *acks, const uint8_t *frame, size_t size)
{
	const uint8_t *ack = plain_ack(frame, size);

	if (!ack)
		return false;
	if (acks->size == 0) {
		acks->first = get32(ack + ACKNOWLEDGED);
	} else {
		const uint8_t *waiting = acks->frame + (acks->size - TCP_HEADER);

		if (size != acks->size || !is_of_one_flow(waiting, ack, size) ||
		    !contains(ack, waiting))
			return false;
		acks->size = 0;
		if (get32(ack + ACKNOWLEDGED) - acks->first >= MOST_BYTES)
			return false;
	}
	memcpy(acks->frame, frame, size);
	acks->size = size;
	return true;
}
