#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <immure/base/arena.h>

#include "unit.h"

static void test_memory_is_zeroed_aligned_and_apart(void)
{
	struct arena *arena = arena_new();
	static const size_t sizes[] = {
		0, 1, 15, 16, 1, 17, 7, 4096, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 1 << 20,
	};
	unsigned char *before = NULL;
	size_t before_size = 0;

	EACH_ROW(size, sizes) {
		unsigned char *bytes = arena_alloc(arena, *size);
		bool clean = true;

		CHECK(bytes != NULL, "%zu", *size);
		CHECK((uintptr_t)bytes % (*size < 16 ? 8 : 16) == 0, "%zu", *size);
		for (size_t i = 0; i < *size; i++)
			clean = clean && bytes[i] == 0;
		CHECK(clean, "%zu", *size);
		memset(bytes, 0xff, *size);
		for (size_t i = 0; i < before_size; i++)
			clean = clean && before[i] == 0xff;
		CHECK(clean, "the one before %zu", *size);
		before = bytes;
		before_size = *size;
	}
	arena_free(arena);
	arena_free(NULL);
}

static void test_copies(void)
{
	struct arena *arena = arena_new();
	char text[] = "immure";

	char *before = arena_copy(arena, "x");
	CHECK(before + 2 == arena_copy(arena, "y"), "between texts is nothing");
	char *copy = arena_copy(arena, text);
	char *part = arena_copy_part(arena, text, 2);
	char *none = arena_copy_part(arena, text, 0);
	text[0] = 'X';
	CHECK(strcmp(copy, "immure") == 0, "%s", copy);
	CHECK(strcmp(part, "im") == 0, "%s", part);
	CHECK(strcmp(none, "") == 0, "%s", none);
	arena_free(arena);
}

static void test_format(void)
{
	struct arena *arena = arena_new();
	char long_text[40000];

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	CHECK(strcmp(arena_format(arena, "%s:%u", "f", 7u), "f:7") == 0, "f:7");
	CHECK(strlen(arena_format(arena, "<%s>", long_text)) == sizeof(long_text) + 1, "long");
	CHECK(strcmp(arena_format(arena, "%s", ""), "") == 0, "empty");
	arena_free(arena);
}

static void test_lists(void)
{
	struct arena *arena = arena_new();
	LIST(int) list = { 0 };
	int expected = 0, seen = 0;

	list_each(const int, item, &list)
		seen++;
	CHECK(seen == 0, "an empty list has no items");
	for (int i = 0; i < 1000; i++) {
		int *item = list_add(arena, &list);

		CHECK(*item == 0, "item %d is zeroed", i);
		*item = i;
	}
	CHECK(list.count == 1000, "%zu", list.count);
	list_each(const int, item, &list)
		CHECK(*item == expected++, "%d", *item);
	/* What was taken back does not shine through. */
	list.items[0] = 7;
	list.count = 0;
	int *again = list_add(arena, &list);
	CHECK(list.count == 1 && *again == 0, "%d", *again);
	arena_free(arena);
}

int main(void)
{
	RUN(test_memory_is_zeroed_aligned_and_apart);
	RUN(test_copies);
	RUN(test_format);
	RUN(test_lists);
	return unit_end();
}
