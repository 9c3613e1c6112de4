/* The story.
 *
 *	supervisor (host)               init (process 1)              the command
 *	-----------------               ----------------              -----------
 *	takes its signals
 *	makes the control group of the limits
 *	takes published ports, starts who serves them: see publish.c
 *	starts the proxy of the session bus: see bus.c
 *	creates the namespaces  ------> dies with the supervisor
 *	starts the network engine:      joins the control group
 *	see below                       writes its id maps
 *	                                assembles the view, while a helper
 *	                                makes the network namespace
 *	                                enters the view, drops the host's
 *	                                names, one more user namespace, sysctls;
 *	                                makes the tap and hands it to the engine
 *	takes the terminal      <------ SYNC_TERMINAL and its master
 *	                                starts the payload ---------> enters it
 *	                                (waits: CLONE_VFORK)          drops everything
 *	                        <-----  SYNC_FAILED and the error --- could not execute
 *	                                                              executes
 *	                                reports: it runs
 *	                                hides and confines itself
 *	signals, resizes        ------> SYNC_SIGNAL ----------------> gets it
 *	stops itself            <------ SYNC_STOPPED <--------------- Ctrl-Z
 *	is continued            ------> SYNC_RESUME ----------------> goes on
 *	                                reports how <---------------- ends
 *	reaps init: nothing is left     ends: the kernel kills the rest of its namespace
 *
 * A process that is not dumpable cannot write its id map, so that init hides itself
 * only after its payload wrote the last one. The second user namespace is possible
 * only after the old root is gone (EPERM before: current_chrooted() in the kernel),
 * and it owns none of the mounts and none of the network, so that a command that
 * regained capabilities could do nothing with them. Why init leads the session: a
 * command that leads its own is in an orphaned process group, where the kernel
 * ignores Ctrl-Z.
 *
 * Maps of several ids are written by others: those of init by the supervisor, and those
 * of the command by init; see maps.c.
 *
 * With --netns and its like a helper of the supervisor's goes where init is to stand,
 * makes it there, and ends; see join.c.
 *
 * The engine is there only when something can be reached (--allow). It is a fork of the
 * supervisor, outside of the sandbox, and loads its stack while init assembles the view:
 *
 *	engine                          init
 *	------                          ----
 *	enters namespaces of its own
 *	loads libslirp, opens what it
 *	asks the host through, leaves
 *	all files, confines itself,
 *	compiles the rules
 *	takes the tap           <------ SYNC_TAP, through a pair of sockets of theirs
 *	is ready                ------> SYNC_ONLINE, and the command may start
 *	serves                          closes its end
 *
 * With --net-log or --pcap it tells the supervisor what it sees, which writes it down; see
 * record.c.
 *
 * Who of them fails says why through that pair, and the command does not start. If the
 * engine ends later, the tap is gone with it: nothing else leads out. The supervisor then
 * ends what was open, by a socket of that network which init gave it (SYNC_CONNECTIONS).
 *
 * With --nested another process 1 takes init's place in what follows "enter the inner
 * namespaces", inside of the second user namespace; see nested.c.
 *
 * Killing the supervisor at any point leaves nothing: init asked the kernel to die
 * with it, and a pid namespace dies with its process 1. */
#include <sys/wait.h>

#include <immure/base/fd.h>
#include <immure/sys/process.h>

#include "run.h"

const struct step parent_steps[] = {
	{ "take signals",                   parent_take_signals },
	{ "prepare files",                  parent_prepare_files },
	{ "join the control group",         parent_join_group },
	{ "publish ports",                  parent_publish_ports },
	{ "open the network's records",     parent_open_records },
	{ "start the proxy of the bus",     parent_start_bus },
	{ "prepare the network",            parent_prepare_network },
	{ "create the namespaces",          parent_create_namespaces },
	{ "map ids",                        parent_map_ids },
	{ "start the network engine",       parent_start_engine },
	{ "supervise",                      parent_supervise },
	{ NULL, NULL },
};

