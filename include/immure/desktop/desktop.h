/* Programs that shells and menus start behind walls, by files in the caller's home:
 *
 *	~/.local/bin/NAME				what a shell finds
 *	$XDG_DATA_HOME/applications/ID.desktop		what a menu finds, in place of the system's
 *	$XDG_DATA_HOME/dbus-1/services/NAME.service	what the bus finds, in place of the system's
 *
 * Each has a mark (mark.h), and there is no other record: what carries our mark is ours, and
 * nothing else is ever changed. What is wanted is computed anew from the system's files
 * whenever somebody asks, and what differs from that is stale. */
#ifndef IMMURE_DESKTOP_DESKTOP_H
#define IMMURE_DESKTOP_DESKTOP_H

#include <stdbool.h>
#include <stddef.h>

#include <immure/base/arena.h>

struct error;

enum desktop_place { PLACE_WRAPPERS, PLACE_ENTRIES, PLACE_SERVICES, DESKTOP_PLACES };

enum desktop_state {
	DESKTOP_FINE,		/* as it would be written now */
	DESKTOP_ABSENT,		/* wanted, and not there */
	DESKTOP_STALE,		/* ours, and would be written otherwise now */
	DESKTOP_LEFT,		/* ours, and not wanted any more */
	DESKTOP_EDITED,		/* ours, and changed by hand since */
	DESKTOP_FOREIGN,	/* in the way of what is wanted, and not ours */
};

struct desktop_file {
	enum desktop_place place;
	enum desktop_state state;
	bool wanted;
	const char *name;		/* in its directory */
	const char *path;
	const char *why;		/* of every state but FINE and ABSENT, in words */
	char *bytes;			/* what is wanted there */
	size_t length;
};

struct desktop_files {
	LIST(struct desktop_file) list;
};

/* A place, as far as it could be found out. */
struct desktop_directory {
	const char *path;		/* as it is called */
	const char *real;		/* without links; where what is missing would be made */
	int fd;				/* NO_FD: it is not there */
};

struct desktop {
	struct arena *arena;
	const char *home;		/* without links */
	const char *launcher;		/* this program, by a path that stays when it is renewed */
	struct desktop_directory places[DESKTOP_PLACES];
};

/* A program that something is installed for. */
struct desktop_program {
	const char *name, *profile;
};

struct desktop_programs {
	LIST(struct desktop_program) list;
};

/* Find the places: they must be below the caller's home and his, whatever links lead there.
 * Nothing is made. -1 says which is not. desktop_close() ends it in either case. */
int desktop_open(struct arena *arena, struct desktop *ret_desktop, struct error *err);
void desktop_close(struct desktop *desktop);

/* The programs with files of ours, by their names. -1: a place cannot be read. */
int desktop_list(const struct desktop *desktop, struct desktop_programs *ret_programs,
		 struct error *err);

/* The path of the system's program `name`; NULL: its directories have none. */
const char *desktop_find_program(struct arena *arena, const char *name);

/* All files of the program names[0], which menus may also start by the other names of the
 * NULL-ended list: those that it would have behind `profile`, unless that is NULL, and those of
 * ours that it has. -1: a place, or a source, cannot be read. */
int desktop_look(const struct desktop *desktop, const char *const *names, const char *profile,
		 struct desktop_files *ret_files, struct error *err);

/* Make one of them as it is wanted, or remove one that is not: in one step, and what was made
 * in its place meanwhile is not overwritten. -1: it stays as it was. */
int desktop_write(struct desktop *desktop, const struct desktop_file *file, struct error *err);
int desktop_remove(const struct desktop *desktop, const struct desktop_file *file,
		   struct error *err);

/* Tell those who remember which entry opens what kind of file that entries came or went, in
 * the way of update-desktop-database(1), if there is one. -1 says what went wrong. */
int desktop_tell_menus(const struct desktop *desktop, struct error *err);

/* Why a shell of the caller's would not find the wrapper of `name`, from the arena; NULL when
 * it does. */
const char *desktop_hidden(const struct desktop *desktop, const char *name);

#endif
