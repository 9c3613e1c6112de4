/* The language of rules, and what they say of addresses, ports and names. */
#include <stdlib.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/net/policy.h>

#include "unit.h"

/* --- the language ------------------------------------------------------------------- */

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order that is read */
static const struct {
	const char *text;
	enum rule_what what;
	const char *name;		/* of a name; else the prefix as text, or NULL */
	const char *ports;		/* "" is all */
	unsigned protocols;
} rules_read[] = {
	{ "files.example.org", RULE_NAME, "files.example.org", "", 7 },
	{ "Files.Example.ORG.:443", RULE_NAME, "files.example.org", "443-443", 3 },
	{ "*.example.org:80,8000-8100/tcp", RULE_BELOW, "example.org", "80-80,8000-8100", 1 },
	{ "xn--bcher-kva.example/udp", RULE_NAME, "xn--bcher-kva.example", "", 2 },
	{ "_dmarc.example.org", RULE_NAME, "_dmarc.example.org", "", 7 },
	{ "localhost:*", RULE_NAME, "localhost", "", 3 },
	{ "198.51.100.7:443/udp", RULE_PREFIX, "198.51.100.7", "443-443", 2 },
	{ "198.51.100.0/24", RULE_PREFIX, "198.51.100.0/24", "", 7 },
	{ "198.51.100.0/24:22/tcp", RULE_PREFIX, "198.51.100.0/24", "22-22", 1 },
	{ "2001:db8::1", RULE_PREFIX, "2001:db8::1", "", 7 },
	{ "2001:db8::/32", RULE_PREFIX, "2001:db8::/32", "", 7 },
	{ "[2001:db8::1]:443", RULE_PREFIX, "2001:db8::1", "443-443", 3 },
	{ "[2001:db8::/32]:1-65535/tcp", RULE_PREFIX, "2001:db8::/32", "1-65535", 1 },
	{ "internet", RULE_INTERNET, NULL, "", 7 }, { "internet:443", RULE_INTERNET, NULL, "443-443", 3 },
	{ "lan", RULE_LAN, NULL, "", 7 }, { "any/udp", RULE_ANY, NULL, "", 2 },
	{ "host:5432", RULE_HOST, NULL, "5432-5432", 3 }, { "host:*", RULE_HOST, NULL, "", 3 },
	{ "0.0.0.0/0", RULE_PREFIX, "0.0.0.0/0", "", 7 },
};

static const char *ports_text(struct arena *arena, const struct rule *rule)
{
	const char *text = "";

	list_each(const struct port_range, range, &rule->ports)
		text = arena_format(arena, "%s%s%u-%u", text, *text ? "," : "", range->first,
				    range->last);
	return text;
}

static void test_rules_read(void)
{
	struct arena *arena = arena_new();

	EACH_ROW(row, rules_read) {
		struct rule rule = { .allows = true };
		struct error err = { 0 };
		char text[ADDRESS_TEXT + 4];

		CHECK(rule_parse(arena, row->text, &rule, &err) == 0, "%s: %s", row->text, err.what);
		CHECK(rule.what == row->what, "%s: %d", row->text, (int)rule.what);
		const char *name = rule.name ? rule.name
			: rule.what == RULE_PREFIX ? prefix_text(&rule.prefix, text) : NULL;
		CHECK(!name == !row->name && (!name || text_is(name, row->name)), "%s: %s",
		      row->text, name ? name : "nothing");
		CHECK(text_is(ports_text(arena, &rule), row->ports), "%s: %s", row->text,
		      ports_text(arena, &rule));
		CHECK(rule.protocols == row->protocols, "%s: %u", row->text, rule.protocols);
		CHECK(rule.allows, "%s", row->text);
	}
	arena_free(arena);
}

