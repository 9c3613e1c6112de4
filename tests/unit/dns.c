/* DNS messages: what is read of a question, and what of an answer the sandbox hears. */
#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>

#include <immure/base/text.h>
#include <immure/net/dns.h>

#include "../../src/net/frame.h"
#include "unit.h"

/* --- messages by hand ------------------------------------------------------------------ */

struct message {
	uint8_t bytes[65535];
	size_t size;
};

static void add(struct message *message, const void *bytes, size_t size)
{
	memcpy(message->bytes + message->size, bytes, size);
	message->size += size;
}

static void add16(struct message *message, unsigned value)
{
	const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	add(message, bytes, 2);
}

static void add_name(struct message *message, const char *name)
{
	for (const char *label = name; *label; ) {
		size_t length = strcspn(label, ".");
		uint8_t size = (uint8_t)length;

		add(message, &size, 1);
		add(message, label, length);
		label += length + (label[length] == '.');
	}
	add(message, "", 1);
}

static void begin(struct message *message, unsigned id, unsigned flags, const char *name, unsigned type)
{
	message->size = 0;
	add16(message, id);
	add16(message, flags);
	add16(message, 1);
	add16(message, 0);
	add16(message, 0);
	add16(message, 0);
	add_name(message, name);
	add16(message, type);
	add16(message, 1);
}

static void add_record(struct message *message, const char *owner, unsigned type, unsigned seconds,
		       const void *data, size_t size)
{
	put16(message->bytes + 6, get16(message->bytes + 6) + 1u);
	add_name(message, owner);
	add16(message, type);
	add16(message, 1);
	add16(message, seconds >> 16);
	add16(message, seconds & 0xffff);
	add16(message, (unsigned)size);
	add(message, data, size);
}

static void add_alias(struct message *message, const char *owner, const char *to, unsigned seconds)
{
	struct message name = { .size = 0 };

	add_name(&name, to);
	add_record(message, owner, ns_t_cname, seconds, name.bytes, name.size);
}

static void add_v4(struct message *message, const char *owner, const char *text, unsigned seconds)
{
	struct address address;

	CHECK(address_parse(text, &address), "%s", text);
	add_record(message, owner, ns_t_a, seconds, address.bytes + 12, 4);
}

static void add_v6(struct message *message, const char *owner, const char *text)
{
	struct address address;

	CHECK(address_parse(text, &address), "%s", text);
	add_record(message, owner, ns_t_aaaa, 60, address.bytes, 16);
}

/* --- questions --------------------------------------------------------------------------- */

static struct message message, other;
static struct dns_question question;
static uint8_t out[DNS_ROOM];

static void ask(const char *name, unsigned type)
{
	begin(&message, 7, 0x0100, name, type);
	CHECK(dns_read_query(message.bytes, message.size, &question) == 0, "%s", name);
}

static void test_questions(void)
{
	ask("Files.Example.ORG", ns_t_a);
	CHECK(text_is(question.name, "files.example.org"), "%s", question.name);
	CHECK(question.type == ns_t_a && question.class == 1 && question.id == 7, "-");
	CHECK(memcmp(question.wire, "\5Files\7Example\3ORG", 19) == 0 && question.wire_size == 19,
	      "its case is kept");
	CHECK(!question.extended && question.room == 512, "-");
	ask("", ns_t_ns);
	CHECK(text_is(question.name, "") && question.wire_size == 1, "the root");
	begin(&message, 7, 0x0100, "a.test", ns_t_a);
	put16(message.bytes + 10, 1);
	add(&message, "\0\0\51\4\320\0\0\0\0\0\0", 11);
	CHECK(dns_read_query(message.bytes, message.size, &question) == 0 && question.extended &&
	      question.room == 1232, "EDNS: %u", question.room);
	/* A dot, a NUL and an escape in a label are not those of a name. */
	begin(&message, 7, 0x0100, "a.test", ns_t_a);
	message.bytes[13] = '.';
	CHECK(dns_read_query(message.bytes, message.size, &question) == 0 &&
	      text_is(question.name, "\\..test"), "%s", question.name);
	message.bytes[13] = '\0';
	CHECK(dns_read_query(message.bytes, message.size, &question) == 0 &&
	      text_is(question.name, "\\000.test") && question.wire_size == 8, "%s", question.name);
}

