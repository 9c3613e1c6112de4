/* The verbs of immure. */
#ifndef IMMURE_CMD_COMMAND_H
#define IMMURE_CMD_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/* Which rows of the option table a verb takes. One with none has its --help answered for it;
 * the others know which of their words are values. */
enum command_options { OPTIONS_NONE, OPTIONS_ALL, OPTIONS_NETWORK };

struct command {
	const char *name;
	const char *arguments;		/* as usage shows them */
	const char *help;		/* one line */
	const char *details;		/* lines of its own --help; NULL: its options say all */
	const char *examples;		/* lines behind them, or NULL */
	enum command_options options;
	int failure;			/* exit status of what is ours to fail */
	int usage;			/* exit status of a misuse */
	bool keeps_files;		/* it closes what it was started with itself */
	/* Run with the words behind the verb, NULL-ended. The exit status, or -1. */
	int (*run)(char **argv, struct error *err);
};

/* The verbs, in the order of --help; ended by a NULL name. */
extern const struct command command_table[];

/* The command of that name, or NULL. */
const struct command *command_named(const char *name);

/* Say who we are and what to type first, on standard output. */
void command_introduce(void);

/* Say how a verb is used, which options it takes - those used every day, or all - and what
 * one can type. */
void command_print_help(const struct command *command, bool all);

/* Is one of the words behind a verb --help, in front of "--"? */
bool command_asks_for_help(char **words);

/* Print an error and its hints on standard error, foreign bytes escaped. */
void command_print_error(const struct error *err);

#endif
