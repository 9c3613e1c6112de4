#include <ctype.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/bus.h>

static const char *const kinds[] = { "talk", "own", "see", "call", "broadcast" };

/* A well-known name of the D-Bus Specification, with ".*" at its end for all below it. */
static bool is_bus_name(const char *name)
{
	size_t length = strlen(name), parts = 0;

	if (length >= 2 && text_is(name + length - 2, ".*"))
		length -= 2;
	if (length > 255)
		return false;
	for (const char *c = name; c < name + length; parts++) {
		size_t part = strcspn(c, ".");

		if (part > (size_t)(name + length - c))
			part = (size_t)(name + length - c);
		if (part == 0 || isdigit((unsigned char)*c))
			return false;
		for (size_t i = 0; i < part; i++)
			if (!isalnum((unsigned char)c[i]) && !strchr("_-", c[i]))
				return false;
		c += part;
		if (c < name + length && c + 1 == name + length)
			return false;
		c += c < name + length;
	}
	return parts >= 2;
}

/* [METHOD][@PATH] of xdg-dbus-proxy(1); what is wrong in it is for that to say. */
static bool is_rule(const char *rule)
{
	for (const char *c = rule; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-*/@", *c))
			return false;
	return *rule != '\0';
}

static const char *none(int failed)
{
	(void)failed;
	return NULL;
}

const char *bus_word(struct arena *arena, const char *word, struct error *err)
{
	const char *colon = strchr(word, ':');

	for (size_t i = 0; colon && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		bool of_calls = text_is(kinds[i], "call") || text_is(kinds[i], "broadcast");
		const char *name = colon + 1, *equals = strchr(name, '=');

		if (strlen(kinds[i]) != (size_t)(colon - word) || !text_begins(word, kinds[i]))
			continue;
		if (of_calls && (!equals || !is_rule(equals + 1)))
			return none(fail(err, 0, "\"%s\" lacks its rule: %s:NAME=[METHOD][@PATH]",
					 word, kinds[i]));
		if (of_calls)
			name = arena_copy_part(arena, name, (size_t)(equals - name));
		if (!is_bus_name(name))
			return none(fail(err, 0, "\"%s\" is no name of a bus", name));
		return arena_format(arena, "--%s=%s", kinds[i], colon + 1);
	}
	return none(fail(err, 0, "\"%s\" says neither talk:, own:, see:, call: nor broadcast:", word));
}
