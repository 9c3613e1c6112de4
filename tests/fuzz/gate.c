/* Frames that nobody chose. What passes is looked at again by a reader that knows nothing
 * of the gate: where it goes must be what the rules allow. The first byte says how many
 * bytes of the rest are frames of their own, so that flows are remembered. */
#include <immure/base/error.h>
#include <immure/net/gate.h>

#include "../lib/frames.h"
#include "fuzz.h"

static struct network_plan plan;
static struct policy *policy;
static struct gate *gate;

static void prepare(void)
{
	static const char *const said[] = {
		"198.51.100.0/24:80", "[2001:db8::/32]:80", "198.51.100.9", "host:80",
	};
	static struct arena *arena;	/* the rules are in it, as long as there are inputs */
	struct error err;

	arena = arena_new();
	frames_plan(&plan);
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct rule rule = { .allows = true };

		MUST(rule_parse(arena, said[i], &rule, &err) == 0, "%s", said[i]);
		*list_add(arena, &plan.rules) = rule;
	}
	policy = policy_new(&plan);
	gate = gate_new(&plan, policy);
	MUST(policy && gate, "memory");
}

/* Is it one of the flows that the rules above are about? */
static int is_allowed(const uint8_t *frame, size_t size)
{
	if (size < ETHERNET)
		return 0;
	const uint8_t *ip = frame + ETHERNET;
	int v4 = frame[12] == 0x08 && frame[13] == 0x00;
	size_t header = v4 ? 20 : 40;

	if (size < ETHERNET + header + 8)
		return 0;
	const uint8_t *body = ip + header;
	unsigned next = v4 ? ip[9] : ip[6], port = next == 6 || next == 17 ? get16(body + 2) : 0;
	if (v4 && (ip[0] != 0x45 || (ip[6] & 0x3f) || ip[7] || memcmp(ip + 12, "\12\0\2\144", 4) != 0))
		return 0;
	if (!v4 && (frame[12] != 0x86 || frame[13] != 0xdd || ip[0] >> 4 != 6 || ip[8] != 0xfd))
		return 0;
	if (next == 6 && (body[13] & FLAG_URG || get16(body + 18)))
		return 0;
	if (v4 && memcmp(ip + 16, "\306\063\144", 3) == 0)
		return port == 80 || ip[19] == 9;
	if (v4 && memcmp(ip + 16, "\12\0\2", 3) == 0)
		return (ip[19] == 2 && (port == 80 || next == 1)) || (ip[19] == 3 && port == 53);
	if (!v4 && memcmp(ip + 24, "\40\1\15\270", 4) == 0)
		return port == 80;
	if (!v4 && memcmp(ip + 24, "\375\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15) == 0)
		return (ip[39] == 2 && (port == 80 || next == 58)) || (ip[39] == 3 && port == 53);
	return 0;
}

static void try_frame(const uint8_t *data, size_t size, int64_t now)
{
	uint8_t answer[GATE_ANSWER_ROOM], *frame = malloc(size ? size : 1);
	struct gate_result result;

	MUST(frame, "memory");
	if (size > 0)
		memcpy(frame, data, size);
	gate_judge(gate, frame, size, now, answer, &result);
	switch (result.action) {
	case GATE_PASS:
		MUST(is_allowed(frame, size), "passed");
		break;
	case GATE_QUERY: case GATE_ECHO:
		MUST(is_allowed(frame, size), "a query or an echo request");
		MUST(result.payload >= frame && result.payload + result.payload_size <= frame + size,
		     "its bytes");
		break;
	case GATE_ANSWER:
		MUST(result.answer_size >= ETHERNET && result.answer_size <= sizeof(answer), "%zu",
		     result.answer_size);
		break;
	case GATE_DROP:
		break;
	}
	if (gate_lets_in(gate, frame, size))
		MUST(size >= ETHERNET + IPV4_HEADER, "let in");
	free(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t now = 0;

	if (!gate)
		prepare();
	while (size > 1) {
		size_t piece = 14 + data[0];

		data++;
		size--;
		if (piece > size || data[-1] == 255)
			piece = size;
		try_frame(data, piece, now++);
		data += piece;
		size -= piece;
	}
	return 0;
}
