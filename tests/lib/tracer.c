/*
 * tracer - watch every system call of a launch, or disturb exactly one.
 *
 *	tracer [-s SECONDS] [-r ROLE | -f ROLE:CALL:NTH:FAULT] REPORT COMMAND...
 *
 * strace's own fault injection counts calls in every process alike, so that the third
 * close(2) of one process can only be made to fail together with the third of all
 * others, and the first of these hides the rest. Here a call is named by who makes it:
 * a role is the path in the tree of processes, "0" for the command itself, "0.1" for
 * its first child, "0.1.2" for the second child of that one, whatever system call
 * made it and whatever memory it shares.
 *
 * FAULT is the name of an errno: the call is not made, and seems to have failed with it.
 * Two calls are made to fail as the kernel does: close(2) has always closed, and brk(2)
 * knows no errors, it answers that the break is where it was. Or FAULT is KILL: the process is killed where the
 * call would begin. The report has a line per event:
 *
 *	call ROLE NAME NTH RESULT loader|program	(without -f: every one, with -r of
 *				that role)
 *	hit ROLE NAME NTH				the fault was done
 *	exec ROLE COMM		a role other than 0 executed something; it is not
 *				looked at any more
 *	end ROLE STATUS		as a shell has it, 128 + n for signal n
 *	left ROLE		was there two seconds after role 0 had ended; killed
 *	hang			not all over after SECONDS (20); killed
 *
 * Everything below is traced, and orphans come to us: nothing can hide.
 */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CALLS = 1024, MOST_PROCESSES = 256, ROLE_SIZE = 64, PATIENCE = 2 };

/* <linux/ptrace.h> and <sys/ptrace.h> cannot be had together. */
struct syscall_info {
	uint8_t op, pad[3];
	uint32_t arch;
	uint64_t instruction_pointer, stack_pointer;
	union {
		struct { uint64_t nr, args[6]; } entry;
		struct { int64_t rval; uint8_t is_error; } exit;
	} u;
};

struct process {
	pid_t pid;		/* 0: a free place */
	char role[ROLE_SIZE];	/* empty: its parent's event has not come yet */
	unsigned children;
	bool started;		/* it is the program that was asked for, not yet we */
	bool waits;		/* for its role, in its first stop */
	bool gone;		/* executed something else: only followed */
	bool inside;		/* of a system call */
	bool tamper;		/* with what it returns */
	uint64_t ip;
	long long brk;		/* where it last was */
	long call;
	uint64_t loader, loader_end;
	unsigned short made[MOST_CALLS];
};

static struct process processes[MOST_PROCESSES];
static FILE *report;
static const char *only_role;

static struct {
	bool wanted, done;
	char role[ROLE_SIZE];
	long call;
	unsigned nth;
	int error;		/* 0: kill */
} fault;

static const char *const call_names[MOST_CALLS] = {
#define CALL(name, number) [number] = #name,
#include "call_names.h"
#undef CALL
};

static void die(const char *what)
{
	fprintf(stderr, "tracer: %s: %s\n", what, strerror(errno));
	exit(2);
}

static const char *call_name(long number)
{
	return number >= 0 && number < MOST_CALLS && call_names[number] ? call_names[number]
									: "unknown";
}

static struct process *process_of(pid_t pid)
{
	struct process *empty = NULL;

	for (size_t i = 0; i < MOST_PROCESSES; i++) {
		if (processes[i].pid == pid)
			return &processes[i];
		if (!empty && processes[i].pid == 0)
			empty = &processes[i];
	}
	if (!empty) {
		errno = EAGAIN;
		die("too many processes");
	}
	memset(empty, 0, sizeof(*empty));
	empty->pid = pid;
	return empty;
}

/* --- registers ------------------------------------------------------------------ */

static void set_call(const struct process *process, long number)
{
#if defined(__x86_64__)
	struct user_regs_struct regs;
	struct iovec part = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, process->pid, NT_PRSTATUS, &part) < 0)
		return;
	regs.orig_rax = (unsigned long)number;
	(void)ptrace(PTRACE_SETREGSET, process->pid, NT_PRSTATUS, &part);
#elif defined(__aarch64__)
	int call = (int)number;
	struct iovec part = { &call, sizeof(call) };

	(void)ptrace(PTRACE_SETREGSET, process->pid, NT_ARM_SYSTEM_CALL, &part);
#else
#error "how is the number of a system call exchanged here?"
#endif
}

static void set_result(const struct process *process, long result)
{
	struct user_regs_struct regs;
	struct iovec part = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, process->pid, NT_PRSTATUS, &part) < 0)
		return;
#if defined(__x86_64__)
	regs.rax = (unsigned long)result;
#else
	regs.regs[0] = (unsigned long)result;
#endif
	(void)ptrace(PTRACE_SETREGSET, process->pid, NT_PRSTATUS, &part);
}

