/* The view: every thing of it is one item. Words about the same place are settled
 * here, the last one wins; then parents come before what stands in them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>

#include "plan_internal.h"

struct item *item_add(struct planning *p, enum item_kind kind, const char *target,
		      const char *origin, size_t order)
{
	struct item *item = list_add(p->arena, &p->plan->items);

	*item = (struct item){
		.kind = kind, .target = target, .origin = origin, .order = order,
		.length = strlen(target), .depth = path_depth(target),
		.serial = p->plan->items.count,
		.mode = kind == ITEM_DIRECTORY || kind == ITEM_SCRATCH ? 0755 : 0644,
	};
	return item;
}

const struct item *item_covering(const struct plan *plan, const char *path)
{
	const struct item *best = NULL;

	list_each(const struct item, item, &plan->items)
		if (item->kind != ITEM_READ_ONLY && item->kind != ITEM_PIN &&
		    path_is_within(path, item->target) &&
		    (!best || item->length >= best->length))
			best = item;
	return best;
}

static bool is_addition(const struct item *item)
{
	return item->kind == ITEM_READ_ONLY || item->kind == ITEM_PIN;
}

/* --- single words ------------------------------------------------------------- */

static int refuse_root(const char *what, const char *target, const char *origin,
		       struct error *err)
{
	if (!text_is(target, "/"))
		return 0;
	return fail(err, 0, "%s / (%s): / itself is the sandbox's own", what, origin);
}

/* A thing that a profile wants made gives way to a directory that somebody binds
 * over its place; asked for by name it does not. */
static bool is_from_profile(const struct place *place)
{
	return place->origin && place->origin->file;
}

/* What to type about a source that is not there. Who wrote a tilde meant the home
 * directory: shells do not replace it behind "--bind=". */
static int hint_missing(struct planning *p, const struct place *place, struct error *err)
{
	static const char *const names[][2] = {
		[PLACE_BIND] = { "bind", "bind-try" },
		[PLACE_READ_ONLY_BIND] = { "ro-bind", "ro-bind-try" },
		[PLACE_DEVICE_BIND] = { "dev-bind", "dev-bind-try" },
	};
	const char *const *name = names[place->placing];

	if (text_begins(place->source, "~/"))
		return hint(err, "a tilde that no shell replaced; written out: %s",
			    typed(p, place->origin, name[place->optional],
				  path_join(p->arena, p->host.home, place->source + 2),
				  place->target));
	return hint(err, "if it may be missing: %s",
		    typed(p, place->origin, name[1], place->source, place->target));
}

static int plan_bind(struct planning *p, const struct place *place, struct error *err)
{
	const char *base = p->host.current ? p->host.current : "/";
	const char *origin = origin_text(p->arena, place->origin);
	bool writable = place->placing != PLACE_READ_ONLY_BIND;
	struct file_id id;

	const char *source = path_normal(p->arena, base, place->source);
	const char *target = place->target ? path_normal(p->arena, base, place->target)
					   : source;
	if (file_look(source, true, &id, err) < 0) {
		bool missing = err->code == ENOENT || err->code == ENOTDIR;

		if (place->optional && missing) {
			skipped(p, "bind %s (%s): the host does not have it", source, origin);
			return 0;
		}
		(void)fail(err, err->code, "bind %s (%s)", source, origin);
		return missing ? hint_missing(p, place, err) : -1;
	}
	if (refuse_root("bind", target, origin, err) < 0)
		return -1;
	struct item *item = item_add(p, ITEM_BIND, target, origin, place->order);
	item->source = source;
	item->id = id;
	item->writable = writable;
	item->devices = place->placing == PLACE_DEVICE_BIND;
	if (id.type != S_IFDIR)
		return 0;
	const char *resolved = file_resolved(p->arena, source);
	/* The view is put together on it, and would show itself there. */
	if (text_is(resolved ? resolved : source, "/")) {
		(void)fail(err, 0, "bind %s (%s): the root of the host cannot be shown as a whole,"
			   " since the sandbox's is mounted on it", source, origin);
		return hint(err, "what is in it can: --ro-bind %s",
			    text_shell(p->arena, arena_format(p->arena, "/home:%s/home", target)));
	}
	if (guard_own(p, resolved ? resolved : source, target, writable, origin,
			     place->order, err) < 0)
		return -1;
	/* Nobody calls git in a home that only sandboxes have. */
	bool own_home = p->config->own_home && place->source == p->config->home.value;
	if (writable && !own_home)
		plan_git(p, source, target, origin, place->order);
	return 0;
}

