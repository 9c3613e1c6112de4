/* An answer for the sandbox is never the server's message: it is written anew, from what
 * was understood of that one. So what was not understood does not get through, and there
 * is no second reading of the same bytes by which a program inside could come to another
 * result than we did. */
#include <arpa/nameser.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <immure/base/text.h>
#include <immure/net/dns.h>

#include "frame.h"

enum { DNS_HEADER = 12 };

/* Bits of the header's second word. */
enum { BIT_RESPONSE = 0x8000, BIT_CUT = 0x0200, BIT_RECURSION_WANTED = 0x0100,
       BIT_RECURSION = 0x0080, BIT_CHECKING_DISABLED = 0x0010, OPCODE = 0x7800, CODE = 0x000f };

/* "Blocked" of RFC 8914, as an EDNS option. */
enum { OPTION_EXTENDED_ERROR = 15, ERROR_BLOCKED = 15 };

/* More aliases than any honest answer has. Of records there are as many as a message holds,
 * 4,000 addresses: what is kept of them the policy bounds. */
enum { MOST_ALIASES = 16 };

/* What stands at the end of a message has its place, however much is in front of it. */
enum { EXTENSION_ROOM = 64 };

/* How long the sandbox may keep something. */
enum { LONGEST_TTL = 86400 };

/* --- names --------------------------------------------------------------------------- */

/* A name of a message as text in lower case without its last dot; false: it is none. */
static bool read_name(const uint8_t *message, const uint8_t *end, const uint8_t *at, char *out)
{
	if (ns_name_uncompress(message, end, at, out, DNS_NAME) < 0)
		return false;
	for (char *c = out; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (text_is(out, "."))
		*out = '\0';
	return true;
}

/* A name of a message without compression; its size, or -1. */
static int copy_name(const uint8_t *message, const uint8_t *end, const uint8_t *at, uint8_t *out)
{
	const uint8_t *label = out;

	if (ns_name_unpack(message, end, at, out, NS_MAXCDNAME) < 0)
		return -1;
	while (*label)
		label += *label + 1;
	return (int)(label - out) + 1;
}

/* --- questions -------------------------------------------------------------------------- */

static void read_extension(ns_msg *handle, struct dns_question *question)
{
	ns_rr record;

	for (int i = 0; i < ns_msg_count(*handle, ns_s_ar); i++) {
		if (ns_parserr(handle, ns_s_ar, i, &record) < 0)
			return;
		if (ns_rr_type(record) != ns_t_opt)
			continue;
		question->extended = true;
		if (ns_rr_class(record) > question->room)
			question->room = (uint16_t)ns_rr_class(record);
	}
}

int dns_read_query(const uint8_t *message, size_t size, struct dns_question *ret_question)
{
	ns_msg handle;
	ns_rr record;

	memset(ret_question, 0, sizeof(*ret_question));
	ret_question->room = 512;
	if (size < DNS_HEADER || size > DNS_ROOM || (get16(message + 2) & BIT_RESPONSE))
		return -1;
	ret_question->id = get16(message);
	ret_question->flags = get16(message + 2);
	if ((get16(message + 2) & OPCODE) || get16(message + 4) != 1 || get16(message + 6) != 0 ||
	    ns_initparse(message, (int)size, &handle) < 0 ||
	    ns_parserr(&handle, ns_s_qd, 0, &record) < 0)
		return 1;
	const uint8_t *end = message + size;
	uint8_t wire[NS_MAXCDNAME];
	int length = copy_name(message, end, message + DNS_HEADER, wire);
	/* ns_rr has the name with its case, and a dot for the root. */
	if (length < 0 || length > (int)sizeof(ret_question->wire) ||
	    !read_name(message, end, message + DNS_HEADER, ret_question->name))
		return 1;
	memcpy(ret_question->wire, wire, (size_t)length);
	ret_question->wire_size = (size_t)length;
	ret_question->type = ns_rr_type(record);
	ret_question->class = ns_rr_class(record);
	read_extension(&handle, ret_question);
	return 0;
}

/* Records that are copied: so many bytes, so many names, and with `rest` what follows
 * them. Others are not let through: they carry addresses, or orders, of their own. */
static const struct layout {
	uint16_t type;
	uint8_t bytes, names;
	bool rest;
} layouts[] = {
	{ ns_t_ns, 0, 1, false }, { ns_t_cname, 0, 1, false }, { ns_t_soa, 0, 2, true },
	{ ns_t_ptr, 0, 1, false }, { ns_t_mx, 2, 1, false }, { ns_t_txt, 0, 0, true },
	{ ns_t_srv, 6, 1, false }, { ns_t_ds, 0, 0, true }, { ns_t_dnskey, 0, 0, true },
	{ ns_t_sshfp, 0, 0, true }, { ns_t_tlsa, 0, 0, true }, { 257 /* CAA */, 0, 0, true },
};

static const struct layout *layout_of(unsigned type)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (layouts[i].type == type)
			return &layouts[i];
	return NULL;
}

