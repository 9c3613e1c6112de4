/* Is there a network, and what can be reached through it? */
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/option.h>
#include <immure/sys/file.h>

#include "plan_internal.h"

static int add_rule(struct planning *p, const struct network_word *word, struct error *err)
{
	if (word->urls) {
		plan_urls(p, word);
		return 0;
	}
	struct rule *rule = list_add(p->arena, &p->plan->network.rules);
	rule->allows = word->allows;
	rule->text = word->what;
	rule->origin = word->origin;
	rule->typed = !word->origin->file;
	if (rule_parse(p->arena, word->what, rule, err) < 0)
		return within(err, "%s %s (%s)", word->allows ? "allow" : "deny", word->what,
			      origin_of(p, word->origin));
	p->plan->network.online = p->plan->network.online || rule->allows;
	return 0;
}

/* What is typed stands in front of what profiles say, so that it can be about the same. */
static int add_rules(struct planning *p, bool typed_here, struct error *err)
{
	struct network_word word;

	list_each(const struct setting, said, &p->config->said)
		if (!said->origin->file == typed_here && network_word_of(said, &word) &&
		    add_rule(p, &word, err) < 0)
			return -1;
	return 0;
}

/* Is this option about a network that the engine serves, so that it has no effect without?
 * Rules make one, and names for addresses are looked at one by one. */
static bool needs_engine(const struct option *option)
{
	static const char *const others[] = {
		"net", "allow", "deny", "allow-urls-in", "publish", "publish-file",
		"add-host",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (text_is(option->name, others[i]))
			return false;
	return option->group == GROUP_NETWORK;
}

/* What is typed about a network must find one. A profile may say it for whoever types
 * --net. `there`: a network that is served by somebody else; or NULL. */
static int check_no_engine(struct planning *p, const char *there, struct error *err)
{
	list_each(const struct setting, said, &p->config->said) {
		if (said->option->group != GROUP_NETWORK || !needs_engine(said->option) ||
		    text_is(said->value, "none"))
			continue;
		const char *what = arena_format(p->arena, "%s%s%s (%s)", said->option->name,
			*said->value ? " " : "", said->value, origin_of(p, said->origin));
		if (said->origin->file) {
			skipped(p, "%s: there is no network of ours", what);
			continue;
		}
		if (there)
			return fail(err, 0, "%s and %s contradict each other", there, what);
		(void)fail(err, 0, "%s: there is no network", what);
		return hint(err, "for the internet: --net; for one host: --allow NAME:PORT");
	}
	return 0;
}

static size_t count_words(const struct planning *p)
{
	size_t count = 0;

	list_each(const struct setting, said, &p->config->said)
		count += said->option->rules;
	return count;
}

/* With a network that is there nothing goes through an engine that could ask rules. */
static int check_shared(struct planning *p, struct error *err)
{
	const char *there = p->shares[NS_NET] ? "share net" : "netns";
	struct network_word word;

	list_each(const struct setting, said, &p->config->said)
		if (!said->origin->file && network_word_of(said, &word))
			return fail(err, 0, "%s and %s %s (%s) contradict each other", there,
				    word.urls ? "allow-urls-in" : word.allows ? "allow" : "deny",
				    word.what, origin_of(p, word.origin));
	if (count_words(p) > 0)
		note(p, "the net namespace is one that was there (%s): no rule of the profile's"
			" for the network counts", there);
	return check_no_engine(p, there, err);
}

int plan_network(struct planning *p, struct error *err)
{
	size_t words = count_words(p);

	if (plan_names(p, err) < 0)
		return -1;
	if (!p->plan->own_network)
		return check_shared(p, err) < 0 ? -1 : check_names_count(p, err);
	if (words > 0)
		list_reserve(p->arena, &p->plan->network.rules, words);
	if (add_rules(p, true, err) < 0 || add_rules(p, false, err) < 0 || plan_tap(p, err) < 0)
		return -1;
	urls_announce(p);
	if (p->plan->network.online ? plan_records(p, err) < 0 : check_no_engine(p, NULL, err) < 0)
		return -1;
	return check_names_count(p, err);
}

static const struct tap_addresses *first_family(const struct network_plan *network)
{
	return network->v4.on ? &network->v4 : &network->v6;
}

const char *network_resolv_text(struct planning *p)
{
	char text[ADDRESS_TEXT];

	return arena_format(p->arena, "nameserver %s\n%s",
			    address_text(&first_family(&p->plan->network)->resolver, text),
			    names_search_text(p));
}

const char *network_hosts_text(struct planning *p)
{
	const struct tap_addresses *families[] = { &p->plan->network.v4, &p->plan->network.v6 };
	const char *lines = "";
	char text[ADDRESS_TEXT];

	for (size_t i = 0; p->plan->network.online && i < 2; i++)
		if (families[i]->on)
			lines = arena_format(p->arena, "%s%s\thost.internal\n", lines,
					     address_text(&families[i]->gateway, text));
	return arena_format(p->arena, "%s%s", lines, names_hosts_text(p));
}
