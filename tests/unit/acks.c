/* Which acknowledgements wait for one that contains them, and which go in at once. */
#include <string.h>

#include "../../src/net/acks.h"
#include "../../src/net/frame.h"
#include "unit.h"

enum { ROOM = ETHERNET + IPV6_HEADER + TCP_HEADER + 4 };

/* A frame of the stack's; what is not said is the same in all of them. */
struct answer {
	bool v6;
	uint8_t host, port, flags;
	uint32_t sequence, upto;
	uint16_t window;
	size_t data;			/* bytes behind the header */
};

static size_t make(const struct answer *answer, uint8_t *frame)
{
	size_t header = answer->v6 ? IPV6_HEADER : IPV4_HEADER;
	uint8_t *ip = frame + ETHERNET, *tcp = ip + header;

	memset(frame, 0, ROOM);
	put16(frame + 2 * HARDWARE, answer->v6 ? TYPE_IPV6 : TYPE_IPV4);
	ip[0] = answer->v6 ? 0x60 : 0x45;
	ip[answer->v6 ? 6 : 9] = NEXT_TCP;
	ip[answer->v6 ? 23 : 15] = answer->host;	/* the last byte of the source */
	tcp[1] = answer->port;
	put32(tcp + 4, answer->sequence);
	put32(tcp + 8, answer->upto);
	tcp[13] = answer->flags;
	put16(tcp + 14, answer->window);
	return ETHERNET + header + TCP_HEADER + answer->data;
}

#define ACK(number) { .host = 7, .port = 80, .flags = FLAG_ACK, .upto = (number), .window = 9 }
#define ACK6(number) { true, 7, 80, FLAG_ACK, 0, (number), 9, 0 }

/* One behind the other into one place: which are kept, and what waits at the end. */
static const struct {
	const char *what;
	struct answer answers[4];
	int count;
	bool kept[4];
	uint32_t waits;			/* upto; 0: none */
} rows[] = {
	{ "one waits", { ACK(100) }, 1, { true }, 100 },
	{ "the later contains the earlier", { ACK(100), ACK(200), ACK(300) }, 3, { true, true, true }, 300 },
	{ "of IPv6 too", { ACK6(100), ACK6(200) }, 2, { true, true }, 200 },
	{ "round the end of the numbers", { ACK(UINT32_MAX - 9), ACK(90) }, 2, { true, true }, 90 },
	{ "the same again is a sign, and what waits goes before it", { ACK(100), ACK(100) }, 2,
	  { true, false }, 100 },
	{ "an earlier one contains nothing", { ACK(200), ACK(100) }, 2, { true, false }, 200 },
	{ "another port", { ACK(100), { .host = 7, .port = 81, .flags = FLAG_ACK, .upto = 200, .window = 9 } }, 2,
	  { true, false }, 100 },
	{ "another host", { ACK(100), { .host = 8, .port = 80, .flags = FLAG_ACK, .upto = 200, .window = 9 } }, 2,
	  { true, false }, 100 },
	{ "another protocol below", { ACK(100), ACK6(200) }, 2, { true, false }, 100 },
	{ "behind data of the host's", { ACK(100), { .host = 7, .port = 80, .flags = FLAG_ACK, .sequence = 1,
	  .upto = 200, .window = 9 } }, 2, { true, false }, 100 },
	{ "a window that closes", { ACK(100), { .host = 7, .port = 80, .flags = FLAG_ACK, .upto = 200 } }, 2,
	  { true, false }, 100 },
	{ "data", { { .host = 7, .port = 80, .flags = FLAG_ACK, .upto = 100, .window = 9, .data = 1 } }, 1,
	  { false }, 0 },
	{ "an end", { ACK(100), { .host = 7, .port = 80, .flags = FLAG_ACK | FLAG_FIN, .upto = 200, .window = 9 } },
	  2, { true, false }, 100 },
	{ "the start", { { .host = 7, .port = 80, .flags = FLAG_ACK | FLAG_SYN, .upto = 1, .window = 9 } }, 1,
	  { false }, 0 },
	{ "a reset", { { .host = 7, .port = 80, .flags = FLAG_ACK | FLAG_RST, .upto = 1, .window = 9 } }, 1,
	  { false }, 0 },
	{ "16 KiB are told at once", { ACK(100), ACK(100 + 16383), ACK(100 + 16384) }, 3,
	  { true, true, false }, 0 },
	{ "and from there anew", { ACK(100), ACK(100 + 16384), ACK(100 + 17000), ACK(100 + 20000) }, 4,
	  { true, false, true, true }, 100 + 20000 },
};

static void test_runs(void)
{
	EACH_ROW(row, rows) {
		struct acks acks = { .size = 0 };
		uint8_t frame[ROOM];

		for (int i = 0; i < row->count; i++) {
			size_t size = make(&row->answers[i], frame);
			bool kept = acks_keep(&acks, frame, size);

			CHECK(kept == row->kept[i], "%s: number %d", row->what, i);
			CHECK(!kept || (acks.size == size && memcmp(acks.frame, frame, size) == 0),
			      "%s: number %d is not what waits", row->what, i);
		}
		uint32_t waits = acks.size ? get32(acks.frame + acks.size - TCP_HEADER + 8) : 0;
		CHECK(waits == row->waits, "%s: %u waits", row->what, waits);
	}
}

static void test_other_frames(void)
{
	static const struct answer answer = ACK(100);
	struct acks acks = { .size = 0 };
	uint8_t frame[ROOM];
	size_t size = make(&answer, frame);

	for (size_t less = 0; less < size; less++)
		CHECK(!acks_keep(&acks, frame, less), "%zu bytes", less);
	frame[ETHERNET + 9] = NEXT_UDP;
	CHECK(!acks_keep(&acks, frame, size), "UDP");
	(void)make(&answer, frame);
	frame[ETHERNET] = 0x46;
	CHECK(!acks_keep(&acks, frame, size), "options of IPv4");
	(void)make(&answer, frame);
	put16(frame + 2 * HARDWARE, TYPE_ARP);
	CHECK(!acks_keep(&acks, frame, size), "ARP");
	CHECK(acks.size == 0, "something waits");
}

int main(void)
{
	RUN(test_runs);
	RUN(test_other_frames);
	return unit_end();
}
