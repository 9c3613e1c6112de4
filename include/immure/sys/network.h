/* Network namespaces. */
#ifndef IMMURE_SYS_NETWORK_H
#define IMMURE_SYS_NETWORK_H

#include <stdbool.h>
#include <sys/types.h>

struct error;

/* A network namespace that is being made. */
struct network_making {
	int procfs;		/* in: an open procfs; stays the caller's */
	pid_t helper;		/* the process that makes it; 0: this one did */
	int namespace;		/* out: the new namespace, or NO_FD */
	const char *failed;	/* out: what could not be done, or NULL ... */
	int code;		/* ... and its errno */
};

/* Begin to make a network namespace with its loopback device up. With `meanwhile` a
 * helper does it where this machine's architecture is known, and the caller goes on:
 * the kernel needs 0.4 ms for it, a tenth of a whole start. Exactly one
 * network_make_end() must follow, and *making must stay where it is until then. */
int network_make_begin(struct network_making *making, int procfs, bool meanwhile,
		       struct error *err);

/* Await the namespace and enter it; the helper, if there was one, has ended. */
int network_make_end(struct network_making *making, struct error *err);

#endif
