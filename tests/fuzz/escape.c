/* Foreign bytes on their way to a terminal, or into something that is typed. */
#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/profile.h>

#include "fuzz.h"

static int hex(char digit)
{
	return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

/* One word, as a shell reads what text_shell() writes. */
static char *shell_reads(struct arena *arena, const char *word)
{
	char *out = arena_alloc(arena, strlen(word) + 1), *start = out;
	enum { PLAIN, SINGLE, DOLLAR } in = PLAIN;

	for (; *word; word++) {
		if (in == PLAIN && word[0] == '$' && word[1] == '\'') {
			in = DOLLAR;
			word++;
		} else if (in == PLAIN && *word == '\'') {
			in = SINGLE;
		} else if (in != PLAIN && *word == '\'') {
			in = PLAIN;
		} else if (in == DOLLAR && word[0] == '\\' && word[1] == 'x') {
			*out++ = (char)(hex(word[2]) << 4 | hex(word[3]));
			word += 3;
		} else if (in != SINGLE && *word == '\\') {
			*out++ = *++word;
		} else {
			*out++ = *word;
		}
	}
	*out = '\0';
	return start;
}

static void try_cut(const char *text, size_t size)
{
	char *out = malloc(size);

	MUST(out, "memory");
	text_escape(out, size, text);
	MUST(memchr(out, '\0', size), "no end in %zu", size);
	MUST(text_is_printable(out), "%s", out);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	char *text = fuzz_text(data, size);
	const char *escaped = text_escaped(arena, text);

	MUST(text_is_printable(escaped), "%s", escaped);
	/* A backslash is printable: that it is one cannot be read back, only seen. */
	MUST(strlen(escaped) >= strlen(text) || !text_is_printable(text), "shorter");
	MUST(!text_is_printable(text) || text_is(escaped, text), "%s was changed", text);
	MUST(text_printable_length(text) <= strlen(text), "longer than the text");
	for (size_t room = 1; room < 16; room++)
		try_cut(text, room);
	try_cut(text, strlen(text) + 1);
	const char *word = text_shell(arena, text);
	MUST(text_is_printable(word), "%s", word);
	MUST(text_is(shell_reads(arena, word), text), "%s is read as another word", word);
	MUST(text_is_printable(profile_quote(arena, text)), "a value that nobody can read");
	MUST(text_distance(text, text) == 0 || strlen(text) > 48, "%s", text);
	(void)text_distance(text, "ro-bind");
	free(text);
	arena_free(arena);
	return 0;
}
