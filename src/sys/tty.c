#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/tty.h>

int tty_pair(int devpts, int *ret_master, int *ret_slave, struct error *err)
{
	const int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
	int unlocked = 0;

	AUTO_FD int master = devpts == NO_FD ? open("/dev/ptmx", flags)
					     : openat(devpts, "ptmx", flags);
	if (master < 0)
		return fail(err, errno, "open a new terminal");
	if (ioctl(master, TIOCSPTLCK, &unlocked) < 0)
		return fail(err, errno, "unlock the new terminal");
	/* By descriptor: no path of the sandbox is trusted to lead to its other end. */
	AUTO_FD int slave = ioctl(master, TIOCGPTPEER, flags);
	if (slave < 0)
		return fail(err, errno, "open the new terminal's other end");
	*ret_master = take_fd(&master);
	*ret_slave = take_fd(&slave);
	return 0;
}

void tty_copy_modes(int from, int to)
{
	struct termios modes;

	if (tcgetattr(from, &modes) == 0)
		(void)tcsetattr(to, TCSANOW, &modes);
	tty_copy_size(from, to);
}

void tty_copy_size(int from, int to)
{
	struct winsize size;

	if (ioctl(from, TIOCGWINSZ, &size) == 0)
		(void)ioctl(to, TIOCSWINSZ, &size);
}

bool tty_in_foreground(int tty)
{
	pid_t group = tcgetpgrp(tty);

	return group == getpgrp() || (group < 0 && errno == ENOTTY);
}

int tty_raw(int tty, struct termios *ret_before, struct error *err)
{
	struct termios modes;

	if (tcgetattr(tty, &modes) < 0)
		return fail(err, errno, "read the modes of the terminal");
	*ret_before = modes;
	cfmakeraw(&modes);
	if (tcsetattr(tty, TCSANOW, &modes) < 0)
		return fail(err, errno, "put the terminal into raw mode");
	return 0;
}

void tty_restore(int tty, const struct termios *before)
{
	(void)tcsetattr(tty, TCSANOW, before);
}

void tty_output_processing(int tty, bool on)
{
	struct termios modes;

	if (tcgetattr(tty, &modes) < 0)
		return;
	if (on)
		modes.c_oflag |= OPOST;
	else
		modes.c_oflag &= ~(tcflag_t)OPOST;
	(void)tcsetattr(tty, TCSANOW, &modes);
}

int tty_control(int tty, struct error *err)
{
	if (ioctl(tty, TIOCSCTTY, 0) < 0)
		return fail(err, errno, "take the new terminal as the controlling one");
	return 0;
}

void tty_foreground(int tty, pid_t group)
{
	(void)tcsetpgrp(tty, group);
}
