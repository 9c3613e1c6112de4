/* What a command that may write must not reach although it is there: our own
 * profiles and those that this run was called with, which decide about later runs,
 * and, through links that an earlier run left, what somebody names a second time. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>

#include "plan_internal.h"

enum { MOST_LINKS = 40 };	/* as the kernel: path_resolution(7) */

/* Where a path leads, link by link. */
struct trail {
	const char *end;	/* without links; what is missing is taken as it stands */
	const char *link;	/* the first link on the way that stands below `dir` */
	bool exists;
};

static struct trail follow(struct arena *arena, const char *path, const char *dir)
{
	struct trail trail = { .end = "/", .exists = true };
	unsigned links = 0;
	struct file_id id;
	struct error ignored;

	for (const char *rest = path + strspn(path, "/"); *rest; rest += strspn(rest, "/")) {
		size_t length = strcspn(rest, "/");
		const char *name = arena_copy_part(arena, rest, length);
		const char *next = path_normal(arena, trail.end, name);
		const char *text = NULL;

		if (file_look(next, false, &id, &ignored) < 0) {
			trail.end = path_normal(arena, trail.end, rest);
			trail.exists = false;
			return trail;
		}
		if (id.type == S_IFLNK && links++ < MOST_LINKS)
			text = file_link(arena, next);
		rest += length;
		if (!text) {
			trail.end = next;
			continue;
		}
		if (!trail.link && path_is_below(next, dir))
			trail.link = next;
		if (text[0] == '/')
			trail.end = "/";
		rest = arena_format(arena, "%s/%s", text, rest);
	}
	return trail;
}

/* A mount point cannot be renamed or removed, but a directory above it can, and
 * another one be put in its place: all of them become mount points. */
static void pin_above(struct planning *p, const char *path, const char *source,
		      const char *target, size_t order)
{
	for (;;) {
		path = path_parent(p->arena, path);
		if (!path_is_below(path, source))
			return;
		struct item *pin = item_add(p, ITEM_PIN, path_join(p->arena, target,
					    path + strlen(source)), "a way to a profile", order);
		pin->writable = true;
		pin->base = target;
	}
}

/* A directory of ours that later runs obey or use. */
struct own_place {
	const char *path;	/* as it is called; NULL: nobody knows where it would be */
	const char *what, *origin;
	struct trail trail;
};

/* All that is missing in one command, so that nobody has to come here twice. */
static int hint_to_make(struct planning *p, const struct own_place *places, size_t count,
			const char *source, struct error *err)
{
	const char *missing = "";

	for (size_t i = 0; i < count; i++)
		if (places[i].path && !places[i].trail.exists &&
		    path_is_below(places[i].trail.end, source))
			missing = arena_format(p->arena, "%s %s", missing,
					       text_shell(p->arena, places[i].path));
	return hint(err, "bind a smaller directory, or: mkdir -p -m 700%s", missing);
}

/* It is covered where it is, and cannot be led or put elsewhere; what is not there cannot
 * be covered, and what the command makes there would be taken for ours. */
static int guard_place(struct planning *p, const struct own_place *own, const char *source,
		       const char *target, bool writable, const char *origin, size_t order,
		       struct error *err)
{
	const struct trail *trail = &own->trail;

	if (writable && trail->link) {
		(void)fail(err, 0, "bind %s (%s): writable, and %s, a link on the way to"
			   " %s, could be exchanged", source, origin, trail->link, own->what);
		return hint(err, "bind a smaller directory");
	}
	if (!path_is_below(trail->end, source))
		return 0;
	if (writable && !trail->exists)
		return fail(err, 0, "bind %s (%s): writable, and %s, where %s"
			    " would be, does not exist to be covered", source, origin, own->path,
			    own->what);
	if (!trail->exists)
		return 0;
	item_add(p, ITEM_HIDE, path_join(p->arena, target, trail->end + strlen(source)),
		 own->origin, order)->base = target;
	if (writable)
		pin_above(p, trail->end, source, target, order);
	return 0;
}

/* A profile that the command could write would be the next run's walls, and a home that
 * it could make would be the next shell's. */
