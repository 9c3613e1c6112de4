/* The frame gate: every frame that comes out of the sandbox is looked at here before
 * libslirp sees it. Pure: bytes and a clock in, a verdict and perhaps an answer out. */
#ifndef IMMURE_NET_GATE_H
#define IMMURE_NET_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <immure/base/address.h>
#include <immure/net/policy.h>

struct gate;

enum gate_action {
	GATE_DROP,		/* nothing happens */
	GATE_PASS,		/* the frame is for libslirp, for this flow */
	GATE_ANSWER,		/* the answer is for the sandbox, the frame for nobody */
	GATE_QUERY,		/* a datagram for the resolver */
	GATE_ECHO,		/* an echo request for the host's echo sockets */
};

/* Why a frame did not pass. */
enum gate_reason {
	REASON_NONE,
	REASON_SHAPE,		/* not a frame that a program's socket makes */
	REASON_SOURCE,		/* not from the sandbox's own address */
	REASON_NEVER,		/* to where nothing may be sent */
	REASON_RULES,		/* the rules say no */
	REASON_NOISE,		/* what a network device says of itself: multicast */
	REASON_NEIGHBOUR,	/* a question of ARP, NDP or DHCP, which is answered here */
};

/* Who talks to whom. */
struct flow {
	enum protocol protocol;
	struct address remote;
	uint16_t guest_port, remote_port;	/* echo: 0 */
};

/* Room for the longest answer to a frame that is not passed on: that of DHCP. */
enum { GATE_ANSWER_ROOM = 14 + 20 + 8 + 548 };

/* The longest frame that a tap of the largest MTU brings, and that we send. */
enum { GATE_FRAME_ROOM = 14 + 65535 };

struct gate_result {
	enum gate_action action;
	enum gate_reason reason;
	struct flow flow;		/* PASS, QUERY, and when the rules say no */
	struct verdict verdict;		/* when the rules were asked */
	bool starts;			/* the first frame of its flow, or of a new try */
	const uint8_t *payload;		/* QUERY: the datagram's, inside of the frame; ECHO:
					 * the message of ICMP */
	size_t payload_size;
	unsigned hops;			/* ECHO: how far it may go */
	size_t answer_size;		/* ANSWER: bytes in the caller's room */
};

/* A gate for the addresses of the plan, which must stay where it is, as must the policy.
 * The caller frees it. NULL when memory is short. */
struct gate *gate_new(const struct network_plan *plan, const struct policy *policy);

/* Free it, not the policy. NULL is allowed. */
void gate_free(struct gate *gate);

/* Look at one frame of the sandbox. `answer` has GATE_ANSWER_ROOM bytes. `now` is the
 * policy's clock. */
void gate_judge(struct gate *gate, const uint8_t *frame, size_t size, int64_t now,
		uint8_t *answer, struct gate_result *ret_result);

/* Is it a frame that libslirp may send to the sandbox? One of a flow's, for the
 * sandbox's own address: no advertisement of routers, no redirection. */
bool gate_lets_in(const struct gate *gate, const uint8_t *frame, size_t size);

/* Make the frame of a datagram of `size` bytes from the remote end of a flow to the
 * sandbox; it has room for GATE_FRAME_ROOM. Its size, 0 when the payload is too long. */
size_t gate_datagram(const struct gate *gate, const struct flow *flow, const uint8_t *payload,
		     size_t size, uint8_t *frame);

/* The same of an ICMP or ICMPv6 message, whose sum is set. 0 when it is too long. */
size_t gate_message(const struct gate *gate, const struct address *from, const uint8_t *message,
		    size_t size, uint8_t *frame);

/* Make the answer to a frame of that flow, which the gate let through and nobody could send:
 * it is forbidden, or there is no way. `frame` is the sandbox's; `answer` as above. Its size. */
size_t gate_unreachable(const struct gate *gate, const struct flow *flow, const uint8_t *frame,
			bool forbidden, uint8_t *answer);

/* Make the two frames from which libslirp learns whose addresses the sandbox's are, so
 * that it never asks. Returns the size, 0 for a family that is off; the frame has
 * GATE_ANSWER_ROOM bytes. */
size_t gate_introduce(const struct gate *gate, bool v6, uint8_t *frame);

/* Which hardware address the sandbox's end of the tap has, when it was made. */
void gate_set_guest(struct gate *gate, const uint8_t hardware[6]);

#endif
