/* The stack is libslirp: it speaks TCP, UDP and ICMP with the sandbox, and for each flow
 * has a socket of the host's. It is code that has been wrong about hostile frames before,
 * and it has no hook for "may I connect there?", so that two things are done here.
 *
 * It is loaded by dlopen(3), by the engine alone: who is offline pays nothing for it.
 *
 * Its connect, sendto and bind are ours. The dynamic linker looks in the program before
 * it looks in libc, so that a function of that name in the program stands in front - if
 * it is exported, which the linker does by itself for what libc defines, unless somebody
 * compiles it hidden (then libslirp would go straight to the kernel, and nobody would
 * notice). stack_load() therefore lets a stack of its own try: it fails if our functions
 * are not called. While libslirp works on a frame, these functions let it talk to the
 * remote end of that frame's flow and to nobody else; outside of that, to nobody. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <slirp/libslirp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/net/pollset.h>
#include <immure/sys/socket.h>
#include <immure/sys/weaken.h>

#include "buffers.h"
#include "frame.h"
#include "outbound.h"
#include "slirp.h"

struct stack {
	const struct network_plan *plan;
	struct stack_peers peers;
	struct Slirp *slirp;
};

/* --- what is loaded -------------------------------------------------------------------- */

static struct {
	Slirp *(*new)(const SlirpConfig *config, const SlirpCb *callbacks, void *opaque);
	void (*cleanup)(Slirp *slirp);
	void (*input)(Slirp *slirp, const uint8_t *packet, int size);
	void (*fill)(Slirp *slirp, uint32_t *timeout, SlirpAddPollCb add, void *opaque);
	void (*poll)(Slirp *slirp, int error, SlirpGetREventsCb get, void *opaque);
} slirp;

/* dlsym(3) gives an object pointer for a function; this is the way that POSIX names. */
static bool find(void *library, const char *name, void *ret_function)
{
	void *symbol = dlsym(library, name);

	memcpy(ret_function, &symbol, sizeof(symbol));
	return symbol;
}

/* --- its hands ---------------------------------------------------------------------------- */

static struct {
	const struct stack *stack;	/* whose turn it is; NULL: it is ours */
	const struct flow *flow;	/* of the frame in hand; NULL: none */
	bool trying;			/* it shall reach nobody: we only look that it asks us */
	bool connected, sent, bound;
} hands;

/* Where the remote end of a flow is for the host: the gateway's address stands for its
 * loopback. */
static struct address final_address(const struct stack *stack, const struct flow *flow)
{
	if (stack->plan->v4.on && address_is(&flow->remote, &stack->plan->v4.gateway))
		return address_loopback(false);
	if (stack->plan->v6.on && address_is(&flow->remote, &stack->plan->v6.gateway))
		return address_loopback(true);
	return flow->remote;
}

static bool read_sockaddr(const struct sockaddr *from, socklen_t size,
			  struct address *ret_address, uint16_t *ret_port)
{
	if (from && from->sa_family == AF_INET && size >= sizeof(struct sockaddr_in)) {
		const struct sockaddr_in *v4 = (const void *)from;

		*ret_address = address_from_v4((const uint8_t *)&v4->sin_addr);
		*ret_port = ntohs(v4->sin_port);
		return true;
	}
	if (from && from->sa_family == AF_INET6 && size >= sizeof(struct sockaddr_in6)) {
		const struct sockaddr_in6 *v6 = (const void *)from;

		*ret_address = address_from_v6(v6->sin6_addr.s6_addr);
		*ret_port = ntohs(v6->sin6_port);
		/* A mapped address would lead to IPv4 behind the back of its rules. */
		return !address_is_v4(ret_address);
	}
	return false;
}

/* The second look at where something goes: it must be where the frame in hand went. */
static bool may_reach(const struct sockaddr *to, socklen_t size, unsigned protocols)
{
	struct address address, final;
	uint16_t port;

	if (weakened(WALL_HANDS))
		return true;
	if (!hands.flow || !(hands.flow->protocol & protocols) ||
	    !read_sockaddr(to, size, &address, &port))
		return false;
	final = final_address(hands.stack, hands.flow);
	if (!address_is(&address, &final))
		return false;
	if (policy_never(&address) && address_is(&final, &hands.flow->remote))
		return false;
	return port == hands.flow->remote_port;
}

