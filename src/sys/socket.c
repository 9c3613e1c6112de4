#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <immure/base/address.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/kernel.h>
#include <immure/sys/socket.h>

/* Room for one descriptor, aligned as struct cmsghdr demands: cmsg(3). */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int socket_pair(int *ret_one, int *ret_other, struct error *err)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return fail(err, errno, "make a socket pair");
	*ret_one = ends[0];
	*ret_other = ends[1];
	return 0;
}

int socket_send(int socket, const void *bytes, size_t size, int fd, struct error *err)
{
	struct iovec part = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	union control control;

	if (fd != NO_FD) {
		memset(&control, 0, sizeof(control));
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	ssize_t sent;
	do
		sent = sendmsg(socket, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return fail(err, errno, "send a message");
	if ((size_t)sent != size)
		return fail(err, 0, "a message was cut");
	return 0;
}

/* Alignment makes room for more than the one: whatever came is open here by now. */
static bool take_one(struct cmsghdr *header, int *ret_fd)
{
	size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = 1; i < count; i++) {
		AUTO_FD int more = NO_FD;
		memcpy(&more, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
	}
	if (count > 0)
		memcpy(ret_fd, CMSG_DATA(header), sizeof(int));
	return count <= 1;
}

int socket_receive(int socket, void *bytes, size_t size, int *ret_fd,
		   struct error *err)
{
	struct iovec part = { .iov_base = bytes, .iov_len = size };
	union control control;
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = control.bytes, .msg_controllen = sizeof(control.bytes),
	};
	AUTO_FD int fd = NO_FD;
	bool one = true;

	/* The other end was closed with something of ours unread: the kernel says so once, in
	 * front of what it had sent before that (unix_release_sock()). */
	ssize_t got;
	do
		got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && (errno == EINTR || errno == ECONNRESET));
	if (got < 0)
		return fail(err, errno, "receive a message");
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
		one = take_one(header, &fd);
	if (!one || (got > 0 && ((size_t)got != size ||
				 (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))))
		return fail(err, 0, "a message of another shape");
	*ret_fd = take_fd(&fd);
	return got > 0;
}

int socket_connect(int fd, const struct sockaddr *to, socklen_t size)
{
	return (int)syscall(SYS_connect, fd, to, size);
}

ssize_t socket_send_to(int fd, const void *bytes, size_t size, int flags,
		       const struct sockaddr *to, socklen_t to_size)
{
	return syscall(SYS_sendto, fd, bytes, size, flags, to, to_size);
}

int socket_bind(int fd, const struct sockaddr *to, socklen_t size)
{
	return (int)syscall(SYS_bind, fd, to, size);
}

int socket_use_device(int fd, const char *device)
{
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device) + 1);
}

int socket_use_address(int fd, const struct address *address)
{
	struct sockaddr_storage own;
	socklen_t size = socket_address(address, 0, &own);

	return socket_bind(fd, (struct sockaddr *)&own, size);
}

int socket_try_device(const char *device, struct error *err)
{
	AUTO_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && socket_use_device(fd, device) == 0)
		return 0;
	(void)fail(err, errno, "send by the device %s", device);
	if (err->code == EPERM)
		return hint(err, "without a right it takes Linux 5.7");
	return err->code == ENODEV ? hint(err, "which there are: ip link") : -1;
}

int socket_try_address(const struct address *address, struct error *err)
{
	char text[ADDRESS_TEXT];
	AUTO_FD int fd = socket(address_is_v4(address) ? AF_INET : AF_INET6,
				SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && socket_use_address(fd, address) == 0)
		return 0;
	(void)fail(err, errno, "send from %s", address_text(address, text));
	return err->code == EADDRNOTAVAIL ? hint(err, "which this host has: ip address") : -1;
}

socklen_t socket_address(const struct address *address, uint16_t port,
			 struct sockaddr_storage *ret_to)
{
	memset(ret_to, 0, sizeof(*ret_to));
	if (address_is_v4(address)) {
		struct sockaddr_in *v4 = (void *)ret_to;

		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		memcpy(&v4->sin_addr, address->bytes + 12, 4);
		return sizeof(*v4);
	}
	struct sockaddr_in6 *v6 = (void *)ret_to;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	memcpy(&v6->sin6_addr, address->bytes, 16);
	return sizeof(*v6);
}

static int explain_port(uint16_t port, bool datagrams, struct error *err)
{
	if (err->code == EADDRINUSE)
		return hint(err, "somebody has it; port 0 is any that is free. To see who: ss -%sp"
			    " sport = :%u", datagrams ? "lun" : "ltn", port);
	if (err->code == EADDRNOTAVAIL)
		return hint(err, "the host has no such address; to see which it has: ip -brief"
			    " address");
	if (err->code == EACCES)
		return hint(err, "ports below %d are root's; to let everybody have this one, as"
			    " root: sysctl net.ipv4.ip_unprivileged_port_start=%u",
			    (int)sysctl_number("net/ipv4/ip_unprivileged_port_start", 1024), port);
	return -1;
}

int socket_publish(const struct address *address, uint16_t port, bool datagrams,
		   uint16_t *ret_port, struct error *err)
{
	const int on = 1;
	struct sockaddr_storage own;
	socklen_t size = socket_address(address, port, &own);
	bool v4 = own.ss_family == AF_INET;

	AUTO_FD int fd = socket(own.ss_family, (datagrams ? SOCK_DGRAM : SOCK_STREAM) |
					       SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(err, errno, "make a socket");
	/* Connections of an earlier run, which the kernel remembers for a minute, are not in
	 * the way of a new one; who listens is. For datagrams it would let two have a port. */
	if ((!datagrams && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0) ||
	    (!v4 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0) ||
	    (datagrams && (v4 ? setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on))
			      : setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
					   sizeof(on))) < 0))
		return fail(err, errno, "prepare a socket");
	if (bind(fd, (struct sockaddr *)&own, size) < 0 ||
	    (!datagrams && listen(fd, INT16_MAX) < 0)) {
		(void)fail(err, errno, "take the port");
		return explain_port(port, datagrams, err);
	}
	if (getsockname(fd, (struct sockaddr *)&own, &size) < 0)
		return fail(err, errno, "ask which port it is");
	*ret_port = ntohs(v4 ? ((struct sockaddr_in *)(void *)&own)->sin_port
			     : ((struct sockaddr_in6 *)(void *)&own)->sin6_port);
	return take_fd(&fd);
}

int socket_replace_by_pair(int fd, int *ret_other)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	AUTO_FD int one = ends[0], other = ends[1];
	if (dup3(one, fd, O_CLOEXEC) < 0)
		return -1;
	*ret_other = take_fd(&other);
	return 0;
}
