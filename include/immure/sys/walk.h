/* Paths that must stay below a directory, resolved without openat2(2). */
#ifndef IMMURE_SYS_WALK_H
#define IMMURE_SYS_WALK_H

/* Open (O_PATH) the object at `path` as if `root` were `/`: links and ".." lead nowhere
 * outside of it, whoever renames what is in it meanwhile. `flags` are O_DIRECTORY and
 * O_NOFOLLOW, for the last component. With more links than `most_links` on the way:
 * ELOOP. What a magic link of /proc says is a text like another one's. -1 and errno; the
 * descriptor is the caller's. */
int walk_inside(int root, const char *path, int flags, unsigned most_links);

#endif
