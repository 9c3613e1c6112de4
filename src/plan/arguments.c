/* Files that are given to the command: words behind its name that are a path of the host,
 * or a file:// URL of one. With --arguments they are shown to it where they are, so that
 * `immure run evince ~/a.pdf` can read that file and nothing beside it.
 *
 * Only a whole word is one. What begins with "-" is not, nor a path inside of a word, as in
 * --output=PATH: what is shown can then be read off the command line by whoever types it.
 *
 * A word says less than --bind does. It may come from a menu or a script, and need not be
 * meant as a file at all, so that what would open more than it seems to is left out, and
 * said: a directory that stands for everything of the user or of the system; devices and
 * sockets; our own profiles; and a link that leads out of its directory, since an archive
 * or a repository can bring one along whose text is a path to somebody's keys. What the
 * view shows already, it shows as it is: as read-only as it is, too, unless the files that
 * are given can be written. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/base/url.h>
#include <immure/sys/file.h>

#include "plan_internal.h"

enum { MOST_ARGUMENTS = 1000 };	/* that are shown */

/* A word of the command's that names something. */
struct argument {
	const char *word;
	const char *path;		/* normal */
	const char *resolved;		/* without links */
	struct file_id id;
};

static bool names_file(struct planning *p, const char *word, const char *base,
		       struct argument *ret_argument)
{
	struct error ignored;
	struct argument argument = { .word = word };

	if (!*word || *word == '-' || strlen(word) >= 4096)
		return false;
	const char *path = text_begins(word, "file:") ? url_file(p->arena, word) : word;
	if (!path)
		return false;
	argument.path = path_normal(p->arena, base, path);
	if (file_look(argument.path, true, &argument.id, &ignored) < 0)
		return false;
	argument.resolved = file_resolved(p->arena, argument.path);
	*ret_argument = argument;
	return argument.resolved != NULL;
}

static void leave_out(struct planning *p, const struct argument *argument, const char *why)
{
	note(p, "%s (arguments, %s) is not shown: %s", argument->path,
	     origin_text(p->arena, p->config->arguments.origin), why);
}

/* Does the view show this very file at its own path? *ret_writable tells how. */
static bool is_shown(struct planning *p, const struct item *item, const struct argument *argument,
		     bool *ret_writable)
{
	struct error ignored;
	struct file_id id;

	if (item->kind != ITEM_BIND && item->kind != ITEM_CURRENT)
		return false;
	*ret_writable = item->writable;
	return file_look(path_join(p->arena, item->source, argument->path + item->length), true,
			 &id, &ignored) == 0 && file_same(&id, &argument->id);
}

