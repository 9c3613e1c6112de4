/* The profile reader as a function of bytes, and back. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/config/option.h>
#include <immure/config/profile.h>

#include "unit.h"

static struct arena *arena;

static struct config *config_new(void)
{
	struct config *config = arena_alloc(arena, sizeof(*config));

	config->arena = arena;
	return config;
}

static int apply(struct config *config, const char *bytes, size_t length, struct error *err)
{
	*err = (struct error){ 0 };
	return profile_apply_text(config, "test", bytes, length, err);
}

/* --- what one line comes to --------------------------------------------------- */

static const struct {
	const char *line;
	const char *want;	/* the value of `setenv`; NULL: is refused */
	const char *why;	/* what the message has */
} lines[] = {
	{ "setenv A=b", "A=b", NULL },
	{ "  \tsetenv \t A=b \t ", "A=b", NULL },
	{ "setenv A=b # comment", "A=b", NULL },
	{ "setenv A=b\t# comment", "A=b", NULL },
	{ "setenv A=b#c", "A=b#c", NULL },
	{ "setenv A=b c  d", "A=b c  d", NULL },
	{ "setenv A=b c  # comment", "A=b c", NULL },
	{ "setenv A=", "A=", NULL },
	{ "setenv A=#x", "A=#x", NULL },
	{ "setenv A=\"b\"", "A=\"b\"", NULL },
	{ "setenv A=x \\# y", "A=x # y", NULL },
	{ "setenv A=a\\tb\\nc", "A=a\tb\nc", NULL },
	{ "setenv A=\\x01\\x1b\\x7F\\xfF", "A=\x01\x1b\x7f\xff", NULL },
	{ "setenv A=\\\\ \\\" \\\\n", "A=\\ \" \\n", NULL },
	{ "setenv A=\\:", "A=\\:", NULL },
	{ "setenv A=b\\ ", "A=b ", NULL },
	{ "setenv A=b \\ ", "A=b  ", NULL },
	{ "setenv \"A= b \"", "A= b ", NULL },
	{ "setenv \"A=b # c\"", "A=b # c", NULL },
	{ "setenv \"A=b\"   # c", "A=b", NULL },
	{ "setenv \"A=b\"# c", "A=b", NULL },
	{ "setenv \"A=\\\"\\\\\\n\"", "A=\"\\\n", NULL },
	{ "setenv \"A=\tb\"", "A=\tb", NULL },
	{ "setenv A=\xc3\xa4", "A=\xc3\xa4", NULL },
	{ "setenv A=\xc3\xa4\\n", "A=\xc3\xa4\n", NULL },
	/* names, and the home directory */
	{ "setenv A=$HOME", "A=/home/u", NULL },
	{ "setenv A=${HOME}x/$UID/$USER", "A=/home/ux/@UID/me", NULL },
	{ "setenv \"A=$HOME # $USER\"", "A=/home/u # me", NULL },
	{ "setenv A=$XDG_CONFIG_HOME:$XDG_STATE_HOME", "A=/conf:/home/u/.local/state", NULL },
	{ "setenv A=$SSH_AUTH_SOCK", NULL, "$SSH_AUTH_SOCK stands for nothing here" },
	{ "setenv A=$HOME # $NONESUCH", "A=/home/u", NULL },
	{ "setenv A=\\$HOME", "A=$HOME", NULL },
	{ "setenv A=~", "A=/home/u", NULL },
	{ "setenv A=~/a:~/b", "A=/home/u/a:/home/u/b", NULL },
	{ "setenv \"A=~\"", "A=/home/u", NULL },
	{ "setenv A=~ b", "A=/home/u b", NULL },
	{ "setenv A=a~/b~", "A=a~/b~", NULL },
	{ "setenv A=\\~/b", "A=~/b", NULL },
	{ "setenv A=~bob/x", NULL, "your home directory alone" },
	{ "setenv A=~\\n", NULL, "your home directory alone" },
	{ "setenv A=$", NULL, "no name behind a $" },
	{ "setenv A=5$ ", NULL, "no name behind a $" },
	{ "setenv A=$home", NULL, "no name behind a $" },
	{ "setenv A=$1", NULL, "no name behind a $" },
	{ "setenv A=$(id)", NULL, "no name behind a $" },
	{ "setenv A=${HOME", NULL, "no name behind a $" },
	{ "setenv A=${HOME:-x}", NULL, "no name behind a $" },
	{ "setenv A=$HOMEx", "A=/home/ux", NULL },
	{ "setenv A=$HOMES", NULL, "$HOMES is not among HOME, USER" },
	{ "setenv A=$PATH", NULL, "$PATH is not among" },
	{ "setenv A=$XDG_RUNTIME_DIR", NULL, "$XDG_RUNTIME_DIR stands for nothing here" },
	{ "setenv A=$XDG_DATA_HOME", NULL, "cannot be put into a line" },
	{ "setenv A=$XDG_CACHE_HOME", NULL, "cannot be put into a line" },
	/* conditions */
	{ "if exists / setenv A=b", "A=b", NULL },
	{ "  if\tnot  exists /nonexistent  setenv A=b # c", "A=b", NULL },
	{ "if exists \"/\" setenv A=b", "A=b", NULL },
	{ "if env USER setenv A=b", "A=b", NULL },
	{ "if not env NONESUCH if exists / if env USER setenv A=b", "A=b", NULL },
	{ "if", NULL, "unknown option if" },
	{ "if exists", NULL, "needs a condition" },
	{ "if exists /", NULL, "stands in front of an option" },
	{ "if exists / # bind /", NULL, "stands in front of an option" },
	{ "if isfile / setenv A=b", NULL, "needs a condition" },
	{ "if not not env USER setenv A=b", NULL, "needs a condition" },
	{ "if exists \"/ setenv A=b", NULL, "not closed" },
	{ "if exists / nonesuch A=b", NULL, "unknown option nonesuch" },
	{ "if exists /nonexistent nonesuch A=b", NULL, "unknown option nonesuch" },
	{ "if exists /nonexistent setenv A", NULL, "lacks an \"=\"" },
	{ "if env NONESUCH timeout x", NULL, "timeout" },
	{ "if env NONESUCH setenv A=$", NULL, "no name behind a $" },
	/* not closed, or more behind */
	{ "setenv \"A=b", NULL, "not closed" },
	{ "setenv \"A=b\\\"", NULL, "not closed" },
	{ "setenv \"", NULL, "not closed" },
	{ "setenv \"A=b\" c", NULL, "\"c\" behind the closing quote" },
	{ "setenv \"A=b\"\"c\"", NULL, "behind the closing quote" },
	/* escapes that stand for nothing */
	{ "setenv A=\\", NULL, "backslash" },
	{ "setenv \"A=\\", NULL, "backslash" },
	{ "setenv A=\\z", NULL, "\"\\z\" stands for nothing" },
	{ "setenv A=\\e", NULL, "stands for nothing" },
	{ "setenv A=\\0", NULL, "stands for nothing" },
	{ "setenv A=\\u0041", NULL, "stands for nothing" },
	{ "setenv A=\\N", NULL, "stands for nothing" },
	{ "setenv A=\\x", NULL, "hexadecimal" },
	{ "setenv A=\\x1", NULL, "hexadecimal" },
	{ "setenv A=\\xg0", NULL, "hexadecimal" },
	{ "setenv A=\\x 1", NULL, "hexadecimal" },
	{ "setenv A=\\x00", NULL, "\\x00" },
	/* bytes that do not belong in a text */
	{ "setenv A=\x01", NULL, "control byte 0x01" },
	{ "setenv A=b\r", NULL, "control byte 0x0d" },
	{ "setenv A=\x1b[31m", NULL, "control byte 0x1b" },
	{ "setenv A=\x7f", NULL, "control byte 0x7f" },
	{ "# only a comment \x0c", NULL, "control byte 0x0c" },
	{ "setenv A=\xc2\x85", NULL, "not printable UTF-8" },
	{ "setenv A=\xc2\x9b" "31m", NULL, "not printable UTF-8" },
	{ "setenv A=\xff", NULL, "not printable UTF-8" },
	{ "setenv A=\xc3", NULL, "not printable UTF-8" },
	{ "setenv A=\xc0\xaf", NULL, "not printable UTF-8" },
	{ "setenv A=\xed\xa0\x80", NULL, "not printable UTF-8" },
	{ "setenv A=\xe2\x80\xae\xe2\x80\xac", NULL, "not printable UTF-8" },
	{ "# \xe2\x80\xae\xe2\x80\xac", NULL, "not printable UTF-8" },
	{ "\xef\xbb\xbfsetenv A=b", NULL, "not printable UTF-8" },
	/* words */
	{ "setenv", NULL, "setenv needs a value: NAME=VALUE" },
	{ "setenv   # A=b", NULL, "needs a value" },
	{ "setenv A", NULL, "lacks an \"=\"" },
	{ "setenv=A=b", NULL, "unknown option setenv=A=b" },
	{ "SETENV A=b", NULL, "unknown option SETENV" },
	{ "setenvA=b", NULL, "unknown option" },
	{ "--setenv A=b", NULL, "unknown option --setenv" },
	{ "-e A=b", NULL, "unknown option -e" },
	{ "e A=b", NULL, "unknown option e" },
	{ "git-rw yes", NULL, "git-rw takes no value" },
	{ "dry-run", NULL, "command line only" },
	{ "profile x", NULL, "command line only" },
	{ "help", NULL, "command line only" },
	{ "verbose", NULL, "command line only" },
	{ "version", NULL, "command line only" },
};

