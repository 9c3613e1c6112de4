/* Reading and writing profiles.
 *
 * A line is a long option without its dashes, blank, and its value:
 *
 *	bind src		# a comment, at the start or behind a blank
 *	setenv "GREETING= hello"
 *	if exists ~/.gitconfig ro-bind ~/.gitconfig
 *
 * value.c reads the value: \n, \t, \xHH, \", \#, \$, \~, \\ and "\ " stand for the
 * bytes that cannot be written otherwise, $HOME and a few more for what they are; \: is
 * left for the options that split at colons. A raw control byte, a byte that is not
 * UTF-8 and any other backslash is an error: what a reader of the file sees is what
 * applies.
 *
 * A profile says what a sandbox lets through, so that its file is checked as one
 * that grants rights: sys/file.h, file_open_trusted(). */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/config/option.h>
#include <immure/config/profile.h>
#include <immure/config/project.h>
#include <immure/sys/file.h>

#include "search.h"
#include "set.h"
#include "value.h"

enum { MOST_FILES = 32, DEEPEST = 16 };

/* A profile that is being read, and the one that included it. */
struct reading {
	const char *name;		/* as searched for; NULL for a path */
	const char *file;		/* as messages show it */
	enum place_of_profiles place;
	struct file_id id;		/* of a file; type 0 for the built-in text */
	const struct reading *by;
	unsigned depth;
	bool of_project;		/* it, or who included it, is the project's */
};

/* --- one line -------------------------------------------------------------- */

static int line_fail(const struct origin *origin, struct error *err)
{
	return within(err, "%s:%u", origin->file, origin->line);
}

static int unknown_word(const char *word, struct error *err)
{
	const char *name = word + strspn(word, "-");
	const struct option *near = option_nearest(name, PROFILE);

	if (option_named(word, strlen(word), CLI))
		return fail(err, 0, "%s is for the command line only", word);
	(void)fail(err, 0, "unknown option %s", word);
	if (name > word && near)
		return hint(err, "a profile has the options without their dashes: %s",
			    near->name);
	return near ? hint(err, "did you mean: %s", near->name) : -1;
}

/* What a condition leaves out is read all the same, into nothing: a mistake in it is
 * one on every machine. */
static int leave_out(const struct config *config, const struct setting *setting,
		     struct error *err)
{
	struct config scratch = *config;

	if (setting->option->set == set_include)
		return 0;
	return option_apply(&scratch, setting, err);
}

