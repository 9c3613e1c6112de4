/* What a running sandbox really has, told from outside: facts are gathered from /proc,
 * judged against the locked posture, and shown. */
#ifndef IMMURE_AUDIT_AUDIT_H
#define IMMURE_AUDIT_AUDIT_H

#include <stdio.h>

#include <immure/audit/facts.h>

struct error;

/* Look at process `asked` and the sandbox that it is in, without entering, tracing or
 * waiting for anything of it. What may not be read is marked unknown in the facts,
 * which come from the arena. NULL: there is no such process, it ended meanwhile, or
 * did not stand still for long enough to be looked at. */
const struct audit_facts *audit_look(struct arena *arena, pid_t asked, struct error *err);

/* One judgement a wall, in the order of the manual. Pure. */
struct judgement_list audit_judge(const struct audit_facts *facts);

/* The worst of the judgements; VERDICT_UNKNOWN counts only where a kernel could tell. */
enum verdict audit_sum(const struct judgement_list *judgements);

/* Does the process have any namespace that the caller does not have? */
enum answer audit_in_sandbox(const struct audit_facts *facts);

/* For people. Texts from the process are escaped; long lists are cut, and say so. */
void audit_print(const struct audit_facts *facts, const struct judgement_list *judgements,
		 FILE *out);

/* For programs: one JSON object, its keys documented in the manual. Texts from the
 * process are printable UTF-8, escaped as on a terminal. */
void audit_print_json(const struct audit_facts *facts, const struct judgement_list *judgements,
		      FILE *out);

/* Names of the facts, as both prints have them. */
extern const char *const audit_namespace_names[AUDIT_NAMESPACES];
extern const char *const audit_set_names[CAPABILITY_SETS];
extern const char *const audit_open_names[OPEN_KINDS];
extern const char *const audit_verdict_names[VERDICTS];

#endif
