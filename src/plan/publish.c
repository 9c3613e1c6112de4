/* The language of --publish, [ADDR:]PORT:PORT[/tcp|/udp], and what it comes to. */
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>

#include "plan_internal.h"

static const char form[] = "it is written [ADDR:]PORT:PORT[/tcp|/udp]: 8080:80,"
			   " 192.0.2.1:8080:80, [2001:db8::1]:8080:80/udp";

/* Take "/tcp" or "/udp" off the end; nothing is TCP. 0: it is something else. */
static enum protocol take_protocol(char *text)
{
	char *slash = strchr(text, '/');

	if (!slash)
		return PROTOCOL_TCP;
	*slash++ = '\0';
	return text_is(slash, "tcp") ? PROTOCOL_TCP : text_is(slash, "udp") ? PROTOCOL_UDP : 0;
}

/* "80", "8000-8009", or with `zero` also "0". */
static int read_range(const char *text, bool zero, struct port_range *ret_range,
		      struct error *err)
{
	const char *rest = text;

	if (ports_take(&rest, zero, ret_range, err) < 0)
		return -1;
	return *rest ? ports_refuse(text, err) : 0;
}

/* The host's part, "PORT", "ADDR:PORT" or "[ADDR]:PORT": what is left is the port. */
static int take_address(char **text, struct address *ret_address, struct error *err)
{
	char *colon = strrchr(*text, ':');
	char *address = *text;

	*ret_address = address_loopback(false);
	if (!colon)
		return 0;
	*colon = '\0';
	*text = colon + 1;
	size_t length = strlen(address);
	bool bracketed = length > 1 && address[0] == '[' && address[length - 1] == ']';
	if (bracketed) {
		address[length - 1] = '\0';
		address++;
	}
	if (!address_parse(address, ret_address))
		return fail(err, 0, "\"%s\" is no address", address);
	if (bracketed == address_is_v4(ret_address))
		return fail(err, 0, "\"%s\": brackets are for IPv6, and needed there", address);
	return 0;
}

static int add(struct arena *arena, const struct publish *publish, struct network_plan *network,
	       struct error *err)
{
	list_each(const struct publish, other, &network->publishes)
		if (publish->port && other->port == publish->port &&
		    other->protocol == publish->protocol &&
		    address_is(&other->address, &publish->address))
			return fail(err, 0, "port %u is published twice (and by %s)", publish->port,
				    other->origin);
	if (network->publishes.count == MOST_PUBLISHED)
		return fail(err, 0, "more than %d ports", MOST_PUBLISHED);
	*list_add(arena, &network->publishes) = *publish;
	return 0;
}

int publish_parse(struct arena *arena, const char *text, const char *origin,
		  struct network_plan *network, struct error *err)
{
	struct publish publish = { .origin = origin };
	struct port_range outside = { 0, 0 }, inside = { 0, 0 };
	char *host = arena_copy(arena, text);

	publish.protocol = take_protocol(host);
	if (!publish.protocol) {
		(void)fail(err, 0, "a protocol that is neither tcp nor udp");
		return hint(err, "%s", form);
	}
	char *guest = strrchr(host, ':');
	if (!guest || strchr(guest, ']')) {
		(void)fail(err, 0, "one port is missing");
		return hint(err, "%s", form);
	}
	*guest++ = '\0';
	if (take_address(&host, &publish.address, err) < 0 ||
	    read_range(host, true, &outside, err) < 0 || read_range(guest, false, &inside, err) < 0)
		return hint(err, "%s", form);
	unsigned count = inside.last - inside.first + 1u;
	if (outside.first && outside.last - outside.first + 1u != count)
		return fail(err, 0, "%u ports of the host for %u of the sandbox",
			    outside.last - outside.first + 1u, count);
	for (unsigned i = 0; i < count; i++) {
		publish.port = (uint16_t)(outside.first ? outside.first + i : 0);
		publish.guest_port = (uint16_t)(inside.first + i);
		if (add(arena, &publish, network, err) < 0)
			return -1;
	}
	return 0;
}

/* With a network that is there, its own ports are there too. */
static int check_shared(struct planning *p, struct error *err)
{
	const char *there = p->shares[NS_NET] ? "share net" : "netns";

	list_each(const struct word, word, &p->config->publishes)
		if (!word->origin->file)
			return fail(err, 0, "%s and publish %s (%s) contradict each other", there,
				    word->text, origin_of(p, word->origin));
	note(p, "the net namespace is one that was there (%s): no port of the profile's is"
		" published", there);
	return 0;
}

/* Somebody else's machine can reach it then: that is not done in silence. */
static void note_open(struct planning *p)
{
	char text[ADDRESS_TEXT];

	list_each(const struct publish, publish, &p->plan->network.publishes) {
		bool any = address_is_any(&publish->address);

		if (!address_is_loopback(&publish->address))
			note(p, "port %u of the sandbox is open to other machines, that reach %s%s"
				" (%s)", publish->guest_port, any ? "any address of this host: " : "",
			     address_text(&publish->address, text), publish->origin);
	}
}

int plan_publish(struct planning *p, struct error *err)
{
	const struct config *config = p->config;
	struct network_plan *network = &p->plan->network;

	if (config->publishes.count == 0)
		return 0;
	if (!p->plan->own_network)
		return check_shared(p, err);
	list_each(const struct word, word, &config->publishes) {
		const char *origin = origin_of(p, word->origin);

		if (publish_parse(p->arena, word->text, origin, network, err) < 0)
			return within(err, "publish %s (%s)", word->text, origin);
	}
	if (config->publish_file.origin) {
		network->publish_file = config->publish_file.value;
		network->publish_file_origin = origin_of(p, config->publish_file.origin);
	}
	note_open(p);
	return 0;
}