/* The one thing that differs from caller to caller. */
static const char *with_uid(const char *want)
{
	const char *at = strstr(want, "@UID");

	return at ? arena_format(arena, "%.*s%u%s", (int)(at - want), want, geteuid(),
				 at + strlen("@UID")) : want;
}

static void test_lines(void)
{
	EACH_ROW(row, lines) {
		struct config *config = config_new();
		struct error err;
		int result = apply(config, row->line, strlen(row->line), &err);

		CHECK((result == 0) == (row->want != NULL), "%s: %s", row->line, err.what);
		if (row->want) {
			CHECK(config->said.count == 1 &&
			      text_is(config->said.items[0].value, with_uid(row->want)), "%s: %s", row->line,
			      config->said.count ? config->said.items[0].value : "nothing");
		} else {
			CHECK(text_begins(err.what, "test:1: "), "%s: %s", row->line, err.what);
			CHECK(strstr(err.what, row->why), "%s: %s", row->line, err.what);
			CHECK(config->said.count == 0, "%s: something was recorded", row->line);
		}
	}
}

static void test_flags_need_no_value(void)
{
	static const char *const texts[] = { "git-rw", "git-rw ", "git-rw # x", "git-rw#x", "\tgit-rw" };

	EACH_ROW(text, texts) {
		struct config *config = config_new();
		struct error err;

		CHECK(apply(config, *text, strlen(*text), &err) == 0, "%s: %s", *text, err.what);
		CHECK(config->git_rw.value == 1, "%s", *text);
	}
}

