/* From the table to a program of classic BPF.
 *
 *	a foreign architecture is killed
 *	a binary search over the numbers, in runs of those with the same answer
 *	at its ends an answer, or the checks of one call's arguments and then one
 *
 * Numbers are compared without a sign, so that what is above the last row covers -1
 * and the calls of x32 (bit 30). BPF jumps forward only, up to 255 instructions by a
 * condition: so the program is written from its end to its beginning, and when an
 * instruction is written it is known how far away everything is that it can go to. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>

#include "table.h"

#define DENIED (SECCOMP_RET_ERRNO | EPERM)
#define MISSING (SECCOMP_RET_ERRNO | ENOSYS)

static const uint32_t audit_arch[ARCHES] = {
	[ARCH_X86_64] = AUDIT_ARCH_X86_64,
	[ARCH_I386] = AUDIT_ARCH_I386,
	[ARCH_AARCH64] = AUDIT_ARCH_AARCH64,
};

enum arch filter_arch(uint32_t audit)
{
	for (int arch = 0; arch < ARCHES; arch++)
		if (audit_arch[arch] == audit)
			return (enum arch)arch;
	return NO_ARCH;
}

/* --- what the answers are ------------------------------------------------------------ */

static bool rule_is_about(const struct filter_rule *rule, const struct call *call,
			  enum arch arch, const struct filter_wish *wish)
{
	if (rule->call)
		return call && text_is(rule->call, call->name);
	if (rule->groups)
		return call && (rule->groups & call->groups);
	return call && arch == wish->native && call->number[arch] >= 0 &&
	       (uint32_t)call->number[arch] == rule->number;
}

/* What happens to one call: an answer, behind the checks of `checked` if that is not
 * NULL, those of the groups in `opened` left out. */
struct answer {
	uint32_t verdict;
	const struct call *checked;
	uint64_t opened;
};

static bool has_checks(const struct call *call, uint64_t opened)
{
	for (size_t i = 0; i < filter_check_count; i++)
		if (!(filter_checks[i].groups & opened) &&
		    text_is(filter_checks[i].call, call->name))
			return true;
	return false;
}

static struct answer answer_of(const struct filter_wish *wish, enum arch arch,
			       const struct call *call)
{
	struct answer answer = { .verdict = call->verdict, .opened = wish->opened };
	bool checked = true, logged = false;

	if (wish->strict && !call->strict && answer.verdict == SECCOMP_RET_ALLOW)
		answer.verdict = DENIED;
	/* A group that has checks as well does not allow the calls that it checks. */
	if (call->groups & wish->opened)
		answer.verdict = SECCOMP_RET_ALLOW;
	for (size_t i = 0; i < wish->rule_count; i++) {
		const struct filter_rule *rule = &wish->rules[i];

		if (rule->action == FILTER_ALLOW)
			answer.opened |= rule->groups;
		if (rule->action == FILTER_DENY)
			answer.opened &= ~rule->groups;
		if (!rule_is_about(rule, call, arch, wish))
			continue;
		logged = rule->action == FILTER_LOG || (logged && rule->action == FILTER_ALLOW);
		if (rule->action == FILTER_ALLOW)
			answer.verdict = SECCOMP_RET_ALLOW;
		if (rule->action == FILTER_DENY)
			answer.verdict = DENIED;
		if (rule->action == FILTER_ALLOW && !rule->groups)
			checked = false;
		if (rule->action == FILTER_DENY)
			checked = true;
	}
	if (logged && answer.verdict == SECCOMP_RET_ALLOW)
		answer.verdict = SECCOMP_RET_LOG;
	bool lets_through = answer.verdict == SECCOMP_RET_ALLOW ||
			    answer.verdict == SECCOMP_RET_LOG;
	if (lets_through && checked && has_checks(call, answer.opened))
		answer.checked = call;
	return answer;
}

/* A run of numbers from `first` up to the next run's. */
struct run {
	uint32_t first;
	struct answer answer;
};

struct runs {
	size_t count;
	struct run items[2 * NUMBERS];
};

static void run_add(struct runs *runs, uint32_t first, struct answer answer)
{
	const struct run *last = runs->count ? &runs->items[runs->count - 1] : NULL;

	if (last && !last->answer.checked && !answer.checked &&
	    last->answer.verdict == answer.verdict)
		return;
	runs->items[runs->count++] = (struct run){ first, answer };
}

/* What a rule says of a number that has no row. */
static struct answer answer_to_number(const struct filter_wish *wish, uint32_t number)
{
	struct answer answer = { .verdict = MISSING };

	for (size_t i = 0; i < wish->rule_count; i++) {
		const struct filter_rule *rule = &wish->rules[i];

		if (rule->call || rule->groups || rule->number != number)
			continue;
		if (rule->action == FILTER_ALLOW)
			answer.verdict = SECCOMP_RET_ALLOW;
		if (rule->action == FILTER_DENY)
			answer.verdict = DENIED;
		if (rule->action == FILTER_LOG && answer.verdict == SECCOMP_RET_ALLOW)
			answer.verdict = SECCOMP_RET_LOG;
	}
	return answer;
}

static void find_runs(const struct filter_wish *wish, enum arch arch, struct runs *runs)
{
	const struct call *calls[NUMBERS] = { NULL };

	for (size_t i = 0; i < filter_call_count; i++)
		if (filter_calls[i].number[arch] >= 0)
			calls[filter_calls[i].number[arch]] = &filter_calls[i];
	runs->count = 0;
	for (uint32_t number = 0; number < NUMBERS; number++)
		run_add(runs, number,
			calls[number] ? answer_of(wish, arch, calls[number])
			: arch == wish->native ? answer_to_number(wish, number)
					       : (struct answer){ .verdict = MISSING });
	run_add(runs, NUMBERS, (struct answer){ .verdict = MISSING });
}

