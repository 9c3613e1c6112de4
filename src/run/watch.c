/* What the command left in a writable directory that git runs later, outside: hooks
 * and configurations in a repository that is new, and what moves git to another one.
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

static void found(struct search *search, const char *path, const char *why)
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

/* A repository: `git` is its .git directory, or the file that says where that is. */
static void look_at_git(struct search *search, const char *git)
{
	static const char *const acting[] = { "commondir", "config", "config.worktree", "hooks" };
	struct arena *arena = search->plan->arena;

	struct file_id id;
	struct error ignored;

	if (file_look(git, false, &id, &ignored) == 0 && id.type != S_IFDIR &&
	    is_new(search, git))
		found(search, git, "is new or was changed: git runs what the repository says");
	for (size_t i = 0; i < sizeof(acting) / sizeof(acting[0]); i++) {
		const char *path = path_join(arena, git, acting[i]);

		if (is_new(search, path))
			found(search, path, "is new or was changed: git runs what it says");
	}
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
		look_at_git(above, path);
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
