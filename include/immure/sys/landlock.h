/* Landlock: landlock(7). What a kernel has of it is its ABI, a number; the installed
 * header may know less than the running kernel, so that the bits are written here. */
#ifndef IMMURE_SYS_LANDLOCK_H
#define IMMURE_SYS_LANDLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct error;

/* What can be allowed at a file, or at a directory and everything below it. */
enum {
	MAY_EXECUTE = 1 << 0,
	MAY_WRITE_FILE = 1 << 1,
	MAY_READ_FILE = 1 << 2,
	MAY_READ_DIR = 1 << 3,
	MAY_REMOVE_DIR = 1 << 4,
	MAY_REMOVE_FILE = 1 << 5,
	MAY_MAKE_CHAR = 1 << 6,
	MAY_MAKE_DIR = 1 << 7,
	MAY_MAKE_REG = 1 << 8,
	MAY_MAKE_SOCK = 1 << 9,
	MAY_MAKE_FIFO = 1 << 10,
	MAY_MAKE_BLOCK = 1 << 11,
	MAY_MAKE_SYM = 1 << 12,
	MAY_REFER = 1 << 13,		/* move or link between directories; ABI 2, Linux 5.19 */
	MAY_TRUNCATE = 1 << 14,		/* ABI 3, Linux 6.2 */
	MAY_IOCTL_DEV = 1 << 15,	/* ioctl(2) of devices; ABI 5, Linux 6.10 */

	/* Those that a file which is no directory can have; the kernel refuses others. */
	MAY_OF_FILES = MAY_EXECUTE | MAY_WRITE_FILE | MAY_READ_FILE | MAY_TRUNCATE | MAY_IOCTL_DEV,
};

/* What can be forbidden towards everything outside of the domain; ABI 6, Linux 6.12. */
enum {
	SCOPE_ABSTRACT_SOCKETS = 1 << 0,	/* connect to */
	SCOPE_SIGNALS = 1 << 1,			/* send */
};

/* The ABI that a domain of ours makes full use of. */
enum { LANDLOCK_FULL_ABI = 6 };

/* The ABI of the running kernel; 0: it has no Landlock, or it was not started with it.
 * -1: it did not answer the question. */
int landlock_abi(struct error *err);

/* What a domain on a kernel of this ABI does not hold, in words, from the arena; "" for
 * nothing. */
const char *landlock_lacking(struct arena *arena, int abi);

/* All of the rights above, and of the scopes, that an ABI knows. */
uint32_t landlock_rights(int abi);
uint32_t landlock_scopes(int abi);

/* A ruleset that forbids all of the rights `handled`, until rules allow them, and what
 * is `scoped`. A descriptor that the caller owns. */
int landlock_new(uint32_t handled, uint32_t scoped, struct error *err);

/* Allow `rights`, all of them handled, at what `fd` is open on and below it, by
 * whatever path and mount it is reached. Files without a place in any tree, such as
 * those of memfd_create(2), are never restricted: nothing is done for them. */
int landlock_allow(int ruleset, int fd, uint32_t rights, struct error *err);

/* Allow a regular file to be opened again as `fd` has it open, through /proc/self/fd,
 * as far as that is handled: exactly this file. Of what is none nothing is said. */
int landlock_allow_again(int ruleset, int fd, uint32_t handled, struct error *err);

/* Restrict this thread, and what it starts, for good. Needs no_new_privs. What the
 * kernel offers was asked before: here a failure is a failure. */
int landlock_enter(int ruleset, struct error *err);

#endif
