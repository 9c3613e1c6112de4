/* The network engine's process, from the supervisor's fork to its end; and the two steps
 * by which init gets a network from it. What it does is in net/, what confines it in
 * confine/. Here is the order: it gives up what it does not need before it has seen a
 * frame, and the command does not start before it is ready. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/confine/confine.h>
#include <immure/sys/connections.h>
#include <immure/sys/file.h>
#include <immure/sys/kernel.h>
#include <immure/sys/link.h>
#include <immure/sys/mount.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/socket.h>
#include <immure/sys/tap.h>

#include "run.h"

static const char resolv_conf[] = "/etc/resolv.conf";

/* A longer one is nobody's, and does not fit the engine's message. */
enum { LONGEST_RESOLV_CONF = 60 * 1024 };

/* How long it may take to end by itself. */
enum { LAST_MILLISECONDS = 200 };

/* How soon a change of it is known. */
enum { NAMES_MILLISECONDS = 1000 };

/* --- the engine ------------------------------------------------------------------------- */

int engine_die_with_supervisor(struct sandbox *box, struct error *err)
{
	(void)box;
	/* If it has died already, the control socket is closed, and the loop ends. */
	return process_die_with_parent(err);
}

/* It was forked into them. As root of a user namespace in which nobody else is, it can
 * leave the host's files, and has no right over anything of the host's. */
int engine_own_namespaces(struct sandbox *box, struct error *err)
{
	/* The caller's own, whatever ids the sandbox has: no other may the engine map. */
	struct idmap map = { 0, box->caller_uid, 0, box->caller_gid };

	AUTO_FD int procfs = procfs_open("/proc", err);
	return procfs < 0 ? -1 : idmap_write_self(procfs, &map, false, err);
}

int sandbox_try_stack(struct error *err)
{
	return engine_try_stack(err);
}

int engine_load_stack(struct sandbox *box, struct error *err)
{
	/* GLib and libslirp look for orders in the environment. */
	if (clearenv() != 0)
		return fail(err, 0, "clear the environment");
	box->network_engine = engine_load(&box->plan->network, box->refusals,
					  box->engine_control, err);
	return box->network_engine ? 0 : -1;
}

/* Behind its walls: it needs nothing of the host for that, and init is busy still. */
int engine_compile_rules(struct sandbox *box, struct error *err)
{
	int channels[RECORD_CHANNELS];
	bool wanted = false;

	if (engine_compile(box->network_engine, err) < 0)
		return -1;
	for (int i = 0; i < RECORD_CHANNELS; i++) {
		channels[i] = box->recordings[i].engine_end;
		wanted = wanted || channels[i] != NO_FD;
	}
	return wanted ? engine_record(box->network_engine, channels, err) : 0;
}

int engine_leave_files(struct error *err)
{
	static const char *const options[][2] = {
		{ "size", "4096" }, { "nr_inodes", "1" }, { "mode", "555" }, { NULL, NULL },
	};
	const struct mount_rights rights = { .no_exec = true };

	AUTO_FD int root = mount_new("tmpfs", options, rights, err);
	if (root < 0 || mount_attach_on_root(root, err) < 0)
		return -1;
	return mount_enter(root, err);
}

int engine_forget_files(struct error *err)
{
	AUTO_FD int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= 2; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			return fail(err, errno, "open /dev/null");
	return 0;
}

/* What it keeps of all that the supervisor had open. Its standard files are nothing: a
 * socket that got the number 2 would be sent what a library has to complain of. */
int engine_leave_everything(struct sandbox *box, struct error *err)
{
	int kept[8] = { box->engine_control, box->engine_door };
	size_t count = 2;

	for (int i = 0; i < RECORD_CHANNELS; i++)
		if (box->recordings[i].engine_end != NO_FD)
			kept[count++] = box->recordings[i].engine_end;
	if (engine_forget_files(err) < 0)
		return -1;
	count += (size_t)engine_descriptors(box->network_engine, kept + count,
					    (int)(sizeof(kept) / sizeof(kept[0]) - count));
	if (process_close_but(kept, count, err) < 0)
		return -1;
	return engine_leave_files(err);
}

int engine_confine(struct sandbox *box, struct error *err)
{
	const struct outbound *outbound = &box->plan->network.outbound;

	return confine_engine(outbound->v4_origin || outbound->v6_origin, err);
}