/* What a condition leaves out. */
static void test_conditions_that_do_not_hold(void)
{
	static const char *const texts[] = {
		"if exists /nonexistent setenv A=b", "if not exists / setenv A=b",
		"if env NONESUCH setenv A=$XDG_RUNTIME_DIR", "if env EMPTY bind $XDG_RUNTIME_DIR/x",
		"if env USER if env NONESUCH if exists $XDG_RUNTIME_DIR setenv A=b",
		"if env NONESUCH include nonesuch",
	};

	EACH_ROW(text, texts) {
		struct config *config = config_new();
		struct error err;

		CHECK(apply(config, *text, strlen(*text), &err) == 0, "%s: %s", *text, err.what);
		CHECK(config->said.count == 0 && config->variables.count == 0 &&
		      config->places.count == 0, "%s", *text);
	}
}

/* --- several lines -------------------------------------------------------------- */

static const struct {
	const char *text;
	size_t length;		/* 0: strlen */
	unsigned said;
	unsigned wrong;		/* the line that is; 0: none */
} texts[] = {
	{ "", 0, 0, 0 },
	{ "\n\n\n", 0, 0, 0 },
	{ "# a\n  # b\n\t\n", 0, 0, 0 },
	{ "user root\nhostname a", 0, 2, 0 },
	{ "user root\nhostname a\n", 0, 2, 0 },
	{ "user root\n\n# c\nnonesuch\nhostname a\n", 0, 1, 4 },
	{ "user root\nnonesuch", 0, 1, 2 },
	{ "user root\r\nhostname a\r\n", 0, 0, 1 },
	{ "user root\nhostname a\0b\n", 23, 1, 2 },
	{ "\0", 1, 0, 1 },
	{ "user root\n\0", 11, 1, 2 },
	{ "user root\0\n", 11, 0, 1 },
	{ "hostname \"a\nb\"\n", 0, 0, 1 },
};

