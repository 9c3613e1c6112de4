/* --root: a root file system of somebody's own instead of the host's system.
 *
 * Whoever made it is not trusted, and may be changing it right now: what it calls /dev,
 * /etc or /etc/resolv.conf may be a link, a FIFO, missing. So no path in it is ever left
 * to the kernel as a whole: it is walked here component by component, links are read as
 * texts and continue below the root, and everything is recorded as the inode that it was,
 * which is compared when it is opened again to be bound.
 *
 * Read-only, the root of the view stays a tmpfs of our own, in which each entry of the
 * directory's top is bound, or made anew when it is a link. Where something of the plan
 * has to stand in a directory of it, that directory is made anew in the same way: so
 * every way to what we mount leads through directories of our own, which nobody
 * exchanges, mount points cannot be missing, and nothing is made in the directory. What
 * the plan puts over a file that is there is mounted on that.
 *
 * Writable, the directory itself is the root, since what is made at its top has to stay.
 * Then nothing can be made anew: what is missing is made in it, empty, before anything is
 * mounted; what is something else where a directory has to be is refused. Its directories
 * can be renamed by others at any time, so that what belongs to something of ours is
 * found from that, and not by its path; see files/view.c.
 *
 * What is asked for and said inside is the file system's own; what makes the sandbox one
 * stands above it: /proc, /sys, /dev, memory, the home and the current directory, and of
 * /etc what tells where the command is. Who there is (passwd, group, nsswitch.conf) the
 * root file system knows itself; ours stand in only where it has none. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>
#include <immure/sys/walk.h>

#include "plan_internal.h"

enum { MOST_STEPS = 1000, MOST_LINKS = 40, MOST_ENTRIES = 20000 };

static const char *in_words(mode_t type)
{
	switch (type) {
	case S_IFDIR: return "a directory";
	case S_IFREG: return "a file";
	case S_IFLNK: return "a symbolic link";
	case S_IFIFO: return "a FIFO";
	case S_IFSOCK: return "a socket";
	default: return "a device";
	}
}

/* --- the directory ------------------------------------------------------------------ */

static int check_directory(struct planning *p, const char *dir, const char *origin,
			   struct error *err)
{
	bool all = text_is(dir, "/");

	if (!all && path_is_within(p->host.home_resolved, dir)) {
		(void)fail(err, 0, "root %s (%s): your home directory is in it, and would be"
			   " visible in another place", dir, origin);
		return hint(err, "to show a directory at its own path: --ro-bind PATH");
	}
	if (all && p->plan->root_writable) {
		(void)fail(err, 0, "root-rw / (%s): the host's own root, writable, is no sandbox",
			   origin);
		return hint(err, "to show it read-only: --root /; to let a part of it be changed:"
			    " --bind PATH");
	}
	if (all)
		note(p, "root / (%s): every file of the host is visible that you can read", origin);
	if (p->plan->root_writable)
		plan_git(p, dir, "/", origin, p->config->root.order);
	if (root_is_guests(p->config) && !p->config->root_writable)
		note(p, "root %s (%s): with ids of its own a shell's root is a guest that installs"
		     " there, as with root-rw and guest, and what it changes stays; to leave it as"
		     " it is: immure run --profile dev", dir, origin);
	return guard_own(p, dir, "/", p->plan->root_writable, origin,
				p->config->root.order, err);
}

static int hint_no_directory(struct planning *p, const char *path, const struct file_id *id,
			     struct error *err)
{
	if (err->code == ENOTDIR && id->type == S_IFREG)
		return hint(err, "an archive is unpacked first: mkdir root && tar -xf %s -C root",
			    text_shell(p->arena, path));
	return hint(err, "one can be made with: mmdebstrap --variant=essential bookworm %s",
		    text_shell(p->arena, path));
}