static const struct {
	const char *text, *says;
} rules_refused[] = {
	{ "", "empty name" }, { ":80", "empty name" }, { "host", "needs the ports" },
	{ "host/tcp", "needs the ports" }, { "example.org:0", "port" }, { "example.org:65536", "port" },
	{ "example.org:80-70", "80-70" }, { "example.org:", "port" }, { "example.org:80,", "port" },
	{ "example.org:http", "port" }, { "10.0.0.1/8", "no address or network" },
	{ "10.0.0.0/33", "no address or network" }, { "[2001:db8::1", "bracket" },
	{ "[2001:db8::1]80", "bracket" }, { "2001:db8::g", "no address or network" }, { "2001:db8::/32:1", "no address or network" },
	{ "a..b", "empty part" }, { ".example.org", "empty part" }, { "*", "none of" },
	{ "*.", "empty name" }, { "a.*.org", "star" }, { "*example.org", "star" }, { "10.1", "whole address" },
	{ "2130706433", "whole address" }, { "b\xc3\xbc" "cher.example", "not ASCII" },
	{ "exa mple.org", "none of" }, { "example.org/icmp", "no address or network" },
	{ "example.org:80/tcp/udp", "neither" }, { "a:80/icmp", "neither" }, { "https://example.org", "port" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org", "63" },
};

static void test_rules_refused(void)
{
	struct arena *arena = arena_new();

	EACH_ROW(row, rules_refused) {
		struct rule rule = { .allows = true };
		struct error err = { 0 };

		CHECK(rule_parse(arena, row->text, &rule, &err) < 0, "\"%s\" was read", row->text);
		CHECK(strstr(err.what, row->says), "\"%s\": %s", row->text, err.what);
	}
	arena_free(arena);
}

/* --- what they say ---------------------------------------------------------------------- */

struct world {
	struct arena *arena;
	struct network_plan plan;
	struct policy *policy;
};

static struct address address_of(const char *text)
{
	struct address address;

	CHECK(address_parse(text, &address), "%s", text);
	return address;
}

/* Rules as one text: "allow X, deny Y". */
static void world_make(struct world *world, const char *text)
{
	struct error err = { 0 };

	*world = (struct world){ .arena = arena_new() };
	for (char *rest = arena_copy(world->arena, text), *word; *rest; ) {
		struct rule rule = { 0 };

		word = rest;
		rest = strchr(rest, ';');
		rest = rest ? (*rest = '\0', rest + 1) : word + strlen(word);
		word += strspn(word, " ");
		rule.allows = text_begins(word, "allow ");
		rule.text = strchr(word, ' ') + 1;
		CHECK(rule_parse(world->arena, rule.text, &rule, &err) == 0, "%s: %s", word, err.what);
		*list_add(world->arena, &world->plan.rules) = rule;
	}
	(void)prefix_parse("10.0.2.0/24", &world->plan.v4.network);
	(void)prefix_parse("fd00::/64", &world->plan.v6.network);
	world->plan.v4.on = world->plan.v6.on = true;
	world->plan.v4.gateway = address_of("10.0.2.2");
	world->plan.v4.resolver = address_of("10.0.2.3");
	world->plan.v6.gateway = address_of("fd00::2");
	world->plan.v6.resolver = address_of("fd00::3");
	world->policy = policy_new(&world->plan);
	CHECK(world->policy, "memory");
	const struct address own[] = {
		address_of("203.0.113.1"), address_of("192.168.1.5"), address_of("192.175.48.1"),
		address_of("2001:4:112::1"), address_of("127.0.0.1"),
	};
	CHECK(policy_set_own(world->policy, own, COUNT(own)) == 0, "memory");
}

static void world_end(struct world *world)
{
	policy_free(world->policy);
	arena_free(world->arena);
}

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
static const struct {
	const char *rules, *to;
	uint16_t port;
	enum protocol protocol;
	bool allows;
} asked[] = {
	/* The first that fits decides; what none fits is refused. */
	{ "allow 198.51.100.7", "198.51.100.7", 80, PROTOCOL_TCP, true },
	{ "allow ::/0", "203.0.113.7", 80, PROTOCOL_TCP, false },
	{ "allow ::/0", "2001:db8::7", 80, PROTOCOL_TCP, true },
	{ "allow 0.0.0.0/0", "2001:db8::7", 80, PROTOCOL_TCP, false },
	{ "allow 198.51.100.7", "198.51.100.8", 80, PROTOCOL_TCP, false },
	{ "allow 198.51.100.7", "198.51.100.7", 0, PROTOCOL_ECHO, true },
	{ "allow 198.51.100.7:80", "198.51.100.7", 0, PROTOCOL_ECHO, false },
	{ "allow 198.51.100.7:80/tcp", "198.51.100.7", 80, PROTOCOL_UDP, false },
	{ "allow 198.51.100.7:80,90-99", "198.51.100.7", 95, PROTOCOL_TCP, true },
	{ "allow 198.51.100.7:80,90-99", "198.51.100.7", 100, PROTOCOL_TCP, false },
	{ "allow 198.51.100.7:80,90-99", "198.51.100.7", 89, PROTOCOL_UDP, false },
	{ "allow 198.51.100.7:65535", "198.51.100.7", 65535, PROTOCOL_TCP, true },
	{ "deny 198.51.100.7; allow 198.51.100.0/24", "198.51.100.7", 80, PROTOCOL_TCP, false },
	{ "deny 198.51.100.7; allow 198.51.100.0/24", "198.51.100.8", 80, PROTOCOL_TCP, true },
	{ "allow 198.51.100.0/24; deny 198.51.100.7", "198.51.100.7", 80, PROTOCOL_TCP, true },
	{ "deny 198.51.100.7:25; allow 198.51.100.7", "198.51.100.7", 25, PROTOCOL_TCP, false },
	{ "deny 198.51.100.7:25; allow 198.51.100.7", "198.51.100.7", 26, PROTOCOL_TCP, true },
	{ "allow [2001:db8::/32]:1", "2001:db8::1", 1, PROTOCOL_TCP, true },
	{ "allow 0.0.0.0/0", "2001:db8::1", 1, PROTOCOL_TCP, false },
	{ "allow 0.0.0.0/0", "198.51.100.7", 1, PROTOCOL_TCP, true },
	/* Classes. */
	{ "allow internet", "192.175.48.7", 443, PROTOCOL_TCP, true },
	{ "allow internet", "2001:4:112::7", 443, PROTOCOL_TCP, true },
	{ "allow internet", "192.0.0.9", 443, PROTOCOL_TCP, true },
	{ "allow internet", "192.0.0.8", 443, PROTOCOL_TCP, false },
	{ "allow internet", "192.175.48.1", 443, PROTOCOL_TCP, false },	/* the host itself */
	{ "allow internet", "2001:4:112::1", 443, PROTOCOL_TCP, false },
	{ "allow internet", "10.1.2.3", 443, PROTOCOL_TCP, false },
	{ "allow internet", "172.31.0.1", 443, PROTOCOL_TCP, false },
	{ "allow internet", "192.168.0.1", 443, PROTOCOL_TCP, false },
	{ "allow internet", "100.64.0.1", 443, PROTOCOL_TCP, false },
	{ "allow internet", "100.100.100.200", 443, PROTOCOL_TCP, false },
	{ "allow internet", "168.63.129.16", 443, PROTOCOL_TCP, false },
	{ "allow internet", "198.18.0.1", 443, PROTOCOL_TCP, false },
	{ "allow internet", "203.0.113.9", 443, PROTOCOL_TCP, false },
	{ "allow internet", "240.0.0.1", 443, PROTOCOL_TCP, false },
	{ "allow internet", "64:ff9b::808:808", 443, PROTOCOL_TCP, false },
	{ "allow internet", "2002:808:808::1", 443, PROTOCOL_TCP, false },
	{ "allow internet", "2001:0:808:808::1", 443, PROTOCOL_TCP, false },
	{ "allow internet", "2001:db8::7", 443, PROTOCOL_TCP, false },
	{ "allow internet", "3fff::1", 443, PROTOCOL_TCP, false },
	{ "allow internet", "fd12::1", 443, PROTOCOL_TCP, false },
	{ "allow internet", "4000::1", 443, PROTOCOL_TCP, false },
	{ "allow lan", "192.168.77.7", 443, PROTOCOL_TCP, true },
	{ "allow lan", "fd12::1", 443, PROTOCOL_TCP, true },
	{ "allow lan", "192.168.1.5", 443, PROTOCOL_TCP, false },		/* the host itself */
	{ "allow lan", "fd00:ec2::254", 80, PROTOCOL_TCP, false },
	{ "allow lan", "192.175.48.7", 443, PROTOCOL_TCP, false },
	{ "allow any", "192.168.77.7", 443, PROTOCOL_TCP, true },
	{ "allow any", "203.0.113.1", 443, PROTOCOL_TCP, true },
	/* The host's loopback is what "host" says, and nothing else opens it. */
	{ "allow host:5432", "10.0.2.2", 5432, PROTOCOL_TCP, true },
	{ "allow host:5432", "fd00::2", 5432, PROTOCOL_TCP, true },
	{ "allow host:5432", "10.0.2.2", 5433, PROTOCOL_TCP, false },
	{ "allow host:*", "10.0.2.2", 1, PROTOCOL_UDP, true },
	{ "allow any", "10.0.2.2", 5432, PROTOCOL_TCP, false },
	{ "allow 10.0.0.0/8", "10.0.2.2", 5432, PROTOCOL_TCP, false },
	{ "allow host:5432", "127.0.0.1", 5432, PROTOCOL_TCP, false },
	{ "allow host:5432", "203.0.113.1", 5432, PROTOCOL_TCP, false },
	/* The tap's own network leads nowhere. */
	{ "allow 10.0.0.0/8", "10.0.2.4", 80, PROTOCOL_TCP, false },
	{ "allow any", "10.0.2.3", 80, PROTOCOL_TCP, false },
	{ "allow any", "fd00::3", 80, PROTOCOL_TCP, false },
	{ "allow 10.0.0.0/8", "10.0.3.4", 80, PROTOCOL_TCP, true },
	/* Never, whatever the rules are. */
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "127.0.0.1", 80, PROTOCOL_TCP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "127.9.9.9", 80, PROTOCOL_UDP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "0.0.0.0", 80, PROTOCOL_TCP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "0.1.2.3", 80, PROTOCOL_TCP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "169.254.169.254", 80, PROTOCOL_TCP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "224.0.0.1", 80, PROTOCOL_UDP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "255.255.255.255", 80, PROTOCOL_UDP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "::1", 80, PROTOCOL_TCP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "::", 80, PROTOCOL_TCP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "::127.0.0.1", 80, PROTOCOL_TCP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "fe80::1", 80, PROTOCOL_TCP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "ff02::1", 80, PROTOCOL_UDP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "64:ff9b::7f00:1", 80, PROTOCOL_TCP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "2002:7f00:1::", 80, PROTOCOL_TCP, false },
	{ "allow any; allow 0.0.0.0/0; allow ::/0", "64:ff9b::808:808", 80, PROTOCOL_TCP, true },
};

