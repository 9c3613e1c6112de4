/* What may be reached: rules, compiled so that a question costs the same whether there
 * are two of them or two thousand. Pure; it knows addresses, ports, protocols and names,
 * and neither frames nor sockets, so that whatever can lead out of a sandbox can ask it. */
#ifndef IMMURE_NET_POLICY_H
#define IMMURE_NET_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <immure/base/address.h>
#include <immure/plan/network.h>

struct policy;

/* An answer, and the rule that gave it; NULL: no rule speaks of it, which is a no. */
struct verdict {
	bool allows;
	const struct rule *rule;
};

/* Compile the rules of a plan, which must stay where they are. The caller frees it.
 * NULL when memory is short. */
struct policy *policy_new(const struct network_plan *plan);

/* Free it. NULL is allowed. */
void policy_free(struct policy *policy);

/* May something be sent to this port of this address? For PROTOCOL_ECHO the port does
 * not count. `now` is a clock in milliseconds that only goes forward, the same for
 * every call. The gateway's address stands for the host's loopback. */
struct verdict policy_ask(const struct policy *policy, const struct address *to,
			  uint16_t port, enum protocol protocol, int64_t now);

/* Is it an address that nothing may be sent to, whatever the rules are: this machine's
 * loopback, a link's own, multicast, "any", and IPv6 forms of those? */
bool policy_never(const struct address *address);

/* May this name be asked for? Only if some rule could then allow what it leads to, and
 * none before it denies the whole name. `name` is in lower case without a last dot. */
struct verdict policy_asks_for(const struct policy *policy, const char *name);

/* May a public name lead to this address? Not to one of this host's own, or of a private
 * network, which a name's owner could point at (rebinding), unless a rule speaks of that
 * address itself. */
bool policy_believes(const struct policy *policy, const struct address *address);

/* A name was asked for and led to this address: for `seconds` more, and never less than
 * five, and for a minute on top of that, the rules of the name are rules of the address.
 * -1 when there is no more room to remember it: then it stays closed. */
int policy_learn(struct policy *policy, const char *name, const struct address *address,
		 uint32_t seconds, int64_t now);

/* The name stands for this address as long as the policy lasts, because the plan says so:
 * the rules of the name are rules of the address. -1 as above. */
int policy_pin(struct policy *policy, const char *name, const struct address *address);

/* The name that led to this address last, or NULL. */
const char *policy_name_of(const struct policy *policy, const struct address *address);

/* Which addresses the host itself has now; copied. -1 when memory is short: the ones
 * of before count on. */
int policy_set_own(struct policy *policy, const struct address *addresses, size_t count);

/* Changes whenever an answer could have: a "no" of an earlier state must be asked for
 * again. */
uint64_t policy_state(const struct policy *policy);

#endif
