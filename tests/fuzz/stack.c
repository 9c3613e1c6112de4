/* Frames that the gate passes, in a real libslirp, and bytes of hosts that mean no good. No
 * socket is one: what libslirp asks of the kernel is answered here, and where it would talk
 * to must be what the rules allow, by a look that knows nothing of the gate.
 *
 * An input is pieces, each behind its size. A size of 255 is the rest of the input, 254 means
 * that a host sends the next piece, 253 that its end closes; 252 that the frame in the next
 * one goes on where the stack's last segment was: with its numbers, nobody guesses them.
 *
 * What would make an input slow is done once or not at all: there is one gate, whose flows
 * of the last input are too old to count; and nobody asks the kernel for chance. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/net/gate.h>
#include <immure/net/pollset.h>

#include <immure/sys/tap.h>

#include "../../src/net/segments.h"
#include "../../src/net/slirp.h"
#include "../lib/frames.h"
#include "fuzz.h"

static struct network_plan plan;
static struct policy *policy;
static struct gate *gate;
static struct stack *stack;

/* --- hosts ------------------------------------------------------------------------------- */

enum { MOST_HOSTS = 64 };

static int hosts[MOST_HOSTS];
static unsigned host_count;

#define OURS __attribute__((visibility("default")))

/* libc's own parameters have names that nobody else may use.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
OURS int socket(int domain, int type, int protocol)
{
	int ends[2];
	int kind = (type & 0xf) == SOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM;

	(void)domain;
	(void)protocol;
	if (host_count == MOST_HOSTS ||
	    socketpair(AF_UNIX, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0) {
		errno = EMFILE;
		return -1;
	}
	hosts[host_count++] = ends[1];
	return ends[0];
}

static int is_allowed(const struct sockaddr *to)
{
	const struct sockaddr_in *v4 = (const void *)to;
	const struct sockaddr_in6 *v6 = (const void *)to;
	const uint8_t *at = to->sa_family == AF_INET ? (const uint8_t *)&v4->sin_addr : v6->sin6_addr.s6_addr;
	unsigned port = ntohs(to->sa_family == AF_INET ? v4->sin_port : v6->sin6_port);

	if (to->sa_family == AF_INET)
		return (memcmp(at, "\306\063\144", 3) == 0 && (port == 80 || at[3] == 9)) ||
		       (memcmp(at, "\177\0\0\1", 4) == 0 && port == 80);
	return to->sa_family == AF_INET6 && port == 80 &&
	       (memcmp(at, "\40\1\15\270", 4) == 0 || memcmp(at, &in6addr_loopback, 16) == 0);
}

/* sys/socket.h's calls of the kernel come by here; those of libraries do not: it is hidden. */
long syscall(long number, ...)
{
	va_list args;

	va_start(args, number);
	int fd = va_arg(args, int);
	const void *bytes = va_arg(args, const void *);
	size_t size = number == SYS_sendto ? va_arg(args, size_t) : 0;
	int flags = number == SYS_sendto ? va_arg(args, int) : 0;
	const struct sockaddr *to = number == SYS_sendto ? va_arg(args, const struct sockaddr *) : bytes;
	va_end(args);
	(void)flags;
	MUST(number == SYS_connect || number == SYS_sendto, "%ld", number);
	MUST(to && is_allowed(to), "a way that no rule opens");
	if (number == SYS_connect)
		return 0;
	ssize_t wrote = write(fd, bytes, size);
	return wrote < 0 ? (long)size : wrote;
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* --- chance ------------------------------------------------------------------------------ */

OURS void *g_rand_new(void);

/* Without /dev/urandom, and each time the same. */
void *g_rand_new(void)
{
	static void *(*with_seed)(uint32_t seed);

	if (!with_seed) {
		void *symbol = dlsym(dlopen("libglib-2.0.so.0", RTLD_NOW | RTLD_LOCAL),
				     "g_rand_new_with_seed");

		MUST(symbol, "GLib");
		memcpy(&with_seed, &symbol, sizeof(symbol));
	}
	return with_seed(1);
}

/* --- the sandbox --------------------------------------------------------------------------- */

static uint32_t next_sent, next_heard;	/* numbers for the next segment */
static struct segments segments;

/* What waits goes in: the kernel is not told of more than there is. */
static void segments_arrive(void)
{
	struct tap_offload offload;

	if (segments.size == 0)
		return;
	segments_finish(&segments, &offload);
	MUST(offload.tcp + TCP_HEADER == offload.headers && offload.headers < segments.size,
	     "%u of %zu", offload.headers, segments.size);
	MUST(offload.segment < segments.size - offload.headers, "%u of %zu", offload.segment,
	     segments.size);
	segments.size = 0;
}

static void segment_arrives(const uint8_t *frame, size_t size)
{
	uint8_t headers[SEGMENT_HEADERS];
	struct tap_offload offload;

	MUST(segment_offload(frame, size, headers, &offload) < size, "%zu", size);
	if (segments_keep(&segments, frame, size))
		return;
	segments_arrive();
	(void)segments_keep(&segments, frame, size);
}

static void frame_arrives(void *context, const uint8_t *frame, size_t size)
{
	(void)context;
	if (!gate_lets_in(gate, frame, size))
		return;
	bool v4 = get16(frame + 12) == TYPE_IPV4;
	size_t header = ETHERNET + (v4 ? IPV4_HEADER : IPV6_HEADER);
	unsigned next = frame[ETHERNET + (v4 ? 9 : 6)];
	if (next != NEXT_TCP || size < header + TCP_HEADER)
		return;
	const uint8_t *tcp = frame + header;
	segment_arrives(frame, size);
	next_sent = get32(tcp + 8);
	next_heard = get32(tcp + 4) + (uint32_t)(size - header - (size_t)(tcp[12] >> 4) * 4) +
		     ((tcp[13] & (FLAG_SYN | FLAG_FIN)) != 0);
}

static void stream_arrives(void *context, int fd)
{
	(void)context;
	(void)close(fd);
}

/* With the numbers that the other end waits for, and a sum that says so. */
static void go_on(uint8_t *frame, size_t size)
{
	bool v4 = size > 13 && get16(frame + 12) == TYPE_IPV4;
	size_t header = ETHERNET + (v4 ? IPV4_HEADER : IPV6_HEADER);
	uint8_t *ip = frame + ETHERNET, *tcp = frame + header;

	if (size < header + TCP_HEADER || ip[v4 ? 9 : 6] != NEXT_TCP)
		return;
	put32(tcp + 4, next_sent);
	put32(tcp + 8, next_heard);
	put16(tcp + 16, 0);
	size -= header;
	uint64_t sum = v4 ? sum_add(size + NEXT_TCP, ip + 12, 8) : sum_add(size + NEXT_TCP, ip + 8, 32);
	put16(tcp + 16, sum_finish(sum_add(sum, tcp, size)));
}

static void work(void)
{
	static struct pollset set;

	pollset_clear(&set);
	stack_wants(stack, &set);
	(void)poll(set.items, (nfds_t)set.count, 0);
	stack_work(stack, &set);
	segments_arrive();
}

static void send_frame(const uint8_t *data, size_t size, bool goes_on, int64_t now)
{
	uint8_t answer[GATE_ANSWER_ROOM], *frame = malloc(size ? size : 1);
	struct gate_result result;

	MUST(frame, "memory");
	if (size > 0)
		memcpy(frame, data, size);
	if (goes_on)
		go_on(frame, size);
	gate_judge(gate, frame, size, now, answer, &result);
	if (result.action == GATE_PASS)
		stack_input(stack, frame, size, &result.flow);
	free(frame);
	work();
}

/* --- beginning and end ------------------------------------------------------------------------ */

static void prepare(void)
{
	static const char *const said[] = {
		"198.51.100.0/24:80", "[2001:db8::/32]:80", "198.51.100.9", "host:80",
	};
	static struct arena *arena;	/* the rules are in it, as long as there are inputs */
	struct error err;

	(void)signal(SIGPIPE, SIG_IGN);		/* the engine has it blocked */
	arena = arena_new();
	frames_plan(&plan);
	plan.mtu = 1500;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct rule rule = { .allows = true };

		MUST(rule_parse(arena, said[i], &rule, &err) == 0, "%s", said[i]);
		*list_add(arena, &plan.rules) = rule;
	}
	policy = policy_new(&plan);
	MUST(policy && stack_load(&err) == 0, "%s", err.what);
	gate = gate_new(&plan, policy);
	MUST(gate, "memory");
}