static void test_texts(void)
{
	EACH_ROW(row, texts) {
		struct config *config = config_new();
		struct error err;
		size_t length = row->length ? row->length : strlen(row->text);
		int result = apply(config, row->text, length, &err);

		CHECK((result == 0) == (row->wrong == 0), "%s: %s", row->text, err.what);
		CHECK(config->said.count == row->said, "%s: %zu", row->text, config->said.count);
		if (row->wrong) {
			const char *start = arena_format(arena, "test:%u: ", row->wrong);
			CHECK(text_begins(err.what, start), "%s: %s", row->text, err.what);
		}
	}
}

static void test_origins(void)
{
	const char text[] = "# one\nuser root\n\nhostname a\n";
	struct config *config = config_new();
	struct error err;

	CHECK(apply(config, text, strlen(text), &err) == 0, "%s", err.what);
	CHECK(config->said.count == 2, "%zu", config->said.count);
	CHECK(text_is(origin_text(arena, config->user.origin), "test:2"), "%s",
	      origin_text(arena, config->user.origin));
	CHECK(text_is(origin_text(arena, config->hostname.origin), "test:4"), "%s",
	      origin_text(arena, config->hostname.origin));
	CHECK(text_is(origin_text(arena, NULL), "command line"), "nobody");
}

/* --- writing ----------------------------------------------------------------------- */

/* Any bytes but NUL, often those that mean something to the reader. */
static void random_text(char *text, size_t size)
{
	static const char special[] = "\\\"#  \t\n:x0nt\r\x1b\x7f\xc3\xa4\xff";
	size_t length = unit_random(size);

	for (size_t i = 0; i < length; i++)
		text[i] = unit_random(3) ? special[unit_random(sizeof(special) - 1)]
					 : (char)(unit_random(255) + 1);
	text[length] = '\0';
}

/* `hide` takes any path: whatever its bytes, the line that is written is one line
 * of printable text, and gives them back. */
static void test_what_is_quoted_is_read_back(void)
{
	for (int i = 0; i < 20000; i++) {
		struct config *config = config_new();
		struct error err;
		char value[24];

		random_text(value, sizeof(value));
		if (!*value)
			continue;
		const char *quoted = profile_quote(arena, value);
		CHECK(text_is_printable(quoted), "%d: %s", i, quoted);
		const char *line = arena_format(arena, "hide %-20s # origin\n", quoted);
		CHECK(apply(config, line, strlen(line), &err) == 0, "%d: %s: %s", i, quoted,
		      err.what);
		CHECK(config->said.count == 1 && text_is(config->said.items[0].value, value),
		      "%d: %s", i, quoted);
	}
	CHECK(text_is(profile_quote(arena, ""), "\"\""), "an empty value");
}

static const struct {
	const char *value, *want;
} quotes[] = {
	{ "/usr/bin", "/usr/bin" }, { "a b", "a b" }, { "a#b", "a#b" }, { "a #b", "\"a #b\"" },
	{ " a", "\" a\"" }, { "a ", "\"a \"" }, { "#a", "\"#a\"" }, { "\"a", "\"\\\"a\"" },
	{ "a\"b", "a\"b" }, { "a\\b", "a\\\\b" }, { "a\nb", "a\\nb" }, { "a\x1b", "a\\x1b" },
	{ "\xc3\xa4", "\xc3\xa4" }, { "\xff", "\\xff" }, { "\xc3\xa4\xff", "\\xc3\\xa4\\xff" },
};

static void test_quotes_are_used_where_needed(void)
{
	EACH_ROW(row, quotes)
		CHECK(text_is(profile_quote(arena, row->value), row->want), "%s: %s", row->value,
		      profile_quote(arena, row->value));
}

/* --- the profile that is built in ------------------------------------------------------ */

static void test_default_is_valid_and_reads_back(void)
{
	struct config *first = config_new(), *second = config_new();
	struct error err;

	int result = apply(first, default_profile_text, strlen(default_profile_text), &err);
	CHECK(result == 0, "%s", err.what);
	const char *text = profile_text(first);
	CHECK(apply(second, text, strlen(text), &err) == 0, "%s", err.what);
	CHECK(first->said.count == second->said.count, "%zu, %zu", first->said.count,
	      second->said.count);
	for (size_t i = 0; i < first->said.count && i < second->said.count; i++)
		CHECK(first->said.items[i].option == second->said.items[i].option &&
		      text_is(first->said.items[i].value, second->said.items[i].value),
		      "%zu: %s", i, first->said.items[i].value);
}

