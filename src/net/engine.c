/* The engine's loop.
 *
 *	tap ──> gate ──> stack ──> sockets of the host
 *	 ^       │ │
 *	 │       │ └──> resolver ──> servers of the host
 *	 └───────┴─ answers
 *
 * One thread; every descriptor is in one poll(2), and nothing blocks. A turn takes at
 * most so many frames from the tap before it looks at the rest, so that a sandbox that
 * only sends cannot keep answers from itself, or the host's news from us. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/net/engine.h>
#include <immure/net/gate.h>
#include <immure/net/policy.h>
#include <immure/net/pollset.h>
#include <immure/net/resolver.h>
#include <immure/sys/clocks.h>
#include <immure/sys/tap.h>
#include <immure/sys/weaken.h>

#include "acks.h"
#include "echo.h"
#include "recorder.h"
#include "segments.h"
#include "slirp.h"

/* Frames a turn; addresses of a host. */
enum { FRAMES_A_TURN = 64, MOST_OWN = 4096 };

/* A sender has room for two of the largest segments, so that it waits for the answer to
 * each. */
enum { SMALL_FRAME = 8 * 1024 };

/* A resolv.conf is not longer. */
enum { CONTROL_ROOM = 64 * 1024 };

struct engine {
	const struct network_plan *plan;
	struct policy *policy;
	struct gate *gate;
	struct resolver *resolver;
	struct stack *stack;
	struct echo *echo;
	struct refusals *refusals;
	struct recorder *recorder;	/* NULL: nobody wants to see */
	int control, tap;
	int watch, asking;		/* the host's addresses */
	bool own_changed;		/* they are to be read again */
	int64_t now;
	bool answers_wait;		/* those to the frame in hand */
	struct acks acks;		/* one of these waits for what may follow, or none */
	struct segments segments;
	struct pollset set;
	uint8_t frame[GATE_FRAME_ROOM + 1];
	uint8_t answer[GATE_FRAME_ROOM];
	char text[CONTROL_ROOM + 1];
};

/* --- what is told ---------------------------------------------------------------------- */

static bool same_refusal(const struct refusal *a, const struct refusal *b)
{
	return a->only_name == b->only_name && a->port == b->port &&
	       a->protocol == b->protocol && text_is(a->name, b->name) &&
	       (a->only_name || a->name[0] || address_is(&a->address, &b->address));
}

static void note_refusal(struct engine *engine, const struct refusal *refused)
{
	struct refusals *all = engine->refusals;
	uint32_t count = atomic_load_explicit(&all->count, memory_order_relaxed);

	for (uint32_t i = 0; i < count; i++) {
		if (!same_refusal(&all->items[i], refused))
			continue;
		all->items[i].times++;
		return;
	}
	if (count == MOST_REFUSALS) {
		all->more++;
		return;
	}
	all->items[count] = *refused;
	all->items[count].times = 1;
	atomic_store_explicit(&all->count, count + 1, memory_order_release);
}

/* A name with so many odd bytes that it does not fit is nobody's. */
static bool set_name(struct refusal *refused, const char *name)
{
	size_t length = strlen(name);

	if (length >= sizeof(refused->name))
		return false;
	memcpy(refused->name, name, length + 1);
	return true;
}

static void note_refused_name(void *context, const char *name)
{
	struct refusal refused = { .only_name = true };

	if (set_name(&refused, name))
		note_refusal(context, &refused);
}

static void note_refused_flow(struct engine *engine, const struct flow *flow)
{
	const char *name = policy_name_of(engine->policy, &flow->remote);
	struct refusal refused = {
		.address = flow->remote, .port = flow->remote_port,
		.protocol = (uint8_t)flow->protocol,
	};

	if (name)
		(void)set_name(&refused, name);
	note_refusal(engine, &refused);
}

/* --- frames -------------------------------------------------------------------------------- */

/* A full queue of the tap's is the sandbox's own: TCP sends again, and nobody else may
 * count on it. */
static void write_frame(struct engine *engine, const struct tap_offload *offload,
			const uint8_t *head, size_t head_size, const uint8_t *rest,
			size_t rest_size)
{
	while (tap_write(engine->tap, offload, head, head_size, rest, rest_size) < 0 &&
	       errno == EINTR)
		;
}

