/* Terminals: modes, sizes and private pairs. */
#ifndef IMMURE_SYS_TTY_H
#define IMMURE_SYS_TTY_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

struct error;

/* Open a new pair on the ptmx device of an open devpts; NO_FD for the host's own.
 * The caller owns both descriptors. */
int tty_pair(int devpts, int *ret_master, int *ret_slave, struct error *err);

/* Give `to` the modes and the size of `from`. */
void tty_copy_modes(int from, int to);

/* The modes of a terminal that nobody has changed for a moment: cooked, whatever a
 * line editor or a pager that shares it has just made of the one they come from. */
void tty_make_sane(int tty);

/* Give `to` the size of `from`. */
void tty_copy_size(int from, int to);

/* Is this process's group in the foreground of the terminal? Also true of a
 * terminal that is not its controlling one: no job control holds it there. */
bool tty_in_foreground(int tty);

/* Is whoever held the terminal's other end gone for good? */
bool tty_hung_up(int tty);

/* Put a terminal into raw mode, keeping what it was in *ret_before. */
int tty_raw(int tty, struct termios *ret_before, struct error *err);

/* Is the terminal as tty_raw() left it? */
bool tty_is_raw(int tty);

/* Set the modes of a terminal, without waiting for its output. */
void tty_restore(int tty, const struct termios *before);

/* Should the terminal turn "\n" into "\r\n" on output (ONLCR)? Whether it does
 * anything at all with output (OPOST) is left as it is. */
void tty_set_newlines(int tty, bool on);

/* Let `tty` process output if what comes from `inner` expects somebody to: it has not
 * done it itself, and not asked for none. */
void tty_follow_output(int tty, int inner);

/* The signals for whose keys (Ctrl-C, Ctrl-\, Ctrl-Z, or what the terminal's modes
 * say) there is one among these bytes. */
sigset_t tty_keys(int tty, const char *bytes, size_t size);

/* Open a terminal once more, without blocking and without taking control of it: the
 * mode is then ours alone. NO_FD when it may not be opened; the caller owns it. */
int tty_open_again(int tty);

/* Make the terminal the controlling one of this session's leader. */
int tty_control(int tty, struct error *err);

/* Give the foreground of the terminal to a process group; a group that is gone is
 * no failure. */
void tty_foreground(int tty, pid_t group);

#endif
