/* Published ports: what comes to a port of the host goes to one of the sandbox. It runs
 * in a process of its own inside of the sandbox's network, which run/ makes and confines:
 * publisher_new() before, publisher_serve() when nothing else is left to it. */
#ifndef IMMURE_NET_PUBLISHER_H
#define IMMURE_NET_PUBLISHER_H

#include <stddef.h>

#include <immure/plan/network.h>

struct error;

struct publisher;

/* A publisher for the ports of the plan; `fds` are their sockets, in the same order, and
 * belong to it from here on, as does `door`: that its other end is closed is the end. NULL and
 * *err when the kernel has not what it needs. */
struct publisher *publisher_new(const struct network_plan *plan, const int *fds, int door,
				struct error *err);

/* The descriptors that it keeps, at most `most`; how many. */
int publisher_descriptors(const struct publisher *publisher, int *ret_fds, int most);

/* The addresses that it connects to, all of them in memory that is read-only from here on:
 * where, and how many bytes. Whoever confines it can see to it that there are no others.
 * -1: it cannot be made so. */
int publisher_targets(struct publisher *publisher, const void **ret_start, size_t *ret_size,
		      struct error *err);

/* Serve until the end is told; then hand on what was sent so far, for no longer than a few
 * seconds. -1: the kernel failed it. */
int publisher_serve(struct publisher *publisher);

#endif
