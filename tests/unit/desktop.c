/* Desktop entries: whose they are, how they are changed, and how a copy is known again. */
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/text.h>
#include <immure/desktop/entry.h>
#include <immure/desktop/mark.h>

#include "unit.h"

static struct arena *arena;

#define ENTRY "[Desktop Entry]\nType=Application\n"

static const struct {
	const char *text, *program;
} programs[] = {
	{ ENTRY "Exec=firefox %u\n", "firefox" },
	{ ENTRY "Exec=firefox", "firefox" },
	{ ENTRY "  Exec \t=  /usr/lib/firefox/firefox\t%u\r\n", "/usr/lib/firefox/firefox" },
	{ ENTRY "Exec=\"/opt/a b/c\" %f\n", "/opt/a b/c" },
	{ ENTRY "Exec=\"/opt/a\\\\\\\\b\\\\\"c\" %f\n", "/opt/a\\b\"c" },
	{ ENTRY "Exec=/opt/a\\sb\n", "/opt/a" },
	{ ENTRY "Exec='/opt/a b' x\n", "/opt/a b" },
	{ ENTRY "Exec=/opt/a\\\\ b x\n", "/opt/a b" },
	{ ENTRY "Exec=env A=B \"C=D E\" prog %U\n", "prog" },
	{ ENTRY "Exec=/usr/bin/env A=B /usr/bin/prog\n", "/usr/bin/prog" },
	{ ENTRY "Exec=env -u A prog\n", NULL },
	{ ENTRY "Exec=env A=B\n", NULL },
	{ ENTRY "Exec=\"prog\n", NULL },
	{ ENTRY "Exec=\n", NULL },
	{ ENTRY "Exec[de]=other\nExec=prog\n", "prog" },
	{ ENTRY "#Exec=other\nExec=prog\n[Desktop Action x]\nExec=another\n", "prog" },
	{ ENTRY "[Desktop Action x]\nExec=another\n", NULL },
	{ "# comment\n\n\xff\n" ENTRY "Exec=prog\n", "prog" },
};

static void test_the_program_of_an_entry(void)
{
	EACH_ROW(row, programs) {
		struct entry entry = entry_read(arena, ENTRY_APPLICATION, row->text, strlen(row->text));

		CHECK(entry.proper && entry.starts, "%s", row->text);
		CHECK(row->program ? entry.program && text_is(entry.program, row->program)
				   : !entry.program, "%s: %s", row->text, entry.program);
	}
}

static const struct {
	const char *text;
	size_t length;			/* 0: all of it */
	bool proper, starts;
} forms[] = {
	{ ENTRY, 0, true, true },
	{ "", 0, false, false },
	{ "[Desktop Entry]\n", 0, true, false },
	{ "[Desktop Entry]\nType=Link\nExec=x\n", 0, true, false },
	{ ENTRY "Hidden=true\nExec=x\n", 0, true, false },
	{ ENTRY "Hidden=false\nExec=x\n", 0, true, true },
	{ ENTRY "NoDisplay=true\nExec=x\n", 0, true, true },
	{ "[Other]\n" ENTRY, 0, false, false },
	{ "Exec=x\n" ENTRY, 0, false, false },
	{ ENTRY "\0", sizeof(ENTRY), false, false },
	{ "[D-BUS Service]\nName=a.b\nExec=x\n", 0, false, false },
};

static void test_what_is_an_entry(void)
{
	EACH_ROW(row, forms) {
		struct entry entry = entry_read(arena, ENTRY_APPLICATION, row->text,
						row->length ? row->length : strlen(row->text));

		CHECK(entry.proper == row->proper && entry.starts == row->starts, "%s", row->text);
	}
}

static const char *const prefix[] = { "/bin/immure", "run", "--", NULL };

static const struct {
	enum entry_kind kind;
	const char *text, *want;
} changes[] = {
	{ ENTRY_APPLICATION, ENTRY "Exec=prog %u",
	  ENTRY "Exec=/bin/immure run -- prog %u\nTryExec=/usr/bin/prog\nX-Immure-Mark=1\n" },
	{ ENTRY_APPLICATION, "# first\n" ENTRY "TryExec=prog\n Exec = \"a b\" '%f' \\\\\\\\ %%  \n\n\n"
	  "[Desktop Action new]\nName=New\nExec=prog --new\n\n",
	  "# first\n" ENTRY "TryExec=/usr/bin/prog\nExec=/bin/immure run -- \"a b\" '%f' \\\\\\\\ %%  \nX-Immure-Mark=1\n\n\n"
	  "[Desktop Action new]\nName=New\nExec=/bin/immure run -- prog --new\n\n" },
	{ ENTRY_APPLICATION, ENTRY "DBusActivatable=true\nExec=\nX-Immure-Program=other\nName[de]=\xc3\xa4\xff\n",
	  ENTRY "DBusActivatable=false\nExec=\nName[de]=\xc3\xa4\xff\nTryExec=/usr/bin/prog\nX-Immure-Mark=1\n" },
	{ ENTRY_APPLICATION, ENTRY "TryExec=a\nTryExec=b\n" ENTRY "TryExec=c\nDBusActivatable=1\nExec=x\n",
	  ENTRY "TryExec=/usr/bin/prog\nX-Immure-Mark=1\n" ENTRY "DBusActivatable=false\nExec=/bin/immure run -- x\n" },
	{ ENTRY_SERVICE, "[D-BUS Service]\nName=a.b\nExec=/usr/bin/prog --gapplication-service\nSystemdService=prog.service\nUser=x\n",
	  "[D-BUS Service]\nName=a.b\nExec=/bin/immure run -- /usr/bin/prog --gapplication-service\nUser=x\nX-Immure-Mark=1\n" },
};

