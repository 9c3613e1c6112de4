/* Who runs this, as the host's user database has it. */
#ifndef IMMURE_SYS_USER_H
#define IMMURE_SYS_USER_H

#include <stdbool.h>
#include <sys/types.h>

struct arena;

/* Is this process root of the whole machine, under whatever number its user namespace
 * knows that user? Files of the kernel's belong to it alone, so that whoever is it can
 * write them whatever his capabilities. */
bool user_is_host_root(void);

struct account {
	const char *name, *group, *home, *shell;	/* from the arena; NULL: unknown */
};

/* Look up a user and a group. It can load name service modules and take its time;
 * only for those who need the answer. */
struct account account_look(struct arena *arena, uid_t uid, gid_t gid);

/* The caller's home directory, as $HOME has it or else the database: absolute, from the arena or
 * the environment; NULL: there is none. */
const char *user_home(struct arena *arena);

/* Is the group the caller's own and nobody else's, as far as its entry in the database of
 * groups says: by the caller's name, and with no other member? As account_look() it can
 * take its time. */
bool user_is_alone_in(gid_t gid);

#endif
