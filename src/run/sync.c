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
	return socket_receive(sync, ret_message, sizeof(*ret_message), ret_fd, err);
}
