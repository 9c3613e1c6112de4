/* What a loop waits for: descriptors that different parts of it add, and the shortest of
 * the times that they can wait. */
#ifndef IMMURE_NET_POLLSET_H
#define IMMURE_NET_POLLSET_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

struct pollset {
	struct pollfd *items;
	size_t count, room;
	int64_t most;			/* milliseconds; -1: for ever */
};

/* Empty it for the next turn, keeping its memory. */
void pollset_clear(struct pollset *set);

/* Add a descriptor. Its index; -1 when memory is short: then it is not waited for. */
int pollset_add(struct pollset *set, int fd, short events);

/* What poll(2) said of the one with that index; 0 for -1. */
short pollset_news(const struct pollset *set, int index);

/* Wait no longer than so many milliseconds. */
void pollset_wake(struct pollset *set, int64_t milliseconds);

#endif
