/* The network engine: gate, stack and resolver in one loop, between the sandbox's tap and
 * the host's sockets. It runs in a process of its own, which run/ makes and confines:
 * engine_load() while the host's files are in sight; engine_compile(), engine_attach() and
 * engine_serve() when nothing is any more. */
#ifndef IMMURE_NET_ENGINE_H
#define IMMURE_NET_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <immure/base/address.h>
#include <immure/net/record.h>
#include <immure/plan/network.h>

struct error;

/* One destination that the rules refused, or one name that was not asked for. */
struct refusal {
	char name[256];			/* "": nobody looked up a name for it */
	struct address address;		/* means nothing when `only_name` */
	uint16_t port;			/* 0: echo */
	uint8_t protocol;
	bool only_name;
	uint32_t times;
};

enum { MOST_REFUSALS = 64 };

/* What the engine tells without a message, in memory that it shares with the supervisor:
 * it is there whatever ends the engine. It is written by a process that looks at hostile
 * bytes, so that whoever reads it trusts no number and no text in it. */
struct refusals {
	_Atomic uint32_t count;		/* of items; the rest is not yet whole */
	uint32_t more;			/* refused without a place for it */
	bool no_echo;			/* the host let us send no echo request */
	struct refusal items[MOST_REFUSALS];
	_Atomic uint64_t lost[RECORD_CHANNELS];	/* records that nobody took */
};

struct engine;

/* Load the stack into this process, for good, and try it: what a run would fail with. -1 says
 * what is missing. */
int engine_try_stack(struct error *err);

/* Load the stack, and open what the host is asked through. `refusals` is shared memory,
 * `control` the supervisor's end for texts of resolv.conf; both stay the caller's. NULL and
 * *err with what is missing. */
struct engine *engine_load(const struct network_plan *plan, struct refusals *refusals,
			   int control, struct error *err);

/* Compile the rules, and ask for the host's addresses: before anything of what follows. -1:
 * memory is short, or the addresses cannot be had, or are too many to keep apart. */
int engine_compile(struct engine *engine, struct error *err);

/* Tell what is seen, as struct net_record and struct frame_record, to these sockets, which
 * stay the caller's; NO_FD: not that. -1: memory is short. */
int engine_record(struct engine *engine, const int channels[RECORD_CHANNELS],
		  struct error *err);

/* The descriptors of the host's that the engine keeps, besides tap and control, at most
 * `most`; how many. */
int engine_descriptors(const struct engine *engine, int *ret_fds, int most);

/* Take the text of a resolv.conf(5). */
void engine_read_servers(struct engine *engine, const char *text);

/* Take the tap, which has that hardware address, and be ready for its first frame. The
 * engine owns it from here on. -1 says what libslirp does not want. */
int engine_attach(struct engine *engine, int tap, const uint8_t hardware[6],
		  struct error *err);

/* Serve until the tap or the supervisor is gone, or nothing can be waited for any more. True:
 * the supervisor has said that it is over. */
bool engine_serve(struct engine *engine);

/* Before the end: leave the tap's device to the network namespace it is in, and its end. */
void engine_leave_tap(const struct engine *engine);

#endif
