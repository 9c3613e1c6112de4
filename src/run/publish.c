/* Published ports, from the host's sockets to who serves them.
 *
 *	supervisor                      publisher
 *	----------                      ---------
 *	takes the ports: who has one
 *	already is found here
 *	says which they are
 *	starts the publisher -------->  holds their sockets
 *	closes its own copies
 *	                init            waits
 *	                makes the network
 *	                SYNC_ENTER ---> enters the user namespace that owns it, and it
 *	                                leaves all files, confines itself
 *	                      <-------  SYNC_ONLINE, and the command may start
 *	                                serves
 *	closes its end of their pair -> hands on what was sent before, and ends
 *
 * It is the supervisor's child, so that nobody inside sees it or can signal it, but stands
 * in the network of the sandbox: see net/publisher.c. Between its entering and its walls
 * it does nothing but build them; it is hidden before, and has no file of the host's but
 * those sockets. It is there without an engine too, when nothing leads out. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/confine/confine.h>
#include <immure/net/publisher.h>
#include <immure/sys/namespace.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/socket.h>
#include <immure/sys/tap.h>

#include "run.h"

/* How long it may take to end by itself: longer than net/publisher.c has. */
enum { LAST_MILLISECONDS = 3000 };

/* --- the publisher ---------------------------------------------------------------------- */

static int die_with_supervisor(const struct sandbox *box, struct error *err)
{
	if (process_die_with_parent(err) < 0)
		return -1;
	/* It may have died before we asked. */
	if (getppid() != box->supervisor)
		_exit(125);
	return 0;
}

int publisher_hide(struct sandbox *box, struct error *err)
{
	if (clearenv() != 0)
		return fail(err, 0, "clear the environment");
	return process_hide(err) < 0 ? -1 : die_with_supervisor(box, err);
}

static int enter(struct sandbox *box, enum namespace kind, struct error *err)
{
	struct sync_message message;
	AUTO_FD int namespace = NO_FD;

	int got = sync_receive(box->publisher_door, &message, &namespace, err);
	if (got < 0)
		return -1;
	if (got == 0)
		_exit(125);		/* init failed before it had one, and says why */
	if (message.kind != SYNC_ENTER || namespace == NO_FD)
		return fail(err, 0, "a message that init does not send");
	return namespace_enter(namespace, kind, err);
}

/* To leave the host's files takes a mount namespace whose changes no other one sees: that
 * of a user namespace of its own. */
static int own_user_namespace(struct sandbox *box, struct error *err)
{
	if (process_show(err) < 0 || process_enter_user_namespace(err) < 0 ||
	    engine_own_namespaces(box, err) < 0)
		return -1;
	return process_hide(err);
}

int publisher_enter(struct sandbox *box, struct error *err)
{
	if (box->plan->own_user && enter(box, NS_USER, err) < 0)
		return -1;
	if (enter(box, NS_NET, err) < 0 ||
	    (!box->plan->own_user && own_user_namespace(box, err) < 0))
		return -1;
	/* New rights can make a process dumpable again, and forget its parent's end. */
	if (process_hide(err) < 0 || die_with_supervisor(box, err) < 0)
		return -1;
	return process_new_mount_namespace(err);
}

int publisher_leave_everything(struct sandbox *box, struct error *err)
{
	int kept[MOST_PUBLISHED + 2];

	box->port_server = publisher_new(&box->plan->network, box->ports, box->publisher_door,
					 err);
	if (!box->port_server || engine_forget_files(err) < 0)
		return -1;
	int count = publisher_descriptors(box->port_server, kept, MOST_PUBLISHED + 2);
	if (process_close_but(kept, (size_t)count, err) < 0)
		return -1;
	return engine_leave_files(err);
}

int publisher_confine(struct sandbox *box, struct error *err)
{
	const void *targets;
	size_t size;

	if (publisher_targets(box->port_server, &targets, &size, err) < 0)
		return -1;
	return confine_publisher(targets, size, err);
}

int publisher_serve_ports(struct sandbox *box, struct error *err)
{
	if (sync_send(box->publisher_door, SYNC_ONLINE, 0, false, NO_FD, err) < 0)
		return -1;
	_exit(publisher_serve(box->port_server) < 0 ? 125 : 0);
}

/* The other side of the fork: does not return. */
static void be_publisher(struct sandbox *box) __attribute__((noreturn));
static void be_publisher(struct sandbox *box)
{
	struct error error, ignored;

	fd_close(&box->ports_door);
	(void)steps_run(publisher_steps, box, &error);
	(void)within(&error, "published ports");
	(void)sync_send_error(box->publisher_door, &error, &ignored);
	_exit(125);
}

/* --- the supervisor ----------------------------------------------------------------------- */

