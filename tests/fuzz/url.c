/* Configuration files of projects, and where they say to connect to. */
#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/base/url.h>
#include <immure/plan/network.h>

#include "fuzz.h"

struct seen {
	struct arena *arena;
	unsigned lines, last;
};

static void look(void *context, const struct url *url)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:";
	struct seen *seen = context;
	struct error err = { 0 };
	struct rule rule = { .allows = true };

	MUST(memchr(url->host, '\0', sizeof(url->host)), "no end");
	MUST(memchr(url->scheme, '\0', sizeof(url->scheme)), "no end");
	MUST(url->host[strspn(url->host, letters)] == '\0', "a byte of no host");
	MUST(url->scheme[strspn(url->scheme, letters)] == '\0' && url->scheme[0], "a byte of no scheme");
	MUST(url->line >= 1 && url->line <= seen->lines && url->line >= seen->last, "line %u", url->line);
	MUST((url->fault == URL_NO_HOST) == !url->host[0], "a host without, or none");
	MUST((url->fault == URL_LEADS) == (url->port > 0), "port %u", url->port);
	seen->last = url->line;
	if (url->fault != URL_LEADS || url_rule(seen->arena, url, &rule, &err) < 0)
		return;
	/* One host and one port: never a class of them, which a URL cannot name. */
	MUST(rule.what == RULE_NAME || rule.what == RULE_PREFIX, "%s", url->host);
	MUST(rule.what == RULE_NAME || rule.prefix.bits == ADDRESS_BITS, "%s", url->host);
	MUST(rule.ports.count == 1 && rule.ports.items[0].first == url->port &&
	     rule.ports.items[0].last == url->port && rule.protocols == PROTOCOL_TCP, "%s", url->host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = { .arena = arena_new(), .lines = 1 };
	char *text = malloc(size ? size : 1);	/* of exactly their size: no NUL behind it */

	MUST(text, "memory");
	if (size > 0)
		memcpy(text, data, size);
	for (size_t i = 0; i < size; i++)
		seen.lines += text[i] == '\n';
	url_each(text, size, look, &seen);
	/* As the URL of a file, which is decoded where it stands. */
	const char *word = arena_copy_part(seen.arena, text, size);
	const char *path = url_file(seen.arena, word);
	MUST(!path || (path[0] == '/' && strlen(path) < strlen(word)), "%s", path);
	free(text);
	arena_free(seen.arena);
	return 0;
}
