/* File descriptors that belong to a scope. */
#ifndef IMMURE_BASE_FD_H
#define IMMURE_BASE_FD_H

#include <stddef.h>

/* The one number that is not a descriptor. */
enum { NO_FD = -1 };

/* Close *fd if it is one, keeping errno, and set it to NO_FD. */
void fd_close(int *fd);

/* Hand a descriptor over: returns *fd and leaves NO_FD in its place. */
int take_fd(int *fd);

/* Declares a descriptor that its scope closes; always initialise it. */
#define AUTO_FD __attribute__((cleanup(fd_close)))

/* Write all of `size` bytes, however many calls it takes. 0, or -1 and errno. */
int fd_write_all(int fd, const void *bytes, size_t size);

#endif
