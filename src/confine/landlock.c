#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/confine/confine.h>
#include <immure/plan/plan.h>
#include <immure/sys/landlock.h>

int confine_ruleset(const struct plan *plan, int *ret_ruleset, struct error *err)
{
	const struct landlock_plan *landlock = &plan->landlock;

	*ret_ruleset = NO_FD;
	if (landlock->handled == 0 && landlock->scopes == 0)
		return 0;
	*ret_ruleset = landlock_new(landlock->handled, landlock->scopes, err);
	return *ret_ruleset < 0 ? -1 : 0;
}

int confine_domain(const struct plan *plan, int ruleset, struct error *err)
{
	const uint32_t handled = plan->landlock.handled;

	if (ruleset == NO_FD)
		return 0;
	for (int fd = 0; fd <= 2 && handled; fd++)
		if ((plan->stdio[fd] == STDIO_PLAIN || plan->stdio[fd] == STDIO_READ) &&
		    landlock_allow_again(ruleset, fd, handled, err) < 0)
			return within(err, "descriptor %d", fd);
	return landlock_enter(ruleset, err);
}
