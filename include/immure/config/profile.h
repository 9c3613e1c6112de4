/* Profiles: files of settings, a line each, in the language of the option table. */
#ifndef IMMURE_CONFIG_PROFILE_H
#define IMMURE_CONFIG_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include <immure/base/arena.h>

struct arena;
struct config;
struct error;
struct origin;
struct project;

/* profiles/default.profile and profiles/dev.profile, as they were when this program was
 * built. */
extern const char default_profile_text[], dev_profile_text[];

/* Apply the profile `name`, a path when it has a slash, else looked for as
 * NAME.profile in the user's, the system's and the installed directory and, for
 * "default" and "dev", in this program. `asked` is who named it, NULL when nobody had to. -1
 * names file and line. */
int profile_apply(struct config *config, const char *name, const struct origin *asked,
		  struct error *err);

/* Apply the profile of a project, which was found to be trusted, behind what was applied so
 * far: what it includes by name and was read before is not read again. -1 names file and
 * line. */
int profile_apply_project(struct config *config, const struct project *project,
			  struct error *err);

/* Apply the lines of a profile already in memory; `name` stands in origins. */
int profile_apply_text(struct config *config, const char *name, const char *text,
		       size_t length, struct error *err);

/* The settings that count, in order, as lines of a profile, each with its origin
 * as a comment: read back, they make the same configuration. From the arena. */
char *profile_text(const struct config *config);

/* Write one value so that a profile line gives it back byte for byte. */
char *profile_quote(struct arena *arena, const char *value);

/* The same for one value among several of a line. */
char *profile_quote_word(struct arena *arena, const char *value);

/* The user's own directory for profiles, NULL when there is no home directory. */
const char *profile_user_directory(struct arena *arena);

/* Is it a name that --profile and include may look for: no path, nothing odd? -1 says
 * that it is none. */
int profile_check_name(const char *name, struct error *err);

/* The file of a profile as --profile takes it, from the arena: for one that is built
 * in, words that say so. NULL and *err when there is none of that name. */
const char *profile_find(struct arena *arena, const char *name, struct error *err);

/* The file of the profile with the name of a command; NULL when there is none, or the
 * command is a path. */
const char *profile_of_command(struct arena *arena, const char *command);

/* Is there a program of that name in a directory of the system's? */
bool profile_is_system_command(struct arena *arena, const char *name);

/* Profiles that can be named, by their names, those that are parts of others behind them;
 * `hidden`: another place has one of that name first. */
struct found_profile {
	const char *name, *file;
	bool hidden;
	bool installed;			/* it came with this program */
	bool part;			/* ... to be included */
};

struct found_profiles {
	LIST(struct found_profile) list;
};

/* All of them, from the arena. */
struct found_profiles profile_list(struct arena *arena);

#endif
