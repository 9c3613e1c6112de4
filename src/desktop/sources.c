/* What the system has for menus and for the bus of the session, in the order in which both
 * look: a name that an earlier directory has hides the later ones. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/desktop/entry.h>
#include <immure/desktop/mark.h>
#include <immure/sys/file.h>

#include "desktop_internal.h"

enum { DEEPEST = 4, MOST_FILES = 20000 };

static const char *const program_directories[] = {
	"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
};

const char *desktop_find_program(struct arena *arena, const char *name)
{
	for (size_t i = 0; i < sizeof(program_directories) / sizeof(program_directories[0]); i++) {
		const char *path = path_join(arena, program_directories[i], name);

		if (file_executable(path))
			return path;
	}
	return NULL;
}

struct search {
	struct arena *arena;
	const char *const *names;	/* of the program, NULL-ended */
	struct file_id program;
	const char *own;		/* the user's directory, which is no source */
	enum desktop_place place;
	const char *dir;		/* that is read */
	const char *below;		/* where in it, as a part of names: "kde4-" */
	const char *below_path;		/* "kde4/" */
	unsigned depth;
	LIST(const char *) seen;
	struct desktop_sources *found;
};

/* By one of its names, or by being the same file: `libreoffice` is a link to `soffice`. */
static bool is_program(const struct search *search, const char *word)
{
	struct file_id id;
	struct error ignored;

	if (!word || !*word)
		return false;
	for (const char *const *name = search->names; *name; name++)
		if (text_is(path_last(word), *name))
			return true;
	const char *path = word[0] == '/' ? word : !strchr(word, '/')
		? desktop_find_program(search->arena, word) : NULL;
	return path && file_look(path, true, &id, &ignored) == 0 && file_same(&id, &search->program);
}

static bool is_first(struct search *search, const char *id)
{
	list_each(const char *, seen, &search->seen)
		if (text_is(*seen, id))
			return false;
	*list_add(search->arena, &search->seen) = id;
	return true;
}

/* A name on the bus is the name of a file, if it is a proper one. */
static bool is_bus_name(const char *name)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return name && name[0] != '.' && name[0] && strlen(name) <= 240 &&
	       name[strspn(name, letters)] == '\0';
}

static void read_source(struct search *search, const char *file, const char *path)
{
	struct arena *arena = search->arena;
	struct desktop_source source = { .place = search->place, .path = path };
	struct error ignored;
	struct mark mark;
	bool whole;

	bool is_entry = search->place == PLACE_ENTRIES;
	source.id = arena_format(arena, "%s%s", search->below, file);
	if (is_entry && !is_first(search, source.id))
		return;
	if (file_read(arena, path, LONGEST_ENTRY, &source.bytes, &source.length, &ignored) < 0)
		return;
	struct entry entry = entry_read(arena, is_entry ? ENTRY_APPLICATION : ENTRY_SERVICE,
					source.bytes, source.length);
	if (!is_entry) {
		if (!is_bus_name(entry.name))
			return;
		source.id = arena_format(arena, "%s.service", entry.name);
		if (!is_first(search, source.id))
			return;
	}
	if (!entry.starts || mark_read(arena, source.bytes, source.length, &mark, &whole) ||
	    !(is_program(search, entry.program) || (is_entry && is_program(search, entry.tries))))
		return;
	if (*search->below)
		source.other = arena_format(arena, "%s/%s%s", search->own, search->below_path, file);
	*list_add(arena, &search->found->list) = source;
}

static void read_directory(struct search *search);

static bool read_name(void *context, const char *name)
{
	struct search *search = context;
	struct arena *arena = search->arena;
	const char *path = path_join(arena, search->dir, name);
	struct file_id id;
	struct error ignored;

	if (text_ends(name, search->place == PLACE_ENTRIES ? ".desktop" : ".service")) {
		read_source(search, arena_copy(arena, name), path);
	} else if (search->place == PLACE_ENTRIES && search->depth < DEEPEST &&
		   file_look(path, true, &id, &ignored) == 0 && id.type == S_IFDIR) {
		struct search below = *search;

		below.dir = path;
		below.below = arena_format(arena, "%s%s-", search->below, name);
		below.below_path = arena_format(arena, "%s%s/", search->below_path, name);
		below.depth++;
		read_directory(&below);
		search->seen.items = below.seen.items;
		search->seen.count = below.seen.count;
		search->seen.room = below.seen.room;
	}
	return search->seen.count < MOST_FILES;
}

static void read_directory(struct search *search)
{
	const char *resolved = file_resolved(search->arena, search->dir);

	if (!resolved || text_is(resolved, search->own))
		return;
	file_each_name(resolved, read_name, search);
}

struct desktop_sources sources_of(const struct desktop *desktop, const char *const *names,
				  const char *program)
{
	struct arena *arena = desktop->arena;
	struct desktop_sources found = { 0 };
	const char *dirs = getenv("XDG_DATA_DIRS");
	struct error ignored;

	if (!dirs || !*dirs)
		dirs = "/usr/local/share:/usr/share";
	for (enum desktop_place place = PLACE_ENTRIES; place <= PLACE_SERVICES; place++) {
		struct search search = {
			.arena = arena, .names = names, .place = place, .found = &found,
			.own = desktop->places[place].real, .below = "", .below_path = "",
		};

		if (file_look(program, true, &search.program, &ignored) < 0)
			break;
		for (const char *c = dirs; c; c = strchr(c, ':') ? strchr(c, ':') + 1 : NULL) {
			const char *dir = arena_copy_part(arena, c, strcspn(c, ":"));

			if (dir[0] != '/')
				continue;
			search.dir = path_join(arena, path_normal(arena, "/", dir),
					       place == PLACE_ENTRIES ? "applications" : "dbus-1/services");
			read_directory(&search);
		}
	}
	return found;
}
