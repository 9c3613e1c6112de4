#include <stdlib.h>

#include <immure/net/pollset.h>

void pollset_clear(struct pollset *set)
{
	set->count = 0;
	set->most = -1;
}

int pollset_add(struct pollset *set, int fd, short events)
{
	if (set->count == set->room) {
		size_t room = set->room ? 2 * set->room : 64;
		struct pollfd *items = realloc(set->items, room * sizeof(*items));

		if (!items)
			return -1;
		set->items = items;
		set->room = room;
	}
	set->items[set->count] = (struct pollfd){ .fd = fd, .events = events };
	return (int)set->count++;
}

short pollset_news(const struct pollset *set, int index)
{
	return index < 0 || (size_t)index >= set->count ? 0 : set->items[index].revents;
}

void pollset_wake(struct pollset *set, int64_t milliseconds)
{
	if (milliseconds < 0)
		milliseconds = 0;
	if (set->most < 0 || milliseconds < set->most)
		set->most = milliseconds;
}