static void send_frame(struct engine *engine, const uint8_t *frame, size_t size)
{
	if (engine->recorder)
		recorder_capture(engine->recorder, frame, size);
	write_frame(engine, NULL, frame, size, NULL, 0);
}

static void send_segment(struct engine *engine, const uint8_t *frame, size_t size)
{
	uint8_t headers[SEGMENT_HEADERS];
	struct tap_offload offload;

	size_t head = segment_offload(frame, size, headers, &offload);
	write_frame(engine, head ? &offload : NULL, headers, head, frame + head, size - head);
}

static bool something_waits(const struct engine *engine)
{
	return engine->acks.size > 0 || engine->segments.size > 0;
}

static void send_acknowledgement(struct engine *engine)
{
	size_t size = engine->acks.size;

	engine->acks.size = 0;
	if (size > 0)
		send_frame(engine, engine->acks.frame, size);
}

static void send_segments(struct engine *engine)
{
	struct segments *segments = &engine->segments;
	struct tap_offload offload;

	if (segments->size == 0)
		return;
	segments_finish(segments, &offload);
	write_frame(engine, &offload, segments->frame, segments->size, NULL, 0);
	segments->size = 0;
}

static void send_waiting(struct engine *engine)
{
	send_acknowledgement(engine);
	send_segments(engine);
}

/* What waits goes in before anything that came later. */
static void frame_from_stack(void *context, const uint8_t *frame, size_t size)
{
	struct engine *engine = context;

	if (!gate_lets_in(engine->gate, frame, size) && !weakened(WALL_GATE))
		return;
	if (engine->recorder)
		recorder_let_in(engine->recorder, frame, size, engine->now);
	if (engine->answers_wait && acks_keep(&engine->acks, frame, size)) {
		send_segments(engine);
		return;
	}
	send_acknowledgement(engine);
	if (engine->recorder)
		recorder_capture(engine->recorder, frame, size);
	if (segments_keep(&engine->segments, frame, size))
		return;
	if (engine->segments.size > 0) {
		send_segments(engine);
		if (segments_keep(&engine->segments, frame, size))
			return;
	}
	send_segment(engine, frame, size);
}

static void stream_from_stack(void *context, int fd)
{
	struct engine *engine = context;

	resolver_stream(engine->resolver, fd, engine->now);
}

static void answer_of_resolver(void *context, const struct flow *flow, const uint8_t *message,
			       size_t size)
{
	struct engine *engine = context;

	size = gate_datagram(engine->gate, flow, message, size, engine->answer);
	if (size > 0)
		send_frame(engine, engine->answer, size);
}

static void query_was_resolved(void *context, const struct resolved *resolved)
{
	struct engine *engine = context;

	if (engine->recorder)
		recorder_query(engine->recorder, resolved, engine->now);
}

/* What becomes of a frame, in the eyes of whoever wants to know. */
static void record_frame(struct engine *engine, const struct gate_result *result, size_t size)
{
	bool never = result->reason == REASON_NEVER && result->flow.protocol;

	if (result->action == GATE_PASS || result->action == GATE_ECHO)
		recorder_passed(engine->recorder, &result->verdict, engine->frame, size,
				engine->now);
	else if (never || (result->reason == REASON_RULES && result->starts))
		recorder_refused(engine->recorder, &result->flow, &result->verdict);
}

static void answer_of_echo(void *context, const struct address *from, const uint8_t *message,
			   size_t size)
{
	struct engine *engine = context;

	size = gate_message(engine->gate, from, message, size, engine->answer);
	if (size == 0)
		return;
	if (engine->recorder)
		recorder_let_in(engine->recorder, engine->answer, size, engine->now);
	send_frame(engine, engine->answer, size);
}

/* Who cannot have an echo hears so at once, and the caller at the end. */
static void send_echo(struct engine *engine, const struct gate_result *result)
{
	if (echo_send(engine->echo, &result->flow.remote, result->hops, result->payload,
		      result->payload_size, engine->now) == 0)
		return;
	bool forbidden = errno == EACCES || errno == EPERM;
	if (forbidden)
		engine->refusals->no_echo = true;
	send_frame(engine, engine->answer, gate_unreachable(engine->gate, &result->flow,
		   engine->frame, forbidden, engine->answer));
}

