/* DHCP (RFC 2131), as far as it takes to tell a client what the device has already: one
 * address, which does not change. libslirp has a server too, whose addresses are others and
 * whose reader has been wrong about hostile messages before. */
#include <string.h>

#include "dhcp.h"
#include "frame.h"

/* Where in a message what stands (RFC 951). */
enum {
	AT_OP = 0, AT_TYPE = 1, AT_HARDWARE_SIZE = 2, AT_ID = 4, AT_FLAGS = 10, AT_CLIENT = 12,
	AT_YOURS = 16, AT_RELAY = 24, AT_HARDWARE = 28, AT_COOKIE = 236, AT_OPTIONS = 240,
};
enum { OP_REQUEST = 1, OP_REPLY = 2, TYPE_ETHERNET = 1, FLAG_BROADCAST = 0x8000 };

/* No shorter message: some clients want those of BOOTP's size. */
enum { LEAST_MESSAGE = 300, LEASE_SECONDS = 86400 };

enum option {
	OPTION_PAD = 0, OPTION_MASK = 1, OPTION_ROUTER = 3, OPTION_SERVERS = 6, OPTION_DOMAIN = 15,
	OPTION_MTU = 26, OPTION_WANTED = 50, OPTION_LEASE = 51, OPTION_KIND = 53,
	OPTION_SERVER = 54, OPTION_END = 255,
};

enum kind {
	KIND_DISCOVER = 1, KIND_OFFER = 2, KIND_REQUEST = 3, KIND_YES = 5, KIND_NO = 6,
	KIND_INFORM = 8,
};

static const uint8_t cookie[4] = { 99, 130, 83, 99 };

/* The value of an option of that size, or NULL. */
static const uint8_t *find_option(const uint8_t *message, size_t size, enum option option,
				  size_t wanted)
{
	const uint8_t *at = message + AT_OPTIONS, *end = message + size;

	while (at < end && *at != OPTION_END) {
		if (*at == OPTION_PAD) {
			at++;
			continue;
		}
		if (end - at < 2 || end - at < 2 + at[1])
			return NULL;
		if (*at == option)
			return at[1] == wanted ? at + 2 : NULL;
		at += 2 + at[1];
	}
	return NULL;
}

static void add(uint8_t **at, enum option option, const void *value, size_t size)
{
	*(*at)++ = (uint8_t)option;
	*(*at)++ = (uint8_t)size;
	memcpy(*at, value, size);
	*at += size;
}

static void add_number(uint8_t **at, enum option option, uint32_t value, size_t size)
{
	uint8_t bytes[4];

	put32(bytes, value);
	add(at, option, bytes + sizeof(bytes) - size, size);
}

/* What a client is told besides its address. */
static void add_network(uint8_t **at, const struct network_plan *plan)
{
	const struct tap_addresses *v4 = &plan->v4;

	add_number(at, OPTION_MASK, UINT32_MAX << (ADDRESS_BITS - v4->network.bits), 4);
	add(at, OPTION_ROUTER, v4->gateway.bytes + 12, 4);
	add(at, OPTION_SERVERS, v4->resolver.bytes + 12, 4);
	add_number(at, OPTION_MTU, plan->mtu, 2);
	if (plan->search.count > 0 && strlen(plan->search.items[0].name) <= 253)
		add(at, OPTION_DOMAIN, plan->search.items[0].name,
		    strlen(plan->search.items[0].name));
}

/* What is said to the message; 0: nothing. */
static unsigned answer_kind(const struct network_plan *plan, const uint8_t *message, size_t size)
{
	const uint8_t *kind = find_option(message, size, OPTION_KIND, 1);
	const uint8_t *server = find_option(message, size, OPTION_SERVER, 4);
	const uint8_t *wanted = find_option(message, size, OPTION_WANTED, 4);

	if (!kind || (server && memcmp(server, plan->v4.gateway.bytes + 12, 4) != 0))
		return 0;
	switch (*kind) {
	case KIND_DISCOVER:
		return KIND_OFFER;
	case KIND_REQUEST:
		if (!wanted)
			wanted = message + AT_CLIENT;
		return memcmp(wanted, plan->v4.guest.bytes + 12, 4) == 0 ? KIND_YES : KIND_NO;
	case KIND_INFORM:
		return KIND_YES;
	default:
		return 0;
	}
}

size_t dhcp_answer(const struct network_plan *plan, const uint8_t hardware[6],
		   const uint8_t *message, size_t size, uint8_t *out, bool *ret_broadcast)
{
	static const uint8_t nobody[4];

	if (size < AT_OPTIONS || message[AT_OP] != OP_REQUEST ||
	    message[AT_TYPE] != TYPE_ETHERNET || message[AT_HARDWARE_SIZE] != HARDWARE ||
	    memcmp(message + AT_HARDWARE, hardware, HARDWARE) != 0 ||
	    memcmp(message + AT_RELAY, nobody, sizeof(nobody)) != 0 ||
	    memcmp(message + AT_COOKIE, cookie, sizeof(cookie)) != 0)
		return 0;
	unsigned kind = answer_kind(plan, message, size);
	if (kind == 0)
		return 0;
	bool has_address = memcmp(message + AT_CLIENT, plan->v4.guest.bytes + 12, 4) == 0;
	bool informs = *find_option(message, size, OPTION_KIND, 1) == KIND_INFORM;
	*ret_broadcast = kind == KIND_NO || (!has_address &&
					     (get16(message + AT_FLAGS) & FLAG_BROADCAST));
	memset(out, 0, DHCP_ROOM);
	out[AT_OP] = OP_REPLY;
	out[AT_TYPE] = TYPE_ETHERNET;
	out[AT_HARDWARE_SIZE] = HARDWARE;
	memcpy(out + AT_ID, message + AT_ID, 4);
	memcpy(out + AT_FLAGS, message + AT_FLAGS, 2);
	memcpy(out + AT_HARDWARE, hardware, HARDWARE);
	memcpy(out + AT_COOKIE, cookie, sizeof(cookie));
	uint8_t *at = out + AT_OPTIONS;
	add_number(&at, OPTION_KIND, kind, 1);
	add(&at, OPTION_SERVER, plan->v4.gateway.bytes + 12, 4);
	if (kind != KIND_NO) {
		if (informs) {
			memcpy(out + AT_CLIENT, message + AT_CLIENT, 4);
		} else {
			memcpy(out + AT_YOURS, plan->v4.guest.bytes + 12, 4);
			add_number(&at, OPTION_LEASE, LEASE_SECONDS, 4);
		}
		add_network(&at, plan);
	}
	*at++ = OPTION_END;
	size_t written = (size_t)(at - out);
	return written < LEAST_MESSAGE ? LEAST_MESSAGE : written;
}
