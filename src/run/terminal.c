/* The caller's terminal, and the private one that stands in for it.
 *
 * A command that held the caller's terminal could type into the caller's shell
 * (TIOCSTI) and paste, and would outlive us on it. So whichever of 0, 1 and 2 are
 * terminals become one private terminal inside, and the supervisor carries the bytes.
 *
 * Two cases must feel as if nobody stood in between:
 *
 * - The command talks to the terminal with all three. Then the caller's is put into
 *   raw mode: every key, Ctrl-C and Ctrl-Z among them, travels as a byte to the
 *   private one, whose line discipline makes a signal of it inside ("eager").
 *
 * - It is a part of a pipeline, or in the background. `immure run make | less`: less
 *   reads the keys, and a byte that we took would be lost to it. The command is then
 *   not in the foreground of its private terminal, so that the kernel stops it with
 *   SIGTTIN or SIGTTOU if it wants the terminal after all. Init reports that, and
 *   only then is the caller's terminal claimed, or, when a shell holds us in the
 *   background, do we stop ourselves as the command would have.
 *
 * One of the two terminals must turn "\n" into "\r\n". It is the private one while the
 * caller's is raw and all ours. Otherwise it is the caller's, also for the others that
 * write to it; unless the command has told the private one what it wants itself.
 *
 * A key that makes a signal reaches only the private terminal, and so only the
 * command. The caller's would have sent it to our whole process group, to the make or
 * the script that we are a part of as well. So what was typed is remembered, and when
 * the command has stopped or died of it, the group hears of it after all. What the
 * command does without being asked reaches nobody but us. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/process.h>
#include <immure/sys/tty.h>

#include "run.h"

/* Process 1 is never stopped by SIGTTIN: it cannot show that it wants to read, and
 * is taken for one that does unless somebody behind it reads what it writes. A shell
 * that brings it to the foreground tells nobody (it was not stopped): we look. */
static bool wants_keys(const struct sandbox *box)
{
	const enum stdio_kind *stdio = box->plan->stdio;

	return stdio[1] == STDIO_TERMINAL &&
	       (box->plan->as_pid_1 ||
		(stdio[0] == STDIO_TERMINAL && stdio[2] == STDIO_TERMINAL));
}

void terminal_look(struct sandbox *box)
{
	const enum stdio_kind *stdio = box->plan->stdio;

	if (!box->plan->own_terminal)
		return;
	for (int fd = 2; fd >= 0; fd--)
		if (stdio[fd] == STDIO_TERMINAL)
			box->tty = fd;
	box->eager = wants_keys(box) && tty_in_foreground(box->tty);
	box->shared = !box->eager;
	(void)sigemptyset(&box->heard);
	(void)sigemptyset(&box->typed);
}

/* The terminal that is written to: output's own, when there is one. */
static int output_tty(const struct sandbox *box)
{
	const enum stdio_kind *stdio = box->plan->stdio;

	return stdio[1] == STDIO_TERMINAL ? 1 : stdio[2] == STDIO_TERMINAL ? 2 : 0;
}

void terminal_adopt(struct sandbox *box, int master)
{
	box->master = master;
	(void)fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
	box->screen = tty_open_again(output_tty(box));
	relay_connect(&box->from_command, master,
		      box->screen != NO_FD ? box->screen : output_tty(box));
	relay_connect(&box->to_command, NO_FD, master);
	terminal_claim(box, box->eager);
}

void terminal_claim(struct sandbox *box, bool wanted)
{
	struct error ignored;

	if (box->master == NO_FD || box->raw || !wanted || !tty_in_foreground(box->tty))
		return;
	if (tty_raw(box->tty, &box->modes, &ignored) < 0)
		return;		/* hung up: reading it will say so */
	box->raw = true;
	box->eager = true;
	if (box->shared)
		tty_follow_output(box->tty, box->master);
	else
		tty_set_newlines(box->master, (box->modes.c_oflag & ONLCR) != 0);
	tty_copy_size(box->tty, box->master);
	box->to_command.from = box->tty;
}

static void lose_terminal(struct sandbox *box)
{
	if (box->master != NO_FD && !box->shared)
		tty_set_newlines(box->master, false);
	box->raw = false;
	box->to_command.from = NO_FD;
}

void terminal_give_back(struct sandbox *box)
{
	if (!box->raw)
		return;
	tty_restore(box->tty, &box->modes);
	lose_terminal(box);
}

void terminal_resize(struct sandbox *box)
{
	if (box->master != NO_FD)
		tty_copy_size(box->tty, box->master);
}

/* We were stopped with nobody asking us first, and continued: whoever had the
 * terminal meanwhile may have left other modes. */
void terminal_continued(struct sandbox *box)
{
	if (box->raw && !(tty_in_foreground(box->tty) && tty_is_raw(box->tty)))
		lose_terminal(box);
	terminal_claim(box, box->eager || terminal_waits(box));
}

bool terminal_waits(const struct sandbox *box)
{
	return box->plan->as_pid_1 && box->master != NO_FD && !box->raw && wants_keys(box);
}

/* If the caller's terminal is gone, so is the private one: who reads it finds the end,
 * who writes an error, and neither waits for what will never come. */
bool terminal_hang_up(struct sandbox *box)
{
	if (box->master == NO_FD || !tty_hung_up(box->tty))
		return false;
	box->raw = false;
	relay_connect(&box->from_command, NO_FD, NO_FD);
	relay_connect(&box->to_command, NO_FD, NO_FD);
	fd_close(&box->master);
	return true;
}

static bool just_read(const struct relay *relay)
{
	return relay->start == 0 && relay->end > 0;
}

/* Look at what is on its way: remember the keys, and print it as it was meant. */
void terminal_relayed(struct sandbox *box)
{
	const struct relay *keys = &box->to_command;

	if (box->from_command.to == NO_FD && terminal_hang_up(box))
		return;
	if (!box->raw)
		return;
	/* From the background reading fails just as from a terminal that is gone. */
	if (keys->from == NO_FD && !terminal_hang_up(box))
		lose_terminal(box);
	if (just_read(keys)) {
		sigset_t found = tty_keys(box->master, keys->bytes, keys->end);
		(void)sigorset(&box->typed, &box->typed, &found);
	}
	if (box->shared && just_read(&box->from_command))
		tty_follow_output(box->tty, box->master);
}

/* The command stopped. If it wants the terminal and we can have it, it gets it and
 * goes on; else we stop as it did, and go on with it when we are continued. It must
 * not stop the clock of --timeout, nor without the user anybody around us. */
void terminal_stopped(struct sandbox *box, int signal)
{
	bool wants = signal == SIGTTIN || signal == SIGTTOU;
	bool typed = sigismember(&box->typed, SIGTSTP) == 1;
	bool asked = wants || typed || sigismember(&box->heard, SIGTSTP) == 1;
	struct error ignored;

	(void)sigdelset(&box->typed, SIGTSTP);
	(void)sigdelset(&box->heard, SIGTSTP);
	if (!asked && box->timer != NO_FD)
		return;
	if (!wants || box->master == NO_FD || !tty_in_foreground(box->tty)) {
		relay_flush(&box->from_command);	/* it was written before */
		terminal_give_back(box);
		(void)process_stop(wants ? signal : SIGTSTP, wants || typed);
	}
	terminal_claim(box, wants || box->eager);
	(void)sync_send(box->supervisor_end, SYNC_RESUME, 0,
			box->raw || (wants && box->master != NO_FD), NO_FD, &ignored);
}
