/* Network namespaces. */
#ifndef IMMURE_SYS_NETWORK_H
#define IMMURE_SYS_NETWORK_H

#include <stdbool.h>

#include <immure/base/error.h>

/* A network namespace that is being made. */
struct network_making {
	int procfs;		/* in: an open procfs; stays the caller's */
	int namespace;		/* out: the new namespace, or NO_FD */
	bool in_thread;
	unsigned long thread;	/* pthread_t */
	struct error error;
};

/* Begin to make a network namespace with its loopback device up. With `meanwhile` a
 * thread does it, while the caller goes on: the kernel needs 0.4 ms for it, a tenth
 * of a whole start. Exactly one network_make_end() must follow. */
int network_make_begin(struct network_making *making, int procfs, bool meanwhile,
		       struct error *err);

/* Await the namespace and enter it. The thread, if there was one, has ended. */
int network_make_end(struct network_making *making, struct error *err);

#endif