bool root_is_guests(const struct config *config)
{
	const char *dir = config->root.value;

	return config->shell && config->maps.count > 0 && dir && !text_is(dir, "none") &&
	       dir[strspn(dir, "/")] != '\0';
}

bool root_changes(const struct config *config)
{
	return config->root_writable || root_is_guests(config);
}

int plan_root_open(struct planning *p, struct error *err)
{
	const struct text *root = &p->config->root;
	const char *base = p->host.current ? p->host.current : "/";
	const char *origin = origin_text(p->arena, root->origin);
	struct file_id id = { 0 };

	if (!root->value || text_is(root->value, "none"))
		return 0;
	const char *path = path_normal(p->arena, base, root->value);
	if (file_look(path, true, &id, err) < 0 || id.type != S_IFDIR) {
		(void)fail(err, id.type ? ENOTDIR : err->code, "root %s (%s)", path, origin);
		return err->code == EACCES ? -1 : hint_no_directory(p, path, &id, err);
	}
	const char *dir = file_resolved(p->arena, path);
	if (!dir)
		return fail(err, errno, "root %s (%s)", path, origin);
	p->root = file_open_in(AT_FDCWD, dir, &id);
	if (p->root < 0)
		return fail(err, errno, "root %s (%s)", path, origin);
	if (id.type != S_IFDIR)
		return fail(err, ENOTDIR, "root %s (%s)", path, origin);
	p->plan->root = (struct root_plan){ .path = dir, .origin = origin, .id = id };
	p->plan->root_writable = root_changes(p->config);
	if (!root_has_program(p, p->host.shell))
		p->host.shell = root_has_program(p, "/bin/bash") ? "/bin/bash" : "/bin/sh";
	return check_directory(p, dir, origin, err);
}

const char *root_inside(const struct planning *p, const char *path)
{
	const char *dir = p->plan->root.path;

	if (!dir || text_is(dir, "/") || !path_is_within(path, dir))
		return NULL;
	return path[strlen(dir)] ? path + strlen(dir) : "/";
}

bool root_overrules(const struct planning *p, const struct place *place)
{
	return p->plan->root.path && place->origin && place->origin->file &&
	       place->order < p->config->root.order;
}

/* --- a path in it ------------------------------------------------------------------- */

/* Where a path of the view leads, as far as the root file system has it. */
struct place_in_root {
	const char *path;	/* without links */
	struct file_id id;	/* type 0: nothing is there */
	const struct item *own;	/* that it is in, above the root file system; or NULL */
	bool linked;		/* by a link */
	const char *above;	/* the last directory of it on the way */
	const char *blocked;	/* what stands in the way and is no directory; or NULL */
	mode_t blocked_type;
};

/* What was seen of it: whatever is decided, is decided about the same files. */
struct seen {
	const char *path;
	struct file_id id;	/* type 0: nothing was there */
};

/* The items that were looked at already have their final place. */
struct settling {
	struct planning *p;
	bool *settled;		/* one per item; NULL: the plan does not count */
	LIST(struct seen) seen;
};

static int compare_with_seen(const struct settling *s, const char *path,
			     const struct file_id *id, struct error *err)
{
	list_each(const struct seen, seen, &s->seen)
		if (text_is(seen->path, path) && !file_same(&seen->id, id))
			return fail(err, 0, "%s in the root file system was exchanged while it was"
				    " looked at", path);
	return 0;
}

static int see(struct settling *s, const char *path, const struct file_id *id, struct error *err)
{
	if (compare_with_seen(s, path, id, err) < 0)
		return -1;
	*list_add(s->p->arena, &s->seen) = (struct seen){ path, *id };
	return 0;
}

static bool is_cover(const struct item *item)
{
	return item->kind == ITEM_HIDE || item->kind == ITEM_PIN || item->kind == ITEM_READ_ONLY;
}

/* May what the root file system has there be what was meant? */
static bool is_met(const struct item *item)
{
	return (item->kind == ITEM_DIRECTORY && !item->anew) || item->kind == ITEM_TEXT ||
	       ((item->kind == ITEM_LINK || item->kind == ITEM_COPY) && item->gives_way);
}