/* The dynamic loader's code: what fails there has not reached the program yet. */
static void find_loader(struct process *process)
{
	char path[64], line[512];

	(void)snprintf(path, sizeof(path), "/proc/%d/maps", process->pid);
	FILE *maps = fopen(path, "re");
	if (!maps)
		die(path);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long start, end;

		if (!strstr(line, "/ld-linux") ||
		    sscanf(line, "%lx-%lx", &start, &end) != 2)	/* NOLINT(cert-err34-c) */
			continue;
		if (!process->loader)
			process->loader = start;
		process->loader_end = end;
	}
	(void)fclose(maps);
}

/* --- system calls --------------------------------------------------------------- */

/* Only who is to be disturbed is stopped at its calls, and only until that is done. */
static bool is_looked_at(const struct process *process)
{
	if (process->gone || !process->started)
		return false;
	if (only_role)
		return strcmp(process->role, only_role) == 0;
	if (!fault.wanted || process->tamper)
		return true;
	return !fault.done && strcmp(process->role, fault.role) == 0;
}

static void resume(const struct process *process, int number)
{
	(void)ptrace(is_looked_at(process) ? PTRACE_SYSCALL : PTRACE_CONT, process->pid, NULL,
		     (void *)(intptr_t)number);
}

static void do_fault(struct process *process)
{
	fault.done = true;
	fprintf(report, "hit %s %s %u\n", process->role, call_name(process->call), fault.nth);
	if (fault.error == 0) {
		(void)kill(process->pid, SIGKILL);
		return;
	}
	process->tamper = true;
	/* The first brk(2) only asks. */
	if (process->call == SYS_brk && process->brk == 0)
		process->tamper = false;
	else if (process->call != SYS_close)
		set_call(process, -1);
}

static void at_call(struct process *process)
{
	struct syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, process->pid, sizeof(info), &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		process->inside = true;
		process->call = (long)info.u.entry.nr;
		process->ip = info.instruction_pointer;
		if (process->call < 0 || process->call >= MOST_CALLS)
			return;
		unsigned nth = ++process->made[process->call];
		if (fault.wanted && !fault.done && process->call == fault.call &&
		    nth == fault.nth && strcmp(process->role, fault.role) == 0)
			do_fault(process);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && process->inside) {
		process->inside = false;
		if (process->tamper) {
			process->tamper = false;
			set_result(process, process->call == SYS_brk ? process->brk : -fault.error);
		} else if (process->call == SYS_brk) {
			process->brk = info.u.exit.rval;
		}
		if (!fault.wanted)
			fprintf(report, "call %s %s %u %lld %s\n", process->role,
				call_name(process->call), process->made[process->call],
				(long long)info.u.exit.rval,
				process->ip >= process->loader && process->ip < process->loader_end
				? "loader" : "program");
	}
}

/* A call that does not come back: exit_group(2), or one that was killed in it. */
static void note_last_call(const struct process *process)
{
	if (process->inside && !fault.wanted && !process->gone)
		fprintf(report, "call %s %s %u never program\n", process->role,
			call_name(process->call), process->made[process->call]);
}

/* --- events --------------------------------------------------------------------- */

static void at_birth(struct process *parent)
{
	unsigned long message;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &message) < 0)
		return;
	struct process *child = process_of((pid_t)message);
	(void)snprintf(child->role, sizeof(child->role), "%.*s.%u", ROLE_SIZE - 12,
		       parent->role, ++parent->children);
	child->started = true;
	child->gone = parent->gone;
	if (child->waits) {
		child->waits = false;
		resume(child, 0);
	}
}

static void at_exec(struct process *process)
{
	char path[64], comm[64] = "";
	FILE *file;

	if (!process->started) {
		process->started = true;
		find_loader(process);
		return;
	}
	if (process->gone)
		return;
	(void)snprintf(path, sizeof(path), "/proc/%d/comm", process->pid);
	file = fopen(path, "re");
	if (!file || !fgets(comm, sizeof(comm), file))
		die(path);
	(void)fclose(file);
	comm[strcspn(comm, "\n")] = '\0';
	if (!fault.wanted && is_looked_at(process))
		fprintf(report, "call %s execve %u 0 program\n", process->role,
			process->made[SYS_execve]);
	fprintf(report, "exec %s %s\n", process->role, comm);
	process->gone = true;
	process->tamper = false;
}

static void at_stop(struct process *process, int status)
{
	int number = WSTOPSIG(status), event = status >> 16;

	switch (event) {
	case 0:
		if (number != (SIGTRAP | 0x80)) {
			resume(process, number);	/* a signal, delivered as it came */
			return;
		}
		at_call(process);
		break;
	case PTRACE_EVENT_FORK: case PTRACE_EVENT_VFORK: case PTRACE_EVENT_CLONE:
		at_birth(process);
		break;
	case PTRACE_EVENT_EXEC:
		at_exec(process);
		break;
	case PTRACE_EVENT_STOP:
		if (!process->role[0]) {
			process->waits = true;
			return;
		}
		if (number != SIGTRAP) {	/* really stopped, by a signal */
			(void)ptrace(PTRACE_LISTEN, process->pid, NULL, NULL);
			return;
		}
		break;
	default:
		break;
	}
	resume(process, 0);
}

