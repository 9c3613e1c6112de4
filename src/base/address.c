#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/address.h>

static const uint8_t before_v4[12] = { [10] = 0xff, [11] = 0xff };

struct address address_from_v4(const uint8_t bytes[4])
{
	struct address address;

	memcpy(address.bytes, before_v4, sizeof(before_v4));
	memcpy(address.bytes + sizeof(before_v4), bytes, 4);
	return address;
}

struct address address_from_v6(const uint8_t bytes[16])
{
	struct address address;

	memcpy(address.bytes, bytes, sizeof(address.bytes));
	return address;
}

struct address address_of_v4(uint32_t number)
{
	const uint8_t bytes[4] = {
		(uint8_t)(number >> 24), (uint8_t)(number >> 16),
		(uint8_t)(number >> 8), (uint8_t)number,
	};

	return address_from_v4(bytes);
}

struct address address_loopback(bool v6)
{
	static const struct address loopback_v6 = { .bytes = { [15] = 1 } };

	return v6 ? loopback_v6 : address_of_v4(0x7f000001);
}

bool address_is_v4(const struct address *address)
{
	return memcmp(address->bytes, before_v4, sizeof(before_v4)) == 0;
}

bool address_is(const struct address *a, const struct address *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool address_is_loopback(const struct address *address)
{
	static const struct address v6 = { { [15] = 1 } };

	return address_is_v4(address) ? address->bytes[12] == 127 : address_is(address, &v6);
}

bool address_is_any(const struct address *address)
{
	static const struct address v6;
	const struct address v4 = address_of_v4(0);

	return address_is(address, &v4) || address_is(address, &v6);
}

bool address_parse(const char *text, struct address *ret_address)
{
	bool v6 = strchr(text, ':');
	uint8_t bytes[16];

	if (inet_pton(v6 ? AF_INET6 : AF_INET, text, bytes) != 1)
		return false;
	*ret_address = v6 ? address_from_v6(bytes) : address_from_v4(bytes);
	return true;
}

const char *address_text(const struct address *address, char *out)
{
	const void *bytes = address->bytes;
	const char *text = address_is_v4(address)
		? inet_ntop(AF_INET, address->bytes + sizeof(before_v4), out, ADDRESS_TEXT)
		: inet_ntop(AF_INET6, bytes, out, ADDRESS_TEXT);

	return text ? text : "?";
}

struct address address_masked(const struct address *address, unsigned bits)
{
	struct address masked = { { 0 } };

	if (bits >= ADDRESS_BITS)
		return *address;
	memcpy(masked.bytes, address->bytes, bits / 8);
	masked.bytes[bits / 8] = address->bytes[bits / 8] & (uint8_t)(0xff00 >> bits % 8);
	return masked;
}

struct address address_at(const struct prefix *prefix, uint32_t number)
{
	struct address address = prefix->base;

	for (int byte = 15; byte >= 12; byte--) {
		address.bytes[byte] |= (uint8_t)number;
		number >>= 8;
	}
	return address;
}

/* Digits and nothing else, up to `most`. */
static bool parse_bits(const char *text, unsigned most, unsigned *ret_bits)
{
	const char *digit = text;
	unsigned bits = 0;

	for (; *digit >= '0' && *digit <= '9' && bits <= most; digit++)
		bits = bits * 10 + (unsigned)(*digit - '0');
	*ret_bits = bits;
	return digit > text && !*digit && bits <= most;
}

bool prefix_parse(const char *text, struct prefix *ret_prefix)
{
	const char *slash = strchr(text, '/');
	struct prefix prefix = { .bits = ADDRESS_BITS };
	char copy[ADDRESS_TEXT];

	if (!slash) {
		if (!address_parse(text, &prefix.base))
			return false;
		*ret_prefix = prefix;
		return true;
	}
	size_t length = (size_t)(slash - text);
	if (length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (!address_parse(copy, &prefix.base))
		return false;
	bool v4 = address_is_v4(&prefix.base) && !strchr(copy, ':');
	if (!parse_bits(slash + 1, v4 ? 32 : ADDRESS_BITS, &prefix.bits))
		return false;
	prefix.bits += v4 ? BITS_BEFORE_V4 : 0;
	struct address base = address_masked(&prefix.base, prefix.bits);
	if (!address_is(&base, &prefix.base))
		return false;
	*ret_prefix = prefix;
	return true;
}

const char *prefix_text(const struct prefix *prefix, char *out)
{
	bool v4 = address_is_v4(&prefix->base) && prefix->bits >= BITS_BEFORE_V4;

	(void)address_text(&prefix->base, out);
	if (prefix->bits < ADDRESS_BITS)
		(void)sprintf(out + strlen(out), "/%u", prefix->bits - (v4 ? BITS_BEFORE_V4 : 0));
	return out;
}

bool prefix_has(const struct prefix *prefix, const struct address *address)
{
	unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;

	/* All of IPv4 stands in one corner of IPv6 here; ::/0 does not mean it. */
	if (prefix->bits < BITS_BEFORE_V4 && address_is_v4(address))
		return false;
	if (memcmp(prefix->base.bytes, address->bytes, whole) != 0)
		return false;
	return rest == 0 || ((prefix->base.bytes[whole] ^ address->bytes[whole]) >> (8 - rest)) == 0;
}