static void test_asked(void)
{
	EACH_ROW(row, asked) {
		struct world world;
		struct address to = address_of(row->to);

		world_make(&world, row->rules);
		struct verdict verdict = policy_ask(world.policy, &to, row->port, row->protocol, 0);
		CHECK(verdict.allows == row->allows, "%s: %s port %u", row->rules, row->to, row->port);
		CHECK(!verdict.allows || verdict.rule, "%s: by nobody", row->rules);
		world_end(&world);
	}
}

static const struct {
	const char *rules, *name;
	bool asks;
} names[] = {
	{ "allow files.test", "files.test", true },
	{ "allow files.test", "other.test", false },
	{ "allow files.test", "a.files.test", false },
	{ "allow files.test", "xfiles.test", false },
	{ "allow files.test:443/tcp", "files.test", true },
	{ "allow *.test", "a.b.test", true },
	{ "allow *.test", "test", false },
	{ "allow *.deep.test", "xdeep.test", false },
	{ "deny a.test; allow *.test", "a.test", false },
	{ "deny a.test; allow *.test", "b.test", true },
	{ "deny a.test:25; allow *.test", "a.test", true },
	{ "deny a.test/tcp; allow *.test", "a.test", true },
	{ "allow a.test:25; deny a.test", "a.test", true },
	{ "deny *.test; allow internet", "a.test", false },
	{ "deny *.test; allow internet", "example.org", true },
	{ "allow internet; deny *.test", "a.test", true },
	{ "allow host:1", "example.org", false },
	{ "allow files.test; allow host:1", "example.org", false },
	{ "allow files.test; allow 198.51.100.0/24", "example.org", true },
	{ "deny any; allow internet", "example.org", false },
	{ "deny internet; allow lan", "example.org", true },
	{ "allow files.test", "", false },
};