int guard_own(struct planning *p, const char *source, const char *target, bool writable,
	      const char *origin, size_t order, struct error *err)
{
	struct own_place places[] = {
		{ p->host.own_config, "immure's own profiles", "immure's own profiles", { 0 } },
		{ p->host.own_data, "homes of sandboxes", "homes of sandboxes", { 0 } },
	};
	const size_t count = sizeof(places) / sizeof(places[0]);

	for (size_t i = 0; i < count; i++)
		if (places[i].path)
			places[i].trail = follow(p->arena, places[i].path, source);
	const struct trail *profiles = &places[0].trail, *homes = &places[1].trail;
	if (places[0].path && path_is_within(source, profiles->end)) {
		(void)fail(err, 0, "bind %s (%s): that is where immure's own profiles are",
			   source, origin);
		return hint(err, "what can be written there decides about later runs");
	}
	/* One of the homes alone can be bound, by who names it. */
	if (homes->exists && (text_is(source, homes->end) ||
			      text_is(source, path_join(p->arena, homes->end, "homes")))) {
		(void)fail(err, 0, "bind %s (%s): that is where the homes of sandboxes are", source,
			   origin);
		return hint(err, "to have one of them as the home: --home %s/NAME", source);
	}
	for (size_t i = 0; i < count; i++) {
		if (!places[i].path || guard_place(p, &places[i], source, target, writable, origin,
						   order, err) == 0)
			continue;
		return places[i].trail.link ? -1 : hint_to_make(p, places, count, source, err);
	}
	return 0;
}

static bool is_writable_directory(const struct item *item)
{
	return (item->kind == ITEM_BIND || item->kind == ITEM_CURRENT) && item->writable &&
	       item->id.type == S_IFDIR;
}

static bool is_host_source(const struct item *item)
{
	return item->order > 0 && !item->gives_way &&
	       (item->kind == ITEM_BIND || item->kind == ITEM_COPY);
}

/* A link on the way out of `dir`, which the command can write, or another file than
 * was planned: somebody may be exchanging them at this very moment. */
static int check_source(struct planning *p, const struct item *item, const char *dir,
			struct error *err)
{
	struct trail trail = follow(p->arena, item->source, dir);
	struct error ignored;
	struct file_id id;

	if (!trail.link && !path_is_below(trail.end, dir))
		return 0;
	if (trail.link && !path_is_within(trail.end, dir)) {
		(void)fail(err, 0, "%s (%s): the link %s leads to %s, and stands where the"
			   " command can write: an earlier one may have made it", item->source,
			   item->origin, trail.link, trail.end);
		return hint(err, "if that is what you mean, name %s itself", trail.end);
	}
	if (file_look_without_links(trail.end, &id, &ignored) < 0 || !file_same(&id, &item->id))
		return fail(err, 0, "%s (%s) was exchanged while it was looked at", item->source,
			    item->origin);
	return 0;
}

/* A writable root file system, as if it were a bind of its own. */
static struct item root_as_item(const struct plan *plan)
{
	return (struct item){
		.kind = ITEM_BIND, .source = plan->root.path, .target = "/", .length = 1,
		.writable = plan->root_writable, .id = plan->root.id,
		.origin = plan->root.origin,
	};
}

/* The items with the root file system before them. */
static struct item place_at(const struct plan *plan, size_t index)
{
	return index == 0 ? root_as_item(plan) : plan->items.items[index - 1];
}

int guard_sources(struct planning *p, struct error *err)
{
	for (size_t i = 0; i <= p->plan->items.count; i++) {
		const struct item at = place_at(p->plan, i), *place = &at;
		const char *dir = is_writable_directory(place)
			? file_resolved(p->arena, place->source) : NULL;

		if (!dir)
			continue;
		list_each(const struct item, item, &p->plan->items)
			if (item + 1 != p->plan->items.items + i && is_host_source(item) &&
			    check_source(p, item, dir, err) < 0)
				return -1;
	}
	return 0;
}

/* --- what decides about this run ---------------------------------------------------- */

/* A file that the next run reads as well. */
struct deciding {
	const char *file, *what;	/* "profile" */
	const char *origin;		/* of the item that guards it */
	const char *named_by;		/* NULL: nothing is to be said if one appears */
};

