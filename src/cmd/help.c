/* --help, from the tables. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/config/option.h>

#include "cmd.h"

static void print_commands(void)
{
	for (const struct command *command = command_table; command->name; command++)
		(void)printf("  immure %s %s\n      %s\n", command->name, command->arguments,
			     command->help);
}

void command_introduce(void)
{
	(void)puts("immure runs a command behind walls that the kernel holds, without root.\n");
	print_commands();
	(void)printf("\nExamples:\n%s\n", command_named("run")->examples);
	(void)puts("immure VERB --help tells more of one, immure run --help lists the options\n"
		   "used every day, immure(1) tells all.");
}

/* "-b, --bind SRC[:DEST]" */
static int print_name(const struct option *option)
{
	int width = option->letter ? printf("  -%c, ", option->letter) : printf("      ");

	if (!(option->in & CLI))
		width += printf("%s", option->name);
	else
		width += printf("--%s", option->name);
	if (option->arg)
		width += printf(option->arg_optional ? "[=%s]" : " %s", option->arg);
	return width;
}

static void print_option(const struct option *option)
{
	enum { COLUMN = 31 };
	int width = print_name(option);

	if (width >= COLUMN) {
		(void)putchar('\n');
		width = 0;
	}
	(void)printf("%*s%s\n", COLUMN - width, "", option->help);
}

static void print_group(enum option_group group, bool all)
{
	int printed = 0;

	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		if (option->group != group || !(all || option->everyday))
			continue;
		if (printed++ == 0)
			(void)printf("%s%s:\n", all ? "\n" : "", option_group_titles[group]);
		print_option(option);
	}
}

static void print_options(bool all)
{
	if (!all)
		(void)putchar('\n');
	for (int group = 0; group < OPTION_GROUPS; group++)
		print_group((enum option_group)group, all);
	if (all)
		(void)puts("\nEvery option without its dashes is a line of a profile, those of one run"
			   "\napart (profile, dry-run, verbose, help, version, ephemeral).");
}

/* A few that are about no network are for whoever serves one as well. */
static void print_network_options(void)
{
	static const char *const others[] = { "profile", "dry-run", "quiet", "verbose" };

	(void)putchar('\n');
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		print_option(option_named(others[i], strlen(others[i]), CLI));
	print_group(GROUP_NETWORK, true);
}

void command_print_help(const struct command *command, bool all)
{
	(void)printf("Usage: immure %s %s\n", command->name, command->arguments);
	if (command->details)
		(void)printf("\n%c%s.\n\n%s", toupper((unsigned char)command->help[0]),
			     command->help + 1, command->details);
	if (command->options == OPTIONS_ALL)
		print_options(all);
	else if (command->options == OPTIONS_NETWORK)
		print_network_options();
	if (command->examples)
		(void)printf("\nExamples:\n%s", command->examples);
	if (command->options == OPTIONS_ALL && !all)
		(void)printf("\nAll options: immure %s --help=all, or immure(1).\n", command->name);
}

bool command_asks_for_help(char **words)
{
	for (; *words && !text_is(*words, "--"); words++)
		if (text_is(*words, "--help") || text_is(*words, "-h"))
			return true;
	return false;
}

int cmd_help(char **argv, struct error *err)
{
	if (!argv[0]) {
		command_introduce();
		return 0;
	}
	if (!text_is(argv[0], "all") || argv[1]) {
		(void)fail(err, 0, "help takes \"all\" or nothing");
		(void)hint(err, "to see every option: immure help all");
		return with_status(err, 2);
	}
	command_print_help(command_named("run"), true);
	return 0;
}