static int plan_copy(struct planning *p, const struct place *place, struct error *err)
{
	const char *base = p->host.current ? p->host.current : "/";
	const char *origin = origin_text(p->arena, place->origin);
	struct file_id id;

	const char *source = path_normal(p->arena, base, place->source);
	if (file_look(source, true, &id, err) < 0)
		return fail(err, err->code, "copy %s (%s)", source, origin);
	if (id.type != S_IFREG)
		return fail(err, 0, "copy %s (%s): not a regular file", source, origin);
	const char *target = path_normal(p->arena, base, place->target);
	if (refuse_root("file", target, origin, err) < 0)
		return -1;
	struct item *item = item_add(p, ITEM_COPY, target, origin, place->order);
	item->source = source;
	item->id = id;
	item->mode = id.mode & 0755;
	item->gives_way = is_from_profile(place);
	return 0;
}

/* Words that only name a place inside. */
static int plan_inside(struct planning *p, const struct place *place, struct error *err)
{
	static const struct {
		enum item_kind kind;
		const char *name;
	} kinds[] = {
		[PLACE_DIRECTORY] = { ITEM_DIRECTORY, "dir" },
		[PLACE_HIDE] = { ITEM_HIDE, "hide" },
		[PLACE_READ_ONLY] = { ITEM_READ_ONLY, "remount-ro" },
		[PLACE_LINK] = { ITEM_LINK, "symlink" },
		[PLACE_TMPFS] = { ITEM_SCRATCH, "tmpfs" },
	};
	const char *base = p->host.current ? p->host.current : "/";
	const char *origin = origin_text(p->arena, place->origin);
	const char *target = path_normal(p->arena, base, place->target);
	enum item_kind kind = place->size ? ITEM_TMPFS : kinds[place->placing].kind;

	if (refuse_root(kinds[place->placing].name, target, origin, err) < 0)
		return -1;
	struct item *item = item_add(p, kind, target, origin, place->order);
	item->source = place->source;
	item->size = place->size;
	item->gives_way = is_from_profile(place) && !is_addition(item);
	if (place->placing == PLACE_TMPFS)
		item->mode = place->mode;
	return 0;
}

static int plan_place(struct planning *p, const struct place *place, struct error *err)
{
	switch (place->placing) {
	case PLACE_BIND: case PLACE_READ_ONLY_BIND: case PLACE_DEVICE_BIND:
		return plan_bind(p, place, err);
	case PLACE_COPY:
		return plan_copy(p, place, err);
	case PLACE_ETC:
		return root_overrules(p, place) ? 0 : plan_etc(p, place, err);
	case PLACE_SYSTEM:
		return root_overrules(p, place) ? 0 : plan_system(p, place, err);
	case PLACE_TMPFS:
		return root_has_data(p, place) ? 0 : plan_inside(p, place, err);
	case PLACE_DIRECTORY: case PLACE_HIDE: case PLACE_READ_ONLY:
	case PLACE_LINK:
		return plan_inside(p, place, err);
	}
	return 0;
}

/* --- the home and the current directory --------------------------------------- */

