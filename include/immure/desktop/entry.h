/* Desktop entries, as the Desktop Entry Specification has them, and the service files of
 * D-Bus, which have the same form: text of any bytes. Nothing here asks the kernel.
 *
 * A command line in them is put behind other words, and not written anew: field codes,
 * quotes and what a packager thought of stay byte for byte as they are. */
#ifndef IMMURE_DESKTOP_ENTRY_H
#define IMMURE_DESKTOP_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* What a menu starts, and what the bus of the session starts when somebody calls it. */
enum entry_kind { ENTRY_APPLICATION, ENTRY_SERVICE };

/* Larger than any that there is; more is not read. */
enum { LONGEST_ENTRY = 256 * 1024 };

/* What an entry says; texts are from the arena. */
struct entry {
	bool proper;			/* begins with its group, and is text */
	bool starts;			/* an application (or service) that is not hidden */
	bool hidden;			/* Hidden=true: as if there were none */
	const char *program;		/* the first word of Exec, behind env and its variables */
	const char *tries;		/* TryExec */
	const char *name;		/* of a service, on the bus */
};

/* Read `length` bytes. */
struct entry entry_read(struct arena *arena, enum entry_kind kind, const char *bytes,
			size_t length);

/* How it is changed. */
struct entry_change {
	const char *const *prefix;	/* words, NULL-ended, that go before each command line */
	const char *tries;		/* a path: what TryExec says then */
	const char *marks;		/* whole lines, which end its first group */
};

/* The same entry, changed, as text from the arena, of *ret_length bytes: every Exec, of its
 * actions too, has the prefix; it is not to be started by way of the bus (DBusActivatable,
 * SystemdService); our own marks that it had are gone. `bytes` are of a proper entry. */
char *entry_changed(struct arena *arena, enum entry_kind kind, const char *bytes, size_t length,
		    const struct entry_change *change, size_t *ret_length);

#endif