static void take_frame(struct engine *engine, size_t size)
{
	struct gate_result result;

	if (engine->recorder)
		recorder_capture(engine->recorder, engine->frame, size);
	gate_judge(engine->gate, engine->frame, size, engine->now, engine->answer, &result);
	if (engine->recorder)
		record_frame(engine, &result, size);
	if (result.reason == REASON_RULES && result.starts)
		note_refused_flow(engine, &result.flow);
	if (weakened(WALL_GATE) && result.reason != REASON_NEIGHBOUR)
		result.action = GATE_PASS;
	switch (result.action) {
	case GATE_DROP:
		break;
	case GATE_PASS:
		engine->answers_wait = size <= SMALL_FRAME;
		stack_input(engine->stack, engine->frame, size, &result.flow);
		engine->answers_wait = false;
		break;
	case GATE_ANSWER:
		send_frame(engine, engine->answer, result.answer_size);
		break;
	case GATE_QUERY:
		resolver_query(engine->resolver, &result.flow, result.payload,
			       result.payload_size, engine->now);
		break;
	case GATE_ECHO:
		send_echo(engine, &result);
		break;
	}
}

/* What the tap has, and what was kept for it; false when it is gone. */
static bool take_frames(struct engine *engine)
{
	for (int i = 0; i < FRAMES_A_TURN; i++) {
		ssize_t size = tap_read(engine->tap, engine->frame, sizeof(engine->frame));

		if (size < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (size > 0 && (size_t)size < sizeof(engine->frame))
			take_frame(engine, (size_t)size);
		else if (size <= 0 && !something_waits(engine))
			return true;
		else if (size <= 0)
			send_waiting(engine);	/* there may be more as soon as it is in */
	}
	send_waiting(engine);
	return true;
}

/* --- news of the host's ----------------------------------------------------------------------- */

static int read_own_addresses(struct engine *engine)
{
	static struct address own[MOST_OWN];
	int count = addresses_list(engine->asking, own, MOST_OWN);

	return count < 0 ? -1 : policy_set_own(engine->policy, own, (size_t)count);
}

/* They changed, at some time since the last turn. What cannot be read now may be in a second;
 * false: there are more than anybody can keep apart from the internet's. */
static bool follow_own_addresses(struct engine *engine)
{
	engine->own_changed = read_own_addresses(engine) < 0;
	return !engine->own_changed || errno != E2BIG;
}

void engine_read_servers(struct engine *engine, const char *text)
{
	resolver_read_servers(engine->resolver, text);
}

/* A text of resolv.conf; false when the supervisor is gone. */
static bool take_control(struct engine *engine)
{
	ssize_t size = recv(engine->control, engine->text, CONTROL_ROOM, MSG_DONTWAIT);

	if (size == 0)
		return false;
	if (size > 0) {
		engine->text[size] = '\0';
		engine_read_servers(engine, engine->text);
	}
	return true;
}

int engine_try_stack(struct error *err)
{
	return stack_load(err);
}

/* --- life ---------------------------------------------------------------------------------------- */

struct engine *engine_load(const struct network_plan *plan, struct refusals *refusals,
			   int control, struct error *err)
{
	/* There is one in a process, and its pages are touched when they are needed. */
	static struct engine engine;

	engine.plan = plan;
	engine.refusals = refusals;
	engine.control = control;
	engine.tap = NO_FD;
	if (stack_load(err) < 0)
		return NULL;
	engine.watch = addresses_watch(err);
	if (engine.watch < 0)
		return NULL;
	engine.asking = addresses_socket(err);
	if (engine.asking < 0)
		return NULL;
	return &engine;
}

int engine_compile(struct engine *engine, struct error *err)
{
	const struct network_plan *plan = engine->plan;
	struct echo_peers askers = { answer_of_echo, engine };
	struct resolver_peers peers = {
		answer_of_resolver, note_refused_name, query_was_resolved, engine,
	};
	engine->echo = echo_new(plan, &askers);
	engine->policy = policy_new(plan);
	engine->gate = engine->policy ? gate_new(plan, engine->policy) : NULL;
	engine->resolver = engine->gate ? resolver_new(plan, engine->policy, &peers) : NULL;
	if (!engine->resolver)
		return fail(err, ENOMEM, "memory for %zu rules", plan->rules.count);
	list_each(const struct named_host, host, &plan->hosts)
		if (policy_pin(engine->policy, host->name, &host->address) < 0)
			return fail(err, ENOMEM, "remember add-host %s (%s)", host->name, host->origin);
	/* Without them the host itself would count as internet. */
	if (read_own_addresses(engine) == 0)
		return 0;
	return errno == E2BIG ? fail(err, 0, "the host has over %d addresses", MOST_OWN)
			      : fail(err, errno, "learn the host's addresses");
}

int engine_record(struct engine *engine, const int channels[RECORD_CHANNELS],
		  struct error *err)
{
	engine->recorder = recorder_new(engine->plan, engine->policy, engine->refusals, channels);
	return engine->recorder ? 0 : fail(err, ENOMEM, "keep a list of flows");
}

int engine_descriptors(const struct engine *engine, int *ret_fds, int most)
{
	const int fds[] = { engine->watch, engine->asking };
	int count = 0;

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]) && count < most; i++)
		ret_fds[count++] = fds[i];
	return count;
}

