/* What a plan's network is, in words, beside another one's; what can be reached through it is
 * in words.c. */
#include <string.h>

#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/plan/plan.h>

#include "compare.h"

/* --- what leads in -------------------------------------------------------------------- */

static bool is_published(const struct network_plan *network, const struct publish *wanted)
{
	list_each(const struct publish, publish, &network->publishes)
		if (publish->protocol == wanted->protocol && publish->port == wanted->port &&
		    publish->guest_port == wanted->guest_port &&
		    address_is(&publish->address, &wanted->address))
			return true;
	return false;
}

/* "port 8080 of 127.0.0.1 (its port 80)" */
static const char *publish_text(struct arena *arena, const struct publish *publish)
{
	char text[ADDRESS_TEXT];
	const char *at = address_is_any(&publish->address)
		? "every address of this host" : address_text(&publish->address, text);
	const char *protocol = publish->protocol == PROTOCOL_UDP ? "UDP " : "";
	const char *port = publish->port
		? arena_format(arena, "%sport %u", protocol, publish->port)
		: arena_format(arena, "a free %sport", protocol);
	bool others = !address_is_loopback(&publish->address);

	return arena_format(arena, "%s of %s (its port %u%s)", port, at, publish->guest_port,
			    others ? ", for other machines too" : "");
}

const char *published_text(const struct comparison *c)
{
	const char *text = NULL;

	list_each(const struct publish, publish, &c->plan->network.publishes)
		if (!was_typed(publish->origin) && !is_published(&c->than->network, publish))
			text = with(c->arena, text, publish_text(c->arena, publish));
	return text;
}

/* --- names ------------------------------------------------------------------------------ */

static bool has_server(const struct network_plan *network, const struct address *address)
{
	list_each(const struct name_server, server, &network->servers)
		if (address_is(&server->address, address))
			return true;
	return false;
}

const char *servers_text(const struct comparison *c)
{
	const struct network_plan *network = &c->plan->network, *than = &c->than->network;
	char address[ADDRESS_TEXT];
	const char *text = NULL;

	list_each(const struct name_server, server, &network->servers)
		if (!was_typed(server->origin) && !has_server(than, &server->address))
			text = with(c->arena, text, arena_format(c->arena, "%s",
					address_text(&server->address, address)));
	if (network->online && network->servers.count == 0 && than->servers.count > 0)
		text = "the name servers of this host";
	return text;
}

static bool searches(const struct network_plan *network, const char *name)
{
	list_each(const struct search_domain, domain, &network->search)
		if (text_is(domain->name, name))
			return true;
	return false;
}

const char *search_text(const struct comparison *c)
{
	const char *text = NULL;

	list_each(const struct search_domain, domain, &c->plan->network.search)
		if (!was_typed(domain->origin) && !searches(&c->than->network, domain->name))
			text = with(c->arena, text, domain->name);
	return text;
}

static bool has_host(const struct network_plan *network, const struct named_host *wanted)
{
	list_each(const struct named_host, host, &network->hosts)
		if (text_is(host->name, wanted->name) && address_is(&host->address, &wanted->address))
			return true;
	return false;
}

const char *hosts_text(const struct comparison *c)
{
	char address[ADDRESS_TEXT];
	const char *text = NULL;

	list_each(const struct named_host, host, &c->plan->network.hosts)
		if (!was_typed(host->origin) && !has_host(&c->than->network, host))
			text = with(c->arena, text, arena_format(c->arena, "%s (%s)", host->name,
					address_text(&host->address, address)));
	return text;
}

/* --- the way out -------------------------------------------------------------------------- */

static const char *leaves_by(struct arena *arena, const char *text, const char *origin,
			     const struct address *address, const char *other_origin,
			     const struct address *other)
{
	char address_as_text[ADDRESS_TEXT];

	if (!origin || was_typed(origin) || (other_origin && address_is(address, other)))
		return text;
	return with(arena, text, arena_format(arena, "%s", address_text(address, address_as_text)));
}

const char *outbound_text(const struct comparison *c)
{
	const struct outbound *out = &c->plan->network.outbound, *than = &c->than->network.outbound;
	const char *text = NULL;

	if (out->device && !was_typed(out->device_origin) &&
	    !(than->device && text_is(out->device, than->device)))
		text = arena_format(c->arena, "the device %s", out->device);
	text = leaves_by(c->arena, text, out->v4_origin, &out->v4, than->v4_origin, &than->v4);
	return leaves_by(c->arena, text, out->v6_origin, &out->v6, than->v6_origin, &than->v6);
}

/* One family's addresses, where the other plan's are not the same. An offline one has those
 * that it would have. */
static const char *family_text(struct arena *arena, const char *text,
			       const struct tap_addresses *family,
			       const struct tap_addresses *than, const char *name)
{
	char network[ADDRESS_TEXT + 4];

	if (!family->on)
		return than->on ? with(arena, text, arena_format(arena, "without %s", name)) : text;
	if (than->on && family->network.bits == than->network.bits &&
	    address_is(&family->network.base, &than->network.base))
		return text;
	return with(arena, text, arena_format(arena, "%s", prefix_text(&family->network, network)));
}

const char *link_text(const struct comparison *c)
{
	const struct network_plan *network = &c->plan->network, *than = &c->than->network;
	const char *text = NULL;

	if (!network->online)
		return NULL;
	text = family_text(c->arena, text, &network->v4, &than->v4, "IPv4");
	text = family_text(c->arena, text, &network->v6, &than->v6, "IPv6");
	if (network->mtu_origin && network->mtu != than->mtu)
		text = with(c->arena, text, arena_format(c->arena, "MTU %u", network->mtu));
	if (c->plan->config->ifname.value && !(than->interface && text_is(network->interface,
									   than->interface)))
		text = with(c->arena, text, arena_format(c->arena, "the device %s",
							 network->interface));
	if (network->hardware_origin && !(than->hardware_origin &&
	    memcmp(network->hardware, than->hardware, sizeof(than->hardware)) == 0))
		text = with(c->arena, text, arena_format(c->arena, "hardware address %s",
							 c->plan->config->mac.value));
	return text;
}

/* --- what is written ------------------------------------------------------------------------ */

static const char *record_text(const struct comparison *c, const char *text, const char *what,
			       const struct network_record *record,
			       const struct network_record *than)
{
	if (!record->path || was_typed(record->origin) ||
	    (than->path && text_is(record->path, than->path)))
		return text;
	return with(c->arena, text, arena_format(c->arena, "%s in %s", what,
						 short_path(c->arena, record->path)));
}

const char *records_text(const struct comparison *c)
{
	const struct network_plan *network = &c->plan->network, *than = &c->than->network;
	const struct network_record file = { network->publish_file, network->publish_file_origin };
	const struct network_record other = { than->publish_file, than->publish_file_origin };
	const char *text = NULL;

	text = record_text(c, text, "what it reached", &network->log, &than->log);
	text = record_text(c, text, "every frame", &network->capture, &than->capture);
	return record_text(c, text, "which ports are published", &file, &other);
}
