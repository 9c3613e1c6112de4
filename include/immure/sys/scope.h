/* systemd's scopes: a control group that its manager makes for processes that exist,
 * and gives away with all controllers it has (Delegate=): systemd.scope(5). */
#ifndef IMMURE_SYS_SCOPE_H
#define IMMURE_SYS_SCOPE_H

#include <stdbool.h>
#include <sys/types.h>

struct arena;
struct error;

/* Does systemd manage this host? sd_booted(3). */
bool systemd_is_here(void);

/* The D-Bus addresses at which the caller's systemd listens, in the order to try them,
 * with ";" between them, from the arena: an ordinary user's own one, root's that of the
 * host. NULL when none does. */
const char *systemd_address(struct arena *arena, uid_t uid);

/* Move this process into a new scope of the systemd at `addresses`, delegated, and wait
 * until that is done; it is gone when the last process in it is. libsystemd is loaded
 * only here. -1 says what systemd said. */
int systemd_enter_scope(const char *addresses, struct error *err);

#endif