/* The other item that stands at exactly this place, whatever the root file system has;
 * or NULL, as for who asks for nothing but what that has. */
static const struct item *taken_by(const struct settling *s, const struct item *self,
				   const char *path)
{
	const struct plan *plan = s->p->plan;
	size_t length = strlen(path);

	for (size_t i = 0; s->settled && i < plan->items.count; i++) {
		const struct item *item = &plan->items.items[i];

		if (item != self && item->length == length && item->kind != ITEM_KINDS &&
		    !is_cover(item) &&
		    (s->settled[i] || !is_met(item)) && text_is(item->target, path))
			return item;
	}
	return NULL;
}

static const char *without_slashes(const char *path)
{
	return path + strspn(path, "/");
}

/* Walk to `path`, where `self` itself stands in nobody's way; the last component is
 * followed with `follow`. */
static int walk(struct settling *s, const struct item *self, const char *path, bool follow,
		struct place_in_root *ret_place, struct error *err)
{
	struct planning *p = s->p;
	const char *done = "/", *rest = path;
	unsigned steps = 0, links = 0;

	*ret_place = (struct place_in_root){ .path = path, .above = "/" };
	AUTO_FD int at = file_open_in(p->root, ".", &ret_place->id);
	while (at >= 0 && *(rest = without_slashes(rest))) {
		size_t length = strcspn(rest, "/");
		const char *name = arena_copy_part(p->arena, rest, length);
		struct file_id id = { 0 };

		if (++steps > MOST_STEPS)
			return fail(err, ELOOP, "follow %s in the root file system", path);
		rest = without_slashes(rest + length);
		if (text_is(name, "."))
			continue;
		const char *next = path_join(p->arena, done, name);
		if (text_is(name, "..")) {
			/* Never asked of the kernel: the way down again, without the last. */
			rest = path_join(p->arena, path_parent(p->arena, done), rest);
			done = "/";
			AUTO_FD int top = file_open_in(p->root, ".", &id);
			fd_close(&at);
			at = take_fd(&top);
			continue;
		}
		const char *whole = path_normal(p->arena, next, rest);
		const struct item *own = taken_by(s, self, next);
		if (own && !path_is_within(whole, next)) {
			/* A link's text may lead in and out again. */
			rest = whole;
			done = "/";
			AUTO_FD int top = file_open_in(p->root, ".", &id);
			fd_close(&at);
			at = take_fd(&top);
			continue;
		}
		if (own) {
			*ret_place = (struct place_in_root){
				.path = whole, .own = own, .linked = links > 0, .above = done };
			return 0;
		}
		AUTO_FD int there = file_open_in(at, name, &id);
		if (there < 0 && errno != ENOENT)
			return fail(err, errno, "look at %s in the root file system %s", next,
				    p->plan->root.path);
		if (see(s, next, &id, err) < 0)
			return -1;
		if (there < 0 || (id.type != S_IFDIR && id.type != S_IFLNK)) {
			*ret_place = (struct place_in_root){
				.path = whole, .above = done, .id = id,
				.blocked = there >= 0 && *rest ? next : NULL,
				.blocked_type = id.type,
			};
			if (*rest)
				ret_place->id = (struct file_id){ 0 };
			return 0;
		}
		if (id.type == S_IFLNK && (*rest || follow)) {
			const char *text = ++links > MOST_LINKS ? NULL
				: file_link_fd(p->arena, there);

			if (!text)
				return fail(err, links > MOST_LINKS ? ELOOP : errno, "follow %s"
					    " in the root file system", next);
			rest = arena_format(p->arena, "%s/%s", text, rest);
			if (text[0] == '/') {
				AUTO_FD int top = file_open_in(p->root, ".", &id);
				fd_close(&at);
				at = take_fd(&top);
				done = "/";
			}
			continue;
		}
		ret_place->path = next;
		ret_place->id = id;
		ret_place->above = done;
		if (!*rest)
			return 0;
		done = next;
		fd_close(&at);
		at = take_fd(&there);
	}
	if (at < 0)
		return fail(err, errno, "look at the root file system %s", p->plan->root.path);
	ret_place->path = done;
	return 0;
}

