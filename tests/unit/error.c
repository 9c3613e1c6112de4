#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <immure/base/error.h>

#include "unit.h"

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static void test_fail(void)
{
	struct error err = { .code = 1, .status = 126, .what = "old", .hint = "old" };

	CHECK(fail(&err, ENOENT, "open %s", "/x") == -1, "-1 is failure");
	CHECK(err.code == ENOENT, "%d", err.code);
	CHECK(err.status == 0, "a new failure has no status of its own: %d", err.status);
	CHECK(same(err.what, "open /x"), "%s", err.what);
	CHECK(same(err.hint, ""), "the old hint is gone: %s", err.hint);
	CHECK(about(&err, 1) == -1 && about(&err, 4) == -1 && err.about == 5, "%u", err.about);
	(void)within(&err, "plan");
	CHECK(err.about == 5, "it stays what it was about: %u", err.about);
	(void)fail(&err, EIO, "x");
	CHECK(err.about == 0, "%u", err.about);
}

static void test_within(void)
{
	struct error err = { 0 };

	(void)fail(&err, EIO, "read %s", "/x");
	(void)hint(&err, "a hint");
	CHECK(within(&err, "profile %s", "p") == -1, "-1 is failure");
	CHECK(within(&err, "plan") == -1, "-1 is failure");
	CHECK(same(err.what, "plan: profile p: read /x"), "%s", err.what);
	CHECK(err.code == EIO && same(err.hint, "a hint"), "the rest stays");
}

static void test_hints_are_lines(void)
{
	struct error err = { 0 };

	(void)fail(&err, 0, "x");
	CHECK(hint(&err, "one %d", 1) == -1, "-1 is failure");
	CHECK(hint(&err, "two") == -1, "-1 is failure");
	CHECK(same(err.hint, "one 1\ntwo"), "%s", err.hint);
	CHECK(with_status(&err, 127) == -1 && err.status == 127, "%d", err.status);
}

/* A path can be longer than a message. What is cut says so, and what an outer
 * caller adds never pushes the end of the buffer out. */
static void test_long_texts_are_cut(void)
{
	struct error err = { 0 };
	char path[5000];

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	(void)fail(&err, 0, "open %s", path);
	CHECK(strlen(err.what) == sizeof(err.what) - 1, "%zu", strlen(err.what));
	CHECK(same(err.what + strlen(err.what) - 3, "..."), "%s", err.what);
	(void)within(&err, "plan");
	CHECK(strlen(err.what) == sizeof(err.what) - 1, "%zu", strlen(err.what));
	CHECK(strncmp(err.what, "plan: open ppp", 14) == 0, "%s", err.what);
	CHECK(same(err.what + strlen(err.what) - 3, "..."), "%s", err.what);
	(void)within(&err, "profile %s", path);
	CHECK(strlen(err.what) == sizeof(err.what) - 1, "%zu", strlen(err.what));
	CHECK(strncmp(err.what, "profile ppp", 11) == 0, "%s", err.what);
}

/* A hint is a thing to type: half of one is worse than none. */
static void test_a_hint_that_does_not_fit_is_left_out(void)
{
	struct error err = { 0 };
	char path[5000];

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	(void)fail(&err, 0, "x");
	(void)hint(&err, "short");
	(void)hint(&err, "--bind %s", path);
	CHECK(same(err.hint, "short"), "%s", err.hint);
	(void)hint(&err, "also");
	CHECK(same(err.hint, "short\nalso"), "%s", err.hint);
}

int main(void)
{
	RUN(test_fail);
	RUN(test_within);
	RUN(test_hints_are_lines);
	RUN(test_long_texts_are_cut);
	RUN(test_a_hint_that_does_not_fit_is_left_out);
	return unit_end();
}
