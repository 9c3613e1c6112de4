/* Running a plan. */
#ifndef IMMURE_RUN_SANDBOX_H
#define IMMURE_RUN_SANDBOX_H

#include <stdbool.h>

#include <immure/base/arena.h>

struct error;
struct plan;

/* How a run ended. */
struct outcome {
	int status;			/* for exit(3): the command's, 128 + signal, 124 */
	int signal;			/* a key of the terminal that ended it: who is
					 * around us must see us die of it too; or 0 */
	bool group;			/* and it did not reach the rest of our group */
	LIST(const char *) limits;	/* those of its control group that were reached */
	LIST(const char *) network;	/* what became of its network before the end */
	LIST(const char *) refused;	/* what it was kept from reaching, and how it could */
	LIST(const char *) findings;	/* what was left in writable directories that
					 * runs later, outside; from the plan's arena */
};

/* Run the sandbox of `plan` to its end. 0 when the command ran, whatever it
 * answered; -1 when it did not, with the step that failed, and nothing is left
 * behind either way. What the user has to know before the command starts is told by
 * `say`, unless that is NULL. The calling process must have one thread; its signals are
 * blocked from here on. */
int sandbox_run(const struct plan *plan, void (*say)(const char *kind, const char *text),
		struct outcome *ret_outcome, struct error *err);

/* Load what serves a network, as an engine of a run does, into this process. -1 says what is
 * missing and how to get it. */
int sandbox_try_stack(struct error *err);

/* Make the control group that `plan` has, have a process join it, and remove it again.
 * -1 says what of it could not be done. */
int sandbox_try_group(const struct plan *plan, struct error *err);

#endif
