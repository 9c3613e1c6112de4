/* The language of --allow and --deny: WHAT[:PORTS][/tcp|/udp]. */
#include <ctype.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
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
static unsigned take_protocol(char *text, size_t length)
{
	char *end = length < 4 ? text + length : text + length - 4;

	if (*end != '/')
		return 0;
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

/* The digits at the front of *text, as far as they could be a port; false: there are none. */
static bool take_number(const char **text, unsigned *ret_number)
{
	const char *digit = *text;
	unsigned number = 0;

	for (; *digit >= '0' && *digit <= '9' && number <= UINT16_MAX; digit++)
		number = number * 10 + (unsigned)(*digit - '0');
	if (digit == *text || number > UINT16_MAX)
		return false;
	*ret_number = number;
	*text = digit;
	return true;
}

int ports_refuse(const char *text, struct error *err)
{
	return fail(err, 0, "\"%s\": a port is a number from 1 to %d", text, UINT16_MAX);
}

int ports_take(const char **text, bool zero, struct port_range *ret_range, struct error *err)
{
	const char *next = *text;
	unsigned first, last;

	if (!take_number(&next, &first))
		return ports_refuse(*text, err);
	last = first;
	bool range = *next == '-';
	if (range && (next++, !take_number(&next, &last)))
		return ports_refuse(*text, err);
	if (first == 0 && (range || !zero))
		return ports_refuse(*text, err);
	if (first > last)
		return fail(err, 0, "the ports %u-%u are none", first, last);
	*ret_range = (struct port_range){ (uint16_t)first, (uint16_t)last };
	*text = next;
	return 0;
}

/* "80", "80,443", "8000-8100", "*". */
static int parse_ports(struct arena *arena, const char *text, struct rule *rule,
		       struct error *err)
{
	if (text[0] == '*' && !text[1])
		return 0;
	/* At most every second character begins one. */
	struct port_range *ranges = arena_alloc(arena, (strlen(text) / 2 + 1) * sizeof(*ranges));
	rule->ports.items = ranges;
	for (;; text++) {
		if (ports_take(&text, false, &ranges[rule->ports.count++], err) < 0)
			return -1;
		if (!*text)
			return 0;
		if (*text == '/')
			return fail(err, 0, "\"%s\" is neither tcp nor udp", text + 1);
		if (*text != ',')
			return ports_refuse(text, err);
	}
}

/* What a byte is in a name. */
enum kind { WRONG, LETTER, DIGIT, CAPITAL };

static const uint8_t kinds[256] = {
	['a' ... 'z'] = LETTER, ['-'] = LETTER, ['_'] = LETTER, ['0' ... '9'] = DIGIT,
	['A' ... 'Z'] = CAPITAL,
};

static int refuse_character(const char *name, const char *at, struct error *err)
{
	if ((unsigned char)*at < 0x80)
		return fail(err, 0, "\"%s\" is no name, no address, and none of internet, lan,"
			    " host and any", name);
	(void)fail(err, 0, "\"%s\" is not ASCII", name);
	return hint(err, "to name it as DNS does: idn2 %s", name);
}

/* One part of a name, up to a dot or the end: its length, or -1. */
static int check_label(const char *name, char *label, bool *ret_digits, struct error *err)
{
	bool digits = true;
	enum kind kind;
	char *c = label;

	for (; (kind = kinds[(unsigned char)*c]) != WRONG; c++) {
		if (kind == DIGIT)
			continue;
		digits = false;
		if (kind == CAPITAL)
			*c = (char)(*c + ('a' - 'A'));
	}
	*ret_digits = digits;
	if (*c && *c != '.')
		return refuse_character(name, c, err);
	if (c == label)
		return fail(err, 0, "\"%s\" has an empty part", name);
	if (c - label > LONGEST_LABEL)
		return fail(err, 0, "\"%s\" has a part of over %d characters", name,
			    LONGEST_LABEL);
	return (int)(c - label);
}

int host_name_check(char *name, struct error *err)
{
	size_t length = strlen(name);
	bool digits = true;

	if (length > 1 && name[length - 1] == '.')
		name[--length] = '\0';
	if (length == 0)
		return fail(err, 0, "an empty name");
	if (length > LONGEST_NAME)
		return fail(err, 0, "a name of over %d characters", LONGEST_NAME);
	for (char *label = name; ; label++) {
		int part = check_label(name, label, &digits, err);

		if (part < 0)
			return -1;
		label += part;
		if (!*label)
			break;
	}
	/* inet_aton(3) takes "10.1" and "2130706433" for addresses. */
	return digits ? fail(err, 0, "\"%s\" is not a whole address", name) : (int)length;
}

static int parse_what(struct arena *arena, char *text, struct rule *rule, struct error *err)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (text[0] != classes[i].word[0] || !text_is(text, classes[i].word))
			continue;
		rule->what = classes[i].what;
		return 0;
	}
	/* One of these is in whatever has to do with addresses, if it begins with no digit. */
	bool marked = strpbrk(text, "/:");
	rule->what = RULE_PREFIX;
	if ((marked || isdigit((unsigned char)*text)) && prefix_parse(text, &rule->prefix))
		return 0;
	if (marked) {
		(void)fail(err, 0, "\"%s\" is no address or network", text);
		return hint(err, "a network is written 192.0.2.0/24 or 2001:db8::/32, with"
			    " zeros behind its bits; ports of an IPv6 address stand behind"
			    " brackets: [2001:db8::1]:443");
	}
	rule->what = text[0] == '*' && text[1] == '.' ? RULE_BELOW : RULE_NAME;
	if (rule->what == RULE_BELOW)
		text += 2;
	else if (*text && text[1] && strchr(text, '*'))
		return fail(err, 0, "\"%s\": a star stands for whole parts, at the start: *.%s",
			    text, "example.org");
	int length = host_name_check(text, err);
	if (length < 0)
		return -1;
	rule->name = arena_copy_part(arena, text, (size_t)length);
	return 0;
}

int rule_parse(struct arena *arena, const char *text, struct rule *rule,
	       struct error *err)
{
	/* It is taken apart where only a name of it is kept. */
	char few[256], *what = few, *ports;
	char *end = memccpy(few, text, '\0', sizeof(few));
	size_t length = end ? (size_t)(end - few - 1) : strlen(text);

	if (!end)
		what = arena_copy_part(arena, text, length);
	rule->name = NULL;
	memset(&rule->ports, 0, sizeof(rule->ports));
	rule->protocols = take_protocol(what, length);
	if (take_ports(&what, &ports, err) < 0 || parse_what(arena, what, rule, err) < 0)
		return -1;
	if (ports && parse_ports(arena, ports, rule, err) < 0)
		return text_begins(ports, "//")
			? hint(err, "a URL is none; of it, the host and its port: example.org:443")
			: -1;
	if (rule->what == RULE_HOST && !ports) {
		(void)fail(err, 0, "host needs the ports that are meant");
		return hint(err, "one service: host:5432; every one: host:*");
	}
	if (rule->protocols == 0)
		rule->protocols = PROTOCOL_TCP | PROTOCOL_UDP | (ports ? 0 : PROTOCOL_ECHO);
	return 0;
}

const char *rule_origin(struct arena *arena, const struct rule *rule)
{
	const char *said = origin_text(arena, rule->origin);

	return rule->url_place ? arena_format(arena, "%s (%s)", rule->url_place, said) : said;
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
