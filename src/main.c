/* argv[1] names the verb. The only place that picks an exit status. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/config/option.h>
#include <immure/sys/kernel.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/weaken.h>

enum { FAILED = 125, MISUSED = 2 };

/* Before anything is opened: what we were started with must be safe to work in. The one
 * who tells what is wrong here, and runs nobody's program, works where that is wrong. */
static int prepare(char **argv, struct error *err)
{
	bool tells = argv[1] && text_is(argv[1], "doctor");

	if (stdio_fill(err) < 0)
		return -1;
	const struct command *command = argv[1] ? command_named(argv[1]) : NULL;
	if (!weakened_by(argv, WALL_FDS) && !(command && command->keeps_files) && process_close_inherited(err) < 0 && !tells)
		return -1;
	process_remember(argv, environ);
	return privilege_check_own_file(err);
}

static int unknown_option(const char *name, struct error *err)
{
	(void)fail(err, 0, "unknown option %s", name);
	if (name[1] == '-' && option_named(name + 2, strcspn(name + 2, "="), CLI))
		return hint(err, "options stand behind the verb: immure run %s", name);
	return hint(err, "to see what there is: immure --help");
}

static int unknown_verb(const char *name, struct error *err)
{
	struct arena *arena = arena_new();	/* lives as long as the process */

	if (name[0] == '-' && name[1] != '\0')
		return unknown_option(name, err);
	(void)fail(err, 0, "unknown command \"%s\"", name);
	for (const struct command *command = command_table; command->name; command++)
		if (text_distance(command->name, name) <= 2 && *name)
			return hint(err, "did you mean: immure %s", command->name);
	return *name ? hint(err, "to run it behind walls: immure run %s", text_shell(arena, name))
		     : hint(err, "to see what there is: immure --help");
}

static int dispatch(char **argv, struct error *err)
{
	const char *name = argv[1];

	if (!name || text_is(name, "--help") || text_is(name, "-h")) {
		command_introduce();
		return 0;
	}
	if (text_is(name, "--help=all")) {
		command_print_help(command_named("run"), true);
		return 0;
	}
	if (text_is(name, "--version") || text_is(name, "-V")) {
		(void)puts("immure " IMMURE_VERSION);
		return 0;
	}
	const struct command *command = command_named(name);
	if (!command) {
		(void)unknown_verb(name, err);
		return with_status(err, MISUSED);
	}
	if (command->options == OPTIONS_NONE && command_asks_for_help(argv + 2)) {
		command_print_help(command, false);
		return 0;
	}
	int status = command->run(argv + 2, err);
	if (status < 0 && err->status == 0)
		(void)with_status(err, command->failure);
	return status;
}

static int unwritten(const char *verb, struct error *err)
{
	const struct command *command = verb ? command_named(verb) : NULL;

	(void)fail(err, errno, "write to standard output");
	return with_status(err, command ? command->failure : 1);
}

int main(int argc, char **argv)
{
	struct error error = { 0 };
	int status = -1;

	if (argc < 1 || !argv[0])
		(void)fail(&error, 0, "started without a name of its own");
	else if (prepare(argv, &error) == 0)
		status = dispatch(argv, &error);
	errno = 0;
	if (status >= 0 && (fflush(stdout) != 0 || ferror(stdout)))
		status = unwritten(argv[1], &error);
	if (status >= 0)
		return status;
	command_print_error(&error);
	return error.status ? error.status : FAILED;
}
