/* The name server of a sandbox: decides by the policy which names may be asked for, asks
 * the host's servers for those, and tells the policy what they led to. */
#ifndef IMMURE_NET_RESOLVER_H
#define IMMURE_NET_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <immure/net/gate.h>
#include <immure/net/policy.h>

struct pollset;
struct resolver;

/* What became of a question. */
struct resolved {
	const char *name;
	uint16_t type;			/* RFC 1035's */
	bool by_stream;
	struct verdict verdict;
	unsigned code;			/* of the answer */
	const struct address *addresses;	/* that it has, for the sandbox to see */
	size_t count;
	int64_t asked;			/* when, by the policy's clock */
};

/* Whom the resolver talks to. */
struct resolver_peers {
	/* An answer to a datagram of this flow. */
	void (*answer)(void *context, const struct flow *flow, const uint8_t *message,
		       size_t size);
	/* A name that no rule allows. */
	void (*refused)(void *context, const char *name);
	/* A question was answered, with whatever. */
	void (*resolved)(void *context, const struct resolved *resolved);
	void *context;
};

/* A resolver for the names of the plan; plan and policy must stay where they are. The
 * caller frees it. NULL when memory is short. */
struct resolver *resolver_new(const struct network_plan *plan, struct policy *policy,
			      const struct resolver_peers *peers);

/* Free it, and close what it has open. NULL is allowed. */
void resolver_free(struct resolver *resolver);

/* The servers to ask from here on, in order; three are used. Copied. */
void resolver_set_servers(struct resolver *resolver, const struct address *servers,
			  size_t count);

/* Take the servers from the text of a resolv.conf(5), unless the plan names some. */
void resolver_read_servers(struct resolver *resolver, const char *text);

/* A datagram that the sandbox sent to it. */
void resolver_query(struct resolver *resolver, const struct flow *flow,
		    const uint8_t *message, size_t size, int64_t now);

/* A stream that the sandbox opened to it: a non-blocking socket that the resolver owns
 * from here on, and closes at once when it has too many. */
void resolver_stream(struct resolver *resolver, int fd, int64_t now);

/* What it waits for: descriptors, and how long at most. */
void resolver_wants(struct resolver *resolver, struct pollset *set, int64_t now);

/* Do what can be done after a poll(2) on that. */
void resolver_work(struct resolver *resolver, const struct pollset *set, int64_t now);

#endif
