/* DNS messages: what the sandbox asks, what a server says, and what of it the sandbox
 * hears. Pure. What comes from either side is read with glibc's ns_initparse(3) and its
 * kin; what goes out is written here. */
#ifndef IMMURE_NET_DNS_H
#define IMMURE_NET_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <immure/base/address.h>

/* The longest message, and the longest name as text with its NUL; what is not a letter,
 * a digit, "-" or "_" is written \DDD. */
enum { DNS_ROOM = 65535, DNS_NAME = 1025 };

/* What we tell servers that we take by UDP: what no path cuts into pieces. */
enum { DNS_UDP_ROOM = 1232 };

/* One question of the sandbox. */
struct dns_question {
	uint16_t id, type, class;
	uint16_t flags;			/* of the query: what of them is given back */
	char name[DNS_NAME];		/* lower case, no dot at the end; "" is the root */
	uint8_t wire[256];		/* the name as it was sent */
	size_t wire_size;
	bool extended;			/* it speaks EDNS */
	uint16_t room;			/* for an answer by UDP */
};

enum dns_code { DNS_OK = 0, DNS_FORMAT = 1, DNS_FAILED = 2, DNS_NO_NAME = 3,
		DNS_UNKNOWN = 4, DNS_REFUSED = 5 };

/* What becomes of a question, by its type alone. */
enum dns_kind {
	DNS_ADDRESSES,			/* A, AAAA: forwarded, and its answer learned */
	DNS_RECORDS,			/* of a type whose records are known to be harmless */
	DNS_NOTHING,			/* answered with no data: HTTPS, SVCB, ANY and others */
};

/* What an answer is to be filtered with. */
struct dns_filter {
	/* May the sandbox hear that the name leads to this address? Whoever says yes also
	 * lets it go there, for so many seconds. */
	bool (*believes)(void *context, const struct address *address, uint32_t seconds);
	void *context;
};

/* What a server's message turned out to be. */
enum dns_reply {
	DNS_REPLY_OTHER,		/* nothing that was asked for: as if it had not come */
	DNS_REPLY_FAILED,		/* the server could not say: another one may */
	DNS_REPLY_CUT,			/* ask it again by TCP */
	DNS_REPLY_GOOD,
};

/* Read a query: 0. Or 1 for one that is not understood, of which only the id and flags are
 * set, as its answer with DNS_FORMAT needs them; or -1 for a message that is no query at
 * all, and gets no answer. */
int dns_read_query(const uint8_t *message, size_t size, struct dns_question *ret_question);

/* Which kind it is. */
enum dns_kind dns_kind_of(const struct dns_question *question);

/* Write an answer without records; `blocked` says by EDNS that a rule forbids it (RFC
 * 8914). `out` has DNS_ROOM bytes. Its size. */
size_t dns_write_empty(const struct dns_question *question, enum dns_code code, bool blocked,
		       uint8_t *out);

/* Write an answer with addresses that are of the question's type; others are left out.
 * `out` has DNS_ROOM bytes. Its size. */
size_t dns_write_addresses(const struct dns_question *question, const struct address *addresses,
			   size_t count, uint8_t *out);

/* Write the same question as a query of our own. `out` has 512 bytes. Its size. */
size_t dns_write_query(const struct dns_question *question, uint16_t id, uint8_t *out);

/* Look at what a server sent in answer to the query with that id, and write what of it
 * the sandbox hears: aliases, followed from the question on, and of what they lead to
 * the records of the type that was asked for. Nothing else of the message goes along.
 * `out` has DNS_ROOM bytes; *ret_size is set for DNS_REPLY_GOOD. */
enum dns_reply dns_filter_reply(const struct dns_question *question, uint16_t id,
				const uint8_t *message, size_t size,
				const struct dns_filter *filter, uint8_t *out,
				size_t *ret_size);

/* Cut an answer that is too long for UDP down to its question, and say so in it (TC).
 * Its size now. */
size_t dns_cut(const struct dns_question *question, uint8_t *message, size_t size);

#endif
