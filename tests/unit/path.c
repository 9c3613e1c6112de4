#include <stdbool.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/path.h>

#include "unit.h"

static struct arena *arena;

static const struct {
	const char *base, *path, *want;
} normals[] = {
	{ "/b", "/", "/" },
	{ "/b", "//", "/" },
	{ "/b", "/a", "/a" },
	{ "/b", "/a/", "/a" },
	{ "/b", "//a///c//", "/a/c" },
	{ "/b", "a", "/b/a" },
	{ "/b", "", "/b" },
	{ "/b", ".", "/b" },
	{ "/b", "./", "/b" },
	{ "/b", "..", "/" },
	{ "/b/c", "..", "/b" },
	{ "/b", "../..", "/" },
	{ "/b", "../../../etc", "/etc" },
	{ "/b", "/..", "/" },
	{ "/b", "/../x", "/x" },
	{ "/b", "/a/../c", "/c" },
	{ "/b", "/a/./c", "/a/c" },
	{ "/b", "/a/b/../../..", "/" },
	{ "/b", "...", "/b/..." },
	{ "/b", "..a", "/b/..a" },
	{ "/b", ".a", "/b/.a" },
	{ "/b", "a../c", "/b/a../c" },
	{ "/", "a", "/a" },
	{ "/", ".", "/" },
	{ "/b", "/a b/c:d\n\xff", "/a b/c:d\n\xff" },
};

static void test_normal(void)
{
	EACH_ROW(row, normals) {
		const char *got = path_normal(arena, row->base, row->path);

		CHECK(strcmp(got, row->want) == 0, "%s in %s: %s", row->path, row->base, got);
		CHECK(strcmp(path_normal(arena, "/zz", got), got) == 0, "%s is normal", got);
	}
}

static const struct {
	const char *dir, *name, *want;
} joins[] = {
	{ "/", "a", "/a" }, { "/", "/a", "/a" }, { "/a", "b", "/a/b" },
	{ "/a/", "b", "/a/b" }, { "/a", "/b", "/a/b" }, { "/a", "//b/c", "/a/b/c" },
	{ "a", "b", "a/b" },
};

static void test_join(void)
{
	EACH_ROW(row, joins) {
		const char *got = path_join(arena, row->dir, row->name);

		CHECK(strcmp(got, row->want) == 0, "%s + %s: %s", row->dir, row->name, got);
	}
}

static const struct {
	const char *path, *parent, *last;
	size_t depth;
} parts[] = {
	{ "/", "/", "", 0 }, { "/a", "/", "a", 1 }, { "/a/b", "/a", "b", 2 },
	{ "/a/b/c", "/a/b", "c", 3 }, { "/a b/ c", "/a b", " c", 2 },
};

static void test_parts(void)
{
	EACH_ROW(row, parts) {
		CHECK(strcmp(path_parent(arena, row->path), row->parent) == 0, "%s", row->path);
		CHECK(strcmp(path_last(row->path), row->last) == 0, "%s", row->path);
		CHECK(path_depth(row->path) == row->depth, "%s", row->path);
	}
	CHECK(strcmp(path_parent(arena, "a"), ".") == 0, "a relative name");
	CHECK(strcmp(path_last("a"), "a") == 0, "a relative name");
}

static const struct {
	const char *path, *dir;
	bool within, below;
} insides[] = {
	{ "/a", "/a", true, false },
	{ "/a/b", "/a", true, true },
	{ "/a/b/c", "/a", true, true },
	{ "/ab", "/a", false, false },
	{ "/a", "/a/b", false, false },
	{ "/a", "/", true, true },
	{ "/", "/", true, false },
	{ "/", "/a", false, false },
	{ "/home/user2", "/home/user", false, false },
};

static void test_within(void)
{
	EACH_ROW(row, insides) {
		CHECK(path_is_within(row->path, row->dir) == row->within, "%s in %s", row->path,
		      row->dir);
		CHECK(path_is_below(row->path, row->dir) == row->below, "%s in %s", row->path,
		      row->dir);
	}
}

int main(void)
{
	arena = arena_new();
	RUN(test_normal);
	RUN(test_join);
	RUN(test_parts);
	RUN(test_within);
	arena_free(arena);
	return unit_end();
}
