/* The gate: what passes, what is dropped, and what is answered, frame by frame. */
#include <stdlib.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/net/gate.h>

#include "../lib/frames.h"
#include "unit.h"

struct bench {
	struct arena *arena;
	struct network_plan plan;
	struct policy *policy;
	struct gate *gate;
	uint8_t frame[4096], answer[GATE_ANSWER_ROOM];
	struct gate_result result;
};

static const uint8_t guest[6] = { 2, 0, 0, 0, 0, 1 };

static void bench_make(struct bench *bench, const char *const *rules)
{
	struct error err = { 0 };

	memset(bench, 0, sizeof(*bench));
	bench->arena = arena_new();
	frames_plan(&bench->plan);
	for (; *rules; rules++) {
		struct rule rule = { .allows = true };

		CHECK(rule_parse(bench->arena, *rules, &rule, &err) == 0, "%s: %s", *rules, err.what);
		*list_add(bench->arena, &bench->plan.rules) = rule;
	}
	bench->policy = policy_new(&bench->plan);
	bench->gate = gate_new(&bench->plan, bench->policy);
	CHECK(bench->policy && bench->gate, "memory");
	gate_set_guest(bench->gate, guest);
}

static void bench_end(struct bench *bench)
{
	gate_free(bench->gate);
	policy_free(bench->policy);
	arena_free(bench->arena);
}

static const char *const rules[] = { "198.51.100.7:80", "[2001:db8::7]:80", "198.51.100.9", NULL };

static enum gate_action judge(struct bench *bench, size_t size, int64_t now)
{
	/* Bytes behind the frame belong to nobody: ASan watches a copy of its size. */
	uint8_t *copy = malloc(size ? size : 1);

	if (size > 0)
		memcpy(copy, bench->frame, size);
	gate_judge(bench->gate, copy, size, now, bench->answer, &bench->result);
	enum gate_action action = bench->result.action;
	free(copy);
	return action;
}

/* --- rules ---------------------------------------------------------------------------- */

static void test_passes(void)
{
	static const struct {
		const char *to;
		uint16_t port;
		enum gate_action tcp, udp;
	} rows[] = {
		{ "198.51.100.7", 80, GATE_PASS, GATE_PASS },
		{ "2001:db8::7", 80, GATE_PASS, GATE_PASS },
		{ "198.51.100.7", 81, GATE_ANSWER, GATE_ANSWER },
		{ "2001:db8::7", 81, GATE_ANSWER, GATE_ANSWER },
		{ "198.51.100.8", 80, GATE_ANSWER, GATE_ANSWER },
		{ "10.0.2.2", 80, GATE_ANSWER, GATE_ANSWER },
		{ "10.0.2.3", 53, GATE_PASS, GATE_QUERY },
		{ "fd00::3", 53, GATE_PASS, GATE_QUERY },
		{ "10.0.2.3", 80, GATE_ANSWER, GATE_ANSWER },
		{ "10.0.2.2", 67, GATE_ANSWER, GATE_ANSWER },
		{ "10.0.2.2", 69, GATE_ANSWER, GATE_ANSWER },
		{ "127.0.0.1", 80, GATE_ANSWER, GATE_ANSWER },
		{ "169.254.169.254", 80, GATE_ANSWER, GATE_ANSWER },
		{ "0.0.0.0", 80, GATE_ANSWER, GATE_ANSWER },
		{ "::1", 80, GATE_ANSWER, GATE_ANSWER },
		{ "fe80::2", 80, GATE_ANSWER, GATE_ANSWER },
		{ "::ffff:198.51.100.7", 80, GATE_DROP, GATE_DROP },
		{ "::ffff:127.0.0.1", 80, GATE_DROP, GATE_DROP },
		{ "224.0.0.251", 5353, GATE_DROP, GATE_DROP },
		{ "ff02::fb", 5353, GATE_DROP, GATE_DROP },
		{ "255.255.255.255", 67, GATE_ANSWER, GATE_ANSWER },
	};
	struct bench bench;

	bench_make(&bench, rules);
	EACH_ROW(row, rows) {
		CHECK(judge(&bench, frame_tcp(bench.frame, row->to, row->port, FLAG_SYN), 0) == row->tcp,
		      "tcp %s %u: %d", row->to, row->port, (int)bench.result.action);
		CHECK(judge(&bench, frame_udp(bench.frame, row->to, row->port, "x", 1), 0) == row->udp,
		      "udp %s %u: %d", row->to, row->port, (int)bench.result.action);
	}
	CHECK(judge(&bench, frame_echo(bench.frame, "198.51.100.9"), 0) == GATE_ECHO &&
	      bench.result.hops == 63, "echo");
	CHECK(judge(&bench, frame_echo(bench.frame, "198.51.100.7"), 0) == GATE_ANSWER, "echo of a port's");
	CHECK(judge(&bench, frame_echo(bench.frame, "10.0.2.2"), 0) == GATE_PASS, "echo of the gateway");
	CHECK(judge(&bench, frame_echo(bench.frame, "127.0.0.1"), 0) == GATE_ANSWER, "echo of loopback");
	bench_end(&bench);
}

