/* One function a verb, and what they say to people. */
#ifndef IMMURE_CMD_CMD_H
#define IMMURE_CMD_CMD_H

struct error;

int cmd_run(char **argv, struct error *err);
int cmd_profile(char **argv, struct error *err);
int cmd_trust(char **argv, struct error *err);
int cmd_audit(char **argv, struct error *err);
int cmd_doctor(char **argv, struct error *err);
int cmd_help(char **argv, struct error *err);

/* A line on standard error that is no error; the text is escaped. */
void say(const char *kind, const char *text);

#endif
