/* Desktop entries and services of the bus, as somebody's package has them. */
#include <stdbool.h>

#include <immure/base/arena.h>
#include <immure/base/text.h>
#include <immure/desktop/entry.h>
#include <immure/desktop/mark.h>

#include "fuzz.h"

static const char *const prefix[] = { "/usr/bin/im mure", "run", "--profile", "p", "--", NULL };

/* Does every line that begins like a command line begin with `begun`, or say nothing? */
static bool all_begin(const char *text, const char *begun)
{
	for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		size_t length = strcspn(line, "\n");

		if (text_begins(line, "Exec=") && !text_begins(line, begun) &&
		    strspn(line + strlen("Exec="), " \t\r\v\f") != length - strlen("Exec="))
			return false;
	}
	return true;
}

static void change(struct arena *arena, enum entry_kind kind, const char *bytes, size_t size)
{
	static const char *const begun = "Exec=\"/usr/bin/im mure\" run --profile p -- ";
	struct mark mark = { "prog", "p", "/usr/share/x", mark_hash(bytes, size) }, read;
	const struct entry_change how = { prefix, "/usr/bin/prog", mark_lines(arena, &mark, "") };
	size_t length, again;
	bool whole;

	struct entry entry = entry_read(arena, kind, bytes, size);
	MUST(entry.proper || !entry.starts, "no entry that starts");
	if (!entry.proper)
		return;
	char *changed = entry_changed(arena, kind, bytes, size, &how, &length);
	MUST(changed[length] == '\0' && strlen(changed) == length, "no text");
	struct entry now = entry_read(arena, kind, changed, length);
	if (length > LONGEST_ENTRY)
		return;
	MUST(now.proper && now.starts == entry.starts, "another kind of entry");
	if (entry.program)
		MUST(now.program && text_is(now.program, prefix[0]), "%s", now.program);
	MUST(!now.program || text_is(now.program, prefix[0]), "%s", now.program);
	if (kind == ENTRY_APPLICATION)
		MUST(now.tries && text_is(now.tries, "/usr/bin/prog"), "%s", now.tries);
	MUST(all_begin(changed, begun), "a line of its own: %s", changed);
	mark_seal(changed, length);
	MUST(mark_read(arena, changed, length, &read, &whole) && whole, "no mark: %s", changed);
	MUST(text_is(read.program, "prog") && read.hash == mark.hash, "another mark");
	/* What is made of a copy is the same but for what goes in front. */
	const struct entry_change nothing = { (const char *const[]){ NULL }, "/usr/bin/prog", how.marks };
	char *once = entry_changed(arena, kind, changed, length, &nothing, &again);
	mark_seal(once, again);
	MUST(again == length, "it grows");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	char *bytes = malloc(size ? size : 1);	/* of exactly their size: no NUL behind it */
	struct mark mark;
	bool whole;

	MUST(bytes, "memory");
	if (size > 0)
		memcpy(bytes, data, size);
	(void)mark_read(arena, bytes, size, &mark, &whole);
	change(arena, ENTRY_APPLICATION, bytes, size);
	change(arena, ENTRY_SERVICE, bytes, size);
	free(bytes);
	arena_free(arena);
	return 0;
}