/* Is what just happened the end of a process? */
static void at_end(struct process *process, int status, bool *root_ended)
{
	note_last_call(process);
	fprintf(report, "end %s %d\n", process->role[0] ? process->role : "?",
		WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	if (strcmp(process->role, "0") == 0)
		*root_ended = true;
	process->pid = 0;
}

static void end_all(const char *why, bool each)
{
	if (!each)
		fprintf(report, "%s\n", why);
	for (size_t i = 0; i < MOST_PROCESSES; i++) {
		if (processes[i].pid == 0)
			continue;
		if (each)
			fprintf(report, "%s %s\n", why, processes[i].role);
		(void)kill(processes[i].pid, SIGKILL);
	}
}

static volatile sig_atomic_t alarmed;

static void on_alarm(int number)
{
	(void)number;
	alarmed = 1;
}

static void follow(unsigned seconds)
{
	bool root_ended = false, killed = false;

	(void)alarm(seconds);
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno == ECHILD)
			return;
		if (pid < 0 && errno == EINTR) {
			if (!alarmed)
				continue;
			alarmed = 0;
			if (!killed)
				end_all(root_ended ? "left" : "hang", root_ended);
			else
				die("what was killed does not end");
			killed = true;
			(void)alarm(PATIENCE);
			continue;
		}
		if (pid < 0)
			die("wait");
		bool had_ended = root_ended;
		struct process *process = process_of(pid);
		if (WIFSTOPPED(status))
			at_stop(process, status);
		else
			at_end(process, status, &root_ended);
		if (root_ended && !had_ended && !killed)
			(void)alarm(PATIENCE);
	}
}

/* --- the beginning -------------------------------------------------------------- */

static void read_fault(char *text)
{
	static const struct { const char *name; int code; } errors[] = {
		{ "EPERM", EPERM }, { "ENOSYS", ENOSYS }, { "ENOMEM", ENOMEM },
		{ "EINTR", EINTR }, { "EACCES", EACCES }, { "EBUSY", EBUSY },
		{ "EINVAL", EINVAL }, { "ENODEV", ENODEV }, { "ENOENT", ENOENT },
		{ "ENOSPC", ENOSPC }, { "EROFS", EROFS }, { "KILL", 0 },
	};
	char *save, *role = strtok_r(text, ":", &save), *name = strtok_r(NULL, ":", &save);
	char *nth = strtok_r(NULL, ":", &save), *kind = strtok_r(NULL, ":", &save);
	bool known = false;

	errno = EINVAL;
	if (!role || !name || !nth || !kind)
		die("a fault is ROLE:CALL:NTH:FAULT");
	(void)snprintf(fault.role, sizeof(fault.role), "%s", role);
	fault.nth = (unsigned)strtoul(nth, NULL, 10);
	for (fault.call = 0; fault.call < MOST_CALLS; fault.call++)
		if (call_names[fault.call] && strcmp(call_names[fault.call], name) == 0)
			break;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (strcmp(errors[i].name, kind) == 0) {
			fault.error = errors[i].code;
			known = true;
		}
	}
	if (fault.call == MOST_CALLS || fault.nth == 0 || !known)
		die("unknown fault");
	fault.wanted = true;
}

static pid_t start(char **command)
{
	int ready[2];
	char byte;

	if (pipe(ready) < 0)
		die("pipe");
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		(void)close(ready[1]);
		if (read(ready[0], &byte, 1) != 0)
			_exit(2);
		(void)close(ready[0]);
		(void)execvp(command[0], command);
		die(command[0]);
	}
	const unsigned long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD |
		PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		PTRACE_O_TRACEEXEC;
	struct process *root = process_of(pid);
	(void)strcpy(root->role, "0");
	if (ptrace(PTRACE_SEIZE, pid, NULL, options) < 0)
		die("trace");
	(void)close(ready[0]);
	(void)close(ready[1]);
	return pid;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_alarm };
	unsigned seconds = 20;
	int option;

	while ((option = getopt(argc, argv, "+s:r:f:")) != -1) {
		if (option == 's')
			seconds = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 'r')
			only_role = optarg;
		else if (option == 'f')
			read_fault(optarg);
		else
			return 2;
	}
	if (argc - optind < 2)
		return 2;
	report = fopen(argv[optind], "we");
	if (!report)
		die(argv[optind]);
	(void)sigaction(SIGALRM, &action, NULL);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		die("prctl");
	(void)start(argv + optind + 1);
	follow(seconds);
	return fclose(report) == 0 ? 0 : 2;
}