int engine_take_tap(struct sandbox *box, struct error *err)
{
	struct sync_message message;
	AUTO_FD int tap = NO_FD;

	/* Loading the stack went through more of GLib than serving ever will; and init has
	 * files to assemble yet, so that there is time. */
	process_trim();
	int got = sync_receive(box->engine_door, &message, &tap, err);
	if (got < 0)
		return -1;
	if (got == 0)
		_exit(125);		/* init failed before it had one, and says why */
	if (message.kind != SYNC_TAP || tap == NO_FD)
		return fail(err, 0, "a message that init does not send");
	if (engine_attach(box->network_engine, take_fd(&tap), message.hardware, err) < 0)
		return -1;
	return sync_send(box->engine_door, SYNC_ONLINE, 0, false, NO_FD, err);
}

int engine_serve_network(struct sandbox *box, struct error *err)
{
	(void)err;
	fd_close(&box->engine_door);
	/* Its own network ends with the sandbox; somebody else's must not keep a dead tap. */
	if (engine_serve(box->network_engine) && box->plan->attached == NO_FD)
		engine_leave_tap(box->network_engine);
	_exit(0);
}

/* The other side of the fork: does not return. */
static void be_engine(struct sandbox *box) __attribute__((noreturn));
static void be_engine(struct sandbox *box)
{
	struct error error, ignored;

	fd_close(&box->door);
	fd_close(&box->control);
	(void)steps_run(engine_steps, box, &error);
	(void)within(&error, "network engine");
	(void)sync_send_error(box->engine_door, &error, &ignored);
	_exit(125);
}

/* --- the supervisor ----------------------------------------------------------------------- */

/* Tell the engine what is in resolv.conf, if it does not know. No file: no server. */
static void tell_names(struct sandbox *box)
{
	struct arena *arena = box->plan->arena;
	struct error ignored;
	char *text = NULL;
	size_t length = 0;

	if (file_read(arena, resolv_conf, LONGEST_RESOLV_CONF, &text, &length, &ignored) < 0)
		text = arena_copy(arena, "");
	length = strlen(text);
	if (box->names_text && text_is(box->names_text, text))
		return;
	box->names_text = text;
	/* Not an empty message, which would look like our end. */
	(void)socket_send(box->control, length > 0 ? text : "\n", length > 0 ? length : 1, NO_FD,
			  &ignored);
}

/* Looked at before it is read, so that no change falls between. Every second, which costs a
 * microsecond, and not by inotify(7): to close that waits for all processors to have
 * forgotten it (synchronize_srcu in fsnotify_destroy_group), 10 to 15 ms at the end of each
 * run, and a user may have 128 of them. A file that a container has mounted over it, or one
 * of a network, is seen this way too. */
void network_look_at_names(struct sandbox *box)
{
	struct file_stamp stamp = file_stamp(resolv_conf);
	struct error ignored;

	fd_close(&box->names);
	box->names = timer_new(NAMES_MILLISECONDS, &ignored);
	if (box->names_text && file_stamp_is(&stamp, &box->names_stamp))
		return;
	box->names_stamp = stamp;
	tell_names(box);
}

/* What can be missing is found before anybody is forked. */
int parent_prepare_network(struct sandbox *box, struct error *err)
{
	if (!box->plan->network.online)
		return 0;
	box->tun = tun_find(err);
	if (box->tun < 0)
		return -1;
	box->refusals = process_share_memory(sizeof(*box->refusals), err);
	if (!box->refusals || socket_pair(&box->control, &box->engine_control, err) < 0)
		return -1;
	return socket_pair(&box->door, &box->engine_door, err);
}

void network_leave_to_engine(struct sandbox *box)
{
	fd_close(&box->engine_control);
	fd_close(&box->engine_door);
	record_release(box);
}

/* After init, which has more to do until there is a tap: the engine is ready before it, and
 * nobody waits for this fork. */
int parent_start_engine(struct sandbox *box, struct error *err)
{
	if (!box->plan->network.online)
		return 0;
	box->caller_uid = geteuid();
	box->caller_gid = getegid();
	pid_t pid = process_fork(CLONE_NEWUSER | CLONE_NEWNS, &box->engine, err);
	if (pid < 0)
		return -1;
	if (pid == 0)
		be_engine(box);
	network_leave_to_engine(box);
	network_look_at_names(box);
	return 0;
}

