/* The device of the sandbox's network: its name, its addresses, what it carries at once. */
#include <ctype.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>
#include <immure/sys/socket.h>

#include "plan_internal.h"

/* The largest that a tap takes without its frames becoming longer than an IPv4 packet
 * can be: 65535 less an Ethernet header, and a little. The least that IPv6 takes is that of
 * RFC 8200; the kernel takes an interface's addresses away below. */
enum { LARGEST_MTU = 65520, LEAST_MTU_V6 = 1280 };

/* The addresses of gateway, resolver and sandbox must fit into a network, and one that is
 * most of a private range would hide it. */
enum { WIDEST_V4 = 8, NARROWEST_V4 = 25, BITS_V6 = 64 };

/* Where other programs of this kind have them, so that what knows theirs knows ours:
 * gateway .2, names .3, the sandbox .100. */
static void set_network(struct tap_addresses *family, const struct prefix *network,
			const char *origin)
{
	family->on = true;
	family->network = *network;
	family->origin = origin;
	family->gateway = address_at(network, 2);
	family->resolver = address_at(network, 3);
	family->guest = address_at(network, address_is_v4(&network->base) ? 100 : 0x100);
}

static void set_default(struct planning *p, struct tap_addresses *family, const char *text)
{
	struct prefix network;

	if (prefix_parse(text, &network))
		set_network(family, &network, origin_of(p, NULL));
}

/* --- the words ------------------------------------------------------------------------- */

static int explain_network(struct planning *p, const char *text, struct error *err)
{
	size_t length = strcspn(text, "/");
	const char *start = arena_copy_part(p->arena, text, length);
	char out[ADDRESS_TEXT + 4];
	struct prefix network;

	/* The network that an address with bits behind them lies in. */
	for (unsigned bits = 1; text[length] && bits <= ADDRESS_BITS; bits++) {
		struct address base;

		if (!address_parse(start, &base) ||
		    (address_is_v4(&base) && bits > ADDRESS_BITS - BITS_BEFORE_V4) ||
		    !text_is(text + length, arena_format(p->arena, "/%u", bits)))
			continue;
		network.bits = bits + (address_is_v4(&base) ? BITS_BEFORE_V4 : 0);
		network.base = address_masked(&base, network.bits);
		(void)fail(err, 0, "an address in a network, and not the network");
		return hint(err, "that is: --cidr %s", prefix_text(&network, out));
	}
	(void)fail(err, 0, "no network");
	return hint(err, "it is written 10.0.2.0/24 or fd00::/64");
}

/* Nobody else must be there: what lies in the sandbox's own network cannot be reached. */
static bool is_inside_one_of(const char *const *texts, const struct prefix *network)
{
	struct prefix outer;

	for (; *texts; texts++)
		if (prefix_parse(*texts, &outer) && network->bits >= outer.bits &&
		    prefix_has(&outer, &network->base))
			return true;
	return false;
}

static int check_network(const struct prefix *network, struct error *err)
{
	/* RFC 1918, 6598, 2544 and 5737; and 4193. */
	static const char *const private_v4[] = {
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
		"198.18.0.0/15", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", NULL,
	};
	static const char *const private_v6[] = { "fc00::/7", NULL };
	bool v4 = address_is_v4(&network->base);

	if (v4 && (network->bits < BITS_BEFORE_V4 + WIDEST_V4 ||
		   network->bits > BITS_BEFORE_V4 + NARROWEST_V4))
		return fail(err, 0, "has %u bits, and must have %d to %d, so that the addresses 2,"
			    " 3 and 100 are in it", network->bits - BITS_BEFORE_V4, WIDEST_V4,
			    NARROWEST_V4);
	if (!v4 && network->bits != BITS_V6)
		return fail(err, 0, "has %u bits, and a network of IPv6 has %d", network->bits,
			    BITS_V6);
	if (is_inside_one_of(v4 ? private_v4 : private_v6, network))
		return 0;
	(void)fail(err, 0, "not in a private range: who has these addresses could not be"
		   " reached");
	return v4 ? hint(err, "for example: --cidr 10.0.3.0/24, --cidr 192.168.199.0/24")
		  : hint(err, "for example: --cidr fd12:3456:789a::/64");
}

/* One of each family; of several the last one. */
static int read_networks(struct planning *p, struct error *err)
{
	list_each(const struct word, word, &p->config->cidr) {
		const char *origin = origin_of(p, word->origin);
		struct prefix network;
		int result;

		if (prefix_parse(word->text, &network) && strchr(word->text, '/'))
			result = check_network(&network, err);
		else
			result = explain_network(p, word->text, err);
		if (result < 0)
			return within(err, "cidr %s (%s)", word->text, origin);
		set_network(address_is_v4(&network.base) ? &p->plan->network.v4
							 : &p->plan->network.v6,
			    &network, origin);
	}
	return 0;
}