static void test_changing(void)
{
	const struct entry_change change = { prefix, "/usr/bin/prog", "X-Immure-Mark=1\n" };
	size_t length;

	EACH_ROW(row, changes) {
		const char *is = entry_changed(arena, row->kind, row->text, strlen(row->text), &change,
					       &length);

		CHECK(text_is(is, row->want) && length == strlen(is), "%s\n# is:\n%s", row->text, is);
	}
}

/* What is written is read as it was meant, whatever the words are. */
static void test_words_survive_their_quotes(void)
{
	static const char *const words[] = {
		"/home/a b/immure", "/a\"b", "/a\\b", "/a'b", "/a$b`c`", "/100%/immure", "/a\nb", "/a\tb",
		"/a\rb", "/(a)", "/a;b", "/~", "/\xc3\xa4", "/\\s",
	};

	EACH_ROW(word, words) {
		const char *const one[] = { *word, NULL };
		const struct entry_change change = { one, *word, "" };
		const char *text = ENTRY "Exec=x\n";
		size_t length;

		const char *is = entry_changed(arena, ENTRY_APPLICATION, text, strlen(text), &change,
					       &length);
		struct entry entry = entry_read(arena, ENTRY_APPLICATION, is, length);
		CHECK(entry.tries && text_is(entry.tries, *word), "%s: %s", *word, entry.tries);
		/* A field code is read behind the quotes. */
		const char *program = entry.program ? entry.program : "none";
		CHECK(text_is(program, strstr(*word, "100%") ? "/100%%/immure" : *word),
		      "%s: %s", *word, program);
	}
}

static void test_marks(void)
{
	const struct mark mark = { "prog", "other.profile-1", "/usr/share/a\nb\\c", 0x123456789abcdef };
	struct mark read;
	bool whole;

	for (int lead = 0; lead < 2; lead++) {
		char *text = arena_format(arena, "#!/bin/sh\n%sexec true\n",
					  mark_lines(arena, &mark, lead ? "# " : ""));
		size_t length = strlen(text);

		CHECK(mark_read(arena, text, length, &read, &whole) && !whole, "%s", text);
		mark_seal(text, length);
		CHECK(mark_read(arena, text, length, &read, &whole) && whole, "%s", text);
		CHECK(text_is(read.program, "prog") && text_is(read.profile, "other.profile-1") &&
		      text_is(read.source, mark.source) && read.hash == mark.hash, "%s", text);
		for (size_t i = 0; i < length; i++) {
			char was = text[i];

			text[i] = was == 'x' ? 'y' : 'x';
			CHECK(!mark_read(arena, text, length, &read, &whole) || !whole, "byte %zu", i);
			text[i] = was;
		}
	}
}

static void test_no_marks(void)
{
	static const char *const texts[] = {
		"", "X-Immure-Program=a\n", "X-Immure-Program=a\nX-Immure-Profile=b\nX-Immure-Seal=00\n",
		"X-Immure-Program=../a\nX-Immure-Profile=b\nX-Immure-Seal=0000000000000000\n",
		"X-Immure-Program=a\nX-Immure-Profile=\nX-Immure-Seal=0000000000000000\n",
		"X-Immure-Program=a\nX-Immure-Program=a\nX-Immure-Profile=b\nX-Immure-Seal=0000000000000000\n",
		"echo X-Immure-Program=a\nX-Immure-Profile=b\nX-Immure-Seal=0000000000000000\n",
	};
	struct mark read;
	bool whole;

	EACH_ROW(text, texts)
		CHECK(!mark_read(arena, *text, strlen(*text), &read, &whole), "%s", *text);
}

int main(void)
{
	arena = arena_new();
	RUN(test_the_program_of_an_entry);
	RUN(test_what_is_an_entry);
	RUN(test_changing);
	RUN(test_words_survive_their_quotes);
	RUN(test_marks);
	RUN(test_no_marks);
	arena_free(arena);
	return unit_end();
}
