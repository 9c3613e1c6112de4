/* Which system calls the command may make. */
#include <string.h>

#include <immure/base/error.h>
#include <immure/sys/seccomp.h>

#include "plan_internal.h"

/* Root of one id that holds no capability cannot give a file away, and tar(1) as root
 * tries to: such a command is told that it has. Nobody else is lied to. */
static bool fakes_chown(const struct planning *p)
{
	return p->plan->own_user && p->inside_uid == 0 && !p->plan->capabilities;
}

/* Any other than the one that was made when we were built. */
static int make_filter(struct planning *p, const struct filter_wish *wish, struct error *err)
{
	struct filtering *filter = &p->plan->filter;
	struct sock_filter *code = arena_alloc(p->arena, FILTER_MOST * sizeof(*code));

	filter->length = filter_make(wish, code, err);
	filter->code = code;
	return filter->length > 0 ? 0 : -1;
}

int plan_filter(struct planning *p, struct error *err)
{
	const struct config *config = p->config;
	struct filtering *filter = &p->plan->filter;
	struct filter_wish wish = {
		.native = filter_arch(seccomp_native_arch()),
		.strict = config->seccomp.value == FILTER_STRICT,
		.opened = filter->opened,
	};

	filter->origin = origin_of(p, config->seccomp.origin);
	if (config->seccomp.value == FILTER_OFF) {
		note(p, "no filter of system calls: all of the kernel that a user can call is"
		     " in reach");
		return 0;
	}
	filter->init = filter_built_in(wish.native, false, &filter->init_length);
	if (!filter->init) {
		(void)fail(err, 0, "filter system calls: nobody has written down which there are"
			   " on this architecture");
		return hint(err, "to give up this wall: --seccomp off");
	}
	filter->code = filter_built_in(wish.native, fakes_chown(p), &filter->length);
	filter->fakes_chown = fakes_chown(p);
	filter->text = wish.strict ? "strict" : "default";
	for (int i = 0; i < FILTER_GROUPS; i++)
		if (wish.opened >> i & 1)
			filter->text = arena_format(p->arena, "%s, with @%s", filter->text,
						    filter_groups[i].name);
	if (!wish.strict && !wish.opened)
		return 0;
	if (!filter->fakes_chown)
		wish.opened |= FILTER_GROUP(CHOWN);
	return make_filter(p, &wish, err) < 0 ? within(err, "filter system calls") : 0;
}
