#include <stdio.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
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

static int misuse(struct error *err)
{
	(void)fail(err, 0, "profile: show [NAME] is what it does");
	return with_status(err, 2);
}

int cmd_profile(char **argv, struct error *err)
{
	if (!argv[0] || !text_is(argv[0], "show") || (argv[1] && argv[2]))
		return misuse(err);
	return profile_show(argv[1], err);
}