/* --- shape ------------------------------------------------------------------------------ */

enum { V4 = ETHERNET, V6 = ETHERNET, BODY4 = ETHERNET + IPV4_HEADER, BODY6 = ETHERNET + IPV6_HEADER };

/* One byte of a frame that would pass; and must not then. In the order in which a row is
 * read. NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
static const struct {
	const char *what;
	bool v6, udp;
	size_t at;
	uint8_t byte;
	bool sums;			/* the header's sum is right all the same */
} misshapen[] = {
	{ "a type nobody knows", false, false, 12, 0x81, true },
	{ "VLAN", false, false, 13, 0x37, true },
	{ "version 5", false, false, V4, 0x55, true },
	{ "options", false, false, V4, 0x46, true },
	{ "a short header", false, false, V4, 0x44, true },
	{ "more fragments", false, false, V4 + 6, 0x20, true },
	{ "a fragment", false, false, V4 + 7, 0x01, true },
	{ "a late fragment", false, false, V4 + 6, 0x1f, true },
	{ "no time left", false, false, V4 + 8, 0, true },
	{ "one hop left", false, false, V4 + 8, 1, true },
	{ "another protocol", false, false, V4 + 9, 132, true },
	{ "IPv6 in IPv4", false, false, V4 + 9, 41, true },
	{ "a wrong sum", false, false, V4 + 10, 0xaa, false },
	{ "longer than the frame", false, false, V4 + 2, 0x10, true },
	{ "shorter than its header", false, false, V4 + 3, 19, true },
	{ "somebody else's address", false, false, V4 + 15, 101, true },
	{ "the gateway's address", false, false, V4 + 15, 2, true },
	{ "a short TCP header", false, false, BODY4 + 12, 0x40, true },
	{ "a TCP header longer than all", false, false, BODY4 + 12, 0x60, true },
	{ "SYN and FIN", false, false, BODY4 + 13, FLAG_SYN | FLAG_FIN, true },
	{ "SYN and RST", false, false, BODY4 + 13, FLAG_SYN | FLAG_RST, true },
	{ "a datagram longer than its packet", false, true, BODY4 + 5, 200, true },
	{ "a datagram shorter than its header", false, true, BODY4 + 5, 7, true },
	{ "a datagram shorter than its packet", false, true, BODY4 + 5, 8, true },
	{ "version 4 in IPv6", true, false, V6, 0x40, true },
	{ "longer than the frame, v6", true, false, V6 + 4, 1, true },
	{ "hop-by-hop options", true, false, V6 + 6, 0, true },
	{ "a routing header", true, false, V6 + 6, 43, true },
	{ "a fragment header", true, false, V6 + 6, 44, true },
	{ "authentication", true, false, V6 + 6, 51, true },
	{ "destination options", true, false, V6 + 6, 60, true },
	{ "no next header", true, false, V6 + 6, 59, true },
	{ "one hop left, v6", true, false, V6 + 7, 1, true },
	{ "somebody else's address, v6", true, false, V6 + 23, 1, true },
	{ "a link-local address", true, false, V6 + 8, 0xfe, true },
};

static void test_shape(void)
{
	struct bench bench;

	bench_make(&bench, rules);
	EACH_ROW(row, misshapen) {
		const char *to = row->v6 ? "2001:db8::7" : "198.51.100.7";
		size_t size = row->udp ? frame_udp(bench.frame, to, 80, "x", 1)
				       : frame_tcp(bench.frame, to, 80, FLAG_SYN);

		CHECK(judge(&bench, size, 0) == GATE_PASS, "%s: as it was", row->what);
		bench.frame[row->at] = row->byte;
		if (row->sums)
			frame_sum(bench.frame);
		CHECK(judge(&bench, size, 0) == GATE_DROP, "%s: %d", row->what, (int)bench.result.action);
	}
	bench_end(&bench);
}

