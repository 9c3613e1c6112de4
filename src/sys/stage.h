/* Mounts by mount(2) and paths, for sys/mount.c alone: what it does by descriptor, where
 * the kernel or a filter has no call for that. */
#ifndef IMMURE_SYS_STAGE_H
#define IMMURE_SYS_STAGE_H

#include <stdbool.h>

struct error;

/* The same as the calls of sys/mount.h that are called so. `flags` are those of mount(2),
 * MS_RDONLY and its kin; a tree is mounted on the stage until it is attached, or moved to
 * it if it was mounted nowhere. */
int stage_new(const char *type, const char *const options[][2], unsigned long flags,
	      struct error *err);
int stage_copy(int dir, const char *path, struct error *err);
int stage_restrict(int tree, unsigned long flags, bool recursive, struct error *err);
int stage_attach(int tree, int dir, const char *path, struct error *err);
int stage_attach_on_root(int tree, struct error *err);

/* Is there a stage in this mount namespace? Then one more mount has to go with the old
 * root. */
bool stage_is_there(void);

/* It went with the old root. */
void stage_forget(void);

/* Take it away, with all that is still on it. No stage: nothing. */
int stage_strike(struct error *err);

#endif
