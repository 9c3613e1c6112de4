/* immure desktop: programs that shells and menus start behind walls; see desktop/desktop.h. */
#include <stdio.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/config/config.h>
#include <immure/config/profile.h>
#include <immure/desktop/desktop.h>

#include "cmd.h"

struct request {
	struct arena *arena;
	struct desktop desktop;
	const char *profile;		/* NULL: the one of the program's name */
	bool force;
	const char *noted;		/* what was said last about a wrapper */
	LIST(const char *) names;
};

/* --- what may be done ------------------------------------------------------------------------- */

/* The profile that a program is installed with already, or else the one that a run of it
 * would take. */
static const char *profile_for(const struct request *request, const char *name,
			       struct error *err)
{
	static const char suffix[] = ".profile";
	struct arena *arena = request->arena;
	struct desktop_programs installed = { 0 };

	if (request->profile)
		return request->profile;
	if (desktop_list(&request->desktop, &installed, err) < 0)
		return NULL;
	list_each(const struct desktop_program, program, &installed.list)
		if (text_is(program->name, name))
			return program->profile;
	const char *file = profile_of_command(arena, name);
	if (!file) {
		(void)fail(err, 0, "there is no profile for %s", name);
		(void)hint(err, "to write one: immure profile new %s", text_shell(arena, name));
		(void)hint(err, "to use another one: immure desktop install --profile OTHER %s",
			   text_shell(arena, name));
		return NULL;
	}
	const char *last = path_last(file);
	return text_ends(last, suffix)
		? arena_copy_part(arena, last, strlen(last) - strlen(suffix)) : last;
}

static int check_name(const struct request *request, const char *name, struct error *err)
{
	if (profile_check_name(name, err) < 0)
		return fail(err, 0, "\"%s\" is no name of a program", name);
	if (text_is(name, "immure"))
		return fail(err, 0, "immure would start itself, again and again");
	if (desktop_find_program(request->arena, name))
		return 0;
	(void)fail(err, 0, "the system has no program %s", name);
	return hint(err, "it is looked for in /usr/bin and its like, and not in your home");
}

/* A profile that cannot be used would keep the program from starting at all. */
static int check_profile(const struct request *request, const char *profile, struct error *err)
{
	if (profile_check_name(profile, err) < 0)
		return -1;
	if (profile_find(request->arena, profile, err) &&
	    config_read_profile(request->arena, profile, NULL, err))
		return 0;
	(void)within(err, "its profile cannot be used");
	return hint(err, "to see what profiles there are: immure profile ls");
}

static bool is_changed_by_hand(const struct desktop_file *file)
{
	return file->state == DESKTOP_EDITED;
}

static int check_file(const struct request *request, const struct desktop_file *file,
		      const char *verb, const char *name, struct error *err)
{
	struct arena *arena = request->arena;

	if (file->state == DESKTOP_FOREIGN) {
		(void)fail(err, 0, "%s is in the way, and is not changed: %s", file->path, file->why);
		return hint(err, "to keep it under another name: mv %s %s.mine",
			    text_shell(arena, file->path), text_shell(arena, file->path));
	}
	if (!is_changed_by_hand(file) || request->force)
		return 0;
	(void)fail(err, 0, "%s: %s", file->path, file->why);
	return hint(err, "to lose that change: immure desktop %s --force %s", verb,
		    text_shell(arena, name));
}

/* The name, and the others that its profile says the program has; a profile that is not the
 * program's own says nothing of it. NULL-ended. */
static const char *const *names_of(const struct request *request, const char *name,
				   const char *profile)
{
	struct error ignored;
	const struct config *config = profile && text_is(profile, name)
		? config_read_profile(request->arena, profile, NULL, &ignored) : NULL;
	size_t others = config ? config->aliases.count : 0, count = 0;
	const char **names = arena_alloc(request->arena, (others + 2) * sizeof(*names));

	names[count++] = name;
	for (size_t i = 0; i < others; i++)
		names[count++] = config->aliases.items[i].text;
	return names;
}