/* Is it where every sandbox has things of its own, under the same names? */
static bool is_of_kernel(const struct argument *argument)
{
	static const char *const places[] = { "/proc", "/sys", "/dev" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (path_is_within(argument->path, places[i]) ||
		    path_is_within(argument->resolved, places[i]))
			return true;
	return false;
}

/* What keeps a word that names this from being taken for a file to be shown; NULL: nothing. */
static const char *is_no_file(const struct planning *p, const struct argument *argument)
{
	const char *config = p->host.own_config
		? file_resolved(p->arena, p->host.own_config) : NULL;
	const char *data = file_resolved(p->arena, p->host.own_data);

	if (argument->id.type != S_IFREG && argument->id.type != S_IFDIR)
		return "neither a file nor a directory";
	if ((config && path_is_within(argument->resolved, config)) ||
	    (data && path_is_within(argument->resolved, data)))
		return "immure's own profiles and homes are";
	if (argument->id.type == S_IFDIR && !path_is_below(argument->path, "/run/media") &&
	    (is_too_wide(p, argument->path) || is_too_wide(p, argument->resolved)))
		return "too much for being an argument; to show it: --ro-bind";
	return NULL;
}

/* Does the last component lead out of the directory that it stands in? */
static bool is_link_out(struct planning *p, const struct argument *argument)
{
	struct error ignored;
	struct file_id id;

	if (file_look(argument->path, false, &id, &ignored) < 0 || id.type != S_IFLNK)
		return false;
	const char *dir = file_resolved(p->arena, path_parent(p->arena, argument->path));
	return !dir || !path_is_below(argument->resolved, dir);
}

/* The next run's walls are not this one's to change. */
static bool is_profile_of_run(const struct planning *p, const struct argument *argument)
{
	struct error ignored;
	struct file_id id;

	list_each(const char *const, file, &p->config->profiles)
		if (file_look(*file, true, &id, &ignored) == 0 && file_same(&id, &argument->id))
			return true;
	return false;
}

/* A home that only sandboxes have is empty of the caller's files: what it lacks to mount
 * on is made in it before the start (own_home_make_room()). */
static bool is_own_home(const struct planning *p, const struct item *item)
{
	const char *home = p->config->home.value;

	return item->kind == ITEM_BIND && home && text_is(item->source, home) &&
	       path_is_within(home, p->host.own_data);
}

/* Has the view something else at that path, or no room for it? */
static bool is_taken(const struct planning *p, const struct item *item,
		     const struct argument *argument)
{
	if (!item)
		return p->plan->root.path != NULL;
	if (is_own_home(p, item))
		return text_is(item->target, argument->path);
	switch (item->kind) {
	case ITEM_DIRECTORY:
		return false;
	case ITEM_SCRATCH: case ITEM_TMPFS:
		return text_is(item->target, argument->path);
	default:
		return true;
	}
}

/* Is that something the sandbox's own of the same name, as /etc/passwd and /bin are? */
static bool is_own(const struct item *item)
{
	return item && (item->kind == ITEM_TEXT || item->kind == ITEM_COPY ||
			item->kind == ITEM_LINK);
}

/* A link inside of what is shown stays as it is, and may lead to nothing there. */
static void check_link(struct planning *p, const struct item *item,
		       const struct argument *argument)
{
	const char *source = file_resolved(p->arena, item->source);
	const struct item *there = item_covering(p->plan, argument->resolved);
	bool writable;

	if (source && !path_is_within(argument->resolved, source) &&
	    !(there && is_shown(p, there, &(struct argument){ .path = argument->resolved,
							      .id = argument->id }, &writable)))
		leave_out(p, argument, arena_format(p->arena, "a link that leads to %s; to show"
			  " that, name it", argument->resolved));
}

static int show(struct planning *p, const struct argument *argument, const char *origin,
		size_t order, bool *ret_added, struct error *err)
{
	bool wanted = p->config->arguments.value == DIRECTORY_WRITABLE, writable = false;
	const struct item *item = item_covering(p->plan, argument->path);
	bool shown = item && is_shown(p, item, argument, &writable);

	if (shown && (writable || !wanted)) {
		check_link(p, item, argument);
		return 0;
	}
	if (is_of_kernel(argument) || (!shown && is_own(item)))
		return 0;
	const char *why = is_no_file(p, argument);
	if (!why && is_link_out(p, argument))
		why = arena_format(p->arena, "a link that leads to %s; to show that, name it",
				   argument->resolved);
	if (!why && !shown && is_taken(p, item, argument))
		why = "the sandbox has something else there";
	if (!why && wanted && is_profile_of_run(p, argument))
		why = "a profile of this run, and would be writable";
	if (why) {
		leave_out(p, argument, why);
		return 0;
	}
	/* Standing in it, the command keeps the rights that it has here. */
	list_each(struct item, current, &p->plan->items)
		if (current->kind == ITEM_CURRENT &&
		    path_is_below(current->target, argument->path))
			current->gives_way = false;
	struct item *bind = item_add(p, ITEM_BIND, argument->path, origin, order);
	bind->source = argument->path;
	bind->id = argument->id;
	bind->writable = wanted;
	bind->argument = true;
	*ret_added = true;
	if (argument->id.type != S_IFDIR)
		return 0;
	if (guard_own(p, argument->resolved, argument->path, wanted, origin, order, err) < 0)
		return -1;
	if (wanted)
		plan_git(p, argument->path, argument->path, origin, order);
	return 0;
}

int plan_arguments(struct planning *p, bool *ret_added, struct error *err)
{
	const struct config *config = p->config;
	const struct choice *choice = &config->arguments;
	const char *base = p->host.current ? p->host.current : "/";
	size_t before = p->plan->items.count;

	*ret_added = false;
	if (choice->value == DIRECTORY_HIDE || !config->command || !config->command[0])
		return 0;
	const char *origin = arena_format(p->arena, "arguments, %s",
					  origin_text(p->arena, choice->origin));
	if (config->chdir.value)
		base = path_normal(p->arena, base, config->chdir.value);
	for (const char *const *word = config->command + 1; *word; word++) {
		struct argument argument;

		if (!names_file(p, *word, base, &argument))
			continue;
		if (p->plan->items.count - before >= MOST_ARGUMENTS) {
			(void)fail(err, 0, "arguments (%s): over %d files are given",
				   origin_text(p->arena, choice->origin), MOST_ARGUMENTS);
			return hint(err, "to show a directory with all of them: --ro-bind %s",
				    text_shell(p->arena, path_parent(p->arena, argument.path)));
		}
		/* What is named last has the last word. */
		if (show(p, &argument, origin, config->said.count + 2, ret_added, err) < 0)
			return -1;
	}
	return 0;
}
