/* The profile reader; and what it read, printed, is read back as the same. */
#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/config/option.h>
#include <immure/config/profile.h>

#include "fuzz.h"

static struct config *config_new(struct arena *arena)
{
	struct config *config = arena_alloc(arena, sizeof(*config));

	config->arena = arena;
	return config;
}

/* As scripts compare two profiles: without where each word was said. */
static void must_be_same(const struct config *one, const struct config *other)
{
	size_t count = 0;

	list_each(const struct setting, setting, &other->said) {
		/* Only what a later word did not replace was printed. */
		const struct setting *from = one->said.items;

		for (; from < one->said.items + one->said.count; from++)
			if (from->option == setting->option && text_is(from->value, setting->value))
				break;
		MUST(from < one->said.items + one->said.count, "%s %s came from nowhere",
		     setting->option->name, setting->value);
		count++;
	}
	MUST(count <= one->said.count, "more words than before");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct config *config = config_new(arena);
	struct error err = { 0 };
	char *text = fuzz_text(data, size);

	/* Another file is another input. */
	if (memmem(data, size, "include", 7))
		goto end;
	if (profile_apply_text(config, "fuzzed", text, size, &err) < 0) {
		MUST(text_begins(err.what, "fuzzed:"), "no place: %s", err.what);
		MUST(memchr(err.hint, '\0', sizeof(err.hint)), "a hint without an end");
		goto end;
	}
	const char *printed = profile_text(config);
	struct config *again = config_new(arena);
	MUST(profile_apply_text(again, "printed", printed, strlen(printed), &err) == 0,
	     "what was printed is refused: %s\n%s", err.what, printed);
	must_be_same(config, again);
	/* Printed again it differs in the places alone. */
	struct config *third = config_new(arena);
	const char *twice = profile_text(again);
	MUST(profile_apply_text(third, "printed", twice, strlen(twice), &err) == 0 &&
	     text_is(profile_text(third), twice), "not stable:\n%s", twice);
end:
	free(text);
	arena_free(arena);
	return 0;
}
