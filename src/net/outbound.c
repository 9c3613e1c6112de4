/* Which of the host's addresses and devices the sandbox's traffic leaves by, when somebody
 * said so. A socket that cannot be bound so is of no use: what was to go through a tunnel
 * must not go past it. */
#include <errno.h>

#include <immure/plan/network.h>
#include <immure/sys/socket.h>

#include "outbound.h"

bool outbound_is_asked(const struct network_plan *plan)
{
	return plan->outbound.device || plan->outbound.v4_origin || plan->outbound.v6_origin;
}

int outbound_bind(const struct network_plan *plan, int fd, const struct address *to)
{
	const struct outbound *outbound = &plan->outbound;
	bool v4 = address_is_v4(to);

	/* The host's own services, and a name server that runs there, are behind no device. */
	if (!outbound_is_asked(plan) || address_is_loopback(to))
		return 0;
	if (outbound->device && socket_use_device(fd, outbound->device) < 0)
		return -1;
	if (v4 ? outbound->v4_origin : outbound->v6_origin)
		return socket_use_address(fd, v4 ? &outbound->v4 : &outbound->v6);
	if (outbound->device)
		return 0;
	/* Of a family for which there is no word: a name server's, since the sandbox has no
	 * address of it. */
	errno = EADDRNOTAVAIL;
	return -1;
}