/* Every frame cut anywhere is dropped, and what follows a packet in its frame is nothing. */
static void test_cut(void)
{
	struct bench bench;

	bench_make(&bench, rules);
	for (int kind = 0; kind < 4; kind++) {
		const char *to = kind & 1 ? "2001:db8::7" : "198.51.100.7";
		size_t size = kind & 2 ? frame_udp(bench.frame, to, 80, "x", 1)
				       : frame_tcp(bench.frame, to, 80, FLAG_SYN);

		for (size_t cut = 0; cut < size; cut++)
			CHECK(judge(&bench, cut, 0) == GATE_DROP, "%d cut to %zu", kind, cut);
		CHECK(judge(&bench, size + 6, 0) == GATE_PASS, "%d with a pad", kind);
	}
	bench_end(&bench);
}

/* Urgent data: libslirp before 4.9.2 answers it with its own memory. */
static void test_urgent(void)
{
	struct bench bench;

	bench_make(&bench, rules);
	size_t size = frame_tcp(bench.frame, "198.51.100.7", 80, FLAG_ACK | FLAG_URG);
	CHECK(judge(&bench, size, 0) == GATE_ANSWER, "the flag");
	size = frame_tcp(bench.frame, "198.51.100.7", 80, FLAG_ACK);
	put16(bench.frame + BODY4 + 18, 1);
	CHECK(judge(&bench, size, 0) == GATE_ANSWER, "the pointer alone");
	size = frame_tcp(bench.frame, "10.0.2.3", 53, FLAG_ACK | FLAG_URG);
	CHECK(judge(&bench, size, 0) == GATE_ANSWER, "to the resolver");
	bench_end(&bench);
}

/* --- answers ---------------------------------------------------------------------------------- */

/* Is it a frame that the sandbox's kernel takes: addresses, lengths and sums right? */
static bool is_whole(const struct bench *bench, const char *from)
{
	const uint8_t *ip = bench->answer + ETHERNET;
	size_t size = bench->result.answer_size;
	struct address source;

	if (memcmp(bench->answer, guest, 6) != 0 || !address_parse(from, &source))
		return false;
	if (get16(bench->answer + 12) == TYPE_IPV4) {
		unsigned body = get16(ip + 2) - IPV4_HEADER;
		uint64_t pseudo = ip[9] == NEXT_ICMP ? 0
			: sum_add(body + ip[9], ip + 12, 8);

		return (size_t)ETHERNET + get16(ip + 2) == size && ip[0] == 0x45 &&
		       sum_finish(sum_add(0, ip, IPV4_HEADER)) == 0 &&
		       memcmp(ip + 12, source.bytes + 12, 4) == 0 &&
		       memcmp(ip + 16, bench->plan.v4.guest.bytes + 12, 4) == 0 &&
		       sum_finish(sum_add(pseudo, ip + IPV4_HEADER, body)) == 0;
	}
	unsigned body = get16(ip + 4);
	return get16(bench->answer + 12) == TYPE_IPV6 && ETHERNET + IPV6_HEADER + body == size &&
	       memcmp(ip + 8, source.bytes, 16) == 0 &&
	       memcmp(ip + 24, bench->plan.v6.guest.bytes, 16) == 0 &&
	       sum_finish(sum_add(sum_add(body + ip[6], ip + 8, 32), ip + IPV6_HEADER, body)) == 0;
}