static void test_names(void)
{
	EACH_ROW(row, names) {
		struct world world;

		world_make(&world, row->rules);
		CHECK(policy_asks_for(world.policy, row->name).allows == row->asks, "%s: %s",
		      row->rules, row->name);
		world_end(&world);
	}
}

static const struct {
	const char *rules, *address;
	bool believed;
} beliefs[] = {
	{ "allow files.test", "198.51.100.7", true }, { "allow files.test", "192.175.48.7", true },
	{ "allow files.test", "2001:db8::7", true }, { "allow files.test", "127.0.0.1", false },
	{ "allow files.test", "::1", false }, { "allow files.test", "169.254.169.254", false },
	{ "allow files.test", "10.1.2.3", false }, { "allow files.test", "192.168.77.7", false },
	{ "allow files.test", "100.64.0.1", false }, { "allow files.test", "203.0.113.1", false },
	{ "allow files.test", "fd12::1", false }, { "allow files.test", "fe80::1", false },
	{ "allow files.test", "10.0.2.2", false }, { "allow files.test", "fd00::2", false },
	{ "allow files.test", "64:ff9b::a01:203", false }, { "allow files.test", "2002:a01:203::1", false },
	{ "allow files.test", "168.63.129.16", false },
	{ "allow files.test; allow 10.0.0.0/8:80", "10.1.2.3", true },
	{ "allow files.test; deny 10.0.0.0/8", "10.1.2.3", false },
	{ "allow files.test; allow lan", "192.168.77.7", true },
	{ "allow files.test; allow lan", "192.168.1.5", false },
	{ "allow files.test; allow internet", "192.168.77.7", false },
	{ "allow any", "192.168.77.7", true }, { "allow any", "127.0.0.1", false },
	{ "allow any; allow 127.0.0.0/8", "127.0.0.1", false },
};

