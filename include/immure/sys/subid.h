/* Subordinate ids, subuid(5) and subgid(5): the ranges of the host's ids that somebody
 * who is not root may map into user namespaces. The files are read for what people are
 * told; who judges is newuidmap(1), which reads them again. */
#ifndef IMMURE_SYS_SUBID_H
#define IMMURE_SYS_SUBID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct error;

/* One line. */
struct subid_range {
	const char *owner;		/* a name, or a user id in digits */
	uint32_t start, count;		/* count > 0, and the last one is below 2^32 - 1 */
	unsigned line;
};

/* A LIST() with a name. */
struct subid_list {
	struct subid_range *items;
	size_t count, room;
};

/* The lines of a file's text that are ranges, in its order; the tools skip the others
 * as well. Owners point into copies from the arena. */
void subid_parse(struct arena *arena, const char *text, struct subid_list *ret_ranges);

/* The same of the file at `path`; one that does not exist has none. -1 when it cannot
 * be read. */
int subid_read(struct arena *arena, const char *path, struct subid_list *ret_ranges,
	       struct error *err);

/* Does the range belong to the user of that name, which may be NULL, and id? */
bool subid_belongs(const struct subid_range *range, const char *name, uid_t uid);

/* Do they have an id in common? */
bool subid_overlap(const struct subid_range *a, const struct subid_range *b);

/* The first of `count` ids behind all ranges of the list, and not below where useradd(8)
 * begins; 0 when there is no more room. */
uint32_t subid_free(const struct subid_list *ranges, uint32_t count);

#endif
