/* The network as it is planned: a tap with its addresses, and the rules of what can be
 * reached through it. */
#ifndef IMMURE_PLAN_NETWORK_H
#define IMMURE_PLAN_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include <immure/base/address.h>
#include <immure/base/arena.h>

struct error;
struct origin;
struct url;

/* What a rule speaks of. */
enum rule_what {
	RULE_NAME,		/* a host by its name */
	RULE_BELOW,		/* every name below one: `*.example.org` */
	RULE_PREFIX,		/* an address, or a network of them */
	RULE_INTERNET,		/* what is routed globally and is not the host itself */
	RULE_LAN,		/* private networks, and not the host itself */
	RULE_HOST,		/* loopback services of the host, at the gateway's address */
	RULE_ANY,		/* every address */
};

/* Protocols, as bits: a rule can be about several. Echo is that of ICMP and ICMPv6. */
enum protocol { PROTOCOL_TCP = 1, PROTOCOL_UDP = 2, PROTOCOL_ECHO = 4 };

struct port_range {
	uint16_t first, last;
};

/* One --allow or --deny. There can be thousands, each of which costs the page that it is in:
 * what is small stands together. */
struct rule {
	const char *name;		/* NAME, BELOW: lower case, no dot at the end */
	const char *text;		/* as it was said, without the verb */
	const struct origin *origin;	/* who said it */
	const char *url_place;		/* "FILE:LINE" of the URL that it is from; or NULL */
	struct {
		const struct port_range *items;
		uint32_t count;
	} ports;			/* none: all of them */
	struct prefix prefix;		/* PREFIX */
	enum rule_what what : 8;
	uint8_t protocols;
	bool allows;
	bool typed;			/* on the command line */
};

/* A file of URLs that rules were taken from, or would have been. */
struct url_file {
	const char *path;		/* on the host, not resolved */
	const char *origin;		/* who named it */
	bool missing;
};

/* What came to nothing of what was named. */
struct url_remark {
	const char *text;		/* "FILE:LINE: ..." */
	bool missing;			/* for there is no such file */
};

/* A server to ask for names. */
struct name_server {
	struct address address;
	const char *origin;
};

/* A name that stands for an address, because somebody said so. */
struct named_host {
	const char *name;		/* lower case, no dot at the end */
	struct address address;
	const char *origin;
};

/* A domain below which short names are looked for. */
struct search_domain {
	const char *name;
	const char *origin;
};

/* The hardware address of the gateway and of the resolver; libslirp sends from others, which
 * nobody looks at. Locally administered. */
#define TAP_GATEWAY_HARDWARE 0x52, 0x55, 0x0a, 0x00, 0x02, 0x02

/* What the host's sockets for the sandbox are bound to; no origin: not said. */
struct outbound {
	const char *device, *device_origin;
	struct address v4, v6;
	const char *v4_origin, *v6_origin;
};

/* One port of a --publish: what comes to `port` of the host's `address` goes to
 * `guest_port` of the sandbox. */
struct publish {
	struct address address;
	uint16_t port;			/* 0: any that is free */
	uint16_t guest_port;
	enum protocol protocol;		/* TCP or UDP */
	const char *origin;		/* who said it */
};

/* So many ports can be published: each is a descriptor. */
enum { MOST_PUBLISHED = 256 };

/* One family of the tap's network. */
struct tap_addresses {
	bool on;
	struct prefix network;
	struct address gateway, resolver, guest;
	const char *origin;		/* who said so, or that it is off */
};

/* Where something of it is written down. */
struct network_record {
	const char *path;		/* absolute; NULL: nobody wants it */
	const char *origin;
};

struct network_plan {
	bool online;			/* there is a tap. Without it, of the rest only hosts
					 * and published ports mean anything */
	LIST(struct publish) publishes;	/* of which some may stand without a tap: then the
					 * guest's addresses are those of its loopback */
	const char *publish_file, *publish_file_origin;	/* NULL: nobody wants one */
	LIST(struct rule) rules;	/* in the order in which they count */
	LIST(struct url_file) url_files;
	LIST(struct url_remark) url_remarks;
	const char *interface;
	const char *interface_origin;
	unsigned mtu;
	const char *mtu_origin;		/* NULL: nobody said it */
	uint8_t hardware[6];		/* of the sandbox's end */
	const char *hardware_origin;	/* NULL: nobody said it; as the kernel makes it up */
	struct tap_addresses v4, v6;
	LIST(struct name_server) servers;	/* empty: those of resolv.conf */
	LIST(struct search_domain) search;
	struct outbound outbound;
	LIST(struct named_host) hosts;
	const char *hostname;		/* of the sandbox, which it can look up */
	struct network_record log, capture;
};

/* Read WHAT[:PORTS][/tcp|/udp] into a rule, whose strings and lists come from the
 * arena; `allows`, `text` and `origin` are left alone. -1 says what is wrong with it, and leaves
 * half a rule. */
int rule_parse(struct arena *arena, const char *text, struct rule *ret_rule,
	       struct error *err);

/* Who said it, as a user reads it, from the arena: "FILE:LINE", with the place of a URL in
 * front of it. */
const char *rule_origin(struct arena *arena, const struct rule *rule);

/* Read "80" or "8000-8100" at the front of *text, and leave *text behind it; with `zero` also
 * a 0 alone. -1 says what is wrong with it. */
int ports_take(const char **text, bool zero, struct port_range *ret_range, struct error *err);

/* Say that `text` should be a port. Always returns -1. */
int ports_refuse(const char *text, struct error *err);

/* Bring a host's name into the form in which names are compared, in place: lower case, no
 * dot at the end. Its length, at most 253; -1 says why it is none. */
int host_name_check(char *name, struct error *err);

/* The rule that opens where a URL leads, and nothing else: one name or address, and one port
 * by TCP. `allows` and `origin` are left alone. -1 says why there is none. */
int url_rule(struct arena *arena, const struct url *url, struct rule *ret_rule,
	     struct error *err);

/* Read [ADDR:]PORT:PORT[/tcp|/udp], and add what it says, a port at a time, to
 * `network->publishes`. -1 says what is wrong with it. */
int publish_parse(struct arena *arena, const char *text, const char *origin,
		  struct network_plan *network, struct error *err);

/* Is everything that `narrow` fits fitted by `wide` as well, so that behind it in a list
 * `narrow` would never be asked? No for what only a look at the network could tell, as of a
 * name and an address. */
bool rule_covers(const struct rule *wide, const struct rule *narrow);

#endif
