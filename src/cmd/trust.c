/* immure trust: look at the profile that a project brings along, and let runs in that project
 * use it, or no longer. What is shown is the text that is kept: the file is read once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/config/config.h>
#include <immure/config/project.h>
#include <immure/plan/plan.h>
#include <immure/plan/words.h>
#include <immure/sys/file.h>

#include "cmd.h"

/* Above this many comparisons of lines, what differs is shown as one change. */
enum { MOST_COMPARED = 4 * 1000 * 1000 };

static const char *const some_command[] = { "true", NULL };

/* --- what changed ------------------------------------------------------------------------ */

struct lines {
	LIST(const char *) list;
};

static struct lines lines_of(struct arena *arena, const char *text, size_t length)
{
	struct lines lines = { 0 };

	for (const char *end = text + length; text < end;) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		*list_add(arena, &lines.list) = arena_copy_part(arena, text, (size_t)(stop - text));
		text = newline ? newline + 1 : end;
	}
	return lines;
}

static void print_line(struct arena *arena, char sign, const char *line)
{
	(void)printf("  %c %s\n", sign, text_escaped(arena, line));
}

/* The longest common subsequence of what is left of both from a line on. */
static void print_difference(struct arena *arena, const struct lines *old, const struct lines *new)
{
	size_t olds = old->list.count, news = new->list.count, i = 0, j = 0, width = news + 1;
	bool small = (olds + 1) * width <= MOST_COMPARED;
	unsigned *common = arena_alloc(arena, (small ? (olds + 1) * width : 1) * sizeof(*common));

	for (size_t row = olds; small && row-- > 0;)
		for (size_t column = news; column-- > 0;) {
			unsigned *cell = &common[row * width + column];

			if (text_is(old->list.items[row], new->list.items[column]))
				*cell = cell[width + 1] + 1;
			else
				*cell = cell[width] > cell[1] ? cell[width] : cell[1];
		}
	while (i < olds || j < news) {
		if (small && i < olds && j < news &&
		    text_is(old->list.items[i], new->list.items[j])) {
			print_line(arena, ' ', new->list.items[j++]);
			i++;
		} else if (i < olds && (!small || j == news ||
				common[(i + 1) * width + j] >= common[i * width + j + 1])) {
			print_line(arena, '-', old->list.items[i++]);
		} else {
			print_line(arena, '+', new->list.items[j++]);
		}
	}
}

/* --- one project ---------------------------------------------------------------------------- */

/* A directory, or the file in it; without a name, what a run here would find. */
static int find_project(struct arena *arena, const char *name, struct project *ret_project,
			struct error *err)
{
	if (!name) {
		*ret_project = project_find(arena);
		if (ret_project->file)
			return 0;
		return fail(err, 0, "neither here nor above, as far as it is yours, is there a file"
			    " %s", project_file_name);
	}
	const char *dir = name;
	if (text_is(path_last(name), project_file_name))
		dir = path_parent(arena, name);
	const char *resolved = file_resolved(arena, dir);
	if (!resolved)
		return fail(err, errno, "%s", dir);
	*ret_project = project_in(arena, resolved);
	if (!ret_project->file)
		return fail(err, ENOENT, "%s", path_join(arena, resolved, project_file_name));
	return 0;
}

/* Its lines, and in words what they come to. */
static int show(struct arena *arena, const struct project *project, struct error *err)
{
	struct lines text = lines_of(arena, project->text, project->length);
	const struct plan *plan = NULL, *than = NULL;

	/* What it says of the current directory is about this one. */
	if (file_enter(project->directory, err) < 0)
		return -1;
	struct config *config = config_read_project(arena, project, err);
	struct config *other = config ? config_read_profile(arena, NULL, NULL, err) : NULL;
	if (other) {
		config->command = other->command = some_command;
		plan = plan_make(config, err);
		than = plan ? plan_make(other, err) : NULL;
	}
	(void)printf("%s%s\n", text_escaped(arena, project->file),
		     project->trusted ? ", which has changed:" : ":");
	if (project->trusted) {
		struct lines old = lines_of(arena, project->trusted, project->trusted_length);

		print_difference(arena, &old, &text);
	} else {
		list_each(const char *, line, &text.list)
			print_line(arena, ' ', *line);
	}
	if (!than)
		return within(err, "it cannot be used here");
	struct openings openings = plan_difference(plan, than);
	list_each(const struct opening, opening, &openings.list)
		(void)printf("%s: %s\n", opening->what, text_escaped(arena, opening->which));
	return 0;
}