static bool has_file(struct planning *p, const char *path, mode_t bits)
{
	struct settling s = { .p = p };
	struct place_in_root place;
	struct error ignored;

	return walk(&s, NULL, path, true, &place, &ignored) == 0 && place.id.type == S_IFREG &&
	       place.id.mode & bits;
}

bool root_has_file(struct planning *p, const char *path)
{
	return has_file(p, path, 07777);
}

bool root_has_program(struct planning *p, const char *path)
{
	return has_file(p, path, 0111);
}

bool root_has_data(struct planning *p, const struct place *place)
{
	static const char *const passing[] = { "/tmp", "/var/tmp", "/run", "/dev" };
	const char *base = p->host.current ? p->host.current : "/";

	if (!root_overrules(p, place))
		return false;
	const char *path = path_normal(p->arena, base, place->target);
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (path_is_within(path, passing[i]))
			return false;
	if (path_is_within(path, p->host.home))
		return false;
	AUTO_FD int dir = walk_inside(p->root, path, O_DIRECTORY, MOST_LINKS);
	if (dir < 0)
		return false;
	skipped(p, "tmpfs %s (%s): the root file system has its own", path,
		origin_of(p, place->origin));
	return true;
}

/* --- what the plan has, and what the root file system has there ------------------------ */

static void move_to(struct item *item, const char *path)
{
	item->target = path;
	item->length = strlen(path);
	item->depth = path_depth(path);
}

static void drop(struct planning *p, struct item *item)
{
	skipped(p, "%s (%s): the root file system has its own, or no place for it", item->target,
		item->origin);
	item->kind = ITEM_KINDS;
}

static int refuse_blocked(struct planning *p, const struct item *item,
			  const struct place_in_root *place, struct error *err)
{
	(void)fail(err, 0, "%s (%s): in the root file system %s is %s, and no directory",
		   item->target, item->origin, place->blocked, in_words(place->blocked_type));
	if (path_is_within(p->host.home, item->target) || path_is_within(item->target, p->host.home))
		return hint(err, "to do without them: --home none --cwd hide");
	return hint(err, "make it a directory there, or leave the word out");
}

/* What the kernel fills itself is no place for anything that a link leads there. */
static int refuse_linked(const struct item *item, const struct place_in_root *place,
			 struct error *err)
{
	(void)fail(err, 0, "%s (%s): in the root file system a link leads that into %s",
		   item->target, item->origin, place->own->target);
	return hint(err, "make it a directory there");
}

static bool is_kernels(const struct item *item)
{
	return item->kind == ITEM_PROC || item->kind == ITEM_SYSFS ||
	       item->kind == ITEM_SYSFS_PART || item->kind == ITEM_DEVPTS ||
	       item->kind == ITEM_MQUEUE;
}

static bool is_directory(const struct item *item)
{
	switch (item->kind) {
	case ITEM_BIND: case ITEM_CURRENT:
		return item->id.type == S_IFDIR;
	case ITEM_TEXT: case ITEM_COPY: case ITEM_LINK: case ITEM_CONSOLE:
		return false;
	default:
		return true;
	}
}

/* Say what has to be made in the writable root file system before anything is mounted:
 * whatever is missing on the way. */
