/* What the files of run/ share: one sandbox, its steps, its messages. */
#ifndef IMMURE_RUN_RUN_H
#define IMMURE_RUN_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include <immure/base/error.h>
#include <immure/files/view.h>
#include <immure/net/engine.h>
#include <immure/plan/plan.h>
#include <immure/run/sandbox.h>
#include <immure/sys/file.h>
#include <immure/sys/network.h>
#include <immure/sys/process.h>
#include <immure/sys/tap.h>

/* --- messages --------------------------------------------------------------- */

enum sync_kind {
	/* From init, or from a payload that failed. */
	SYNC_TERMINAL,		/* with the private terminal's master */
	SYNC_FAILED,		/* with the error: the command was not executed */
	SYNC_STOPPED,		/* by signal `value` */
	SYNC_CONNECTIONS,	/* with the socket that those of the sandbox can be ended by */
	/* From init to the network engine, and back. */
	SYNC_TAP,		/* with the tap, which has that `hardware` address */
	SYNC_ONLINE,		/* it is served from here on */
	/* From init to who serves published ports, which answers SYNC_ONLINE; and to the
	 * proxy of the session bus. */
	SYNC_ENTER,		/* with a namespace, or the directory for its socket */
	/* From the outer init to the inner one. */
	SYNC_CONFINED,		/* it has given up what it had */
	/* About id maps, see maps.c. */
	SYNC_UNMAPPED,		/* with the directory of a process that has none */
	SYNC_MAPPED,		/* they are written */
	/* From the supervisor. */
	SYNC_SIGNAL,		/* send `value` to the command, or to its `group` */
	SYNC_RESUME,		/* continue it; `group`: in the foreground */
};

struct sync_message {
	enum sync_kind kind;
	int value;
	bool group;
	uint8_t hardware[6];
	struct error error;
};

/* Send one message, with a descriptor unless it is NO_FD. */
int sync_send(int sync, enum sync_kind kind, int value, bool group, int fd,
	      struct error *err);

/* After a sending: 0 also when nobody is there to take it any more, since why is what a later
 * step hears. -1: it could not be sent. */
int sync_offered(int sent, const struct error *err);

/* Send the tap. */
int sync_send_tap(int sync, const uint8_t hardware[6], int tap, struct error *err);

/* Send an error whole. */
int sync_send_error(int sync, const struct error *error, struct error *err);

/* Receive one message; 1, 0 when the other end is closed, -1. */
int sync_receive(int sync, struct sync_message *ret_message, int *ret_fd,
		 struct error *err);

/* What init tells without a message: one would wake the supervisor at the start and
 * at the end of the command, when it has nothing to do and the processor is wanted
 * elsewhere (0.07 of a start on two of them). Shared memory; only init writes it, and its
 * payload in front of its end. */
struct report {
	_Atomic bool executing;	/* the command is about to be; who fails says so */
	_Atomic bool running;	/* it was */
	_Atomic bool ended;	/* it has ended ... */
	int wait_status;	/* ... like this */
};

/* --- copying bytes ------------------------------------------------------------ */

/* Bytes on their way from one descriptor to another, at most so many: who writes
 * faster than the other end reads has to wait. */
struct relay {
	int from, to;		/* NO_FD: nothing (more) to do */
	int problem;		/* errno of what failed: a write, or a read of a pipe */
	bool owns_from;		/* closes it when nobody reads what it brings */
	size_t start, end;
	char *bytes;		/* RELAY_BYTES of them */
};

enum { RELAY_BYTES = 16384 };

/* --- what is written down of the network ----------------------------------------------- */

/* What the engine sends for a file, which the supervisor writes. */
struct recording {
	int from, engine_end;	/* of the channel */
	int to;			/* the file */
	int problem;		/* errno of a write that failed: nothing is written after it */
	int64_t refilled, room;	/* when so many lines could be written */
	uint64_t unsaid;	/* left out, and not yet said in the file */
	uint64_t missing;	/* left out, all in all */
};

/* --- the sandbox ----------------------------------------------------------------- */

struct sandbox {
	const struct plan *plan;

