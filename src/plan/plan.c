/* From what was asked to what will be done. Each part looks at the configuration
 * and at the host, adds to the plan, and finds the mistakes of its own words; the
 * order is that of who needs whose answer. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/config/profile.h>
#include <immure/sys/weaken.h>

#include "plan_internal.h"

static void text_list_add(struct planning *p, const char ***items, size_t *count,
			  size_t *room, const char *format, va_list args)
{
	char text[1024];

	(void)vsnprintf(text, sizeof(text), format, args);
	*(const char **)list_grow(p->arena, (void **)items, count, room, sizeof(**items)) =
		arena_copy(p->arena, text);
}

void note(struct planning *p, const char *format, ...)
{
	struct plan *plan = p->plan;
	va_list args;

	va_start(args, format);
	text_list_add(p, &plan->notes.items, &plan->notes.count, &plan->notes.room, format, args);
	va_end(args);
}

void skipped(struct planning *p, const char *format, ...)
{
	struct plan *plan = p->plan;
	va_list args;

	if (!p->config->verbose.value)
		return;
	va_start(args, format);
	text_list_add(p, &plan->skipped.items, &plan->skipped.count, &plan->skipped.room,
		      format, args);
	va_end(args);
}

const char *origin_of(struct planning *p, const struct origin *origin)
{
	return origin ? origin_text(p->arena, origin) : "built in";
}

const char *typed(struct planning *p, const struct origin *origin, const char *option,
		  const char *source, const char *dest)
{
	const char *value = text_protect(p->arena, source, ':');

	if (dest)
		value = arena_format(p->arena, "%s:%s", value, text_protect(p->arena, dest, ':'));
	if (origin && origin->file)
		return arena_format(p->arena, "%s %s", option, profile_quote(p->arena, value));
	return arena_format(p->arena, "--%s %s", option, text_shell(p->arena, value));
}

static int plan_parts(struct planning *p, struct error *err)
{
	return plan_host(p, err) < 0 || plan_landlock(p, err) < 0 ||
	       plan_namespaces(p, err) < 0 || plan_network(p, err) < 0 ||
	       plan_publish(p, err) < 0 || plan_identity(p, err) < 0 ||
	       plan_tunings(p, err) < 0 || plan_stdio(p, err) < 0 || plan_view(p, err) < 0 ||
	       plan_command(p, err) < 0 || plan_capabilities(p, err) < 0 ||
	       plan_filter(p, err) < 0 || plan_finish(p, err) < 0 ||
	       file_all_answered(err) < 0 ? -1 : 0;
}

const struct plan *plan_make(const struct config *config, struct error *err)
{
	struct plan *plan = arena_alloc(config->arena, sizeof(*plan));
	struct planning planning = {
		.arena = config->arena, .config = config, .plan = plan, .root = NO_FD,
	}, *p = &planning;

	plan->arena = config->arena;
	list_reserve(plan->arena, &plan->items, 112);	/* more than the default's */
	plan->config = config;
	plan->attached = NO_FD;
	plan->started = file_clock();
	if (*weakened_walls())
		note(p, "weakened for a test: %s", weakened_walls());
	int result = plan_parts(p, err);
	fd_close(&p->root);
	if (result < 0) {
		(void)within(err, "plan");
		return NULL;
	}
	plan_group(p);
	landlock_rules(plan, plan->landlock.abi);
	plan_advice(p);
	return plan;
}
