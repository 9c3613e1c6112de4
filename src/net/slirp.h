/* libslirp, at arm's length: loaded only where it runs, fed one frame at a time, and
 * every address that it wants to talk to looked at once more. */
#ifndef IMMURE_NET_SLIRP_H
#define IMMURE_NET_SLIRP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <immure/net/gate.h>

struct error;
struct pollset;
struct stack;

/* Who hears from the stack. */
struct stack_peers {
	/* A frame for the sandbox. */
	void (*frame)(void *context, const uint8_t *frame, size_t size);
	/* The sandbox opened a stream to the resolver: a non-blocking socket to own. */
	void (*stream)(void *context, int fd);
	void *context;
};

/* Load libslirp, and prove that its connect(2), sendto(2) and bind(2) come by us. To be
 * called before the files that it is loaded from are out of sight. -1 says what is
 * missing and how to get it. */
int stack_load(struct error *err);

/* A stack for the addresses of the plan, which must stay where it is. There is one in a
 * process. NULL and *err when libslirp does not want it. */
struct stack *stack_new(const struct network_plan *plan, const struct stack_peers *peers,
			struct error *err);

/* End it, and close what it has open. */
void stack_free(struct stack *stack);

/* Give it one frame that the gate has passed for this flow: it can talk to nobody else
 * while it looks at it. */
void stack_input(struct stack *stack, const uint8_t *frame, size_t size,
		 const struct flow *flow);

/* What it waits for. */
void stack_wants(struct stack *stack, struct pollset *set);

/* Do what can be done after a poll(2) on that. */
void stack_work(struct stack *stack, const struct pollset *set);

#endif
