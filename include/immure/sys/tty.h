/* Terminals: modes, sizes and private pairs. */
#ifndef IMMURE_SYS_TTY_H
#define IMMURE_SYS_TTY_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct error;

/* Open a new pair on the ptmx device of an open devpts; NO_FD for the host's own.
 * The caller owns both descriptors. */
int tty_pair(int devpts, int *ret_master, int *ret_slave, struct error *err);

/* Give `to` the modes and the size of `from`. */
void tty_copy_modes(int from, int to);

/* Give `to` the size of `from`. */
void tty_copy_size(int from, int to);

/* Is this process's group in the foreground of the terminal? Also true of a
 * terminal that is not its controlling one: no job control holds it there. */
bool tty_in_foreground(int tty);

/* Put a terminal into raw mode, keeping what it was in *ret_before. */
int tty_raw(int tty, struct termios *ret_before, struct error *err);

/* Set the modes of a terminal, without waiting for its output. */
void tty_restore(int tty, const struct termios *before);

/* Should the terminal turn "\n" into "\r\n" on output (OPOST)? */
void tty_output_processing(int tty, bool on);

/* Make the terminal the controlling one of this session's leader. */
int tty_control(int tty, struct error *err);

/* Give the foreground of the terminal to a process group; a group that is gone is
 * no failure. */
void tty_foreground(int tty, pid_t group);

#endif
