/* Irreversible things, in the order in which they must come. */
#ifndef IMMURE_CONFINE_CONFINE_H
#define IMMURE_CONFINE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct plan;

/* Take this process's inherited things away: the session keyring, and at the next
 * exec every descriptor above 2. */
int confine_inheritance(const struct plan *plan, struct error *err);

/* Set the limits and the nice value of the plan. In the user namespace of the
 * command: RLIMIT_NPROC counts per user namespace the processes below it, so that
 * set there it counts the sandbox's alone. */
int confine_limits(const struct plan *plan, struct error *err);

/* Leave the caller's supplementary groups behind, where the plan has that. */
int confine_groups(const struct plan *plan, struct error *err);

/* Give up every capability for good but those of the plan, which are of the user
 * namespace that the command lives in. */
int confine_capabilities(const struct plan *plan, struct error *err);

/* Give up every capability for good, whatever the plan leaves the command. */
int confine_no_capabilities(const struct plan *plan, struct error *err);

/* Set no_new_privs. */
int confine_privileges(const struct plan *plan, struct error *err);

/* The ruleset of the command's Landlock domain, still without rules: the view adds
 * those of its items. *ret_ruleset is the caller's, NO_FD when there is to be none. */
int confine_ruleset(const struct plan *plan, int *ret_ruleset, struct error *err);

/* Add the rules of the standard descriptors, and enter the domain; with NO_FD
 * nothing happens. After no_new_privs, which the kernel wants to be set. */
int confine_domain(const struct plan *plan, int ruleset, struct error *err);

/* Put this process behind the command's filters of system calls, for good. Needs
 * no_new_privs; after it, only what they allow can be done. */
int confine_calls(const struct plan *plan, struct error *err);

/* Erase the arguments and the environment that our own process 1 was started with:
 * before the command starts, who could read them while both run. */
void confine_name(void);

/* All that applies to our own process 1, which stays behind with hostile children:
 * undumpable, without capabilities and new privileges, behind the default filter of
 * system calls, whatever the command's is. */
int confine_init(const struct plan *plan, struct error *err);

/* All that applies to the network engine, which looks at hostile frames: undumpable, no
 * capability and no new privilege, limits, and a list of the system calls that it makes
 * on its sockets and its memory. Its namespaces, files and descriptors are gone by then.
 * With `binds` it can also bind(2) its sockets to an address. */
int confine_engine(bool binds, struct error *err);

/* The same for who serves published ports, with less: it asks for no memory, ends no
 * direction of a socket but its own, and connects to nothing but the addresses that stand
 * in the `size` bytes from `targets`, which are read-only and stay so. */
int confine_publisher(const void *targets, size_t size, struct error *err);

#endif
