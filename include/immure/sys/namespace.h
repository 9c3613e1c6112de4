/* The namespaces of namespaces(7), by name, and those that exist already. */
#ifndef IMMURE_SYS_NAMESPACE_H
#define IMMURE_SYS_NAMESPACE_H

#include <stdint.h>
#include <sys/types.h>

struct error;

enum namespace {
	NS_USER, NS_MOUNT, NS_PID, NS_IPC, NS_UTS, NS_NET, NS_CGROUP, NS_TIME,
	NAMESPACES,
	NO_NAMESPACE = -1,
};

struct namespace_kind {
	const char *name;	/* as the user writes it */
	const char *link;	/* as the kernel does: /proc/PID/ns, /proc/sys/user/max_... */
	uint64_t flag;		/* CLONE_NEW... */
};

/* One row per enum namespace. */
extern const struct namespace_kind namespace_kinds[NAMESPACES];

/* The namespace of that name, or NO_NAMESPACE. */
enum namespace namespace_named(const char *name);

/* Open a namespace of this kind. A file is looked at before it is opened, so that
 * nothing happens to one that is something else; of a process it is certain that the
 * namespace was its own and nobody's who got its number later. The caller owns the
 * descriptor; -1 says what it is instead. */
int namespace_open_file(enum namespace kind, const char *path, struct error *err);
int namespace_open_process(enum namespace kind, pid_t pid, struct error *err);
int namespace_open_own(enum namespace kind, struct error *err);

/* The same for this process's own by a procfs that is open, and is one. */
int namespace_open_own_in(enum namespace kind, int procfs, struct error *err);

/* The user namespace that a namespace of another kind belongs to, and the one that a
 * user namespace was made in. The caller owns the descriptor. NO_FD with EPERM in
 * err->code: it is neither ours nor below ours, and the kernel does not say. */
int namespace_owner(int namespace, struct error *err);
int namespace_parent(int user_namespace, struct error *err);

/* Who made a user namespace, as our own numbers users: root of it, for the kernel. */
int namespace_owner_uid(int user_namespace, uid_t *ret_uid, struct error *err);

/* Enter it, with all of its rights when it is a user namespace. The kernel wants
 * CAP_SYS_ADMIN in the user namespace that it belongs to and in our own; for a time
 * namespace also memory that nobody shares. */
int namespace_enter(int namespace, enum namespace kind, struct error *err);

#endif
