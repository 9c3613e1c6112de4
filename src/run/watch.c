/* What the command left in a writable directory that decides something later. What git runs,
 * outside: hooks and configurations in a repository that is new, and what moves git to
 * another one; and a file of URLs where there was none (plan/urls.c).
 * The directory is looked through when the command has ended, so far as that costs
 * little; names are the command's and are escaped by whoever prints them. */
#include <string.h>
#include <sys/stat.h>

#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>

#include "run.h"

enum { MOST_NAMES = 20000, DEEPEST = 8, MOST_FINDINGS = 20 };

struct search {
	const struct plan *plan;
	struct outcome *outcome;
	const char *dir;
	unsigned depth, *names;
};

static void found(const struct search *search, const char *path, const char *why)
{
	struct arena *arena = search->plan->arena;

	if (search->outcome->findings.count < MOST_FINDINGS)
		*list_add(arena, &search->outcome->findings) =
			arena_format(arena, "%s %s", path, why);
}

static bool is_new(const struct search *search, const char *path)
{
	return file_changed_since(path, search->plan->started);
}

static const char changed[] = "is new or was changed: git runs what it says";

/* Call `each` for the names in the directory `name` of the one above. */
static void descend(const struct search *above, const char *name,
		    bool (*each)(void *context, const char *name))
{
	struct search search = *above;

	search.dir = path_join(above->plan->arena, above->dir, name);
	if (++search.depth <= DEEPEST)
		file_each_name(search.dir, each, &search);
}

/* Another program under the name of a hook leaves the directory as old as it was. */
static bool look_at_hook(void *context, const char *name)
{
	struct search *search = context;
	const char *path = path_join(search->plan->arena, search->dir, name);

	if (++*search->names <= MOST_NAMES && is_new(search, path))
		found(search, path, changed);
	return *search->names <= MOST_NAMES;
}

static bool look_at_module(void *context, const char *name);

/* What acts in a repository, and in those of its submodules and working trees. */
static void look_at_repository(const struct search *above, const char *name)
{
	static const char *const acting[] = { "commondir", "config", "config.worktree" };
	struct arena *arena = above->plan->arena;
	struct search search = *above;

	search.dir = path_join(arena, above->dir, name);
	for (size_t i = 0; i < sizeof(acting) / sizeof(acting[0]); i++) {
		const char *path = path_join(arena, search.dir, acting[i]);

		if (is_new(&search, path))
			found(&search, path, changed);
	}
	const char *hooks = path_join(arena, search.dir, "hooks");
	if (is_new(&search, hooks))
		found(&search, hooks, changed);
	else
		descend(&search, "hooks", look_at_hook);
	descend(&search, "modules", look_at_module);
	descend(&search, "worktrees", look_at_module);
}

/* A module's name can have slashes. */
static bool look_at_module(void *context, const char *name)
{
	struct search *search = context;
	struct file_id id;
	struct error ignored;

	if (++*search->names > MOST_NAMES)
		return false;
	const char *path = path_join(search->plan->arena, search->dir, name);
	if (file_look(path, false, &id, &ignored) < 0 || id.type != S_IFDIR)
		return true;
	look_at_repository(search, name);
	if (file_look(path_join(search->plan->arena, path, "HEAD"), false, &id, &ignored) < 0)
		descend(search, name, look_at_module);
	return true;
}

/* `name` is a .git directory, or the file that says where that is. */
static void look_at_git(const struct search *search, const char *name)
{
	const char *git = path_join(search->plan->arena, search->dir, name);
	struct file_id id;
	struct error ignored;

	if (file_look(git, false, &id, &ignored) == 0 && id.type != S_IFDIR &&
	    is_new(search, git))
		found(search, git, "is new or was changed: git runs what the repository says");
	look_at_repository(search, name);
}

static bool look_at_name(void *context, const char *name)
{
	struct search *above = context;
	struct arena *arena = above->plan->arena;
	struct search search = *above;
	struct file_id id;
	struct error ignored;

	if (++*search.names > MOST_NAMES)
		return false;
	const char *path = path_join(arena, above->dir, name);
	if (text_is(name, ".git")) {
		look_at_git(above, name);
		return true;
	}
	if (file_look(path, false, &id, &ignored) < 0 || id.type != S_IFDIR ||
	    above->depth == DEEPEST)
		return true;
	search.dir = path;
	search.depth++;
	file_each_name(path, look_at_name, &search);
	return *search.names <= MOST_NAMES;
}

void watch_report(const struct plan *plan, struct outcome *outcome)
{
	unsigned names = 0;
	struct file_id id;
	struct error ignored;

	list_each(const struct awaited, file, &plan->awaited)
		if (file_look(file->path, false, &id, &ignored) == 0)
			*list_add(plan->arena, &outcome->findings) = arena_format(plan->arena,
				"%s is new: a later run opens what its URLs name (%s)",
				file->path, file->origin);
	list_each(const char *const, path, &plan->watches) {
		struct search search = {
			.plan = plan, .outcome = outcome, .dir = *path,
			.names = &names,
		};
		file_each_name(*path, look_at_name, &search);
	}
	if (names > MOST_NAMES)
		*list_add(plan->arena, &outcome->findings) = arena_format(plan->arena,
			"over %d files: not all were looked at for what git runs", MOST_NAMES);
}
