/* Removing what somebody hostile may have filled. */
#ifndef IMMURE_SYS_REMOVE_H
#define IMMURE_SYS_REMOVE_H

struct error;

/* Remove the directory `name` of the one that `dir` is open on, with all that is in it. No
 * symbolic link is followed, whoever exchanges names meanwhile, and no mount is entered; it
 * takes as much memory, descriptors and path for a million levels as for one. Modes that
 * keep its owner out are changed. `path` is for messages. -1: something is left; EACCES or
 * EPERM in err->code when it belongs to somebody else, EXDEV when something is mounted. */
int directory_remove(int dir, const char *name, const char *path, struct error *err);

#endif
