/* A plan in words that a person can judge. */
#ifndef IMMURE_PLAN_WORDS_H
#define IMMURE_PLAN_WORDS_H

#include <stdbool.h>

#include <immure/base/arena.h>

struct config;
struct plan;
struct problems;

/* "can write", and what. */
struct opening {
	const char *what, *which;
};

struct openings {
	LIST(struct opening) list;
};

/* What `plan` opens that `than`, a plan for the same command, does not, and that was not
 * said on the command line. From the arena of `plan`. */
struct openings plan_openings(const struct plan *plan, const struct plan *than);

/* The same for a judgement of the whole: also what stays closed is said. */
struct openings plan_difference(const struct plan *plan, const struct plan *than);

/* Something about a profile that its author may want to know. */
struct finding {
	bool mistake;			/* a run with it fails; else it only surprises */
	bool harmless;			/* ... and is right as it is, elsewhere if not here */
	const char *text;		/* "FILE:LINE: ..." */
};

struct findings {
	LIST(struct finding) list;
};

/* Look a profile through that was read with all of its `problems`, into a
 * configuration with a command. From the configuration's arena. */
struct findings plan_lint(const struct config *config, const struct problems *problems);

#endif
