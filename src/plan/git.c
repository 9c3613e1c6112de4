/* The guard of a writable directory's .git.
 *
 * What an untrusted program writes into .git/config (core.fsmonitor, aliases,
 * filters) or .git/hooks runs later, outside, when its owner calls git. Both are
 * therefore made read-only, those of submodules too, and what says where a further
 * working tree has them. .git and each directory of submodules and working trees is
 * bound onto itself: without that `mv .git x; mkdir .git` undoes the guard, with it
 * the kernel answers EBUSY. A file that is not there cannot be guarded without making it; what appears
 * is reported at the end instead (run/watch.c). It raises the bar and is no wall. */
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/sys/file.h>

#include "plan_internal.h"

enum { DEEPEST_MODULE = 12, MOST_GUARDED = 512 };

struct walk {
	struct planning *p;
	const char *source, *target;	/* the directory, on the host and inside */
	const char *base;		/* what was bound, inside */
	const char *origin;
	size_t order;
	unsigned depth, *count;
};

static bool exists(const char *path)
{
	struct file_id id;
	struct error ignored;

	return file_look(path, false, &id, &ignored) == 0;
}

static void guard_name(struct walk *walk, const char *name)
{
	if (*walk->count >= MOST_GUARDED ||
	    !exists(path_join(walk->p->arena, walk->source, name)))
		return;
	item_add(walk->p, ITEM_READ_ONLY, path_join(walk->p->arena, walk->target, name),
		 walk->origin, walk->order)->base = walk->base;
	++*walk->count;
}

static void pin(struct walk *walk)
{
	struct item *item = item_add(walk->p, ITEM_PIN, walk->target, walk->origin, walk->order);

	item->writable = true;
	item->base = walk->base;
	++*walk->count;
}

/* Step into a directory and pin it; false when it is none, or too much is guarded. */
static bool enter(const struct walk *above, const char *name, struct walk *ret_walk)
{
	struct arena *arena = above->p->arena;
	struct walk walk = *above;
	struct file_id id;
	struct error ignored;

	walk.source = path_join(arena, above->source, name);
	walk.target = path_join(arena, above->target, name);
	walk.depth = above->depth + 1;
	if (walk.depth > DEEPEST_MODULE || *walk.count >= MOST_GUARDED ||
	    file_look(walk.source, false, &id, &ignored) < 0 || id.type != S_IFDIR)
		return false;
	pin(&walk);
	*ret_walk = walk;
	return true;
}

static void guard_repository(struct walk *walk);

/* A module's name can have slashes: only a directory with a HEAD is one. */
static bool guard_module(void *context, const char *name)
{
	struct walk walk;

	if (!enter(context, name, &walk))
		return true;
	if (exists(path_join(walk.p->arena, walk.source, "HEAD")))
		guard_repository(&walk);
	else
		file_each_name(walk.source, guard_module, &walk);
	return true;
}

/* A further working tree: its `commondir` says where its config and hooks are. */
static bool guard_worktree(void *context, const char *name)
{
	struct walk walk;

	if (!enter(context, name, &walk))
		return true;
	guard_name(&walk, "commondir");
	guard_name(&walk, "config.worktree");
	return true;
}

static void guard_repository(struct walk *walk)
{
	struct walk inner;

	guard_name(walk, "config");
	guard_name(walk, "config.worktree");
	guard_name(walk, "commondir");
	guard_name(walk, "hooks");
	if (enter(walk, "modules", &inner))
		file_each_name(inner.source, guard_module, &inner);
	if (enter(walk, "worktrees", &inner))
		file_each_name(inner.source, guard_worktree, &inner);
}

void plan_git(struct planning *p, const char *source, const char *target,
	      const char *origin, size_t order)
{
	struct file_id id = { 0 };
	struct error ignored;
	unsigned count = 0;
	struct walk walk = {
		.p = p, .source = source, .target = target, .base = target,
		.origin = origin, .order = order, .count = &count,
	}, git;

	if (p->config->git_rw.value)
		return;
	(void)file_look(path_join(p->arena, source, ".git"), false, &id, &ignored);
	if (id.type == S_IFREG)
		/* A worktree or a submodule: the file says where its repository is. */
		guard_name(&walk, ".git");
	else if (enter(&walk, ".git", &git))
		guard_repository(&git);
	if (count >= MOST_GUARDED)
		note(p, "%s/.git has over %d things that git would run: the rest of them is"
		     " writable", source, MOST_GUARDED);
	*list_add(p->arena, &p->plan->watches) = source;
}
