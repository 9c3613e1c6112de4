/* A .git that somebody else made: the guard plans for it, and the report at the end
 * looks through it. Bytes become a tree of directories, files and links. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/plan/plan.h>

#include "../../src/plan/plan_internal.h"
#include "../../src/run/run.h"
#include "fuzz.h"

enum { MOST_NAMES = 40, MOST_GUARDED = 512 };

static const char *const names[] = {
	".git", "modules", "worktrees", "hooks", "config", "commondir", "HEAD",
	"config.worktree",
};

static void empty(int dir)
{
	DIR *stream = fdopendir(dup(dir));

	MUST(stream, "fdopendir");
	rewinddir(stream);
	for (struct dirent *entry; (entry = readdir(stream));) {
		if (text_is(entry->d_name, ".") || text_is(entry->d_name, ".."))
			continue;
		if (unlinkat(dir, entry->d_name, 0) == 0)
			continue;
		int inner = openat(dir, entry->d_name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		MUST(inner >= 0, "open %s", entry->d_name);
		empty(inner);
		(void)close(inner);
		MUST(unlinkat(dir, entry->d_name, AT_REMOVEDIR) == 0, "remove");
	}
	(void)closedir(stream);
}

/* Each byte says what is made and under which name; then maybe we go into it. */
static void grow(int root, const uint8_t *data, size_t size)
{
	int dir = dup(root);

	for (size_t i = 0; i < size && i < MOST_NAMES; i++) {
		char odd[] = { 'a', (char)(data[i] | 1), '\0' };
		const char *name = data[i] & 8 && odd[1] != '/' ? odd : names[data[i] & 7];

		switch (data[i] >> 4 & 3) {
		case 0:
			(void)close(openat(dir, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
			break;
		case 1:
			if (symlinkat(data[i] & 64 ? ".." : "/", dir, name) < 0)
				continue;
			break;
		default:
			(void)mkdirat(dir, name, 0755);
			break;
		}
		int next = data[i] & 128
			? openat(dir, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : dup(root);
		if (next < 0)
			continue;
		(void)close(dir);
		dir = next;
	}
	(void)close(dir);
}

static char path[] = "/tmp/immure-fuzz.XXXXXX";
static int top = -1;

static void remove_top(void)
{
	(void)rmdir(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (top < 0) {
		MUST(mkdtemp(path), "mkdtemp");
		top = open(path, O_DIRECTORY | O_CLOEXEC);
		MUST(top >= 0 && atexit(remove_top) == 0, "begin");
	}
	grow(top, data, size);

	struct arena *arena = arena_new();
	struct config config = { .arena = arena };
	struct plan plan = { .arena = arena };
	struct planning planning = { .arena = arena, .config = &config, .plan = &plan };
	struct outcome outcome = { 0 };
	plan_git(&planning, path, "/inside", "fuzzed", 1);
	MUST(plan.items.count <= MOST_GUARDED + 2, "%zu guards", plan.items.count);
	list_each(const struct item, item, &plan.items) {
		MUST(path_is_below(item->target, "/inside/.git") ||
		     text_is(item->target, "/inside/.git"), "%s is guarded", item->target);
		MUST(text_is(item->target, path_normal(arena, "/", item->target)), "%s",
		     item->target);
	}
	watch_report(&plan, &outcome);
	list_each(const char *const, finding, &outcome.findings)
		MUST(text_begins(*finding, path), "%s", *finding);
	arena_free(arena);
	empty(top);
	return 0;
}
