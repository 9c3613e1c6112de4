/* What of a sandbox this host allows, found out by doing it: each thing by itself, in a
 * child of which nothing is left. */
#ifndef IMMURE_DOCTOR_DOCTOR_H
#define IMMURE_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <immure/base/arena.h>
#include <immure/sys/usage.h>

struct error;

enum doctor_verdict {
	DOCTOR_WORKS,
	DOCTOR_PARTLY,		/* all that needs it does without the rest, and says so */
	DOCTOR_MISSING,
	DOCTOR_UNKNOWN,		/* it could not be tried, which says nothing about it */
	DOCTOR_VERDICTS
};

/* Texts may hold what files and the kernel say, as they are. */
struct doctor_finding {
	const char *name;
	bool needed;		/* by a run without options; else by what `loses` says */
	enum doctor_verdict verdict;
	const char *why;	/* "" when there is nothing to say */
	LIST(const char *) advice;	/* what can be done; what to type is behind a colon */
	bool hinted;		/* the first advice is about the reason */
	const char *loses;	/* what there is not without it */
	const char *option;	/* with which it is not needed; or NULL */
};

/* Something around this process that its kernel is not alone with. */
struct doctor_place {
	const char *name, *cost;
};

struct doctor_limit {
	const char *name;	/* of the type, as in /proc/PID/ns */
	int64_t most;		/* -1: the kernel has no such limit */
	unsigned used;		/* at least so many */
};

struct doctor_report {
	struct arena *arena;
	const char *kernel, *machine, *system;	/* uname(2), os-release(5) */
	LIST(struct doctor_place) places;	/* from the outside in; one at least */
	LIST(struct doctor_finding) findings;	/* those that are needed first */
	bool limits_counted;
	struct doctor_limit limits[LIMITED_NAMESPACES];
	LIST(const char *) file_systems, unknown_file_systems;	/* of those that matter */
};

/* Try everything. The report belongs to the arena. It takes a second at most where
 * nothing hangs, and no probe more than its bound where one does. */
const struct doctor_report *doctor_look(struct arena *arena);

/* How many of the things that a run without options needs do not work? */
size_t doctor_count_missing(const struct doctor_report *report);

/* For people. Foreign texts are escaped. */
void doctor_print(const struct doctor_report *report, FILE *out);

/* For programs: one JSON object, its keys documented in the manual. */
void doctor_print_json(const struct doctor_report *report, FILE *out);

/* When *err says what of the host it needed, try that by itself, and what it rests on.
 * If it fails there too, what is then said takes the place of the hints. */
void doctor_explain(struct arena *arena, struct error *err);

/* What places are told by; NULL and false for what is not there. */
struct place_signs {
	const char *kernel;		/* its release */
	const char *container;		/* what systemd, or the variable "container", says */
	const char *first;		/* the name of process 1 */
	const char *product;		/* of the machine, as its firmware says */
	const char *ci;			/* the variable of a CI that is set */
	bool hypervisor;		/* the processor says that there is one */
	bool docker, podman, flatpak;	/* their files are there */
	bool user_namespace;		/* not the first one */
};

/* Name the places. Pure. */
void doctor_find_places(struct arena *arena, const struct place_signs *signs,
			struct doctor_report *report);

#endif
