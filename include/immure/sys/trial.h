/* Trying something out in a child, so that neither what it does nor how it ends comes
 * back: the answer does, and nothing of it is left. */
#ifndef IMMURE_SYS_TRIAL_H
#define IMMURE_SYS_TRIAL_H

#include <stdint.h>

#include <immure/base/error.h>

/* What came of it. */
struct trial_answer {
	int result;		/* what the body returned */
	struct error error;	/* what it failed with */
	char note[480];		/* what it has to say when it did not; "" for nothing */
};

/* 0 or -1 with answer->error, which is cleared before; or any other number, for whoever
 * asked. It runs with standard files on /dev/null, with every signal as by default, and
 * may leave processes, mounts and descriptors behind: they end with the trial. */
typedef int trial_body(void *context, struct trial_answer *answer);

/* Run `body` in a child of this process, which must have one thread, and wait for it at
 * most so long. When this returns, all that it started is gone, and should this process
 * end before, so is it then. That it was ended, as by a filter that kills, is
 * an answer. -1 and *err: there is none, since there are no more processes to be had, or
 * its time was over (ETIMEDOUT). */
int trial_run(trial_body *body, void *context, int milliseconds,
	      struct trial_answer *ret_answer, struct error *err);

/* In a body: run another one in a further child, in new namespaces (CLONE_NEW...
 * bits), and answer what it answers; in a new user namespace it is root, by a map of
 * this process's own id. */
int trial_inside(uint64_t namespaces, trial_body *body, void *context,
		 struct trial_answer *answer);

/* In a body: execute a program and wait for its end; what it writes to standard error is
 * in answer->note, cut. Its status as a shell has it, or -1 and answer->error. */
int trial_execute(const char *path, const char *const argv[], struct trial_answer *answer);

#endif
