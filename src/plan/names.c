/* How names become addresses inside: which servers are asked, where short names are looked
 * for, and which names stand for addresses because somebody said so. */
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>

#include "plan_internal.h"

/* As resolv.conf(5) has it: more servers are not asked, and what is longer is not read. */
enum { MOST_SERVERS = 3, LONGEST_SEARCH = 1024 };

static int refuse_word(struct planning *p, const char *option, const struct word *word,
		       struct error *err)
{
	return within(err, "%s %s (%s)", option, word->text, origin_of(p, word->origin));
}

/* A server can be on the host's loopback, where systemd-resolved is, and nowhere else that
 * no packet leads to. */
static int check_server(const struct address *server, struct error *err)
{
	struct prefix some;
	static const char *const nowhere[] = {
		"0.0.0.0/8", "224.0.0.0/3", "169.254.0.0/16", "::/128", "fe80::/10", "ff00::/8",
	};

	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++)
		if (prefix_parse(nowhere[i], &some) && prefix_has(&some, server))
			return fail(err, 0, "no name server can have this address");
	return 0;
}

static int add_server(struct planning *p, const struct word *word, struct error *err)
{
	struct name_server server = { .origin = origin_of(p, word->origin) };

	if (!address_parse(word->text, &server.address)) {
		(void)fail(err, 0, "\"%s\" is no address", word->text);
		return hint(err, "an address alone, as 192.0.2.53 or 2001:db8::53; the port is"
			    " always 53");
	}
	if (check_server(&server.address, err) < 0)
		return -1;
	if (p->plan->network.servers.count == MOST_SERVERS)
		return fail(err, 0, "over %d name servers; no more are asked", MOST_SERVERS);
	*list_add(p->arena, &p->plan->network.servers) = server;
	return 0;
}

static int add_search(struct planning *p, const struct word *word, struct error *err)
{
	char *name = arena_copy(p->arena, word->text);
	size_t length = strlen(name);

	if (host_name_check(name, err) < 0)
		return -1;
	list_each(const struct search_domain, other, &p->plan->network.search)
		length += strlen(other->name) + 1;
	if (length > LONGEST_SEARCH)
		return fail(err, 0, "the domains have over %d characters together", LONGEST_SEARCH);
	*list_add(p->arena, &p->plan->network.search) =
		(struct search_domain){ name, origin_of(p, word->origin) };
	return 0;
}

/* Names that mean something already: RFC 6761 gives the first to this machine. */
static int check_is_free(struct planning *p, const char *name, struct error *err)
{
	size_t length = strlen(name);
	const char *end = length > 10 ? name + length - 10 : "";

	if (text_is(name, "localhost") || text_is(end, ".localhost"))
		return fail(err, 0, "localhost is the sandbox itself");
	if (text_is(name, "host.internal"))
		return fail(err, 0, "host.internal is the host");
	if (p->plan->hostname && text_is(name, p->plan->hostname)) {
		(void)fail(err, 0, "%s is the sandbox's own name", name);
		return hint(err, "another one for it: --hostname NAME");
	}
	return 0;
}

static int add_host(struct planning *p, const struct word *word, struct error *err)
{
	struct named_host host = { .origin = origin_of(p, word->origin) };
	char *name = arena_copy(p->arena, word->text), *text = strchr(name, ':');

	if (!text)
		return fail(err, 0, "is written NAME:ADDR");
	*text++ = '\0';
	size_t length = strlen(text);
	if (length > 2 && text[0] == '[' && text[length - 1] == ']') {
		text[length - 1] = '\0';
		text++;
	}
	if (host_name_check(name, err) < 0 || check_is_free(p, name, err) < 0)
		return -1;
	if (!address_parse(text, &host.address))
		return fail(err, 0, "\"%s\" is no address", text);
	host.name = name;
	*list_add(p->arena, &p->plan->network.hosts) = host;
	return 0;
}

int plan_names(struct planning *p, struct error *err)
{
	const struct config *config = p->config;

	list_each(const struct word, word, &config->dns)
		if (add_server(p, word, err) < 0)
			return refuse_word(p, "dns", word, err);
	list_each(const struct word, word, &config->dns_search)
		if (add_search(p, word, err) < 0)
			return refuse_word(p, "dns-search", word, err);
	list_each(const struct word, word, &config->hosts)
		if (add_host(p, word, err) < 0)
			return refuse_word(p, "add-host", word, err);
	return 0;
}

/* What is typed must have an effect. A profile can say it for whoever types --net. */
int check_names_count(struct planning *p, struct error *err)
{
	const struct network_plan *network = &p->plan->network;
	size_t kept = 0;

	for (size_t i = 0; i < network->hosts.count; i++) {
		const struct named_host *host = &network->hosts.items[i];
		const struct word *word = &p->config->hosts.items[i];

		if (!p->plan->own_mounts && !word->origin->file)
			return fail(err, 0, "share mount and add-host %s (%s) contradict each"
				    " other: /etc/hosts is the host's", word->text, host->origin);
		if (network->online || !p->plan->own_network || address_is_loopback(&host->address)) {
			network->hosts.items[kept++] = *host;
			continue;
		}
		if (word->origin->file) {
			skipped(p, "add-host %s (%s): there is no network that leads there",
				word->text, host->origin);
			continue;
		}
		(void)fail(err, 0, "add-host %s (%s): there is no network that leads there",
			   word->text, host->origin);
		return hint(err, "to let the command go there: --allow %s", host->name);
	}
	p->plan->network.hosts.count = kept;
	return 0;
}

const char *names_hosts_text(struct planning *p)
{
	const char *lines = "";
	char text[ADDRESS_TEXT];

	list_each(const struct named_host, host, &p->plan->network.hosts)
		lines = arena_format(p->arena, "%s%s\t%s\n", lines,
				     address_text(&host->address, text), host->name);
	return lines;
}

const char *names_search_text(struct planning *p)
{
	const char *line = "";

	list_each(const struct search_domain, domain, &p->plan->network.search)
		line = arena_format(p->arena, "%s %s", line, domain->name);
	return *line ? arena_format(p->arena, "search%s\n", line) : "";
}
