/* One function a verb, and what they say to people. */
#ifndef IMMURE_CMD_CMD_H
#define IMMURE_CMD_CMD_H

#include <stdbool.h>

#include <immure/base/arena.h>

struct config;
struct plan;
struct error;

int cmd_run(char **argv, struct error *err);
int cmd_shell(char **argv, struct error *err);
int cmd_profile(char **argv, struct error *err);
int cmd_trust(char **argv, struct error *err);
int cmd_home(char **argv, struct error *err);
int cmd_desktop(char **argv, struct error *err);
int cmd_audit(char **argv, struct error *err);
int cmd_net(char **argv, struct error *err);
int cmd_doctor(char **argv, struct error *err);
int cmd_help(char **argv, struct error *err);

/* Print what a configuration asks for instead of what the verb does (--help, --version), and
 * answer true; or false. */
bool config_answered(const struct config *config, const char *verb);

/* A copy of the words that init erases, from the arena. */
char **arguments_copy(struct arena *arena, char **argv);

/* Plan it and run it, or print the plan: the exit status, or -1. A home that stays, if it has
 * one by its profile, is taken for it. */
int run_config(struct config *config, struct error *err);

/* The name of the home that stays, which a profile asks for; NULL: it does not. */
const char *own_home_name(const struct config *config);

/* Take the home of that name for the command, made if it is missing, with places in it for
 * what is shown below; for a dry run it is only looked for. *ret_lock keeps it from others
 * until it is closed, by the caller. -1, with EBUSY in err->code when somebody has it. */
int own_home_enter(struct config *config, const char *name, int *ret_lock, struct error *err);

/* Places that a run alone needs in a home that stays, by their targets inside. */
struct made_places {
	LIST(const char *) list;
};

/* When it is known what is shown: make in that home the places of the files that the command
 * is given. -1: something else is there, or a link. */
int own_home_make_room(const struct config *config, const struct plan *plan,
		       struct made_places *ret_made, struct error *err);

/* When the run is over: take them away again, those that are still empty. */
void own_home_clear(const struct config *config, const struct made_places *made);

/* Ask on the terminal; anything but a yes is a no, which is a failure. `unasked` is what to
 * type where there is no terminal. */
int ask_first(struct arena *arena, const char *question, const char *unasked, struct error *err);

/* A line on standard error that is no error; the text is escaped. */
void say(const char *kind, const char *text);

#endif
