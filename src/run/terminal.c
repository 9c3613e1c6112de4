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
 * While it is not raw the caller's terminal turns "\n" into "\r\n" itself, and the
 * private one must not do it a second time. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/process.h>
#include <immure/sys/tty.h>

#include "run.h"

void terminal_look(struct sandbox *box)
{
	const enum stdio_kind *stdio = box->plan->stdio;

	if (!box->plan->own_terminal)
		return;
	for (int fd = 2; fd >= 0; fd--)
		if (stdio[fd] == STDIO_TERMINAL)
			box->tty = fd;
	box->eager = stdio[0] == STDIO_TERMINAL && stdio[1] == STDIO_TERMINAL &&
		     stdio[2] == STDIO_TERMINAL && tty_in_foreground(box->tty);
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
	box->from_command = (struct relay){ .from = master, .to = output_tty(box) };
	box->to_command = (struct relay){ .from = NO_FD, .to = master };
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
	tty_output_processing(box->master, true);
	tty_copy_size(box->tty, box->master);
	box->to_command.from = box->tty;
}

void terminal_give_back(struct sandbox *box)
{
	if (!box->raw)
		return;
	tty_restore(box->tty, &box->modes);
	box->raw = false;
	box->to_command.from = NO_FD;
}

void terminal_resize(struct sandbox *box)
{
	if (box->master != NO_FD)
		tty_copy_size(box->tty, box->master);
}

/* The command stopped. If it wants the terminal and we can have it, it gets it and
 * goes on; else we stop as it did, and go on with it when we are continued. */
void terminal_stopped(struct sandbox *box, int signal)
{
	bool wants = signal == SIGTTIN || signal == SIGTTOU;
	struct error ignored;

	if (!wants || box->master == NO_FD || !tty_in_foreground(box->tty)) {
		terminal_give_back(box);
		(void)process_stop(wants ? signal : SIGTSTP);
	}
	terminal_claim(box, wants || box->eager);
	(void)sync_send(box->supervisor_end, SYNC_RESUME, 0,
			box->raw || (wants && box->master != NO_FD), NO_FD, &ignored);
}
