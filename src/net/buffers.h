/* Where libslirp has the buffers of its streams: two for each, of 128 KiB, which it makes
 * longer before it uses them, so that they hold whole segments.
 *
 * malloc(3) maps, moves and unmaps each one, seven calls of the kernel a stream; or it has
 * them in its heap, copies them where they cannot grow, and all 260 KiB of a stream are
 * memory that is used. Here they are slots in a range of addresses: there is room to grow
 * where they are, what is not used is no memory, and some of those that were given back are
 * kept as they are for the next stream. Behind each and before it are pages that nobody may
 * touch. */
#ifndef IMMURE_NET_BUFFERS_H
#define IMMURE_NET_BUFFERS_H

#include <stddef.h>

/* Reserve the range, before libslirp makes its first stream; without (a limit of addresses,
 * RLIMIT_AS) everything works as malloc(3) does it. */
void buffers_open(void);

/* How many slots have been in use, at some time. */
unsigned buffers_made(void);

/* These stand in front of GLib's for libslirp, as connect() in slirp.c does for libc's, if
 * the program is linked so that it exports them. Memory is malloc(3)'s but for a new large
 * piece by g_realloc(NULL, ...), which is a buffer. They end the program when there is none
 * left, as GLib's do. */
void *g_realloc(void *memory, size_t size);
void g_free(void *memory);

#endif
