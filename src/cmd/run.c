#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/config/config.h>
#include <immure/config/project.h>
#include <immure/doctor/doctor.h>
#include <immure/plan/plan.h>
#include <immure/plan/words.h>
#include <immure/run/sandbox.h>
#include <immure/sys/process.h>

#include "cmd.h"

/* A profile that nobody named: whoever reads this can judge what it opened. What has no
 * plan without it is said to open all that it says. */
static void say_profile(const struct config *config, const struct plan *plan)
{
	struct arena *arena = plan->arena;
	struct error ignored;

	if (config->not_by_name)
		say("note", arena_format(arena, "%s is for the system's %s, and not used; to use it:"
					 " --profile %s", config->not_by_name, config->command[0],
					 config->command[0]));
	if (config->project_note)
		say("note", config->project_note);
	if (!config->by_name && !config->project)
		return;
	struct config *other = config_read_profile(arena, config->shell ? "dev" : NULL,
							NULL, &ignored);
	if (other)
		other->command = config->command;
	const struct plan *than = other ? plan_make(other, &ignored) : NULL;
	const char *text = than ? NULL : "(it cannot be compared with the default)";
	struct openings openings = { 0 };
	if (than)
		openings = plan_openings(plan, than);
	list_each(const struct opening, opening, &openings.list)
		text = arena_format(arena, "%s%s%s: %s", text ? text : "", text ? " · " : "",
				    opening->what, opening->which);
	const char *files = config->by_name;
	if (config->project)
		files = files ? arena_format(arena, "%s and %s", files, config->project->file)
			      : config->project->file;
	say("profile", arena_format(arena, "%s · %s", files, text ? text : "opens nothing"));
}

static void say_notes(const struct config *config, const struct plan *plan)
{
	if (!config->quiet.value) {
		say_profile(config, plan);
		list_each(const char *const, note, &plan->notes)
			say("note", *note);
	}
	if (config->verbose.value)
		list_each(const char *const, skipped, &plan->skipped)
			say("skipped", *skipped);
}

/* A command that the host has and the view does not: show how it would. To be found
 * by its name it must also be where the command looks. */
static int explain_not_found(const struct plan *plan, struct error *err)
{
	struct arena *arena = plan->arena;
	const char *outside = plan_command_outside(plan);

	if (plan->root.path)
		(void)hint(err, "commands are those of the root file system %s%s", plan->root.path,
			   outside ? ", and the host's are not shown" : "");
	if (!outside)
		return -1;
	const char *bind = text_shell(arena, text_protect(arena, outside, ':'));
	const char *dir = path_parent(arena, outside);
	const char *found = arena_format(arena, ":%s:", plan->search_path ? plan->search_path : "");
	if (strchr(plan->command[0], '/') || strstr(found, arena_format(arena, ":%s:", dir)))
		return hint(err, "the host has it; to show it inside: --ro-bind %s", bind);
	if (plan->root.path && outside[0] == '/')
		return -1;
	(void)hint(err, "the host has it, and shows it when it is named by its path: immure run"
		   " %s", text_shell(arena, outside));
	if (outside[0] != '/')
		return -1;
	return hint(err, "to find it by its name: --ro-bind %s --setenv %s", bind,
		    text_shell(arena, arena_format(arena, "PATH=%s:%s", dir,
				    plan->search_path ? plan->search_path : "/usr/bin:/bin")));
}

/* Somebody is watching, and the command itself said that it failed. */
static bool wants_advice(const struct config *config, int status)
{
	return !config->quiet.value && isatty(2) && status != 0 && status != 124 &&
	       status < 128;
}

static void say_ending(const struct config *config, const struct plan *plan,
		       const struct outcome *outcome)
{
	list_each(const char *const, limit, &outcome->limits)
		say("limit", *limit);
	list_each(const char *const, network, &outcome->network)
		say("network", *network);
	if (!config->quiet.value)
		list_each(const char *const, refused, &outcome->refused)
			say("refused", *refused);
	list_each(const char *const, finding, &outcome->findings)
		say("left behind", *finding);
	if (wants_advice(config, outcome->status))
		list_each(const char *const, advice, &plan->advice)
			say("advice", *advice);
}

static int run_plan(const struct config *config, const struct plan *plan,
		    const struct made_places *made, struct error *err)
{
	struct outcome outcome = { 0 };

	say_notes(config, plan);
	int result = sandbox_run(plan, config->quiet.value ? NULL : say, &outcome, err);
	own_home_clear(config, made);
	if (result < 0) {
		if (err->code == EMFILE)
			return hint(err, "to allow more open files: ulimit -n 64");
		if (err->status == 127)
			return explain_not_found(plan, err);
		if (plan->own_user)
			doctor_explain(plan->arena, err);
		return -1;
	}
	say_ending(config, plan, &outcome);
	/* A shell ends its loop or its script only if what it waited for has died of
	 * Ctrl-C; its $? is the same 130. */
	if (outcome.signal)
		process_die_of(outcome.signal, outcome.group);
	return outcome.status;
}

/* Init erases the original, which the command could read in /proc/1/cmdline. */
char **arguments_copy(struct arena *arena, char **argv)
{
	size_t count = 0;

	while (argv[count])
		count++;
	char **copy = arena_alloc(arena, (count + 1) * sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		copy[i] = arena_copy(arena, argv[i]);
	copy[count] = NULL;
	return copy;
}

bool config_answered(const struct config *config, const char *verb)
{
	if (config->help)
		command_print_help(command_named(verb), config->help == HELP_ALL);
	else if (config->version)
		(void)puts("immure " IMMURE_VERSION);
	return config->help || config->version;
}

/* Its profile has one for it alone. */
static int take_home(struct config *config, const char *name, int *ret_lock, struct error *err)
{
	const char *where = origin_text(config->arena, config->home.origin);

	if (own_home_enter(config, name, ret_lock, err) == 0)
		return 0;
	(void)within(err, "home kept:%s (%s)", name, where);
	if (err->code != EBUSY)
		return -1;
	err->code = 0;
	return hint(err, "for one beside it, with a home that is gone at the end: immure run"
		    " --home private ...");
}

int run_config(struct config *config, struct error *err)
{
	const char *kept = own_home_name(config);
	AUTO_FD int lock = NO_FD;

	if (kept && take_home(config, kept, &lock, err) < 0)
		return -1;
	const struct plan *plan = plan_make(config, err);
	if (!plan)
		return -1;
	if (config->dry_run.value) {
		plan_print(plan, stdout);
		return 0;
	}
	struct made_places made = { 0 };
	if (own_home_make_room(config, plan, &made, err) < 0)
		return -1;
	return run_plan(config, plan, &made, err);
}

int cmd_run(char **argv, struct error *err)
{
	struct arena *arena = arena_new();	/* lives as long as the process */

	argv = arguments_copy(arena, argv);
	struct config *config = config_read(arena, argv, err);
	if (!config)
		return -1;
	return config_answered(config, "run") ? 0 : run_config(config, err);
}
