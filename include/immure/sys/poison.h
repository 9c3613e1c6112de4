/* Memory that is there and nobody's: AddressSanitizer ends a program that touches it; without
 * it nothing happens. */
#ifndef IMMURE_SYS_POISON_H
#define IMMURE_SYS_POISON_H

#include <stddef.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#endif

/* From now on nobody may touch `size` bytes from `start` on. */
static inline void memory_poison(const void *start, size_t size)
{
	ASAN_POISON_MEMORY_REGION(start, size);
}

/* From now on they are somebody's. */
static inline void memory_unpoison(const void *start, size_t size)
{
	ASAN_UNPOISON_MEMORY_REGION(start, size);
}

#endif