static bool is_resolver(const struct flow *flow)
{
	const struct network_plan *plan = hands.stack->plan;

	return flow && flow->protocol == PROTOCOL_TCP && flow->remote_port == 53 &&
	       ((plan->v4.on && address_is(&flow->remote, &plan->v4.resolver)) ||
		(plan->v6.on && address_is(&flow->remote, &plan->v6.resolver)));
}

/* The resolver is no host: its end of the stream is the other one of a pair, which takes
 * the place of the socket that was to be connected. */
static int connect_resolver(int fd)
{
	AUTO_FD int other = NO_FD;

	if (socket_replace_by_pair(fd, &other) < 0)
		return -1;
	hands.stack->peers.stream(hands.stack->peers.context, take_fd(&other));
	return 0;
}

static int refuse(void)
{
	errno = EACCES;
	return -1;
}

/* libc's own parameters have names that nobody else may use.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
#define OURS_BEFORE_LIBC __attribute__((visibility("default")))

OURS_BEFORE_LIBC int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t size)
{
	const struct sockaddr *address = to.__sockaddr__;

	if (!hands.stack)
		return socket_connect(fd, address, size);
	hands.connected = true;
	if (hands.trying)
		return refuse();
	if (is_resolver(hands.flow))
		return connect_resolver(fd);
	return may_reach(address, size, PROTOCOL_TCP) ? socket_connect(fd, address, size)
						      : refuse();
}

OURS_BEFORE_LIBC ssize_t sendto(int fd, const void *bytes, size_t size, int flags,
				__CONST_SOCKADDR_ARG to, socklen_t to_size)
{
	const struct sockaddr *address = to.__sockaddr__;

	if (!hands.stack)
		return socket_send_to(fd, bytes, size, flags, address, to_size);
	hands.sent = true;
	if (hands.trying || !may_reach(address, to_size, PROTOCOL_UDP))
		return refuse();
	return socket_send_to(fd, bytes, size, flags, address, to_size);
}

/* It binds each new socket of a flow, to any address, if it was told so in create():
 * for us to bind it to what --outbound says for where the flow goes. */