static void test_no_questions(void)
{
	begin(&message, 7, 0x0100, "files.test", ns_t_a);
	for (size_t cut = 0; cut < 12; cut++)
		CHECK(dns_read_query(message.bytes, cut, &question) == -1, "cut to %zu", cut);
	for (size_t cut = 12; cut < message.size; cut++)
		CHECK(dns_read_query(message.bytes, cut, &question) == 1 && question.id == 7,
		      "cut to %zu", cut);
	put16(message.bytes + 2, 0x8000);
	CHECK(dns_read_query(message.bytes, message.size, &question) == -1, "an answer");
	put16(message.bytes + 2, 0x2800);
	CHECK(dns_read_query(message.bytes, message.size, &question) == 1, "an update");
	put16(message.bytes + 2, 0);
	put16(message.bytes + 4, 0);
	CHECK(dns_read_query(message.bytes, message.size, &question) == 1, "no question");
	put16(message.bytes + 4, 2);
	CHECK(dns_read_query(message.bytes, message.size, &question) == 1, "two questions");
	put16(message.bytes + 4, 1);
	memcpy(message.bytes + 12, "\300\14", 2);
	CHECK(dns_read_query(message.bytes, message.size, &question) == 1, "a circle");
	size_t size = dns_write_empty(&question, DNS_FORMAT, false, out);
	CHECK(size == 12 && get16(out) == 7 && (get16(out + 2) & 0x800f) == 0x8001, "its answer");
}

static void test_kinds(void)
{
	static const struct {
		unsigned type;
		enum dns_kind kind;
	} rows[] = {
		{ ns_t_a, DNS_ADDRESSES }, { ns_t_aaaa, DNS_ADDRESSES }, { ns_t_mx, DNS_RECORDS },
		{ ns_t_txt, DNS_RECORDS }, { ns_t_srv, DNS_RECORDS }, { 64, DNS_NOTHING },
		{ 65, DNS_NOTHING }, { 255, DNS_NOTHING }, { 252, DNS_NOTHING }, { 41, DNS_NOTHING },
	};

	EACH_ROW(row, rows) {
		ask("a.test", row->type);
		CHECK(dns_kind_of(&question) == row->kind, "type %u", row->type);
	}
	question.type = ns_t_a;
	question.class = 3;
	CHECK(dns_kind_of(&question) == DNS_NOTHING, "of another class");
}

/* --- answers ------------------------------------------------------------------------------- */

/* What the filter was asked, and what it says. */
static struct {
	unsigned asked;
	char text[8][ADDRESS_TEXT];
	uint32_t seconds[8];
	const char *lie;		/* the address that is not believed */
} heard;

static bool believes(void *context, const struct address *address, uint32_t seconds)
{
	char text[ADDRESS_TEXT];

	(void)context;
	(void)address_text(address, text);
	if (heard.asked < COUNT(heard.text)) {
		memcpy(heard.text[heard.asked], text, sizeof(text));
		heard.seconds[heard.asked] = seconds;
	}
	heard.asked++;
	return !heard.lie || !text_is(text, heard.lie);
}

static const struct dns_filter filter = { believes, NULL };

static enum dns_reply reply(size_t *ret_size)
{
	uint8_t *copy = malloc(message.size ? message.size : 1);

	heard.asked = 0;
	memcpy(copy, message.bytes, message.size);
	enum dns_reply result = dns_filter_reply(&question, 99, copy, message.size, &filter, out, ret_size);
	free(copy);
	return result;
}

/* How many records of the answer in `out` somebody else reads. */
static int records(size_t size, unsigned type, const char *owner)
{
	ns_msg handle;
	ns_rr record;
	int count = 0;

	if (ns_initparse(out, (int)size, &handle) < 0)
		return -1;
	for (int i = 0; i < ns_msg_count(handle, ns_s_an); i++) {
		if (ns_parserr(&handle, ns_s_an, i, &record) < 0)
			return -1;
		count += ns_rr_type(record) == type && (!owner || text_is(ns_rr_name(record), owner));
	}
	return count;
}