static int look(const struct request *request, const char *verb, const char *name,
		const char *profile, struct desktop_files *ret_files, struct error *err)
{
	if (desktop_look(&request->desktop, names_of(request, name, profile), profile, ret_files,
			 err) < 0)
		return -1;
	list_each(const struct desktop_file, file, &ret_files->list)
		if (check_file(request, file, verb, name, err) < 0)
			return -1;
	return 0;
}

/* --- doing it ---------------------------------------------------------------------------------- */

static int apply(struct request *request, const struct desktop_file *file, struct error *err)
{
	const char *done = !file->wanted ? "removed" : file->state == DESKTOP_ABSENT ? "new"
			   : file->state == DESKTOP_FINE ? "unchanged" : "renewed";

	if (!file->wanted && desktop_remove(&request->desktop, file, err) < 0)
		return -1;
	if (file->wanted && file->state != DESKTOP_FINE &&
	    desktop_write(&request->desktop, file, err) < 0)
		return -1;
	(void)printf("%-9s  %s\n", done, text_escaped(request->arena, file->path));
	return 0;
}

static int apply_all(struct request *request, const struct desktop_files *files,
		     struct error *err)
{
	bool entries = false;

	list_each(const struct desktop_file, file, &files->list) {
		if (apply(request, file, err) < 0)
			return -1;
		entries = entries || (file->place == PLACE_ENTRIES && file->state != DESKTOP_FINE);
	}
	if (entries && desktop_tell_menus(&request->desktop, err) < 0)
		return within(err, "the files are as they should be, and menus do not know it");
	return 0;
}

static int install_one(struct request *request, const char *name, bool do_it, struct error *err)
{
	struct desktop_files files = { 0 };

	const char *profile = check_name(request, name, err) < 0 ? NULL
		: profile_for(request, name, err);
	if (!profile || check_profile(request, profile, err) < 0 ||
	    look(request, "install", name, profile, &files, err) < 0)
		return -1;
	if (!do_it)
		return 0;
	if (apply_all(request, &files, err) < 0)
		return -1;
	const char *hidden = desktop_hidden(&request->desktop, name);
	if (hidden && !(request->noted && text_is(request->noted, hidden)))
		say("note", hidden);
	request->noted = hidden;
	return 0;
}

/* All of them are looked at before the first is changed. */
static int install(struct request *request, struct error *err)
{
	for (int do_it = 0; do_it <= 1; do_it++)
		list_each(const char *, name, &request->names)
			if (install_one(request, *name, do_it, err) < 0)
				return within(err, "install %s", *name);
	return 0;
}

static int remove_one(struct request *request, const char *name, bool do_it, struct error *err)
{
	struct desktop_files files = { 0 };

	if (look(request, "remove", name, NULL, &files, err) < 0)
		return -1;
	if (do_it)
		return apply_all(request, &files, err);
	if (files.list.count > 0)
		return 0;
	(void)fail(err, 0, "nothing is installed for it");
	return hint(err, "to see what is: immure desktop ls");
}

static int remove_all(struct request *request, struct error *err)
{
	for (int do_it = 0; do_it <= 1; do_it++)
		list_each(const char *, name, &request->names)
			if (remove_one(request, *name, do_it, err) < 0)
				return within(err, "remove %s", *name);
	return 0;
}

/* --- listing ------------------------------------------------------------------------------------ */

struct listing {
	struct request *request;
	int width;
	const char *renewable, *removable;	/* names, each behind a blank */
};

static void print_file(const struct listing *listing, const char *name,
		       const struct desktop_file *file, const char *other)
{
	struct arena *arena = listing->request->arena;
	const char *why = file->state == DESKTOP_ABSENT ? "is missing" : file->why;

	if (!why && file->place == PLACE_WRAPPERS)
		why = other;
	(void)printf("%-*s  %s%s%s%s\n", listing->width, name, text_escaped(arena, file->path),
		     why ? " (" : "", why ? text_escaped(arena, why) : "", why ? ")" : "");
}

