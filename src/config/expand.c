/* What a $NAME of a profile stands for. There is no shell: a name is one of these, and
 * what it stands for is put in as it is, so that it must be a plain word. */
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>
#include <immure/sys/user.h>

#include "value.h"

static const char *name_of_caller(struct arena *arena)
{
	const char *name = getenv("USER");

	return name && *name ? name : account_look(arena, geteuid(), getegid()).name;
}

/* XDG Base Directory Specification 0.8: what is not absolute is as if it were not set,
 * and `fallback` is below the home directory. */
static const char *xdg_directory(struct arena *arena, const char *name, const char *fallback)
{
	const char *path = getenv(name);

	if (path && path[0] == '/')
		return path;
	const char *home = fallback ? user_home(arena) : NULL;
	return home ? path_join(arena, home, fallback) : NULL;
}

static const struct {
	const char *name;
	const char *fallback;		/* below the home directory; NULL: there is none */
} xdg_names[] = {
	{ "XDG_CONFIG_HOME", ".config" },
	{ "XDG_CACHE_HOME", ".cache" },
	{ "XDG_DATA_HOME", ".local/share" },
	{ "XDG_STATE_HOME", ".local/state" },
	{ "XDG_RUNTIME_DIR", NULL },
	{ "SSH_AUTH_SOCK", NULL },	/* as ssh-agent(1) sets it; below no other directory */
};

static const char known_names[] = "HOME, USER, UID, CWD, XDG_CONFIG_HOME, XDG_CACHE_HOME,"
				  " XDG_DATA_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR and"
				  " SSH_AUTH_SOCK";

/* *ret_known: is it a name at all? */
static const char *meaning_of(struct arena *arena, const char *name, bool *ret_known)
{
	*ret_known = true;
	if (text_is(name, "HOME"))
		return user_home(arena);
	if (text_is(name, "USER"))
		return name_of_caller(arena);
	if (text_is(name, "UID"))
		return arena_format(arena, "%u", geteuid());
	if (text_is(name, "CWD"))
		return file_current_directory(arena);
	for (size_t i = 0; i < sizeof(xdg_names) / sizeof(xdg_names[0]); i++)
		if (text_is(name, xdg_names[i].name))
			return xdg_directory(arena, name, xdg_names[i].fallback);
	*ret_known = false;
	return NULL;
}

/* A colon or a comma would become a part of the line's own writing. */
static bool is_plain(const char *text)
{
	size_t length = strlen(text);

	if (length >= 3 && text_is(text + length - 3, "/.."))
		return false;
	return *text && text_is_printable(text) && !strpbrk(text, ":,\\\"") &&
	       !strstr(text, "/../");
}

const char *name_expand(struct arena *arena, const char *name, struct error *err)
{
	bool known;
	const char *meaning = meaning_of(arena, name, &known);

	if (!known) {
		(void)fail(err, 0, "$%s is not among %s", name, known_names);
		return NULL;
	}
	if (!meaning) {
		(void)fail(err, 0, "$%s stands for nothing here", name);
		if (text_begins(name, "XDG_") || text_is(name, "SSH_AUTH_SOCK"))
			(void)hint(err, "for those who have one: if env %s ...", name);
		return NULL;
	}
	if (!is_plain(meaning)) {
		(void)fail(err, 0, "$%s is \"%s\", which cannot be put into a line", name,
			   text_escaped(arena, meaning));
		return NULL;
	}
	return meaning[0] == '/' ? path_normal(arena, "/", meaning) : meaning;
}
