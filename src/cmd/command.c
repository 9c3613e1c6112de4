#include <stdio.h>
#include <string.h>

#include <immure/base/text.h>
#include <immure/cmd/command.h>

#include "cmd.h"

const struct command command_table[] = {
	{ .name = "run", .arguments = "[OPTIONS] [--] COMMAND [ARGUMENT...]",
	  .help = "run a command behind walls", .options = OPTIONS_ALL,
	  .examples =
		"  immure run ./installer.sh             nothing of yours, no network, no trace\n"
		"  immure run --cwd rw make              may write here, and nowhere else\n"
		"  immure run -b ~/data python3 job.py   may write in ~/data\n"
		"  immure run --share net curl URL       on the host's network, all of it\n"
		"  immure run --dry-run make             what would be done, and who said so\n",
	  .failure = 125, .usage = 125, .run = cmd_run },
	{ .name = "shell", .arguments = "[NAME] [OPTIONS] [-- COMMAND [ARGUMENT...]]",
	  .help = "a developer's shell: root inside, with a home of that name that stays",
	  .options = OPTIONS_ALL,
	  .details =
		"NAME is \"default\" unless said; its home stays until immure home rm NAME. Its\n"
		"profile is dev unless another one is named.\n",
	  .examples =
		"  immure shell                          here, with a home that stays\n"
		"  immure shell web -- npm test          a command in another one\n"
		"  immure shell --ephemeral              with a home that is gone at the end\n",
	  .failure = 125, .usage = 125, .run = cmd_shell },
	{ .name = "profile", .arguments = "ls|show|diff|check|new|edit|path [NAME]",
	  .help = "what profiles there are, what they come to, what they open; write one",
	  .details =
		"  ls                  those that can be named, with their files\n"
		"  show [NAME]         what it comes to, a line each with the place that says so\n"
		"  diff NAME [NAME]    what it opens that the default, or another one, does not\n"
		"  check NAME...       mistakes, and what may surprise its author\n"
		"  new NAME            make one of your own\n"
		"  edit NAME           change one of your own in $VISUAL or $EDITOR, and check it\n"
		"  path NAME           the file that a run would read\n",
	  .failure = 1, .usage = 2, .run = cmd_profile },
	{ .name = "trust", .arguments = "[--yes] [DIRECTORY] | --list | --remove [DIRECTORY]",
	  .help = "look at the profile of a project, and let runs in it use it",
	  .details =
		"  [DIRECTORY]           show what its .immure.profile says and opens, and ask\n"
		"  --yes [DIRECTORY]     show it, and do not ask\n"
		"  --list                which projects are trusted\n"
		"  --remove [DIRECTORY]  trust it no longer\n",
	  .failure = 1, .usage = 2, .run = cmd_trust },
	{ .name = "home", .arguments = "ls | path NAME | rm [--yes] NAME",
	  .help = "the homes of sandboxes, which stay: list them, remove one",
	  .details =
		"  ls                  all of them, and which are of a sandbox that runs\n"
		"  path NAME           where it is\n"
		"  rm [--yes] NAME     remove it with all that is in it; asks first\n",
	  .failure = 1, .usage = 2, .run = cmd_home },
	{ .name = "desktop", .arguments = "install NAME... | ls | remove NAME...",
	  .help = "let menus and shells start a program of the system's behind walls",
	  .details =
		"  install NAME...     write what starts NAME behind its profile, or renew\n"
		"                      it: files in ~/.local\n"
		"  ls                  what was written, and what of it is stale\n"
		"  remove NAME...      take it away again\n"
		"\n"
		"  --profile NAME      install: behind this one, not that of the name\n"
		"  --force             install, remove: also what was changed by hand\n",
	  .examples =
		"  immure desktop install firefox        its menu entries, and firefox in a shell\n",
	  .failure = 1, .usage = 2, .run = cmd_desktop },
	{ .name = "audit", .arguments = "[--json] PID",
	  .help = "tell from outside what the sandbox of a running process really has",
	  .details =
		"  --json              the same for programs\n"
		"The exit status is 0 when all walls are ok, and 1 when one is not.\n",
	  .failure = 1, .usage = 2, .run = cmd_audit },
	{ .name = "net", .arguments = "attach [OPTIONS] PID [TAPNAME]",
	  .help = "serve the network of a process that is in one of its own",
	  .options = OPTIONS_NETWORK,
	  .details =
		"PID is a process in a network namespace that you made, TAPNAME its device: tap0\n"
		"unless said. It is served until PID ends, or a signal asks for the end.\n"
		"\n"
		"  --ready-fd N        write \"1\" to this descriptor when the network is there\n"
		"  --exit-fd N         end when this one has news, or is closed at its other end\n",
	  .examples =
		"  unshare -Urn sh -c 'echo $$; exec sh'           a network of your own; its PID\n"
		"  immure net attach --net PID                     the internet, and not the LAN\n"
		"  immure net attach --allow example.org:443 PID   one host, and one port of it\n"
		"  immure net attach --net --publish 8080:80 PID   its port 80 at 127.0.0.1:8080\n",
	  .failure = 1, .usage = 2, .keeps_files = true, .run = cmd_net },
	{ .name = "doctor", .arguments = "[--json]",
	  .help = "try what a sandbox is made of, and say what to type where it does not work",
	  .details =
		"  --json              the same for programs\n"
		"The exit status is 0 when all works that every run needs, and 1 if not.\n",
	  .failure = 1, .usage = 2, .run = cmd_doctor },
	{ .name = "help", .arguments = "[all]",
	  .help = "this help, or with all of the options",
	  .details =
		"  help                what there is to type first\n"
		"  help all            every option of immure run\n",
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
