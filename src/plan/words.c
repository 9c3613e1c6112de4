/* What a plan opens, in words. A profile is judged by what it lets through, so that
 * two plans for the same command are compared thing by thing, and what only one of them
 * has is said: never that something is closed which the other has open. */
#include <stdlib.h>
#include <string.h>

#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/plan/plan.h>
#include <immure/plan/words.h>
#include <immure/sys/namespace.h>
#include <immure/sys/privilege.h>

#include "compare.h"

const char *with(struct arena *arena, const char *list, const char *word)
{
	return list ? arena_format(arena, "%s, %s", list, word) : word;
}

bool was_typed(const char *origin)
{
	return text_is(origin, "command line") || text_is(origin, "the command") ||
	       text_is(origin, "immure shell");
}

const char *short_path(struct arena *arena, const char *path)
{
	const char *home = getenv("HOME");

	if (!home || home[0] != '/' || !path_is_within(path, home))
		return path;
	return arena_format(arena, "~%s", path + strlen(home));
}

/* --- files ------------------------------------------------------------------ */

/* Of the host's files, what an item shows. */
enum opened { NOTHING_OPENED, OPENED_TO_READ, OPENED_TO_WRITE, OPENED_DEVICES };

static enum opened opened_by(const struct item *item)
{
	if (item->session)
		return NOTHING_OPENED;
	switch (item->kind) {
	case ITEM_BIND: case ITEM_CURRENT:
		return item->devices ? OPENED_DEVICES : item->writable ? OPENED_TO_WRITE
								       : OPENED_TO_READ;
	case ITEM_COPY:
		return OPENED_TO_READ;
	default:
		return NOTHING_OPENED;
	}
}

/* Does the other plan show as much of the same file? */
static bool shows(const struct plan *plan, const struct item *wanted)
{
	list_each(const struct item, item, &plan->items)
		if (opened_by(item) >= opened_by(wanted) && text_is(item->source, wanted->source))
			return true;
	return false;
}

/* Does another item show a directory above it, with as much? Then that says it. */
static bool is_said_above(const struct plan *plan, const struct item *said)
{
	list_each(const struct item, item, &plan->items)
		if (opened_by(item) >= opened_by(said) &&
		    path_is_below(said->source, item->source) && !was_typed(item->origin) &&
		    text_is(said->source, said->target) && text_is(item->source, item->target))
			return true;
	return false;
}

static const char *files_text(const struct comparison *c, enum opened opened)
{
	const char *text = NULL;

	list_each(const struct item, item, &c->plan->items) {
		if (opened_by(item) != opened || was_typed(item->origin) ||
		    (c->plan->config->kept_home && c->plan->config->own_home &&
		     text_is(item->source, c->plan->config->home.value)) || shows(c->than, item) ||
		    is_said_above(c->plan, item))
			continue;
		const char *path = short_path(c->arena, item->source);
		if (!text_is(item->source, item->target))
			path = arena_format(c->arena, "%s (at %s)", path,
					    short_path(c->arena, item->target));
		text = with(c->arena, text, path);
	}
	return text;
}

/* Files that a command may yet be given. */
static const char *with_given(const struct comparison *c, const char *text, int how)
{
	if (!c->whole || c->plan->config->arguments.value != how ||
	    c->than->config->arguments.value == how)
		return text;
	return with(c->arena, text, "files given as arguments");
}

static const char *writable_text(const struct comparison *c)
{
	return with_given(c, files_text(c, OPENED_TO_WRITE), DIRECTORY_WRITABLE);
}

static const char *visible_text(const struct comparison *c)
{
	return with_given(c, files_text(c, OPENED_TO_READ), DIRECTORY_READ_ONLY);
}

/* It is the command's own, wherever it stands. */
static const char *home_text(const struct comparison *c)
{
	const struct config *config = c->plan->config;
	const char *name = config->kept_home, *than = c->than->config->kept_home;

	return name && config->home.origin->file && !(than && text_is(name, than)) ? name : NULL;
}

static const char *devices_text(const struct comparison *c)
{
	return files_text(c, OPENED_DEVICES);
}

/* --- the rest --------------------------------------------------------------- */

static bool shared_by_profile(const struct plan *plan, int namespace)
{
	list_each(const struct share, share, &plan->config->shares)
		if ((int)share->namespace == namespace && share->origin->file)
			return !(plan->namespaces & namespace_kinds[namespace].flag);
	return false;
}

