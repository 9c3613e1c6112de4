/* What this host forbids, found out when something failed, and what its user can
 * type about it. */
#ifndef IMMURE_SYS_HOST_H
#define IMMURE_SYS_HOST_H

#include <stdint.h>

struct error;

/* Add to *err why namespaces (CLONE_NEW... bits) cannot be had here: the sysctls
 * that forbid or count them, nesting, a container's filter. Returns -1. */
int hint_namespaces(struct error *err, uint64_t wanted);

/* Hint at the limit of /proc/sys/user that does not allow `each` of the namespaces of
 * `wanted`, and two user namespaces; returns -1. */
int hint_limits(struct error *err, uint64_t wanted, unsigned each);

/* Add to *err, when this host lets AppArmor take the capabilities of a new user
 * namespace away, the profile that lifts it for our own executable. Returns -1. */
int hint_apparmor(struct error *err);

#endif
