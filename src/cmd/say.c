/* What people read on standard error. Messages carry names from files, profiles and
 * hostile programs: none of their bytes reach a terminal unescaped. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>

#include "cmd.h"

enum colour { PLAIN, RED, YELLOW };

/* https://no-color.org: any value but an empty one. */
static bool has_colours(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(2) && !(no_color && *no_color) && term && !text_is(term, "dumb");
}

static void print_line(enum colour colour, const char *label, const char *text)
{
	static const char *const starts[] = { "", "\033[1;31m", "\033[1;33m" };
	char escaped[4096];
	bool coloured = colour != PLAIN && has_colours();

	text_escape(escaped, sizeof(escaped), text);
	(void)fprintf(stderr, "%s%s:%s %s\n", coloured ? starts[colour] : "", label,
		      coloured ? "\033[0m" : "", escaped);
}

void say(const char *kind, const char *text)
{
	char label[64];

	(void)snprintf(label, sizeof(label), "immure: %s", kind);
	print_line(YELLOW, label, text);
}

int ask_first(struct arena *arena, const char *question, const char *unasked, struct error *err)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO)) {
		(void)fail(err, 0, "there is nobody to ask: standard input is no terminal");
		return hint(err, "to say yes without being asked: %s", unasked);
	}
	(void)printf("%s [y/N] ", text_escaped(arena, question));
	(void)fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) &&
	    (text_is(answer, "y\n") || text_is(answer, "Y\n") || text_is(answer, "yes\n")))
		return 0;
	return fail(err, 0, "nothing was done: only y and yes are a yes");
}

void command_print_error(const struct error *err)
{
	char text[sizeof(err->what) + 128];
	const char *label = "hint";

	(void)snprintf(text, sizeof(text), "%s%s%s", err->what, err->code ? ": " : "",
		       err->code ? strerror(err->code) : "");
	print_line(RED, "immure", text);
	for (const char *hint = err->hint; *hint; ) {
		size_t length = strcspn(hint, "\n");
		char line[sizeof(err->hint)];

		(void)snprintf(line, sizeof(line), "%.*s", (int)length, hint);
		print_line(YELLOW, label, line);
		hint += length + (hint[length] == '\n');
	}
}