const struct step child_steps[] = {
	{ "die with the supervisor",        child_die_with_supervisor },
	{ "join the control group",         child_join_group },
	{ "write id maps",                  child_map_ids },
	{ "make the network",               child_make_network },
	{ "assemble the files",             child_assemble_files },
	{ "enter the network",              child_enter_network },
	{ "finish the files",               child_finish_files },
	{ "enter the files",                child_enter_files },
	{ "lead the bus in",                child_lead_bus_in },
	{ "enter the inner namespaces",     child_enter_inner },
	{ "make the tap",                   child_make_tap },
	{ "lead ports in",                  child_lead_ports_in },
	{ "set names",                      child_set_names },
	{ "set clocks",                     child_set_clocks },
	{ "allow one more user namespace",  child_allow_one_user_namespace },
	{ "set kernel parameters",          child_tune_kernel },
	{ "start a session",                child_start_session },
	{ "await the network",              child_await_network },
	{ "await published ports",          child_await_ports },
	{ "start the command",              child_start_command },
	{ "confine init",                   child_confine_init },
	{ "be init",                        child_be_init },
	{ NULL, NULL },
};

const struct step payload_steps[] = {
	{ "enter the second user namespace", payload_enter_user_namespace },
	{ "leave the caller's groups",       payload_leave_groups },
	{ "take the foreground",             payload_take_foreground },
	{ "connect standard files",          payload_connect_files },
	{ "leave inherited things behind",   payload_confine_inheritance },
	{ "set limits",                      payload_limit },
	{ "change directory",                payload_change_directory },
	{ "drop capabilities",               payload_drop_capabilities },
	{ "refuse new privileges",           payload_refuse_privileges },
	{ "enter the Landlock domain",       payload_enter_domain },
	{ "filter system calls",             payload_filter_calls },
	{ "execute",                         payload_execute },
	{ NULL, NULL },
};

const struct step engine_steps[] = {
	{ "die with the supervisor",     engine_die_with_supervisor },
	{ "enter its own namespaces",    engine_own_namespaces },
	{ "load the stack",              engine_load_stack },
	{ "leave everything behind",     engine_leave_everything },
	{ "confine itself",              engine_confine },
	{ "compile the rules",           engine_compile_rules },
	{ "take the tap",                engine_take_tap },
	{ "serve the network",           engine_serve_network },
	{ NULL, NULL },
};

const struct step publisher_steps[] = {
	{ "hide",                        publisher_hide },
	{ "enter the sandbox's network", publisher_enter },
	{ "leave everything behind",     publisher_leave_everything },
	{ "confine itself",              publisher_confine },
	{ "serve ports",                 publisher_serve_ports },
	{ NULL, NULL },
};

const struct step bus_steps[] = {
	{ "enter its own namespaces",    bus_own_namespaces },
	{ "take the directory",          bus_take_directory },
	{ "confine itself",              bus_confine },
	{ "execute",                     bus_execute },
	{ NULL, NULL },
};

const struct step attach_steps[] = {
	{ "enter the network",           attach_enter },
	{ "bring up the loopback",       attach_bring_up_loopback },
	{ "make the tap",                child_make_tap },
	{ "lead ports in",               child_lead_ports_in },
	{ "await the network",           child_await_network },
	{ "await published ports",       child_await_ports },
	{ NULL, NULL },
};

int steps_run(const struct step *steps, struct sandbox *box, struct error *err)
{
	for (; steps->name; steps++)
		if (steps->run(box, err) < 0)
			return box->told ? -1 : within(err, "%s", steps->name);
	return 0;
}

/* Everything that is a descriptor is none, before anything is. The rest of `box` is
 * zero already: it is large, and each page of it that is written costs a start. */
