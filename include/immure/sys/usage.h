/* How many namespaces there are, against the limits of /proc/sys/user. */
#ifndef IMMURE_SYS_USAGE_H
#define IMMURE_SYS_USAGE_H

#include <stdint.h>

/* The types that are limited, each with a limit of its own. */
enum { LIMITED_NAMESPACES = 8 };

/* Their names in /proc/PID/ns and in max_NAME_namespaces. */
extern const char *const limited_namespaces[LIMITED_NAMESPACES];

/* The limit of that type in the caller's user namespace, or -1 when there is none. */
int64_t namespace_limit(const char *name);

/* Count the namespaces of each type that count against this user's limits: those that
 * belong to user namespaces which this user made, directly or further inside. The kernel
 * tells nobody how many there are; what is counted is what the processes that may be
 * looked at are in, so that there are at least as many. -1 and errno when /proc cannot be
 * read. */
int namespaces_count(unsigned ret_counts[LIMITED_NAMESPACES]);

#endif
