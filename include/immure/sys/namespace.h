/* The namespaces of namespaces(7), by name. */
#ifndef IMMURE_SYS_NAMESPACE_H
#define IMMURE_SYS_NAMESPACE_H

#include <stdint.h>

enum namespace {
	NS_USER, NS_MOUNT, NS_PID, NS_IPC, NS_UTS, NS_NET, NS_CGROUP, NS_TIME,
	NAMESPACES,
	NO_NAMESPACE = -1,
};

struct namespace_kind {
	const char *name;	/* as the user writes it */
	uint64_t flag;		/* CLONE_NEW... */
};

/* One row per enum namespace. */
extern const struct namespace_kind namespace_kinds[NAMESPACES];

/* The namespace of that name, or NO_NAMESPACE. */
enum namespace namespace_named(const char *name);

#endif