static void test_addresses(void)
{
	size_t size = 0;

	ask("files.test", ns_t_a);
	begin(&message, 99, 0x8180, "FILES.test", ns_t_a);
	add_v4(&message, "files.test", "198.51.100.7", 300);
	add_v4(&message, "Files.Test", "198.51.100.8", 2);
	add_v4(&message, "other.test", "198.51.100.9", 300);
	add_v6(&message, "files.test", "2001:db8::7");
	CHECK(reply(&size) == DNS_REPLY_GOOD && heard.asked == 2, "%u", heard.asked);
	CHECK(text_is(heard.text[0], "198.51.100.7") && heard.seconds[0] == 300, "%s", heard.text[0]);
	CHECK(text_is(heard.text[1], "198.51.100.8") && heard.seconds[1] == 2, "%s", heard.text[1]);
	CHECK(records(size, ns_t_a, "files.test") == 2 && records(size, ns_t_aaaa, NULL) == 0, "-");
	CHECK(get16(out) == 7 && get16(out + 6) == 2, "the sandbox's id");
	heard.lie = "198.51.100.7";
	CHECK(reply(&size) == DNS_REPLY_GOOD && records(size, ns_t_a, NULL) == 1, "one is not believed");
	heard.lie = NULL;
}

static void test_aliases(void)
{
	size_t size = 0;

	ask("alias.test", ns_t_a);
	begin(&message, 99, 0x8180, "alias.test", ns_t_a);
	add_v4(&message, "files.test", "198.51.100.7", 300);
	add_alias(&message, "two.test", "files.test", 20);
	add_alias(&message, "alias.test", "two.test", 30);
	add_v4(&message, "alias.test", "198.51.100.8", 300);
	CHECK(reply(&size) == DNS_REPLY_GOOD && heard.asked == 1, "%u", heard.asked);
	CHECK(text_is(heard.text[0], "198.51.100.7") && heard.seconds[0] == 20, "the shortest life");
	CHECK(records(size, ns_t_cname, "alias.test") == 1 && records(size, ns_t_cname, "two.test") == 1 &&
	      records(size, ns_t_a, "files.test") == 1 && get16(out + 6) == 3, "as they lead");
	begin(&message, 99, 0x8180, "alias.test", ns_t_a);
	add_alias(&message, "alias.test", "two.test", 30);
	add_alias(&message, "two.test", "alias.test", 30);
	CHECK(reply(&size) == DNS_REPLY_FAILED, "in a circle");
	begin(&message, 99, 0x8180, "alias.test", ns_t_a);
	add_alias(&message, "alias.test", "alias.test", 30);
	CHECK(reply(&size) == DNS_REPLY_FAILED, "to itself");
}

static void test_others(void)
{
	static const struct {
		const char *what, *name;
		unsigned id, flags, type;
		enum dns_reply result;
	} rows[] = {
		{ "another id", "files.test", 98, 0x8180, ns_t_a, DNS_REPLY_OTHER },
		{ "a question", "files.test", 99, 0x0180, ns_t_a, DNS_REPLY_OTHER },
		{ "another name", "other.test", 99, 0x8180, ns_t_a, DNS_REPLY_OTHER },
		{ "another type", "files.test", 99, 0x8180, ns_t_aaaa, DNS_REPLY_OTHER },
		{ "another opcode", "files.test", 99, 0xa980, ns_t_a, DNS_REPLY_OTHER },
		{ "cut", "files.test", 99, 0x8380, ns_t_a, DNS_REPLY_CUT },
		{ "failed", "files.test", 99, 0x8182, ns_t_a, DNS_REPLY_FAILED },
		{ "refused", "files.test", 99, 0x8185, ns_t_a, DNS_REPLY_FAILED },
		{ "no name", "files.test", 99, 0x8183, ns_t_a, DNS_REPLY_GOOD },
		{ "no data", "files.test", 99, 0x8180, ns_t_a, DNS_REPLY_GOOD },
	};
	size_t size = 0;

	ask("files.test", ns_t_a);
	EACH_ROW(row, rows) {
		begin(&message, row->id, row->flags, row->name, row->type);
		CHECK(reply(&size) == row->result, "%s", row->what);
	}
	begin(&message, 99, 0x8180, "files.test", ns_t_a);
	add_v4(&message, "files.test", "198.51.100.7", 300);
	for (size_t cut = 0, whole = message.size; cut < whole; cut++) {
		message.size = cut;
		CHECK(reply(&size) == DNS_REPLY_OTHER, "cut to %zu", cut);
	}
	begin(&message, 99, 0x8180, "files.test", ns_t_a);
	add_record(&message, "files.test", ns_t_a, 60, "abc", 3);
	add_record(&message, "files.test", ns_t_a, 60, "abcde", 5);
	CHECK(reply(&size) == DNS_REPLY_GOOD && heard.asked == 0 && get16(out + 6) == 0,
	      "addresses of another length");
	ask("files.test", ns_t_aaaa);
	begin(&message, 99, 0x8180, "files.test", ns_t_aaaa);
	add_v6(&message, "files.test", "::ffff:127.0.0.1");
	CHECK(reply(&size) == DNS_REPLY_GOOD && heard.asked == 0 && get16(out + 6) == 0, "a mapped address");
}

