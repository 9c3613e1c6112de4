#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/kernel.h>
#include <immure/sys/tap.h>

#include "netlink.h"

static const char tun_path[] = "/dev/net/tun";

int tun_find(struct error *err)
{
	AUTO_FD int fd = open(tun_path, O_PATH | O_CLOEXEC);

	if (fd < 0) {
		(void)fail(err, errno, "find %s", tun_path);
		if (errno == ENOENT || errno == ENODEV)
			return hint(err, "the network needs it; as root: modprobe tun; in a"
				    " container: --device /dev/net/tun");
		return -1;
	}
	if (faccessat(AT_FDCWD, tun_path, R_OK | W_OK, AT_EACCESS) < 0) {
		(void)fail(err, errno, "open %s", tun_path);
		return hint(err, "to let everybody make devices of their own namespaces, as most"
			    " systems do, as root: chmod 666 %s", tun_path);
	}
	return take_fd(&fd);
}

static int explain_tun(struct error *err)
{
	if (err->code == ENODEV || err->code == ENXIO)
		return hint(err, "this kernel has no tap devices; as root: modprobe tun");
	if (err->code == EBUSY || err->code == EINVAL)
		return hint(err, "there is a device of that name; another one: --ifname NAME");
	if (err->code == EPERM)
		return hint(err, "a container's device rules can forbid it: --device"
			    " /dev/net/tun");
	return -1;
}

int tap_open(int procfs, int tun, const char *name, const uint8_t *hardware,
	     uint8_t ret_hardware[6], struct error *err)
{
	struct ifreq request;
	char path[32];

	(void)snprintf(path, sizeof(path), "self/fd/%d", tun);
	AUTO_FD int fd = openat(procfs, path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		(void)fail(err, errno, "open %s", tun_path);
		return explain_tun(err);
	}
	memset(&request, 0, sizeof(request));
	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
	if (ioctl(fd, TUNSETIFF, &request) < 0) {
		(void)fail(err, errno, "make the tap %s", name);
		return explain_tun(err);
	}
	if (hardware) {
		request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
		memcpy(request.ifr_hwaddr.sa_data, hardware, 6);
		if (ioctl(fd, SIOCSIFHWADDR, &request) < 0)
			return fail(err, errno, "set the hardware address of %s", name);
	}
	if (ioctl(fd, SIOCGIFHWADDR, &request) < 0)
		return fail(err, errno, "read the hardware address of %s", name);
	memcpy(ret_hardware, request.ifr_hwaddr.sa_data, 6);
	return take_fd(&fd);
}

void tap_leave(int tap)
{
	(void)ioctl(tap, TUNSETPERSIST, 1);
}

/* --- frames ----------------------------------------------------------------------------- */

/* Before each frame stands what is left to the other side. We leave the kernel what
 * tap_write() is told; it leaves us nothing, since nobody asked it to (TUNSETOFFLOAD), and
 * who has the right to in the sandbox cannot turn it on. Numbers are in this machine's
 * order, which is that of a header of the first virtio. */

static ssize_t behind_header(ssize_t size)
{
	const ssize_t header = sizeof(struct virtio_net_hdr);

	return size < 0 ? size : size > header ? size - header : 0;
}

ssize_t tap_read(int tap, void *frame, size_t room)
{
	struct virtio_net_hdr left;
	const struct iovec parts[] = { { &left, sizeof(left) }, { frame, room } };

	return behind_header(readv(tap, parts, 2));
}

ssize_t tap_write(int tap, const struct tap_offload *offload, const void *head,
		  size_t head_size, const void *rest, size_t rest_size)
{
	struct virtio_net_hdr left = { .gso_type = VIRTIO_NET_HDR_GSO_NONE };
	const struct iovec parts[] = {
		{ &left, sizeof(left) },
		{ (void *)(uintptr_t)head, head_size }, { (void *)(uintptr_t)rest, rest_size },
	};

	if (offload) {
		left.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		left.hdr_len = offload->headers;
		left.csum_start = offload->tcp;
		left.csum_offset = offsetof(struct tcphdr, check);
	}
	if (offload && offload->segment > 0) {
		left.gso_type = offload->v6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
		left.gso_size = offload->segment;
	}
	return behind_header(writev(tap, parts, 3));
}

/* --- netlink ---------------------------------------------------------------------------- */

/* Several messages that the kernel works through in order, each with an answer. */
struct messages {
	_Alignas(NLMSG_ALIGNTO) char bytes[1024];
	size_t size;
	const char *what[8];
	unsigned count;
};

/* Begin a message of that type; its fixed part, zeroed. */
static void *message_begin(struct messages *messages, unsigned type, unsigned flags, size_t size,
			   const char *what)
{
	struct nlmsghdr *header = (void *)(messages->bytes + messages->size);

	memset(header, 0, NLMSG_SPACE(size));
	header->nlmsg_len = (uint32_t)NLMSG_LENGTH(size);
	header->nlmsg_type = (uint16_t)type;
	header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	header->nlmsg_seq = messages->count;
	messages->what[messages->count++] = what;
	messages->size += NLMSG_SPACE(size);
	return NLMSG_DATA(header);
}

