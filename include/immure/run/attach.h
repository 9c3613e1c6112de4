/* Serving the network of a process that was not started by us. */
#ifndef IMMURE_RUN_ATTACH_H
#define IMMURE_RUN_ATTACH_H

struct error;
struct outcome;
struct plan;

/* Make what the plan of plan_attach() has in the network that it joins, and serve it until
 * its process ends, `exit_fd` has news (NO_FD: none), or a signal asks for the end. When
 * all is served "1" is written to `ready_fd` (NO_FD: none), which is closed then. 0, and
 * nothing is left; -1 when it could not be served, or not until the end, with the step
 * that failed. ret_outcome->status is 0, or 128 and the signal; the rest is as
 * sandbox_run() has it. */
int attach_run(const struct plan *plan, int ready_fd, int exit_fd,
	       void (*say)(const char *kind, const char *text), struct outcome *ret_outcome,
	       struct error *err);

#endif
