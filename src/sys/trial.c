/* A trial is a child that leads a process group, and a pipe that it and all below it
 * hold the one end of: when the other end has nobody to read from, they are gone. What
 * they answer is in shared memory. Whoever outlives its own parent becomes our child
 * (PR_SET_CHILD_SUBREAPER), so that it is seen, ended and reaped; and each of them asks
 * to die with its parent, for when we are killed ourselves. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/kernel.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/trial.h>

/* How long the kernel may take to end what was killed. */
enum { PATIENCE = 2000, STEP = 5 };

struct shared {
	volatile bool answered;
	struct trial_answer answer;
};

/* The end that says who is still there. */
static int life = NO_FD;

/* --- in the child ------------------------------------------------------------------ */

static void run_body(trial_body *body, void *context, struct shared *shared)
	__attribute__((noreturn));
static void run_body(trial_body *body, void *context, struct shared *shared)
{
	struct pollfd reader = { .fd = life };

	/* Whom we are to die with may be dead already; then, or soon, nobody reads. */
	if (process_die_with_parent(&shared->answer.error) < 0 ||
	    (poll(&reader, 1, 0) > 0 && (reader.revents & POLLERR)))
		_exit(1);
	shared->answer.result = body(context, &shared->answer);
	shared->answered = true;
	_exit(0);
}

static int end_of(int status, struct error *err)
{
	if (WIFSIGNALED(status))
		return fail(err, 0, "it was ended by signal %d, %s", WTERMSIG(status),
			    strsignal(WTERMSIG(status)));
	return fail(err, 0, "it ended without an answer");
}

struct insider {
	trial_body *body;
	void *context;
	struct idmap map;
	bool mapped;
};

static int be_inside(void *context, struct trial_answer *answer)
{
	const struct insider *insider = context;

	if (insider->mapped) {
		AUTO_FD int procfs = procfs_open("/proc", &answer->error);
		if (procfs < 0 ||
		    idmap_write_self(procfs, &insider->map, false, &answer->error) < 0)
			return -1;
	}
	return insider->body(insider->context, answer);
}

int trial_inside(uint64_t namespaces, trial_body *body, void *context,
		 struct trial_answer *answer)
{
	struct insider insider = {
		.body = body, .context = context, .mapped = namespaces & CLONE_NEWUSER,
		.map = { 0, geteuid(), 0, getegid() },
	};
	AUTO_FD int pidfd = NO_FD;
	int status;

	struct shared *shared = process_share_memory(sizeof(*shared), &answer->error);
	if (!shared)
		return -1;
	pid_t pid = process_fork(namespaces, &pidfd, &answer->error);
	if (pid == 0)
		run_body(be_inside, &insider, shared);
	int result = pid;
	if (pid > 0) {
		result = process_await(pidfd, &status, &answer->error);
		if (result == 0 && !shared->answered)
			result = end_of(status, &answer->error);
		else if (result == 0)
			*answer = shared->answer;
	}
	(void)munmap(shared, sizeof(*shared));
	return result < 0 ? -1 : answer->result;
}

int trial_execute(const char *path, const char *const argv[], struct trial_answer *answer)
{
	AUTO_FD int pidfd = NO_FD;
	int ends[2], status;
	size_t length = 0;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(&answer->error, errno, "make a pipe");
	AUTO_FD int from = ends[0], to = ends[1];
	pid_t pid = process_fork(0, &pidfd, &answer->error);
	if (pid < 0)
		return -1;
	if (pid == 0) {
		(void)process_die_with_parent(&answer->error);
		(void)dup2(to, 2);
		(void)execve(path, (char *const *)(uintptr_t)argv, (char *[]){ NULL });
		_exit(127);
	}
	fd_close(&to);
	while (length < sizeof(answer->note) - 1) {
		ssize_t got = read(from, answer->note + length, sizeof(answer->note) - 1 - length);
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	fd_close(&from);
	while (length > 0 && answer->note[length - 1] == '\n')
		length--;
	answer->note[length] = '\0';
	return process_await(pidfd, &status, &answer->error) < 0 ? -1 : status_of(status);
}

/* What a shell that ignores or blocks signals handed down is none of the trial's. */
static void prepare_child(void)
{
	struct error ignored;
	sigset_t was_ignored;

	(void)setpgid(0, 0);
	int signals = signals_take(&was_ignored, &ignored);
	fd_close(&signals);
	(void)signals_release(&ignored);
	AUTO_FD int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd <= 2; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			(void)close(fd);
}

/* --- outside ------------------------------------------------------------------------ */

static int64_t now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Until nobody has the other end any more, or time is over. */
static bool all_gone(int reader, int64_t until)
{
	struct pollfd polled = { .fd = reader };

	for (;;) {
		int64_t left = until - now();
		int result = poll(&polled, 1, left > 0 ? (int)left : 0);

		if (result > 0)
			return true;
		if (left <= 0 || (result < 0 && errno != EINTR))
			return false;
	}
}

/* Everybody of the group, whether he is our child by birth or has become it. What the
 * kernel does not end is left to it: it has been killed. */
static void end_group(pid_t leader, int *ret_status)
{
	int64_t until = now() + PATIENCE;

	(void)kill(-leader, SIGKILL);
	for (;;) {
		int status;
		pid_t pid = waitpid(-leader, &status, WNOHANG);

		if (pid == leader)
			*ret_status = status;
		if (pid > 0)
			continue;
		if ((pid < 0 && errno != EINTR) || now() > until)
			return;
		(void)poll(NULL, 0, STEP);
	}
}

static int await_answer(pid_t pid, int reader, int milliseconds, const struct shared *shared,
			struct trial_answer *ret_answer, struct error *err)
{
	bool gone = all_gone(reader, now() + milliseconds);
	int status = 0;

	end_group(pid, &status);
	if (!shared->answered && !gone)
		return fail(err, ETIMEDOUT, "it did not answer in %d seconds", milliseconds / 1000);
	*ret_answer = shared->answer;
	if (!shared->answered)
		ret_answer->result = end_of(status, &ret_answer->error);
	return 0;
}

int trial_run(trial_body *body, void *context, int milliseconds,
	      struct trial_answer *ret_answer, struct error *err)
{
	struct sigaction before, plain = { .sa_handler = SIG_DFL };
	int ends[2], result, was_subreaper = 0;

	struct shared *shared = process_share_memory(sizeof(*shared), err);
	if (!shared)
		return -1;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		(void)munmap(shared, sizeof(*shared));
		return fail(err, errno, "make a pipe");
	}
	AUTO_FD int reader = ends[0];
	life = ends[1];
	/* Whoever ignores this signal cannot wait for a child. */
	(void)sigaction(SIGCHLD, &plain, &before);
	(void)prctl(PR_GET_CHILD_SUBREAPER, &was_subreaper, 0, 0, 0);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	pid_t pid = fork();
	if (pid == 0) {
		fd_close(&reader);
		prepare_child();
		run_body(body, context, shared);
	}
	int code = errno;
	fd_close(&life);
	if (pid < 0) {
		result = fail(err, code, "start a process");
	} else {
		(void)setpgid(pid, pid);
		result = await_answer(pid, reader, milliseconds, shared, ret_answer, err);
	}
	(void)prctl(PR_SET_CHILD_SUBREAPER, was_subreaper, 0, 0, 0);
	(void)sigaction(SIGCHLD, &before, NULL);
	(void)munmap(shared, sizeof(*shared));
	return result;
}