/* dev_valid_name() of the kernel takes nearly any bytes, and "%d" as an order to number;
 * all, default and lo are taken in every network. */
static int read_name(struct planning *p, struct error *err)
{
	const struct text *said = &p->config->ifname;
	const char *name = said->value;

	p->plan->network.interface = name ? name : "tap0";
	p->plan->network.interface_origin = origin_of(p, said->origin);
	if (!name)
		return 0;
	bool good = strlen(name) < IFNAMSIZ && isalpha((unsigned char)*name);
	for (const char *c = name; *c; c++)
		good = good && (isalnum((unsigned char)*c) || *c == '-' || *c == '_');
	if (!good)
		return fail(err, 0, "ifname %s (%s): a name is a letter and up to %d more of"
			    " letters, digits, \"-\" and \"_\"", name,
			    p->plan->network.interface_origin, IFNAMSIZ - 2);
	if (text_is(name, "lo") || text_is(name, "all") || text_is(name, "default"))
		return fail(err, 0, "ifname %s (%s): every network has something of that name",
			    name, p->plan->network.interface_origin);
	return 0;
}

static int check_hardware(const uint8_t hardware[6], struct error *err)
{
	static const uint8_t nobody[6], gateway[6] = { TAP_GATEWAY_HARDWARE };

	if (hardware[0] & 1)
		return fail(err, 0, "an address of a group: the first byte is odd");
	if (memcmp(hardware, nobody, sizeof(nobody)) == 0)
		return fail(err, 0, "nobody's address");
	if (memcmp(hardware, gateway, sizeof(gateway)) == 0)
		return fail(err, 0, "the gateway has it");
	return 0;
}

static int read_hardware(struct planning *p, struct error *err)
{
	const struct text *said = &p->config->mac;
	uint8_t *hardware = p->plan->network.hardware;
	const char *text = said->value;
	int result = 0;

	if (!text)
		return 0;
	p->plan->network.hardware_origin = origin_of(p, said->origin);
	for (int i = 0; i < 6 && result == 0; i++) {
		const char end = i < 5 ? ':' : '\0';
		unsigned byte;

		if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]) ||
		    text[2] != end || sscanf(text, "%2x", &byte) != 1) {
			(void)fail(err, 0, "no hardware address");
			result = hint(err, "six bytes, as 02:00:5e:10:00:01");
			break;
		}
		hardware[i] = (uint8_t)byte;
		text += 3;
	}
	if (result == 0)
		result = check_hardware(hardware, err);
	return result == 0 ? 0 : within(err, "mac %s (%s)", said->value,
					p->plan->network.hardware_origin);
}

/* Each takes the other family away; typed, it takes back what a profile said. */
static int read_families(struct planning *p, struct error *err)
{
	const struct choice *only_v4 = &p->config->ipv4_only, *only_v6 = &p->config->ipv6_only;
	bool typed_v4 = only_v4->value && !only_v4->origin->file;
	bool typed_v6 = only_v6->value && !only_v6->origin->file;
	struct network_plan *network = &p->plan->network;

	if (only_v4->value && only_v6->value && typed_v4 == typed_v6)
		return fail(err, 0, "ipv4-only (%s) and ipv6-only (%s) contradict each other",
			    origin_of(p, only_v4->origin), origin_of(p, only_v6->origin));
	if (only_v4->value && !typed_v6) {
		network->v6.on = false;
		network->v6.origin = origin_of(p, only_v4->origin);
	}
	if (only_v6->value && !typed_v4) {
		if (!network->v6.on) {
			(void)fail(err, 0, "ipv6-only (%s): this kernel has no IPv6",
				   origin_of(p, only_v6->origin));
			return hint(err, "as root: sysctl net.ipv6.conf.all.disable_ipv6=0, or leave"
				    " out ipv6.disable=1 when it boots");
		}
		network->v4.on = false;
		network->v4.origin = origin_of(p, only_v6->origin);
	}
	return 0;
}

/* --- the way out -------------------------------------------------------------------------- */

/* Nothing leaves the host from these. */
static bool stays_here(const struct address *address)
{
	static const char *const here[] = {
		"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127",
		"fe80::/10", "ff00::/8",
	};
	struct prefix some;

	for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
		if (prefix_parse(here[i], &some) && prefix_has(&some, address))
			return true;
	return false;
}

static int read_outbound_word(struct outbound *outbound, const char *text, const char *origin,
			      struct error *err)
{
	struct address address;

