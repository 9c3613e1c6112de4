/* What goes into the sandbox as one: cut again, it is what the stack sent. */
#include <string.h>

#include <immure/sys/tap.h>

#include "../../src/net/segments.h"
#include "unit.h"

enum { MOST_DATA = 14000, ROOM = SEGMENT_HEADERS + MOST_DATA };

/* A segment of the stack's; what is not said is the same in all of them. */
struct piece {
	size_t data;
	uint8_t flags;			/* besides ACK */
	uint8_t host, port;
	uint32_t upto;
	int32_t off;			/* this far from where the one before ended */
};

static uint16_t sum_of(const uint8_t *frame, size_t size, bool v6)
{
	const uint8_t *ip = frame + ETHERNET, *tcp = ip + (v6 ? IPV6_HEADER : IPV4_HEADER);
	size_t length = size - (size_t)(tcp - frame), addresses = v6 ? 32 : 8;

	return sum_finish(sum_add(sum_add(length + NEXT_TCP, tcp - addresses, addresses), tcp, length));
}

/* As libslirp makes them, sums and all; its data tells where in the stream it is. */
static size_t make(const struct piece *piece, bool v6, unsigned number, uint32_t sequence,
		   uint8_t *frame)
{
	size_t header = v6 ? IPV6_HEADER : IPV4_HEADER;
	size_t size = ETHERNET + header + TCP_HEADER + piece->data;
	uint8_t *ip = frame + ETHERNET, *tcp = ip + header;

	memset(frame, 0, SEGMENT_HEADERS);
	put16(frame + 2 * HARDWARE, v6 ? TYPE_IPV6 : TYPE_IPV4);
	ip[v6 ? 6 : 9] = NEXT_TCP;
	ip[v6 ? 23 : 15] = piece->host;
	if (v6) {
		ip[0] = 0x60;
		put16(ip + 4, (unsigned)(size - ETHERNET - IPV6_HEADER));
		ip[7] = 64;
	} else {
		ip[0] = 0x45;
		put16(ip + 2, (unsigned)(size - ETHERNET));
		put16(ip + 4, number);
		ip[8] = 64;
		put16(ip + 10, sum_finish(sum_add(0, ip, IPV4_HEADER)));
	}
	tcp[1] = piece->port;
	put32(tcp + 4, sequence);
	put32(tcp + 8, piece->upto);
	tcp[12] = TCP_HEADER / 4 << 4;
	tcp[13] = FLAG_ACK | piece->flags;
	put16(tcp + 14, 9);
	for (size_t i = 0; i < piece->data; i++)
		tcp[TCP_HEADER + i] = (uint8_t)((sequence + i) * 2654435761U >> 24);
	put16(tcp + 16, sum_of(frame, size, v6));
	return size;
}

/* --- what the kernel does with it -------------------------------------------------------- */

static uint16_t pseudo_sum(const uint8_t *frame, size_t size, bool v6)
{
	const uint8_t *tcp = frame + ETHERNET + (v6 ? IPV6_HEADER : IPV4_HEADER);
	size_t addresses = v6 ? 32 : 8;

	return UINT16_MAX - sum_finish(sum_add(size - (size_t)(tcp - frame) + NEXT_TCP,
					       tcp - addresses, addresses));
}

/* One of those that a frame stands for: its headers, and its part of the data. */
static size_t cut(const uint8_t *frame, size_t size, const struct tap_offload *offload,
		  size_t from, unsigned number, bool v6, uint8_t *ret_segment)
{
	size_t each = offload->segment ? offload->segment : size - offload->headers;
	size_t data = size - offload->headers - from;
	uint8_t *ip = ret_segment + ETHERNET, *tcp = ret_segment + offload->tcp;

	if (data > each)
		data = each;
	bool last = offload->headers + from + data == size;
	memcpy(ret_segment, frame, offload->headers);
	memcpy(ret_segment + offload->headers, frame + offload->headers + from, data);
	size_t length = offload->headers + data;
	if (v6) {
		put16(ip + 4, (unsigned)(length - ETHERNET - IPV6_HEADER));
	} else {
		put16(ip + 2, (unsigned)(length - ETHERNET));
		put16(ip + 4, get16(frame + ETHERNET + 4) + number);
		put16(ip + 10, 0);
		put16(ip + 10, sum_finish(sum_add(0, ip, IPV4_HEADER)));
	}
	put32(tcp + 4, get32(frame + offload->tcp + 4) + (uint32_t)from);
	if (!last)
		tcp[13] &= (uint8_t)~FLAG_PSH;
	put16(tcp + 16, 0);
	put16(tcp + 16, sum_of(ret_segment, length, v6));
	return length;
}

