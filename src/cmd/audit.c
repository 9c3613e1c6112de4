#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include <immure/audit/audit.h>
#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>

#include "cmd.h"

struct request {
	const char *process;
	bool json;
};

static int misuse(struct error *err)
{
	(void)hint(err, "to tell what a running sandbox has: immure audit PID");
	return with_status(err, 2);
}

static int read_words(char **argv, struct request *request, struct error *err)
{
	bool options = true;

	for (char **word = argv; *word; word++) {
		if (options && text_is(*word, "--")) {
			options = false;
		} else if (options && text_is(*word, "--json")) {
			request->json = true;
		} else if (options && **word == '-') {
			(void)fail(err, 0, "audit does not know the option %s", *word);
			return misuse(err);
		} else if (request->process) {
			(void)fail(err, 0, "audit takes one process, and \"%s\" is another", *word);
			return misuse(err);
		} else {
			request->process = *word;
		}
	}
	return 0;
}

int cmd_audit(char **argv, struct error *err)
{
	struct arena *arena = arena_new();	/* lives as long as the process */
	struct request request = { 0 };
	int64_t pid;

	if (read_words(argv, &request, err) < 0)
		return -1;
	if (!request.process) {
		(void)fail(err, 0, "audit needs the number of a process");
		return misuse(err);
	}
	if (text_number(request.process, 1, INT_MAX, &pid, err) < 0) {
		(void)within(err, "process");
		return misuse(err);
	}
	const struct audit_facts *facts = audit_look(arena, (pid_t)pid, err);
	if (!facts)
		return -1;
	struct judgement_list judgements = audit_judge(facts);
	if (request.json)
		audit_print_json(facts, &judgements, stdout);
	else
		audit_print(facts, &judgements, stdout);
	return audit_sum(&judgements) == VERDICT_OK ? 0 : 1;
}