	if (!address_parse(text, &address)) {
		if (strlen(text) >= IFNAMSIZ || strpbrk(text, "/: \t"))
			return fail(err, 0, "neither an address nor the name of a device");
		if (text_is(text, "lo"))
			return fail(err, 0, "nothing leaves the host by its loopback");
		outbound->device = text;
		outbound->device_origin = origin;
		return socket_try_device(text, err);
	}
	if (stays_here(&address))
		return fail(err, 0, "nothing leaves the host from this address");
	if (address_is_v4(&address)) {
		outbound->v4 = address;
		outbound->v4_origin = origin;
	} else {
		outbound->v6 = address;
		outbound->v6_origin = origin;
	}
	return socket_try_address(&address, err);
}

/* A family without an address, and without a device, would go past what was said. */
static int read_outbound(struct planning *p, struct error *err)
{
	struct network_plan *network = &p->plan->network;
	struct outbound *outbound = &network->outbound;

	list_each(const struct word, word, &p->config->outbound) {
		const char *origin = origin_of(p, word->origin);

		if (read_outbound_word(outbound, word->text, origin, err) < 0)
			return within(err, "outbound %s (%s)", word->text, origin);
	}
	if (outbound->device || (!outbound->v4_origin && !outbound->v6_origin))
		return 0;
	if (!outbound->v6_origin) {
		network->v6.on = false;
		network->v6.origin = outbound->v4_origin;
	}
	if (!outbound->v4_origin) {
		network->v4.on = false;
		network->v4.origin = outbound->v6_origin;
	}
	if (network->v4.on || network->v6.on)
		return 0;
	return fail(err, 0, "outbound (%s) is of the family that is off (%s)",
		    outbound->v4_origin ? outbound->v4_origin : outbound->v6_origin,
		    outbound->v4_origin ? network->v4.origin : network->v6.origin);
}

static int read_mtu(struct planning *p, struct error *err)
{
	const struct number *said = &p->config->mtu;
	struct network_plan *network = &p->plan->network;

	network->mtu = said->origin ? (unsigned)said->value : LARGEST_MTU;
	network->mtu_origin = said->origin ? origin_of(p, said->origin) : NULL;
	if (network->v6.on && network->mtu < LEAST_MTU_V6) {
		(void)fail(err, 0, "mtu %u (%s): IPv6 needs %d", network->mtu, network->mtu_origin,
			   LEAST_MTU_V6);
		return hint(err, "to do without it: --ipv4-only --mtu %u", network->mtu);
	}
	return 0;
}

/* --- rules about it ----------------------------------------------------------------------- */

/* A rule that allows what nobody could reach is a mistake of its author's, as where the
 * host's own network has the same addresses. */
static int check_rule(struct planning *p, const struct tap_addresses *family,
		      const struct rule *rule, struct error *err)
{
	char text[ADDRESS_TEXT + 4];

	if (!family->on || rule->prefix.bits < family->network.bits ||
	    !prefix_has(&family->network, &rule->prefix.base))
		return 0;
	(void)fail(err, 0, "allow %s (%s): that lies in the sandbox's own network, %s", rule->text,
		   origin_of(p, rule->origin), prefix_text(&family->network, text));
	if (address_is(&family->gateway, &rule->prefix.base))
		return hint(err, "the services of the host's loopback: --allow host:PORTS");
	return hint(err, "to give it another one: --cidr %s", address_is_v4(&family->gateway)
		    ? "192.168.199.0/24" : "fd12:3456:789a::/64");
}

int plan_tap(struct planning *p, struct error *err)
{
	struct network_plan *network = &p->plan->network;
	struct file_id id;
	struct error ignored;

	set_default(p, &network->v4, "10.0.2.0/24");
	set_default(p, &network->v6, "fd00::/64");
	if (read_networks(p, err) < 0 || read_name(p, err) < 0 || read_hardware(p, err) < 0)
		return -1;
	/* Published ports lead to the addresses that the tap would have. */
	if (!network->online && p->config->publishes.count == 0)
		return 0;
	network->hostname = p->plan->hostname;
	/* A kernel without IPv6 does not have it inside either. */
	if (file_look("/proc/net/if_inet6", true, &id, &ignored) < 0)
		network->v6.on = false;
	if (read_families(p, err) < 0 || read_outbound(p, err) < 0 || read_mtu(p, err) < 0)
		return -1;
	list_each(const struct rule, rule, &network->rules)
		if (rule->allows && rule->what == RULE_PREFIX &&
		    (check_rule(p, &network->v4, rule, err) < 0 ||
		     check_rule(p, &network->v6, rule, err) < 0))
			return -1;
	return 0;
}
