/* The command line. A word of it is read once, into a setting; the profile that it
 * names is applied first, since what is typed has the last word. */
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/config/option.h>
#include <immure/config/profile.h>
#include <immure/config/project.h>

static const struct origin command_line = { .file = NULL };

struct reader {
	struct arena *arena;
	char **next;		/* the first word not read */
	LIST(struct setting) settings;
};

const char *origin_text(struct arena *arena, const struct origin *origin)
{
	char digits[16], *digit = digits + sizeof(digits);

	if (!origin || !origin->file)
		return "command line";
	if (origin->line == 0)
		return origin->file;
	/* By hand: every item of a plan has one, and printf(3) was a tenth of planning. */
	*--digit = '\0';
	for (unsigned line = origin->line; line > 0 || !*digit; line /= 10)
		*--digit = (char)('0' + line % 10);
	*--digit = ':';
	size_t file_length = strlen(origin->file), digits_length = strlen(digit);
	char *text = arena_alloc(arena, file_length + digits_length + 1);
	memcpy(text, origin->file, file_length);
	memcpy(text + file_length, digit, digits_length + 1);
	return text;
}

static int unknown_option(const char *name, struct error *err)
{
	const struct option *near = option_nearest(name, CLI);
	const struct option *elsewhere = option_named(name, strlen(name), PROFILE);

	(void)fail(err, 0, "unknown option --%s", name);
	if (elsewhere)
		return hint(err, "%s is for profiles only", name);
	if (near)
		return hint(err, "did you mean: --%s", near->name);
	return hint(err, "to see every option: immure run --help=all");
}

/* A whole name behind a single dash is read as letters: -cwd as -c. */
static int unknown_letter(const char *letters, const char *all, struct error *err)
{
	const struct option *meant = option_named(all, strcspn(all, "="), CLI);

	(void)fail(err, 0, "unknown option -%.*s", (int)text_character_length(letters), letters);
	if (meant)
		return hint(err, "did you mean: --%s", meant->name);
	return hint(err, "to see every option: immure run --help=all");
}

static void record(struct reader *reader, const struct option *option, const char *value)
{
	*list_add(reader->arena, &reader->settings) =
		(struct setting){ option, value, &command_line };
}

/* The word behind an option is its value, whatever it looks like. */
static const char *value_behind(struct reader *reader, const struct option *option,
				struct error *err)
{
	const char *value = *reader->next;

	if (!value) {
		(void)fail(err, 0, "--%s needs a value: %s", option->name, option->arg);
		return NULL;
	}
	reader->next++;
	return value;
}

static int read_long(struct reader *reader, const char *word, struct error *err)
{
	size_t length = strcspn(word, "=");
	const char *value = word[length] ? word + length + 1 : NULL;
	const struct option *option = option_named(word, length, CLI);

	if (!option)
		return unknown_option(arena_copy_part(reader->arena, word, length), err);
	if (value && !option->arg)
		return fail(err, 0, "--%s takes no value", option->name);
	if (!value && option->arg && !option->arg_optional &&
	    !(value = value_behind(reader, option, err)))
		return -1;
	record(reader, option, value ? value : "");
	return 0;
}

/* -q, -qn, -b DIR, -bDIR */
static int read_letters(struct reader *reader, const char *letters, struct error *err)
{
	for (const char *all = letters; *letters; letters++) {
		const struct option *option = option_lettered(*letters, CLI);

		if (!option)
			return unknown_letter(letters, all, err);
		if (!option->arg || option->arg_optional) {
			record(reader, option, "");
			continue;
		}
		const char *value = letters[1] ? letters + 1
					       : value_behind(reader, option, err);
		if (!value)
			return -1;
		record(reader, option, value);
		break;
	}
	return 0;
}

static int read_words(struct reader *reader, struct error *err)
{
	while (*reader->next) {
		const char *word = *reader->next;

		if (word[0] != '-' || word[1] == '\0')
			return 0;
		reader->next++;
		if (text_is(word, "--"))
			return 0;
		if (word[1] == '-' ? read_long(reader, word + 2, err) < 0
				   : read_letters(reader, word + 1, err) < 0)
			return -1;
	}
	return 0;
}

static struct config *config_new(struct arena *arena)
{
	struct config *config = arena_alloc(arena, sizeof(*config));

	config->arena = arena;
	list_reserve(arena, &config->said, 96);		/* more than the default profile has */
	list_reserve(arena, &config->places, 64);
	return config;
}

/* Whoever asks for help gets it, whatever else is wrong with the line. */
static bool asks_only(struct config *config, const struct reader *reader)
{
	struct error ignored;

	list_each(const struct setting, setting, &reader->settings)
		if (text_is(setting->option->name, "help") ||
		    text_is(setting->option->name, "version"))
			(void)option_apply(config, setting, &ignored);
	return config->help || config->version;
}

/* Does the command line say where commands are looked for? */
static bool sets_path(const struct reader *reader)
{
	list_each(const struct setting, setting, &reader->settings) {
		const char *name = setting->option->name;

		if ((text_is(name, "setenv") || text_is(name, "unsetenv") ||
		     text_is(name, "env-keep")) && text_begins(setting->value, "P"))
			return true;
	}
	return false;
}

/* The profile of the command's own name, which is for the program that the system has
 * under it: `./git`, or a git that is found somewhere else, gets none of git's rights. */
static const char *profile_by_name(struct config *config, const struct reader *reader)
{
	const char *command = *reader->next;
	const char *file = command ? profile_of_command(config->arena, command) : NULL;

	if (!file)
		return NULL;
	if (sets_path(reader) || !profile_is_system_command(config->arena, command)) {
		config->not_by_name = file;
		return NULL;
	}
	config->by_name = file;
	return command;
}