static void test_refusals(void)
{
	static const char *const nobody[] = { "198.51.100.8", "2001:db8::8" };
	struct bench bench;

	bench_make(&bench, rules);
	for (int v6 = 0; v6 <= 1; v6++) {
		const uint8_t *body = bench.answer + (v6 ? BODY6 : BODY4);

		CHECK(judge(&bench, frame_tcp(bench.frame, nobody[v6], 80, FLAG_SYN), 0) == GATE_ANSWER &&
		      is_whole(&bench, nobody[v6]), "a reset, %d", v6);
		CHECK(body[13] == (FLAG_RST | FLAG_ACK) && get32(body + 8) == 1001 && get16(body) == 80 &&
		      get16(body + 2) == 40000, "of that segment, %d", v6);
		CHECK(bench.result.reason == REASON_RULES && bench.result.starts, "by the rules, %d", v6);
		size_t size = frame_tcp(bench.frame, nobody[v6], 81, FLAG_ACK);
		put32(bench.frame + (v6 ? BODY6 : BODY4) + 8, 77);
		CHECK(judge(&bench, size, 0) == GATE_ANSWER && is_whole(&bench, nobody[v6]) &&
		      body[13] == FLAG_RST && get32(body + 4) == 77, "a reset of one under way, %d", v6);
		CHECK(judge(&bench, frame_tcp(bench.frame, nobody[v6], 82, FLAG_RST), 0) == GATE_DROP,
		      "a reset is not answered, %d", v6);
		CHECK(judge(&bench, frame_udp(bench.frame, nobody[v6], 80, "x", 1), 0) == GATE_ANSWER &&
		      is_whole(&bench, nobody[v6]), "unreachable, %d", v6);
		CHECK(body[0] == (v6 ? 1 : 3) && body[1] == (v6 ? 4 : 3), "the port, %d", v6);
		CHECK(memcmp(body + 8, bench.frame + ETHERNET, (v6 ? 40 : 20) + 8) == 0,
		      "with what was sent, %d", v6);
		CHECK(judge(&bench, frame_echo(bench.frame, nobody[v6]), 0) == GATE_ANSWER &&
		      is_whole(&bench, nobody[v6]), "prohibited, %d", v6);
		CHECK(body[0] == (v6 ? 1 : 3) && body[1] == (v6 ? 1 : 13), "by somebody, %d", v6);
	}
	bench_end(&bench);
}

static void test_neighbours(void)
{
	static const uint8_t arp[] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x06,
		0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 0, 2, 100,
		0, 0, 0, 0, 0, 0, 10, 0, 2, 2,
	};
	struct bench bench;

	bench_make(&bench, rules);
	memcpy(bench.frame, arp, sizeof(arp));
	CHECK(judge(&bench, sizeof(arp), 0) == GATE_ANSWER && bench.answer[21] == 2, "who has the gateway");
	CHECK(memcmp(bench.answer + 28, arp + 38, 4) == 0 && memcmp(bench.answer + 32, arp + 22, 10) == 0,
	      "it has itself");
	bench.frame[41] = 3;
	CHECK(judge(&bench, sizeof(arp), 0) == GATE_ANSWER, "who has the resolver");
	bench.frame[41] = 4;
	CHECK(judge(&bench, sizeof(arp), 0) == GATE_DROP, "nobody has another one");
	bench.frame[41] = 2;
	bench.frame[21] = 2;
	CHECK(judge(&bench, sizeof(arp), 0) == GATE_DROP, "an answer that nobody asked for");
	bench.frame[21] = 1;
	bench.frame[31] = 2;
	CHECK(judge(&bench, sizeof(arp), 0) == GATE_DROP, "as the gateway");
	memcpy(bench.frame, arp, sizeof(arp));
	bench.frame[18] = 8;
	CHECK(judge(&bench, sizeof(arp), 0) == GATE_DROP, "of another length");

	uint8_t *icmp = frame_ip(bench.frame, "ff02::1:ff00:2", NEXT_ICMPV6, 24);
	struct address gateway = bench.plan.v6.gateway;
	icmp[0] = ICMPV6_SOLICITATION;
	memcpy(icmp + 8, gateway.bytes, 16);
	bench.frame[V6 + 7] = 255;
	size_t size = frame_end(bench.frame, icmp, 24);
	CHECK(judge(&bench, size, 0) == GATE_ANSWER && is_whole(&bench, "fd00::2"), "who has the gateway, v6");
	CHECK(bench.answer[BODY6] == ICMPV6_ADVERTISEMENT && bench.answer[V6 + 7] == 255, "-");
	bench.frame[V6 + 7] = 254;
	CHECK(judge(&bench, size, 0) == GATE_DROP, "from far away");
	bench.frame[V6 + 7] = 255;
	icmp[23] = 9;
	CHECK(judge(&bench, size, 0) == GATE_DROP, "nobody has another one, v6");
	bench_end(&bench);
}

/* --- flows ------------------------------------------------------------------------------------- */

