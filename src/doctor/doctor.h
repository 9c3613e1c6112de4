/* The table of probes, and what runs one. */
#ifndef IMMURE_DOCTOR_DOCTOR_PRIVATE_H
#define IMMURE_DOCTOR_DOCTOR_PRIVATE_H

#include <immure/doctor/doctor.h>
#include <immure/sys/trial.h>

struct probe {
	const char *name;
	bool needed;			/* by a run without options */
	unsigned need;			/* errors that are about one of these ask for it */
	unsigned gives;			/* what works if this does */
	unsigned rests_on;		/* what must, for this to be tried */
	/* In a child: 0, -1, or 1 for a part of it, which the note tells. Its context is
	 * the probe. */
	trial_body *try;
	uint64_t namespaces;		/* the one that is tried, or that can be shared instead */
	const char *loses;		/* NULL: what sharing that namespace gives up */
	const char *option;
	int seconds;			/* its bound, when that is not the usual one */
};

/* In the order in which they are tried; ended by a NULL name. */
extern const struct probe doctor_probes[];

/* Try one; `missing` are the needs that are known not to work. */
struct doctor_finding doctor_try(struct arena *arena, const struct probe *probe,
				 unsigned missing);

/* Their names, as both prints have them. */
extern const char *const doctor_verdict_names[DOCTOR_VERDICTS];

#endif
