/* The session bus, from the sandbox's directory to who listens in it.
 *
 *	supervisor              its child                       init
 *	----------              ---------                       ----
 *	starts a child -------> enters namespaces of its own
 *	                                                        enters the view
 *	                                        <-------------  SYNC_ENTER, with the directory
 *	                        leaves everything, confines
 *	                        itself, and becomes
 *	                        xdg-dbus-proxy, which makes
 *	                        its socket there
 *	                        one byte: it listens -------->  goes on
 *
 * The socket stands in memory that only the sandbox has: nothing of it is on the host,
 * and it goes with the sandbox, however that ends. So does the proxy: it ends with the
 * supervisor, and when nobody holds the other end of what it said its byte through.
 *
 * The proxy reads what a hostile program sends. It has no capability, no network when the
 * bus is a file, no variable of the caller's, no file but the system's and none to write,
 * and behind the default filter of system calls; all of this before it has its socket. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/landlock.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/seccomp.h>
#include <immure/sys/socket.h>

#include "run.h"

/* --- the proxy -------------------------------------------------------------------- */

/* What entering namespaces and giving up rights make the kernel forget. */
static int end_with_supervisor(const struct sandbox *box, struct error *err)
{
	if (process_die_with_parent(err) < 0)
		return -1;
	if (getppid() != box->supervisor)
		_exit(125);
	return 0;
}

/* It was forked into them. A key of the terminal is not for it. */
int bus_own_namespaces(struct sandbox *box, struct error *err)
{
	struct idmap map = { box->caller_uid, box->caller_uid, box->caller_gid, box->caller_gid };

	if (clearenv() != 0)
		return fail(err, 0, "clear the environment");
	if (end_with_supervisor(box, err) < 0 || process_new_session(err) < 0)
		return -1;
	if (!box->plan->own_user)
		return 0;
	AUTO_FD int procfs = procfs_open("/proc", err);
	return procfs < 0 ? -1 : idmap_write_self(procfs, &map, false, err);
}

/* Out of the way of the numbers that are wanted. */
static int move_away(int *fd, struct error *err)
{
	int moved = fcntl(*fd, F_DUPFD_CLOEXEC, 16);

	if (moved < 0)
		return fail(err, errno, "give descriptors their numbers");
	fd_close(fd);
	*fd = moved;
	return 0;
}

/* At the numbers that its arguments name; nothing else stays open past the exec. */
int bus_take_directory(struct sandbox *box, struct error *err)
{
	struct sync_message message;
	AUTO_FD int directory = NO_FD;

	int got = sync_receive(box->bus_door, &message, &directory, err);
	if (got < 0)
		return -1;
	if (got == 0)
		_exit(125);		/* init failed before it had one, and says why */
	if (message.kind != SYNC_ENTER || directory == NO_FD)
		return fail(err, 0, "a message that init does not send");
	if (move_away(&directory, err) < 0 || move_away(&box->bus_ready_end, err) < 0 ||
	    move_away(&box->bus_door, err) < 0 || engine_forget_files(err) < 0)
		return -1;
	if (dup2(directory, BUS_DIRECTORY) < 0 || dup2(box->bus_ready_end, BUS_READY) < 0)
		return fail(err, errno, "give descriptors their numbers");
	fd_close(&directory);
	const int kept[] = { BUS_DIRECTORY, BUS_READY, box->bus_door };
	return process_close_but(kept, sizeof(kept) / sizeof(kept[0]), err);
}

static int allow_system(int ruleset, uint32_t handled, struct error *err)
{
	static const char *const places[] = {
		"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/ld.so.preload",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct file_id id;
		AUTO_FD int fd = open(places[i], O_PATH | O_CLOEXEC);

		if (fd < 0)
			continue;	/* this host has it somewhere else */
		uint32_t rights = MAY_READ_FILE | MAY_EXECUTE | MAY_READ_DIR;
		if (file_look_fd(fd, &id) == 0 && id.type != S_IFDIR)
			rights &= MAY_OF_FILES;
		if (landlock_allow(ruleset, fd, rights & handled, err) < 0)
			return within(err, "%s", places[i]);
	}
	return landlock_allow(ruleset, BUS_DIRECTORY, (MAY_MAKE_SOCK | MAY_REMOVE_FILE) & handled, err);
}

/* As far as this kernel has it, whatever the command's own domain is. */
static int enter_domain(struct error *err)
{
	int abi = landlock_abi(err);

	if (abi < 0)
		return -1;
	if (abi == 0)
		return 0;
	const uint32_t handled = landlock_rights(abi);
	AUTO_FD int ruleset = landlock_new(handled, 0, err);
	if (ruleset < 0 || allow_system(ruleset, handled, err) < 0)
		return -1;
	return landlock_enter(ruleset, err);
}