/* --- runs -------------------------------------------------------------------------------- */

#define OF(size) { .data = (size) }

/* One behind the other; `frames` says how many of them went into each that goes in. A row is
 * tried with both families, and from both sides of the number at which they begin anew. */
static const struct {
	const char *what;
	struct piece pieces[5];
	int frames[5];
} rows[] = {
	{ "one alone", { OF(100) }, { 1 } },
	{ "of a size", { OF(1460), OF(1460), OF(1460) }, { 3 } },
	{ "a shorter one is the last", { OF(1460), OF(1460), OF(7), OF(1460), OF(1460) }, { 3, 2 } },
	{ "a longer one is another's first", { OF(100), OF(101), OF(101) }, { 1, 2 } },
	{ "odd sizes", { OF(537), OF(537), OF(1) }, { 3 } },
	{ "a push ends it", { OF(500), { .data = 500, .flags = FLAG_PSH }, OF(500) }, { 2, 1 } },
	{ "pushed alone", { { .data = 500, .flags = FLAG_PSH }, { .data = 500, .flags = FLAG_PSH } }, { 1, 1 } },
	{ "another port", { OF(500), { .data = 500, .port = 1 } }, { 1, 1 } },
	{ "another host", { OF(500), { .data = 500, .host = 1 } }, { 1, 1 } },
	{ "more was received in between",
	  { OF(500), { .data = 500, .upto = 1 }, { .data = 500, .upto = 1 } }, { 1, 2 } },
	{ "a gap", { OF(500), { .data = 500, .off = 1 } }, { 1, 1 } },
	{ "sent again", { OF(500), OF(500), { .data = 500, .off = -500 } }, { 2, 1 } },
	{ "no longer than a packet can be", { OF(14000), OF(14000), OF(14000), OF(14000), OF(14000) }, { 4, 1 } },
};

static uint8_t frames[5][ROOM];
static size_t sizes[5];

/* What waits goes in: it is `count` of the frames, from `first` on. */
static void check_frame(const char *what, struct segments *segments, int first, int count, bool v6)
{
	struct tap_offload offload;
	uint8_t segment[ROOM];
	size_t from = 0;

	segments_finish(segments, &offload);
	CHECK(offload.v6 == v6 && offload.headers == SEGMENT_HEADERS - (v6 ? 0 : IPV6_HEADER - IPV4_HEADER) &&
	      offload.tcp == offload.headers - TCP_HEADER, "%s: its headers", what);
	CHECK((offload.segment > 0) == (count > 1), "%s: %u bytes each of %d", what, offload.segment, count);
	CHECK(get16(segments->frame + offload.tcp + 16) == pseudo_sum(segments->frame, segments->size, v6),
	      "%s: the sum that is left", what);
	CHECK(get16(segments->frame + ETHERNET + (v6 ? 4 : 2)) ==
	      segments->size - ETHERNET - (v6 ? IPV6_HEADER : 0), "%s: its length", what);
	CHECK(v6 || sum_finish(sum_add(0, segments->frame + ETHERNET, IPV4_HEADER)) == 0,
	      "%s: the sum of IPv4", what);
	for (int i = 0; i < count; i++) {
		size_t size = cut(segments->frame, segments->size, &offload, from, (unsigned)i, v6, segment);

		CHECK(size == sizes[first + i] && memcmp(segment, frames[first + i], size) == 0,
		      "%s: number %d is not what was sent", what, first + i);
		from += size - offload.headers;
	}
	CHECK(from == segments->size - offload.headers, "%s: more than was sent", what);
	segments->size = 0;
}

static void try_run(const char *what, const struct piece *pieces, const int *want, bool v6,
		    uint32_t sequence)
{
	static struct segments segments;
	int first = 0, group = 0, count = 0;

	for (int i = 0; i < 5 && pieces[i].data > 0; i++) {
		sequence += (uint32_t)pieces[i].off;
		sizes[i] = make(&pieces[i], v6, (unsigned)i, sequence, frames[i]);
		sequence += (uint32_t)pieces[i].data;
		if (!segments_keep(&segments, frames[i], sizes[i])) {
			CHECK(count == want[group], "%s: %d in frame %d", what, count, group);
			check_frame(what, &segments, first, count, v6);
			CHECK(segments_keep(&segments, frames[i], sizes[i]), "%s: number %d", what, i);
			first = i;
			group++;
			count = 0;
		}
		count++;
	}
	CHECK(count == want[group], "%s: %d in frame %d, the last", what, count, group);
	check_frame(what, &segments, first, count, v6);
}

