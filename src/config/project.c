/* Finding the profile of a project, and what of it was trusted.
 *
 * Nothing here depends on who can write the file: a text that differs in a byte from the
 * one that was trusted does not count, and what is compared is what is applied. It must be
 * a file of the caller's or root's all the same, so that somebody who is neither cannot
 * choose the moment, and no link, so that the path says what is read. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/profile.h>
#include <immure/config/project.h>
#include <immure/sys/file.h>

#include "search.h"

enum { LONGEST_RECORD = LONGEST_PROFILE + 8192 };

const char project_file_name[] = ".immure.profile";

/* --- what was trusted ------------------------------------------------------------------ */

static const char *records_directory(struct arena *arena)
{
	const char *profiles = profile_user_directory(arena);

	return profiles ? path_join(arena, path_parent(arena, profiles), "trust") : NULL;
}

/* FNV-1a. Two paths with the same name of their records take them from each other, and
 * neither gets what the other has. */
static const char *name_of_record(struct arena *arena, const char *file)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (const char *c = file; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
	return arena_format(arena, "%016llx", (unsigned long long)hash);
}

static const char *record_of(struct arena *arena, const char *file)
{
	const char *dir = records_directory(arena);

	return dir ? path_join(arena, dir, name_of_record(arena, file)) : NULL;
}

/* The path in a record, and the text behind it; NULL: it is none. */
static const char *read_record(struct arena *arena, const char *record, const char **ret_text,
			       size_t *ret_length)
{
	struct error ignored;
	size_t length;
	char *bytes;

	AUTO_FD int fd = file_open_trusted(record, &ignored);
	if (fd < 0 || file_read_fd(arena, fd, record, LONGEST_RECORD, &bytes, &length, &ignored) < 0)
		return NULL;
	size_t path = strlen(bytes);
	if (path == length || bytes[0] != '/')
		return NULL;
	*ret_text = bytes + path + 1;
	*ret_length = length - path - 1;
	return bytes;
}

static void look_for_record(struct arena *arena, struct project *project)
{
	const char *text = NULL, *path = NULL;
	size_t length = 0;

	project->record = record_of(arena, project->file);
	if (project->record)
		path = read_record(arena, project->record, &text, &length);
	if (!path || !text_is(path, project->file))
		return;
	project->trusted = text;
	project->trusted_length = length;
}

char *project_record_bytes(struct arena *arena, const struct project *project,
			   size_t *ret_length)
{
	size_t path = strlen(project->file) + 1;
	char *bytes = arena_alloc(arena, path + project->length);

	memcpy(bytes, project->file, path);
	memcpy(bytes + path, project->text, project->length);
	*ret_length = path + project->length;
	return bytes;
}

bool project_is_trusted(const struct project *project)
{
	return project->text && project->trusted && project->length == project->trusted_length &&
	       memcmp(project->text, project->trusted, project->length) == 0;
}

/* --- what there is ------------------------------------------------------------------------ */

struct project project_in(struct arena *arena, const char *directory)
{
	struct project project = {
		.directory = directory, .file = path_join(arena, directory, project_file_name),
	};
	struct file_id id;
	char *text;

	look_for_record(arena, &project);
	if (file_look(project.file, false, &id, &project.problem) < 0) {
		if (project.problem.code == ENOENT || project.problem.code == ENOTDIR)
			project.file = NULL;
		return project;
	}
	if (id.type == S_IFLNK) {
		(void)fail(&project.problem, 0, "%s is a symbolic link, and not followed",
			   project.file);
		return project;
	}
	AUTO_FD int fd = file_open_trusted_here(project.file, &project.problem);
	if (fd >= 0 && file_read_fd(arena, fd, project.file, LONGEST_PROFILE, &text,
				    &project.length, &project.problem) == 0)
		project.text = text;
	return project;
}

/* May what lies in `dir`, at or above `from`, be meant for who is in `from`? Who owns a
 * directory in between could have put both of us there. */
static bool is_own_way(struct arena *arena, const char *from, const char *dir)
{
	const char *home = getenv("HOME");

	home = home && home[0] == '/' ? file_resolved(arena, home) : NULL;
	if (home && path_is_within(from, home) && !path_is_within(dir, home))
		return false;
	for (;; from = path_parent(arena, from)) {
		if (!file_is_own_directory(from))
			return false;
		if (text_is(from, dir))
			return true;
	}
}

struct names {
	struct arena *arena;
	LIST(const char *) list;
};

static bool add_name(void *context, const char *name)
{
	struct names *names = context;

	*list_add(names->arena, &names->list) = arena_copy(names->arena, name);
	return true;
}

/* Was one trusted there? Most callers have never trusted any, and ask for no record. */
static bool was_trusted(const struct names *records, const char *file)
{
	const char *own = records->list.count ? name_of_record(records->arena, file) : NULL;

	list_each(const char *const, name, &records->list)
		if (text_is(*name, own))
			return true;
	return false;
}

/* Whoever made it go away, its lines are missing from what was agreed to. */
static struct project project_gone(struct arena *arena, const char *dir)
{
	struct project project = { .directory = dir, .file = path_join(arena, dir, project_file_name) };

	look_for_record(arena, &project);
	if (!project.trusted)
		return (struct project){ 0 };
	project.gone = true;
	(void)fail(&project.problem, 0, "%s was trusted, and is gone", project.file);
	(void)hint(&project.problem, "to go on without it from now on: immure trust --remove %s",
		   text_shell(arena, dir));
	return project;
}

struct project project_find(struct arena *arena)
{
	const char *current = file_current_directory(arena), *home = getenv("HOME");
	const char *kept = records_directory(arena);
	struct names records = { .arena = arena };
	struct project project = { 0 };
	struct file_id id;
	struct error ignored;

	/* Every run comes here: one look a directory, and one for all records. */
	if (kept)
		file_each_name(kept, add_name, &records);
	for (const char *dir = current; dir; dir = path_parent(arena, dir)) {
		const char *file = path_join(arena, dir, project_file_name);

		if (file_look(file, false, &id, &ignored) == 0)
			return is_own_way(arena, current, dir) ? project_in(arena, dir)
							       : (struct project){ 0 };
		if (was_trusted(&records, file) && is_own_way(arena, current, dir)) {
			project = project_gone(arena, dir);
			if (project.file)
				return project;
		}
		if (dir[1] == '\0' || (home && text_is(dir, home)))
			break;
	}
	return project;
}

/* --- all that were trusted ----------------------------------------------------------------- */

struct listing {
	struct arena *arena;
	const char *dir;
	struct trusted_projects *found;
};

static bool add_record(void *context, const char *name)
{
	struct listing *listing = context;
	const char *record = path_join(listing->arena, listing->dir, name);
	const char *text;
	size_t length;

	const char *file = read_record(listing->arena, record, &text, &length);
	if (file)
		*list_add(listing->arena, &listing->found->list) =
			(struct trusted_project){ file, record };
	return true;
}

static int compare_files(const void *a, const void *b)
{
	const struct trusted_project *one = a, *other = b;

	return strcmp(one->file, other->file);
}

struct trusted_projects project_list(struct arena *arena)
{
	struct trusted_projects found = { 0 };
	struct listing listing = {
		.arena = arena, .dir = records_directory(arena), .found = &found,
	};

	if (listing.dir)
		file_each_name(listing.dir, add_record, &listing);
	if (found.list.count > 0)
		qsort(found.list.items, found.list.count, sizeof(*found.list.items), compare_files);
	return found;
}
