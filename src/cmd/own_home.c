/* A home that stays: `immure shell NAME` has one, and a profile with `home kept:NAME`. */
#include <string.h>
#include <sys/stat.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/plan/plan.h>
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
			    " immure %s --cwd hide", config->shell ? "shell" : "run");
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

const char *own_home_name(const struct config *config)
{
	const char *home = config->home.value;

	return home && text_begins(home, "kept:") ? home + strlen("kept:") : NULL;
}

int own_home_enter(struct config *config, const char *name, int *ret_lock, struct error *err)
{
	if (config->dry_run.value) {
		const char *path = home_path(config->arena, name, err);

		config->home.value = path ? home_looked_at(name, path) : NULL;
		return path ? 0 : -1;
	}
	config->home.value = home_open(config->arena, name, ret_lock, err);
	config->own_home = true;
	return !config->home.value || make_places(config, err) < 0 ? -1 : 0;
}

int own_home_make_room(const struct config *config, const struct plan *plan,
		       struct made_places *ret_made, struct error *err)
{
	struct arena *arena = config->arena;
	const char *home = config->home.value;
	struct error ignored;
	struct file_id id;

	list_each(const struct item, item, &plan->items) {
		if (!config->own_home || !item->argument)
			continue;
		bool missing = file_look(home_place(arena, home, item->target), false, &id,
					 &ignored) < 0;
		if (home_make_place(arena, home, item->target, item->id.type == S_IFDIR, err) < 0)
			return within(err, "a place for %s", item->target);
		if (missing)
			*list_add(arena, &ret_made->list) = item->target;
	}
	return 0;
}

void own_home_clear(const struct config *config, const struct made_places *made)
{
	list_each(const char *const, target, &made->list)
		home_remove_place(config->arena, config->home.value, *target);
}
