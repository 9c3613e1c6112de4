/* Maps of several ids.
 *
 * A process may map one id of its own by itself; more are mapped by who has a right to
 * them in the parent of the user namespace. For the first namespace that is outside:
 *
 *	supervisor                          init
 *	newuidmap, newgidmap, or itself
 *	SYNC_MAPPED  ---------------------> sees that the maps are those of the plan
 *
 * and for the command's it is init:
 *
 *	init                                the payload, in its new user namespace
 *	             <--------------------- SYNC_UNMAPPED, with its directory of /proc
 *	writes the maps
 *	SYNC_MAPPED  ---------------------> sees that they are right, and goes on
 *
 * They have a conversation of their own for it, since a signal that somebody sends
 * meanwhile waits in the other one for the command. The directory goes along because a
 * number would mean another process in a /proc of another pid namespace.
 *
 * The payload shares init's memory and init waits in the kernel until it has executed
 * (process_start()): so init could not write anything. Here it is started without that
 * wait (process_start_beside()), and init waits for the end of this conversation
 * instead: the payload holds the other end until its exec closes it. A command that is
 * process 1 has nobody above it, and gets a helper that ends when it has written.
 *
 * The tools run beside the supervisor's loop, both at once: a signal that comes
 * meanwhile, --timeout and an init that ends are handled as ever. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/kernel.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/socket.h>

#include "run.h"

/* --- the supervisor ------------------------------------------------------------------ */

int maps_prepare(struct sandbox *box, struct error *err)
{
	return box->plan->maps.several
		? socket_pair(&box->mapper_end, &box->mapped_end, err) : 0;
}

/* Init's directory of our /proc: of a /proc of another pid namespace its number would
 * name somebody else. */
