/* What table.c has and filter.c reads. */
#ifndef IMMURE_FILTER_TABLE_H
#define IMMURE_FILTER_TABLE_H

#include <immure/filter/filter.h>

/* Numbers are below this one, on every architecture. */
enum { NUMBERS = 512 };

/* Without pointers: 470 of them would cost every start their relocation. */
struct call {
	char name[32];
	short number[ARCHES];		/* -1: the architecture does not have it */
	uint64_t groups;		/* opening one of them allows the call */
	uint32_t verdict;		/* SECCOMP_RET_... of the default filter */
	bool strict;			/* the strict filter allows it too */
};

extern const struct call filter_calls[];
extern const size_t filter_call_count;

/* One condition on the low half of an argument: the kernel reads every one of those
 * below as a 32-bit number, and forgets what the caller's register has above. */
struct clause {
	uint8_t argument;
	bool outside;			/* true when the value is none of `values` */
	uint8_t count;
	uint32_t mask;			/* of the argument; ~0: all of it */
	uint32_t values[8];
};

enum { MOST_CLAUSES = 3 };

/* What is denied of a call that is allowed: `verdict` when every clause is true, the
 * first check of a call that is. Opening one of its groups takes the check away. */
struct check {
	char call[16];
	uint64_t groups;
	uint32_t verdict;
	uint8_t count;
	struct clause clauses[MOST_CLAUSES];
};

extern const struct check filter_checks[];
extern const size_t filter_check_count;

#endif
