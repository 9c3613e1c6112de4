/* The value of a profile's line: from what stands in the file to what is meant, and
 * back. */
#ifndef IMMURE_CONFIG_VALUE_H
#define IMMURE_CONFIG_VALUE_H

#include <stdbool.h>

struct arena;
struct error;

/* How much of a line a value takes. */
enum extent { TO_THE_END, ONE_WORD };

/* Decode the value that begins at *text, and leave *text behind it: at the end of the
 * line, or with ONE_WORD at what follows the blanks behind it. The value takes the place of
 * what it was written as, or comes from the arena. With `expand` false names stand for "/",
 * known or not. -1 says what cannot be read. */
int value_read(struct arena *arena, char **text, enum extent extent, bool expand,
	       const char **ret_value, struct error *err);

/* What $NAME stands for, from the arena: HOME, USER, UID, CWD and the XDG base
 * directories. NULL and *err when it is none of these, or this caller has none that
 * can be written into a line. */
const char *name_expand(struct arena *arena, const char *name, struct error *err);

#endif
