#include <stdio.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/config/config.h>
#include <immure/config/profile.h>

#include "cmd.h"

static int profile_show(const char *name, struct error *err)
{
	struct arena *arena = arena_new();

	const struct config *config = config_read_profile(arena, name, err);
	if (!config)
		return -1;
	(void)fputs(profile_text(config), stdout);
	return 0;
}

static int misuse(char **argv, struct error *err)
{
	if (!argv[0])
		(void)fail(err, 0, "profile needs to know what to do");
	else if (!text_is(argv[0], "show"))
		(void)fail(err, 0, "profile does not know \"%s\"", argv[0]);
	else
		(void)fail(err, 0, "profile show takes one name, and \"%s\" is another", argv[2]);
	(void)hint(err, "to see what a profile comes to: immure profile show [NAME]");
	return with_status(err, 2);
}

int cmd_profile(char **argv, struct error *err)
{
	for (char **word = argv; *word; word++) {
		if (text_is(*word, "--help") || text_is(*word, "-h")) {
			command_introduce();
			return 0;
		}
	}
	if (!argv[0] || !text_is(argv[0], "show") || (argv[1] && argv[2]))
		return misuse(argv, err);
	return profile_show(argv[1], err);
}
