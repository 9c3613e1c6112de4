/* immure shell: the profile `dev`, a shell, and a home by name that stays. */
#include <errno.h>
#include <sys/stat.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/state/home.h>
#include <immure/sys/file.h>

#include "cmd.h"

/* Who only looks at the plan makes nothing: a home that is not there yet is shown as what
 * it would be, an empty one. */
static const char *home_looked_at(const char *name, const char *path)
{
	struct file_id id;
	struct error ignored;
	struct arena *arena = arena_new();

	if (file_look(path, true, &id, &ignored) == 0)
		return path;
	say("note", arena_format(arena, "the home %s is not there yet: it would be made at %s", name,
				 path));
	arena_free(arena);
	return "private";
}

/* In a directory of the host nothing is made to mount on, but this one is ours: what is
 * shown below the home finds its place there. What is missing on the host, the plan says. */
static int make_places(const struct config *config, struct error *err)
{
	struct arena *arena = config->arena;
	const char *current = file_current_directory(arena);

	if (config->cwd.value != DIRECTORY_HIDE &&
	    home_make_place(arena, config->home.value, current, true, err) < 0)
		return hint(err, "the current directory would be shown there; without it:"
			    " immure shell --cwd hide");
	list_each(const struct place, place, &config->places) {
		bool made = place->placing == PLACE_TMPFS || place->placing == PLACE_DIRECTORY;
		bool bound = place->placing == PLACE_BIND || place->placing == PLACE_READ_ONLY_BIND ||
			     place->placing == PLACE_DEVICE_BIND;
		const char *target = place->target ? place->target : place->source;
		struct file_id id = { .type = S_IFDIR };
		struct error ignored;

		if ((!made && !bound) || (bound && file_look(place->source, true, &id, &ignored) < 0))
			continue;
		target = path_normal(arena, current ? current : "/", target);
		if (home_make_place(arena, config->home.value, target, id.type == S_IFDIR, err) < 0)
			return within(err, "a place for %s", target);
	}
	return 0;
}

static int start_shell(struct config *config, const char *name, const char *path,
		       struct error *err)
{
	AUTO_FD int lock = NO_FD;

	/* Somebody may have asked for another home, or for none. */
	if (config->home.value == path && config->dry_run.value) {
		config->home.value = home_looked_at(name, path);
	} else if (config->home.value == path) {
		config->home.value = home_open(config->arena, name, &lock, err);
		if (!config->home.value && err->code == EBUSY) {
			err->code = 0;
			(void)hint(err, "for another one beside it: immure shell OTHER-NAME");
			return hint(err, "for one without a home that stays: immure shell --ephemeral");
		}
		config->own_home = true;
		if (!config->home.value || make_places(config, err) < 0)
			return -1;
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
	return config_answered(config) ? 0 : start_shell(config, name, path, err);
}
