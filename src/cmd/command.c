#include <stdio.h>
#include <string.h>

#include <immure/base/text.h>
#include <immure/cmd/command.h>

#include "cmd.h"

const struct command command_table[] = {
	{ .name = "run", .arguments = "[OPTIONS] [--] COMMAND [ARGUMENT...]",
	  .help = "run a command behind walls",
	  .failure = 125, .usage = 125, .run = cmd_run },
	{ .name = "shell", .arguments = "[NAME] [OPTIONS] [-- COMMAND [ARGUMENT...]]",
	  .help = "a developer's shell: root inside, with a home of that name that stays",
	  .failure = 125, .usage = 125, .run = cmd_shell },
	{ .name = "profile", .arguments = "ls|show|diff|check|new|edit|path [NAME]",
	  .help = "what profiles there are, what they come to, what they open; write one",
	  .failure = 1, .usage = 2, .run = cmd_profile },
	{ .name = "trust", .arguments = "[--yes] [DIRECTORY] | --list | --remove [DIRECTORY]",
	  .help = "look at the profile of a project, and let runs in it use it",
	  .failure = 1, .usage = 2, .run = cmd_trust },
	{ .name = "home", .arguments = "ls | path NAME | rm [--yes] NAME",
	  .help = "the homes of sandboxes, which stay: list them, remove one",
	  .failure = 1, .usage = 2, .run = cmd_home },
	{ .name = "desktop", .arguments = "install NAME... | ls | remove NAME...",
	  .help = "let menus and shells start a program of the system's behind walls",
	  .failure = 1, .usage = 2, .run = cmd_desktop },
	{ .name = "audit", .arguments = "[--json] PID",
	  .help = "tell from outside what the sandbox of a running process really has",
	  .failure = 1, .usage = 2, .run = cmd_audit },
	{ .name = "net", .arguments = "attach [OPTIONS] PID [TAPNAME]",
	  .help = "serve the network of a process that is in one of its own",
	  .failure = 1, .usage = 2, .keeps_files = true, .run = cmd_net },
	{ .name = "doctor", .arguments = "[--json]",
	  .help = "try what a sandbox is made of, and say what to type where it does not work",
	  .failure = 1, .usage = 2, .run = cmd_doctor },
	{ .name = "help", .arguments = "[all]",
	  .help = "this help, or with all of the options",
	  .failure = 1, .usage = 2, .run = cmd_help },
	{ .name = NULL },
};

const struct command *command_named(const char *name)
{
	for (const struct command *command = command_table; command->name; command++)
		if (text_is(command->name, name))
			return command;
	return NULL;
}
