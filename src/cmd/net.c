/* immure net attach: the engine for a network namespace that somebody else made. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/config/config.h>
#include <immure/plan/plan.h>
#include <immure/run/attach.h>
#include <immure/run/sandbox.h>
#include <immure/sys/process.h>

#include "cmd.h"

/* Descriptors that the caller gives, by their numbers. */
struct request {
	int ready, exit;		/* or NO_FD */
	const char **words;		/* the rest */
};

static int misuse(struct error *err)
{
	(void)hint(err, "to serve what process PID is in: immure net attach --net PID");
	return with_status(err, 2);
}

/* Take an option of this verb alone, "--name N" or "--name=N". 1: it was one. */
static int take_descriptor(char ***word, const char *name, int *ret_fd, struct error *err)
{
	const char *value = **word + strlen(name);
	int64_t fd;

	if (!text_begins(**word, name) || (*value && *value != '='))
		return 0;
	value = *value ? value + 1 : *++*word;
	if (!value) {
		(void)fail(err, 0, "%s needs the number of a descriptor", name);
		return -1;
	}
	if (text_number(value, 3, INT_MAX, &fd, err) < 0)
		return within(err, "%s", name);
	*ret_fd = (int)fd;
	return 1;
}

static int read_words(struct arena *arena, char **argv, struct request *request,
		      struct error *err)
{
	size_t count = 2;
	bool options = true;

	while (argv[count - 2])
		count++;
	request->words = arena_alloc(arena, (count + 1) * sizeof(*request->words));
	/* A profile counts if it is named, not because it has the name of a number. */
	request->words[0] = "--profile";
	request->words[1] = "none";
	count = 2;
	for (char **word = argv; *word; word++) {
		int taken = !options ? 0 : take_descriptor(&word, "--ready-fd", &request->ready, err);

		if (options && taken == 0)
			taken = take_descriptor(&word, "--exit-fd", &request->exit, err);
		if (taken < 0)
			return misuse(err);
		if (taken)
			continue;
		if (text_is(*word, "--"))
			options = false;
		request->words[count++] = *word;
	}
	return 0;
}

/* What we were started with ends here, but what we were told to keep. */
static int close_others(struct request *request, struct error *err)
{
	const int kept[] = { request->ready, request->exit };
	const char *const names[] = { "--ready-fd", "--exit-fd" };

	for (size_t i = 0; i < 2; i++)
		if (kept[i] != NO_FD && !descriptor_keep(kept[i]))
			return fail(err, 0, "%s %d: there is no such descriptor", names[i], kept[i]);
	return process_close_but(kept, 2, err);
}

static int read_target(struct config *config, pid_t *ret_pid, struct error *err)
{
	static const struct origin typed;
	const char *const *word = config->command;
	int64_t pid;

	if (!word || !word[0]) {
		(void)fail(err, 0, "net attach needs the number of a process");
		return misuse(err);
	}
	if (text_number(word[0], 1, INT_MAX, &pid, err) < 0) {
		(void)within(err, "process");
		return misuse(err);
	}
	*ret_pid = (pid_t)pid;
	if (!word[1])
		return 0;
	if (word[2]) {
		(void)fail(err, 0, "net attach takes a process and a device, and \"%s\" is one more",
			   word[2]);
		return misuse(err);
	}
	if (config->ifname.origin) {
		(void)fail(err, 0, "the device is named twice: %s and %s", word[1],
			   config->ifname.value);
		return misuse(err);
	}
	config->ifname = (struct text){ .value = word[1], .origin = &typed };
	return 0;
}

static int attach(struct config *config, const struct request *request, struct error *err)
{
	struct outcome outcome = { 0 };
	bool quiet = config->quiet.value;
	pid_t pid = 0;

	if (read_target(config, &pid, err) < 0)
		return -1;
	const struct plan *plan = plan_attach(config, pid, err);
	if (!plan)
		return -1;
	if (config->dry_run.value) {
		plan_print_network(plan, stdout);
		return 0;
	}
	list_each(const char *const, note, &plan->notes)
		if (!quiet)
			say("note", *note);
	if (attach_run(plan, request->ready, request->exit, quiet ? NULL : say, &outcome, err) < 0)
		return -1;
	list_each(const char *const, network, &outcome.network)
		say("network", *network);
	list_each(const char *const, refused, &outcome.refused)
		if (!quiet)
			say("refused", *refused);
	return outcome.status;
}

int cmd_net(char **argv, struct error *err)
{
	struct arena *arena = arena_new();	/* lives as long as the process */
	struct request request = { NO_FD, NO_FD, NULL };

	if (argv[0] && (text_is(argv[0], "--help") || text_is(argv[0], "-h"))) {
		command_print_help(command_named("net"), false);
		return 0;
	}
	if (!argv[0] || !text_is(argv[0], "attach")) {
		(void)fail(err, 0, "net needs to know what to do: attach");
		return misuse(err);
	}
	if (read_words(arena, argv + 1, &request, err) < 0 || close_others(&request, err) < 0)
		return -1;
	struct config *config = config_read(arena, (char **)(uintptr_t)request.words, err);
	if (!config)
		return with_status(err, 2);
	return config_answered(config, "net") ? 0 : attach(config, &request, err);
}
