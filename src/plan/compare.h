/* Two plans side by side: what words.c and network_words.c have in common. */
#ifndef IMMURE_PLAN_COMPARE_H
#define IMMURE_PLAN_COMPARE_H

#include <stdbool.h>

struct arena;
struct plan;

struct comparison {
	struct arena *arena;
	const struct plan *plan, *than;
	bool whole;			/* what it could open counts too */
};

/* "a, b"; `list` is NULL in front of the first. */
const char *with(struct arena *arena, const char *list, const char *word);

/* Did somebody type it who is judging the profile, and not the command? */
bool was_typed(const char *origin);

/* A path as people write it. */
const char *short_path(struct arena *arena, const char *path);

/* network_words.c: what the plan's network has that the other's has not; NULL: nothing. */
const char *published_text(const struct comparison *c);
const char *servers_text(const struct comparison *c);
const char *search_text(const struct comparison *c);
const char *hosts_text(const struct comparison *c);
const char *outbound_text(const struct comparison *c);
const char *link_text(const struct comparison *c);
const char *records_text(const struct comparison *c);

#endif
