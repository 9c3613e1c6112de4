/* From a process of the set-up to the command.
 *
 * It shares init's memory until it executes (process_start()), so that it writes
 * nothing that init would read but `failed`, and a failure is told to the supervisor
 * directly. Standard files, the terminal's foreground and the directory are settled
 * while there are rights; then they go, in an order in which none needs what an
 * earlier one took. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/confine/confine.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/tty.h>

#include "run.h"

enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

void payload_become(void *sandbox)
{
	struct sandbox *box = sandbox;
	struct error error, ignored;

	(void)steps_run(payload_steps, box, &error);
	box->failed = true;
	(void)sync_send_error(box->init_end, &error, &ignored);
	_exit(125);
}

int payload_enter_user_namespace(struct sandbox *box, struct error *err)
{
	if (box->plan->own_user &&
	    idmap_write_self(box->procfs, &box->plan->inner, true, err) < 0)
		return -1;
	/* The last map is written. To be dumpable is a property of the memory, which is
	 * still init's as well: it hides both, and the exec ends it for the command. So
	 * there is no moment in which the command runs and init can be looked into. */
	return process_hide(err);
}

int payload_take_foreground(struct sandbox *box, struct error *err)
{
	/* Process 1 leads its session, and with it a group of its own. */
	if (!box->plan->as_pid_1 && process_new_group(err) < 0)
		return -1;
	if (box->slave != NO_FD && (box->eager || box->plan->as_pid_1))
		tty_foreground(box->slave, getpid());
	return 0;
}

int payload_connect_files(struct sandbox *box, struct error *err)
{
	for (int fd = 0; fd <= 2; fd++) {
		int source = box->plan->stdio[fd] == STDIO_TERMINAL ? box->slave
								    : box->append_ends[fd];

		if (source != NO_FD && dup2(source, fd) < 0)
			return fail(err, errno, "connect descriptor %d", fd);
	}
	return 0;
}

int payload_confine_inheritance(struct sandbox *box, struct error *err)
{
	return confine_inheritance(box->plan, err);
}

int payload_limit(struct sandbox *box, struct error *err)
{
	return confine_limits(box->plan, err);
}

/* The environment says where the command is: so it must when it is elsewhere. */
static void correct_pwd(const struct plan *plan, const char *directory)
{
	const char **entry = (const char **)(uintptr_t)plan->environment;

	for (; *entry; entry++)
		if (text_begins(*entry, "PWD=") && text_is(*entry + 4, plan->directory))
			*entry = arena_format(plan->arena, "PWD=%s", directory);
}

int payload_change_directory(struct sandbox *box, struct error *err)
{
	const struct plan *plan = box->plan;

	if (chdir(plan->directory) == 0)
		return 0;
	if (!plan->other_directory) {
		(void)fail(err, errno, "change to %s", plan->directory);
		const char *typed = text_shell(plan->arena,
					       text_protect(plan->arena, plan->directory, ':'));
		return errno != ENOENT ? -1
		       : plan->directory_outside ? hint(err, "to show the host's: --ro-bind %s", typed)
						 : hint(err, "to make it: --dir %s",
							text_shell(plan->arena, plan->directory));
	}
	const char *other = chdir(plan->other_directory) == 0 ? plan->other_directory : "/";
	if (text_is(other, "/") && chdir("/") < 0)
		return fail(err, errno, "change to /");
	correct_pwd(plan, other);
	return 0;
}

int payload_drop_capabilities(struct sandbox *box, struct error *err)
{
	return confine_capabilities(box->plan, err);
}

int payload_refuse_privileges(struct sandbox *box, struct error *err)
{
	/* Credentials changed: whoever is process 1 must ask again to die with us. */
	if (box->plan->as_pid_1 && process_die_with_parent(err) < 0)
		return -1;
	return confine_privileges(box->plan, err);
}

static int execute_path(const struct plan *plan, const char *path)
{
	(void)execve(path, (char *const *)(uintptr_t)plan->command,
		     (char *const *)(uintptr_t)plan->environment);
	return errno;
}

/* As a shell looks: the first directory that has it and may execute it. */
static int execute_searched(const struct plan *plan)
{
	const char *path = plan->search_path ? plan->search_path : "/usr/bin:/bin";
	int result = ENOENT;

	for (; path; path = strchr(path, ':') ? strchr(path, ':') + 1 : NULL) {
		int length = (int)strcspn(path, ":");
		char candidate[4096 + 256];

		if (length == 0 || path[0] != '/' ||
		    (size_t)snprintf(candidate, sizeof(candidate), "%.*s/%s", length, path,
				     plan->command[0]) >= sizeof(candidate))
			continue;
		int code = execute_path(plan, candidate);
		if (code != ENOENT && code != ENOTDIR && code != EACCES)
			return code;
		if (code == EACCES && access(candidate, F_OK) == 0)
			result = EACCES;
	}
	return result;
}

static int explain(const struct plan *plan, int code, struct error *err)
{
	const char *name = plan->command[0];
	bool there = plan->program && access(plan->program, F_OK) == 0;

	(void)fail(err, code, "%s", name);
	if (code == ENOENT && there) {
		(void)hint(err, "the file is there, and its interpreter or loader is not: see"
			   " its first line, or ldd");
		return with_status(err, NOT_EXECUTABLE);
	}
	if (code == ENOENT || code == ENOTDIR)
		return with_status(err, NOT_FOUND);
	if (code == EACCES && there && access(plan->program, X_OK) < 0)
		(void)hint(err, "chmod +x %s, or name its interpreter: sh %s", name, name);
	if (code == ENOEXEC)
		(void)hint(err, "it is no program of this machine; a script without a #! line"
			   " needs its interpreter named: sh %s", name);
	return with_status(err, NOT_EXECUTABLE);
}

int payload_execute(struct sandbox *box, struct error *err)
{
	const struct plan *plan = box->plan;

	signals_release();
	int code = plan->program ? execute_path(plan, plan->program) : execute_searched(plan);
	return explain(plan, code, err);
}
