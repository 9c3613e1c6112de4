/* The control group of the limits: made before init exists, joined by init before it
 * does anything, and removed when init is gone.
 *
 *	PARENT/                           found; or a scope of systemd's, made for us
 *	PARENT/immure-PID-TIME-outside    us, where PARENT must not have processes itself
 *	PARENT/immure-PID-TIME            init and all that is inside
 *
 * Who is killed with SIGKILL cannot remove anything. Then a scope ends by itself, as
 * systemd removes those that are empty, and elsewhere the group stays, empty, until the
 * next start in the same place sweeps it away: each of us holds a lock on its own. */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/cgroup.h>
#include <immure/sys/kernel.h>
#include <immure/sys/process.h>
#include <immure/sys/scope.h>
#include <immure/sys/trial.h>

#include "run.h"

static const char prefix[] = "immure-";

/* "memory (command line), pids (x.profile:3)" */
static const char *who_asked(const struct plan *plan)
{
	const struct group *group = &plan->group;
	const char *const names[] = { "memory", "pids", "cpus" };
	const char *const origins[] = {
		group->memory_origin, group->pids_origin, group->cpus_origin,
	};
	const char *text = "";

	for (size_t i = 0; i < 3; i++)
		if (origins[i])
			text = arena_format(plan->arena, "%s%s%s (%s)", text, *text ? ", " : "",
					    names[i], origins[i]);
	return text;
}

/* A new scope; and where it is, with what it can limit, as systemd really made it. */
static int enter_scope(const struct plan *plan, const char **ret_parent, struct error *err)
{
	const struct group *group = &plan->group;
	struct cgroup_place place;
	struct cgroup_facts facts;

	if (systemd_enter_scope(group->address, err) < 0)
		return hint(err, "to have it done from outside: systemd-run %s--scope -p Delegate=yes"
			    " immure run ...", geteuid() == 0 ? "" : "--user ");
	if (cgroup_place_own(plan->arena, &place, err) < 0 ||
	    cgroup_look(place.own, &facts, err) < 0)
		return -1;
	unsigned missing = group->controllers & ~facts.available;
	if (missing)
		return fail(err, 0, "the scope %s does not have: %s", place.own,
			    cgroup_names(plan->arena, missing));
	*ret_parent = place.own;
	return 0;
}

static int leave_parent(struct sandbox *box, struct error *err)
{
	AUTO_FD int outside = cgroup_make(box->group_parent, box->outside_name, err);

	if (outside < 0)
		return -1;
	box->outside = true;
	AUTO_FD int members = cgroup_open_members(outside, err);
	return members < 0 ? -1 : cgroup_join(members, err);
}

static int limit_memory(const struct sandbox *box, struct error *err)
{
	char bytes[32];

	(void)snprintf(bytes, sizeof(bytes), "%" PRIu64, box->plan->group.memory);
	if (cgroup_write(box->group, "memory.max", bytes, err) < 0)
		return -1;
	/* Half of a sandbox that was ended is of no use to anybody. */
	if (cgroup_write(box->group, "memory.oom.group", "1", err) < 0)
		return -1;
	if (cgroup_has(box->group, "memory.swap.max"))
		return cgroup_write(box->group, "memory.swap.max", "0", err);
	if (swap_total() == 0)
		return 0;
	(void)fail(err, 0, "this kernel does not count swap, and there is some");
	return hint(err, "to count it, boot with: swapaccount=1; as root, to do without it: swapoff -a");
}

static int limit_pids(const struct sandbox *box, struct error *err)
{
	char number[32];

	/* Init is one more, but for a command that is init itself. */
	(void)snprintf(number, sizeof(number), "%" PRId64,
		       box->plan->group.pids + (box->plan->as_pid_1 ? 0 : 1));
	return cgroup_write(box->group, "pids.max", number, err);
}

/* So many microseconds in each period of a tenth of a second. */
static int limit_cpus(const struct sandbox *box, struct error *err)
{
	const int64_t period = 100000;
	char bandwidth[64];

	(void)snprintf(bandwidth, sizeof(bandwidth), "%" PRId64 " %" PRId64,
		       box->plan->group.cpus * period / 1000, period);
	return cgroup_write(box->group, "cpu.max", bandwidth, err);
}

static int make_group(struct sandbox *box, const char *parent, bool alone, bool hand_down,
		      struct error *err)
{
	const struct group *group = &box->plan->group;

	box->group_parent = cgroup_open(parent, err);
	if (box->group_parent < 0)
		return -1;
	(void)snprintf(box->group_name, sizeof(box->group_name), "%s%d-%" PRIx64, prefix,
		       getpid(), (uint64_t)box->plan->started);
	(void)snprintf(box->outside_name, sizeof(box->outside_name), "%s-outside",
		       box->group_name);
	cgroup_sweep(box->group_parent, prefix);
	if (alone && leave_parent(box, err) < 0)
		return -1;
	if (hand_down && cgroup_hand_down(box->group_parent, group->controllers, true, err) < 0)
		return -1;
	box->handed_down = hand_down;
	box->group = cgroup_make(box->group_parent, box->group_name, err);
	if (box->group < 0 || (group->memory_origin && limit_memory(box, err) < 0) ||
	    (group->pids_origin && limit_pids(box, err) < 0) ||
	    (group->cpus_origin && limit_cpus(box, err) < 0))
		return -1;
	box->group_members = cgroup_open_members(box->group, err);
	return box->group_members < 0 ? -1 : 0;
}