static const char *shares_text(const struct comparison *c)
{
	const char *text = NULL;

	for (int i = 0; i < NAMESPACES; i++)
		if (i != NS_NET && shared_by_profile(c->plan, i) &&
		    (c->than->namespaces & namespace_kinds[i].flag))
			text = with(c->arena, text, namespace_kinds[i].name);
	return text;
}

/* Not by their sockets, which are others in each session. */
static const char *session_text(const struct comparison *c)
{
	const struct config *config = c->plan->config, *than = c->than->config;
	const struct {
		const char *name;
		const struct choice *asked, *than;
	} parts[] = {
		{ "wayland", &config->wayland, &than->wayland },
		{ "x11", &config->x11, &than->x11 },
		{ "audio", &config->audio, &than->audio },
		{ "gpu", &config->gpu, &than->gpu },
	};
	const char *text = NULL;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].asked->value && parts[i].asked->origin->file && !parts[i].than->value)
			text = with(c->arena, text, parts[i].name);
	list_each(const struct word, word, &config->dbus) {
		bool known = !word->origin->file;

		list_each(const struct word, other, &than->dbus)
			known = known || text_is(other->text, word->text);
		if (!known)
			text = with(c->arena, text, arena_format(c->arena, "dbus %s", word->text));
	}
	return text;
}

/* Is this denial of the other plan's one that this plan has not, and that means something
 * here? A rule of addresses may lead to what a name stands for. */
static bool is_undone(const struct plan *plan, const struct rule *denial)
{
	bool matters = false;

	list_each(const struct rule, rule, &plan->network.rules) {
		if (!rule->allows && rule_covers(rule, denial))
			return false;
		matters = matters || (rule->allows && !rule->typed &&
				      (rule_covers(rule, denial) || rule->what == RULE_ANY ||
				       (rule->what == RULE_INTERNET && denial->what != RULE_LAN &&
					denial->what != RULE_HOST)));
	}
	return matters;
}

/* What the profile allows by itself; a --deny or a --net on the command line is no part of
 * what is judged. */
static const char *reach_text(const struct comparison *c)
{
	const char *text = NULL;

	if (shared_by_profile(c->plan, NS_NET) && c->than->own_network)
		text = "the host's whole network";
	list_each(const struct rule, rule, &c->plan->network.rules) {
		bool more = rule->allows && !rule->typed;

		list_each(const struct rule, other, &c->than->network.rules)
			more = more && !(other->allows && rule_covers(other, rule));
		if (more)
			text = with(c->arena, text, rule->text);
	}
	list_each(const struct rule, rule, &c->than->network.rules)
		if (!rule->allows && !rule->typed && is_undone(c->plan, rule))
			text = with(c->arena, text, arena_format(c->arena, "%s (denied there)",
								 rule->text));
	return text;
}

/* Is this the caller's own value, let through by a profile? */
static bool is_kept(const struct plan *plan, size_t index)
{
	const struct origin *origin = plan->environment_origins[index];

	if (!origin || !origin->file)
		return false;
	list_each(const struct variable, variable, &plan->config->variables)
		if (variable->origin == origin)
			return variable->verb == VARIABLE_KEEP;
	return false;
}

static bool has_variable(const struct plan *plan, const char *name, size_t length)
{
	for (size_t i = 0; plan->environment[i]; i++)
		if (strncmp(plan->environment[i], name, length) == 0 &&
		    plan->environment[i][length] == '=')
			return true;
	return false;
}

static const char *variables_text(const struct comparison *c)
{
	const char *text = NULL;

	for (size_t i = 0; c->plan->environment[i]; i++) {
		const char *entry = c->plan->environment[i];
		size_t length = strcspn(entry, "=");

		if (is_kept(c->plan, i) && !has_variable(c->than, entry, length))
			text = with(c->arena, text, arena_copy_part(c->arena, entry, length));
	}
	return text;
}

static bool has_extent(const struct id_extents *map, const struct id_extent *wanted)
{
	list_each(const struct id_extent, extent, map)
		if (extent->outside == wanted->outside && extent->count >= wanted->count)
			return true;
	return false;
}

/* Ids of the host that stand behind others than the command's own, or are not the
 * caller's. */
