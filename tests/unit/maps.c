/* --map: ranges of /etc/subuid as they are read, and how ids are laid out for the two
 * user namespaces. Nothing is asked of this machine's own files. */
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/sys/privilege.h>
#include <immure/sys/subid.h>

#include "../../src/plan/plan_internal.h"
#include "unit.h"

static struct arena *arena;

/* --- subuid(5) ------------------------------------------------------------------------- */

static const struct {
	const char *text, *want;	/* OWNER:START:COUNT@LINE ... */
} files[] = {
	{ "", "" },
	{ "a:100000:65536\n", "a:100000:65536@1 " },
	{ "a:100000:65536", "a:100000:65536@1 " },
	{ "a:1:2\nb:3:4\n1000:5:6\n", "a:1:2@1 b:3:4@2 1000:5:6@3 " },
	{ "\n# comment\na:1:2\n", "a:1:2@3 " },
	{ "a:1\na:1:\na::1\n:1:2\na\n:\n::\n", "" },
	{ "a:x:1\na:1:x\na:0x10:1\na:1:1k\na: :1\n", "" },
	{ "a:1:0\na:-1:5\na:1:-5\n", "" },
	{ "a:1:2:3\n", "" },
	{ "a:4294967295:1\na:4294967296:1\na:1:4294967296\n", "" },
	{ "a:4294967294:1\n", "a:4294967294:1@1 " },
	{ "a:4294967294:2\n", "" },
	{ "a:0:4294967295\n", "a:0:4294967295@1 " },
	{ "a:99999999999999999999:1\n", "" },
	{ "a b:1:2\r\n", "" },
};

static const char *ranges_text(const struct subid_list *ranges)
{
	const char *text = "";

	list_each(const struct subid_range, range, ranges)
		text = arena_format(arena, "%s%s:%u:%u@%u ", text, range->owner, range->start,
				    range->count, range->line);
	return text;
}

static void test_files(void)
{
	EACH_ROW(row, files) {
		struct subid_list ranges;

		subid_parse(arena, row->text, &ranges);
		CHECK(text_is(ranges_text(&ranges), row->want), "%s: %s", row->text,
		      ranges_text(&ranges));
	}
}

static void test_owners(void)
{
	const struct subid_range by_name = { .owner = "ann" }, by_id = { .owner = "1000" };

	CHECK(subid_belongs(&by_name, "ann", 1), "name");
	CHECK(!subid_belongs(&by_name, "anna", 1) && !subid_belongs(&by_name, NULL, 1), "others");
	CHECK(subid_belongs(&by_id, NULL, 1000) && subid_belongs(&by_id, "x", 1000), "id");
	CHECK(!subid_belongs(&by_id, "x", 100), "another id");
}

static const struct {
	const char *text;
	uint32_t count, want;
} rooms[] = {
	{ "", 65536, 100000 },
	{ "a:100000:65536\n", 65536, 165536 },
	{ "a:300000:10\nb:100000:65536\n", 5, 300010 },
	{ "a:10:10\n", 1, 100000 },
	{ "a:100000:4294867295\n", 1, 0 },
};

static void test_room(void)
{
	EACH_ROW(row, rooms) {
		struct subid_list ranges;

		subid_parse(arena, row->text, &ranges);
		CHECK(subid_free(&ranges, row->count) == row->want, "%s: %u", row->text,
		      subid_free(&ranges, row->count));
	}
}

/* --- layouts ----------------------------------------------------------------------------- */

static const char *map_text(const struct id_extents *map)
{
	const char *text = "";

	list_each(const struct id_extent, extent, map)
		text = arena_format(arena, "%s%u:%u:%u ", text, extent->inside, extent->outside,
				    extent->count);
	return text;
}

static struct id_extents map_read(const char *text)
{
	struct id_extents map = { 0 };
	struct id_extent extent;
	int used;

	for (; sscanf(text, "%u:%u:%u %n", &extent.inside, &extent.outside, &extent.count,
		      &used) == 3; text += used)
		*list_add(arena, &map) = extent;
	return map;
}

