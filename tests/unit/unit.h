/*
 * The smallest thing that makes a program of tests.
 *
 *	static const struct { const char *text; int want; } rows[] = { ... };
 *
 *	static void test_numbers(void)
 *	{
 *		EACH_ROW(row, rows)
 *			CHECK(number(row->text) == row->want, "%s", row->text);
 *	}
 *
 *	int main(void)
 *	{
 *		RUN(test_numbers);
 *		return unit_end();
 *	}
 *
 * RUN prints one line of TAP for a function; a CHECK that fails prints where,
 * what and which row, and the function goes on.
 */
#ifndef IMMURE_TESTS_UNIT_H
#define IMMURE_TESTS_UNIT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

static int unit_tests, unit_failed_tests, unit_failed_checks;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define EACH_ROW(name, rows) \
	for (__typeof__(&(rows)[0]) name = (rows); name < (rows) + COUNT(rows); name++)

#define CHECK(condition, ...) do { \
	if (!(condition)) { \
		unit_failed_checks++; \
		printf("# %s:%d: not true: %s:", __FILE__, __LINE__, #condition); \
		printf(" " __VA_ARGS__); \
		printf("\n"); \
	} \
} while (0)

#define RUN(function) unit_run(#function, function)

static inline void unit_run(const char *name, void (*function)(void))
{
	int failed_before = unit_failed_checks;

	function();
	unit_tests++;
	if (unit_failed_checks != failed_before)
		unit_failed_tests++;
	printf("%sok %d - %s\n", unit_failed_checks == failed_before ? "" : "not ",
	       unit_tests, name);
	(void)fflush(stdout);
}

/* A number below `limit`, of the same row of numbers in every run. */
static inline size_t unit_random(size_t limit)
{
	static uint32_t state = 1;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % limit;
}

/* Print the plan and return main()'s value. */
static inline int unit_end(void)
{
	printf("1..%d\n", unit_tests);
	return unit_tests == 0 || unit_failed_tests != 0;
}

#endif