static const char *where_to_judge(struct arena *arena, const struct project *project)
{
	return arena_format(arena, "immure trust %s", text_shell(arena, project->directory));
}

/* Only what was seen and trusted counts. Who has not is told, and goes on as if it were not
 * there; who has, and gets another one, would be behind other walls than those agreed to. */
static int apply_project(struct config *config, const char *profile, struct error *err)
{
	struct arena *arena = config->arena;
	struct project *project = arena_alloc(arena, sizeof(*project));

	*project = project_find(arena);
	if (!project->file)
		return 0;
	if (project_is_trusted(project)) {
		config->project = project;
		return profile_apply_project(config, project, err);
	}
	if (project->trusted) {
		if (!project->text)
			*err = project->problem;
		else
			(void)fail(err, 0, "%s has changed since it was trusted", project->file);
		if (!project->gone)
			(void)hint(err, "to see how, and decide: %s", where_to_judge(arena, project));
		return hint(err, "to do without it%s: --profile %s", project->gone ? " once" : "",
			    text_shell(arena, profile));
	}
	config->project_note = project->text
		? arena_format(arena, "%s is not trusted, and not used; to look at it, and decide: %s",
			       project->file, where_to_judge(arena, project))
		: arena_format(arena, "the project's profile is not used: %s%s%s",
			       project->problem.what, project->problem.code ? ": " : "",
			       project->problem.code ? strerror(project->problem.code) : "");
	return 0;
}

/* The command line names one, or the command does, or it is the default. */
static int apply_profile(struct config *config, const struct reader *reader,
			 const char *otherwise, struct error *err)
{
	const struct setting *said = NULL;

	list_each(const struct setting, setting, &reader->settings)
		if (text_is(setting->option->name, "profile"))
			said = setting;
	if (said)
		return text_is(said->value, "none")
			? 0 : profile_apply(config, said->value, &command_line, err);
	const char *name = otherwise ? otherwise : profile_by_name(config, reader);
	if (!name)
		name = "default";
	return profile_apply(config, name, NULL, err) < 0
		? -1 : apply_project(config, name, err);
}

static int apply_typed(struct config *config, const struct reader *reader, struct error *err)
{
	list_each(const struct setting, setting, &reader->settings)
		if (option_apply(config, setting, err) < 0)
			return -1;
	config->command = (const char *const *)reader->next;
	return 0;
}

struct config *config_read(struct arena *arena, char **argv, struct error *err)
{
	struct config *config = config_new(arena);
	struct reader reader = { .arena = arena, .next = argv };

	if (read_words(&reader, err) < 0)
		return NULL;
	if (asks_only(config, &reader))
		return config;
	if (apply_profile(config, &reader, NULL, err) < 0)
		return NULL;
	return apply_typed(config, &reader, err) < 0 ? NULL : config;
}

/* --- a shell ------------------------------------------------------------------------ */

/* What the verb itself says: more than a profile, and less than who types. */
static int say_for_shell(struct config *config, const char *option, const char *value,
			 struct error *err)
{
	static const struct origin origin = { .file = "immure shell" };
	const struct setting setting = {
		option_named(option, strlen(option), CLI), value, &origin,
	};

	return option_apply(config, &setting, err);
}

static int apply_shell(struct config *config, const char *home, struct error *err)
{
	char *hostname = arena_copy(config->arena, config->shell);

	/* Prompts show a host name as far as its first dot. */
	for (char *dot = hostname; (dot = strchr(dot, '.')); )
		*dot = '-';
	if (say_for_shell(config, "hostname", hostname, err) < 0)
		return -1;
	bool empty = config->home.value && text_is(config->home.value, "private");
	return empty && home ? say_for_shell(config, "home", home, err) : 0;
}

/* A word that is neither an option nor behind "--" could be meant as a name. */
static int check_separated(const struct reader *reader, char **argv, struct error *err)
{
	char **word = reader->next;

	if (!*word || (word > argv && text_is(word[-1], "--")))
		return 0;
	(void)fail(err, 0, "%s: the name of a shell stands in front of its options, and a command"
		   " behind --", *word);
	return hint(err, "to run it there: immure shell -- %s", text_shell(reader->arena, *word));
}

struct config *config_read_shell(struct arena *arena, char **argv, const char *name,
				 const char *home, struct error *err)
{
	struct config *config = config_new(arena);
	struct reader reader = { .arena = arena, .next = argv };

	config->shell = name;
	if (read_words(&reader, err) < 0)
		return NULL;
	if (asks_only(config, &reader))
		return config;
	if (check_separated(&reader, argv, err) < 0 ||
	    apply_profile(config, &reader, "dev", err) < 0 ||
	    apply_shell(config, home, err) < 0 || apply_typed(config, &reader, err) < 0)
		return NULL;
	return config;
}

struct config *config_read_profile(struct arena *arena, const char *name,
				   struct problems *problems, struct error *err)
{
	struct config *config = config_new(arena);

	config->problems = problems;
	if (!(name && text_is(name, "none")) &&
	    profile_apply(config, name ? name : "default", NULL, err) < 0)
		return NULL;
	return config;
}

struct config *config_read_project(struct arena *arena, const struct project *project,
				   struct error *err)
{
	struct config *config = config_new(arena);

	if (profile_apply(config, "default", NULL, err) < 0 ||
	    profile_apply_project(config, project, err) < 0)
		return NULL;
	return config;
}