/* What is established lives on when its name's time is over; a new connection does not. */
static void test_established(void)
{
	static const char *const by_name[] = { "files.test:80", NULL };
	struct bench bench;
	struct address files;

	bench_make(&bench, by_name);
	(void)address_parse("198.51.100.7", &files);
	CHECK(judge(&bench, frame_tcp(bench.frame, "198.51.100.7", 80, FLAG_SYN), 0) == GATE_ANSWER,
	      "before it was looked up");
	CHECK(policy_learn(bench.policy, "files.test", &files, 5, 0) == 0, "-");
	CHECK(judge(&bench, frame_tcp(bench.frame, "198.51.100.7", 80, FLAG_SYN), 1) == GATE_PASS, "then");
	CHECK(judge(&bench, frame_udp(bench.frame, "198.51.100.7", 80, "x", 1), 1) == GATE_PASS, "-");
	for (int64_t now = 0; now < 200000; now += 50000) {
		CHECK(judge(&bench, frame_tcp(bench.frame, "198.51.100.7", 80, FLAG_ACK), now) == GATE_PASS,
		      "established, at %d", (int)now);
		CHECK(judge(&bench, frame_udp(bench.frame, "198.51.100.7", 80, "x", 1), now) == GATE_PASS,
		      "a dialogue, at %d", (int)now);
	}
	CHECK(judge(&bench, frame_tcp(bench.frame, "198.51.100.7", 80, FLAG_SYN), 200000) == GATE_ANSWER,
	      "a new one, from the same port");
	CHECK(judge(&bench, frame_tcp(bench.frame, "198.51.100.7", 80, FLAG_ACK), 200000) == GATE_ANSWER,
	      "and it took the old one with it");
	CHECK(judge(&bench, frame_udp(bench.frame, "198.51.100.7", 80, "x", 1), 600000) == GATE_ANSWER,
	      "a dialogue that was silent");
	/* A refusal counts until something is learned. */
	CHECK(judge(&bench, frame_udp(bench.frame, "198.51.100.7", 80, "x", 1), 600001) == GATE_ANSWER &&
	      !bench.result.starts, "the same refusal");
	CHECK(policy_learn(bench.policy, "files.test", &files, 5, 600002) == 0, "-");
	CHECK(judge(&bench, frame_udp(bench.frame, "198.51.100.7", 80, "x", 1), 600003) == GATE_PASS, "-");
	bench_end(&bench);
}

static void test_lets_in(void)
{
	struct bench bench;
	uint8_t message[8] = "answer";
	struct flow flow = { .protocol = PROTOCOL_UDP, .guest_port = 40000, .remote_port = 53 };
	uint8_t *frame = malloc(GATE_FRAME_ROOM);

	bench_make(&bench, rules);
	for (int v6 = 0; v6 <= 1; v6++) {
		flow.remote = v6 ? bench.plan.v6.resolver : bench.plan.v4.resolver;
		size_t size = gate_datagram(bench.gate, &flow, message, sizeof(message), frame);
		CHECK(size > 0 && gate_lets_in(bench.gate, frame, size), "an answer, %d", v6);
		memcpy(bench.answer, frame, size);
		bench.result.answer_size = size;
		CHECK(is_whole(&bench, v6 ? "fd00::3" : "10.0.2.3"), "whole, %d", v6);
		frame[ETHERNET + (v6 ? 39 : 19)]++;
		CHECK(!gate_lets_in(bench.gate, frame, size), "for somebody else, %d", v6);
		frame[ETHERNET + (v6 ? 39 : 19)]--;
		for (size_t cut = 0; cut < (v6 ? BODY6 : BODY4); cut++)
			CHECK(!gate_lets_in(bench.gate, frame, cut), "cut to %zu, %d", cut, v6);
	}
	frame[V6 + 6] = NEXT_ICMPV6;
	for (unsigned type = 0; type < 256; type++) {
		frame[BODY6] = (uint8_t)type;
		CHECK(gate_lets_in(bench.gate, frame, BODY6 + 8) == (type < 130 || type > 137),
		      "ICMPv6 type %u", type);
	}
	CHECK(gate_datagram(bench.gate, &flow, message, 65536, frame) == 0, "too long");
	bench_end(&bench);
	free(frame);
}

