/* Looking things up in the table by name. */
#include <linux/seccomp.h>
#include <string.h>

#include <immure/base/text.h>

#include "table.h"

static const struct call *call_named(const char *name)
{
	for (size_t i = 0; i < filter_call_count; i++)
		if (text_is(filter_calls[i].name, name))
			return &filter_calls[i];
	return NULL;
}

int filter_group_named(const char *name)
{
	for (int i = 0; i < FILTER_GROUPS; i++)
		if (text_is(filter_groups[i].name, name))
			return i;
	return -1;
}

bool filter_call_known(const char *name)
{
	return call_named(name);
}

const char *filter_call_numbered(enum arch arch, uint32_t number)
{
	for (size_t i = 0; number < NUMBERS && i < filter_call_count; i++)
		if (filter_calls[i].number[arch] == (short)number)
			return filter_calls[i].name;
	return NULL;
}

static const char *nearer(const char *wanted, const char *best, const char *name)
{
	unsigned distance = text_distance(wanted, name);

	/* Half of a short word changed is another word. */
	if (distance > 3 || distance * 2 > strlen(name) ||
	    (best && distance >= text_distance(wanted, best)))
		return best;
	return name;
}

const char *filter_name_nearest(const char *name, bool groups)
{
	const char *best = NULL;

	for (int i = 0; groups && i < FILTER_GROUPS; i++)
		best = nearer(name, best, filter_groups[i].name);
	for (size_t i = 0; !groups && i < filter_call_count; i++)
		best = nearer(name, best, filter_calls[i].name);
	return best;
}

uint64_t filter_call_denials(const char *name)
{
	const struct call *call = call_named(name);
	uint64_t groups = call && call->verdict != SECCOMP_RET_ALLOW ? call->groups : 0;

	for (size_t i = 0; i < filter_check_count; i++)
		if (text_is(filter_checks[i].call, name) && !(filter_checks[i].groups & groups))
			groups |= filter_checks[i].groups;
	return groups & ~FILTER_GROUP(CHOWN);
}

uint32_t filter_number_end(void)
{
	return NUMBERS;
}
