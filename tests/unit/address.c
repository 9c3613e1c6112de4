/* Addresses and prefixes as text and as bits. */
#include <string.h>

#include <immure/base/address.h>
#include <immure/base/text.h>

#include "unit.h"

static const struct {
	const char *text;
	const char *back;		/* NULL: it is no address */
} addresses[] = {
	{ "192.0.2.1", "192.0.2.1" }, { "0.0.0.0", "0.0.0.0" },
	{ "255.255.255.255", "255.255.255.255" }, { "2001:db8::1", "2001:db8::1" },
	{ "2001:0DB8:0::0001", "2001:db8::1" }, { "::", "::" }, { "::ffff:192.0.2.1", "192.0.2.1" },
	{ "", NULL }, { "192.0.2", NULL }, { "192.0.2.256", NULL }, { "192.0.2.1.", NULL },
	{ "0x7f000001", NULL }, { "2130706433", NULL }, { "fe80::1%eth0", NULL }, { "1::2::3", NULL },
	{ " 192.0.2.1", NULL },
};

static void test_addresses(void)
{
	EACH_ROW(row, addresses) {
		struct address address;
		char text[ADDRESS_TEXT];
		bool read = address_parse(row->text, &address);

		CHECK(read == (row->back != NULL), "%s", row->text);
		if (read)
			CHECK(text_is(address_text(&address, text), row->back), "%s is %s", row->text, text);
	}
}

static const struct {
	const char *text, *back, *in, *out;	/* back NULL: it is no prefix */
} prefixes[] = {
	{ "198.51.100.0/24", "198.51.100.0/24", "198.51.100.255", "198.51.101.0" },
	{ "198.51.100.7", "198.51.100.7", "198.51.100.7", "198.51.100.6" },
	{ "0.0.0.0/0", "0.0.0.0/0", "255.1.2.3", "2001:db8::1" },
	{ "172.16.0.0/12", "172.16.0.0/12", "172.31.255.255", "172.32.0.0" },
	{ "2001:db8::/32", "2001:db8::/32", "2001:db8:ffff::1", "2001:db9::" },
	{ "fc00::/7", "fc00::/7", "fdff::1", "fe00::" },
	{ "::/0", "::/0", "2001:db8::1", NULL },
	{ "198.51.100.7/24", NULL, NULL, NULL }, { "198.51.100.0/33", NULL, NULL, NULL },
	{ "198.51.100.0/", NULL, NULL, NULL }, { "198.51.100.0/-1", NULL, NULL, NULL },
	{ "198.51.100.0/024", "198.51.100.0/24", "198.51.100.255", "198.51.101.0" },
	{ "198.51.100.0/4294967320", NULL, NULL, NULL }, { "2001:db8::/32/", NULL, NULL, NULL },
	{ "198.51.100.0/ 24", NULL, NULL, NULL }, { "198.51.100.0/24x", NULL, NULL, NULL },
	{ "2001:db8::/129", NULL, NULL, NULL }, { "/24", NULL, NULL, NULL },
	{ "99999999999999999999999999999999999999999999999/8", NULL, NULL, NULL },
};

static void test_prefixes(void)
{
	EACH_ROW(row, prefixes) {
		struct prefix prefix;
		struct address address;
		char text[ADDRESS_TEXT + 4];
		bool read = prefix_parse(row->text, &prefix);

		CHECK(read == (row->back != NULL), "%s", row->text);
		if (!read)
			continue;
		CHECK(text_is(prefix_text(&prefix, text), row->back), "%s is %s", row->text, text);
		CHECK(address_parse(row->in, &address) && prefix_has(&prefix, &address),
		      "%s has %s", row->text, row->in);
		if (row->out)
			CHECK(address_parse(row->out, &address) && !prefix_has(&prefix, &address),
			      "%s lacks %s", row->text, row->out);
	}
}

static void test_places(void)
{
	struct prefix prefix;
	struct address address;
	char text[ADDRESS_TEXT];

	CHECK(prefix_parse("10.0.2.0/24", &prefix), "-");
	address = address_at(&prefix, 100);
	CHECK(text_is(address_text(&address, text), "10.0.2.100"), "%s", text);
	CHECK(prefix_parse("fd00::/64", &prefix), "-");
	address = address_at(&prefix, 0x100);
	CHECK(text_is(address_text(&address, text), "fd00::100"), "%s", text);
}

/* Every length, against bits that are counted one by one. */
static void test_masks(void)
{
	struct address ones;

	memset(&ones, 0xff, sizeof(ones));
	for (unsigned bits = 0; bits <= ADDRESS_BITS; bits++) {
		struct address masked = address_masked(&ones, bits);
		unsigned counted = 0;

		for (unsigned bit = 0; bit < ADDRESS_BITS; bit++)
			counted += masked.bytes[bit / 8] >> (7 - bit % 8) & 1;
		CHECK(counted == bits, "%u: %u", bits, counted);
		CHECK(bits == 0 || (masked.bytes[(bits - 1) / 8] >> (7 - (bits - 1) % 8) & 1),
		      "%u: not the first ones", bits);
	}
}

int main(void)
{
	RUN(test_addresses);
	RUN(test_prefixes);
	RUN(test_places);
	RUN(test_masks);
	return unit_end();
}