static int open_init(const struct sandbox *box, struct error *err)
{
	char name[32], self[32];

	AUTO_FD int procfs = procfs_open("/proc", err);
	if (procfs < 0)
		return -1;
	ssize_t length = readlinkat(procfs, "self", self, sizeof(self) - 1);
	self[length < 0 ? 0 : length] = '\0';
	(void)snprintf(name, sizeof(name), "%d", getpid());
	if (!text_is(self, name))
		return fail(err, 0, "/proc belongs to another pid namespace than ours");
	(void)snprintf(name, sizeof(name), "%d", box->init_pid);
	int fd = openat(procfs, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(err, errno, "open /proc/%s", name) : fd;
}

static int start_tool(struct sandbox *box, int which, const struct id_extents *map,
		      struct error *err)
{
	struct arena *arena = box->plan->arena;
	const char **argv = arena_alloc(arena, (3 * map->count + 3) * sizeof(*argv));
	size_t count = 0;

	argv[count++] = box->plan->maps.tools[which];
	argv[count++] = arena_format(arena, "%d", box->init_pid);
	list_each(const struct id_extent, extent, map) {
		argv[count++] = arena_format(arena, "%u", extent->inside);
		argv[count++] = arena_format(arena, "%u", extent->outside);
		argv[count++] = arena_format(arena, "%u", extent->count);
	}
	return tool_start(argv, &box->tools[which], err);
}

static int write_by_hand(const struct id_maps *maps, int init, struct error *err)
{
	if (idmap_write(init, &maps->outer_uids, &maps->outer_gids, err) == 0)
		return 0;
	return err->hint[0] ? -1 : hint(err, "the ids must exist in your own user namespace: cat"
					     " /proc/self/uid_map /proc/self/gid_map");
}

int maps_begin(struct sandbox *box, struct error *err)
{
	const struct id_maps *maps = &box->plan->maps;

	AUTO_FD int init = open_init(box, err);
	if (init < 0)
		return -1;
	if (!maps->by_hand)
		return start_tool(box, 0, &maps->outer_uids, err) < 0
			? -1 : start_tool(box, 1, &maps->outer_gids, err);
	if (write_by_hand(maps, init, err) < 0)
		return -1;
	return sync_send(box->mapper_end, SYNC_MAPPED, 0, false, NO_FD, err);
}

bool maps_pending(const struct sandbox *box)
{
	return box->tools[0].pidfd != NO_FD || box->tools[1].pidfd != NO_FD;
}

/* The last line of what it said, without what it calls itself. */
static const char *last_words(const struct sandbox *box, const struct tool *tool,
			      const char *name)
{
	char text[1024];
	ssize_t length = read(tool->said, text, sizeof(text) - 1);

	text[length < 0 ? 0 : length] = '\0';
	length = (ssize_t)strlen(text);
	while (length > 0 && text[length - 1] == '\n')
		text[--length] = '\0';
	const char *last = strrchr(text, '\n') ? strrchr(text, '\n') + 1 : text;
	if (text_begins(last, name) && text_begins(last + strlen(name), ": "))
		last += strlen(name) + 2;
	return *last ? arena_copy(box->plan->arena, last) : NULL;
}

static int tool_failed(const struct sandbox *box, int which, int wait_status,
		       struct error *err)
{
	const struct id_maps *maps = &box->plan->maps;
	const char *path = maps->tools[which], *name = path_last(path);
	const char *words = last_words(box, &box->tools[which], name);

	if (words)
		(void)fail(err, 0, "%s: %s", name, words);
	else
		(void)fail(err, 0, "%s failed, with status %d", path, status_of(wait_status));
	return maps->advice[which] ? hint(err, "%s", maps->advice[which]) : -1;
}

static void tool_close(struct tool *tool)
{
	fd_close(&tool->pidfd);
	fd_close(&tool->said);
}

int maps_tool_ended(struct sandbox *box, int which, struct error *err)
{
	int status, result = 0;

	if (process_await(box->tools[which].pidfd, &status, err) < 0)
		return -1;
	if (status_of(status) != 0)
		result = tool_failed(box, which, status, err);
	tool_close(&box->tools[which]);
	if (result < 0 || maps_pending(box))
		return result;
	return sync_send(box->mapper_end, SYNC_MAPPED, 0, false, NO_FD, err);
}

void maps_close(struct sandbox *box)
{
	struct error ignored;
	int status;

	/* They run as root, and yet are ours: kill(2) asks for their real user. */
	for (int which = 0; which < 2; which++) {
		if (box->tools[which].pidfd == NO_FD)
			continue;
		process_signal(box->tools[which].pidfd, SIGKILL);
		(void)process_await(box->tools[which].pidfd, &status, &ignored);
		tool_close(&box->tools[which]);
	}
	fd_close(&box->mapper_end);
	fd_close(&box->mapped_end);
}

/* --- init -------------------------------------------------------------------------------- */

/* Whoever should say that the maps are written is the other end of `sync`. */
static int await_mapped(int sync, struct error *err)
{
	struct sync_message message;
	AUTO_FD int fd = NO_FD;

	int got = sync_receive(sync, &message, &fd, err);
	if (got < 0)
		return -1;
	return got > 0 && message.kind == SYNC_MAPPED
		? 0 : fail(err, 0, "nobody has written them");
}

int maps_await(struct sandbox *box, struct error *err)
{
	const struct id_maps *maps = &box->plan->maps;

	fd_close(&box->mapper_end);
	if (await_mapped(box->mapped_end, err) < 0)
		return -1;
	fd_close(&box->mapped_end);
	AUTO_FD int self = openat(box->procfs, "self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (self < 0)
		return fail(err, errno, "open our own directory of /proc");
	if (idmap_check(self, &maps->outer_uids, &maps->outer_gids, err) < 0)
		return -1;
	if (!maps->stranger)
		return 0;
	if ((maps->no_groups && privilege_leave_groups(err) < 0) || privilege_become_root(err) < 0)
		return -1;
	return child_die_with_supervisor(box, err);
}

/* --- the command's own user namespace ------------------------------------------------------ */

int maps_ask(struct sandbox *box, int sync, struct error *err)
{
	const struct id_maps *maps = &box->plan->maps;

	AUTO_FD int self = openat(box->procfs, "self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (self < 0)
		return fail(err, errno, "open its own directory of /proc");
	if (sync_send(sync, SYNC_UNMAPPED, 0, false, self, err) < 0 ||
	    await_mapped(sync, err) < 0)
		return -1;
	return idmap_check(self, &maps->inner_uids, &maps->inner_gids, err);
}

int maps_answer(const struct sandbox *box, int sync, struct error *err)
{
	const struct id_maps *maps = &box->plan->maps;
	struct sync_message message;
	AUTO_FD int process = NO_FD;

	int got = sync_receive(sync, &message, &process, err);
	if (got < 0)
		return -1;
	if (got == 0 || message.kind != SYNC_UNMAPPED || process < 0)
		return fail(err, 0, "nobody is there to be mapped");
	if (idmap_write(process, &maps->inner_uids, &maps->inner_gids, err) < 0)
		return -1;
	return sync_send(sync, SYNC_MAPPED, 0, false, NO_FD, err);
}

/* The payload is ours to wait for, and runs in our memory from the answer on. */
pid_t maps_start(struct sandbox *box, struct error *err)
{
	struct sync_message message;
	struct error ignored;
	AUTO_FD int fd = NO_FD;

	AUTO_FD int ours = NO_FD, theirs = NO_FD;

	if (socket_pair(&ours, &theirs, err) < 0)
		return -1;
	box->mapped_end = theirs;
	pid_t pid = process_start_beside(CLONE_NEWUSER, payload_become, box, err);
	/* The number stays where the payload reads it; the descriptor there is its own. */
	fd_close(&theirs);
	if (pid < 0 || maps_answer(box, ours, err) < 0)
		return -1;
	(void)sync_receive(ours, &message, &fd, &ignored);
	box->mapped_end = NO_FD;
	return pid;
}

int maps_start_helper(struct sandbox *box, struct error *err)
{
	struct error error, ignored;

	AUTO_FD int ours = NO_FD, pidfd = NO_FD;

	if (socket_pair(&ours, &box->mapped_end, err) < 0)
		return -1;
	box->helper = process_fork(0, &pidfd, err);
	if (box->helper != 0)
		return box->helper < 0 ? -1 : 0;
	fd_close(&box->mapped_end);
	if (child_die_with_supervisor(box, &error) == 0 && maps_answer(box, ours, &error) == 0)
		_exit(0);
	(void)within(&error, "start the command");
	(void)sync_send_error(box->init_end, &error, &ignored);
	_exit(125);
}

int maps_end_helper(struct sandbox *box, struct error *err)
{
	pid_t ended;

	do
		ended = waitpid(box->helper, NULL, 0);
	while (ended < 0 && errno == EINTR);
	return ended < 0 ? fail(err, errno, "await the helper") : 0;
}
