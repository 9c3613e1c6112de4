/* The tap, and what is asked of the kernel's network by netlink(7). */
#ifndef IMMURE_SYS_TAP_H
#define IMMURE_SYS_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <immure/base/address.h>

struct error;

/* Look up /dev/net/tun, which is opened where the tap is to be: a descriptor that only
 * names it (O_PATH), for the caller to close. -1 says how to get one that can be used. */
int tun_find(struct error *err);

/* Make a tap device of that name in this process's network namespace: the device belongs
 * to the one in which /dev/net/tun is opened, so that `tun` is opened anew here, through
 * an open procfs. The descriptor is non-blocking, for tap_read() and tap_write(); the
 * device goes with it. Its hardware address is set to the six bytes of `hardware`, unless
 * that is NULL, and read back. */
int tap_open(int procfs, int tun, const char *name, const uint8_t *hardware,
	     uint8_t ret_hardware[6], struct error *err);

/* What is left to the kernel of a frame of TCP, as a driver leaves it to its network card:
 * the checksum in its header, which holds that of the pseudo-header, and to take it for
 * several segments, each with headers of its own. */
struct tap_offload {
	uint16_t headers;		/* bytes: those of Ethernet, IP and TCP */
	uint16_t tcp;			/* where TCP's begins */
	uint16_t segment;		/* bytes of data in each but the last; 0: it is one */
	bool v6;
};

/* Read a frame: as read(2). One that is longer than `room` is cut. */
ssize_t tap_read(int tap, void *frame, size_t room);

/* Write a frame, in two parts, the second of which may be empty: as write(2). */
ssize_t tap_write(int tap, const struct tap_offload *offload, const void *head,
		  size_t head_size, const void *rest, size_t rest_size);

/* One family's address of a device, and its way out. */
struct tap_route {
	bool on;
	struct address address, gateway;
	unsigned bits;			/* of the network, as it is written: 24, 64 */
};

/* Let the device outlive the last descriptor of it: it goes with its network namespace then,
 * for which nobody waits. To close a tap takes its device away, and waits until no processor
 * can know it any more: 8 to 15 ms. */
void tap_leave(int tap);

/* Bring a device up with these addresses and default routes. The addresses of IPv6 are
 * there at once (no duplicate is looked for), and no router's word counts. `sysctls` is
 * an open /proc/sys. */
int tap_configure(int sysctls, const char *name, unsigned mtu, const struct tap_route *v4,
		  const struct tap_route *v6, struct error *err);

/* Bring the loopback device up. */
int loopback_up(struct error *err);

/* Give the loopback device these addresses, each a network of its own: a namespace without
 * a tap has them then. */
int loopback_add(const struct tap_route *v4, const struct tap_route *v6, struct error *err);

/* A descriptor that can be read when this network namespace's addresses have changed. */
int addresses_watch(struct error *err);

/* Forget what it told. */
void addresses_heard(int watch);

/* A socket to ask for addresses, which keeps its network namespace. */
int addresses_socket(struct error *err);

/* Every address of that namespace. How many there are; -1 and errno when they cannot be had:
 * E2BIG for more than `most`, EAGAIN while they change all the time. */
int addresses_list(int asking, struct address *ret_addresses, size_t most);

#endif