/* A file says what it is for and is called, and not what those are that include it. */
static bool is_own_description(const struct config *config, const struct option *option)
{
	return (option->set == set_description || option->set == set_alias) &&
	       config->reading && config->reading->by;
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* Does the line end here? A comment is no part of it. */
static bool is_end(char c) { return c == '\0' || c == '#'; }

static char *skip_blanks(char *line)
{
	while (is_blank(*line))
		line++;
	return line;
}

static int line_apply(struct config *config, const struct origin *origin, char *line,
		      bool holds, struct error *err)
{
	struct setting setting = { .value = "" };
	size_t length = 0;

	while (!is_blank(line[length]) && !is_end(line[length]))
		length++;

	setting.option = option_named(line, length, PROFILE);
	if (!setting.option) {
		(void)unknown_word(arena_copy_part(config->arena, line, length), err);
		return line_fail(origin, err);
	}
	const char *word = setting.option->name;
	line = skip_blanks(line + length);
	bool said = !is_end(*line);
	if (said && !setting.option->arg) {
		(void)fail(err, 0, "%s takes no value", word);
		return line_fail(origin, err);
	}
	if (!said && setting.option->arg && !setting.option->arg_optional) {
		(void)fail(err, 0, "%s needs a value: %s", word, setting.option->arg);
		return line_fail(origin, err);
	}
	struct origin *kept = arena_alloc(config->arena, sizeof(*kept));
	*kept = *origin;
	setting.origin = kept;
	do {
		if (said && value_read(config->arena, &line,
				       setting.option->several ? ONE_WORD : TO_THE_END, holds,
				       &setting.value, err) < 0)
			return line_fail(origin, err);
		if (holds && !is_own_description(config, setting.option)
		    ? option_apply(config, &setting, err) < 0
		    : leave_out(config, &setting, err) < 0)
			return -1;
	} while (setting.option->several && !is_end(*line));
	return 0;
}

/* Take the word from the front of the line, if it stands there. */
static bool take_word(char **line, const char *word)
{
	char *c = *line;

	while (*word && *c == *word) {
		c++;
		word++;
	}
	if (*word || !is_blank(*c))
		return false;
	*line = skip_blanks(c);
	return true;
}

/* Is there something at the path, which is relative to the current directory as those
 * of other lines are? A link that leads nowhere is nothing. */
static int path_exists(const char *path, bool *ret_answer, struct error *err)
{
	struct file_id id;

	*ret_answer = file_look(path, true, &id, err) == 0;
	if (*ret_answer || err->code == ENOENT || err->code == ENOTDIR)
		return 0;
	return fail(err, err->code, "exists %s", path);
}

static int read_condition(struct config *config, char **line, bool *holds,
			  struct error *err)
{
	bool not = take_word(line, "not"), answer = false;
	bool of_file = take_word(line, "exists");
	const char *subject;

	if (!of_file && !take_word(line, "env"))
		return fail(err, 0, "needs a condition: exists PATH, env NAME, not exists PATH"
			    " or not env NAME");
	if (value_read(config->arena, line, ONE_WORD, *holds, &subject, err) < 0)
		return -1;
	if (!*subject || is_end(**line))
		return fail(err, 0, "a condition stands in front of an option: if %s ... bind ~/x",
			    of_file ? "exists" : "env");
	if (!*holds)
		return 0;
	if (of_file && path_exists(subject, &answer, err) < 0)
		return -1;
	if (!of_file) {
		const char *value = getenv(subject);
		answer = value && *value;
	}
	*holds = answer != not;
	return 0;
}

/* [if CONDITION]... OPTION [VALUE] */
static int line_read(struct config *config, const struct origin *origin, char *line,
		     struct error *err)
{
	bool holds = true;

	line = skip_blanks(line);
	while (take_word(&line, "if")) {
		if (read_condition(config, &line, &holds, err) < 0) {
			(void)within(err, "if");
			return line_fail(origin, err);
		}
	}
	return is_end(*line) ? 0 : line_apply(config, origin, line, holds, err);
}

/* --- one text -------------------------------------------------------------- */

/* A line that a person can read whole: no control bytes, UTF-8 throughout. */
static int line_check(const char *line, size_t length, struct error *err)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)line[i];

		if (byte == 0)
			return fail(err, 0, "control byte 0x00");
		if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
			return fail(err, 0, "control byte 0x%02x; \\x%02x writes it", byte, byte);
	}
	for (size_t part; *line; line += part + (line[part] == '\t')) {
		part = strcspn(line, "\t");
		if (text_printable_length(line) < part)
			return fail(err, 0, "bytes that are not printable UTF-8; \\xHH writes one");
	}
	return 0;
}

/* Whoever wants to hear of all mistakes hears of this one later. */
static bool keep_problem(struct config *config, const struct error *err)
{
	if (!config->problems)
		return false;
	*list_add(config->arena, &config->problems->list) = *err;
	return true;
}

/* A profile of hundreds of lines is mostly a list of rules for the network. */
enum { MANY_LINES = 256, INCLUDED_LINES = 128 };

static void expect_lines(struct config *config, const char *text, size_t length)
{
	size_t lines = text_lines(text, length);

	if (lines < MANY_LINES)
		return;
	list_make_room(config->arena, &config->said, lines + INCLUDED_LINES);
}