static void test_beliefs(void)
{
	EACH_ROW(row, beliefs) {
		struct world world;
		struct address address = address_of(row->address);

		world_make(&world, row->rules);
		CHECK(policy_believes(world.policy, &address) == row->believed, "%s: %s", row->rules,
		      row->address);
		world_end(&world);
	}
}

static bool reaches(const struct world *world, const char *to, uint16_t port, int64_t now)
{
	struct address address = address_of(to);

	return policy_ask(world->policy, &address, port, PROTOCOL_TCP, now).allows;
}

/* What a name opens: its address, its rule's ports, for its time and a minute. */
static void test_learned(void)
{
	struct world world;
	struct address files = address_of("198.51.100.7"), other = address_of("198.51.100.8");

	world_make(&world, "allow files.test:80; allow *.deep.test:90; allow other.test:100");
	CHECK(!reaches(&world, "198.51.100.7", 80, 1000), "before it was looked up");
	uint64_t state = policy_state(world.policy);
	CHECK(policy_learn(world.policy, "files.test", &files, 0, 1000) == 0, "-");
	CHECK(policy_state(world.policy) != state, "a refusal of before counts on");
	CHECK(reaches(&world, "198.51.100.7", 80, 1000), "-");
	CHECK(!reaches(&world, "198.51.100.7", 90, 1000), "another rule's port");
	CHECK(!reaches(&world, "198.51.100.8", 80, 1000), "another address");
	CHECK(reaches(&world, "198.51.100.7", 80, 1000 + 64999), "five seconds and a minute");
	CHECK(!reaches(&world, "198.51.100.7", 80, 1000 + 65000), "no more");
	/* Two names, one address: each its own ports. */
	CHECK(policy_learn(world.policy, "files.test", &files, 300, 100000) == 0, "-");
	CHECK(policy_learn(world.policy, "a.deep.test", &files, 10, 100000) == 0, "-");
	CHECK(reaches(&world, "198.51.100.7", 80, 100000) && reaches(&world, "198.51.100.7", 90, 100000), "-");
	CHECK(!reaches(&world, "198.51.100.7", 100, 100000), "-");
	CHECK(!reaches(&world, "198.51.100.7", 90, 170000), "the shorter one is over");
	CHECK(reaches(&world, "198.51.100.7", 80, 170000), "the longer one is not");
	CHECK(text_is(policy_name_of(world.policy, &files), "a.deep.test"), "the last name");
	CHECK(!policy_name_of(world.policy, &other), "-");
	/* A later answer does not shorten an earlier one. */
	CHECK(policy_learn(world.policy, "files.test", &files, 0, 170000) == 0, "-");
	CHECK(reaches(&world, "198.51.100.7", 80, 100000 + 359999), "-");
	world_end(&world);
}