	/* Supervisor. */
	int signals;		/* signalfd; init reads its own signals from it too */
	sigset_t ignored;	/* what the caller ignored: never forwarded */
	int supervisor_end, init_end;	/* of the conversation */
	int init;		/* pidfd */
	int timer;
	struct report *report;
	bool executed;		/* process 1 itself was, by the command */
	bool told;		/* the error is init's, with the name of its step */
	bool timed_out;
	int wait_status;	/* of init */
	int died_of;		/* a signal that came before the command ran */
	bool asked;		/* a signal asked us to end */
	bool hurried;		/* do not wait until the last output is taken */
	sigset_t heard;		/* of the terminal's signals: that our group got, */
	sigset_t typed;		/* that only the private terminal got */

	/* Supervisor: the caller's terminal and its private twin. */
	int tty;		/* 0, 1 or 2; NO_FD: there is none */
	int master;
	bool eager;		/* it reads from the terminal from the start */
	bool raw;
	struct termios modes;	/* of the caller's, before it was raw */
	bool shared;		/* others of our pipeline write to it too */
	int screen;		/* the caller's, opened again so that it never blocks */
	struct relay to_command, from_command;

	/* Supervisor: files opened for append, relayed through pipes. */
	struct relay appends[3];
	int append_ends[3];	/* the write ends, for the command */

	/* Who joined: its ids in the user namespace that it went into. */
	bool joined;
	uid_t joined_uid;
	gid_t joined_gid;

	/* The network engine, when there is one. `door` is where init hands it the tap. */
	int engine;		/* pidfd */
	uid_t caller_uid;
	gid_t caller_gid;
	int control, engine_control;
	int door, engine_door;
	int tun;		/* /dev/net/tun, by name only */
	int names;		/* a timer: when to look at resolv.conf again */
	int connections;	/* socket to end those of the sandbox by, when it is lost */
	int ended;		/* so many were; -1: why not is in `not_ended` */
	struct error not_ended;
	const char *names_text;	/* that the engine has */
	struct file_stamp names_stamp;
	struct refusals *refusals;
	bool engine_lost;	/* it ended before the command */
	int engine_status;
	struct engine *network_engine;	/* in the engine's process */
	struct recording recordings[RECORD_CHANNELS];

	/* Published ports, when there are some. `ports_door` is where init hands over the
	 * sandbox's network. */
	pid_t supervisor;
	int publisher;		/* pidfd */
	int ports_door, publisher_door;
	int *ports;		/* the host's sockets, as the plan has them */
	bool publisher_lost;	/* it ended before the command */
	int publisher_status;
	struct publisher *port_server;	/* in the publisher's process */
	/* The proxy of the session bus, when there is one. `init_bus_door` is where init hands
	 * over the directory for its socket, `bus_ready` where it says that it listens. */
	int bus;		/* pidfd */
	int init_bus_door, bus_door;
	int bus_ready, bus_ready_end;
	int bus_status;		/* how it ended before the command; -1: it did not */

	void (*say)(const char *kind, const char *text);	/* or NULL */

	/* The control group of the limits, when there are any. */
	int group_parent, group, group_members;
	char group_name[48], outside_name[64];
	bool outside;		/* we left the parent for a group of that name */
	bool handed_down;	/* the parent hands controllers down because of us */
	bool group_stays;	/* it could not be removed */
	uint64_t memory_hits, memory_kills, pids_hits;

	/* Maps of several ids: the conversation about them, and who writes the first. */
	int mapper_end, mapped_end;
	pid_t init_pid;		/* outside; for who has one child and has not awaited it */
	struct tool tools[2];	/* that are running for users, for groups */
	pid_t helper;		/* inside, writes the map of process 1 */

	/* Sandbox side. */
	int procfs, sysctls;	/* for id maps, and /proc/sys */
	struct network_making network;
	struct view view;
	int ruleset;		/* Landlock's, or NO_FD */
	pid_t command;
	int slave;		/* the private terminal */
	bool failed;		/* the payload could not execute the command */

	/* The relays' bytes, behind all else: a page that nobody writes costs nothing. */
	char bytes[5][RELAY_BYTES];
};

/* A step does one thing to the sandbox, or nothing when its part of the plan is
 * empty. Its name is what a user reads when it fails. */