static int list_program(struct listing *listing, const struct desktop_program *program,
			struct error *err)
{
	struct request *request = listing->request;
	struct arena *arena = request->arena;
	struct desktop_files files = { 0 };
	struct error ignored;
	bool fine = true;

	bool there = desktop_find_program(arena, program->name) != NULL;
	const char *other = profile_find(arena, program->profile, &ignored) ? NULL
		: arena_format(arena, "there is no profile %s any more", program->profile);
	if (desktop_look(&request->desktop, names_of(request, program->name, program->profile),
			 program->profile, &files, err) < 0)
		return -1;
	list_each(struct desktop_file, file, &files.list) {
		if (!there && file->state == DESKTOP_LEFT)
			file->why = "its program is gone";
		fine = fine && file->state == DESKTOP_FINE;
		print_file(listing, program->name, file, other);
	}
	const char **names = there ? &listing->renewable : &listing->removable;
	if (!fine)
		*names = arena_format(arena, "%s %s", *names, text_shell(arena, program->name));
	return 0;
}

static int list(struct request *request, struct error *err)
{
	struct desktop_programs programs = { 0 };
	struct listing listing = { request, 8, "", "" };

	if (desktop_list(&request->desktop, &programs, err) < 0)
		return -1;
	list_each(const struct desktop_program, program, &programs.list)
		if ((int)strlen(program->name) > listing.width)
			listing.width = (int)strlen(program->name);
	list_each(const struct desktop_program, program, &programs.list)
		if (list_program(&listing, program, err) < 0)
			return -1;
	(void)fflush(stdout);
	if (*listing.renewable)
		say("note", arena_format(request->arena, "to renew what is not as it should be:"
					 " immure desktop install%s", listing.renewable));
	if (*listing.removable)
		say("note", arena_format(request->arena, "to remove what is left over: immure desktop"
					 " remove%s", listing.removable));
	return 0;
}

/* --- which of them ---------------------------------------------------------------------------- */

static int misuse(const char *word, struct error *err)
{
	if (word)
		(void)fail(err, 0, "desktop does not know what to do with \"%s\"", word);
	else
		(void)fail(err, 0, "desktop needs to know what to do: install NAME..., ls, remove"
			   " NAME...");
	(void)hint(err, "to see what is installed: immure desktop ls");
	return with_status(err, 2);
}

static int read_words(struct request *request, const char *verb, char **words, struct error *err)
{
	bool installs = text_is(verb, "install"), lists = text_is(verb, "ls");

	for (char **word = words; *word; word++) {
		if (!lists && text_is(*word, "--force"))
			request->force = true;
		else if (installs && text_is(*word, "--profile") && word[1])
			request->profile = *++word;
		else if (installs && text_begins(*word, "--profile="))
			request->profile = strchr(*word, '=') + 1;
		else if (lists || **word == '-' || !**word)
			return misuse(*word, err);
		else
			*list_add(request->arena, &request->names) = *word;
	}
	return lists || request->names.count > 0 ? 0 : misuse(NULL, err);
}

int cmd_desktop(char **argv, struct error *err)
{
	struct arena *arena = arena_new();	/* lives as long as the process */
	struct request request = { .arena = arena };
	const char *verb = argv[0];

	if (!verb || !(text_is(verb, "install") || text_is(verb, "ls") || text_is(verb, "remove")))
		return misuse(verb, err);
	if (read_words(&request, verb, argv + 1, err) < 0)
		return -1;
	int status = desktop_open(arena, &request.desktop, err);
	if (status == 0)
		status = text_is(verb, "ls") ? list(&request, err)
		       : text_is(verb, "remove") ? remove_all(&request, err) : install(&request, err);
	desktop_close(&request.desktop);
	return status;
}
