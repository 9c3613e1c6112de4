/* Datagrams between our own processes, one struct each, with or without a descriptor;
 * and the calls that other code's are compared with before they are made. */
#ifndef IMMURE_SYS_SOCKET_H
#define IMMURE_SYS_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <immure/base/address.h>

struct error;

/* A connected pair of SOCK_SEQPACKET sockets, closed on exec, which the caller owns. */
int socket_pair(int *ret_one, int *ret_other, struct error *err);

/* Send one datagram, and the descriptor `fd` with it unless it is NO_FD. */
int socket_send(int socket, const void *bytes, size_t size, int fd, struct error *err);

/* Receive one datagram of exactly `size` bytes, and at most one descriptor that
 * the caller owns (*ret_fd is NO_FD without). 1, or 0 when the other end closed,
 * or -1; also -1 for a datagram of another size. */
int socket_receive(int socket, void *bytes, size_t size, int *ret_fd,
		   struct error *err);

/* connect(2), sendto(2) and bind(2) of the kernel itself, whatever functions of these
 * names stand in front of libc's. With errno, as they do. */
int socket_connect(int fd, const struct sockaddr *to, socklen_t size);
ssize_t socket_send_to(int fd, const void *bytes, size_t size, int flags,
		       const struct sockaddr *to, socklen_t to_size);
int socket_bind(int fd, const struct sockaddr *to, socklen_t size);

/* Let a new socket use this device alone: without a right since Linux 5.7. -1 and errno. */
int socket_use_device(int fd, const char *device);

/* Let a new socket send from this address of the host's. -1 and errno. */
int socket_use_address(int fd, const struct address *address);

/* Could a socket use that device, or send from that address? -1 says why not. */
int socket_try_device(const char *device, struct error *err);
int socket_try_address(const struct address *address, struct error *err);

/* An address and a port as the kernel takes them; how many bytes. */
socklen_t socket_address(const struct address *address, uint16_t port,
			 struct sockaddr_storage *ret_to);

/* A socket that streams, or datagrams, come to on this port of this address of the host's;
 * port 0: any that is free. It is listening, with room for as many connections as the
 * host's net.core.somaxconn has, never blocks, and with "any" address takes its own
 * family alone. *ret_port is what it has. -1 says why not, and what to do. */
int socket_publish(const struct address *address, uint16_t port, bool datagrams,
		   uint16_t *ret_port, struct error *err);

/* Put one end of a new pair of connected streams in the place of the descriptor `fd`; the
 * other one is the caller's. Neither blocks. -1 and errno. */
int socket_replace_by_pair(int fd, int *ret_other);

#endif