static int plan_home(struct planning *p, struct error *err)
{
	const struct text *home = &p->config->home;
	const char *origin = origin_text(p->arena, home->origin);

	if (!home->value || text_is(home->value, "none"))
		return 0;
	/* One that stays and is only looked at: whoever runs with it has put its path there. */
	if (text_is(home->value, "private") || text_begins(home->value, "kept:")) {
		item_add(p, ITEM_SCRATCH, p->host.home, origin, home->order)->mode = 0700;
		return 0;
	}
	struct place place = {
		.placing = PLACE_BIND, .source = home->value, .target = p->host.home,
		.origin = home->origin, .order = home->order,
	};
	struct file_id id;
	const char *base = p->host.current ? p->host.current : "/";
	const char *source = path_normal(p->arena, base, home->value);

	if (file_look(source, true, &id, err) < 0)
		return fail(err, err->code, "home %s (%s)", source, origin);
	if (id.type != S_IFDIR)
		return fail(err, ENOTDIR, "home %s (%s)", source, origin);
	return plan_bind(p, &place, err);
}

bool is_too_wide(const struct planning *p, const char *path)
{
	static const char *const below[] = {
		"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/proc", "/sys",
		"/dev", "/run", "/boot", "/var/run",
	};
	static const char *const exactly[] = { "/tmp", "/var", "/var/tmp", "/home", "/opt" };

	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++)
		if (path_is_within(path, below[i]))
			return true;
	for (size_t i = 0; i < sizeof(exactly) / sizeof(exactly[0]); i++)
		if (text_is(path, exactly[i]))
			return true;
	return path_is_within(p->host.home_resolved, path) ||
	       path_is_within(p->host.home, path) ||
	       (p->host.own_config && path_is_within(path, p->host.own_config)) ||
	       path_is_within(path, p->host.own_data);
}

static int plan_current(struct planning *p, struct error *err)
{
	const struct choice *cwd = &p->config->cwd;
	const char *origin = origin_text(p->arena, cwd->origin);
	const char *current = p->host.current;

	if (cwd->value == DIRECTORY_HIDE)
		return 0;
	bool writable = cwd->value == DIRECTORY_WRITABLE;
	/* Said of the directory itself, it must not be left out silently. */
	bool said = cwd->origin && !cwd->origin->file;
	/* Removed, or below so many that its path is longer than a path can be. */
	if (!current) {
		if (said) {
			(void)fail(err, 0, "the current directory (%s): it has no path", origin);
			return hint(err, "it was removed, or its path is too long; to start in"
				    " another one: cd ~");
		}
		skipped(p, "the current directory (%s): it has no path", origin);
		return 0;
	}
	p->current_in_root = root_inside(p, current);
	if (p->current_in_root) {
		if (!writable || p->plan->root_writable)
			return 0;
		(void)fail(err, 0, "cwd rw (%s): the current directory is in the root file system"
			   " %s (%s), which is read-only", origin, p->plan->root.path,
			   p->plan->root.origin);
		return hint(err, "to let all of it be changed: %s", typed(p, p->config->root.origin,
			    "root-rw", p->plan->root.path, NULL));
	}
	if (is_too_wide(p, current)) {
		if (said) {
			(void)fail(err, 0, "cwd %s (%s): %s is too much to show for being the"
				   " current directory", writable ? "rw" : "ro", origin, current);
			return text_is(current, "/")
				? hint(err, "show what it needs of it: --%s PATH",
				       writable ? "bind" : "ro-bind")
				: hint(err, "if all of it is meant: %s",
				       typed(p, cwd->origin, writable ? "bind" : "ro-bind", current,
					     NULL));
		}
		skipped(p, "the current directory (%s): %s would show too much", origin, current);
		return 0;
	}
	struct file_id id;
	if (file_look(".", true, &id, err) < 0) {
		/* One that the caller cannot enter, as after su(1): nothing to show. */
		if (err->code != EACCES || said)
			return fail(err, err->code, "the current directory (%s)", origin);
		skipped(p, "the current directory (%s): you have no access to it", origin);
		return 0;
	}
	struct item *item = item_add(p, ITEM_CURRENT, current, origin, cwd->order);
	item->source = current;
	item->writable = writable;
	item->id = id;
	item->gives_way = !said;
	if (guard_own(p, current, current, writable, origin, cwd->order, err) < 0)
		return -1;
	if (writable)
		plan_git(p, current, current, origin, cwd->order);
	return 0;
}

/* --- settling ------------------------------------------------------------------ */

