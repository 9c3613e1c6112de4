/* The engine's end of --net-log and --pcap. */
#ifndef IMMURE_NET_RECORDER_H
#define IMMURE_NET_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <immure/net/engine.h>
#include <immure/net/gate.h>
#include <immure/net/policy.h>
#include <immure/net/record.h>

struct pollset;
struct recorder;
struct resolved;

/* A recorder that writes to `channels`, sockets of which NO_FD is none; what it has to
 * leave out it counts in `told`. Plan, policy and descriptors stay the caller's. NULL
 * when memory is short. */
struct recorder *recorder_new(const struct network_plan *plan, const struct policy *policy,
			      struct refusals *told, const int channels[RECORD_CHANNELS]);

/* A frame of the tap, one way or the other. */
void recorder_capture(struct recorder *recorder, const uint8_t *frame, size_t size);

/* A frame of the sandbox that went to the stack, by this verdict; one that the stack sent to
 * the sandbox. `now` is the policy's clock, here and below. */
void recorder_passed(struct recorder *recorder, const struct verdict *verdict,
		     const uint8_t *frame, size_t size, int64_t now);
void recorder_let_in(struct recorder *recorder, const uint8_t *frame, size_t size, int64_t now);

/* A flow that was refused, and a query that was answered. */
void recorder_refused(struct recorder *recorder, const struct flow *flow,
		      const struct verdict *verdict);
void recorder_query(struct recorder *recorder, const struct resolved *resolved, int64_t now);

/* The loop's part: how long it can wait, and what is over when it has. */
void recorder_wants(const struct recorder *recorder, struct pollset *set);
void recorder_work(struct recorder *recorder, int64_t now);

/* The network is over, and all flows with it. */
void recorder_end(struct recorder *recorder, int64_t now);

#endif
