/* How a file that was written here is known again: by lines that say for which program it
 * is and what it was made of, and a seal over all of its text. A file without them is
 * somebody else's; one whose seal is broken was changed by hand. */
#ifndef IMMURE_DESKTOP_MARK_H
#define IMMURE_DESKTOP_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct mark {
	const char *program;		/* the name it was installed by */
	const char *profile;		/* which it runs behind */
	const char *source;		/* what it is a copy of; NULL: of nothing */
	uint64_t hash;			/* of the source, as it was */
};

/* A hash that tells two texts apart which nobody made to be alike (FNV-1a). */
uint64_t mark_hash(const char *bytes, size_t length);

/* The lines of a mark, each behind `lead`, with the place of a seal. From the arena. */
char *mark_lines(struct arena *arena, const struct mark *mark, const char *lead);

/* Seal a text that has such lines, where it stands. */
void mark_seal(char *bytes, size_t length);

/* The mark of a text, from the arena, and whether its seal is whole. False: it has none, or
 * not one that was written here. */
bool mark_read(struct arena *arena, const char *bytes, size_t length, struct mark *ret_mark,
	       bool *ret_whole);

#endif
