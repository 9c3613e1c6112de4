/* URLs in the text of somebody's configuration: where they lead, not what they say. */
#ifndef IMMURE_BASE_URL_H
#define IMMURE_BASE_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What keeps a URL from leading anywhere. */
enum url_fault {
	URL_LEADS,
	URL_NO_PORT,		/* it names none, and its scheme has no usual one */
	URL_NO_HOST,		/* what stands for the host or its port is none */
};

struct arena;

struct url {
	enum url_fault fault;
	unsigned line;		/* of the text, from 1 */
	char scheme[24];	/* letters, digits and "-" in lower case; "ssh" of user@host:path */
	char host[256];		/* letters, digits, "-", "_", "." and, of an IPv6 address, ":" */
	uint16_t port;
};

/* Call `each` with every URL in a text of any bytes, in their order: scheme://host, and
 * user@host:path as ssh and git have it. Left out is what the text says to nobody: comments
 * (behind "#" or ";" at the start of a line or behind a blank; <!-- -->), the names of XML's
 * namespaces and schemas, and URLs without a host. Users, passwords and paths are never
 * looked at further: nothing of them is in a url. */
void url_each(const char *text, size_t length,
	      void (*each)(void *context, const struct url *url), void *context);

/* The path that a file: URL names on this host (file:///path, file://localhost/path or
 * file:/path), with what stands behind "%" as bytes and without "?" and "#" and what is
 * behind them; from the arena. NULL: it is none, names another host, or has a zero byte. */
char *url_file(struct arena *arena, const char *url);

#endif