/* The words' order first, so that the last one about a place stands last. */
static int by_order(const void *a, const void *b)
{
	const struct item *left = a, *right = b;

	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	return left->serial < right->serial ? -1 : 1;
}

/* The second name of a terminal needs the terminal, a sysfs the network namespace
 * that is made meanwhile, and what is made read-only everything in its place. */
enum lateness { FIRST, EARLY, WITH_TERMINAL, WITH_NETWORK, AT_THE_END };

static enum lateness lateness(const struct item *item)
{
	switch (item->kind) {
	case ITEM_POINT:
		return FIRST;
	case ITEM_CONSOLE:
		return WITH_TERMINAL;
	case ITEM_SYSFS: case ITEM_SYSFS_PART:
		return WITH_NETWORK;
	case ITEM_READ_ONLY:
		return AT_THE_END;
	default:
		/* What is made before the sysfs would stand below it, and not be seen. */
		return path_is_below(item->target, "/sys") ? WITH_NETWORK : EARLY;
	}
}

static int by_depth(const void *a, const void *b)
{
	const struct item *left = a, *right = b;

	if (lateness(left) != lateness(right))
		return lateness(left) < lateness(right) ? -1 : 1;
	if (left->depth != right->depth)
		return left->depth < right->depth ? -1 : 1;
	return strcmp(left->target, right->target);
}

/* In a host directory nothing can be made, and what a profile makes for everybody is
 * not worth failing: who binds the host's /etc gets that, as it is. What is mounted
 * for protection stays wherever there is something to mount it on. */
static bool must_give_way(const struct plan *plan, const struct item *item,
			  const struct item *other)
{
	struct file_id id;
	struct error ignored;

	if (other->length >= item->length || !path_is_below(item->target, other->target))
		return false;
	switch (item->kind) {
	case ITEM_LINK: case ITEM_COPY: case ITEM_DIRECTORY: case ITEM_BIND:
		return true;
	default:
		return file_look(path_join(plan->arena, other->source,
					   item->target + other->length),
				 true, &id, &ignored) < 0;
	}
}

/* Is there a later word about the same place? What is added to a place, such as
 * read-only, stays with the word before it and goes with it. */
static bool is_overruled(const struct plan *plan, size_t index)
{
	const struct item *item = &plan->items.items[index];
	const char *place = item->base ? item->base : item->target;
	size_t length = item->base ? strlen(item->base) : item->length;

	for (size_t later = index + 1; later < plan->items.count; later++) {
		const struct item *other = &plan->items.items[later];

		if (other->order <= item->order)
			continue;
		if (other->length == length && !is_addition(other) &&
		    text_is(other->target, place))
			return true;
	}
	return false;
}

/* Does this bind show the current directory at its own path, as whoever binds the
 * project means when standing in a part of it? */
static bool shows_current(const struct plan *plan, const struct item *bind,
			  const struct item *current)
{
	struct file_id id;
	struct error ignored;

	return path_is_below(current->target, bind->target) &&
	       file_look(path_join(plan->arena, bind->source, current->target + bind->length),
			 true, &id, &ignored) == 0 && file_same(&id, &current->id);
}

/* Is there a later word that binds a host directory above, and it has to go? */
static bool has_no_place(struct planning *p, size_t index)
{
	const struct plan *plan = p->plan;
	const struct item *item = &plan->items.items[index];

	for (size_t later = index + 1; item->gives_way && later < plan->items.count; later++) {
		const struct item *other = &plan->items.items[later];

		if (other->kind != ITEM_BIND || other->order <= item->order)
			continue;
		if (item->kind == ITEM_CURRENT && shows_current(plan, other, item))
			return true;
		if (!must_give_way(plan, item, other))
			continue;
		if (item->kind == ITEM_CURRENT)
			note(p, "the current directory is not shown: in %s (%s) there is none to"
				" show it at", other->source, other->origin);
		return true;
	}
	return false;
}

/* Did another word put something of its own where this guard was to stand, below
 * what it guards? Who names the place itself means it. */