/* Add an attribute to the message whose fixed part is `part`. */
static void message_add(struct messages *messages, void *part, unsigned type, const void *bytes,
			size_t size)
{
	struct nlmsghdr *header = (void *)((char *)part - NLMSG_HDRLEN);
	struct rtattr *attribute = (void *)(messages->bytes + messages->size);

	memset(attribute, 0, RTA_SPACE(size));
	attribute->rta_type = (uint16_t)type;
	attribute->rta_len = (uint16_t)RTA_LENGTH(size);
	memcpy(RTA_DATA(attribute), bytes, size);
	messages->size += RTA_SPACE(size);
	header->nlmsg_len = (uint32_t)(messages->bytes + messages->size - (char *)header);
}

static int route_socket(int flags, unsigned groups, struct error *err)
{
	struct sockaddr_nl own = { .nl_family = AF_NETLINK, .nl_groups = groups };

	AUTO_FD int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);
	if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0)
		return fail(err, errno, "open a netlink socket");
	return take_fd(&fd);
}

/* Send them all, and await that all is done. */
static int messages_do(const struct messages *messages, struct error *err)
{
	_Alignas(NLMSG_ALIGNTO) char answer[1024];

	AUTO_FD int fd = route_socket(0, 0, err);
	if (fd < 0)
		return -1;
	if (send(fd, messages->bytes, messages->size, 0) != (ssize_t)messages->size)
		return fail(err, errno, "send to the kernel's network");
	for (unsigned answered = 0; answered < messages->count; ) {
		ssize_t size = recv(fd, answer, sizeof(answer), 0);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return fail(err, errno, "hear from the kernel's network");
		unsigned left = (unsigned)size;
		for (struct nlmsghdr *header = (void *)answer; NLMSG_OK(header, left);
		     header = NLMSG_NEXT(header, left)) {
			const struct nlmsgerr *said = NLMSG_DATA(header);

			if (header->nlmsg_type != NLMSG_ERROR || header->nlmsg_seq >= messages->count)
				continue;
			if (said->error != 0)
				return fail(err, -said->error, "%s",
					    messages->what[header->nlmsg_seq]);
			answered++;
		}
	}
	return 0;
}

static void add_address(struct messages *messages, int index, const struct tap_route *route,
			int family)
{
	size_t size = family == AF_INET ? 4 : 16;
	const uint8_t *bytes = route->address.bytes + 16 - size;
	const uint32_t no_duplicates = IFA_F_NODAD;

	struct ifaddrmsg *part = message_begin(messages, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
					       sizeof(*part), "add an address");
	part->ifa_family = (uint8_t)family;
	part->ifa_prefixlen = (uint8_t)route->bits;
	part->ifa_index = (unsigned)index;
	message_add(messages, part, IFA_LOCAL, bytes, size);
	message_add(messages, part, IFA_ADDRESS, bytes, size);
	if (family == AF_INET6)
		message_add(messages, part, IFA_FLAGS, &no_duplicates, sizeof(no_duplicates));
}

static void add_route(struct messages *messages, int index, const struct tap_route *route,
		      int family)
{
	size_t size = family == AF_INET ? 4 : 16;

	struct rtmsg *part = message_begin(messages, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL,
					   sizeof(*part), "make the way out");
	part->rtm_family = (uint8_t)family;
	part->rtm_table = RT_TABLE_MAIN;
	part->rtm_protocol = RTPROT_BOOT;
	part->rtm_scope = RT_SCOPE_UNIVERSE;
	part->rtm_type = RTN_UNICAST;
	message_add(messages, part, RTA_GATEWAY, route->gateway.bytes + 16 - size, size);
	message_add(messages, part, RTA_OIF, &index, sizeof(index));
}

static int index_of(const char *name, struct error *err)
{
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	AUTO_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCGIFINDEX, &request) < 0)
		return fail(err, errno, "find the device %s", name);
	return request.ifr_ifindex;
}

/* Nobody on this wire may tell it addresses or routes. */
static int ignore_routers(int sysctls, const char *name, struct error *err)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "net/ipv6/conf/%s/accept_ra", name);
	return sysctl_write(sysctls, key, "0", err);
}

int tap_configure(int sysctls, const char *name, unsigned mtu, const struct tap_route *v4,
		  const struct tap_route *v6, struct error *err)
{
	struct messages messages = { .size = 0 };

	int index = index_of(name, err);
	if (index < 0)
		return -1;
	if (v6->on && ignore_routers(sysctls, name, err) < 0)
		return -1;
	struct ifinfomsg *link = message_begin(&messages, RTM_NEWLINK, 0, sizeof(*link),
					       "bring the tap up");
	link->ifi_index = index;
	link->ifi_flags = link->ifi_change = IFF_UP;
	message_add(&messages, link, IFLA_MTU, &mtu, sizeof(mtu));
	if (v4->on) {
		add_address(&messages, index, v4, AF_INET);
		add_route(&messages, index, v4, AF_INET);
	}
	if (v6->on) {
		add_address(&messages, index, v6, AF_INET6);
		add_route(&messages, index, v6, AF_INET6);
	}
	return messages_do(&messages, err);
}

