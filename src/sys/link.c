#include <errno.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/host.h>
#include <immure/sys/link.h>

int link_up(const char *name, struct error *err)
{
	struct ifreq request = { 0 };

	AUTO_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return fail(err, errno, "look at the device %s", name);
	request.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0) {
		(void)fail(err, errno, "bring up the device %s", name);
		return hint_apparmor(err);
	}
	return 0;
}

/* A message of rtnetlink(7), and what follows its headers. */
struct message {
	struct nlmsghdr header;
	struct ifinfomsg device;
	char attributes[128];
};

static struct rtattr *add_attribute(struct message *message, unsigned short type,
				    const char *text)
{
	struct rtattr *attribute = (struct rtattr *)((char *)message +
						     NLMSG_ALIGN(message->header.nlmsg_len));
	size_t size = text ? strlen(text) + 1 : 0;

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(size);
	if (text)
		memcpy(RTA_DATA(attribute), text, size);
	message->header.nlmsg_len = NLMSG_ALIGN(message->header.nlmsg_len) +
				    (unsigned)RTA_ALIGN(attribute->rta_len);
	return attribute;
}

int link_make_veth(const char *name, struct error *err)
{
	struct message message = {
		.header = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			.nlmsg_type = RTM_NEWLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
		},
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[512];
	} answer = { 0 };

	(void)add_attribute(&message, IFLA_IFNAME, name);
	struct rtattr *info = add_attribute(&message, IFLA_LINKINFO, NULL);
	(void)add_attribute(&message, IFLA_INFO_KIND, "veth");
	info->rta_len = (unsigned short)((char *)&message + message.header.nlmsg_len - (char *)info);

	AUTO_FD int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return fail(err, errno, "open a netlink socket");
	if (send(fd, &message, message.header.nlmsg_len, 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < (ssize_t)NLMSG_LENGTH(sizeof(answer.error)))
		return fail(err, errno, "ask for a pair of devices");
	if (answer.header.nlmsg_type != NLMSG_ERROR || answer.error.error == 0)
		return 0;
	(void)fail(err, -answer.error.error, "make a pair of devices (veth)");
	return err->code == EOPNOTSUPP
		? hint(err, "this kernel has none, or has not loaded them; as root: modprobe veth")
		: hint_apparmor(err);
}

int link_may_ping(struct error *err)
{
	AUTO_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP);

	if (fd >= 0)
		return 0;
	(void)fail(err, errno, "open a ping socket");
	return err->code == EACCES
		? hint(err, "net.ipv4.ping_group_range says which groups may; as root: sysctl -w"
			    " net.ipv4.ping_group_range='0 2147483647'")
		: hint_call(err, "3.0");
}
