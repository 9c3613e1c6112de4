/* The rules, compiled.
 *
 * Rules that are about the same thing - a name, a network, a class - share a target. So
 * a question is: which targets does this address belong to, what does each say of the
 * port, and which of those rules stands first?
 *
 *	classes		by comparing with fixed tables: internet, lan, any
 *	networks	one look-up in a hash table for each length that is in use
 *			(at most 129, however many rules there are)
 *	names		one look-up in a hash table of addresses that names have led to;
 *			what was learned there points to the name's targets
 *	ports		rule by rule where a target has a few, as nearly all have; else by
 *			bisection in a map a protocol, from ports to the first rule that
 *			speaks of them
 *
 * The gateway's address, which stands for the host's loopback, belongs to the class
 * "host" and to nothing else, and the rest of the tap's own network to nothing at all. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <immure/base/text.h>
#include <immure/net/policy.h>

enum { NO_RULE = UINT32_MAX };

/* From this port up to the next span's, this rule is the first one. */
struct span {
	uint32_t port;
	uint32_t rule;
};

struct spans {
	struct span *items;
	size_t count;
};

/* More rules than these, or more ranges of ports in one of them, and a target has maps. */
enum { FEW_RULES = 4, FEW_RANGES = 8 };

struct maps {
	struct spans tcp, udp;
	uint32_t echo;			/* NO_RULE: none speaks of it */
};

/* Rules about the same. It stands at the number of the first of them, which says what that is:
 * there are as many places as rules, and nearly each rule is the only one of its target. */
struct target {
	uint32_t next;			/* the target of the same hash, as below */
	uint32_t more;			/* the rule that follows this one in its target, likewise */
	uint32_t last;			/* the number of its last rule */
	uint32_t count;			/* of its rules; 0: this rule is not the first of any */
	struct maps *maps;		/* NULL: it has few */
};

/* What a name has opened: the address has this target's rules until then. */
struct grant {
	const struct target *target;
	int64_t until;
	struct grant *next;
};

/* An address that some name has led to. */
struct known {
	struct address address;
	char name[256];			/* "": it is longer */
	int64_t until;			/* of its last grant, and of its name */
	struct grant *grants;
	struct known *next;
};

enum { KNOWN_HEADS = 4096, MOST_KNOWN = 16384, MOST_GRANTS = 65536 };

struct policy {
	const struct network_plan *plan;
	struct target *targets;		/* numbers of them count from 1 in links; 0: none */
	uint32_t *heads;
	size_t head_mask;
	bool lengths[ADDRESS_BITS + 1];	/* of the networks that there are */
	struct target *internet, *lan, *host, *any;
	uint32_t allows_addresses;	/* the first rule that allows some by themselves */
	struct known *known[KNOWN_HEADS];
	size_t known_count, grant_count;
	int64_t swept;			/* when what is over was last looked for */
	struct address *own;		/* sorted */
	size_t own_count;
	uint64_t state;
};

/* --- fixed tables ----------------------------------------------------------------- */

#define V4(a, b, c, d, bits) \
	{ { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d } }, BITS_BEFORE_V4 + (bits) }
#define V6(bits, ...) { { { __VA_ARGS__ } }, bits }

/* What the tap never leads to. The host would take it for itself, or for its own link:
 * a datagram to 127.0.0.1, which a command can send through any device, would arrive at
 * the host's loopback. */
static const struct prefix never[] = {
	V4(0, 0, 0, 0, 8), V4(127, 0, 0, 0, 8), V4(169, 254, 0, 0, 16), V4(224, 0, 0, 0, 3),
	V6(96, 0),						/* ::, ::1, ::a.b.c.d */
	V6(10, 0xfe, 0x80), V6(10, 0xfe, 0xc0), V6(8, 0xff),
};

/* Private networks: RFC 1918, RFC 4193. */
static const struct prefix private_networks[] = {
	V4(10, 0, 0, 0, 8), V4(172, 16, 0, 0, 12), V4(192, 168, 0, 0, 16),
	V6(7, 0xfc),
};

/* Where clouds tell a machine its secrets, outside of 169.254/16: never meant by a
 * class. */
static const struct prefix metadata[] = {
	V4(100, 100, 100, 200, 32), V4(168, 63, 129, 16, 32),
	V6(128, 0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, [15] = 0x54),
	V6(128, 0xfd, 0x20, 0x00, 0xce, [14] = 0x02, [15] = 0x54),
};

