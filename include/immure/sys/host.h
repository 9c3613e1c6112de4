/* What this host forbids, found out when something failed, and what its user can
 * type about it. */
#ifndef IMMURE_SYS_HOST_H
#define IMMURE_SYS_HOST_H

#include <stdint.h>

struct error;

/* What of a host a sandbox is made of. In the `about` of an error these bits say what
 * was needed there, so that it can be tried by itself; the lowest sixteen are namespaces,
 * by their enum. */
#define NEED_NAMESPACE(namespace) (1u << (namespace))
enum host_need {
	NEED_ID_MAP = 1 << 16,		/* a map of the caller's own id */
	NEED_MOUNTS = 1 << 17,		/* binds, and a root of its own */
	NEED_TMPFS = 1 << 18,
	NEED_PROC = 1 << 19,
	NEED_SYSFS = 1 << 20,
	NEED_DEVPTS = 1 << 21,
	NEED_MQUEUE = 1 << 22,
	NEED_OVERLAY = 1 << 23,
	NEED_SETTINGS = 1 << 24,	/* /proc/sys of its own namespaces */
	NEED_LANDLOCK = 1 << 25,
	NEED_FILTER = 1 << 26,		/* of system calls */
	NEED_KEYRING = 1 << 27,
	NEED_CLOSING = 1 << 28,		/* of descriptors, all at once */
};

/* Add to *err why namespaces (CLONE_NEW... bits) cannot be had here: the sysctls
 * that forbid or count them, nesting, a container's filter. Returns -1. */
int hint_namespaces(struct error *err, uint64_t wanted);

/* Hint at the limit of /proc/sys/user that does not allow `each` of the namespaces of
 * `wanted`, and two user namespaces; returns -1. */
int hint_limits(struct error *err, uint64_t wanted, unsigned each);

/* Add to *err why a system call that the sandbox's own root may make was refused, or is
 * not there: by a kernel older than `since`, by a container's filter or its AppArmor
 * profile. Returns -1. */
int hint_call(struct error *err, const char *since);

/* Add to *err, when this host lets AppArmor take the capabilities of a new user
 * namespace away, the profile that lifts it for our own executable. Returns -1. */
int hint_apparmor(struct error *err);

#endif
