#include <errno.h>
#include <string.h>

#include <immure/base/fd.h>
#include <immure/sys/socket.h>

#include "run.h"

int sync_send(int sync, enum sync_kind kind, int value, bool group, int fd,
	      struct error *err)
{
	struct sync_message message;

	memset(&message, 0, sizeof(message));	/* nothing of our memory goes along */
	message.kind = kind;
	message.value = value;
	message.group = group;
	return socket_send(sync, &message, sizeof(message), fd, err);
}

int sync_offered(int sent, const struct error *err)
{
	return sent < 0 && err->code != EPIPE && err->code != ECONNRESET ? -1 : 0;
}

int sync_send_tap(int sync, const uint8_t hardware[6], int tap, struct error *err)
{
	struct sync_message message;

	memset(&message, 0, sizeof(message));
	message.kind = SYNC_TAP;
	memcpy(message.hardware, hardware, sizeof(message.hardware));
	return socket_send(sync, &message, sizeof(message), tap, err);
}

int sync_send_error(int sync, const struct error *error, struct error *err)
{
	struct sync_message message;

	memset(&message, 0, sizeof(message));
	message.kind = SYNC_FAILED;
	message.error = *error;
	return socket_send(sync, &message, sizeof(message), NO_FD, err);
}

int sync_receive(int sync, struct sync_message *ret_message, int *ret_fd,
		 struct error *err)
{
	AUTO_FD int fd = NO_FD;

	int got = socket_receive(sync, ret_message, sizeof(*ret_message), &fd, err);
	if (got <= 0)
		return got;
	/* Init is ours, but it lives with the command: its texts must at least end. */
	const struct error *error = &ret_message->error;
	if (!memchr(error->what, '\0', sizeof(error->what)) ||
	    !memchr(error->hint, '\0', sizeof(error->hint)))
		return fail(err, 0, "a message of another shape");
	*ret_fd = take_fd(&fd);
	return got;
}
