/* A message of the conversation, with descriptors, from somebody who is not ours. */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>

#include "../../src/run/run.h"
#include "fuzz.h"

static void send_bytes(int socket, const uint8_t *data, size_t size, unsigned fds)
{
	struct iovec part = { (void *)(uintptr_t)data, size };
	union { struct cmsghdr header; char bytes[CMSG_SPACE(4 * sizeof(int))]; } control;
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	int some[] = { socket, socket, socket, socket };

	memset(&control, 0, sizeof(control));
	if (fds > 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = CMSG_SPACE(fds * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(fds * sizeof(int));
		memcpy(CMSG_DATA(&control.header), some, fds * sizeof(int));
	}
	MUST(sendmsg(socket, &message, MSG_NOSIGNAL) >= 0, "send");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sync_message message;
	struct error err = { 0 };
	int ends[2], fd = NO_FD;

	if (size < 2)
		return 0;
	unsigned fds = data[0] % 5;
	bool whole = data[1] & 1;	/* of the size that it has to have */
	data += 2;
	size -= 2;
	uint8_t *sent = calloc(1, whole || size == 0 ? sizeof(message) : size);
	MUST(sent, "memory");
	memcpy(sent, data, whole && size > sizeof(message) ? sizeof(message) : size);
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
	int next = fcntl(0, F_DUPFD_CLOEXEC, 3);
	(void)close(next);
	send_bytes(ends[0], sent, whole ? sizeof(message) : size ? size : 1, fds);
	int got = sync_receive(ends[1], &message, &fd, &err);
	if (got > 0) {
		MUST(memchr(message.error.what, '\0', sizeof(message.error.what)) &&
		     memchr(message.error.hint, '\0', sizeof(message.error.hint)),
		     "an error without an end");
		MUST(fds < 2, "descriptors were dropped, and nothing said");
	}
	fd_close(&fd);
	int after = fcntl(0, F_DUPFD_CLOEXEC, 3);
	(void)close(after);
	MUST(after == next, "a descriptor stayed open");
	free(sent);
	(void)close(ends[0]);
	(void)close(ends[1]);
	return 0;
}