/* Neither private nor global: carriers' NAT, protocol assignments, benchmarks. What
 * stands for IPv4 addresses inside of IPv6 could stand for any of the above. */
static const struct prefix inner_networks[] = {
	V4(100, 64, 0, 0, 10), V4(192, 0, 0, 0, 24), V4(198, 18, 0, 0, 15),
	V6(96, 0x00, 0x64, 0xff, 0x9b), V6(48, 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01),
	V6(16, 0x20, 0x02), V6(32, 0x20, 0x01, 0x00, 0x00),
};

/* The rest of what IANA's registries of special addresses call not globally reachable. */
static const struct prefix no_internet[] = {
	V4(192, 0, 2, 0, 24), V4(192, 88, 99, 0, 24), V4(198, 51, 100, 0, 24),
	V4(203, 0, 113, 0, 24),
	V6(23, 0x20, 0x01, 0x00), V6(32, 0x20, 0x01, 0x0d, 0xb8), V6(20, 0x3f, 0xff),
};

/* What they call globally reachable, inside of the above. */
static const struct prefix internet_again[] = {
	V4(192, 0, 0, 9, 32), V4(192, 0, 0, 10, 32),
	V6(128, 0x20, 0x01, 0x00, 0x01, [15] = 0x01), V6(128, 0x20, 0x01, 0x00, 0x01, [15] = 0x02),
	V6(32, 0x20, 0x01, 0x00, 0x03), V6(48, 0x20, 0x01, 0x00, 0x04, 0x01, 0x12),
	V6(28, 0x20, 0x01, 0x00, 0x20), V6(28, 0x20, 0x01, 0x00, 0x30),
};

/* All of IPv6 that is given out as global. */
static const struct prefix global_v6 = V6(3, 0x20);

#define IS_ONE_OF(table, address) is_one_of((table), sizeof(table) / sizeof((table)[0]), address)

static bool is_one_of(const struct prefix *table, size_t count, const struct address *address)
{
	for (size_t i = 0; i < count; i++)
		if (prefix_has(&table[i], address))
			return true;
	return false;
}

/* The IPv4 address that an IPv6 address of a translator stands for. */
static bool embedded_v4(const struct address *address, struct address *ret_address)
{
	static const struct prefix translated = V6(96, 0x00, 0x64, 0xff, 0x9b);
	static const struct prefix six_to_four = V6(16, 0x20, 0x02);

	if (prefix_has(&translated, address))
		*ret_address = address_from_v4(address->bytes + 12);
	else if (prefix_has(&six_to_four, address))
		*ret_address = address_from_v4(address->bytes + 2);
	else
		return false;
	return true;
}

bool policy_never(const struct address *address)
{
	struct address inside;

	return IS_ONE_OF(never, address) ||
	       (embedded_v4(address, &inside) && IS_ONE_OF(never, &inside));
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct address));
}

static bool is_own(const struct policy *policy, const struct address *address)
{
	return policy->own_count > 0 &&
	       bsearch(address, policy->own, policy->own_count, sizeof(*policy->own), by_bytes);
}

static bool is_lan(const struct policy *policy, const struct address *address)
{
	return IS_ONE_OF(private_networks, address) && !IS_ONE_OF(metadata, address) &&
	       !is_own(policy, address);
}

static bool is_internet(const struct policy *policy, const struct address *address)
{
	if (!address_is_v4(address) && !prefix_has(&global_v6, address))
		return false;
	if (IS_ONE_OF(private_networks, address) || IS_ONE_OF(metadata, address) ||
	    is_own(policy, address))
		return false;
	return IS_ONE_OF(internet_again, address) ||
	       (!IS_ONE_OF(inner_networks, address) && !IS_ONE_OF(no_internet, address));
}

/* --- compiling ---------------------------------------------------------------------- */

/* Who chooses what collides, as the owner of a name does of addresses, slows nobody but the
 * sandbox that asks for it. A product's high bits know of all bits below them: they come down
 * each time. */
