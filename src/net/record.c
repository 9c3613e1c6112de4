/* Records, written down: by the supervisor, for which they are hostile bytes. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include <immure/base/arena.h>
#include <immure/base/json.h>
#include <immure/base/text.h>
#include <immure/net/gate.h>
#include <immure/net/record.h>

/* The last millisecond of the year 9999: RFC 3339 has no later one. */
#define LATEST INT64_C(253402300799999)

static const char *time_text(struct arena *arena, int64_t milliseconds)
{
	struct tm tm = { .tm_mday = 1, .tm_year = 70 };
	char text[32];

	if (milliseconds < 0 || milliseconds > LATEST)
		milliseconds = 0;
	time_t seconds = (time_t)(milliseconds / 1000);
	(void)gmtime_r(&seconds, &tm);
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	return arena_format(arena, "%s.%03dZ", text, (int)(milliseconds % 1000));
}

static const char *const ends[RECORD_ENDS] = {
	[RECORD_CLOSED] = "closed", [RECORD_RESET] = "reset",
	[RECORD_UNREACHABLE] = "unreachable", [RECORD_SILENT] = "silent", [RECORD_CUT] = "cut",
};

static const char *protocol_text(unsigned protocol)
{
	return protocol == PROTOCOL_TCP ? "tcp" : protocol == PROTOCOL_UDP ? "udp" : "echo";
}

/* Of what can be asked for most; others are known by their number, as RFC 3597 has it. */
static const char *type_text(struct arena *arena, unsigned type)
{
	static const struct {
		unsigned type;
		const char *text;
	} types[] = {
		{ 1, "A" }, { 2, "NS" }, { 5, "CNAME" }, { 6, "SOA" }, { 12, "PTR" },
		{ 15, "MX" }, { 16, "TXT" }, { 28, "AAAA" }, { 33, "SRV" }, { 64, "SVCB" },
		{ 65, "HTTPS" }, { 255, "ANY" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].text;
	return arena_format(arena, "TYPE%u", type);
}

static const char *code_text(struct arena *arena, unsigned code)
{
	static const char *const codes[] = {
		"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
	};

	return code < sizeof(codes) / sizeof(codes[0]) ? codes[code]
						       : arena_format(arena, "RCODE%u", code);
}

static void print_rule(struct json *json, uint32_t index, const struct network_plan *plan)
{
	if (index >= plan->rules.count) {
		json_null(json, "rule");
		json_null(json, "origin");
		return;
	}
	const struct rule *rule = &plan->rules.items[index];
	json_text(json, "rule", arena_format(json->arena, "%s %s", rule->allows ? "allow" : "deny",
					     rule->text));
	json_text(json, "origin", rule_origin(json->arena, rule));
}

static void print_flow(struct json *json, const struct net_record *record)
{
	char text[ADDRESS_TEXT];

	json_text(json, "address", address_text(&record->address, text));
	json_number(json, "port", record->port);
	json_number(json, "sent", record->sent);
	json_number(json, "received", record->received);
	if (record->incoming)
		json_bool(json, "incoming", true);
	if (record->end < RECORD_ENDS && ends[record->end])
		json_text(json, "end", ends[record->end]);
}

static void print_query(struct json *json, const struct net_record *record)
{
	char text[ADDRESS_TEXT];
	uint32_t count = record->address_count;

	json_text(json, "type", type_text(json->arena, record->type));
	json_text(json, "answer", code_text(json->arena, record->code));
	json_list(json, "addresses");
	for (uint32_t i = 0; i < count && i < RECORD_ADDRESSES; i++)
		json_text(json, NULL, address_text(&record->addresses[i], text));
	json_list_end(json);
	if (count > RECORD_ADDRESSES)
		json_number(json, "more_addresses", count - RECORD_ADDRESSES);
}

static void begin_line(struct json *json, int64_t time, const char *kind)
{
	json_object(json, NULL);
	json_text(json, "time", time_text(json->arena, time));
	json_text(json, "kind", kind);
}

static void end_line(struct json *json)
{
	json_object_end(json);
	(void)fputc('\n', json->out);
}

void record_print(const struct net_record *record, const struct network_plan *plan,
		  struct arena *arena, FILE *out)
{
	struct json json = { .arena = arena, .out = out };
	bool query = record->kind == RECORD_QUERY;
	const char *name = arena_copy_part(arena, record->name,
					   strnlen(record->name, sizeof(record->name)));

	begin_line(&json, record->began, query ? "query" : "flow");
	json_text(&json, "verdict", record->allowed ? "allowed" : "refused");
	json_text(&json, "protocol", protocol_text(record->protocol));
	json_text(&json, "name", *name || query ? name : NULL);
	if (query)
		print_query(&json, record);
	else
		print_flow(&json, record);
	json_number(&json, "duration_ms", record->lasted < 0 ? 0 : (uint64_t)record->lasted);
	print_rule(&json, record->rule, plan);
	end_line(&json);
}

void record_print_missing(uint64_t count, int64_t now, struct arena *arena, FILE *out)
{
	struct json json = { .arena = arena, .out = out };

	begin_line(&json, now, "missing");
	json_number(&json, "lines", count);
	end_line(&json);
}

/* --- captures ------------------------------------------------------------------------------ */

static void put(uint8_t **at, const void *value, size_t size)
{
	memcpy(*at, value, size);
	*at += size;
}

void capture_start(uint8_t out[CAPTURE_START])
{
	const uint32_t magic = 0xa1b2c3d4, none = 0, longest = GATE_FRAME_ROOM, ethernet = 1;
	const uint16_t major = 2, minor = 4;

	put(&out, &magic, sizeof(magic));
	put(&out, &major, sizeof(major));
	put(&out, &minor, sizeof(minor));
	put(&out, &none, sizeof(none));		/* times are of UTC, */
	put(&out, &none, sizeof(none));		/* and nobody says how exact */
	put(&out, &longest, sizeof(longest));
	put(&out, &ethernet, sizeof(ethernet));
}

void capture_header(const struct frame_record *frame, uint8_t out[CAPTURE_HEADER])
{
	int64_t time = frame->time < 0 || frame->time / 1000000 > UINT32_MAX ? 0 : frame->time;
	const uint32_t seconds = (uint32_t)(time / 1000000), rest = (uint32_t)(time % 1000000);

	put(&out, &seconds, sizeof(seconds));
	put(&out, &rest, sizeof(rest));
	put(&out, &frame->size, sizeof(frame->size));
	put(&out, &frame->size, sizeof(frame->size));
}
