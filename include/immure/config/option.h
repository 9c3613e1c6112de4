/* The option table: the only place where an option is written. The reader of the
 * command line, the reader of profiles, --help, the man page, the completions and
 * `profile show` all read these rows. */
#ifndef IMMURE_CONFIG_OPTION_H
#define IMMURE_CONFIG_OPTION_H

#include <stdbool.h>
#include <stddef.h>

struct config;
struct error;
struct setting;

enum { CLI = 1, PROFILE = 2 };

enum option_group {
	GROUP_GENERAL, GROUP_FILES, GROUP_SYSTEM_FILES, GROUP_IDENTITY, GROUP_NAMESPACES,
	GROUP_NETWORK, GROUP_SESSION, GROUP_KERNEL, GROUP_COMMAND, GROUP_ENVIRONMENT,
	OPTION_GROUPS
};

/* What a shell offers behind the option. */
enum completion {
	COMPLETE_NOTHING, COMPLETE_PATHS, COMPLETE_DIRECTORIES, COMPLETE_WORDS,
	COMPLETE_VARIABLES, COMPLETE_PROFILES,
};

struct option {
	const char *name;		/* without dashes; also the profile's word */
	const char *arg;		/* NULL: takes no value */
	char letter;			/* '\0': none */
	bool arg_optional;		/* only as --name=value then */
	bool everyday;			/* shown by the short --help */
	bool list;			/* every word counts; else the last one wins */
	bool rules;			/* its words are those of the network's rules */
	bool several;			/* a line of a profile can have more values than one */
	unsigned in;			/* CLI, PROFILE or both */
	enum option_group group;
	enum completion complete;
	const char *const *words;	/* the values there are, NULL-ended, or NULL */
	size_t field;			/* of struct config, for the setters of scalars */
	int (*set)(struct config *config, const struct setting *setting,
		   struct error *err);
	const char *help;		/* one line, no full stop */
	const char *man;		/* sentences; *x* is a value, `x` literal */
};

/* The rows, in the order of --help and of the man page. */
extern const struct option option_table[];

/* How many rows there are. */
extern const size_t option_count;

/* A heading per enum option_group, as --help and the man page print it. */
extern const char *const option_group_titles[OPTION_GROUPS];

/* The row of that name or letter that may stand at `where`, or NULL. */
const struct option *option_named(const char *name, size_t length, unsigned where);
const struct option *option_lettered(char letter, unsigned where);

/* The row whose name is nearest to a misspelt one, or NULL when none is near. */
const struct option *option_nearest(const char *name, unsigned where);

/* Record one setting in the configuration, and in its list of what was said. -1
 * says what is wrong with the value, with the option and the origin. */
int option_apply(struct config *config, const struct setting *setting,
		 struct error *err);

#endif