static bool has_guard(const struct plan *plan, const char *target)
{
	list_each(const struct item, item, &plan->items)
		if (item->kind == ITEM_READ_ONLY && text_is(item->target, target))
			return true;
	return false;
}

/* Order 0: what somebody mounted over the place needs no guard. */
static int guard_file(struct planning *p, const struct item *place, const char *dir,
		      const struct deciding *it, struct error *err)
{
	struct trail trail = follow(p->arena, it->file, dir);

	if (trail.link) {
		(void)fail(err, 0, "%s (%s): the link %s, on the way to the %s %s, stands"
			   " where the command can write, and could be exchanged", place->source,
			   place->origin, trail.link, it->what, it->file);
		return hint(err, "name the %s by where it leads: %s", it->what, trail.end);
	}
	if (!path_is_below(trail.end, dir))
		return 0;
	if (!trail.exists) {
		if (it->named_by)
			*list_add(p->arena, &p->plan->awaited) =
				(struct awaited){ trail.end, it->named_by };
		return 0;
	}
	const char *target = path_join(p->arena, place->target, trail.end + strlen(dir));
	/* As the guard of .git may have it already, with all that is above. */
	if (has_guard(p->plan, target))
		return 0;
	item_add(p, ITEM_READ_ONLY, target, it->origin, 0)->base = place->target;
	pin_above(p, trail.end, dir, place->target, 0);
	return 0;
}

/* In every directory that can be written. */
static int guard_everywhere(struct planning *p, const struct deciding *it, struct error *err)
{
	size_t count = p->plan->items.count;

	for (size_t i = 0; i <= count; i++) {
		/* A copy: the list grows and moves. */
		const struct item place = place_at(p->plan, i);
		const char *dir = is_writable_directory(&place)
			? file_resolved(p->arena, place.source) : NULL;

		if (dir && guard_file(p, &place, dir, it, err) < 0)
			return -1;
	}
	return 0;
}

int guard_profiles(struct planning *p, struct error *err)
{
	const char *base = p->host.current ? p->host.current : "/";

	list_each(const char *const, file, &p->config->profiles) {
		const struct deciding it = {
			.file = path_normal(p->arena, base, *file), .what = "profile",
			.origin = "a profile of this run",
		};
		if (guard_everywhere(p, &it, err) < 0)
			return -1;
	}
	return 0;
}

int guard_url_files(struct planning *p, struct error *err)
{
	list_each(const struct url_file, file, &p->plan->network.url_files) {
		const struct deciding it = {
			.file = file->path, .what = "file of URLs", .origin = file->origin,
			.named_by = file->origin,
		};
		if (guard_everywhere(p, &it, err) < 0)
			return -1;
	}
	return 0;
}

/* --- what is written down of this run -------------------------------------------------- */

static int guard_record(struct planning *p, const struct item *place, const char *dir,
			const struct network_record *record, const char *option, struct error *err)
{
	if (!record->path)
		return 0;
	struct trail trail = follow(p->arena, record->path, dir);
	if (!trail.link && !path_is_within(trail.end, dir))
		return 0;
	(void)fail(err, 0, "%s %s (%s): the command can write there (%s, %s), and could change it",
		   option, record->path, record->origin, place->source, place->origin);
	return hint(err, "to write it somewhere else: --%s %s", option,
		    text_shell(p->arena, path_join(p->arena, p->host.home,
						   path_last(record->path))));
}

int guard_records(struct planning *p, struct error *err)
{
	const struct network_plan *network = &p->plan->network;

	if (!network->log.path && !network->capture.path)
		return 0;
	for (size_t i = 0; i <= p->plan->items.count; i++) {
		const struct item place = place_at(p->plan, i);
		bool shown = place.kind == ITEM_BIND || place.kind == ITEM_CURRENT;
		const char *path = shown && place.writable && place.source
			? file_resolved(p->arena, place.source) : NULL;

		if (path && (guard_record(p, &place, path, &network->log, "net-log", err) < 0 ||
			     guard_record(p, &place, path, &network->capture, "pcap", err) < 0))
			return -1;
	}
	if (!p->plan->own_mounts)
		note(p, "%s (%s): the command sees the host's files, and can change what is written",
		     network->log.path ? "net-log" : "pcap",
		     network->log.path ? network->log.origin : network->capture.origin);
	return 0;
}