static const char *more_ids(const struct comparison *c, const char *text, const char *what,
			    const struct id_extents *map, const struct id_extents *than,
			    uint32_t usual)
{
	list_each(const struct id_extent, extent, map)
		if ((extent->count > 1 || extent->outside != usual) && !has_extent(than, extent))
			text = with(c->arena, text, extent->count == 1
				    ? arena_format(c->arena, "%s %u", what, extent->outside)
				    : arena_format(c->arena, "%ss %u-%u", what, extent->outside,
						   extent->outside + (extent->count - 1)));
	return text;
}

static const char *ids_text(const struct comparison *c)
{
	const struct id_maps *maps = &c->plan->maps, *than = &c->than->maps;
	const char *text = NULL;

	text = more_ids(c, text, "user", &maps->outer_uids, &than->outer_uids,
			c->than->outer.outside_uid);
	return more_ids(c, text, "group", &maps->outer_gids, &than->outer_gids,
			c->than->outer.outside_gid);
}

static const char *capabilities_text(const struct comparison *c)
{
	uint64_t more = c->plan->capabilities & ~c->than->capabilities;
	const char *text = NULL;

	if (c->plan->all_origin && !c->than->all_origin)
		return "every capability of its own user namespace";
	for (unsigned cap = 0; more >> cap; cap++)
		if (more >> cap & 1)
			text = with(c->arena, text, capability_name(c->arena, cap));
	return text;
}

static const char *namespaces_text(const struct comparison *c)
{
	return c->plan->nested_origin && !c->than->nested_origin ? "yes" : NULL;
}

static const char *calls_text(const struct comparison *c)
{
	const char *text = c->plan->filter.text ? c->plan->filter.text : "all";

	if (text_is(text, c->than->filter.text ? c->than->filter.text : "all"))
		return NULL;
	return text;
}

static const char *kernel_text(const struct comparison *c)
{
	const char *text = NULL;

	if (!c->plan->own_mounts && c->than->own_mounts)
		text = with(c->arena, text, "all of the host's files");
	if (c->plan->host_proc && !c->than->host_proc)
		text = with(c->arena, text, "the host's /proc");
	if (c->plan->landlock.abi == 0 && c->than->landlock.abi != 0)
		text = with(c->arena, text, "without Landlock");
	return text;
}

/* --- all of it ---------------------------------------------------------------- */

static const struct {
	const char *what;
	const char *(*text)(const struct comparison *c);
	const char *nothing;		/* said of what stays closed, in a judgement */
} kinds[] = {
	{ "can write", writable_text, "nothing of yours" },
	{ "can see", visible_text, "nothing more" },
	{ "has a home that stays", home_text, NULL },
	{ "can use", devices_text, NULL },
	{ "can reach", reach_text, "nothing" },
	{ "can be reached at", published_text, NULL },
	{ "asks for names", servers_text, NULL },
	{ "looks for short names in", search_text, NULL },
	{ "has addresses for", hosts_text, NULL },
	{ "leaves by", outbound_text, NULL },
	{ "its network is", link_text, NULL },
	{ "writes down", records_text, NULL },
	{ "uses of the session", session_text, NULL },
	{ "shares with the host", shares_text, NULL },
	{ "gets", variables_text, NULL },
	{ "has ids of the host", ids_text, NULL },
	{ "keeps", capabilities_text, "no capability" },
	{ "new namespaces", namespaces_text, "no" },
	{ "system calls", calls_text, NULL },
	{ "has", kernel_text, NULL },
};

static struct openings compare(const struct plan *plan, const struct plan *than, bool whole)
{
	struct comparison comparison = {
		.arena = plan->arena, .plan = plan, .than = than, .whole = whole,
	};
	struct openings openings = { 0 };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		/* How a network is made opens nothing. */
		bool said = whole || kinds[i].text != link_text;
		const char *text = said ? kinds[i].text(&comparison) : NULL;

		if (!text && whole)
			text = kinds[i].nothing;
		if (text)
			*list_add(plan->arena, &openings.list) =
				(struct opening){ kinds[i].what, text };
	}
	return openings;
}

struct openings plan_openings(const struct plan *plan, const struct plan *than)
{
	return compare(plan, than, false);
}

struct openings plan_difference(const struct plan *plan, const struct plan *than)
{
	return compare(plan, than, true);
}
