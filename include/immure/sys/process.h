/* Creating, naming, limiting, awaiting and signalling processes. */
#ifndef IMMURE_SYS_PROCESS_H
#define IMMURE_SYS_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct error;

/* For what ends a process on the stack of process_start(): AddressSanitizer knows
 * those of threads only, and says so where a function does not return. */
#define ON_OWN_STACK __attribute__((no_sanitize_address))

/* For what ends init once it has its filter: where a function does not return,
 * AddressSanitizer asks for the signal stack first, a call that init no longer has. */
#define WITH_INIT_CALLS __attribute__((no_sanitize_address))

/* Fork into new namespaces (CLONE_NEW... bits); with CLONE_FILES a child that shares the
 * table of descriptors, with CLONE_PARENT a sibling. Returns 0 in the child and its
 * process id in the parent, whose *ret_pidfd then refers to it; -1 says what the
 * host forbids and what its user can type. */
pid_t process_fork(uint64_t namespaces, int *ret_pidfd, struct error *err);

/* `size` zeroed bytes that this process and what it forks have in common; they are
 * gone with the last of them, or with its exec. NULL and *err when there are none. */
void *process_share_memory(size_t size, struct error *err);

/* Run `body` in a child that shares this memory (CLONE_VM) and namespaces but
 * those of `namespaces`, and wait until it has executed a program or ended
 * (CLONE_VFORK). Copying page tables is what a fork costs: this child needs none.
 * `body` runs on a stack of its own and must not return. The child's process id,
 * or -1. */
pid_t process_start(uint64_t namespaces, void (*body)(void *context), void *context,
		    struct error *err);

/* The same, without waiting: `body` runs beside the caller in the same memory, errno
 * included, so that until the child has executed or ended the caller may do nothing but
 * make system calls that do not fail. How it sees the end of that time is its own
 * affair. The stack is never given back. */
pid_t process_start_beside(uint64_t namespaces, void (*body)(void *context), void *context,
			   struct error *err);

/* A program of the system that is running for us. */
struct tool {
	int pidfd;
	int said;			/* what it writes to standard error can be read here */
};

/* Run the program argv[0], a path, with nothing of ours but its arguments: no variable,
 * no descriptor, `/` as its directory, signals as they are by default. The descriptors
 * of *ret_tool are the caller's. */
int tool_start(const char *const *argv, struct tool *ret_tool, struct error *err);

/* The same, and wait until it has ended, at most half a minute. -1: it could not be started,
 * or failed, with the first line that it said. */
int tool_run(const char *const *argv, struct error *err);

/* End this process with SIGKILL when its parent's thread ends (PR_SET_PDEATHSIG). */
int process_die_with_parent(struct error *err);

/* Keep /proc/PID of this process from its own user, ptrace(2) and core dumps
 * (PR_SET_DUMPABLE 0). Not before the last id map is written: a process that is
 * not dumpable cannot write its own. */
int process_hide(struct error *err);

/* Take that back. */
int process_show(struct error *err);

/* Remember where the kernel laid out the arguments and the environment. To be
 * called first, before anything moves them. */
void process_remember(char **argv, char **environment);

/* Let go of the pages of programs and libraries that this process has used up to now:
 * those that it needs again come back from the page cache, some at a time. For who
 * will wait long; madvise(2), MADV_DONTNEED. */
void process_trim(void);

/* Overwrite those bytes, which /proc/PID/cmdline and environ show, with `title` and
 * zeros. Nothing may use the old argv and environ after. */
void process_scrub(const char *title);

/* A new anonymous session keyring in place of the inherited one. */
int process_new_keyring(struct error *err);

/* Close every descriptor above 2 now. */
int process_close_inherited(struct error *err);

/* Close every descriptor above 2 but these, of which NO_FD is none. At most 288. */
int process_close_but(const int *kept, size_t count, struct error *err);

/* Is there such a descriptor? If so, no program that is executed gets it. */
bool descriptor_keep(int fd);

/* Let the next exec close every descriptor above 2: a failure before it can still
 * be told through one of them. */
int process_close_on_exec(struct error *err);