/* Of a scalar the last word is written, of a list all of them, in their order. */
static void test_what_does_not_count_is_not_written(void)
{
	const char text[] = "user root\nbind /a\nuser self\nbind /b\nbind /a\nquiet\nquiet\n";
	struct config *config = config_new();
	struct error err;

	CHECK(apply(config, text, strlen(text), &err) == 0, "%s", err.what);
	const char *got = profile_text(config);
	const char *want = arena_format(arena,
		"%-40s # test:2\n%-40s # test:3\n%-40s # test:4\n%-40s # test:5\n%-40s # test:7\n",
		"bind /a", "user self", "bind /b", "bind /a", "quiet");
	CHECK(text_is(got, want), "%s", got);
}

/* `none` empties what its own option said, and nothing else. */
static void test_none_empties_a_list(void)
{
	const char text[] = "bind /a\nro-bind /b\nbind /c\nsetenv A=1\nshare net,pid\nuser self\n"
			    "syscall deny:@mount\nenv-keep X\nbind none\nsetenv none\nshare none\n"
			    "syscall none\nbind /d\ndir none\n";
	struct config *config = config_new();
	struct error err;

	CHECK(apply(config, text, strlen(text), &err) == 0, "%s", err.what);
	const char *want = arena_format(arena, "%-40s # test:2\n%-40s # test:6\n%-40s # test:8\n"
					"%-40s # test:13\n", "ro-bind /b", "user self", "env-keep X",
					"bind /d");
	CHECK(text_is(profile_text(config), want), "%s", profile_text(config));
	CHECK(config->places.count == 2 && config->variables.count == 1 &&
	      config->shares.count == 0 && config->calls.count == 0, "%zu places, %zu variables",
	      config->places.count, config->variables.count);
	CHECK(config->places.items[0].order < config->places.items[1].order, "their order");
	CHECK(text_is(config->user.value, "self"), "a scalar");
}

/* The rules of the network are one list: none of them may outlive its end. */
static void test_none_ends_all_rules(void)
{
	static const char *const ended[] = {
		"net\nallow lan\ndeny 192.0.2.1\nallow none\n", "net\nallow none\n",
		"allow lan\nnet\ndeny none\n", "net\nallow none\nallow none\n",
	};

	EACH_ROW(text, ended) {
		struct config *config = config_new();
		struct error err;

		CHECK(apply(config, *text, strlen(*text), &err) == 0, "%s: %s", *text, err.what);
		CHECK(config->said.count == 0, "%s: %zu", *text, config->said.count);
	}
}

/* Whoever asks for it hears of every mistake. */
static void test_all_problems(void)
{
	const char text[] = "nonesuch\nuser root\nbind\nsetenv A=$B\n";
	static const char *const want[] = { "test:1: ", "test:3: ", "test:4: " };
	struct problems problems = { 0 };
	struct config *config = config_new();
	struct error err;

	config->problems = &problems;
	CHECK(apply(config, text, strlen(text), &err) == 0, "%s", err.what);
	CHECK(problems.list.count == 3 && config->said.count == 1, "%zu", problems.list.count);
	for (size_t i = 0; i < 3 && i < problems.list.count; i++)
		CHECK(text_begins(problems.list.items[i].what, want[i]), "%s",
		      problems.list.items[i].what);
}

/* What the rows above have names for. */
static void take_environment(void)
{
	(void)setenv("HOME", "/home/u", 1);
	(void)setenv("USER", "me", 1);
	(void)setenv("XDG_CONFIG_HOME", "/conf/", 1);
	(void)setenv("XDG_STATE_HOME", "relative", 1);
	(void)setenv("XDG_DATA_HOME", "/with:colon", 1);
	(void)setenv("XDG_CACHE_HOME", "/a/../../b", 1);
	(void)setenv("EMPTY", "", 1);
	(void)unsetenv("XDG_RUNTIME_DIR");
	(void)unsetenv("SSH_AUTH_SOCK");
	(void)unsetenv("NONESUCH");
}

int main(void)
{
	arena = arena_new();
	take_environment();
	RUN(test_lines);
	RUN(test_conditions_that_do_not_hold);
	RUN(test_flags_need_no_value);
	RUN(test_texts);
	RUN(test_origins);
	RUN(test_what_is_quoted_is_read_back);
	RUN(test_quotes_are_used_where_needed);
	RUN(test_default_is_valid_and_reads_back);
	RUN(test_what_does_not_count_is_not_written);
	RUN(test_none_empties_a_list);
	RUN(test_none_ends_all_rules);
	RUN(test_all_problems);
	arena_free(arena);
	return unit_end();
}