/* --- how they are found -------------------------------------------------------------- */

/* Instructions are counted from the end: a place is how many there are from it on. */
struct writer {
	struct sock_filter *room;	/* FILTER_MOST of them; the last `used` are written */
	size_t used;
	bool full;
	struct { uint32_t verdict; size_t place; } ends[8];	/* the last RET of each kind */
	size_t end_count;
};

enum { REACH = 255 };

static size_t write_one(struct writer *w, uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
	if (w->used == FILTER_MOST) {
		w->full = true;
		return w->used;
	}
	w->used++;
	w->room[FILTER_MOST - w->used] = (struct sock_filter){ code, yes, no, k };
	return w->used;
}

/* `place`, or a jump to it, such that the next two instructions can reach it. */
static size_t within_reach(struct writer *w, size_t place)
{
	if (w->used + 2 - place <= REACH)
		return place;
	return write_one(w, BPF_JMP | BPF_JA, (uint32_t)(w->used - place), 0, 0);
}

static size_t write_test(struct writer *w, uint16_t test, uint32_t k, size_t yes, size_t no)
{
	yes = within_reach(w, yes);
	no = within_reach(w, no);
	return write_one(w, BPF_JMP | BPF_K | test, k, (uint8_t)(w->used - yes),
			 (uint8_t)(w->used - no));
}

static size_t write_end(struct writer *w, uint32_t verdict)
{
	size_t i;

	for (i = 0; i < w->end_count && w->ends[i].verdict != verdict; i++)
		;
	if (i < w->end_count && w->used + 2 - w->ends[i].place <= REACH)
		return w->ends[i].place;
	size_t place = write_one(w, BPF_RET | BPF_K, verdict, 0, 0);
	if (i == sizeof(w->ends) / sizeof(w->ends[0]))
		return place;
	w->ends[i].verdict = verdict;
	w->ends[i].place = place;
	w->end_count += i == w->end_count;
	return place;
}

static size_t write_load(struct writer *w, size_t offset)
{
	return write_one(w, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static size_t write_clause(struct writer *w, const struct clause *clause, size_t yes,
			   size_t no)
{
	size_t found = clause->outside ? no : yes, missed = clause->outside ? yes : no;

	if (clause->count == 1 && clause->values[0] == 0 && clause->mask != UINT32_MAX) {
		(void)write_test(w, BPF_JSET, clause->mask, missed, found);
	} else {
		for (size_t i = clause->count; i-- > 0;)
			missed = write_test(w, BPF_JEQ, clause->values[i], found, missed);
		if (clause->mask != UINT32_MAX)
			(void)write_one(w, BPF_ALU | BPF_AND | BPF_K, clause->mask, 0, 0);
	}
	/* Both architectures are little-endian: the low half is the first one. */
	return write_load(w, offsetof(struct seccomp_data, args[clause->argument]));
}

static size_t write_answer(struct writer *w, const struct answer *answer)
{
	size_t next = write_end(w, answer->verdict);

	for (size_t i = filter_check_count; answer->checked && i-- > 0;) {
		const struct check *check = &filter_checks[i];

		if ((check->groups & answer->opened) ||
		    !text_is(check->call, answer->checked->name))
			continue;
		size_t yes = write_end(w, check->verdict), otherwise = next;
		next = yes;
		for (size_t c = check->count; c-- > 0;)
			next = write_clause(w, &check->clauses[c], next, otherwise);
	}
	return next;
}

static bool same_answer(const struct answer *one, const struct answer *other)
{
	return !one->checked && !other->checked && one->verdict == other->verdict;
}

static size_t write_search(struct writer *w, const struct run *runs, size_t count)
{
	if (count == 1)
		return write_answer(w, &runs[0].answer);
	/* One number within a run: a single test. */
	if (count == 3 && runs[2].first == runs[1].first + 1 &&
	    same_answer(&runs[0].answer, &runs[2].answer)) {
		size_t around = write_answer(w, &runs[0].answer);
		size_t one = write_answer(w, &runs[1].answer);
		return write_test(w, BPF_JEQ, runs[1].first, one, around);
	}
	size_t half = count / 2;
	size_t above = write_search(w, runs + half, count - half);
	size_t below = write_search(w, runs, half);
	return write_test(w, BPF_JGE, runs[half].first, above, below);
}

static size_t write_arch(struct writer *w, const struct filter_wish *wish, enum arch arch,
			 size_t otherwise)
{
	struct runs runs;

	find_runs(wish, arch, &runs);
	(void)write_search(w, runs.items, runs.count);
	size_t search = write_load(w, offsetof(struct seccomp_data, nr));
	return write_test(w, BPF_JEQ, audit_arch[arch], search, otherwise);
}

size_t filter_make(const struct filter_wish *wish, struct sock_filter *room,
		   struct error *err)
{
	struct writer writer = { .room = room }, *w = &writer;
	size_t entry = write_end(w, SECCOMP_RET_KILL_PROCESS);

	if (wish->allow_i386)
		entry = write_arch(w, wish, ARCH_I386, entry);
	(void)write_arch(w, wish, wish->native, entry);
	(void)write_load(w, offsetof(struct seccomp_data, arch));
	if (w->full) {
		(void)fail(err, 0, "the filter is longer than the kernel's %d instructions",
			   FILTER_MOST);
		return 0;
	}
	memmove(room, room + FILTER_MOST - w->used, w->used * sizeof(*room));
	return w->used;
}
