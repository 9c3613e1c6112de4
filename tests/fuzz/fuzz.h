/*
 * What a harness of tests/fuzz needs.
 *
 * A harness is one function of bytes nobody chose: libFuzzer calls it with millions
 * of them (make fuzz), replay.c with those of its corpus (make check). It must not
 * crash, hang or leak, and what MUST says has to be true of every input.
 */
#ifndef IMMURE_TESTS_FUZZ_H
#define IMMURE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition, ...) do { \
	if (!(condition)) { \
		fprintf(stderr, "%s:%d: not true: %s: ", __FILE__, __LINE__, #condition); \
		fprintf(stderr, __VA_ARGS__); \
		fprintf(stderr, "\n"); \
		abort(); \
	} \
} while (0)

/* The bytes as a C string of exactly their size, for the caller to free. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	MUST(text, "memory");
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