static bool is_displaced(const struct plan *plan, const struct item *guard)
{
	if (!guard->base || !is_addition(guard))
		return false;
	list_each(const struct item, other, &plan->items)
		if (!is_addition(other) && other->kind != ITEM_DIRECTORY &&
		    path_is_below(other->target, guard->base) &&
		    path_is_within(guard->target, other->target))
			return true;
	return false;
}

static void drop_overruled(struct planning *p)
{
	struct plan *plan = p->plan;
	struct item *items = plan->items.items;
	size_t kept = 0;

	if (plan->items.count == 0)
		return;
	qsort(items, plan->items.count, sizeof(*items), by_order);
	/* In place: only later words can overrule one. */
	for (size_t i = 0; i < plan->items.count; i++)
		if (!is_overruled(plan, i) && !has_no_place(p, i) &&
		    !is_displaced(plan, &plan->items.items[i]))
			items[kept++] = items[i];
	plan->items.count = kept;
}

/* The kernel mounts no procfs or sysfs inside of which one that is visible has a part
 * covered; our own would be the first that it refuses. */
static int check_covers(const struct plan *plan, struct error *err)
{
	for (size_t i = 0; plan->nested_origin && i < plan->items.count; i++) {
		const struct item *whole = &plan->items.items[i];

		if (whole->kind != ITEM_PROC && whole->kind != ITEM_SYSFS)
			continue;
		list_each(const struct item, item, &plan->items) {
			if (!path_is_below(item->target, whole->target))
				continue;
			(void)fail(err, 0, "nested (%s): %s (%s) would cover a part of %s, and"
				   " then nobody inside can mount one", plan->nested_origin,
				   item->target, item->origin, whole->target);
			return hint(err, "leave out the one or the other");
		}
	}
	return 0;
}

int plan_view(struct planning *p, struct error *err)
{
	struct plan *plan = p->plan;
	const uint64_t most = 2ull << 30, page = (uint64_t)sysconf(_SC_PAGESIZE);

	if (!plan->own_mounts)
		return plan_session(p, err);
	if (memory_total(&plan->memory, err) < 0)
		return -1;
	plan->memory /= 4;
	if (plan->memory > most)
		plan->memory = most;
	if (p->config->memory.value > 0 && plan->memory > (uint64_t)p->config->memory.value / 2)
		plan->memory = (uint64_t)p->config->memory.value / 2;
	plan->memory -= plan->memory % page;	/* a tmpfs counts them, and would round up */
	plan->inodes = 200000;
	if (plan_root_open(p, err) < 0 || plan_identity_files(p, err) < 0)
		return -1;
	plan_proc(p);
	plan_sys(p);
	if (plan_dev(p, err) < 0 || plan_home(p, err) < 0 || plan_current(p, err) < 0)
		return -1;
	list_each(const struct place, place, &p->config->places)
		if (plan_place(p, place, err) < 0)
			return -1;
	if (plan_session(p, err) < 0)
		return -1;
	struct item *runtime = item_add(p, ITEM_DIRECTORY, arena_format(p->arena,
					"/run/user/%u", p->inside_uid), "identity", 0);
	runtime->mode = 0700;
	runtime->gives_way = true;
	drop_overruled(p);
	bool more = false;
	if (plan_arguments(p, &more, err) < 0)
		return -1;
	if (more)
		drop_overruled(p);
	if (check_covers(plan, err) < 0 || plan_root(p, err) < 0)
		return -1;
	return guard_sources(p, err) < 0 || guard_profiles(p, err) < 0 ? -1 : guard_url_files(p, err);
}

int plan_finish(struct planning *p, struct error *err)
{
	struct plan *plan = p->plan;

	if (guard_records(p, err) < 0)
		return -1;
	if (plan->items.count > 0)
		qsort(plan->items.items, plan->items.count, sizeof(*plan->items.items),
		      by_depth);
	while (plan->early_items < plan->items.count &&
	       lateness(&plan->items.items[plan->early_items]) < WITH_NETWORK)
		plan->early_items++;
	return 0;
}
