/* Identity and rights: id maps, capabilities, securebits, no_new_privs. */
#ifndef IMMURE_SYS_PRIVILEGE_H
#define IMMURE_SYS_PRIVILEGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct error;

/* One id of each kind: `inside` stands for `outside`. */
struct idmap {
	uid_t inside_uid, outside_uid;
	gid_t inside_gid, outside_gid;
};

/* Write this process's own id maps, through an open procfs, in the user namespace
 * it has just entered. setgroups(2) is denied first, as user_namespaces(7) demands
 * of a map without CAP_SETGID in the parent; a nested namespace inherits that, and
 * `inherited` leaves it alone. */
int idmap_write_self(int procfs, const struct idmap *map, bool inherited,
		     struct error *err);

/* `count` ids from `inside` on stand for those of the parent from `outside` on. */
struct id_extent {
	uint32_t inside, outside, count;
};

/* A LIST() with a name: a whole map. */
struct id_extents {
	struct id_extent *items;
	size_t count, room;
};

/* The most that a map can be: extents, and bytes of what is written at once. The
 * kernel's page may be larger; user_namespaces(7). */
enum { IDMAP_MOST_EXTENTS = 340, IDMAP_MOST_BYTES = 4095 };

/* The map as the kernel takes it, into `text` of IDMAP_MOST_BYTES + 1 bytes; -1 when it
 * does not fit. */
int idmap_text(const struct id_extents *map, char *text);

/* Write the maps of another process, whose directory of a procfs is open as `process`:
 * whoever does has CAP_SETUID and CAP_SETGID in the parent of its user namespace, and
 * is in that. setgroups(2) stays allowed. */
int idmap_write(int process, const struct id_extents *uids, const struct id_extents *gids,
		struct error *err);

/* Are the maps of the process of that directory, which is this one, exactly these? */
int idmap_check(int process, const struct id_extents *uids, const struct id_extents *gids,
		struct error *err);

/* Become user and group 0 of this user namespace, which its maps have. The process stays
 * dumpable: who is not cannot have its maps written. The kernel forgets what
 * process_die_with_parent() asked for. */
int privilege_become_root(struct error *err);

/* Leave the supplementary groups: only where setgroups(2) is allowed. */
int privilege_leave_groups(struct error *err);

/* Does this process have the capability right now? */
bool privilege_has(unsigned capability);

/* Every capability that the kernel knows, as a mask. */
uint64_t privilege_all(void);

/* Why executing the program at `path` gives this process no right that it does not
 * have, in words; NULL when it does, by the setuid bit or file capabilities. */
const char *privilege_gains_nothing(const char *path);

/* Empty all five capability sets of this process for good: bounding set, ambient,
 * inheritable, permitted, effective; and lock the securebits so that no uid and
 * no file gives any back. Capabilities of the mask `kept`, bit N for number N, stay in
 * the last four, which is what an exec leaves alone; this process must have them. */
int privilege_drop_all(uint64_t kept, struct error *err);

/* Give up all but the capabilities of the mask `kept` for good, in the bounding set
 * too, and have these as root has its own: an exec keeps them while the user id is 0,
 * and changing it to another takes them away. With `ambient` any user keeps them. */
int privilege_keep(uint64_t kept, bool ambient, struct error *err);

/* The name of a capability without its "cap_", from the arena. */
const char *capability_name(struct arena *arena, unsigned number);

/* The number of the capability of that name ("sys_admin"), or -1. */
int capability_named(const char *name);

/* Empty the sets of this process that need no right to be emptied: all but the
 * bounding one. */
int privilege_drop_held(struct error *err);

/* Set no_new_privs, which nothing takes back. */
int privilege_no_new(struct error *err);

/* Refuse to run with rights the caller does not have: setuid, setgid or file
 * capabilities on our own executable. -1 with the way to take them off. */
int privilege_check_own_file(struct error *err);

#endif
