/* Where profiles are, between those who read them and those who list them. */
#ifndef IMMURE_CONFIG_SEARCH_H
#define IMMURE_CONFIG_SEARCH_H

#include <stdbool.h>

struct arena;
struct error;

/* No profile is longer, in bytes. */
enum { LONGEST_PROFILE = 64 * 1024 };

/* Where they are looked for by name, first to last. What came with this program as a part
 * of profiles, and of no use alone, is in a directory of its own, so that no command has
 * its name. */
enum place_of_profiles { IN_HOME, IN_ETC, INSTALLED, PARTS, BUILT_IN, NOWHERE };

/* The directory of a place, from the arena; NULL when it has none. */
const char *profile_directory(struct arena *arena, enum place_of_profiles place);

/* A profile that is a part of this program, so that it alone works. */
struct built_in {
	const char *name;
	const char *file;	/* what stands for its file */
	const char *text;
};

/* The one of that name, or NULL. */
const struct built_in *profile_built_in(const char *name);

/* Could `file` not be opened, with *err, because there is nothing for this user to
 * find: no file, or a directory that is closed to the caller, as another user's home
 * is? A link that leads nowhere is something: whoever made it meant a profile. */
bool profile_is_absent(const char *dir, const char *file, const struct error *err);

#endif
