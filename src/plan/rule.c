/* The language of --allow and --deny: WHAT[:PORTS][/tcp|/udp]. */
#include <ctype.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/plan/network.h>

enum { LONGEST_NAME = 253, LONGEST_LABEL = 63 };

static const struct {
	const char *word;
	enum rule_what what;
} classes[] = {
	{ "internet", RULE_INTERNET },
	{ "lan", RULE_LAN },
	{ "host", RULE_HOST },
	{ "any", RULE_ANY },
};

/* Take "/tcp" or "/udp" off the end of `text`; the protocols that remain. */
static unsigned take_protocol(char *text)
{
	size_t length = strlen(text);

	if (length < 4)
		return 0;
	char *end = text + length - 4;
	unsigned protocol = text_is(end, "/tcp") ? PROTOCOL_TCP
			  : text_is(end, "/udp") ? PROTOCOL_UDP : 0;
	if (protocol)
		*end = '\0';
	return protocol;
}

/* Split off what stands behind the colon in front of ports; NULL without one. An IPv6
 * address has colons of its own and, with ports, stands in brackets. */
static int take_ports(char **text, char **ret_ports, struct error *err)
{
	char *colon = strchr(*text, ':');

	*ret_ports = NULL;
	if (**text == '[') {
		char *end = strchr(*text, ']');

		if (!end || (end[1] && end[1] != ':'))
			return fail(err, 0, "\"%s\": a bracket that is not closed", *text);
		*ret_ports = end[1] ? end + 2 : NULL;
		*end = '\0';
		(*text)++;
		return 0;
	}
	if (!colon || strchr(colon + 1, ':'))
		return 0;
	*colon = '\0';
	*ret_ports = colon + 1;
	return 0;
}

/* A port, or -1. */
static int parse_port(const char *text, struct error *err)
{
	int64_t port;

	return text_number(text, 1, UINT16_MAX, &port, err) < 0 ? within(err, "a port") : (int)port;
}

/* "80", "80,443", "8000-8100", "*". */
static int parse_ports(struct arena *arena, char *text, struct rule *rule, struct error *err)
{
	if (text_is(text, "*"))
		return 0;
	for (char *next; text; text = next) {
		next = strchr(text, ',');
		if (next)
			*next++ = '\0';
		char *dash = strchr(text, '-');

		if (dash)
			*dash = '\0';
		int first = parse_port(text, err);
		int last = first < 0 || !dash ? first : parse_port(dash + 1, err);
		if (last < 0)
			return -1;
		if (first > last)
			return fail(err, 0, "the ports %d-%d are none", first, last);
		*list_add(arena, &rule->ports) =
			(struct port_range){ (uint16_t)first, (uint16_t)last };
	}
	return 0;
}

static int check_name(const char *name, struct error *err)
{
	size_t label = 0, length = strlen(name);
	bool digits = true;

	if (length == 0)
		return fail(err, 0, "an empty name");
	if (length > LONGEST_NAME)
		return fail(err, 0, "a name of over %d characters", LONGEST_NAME);
	for (const char *c = name; *c; c++) {
		if ((unsigned char)*c >= 0x80) {
			(void)fail(err, 0, "\"%s\" is not ASCII", name);
			return hint(err, "to name it as DNS does: idn2 %s", name);
		}
		if (*c == '.') {
			if (label == 0)
				return fail(err, 0, "\"%s\" has an empty part", name);
			label = 0;
			digits = true;
			continue;
		}
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			return fail(err, 0, "\"%s\" is no name, no address, and none of"
				    " internet, lan, host and any", name);
		digits = digits && isdigit((unsigned char)*c);
		if (++label > LONGEST_LABEL)
			return fail(err, 0, "\"%s\" has a part of over %d characters", name,
				    LONGEST_LABEL);
	}
	/* inet_aton(3) takes "10.1" and "2130706433" for addresses. */
	return digits ? fail(err, 0, "\"%s\" is not a whole address", name) : 0;
}