static const struct {
	const char *wanted;
	uint32_t command;
	uint32_t outside;
	const char *outer, *inner;
} layouts[] = {
	{ "0:1000:1", 0, 1000, "0:1000:1 ", "0:0:1 " },
	{ "0:1000:1 1:100000:65536", 0, 1000, "0:1000:1 1:100000:65536 ", "0:0:1 1:1:65536 " },
	{ "1:100000:65536 0:1000:1", 0, 1000, "0:1000:1 1:100000:65536 ", "0:0:1 1:1:65536 " },
	/* The command's own id is taken out of a range. */
	{ "0:100000:10", 0, 100000, "0:100000:1 1:100001:9 ", "0:0:1 1:1:9 " },
	{ "0:100000:10", 9, 100009, "0:100009:1 1:100000:9 ", "9:0:1 0:1:9 " },
	{ "0:100000:10", 4, 100004, "0:100004:1 1:100000:4 5:100005:5 ", "4:0:1 0:1:4 5:5:5 " },
	{ "5:50:1 7:70:1", 7, 70, "0:70:1 1:50:1 ", "7:0:1 5:1:1 " },
	{ "0:100000:65536 65536:1000:1", 65536, 1000, "0:1000:1 1:100000:65536 ",
	  "65536:0:1 0:1:65536 " },
	{ "0:0:4294967295", 7, 7, "0:7:1 1:0:7 8:8:4294967287 ", "7:0:1 0:1:7 8:8:4294967287 " },
	/* None has the command. */
	{ "1:1000:5", 0, 0, NULL, NULL },
	{ "1:1000:5", 6, 0, NULL, NULL },
	{ "", 0, 0, NULL, NULL },
	/* Overlaps. */
	{ "0:1000:2 1:2000:1", 0, 0, NULL, NULL },
	{ "0:1000:2 5:1001:1", 0, 0, NULL, NULL },
	{ "0:1000:1 0:1000:1", 0, 0, NULL, NULL },
	{ "0:1000:10 20:900:101", 0, 0, NULL, NULL },
};

static void test_layouts(void)
{
	EACH_ROW(row, layouts) {
		struct id_extents wanted = map_read(row->wanted);
		struct id_layout layout;
		struct error err = { 0 };

		int result = maps_lay_out(arena, &wanted, row->command, &layout, &err);
		CHECK((result == 0) == (row->outer != NULL), "%s: %s", row->wanted, err.what);
		if (result < 0 || !row->outer)
			continue;
		CHECK(text_is(map_text(&layout.outer), row->outer), "%s: %s", row->wanted,
		      map_text(&layout.outer));
		CHECK(text_is(map_text(&layout.inner), row->inner), "%s: %s", row->wanted,
		      map_text(&layout.inner));
		CHECK(layout.command_outside == row->outside, "%s", row->wanted);
	}
}

static uint64_t outside_of(const struct id_extents *map, uint64_t inside)
{
	list_each(const struct id_extent, extent, map)
		if (inside >= extent->inside && inside < (uint64_t)extent->inside + extent->count)
			return extent->outside + (inside - extent->inside);
	return UINT64_MAX;
}

/* Through both namespaces every id must be who it was asked to be, and each piece of
 * the second must lie in one of the first. */
static void test_random_layouts(void)
{
	for (int round = 0; round < 2000; round++) {
		struct id_extents wanted = { 0 };
		uint32_t inside = 0, outside = 1000;
		struct id_layout layout;
		struct error err = { 0 };

		for (size_t i = 0; i < 1 + unit_random(6); i++) {
			struct id_extent extent = { .count = 1 + (uint32_t)unit_random(5) };

			extent.inside = inside += (uint32_t)unit_random(4);
			extent.outside = outside += (uint32_t)unit_random(4);
			inside += extent.count;
			outside += extent.count;
			*list_add(arena, &wanted) = extent;
		}
		const struct id_extent *some = &wanted.items[unit_random(wanted.count)];
		uint32_t command = some->inside + (uint32_t)unit_random(some->count);
		CHECK(maps_lay_out(arena, &wanted, command, &layout, &err) == 0, "%s", err.what);
		for (uint32_t id = 0; id <= inside; id++) {
			uint64_t middle = outside_of(&layout.inner, id);
			uint64_t got = middle == UINT64_MAX ? middle
							    : outside_of(&layout.outer, middle);
			CHECK(got == outside_of(&wanted, id), "%s: %u", map_text(&wanted), id);
		}
		CHECK(outside_of(&layout.inner, command) == 0, "%s: %u", map_text(&wanted), command);
		list_each(const struct id_extent, extent, &layout.inner) {
			uint64_t first = outside_of(&layout.outer, extent->outside);
			uint64_t last = (uint64_t)extent->outside + extent->count - 1;

			CHECK(layout.outer.items[0].inside == 0 && first != UINT64_MAX &&
			      outside_of(&layout.outer, last) == first + extent->count - 1,
			      "%s", map_text(&layout.inner));
		}
	}
}

