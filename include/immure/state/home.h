/* Private homes of the caller's sandboxes, by name: directories that stay.
 *
 *	$XDG_DATA_HOME/immure/homes/NAME	what a sandbox of that name sees as its $HOME
 *	$XDG_DATA_HOME/immure/homes/.NAME.lock	held for as long as one runs
 *
 * No symbolic link is followed from $XDG_DATA_HOME on, and everything must belong to the
 * caller: a home that another sandbox planted or led elsewhere would be this one's next
 * start. The lock stands beside the home and not in it, where a command could take it. */
#ifndef IMMURE_STATE_HOME_H
#define IMMURE_STATE_HOME_H

#include <stdbool.h>

#include <immure/base/arena.h>

struct error;

/* Is it a name that a home can have: one component of a path, of letters, digits, "-", "_"
 * and ".", beginning with a letter or a digit, of at most 63? -1 says that it is none. */
int home_check_name(const char *name, struct error *err);

/* The directory that all homes are in, from the arena; nothing is made. NULL when there
 * is neither $XDG_DATA_HOME nor a home directory of the caller's. */
const char *home_directory(struct arena *arena, struct error *err);

/* Where the home of that name is or would be, from the arena; nothing is made or checked
 * but the name. NULL and *err. */
const char *home_path(struct arena *arena, const char *name, struct error *err);

/* Make the home of that name if it is missing (0700, like the directories above it), check
 * that it is the caller's alone and not the real home directory, and take its lock. Its
 * path, from the arena; *ret_lock is the caller's to close, and children that do not
 * execute hold the lock too. NULL and *err: `EBUSY` in err->code says that a sandbox of
 * that name is running. */
const char *home_open(struct arena *arena, const char *name, int *ret_lock, struct error *err);

/* Make in the home at `path`, which home_open() gave, the place at which `target` would
 * stand in it, if that is below the caller's real home: directories (0700), and at the end
 * an empty file if it is to be no `directory`. -1: something else is there, or a link. */
int home_make_place(struct arena *arena, const char *path, const char *target, bool directory,
		    struct error *err);

/* The path in the home at `path` of what would be at `target`; `path` itself when that is not
 * below the caller's real home. */
const char *home_place(struct arena *arena, const char *path, const char *target);

/* Take such a place away again, if it is an empty file or directory, and no link leads to it.
 * Nothing else is touched, and it is no failure. */
void home_remove_place(struct arena *arena, const char *path, const char *target);

/* Take the lock of a home that exists, after the same checks: -1, with ENOENT in err->code
 * when there is no such home and EBUSY when it is in use. The caller closes the result, at
 * which the lock is free again. */
int home_lock(struct arena *arena, const char *name, struct error *err);

/* Forget the lock's file, before the lock that `lock` holds is closed: for who has removed
 * the home. -1 and *err. */
int home_forget(struct arena *arena, const char *name, int lock, struct error *err);

/* Remove the home with all that is in it. The caller has its lock, and home_forget()s it
 * then. -1: something is left; EACCES or EPERM in err->code when it belongs to ids that are
 * not the caller's. */
int home_remove(struct arena *arena, const char *name, struct error *err);

struct found_home {
	const char *name, *path;
	bool running;		/* somebody has its lock */
};

struct found_homes {
	LIST(struct found_home) list;
};

/* All homes by their names, sorted, from the arena. What is no directory or has no proper
 * name is left out. -1: they cannot be looked through; none is no failure. */
int home_list(struct arena *arena, struct found_homes *ret_homes, struct error *err);

#endif