static uint64_t hash_part(uint64_t hash, uint64_t part)
{
	hash = (hash ^ part) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

static size_t hash_bytes(const void *bytes, size_t size, uint64_t seed)
{
	const uint8_t *next = bytes;
	uint64_t hash = seed, part;

	for (; size >= sizeof(part); next += sizeof(part), size -= sizeof(part)) {
		memcpy(&part, next, sizeof(part));
		hash = hash_part(hash, part);
	}
	for (part = 0; size > 0; next++, size--)
		part = part << 8 | *next;
	return (size_t)hash_part(hash_part(hash, part), 0);
}

static const struct rule *about(const struct policy *policy, const struct target *target)
{
	return &policy->plan->rules.items[target - policy->targets];
}

/* Of a link; NULL: there is none. */
static struct target *linked(const struct policy *policy, uint32_t link)
{
	return link > 0 ? &policy->targets[link - 1] : NULL;
}

/* The numbers of its rules, in order. */
#define each_rule(policy, target, number) \
	for (uint32_t number = (target) ? (uint32_t)((target) - (policy)->targets) : NO_RULE; \
	     number != NO_RULE; number = rule_behind((policy), number))

static uint32_t rule_behind(const struct policy *policy, uint32_t rule)
{
	uint32_t more = policy->targets[rule].more;

	return more > 0 ? more - 1 : NO_RULE;
}

/* Where the targets begin whose rules may be about the same as this one: a name, what is below
 * one, or a network. */
static uint32_t *head_of(const struct policy *policy, const struct rule *like)
{
	const struct prefix *prefix = &like->prefix;
	size_t hash = like->what == RULE_PREFIX
		? hash_bytes(prefix->base.bytes, sizeof(prefix->base.bytes), prefix->bits)
		: hash_bytes(like->name, strlen(like->name), like->what);

	return &policy->heads[hash & policy->head_mask];
}

static bool is_about_the_same(const struct rule *rule, const struct rule *like)
{
	if (rule->what != like->what)
		return false;
	return rule->what == RULE_PREFIX ? rule->prefix.bits == like->prefix.bits &&
						   address_is(&rule->prefix.base, &like->prefix.base)
					 : text_is(rule->name, like->name);
}

/* The first target from this link on whose rules are about the same; or NULL. */
static struct target *target_from(const struct policy *policy, uint32_t link,
				  const struct rule *like)
{
	struct target *target = linked(policy, link);

	while (target && !is_about_the_same(about(policy, target), like))
		target = linked(policy, target->next);
	return target;
}

/* The target of rules about that name, or about those below it; or NULL. */
static struct target *find_name(const struct policy *policy, enum rule_what what,
				const char *name)
{
	const struct rule like = { .what = what, .name = name };

	return target_from(policy, *head_of(policy, &like), &like);
}

/* The target of rules about exactly that network, or NULL. */
static struct target *find_prefix(const struct policy *policy, const struct prefix *prefix)
{
	const struct rule like = { .what = RULE_PREFIX, .prefix = *prefix };

	return target_from(policy, *head_of(policy, &like), &like);
}

static struct target **class_of(struct policy *policy, enum rule_what what)
{
	switch (what) {
	case RULE_INTERNET: return &policy->internet;
	case RULE_LAN: return &policy->lan;
	case RULE_HOST: return &policy->host;
	case RULE_ANY: return &policy->any;
	case RULE_NAME: case RULE_BELOW: case RULE_PREFIX: break;
	}
	return NULL;
}

/* The target of a rule; when it is the first one, a new one at its place. */
static struct target *target_of(struct policy *policy, uint32_t number)
{
	const struct rule *rule = &policy->plan->rules.items[number];
	struct target **class = class_of(policy, rule->what), *own = &policy->targets[number];

	if (class)
		return *class ? *class : (*class = own);
	uint32_t *head = head_of(policy, rule);
	struct target *target = target_from(policy, *head, rule);
	if (target)
		return target;
	if (rule->what == RULE_PREFIX)
		policy->lengths[rule->prefix.bits] = true;
	own->next = *head;
	*head = number + 1;
	return own;
}

/* Every rule to its target, behind those that it has. */
static void sort_rules(struct policy *policy)
{
	for (uint32_t i = 0; i < policy->plan->rules.count; i++) {
		struct target *target = target_of(policy, i);

		if (target->count++ > 0)
			policy->targets[target->last].more = i + 1;
		target->last = i;
	}
}

static int by_port(const void *a, const void *b)
{
	uint32_t left = ((const struct span *)a)->port, right = ((const struct span *)b)->port;

	return (left > right) - (left < right);
}

/* The first span at or behind `index` that no rule has yet; what is passed is skipped
 * at once the next time. */
static size_t next_free(size_t *skip, size_t index)
{
	while (skip[index] != index) {
		skip[index] = skip[skip[index]];
		index = skip[index];
	}
	return index;
}

static size_t span_at(const struct span *spans, size_t count, uint32_t port)
{
	size_t low = 0, high = count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (spans[middle].port <= port)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Cut the ports where some rule's begin or end, and give every piece to the first rule
 * that has it. */
static int compile_spans(const struct policy *policy, const struct target *target,
			 unsigned protocol, struct spans *ret_spans)
{
	static const struct port_range all_ports = { 0, UINT16_MAX };
	const struct rule *rules = policy->plan->rules.items;
	size_t room = 1, count = 0, different = 0;

	each_rule(policy, target, number)
		room += 2 * (rules[number].ports.count + 1);
	struct span *spans = malloc(room * sizeof(*spans));
	size_t *skip = malloc((room + 1) * sizeof(*skip));
	if (!spans || !skip) {
		free(spans);
		free(skip);
		return -1;
	}
	spans[count++] = (struct span){ 0, NO_RULE };
	each_rule(policy, target, number) {
		const struct rule *rule = &rules[number];

		for (size_t r = 0; (rule->protocols & protocol) && r < rule->ports.count; r++) {
			spans[count++] = (struct span){ rule->ports.items[r].first, NO_RULE };
			spans[count++] = (struct span){ rule->ports.items[r].last + 1u, NO_RULE };
		}
	}
	qsort(spans, count, sizeof(*spans), by_port);
	for (size_t i = 0; i < count; i++)
		if (different == 0 || spans[i].port != spans[different - 1].port)
			spans[different++] = spans[i];
	for (size_t i = 0; i <= different; i++)
		skip[i] = i;
	each_rule(policy, target, number) {
		const struct rule *rule = &rules[number];
		const struct port_range *range = rule->ports.count ? rule->ports.items : &all_ports;
		size_t ranges = rule->ports.count ? rule->ports.count : 1;

		for (size_t r = 0; (rule->protocols & protocol) && r < ranges; r++, range++) {
			size_t at = next_free(skip, span_at(spans, different, range->first));

			while (at < different && spans[at].port <= range->last) {
				spans[at].rule = number;
				skip[at] = at + 1;
				at = next_free(skip, at);
			}
		}
	}
	free(skip);
	*ret_spans = (struct spans){ spans, different };
	return 0;
}

static int compile_maps(const struct policy *policy, const struct target *target,
			struct maps *maps)
{
	const struct rule *rules = policy->plan->rules.items;

	maps->echo = NO_RULE;
	each_rule(policy, target, number)
		if (maps->echo == NO_RULE && rules[number].protocols & PROTOCOL_ECHO)
			maps->echo = number;
	if (compile_spans(policy, target, PROTOCOL_TCP, &maps->tcp) < 0)
		return -1;
	return compile_spans(policy, target, PROTOCOL_UDP, &maps->udp);
}

static bool has_many(const struct policy *policy, const struct target *target)
{
	const struct rule *rules = policy->plan->rules.items;

	if (target->count > FEW_RULES)
		return true;
	each_rule(policy, target, number)
		if (rules[number].ports.count > FEW_RANGES)
			return true;
	return false;
}

static int compile_target(const struct policy *policy, struct target *target)
{
	if (!has_many(policy, target))
		return 0;
	target->maps = calloc(1, sizeof(*target->maps));
	return target->maps ? compile_maps(policy, target, target->maps) : -1;
}

static bool is_of_addresses(const struct rule *rule)
{
	return rule->what == RULE_PREFIX || rule->what == RULE_LAN || rule->what == RULE_INTERNET;
}

static int compile(struct policy *policy)
{
	size_t heads = 16;

	while (heads < 2 * policy->plan->rules.count)
		heads *= 2;
	policy->head_mask = heads - 1;
	policy->heads = calloc(heads, sizeof(*policy->heads));
	policy->targets = calloc(policy->plan->rules.count + 1, sizeof(*policy->targets));
	if (!policy->heads || !policy->targets)
		return -1;
	sort_rules(policy);
	for (size_t i = 0; i < policy->plan->rules.count; i++)
		if (policy->targets[i].count > 0 && compile_target(policy, &policy->targets[i]) < 0)
			return -1;
	policy->allows_addresses = NO_RULE;
	for (size_t i = 0; i < policy->plan->rules.count && policy->allows_addresses == NO_RULE; i++) {
		const struct rule *rule = &policy->plan->rules.items[i];

		if (rule->allows && is_of_addresses(rule))
			policy->allows_addresses = (uint32_t)i;
	}
	return 0;
}

struct policy *policy_new(const struct network_plan *plan)
{
	struct policy *policy = calloc(1, sizeof(*policy));

	if (!policy)
		return NULL;
	policy->plan = plan;
	if (compile(policy) == 0)
		return policy;
	policy_free(policy);
	return NULL;
}

static void free_known(struct known *known)
{
	for (struct grant *grant = known->grants, *next; grant; grant = next) {
		next = grant->next;
		free(grant);
	}
	free(known);
}

static void free_maps(struct maps *maps)
{
	if (!maps)
		return;
	free(maps->tcp.items);
	free(maps->udp.items);
	free(maps);
}

void policy_free(struct policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < KNOWN_HEADS; i++)
		for (struct known *known = policy->known[i], *next; known; known = next) {
			next = known->next;
			free_known(known);
		}
	for (size_t i = 0; policy->targets && i < policy->plan->rules.count; i++)
		free_maps(policy->targets[i].maps);
	free(policy->targets);
	free(policy->heads);
	free(policy->own);
	free(policy);
}

/* --- asking --------------------------------------------------------------------------- */

static uint32_t mapped_rule(const struct maps *maps, uint16_t port, enum protocol protocol)
{
	const struct spans *spans = protocol == PROTOCOL_TCP ? &maps->tcp : &maps->udp;

	if (protocol == PROTOCOL_ECHO)
		return maps->echo;
	return spans->items[span_at(spans->items, spans->count, port)].rule;
}

static bool speaks_of(const struct rule *rule, uint16_t port, enum protocol protocol)
{
	if (!(rule->protocols & protocol))
		return false;
	if (protocol == PROTOCOL_ECHO || rule->ports.count == 0)
		return true;
	list_each(const struct port_range, range, &rule->ports)
		if (range->first <= port && port <= range->last)
			return true;
	return false;
}

/* The first rule of a target that speaks of this port. */
static uint32_t first_rule(const struct policy *policy, const struct target *target,
			   uint16_t port, enum protocol protocol)
{
	if (target->maps)
		return mapped_rule(target->maps, port, protocol);
	each_rule(policy, target, number)
		if (speaks_of(&policy->plan->rules.items[number], port, protocol))
			return number;
	return NO_RULE;
}

/* That of its whole family: ::/0 is not about IPv4 (prefix_has()). */
static unsigned shortest_prefix(const struct address *address)
{
	return address_is_v4(address) ? BITS_BEFORE_V4 : 0;
}

static void consider(const struct policy *policy, const struct target *target, uint16_t port,
		     enum protocol protocol, uint32_t *best)
{
	if (!target)
		return;
	uint32_t rule = first_rule(policy, target, port, protocol);
	if (rule < *best)
		*best = rule;
}

static struct verdict verdict_of(const struct policy *policy, uint32_t rule)
{
	if (rule == NO_RULE)
		return (struct verdict){ false, NULL };
	const struct rule *said = &policy->plan->rules.items[rule];
	return (struct verdict){ said->allows, said };
}

/* By rules that speak of addresses, or of all of a kind. */
static void consider_address(const struct policy *policy, const struct address *to,
			     uint16_t port, enum protocol protocol, uint32_t *best)
{
	if (policy->internet && is_internet(policy, to))
		consider(policy, policy->internet, port, protocol, best);
	if (policy->lan && is_lan(policy, to))
		consider(policy, policy->lan, port, protocol, best);
	consider(policy, policy->any, port, protocol, best);
	for (unsigned bits = shortest_prefix(to); bits <= ADDRESS_BITS; bits++) {
		if (!policy->lengths[bits])
			continue;
		struct prefix prefix = { address_masked(to, bits), bits };
		consider(policy, find_prefix(policy, &prefix), port, protocol, best);
	}
}

static struct known *find_known(const struct policy *policy, const struct address *address)
{
	size_t head = hash_bytes(address->bytes, sizeof(address->bytes), 0) % KNOWN_HEADS;

	for (struct known *known = policy->known[head]; known; known = known->next)
		if (address_is(&known->address, address))
			return known;
	return NULL;
}

static const struct tap_addresses *family_of(const struct policy *policy,
					     const struct address *address)
{
	return address_is_v4(address) ? &policy->plan->v4 : &policy->plan->v6;
}

struct verdict policy_ask(const struct policy *policy, const struct address *to,
			  uint16_t port, enum protocol protocol, int64_t now)
{
	const struct tap_addresses *family = family_of(policy, to);
	uint32_t best = NO_RULE;

	if (policy_never(to))
		return (struct verdict){ false, NULL };
	if (address_is(&family->gateway, to)) {
		consider(policy, policy->host, port, protocol, &best);
		return verdict_of(policy, best);
	}
	if (prefix_has(&family->network, to))
		return (struct verdict){ false, NULL };
	consider_address(policy, to, port, protocol, &best);
	const struct known *known = find_known(policy, to);
	for (const struct grant *grant = known ? known->grants : NULL; grant; grant = grant->next)
		if (grant->until > now)
			consider(policy, grant->target, port, protocol, &best);
	return verdict_of(policy, best);
}

static bool allows_something(const struct policy *policy, const struct target *target)
{
	each_rule(policy, target, number)
		if (policy->plan->rules.items[number].allows)
			return true;
	return false;
}

bool policy_believes(const struct policy *policy, const struct address *address)
{
	struct address inside;

	if (policy_never(address) ||
	    prefix_has(&family_of(policy, address)->network, address))
		return false;
	bool inner = IS_ONE_OF(private_networks, address) || IS_ONE_OF(inner_networks, address) ||
		     IS_ONE_OF(metadata, address) || is_own(policy, address) ||
		     embedded_v4(address, &inside);
	if (!inner)
		return true;
	/* Some port of it must be open by itself. */
	if (allows_something(policy, is_lan(policy, address) ? policy->lan : NULL) ||
	    allows_something(policy, policy->any))
		return true;
	for (unsigned bits = shortest_prefix(address); bits <= ADDRESS_BITS; bits++) {
		struct prefix prefix = { address_masked(address, bits), bits };

		if (policy->lengths[bits] && allows_something(policy, find_prefix(policy, &prefix)))
			return true;
	}
	return false;
}

/* --- names ------------------------------------------------------------------------------ */

/* A name has at most so many parts, and one target by each of them. */
enum { MOST_NAME_TARGETS = 128 };

/* The targets that the name belongs to: its own, and those of the names above it. */
static size_t name_targets(const struct policy *policy, const char *name,
			   const struct target *ret_targets[MOST_NAME_TARGETS])
{
	const struct target *target = find_name(policy, RULE_NAME, name);
	size_t count = 0;

	if (target)
		ret_targets[count++] = target;
	for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.')) {
		target = find_name(policy, RULE_BELOW, dot + 1);
		if (target && count < MOST_NAME_TARGETS)
			ret_targets[count++] = target;
	}
	return count;
}

