/* Memory with one lifetime: strings and lists of config and plan. */
#ifndef IMMURE_BASE_ARENA_H
#define IMMURE_BASE_ARENA_H

#include <stddef.h>
#include <string.h>

struct arena;

/* A new empty arena; the caller frees it. Never NULL: a process that is out of
 * memory before it built anything ends here, with a message and status 125. */
struct arena *arena_new(void);

/* Free everything that came out of the arena, and it. NULL is allowed. */
void arena_free(struct arena *arena);

/* `size` zeroed bytes, aligned for any type that fits in them. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of a string, or of its first `length` bytes with a NUL behind them. */
char *arena_copy(struct arena *arena, const char *text);
char *arena_copy_part(struct arena *arena, const char *text, size_t length);

/* A formatted string. */
char *arena_format(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A growing array of one type; zero bytes are an empty list. */
#define LIST(type) struct { type *items; size_t count, room; }

/* Append one zeroed item to a LIST and return a pointer to it, valid until the
 * next list_add() on the same list. */
#define list_add(arena, list) \
	((__typeof__((list)->items))list_grow((arena), (void **)&(list)->items, \
		&(list)->count, &(list)->room, sizeof(*(list)->items)))

/* Make room for `wanted` items in an empty LIST: one that grows leaves its earlier
 * places behind in the arena. */
#define list_reserve(arena, list, wanted) \
	((void)((list)->items = arena_alloc((arena), (wanted) * sizeof(*(list)->items)), \
		(list)->count = 0, (list)->room = (wanted)))

/* Make room for `more` items in a LIST at once, for the same reason. */
#define list_make_room(arena, list, more) \
	list_widen((arena), (void **)&(list)->items, (list)->count, &(list)->room, \
		sizeof(*(list)->items), (more))

/* What these are made of. */
void list_widen(struct arena *arena, void **items, size_t count, size_t *room, size_t size,
		size_t more);

/* What list_add() is made of. A profile of a thousand lines adds some thousand items at
 * each start, and here the compiler knows how large one is. A list that was emptied is
 * filled again, so that an item is zeroed here and not by the arena. */
static inline void *list_grow(struct arena *arena, void **items, size_t *count, size_t *room,
			      size_t size)
{
	/* Without a place there is no room: the second half is for analyzers. */
	if (*count == *room || !*items)
		list_widen(arena, items, *count, room, size, *count ? *count : 8);
	return memset((char *)*items + (*count)++ * size, 0, size);
}

/* Walk a LIST: `list_each(const struct bind, bind, &plan->binds)`. */
#define list_each(type, name, list) \
	for (type *name = (list)->items; \
	     name && name < (list)->items + (list)->count; name++)

#endif