int bus_confine(struct sandbox *box, struct error *err)
{
	const struct bus_plan *bus = &box->plan->bus;
	bool held_only = !box->plan->own_user && box->caller_uid != 0;

	if (limit_set(limit_named("core"), 0, 0, err) < 0 || process_new_keyring(err) < 0 ||
	    (held_only ? privilege_drop_held(err) : privilege_drop_all(0, err)) < 0 ||
	    privilege_no_new(err) < 0 || enter_domain(err) < 0 ||
	    signals_release(err) < 0 || end_with_supervisor(box, err) < 0)
		return -1;
	return bus->filter ? seccomp_load(bus->filter, bus->filter_length, false, err) : 0;
}

int bus_execute(struct sandbox *box, struct error *err)
{
	static char *const nothing[] = { NULL };
	const char *const *argv = box->plan->bus.argv;

	(void)execve(argv[0], (char *const *)argv, nothing);
	return fail(err, errno, "%s", argv[0]);
}

/* The other side of the fork: does not return. */
static void be_proxy(struct sandbox *box) __attribute__((noreturn));
static void be_proxy(struct sandbox *box)
{
	struct error error, ignored;

	fd_close(&box->init_bus_door);
	fd_close(&box->bus_ready);
	(void)steps_run(bus_steps, box, &error);
	(void)within(&error, "the proxy of the session bus");
	(void)sync_send_error(box->bus_door, &error, &ignored);
	_exit(125);
}

/* --- the supervisor ---------------------------------------------------------------- */

int parent_start_bus(struct sandbox *box, struct error *err)
{
	const struct plan *plan = box->plan;
	uint64_t namespaces = CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
	int ready[2];

	if (!plan->bus.argv)
		return 0;
	if (socket_pair(&box->init_bus_door, &box->bus_door, err) < 0)
		return -1;
	if (pipe2(ready, O_CLOEXEC) < 0)
		return fail(err, errno, "make a pipe");
	box->bus_ready = ready[0];
	box->bus_ready_end = ready[1];
	box->supervisor = getpid();
	box->caller_uid = geteuid();
	box->caller_gid = getegid();
	if (plan->bus.in_files)
		namespaces |= CLONE_NEWNET;
	pid_t pid = process_fork(plan->own_user ? namespaces : 0, &box->bus, err);
	if (pid < 0)
		return -1;
	if (pid == 0)
		be_proxy(box);
	fd_close(&box->bus_door);
	fd_close(&box->bus_ready_end);
	return 0;
}

void bus_lost(struct sandbox *box)
{
	bool early = !box->report->ended && box->init != NO_FD && !process_gone(box->init);
	struct error ignored;
	int status;

	if (process_await(box->bus, &status, &ignored) == 0 && early)
		box->bus_status = status;
	fd_close(&box->bus);
}

void bus_close(struct sandbox *box)
{
	if (box->bus != NO_FD)
		process_end(box->bus, 0);
	fd_close(&box->bus);
	fd_close(&box->bus_ready);
	fd_close(&box->bus_ready_end);
	fd_close(&box->bus_door);
	fd_close(&box->init_bus_door);
}

void bus_report(struct sandbox *box, struct outcome *outcome)
{
	if (box->bus_status != -1)
		*list_add(box->plan->arena, &outcome->network) = arena_format(box->plan->arena,
			"the proxy of the session bus ended with status %d, and the command had no"
			" bus from then on", status_of(box->bus_status));
}

/* --- init --------------------------------------------------------------------------- */

/* It has become the proxy, and says that it listens; or why it did not. */
static int await_proxy(struct sandbox *box, struct error *err)
{
	struct sync_message message;
	AUTO_FD int fd = NO_FD;
	char byte;
	ssize_t got;

	int heard = sync_receive(box->init_bus_door, &message, &fd, err);
	if (heard < 0)
		return -1;
	if (heard > 0 && message.kind == SYNC_FAILED) {
		*err = message.error;
		return -1;
	}
	if (heard > 0)
		return fail(err, 0, "a message that the proxy of the session bus does not send");
	do
		got = read(box->bus_ready, &byte, 1);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return fail(err, errno, "wait for the proxy of the session bus");
	if (got > 0)
		return 0;
	(void)fail(err, 0, "%s ended before it listened", box->plan->bus.argv[0]);
	return hint(err, "to see what it says: %s --fd=1 %s /tmp/bus --filter",
		    box->plan->bus.argv[0], box->plan->bus.argv[2]);
}

int child_lead_bus_in(struct sandbox *box, struct error *err)
{
	const struct bus_plan *bus = &box->plan->bus;

	if (!bus->argv)
		return 0;
	AUTO_FD int directory = open(bus->directory, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (directory < 0)
		return fail(err, errno, "open %s (%s)", bus->directory, bus->origin);
	if (sync_offered(sync_send(box->init_bus_door, SYNC_ENTER, 0, false, directory, err), err) < 0 ||
	    await_proxy(box, err) < 0)
		return -1;
	fd_close(&box->init_bus_door);
	fd_close(&box->bus_ready);
	return 0;
}
