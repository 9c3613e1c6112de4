#ifndef IMMURE_INIT_CALLS_H
#define IMMURE_INIT_CALLS_H

struct error;

/* Refuse this process every system call that our process 1 does not need; without
 * no_new_privs it would need CAP_SYS_ADMIN. -1 when the kernel has no filters. */
int confine_init_calls(struct error *err);

#endif