int engine_attach(struct engine *engine, int tap, const uint8_t hardware[6],
		  struct error *err)
{
	struct stack_peers peers = { frame_from_stack, stream_from_stack, engine };
	uint8_t frame[GATE_ANSWER_ROOM];

	engine->tap = tap;
	gate_set_guest(engine->gate, hardware);
	engine->stack = stack_new(engine->plan, &peers, err);
	if (!engine->stack)
		return -1;
	for (int v6 = 0; v6 <= 1; v6++) {
		size_t size = gate_introduce(engine->gate, v6, frame);

		if (size > 0)
			stack_input(engine->stack, frame, size, NULL);
	}
	return 0;
}

static bool serve(struct engine *engine)
{
	enum { TAP, CONTROL, WATCH };
	struct pollset *set = &engine->set;

	for (;;) {
		pollset_clear(set);
		if (pollset_add(set, engine->tap, POLLIN) < 0 ||
		    pollset_add(set, engine->control, POLLIN) < 0 ||
		    pollset_add(set, engine->watch, POLLIN) < 0)
			return false;
		engine->now = clock_milliseconds(CLOCK_MONOTONIC);
		stack_wants(engine->stack, set);
		resolver_wants(engine->resolver, set, engine->now);
		if (engine->recorder)
			recorder_wants(engine->recorder, set);
		echo_wants(engine->echo, set, engine->now);
		if (engine->own_changed)
			pollset_wake(set, 1000);
		int most = set->most < 0 ? -1 : set->most > 60000 ? 60000 : (int)set->most;
		struct timespec wait = { .tv_sec = most / 1000, .tv_nsec = most % 1000 * 1000000L };
		int got = ppoll(set->items, (nfds_t)set->count, most < 0 ? NULL : &wait, NULL);
		if (got < 0 && errno != EINTR)
			return false;
		engine->now = clock_milliseconds(CLOCK_MONOTONIC);
		if (got < 0)
			continue;
		if (pollset_news(set, CONTROL) && !take_control(engine))
			return true;
		if (pollset_news(set, WATCH)) {
			addresses_heard(engine->watch);
			engine->own_changed = true;
		}
		if (engine->own_changed && !follow_own_addresses(engine))
			return false;
		resolver_work(engine->resolver, set, engine->now);
		echo_work(engine->echo, set, engine->now);
		stack_work(engine->stack, set);
		send_waiting(engine);
		if (engine->recorder)
			recorder_work(engine->recorder, engine->now);
		if (pollset_news(set, TAP) && !take_frames(engine))
			return false;
	}
}

bool engine_serve(struct engine *engine)
{
	bool told = serve(engine);

	if (engine->recorder)
		recorder_end(engine->recorder, engine->now);
	return told;
}

void engine_leave_tap(const struct engine *engine)
{
	tap_leave(engine->tap);
}