OURS_BEFORE_LIBC int bind(int fd, __CONST_SOCKADDR_ARG to, socklen_t size)
{
	if (!hands.stack)
		return socket_bind(fd, to.__sockaddr__, size);
	hands.bound = true;
	if (hands.trying)
		return 0;
	if (!hands.flow || !outbound_is_asked(hands.stack->plan))
		return refuse();
	if (is_resolver(hands.flow))
		return 0;
	struct address final = final_address(hands.stack, hands.flow);
	return outbound_bind(hands.stack->plan, fd, &final);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* --- what it calls -------------------------------------------------------------------------- */

static ssize_t send_packet(const void *bytes, size_t size, void *opaque)
{
	struct stack *stack = opaque;

	if (!hands.trying)
		stack->peers.frame(stack->peers.context, bytes, size);
	return (ssize_t)size;
}

static void guest_error(const char *message, void *opaque)
{
	(void)message;
	(void)opaque;
}

static int64_t clock_get_ns(void *opaque)
{
	struct timespec now;

	(void)opaque;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Its only timer is that of router advertisements, and there are none. */
static void *timer_new_opaque(SlirpTimerId id, void *cb_opaque, void *opaque)
{
	(void)id;
	(void)cb_opaque;
	return opaque;
}

static void *timer_new(SlirpTimerCb cb, void *cb_opaque, void *opaque)
{
	(void)cb;
	(void)cb_opaque;
	return opaque;
}

static void timer_free(void *timer, void *opaque)
{
	(void)timer;
	(void)opaque;
}

static void timer_mod(void *timer, int64_t expire_time, void *opaque)
{
	(void)timer;
	(void)expire_time;
	(void)opaque;
}

static void ignore_fd(int fd, void *opaque)
{
	(void)fd;
	(void)opaque;
}

static void ignore_notify(void *opaque)
{
	(void)opaque;
}

static const SlirpCb callbacks = {
	.send_packet = send_packet,
	.guest_error = guest_error,
	.clock_get_ns = clock_get_ns,
	.timer_new = timer_new,
	.timer_new_opaque = timer_new_opaque,
	.timer_free = timer_free,
	.timer_mod = timer_mod,
	.register_poll_fd = ignore_fd,
	.unregister_poll_fd = ignore_fd,
	.notify = ignore_notify,
};

/* --- the stack --------------------------------------------------------------------------------- */

static struct in_addr in_v4(const struct address *address)
{
	struct in_addr v4;

	memcpy(&v4, address->bytes + 12, sizeof(v4));
	return v4;
}

static struct in6_addr in_v6(const struct address *address)
{
	struct in6_addr v6;

	memcpy(&v6, address->bytes, sizeof(v6));
	return v6;
}

/* Its own servers are off: names, DHCP, TFTP, and the emulation of protocols that carry
 * addresses. The loopback of the host is open to it since the gate asks the rules. */
static Slirp *create(struct stack *stack)
{
	static struct sockaddr_in any_v4 = { .sin_family = AF_INET };
	static struct sockaddr_in6 any_v6 = { .sin6_family = AF_INET6 };
	const struct network_plan *plan = stack->plan;
	bool binds = outbound_is_asked(plan);
	uint32_t mask = plan->v4.on ? UINT32_MAX << (ADDRESS_BITS - plan->v4.network.bits) : 0;
	SlirpConfig config = {
		.version = 4,
		.in_enabled = plan->v4.on,
		.vnetwork = in_v4(&plan->v4.network.base),
		.vnetmask = { htonl(mask) },
		.vhost = in_v4(&plan->v4.gateway),
		.vnameserver = in_v4(&plan->v4.resolver),
		.vdhcp_start = in_v4(&plan->v4.guest),
		.in6_enabled = plan->v6.on,
		.vprefix_addr6 = in_v6(&plan->v6.network.base),
		.vprefix_len = (uint8_t)plan->v6.network.bits,
		.vhost6 = in_v6(&plan->v6.gateway),
		.vnameserver6 = in_v6(&plan->v6.resolver),
		.if_mtu = plan->mtu,
		.if_mru = plan->mtu,
		.enable_emu = weakened(WALL_EMULATION),
		.outbound_addr = binds ? &any_v4 : NULL,
		.outbound_addr6 = binds ? &any_v6 : NULL,
		.disable_dns = true,
		.disable_dhcp = true,
	};

	/* cppcheck-suppress returnDanglingLifetime ; it copies the configuration */
	return slirp.new(&config, &callbacks, stack);
}

/* A segment that opens a connection, or a datagram, from the sandbox to port 9 of
 * 192.0.2.1, which no machine has. */
static size_t make_trial(const struct network_plan *plan, unsigned next, uint8_t *frame)
{
	size_t size = next == NEXT_TCP ? TCP_HEADER : UDP_HEADER;
	const uint8_t nowhere[4] = { 192, 0, 2, 1 };

	memset(frame, 0, ETHERNET + IPV4_HEADER + TCP_HEADER);
	put16(frame + 2 * HARDWARE, TYPE_IPV4);
	uint8_t *ip = frame + ETHERNET, *body = ip + IPV4_HEADER;
	ip[0] = 0x45;
	put16(ip + 2, (unsigned)(IPV4_HEADER + size));
	ip[8] = 64;
	ip[9] = (uint8_t)next;
	memcpy(ip + 12, plan->v4.guest.bytes + 12, 4);
	memcpy(ip + 16, nowhere, 4);
	put16(ip + 10, sum_finish(sum_add(0, ip, IPV4_HEADER)));
	put16(body, 1024);
	put16(body + 2, 9);
	if (next == NEXT_TCP) {
		body[12] = TCP_HEADER / 4 << 4;
		body[13] = FLAG_SYN;
		put16(body + 16, sum_finish(sum_add(sum_add(size + next, ip + 12, 8), body, size)));
	} else {
		put16(body + 4, UDP_HEADER);	/* and no checksum, which UDP allows */
	}
	return ETHERNET + IPV4_HEADER + size;
}

/* Does libslirp come by us? */
static int try_hands(struct error *err)
{
	struct network_plan plan = { .mtu = 1500 };
	struct stack stack = { .plan = &plan };
	uint8_t frame[ETHERNET + IPV4_HEADER + TCP_HEADER];

	plan.outbound.device = "any";		/* so that it binds */
	plan.v4.on = true;
	plan.v4.network = (struct prefix){ address_of_v4(0x0a000200), BITS_BEFORE_V4 + 24 };
	plan.v4.gateway = address_of_v4(0x0a000202);
	plan.v4.resolver = address_of_v4(0x0a000203);
	plan.v4.guest = address_of_v4(0x0a000264);
	stack.slirp = create(&stack);
	if (!stack.slirp)
		return fail(err, 0, "libslirp is too old: version 4.7 is needed");
	hands.stack = &stack;
	hands.trying = true;
	slirp.input(stack.slirp, frame, (int)make_trial(&plan, NEXT_TCP, frame));
	slirp.input(stack.slirp, frame, (int)make_trial(&plan, NEXT_UDP, frame));
	slirp.cleanup(stack.slirp);
	hands.stack = NULL;
	hands.trying = false;
	return hands.connected && hands.sent && hands.bound
		? 0 : fail(err, 0, "libslirp does not ask us before it talks to others");
}

int stack_load(struct error *err)
{
	buffers_open();
	/* Never closed: it is used until the process ends. */
	void *library = dlopen("libslirp.so.0", RTLD_NOW | RTLD_LOCAL);

	if (!library) {
		(void)fail(err, 0, "%s", dlerror());
		return hint(err, "to install libslirp, as root: apt-get install libslirp0");
	}
	if (!find(library, "slirp_new", &slirp.new) ||
	    !find(library, "slirp_cleanup", &slirp.cleanup) ||
	    !find(library, "slirp_input", &slirp.input) ||
	    !find(library, "slirp_pollfds_fill", &slirp.fill) ||
	    !find(library, "slirp_pollfds_poll", &slirp.poll))
		return fail(err, 0, "libslirp is not the one that is known: version 4.7 is needed");
	return try_hands(err);
}

struct stack *stack_new(const struct network_plan *plan, const struct stack_peers *peers,
			struct error *err)
{
	static struct stack stack;

	stack = (struct stack){ .plan = plan, .peers = *peers };
	stack.slirp = create(&stack);
	if (stack.slirp)
		return &stack;
	(void)fail(err, 0, "libslirp does not accept the addresses of the network");
	return NULL;
}

void stack_free(struct stack *stack)
{
	hands.stack = stack;
	slirp.cleanup(stack->slirp);
	hands.stack = NULL;
}

void stack_input(struct stack *stack, const uint8_t *frame, size_t size,
		 const struct flow *flow)
{
	hands.stack = stack;
	hands.flow = flow;
	slirp.input(stack->slirp, frame, (int)size);
	hands.flow = NULL;
	hands.stack = NULL;
}

/* --- the loop's part ------------------------------------------------------------------------------ */

static const struct {
	int theirs;
	short ours;
} events[] = {
	{ SLIRP_POLL_IN, POLLIN }, { SLIRP_POLL_OUT, POLLOUT }, { SLIRP_POLL_PRI, POLLPRI },
	{ SLIRP_POLL_ERR, POLLERR }, { SLIRP_POLL_HUP, POLLHUP },
};

static int add_poll(int fd, int wanted, void *opaque)
{
	short ours = 0;

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (wanted & events[i].theirs)
			ours |= events[i].ours;
	return pollset_add(opaque, fd, ours);
}

static int get_revents(int index, void *opaque)
{
	short news = pollset_news(opaque, index);
	int theirs = 0;

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (news & events[i].ours)
			theirs |= events[i].theirs;
	return theirs;
}

void stack_wants(struct stack *stack, struct pollset *set)
{
	uint32_t most = UINT32_MAX;

	slirp.fill(stack->slirp, &most, add_poll, set);
	if (most != UINT32_MAX)
		pollset_wake(set, most);
}

void stack_work(struct stack *stack, const struct pollset *set)
{
	hands.stack = stack;
	slirp.poll(stack->slirp, 0, get_revents, (void *)(uintptr_t)set);
	hands.stack = NULL;
}
