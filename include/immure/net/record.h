/* What the engine tells of what it saw: flows and queries for --net-log, frames for
 * --pcap. They are datagrams from the engine to the supervisor, which has the files, since
 * the engine looks at hostile bytes and may write none. So nothing in a record is
 * believed: it holds numbers and a name, and who writes it down bounds and escapes them. */
#ifndef IMMURE_NET_RECORD_H
#define IMMURE_NET_RECORD_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <immure/base/address.h>
#include <immure/plan/network.h>

struct arena;

/* The files, and the channels that lead to them. */
enum record_channel { RECORD_LOG, RECORD_CAPTURE, RECORD_CHANNELS };

enum record_kind {
	RECORD_FLOW,
	RECORD_QUERY,		/* of a name */
	RECORD_KINDS
};

/* How a flow ended. */
enum record_end {
	RECORD_CLOSED,		/* by both ends */
	RECORD_RESET,		/* by one of them, which may be that nobody listened */
	RECORD_UNREACHABLE,	/* the host's network said so */
	RECORD_SILENT,		/* nothing came for so long that it is over */
	RECORD_CUT,		/* the network ended while it was open */
	RECORD_NOT_BEGUN,	/* it was refused */
	RECORD_ENDS
};

/* No rule: nothing spoke of it. */
#define RECORD_NO_RULE UINT32_MAX

enum { RECORD_NAME = 1025, RECORD_ADDRESSES = 8 };

struct net_record {
	uint8_t kind, end, protocol;	/* of a query: how it was asked */
	uint8_t allowed;
	uint8_t incoming;		/* a flow that began outside */
	uint16_t port, type, code;	/* of a query: RFC 1035's type and code */
	uint32_t rule;			/* which of the plan's */
	int64_t began;			/* milliseconds since the epoch */
	int64_t lasted;			/* milliseconds */
	uint64_t sent, received;	/* bytes of payload, by the sandbox */
	struct address address;		/* of a flow */
	uint32_t address_count;		/* of a query: what the name led to, */
	struct address addresses[RECORD_ADDRESSES];	/* the first ones */
	char name[RECORD_NAME];		/* "": nobody looked up a name for it */
};

/* One frame of the tap, in front of its bytes. */
struct frame_record {
	int64_t time;			/* microseconds since the epoch */
	uint32_t size;
};

/* Write a record as one line of JSON; everything in it is bounded and escaped. The rules
 * are those of `plan`. */
void record_print(const struct net_record *record, const struct network_plan *plan,
		  struct arena *arena, FILE *out);

/* The line that says that so many others are missing in this place. */
void record_print_missing(uint64_t count, int64_t now, struct arena *arena, FILE *out);

/* What stands at the start of a capture, and in front of each frame of it: the classic
 * format of pcap(3), in this machine's byte order, of Ethernet and microseconds. */
enum { CAPTURE_START = 24, CAPTURE_HEADER = 16 };
void capture_start(uint8_t out[CAPTURE_START]);
void capture_header(const struct frame_record *frame, uint8_t out[CAPTURE_HEADER]);

#endif