/* Enter a new user namespace in place; the process must have one thread. */
int process_enter_user_namespace(struct error *err);

/* Enter a new cgroup namespace in place: the group of this process becomes its root. */
int process_new_cgroup_namespace(struct error *err);

/* Enter a new mount namespace, with a copy of the mounts of this one. */
int process_new_mount_namespace(struct error *err);

/* Lead a new session without a controlling terminal. */
int process_new_session(struct error *err);

/* Make this process the leader of its own process group. */
int process_new_group(struct error *err);

/* The resource of that name ("nofile", "core"), or -1. */
int limit_named(const char *name);

/* The name of a resource. NULL when there is none of that number. */
const char *limit_name(int resource);

enum { LIMIT_SAME = -2, LIMIT_NONE = -1 };

/* Set a limit of this process; LIMIT_NONE is no limit, LIMIT_SAME keeps what is. */
int limit_set(int resource, int64_t soft, int64_t hard, struct error *err);

/* This process's hard limit, LIMIT_NONE for none. */
int64_t limit_hard(int resource);

/* Set this process's nice value, -20 to 19. */
int process_nice(int nice, struct error *err);

/* Block every signal and give every one its default action; *ret_ignored holds
 * those that were ignored. Returns a descriptor that delivers them all. */
int signals_take(sigset_t *ret_ignored, struct error *err);

/* Has this child of ours, which leads a group of its own or of nobody, executed a
 * program, or did it end before? For one call, and for as long as it is not reaped. */
bool process_executed(pid_t child);

/* Unblock every signal. */
int signals_release(struct error *err);

/* Take a pending signal away. */
void signal_drop(int number);

/* Stop this process as an unhandled SIGTSTP or SIGTTIN would, with `group` the rest
 * of its group as well, and come back when it is continued; false when the kernel
 * refuses because nobody could continue it (an orphaned process group). */
bool process_stop(int number, bool group);

/* End as an unhandled signal ends a process, without a core, with `group` together
 * with the rest of its group. Comes back only if the signal does not end it. */
void process_die_of(int number, bool group);

/* src/sys/first/first.c as a program for execve(2). */
extern const unsigned char first_image[];
extern const size_t first_image_size;

/* Execute a program that is in memory, with this argv and no environment, from a file
 * that has no name. Returns only to say why not. */
int process_execute_image(const void *image, size_t size, const char *const *argv,
			  struct error *err);

/* One signal that came through signals_take()'s descriptor. */
struct signal_news {
	int number;
	bool from_first;	/* the sender is process 1 */
	bool from_terminal;	/* the kernel sent it: a key, a hang-up */
	bool from_outside;	/* the sender is not in this pid namespace */
	bool from_self;		/* such as the SIGPIPE of an own write */
};

/* Read one signal; false when there is none. */
bool signal_read(int fd, struct signal_news *ret_news);

/* Refer to a process by its number: a pidfd, the caller's to close. */
int process_refer(pid_t pid, struct error *err);

/* Is this pidfd's process gone (ended, reaped or not)? */
bool process_gone(int pidfd);

/* Await the end of a child and reap it; its status as wait(2) gives it. */
int process_await(int pidfd, int *ret_status, struct error *err);

/* Send a signal through a pidfd; a process that is gone is no failure. */
void process_signal(int pidfd, int number);

/* Give a child `milliseconds` to end by itself, then kill it, and reap it. One that cannot
 * be signalled is not awaited: it must be one that dies with its parent (PR_SET_PDEATHSIG). */
void process_end(int pidfd, int milliseconds);

/* A clock that ticks once, `milliseconds` from now (CLOCK_BOOTTIME would count
 * sleep; this is CLOCK_MONOTONIC). The caller owns the descriptor. */
int timer_new(int64_t milliseconds, struct error *err);

/* The usual exit status of a wait(2) status: what it exited with, or 128 plus the
 * signal that ended it. */
int status_of(int wait_status);

/* Let the caller's editor, of $VISUAL, $EDITOR or else vi(1), change a file, and wait for
 * it. The variables are commands of a shell, as everywhere else. -1 when it failed. */
int process_edit(const char *path, struct error *err);

#endif
