/* What runs: the command and where it starts, its standard descriptors, its limits,
 * and what a person is told when it fails. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>
#include <immure/sys/weaken.h>

#include "plan_internal.h"

static const char *const stdio_names[] = {
	"standard input", "standard output", "standard error",
};

int plan_stdio(struct planning *p, struct error *err)
{
	for (int fd = 0; fd <= 2; fd++) {
		enum stdio_kind kind = stdio_look(fd);

		if (weakened(kind == STDIO_TERMINAL ? WALL_TERMINAL : WALL_FDS))
			kind = STDIO_PLAIN;
		p->plan->stdio[fd] = kind;
		if (kind == STDIO_TERMINAL)
			p->plan->own_terminal = true;
		if (kind == STDIO_DIRECTORY) {
			(void)fail(err, 0, "%s is a directory, and through it the command would"
				   " reach what is in it and above", stdio_names[fd]);
			return hint(err, "to show a directory: --ro-bind PATH");
		}
		if (kind == STDIO_OTHER) {
			(void)fail(err, 0, "%s is neither a pipe, a socket, a regular file, a"
				   " terminal nor /dev/null", stdio_names[fd]);
			return hint(err, "pass it through cat(1): cat DEVICE | immure run COMMAND");
		}
	}
	return 0;
}

static void plan_directory(struct planning *p)
{
	const char *base = p->host.current ? p->host.current : "/";
	struct plan *plan = p->plan;

	plan->directory_origin = origin_of(p, p->config->chdir.origin);
	if (p->config->chdir.value) {
		struct file_id id;
		struct error ignored;

		plan->directory = path_normal(p->arena, base, p->config->chdir.value);
		plan->directory_outside =
			file_look(plan->directory, true, &id, &ignored) == 0 && id.type == S_IFDIR;
		return;
	}
	plan->directory = p->current_in_root ? p->current_in_root
			  : p->host.current ? p->host.current : p->host.home;
	plan->other_directory = p->host.home;
}

/* Does the view show the host's `path` at the same path? */
static bool is_shown(const struct plan *plan, const char *path)
{
	const struct item *item = item_covering(plan, path);

	if (!item)
		return false;
	switch (item->kind) {
	case ITEM_CURRENT:
		return true;
	case ITEM_BIND: case ITEM_COPY: case ITEM_TEXT:
		return text_is(item->source, item->target) || item->kind != ITEM_BIND ||
		       !text_is(item->target, path) || item->id.type != S_IFDIR;
	case ITEM_LINK: case ITEM_HIDE:
		return true;	/* said by name: left as it was said */
	default:
		return false;
	}
}

/* What is in a new /proc or /sys is other than what the caller sees there. */
static int refuse_kernel_file(struct planning *p, const char *path, struct error *err)
{
	const struct item *item = item_covering(p->plan, path);

	if (!item || (item->kind != ITEM_PROC && item->kind != ITEM_SYSFS))
		return 0;
	(void)fail(err, 0, "the command %s: %s is the sandbox's own", path, item->target);
	const char *resolved = file_resolved(p->arena, path);
	return !resolved || text_is(resolved, path)
		? -1 : hint(err, "to name it by its own path: immure run %s",
			    text_shell(p->arena, resolved));
}

/* Is the command one of a root file system, whatever the host has of that name? */
static bool is_of_root(const struct planning *p, const char *name, const char *path)
{
	const struct plan *plan = p->plan;

	return plan->root.path && (name[0] == '/' || p->current_in_root ||
				   (plan->root_writable && !item_covering(plan, path)));
}

/* A command given by a path that the view does not have is shown read-only. */
static int plan_program(struct planning *p, struct error *err)
{
	struct plan *plan = p->plan;
	const char *name = plan->command[0];
	struct file_id id;
	struct error ignored;

	if (!strchr(name, '/'))
		return 0;
	const char *path = path_normal(p->arena, plan->directory, name);
	bool stays = p->host.current && text_is(plan->directory, p->host.current);

	/* What is not a plain "./x" of a directory that is shown is started by its
	 * whole path: the command may not start where the caller stands. */
	const struct item *here = item_covering(plan, plan->directory);
	bool same_place = here && (here->kind == ITEM_CURRENT ||
				   (here->kind == ITEM_BIND &&
				    text_is(here->source, here->target)));
	plan->program = !plan->own_mounts || (stays && same_place) ? name : path;
	if (!plan->own_mounts || is_shown(plan, path) || is_of_root(p, name, path) ||
	    file_look(path, true, &id, &ignored) < 0 || id.type != S_IFREG)
		return 0;
	if (refuse_kernel_file(p, path, err) < 0)
		return -1;
	struct item *item = item_add(p, ITEM_BIND, path, "the command", 0);
	item->source = path;
	item->id = id;
	return 0;
}