int loopback_up(struct error *err)
{
	struct messages messages = { .size = 0 };

	int index = index_of("lo", err);
	if (index < 0)
		return -1;
	struct ifinfomsg *link = message_begin(&messages, RTM_NEWLINK, 0, sizeof(*link),
					       "bring the loopback device up");
	link->ifi_index = index;
	link->ifi_flags = link->ifi_change = IFF_UP;
	return messages_do(&messages, err);
}

int loopback_add(const struct tap_route *v4, const struct tap_route *v6, struct error *err)
{
	struct messages messages = { .size = 0 };
	const struct tap_route *families[] = { v4, v6 };

	int index = index_of("lo", err);
	if (index < 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		struct tap_route alone = *families[i];

		alone.bits = i == 0 ? 32 : 128;
		if (alone.on)
			add_address(&messages, index, &alone, i == 0 ? AF_INET : AF_INET6);
	}
	return messages_do(&messages, err);
}

/* --- the host's addresses ---------------------------------------------------------------- */

int addresses_watch(struct error *err)
{
	return route_socket(SOCK_NONBLOCK, RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR, err);
}

void addresses_heard(int watch)
{
	char news[4096];

	/* ENOBUFS, more news than there was room for, is news too. */
	while (recv(watch, news, sizeof(news), 0) > 0 || errno == ENOBUFS || errno == EINTR)
		;
}

int addresses_socket(struct error *err)
{
	return route_socket(0, 0, err);
}

/* The address that an answer is about; false: it has none. */
static bool address_in(struct nlmsghdr *header, struct address *ret_address)
{
	const struct ifaddrmsg *part = NLMSG_DATA(header);
	size_t size = part->ifa_family == AF_INET ? 4 : 16;
	unsigned left = (unsigned)IFA_PAYLOAD(header);
	bool local = false, found = false;

	for (const struct rtattr *attribute = IFA_RTA(part); RTA_OK(attribute, left);
	     attribute = RTA_NEXT(attribute, left)) {
		if ((attribute->rta_type != IFA_LOCAL && (local || attribute->rta_type != IFA_ADDRESS)) ||
		    RTA_PAYLOAD(attribute) != size)
			continue;
		local = attribute->rta_type == IFA_LOCAL;
		found = true;
		*ret_address = size == 4 ? address_from_v4(RTA_DATA(attribute))
					 : address_from_v6(RTA_DATA(attribute));
	}
	return found;
}

/* What was heard of the answer to question `asked`. It is heard to its end in any case: the
 * kernel takes no other question on a socket before that. */
struct listing {
	uint32_t asked;
	struct address *addresses;
	size_t most, count;
	int problem;			/* errno of what makes it useless */
	bool ended;
};

static void take_part(struct listing *listing, struct nlmsghdr *header)
{
	if (header->nlmsg_seq != listing->asked)	/* of one that was given up */
		return;
	listing->ended = header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE;
	if (listing->ended && netlink_end_code(header) != 0)
		listing->problem = netlink_end_code(header);
	/* They changed under the kernel's hands, and some may be missing. */
	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		listing->problem = EAGAIN;
	if (header->nlmsg_type != RTM_NEWADDR)
		return;
	if (listing->count == listing->most)
		listing->problem = E2BIG;
	else if (address_in(header, &listing->addresses[listing->count]))
		listing->count++;
}

static int ask_addresses(int asking, uint32_t number)
{
	const struct {
		struct nlmsghdr header;
		struct ifaddrmsg part;
	} request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = RTM_GETADDR,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = number },
		.part = { .ifa_family = AF_UNSPEC },
	};

	return send(asking, &request, sizeof(request), 0) < 0 ? -1 : 0;
}

static int hear_addresses(int asking, struct listing *listing)
{
	_Alignas(NLMSG_ALIGNTO) char answer[16384];

	while (!listing->ended) {
		ssize_t size = recv(asking, answer, sizeof(answer), 0);

		if (size < 0 && errno != EINTR)
			return -1;
		unsigned left = size < 0 ? 0 : (unsigned)size;
		for (struct nlmsghdr *header = (void *)answer; NLMSG_OK(header, left);
		     header = NLMSG_NEXT(header, left))
			take_part(listing, header);
	}
	errno = listing->problem;
	return listing->problem ? -1 : 0;
}

int addresses_list(int asking, struct address *ret_addresses, size_t most)
{
	enum { TRIES = 8 };
	static uint32_t questions;

	for (int tries = 0; tries < TRIES; tries++) {
		struct listing listing = {
			.asked = ++questions, .addresses = ret_addresses, .most = most,
		};

		if (ask_addresses(asking, listing.asked) == 0 &&
		    hear_addresses(asking, &listing) == 0)
			return (int)listing.count;
		if (errno != EAGAIN)
			break;
	}
	return -1;
}