/* The text ends with a NUL at `length`. What it says stays where it stands. */
static int apply_lines(struct config *config, const char *name, char *text, size_t length,
		       struct error *err)
{
	struct origin origin = { .file = name };
	bool plain = text_is_plain(text, length);
	char *line = text, *end = text + length;

	expect_lines(config, text, length);
	for (char *next; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		next = next ? next : end;
		*next = '\0';
		origin.line++;
		if (!plain && line_check(line, (size_t)(next - line), err) < 0)
			return line_fail(&origin, err);
		if (line_read(config, &origin, line, err) < 0 && !keep_problem(config, err))
			return -1;
	}
	return 0;
}

int profile_apply_text(struct config *config, const char *name, const char *text,
		       size_t length, struct error *err)
{
	return apply_lines(config, name, arena_copy_part(config->arena, text, length), length, err);
}

/* --- fetching -------------------------------------------------------------- */

static int fetch_file(struct config *config, struct reading *reading, int fd,
		      char **ret_text, size_t *ret_length, struct error *err)
{
	if (file_look_fd(fd, &reading->id) < 0)
		return fail(err, errno, "%s", reading->file);
	for (const struct reading *by = reading->by; by; by = by->by)
		if (by->id.type && file_same(&by->id, &reading->id))
			return fail(err, 0, "%s includes itself", reading->file);
	*list_add(config->arena, &config->profiles) = reading->file;
	*list_add(config->arena, &config->files_read) = reading->file;
	return file_read_fd(config->arena, fd, reading->file, LONGEST_PROFILE, ret_text, ret_length,
			    err);
}

/* A path as --profile takes it; an include's is relative to the file it stands in. */
static int fetch_path(struct config *config, const char *path, struct reading *reading,
		      char **ret_text, size_t *ret_length, struct error *err)
{
	struct arena *arena = config->arena;

	reading->place = NOWHERE;
	reading->file = path;
	if (path[0] != '/' && reading->by && reading->by->id.type) {
		while (text_begins(path, "./") && path[2])
			path += 1 + strspn(path + 1, "/");
		reading->file = path_join(arena, path_parent(arena, reading->by->file), path);
	}
	AUTO_FD int fd = file_open_trusted(reading->file, err);
	return fd < 0 ? -1 : fetch_file(config, reading, fd, ret_text, ret_length, err);
}

/* NAME.profile of the first directory that has one. */
static int fetch_name(struct config *config, const char *name, struct reading *reading,
		      char **ret_text, size_t *ret_length, struct error *err)
{
	const struct built_in *built_in = profile_built_in(name);
	bool again = false;

	if (profile_check_name(name, err) < 0)
		return -1;
	reading->name = name;
	reading->place = IN_HOME;
	for (const struct reading *by = reading->by; by; by = by->by) {
		if (by->name && text_is(by->name, name)) {
			reading->place = by->place + 1;	/* the next one of that name */
			again = true;
			break;
		}
	}
	for (; reading->place < BUILT_IN; reading->place++) {
		/* The installed one is the text that is built in. */
		if (built_in && (reading->place == INSTALLED || reading->place == PARTS))
			continue;
		const char *dir = profile_directory(config->arena, reading->place);
		if (!dir)
			continue;
		reading->file = arena_format(config->arena, "%s/%s.profile", dir, name);
		bool installed = reading->place == INSTALLED || reading->place == PARTS;
		AUTO_FD int fd = installed ? file_open_installed(reading->file, err)
					   : file_open_trusted(reading->file, err);
		if (fd >= 0)
			return fetch_file(config, reading, fd, ret_text, ret_length, err);
		if (!profile_is_absent(dir, reading->file, err))
			return -1;
	}
	if (built_in && reading->place == BUILT_IN) {
		reading->file = built_in->file;
		*list_add(config->arena, &config->files_read) = reading->file;
		*ret_text = arena_copy(config->arena, built_in->text);
		*ret_length = strlen(*ret_text);
		return 0;
	}
	reading->place = NOWHERE;
	if (again)
		return fail(err, 0, "%s includes itself, and there is no other of that name",
			    name);
	(void)fail(err, ENOENT, "%s.profile", name);
	return hint(err, "a profile in a file is named with a slash: ./%s", name);
}

