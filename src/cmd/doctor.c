#include <stdbool.h>
#include <stdio.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/doctor/doctor.h>

#include "cmd.h"

static int misuse(const char *word, struct error *err)
{
	(void)fail(err, 0, *word == '-' ? "doctor does not know the option %s"
					: "doctor takes no argument, and \"%s\" is one", word);
	(void)hint(err, "to tell what works here: immure doctor");
	return with_status(err, 2);
}

int cmd_doctor(char **argv, struct error *err)
{
	struct arena *arena = arena_new();	/* lives as long as the process */
	bool json = false;

	for (char **word = argv; *word; word++) {
		if (text_is(*word, "--json"))
			json = true;
		else
			return misuse(*word, err);
	}
	const struct doctor_report *report = doctor_look(arena);
	if (json)
		doctor_print_json(report, stdout);
	else
		doctor_print(report, stdout);
	return doctor_count_missing(report) == 0 ? 0 : 1;
}
