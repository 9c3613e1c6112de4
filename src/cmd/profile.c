/* immure profile: what profiles there are, what they come to, and whether that is what
 * was meant. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/config/config.h>
#include <immure/config/profile.h>
#include <immure/plan/plan.h>
#include <immure/plan/words.h>
#include <immure/sys/file.h>
#include <immure/sys/process.h>

#include "cmd.h"

/* What profiles are compared and checked with: it is everywhere. */
static const char *const some_command[] = { "true", NULL };

struct verb {
	const char *name, *arguments;
	int least, most;		/* how many */
	int (*run)(struct arena *arena, char **names, struct error *err);
};

/* What files say today is no part of the profile's text, and read as a comment. */
static int show_urls(struct config *config, struct error *err)
{
	const struct plan *plan = NULL;
	struct network_word word;

	list_each(const struct setting, said, &config->said) {
		if (!network_word_of(said, &word) || !word.urls)
			continue;
		config->command = some_command;
		plan = plan_make(config, err);
		if (!plan)
			return -1;
		break;
	}
	if (!plan)
		return 0;
	list_each(const struct rule, rule, &plan->network.rules)
		if (rule->url_place)
			(void)printf("# allow %-32s # %s\n", rule->text,
				     text_escaped(plan->arena, rule_origin(plan->arena, rule)));
	return 0;
}

static int profile_show(struct arena *arena, char **names, struct error *err)
{
	struct config *config = config_read_profile(arena, names[0], NULL, err);

	if (!config)
		return -1;
	(void)fputs(profile_text(config), stdout);
	return show_urls(config, err);
}

/* --- ls, path ------------------------------------------------------------------- */

struct listed {
	const struct found_profile *profile;
	const struct config *config;	/* NULL: it cannot be read, or nobody would read it */
	const char *text;
};

static struct listed look_into(struct arena *arena, const struct found_profile *profile)
{
	struct error problem;

	if (profile->hidden)
		return (struct listed){ profile, NULL, "(another one of that name comes first)" };
	const struct config *config = config_read_profile(arena, profile->name, NULL, &problem);
	if (!config)
		return (struct listed){ profile, NULL, arena_format(arena, "(%s)", problem.what) };
	return (struct listed){ profile, config,
				config->description.value ? config->description.value : "" };
}

static bool has_alias(const struct listed *listed, const char *name)
{
	if (!listed->config || !listed->profile->installed)
		return false;
	list_each(const struct word, alias, &listed->config->aliases)
		if (text_is(alias->text, name))
			return true;
	return false;
}

static void print_listed(struct arena *arena, const struct listed *listed, int width)
{
	const struct found_profile *profile = listed->profile;
	const char *names = NULL;

	for (size_t i = 0; listed->config && i < listed->config->aliases.count; i++)
		names = arena_format(arena, "%s%s%s", names ? names : "", names ? ", " : "",
				     listed->config->aliases.items[i].text);
	(void)printf("%-*s  %s\n", width, profile->name, text_escaped(arena, profile->file));
	if (names)
		(void)printf("%*s  also for %s\n", width, "", names);
	(void)printf("%*s  %s\n", width, "", text_escaped(arena, listed->text));
}

/* What was installed for another name of a program is listed with the program. */
static int profile_ls(struct arena *arena, char **names, struct error *err)
{
	struct found_profiles found = profile_list(arena);
	LIST(struct listed) all = { 0 };
	int width = 8;

	(void)names;
	(void)err;
	list_each(const struct found_profile, profile, &found.list) {
		if ((int)strlen(profile->name) > width)
			width = (int)strlen(profile->name);
		struct listed listed = look_into(arena, profile);
		*list_add(arena, &all) = listed;
	}
	list_each(const struct listed, listed, &all) {
		bool is_alias = false;

		list_each(const struct listed, other, &all)
			is_alias = is_alias || (listed->profile->installed &&
						has_alias(other, listed->profile->name));
		if (!is_alias)
			print_listed(arena, listed, width);
	}
	return 0;
}

static int profile_path(struct arena *arena, char **names, struct error *err)
{
	const char *file = profile_find(arena, names[0], err);

	if (!file)
		return -1;
	(void)puts(file);
	return 0;
}

/* --- check ------------------------------------------------------------------------ */

/* 0: there is nothing to say about it. */
static int check(struct arena *arena, const char *name, struct error *err)
{
	struct problems problems = { 0 };
	struct config *config = config_read_profile(arena, name, &problems, err);

	if (!config)
		return -1;
	config->command = some_command;
	struct findings findings = plan_lint(config, &problems);
	int found = 0;
	list_each(const struct finding, finding, &findings.list) {
		/* "FILE:LINE: kind: text", as compilers write it. */
		const char *text = text_escaped(arena, finding->text), *colon = strstr(text, ": ");
		int place = colon ? (int)(colon - text) + 2 : 0;

		(void)printf("%.*s%s: %s\n", place, text, finding->mistake ? "error"
			     : finding->harmless ? "note" : "warning", text + place);
		found |= !finding->harmless;
	}
	return found;
}

