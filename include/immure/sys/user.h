/* Who runs this, as the host's user database has it. */
#ifndef IMMURE_SYS_USER_H
#define IMMURE_SYS_USER_H

#include <sys/types.h>

struct arena;

struct account {
	const char *name, *group, *home, *shell;	/* from the arena; NULL: unknown */
};

/* Look up a user and a group. It can load name service modules and take its time;
 * only for those who need the answer. */
struct account account_look(struct arena *arena, uid_t uid, gid_t gid);

#endif
