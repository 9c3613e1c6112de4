/* /proc/sys, names, memory, and standard descriptors. */
#ifndef IMMURE_SYS_KERNEL_H
#define IMMURE_SYS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* Open the procfs at `path`, certain that it is one. The caller owns it. */
int procfs_open(const char *path, struct error *err);

/* Open the directory sys of an open procfs, for sysctl_write(). What is mounted on
 * it later does not matter to this descriptor. The caller owns it. */
int sysctl_open(int procfs, struct error *err);

/* Write `value` to `key` below what sysctl_open() opened; dots in the key are
 * slashes. A sysctl belongs to the namespaces of the process that writes it. */
int sysctl_write(int sysctls, const char *key, const char *value, struct error *err);

/* The number in /proc/sys/`path` of the host, or `otherwise` when it has none. */
int64_t sysctl_number(const char *path, int64_t otherwise);

/* The host's memory in bytes. */
int memory_total(uint64_t *ret_bytes, struct error *err);

/* The host's swap space in bytes. */
uint64_t swap_total(void);

/* Fill `size` bytes with unguessable ones. */
int random_bytes(void *bytes, size_t size, struct error *err);

/* The name of the host, cut to `size`. */
int hostname_get(char *name, size_t size, struct error *err);

/* Set the host and domain name of this uts namespace. */
int hostname_set(const char *name, struct error *err);
int domainname_set(const char *name, struct error *err);

/* The pipe, socket, device and other kinds that fstat(2) tells of a standard
 * descriptor, and what may pass into a sandbox. */
enum stdio_kind {
	STDIO_PLAIN,		/* pipe, socket, regular file, harmless device */
	STDIO_READ,		/* regular file opened for reading, that we could write */
	STDIO_APPEND,		/* regular file opened for append */
	STDIO_TERMINAL,
	STDIO_DIRECTORY,	/* an escape: refused */
	STDIO_OTHER,		/* a foreign device, a path only, or not open */
};
enum stdio_kind stdio_look(int fd);

/* Open /dev/null on every standard descriptor that is closed, so that nothing of
 * ours lands on 0, 1 or 2. */
int stdio_fill(struct error *err);

#endif
