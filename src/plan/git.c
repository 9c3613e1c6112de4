/* The guard of a writable directory's .git.
 *
 * What an untrusted program writes into .git/config (core.fsmonitor, aliases,
 * filters) or .git/hooks runs later, outside, when its owner calls git. Both are
 * therefore made read-only, those of submodules too, and .git is bound onto itself:
 * without that `mv .git x; mkdir .git` undoes the guard, with it the kernel answers
 * EBUSY. A file that is not there cannot be guarded without making it; what appears
 * is reported at the end instead (run/watch.c). It raises the bar and is no wall. */
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/sys/file.h>

#include "plan_internal.h"

enum { DEEPEST_MODULE = 6, MOST_GUARDED = 512 };

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

static bool guard_name(struct walk *walk, const char *name)
{
	if (!exists(path_join(walk->p->arena, walk->source, name)))
		return false;
	if (*walk->count < MOST_GUARDED) {
		item_add(walk->p, ITEM_READ_ONLY,
			 path_join(walk->p->arena, walk->target, name), walk->origin,
			 walk->order)->base = walk->base;
		++*walk->count;
	}
	return true;
}

static bool guard_repository(void *context, const char *name)
{
	struct walk *above = context;
	struct arena *arena = above->p->arena;
	struct walk walk = *above;
	struct file_id id;
	struct error ignored;

	walk.source = path_join(arena, above->source, name);
	walk.target = path_join(arena, above->target, name);
	walk.depth = above->depth + 1;
	if (walk.depth > DEEPEST_MODULE || *walk.count >= MOST_GUARDED ||
	    file_look(walk.source, false, &id, &ignored) < 0 || id.type != S_IFDIR)
		return true;
	(void)guard_name(&walk, "hooks");
	(void)guard_name(&walk, "config.worktree");
	/* A module's name can have slashes: only a directory with a config is one. */
	if (guard_name(&walk, "config")) {
		walk.source = path_join(arena, walk.source, "modules");
		walk.target = path_join(arena, walk.target, "modules");
	}
	file_each_name(walk.source, guard_repository, &walk);
	return true;
}

void plan_git(struct planning *p, const char *source, const char *target,
	      const char *origin, size_t order)
{
	const char *git = path_join(p->arena, source, ".git");
	const char *inside = path_join(p->arena, target, ".git");
	struct file_id id = { 0 };
	struct error ignored;
	unsigned count = 0;

	if (p->config->git_rw.value)
		return;
	(void)file_look(git, false, &id, &ignored);
	if (id.type == S_IFREG) {
		/* A worktree or a submodule: the file says where its repository is. */
		item_add(p, ITEM_READ_ONLY, inside, origin, order)->base = target;
	} else if (id.type == S_IFDIR) {
		struct walk walk = {
			.p = p, .source = source, .target = target, .base = target,
			.origin = origin, .order = order, .count = &count,
		};

		struct item *pin = item_add(p, ITEM_PIN, inside, origin, order);
		pin->writable = true;
		pin->base = target;
		(void)guard_repository(&walk, ".git");
	}
	*list_add(p->arena, &p->plan->watches) = source;
}