struct step {
	const char *name;
	int (*run)(struct sandbox *box, struct error *err);
};

/* Run steps up to the one with a NULL name; -1 names the one that failed. */
int steps_run(const struct step *steps, struct sandbox *box, struct error *err);

extern const struct step parent_steps[];
extern const struct step child_steps[];
extern const struct step payload_steps[];
extern const struct step engine_steps[];
extern const struct step publisher_steps[];
extern const struct step bus_steps[];
extern const struct step attach_steps[];

#define STEP(name) int name(struct sandbox *box, struct error *err)

/* parent.c */
STEP(parent_take_signals);
STEP(parent_prepare_files);
STEP(parent_join_group);
STEP(parent_publish_ports);
STEP(parent_open_records);
STEP(parent_start_bus);
STEP(parent_prepare_network);
STEP(parent_create_namespaces);
STEP(parent_map_ids);
STEP(parent_start_engine);
STEP(parent_supervise);
void parent_close(struct sandbox *box);

/* child.c */
STEP(child_die_with_supervisor);
STEP(child_join_group);
STEP(child_map_ids);
STEP(child_make_network);
STEP(child_assemble_files);
STEP(child_enter_network);
STEP(child_finish_files);
STEP(child_enter_files);
STEP(child_lead_bus_in);
STEP(child_set_names);
STEP(child_set_clocks);
STEP(child_tune_kernel);
STEP(child_start_session);
STEP(child_allow_one_user_namespace);
STEP(child_make_tap);
STEP(child_lead_ports_in);
STEP(child_await_network);
STEP(child_await_ports);
STEP(child_start_command);
STEP(child_confine_init);
STEP(child_be_init);

/* payload.c */
STEP(payload_enter_user_namespace);
STEP(payload_leave_groups);
STEP(payload_take_foreground);
STEP(payload_connect_files);
STEP(payload_confine_inheritance);
STEP(payload_limit);
STEP(payload_change_directory);
STEP(payload_drop_capabilities);
STEP(payload_refuse_privileges);
STEP(payload_enter_domain);
STEP(payload_filter_calls);
STEP(payload_execute);

/* Run the payload's steps in a process that is to become the command: does not
 * return, and says through the conversation what failed. */
void payload_become(void *sandbox) __attribute__((noreturn));

/* join.c: fork init into `namespaces`, made inside of those that the plan joins. As
 * process_fork(). */
pid_t join_fork(struct sandbox *box, uint64_t namespaces, struct error *err);

/* child.c: write an id map of this process, which inherits setgroups(2) or denies it. */
int child_write_map(struct sandbox *box, const struct idmap *map, bool inherited,
		    struct error *err);

/* engine.c */
STEP(engine_die_with_supervisor);
STEP(engine_own_namespaces);
STEP(engine_load_stack);
STEP(engine_leave_everything);
STEP(engine_confine);
STEP(engine_compile_rules);
STEP(engine_take_tap);
STEP(engine_serve_network);

/* What the supervisor waits for, and what it does when that has come. */
void network_look_at_names(struct sandbox *box);
void network_lost(struct sandbox *box);

/* What there is to say of the connections that ended with it: "", or "; " and how many. */
const char *network_connections_text(const struct sandbox *box);

/* Close the engine's ends, for whoever is not it. */
void network_leave_to_engine(struct sandbox *box);

/* End the engine, if there is one, and add to the outcome what it refused. */
void network_close(struct sandbox *box);
void network_report(struct sandbox *box, struct outcome *outcome);

/* record.c: take what has come for that file; close the engine's ends, for whoever is not
 * it; close our ends and the files, for whoever is not the supervisor; wait for the last
 * of it, and say what is missing. */
void record_take(struct sandbox *box, int channel);
void record_release(struct sandbox *box);
void record_forget(struct sandbox *box);
void record_finish(struct sandbox *box);
void record_report(struct sandbox *box, struct outcome *outcome);

/* What who serves ports does as it does: standard files that are nothing, and a root that
 * is empty, for whoever is in a mount namespace of his own. */
int engine_forget_files(struct error *err);
int engine_leave_files(struct error *err);

/* Init: an address of the plan's as the kernel is told it; and wait for who serves to say
 * through its door that he is ready, which is closed then. */