static bool is_whole(const struct rule *rule)
{
	const unsigned streams = PROTOCOL_TCP | PROTOCOL_UDP;

	return rule->ports.count == 0 && (rule->protocols & streams) == streams;
}

/* The first rule that allows something of a name, and the first that denies all of it. */
struct naming {
	const struct policy *policy;
	uint32_t allowed, denied;
};

static void weigh(struct naming *naming, const struct target *target)
{
	const struct rule *rules = naming->policy->plan->rules.items;

	each_rule(naming->policy, target, rule) {
		bool allows = rules[rule].allows;
		uint32_t *first = allows ? &naming->allowed : &naming->denied;

		if (rule >= naming->allowed && rule >= naming->denied)
			return;
		if (rule < *first && (allows || is_whole(&rules[rule])))
			*first = rule;
	}
}

/* Any name could lead to an address that some rule allows; none can lead to the host's
 * loopback. A denial of addresses denies no name. */
static void weigh_addresses(struct naming *naming)
{
	const struct policy *policy = naming->policy;

	weigh(naming, policy->any);
	if (policy->allows_addresses < naming->allowed)
		naming->allowed = policy->allows_addresses;
}

struct verdict policy_asks_for(const struct policy *policy, const char *name)
{
	struct naming naming = { policy, NO_RULE, NO_RULE };
	const struct target *targets[MOST_NAME_TARGETS];
	size_t count = name_targets(policy, name, targets);

