/* unshare(2) makes a time namespace for later children alone, since a process cannot
 * change its clocks while it runs by them; and once somebody is in it, its clocks are
 * fixed. So: make it, set it, then enter it. A child would not do before Linux 6.1, as
 * vfork(2) cannot lead into another one there. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/clocks.h>
#include <immure/sys/host.h>

static const int64_t SECOND = 1000000000;

int64_t clock_milliseconds(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

int clocks_look(int64_t *ret_monotonic, int64_t *ret_boottime, struct error *err)
{
	struct timespec monotonic, boottime;

	if (clock_gettime(CLOCK_MONOTONIC, &monotonic) < 0 ||
	    clock_gettime(CLOCK_BOOTTIME, &boottime) < 0)
		return fail(err, errno, "read the clocks");
	*ret_monotonic = monotonic.tv_sec * SECOND + monotonic.tv_nsec;
	*ret_boottime = boottime.tv_sec * SECOND + boottime.tv_nsec;
	return 0;
}

/* The namespace starts with the offsets of the one that made it, and all of them count
 * from the first one of the machine. */
static int inherited_offset(const char *text, const char *clock, int64_t *ret_offset,
			    struct error *err)
{
	const char *line = strstr(text, clock);
	int64_t seconds, rest;

	if (!line || sscanf(line + strlen(clock), "%" SCNd64 "%" SCNd64, &seconds, &rest) != 2)
		return fail(err, 0, "timens_offsets: no offset of %s", clock);
	*ret_offset = seconds * SECOND + rest;
	return 0;
}

/* Append the line that moves `clock`, if it is to be moved at all. */
static int add_line(char lines[128], const char *text, const char *clock, int64_t wanted,
		    struct error *err)
{
	size_t length = strlen(lines);
	int64_t offset = 0;

	if (wanted == 0)
		return 0;
	if (inherited_offset(text, clock, &offset, err) < 0)
		return -1;
	if (__builtin_add_overflow(offset, wanted, &offset))
		return fail(err, ERANGE, "move the clock %s", clock);
	int64_t seconds = offset / SECOND, rest = offset % SECOND;
	if (rest < 0) {
		seconds--;
		rest += SECOND;
	}
	(void)snprintf(lines + length, 128 - length, "%s %" PRId64 " %" PRId64 "\n", clock,
		       seconds, rest);
	return 0;
}

int clocks_move(int procfs, int64_t monotonic, int64_t boottime, struct error *err)
{
	char text[256] = "", lines[128] = "";

	if (unshare(CLONE_NEWTIME) < 0) {
		(void)fail(err, errno, "make a time namespace");
		return errno == EINVAL ? hint(err, "this kernel has none: Linux 5.6 with"
					      " CONFIG_TIME_NS has")
				       : hint_namespaces(err, CLONE_NEWTIME);
	}
	AUTO_FD int offsets = openat(procfs, "self/timens_offsets", O_RDWR | O_CLOEXEC);
	if (offsets < 0)
		return fail(err, errno, "open timens_offsets");
	if (pread(offsets, text, sizeof(text) - 1, 0) < 0)
		return fail(err, errno, "read timens_offsets");
	if (add_line(lines, text, "monotonic", monotonic, err) < 0 ||
	    add_line(lines, text, "boottime", boottime, err) < 0)
		return -1;
	if (fd_write_all(offsets, lines, strlen(lines)) < 0)
		return fail(err, errno, "move the clocks");
	AUTO_FD int namespace = openat(procfs, "self/ns/time_for_children",
				       O_RDONLY | O_CLOEXEC);
	if (namespace < 0)
		return fail(err, errno, "open the new time namespace");
	if (setns(namespace, CLONE_NEWTIME) < 0)
		return fail(err, errno, "enter the new time namespace");
	return 0;
}