/* Whose other ends are gone: the kernel would wait a quarter of an hour for an answer to what
 * was sent, and for ever for what was to come. Those that are within the sandbox stay. */
static void end_connections(struct sandbox *box)
{
	const struct network_plan *network = &box->plan->network;
	struct address own[2];
	size_t count = 0;

	if (network->v4.on)
		own[count++] = network->v4.guest;
	if (network->v6.on)
		own[count++] = network->v6.guest;
	if (box->connections != NO_FD)
		box->ended = connections_end(box->connections, own, count, &box->not_ended);
	fd_close(&box->connections);
}

/* The tap has gone with it, and with the tap every way out. The command goes on. */
void network_lost(struct sandbox *box)
{
	struct error ignored;

	/* With the last process inside its network goes, and then the engine is done. */
	box->engine_lost = !box->report->ended && box->init != NO_FD && !process_gone(box->init);
	(void)process_await(box->engine, &box->engine_status, &ignored);
	fd_close(&box->engine);
	fd_close(&box->names);
	if (box->engine_lost)
		end_connections(box);
}

/* Something may still come for a file. Before the command ran, or a network of somebody
 * else's was served, there was nothing. */
static bool is_recorded(const struct sandbox *box)
{
	return (box->recordings[RECORD_LOG].to != NO_FD ||
		box->recordings[RECORD_CAPTURE].to != NO_FD) &&
	       (box->report->running || box->executed);
}

void network_close(struct sandbox *box)
{
	if (box->refusals && box->report && is_recorded(box))
		record_finish(box);
	record_release(box);
	record_forget(box);
	fd_close(&box->control);
	fd_close(&box->engine_control);
	fd_close(&box->door);
	fd_close(&box->engine_door);
	fd_close(&box->tun);
	fd_close(&box->names);
	/* That there is nobody to hear from any more is its end, at once if it is well; who
	 * is killed takes the tap's device away, for which we would wait. */
	if (box->engine != NO_FD)
		process_end(box->engine, LAST_MILLISECONDS);
	fd_close(&box->engine);
	/* Somebody else's programs go on without us. */
	if (box->plan->attached != NO_FD && !process_gone(box->plan->attached))
		end_connections(box);
	fd_close(&box->connections);
}

/* --- init ------------------------------------------------------------------------------------ */

struct tap_route network_route_of(const struct tap_addresses *family)
{
	bool v4 = address_is_v4(&family->guest);

	return (struct tap_route){
		.on = family->on, .address = family->guest, .gateway = family->gateway,
		.bits = family->network.bits - (v4 ? BITS_BEFORE_V4 : 0),
	};
}

/* To the supervisor, who from outside has every right over this network if it made its user
 * namespace, and init soon none. A kernel that does not know of such sockets is no reason
 * not to start. */
static int offer_connections(struct sandbox *box, struct error *err)
{
	struct error ignored;

	AUTO_FD int fd = connections_socket(&ignored);
	return fd < 0 ? 0 : sync_send(box->init_end, SYNC_CONNECTIONS, 0, false, fd, err);
}

int child_make_tap(struct sandbox *box, struct error *err)
{
	const struct network_plan *network = &box->plan->network;
	uint8_t hardware[6];

	if (!network->online)
		return 0;
	AUTO_FD int tap = tap_open(box->procfs, box->tun, network->interface,
				   network->hardware_origin ? network->hardware : NULL, hardware,
				   err);
	if (tap < 0)
		return -1;
	fd_close(&box->tun);
	struct tap_route v4 = network_route_of(&network->v4), v6 = network_route_of(&network->v6);
	if (tap_configure(box->sysctls, network->interface, network->mtu, &v4, &v6, err) < 0)
		return -1;
	if (sync_offered(sync_send_tap(box->door, hardware, tap, err), err) < 0)
		return -1;
	return offer_connections(box, err);
}

int network_await(int *door, const char *who, struct error *err)
{
	struct sync_message message;
	AUTO_FD int fd = NO_FD;

	int got = sync_receive(*door, &message, &fd, err);
	if (got < 0)
		return -1;
	if (got == 0)
		return fail(err, 0, "%s ended without a reason", who);
	if (message.kind == SYNC_FAILED) {
		*err = message.error;
		return -1;
	}
	if (message.kind != SYNC_ONLINE)
		return fail(err, 0, "a message that %s does not send", who);
	fd_close(door);
	return 0;
}

