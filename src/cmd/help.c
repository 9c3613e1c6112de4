/* --help, from the tables. */
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

static const char examples[] =
	"Examples:\n"
	"  immure run ./installer.sh             nothing of yours, no network, no trace\n"
	"  immure run --cwd rw make              may write here, and nowhere else\n"
	"  immure run -b ~/data python3 job.py   may write in ~/data\n"
	"  immure run --share net curl URL       on the host's network, all of it\n"
	"  immure run --dry-run make             what would be done, and who said so\n";

void command_introduce(void)
{
	(void)puts("immure runs a command behind walls that the kernel holds, without root.\n");
	print_commands();
	(void)printf("\n%s\n", examples);
	(void)puts("immure run --help lists the options used every day, immure(1) tells all.");
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

static void print_group(enum option_group group, int all)
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

void command_print_options(int all)
{
	(void)puts("Usage: immure run [OPTIONS] [--] COMMAND [ARGUMENT...]");
	if (!all)
		(void)putchar('\n');
	for (int group = 0; group < OPTION_GROUPS; group++)
		print_group((enum option_group)group, all);
	(void)putchar('\n');
	if (all)
		(void)puts("Every option without its dashes is a line of a profile, those of one run"
			   "\napart (profile, dry-run, verbose, help, version, ephemeral).\n");
	(void)fputs(examples, stdout);
	if (!all)
		(void)puts("\nAll options: immure run --help=all, or immure(1).");
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
	command_print_options(1);
	return 0;
}