/* A name that is denied stays denied under the address that a class allows. */
static void test_denied_name(void)
{
	struct world world;
	struct address address = address_of("192.175.48.7");

	world_make(&world, "deny ads.test:443; allow internet");
	CHECK(reaches(&world, "192.175.48.7", 443, 0), "-");
	CHECK(policy_learn(world.policy, "ads.test", &address, 60, 0) == 0, "-");
	CHECK(!reaches(&world, "192.175.48.7", 443, 0), "-");
	CHECK(reaches(&world, "192.175.48.7", 80, 0), "-");
	world_end(&world);
}

/* However many names it is given, it remembers so many and then says no. */
static void test_full(void)
{
	struct world world;
	int failed = 0;

	world_make(&world, "allow *.test");
	for (uint32_t i = 0; i < 40000; i++) {
		struct address address = address_of_v4(0xc6336400u + i);

		failed += policy_learn(world.policy, "a.test", &address, 10, 1) < 0;
	}
	CHECK(failed > 0, "there is no end");
	struct address first = address_of("198.51.100.0"), late = address_of("198.18.0.1");
	CHECK(policy_ask(world.policy, &first, 80, PROTOCOL_TCP, 0).allows, "the first ones stay");
	CHECK(policy_learn(world.policy, "a.test", &late, 10, 1000000) == 0, "the old ones go");
	world_end(&world);
}

/* The compiled rules against the same rules read one by one. */
static bool plainly(const struct network_plan *plan, const struct address *to, uint16_t port,
		    unsigned protocol)
{
	list_each(const struct rule, rule, &plan->rules) {
		bool fits = rule->ports.count == 0;

		list_each(const struct port_range, range, &rule->ports)
			fits = fits || (port >= range->first && port <= range->last);
		if (fits && (rule->protocols & protocol) && prefix_has(&rule->prefix, to))
			return rule->allows;
	}
	return false;
}