static void test_runs(void)
{
	EACH_ROW(row, rows)
		for (int v6 = 0; v6 <= 1; v6++) {
			try_run(row->what, row->pieces, row->frames, v6, 4711);
			try_run(row->what, row->pieces, row->frames, v6, UINT32_MAX - 600);
		}
}

/* --- others ------------------------------------------------------------------------------ */

/* Where a byte of a frame of IPv4 makes it something else. */
static const struct {
	const char *what;
	size_t at;
	uint8_t value;
} others[] = {
	{ "ARP", 13, 6 },
	{ "options of IPv4", ETHERNET, 0x46 },
	{ "UDP", ETHERNET + 9, NEXT_UDP },
	{ "the first fragment", ETHERNET + 6, 0x20 },
	{ "another fragment", ETHERNET + 7, 1 },
	{ "shorter than it says", ETHERNET + 3, 201 },
	{ "longer than it says", ETHERNET + 3, 99 },
	{ "options of TCP", ETHERNET + IPV4_HEADER + 12, 6 << 4 },
	{ "the start", ETHERNET + IPV4_HEADER + 13, FLAG_ACK | FLAG_SYN },
	{ "the end", ETHERNET + IPV4_HEADER + 13, FLAG_ACK | FLAG_FIN },
	{ "a reset", ETHERNET + IPV4_HEADER + 13, FLAG_ACK | FLAG_RST },
	{ "urgent", ETHERNET + IPV4_HEADER + 13, FLAG_ACK | FLAG_URG },
	{ "an urgent place", ETHERNET + IPV4_HEADER + 19, 1 },
	{ "no acknowledgement", ETHERNET + IPV4_HEADER + 13, FLAG_PSH },
};

static void test_other_frames(void)
{
	static const struct piece piece = { .data = 100 };
	static struct segments segments;
	uint8_t frame[ROOM], headers[SEGMENT_HEADERS];
	struct tap_offload offload;

	EACH_ROW(row, others) {
		size_t size = make(&piece, false, 0, 1, frame);

		CHECK(segment_offload(frame, size, headers, &offload) > 0, "%s: before", row->what);
		frame[row->at] = row->value;
		CHECK(!segments_keep(&segments, frame, size) &&
		      segment_offload(frame, size, headers, &offload) == 0, "%s", row->what);
	}
	for (int v6 = 0; v6 <= 1; v6++) {
		size_t size = make(&piece, v6, 0, 1, frame);

		for (size_t less = 0; less < size; less++)
			CHECK(!segments_keep(&segments, frame, less), "%zu bytes of %zu", less, size);
	}
	static const struct piece empty = { .data = 0 };
	CHECK(!segments_keep(&segments, frame, make(&empty, false, 0, 1, frame)), "no data");
	CHECK(segments.size == 0, "something waits");
}

/* The longest that there is: it does not wait, since nothing fits behind it. */
static void test_longest(void)
{
	static uint8_t frame[ETHERNET + UINT16_MAX], whole[ETHERNET + UINT16_MAX];
	static struct segments segments;
	struct tap_offload offload;

	for (int v6 = 0; v6 <= 1; v6++) {
		size_t headers = ETHERNET + (v6 ? IPV6_HEADER : IPV4_HEADER) + TCP_HEADER;
		struct piece piece = { .data = sizeof(frame) - headers };

		size_t size = make(&piece, v6, 0, 1, frame);
		CHECK(!segments_keep(&segments, frame, size), "the longest waits");
		memcpy(whole, frame, size);
		CHECK(segment_offload(frame, size, whole, &offload) == headers, "its headers");
		CHECK(offload.segment == 0 && offload.tcp == headers - TCP_HEADER && offload.v6 == v6,
		      "what is left of it");
		CHECK(get16(whole + offload.tcp + 16) == pseudo_sum(frame, size, v6), "its sum");
		put16(whole + offload.tcp + 16, get16(frame + offload.tcp + 16));
		CHECK(memcmp(whole, frame, size) == 0, "something else of it was changed");
	}
}

int main(void)
{
	RUN(test_runs);
	RUN(test_other_frames);
	RUN(test_longest);
	return unit_end();
}