enum dns_kind dns_kind_of(const struct dns_question *question)
{
	if (question->class != ns_c_in)
		return DNS_NOTHING;
	if (question->type == ns_t_a || question->type == ns_t_aaaa)
		return DNS_ADDRESSES;
	return layout_of(question->type) ? DNS_RECORDS : DNS_NOTHING;
}

/* --- writing ------------------------------------------------------------------------------ */

struct writer {
	uint8_t *out;
	size_t size, room;
	bool full;
};

/* Owner, type, class, life and size. */
enum { RECORD_HEADER = 12 };

static struct writer write_to(uint8_t *out)
{
	struct writer writer = { .room = DNS_ROOM - EXTENSION_ROOM };

	writer.out = out;
	return writer;
}

static uint8_t *room_for(struct writer *writer, size_t size)
{
	if (writer->full || writer->room - writer->size < size) {
		writer->full = true;
		return NULL;
	}
	uint8_t *at = writer->out + writer->size;
	writer->size += size;
	return at;
}

static void write_bytes(struct writer *writer, const void *bytes, size_t size)
{
	uint8_t *at = room_for(writer, size);

	if (at && size > 0)
		memcpy(at, bytes, size);
}

static void write16(struct writer *writer, unsigned value)
{
	uint8_t *at = room_for(writer, 2);

	if (at)
		put16(at, value);
}

static void write32(struct writer *writer, uint32_t value)
{
	write16(writer, value >> 16);
	write16(writer, value & 0xffff);
}

static void begin_answer(struct writer *writer, const struct dns_question *question,
			 enum dns_code code)
{
	unsigned kept = question->flags & (OPCODE | BIT_RECURSION_WANTED | BIT_CHECKING_DISABLED);

	write16(writer, question->id);
	write16(writer, BIT_RESPONSE | BIT_RECURSION | kept | (unsigned)code);
	write16(writer, question->wire_size > 0);
	write16(writer, 0);
	write32(writer, 0);
	if (question->wire_size == 0)
		return;
	write_bytes(writer, question->wire, question->wire_size);
	write16(writer, question->type);
	write16(writer, question->class);
}

static void write_extension(struct writer *writer, const struct dns_question *question,
			    bool blocked)
{
	static const char text[] = "no rule of this sandbox allows it";
	const size_t text_size = sizeof(text) - 1;

	if (!question->extended)
		return;
	writer->room = DNS_ROOM;
	write_bytes(writer, "", 1);
	write16(writer, ns_t_opt);
	write16(writer, DNS_UDP_ROOM);
	write32(writer, 0);
	write16(writer, blocked ? (unsigned)(6 + text_size) : 0);
	if (blocked) {
		write16(writer, OPTION_EXTENDED_ERROR);
		write16(writer, (unsigned)(2 + text_size));
		write16(writer, ERROR_BLOCKED);
		write_bytes(writer, text, text_size);
	}
	if (!writer->full)
		put16(writer->out + 10, 1);
}

/* The head of a record whose owner's name stands at `owner` in the message already.
 * Returns where the size of its data goes. */
static uint8_t *write_record(struct writer *writer, size_t owner, unsigned type, uint32_t seconds)
{
	write16(writer, 0xc000u | (unsigned)owner);
	write16(writer, type);
	write16(writer, ns_c_in);
	write32(writer, seconds > LONGEST_TTL ? LONGEST_TTL : seconds);
	return room_for(writer, 2);
}

static bool write_address(struct writer *writer, const struct dns_question *question,
			  size_t owner, const struct address *address, uint32_t seconds)
{
	bool v4 = address_is_v4(address);
	size_t size = v4 ? 4 : 16;

	if (v4 != (question->type == ns_t_a))
		return false;
	uint8_t *length = write_record(writer, owner, question->type, seconds);
	write_bytes(writer, address->bytes + sizeof(address->bytes) - size, size);
	if (length)
		put16(length, (unsigned)size);
	return true;
}

size_t dns_write_empty(const struct dns_question *question, enum dns_code code, bool blocked,
		       uint8_t *out)
{
	struct writer writer = write_to(out);

	begin_answer(&writer, question, code);
	write_extension(&writer, question, blocked);
	return writer.size;
}

size_t dns_write_addresses(const struct dns_question *question, const struct address *addresses,
			   size_t count, uint8_t *out)
{
	struct writer writer = write_to(out);
	unsigned written = 0;

	begin_answer(&writer, question, DNS_OK);
	for (size_t i = 0; i < count; i++)
		written += write_address(&writer, question, DNS_HEADER, &addresses[i], 0);
	put16(out + 6, written);
	write_extension(&writer, question, false);
	return writer.size;
}

