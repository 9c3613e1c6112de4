/* Connections of a network namespace, by sock_diag(7). */
#ifndef IMMURE_SYS_CONNECTIONS_H
#define IMMURE_SYS_CONNECTIONS_H

#include <stddef.h>

#include <immure/base/address.h>

struct error;

/* A socket that connections of this process's network namespace can be ended by, from
 * wherever it is taken to. The caller owns it; it keeps the namespace. */
int connections_socket(struct error *err);

/* End every connection, of TCP or UDP, whose own address is one of these: who waits for the
 * other end, or comes to it later, gets ECONNABORTED. The kernel asks for CAP_NET_ADMIN over
 * the namespace, which the user has who made its user namespace and stayed outside. How
 * many; -1 when there is one that could not be ended. */
int connections_end(int diag, const struct address *own, size_t count, struct error *err);

#endif