	for (size_t i = 0; i < count; i++)
		weigh(&naming, targets[i]);
	weigh_addresses(&naming);
	return naming.denied < naming.allowed ? verdict_of(policy, naming.denied)
					      : verdict_of(policy, naming.allowed);
}

const char *policy_name_of(const struct policy *policy, const struct address *address)
{
	const struct known *known = find_known(policy, address);

	return known && known->name[0] ? known->name : NULL;
}

/* Is there room for one more? What is over goes first, but not more often than once a
 * second: who floods us with names must not make us look through all of them each time. */
static bool is_full(const struct policy *policy)
{
	return policy->known_count >= MOST_KNOWN || policy->grant_count >= MOST_GRANTS;
}

static void forget_old(struct policy *policy, int64_t now)
{
	if (policy->swept && now < policy->swept + 1000)
		return;
	policy->swept = now;
	for (size_t i = 0; i < KNOWN_HEADS; i++) {
		struct known **link = &policy->known[i];

		while (*link) {
			struct known *known = *link;

			if (known->until > now) {
				link = &known->next;
				continue;
			}
			*link = known->next;
			for (struct grant *grant = known->grants; grant; grant = grant->next)
				policy->grant_count--;
			policy->known_count--;
			free_known(known);
		}
	}
}

static struct known *know(struct policy *policy, const struct address *address)
{
	size_t head = hash_bytes(address->bytes, sizeof(address->bytes), 0) % KNOWN_HEADS;
	struct known *known = calloc(1, sizeof(*known));