static int profile_check(struct arena *arena, char **names, struct error *err)
{
	int result = 0;

	for (char **name = names; *name; name++) {
		int found = check(arena, *name, err);

		if (found < 0)
			return -1;
		result |= found;
	}
	return result;
}

/* --- diff --------------------------------------------------------------------------- */

static const struct plan *plan_of(struct arena *arena, const char *name, struct error *err)
{
	struct config *config = config_read_profile(arena, name, NULL, err);

	if (!config)
		return NULL;
	config->command = some_command;
	return plan_make(config, err);
}

static int profile_diff(struct arena *arena, char **names, struct error *err)
{
	const struct plan *than = plan_of(arena, names[1] ? names[1] : "default", err);
	const struct plan *plan = than ? plan_of(arena, names[0], err) : NULL;

	if (!plan)
		return -1;
	struct openings openings = plan_difference(plan, than);
	list_each(const struct opening, opening, &openings.list)
		(void)printf("%s: %s\n", opening->what, text_escaped(arena, opening->which));
	return 0;
}

/* --- new, edit ---------------------------------------------------------------------- */

static const char *template_text(struct arena *arena, const char *name, bool wraps)
{
	return arena_format(arena,
		"# Lines are options of `immure run` without their dashes: immure(1).\n"
		"# Afterwards: immure profile check %s; immure profile diff %s\n"
		"\n"
		"description %s\n"
		"include %s\n"
		"\n"
		"# What it may see, and what it may write:\n"
		"#ro-bind-try ~/.config/%s\n"
		"#bind-try ~/.cache/%s\n"
		"#cwd rw\n"
		"\n"
		"# Variables of yours that it gets:\n"
		"#env-keep EDITOR\n",
		name, name, wraps ? arena_format(arena, "%s, as I want it", name) : name,
		wraps ? name : "default", name, name);
}

/* Where the user's own profile of that name is, or would be. */
static const char *own_file(struct arena *arena, const char *name, struct error *err)
{
	const char *dir = profile_user_directory(arena);

	if (!dir) {
		(void)fail(err, 0, "there is no directory for profiles of yours: HOME is not set");
		return NULL;
	}
	return arena_format(arena, "%s/%s.profile", dir, name);
}

static int create(struct arena *arena, const char *name, const char *file, struct error *err)
{
	struct error ignored;
	bool wraps = profile_find(arena, name, &ignored) != NULL;

	if (file_create(file, template_text(arena, name, wraps), err) < 0)
		return err->code == EEXIST
			? hint(err, "to change it: immure profile edit %s", text_shell(arena, name)) : -1;
	return 0;
}

static int profile_new(struct arena *arena, char **names, struct error *err)
{
	const char *file = NULL;

	if (profile_check_name(names[0], err) < 0 || !(file = own_file(arena, names[0], err)) ||
	    create(arena, names[0], file, err) < 0)
		return -1;
	(void)puts(file);
	return 0;
}

static int profile_edit(struct arena *arena, char **names, struct error *err)
{
	const char *file = names[0];
	struct file_id id;

	if (!strchr(file, '/')) {
		if (profile_check_name(file, err) < 0 || !(file = own_file(arena, file, err)))
			return -1;
		if (file_look(file, false, &id, err) < 0 && create(arena, names[0], file, err) < 0)
			return -1;
	}
	if (process_edit(file, err) < 0)
		return -1;
	return check(arena, names[0], err);
}

/* --- which of them -------------------------------------------------------------------- */

static const struct verb verbs[] = {
	{ "ls", "", 0, 0, profile_ls },
	{ "show", " [NAME]", 0, 1, profile_show },
	{ "diff", " NAME [NAME]", 1, 2, profile_diff },
	{ "check", " NAME...", 1, 64, profile_check },
	{ "new", " NAME", 1, 1, profile_new },
	{ "edit", " NAME", 1, 1, profile_edit },
	{ "path", " NAME", 1, 1, profile_path },
};

enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static int misuse(const char *word, const struct verb *verb, struct error *err)
{
	static const char does[] = "ls, show, diff, check, new, edit and path are what it does";

	if (verb)
		(void)fail(err, 0, "profile %s takes%s", verb->name,
			   *verb->arguments ? verb->arguments : " no name");
	else if (word)
		(void)fail(err, 0, "profile does not know \"%s\": %s", word, does);
	else
		(void)fail(err, 0, "profile needs to know what to do: %s", does);
	(void)hint(err, "to see what profiles there are: immure profile ls");
	return with_status(err, 2);
}

int cmd_profile(char **argv, struct error *err)
{
	struct arena *arena = arena_new();	/* lives as long as the process */
	int names = 0;

	while (argv[names])
		names++;
	for (size_t i = 0; argv[0] && i < VERBS; i++) {
		if (!text_is(argv[0], verbs[i].name))
			continue;
		if (names - 1 < verbs[i].least || names - 1 > verbs[i].most)
			return misuse(argv[0], &verbs[i], err);
		return verbs[i].run(arena, argv + 1, err);
	}
	return misuse(argv[0], NULL, err);
}