/* The caller's own shell, or else one that every system has, if the view shows it. */
static int plan_shell(struct planning *p, struct error *err)
{
	const char *const shells[] = { p->host.shell, "/bin/bash", "/bin/sh" };
	struct plan *plan = p->plan;

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		bool shown = plan->root.path ? root_has_program(p, shells[i])
			     : (!plan->own_mounts || is_shown(plan, shells[i])) &&
			       file_executable(shells[i]);

		if (!shown)
			continue;
		const char **command = arena_alloc(p->arena, 2 * sizeof(*command));
		/* A copy: what $SHELL had is erased with the rest of our environment. */
		command[0] = p->host.shell = arena_copy(p->arena, shells[i]);
		plan->command = command;
		return 0;
	}
	(void)fail(err, 0, "no shell is shown inside: neither %s nor /bin/bash nor /bin/sh",
		   p->host.shell);
	return hint(err, "to run something else: immure shell -- COMMAND");
}

/* One of each kind: a hard limit that was set first could not be raised again. */
static void plan_limits(struct planning *p)
{
	list_each(const struct limit, limit, &p->config->limits) {
		struct resource_limit *place = NULL;

		list_each(struct resource_limit, known, &p->plan->limits)
			if (known->resource == limit->resource)
				place = known;
		if (!place)
			place = list_add(p->arena, &p->plan->limits);
		*place = (struct resource_limit){
			limit->resource, limit->soft, limit->hard,
			origin_text(p->arena, limit->origin),
		};
	}
}

int plan_command(struct planning *p, struct error *err)
{
	const struct config *config = p->config;
	struct plan *plan = p->plan;

	plan->command = config->command;
	plan->as_pid_1 = config->as_pid_1.value;
	plan->timeout = config->timeout.value;
	if (config->nice.origin)
		plan->nice_origin = origin_text(p->arena, config->nice.origin);
	plan->nice = (int)config->nice.value;
	plan_limits(p);
	plan_directory(p);
	if (config->shell && !plan->command[0] && plan_shell(p, err) < 0)
		return -1;
	if (plan_environment(p, err) < 0)
		return -1;
	if (!plan->command)
		return 0;	/* a profile that is only looked at */
	if (!plan->command[0] || !*plan->command[0]) {
		(void)fail(err, 0, plan->command[0] ? "the command has an empty name"
						    : "no command to run");
		return hint(err, "usage: immure run [OPTIONS] [--] COMMAND [ARGUMENT...]");
	}
	if (plan_program(p, err) < 0)
		return -1;
	return 0;
}

void plan_advice(struct planning *p)
{
	const struct plan *plan = p->plan;
	const struct text *home = &p->config->home;
	const struct item *here = plan->own_mounts && p->host.current
		? item_covering(plan, p->host.current) : NULL;
	bool empty_home = plan->own_mounts && home->value && text_is(home->value, "private");
	bool fixed_here = here && here->kind == ITEM_CURRENT && !here->writable;

	if (plan->own_network && !plan->network.online)
		*list_add(p->arena, &p->plan->advice) =
			"it had no network; for the internet: --net";
	if (empty_home || fixed_here)
		*list_add(p->arena, &p->plan->advice) = arena_format(p->arena, "it had %s%s%s:%s%s",
			empty_home ? "an empty home" : "", empty_home && fixed_here ? " and " : "",
			fixed_here ? "the current directory read-only" : "",
			empty_home ? " --ro-bind PATH" : "",
			fixed_here ? empty_home ? ", --cwd rw" : " --cwd rw" : "");
	if (plan->own_user && plan->maps.several && !plan->guest_origin)
		*list_add(p->arena, &p->plan->advice) =
			"it had several ids and no right to become another, or to give files to"
			" it: --guest";
	else if (plan->own_user && !plan->maps.several && p->inside_uid == 0 && p->host.uid != 0)
		*list_add(p->arena, &p->plan->advice) =
			plan->filter.fakes_chown
			? "it was root of one user id, and chown to another did nothing; --map auto"
			  " --guest gives it more; to be yourself: --user self"
			: "it was root of one user id, and chown to another fails; --map auto"
			  " --guest gives it more; to be yourself: --user self";
}

const char *plan_command_outside(const struct plan *plan)
{
	const char *path = getenv("PATH");
	const char *name = plan->command[0];

	if (strchr(name, '/'))
		return file_executable(name) ? name : NULL;
	for (; path; path = strchr(path, ':') ? strchr(path, ':') + 1 : NULL) {
		size_t length = strcspn(path, ":");
		const char *dir = arena_copy_part(plan->arena, path, length);
		const char *candidate = path_join(plan->arena, dir, name);

		if (dir[0] == '/' && file_executable(candidate))
			return candidate;
	}
	const char *here = arena_format(plan->arena, "./%s", name);
	return file_executable(here) ? here : NULL;
}
