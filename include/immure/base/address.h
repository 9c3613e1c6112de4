/* Internet addresses as bits and as text. Both families have one form: an IPv4 address
 * is the IPv6 address that maps it, ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), so that a table
 * of addresses is one table. */
#ifndef IMMURE_BASE_ADDRESS_H
#define IMMURE_BASE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address {
	uint8_t bytes[16];
};

/* What the first `bits` bits of an address can be; for IPv4 these count from 96. */
struct prefix {
	struct address base;		/* 0 in every bit behind them */
	unsigned bits;
};

/* Room for the longest address as text, and its NUL. */
enum { ADDRESS_TEXT = 46 };

/* How many bits come before those of an IPv4 address. */
enum { BITS_BEFORE_V4 = 96, ADDRESS_BITS = 128 };

/* An IPv4 address from its four bytes, in the order in which they are sent. */
struct address address_from_v4(const uint8_t bytes[4]);

/* An IPv6 address from its sixteen bytes. */
struct address address_from_v6(const uint8_t bytes[16]);

/* The same from a constant: address_of_v4(0x7f000001) is 127.0.0.1. */
struct address address_of_v4(uint32_t number);

/* The loopback: ::1, or 127.0.0.1. */
struct address address_loopback(bool v6);

/* Is it one of IPv4? Its four bytes are the last of the sixteen then. */
bool address_is_v4(const struct address *address);

/* Are both the same? */
bool address_is(const struct address *a, const struct address *b);

/* Does it mean the machine itself: 127.0.0.0/8, or ::1? */
bool address_is_loopback(const struct address *address);

/* Is it 0.0.0.0 or ::, which to bind to means every address there is? */
bool address_is_any(const struct address *address);

/* Read "192.0.2.1" or "2001:db8::1", without a port or a zone. False: it is neither. */
bool address_parse(const char *text, struct address *ret_address);

/* Write it as text; `out` has ADDRESS_TEXT bytes. Returns `out`. */
const char *address_text(const struct address *address, char *out);

/* The address with every bit behind the first `bits` cleared. */
struct address address_masked(const struct address *address, unsigned bits);

/* The address `number` places behind the base of the prefix. */
struct address address_at(const struct prefix *prefix, uint32_t number);

/* Read "10.0.0.0/8", "2001:db8::/32" or a bare address, which is a prefix of one. What
 * stands behind the bits that count must be 0. False: it is none. */
bool prefix_parse(const char *text, struct prefix *ret_prefix);

/* Write it as text; `out` has ADDRESS_TEXT + 4 bytes. A bare address has no "/". */
const char *prefix_text(const struct prefix *prefix, char *out);

/* Does the address begin with the prefix, and is it of the same family? */
bool prefix_has(const struct prefix *prefix, const struct address *address);

#endif