static int trust(struct arena *arena, const char *name, bool yes, struct error *err)
{
	struct project project = { 0 };
	size_t length;

	if (find_project(arena, name, &project, err) < 0)
		return -1;
	if (!project.text) {
		*err = project.problem;
		return -1;
	}
	if (project_is_trusted(&project)) {
		(void)printf("%s is trusted already\n", text_escaped(arena, project.file));
		return 0;
	}
	if (!project.record)
		return fail(err, 0, "there is no place to keep that: HOME is not set");
	const char *unasked = arena_format(arena, "immure trust --yes %s",
					   text_shell(arena, project.directory));
	if (show(arena, &project, err) < 0 ||
	    (!yes && ask_first(arena, "Trust it?", unasked, err) < 0))
		return -1;
	const char *bytes = project_record_bytes(arena, &project, &length);
	return file_put(project.record, bytes, length, err);
}

/* --- all of them ------------------------------------------------------------------------------ */

static int list(struct arena *arena, struct error *err)
{
	struct trusted_projects found = project_list(arena);

	(void)err;
	list_each(const struct trusted_project, trusted, &found.list) {
		const struct project project =
			project_in(arena, path_parent(arena, trusted->file));

		(void)printf("%s%s\n", text_escaped(arena, trusted->file),
			     !project.file ? " (is gone)" : !project.text ? " (cannot be read)"
			     : project_is_trusted(&project) ? "" : " (has changed)");
	}
	return 0;
}

/* Also of a project that is gone, whose directory cannot be resolved any more. */
static int remove_trust(struct arena *arena, const char *name, struct error *err)
{
	const char *here = file_current_directory(arena);
	const char *dir = name && text_is(path_last(name), project_file_name)
		? path_parent(arena, name) : name ? name : ".";
	const char *resolved = file_resolved(arena, dir);
	struct trusted_projects found = project_list(arena);
	struct project project = { 0 };

	if (!name)
		project = project_find(arena);
	const char *file = project.file ? project.file
		: path_join(arena, resolved ? resolved : path_normal(arena, here ? here : "/", dir),
			    project_file_name);
	list_each(const struct trusted_project, trusted, &found.list)
		if (text_is(trusted->file, file))
			return file_remove(trusted->record, err);
	(void)fail(err, 0, "%s was not trusted", file);
	return hint(err, "to see what is: immure trust --list");
}

static int misuse(const char *word, struct error *err)
{
	(void)fail(err, 0, "trust does not know what to do with \"%s\"", word);
	(void)hint(err, "to look at a project's profile, and decide: immure trust DIRECTORY");
	(void)hint(err, "the others: immure trust --yes DIRECTORY, --list, --remove DIRECTORY");
	return with_status(err, 2);
}

int cmd_trust(char **argv, struct error *err)
{
	struct arena *arena = arena_new();	/* lives as long as the process */
	bool yes = false, lists = false, removes = false;
	const char *name = NULL;

	for (char **word = argv; *word; word++) {
		if (text_is(*word, "--yes") || text_is(*word, "-y"))
			yes = true;
		else if (text_is(*word, "--list"))
			lists = true;
		else if (text_is(*word, "--remove"))
			removes = true;
		else if (**word == '-' || !**word || name)
			return misuse(*word, err);
		else
			name = *word;
	}
	if (yes + lists + removes > 1 || (lists && name))
		return misuse(name && lists ? name : removes ? "--remove" : "--list", err);
	return lists ? list(arena, err) : removes ? remove_trust(arena, name, err)
	     : trust(arena, name, yes, err);
}
