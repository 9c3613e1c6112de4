/* Walls taken down on purpose, one by one. A test compares with them: the attack works
 * without the wall, and the other walls hold without it. Only what `make WEAKEN=1`
 * builds has any of this. Everywhere else weakened() is the constant false, so that
 * nothing of what stands behind it is compiled, and src/.../weaken.c are no sources. */
#ifndef IMMURE_SYS_WEAKEN_H
#define IMMURE_SYS_WEAKEN_H

#ifdef IMMURE_WEAKEN

#include <stdbool.h>

struct error;

/* One name each in sys/weaken.c. */
enum wall {
	WALL_MOUNTS,		/* the view is made, and the command sees the host's tree */
	WALL_COVERS,		/* nothing of /proc is covered or read-only */
	WALL_INNER,		/* the command shares the user namespace of the set-up */
	WALL_USERNS,		/* no limit on further user namespaces */
	WALL_CAPS,		/* the command keeps all of its user namespace's */
	WALL_PRIVILEGES,	/* no_new_privs is not set */
	WALL_DUMPABLE,		/* init can be looked into, and has its old arguments */
	WALL_KEYRING,		/* the caller's session keyring */
	WALL_LIMITS,		/* those of the caller, for the network engine too */
	WALL_FDS,		/* inherited descriptors pass, 0, 1 and 2 as they are */
	WALL_ENV,		/* the caller's whole environment passes */
	WALL_TERMINAL,		/* the caller's own terminal, in its session */
	WALL_LANDLOCK,		/* no domain, and nothing is said of it */
	WALL_GATE,		/* every frame is the stack's, whatever the rules are, and back */
	WALL_HANDS,		/* the stack connects and sends where it likes */
	WALL_EMULATION,		/* the stack changes what protocols carry that it knows */
	WALLS
};

/* Their names, NULL-ended, for the option table. */
extern const char *const wall_names[WALLS + 1];

/* Take down the walls of a comma-separated list. -1: there is no such wall. */
int weaken(const char *names, struct error *err);

/* Is this wall down? */
bool weakened(enum wall wall);

/* Will it be, by the options of this command line? For what comes before it is read. */
bool weakened_by(char **argv, enum wall wall);

/* All that are down, as they were named; "" for none. */
const char *weakened_walls(void);

/* The Landlock ABI to take for the kernel's: with "landlock-abi=N" among the names no
 * higher one than N. */
int weakened_abi(int abi);

/* Keep every capability that this process has through the exec of the command. */
int weaken_keep_capabilities(struct error *err);

/* Take the tree that `root` is open on away from `/` again and stand in the host's. */
int weaken_leave_view(int root, struct error *err);

/* What only such a build has. */
#define IF_WEAKENABLE(...) __VA_ARGS__

#else

#define weakened(wall) 0
#define weakened_by(argv, wall) 0
#define weakened_walls() ""
#define weakened_abi(abi) (abi)
#define weaken_keep_capabilities(err) 0
#define weaken_leave_view(root, err) 0
#define IF_WEAKENABLE(...)

#endif

#endif