static void make_points(struct planning *p, const struct place_in_root *place, bool directory,
			const char *origin)
{
	size_t length = strlen(place->above);

	for (const char *path = place->path; path[length]; ) {
		length += path[length] == '/';
		length += strcspn(path + length, "/");
		const char *part = arena_copy_part(p->arena, path, length);
		bool known = false;

		list_each(const struct item, item, &p->points)
			known = known || text_is(item->target, part);
		if (known)
			continue;
		struct item *point = list_add(p->arena, &p->points);
		*point = (struct item){
			.kind = ITEM_POINT, .target = part, .length = length,
			.depth = path_depth(part), .origin = origin,
			.mode = path[length] || directory ? 0755 : 0644,
			.id.type = path[length] || directory ? S_IFDIR : S_IFREG,
		};
	}
}

static int refuse_other(const struct item *item, const struct place_in_root *place,
			struct error *err)
{
	(void)fail(err, 0, "%s (%s): in the root file system that is %s", item->target,
		   item->origin, in_words(place->id.type));
	return hint(err, "make it %s there", in_words(is_directory(item) ? S_IFDIR : S_IFREG));
}

/* It is not there yet. */
static int settle_writable_directory(struct planning *p, struct item *item,
				     const struct place_in_root *place, struct error *err)
{
	if (place->linked && place->own && is_kernels(place->own)) {
		if (!item->gives_way)
			return refuse_linked(item, place, err);
		drop(p, item);
		return 0;
	}
	if (place->own) {
		move_to(item, place->path);
		return 0;
	}
	if (!place->id.type)
		make_points(p, place, true, item->origin);
	drop(p, item);
	return 0;
}

static int settle_directory(struct settling *s, struct item *item, struct error *err)
{
	struct planning *p = s->p;
	struct place_in_root place;

	if (walk(s, item, item->target, true, &place, err) < 0)
		return -1;
	if (place.id.type == S_IFDIR ||
	    (item->gives_way && !place.own &&
	     (place.blocked || p->plan->root_writable || !text_is(place.above, "/")))) {
		drop(p, item);
		return 0;
	}
	if (place.blocked)
		return refuse_blocked(p, item, &place, err);
	if (place.id.type && !item->gives_way)
		return fail(err, ENOTDIR, "%s (%s), in the root file system %s", item->target,
			    item->origin, p->plan->root.path);
	if (p->plan->root_writable)
		return settle_writable_directory(p, item, &place, err);
	/* What is no directory of it cannot be meant, also at the end of a link. */
	if ((place.id.type || place.linked) && walk(s, item, item->target, false, &place, err) < 0)
		return -1;
	move_to(item, place.path);
	return 0;
}