static int fetch(struct config *config, const char *name, struct reading *reading,
		 char **ret_text, size_t *ret_length, struct error *err)
{
	if (reading->depth > DEEPEST)
		return fail(err, 0, "profiles include each other over %d deep", DEEPEST);
	if (++config->profiles_read > MOST_FILES)
		return fail(err, 0, "over %d profiles", MOST_FILES);
	if (!*name)
		return fail(err, 0, "an empty name");
	/* What was trusted is one text, and what lies beside it is not in it. */
	if (strchr(name, '/') && reading->by && reading->by->of_project && !reading->by->name)
		return fail(err, 0, "%s: a project's profile includes others by their names alone",
			    name);
	return strchr(name, '/') ? fetch_path(config, name, reading, ret_text, ret_length, err)
				 : fetch_name(config, name, reading, ret_text, ret_length, err);
}

static bool was_read(const struct files_read *files, const char *file)
{
	for (size_t i = 0; i < files->count; i++)
		if (text_is(files->items[i], file))
			return true;
	return false;
}

int profile_apply(struct config *config, const char *name, const struct origin *asked,
		  struct error *err)
{
	struct reading reading = {
		.by = config->reading,
		.depth = config->reading ? config->reading->depth + 1 : 1,
		.of_project = config->reading && config->reading->of_project,
	};
	const struct files_read before = config->files_read;
	char nothing[] = "", *text = nothing;
	size_t length = 0;

	if (fetch(config, name, &reading, &text, &length, err) < 0)
		return !asked ? within(err, "profile %s", *name ? name : "\"\"")
		       : asked->file ? within(err, "%s:%u: include", asked->file, asked->line)
				     : within(err, "--profile");
	/* It adds to what was read before it, and takes nothing of that back. */
	if (reading.of_project && was_read(&before, reading.file))
		return 0;
	config->reading = &reading;
	int result = apply_lines(config, reading.file, text, length, err);
	config->reading = reading.by;
	return result;
}

int profile_apply_project(struct config *config, const struct project *project,
			  struct error *err)
{
	struct reading reading = { .file = project->file, .depth = 1, .of_project = true };

	*list_add(config->arena, &config->profiles) = project->file;
	config->reading = &reading;
	int result = profile_apply_text(config, project->file, project->text, project->length, err);
	config->reading = NULL;
	return result;
}

/* --- writing --------------------------------------------------------------- */

/* Does a later word take this setting's place? */
static bool is_superseded(const struct config *config, const struct setting *setting)
{
	const struct setting *end = config->said.items + config->said.count;

	if (setting->option->list)
		return false;
	for (const struct setting *later = setting + 1; later < end; later++)
		if (later->option == setting->option)
			return true;
	return false;
}

static const char *setting_line(struct arena *arena, const struct setting *setting)
{
	const struct option *option = setting->option;
	const char *line = option->arg
		? arena_format(arena, "%s %s", option->name, option->several
			       ? profile_quote_word(arena, setting->value)
			       : profile_quote(arena, setting->value))
		: option->name;

	return arena_format(arena, "%-40s # %s\n", line,
			    text_escaped(arena, origin_text(arena, setting->origin)));
}

char *profile_text(const struct config *config)
{
	struct arena *arena = config->arena;
	LIST(const char *) lines = { 0 };
	size_t length = 0;

	list_each(const struct setting, setting, &config->said) {
		if (!(setting->option->in & PROFILE) || is_superseded(config, setting))
			continue;
		const char *line = setting_line(arena, setting);
		*list_add(arena, &lines) = line;
		length += strlen(line);
	}
	char *text = arena_alloc(arena, length + 1), *out = text;
	list_each(const char *, line, &lines)
		out = stpcpy(out, *line);
	return text;
}