size_t dns_write_query(const struct dns_question *question, uint16_t id, uint8_t *out)
{
	struct writer writer = write_to(out);

	write16(&writer, id);
	write16(&writer, BIT_RECURSION_WANTED);
	write16(&writer, 1);
	write32(&writer, 0);
	write16(&writer, 1);
	write_bytes(&writer, question->wire, question->wire_size);
	write16(&writer, question->type);
	write16(&writer, question->class);
	write_bytes(&writer, "", 1);
	write16(&writer, ns_t_opt);
	write16(&writer, DNS_UDP_ROOM);
	write32(&writer, 0);
	write16(&writer, 0);
	return writer.size;
}

size_t dns_cut(const struct dns_question *question, uint8_t *message, size_t size)
{
	struct writer writer = write_to(message);

	if (size <= question->room)
		return size;
	unsigned code = get16(message + 2) & CODE;
	begin_answer(&writer, question, (enum dns_code)code);
	put16(message + 2, get16(message + 2) | BIT_CUT);
	write_extension(&writer, question, false);
	return writer.size;
}

/* --- what a server says --------------------------------------------------------------------- */

/* Is it an answer to what we asked: the same id, one question, and the same one? */
static bool answers(const struct dns_question *question, uint16_t id, const uint8_t *message,
		    size_t size, ns_msg *ret_handle)
{
	char name[DNS_NAME];
	ns_rr record;

	if (size < DNS_HEADER || size > DNS_ROOM || get16(message) != id ||
	    !(get16(message + 2) & BIT_RESPONSE) || (get16(message + 2) & OPCODE) ||
	    get16(message + 4) != 1)
		return false;
	return ns_initparse(message, (int)size, ret_handle) == 0 &&
	       ns_parserr(ret_handle, ns_s_qd, 0, &record) == 0 &&
	       ns_rr_type(record) == question->type && ns_rr_class(record) == question->class &&
	       read_name(message, message + size, message + DNS_HEADER, name) &&
	       text_is(name, question->name);
}

struct alias {
	char owner[DNS_NAME];
	const uint8_t *target;
	uint32_t seconds;
};

struct aliases {
	struct alias items[MOST_ALIASES];
	size_t count;
};

static bool owner_of(const ns_rr *record, char *out)
{
	const char *name = ns_rr_name(*record);
	size_t length = strlen(name);

	if (length >= DNS_NAME)
		return false;
	for (size_t i = 0; i <= length; i++)
		out[i] = (char)tolower((unsigned char)name[i]);
	if (text_is(out, "."))
		*out = '\0';
	return true;
}

static void gather_aliases(ns_msg *handle, struct aliases *aliases)
{
	ns_rr record;

	for (int i = 0; i < ns_msg_count(*handle, ns_s_an); i++) {
		if (aliases->count == MOST_ALIASES || ns_parserr(handle, ns_s_an, i, &record) < 0)
			return;
		if (ns_rr_type(record) != ns_t_cname || ns_rr_class(record) != ns_c_in)
			continue;
		struct alias *alias = &aliases->items[aliases->count];
		if (!owner_of(&record, alias->owner))
			continue;
		alias->target = ns_rr_rdata(record);
		alias->seconds = ns_rr_ttl(record);
		aliases->count++;
	}
}

struct reply {
	const struct dns_question *question;
	const struct dns_filter *filter;
	const uint8_t *message, *end;
	ns_msg *handle;
	struct writer *writer;
	char name[DNS_NAME];		/* that the aliases have led to so far */
	size_t owner;			/* where it stands in what is written */
	uint32_t seconds;		/* the shortest life of them */
	unsigned written;
	bool withheld;			/* an address was not believed */
};

/* Follow aliases from the question on, and write each. False: they lead in a circle, or
 * a name is none. */
static bool follow_aliases(struct reply *reply, const struct aliases *aliases)
{
	uint8_t target[NS_MAXCDNAME];

	for (size_t hops = 0; hops <= aliases->count; hops++) {
		const struct alias *alias = NULL;

		for (size_t i = 0; i < aliases->count && !alias; i++)
			if (text_is(aliases->items[i].owner, reply->name))
				alias = &aliases->items[i];
		if (!alias)
			return true;
		int size = copy_name(reply->message, reply->end, alias->target, target);
		if (size < 0 || !read_name(reply->message, reply->end, alias->target, reply->name))
			return false;
		uint8_t *length = write_record(reply->writer, reply->owner, ns_t_cname,
					       alias->seconds);
		reply->owner = reply->writer->size;
		write_bytes(reply->writer, target, (size_t)size);
		if (length)
			put16(length, (unsigned)size);
		if (alias->seconds < reply->seconds)
			reply->seconds = alias->seconds;
		reply->written++;
	}
	return false;
}