int host_name_check(char *name, struct error *err)
{
	size_t length = strlen(name);

	if (length > 1 && name[length - 1] == '.')
		name[length - 1] = '\0';
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return check_name(name, err);
}

static int parse_what(char *text, struct rule *rule, struct error *err)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (!text_is(text, classes[i].word))
			continue;
		rule->what = classes[i].what;
		return 0;
	}
	rule->what = RULE_PREFIX;
	if (prefix_parse(text, &rule->prefix))
		return 0;
	if (strpbrk(text, "/:")) {
		(void)fail(err, 0, "\"%s\" is no address or network", text);
		return hint(err, "a network is written 192.0.2.0/24 or 2001:db8::/32, with"
			    " zeros behind its bits; ports of an IPv6 address stand behind"
			    " brackets: [2001:db8::1]:443");
	}
	rule->what = text_begins(text, "*.") ? RULE_BELOW : RULE_NAME;
	if (rule->what == RULE_BELOW)
		text += 2;
	else if (length > 1 && strchr(text, '*'))
		return fail(err, 0, "\"%s\": a star stands for whole parts, at the start: *.%s",
			    text, "example.org");
	rule->name = text;
	return host_name_check(text, err);
}

int rule_parse(struct arena *arena, const char *text, struct rule *ret_rule,
	       struct error *err)
{
	char *what = arena_copy(arena, text), *ports;
	struct rule rule = *ret_rule;

	rule.name = NULL;
	rule.ports.items = NULL;
	rule.ports.count = rule.ports.room = 0;
	rule.protocols = take_protocol(what);
	if (take_ports(&what, &ports, err) < 0 || parse_what(what, &rule, err) < 0)
		return -1;
	if (ports && parse_ports(arena, ports, &rule, err) < 0)
		return -1;
	if (rule.what == RULE_HOST && !ports) {
		(void)fail(err, 0, "host needs the ports that are meant");
		return hint(err, "one service: host:5432; every one: host:*");
	}
	if (rule.protocols == 0)
		rule.protocols = PROTOCOL_TCP | PROTOCOL_UDP | (ports ? 0 : PROTOCOL_ECHO);
	*ret_rule = rule;
	return 0;
}

/* --- two of them -------------------------------------------------------------------- */

static bool is_name_below(const char *name, const char *above)
{
	size_t length = strlen(name), tail = strlen(above);

	return length > tail && name[length - tail - 1] == '.' &&
	       text_is(name + length - tail, above);
}

static bool covers_target(const struct rule *wide, const struct rule *narrow)
{
	switch (wide->what) {
	case RULE_ANY:
		return true;
	case RULE_INTERNET: case RULE_LAN: case RULE_HOST:
		return narrow->what == wide->what;
	case RULE_NAME:
		return narrow->what == RULE_NAME && text_is(narrow->name, wide->name);
	case RULE_BELOW:
		return (narrow->what == RULE_NAME && is_name_below(narrow->name, wide->name)) ||
		       (narrow->what == RULE_BELOW && (text_is(narrow->name, wide->name) ||
						       is_name_below(narrow->name, wide->name)));
	case RULE_PREFIX:
		return narrow->what == RULE_PREFIX &&
		       narrow->prefix.bits >= wide->prefix.bits &&
		       prefix_has(&wide->prefix, &narrow->prefix.base);
	}
	return false;
}

static bool covers_ports(const struct rule *wide, const struct rule *narrow)
{
	if (wide->ports.count == 0)
		return true;
	if (narrow->ports.count == 0)
		return false;
	list_each(const struct port_range, some, &narrow->ports) {
		bool covered = false;

		list_each(const struct port_range, all, &wide->ports)
			covered = covered || (all->first <= some->first && some->last <= all->last);
		if (!covered)
			return false;
	}
	return true;
}

bool rule_covers(const struct rule *wide, const struct rule *narrow)
{
	return (narrow->protocols & ~wide->protocols) == 0 && covers_target(wide, narrow) &&
	       covers_ports(wide, narrow);
}
