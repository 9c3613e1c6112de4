/* The verbs of immure. */
#ifndef IMMURE_CMD_COMMAND_H
#define IMMURE_CMD_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct error;

struct command {
	const char *name;
	const char *arguments;		/* as usage shows them */
	const char *help;		/* one line */
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

/* Print the options of `immure run`: those used every day, or all of them. */
void command_print_options(int all);

/* Print an error and its hints on standard error, foreign bytes escaped. */
void command_print_error(const struct error *err);

#endif