struct tap_route network_route_of(const struct tap_addresses *family);
int network_await(int *door, const char *who, struct error *err);

/* attach.c */
STEP(attach_enter);
STEP(attach_bring_up_loopback);

/* sandbox.c: a sandbox that has nothing yet. */
void sandbox_init(struct sandbox *box, const struct plan *plan);

/* publish.c */
STEP(publisher_hide);
STEP(publisher_enter);
STEP(publisher_leave_everything);
STEP(publisher_confine);
STEP(publisher_serve_ports);

/* What the supervisor does when who serves ports has ended, to end him, and to say so. */
void publish_lost(struct sandbox *box);
void publish_close(struct sandbox *box);
void publish_report(struct sandbox *box, struct outcome *outcome);

/* bus.c */
STEP(bus_own_namespaces);
STEP(bus_take_directory);
STEP(bus_confine);
STEP(bus_execute);

/* What the supervisor does when the proxy has ended, to end it, and to say so. */
void bus_lost(struct sandbox *box);
void bus_close(struct sandbox *box);
void bus_report(struct sandbox *box, struct outcome *outcome);

/* nested.c */
STEP(child_enter_inner);

/* maps.c: maps of several ids. What the supervisor does about them: a conversation
 * before init exists; whoever writes; is it still running; has it done well? */
int maps_prepare(struct sandbox *box, struct error *err);
int maps_begin(struct sandbox *box, struct error *err);
bool maps_pending(const struct sandbox *box);
int maps_tool_ended(struct sandbox *box, int which, struct error *err);
void maps_close(struct sandbox *box);
/* Init: wait until this process has its maps, and be who they make of it. */
int maps_await(struct sandbox *box, struct error *err);
/* For the maps of the second user namespace: whoever is in it asks at one end of a
 * socket pair, and whoever is in the first one answers at the other. */
int maps_ask(struct sandbox *box, int sync, struct error *err);
int maps_answer(const struct sandbox *box, int sync, struct error *err);
/* Start the payload in the second user namespace, and wait as process_start() does. */
pid_t maps_start(struct sandbox *box, struct error *err);
/* The same for a process 1 that will be the command: who answers, and its end. */
int maps_start_helper(struct sandbox *box, struct error *err);
int maps_end_helper(struct sandbox *box, struct error *err);

/* child.c: work with the view's own /proc from here on, if it has one. */
void child_take_procfs(struct sandbox *box);

/* init.c: let go of what the caller gave the command: a reader at the other end must
 * see the end of it when the command closes it. */
void init_release_files(struct sandbox *box);

/* Reap, obey, and report until the command has ended. Does not return. */
void init_run(struct sandbox *box) __attribute__((noreturn));

/* terminal.c: the caller's terminal while a private one stands in for it. */
void terminal_look(struct sandbox *box);
void terminal_adopt(struct sandbox *box, int master);
void terminal_claim(struct sandbox *box, bool wanted);
void terminal_give_back(struct sandbox *box);
void terminal_resize(struct sandbox *box);
void terminal_stopped(struct sandbox *box, int signal);
void terminal_continued(struct sandbox *box);
void terminal_relayed(struct sandbox *box);
bool terminal_waits(const struct sandbox *box);
bool terminal_hang_up(struct sandbox *box);

/* relay.c */
struct pollfd;
void relay_connect(struct relay *relay, int from, int to);
void relay_wants(const struct relay *relay, struct pollfd *ret_from, struct pollfd *ret_to);
void relay_move(struct relay *relay, short from_news, short to_news);
void relay_flush(struct relay *relay);
bool relay_is_done(const struct relay *relay);

/* group.c: the control group, after init is gone. */
void group_close(struct sandbox *box);

/* Did the kernel end somebody inside for want of memory? */
bool group_was_killed(const struct sandbox *box);

/* It did, and that was init before the command ran. Always -1. */
int group_explain_start(const struct sandbox *box, struct error *err);

/* Add to the outcome which limits were reached. */
void group_report(const struct sandbox *box, struct outcome *outcome);

/* watch.c: what appeared in writable directories that git runs later. */
void watch_report(const struct plan *plan, struct outcome *outcome);

#endif