int child_await_network(struct sandbox *box, struct error *err)
{
	return box->plan->network.online ? network_await(&box->door, "the network engine", err) : 0;
}

/* --- what it refused --------------------------------------------------------------------------- */

static int by_times(const void *a, const void *b)
{
	uint32_t left = ((const struct refusal *)a)->times, right = ((const struct refusal *)b)->times;

	return (left < right) - (left > right);
}

/* What a rule would have to say, in its own language. */
static const char *what_of(struct arena *arena, const struct refusal *refusal)
{
	char text[ADDRESS_TEXT];
	const char *host = refusal->name;

	if (refusal->only_name)
		return host;
	if (!*host) {
		host = address_text(&refusal->address, text);
		if (refusal->port && !address_is_v4(&refusal->address))
			host = arena_format(arena, "[%s]", host);
	}
	if (refusal->protocol == PROTOCOL_ECHO)
		return arena_copy(arena, host);
	return arena_format(arena, "%s:%u%s", host, refusal->port,
			    refusal->protocol == PROTOCOL_UDP ? "/udp" : "");
}

/* The gateway's address is how the host's loopback is reached, and is named so. */
static bool is_gateway(const struct plan *plan, const struct refusal *refusal)
{
	return !refusal->only_name &&
	       (address_is(&refusal->address, &plan->network.v4.gateway) ||
		address_is(&refusal->address, &plan->network.v6.gateway));
}

static void report_refusal(const struct plan *plan, struct refusal *refusal,
			   struct outcome *outcome)
{
	struct arena *arena = plan->arena;

	refusal->name[sizeof(refusal->name) - 1] = '\0';
	if (is_gateway(plan, refusal))
		memcpy(refusal->name, "host", sizeof("host"));
	const char *what = what_of(arena, refusal);
	*list_add(arena, &outcome->refused) = arena_format(arena, "%s%s %" PRIu32
		" time%s; to allow: --allow %s", refusal->only_name ? "the name " : "", what,
		refusal->times, refusal->times == 1 ? "" : "s", text_shell(arena, what));
}

/* The command was answered that it is forbidden, and not by whom. */
static const char *no_echo_text(struct arena *arena)
{
	struct error error = { 0 };

	if (link_may_ping(&error) == 0)
		return "the host let the engine send no echo request (ping)";
	return arena_format(arena, "no echo request (ping) was sent: %s: %s%s%s", error.what,
			    strerror(error.code), *error.hint ? "; " : "", error.hint);
}

const char *network_connections_text(const struct sandbox *box)
{
	struct arena *arena = box->plan->arena;

	if (box->ended > 0)
		return arena_format(arena, "; %d connection%s ended with it", box->ended,
				    box->ended == 1 ? "" : "s");
	if (box->ended < 0)
		return arena_format(arena, "; connections that were open may not know: %s: %s",
				    box->not_ended.what, strerror(box->not_ended.code));
	return "";
}

static const char *lost_text(const struct sandbox *box)
{
	return arena_format(box->plan->arena, "its engine ended with status %d, and the command"
		" was without it from then on%s", status_of(box->engine_status),
		network_connections_text(box));
}

void network_report(struct sandbox *box, struct outcome *outcome)
{
	const struct plan *plan = box->plan;
	struct refusal items[MOST_REFUSALS];

	if (!plan->network.online)
		return;
	if (box->engine_lost)
		*list_add(plan->arena, &outcome->network) = lost_text(box);
	if (box->refusals->no_echo)
		*list_add(plan->arena, &outcome->network) = no_echo_text(plan->arena);
	uint32_t count = box->refusals->count;
	if (count > MOST_REFUSALS)
		count = MOST_REFUSALS;
	memcpy(items, box->refusals->items, count * sizeof(*items));
	qsort(items, count, sizeof(*items), by_times);
	for (uint32_t i = 0; i < count; i++)
		report_refusal(plan, &items[i], outcome);
	if (box->refusals->more > 0)
		*list_add(plan->arena, &outcome->refused) =
			arena_copy(plan->arena, "more than is listed here");
}