void sandbox_init(struct sandbox *box, const struct plan *plan)
{
	box->plan = plan;
	box->signals = box->supervisor_end = box->init_end = box->init = box->timer = NO_FD;
	box->tty = box->screen = box->master = box->slave = NO_FD;
	box->procfs = box->sysctls = box->ruleset = NO_FD;
	box->engine = box->control = box->engine_control = box->door = box->engine_door = NO_FD;
	box->tun = box->names = box->connections = NO_FD;
	box->publisher = box->ports_door = box->publisher_door = NO_FD;
	box->bus = box->init_bus_door = box->bus_door = box->bus_ready = box->bus_ready_end = NO_FD;
	box->bus_status = -1;
	for (int i = 0; i < RECORD_CHANNELS; i++)
		box->recordings[i].from = box->recordings[i].engine_end = box->recordings[i].to = NO_FD;
	box->group_parent = box->group = box->group_members = NO_FD;
	box->mapper_end = box->mapped_end = NO_FD;
	for (int i = 0; i < 2; i++)
		box->tools[i] = (struct tool){ .pidfd = NO_FD, .said = NO_FD };
	relay_connect(&box->to_command, NO_FD, NO_FD);
	relay_connect(&box->from_command, NO_FD, NO_FD);
	box->to_command.bytes = box->bytes[3];
	box->from_command.bytes = box->bytes[4];
	for (int i = 0; i < 3; i++) {
		relay_connect(&box->appends[i], NO_FD, NO_FD);
		box->appends[i].bytes = box->bytes[i];
		box->append_ends[i] = NO_FD;
	}
	box->view = NO_VIEW;
}

/* Root of all that is inside can kill all that is inside but process 1, and init is not
 * that one where process 1 is there to be looked into (nested.c). Its end is the command's:
 * the kernel has killed that, too. */
static bool was_killed_inside(const struct sandbox *box)
{
	return box->plan->first_open && box->report->executing && WIFEXITED(box->wait_status) &&
	       WEXITSTATUS(box->wait_status) == 128 + SIGKILL;
}

static int status_of_run(const struct sandbox *box, struct error *err)
{
	if (box->died_of)
		return 128 + box->died_of;
	if (box->timed_out)
		return 124;
	if (box->report->ended)
		return status_of(box->report->wait_status);
	if (box->executed)
		return status_of(box->wait_status);
	if (group_was_killed(box))	/* and init with the rest */
		return box->report->running ? 128 + SIGKILL : group_explain_start(box, err);
	if (was_killed_inside(box)) {
		if (box->say)
			box->say("note", "everything inside was killed, with the init that tells how"
				 " the command ended");
		return 128 + SIGKILL;
	}
	return fail(err, 0, "init ended without a report (status %d)",
		    status_of(box->wait_status));
}

/* Did the command die of what the user typed, or of what our whole group got? */
static void note_keys(const struct sandbox *box, struct outcome *outcome)
{
	int number = outcome->status - 128;

	if (number != SIGINT && number != SIGQUIT)
		return;
	outcome->group = sigismember(&box->typed, number) == 1;
	if (outcome->group || sigismember(&box->heard, number) == 1)
		outcome->signal = number;
}

/* What a file did not take is lost, and the command may not have heard why. */
static int check_appends(const struct sandbox *box, struct error *err)
{
	static const char *const names[] = { "input", "output", "error" };

	for (int fd = 0; fd <= 2; fd++)
		if (box->appends[fd].problem)
			return fail(err, box->appends[fd].problem, "append to standard %s",
				    names[fd]);
	return 0;
}

int sandbox_run(const struct plan *plan, void (*say)(const char *kind, const char *text),
		struct outcome *ret_outcome, struct error *err)
{
	static struct sandbox box;	/* zero; there is one, and it is run once */

	sandbox_init(&box, plan);
	box.say = say;
	int result = steps_run(parent_steps, &box, err);
	parent_close(&box);
	if (result < 0 || check_appends(&box, err) < 0)
		return -1;
	ret_outcome->status = status_of_run(&box, err);
	note_keys(&box, ret_outcome);
	if (ret_outcome->status < 0)
		return -1;
	watch_report(plan, ret_outcome);
	group_report(&box, ret_outcome);
	network_report(&box, ret_outcome);
	publish_report(&box, ret_outcome);
	bus_report(&box, ret_outcome);
	record_report(&box, ret_outcome);
	return 0;
}