static void test_many(void)
{
	for (int round = 0; round < 20; round++) {
		struct world world;
		char text[8192] = "";

		for (size_t i = 0; i < 60; i++) {
			unsigned bits = (unsigned)unit_random(9) + 24, first = (unsigned)unit_random(40) + 1;
			unsigned low = bits == 32 ? (unsigned)unit_random(8)
				: (unsigned)unit_random(8) & ~0u << (32 - bits);

			/* Now and then with more ranges than are asked one by one. */
			(void)sprintf(text + strlen(text), "%s%s 198.51.100.%u/%u:%u-%u%s%s", i ? ";" : "",
				      unit_random(2) ? "allow" : "deny", low & 0xff, bits, first,
				      first + (unsigned)unit_random(20),
				      unit_random(8) ? "" : ",21,23,25,27,29,31,33,60-62",
				      (const char *[]){ "", "/tcp", "/udp" }[unit_random(3)]);
		}
		world_make(&world, text);
		for (uint32_t low = 0; low < 9; low++)
			for (uint16_t port = 1; port < 70; port++)
				for (unsigned protocol = 1; protocol <= 2; protocol++) {
					struct address to = address_of_v4(0xc6336400u + low);

					CHECK(policy_ask(world.policy, &to, port, protocol, 0).allows ==
					      plainly(&world.plan, &to, port, protocol),
					      "round %d: .%u port %u", round, low, port);
				}
		world_end(&world);
	}
}

static const struct {
	const char *wide, *narrow;
	bool covers;
} pairs[] = {
	{ "any", "files.example.org:443", true },
	{ "any/tcp", "files.example.org:443/tcp", true },
	{ "any/tcp", "files.example.org:443", false },
	{ "any:1-65535", "any", false },
	{ "any:80-90,100", "any:81,85-90,100", true },
	{ "any:80-90", "any:85-91", false },
	{ "internet", "internet:80", true },
	{ "internet:80", "internet", false },
	{ "internet", "lan", false },
	{ "internet", "192.0.2.1", false },
	{ "host:1-100", "host:5/udp", true },
	{ "*.example.org", "a.b.example.org", true },
	{ "*.example.org", "*.b.example.org", true },
	{ "*.example.org", "*.example.org", true },
	{ "*.b.example.org", "*.example.org", false },
	{ "*.example.org", "example.org", false },
	{ "*.example.org", "badexample.org", false },
	{ "a.example.org", "A.Example.org.:80", true },
	{ "a.example.org", "b.example.org", false },
	{ "10.0.0.0/8", "10.1.0.0/16", true },
	{ "10.1.0.0/16", "10.0.0.0/8", false },
	{ "10.0.0.0/8", "11.1.1.1", false },
	{ "2001:db8::/32", "2001:db8::7", true },
	{ "0.0.0.0/0", "2001:db8::7", false },
	{ "::/0", "203.0.113.7", false },
};

static void test_which_rule_covers_which(void)
{
	struct arena *arena = arena_new();

	EACH_ROW(row, pairs) {
		struct rule wide = { 0 }, narrow = { 0 };
		struct error err;

		CHECK(rule_parse(arena, row->wide, &wide, &err) == 0 &&
		      rule_parse(arena, row->narrow, &narrow, &err) == 0, "%s", err.what);
		CHECK(rule_covers(&wide, &narrow) == row->covers, "%s, %s", row->wide, row->narrow);
	}
	arena_free(arena);
}

int main(void)
{
	RUN(test_which_rule_covers_which);
	RUN(test_rules_read);
	RUN(test_rules_refused);
	RUN(test_asked);
	RUN(test_names);
	RUN(test_beliefs);
	RUN(test_learned);
	RUN(test_denied_name);
	RUN(test_full);
	RUN(test_many);
	return unit_end();
}