/* A text that says who there is stands in for one that is missing. */
static bool is_of_the_root(const struct item *item)
{
	static const char *const names[] = { "/etc/passwd", "/etc/group", "/etc/nsswitch.conf" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (item->kind == ITEM_TEXT && text_is(item->target, names[i]))
			return true;
	return false;
}

/* Can the item be mounted on what is there? Copies and links are made, not mounted. */
static bool fits(const struct item *item, const struct place_in_root *place)
{
	return item->kind != ITEM_COPY && item->kind != ITEM_LINK &&
	       place->id.type == (is_directory(item) ? S_IFDIR : S_IFREG);
}

/* It stands in something of ours. */
static int settle_in_own(struct planning *p, struct item *item,
			 const struct place_in_root *place, struct error *err)
{
	/* By links it meets what stands there by its own name. */
	bool meets = place->linked && !is_cover(item) && text_is(place->path, place->own->target);

	if (meets && (item->gives_way ||
		      (item->kind == ITEM_SCRATCH && place->own->kind == ITEM_SCRATCH))) {
		drop(p, item);
		return 0;
	}
	if (meets || (place->linked && is_kernels(place->own)))
		return refuse_linked(item, place, err);
	move_to(item, place->path);
	return 0;
}

/* What tells who there is, or hides who the host is, is not made in somebody's directory. */
static bool needs_no_point(const struct item *item)
{
	return is_of_the_root(item) ||
	       (item->kind == ITEM_TEXT && text_is(item->target, "/etc/machine-id"));
}

/* The kernel's and ours at the top stand where they are called, and nowhere else. */
static bool may_be_linked(const struct item *item)
{
	return item->depth > 1 && !item->anew && !is_kernels(item);
}

/* The same for a writable one: nothing in it can be replaced. */
static int settle_writable(struct settling *s, struct item *item, struct error *err)
{
	struct planning *p = s->p;
	struct place_in_root place;

	if (walk(s, item, item->target, may_be_linked(item), &place, err) < 0)
		return -1;
	if (place.own)
		return settle_in_own(p, item, &place, err);
	if (is_cover(item)) {
		move_to(item, place.path);
		return 0;
	}
	bool makes = item->kind == ITEM_LINK || item->kind == ITEM_COPY;
	if ((item->gives_way && makes) || is_of_the_root(item) ||
	    (needs_no_point(item) && !place.id.type && !place.blocked)) {
		drop(p, item);
		return 0;
	}
	if (place.blocked)
		return refuse_blocked(p, item, &place, err);
	if (makes) {
		(void)fail(err, 0, "%s (%s): it would be made in the root file system",
			   item->target, item->origin);
		return hint(err, "make it there, or bind it: --ro-bind SRC:%s", item->target);
	}
	if (place.id.type && !fits(item, &place))
		return refuse_other(item, &place, err);
	if (!place.id.type)
		make_points(p, &place, is_directory(item), item->origin);
	move_to(item, place.path);
	item->needed = true;
	return 0;
}

/* Find the item's place. *ret_over: it is mounted on what the root file system has. */
static int settle(struct settling *s, struct item *item, bool *ret_over, struct error *err)
{
	struct planning *p = s->p;
	struct place_in_root place;

	if (item->kind == ITEM_DIRECTORY && !item->anew)
		return settle_directory(s, item, err);
	if (p->plan->root_writable)
		return settle_writable(s, item, err);
	if (walk(s, item, item->target, false, &place, err) < 0)
		return -1;
	if (place.own)
		return settle_in_own(p, item, &place, err);
	if (is_cover(item) || item->kind == ITEM_SYSFS_PART) {
		move_to(item, place.path);
		return 0;
	}
	bool has_file = place.id.type == S_IFREG || place.id.type == S_IFLNK;
	bool makes = item->kind == ITEM_LINK || item->kind == ITEM_COPY;
	if ((is_of_the_root(item) && has_file) ||
	    (item->gives_way && makes &&
	     (place.blocked || place.id.type || !text_is(place.above, "/")))) {
		drop(p, item);
		return 0;
	}
	if (place.blocked)
		return refuse_blocked(p, item, &place, err);
	move_to(item, place.path);
	*ret_over = fits(item, &place);
	item->needed = *ret_over;
	return 0;
}

static bool has_something_below(const struct plan *plan, const char *path)
{
	list_each(const struct item, item, &plan->items)
		if (!is_cover(item) && path_is_below(item->target, path))
			return true;
	return false;
}

static int by_depth(const void *a, const void *b)
{
	const struct item *left = a, *right = b;

	if (left->depth != right->depth)
		return left->depth < right->depth ? -1 : 1;
	return left->serial < right->serial ? -1 : left->serial > right->serial;
}

/* --- its entries ------------------------------------------------------------------- */

struct composing {
	struct planning *p;
	const struct settling *settling;
	const char *path;	/* of the directory that is made anew, inside */
	int dir;		/* and open, in the root file system */
	const bool *over;	/* per item of the plan itself: it needs nothing made */
	size_t items;		/* so many of them */
	unsigned *entries;
	struct error *err;
	int result;
};

static bool must_be_made(const struct composing *c, const char *path)
{
	for (size_t i = 0; i < c->items; i++) {
		const struct item *item = &c->p->plan->items.items[i];

		if (!c->over[i] && !is_cover(item) && path_is_below(item->target, path))
			return true;
	}
	return false;
}

static bool is_replaced(const struct composing *c, const char *path)
{
	for (size_t i = 0; i < c->items; i++) {
		const struct item *item = &c->p->plan->items.items[i];

		if (!is_cover(item) && text_is(item->target, path))
			return true;
	}
	return false;
}

static int compose(struct composing *c);

static int add_entry(struct composing *c, const char *path, const char *name)
{
	const struct root_plan *root = &c->p->plan->root;
	size_t order = c->p->config->root.order;
	struct file_id id;

	AUTO_FD int there = file_open_in(c->dir, name, &id);
	if (there < 0)
		return fail(c->err, errno, "look at %s in the root file system", path);
	if (compare_with_seen(c->settling, path, &id, c->err) < 0)
		return -1;
	if (id.type == S_IFLNK) {
		const char *text = file_link_fd(c->p->arena, there);

		if (!text)
			return fail(c->err, errno, "read the link %s in the root file system", path);
		item_add(c->p, ITEM_LINK, path, root->origin, order)->source = text;
		return 0;
	}
	if (id.type == S_IFDIR && must_be_made(c, path)) {
		item_add(c->p, ITEM_DIRECTORY, path, root->origin, order)->mode =
			(id.mode & 01777) | 0500;	/* what we put there can be reached */
		struct composing below = *c;
		below.path = path;
		below.dir = there;
		return compose(&below);
	}
	struct item *item = item_add(c->p, ITEM_BIND, path, root->origin, order);
	item->source = path_join(c->p->arena, root->path, path);
	item->id = id;
	return 0;
}

static bool each_entry(void *context, const char *name)
{
	struct composing *c = context;
	const char *path = path_join(c->p->arena, c->path, arena_copy(c->p->arena, name));

	if (++*c->entries > MOST_ENTRIES)
		c->result = fail(c->err, 0, "%s has over %d entries, too many for what stands in it"
				 " to be put above them", c->path, MOST_ENTRIES);
	else if (!is_replaced(c, path))
		c->result = add_entry(c, path, name);
	return c->result == 0;
}

/* Make a directory anew, with what is in it. */
static int compose(struct composing *c)
{
	c->result = 0;
	if (file_each_name_in(c->dir, each_entry, c) < 0 && c->result == 0)
		return fail(c->err, errno, "list %s in the root file system", c->path);
	return c->result;
}

int plan_root(struct planning *p, struct error *err)
{
	struct plan *plan = p->plan;
	struct item *items = plan->items.items;
	size_t count = plan->items.count, kept = 0;
	unsigned entries = 0;

	if (!plan->root.path)
		return 0;
	bool *flags = arena_alloc(p->arena, 2 * (count + 1) * sizeof(*flags));
	struct settling settling = { .p = p, .settled = flags };
	bool *over = flags + count;

	qsort(items, count, sizeof(*items), by_depth);
	for (size_t i = 0; i < count; i++) {
		if (settle(&settling, &items[i], &over[i], err) < 0)
			return within(err, "root %s (%s)", plan->root.path, plan->root.origin);
		settling.settled[i] = true;
	}
	for (size_t i = 0; i < count; i++) {
		if (items[i].kind == ITEM_KINDS)
			continue;
		over[kept] = over[i];
		items[kept++] = items[i];
	}
	plan->items.count = kept;
	for (size_t i = 0; i < kept; i++)
		over[i] = over[i] && !has_something_below(plan, items[i].target);
	if (plan->root_writable) {
		list_each(const struct item, point, &p->points)
			*list_add(p->arena, &plan->items) = *point;
		return 0;
	}
	struct composing composing = {
		.p = p, .settling = &settling, .path = "/", .dir = p->root, .over = over, .items = kept,
		.entries = &entries, .err = err,
	};
	return compose(&composing) < 0
		? within(err, "root %s (%s)", plan->root.path, plan->root.origin) : 0;
}
