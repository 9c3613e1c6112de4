/* What the files of this folder know of each other. */
#ifndef IMMURE_DESKTOP_INTERNAL_H
#define IMMURE_DESKTOP_INTERNAL_H

#include <immure/desktop/desktop.h>

/* Open a place that was found; one that is not there stays NO_FD. -1 says what is in its way. */
int place_open(struct desktop_directory *dir, struct error *err);

/* One of the system's entries or services that start the program. */
struct desktop_source {
	enum desktop_place place;
	const char *id;			/* what the copy is called */
	const char *other;		/* where else the user's own may be, in its place; or NULL */
	const char *path;
	char *bytes;
	size_t length;
};

struct desktop_sources {
	LIST(struct desktop_source) list;
};

/* All of them, for the program with these names, NULL-ended, at `program`, as menus and the
 * bus would find them. */
struct desktop_sources sources_of(const struct desktop *desktop, const char *const *names,
				  const char *program);

#endif