/* --- --map auto ----------------------------------------------------------------------------- */

static const struct {
	const char *ranges;
	uint32_t caller, command;
	const char *want;
} fillings[] = {
	{ "a:100000:65536\n", 1000, 0, "0:1000:1 1:100000:65536 " },
	{ "a:100000:65536\n", 1000, 1000, "1000:1000:1 0:100000:1000 1001:101000:64536 " },
	{ "a:100000:10\na:200000:5\n", 1000, 0, "0:1000:1 1:100000:10 11:200000:5 " },
	{ "a:100000:10\na:200000:5\n", 1000, 10, "10:1000:1 0:100000:10 11:200000:5 " },
	{ "a:100000:10\na:200000:5\n", 1000, 3, "3:1000:1 0:100000:3 4:100003:7 11:200000:5 " },
	{ "a:100000:10\n", 1000, 70000, "70000:1000:1 0:100000:10 " },
	{ "a:100000:1\n", 1000, 0, "0:1000:1 1:100000:1 " },
	{ "a:2000:4294965295\na:1:1999\n", 2000000, 0,
	  "0:2000000:1 1:2000:4294965295 4294965296:1:1999 " },
};

static void test_fillings(void)
{
	EACH_ROW(row, fillings) {
		struct subid_list ranges;

		subid_parse(arena, row->ranges, &ranges);
		struct id_extents map = maps_fill(arena, &ranges, row->caller, row->command);
		CHECK(text_is(map_text(&map), row->want), "%s: %s", row->ranges, map_text(&map));
	}
}

/* --- is root in it? --------------------------------------------------------------------------- */

static const struct {
	const char *words[8];
	bool keeps_out;
} postures[] = {
	{ { NULL }, false },
	{ { "--map", "auto" }, false },
	{ { "--map", "0:100000:65536" }, true },
	{ { "--map", "0:100000:65536", "--map", "70000:0:1" }, false },
	{ { "--map", "0:100000:65536", "--map-gid", "0:0:1" }, false },
	{ { "--map", "0:100000:65536", "--map-gid", "auto" }, false },
	{ { "--map-gid", "0:100000:65536" }, false },
	{ { "--map", "0:0:1", "--map", "none", "--map", "0:1:5" }, true },
	{ { "--map", "0:1:5", "--map", "auto" }, false },
	{ { "--map", "auto", "--map", "0:1:5" }, true },
};

static void test_root_kept_out(void)
{
	EACH_ROW(row, postures) {
		char *argv[10] = { NULL };
		struct error err = { 0 };
		size_t count = 0;

		for (; row->words[count]; count++)
			argv[count] = arena_copy(arena, row->words[count]);
		argv[count] = arena_copy(arena, "true");
		const struct config *config = config_read(arena, argv, &err);
		CHECK(config, "%s", err.what);
		if (config)
			CHECK(maps_keep_root_out(config) == row->keeps_out, "%zu", count);
	}
}

/* --- what the kernel is given -------------------------------------------------------------------- */

static void test_texts(void)
{
	struct id_extents map = map_read("0:1000:1 1:100000:65536");
	char text[IDMAP_MOST_BYTES + 1];

	CHECK(idmap_text(&map, text) == 0 && text_is(text, "0 1000 1\n1 100000 65536\n"), "%s", text);
	map = (struct id_extents){ 0 };
	/* "4000000000 4000000000 1\n" is 24 bytes. */
	for (uint32_t i = 0; i < IDMAP_MOST_BYTES / 24; i++)
		*list_add(arena, &map) = (struct id_extent){ 4000000000 + i, 4000000000 + i, 1 };
	CHECK(idmap_text(&map, text) == 0 && strlen(text) == IDMAP_MOST_BYTES / 24 * 24, "as many");
	*list_add(arena, &map) = (struct id_extent){ 4000001000, 4000001000, 1 };
	CHECK(idmap_text(&map, text) < 0, "one more");
	map = (struct id_extents){ 0 };
	for (uint32_t i = 0; i <= IDMAP_MOST_EXTENTS; i++)
		*list_add(arena, &map) = (struct id_extent){ i, i, 1 };
	CHECK(idmap_text(&map, text) < 0, "too many lines");
}

int main(void)
{
	arena = arena_new();
	RUN(test_files);
	RUN(test_owners);
	RUN(test_room);
	RUN(test_layouts);
	RUN(test_random_layouts);
	RUN(test_fillings);
	RUN(test_root_kept_out);
	RUN(test_texts);
	arena_free(arena);
	return unit_end();
}
