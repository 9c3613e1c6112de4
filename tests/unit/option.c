/* The option table as data: what everything that is made from it relies on. */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include <immure/base/text.h>
#include <immure/config/option.h>

#include "unit.h"

#define EACH_OPTION(row) \
	for (const struct option *row = option_table; row < option_table + option_count; row++)

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static void test_names(void)
{
	EACH_OPTION(option) {
		CHECK(strspn(option->name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
		      strlen(option->name), "%s", option->name);
		CHECK(isalpha((unsigned char)option->name[0]), "%s", option->name);
		CHECK(!option->letter || isalpha((unsigned char)option->letter), "%s", option->name);
		EACH_OPTION(other) {
			if (other == option)
				continue;
			CHECK(!text_is(option->name, other->name), "%s twice", option->name);
			CHECK(!option->letter || option->letter != other->letter,
			      "-%c for %s and %s", option->letter, option->name, other->name);
		}
	}
}

static void test_rows_are_whole(void)
{
	EACH_OPTION(option) {
		CHECK(option->set != NULL, "%s", option->name);
		CHECK(option->in == CLI || option->in == PROFILE || option->in == (CLI | PROFILE),
		      "%s", option->name);
		CHECK(option->group < OPTION_GROUPS, "%s", option->name);
		CHECK(option->arg || !option->arg_optional, "%s", option->name);
		CHECK(!option->arg || (*option->arg && is_plain(option->arg)), "%s", option->name);
		CHECK(option->arg || (!option->words && option->complete == COMPLETE_NOTHING),
		      "%s", option->name);
		CHECK(option->complete != COMPLETE_WORDS || option->words, "%s", option->name);
		/* A letter and everyday help are for the command line. */
		CHECK((option->in & CLI) || (!option->letter && !option->everyday), "%s",
		      option->name);
	}
	for (int group = 0; group < OPTION_GROUPS; group++)
		CHECK(option_group_titles[group] && *option_group_titles[group], "group %d", group);
}

/* --help prints a heading when the group changes. */
static void test_groups_are_together(void)
{
	bool ended[OPTION_GROUPS] = { false };

	for (size_t i = 0; i < option_count; i++) {
		enum option_group group = option_table[i].group;

		CHECK(!ended[group], "%s stands apart from its group", option_table[i].name);
		if (i + 1 < option_count && option_table[i + 1].group != group)
			ended[group] = true;
	}
}

/* A line of help is no sentence; "..." for more of the same is allowed. */
static bool ends_without_stop(const char *text)
{
	size_t length = strlen(text);

	return length == 0 || text[length - 1] != '.' ||
	       (length > 3 && text_is(text + length - 4, " ..."));
}

static void test_texts(void)
{
	EACH_OPTION(option) {
		size_t length = option->help ? strlen(option->help) : 0;

		CHECK(length > 0 && is_plain(option->help), "%s", option->name);
		CHECK(ends_without_stop(option->help), "%s: %s", option->name, option->help);
		CHECK(!isupper((unsigned char)option->help[0]), "%s: %s", option->name, option->help);
		length = option->man ? strlen(option->man) : 0;
		CHECK(length > 0 && is_plain(option->man), "%s", option->name);
		CHECK(length > 0 && option->man[length - 1] == '.', "%s: %s", option->name,
		      option->man);
		CHECK(!strstr(option->man, "  "), "%s: two blanks", option->name);
	}
}

/* *value*, **--option** and `literal` are closed, and an option that a text
 * names exists. */
static void test_marks(void)
{
	EACH_OPTION(option) {
		const char *open = NULL;

		for (const char *c = option->man; *c; c++) {
			const char *mark = text_begins(c, "**") ? "**" : *c == '*' ? "*"
					   : *c == '`' ? "`" : NULL;

			/* As the generator reads: inside, only the same mark closes. */
			if (!mark || (open && !text_is(open, mark)))
				continue;
			c += strlen(mark) - 1;
			if (!open && text_is(mark, "**") && text_begins(c + 1, "--"))
				CHECK(option_named(c + 3, strcspn(c + 3, "* ="), CLI | PROFILE),
				      "%s: %s", option->name, c - 1);
			open = open ? NULL : mark;
		}
		CHECK(!open, "%s: %s is not closed", option->name, open);
	}
}

static void test_finding(void)
{
	EACH_OPTION(option) {
		size_t length = strlen(option->name);

		CHECK(option_named(option->name, length, option->in) == option, "%s", option->name);
		CHECK(!option_named(option->name, length - 1, option->in) ||
		      option_named(option->name, length - 1, option->in) != option, "%s",
		      option->name);
		if (option->in != (CLI | PROFILE))
			CHECK(!option_named(option->name, length, (CLI | PROFILE) & ~option->in),
			      "%s", option->name);
		if (option->letter)
			CHECK(option_lettered(option->letter, CLI) == option, "%s", option->name);
	}
	CHECK(!option_named("", 0, CLI), "no name");
	CHECK(!option_named("nonesuch", 8, CLI), "no such name");
	CHECK(!option_lettered('Z', CLI), "no such letter");
}

static const struct {
	const char *wrong, *near;
	unsigned where;
} nearest[] = {
	{ "bnid", "bind", CLI }, { "binds", "bind", CLI }, { "robind", "ro-bind", CLI },
	{ "ro_bind", "ro-bind", CLI }, { "timout", "timeout", CLI },
	{ "set-env", "setenv", CLI }, { "hostnam", "hostname", CLI }, { "dryrun", "dry-run", CLI },
	{ "tmpf", "tmpfs", CLI }, { "BIND", NULL, CLI }, { "xyz", NULL, CLI }, { "", NULL, CLI },
	{ "includ", NULL, CLI }, { "includ", "include", PROFILE },
	{ "verbos", "verbose", CLI }, { "verbos", NULL, PROFILE },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL, CLI },
};

static void test_nearest(void)
{
	EACH_ROW(row, nearest) {
		const struct option *got = option_nearest(row->wrong, row->where);

		CHECK(row->near ? got && text_is(got->name, row->near) : !got, "%s: %s",
		      row->wrong, got ? got->name : "nothing");
	}
}

int main(void)
{
	RUN(test_names);
	RUN(test_rows_are_whole);
	RUN(test_groups_are_together);
	RUN(test_texts);
	RUN(test_marks);
	RUN(test_finding);
	RUN(test_nearest);
	return unit_end();
}
