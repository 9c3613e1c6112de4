#include <errno.h>
#include <unistd.h>

#include <immure/base/fd.h>

void fd_close(int *fd)
{
	int kept = errno;

	if (*fd >= 0)
		(void)close(*fd);	/* Linux releases the number whatever it answers */
	*fd = NO_FD;
	errno = kept;
}

int take_fd(int *fd)
{
	int taken = *fd;

	*fd = NO_FD;
	return taken;
}

int fd_write_all(int fd, const void *bytes, size_t size)
{
	const char *next = bytes;

	while (size > 0) {
		ssize_t written = write(fd, next, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		next += written;
		size -= (size_t)written;
	}
	return 0;
}
