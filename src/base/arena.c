/* A chain of blocks, newest first. Nothing is ever given back alone: config and
 * plan live exactly as long as the process that reads them. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <immure/base/arena.h>

/* A plan of the default profile takes 36 KB: one block, whose pages the kernel hands
 * out at once, for a fifth of what a page fault each would cost. Who needs more mostly
 * needs little more. */
enum { FIRST_BLOCK = 48 * 1024, OTHER_BLOCK = 16 * 1024, LARGE = 8 * 1024, ALIGNMENT = 16 };

struct block {
	struct block *older;
	size_t used, room;
	_Alignas(ALIGNMENT) char bytes[];
};

struct arena {
	struct block *newest;
};

static void die_of_hunger(void)
{
	(void)fputs("immure: out of memory\n", stderr);
	_Exit(125);
}

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		die_of_hunger();
	return arena;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct block *block = arena->newest, *older; block; block = older) {
		older = block->older;
		(void)munmap(block, sizeof(*block) + block->room);
	}
	free(arena);
}

static struct block *block_new(size_t room)
{
	struct block *block = mmap(NULL, sizeof(*block) + room, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (block == MAP_FAILED)
		die_of_hunger();
	block->room = room;
	return block;
}

/* What is large has a block of its own, so that what is left of the newest goes on being
 * filled, and is not populated for nothing. */
static struct block *block_add(struct arena *arena, size_t size)
{
	const size_t usual = (arena->newest ? OTHER_BLOCK : FIRST_BLOCK) - sizeof(struct block);
	bool large = arena->newest && size > LARGE;
	struct block *block = block_new(large || size > usual ? size : usual);
	struct block **place = large ? &arena->newest->older : &arena->newest;

	block->older = *place;
	*place = block;
	return block;
}

/* `alignment` is a power of two. */
static void *take(struct arena *arena, size_t size, size_t alignment)
{
	struct block *block = arena->newest;
	size_t start = block ? (block->used + alignment - 1) & ~(alignment - 1) : 0;

	if (size > SIZE_MAX / 4)
		die_of_hunger();
	if (!block || start > block->room || block->room - start < size) {
		block = block_add(arena, size);
		start = 0;
	}
	block->used = start + size;
	return block->bytes + start;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return take(arena, size, size < ALIGNMENT ? ALIGNMENT / 2 : ALIGNMENT);
}

char *arena_copy_part(struct arena *arena, const char *text, size_t length)
{
	char *copy = take(arena, length + 1, 1);

	memcpy(copy, text, length);
	return copy;
}

char *arena_copy(struct arena *arena, const char *text)
{
	return arena_copy_part(arena, text, strlen(text));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	struct block *block = arena->newest;
	size_t room = block ? block->room - block->used : 0;
	va_list args;

	/* Into what is left of the block: mostly it fits, and is formatted only once. */
	va_start(args, format);
	int length = vsnprintf(block ? block->bytes + block->used : NULL, room, format, args);
	va_end(args);
	if (length < 0)
		die_of_hunger();
	bool fits = (size_t)length < room;
	if (block && !fits)
		memset(block->bytes + block->used, 0, room);
	char *text = take(arena, (size_t)length + 1, 1);
	if (fits)
		return text;
	va_start(args, format);
	(void)vsnprintf(text, (size_t)length + 1, format, args);
	va_end(args);
	return text;
}

void list_widen(struct arena *arena, void **items, size_t count, size_t *room, size_t size,
		size_t more)
{
	if (*room - count >= more)
		return;
	void *moved = arena_alloc(arena, (count + more) * size);
	if (count)
		memcpy(moved, *items, count * size);
	*items = moved;
	*room = count + more;
}
