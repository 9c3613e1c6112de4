/* immure shell: the profile `dev`, a shell, and a home by name that stays. */
#include <errno.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/state/home.h>

#include "cmd.h"

static int start_shell(struct config *config, const char *name, const char *path,
		       struct error *err)
{
	AUTO_FD int lock = NO_FD;

	/* Somebody may have asked for another home, or for none. */
	if (config->home.value == path && own_home_enter(config, name, &lock, err) < 0) {
		if (err->code != EBUSY)
			return -1;
		err->code = 0;
		(void)hint(err, "for another one beside it: immure shell OTHER-NAME");
		return hint(err, "for one without a home that stays: immure shell --ephemeral");
	}
	return run_config(config, err);
}

int cmd_shell(char **argv, struct error *err)
{
	struct arena *arena = arena_new();	/* lives as long as the process */
	const char *name = "default";

	argv = arguments_copy(arena, argv);
	if (argv[0] && argv[0][0] != '-') {
		name = *argv++;
		if (home_check_name(name, err) < 0)
			return -1;
	}
	const char *path = home_path(arena, name, err);
	if (!path)
		return -1;
	struct config *config = config_read_shell(arena, argv, name, path, err);
	if (!config)
		return -1;
	return config_answered(config, "shell") ? 0 : start_shell(config, name, path, err);
}
