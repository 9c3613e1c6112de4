/* One error object, filled where a thing fails and read once, in main(). */
#ifndef IMMURE_BASE_ERROR_H
#define IMMURE_BASE_ERROR_H

/* No pointers: an error fits a datagram and crosses from the sandbox to the
 * supervisor whole. */
struct error {
	int code;		/* errno of the failing call, 0 when no call failed */
	int status;		/* exit status to end with, 0 for the verb's usual one */
	unsigned about;		/* what of the host it needed: bits of sys/host.h, or 0 */
	char what[960];		/* what we were doing to which object */
	char hint[1600];	/* what the user can type; lines; may be empty */
};

/* Fill *err with `code` and the formatted text. Always returns -1, so that a
 * caller writes `return fail(err, errno, "open %s", path);`. */
int fail(struct error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Put the formatted context and ": " in front of err->what. Always returns -1. */
int within(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Append a line to err->hint; what the user can type stands last in it, behind a
 * colon, as text_shell() writes it. A line that does not fit is left out. Always
 * returns -1. */
int hint(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Add to what of the host this failure is about. Always returns -1. */
int about(struct error *err, unsigned needs);

/* Set the exit status that this failure ends with. Always returns -1. */
int with_status(struct error *err, int status);

#endif
