#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <immure/sys/poison.h>

#include "buffers.h"

enum {
	SMALLEST = 96 * 1024,		/* a packet is smaller */
	SLOT = 192 * 1024,		/* 128 KiB and what is missing to whole segments */
	GUARD = 64 * 1024,		/* a page, where they are largest */
	STRIDE = SLOT + GUARD,
	SLOTS = 2 * 4096,		/* the engine has no descriptors for more streams */
	MOST_KEPT = 8,			/* with the memory that they had: 1.5 MiB at the most */
};

static struct {
	uint8_t *start;			/* NULL: there is no range */
	unsigned made;			/* slots before this one have been in use */
	uint16_t kept[MOST_KEPT];	/* a ring: what came first goes first */
	unsigned first_kept, kept_count;
	uint16_t empty[SLOTS];		/* given back, and their memory to the kernel */
	unsigned empty_count;
} store;

void buffers_open(void)
{
	size_t size = GUARD + (size_t)STRIDE * SLOTS;

	if (store.start)
		return;
	uint8_t *range = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	store.start = range == MAP_FAILED ? NULL : range + GUARD;
}

unsigned buffers_made(void)
{
	return store.made;
}

static uint8_t *slot_at(unsigned slot)
{
	return store.start + (size_t)STRIDE * slot;
}

static bool is_slot(const void *memory)
{
	uintptr_t at = (uintptr_t)memory, start = (uintptr_t)store.start;

	return store.start && at >= start && at < start + (size_t)STRIDE * SLOTS;
}

static void set_size(const uint8_t *buffer, size_t size)
{
	memory_unpoison(buffer, size);
	memory_poison(buffer + size, SLOT - size);
}

static uint8_t *take_slot(void)
{
	if (store.kept_count > 0) {
		store.kept_count--;
		return slot_at(store.kept[store.first_kept++ % MOST_KEPT]);
	}
	if (store.empty_count > 0)
		return slot_at(store.empty[--store.empty_count]);
	if (store.made == SLOTS || mprotect(slot_at(store.made), SLOT, PROT_READ | PROT_WRITE) < 0)
		return NULL;
	return slot_at(store.made++);
}

static void give_slot(uint8_t *buffer)
{
	uint16_t slot = (uint16_t)((size_t)(buffer - store.start) / STRIDE);

	memory_poison(buffer, SLOT);
	if (store.kept_count < MOST_KEPT) {
		store.kept[(store.first_kept + store.kept_count++) % MOST_KEPT] = slot;
		return;
	}
	(void)madvise(buffer, SLOT, MADV_DONTNEED);
	store.empty[store.empty_count++] = slot;
}

static void *must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static void *new_buffer(size_t size)
{
	uint8_t *buffer = store.start && size >= SMALLEST && size <= SLOT ? take_slot() : NULL;

	if (!buffer)
		return must(malloc(size));
	set_size(buffer, size);
	return buffer;
}

#define OURS_BEFORE_GLIB __attribute__((visibility("default")))

OURS_BEFORE_GLIB void *g_realloc(void *memory, size_t size)
{
	if (size == 0) {
		g_free(memory);
		return NULL;
	}
	if (!memory)
		return new_buffer(size);
	if (!is_slot(memory))
		return must(realloc(memory, size));
	if (size <= SLOT) {
		set_size(memory, size);
		return memory;
	}
	void *larger = must(malloc(size));
	memory_unpoison(memory, SLOT);
	memcpy(larger, memory, SLOT);
	give_slot(memory);
	return larger;
}

/* GLib's memory is malloc(3)'s, and may be mixed with it, since 2.46. */
OURS_BEFORE_GLIB void g_free(void *memory)
{
	if (is_slot(memory))
		give_slot(memory);
	else
		free(memory);
}
