/* Finding profiles by their names: the user's own first, then the machine's, then those
 * that came with this program. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/profile.h>
#include <immure/sys/file.h>

#include "search.h"

static const struct built_in built_ins[] = {
	{ "default", "default.profile (built in)", default_profile_text },
	{ "dev", "dev.profile (built in)", dev_profile_text },
};

enum { BUILT_INS = sizeof(built_ins) / sizeof(built_ins[0]) };

const struct built_in *profile_built_in(const char *name)
{
	for (size_t i = 0; i < BUILT_INS; i++)
		if (text_is(built_ins[i].name, name))
			return &built_ins[i];
	return NULL;
}

const char *profile_user_directory(struct arena *arena)
{
	const char *config_home = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (config_home && config_home[0] == '/')
		return path_normal(arena, "/", arena_format(arena, "%s/immure/profiles",
							    config_home));
	if (home && home[0] == '/')
		return path_normal(arena, "/", arena_format(arena, "%s/.config/immure/profiles",
							    home));
	return NULL;
}

/* Where what came with this program is: beside it, wherever both were unpacked or staged,
 * and where it was made for if it is not in a directory bin. As a rule it was started by
 * the very name that it was made for, and nobody has to be asked. */
static const char *installed(struct arena *arena, const char *directory)
{
	static const char made_for[] = IMMURE_PREFIX "/bin/immure", end[] = "/bin/immure";
	const char *started = (const char *)getauxval(AT_EXECFN);
	const char *self = started && text_is(started, made_for)
		? NULL : file_link(arena, "/proc/self/exe");
	size_t length = self ? strlen(self) : 0;

	if (length < strlen(end) || !text_is(self + length - strlen(end), end))
		return arena_format(arena, IMMURE_PREFIX "/share/immure/%s", directory);
	return arena_format(arena, "%.*s/share/immure/%s", (int)(length - strlen(end)), self,
			    directory);
}

const char *profile_directory(struct arena *arena, enum place_of_profiles place)
{
	switch (place) {
	case IN_HOME:
		return profile_user_directory(arena);
	case IN_ETC:
		return "/etc/immure/profiles";
	case INSTALLED:
		return installed(arena, "profiles");
	case PARTS:
		return installed(arena, "profiles/include");
	case BUILT_IN: case NOWHERE:
		break;
	}
	return NULL;
}

int profile_check_name(const char *name, struct error *err)
{
	if (!isalnum((unsigned char)name[0]) || strlen(name) > 64)
		return fail(err, 0, "\"%s\" is no name of a profile", name);
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.+", *c))
			return fail(err, 0, "\"%s\" is no name of a profile", name);
	return 0;
}

bool profile_is_absent(const char *dir, const char *file, const struct error *err)
{
	struct file_id id;
	struct error ignored;

	if (err->code == ENOENT || err->code == ENOTDIR)
		return file_look(file, false, &id, &ignored) < 0;
	return err->code == EACCES && file_look(dir, true, &id, &ignored) < 0;
}

/* --- of a command --------------------------------------------------------------- */

/* NAME.profile of the first place that has something of that name, up to `last`; NULL:
 * none. */
static const char *file_of(struct arena *arena, const char *name, enum place_of_profiles last)
{
	for (enum place_of_profiles place = IN_HOME; place <= last; place++) {
		const char *dir = profile_directory(arena, place);
		struct file_id id;
		struct error ignored;

		if (!dir)
			continue;
		const char *file = arena_format(arena, "%s/%s.profile", dir, name);
		if (file_look(file, false, &id, &ignored) == 0)
			return file;
	}
	return NULL;
}

const char *profile_of_command(struct arena *arena, const char *command)
{
	struct error ignored;

	if (strchr(command, '/') || profile_check_name(command, &ignored) < 0 ||
	    profile_built_in(command) || text_is(command, "none"))
		return NULL;
	return file_of(arena, command, INSTALLED);
}

bool profile_is_system_command(struct arena *arena, const char *name)
{
	static const char *const dirs[] = {
		"/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin", "/usr/local/sbin",
	};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (file_executable(path_join(arena, dirs[i], name)))
			return true;
	return false;
}

const char *profile_find(struct arena *arena, const char *name, struct error *err)
{
	if (strchr(name, '/'))
		return name;
	if (profile_check_name(name, err) < 0)
		return NULL;
	/* The installed text of one that is built in is not what is read. */
	const struct built_in *built_in = profile_built_in(name);
	const char *file = text_is(name, "none") ? NULL
			   : file_of(arena, name, built_in ? IN_ETC : PARTS);
	if (file)
		return file;
	if (built_in)
		return built_in->file;
	(void)fail(err, ENOENT, "%s.profile", name);
	return NULL;
}

/* --- all of them ------------------------------------------------------------------ */

struct listing {
	struct arena *arena;
	struct found_profiles *found;
	const char *dir;
	enum place_of_profiles place;
};

static bool add_found(void *context, const char *entry)
{
	static const char suffix[] = ".profile";
	struct listing *listing = context;
	struct error ignored;
	size_t length = strlen(entry);

	if (length <= strlen(suffix) || !text_is(entry + length - strlen(suffix), suffix))
		return true;
	const char *name = arena_copy_part(listing->arena, entry, length - strlen(suffix));
	if (profile_check_name(name, &ignored) < 0 ||
	    (listing->place == INSTALLED && profile_built_in(name)))
		return true;
	struct found_profile *added = list_add(listing->arena, &listing->found->list);
	added->name = name;
	added->file = path_join(listing->arena, listing->dir, entry);
	added->installed = listing->place == INSTALLED;
	added->part = listing->place == PARTS;
	list_each(const struct found_profile, other, &listing->found->list)
		if (other != added && text_is(other->name, name))
			added->hidden = true;
	return true;
}

static int compare_found(const void *a, const void *b)
{
	const struct found_profile *one = a, *other = b;
	int names = strcmp(one->name, other->name);

	if (one->part != other->part)
		return (int)one->part - (int)other->part;
	return names ? names : (int)one->hidden - (int)other->hidden;
}

struct found_profiles profile_list(struct arena *arena)
{
	struct found_profiles found = { 0 };
	struct listing listing = { .arena = arena, .found = &found };

	for (listing.place = IN_HOME; listing.place < BUILT_IN; listing.place++) {
		listing.dir = profile_directory(arena, listing.place);
		if (listing.dir)
			file_each_name(listing.dir, add_found, &listing);
	}
	for (size_t i = 0; i < BUILT_INS; i++) {
		bool hidden = false;

		list_each(const struct found_profile, other, &found.list)
			hidden = hidden || text_is(other->name, built_ins[i].name);
		*list_add(arena, &found.list) =
			(struct found_profile){ built_ins[i].name, built_ins[i].file, hidden,
						true, false };
	}
	qsort(found.list.items, found.list.count, sizeof(*found.list.items), compare_found);
	return found;
}
