#include <errno.h>

#include <immure/base/error.h>
#include <immure/confine/confine.h>
#include <immure/plan/plan.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/seccomp.h>
#include <immure/sys/weaken.h>

#include "init_calls.h"

int confine_inheritance(const struct plan *plan, struct error *err)
{
	(void)plan;
	if (!weakened(WALL_KEYRING) && process_new_keyring(err) < 0)
		return -1;
	return weakened(WALL_FDS) ? 0 : process_close_on_exec(err);
}

int confine_limits(const struct plan *plan, struct error *err)
{
	if (weakened(WALL_LIMITS))
		return 0;
	list_each(const struct resource_limit, limit, &plan->limits)
		if (limit_set(limit->resource, limit->soft, limit->hard, err) < 0)
			return within(err, "rlimit %s (%s)", limit_name(limit->resource),
				      limit->origin);
	if (plan->nice_origin && process_nice(plan->nice, err) < 0)
		return within(err, "nice (%s)", plan->nice_origin);
	return 0;
}

int confine_groups(const struct plan *plan, struct error *err)
{
	return plan->maps.several && plan->maps.no_groups ? privilege_leave_groups(err) : 0;
}

static int drop_capabilities(const struct plan *plan, uint64_t kept, struct error *err)
{
	/* In the host's user namespace an ordinary user may not lower the bounding set
	 * nor lock securebits; no_new_privs makes both of no use there. */
	bool held_only = !plan->own_user && plan->outer.outside_uid != 0;

	return held_only ? privilege_drop_held(err) : privilege_drop_all(kept, err);
}

int confine_capabilities(const struct plan *plan, struct error *err)
{
	/* Who is not root there keeps them only by the ambient set; root must lose them when
	 * it becomes somebody else, as every program expects that does so. */
	if (plan->guest_origin || plan->all_origin)
		return privilege_keep(plan->capabilities, plan->inner.inside_uid != 0, err);
	return drop_capabilities(plan, plan->capabilities, err);
}

int confine_no_capabilities(const struct plan *plan, struct error *err)
{
	return drop_capabilities(plan, 0, err);
}

int confine_privileges(const struct plan *plan, struct error *err)
{
	(void)plan;
	return weakened(WALL_PRIVILEGES) ? 0 : privilege_no_new(err);
}

int confine_calls(const struct plan *plan, struct error *err)
{
	const struct filtering *filter = &plan->filter;

	/* Without no_new_privs the kernel would want CAP_SYS_ADMIN for it. */
	if (weakened(WALL_PRIVILEGES))
		return 0;
	if (filter->code && seccomp_load(filter->code, filter->length, filter->log, err) < 0)
		return -1;
	/* Ours is there whatever the file's says. */
	if (!filter->file ||
	    seccomp_load(filter->file, filter->file_length, filter->log, err) == 0)
		return 0;
	(void)within(err, "seccomp-file %s (%s)", filter->file_name, filter->file_origin);
	if (err->code != EINVAL)
		return -1;
	err->hint[0] = '\0';
	return hint(err, "the kernel takes no such program; seccomp_export_bpf(3) writes one");
}

void confine_name(void)
{
	if (!weakened(WALL_DUMPABLE))
		process_scrub("immure-init");
}

int confine_init(const struct plan *plan, struct error *err)
{
	if (!weakened(WALL_DUMPABLE) && process_hide(err) < 0)
		return -1;
	if (drop_capabilities(plan, 0, err) < 0)
		return -1;
	if (privilege_no_new(err) < 0)
		return -1;
	return plan->filter.init ? confine_init_calls(err) : 0;
}
