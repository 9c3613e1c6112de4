/* DNS messages of hostile programs and of hostile servers. What is written is read again
 * by somebody else (glibc), and an address is only in it if it was believed. */
#include <arpa/nameser.h>

#include <immure/net/dns.h>

#include "../../src/net/frame.h"
#include "fuzz.h"

static unsigned believed;

static bool believes(void *context, const struct address *address, uint32_t seconds)
{
	(void)context;
	(void)seconds;
	if (address->bytes[15] & 1)
		return false;
	believed++;
	return true;
}

/* Every record of a message; -1: it is none. */
static int records(const uint8_t *message, size_t size, unsigned *ret_addresses)
{
	ns_msg handle;
	ns_rr record;
	int count = 0;

	if (ns_initparse(message, (int)size, &handle) < 0)
		return -1;
	for (int i = 0; i < ns_msg_count(handle, ns_s_an); i++, count++) {
		if (ns_parserr(&handle, ns_s_an, i, &record) < 0)
			return -1;
		if (ns_rr_type(record) != ns_t_a && ns_rr_type(record) != ns_t_aaaa)
			continue;
		(*ret_addresses)++;
		MUST(!(ns_rr_rdata(record)[ns_rr_rdlen(record) - 1] & 1), "not believed, and told");
	}
	return count;
}

static void try_reply(const struct dns_question *question, const uint8_t *data, size_t size)
{
	static const struct dns_filter filter = { believes, NULL };
	static uint8_t out[DNS_ROOM];
	unsigned addresses = 0;
	size_t written = 0;

	believed = 0;
	if (size < 2 || dns_filter_reply(question, get16(data), data, size, &filter, out, &written) !=
			DNS_REPLY_GOOD)
		return;
	MUST(written <= DNS_ROOM && get16(out) == question->id, "%zu", written);
	MUST(records(out, written, &addresses) == get16(out + 6), "not what it says");
	MUST(addresses <= believed, "%u of %u", addresses, believed);
	written = dns_cut(question, out, written);
	MUST(written <= question->room || written < 512, "%zu", written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_question question;
	uint8_t query[512], out[2048];

	if (size < 1 || (size_t)data[0] + 1 > size)
		return 0;
	/* A question, and an answer to it: with the question's own bytes where its name
	 * stands, so that it is not only found by luck. */
	size_t asked = data[0];
	uint8_t *first = malloc(asked + 1);
	MUST(first, "memory");
	memcpy(first, data + 1, asked);
	int read = dns_read_query(first, asked, &question);
	free(first);
	if (read < 0)
		return 0;
	MUST(dns_write_empty(&question, DNS_FAILED, true, out) < 512, "long");
	if (read > 0)
		return 0;
	size_t written = dns_write_query(&question, 1, query);
	MUST(written <= sizeof(query), "%zu", written);
	struct dns_question again;
	MUST(dns_read_query(query, written, &again) == 0 && strcmp(again.name, question.name) == 0,
	     "another name");
	size_t rest = size - 1 - asked, head = 12 + question.wire_size + 4;
	uint8_t *reply = malloc(head + rest + 1);
	MUST(reply, "memory");
	memcpy(reply, query, head);
	put16(reply + 2, 0x8180);
	put16(reply + 6, rest > 0 ? data[1 + asked] : 0);
	put16(reply + 10, 0);
	memcpy(reply + head, data + 1 + asked, rest);
	try_reply(&question, reply, head + rest);
	if (rest > 0)
		try_reply(&question, data + 1 + asked, rest);
	free(reply);
	return 0;
}
