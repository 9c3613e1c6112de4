/* Where the engine's sockets leave the host; see outbound.c. */
#ifndef IMMURE_NET_OUTBOUND_H
#define IMMURE_NET_OUTBOUND_H

#include <stdbool.h>

struct address;
struct network_plan;

/* Did somebody say by which address or device? */
bool outbound_is_asked(const struct network_plan *plan);

/* Bind a new socket, of the family of `to`, to what the plan says for a destination like
 * that. Nothing happens when it says nothing, or `to` is on the host's loopback. -1 and
 * errno: the socket must not be used. */
int outbound_bind(const struct network_plan *plan, int fd, const struct address *to);

#endif
