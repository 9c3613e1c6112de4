/* Datagrams between supervisor and init: one struct each, with or without a
 * descriptor. */
#ifndef IMMURE_SYS_SOCKET_H
#define IMMURE_SYS_SOCKET_H

#include <stddef.h>

struct error;

/* A connected pair of SOCK_SEQPACKET sockets, closed on exec. */
int socket_pair(int ret_pair[2], struct error *err);

/* Send one datagram, and the descriptor `fd` with it unless it is NO_FD. */
int socket_send(int socket, const void *bytes, size_t size, int fd, struct error *err);

/* Receive one datagram of exactly `size` bytes, and at most one descriptor that
 * the caller owns (*ret_fd is NO_FD without). 1, or 0 when the other end closed,
 * or -1; also -1 for a datagram of another size. */
int socket_receive(int socket, void *bytes, size_t size, int *ret_fd,
		   struct error *err);

#endif
