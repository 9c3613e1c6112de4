#include <immure/base/error.h>
#include <immure/confine/confine.h>
#include <immure/plan/plan.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>

int confine_inheritance(const struct plan *plan, struct error *err)
{
	(void)plan;
	if (process_new_keyring(err) < 0)
		return -1;
	return process_close_on_exec(err);
}

int confine_limits(const struct plan *plan, struct error *err)
{
	list_each(const struct resource_limit, limit, &plan->limits)
		if (limit_set(limit->resource, limit->soft, limit->hard, err) < 0)
			return within(err, "%s", limit->origin);
	return plan->has_nice ? process_nice(plan->nice, err) : 0;
}

int confine_capabilities(const struct plan *plan, struct error *err)
{
	(void)plan;
	return privilege_drop_all(err);
}

int confine_privileges(const struct plan *plan, struct error *err)
{
	(void)plan;
	return privilege_no_new(err);
}

int confine_init(struct error *err)
{
	process_scrub("immure-init");
	if (process_hide(err) < 0 || privilege_drop_all(err) < 0)
		return -1;
	return privilege_no_new(err);
}