	if (!known)
		return NULL;
	known->address = *address;
	known->next = policy->known[head];
	policy->known[head] = known;
	policy->known_count++;
	return known;
}

/* Let the address have a target's rules until then, if it has not already for longer. */
static int grant_target(struct policy *policy, struct known *known, const struct target *target,
			int64_t until)
{
	struct grant *grant = known->grants;

	while (grant && grant->target != target)
		grant = grant->next;
	if (!grant) {
		grant = malloc(sizeof(*grant));
		if (!grant)
			return -1;
		*grant = (struct grant){ target, until, known->grants };
		known->grants = grant;
		policy->grant_count++;
	}
	if (grant->until < until)
		grant->until = until;
	return 0;
}

static int learn_until(struct policy *policy, const char *name, const struct address *address,
		       int64_t until, int64_t now)
{
	const struct target *targets[MOST_NAME_TARGETS];
	size_t count = name_targets(policy, name, targets);

	if (is_full(policy))
		forget_old(policy, now);
	if (is_full(policy))
		return -1;
	struct known *known = find_known(policy, address);
	if (!known)
		known = know(policy, address);
	if (!known)
		return -1;
	size_t length = strlen(name);
	if (length < sizeof(known->name))
		memcpy(known->name, name, length + 1);
	if (known->until < until)
		known->until = until;
	policy->state++;
	for (size_t i = 0; i < count; i++)
		if (grant_target(policy, known, targets[i], until) < 0)
			return -1;
	return 0;
}

int policy_learn(struct policy *policy, const char *name, const struct address *address,
		 uint32_t seconds, int64_t now)
{
	const int64_t least = 5, grace = 60, most = 7 * 86400;
	int64_t lasts = seconds < least ? least : seconds > most ? most : seconds;

	return learn_until(policy, name, address, now + (lasts + grace) * 1000, now);
}

int policy_pin(struct policy *policy, const char *name, const struct address *address)
{
	return learn_until(policy, name, address, INT64_MAX, 0);
}

int policy_set_own(struct policy *policy, const struct address *addresses, size_t count)
{
	struct address *own = malloc((count + 1) * sizeof(*own));

	if (!own)
		return -1;
	if (count > 0)
		memcpy(own, addresses, count * sizeof(*own));
	qsort(own, count, sizeof(*own), by_bytes);
	free(policy->own);
	policy->own = own;
	policy->own_count = count;
	policy->state++;
	return 0;
}

uint64_t policy_state(const struct policy *policy)
{
	return policy->state;
}