/* A client's question: of that kind, and for that address or none. */
static size_t frame_dhcp(uint8_t *frame, const char *to, unsigned kind, const uint8_t wanted[4])
{
	uint8_t message[300] = { 1, 1, 6, 0, 1, 2, 3, 4 };

	memcpy(message + 28, guest, sizeof(guest));
	memcpy(message + 236, (const uint8_t[]){ 0x63, 0x82, 0x53, 0x63 }, 4);
	memcpy(message + 240, (const uint8_t[]){ 53, 1, (uint8_t)kind, 255 }, 4);
	if (wanted) {
		memcpy(message + 243, (const uint8_t[]){ 0, 50, 4 }, 3);
		memcpy(message + 246, wanted, 4);
		message[250] = 255;
	}
	size_t size = frame_udp(frame, to, 67, message, sizeof(message));
	put16(frame + BODY4, 68);
	memset(frame + V4 + 12, 0, 4);
	frame_sum(frame);
	return size;
}

/* The kind that is answered; 0: nothing is. */
static unsigned dhcp_says(struct bench *bench, size_t size)
{
	return judge(bench, size, 0) == GATE_ANSWER ? bench->answer[BODY4 + 8 + 242] : 0;
}

static void test_dhcp(void)
{
	static const uint8_t ours[4] = { 10, 0, 2, 100 }, other[4] = { 10, 0, 2, 15 };
	static const unsigned answers[] = { 0, 2, 0, 5, 0, 0, 0, 0, 5, 0 };
	struct bench bench;
	size_t size;

	bench_make(&bench, rules);
	for (unsigned kind = 0; kind < COUNT(answers); kind++) {
		unsigned said = dhcp_says(&bench, frame_dhcp(bench.frame, "255.255.255.255", kind,
							     ours));
		CHECK(said == answers[kind], "kind %u: %u", kind, said);
		CHECK(said == 0 || bench.result.answer_size >= BODY4 + 8 + 300, "its size");
	}
	size = frame_dhcp(bench.frame, "255.255.255.255", 3, other);
	CHECK(dhcp_says(&bench, size) == 6, "another address");
	CHECK(memcmp(bench.answer + V4 + 16, "\xff\xff\xff\xff", 4) == 0, "no to everybody");
	size = frame_dhcp(bench.frame, "10.0.2.2", 1, NULL);
	CHECK(dhcp_says(&bench, size) == 2, "from the gateway");
	CHECK(memcmp(bench.answer + V4 + 16, ours, 4) == 0 &&
	      memcmp(bench.answer + BODY4 + 8 + 16, ours, 4) == 0, "the one address");
	size = frame_dhcp(bench.frame, "198.51.100.9", 1, NULL);
	CHECK(dhcp_says(&bench, size) == 0 && bench.result.reason == REASON_SOURCE, "from elsewhere");
	size = frame_dhcp(bench.frame, "255.255.255.255", 1, NULL);
	bench.frame[V4 + 15] = 9;
	frame_sum(bench.frame);
	CHECK(dhcp_says(&bench, size) == 0 && bench.result.reason == REASON_SOURCE, "spoofed");
	/* Each byte of a question is wrong once; cut options are no question. */
	for (size_t at = 240; at < 256; at++) {
		size = frame_dhcp(bench.frame, "255.255.255.255", 3, ours);
		bench.frame[BODY4 + 8 + at] ^= 0xff;
		unsigned said = dhcp_says(&bench, size);
		CHECK(said == 0 || said == 5 || said == 6, "%zu: %u", at, said);
	}
	for (size_t cut = 8; cut < 8 + 243; cut++) {
		size = frame_dhcp(bench.frame, "255.255.255.255", 1, NULL) - 308 + cut;
		put16(bench.frame + V4 + 2, (unsigned)(IPV4_HEADER + cut));
		put16(bench.frame + BODY4 + 4, (unsigned)cut);
		frame_sum(bench.frame);
		CHECK(dhcp_says(&bench, size) == 0, "cut to %zu", cut);
	}
	size = frame_dhcp(bench.frame, "255.255.255.255", 1, NULL);
	bench.frame[BODY4 + 8 + 28]++;
	CHECK(dhcp_says(&bench, size) == 0, "for another device");
	bench_end(&bench);
}

int main(void)
{
	RUN(test_passes);
	RUN(test_shape);
	RUN(test_cut);
	RUN(test_urgent);
	RUN(test_refusals);
	RUN(test_neighbours);
	RUN(test_dhcp);
	RUN(test_established);
	RUN(test_lets_in);
	return unit_end();
}