int parent_join_group(struct sandbox *box, struct error *err)
{
	const struct group *group = &box->plan->group;
	bool scope = group->way == GROUP_SCOPE, alone = scope || group->way == GROUP_ALONE;
	const char *parent = group->parent;

	if (group->way == GROUP_NONE)
		return 0;
	if (group->way == GROUP_MISSING) {
		*err = *group->problem;
		return within(err, "%s", who_asked(box->plan));
	}
	if ((scope && enter_scope(box->plan, &parent, err) < 0) ||
	    make_group(box, parent, alone, scope || group->hand_down, err) < 0)
		return within(err, "%s", who_asked(box->plan));
	return 0;
}

/* A cgroup namespace begins where its first process is when it is made. So it is made
 * here and not by the clone, which comes too early for that. */
int child_join_group(struct sandbox *box, struct error *err)
{
	if (box->plan->group.way == GROUP_NONE)
		return 0;
	if (cgroup_join(box->group_members, err) < 0)
		return -1;
	fd_close(&box->group_members);
	fd_close(&box->group);
	fd_close(&box->group_parent);
	return box->plan->namespaces & CLONE_NEWCGROUP ? process_new_cgroup_namespace(err) : 0;
}

static int be_member(void *context, struct trial_answer *answer)
{
	const struct sandbox *box = context;

	cgroup_travel_with(0);
	return cgroup_join(box->group_members, &answer->error);
}

int sandbox_try_group(const struct plan *plan, struct error *err)
{
	static struct sandbox box;	/* zero */
	const struct group *group = &plan->group;
	const char *parent = group->parent;
	bool scope = group->way == GROUP_SCOPE;
	struct trial_answer answer = { 0 };

	box = (struct sandbox){
		.plan = plan, .group_parent = NO_FD, .group = NO_FD, .group_members = NO_FD,
	};
	if (group->way == GROUP_MISSING) {
		*err = *group->problem;
		return -1;
	}
	if (scope && enter_scope(plan, &parent, err) < 0)
		return -1;
	int result = make_group(&box, parent, scope || group->way == GROUP_ALONE,
				scope || group->hand_down, err);
	if (result == 0 && trial_inside(0, be_member, &box, &answer) < 0) {
		*err = answer.error;
		result = -1;
	}
	group_close(&box);
	return result;
}

/* --- the end ---------------------------------------------------------------------- */

static void return_to_parent(struct sandbox *box)
{
	struct error ignored;

	if (box->handed_down &&
	    cgroup_hand_down(box->group_parent, box->plan->group.controllers, false, &ignored) < 0)
		return;
	AUTO_FD int members = cgroup_open_members(box->group_parent, &ignored);
	AUTO_FD int outside = NO_FD;
	if (members >= 0 && cgroup_join(members, &ignored) == 0)
		(void)cgroup_remove(box->group_parent, box->outside_name, outside, &ignored);
}

void group_close(struct sandbox *box)
{
	struct error err;

	fd_close(&box->group_members);
	if (box->group != NO_FD) {
		box->memory_hits = cgroup_count(box->group, "memory.events", "oom");
		box->memory_kills = cgroup_count(box->group, "memory.events", "oom_kill");
		box->pids_hits = cgroup_count(box->group, "pids.events", "max");
		box->group_stays = cgroup_remove(box->group_parent, box->group_name, box->group,
						 &err) < 0;
	}
	fd_close(&box->group);
	/* Out of a scope nobody goes back: it ends with us. */
	if (box->outside && box->plan->group.way == GROUP_ALONE)
		return_to_parent(box);
	fd_close(&box->group_parent);
}

static const char *size_text(struct arena *arena, uint64_t bytes)
{
	static const char units[] = " KMGT";
	size_t unit = 0;

	while (bytes % 1024 == 0 && unit + 2 < sizeof(units)) {
		bytes /= 1024;
		unit++;
	}
	return unit == 0 ? arena_format(arena, "%" PRIu64, bytes)
			 : arena_format(arena, "%" PRIu64 "%c", bytes, units[unit]);
}

bool group_was_killed(const struct sandbox *box)
{
	return box->memory_kills > 0;
}

int group_explain_start(const struct sandbox *box, struct error *err)
{
	const struct group *group = &box->plan->group;

	if (!box->memory_hits)
		return fail(err, 0, "the host was out of memory, and its kernel ended init");
	return fail(err, 0, "memory %s (%s): it was used up before the command ran",
		    size_text(box->plan->arena, group->memory), group->memory_origin);
}

void group_report(const struct sandbox *box, struct outcome *outcome)
{
	const struct group *group = &box->plan->group;
	struct arena *arena = box->plan->arena;

	if (group->memory_origin && box->memory_kills > 0 && box->memory_hits > 0)
		*list_add(arena, &outcome->limits) = arena_format(arena,
			"memory %s (%s) was used up, and everything inside was ended",
			size_text(arena, group->memory), group->memory_origin);
	else if (group->memory_origin && box->memory_kills > 0)
		*list_add(arena, &outcome->limits) = arena_copy(arena,
			"the host was out of memory, and its kernel ended what is inside");
	if (group->pids_origin && box->pids_hits > 0)
		*list_add(arena, &outcome->limits) = arena_format(arena,
			"pids %" PRId64 " (%s) was reached: %" PRIu64 " %s not started", group->pids,
			group->pids_origin, box->pids_hits,
			box->pids_hits == 1 ? "process was" : "processes were");
	if (box->group_stays)
		*list_add(arena, &outcome->findings) = arena_format(arena,
			"the control group %s, which could not be removed", box->group_name);
}
