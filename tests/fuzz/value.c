/* Values: each option's own, from the first byte on, and the small readers below. */
#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/config/option.h>
#include <immure/config/profile.h>

#include "fuzz.h"

static void try_readers(const char *text)
{
	struct error err = { 0 };
	int64_t number;
	uint64_t bytes;
	unsigned mode;

	if (text_number(text, -20, 1000000, &number, &err) == 0)
		MUST(number >= -20 && number <= 1000000, "%s", text);
	if (text_octal(text, &mode, &err) == 0)
		MUST(mode <= 07777, "%s", text);
	if (text_size(text, &bytes, &err) == 0)
		MUST(bytes >= 1 && bytes <= 1ull << 60, "%s", text);
	if (text_duration(text, &number, &err) == 0)
		MUST(number >= 1 && number <= (int64_t)3650 * 86400 * 1000, "%s", text);
	if (text_offset(text, &number, &err) == 0)
		MUST(number >= -(INT64_MAX / 2) && number <= INT64_MAX / 2, "%s", text);
}

static void try_splitting(struct arena *arena, const char *text)
{
	char *left, *right;

	size_t found = text_split(arena, text, ':', &left, &right);
	MUST((found > 0) == (right != NULL), "%zu colons in %s", found, text);
	/* What was protected comes back in one piece. */
	const char *safe = text_protect(arena, text, ':');
	MUST(text_split(arena, safe, ':', &left, &right) == 0 && text_is(left, text),
	     "%s became %s", text, left);
}

static void try_paths(struct arena *arena, const char *text)
{
	const char *path = path_normal(arena, "/base", text);

	MUST(path[0] == '/', "%s is not absolute", path);
	MUST(text_is(path, path_normal(arena, "/", path)), "%s is not normal", path);
	MUST(!strstr(path, "//") && !strstr(path, "/../") && !strstr(path, "/./"), "%s", path);
	MUST(path_is_within(path, "/"), "%s", path);
	MUST(text_is(path, "/") || path_is_within(path, path_parent(arena, path)), "%s", path);
	(void)path_depth(path);
	(void)path_last(text);
}

static void try_option(struct arena *arena, const struct option *option, const char *value)
{
	static const struct origin origin = { .file = "fuzzed", .line = 1 };
	struct config *config = arena_alloc(arena, sizeof(*config));
	struct setting setting = { option, option->arg ? value : "", &origin };
	struct error err = { 0 };

	config->arena = arena;
	/* These read a file of that name. */
	if (text_is(option->name, "include") || text_is(option->name, "profile"))
		return;
	if (option_apply(config, &setting, &err) < 0) {
		MUST(err.what[0] && memchr(err.what, '\0', sizeof(err.what)), "no reason");
		MUST(config->said.count == 0, "refused, and recorded");
		return;
	}
	/* What takes back all of a list is not one of its words. */
	if (setting.option->list && text_is(setting.value, "none")) {
		MUST(config->said.count == 0, "none, and recorded");
		return;
	}
	MUST(config->said.count == 1, "accepted, and not recorded");
	if (!(option->in & PROFILE) || !option->arg)
		return;
	/* The one line that says it. */
	struct config *again = arena_alloc(arena, sizeof(*again));
	again->arena = arena;
	const char *text = profile_text(config);
	MUST(profile_apply_text(again, "printed", text, strlen(text), &err) == 0 &&
	     again->said.count == 1 && text_is(again->said.items[0].value, setting.value),
	     "%s (%s)", text, err.what);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct arena *arena = arena_new();
	char *text = fuzz_text(data + 1, size - 1);

	try_readers(text);
	try_splitting(arena, text);
	try_paths(arena, text);
	try_option(arena, &option_table[data[0] % option_count], text);
	free(text);
	arena_free(arena);
	return 0;
}