/* "80/tcp -> 127.0.0.1:49153", as others of this kind write it. */
static const char *port_text(struct arena *arena, const struct publish *publish, unsigned port)
{
	char address[ADDRESS_TEXT];
	bool v4 = address_is_v4(&publish->address);

	return arena_format(arena, "%u/%s -> %s%s%s:%u", publish->guest_port,
			    publish->protocol == PROTOCOL_UDP ? "udp" : "tcp", v4 ? "" : "[",
			    address_text(&publish->address, address), v4 ? "" : "]", port);
}

static int take_ports(struct sandbox *box, const char **ret_text, struct error *err)
{
	const struct network_plan *network = &box->plan->network;
	struct arena *arena = box->plan->arena;
	const char *text = "";
	uint16_t port;

	box->ports = arena_alloc(arena, network->publishes.count * sizeof(*box->ports));
	for (size_t i = 0; i < network->publishes.count; i++)
		box->ports[i] = NO_FD;
	for (size_t i = 0; i < network->publishes.count; i++) {
		const struct publish *publish = &network->publishes.items[i];

		box->ports[i] = socket_publish(&publish->address, publish->port,
					       publish->protocol == PROTOCOL_UDP, &port, err);
		if (box->ports[i] < 0)
			return within(err, "%s (%s)", port_text(arena, publish, publish->port),
				      publish->origin);
		const char *line = port_text(arena, publish, port);
		if (!publish->port && box->say)
			box->say("published", line);
		text = arena_format(arena, "%s%s\n", text, line);
	}
	*ret_text = text;
	return 0;
}

/* Written as somebody who waits for it may read it: all at once. */
static int write_ports(const struct network_plan *network, const char *text, struct error *err)
{
	if (!network->publish_file)
		return 0;
	AUTO_FD int file = open(network->publish_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
						       O_NOCTTY, 0666);
	if (file < 0 || fd_write_all(file, text, strlen(text)) < 0)
		return fail(err, errno, "write %s (%s)", network->publish_file,
			    network->publish_file_origin);
	return 0;
}

static void close_ports(struct sandbox *box)
{
	for (size_t i = 0; box->ports && i < box->plan->network.publishes.count; i++)
		fd_close(&box->ports[i]);
}

int parent_publish_ports(struct sandbox *box, struct error *err)
{
	const char *text = "";

	if (box->plan->network.publishes.count == 0)
		return 0;
	if (take_ports(box, &text, err) < 0 ||
	    write_ports(&box->plan->network, text, err) < 0 ||
	    socket_pair(&box->ports_door, &box->publisher_door, err) < 0)
		return -1;
	box->supervisor = getpid();
	box->caller_uid = geteuid();
	box->caller_gid = getegid();
	pid_t pid = process_fork(0, &box->publisher, err);
	if (pid < 0)
		return -1;
	if (pid == 0)
		be_publisher(box);
	fd_close(&box->publisher_door);
	close_ports(box);
	return 0;
}

void publish_lost(struct sandbox *box)
{
	struct error ignored;

	box->publisher_lost = !box->report->ended && box->init != NO_FD && !process_gone(box->init);
	(void)process_await(box->publisher, &box->publisher_status, &ignored);
	fd_close(&box->publisher);
}

void publish_close(struct sandbox *box)
{
	fd_close(&box->ports_door);
	if (box->publisher != NO_FD)
		process_end(box->publisher, LAST_MILLISECONDS);
	close_ports(box);
	fd_close(&box->publisher);
	fd_close(&box->publisher_door);
}

void publish_report(struct sandbox *box, struct outcome *outcome)
{
	if (box->publisher_lost)
		*list_add(box->plan->arena, &outcome->network) = arena_format(box->plan->arena,
			"who served its published ports ended with status %d, and nobody reached"
			" it from then on", status_of(box->publisher_status));
}

/* --- init ------------------------------------------------------------------------------------ */

static int send_own(struct sandbox *box, enum namespace kind, struct error *err)
{
	AUTO_FD int namespace = namespace_open_own_in(kind, box->procfs, err);
	if (namespace < 0)
		return -1;
	return sync_offered(sync_send(box->ports_door, SYNC_ENTER, 0, false, namespace, err), err);
}

int child_lead_ports_in(struct sandbox *box, struct error *err)
{
	const struct network_plan *network = &box->plan->network;

	if (network->publishes.count == 0)
		return 0;
	if (!network->online) {
		struct tap_route v4 = network_route_of(&network->v4);
		struct tap_route v6 = network_route_of(&network->v6);

		if (loopback_add(&v4, &v6, err) < 0)
			return -1;
	}
	if (box->plan->own_user && send_own(box, NS_USER, err) < 0)
		return -1;
	return send_own(box, NS_NET, err);
}

int child_await_ports(struct sandbox *box, struct error *err)
{
	if (box->plan->network.publishes.count == 0)
		return 0;
	return network_await(&box->ports_door, "who serves published ports", err);
}