static void begin(void)
{
	static const uint8_t guest[6] = { 2, 0, 0, 0, 0, 1 };
	struct stack_peers peers = { frame_arrives, stream_arrives, NULL };
	uint8_t frame[GATE_ANSWER_ROOM];
	struct error err;

	stack = stack_new(&plan, &peers, &err);
	MUST(stack, "%s", err.what);
	gate_set_guest(gate, guest);
	for (int v6 = 0; v6 <= 1; v6++)
		stack_input(stack, frame, gate_introduce(gate, v6, frame), NULL);
}

static void end(void)
{
	stack_free(stack);
	while (host_count > 0)
		(void)close(hosts[--host_count]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { CLOSES = 252 + 1, SENDS, REST };
	enum { LONG = 1000000 };	/* milliseconds: no flow lives that long in silence */
	static int64_t now;

	now += LONG;
	if (!policy)
		prepare();
	begin();
	while (size > 1) {
		unsigned what = *data++;
		size--;
		bool goes_on = what == 252, sends = what == SENDS;
		if (what == CLOSES) {
			if (host_count > 0)
				(void)shutdown(hosts[host_count - 1], SHUT_RDWR);
			work();
			continue;
		}
		size_t piece = what == REST ? size : what;
		if (goes_on || sends) {
			piece = *data++;
			size--;
		}
		if (piece > size)
			piece = size;
		if (!sends)
			send_frame(data, piece, goes_on, now++);
		else if (host_count > 0 && piece > 0)
			(void)!write(hosts[host_count - 1], data, piece);
		work();
		data += piece;
		size -= piece;
	}
	end();
	return 0;
}
