/* The DHCP server of the sandbox's network, for programs that insist on asking. Pure. */
#ifndef IMMURE_NET_DHCP_H
#define IMMURE_NET_DHCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <immure/plan/network.h>

/* Ports of both sides, and the longest answer: what every client takes (RFC 2131, 2). */
enum { DHCP_SERVER_PORT = 67, DHCP_CLIENT_PORT = 68, DHCP_ROOM = 548 };

/* Answer a client's message: with the one address there is, or no to any other. `hardware` is
 * that of the sandbox's device, for which alone there is an answer; `out` has DHCP_ROOM
 * bytes. Its size, 0: there is none. *ret_broadcast: the client has no address yet that it
 * could be sent to. */
size_t dhcp_answer(const struct network_plan *plan, const uint8_t hardware[6],
		   const uint8_t *message, size_t size, uint8_t *out, bool *ret_broadcast);

#endif
