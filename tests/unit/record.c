/* Records as they are written down: what the engine sends may be anything. */
#include <stdlib.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/net/record.h>

#include "../lib/frames.h"
#include "unit.h"

static const struct origin origin = { "a \"b\"", 1 };
static struct rule rules[] = {
	{ .allows = true, .text = "files.test:80", .origin = &origin },
};

static char *printed(const struct net_record *record, size_t *ret_size)
{
	struct network_plan plan = { 0 };
	struct arena *arena = arena_new();
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_size);

	plan.rules.items = rules;
	plan.rules.count = 1;
	record_print(record, &plan, arena, out);
	(void)fclose(out);
	arena_free(arena);
	return text;
}

static void test_flow(void)
{
	struct net_record record = {
		.kind = RECORD_FLOW, .end = RECORD_CLOSED, .protocol = PROTOCOL_TCP, .allowed = 1,
		.port = 80, .began = 1700000000123, .lasted = 5, .sent = 7, .received = 8,
		.name = "files.test",
	};
	size_t size;

	(void)address_parse("198.51.100.7", &record.address);
	char *text = printed(&record, &size);
	CHECK(text_is(text, "{\"time\":\"2023-11-14T22:13:20.123Z\",\"kind\":\"flow\",\"verdict\":"
		      "\"allowed\",\"protocol\":\"tcp\",\"name\":\"files.test\",\"address\":"
		      "\"198.51.100.7\",\"port\":80,\"sent\":7,\"received\":8,\"end\":\"closed\","
		      "\"duration_ms\":5,\"rule\":\"allow files.test:80\",\"origin\":"
		      "\"a \\\"b\\\":1\"}\n"), "%s", text);
	free(text);
}

static void test_query(void)
{
	struct net_record record = {
		.kind = RECORD_QUERY, .protocol = PROTOCOL_UDP, .type = 999, .code = 77,
		.rule = RECORD_NO_RULE, .address_count = 2000, .name = "x",
	};
	size_t size;
	char *text = printed(&record, &size);

	CHECK(strstr(text, "\"type\":\"TYPE999\",\"answer\":\"RCODE77\""), "%s", text);
	CHECK(strstr(text, "\"more_addresses\":1992"), "%s", text);
	CHECK(strstr(text, "\"rule\":null,\"origin\":null}\n"), "%s", text);
	free(text);
}

/* One line of printable ASCII, whatever the bytes are. */
static void test_any_bytes(void)
{
	static const unsigned char fills[] = { 0x00, 0x01, 0x1b, '"', '\\', '\n', 0x80, 0xff };
	struct net_record record;
	size_t size;

	EACH_ROW(fill, fills) {
		memset(&record, *fill, sizeof(record));
		char *text = printed(&record, &size);
		CHECK(size == strlen(text) && text[size - 1] == '\n', "%02x: %s", *fill, text);
		for (size_t i = 0; i + 1 < size; i++)
			CHECK(text[i] >= ' ' && text[i] <= '~', "%02x: byte %zu: %02x", *fill, i,
			      (unsigned)(unsigned char)text[i]);
		free(text);
	}
}

/* pcap-savefile(5), of this machine's byte order. */
static void test_capture(void)
{
	const struct frame_record frame = { .time = 1700000000123456, .size = 60 };
	const struct frame_record odd = { .time = -1, .size = 1 };
	uint32_t words[6];
	uint8_t bytes[CAPTURE_START];

	capture_start(bytes);
	memcpy(words, bytes, CAPTURE_START);
	CHECK(words[0] == 0xa1b2c3d4 && words[4] >= 65534 && words[5] == 1, "start");
	capture_header(&frame, bytes);
	memcpy(words, bytes, CAPTURE_HEADER);
	CHECK(words[0] == 1700000000 && words[1] == 123456 && words[2] == 60 && words[3] == 60,
	      "header");
	capture_header(&odd, bytes);
	memcpy(words, bytes, CAPTURE_HEADER);
	CHECK(words[0] == 0 && words[1] == 0 && words[2] == 1, "odd");
}

int main(void)
{
	RUN(test_flow);
	RUN(test_query);
	RUN(test_any_bytes);
	RUN(test_capture);
	return unit_end();
}
