/* Identity and rights: id maps, capabilities, securebits, no_new_privs. */
#ifndef IMMURE_SYS_PRIVILEGE_H
#define IMMURE_SYS_PRIVILEGE_H

#include <stdbool.h>
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

/* Empty all five capability sets of this process for good: bounding set, ambient,
 * inheritable, permitted, effective; and lock the securebits so that no uid and
 * no file gives any back. Capabilities of the mask `kept`, bit N for number N, stay in
 * the last four, which is what an exec leaves alone; this process must have them. */
int privilege_drop_all(uint64_t kept, struct error *err);

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
