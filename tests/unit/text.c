#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>

#include "unit.h"

enum { BAD = -999 };

static struct arena *arena;

/* --- numbers -------------------------------------------------------------- */

static const struct {
	const char *text;
	int64_t least, most, want;
} numbers[] = {
	{ "0", -5, 5, 0 }, { "5", -5, 5, 5 }, { "-5", -5, 5, -5 }, { "+5", -5, 5, 5 },
	{ "-0", -5, 5, 0 }, { "005", -5, 5, 5 },
	{ "6", -5, 5, BAD }, { "-6", -5, 5, BAD }, { "-1", 0, 5, BAD },
	{ "", -5, 5, BAD }, { " 1", -5, 5, BAD }, { "1 ", -5, 5, BAD }, { "1\n", -5, 5, BAD },
	{ "1x", -5, 5, BAD }, { "x", -5, 5, BAD }, { "0x1", -5, 5, BAD }, { "1.0", -5, 5, BAD },
	{ "1e1", -5, 50, BAD }, { "-", -5, 5, BAD }, { "+", -5, 5, BAD }, { "--1", -5, 5, BAD },
	{ "+-1", -5, 5, BAD }, { "- 1", -5, 5, BAD }, { "1,000", 0, 5000, BAD },
	{ "9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX },
	{ "-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN },
	{ "9223372036854775808", INT64_MIN, INT64_MAX, BAD },
	{ "-9223372036854775809", INT64_MIN, INT64_MAX, BAD },
	{ "18446744073709551616", INT64_MIN, INT64_MAX, BAD },
	{ "18446744073709551617", 0, 5, BAD },
	{ "99999999999999999999999999999999999999", 0, INT64_MAX, BAD },
	{ "\xd9\xa1", 0, 5, BAD },	/* an Arabic one */
};

static void test_numbers(void)
{
	EACH_ROW(row, numbers) {
		struct error err = { 0 };
		int64_t got = BAD;
		int result = text_number(row->text, row->least, row->most, &got, &err);

		CHECK(got == row->want, "\"%s\": %" PRId64, row->text, got);
		CHECK((result == 0) == (row->want != BAD), "\"%s\"", row->text);
		CHECK((result == 0) == (err.what[0] == '\0'), "\"%s\": %s", row->text, err.what);
	}
}

static const struct {
	const char *text;
	int want;
} octals[] = {
	{ "0", 0 }, { "755", 0755 }, { "0755", 0755 }, { "7777", 07777 }, { "07777", 07777 },
	{ "10000", BAD }, { "77777", BAD }, { "8", BAD }, { "", BAD }, { "-1", BAD },
	{ "0x7", BAD }, { "755 ", BAD }, { " 755", BAD }, { "u=rwx", BAD }, { "000000", BAD },
	{ "7777777777777777777777", BAD },
};

static void test_octals(void)
{
	EACH_ROW(row, octals) {
		struct error err = { 0 };
		unsigned got = (unsigned)BAD;
		int result = text_octal(row->text, &got, &err);

		CHECK(got == (unsigned)row->want, "\"%s\": %o", row->text, got);
		CHECK((result == 0) == (row->want != BAD), "\"%s\"", row->text);
	}
}

static const struct {
	const char *text;
	uint64_t want;		/* 0: is refused */
} sizes[] = {
	{ "1", 1 }, { "1024", 1024 }, { "1K", 1024 }, { "1k", 1024 }, { "3M", 3ull << 20 },
	{ "2G", 2ull << 30 }, { "1T", 1ull << 40 },
	{ "1152921504606846976", 1ull << 60 }, { "1048576T", 1ull << 60 },
	{ "1152921504606846977", 0 }, { "1048577T", 0 },
	{ "99999T", 99999ull << 40 },
	{ "0", 0 }, { "0K", 0 }, { "", 0 }, { "K", 0 }, { "-1", 0 }, { "+1", 0 }, { " 1", 0 },
	{ "1 ", 0 }, { "1 K", 0 }, { "1KB", 0 }, { "1Ki", 0 }, { "1P", 0 }, { "1e9", 0 },
	{ "1.5G", 0 }, { "0x10", 0 }, { "123bogus", 0 },
	{ "9223372036854775808", 0 }, { "18446744073709551615", 0 },
	{ "18446744073709551616", 0 }, { "18446744073709551617", 0 },
	{ "16777216T", 0 },	/* 2^64, which is 0 in 64 bits */
	{ "16777217T", 0 }, { "18014398509481985K", 0 },
	{ "99999999999999999999999999T", 0 },
};

static void test_sizes(void)
{
	EACH_ROW(row, sizes) {
		struct error err = { 0 };
		uint64_t got = 0;
		int result = text_size(row->text, &got, &err);

		CHECK(got == row->want, "\"%s\": %" PRIu64, row->text, got);
		CHECK((result == 0) == (row->want != 0), "\"%s\"", row->text);
		CHECK((result == 0) == (err.what[0] == '\0'), "\"%s\": %s", row->text, err.what);
	}
}

static const struct {
	const char *text;
	int64_t want;		/* milliseconds; 0: is refused */
	const char *why;	/* a part of the message, if that matters */
} durations[] = {
	{ "1", 1000, NULL }, { "10", 10000, NULL }, { "1.5", 1500, NULL }, { "1.5s", 1500, NULL },
	{ "250ms", 250, NULL }, { "5m", 300000, NULL }, { "2h", 7200000, NULL },
	{ "1d", 86400000, NULL }, { "0.001", 1, NULL }, { "0.5m", 30000, NULL },
	{ "1.25h", 4500000, NULL }, { "1ms", 1, NULL }, { "1.9999999", 1999, NULL },
	{ "0.00100000000000000000000000000001", 1, NULL },
	{ "2H", 7200000, NULL }, { "10S", 10000, NULL },
	{ "3650d", INT64_C(315360000000), NULL }, { "315360000", INT64_C(315360000000), NULL },
	{ "315360000000ms", INT64_C(315360000000), NULL },
	{ "3651d", 0, "ten years" }, { "315360001", 0, "ten years" },
	{ "3650.1d", 0, "ten years" }, { "315360000000000", 0, "ten years" },
	{ "99999999999999999999", 0, "ten years" }, { "99999999999999999999d", 0, "ten years" },
	{ "18446744073709551616", 0, "ten years" }, { "18446744073709551617ms", 0, "ten years" },
	{ "0", 0, "1 ms" }, { "0.0", 0, "1 ms" }, { "0.0009", 0, "1 ms" }, { "0.5ms", 0, "1 ms" },
	{ "0.0009999999", 0, "1 ms" },
	{ "", 0, "length of time" }, { "s", 0, "length of time" }, { "-1", 0, "length of time" },
	{ "+1", 0, "length of time" }, { ".5", 0, "length of time" }, { "1.", 0, "may follow" },
	{ "1.s", 0, "may follow" }, { "1..5", 0, "may follow" }, { "1.5.5", 0, "may follow" },
	{ " 1", 0, "length of time" }, { "1 ", 0, "may follow" }, { "1 s", 0, "may follow" },
	{ "1x", 0, "may follow" }, { "1w", 0, "may follow" }, { "1y", 0, "may follow" },
	{ "1e3", 0, "may follow" }, { "0x10", 0, "may follow" }, { "1h30m", 0, "may follow" },
	{ "10sec", 0, "may follow" }, { "inf", 0, "length of time" }, { "nan", 0, "length of time" },
	{ "1,5", 0, "may follow" },
};

static void test_durations(void)
{
	EACH_ROW(row, durations) {
		struct error err = { 0 };
		int64_t got = 0;
		int result = text_duration(row->text, &got, &err);

		CHECK(got == row->want, "\"%s\": %" PRId64, row->text, got);
		CHECK((result == 0) == (row->want != 0), "\"%s\"", row->text);
		CHECK(!row->why || strstr(err.what, row->why), "\"%s\": %s", row->text, err.what);
	}
}

static const struct {
	const char *text;
	int64_t want;		/* 1: refused ... */
	const char *why;	/* ... with this in the message */
} offsets[] = {
	{ "0", 0, NULL }, { "-0", 0, NULL }, { "90", INT64_C(90000000000), NULL },
	{ "+90s", INT64_C(90000000000), NULL }, { "-1.5h", INT64_C(-5400000000000), NULL },
	{ "2d", INT64_C(172800000000000), NULL }, { "-250ms", -250000000, NULL },
	{ "0.000000002", 2, NULL }, { "-0.000002ms", -2, NULL },
	{ "0.00000000000125d", 108, NULL }, { "1.10", 1100000000, NULL },
	{ "4611686018", INT64_C(4611686018000000000), NULL },
	{ "4611686018.427387903", INT64_C(4611686018427387903), NULL },
	{ "-4611686018.427387903", INT64_C(-4611686018427387903), NULL },
	{ "4611686018.427387904", 1, "146 years" }, { "-4611686019", 1, "146 years" },
	{ "53376d", 1, "146 years" }, { "99999999999999999999999999999999999999999", 1, "146 years" },
	{ "-99999999999999999999999999999999999999999.00000000000001d", 1, "146 years" },
	{ "18446744073709551617", 1, "146 years" }, { "9223372036.854775808", 1, "146 years" },
	{ "0.0000000001", 1, "finer" }, { "1.0000000015", 1, "finer" },
	{ "0.0000001ms", 1, "finer" }, { "0.000000000000001", 1, "14 decimals" },
	{ "", 1, "no offset" }, { "-", 1, "no offset" }, { "+", 1, "no offset" },
	{ "--1", 1, "no offset" }, { "+-1", 1, "no offset" }, { "- 1", 1, "no offset" },
	{ ".5", 1, "no offset" }, { "1.", 1, "may follow" }, { "1w", 1, "may follow" },
	{ "1.s", 1, "may follow" }, { "1s ", 1, "may follow" }, { "1h30m", 1, "may follow" },
	{ "1e3", 1, "may follow" }, { "0x1", 1, "may follow" }, { "1,5", 1, "may follow" },
	{ "none", 1, "no offset" },
};

static void test_offsets(void)
{
	EACH_ROW(row, offsets) {
		struct error err = { 0 };
		int64_t got = 1;
		int result = text_offset(row->text, &got, &err);

		CHECK(got == row->want, "\"%s\": %" PRId64, row->text, got);
		CHECK((result == 0) == (row->want != 1), "\"%s\"", row->text);
		CHECK(!row->why || strstr(err.what, row->why), "\"%s\": %s", row->text, err.what);
	}
}

static const struct {
	const char *text;
	int64_t want;		/* -1: refused ... */
	const char *why;	/* ... with this in the message */
} thousandths[] = {
	{ "1", 1000, NULL }, { "1.5", 1500, NULL }, { "0.01", 10, NULL }, { "0.010", 10, NULL },
	{ "0.25", 250, NULL }, { "12.345", 12345, NULL }, { "1.5000000", 1500, NULL },
	{ "0.015", 15, NULL }, { "007", 7000, NULL }, { "10000", 10000000, NULL },
	{ "10000.000", 10000000, NULL },
	{ "1.0001", -1, "three decimals" }, { "0", -1, "not from 0.01 to 10000" },
	{ "0.009", -1, "not from" }, { "0.0", -1, "not from" }, { "10000.001", -1, "not from" },
	{ "10001", -1, "not from" }, { "99999999999999999999999", -1, "not from" },
	{ "18446744073709551617", -1, "not from" },
	{ "", -1, "not a number" }, { "-1", -1, "not a number" }, { "+1", -1, "not a number" },
	{ ".5", -1, "not a number" }, { " 1", -1, "not a number" }, { "x", -1, "not a number" },
	{ "inf", -1, "not a number" }, { "1.", -1, "behind the number" },
	{ "1..5", -1, "behind the number" }, { "1.5.5", -1, "behind the number" },
	{ "1,5", -1, "behind the number" }, { "1e3", -1, "behind the number" },
	{ "50%", -1, "behind the number" }, { "1 ", -1, "behind the number" },
	{ "0x2", -1, "behind the number" },
};

static void test_thousandths(void)
{
	EACH_ROW(row, thousandths) {
		struct error err = { 0 };
		int64_t got = -1;
		int result = text_thousandths(row->text, 10, 10000000, &got, &err);

		CHECK(got == row->want, "\"%s\": %" PRId64, row->text, got);
		CHECK((result == 0) == (row->want != -1), "\"%s\"", row->text);
		CHECK(!row->why || strstr(err.what, row->why), "\"%s\": %s", row->text, err.what);
	}
}

/* --- splitting -------------------------------------------------------------- */

static const struct {
	const char *text, *left, *right;
	size_t separators;
} splits[] = {
	{ "", "", NULL, 0 },
	{ "a", "a", NULL, 0 },
	{ "a:b", "a", "b", 1 },
	{ "a:", "a", "", 1 },
	{ ":", "", "", 1 },
	{ ":b", "", "b", 1 },
	{ "a:b:c", "a", "b:c", 2 },
	{ "a\\:b", "a:b", NULL, 0 },
	{ "a\\:b:c\\:d", "a:b", "c:d", 1 },
	{ "a\\\\:b", "a\\", "b", 1 },
	{ "a\\\\\\:b", "a\\:b", NULL, 0 },
	{ "a\\n:b", "a\\n", "b", 1 },
	{ "a\\", "a\\", NULL, 0 },
	{ "\\\\", "\\", NULL, 0 },
	{ "a b\n:\xff", "a b\n", "\xff", 1 },
};

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void test_split(void)
{
	EACH_ROW(row, splits) {
		char *left, *right;
		size_t count = text_split(arena, row->text, ':', &left, &right);

		CHECK(count == row->separators, "%s: %zu", row->text, count);
		CHECK(same(left, row->left), "%s: %s", row->text, left);
		CHECK(same(right, row->right), "%s: %s", row->text, right ? right : "NULL");
	}
}

/* Any byte but NUL, and often those that mean something. */
static void random_text(char *text, size_t size)
{
	static const char special[] = ":\\\"#' \t\n,=$\r\x1b\x7f\xc3\xff";
	size_t length = unit_random(size);

	for (size_t i = 0; i < length; i++)
		text[i] = unit_random(2) ? special[unit_random(sizeof(special) - 1)]
					 : (char)(unit_random(255) + 1);
	text[length] = '\0';
}

static void test_what_is_protected_is_split_back(void)
{
	for (int i = 0; i < 5000; i++) {
		char a[24], b[24], *left, *right;

		random_text(a, sizeof(a));
		random_text(b, sizeof(b));
		const char *pair = arena_format(arena, "%s:%s", text_protect(arena, a, ':'),
						text_protect(arena, b, ':'));
		size_t count = text_split(arena, pair, ':', &left, &right);
		CHECK(count == 1, "%d: %zu", i, count);
		CHECK(same(left, a) && same(right, b), "%d", i);
	}
}

/* --- escaping ---------------------------------------------------------------- */

static const struct {
	const char *text, *want;
} escapes[] = {
	{ "", "" },
	{ "plain ~ text", "plain ~ text" },
	{ "a\nb\tc", "a\\nb\\tc" },
	{ "\x01\x1b[31m\x7f\r", "\\x01\\x1b[31m\\x7f\\x0d" },
	{ "back\\slash", "back\\slash" },
	{ "h\xc3\xa4user", "h\xc3\xa4user" },
	{ "\xe2\x82\xac \xf0\x9f\x94\x92", "\xe2\x82\xac \xf0\x9f\x94\x92" },
	{ "\xc2\xa0", "\xc2\xa0" },
	/* C1, where 0x9b is a control sequence introducer */
	{ "\xc2\x9b" "31m", "\\xc2\\x9b31m" },
	{ "\xc2\x80", "\\xc2\\x80" }, { "\xc2\x85", "\\xc2\\x85" },
	{ "\x9b" "31m", "\\x9b31m" },
	/* separators, direction marks and overrides, invisible characters */
	{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
	{ "a\xe2\x80\xae" "b\xe2\x80\xac", "a\\xe2\\x80\\xaeb\\xe2\\x80\\xac" },
	{ "\xe2\x80\x8f", "\\xe2\\x80\\x8f" }, { "\xe2\x80\x8b", "\\xe2\\x80\\x8b" },
	{ "\xe2\x81\xa6\xe2\x81\xa9", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9" },
	{ "\xd8\x9c", "\\xd8\\x9c" },
	{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" }, { "\xef\xbf\xbb", "\\xef\\xbf\\xbb" },
	{ "\xf3\xa0\x80\x81", "\\xf3\\xa0\\x80\\x81" },
	/* broken: alone, cut, too long, surrogates, over U+10FFFF */
	{ "\xff", "\\xff" }, { "\xfe", "\\xfe" }, { "\x80", "\\x80" }, { "\xc3", "\\xc3" },
	{ "\xc3(", "\\xc3(" }, { "\xe2\x82", "\\xe2\\x82" }, { "\xf0\x9f\x94", "\\xf0\\x9f\\x94" },
	{ "\xc0\x80", "\\xc0\\x80" }, { "\xc1\xbf", "\\xc1\\xbf" },
	{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" }, { "\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, { "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80" },
};

static void test_escape(void)
{
	EACH_ROW(row, escapes) {
		char out[256];

		text_escape(out, sizeof(out), row->text);
		CHECK(same(out, row->want), "%s", out);
		CHECK(same(text_escaped(arena, row->text), row->want), "%s", out);
		CHECK(text_is_printable(out), "%s", out);
		CHECK(text_is_printable(row->text) == same(row->text, row->want), "%s", out);
	}
}

static const struct {
	const char *text;
	size_t size;
	const char *want;
} cuts[] = {
	{ "abc", 4, "abc" }, { "abcd", 5, "abcd" },
	{ "abcdef", 6, "ab..." }, { "abcdef", 5, "a..." }, { "abcdef", 4, "..." },
	{ "abcdef", 3, "" }, { "abcdef", 1, "" },
	{ "\xc3\xa4\xc3\xa4\xc3\xa4", 6, "\xc3\xa4..." },
	{ "\xc3\xa4\xc3\xa4\xc3\xa4", 5, "..." },
	{ "a\x1b\x1b", 9, "a\\x1b..." }, { "a\x1b\x1b", 10, "a\\x1b\\x1b" },
	{ "a\x1b\x1b", 7, "a..." },
};

static void test_escape_cuts_at_a_character(void)
{
	EACH_ROW(row, cuts) {
		char out[16];

		memset(out, 'Z', sizeof(out));
		text_escape(out, row->size, row->text);
		CHECK(same(out, row->want), "%s in %zu: %s", row->text, row->size, out);
		CHECK(out[row->size] == 'Z', "%s in %zu: written behind", row->text, row->size);
	}
	char untouched[] = "Z";
	text_escape(untouched, 0, "abc");
	CHECK(untouched[0] == 'Z', "a size of 0 writes nothing");
}

static void test_escape_of_anything_is_printable(void)
{
	for (int i = 0; i < 5000; i++) {
		char text[64], out[80];
		size_t size = unit_random(sizeof(out)) + 1;

		random_text(text, sizeof(text));
		text_escape(out, size, text);
		CHECK(strlen(out) < size, "%d", i);
		CHECK(text_is_printable(out), "%d: %s", i, out);
	}
}

/* --- words of a shell ---------------------------------------------------------- */

static const struct {
	const char *text, *want;
} shell_words[] = {
	{ "", "''" }, { "a", "a" }, { "/usr/bin/x-1.2_3:b,c=d@e%f+g", "/usr/bin/x-1.2_3:b,c=d@e%f+g" },
	{ "a b", "'a b'" }, { "~/x", "'~/x'" }, { "$HOME", "'$HOME'" }, { "*", "'*'" },
	{ "it's", "'it'\\''s'" }, { "a\\b", "'a\\b'" }, { "a\"b", "'a\"b'" }, { "#", "'#'" },
	{ "\xc3\xa4", "'\xc3\xa4'" }, { "a\nb", "$'a\\x0ab'" },
	{ "\x1b[31m'\\\xff", "$'\\x1b[31m\\'\\\\\\xff'" },
};

static void test_shell_words(void)
{
	EACH_ROW(row, shell_words) {
		const char *got = text_shell(arena, row->text);

		CHECK(same(got, row->want), "%s: %s", row->want, got);
		CHECK(text_is_printable(got), "%s", got);
	}
}

/* The shell itself is asked: it must come to the same bytes. */
static void test_a_shell_reads_them_back(void)
{
	for (int i = 0; i < 60; i++) {
		char text[24], read[64];

		random_text(text, sizeof(text));
		const char *script = arena_format(arena, "printf %%s %s", text_shell(arena, text));
		(void)setenv("SCRIPT", script, 1);
		/* NOLINTNEXTLINE(cert-env33-c): a shell is what is asked */
		FILE *pipe = popen("exec bash -c \"$SCRIPT\"", "r");
		CHECK(pipe, "%s", script);
		if (!pipe)
			continue;
		read[fread(read, 1, sizeof(read) - 1, pipe)] = '\0';
		(void)pclose(pipe);
		CHECK(same(read, text), "%s", script);
	}
}

/* --- words -------------------------------------------------------------------- */

static const struct {
	const char *a, *b;
	unsigned want;
} distances[] = {
	{ "", "", 0 }, { "a", "", 1 }, { "", "abc", 3 }, { "bind", "bind", 0 },
	{ "bnid", "bind", 2 }, { "bid", "bind", 1 }, { "binds", "bind", 1 },
	{ "kitten", "sitting", 3 }, { "ro-bind", "robind", 1 },
	{ "0123456789012345678901234567890123456789012345678", "a", 99 },
	{ "a", "0123456789012345678901234567890123456789012345678", 99 },
};

static void test_distance(void)
{
	EACH_ROW(row, distances) {
		CHECK(text_distance(row->a, row->b) == row->want, "%s, %s", row->a, row->b);
		CHECK(text_distance(row->b, row->a) == row->want, "%s, %s", row->b, row->a);
	}
}

static void test_words(void)
{
	CHECK(text_is("a", "a") && !text_is("a", "ab") && !text_is("ab", "a"), "text_is");
	CHECK(text_begins("abc", "ab") && text_begins("abc", "") && !text_begins("a", "ab"),
	      "text_begins");
}

/* Every byte at every place of a text: blocks of it are looked at in another way than the
 * rest. */
static void test_plain(void)
{
	char text[80];

	memset(text, 'x', sizeof(text));
	for (size_t length = 0; length <= sizeof(text); length++) {
		CHECK(text_is_plain(text, length), "%zu", length);
		for (size_t at = 0; at < length; at++) {
			for (int byte = 0; byte < 256; byte++) {
				bool plain = byte == '\t' || byte == '\n' || (byte >= ' ' && byte <= '~');

				text[at] = (char)byte;
				CHECK(text_is_plain(text, length) == plain, "%d at %zu of %zu", byte, at,
				      length);
			}
			text[at] = 'x';
		}
	}
}

int main(void)
{
	arena = arena_new();
	RUN(test_numbers);
	RUN(test_octals);
	RUN(test_sizes);
	RUN(test_durations);
	RUN(test_offsets);
	RUN(test_thousandths);
	RUN(test_split);
	RUN(test_what_is_protected_is_split_back);
	RUN(test_escape);
	RUN(test_escape_cuts_at_a_character);
	RUN(test_escape_of_anything_is_printable);
	RUN(test_shell_words);
	RUN(test_a_shell_reads_them_back);
	RUN(test_distance);
	RUN(test_words);
	arena_free(arena);
	RUN(test_plain);
	return unit_end();
}
