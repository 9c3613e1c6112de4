/* What ends an answer of the kernel's (netlink(7)). */
#ifndef IMMURE_SYS_NETLINK_H
#define IMMURE_SYS_NETLINK_H

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

/* The errno that an NLMSG_DONE or NLMSG_ERROR says; 0: all has been told. Both begin with it,
 * negative: that of an answer which the kernel broke off, and that of a question which it
 * does not take. */
static inline int netlink_end_code(const struct nlmsghdr *header)
{
	int code = 0;

	if (NLMSG_PAYLOAD(header, 0) >= sizeof(code))
		memcpy(&code, NLMSG_DATA(header), sizeof(code));
	if (code == 0 && header->nlmsg_type == NLMSG_ERROR)
		return EIO;
	return -code;
}

#endif
