/* Echo requests (ping) of the sandbox, sent on by the host's own echo sockets. */
#ifndef IMMURE_NET_ECHO_H
#define IMMURE_NET_ECHO_H

#include <stddef.h>
#include <stdint.h>

struct address;
struct echo;
struct network_plan;
struct pollset;

/* Who hears of an answer: an ICMP or ICMPv6 message from that address, whose sum is not yet
 * right. */
struct echo_peers {
	void (*answer)(void *context, const struct address *from, const uint8_t *message,
		       size_t size);
	void *context;
};

/* There is one in a process. The plan must stay where it is. */
struct echo *echo_new(const struct network_plan *plan, const struct echo_peers *peers);

/* Send a request on, which begins at its ICMP header and went through the gate; `hops` is how
 * far it may still go. -1 and errno: it was not sent. EACCES: the caller's groups are not
 * in the host's net.ipv4.ping_group_range. */
int echo_send(struct echo *echo, const struct address *to, unsigned hops,
	      const uint8_t *message, size_t size, int64_t now);

/* What it waits for: answers. */
void echo_wants(struct echo *echo, struct pollset *set, int64_t now);

/* Do what can be done after a poll(2) on that. */
void echo_work(struct echo *echo, const struct pollset *set, int64_t now);

#endif
