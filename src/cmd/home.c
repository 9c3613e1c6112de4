/* immure home: the homes of sandboxes, which stay; see state/home.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/config/config.h>
#include <immure/plan/plan.h>
#include <immure/run/sandbox.h>
#include <immure/state/home.h>
#include <immure/sys/file.h>

#include "cmd.h"

static int home_ls(struct arena *arena, struct error *err)
{
	struct found_homes found;
	int width = 8;

	if (home_list(arena, &found, err) < 0)
		return -1;
	list_each(const struct found_home, home, &found.list)
		if ((int)strlen(home->name) > width)
			width = (int)strlen(home->name);
	list_each(const struct found_home, home, &found.list)
		(void)printf("%-*s  %s%s\n", width, home->name, text_escaped(arena, home->path),
			     home->running ? " (running)" : "");
	return 0;
}

static int missing(const char *name, struct error *err)
{
	(void)fail(err, 0, "there is no home %s", name);
	return hint(err, "to see which there are: immure home ls");
}

static int home_print(struct arena *arena, const char *name, struct error *err)
{
	const char *path = home_path(arena, name, err);
	struct file_id id;

	if (!path)
		return -1;
	if (file_look(path, false, &id, err) < 0)
		return err->code == ENOENT || err->code == ENOTDIR ? missing(name, err) : -1;
	(void)puts(path);
	return 0;
}

/* --- rm ------------------------------------------------------------------------------------ */

/* What belongs to the other ids of --map auto can only be removed by whoever is root of
 * them: in a sandbox, which has that home and nothing else of the host's to change. */
static int remove_others(struct arena *arena, const char *path, struct error *err)
{
	const char *const words[] = {
		"--quiet", "--profile", "default", "--map", "auto", "--guest", "--cwd", "hide",
		"--git-rw", "--bind",
		arena_format(arena, "%s:/mnt/home", text_protect(arena, path, ':')), "--",
		"rm", "-rf", "/mnt/home",
	};
	const size_t count = sizeof(words) / sizeof(words[0]);
	char **argv = arena_alloc(arena, (count + 1) * sizeof(*argv));
	struct outcome outcome = { 0 };

	for (size_t i = 0; i < count; i++)
		argv[i] = arena_copy(arena, words[i]);
	const struct config *config = config_read(arena, argv, err);
	const struct plan *plan = config ? plan_make(config, err) : NULL;
	return plan ? sandbox_run(plan, say, &outcome, err) : -1;
}

/* The lock is held until all is gone. */
static int remove_locked(struct arena *arena, const char *name, int lock, struct error *err)
{
	struct error others = { 0 };

	if (home_remove(arena, name, err) < 0) {
		const char *path = home_path(arena, name, &others);

		if (!path || (err->code != EACCES && err->code != EPERM))
			return -1;
		int tried = remove_others(arena, path, &others);
		if (home_remove(arena, name, err) < 0)
			return tried < 0 ? hint(err, "of the other ids that --map auto has it cannot"
						" be done either: %s", others.what) : -1;
	}
	return home_forget(arena, name, lock, err);
}

static int home_rm(struct arena *arena, const char *name, bool yes, struct error *err)
{
	const char *path = home_path(arena, name, err);

	AUTO_FD int lock = path ? home_lock(arena, name, err) : NO_FD;
	if (lock < 0)
		return path && err->code == ENOENT ? missing(name, err) : -1;
	if (!yes && ask_first(arena, arena_format(arena, "Remove %s, with all that is in it?", path),
			      arena_format(arena, "immure home rm --yes %s", text_shell(arena, name)),
			      err) < 0)
		return -1;
	return remove_locked(arena, name, lock, err);
}

/* --- which of them ---------------------------------------------------------------------------- */

static int misuse(const char *word, struct error *err)
{
	if (word)
		(void)fail(err, 0, "home does not know what to do with \"%s\"", word);
	else
		(void)fail(err, 0, "home needs to know what to do: ls, path NAME, rm NAME");
	(void)hint(err, "to see what homes there are: immure home ls");
	return with_status(err, 2);
}

int cmd_home(char **argv, struct error *err)
{
	struct arena *arena = arena_new();	/* lives as long as the process */
	const char *verb = argv[0], *name = NULL;
	bool yes = false;

	if (!verb || !(text_is(verb, "ls") || text_is(verb, "path") || text_is(verb, "rm")))
		return misuse(verb, err);
	for (char **word = argv + 1; *word; word++) {
		if (text_is(verb, "rm") && (text_is(*word, "--yes") || text_is(*word, "-y")))
			yes = true;
		else if (text_is(verb, "ls") || **word == '-' || !**word || name)
			return misuse(*word, err);
		else
			name = *word;
	}
	if (text_is(verb, "ls"))
		return home_ls(arena, err);
	if (!name)
		return misuse(NULL, err);
	return text_is(verb, "rm") ? home_rm(arena, name, yes, err) : home_print(arena, name, err);
}
