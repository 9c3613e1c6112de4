/* The clocks that a time namespace can move: time_namespaces(7). */
#ifndef IMMURE_SYS_CLOCKS_H
#define IMMURE_SYS_CLOCKS_H

#include <stdint.h>
#include <time.h>

struct error;

/* What that clock says, in milliseconds. */
int64_t clock_milliseconds(clockid_t clock);

/* What CLOCK_MONOTONIC and CLOCK_BOOTTIME say here, in nanoseconds. */
int clocks_look(int64_t *ret_monotonic, int64_t *ret_boottime, struct error *err);

/* Move into a new time namespace whose clocks are so many nanoseconds ahead of those of
 * the present one; negative: behind. The kernel wants CAP_SYS_TIME, a process that is
 * dumpable and shares its memory with nobody, and `procfs` to be of its pid namespace. */
int clocks_move(int procfs, int64_t monotonic, int64_t boottime, struct error *err);

#endif