static void give_address(struct reply *reply, const ns_rr *record)
{
	bool v4 = ns_rr_type(*record) == ns_t_a;
	const uint8_t *bytes = ns_rr_rdata(*record);
	uint32_t seconds = ns_rr_ttl(*record) < reply->seconds ? (uint32_t)ns_rr_ttl(*record)
								: reply->seconds;

	/* What is not heard of must not be open either. */
	if (ns_rr_rdlen(*record) != (v4 ? 4 : 16) ||
	    reply->writer->room - reply->writer->size < (size_t)RECORD_HEADER + ns_rr_rdlen(*record))
		return;
	struct address address = v4 ? address_from_v4(bytes) : address_from_v6(bytes);
	/* An AAAA record with an IPv4 address in it is not one of IPv6. */
	if (address_is_v4(&address) != v4 ||
	    !reply->filter->believes(reply->filter->context, &address, seconds)) {
		reply->withheld = true;
		return;
	}
	reply->written += write_address(reply->writer, reply->question, reply->owner, &address,
					seconds);
}

static void give_record(struct reply *reply, const ns_rr *record)
{
	const struct layout *layout = layout_of(ns_rr_type(*record));
	const uint8_t *at = ns_rr_rdata(*record), *end = at + ns_rr_rdlen(*record);
	struct writer *writer = reply->writer;
	struct writer before = *writer;
	uint8_t name[NS_MAXCDNAME];

	uint8_t *length = write_record(writer, reply->owner, ns_rr_type(*record),
				       ns_rr_ttl(*record));
	size_t start = writer->size;
	if (end - at < layout->bytes) {
		*writer = before;
		return;
	}
	write_bytes(writer, at, layout->bytes);
	at += layout->bytes;
	for (unsigned i = 0; i < layout->names; i++) {
		int size = copy_name(reply->message, reply->end, at, name);
		const u_char *next = at;

		if (size < 0 || ns_name_skip(&next, reply->end) < 0 || next > end) {
			*writer = before;
			return;
		}
		write_bytes(writer, name, (size_t)size);
		at = next;
	}
	if (layout->rest)
		write_bytes(writer, at, (size_t)(end - at));
	if (!length || writer->full) {
		*writer = before;
		return;
	}
	put16(length, (unsigned)(writer->size - start));
	reply->written++;
}

/* The records of the name that the aliases led to. */
static void give_records(struct reply *reply)
{
	enum dns_kind kind = dns_kind_of(reply->question);
	char owner[DNS_NAME];
	ns_rr record;

	if (kind == DNS_NOTHING)
		return;
	/* Behind 16 kilobytes no pointer reaches the owner's name. */
	for (int i = 0; i < ns_msg_count(*reply->handle, ns_s_an); i++) {
		if (reply->owner >= 0x4000 || ns_parserr(reply->handle, ns_s_an, i, &record) < 0)
			return;
		if (ns_rr_type(record) != reply->question->type || ns_rr_class(record) != ns_c_in ||
		    !owner_of(&record, owner) || !text_is(owner, reply->name))
			continue;
		if (kind == DNS_ADDRESSES)
			give_address(reply, &record);
		else
			give_record(reply, &record);
	}
}

enum dns_reply dns_filter_reply(const struct dns_question *question, uint16_t id,
				const uint8_t *message, size_t size,
				const struct dns_filter *filter, uint8_t *out,
				size_t *ret_size)
{
	struct aliases *aliases;
	ns_msg handle;
	struct writer writer = write_to(out);
	struct reply reply = {
		.question = question, .filter = filter, .message = message, .end = message + size,
		.handle = &handle, .writer = &writer, .owner = DNS_HEADER, .seconds = LONGEST_TTL,
	};

	if (!answers(question, id, message, size, &handle))
		return DNS_REPLY_OTHER;
	unsigned flags = get16(message + 2), code = flags & CODE;
	if (flags & BIT_CUT)
		return DNS_REPLY_CUT;
	if (code != DNS_OK && code != DNS_NO_NAME)
		return DNS_REPLY_FAILED;
	aliases = calloc(1, sizeof(*aliases));
	if (!aliases)
		return DNS_REPLY_FAILED;
	memcpy(reply.name, question->name, sizeof(reply.name));
	gather_aliases(&handle, aliases);
	begin_answer(&writer, question, (enum dns_code)code);
	bool followed = question->type == ns_t_cname || follow_aliases(&reply, aliases);
	free(aliases);
	if (!followed)
		return DNS_REPLY_FAILED;
	if (code == DNS_OK)
		give_records(&reply);
	if (writer.full)
		return DNS_REPLY_FAILED;
	put16(out + 6, reply.written);
	write_extension(&writer, question, reply.withheld);
	*ret_size = writer.size;
	return DNS_REPLY_GOOD;
}