static void test_records(void)
{
	size_t size = 0;

	ask("files.test", ns_t_mx);
	begin(&message, 99, 0x8180, "files.test", ns_t_mx);
	add_record(&message, "files.test", ns_t_mx, 60, "\0\12\300\14", 4);
	add_record(&message, "files.test", ns_t_mx, 60, "\0\12\5", 3);		/* cut */
	add_record(&message, "files.test", ns_t_mx, 60, "\0", 1);
	CHECK(reply(&size) == DNS_REPLY_GOOD && records(size, ns_t_mx, "files.test") == 1, "mail");
	ask("files.test", ns_t_txt);
	begin(&message, 99, 0x8180, "files.test", ns_t_txt);
	add_record(&message, "files.test", ns_t_txt, 60, "\4some", 5);
	add_record(&message, "files.test", ns_t_a, 60, "\177\0\0\1", 4);
	CHECK(reply(&size) == DNS_REPLY_GOOD && get16(out + 6) == 1 && heard.asked == 0, "text");
}

/* A thousand records, and as many as a message can have, are answered with so many. */
static void test_many(void)
{
	size_t size = 0;

	ask("files.test", ns_t_a);
	begin(&message, 99, 0x8180, "files.test", ns_t_a);
	for (int i = 0; i < 1000; i++)
		add_v4(&message, "files.test", "198.51.100.7", 300);
	CHECK(reply(&size) == DNS_REPLY_GOOD && get16(out + 6) == 1000, "%u", get16(out + 6));
	CHECK(size > 512 && dns_cut(&question, out, size) < 512, "too long for a datagram");
	CHECK((get16(out + 2) & 0x0200) && get16(out + 6) == 0, "which it says");
	/* As many as fit, each by a pointer; ours must have room for the extension too. */
	ask("a", ns_t_a);
	begin(&message, 99, 0x8180, "a", ns_t_a);
	unsigned most = 0;
	for (; message.size + 16 <= DNS_ROOM; most++) {
		const unsigned words[] = { 0xc00c, ns_t_a, ns_c_in, 0, 300, 4, 0xc633, 0x6407 };

		for (size_t i = 0; i < COUNT(words); i++)
			add16(&message, words[i]);
	}
	put16(message.bytes + 6, most);
	question.extended = true;
	CHECK(reply(&size) == DNS_REPLY_GOOD && get16(out + 10) == 1 && size <= DNS_ROOM, "full");
	CHECK(get16(out + 6) > 4000 && get16(out + 6) < most && heard.asked == get16(out + 6),
	      "%u of %u, %u are open", get16(out + 6), most, heard.asked);
	ask("files.test", ns_t_a);
	begin(&message, 99, 0x8180, "files.test", ns_t_a);
	for (int i = 0; i < 1000; i++)
		add_alias(&message, "files.test", "files.test", 300);
	CHECK(reply(&size) == DNS_REPLY_FAILED, "a thousand aliases");
}

static void test_own(void)
{
	struct address own[2];

	(void)address_parse("10.0.2.2", &own[0]);
	(void)address_parse("fd00::2", &own[1]);
	ask("host.internal", ns_t_a);
	size_t size = dns_write_addresses(&question, own, 2, out);
	CHECK(records(size, ns_t_a, "host.internal") == 1 && records(size, ns_t_aaaa, NULL) == 0, "-");
	ask("host.internal", ns_t_aaaa);
	size = dns_write_addresses(&question, own, 2, out);
	CHECK(records(size, ns_t_aaaa, "host.internal") == 1 && records(size, ns_t_a, NULL) == 0, "-");
	size = dns_write_query(&question, 4711, other.bytes);
	CHECK(dns_read_query(other.bytes, size, &question) == 0 && question.id == 4711 && question.extended &&
	      text_is(question.name, "host.internal"), "a query of our own");
	size = dns_write_empty(&question, DNS_NO_NAME, true, out);
	CHECK((out[3] & 15) == 3 && memmem(out, size, "no rule", 7), "why");
}

int main(void)
{
	RUN(test_questions);
	RUN(test_no_questions);
	RUN(test_kinds);
	RUN(test_addresses);
	RUN(test_aliases);
	RUN(test_others);
	RUN(test_records);
	RUN(test_many);
	RUN(test_own);
	return unit_end();
}
