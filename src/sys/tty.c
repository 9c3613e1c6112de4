#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

void tty_make_sane(int tty)
{
	struct termios modes;

	if (tcgetattr(tty, &modes) < 0)
		return;
	modes.c_iflag |= BRKINT | ICRNL | IXON;
	modes.c_iflag &= ~(tcflag_t)(INLCR | IGNCR | ISTRIP);
	modes.c_oflag |= OPOST | ONLCR;
	modes.c_lflag |= ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK;
	modes.c_cc[VMIN] = 1;
	modes.c_cc[VTIME] = 0;
	if (modes.c_cc[VLNEXT] == _POSIX_VDISABLE)
		modes.c_cc[VLNEXT] = CTRL('v');
	(void)tcsetattr(tty, TCSANOW, &modes);
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

bool tty_hung_up(int tty)
{
	struct pollfd news = { .fd = tty };

	return poll(&news, 1, 0) > 0 && (news.revents & POLLHUP);
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

bool tty_is_raw(int tty)
{
	struct termios modes;

	return tcgetattr(tty, &modes) == 0 &&
	       !(modes.c_lflag & (ISIG | ICANON | ECHO));
}

void tty_restore(int tty, const struct termios *before)
{
	(void)tcsetattr(tty, TCSANOW, before);
}

/* Set or clear one output flag; not a call more than it takes. */
static void set_output_flag(int tty, tcflag_t flag, bool on)
{
	struct termios modes;

	if (tcgetattr(tty, &modes) < 0 || !(modes.c_oflag & flag) == !on)
		return;
	modes.c_oflag ^= flag;
	(void)tcsetattr(tty, TCSANOW, &modes);
}

void tty_set_newlines(int tty, bool on)
{
	set_output_flag(tty, ONLCR, on);
}

void tty_follow_output(int tty, int inner)
{
	struct termios modes;

	if (tcgetattr(inner, &modes) == 0)
		set_output_flag(tty, OPOST, (modes.c_oflag & OPOST) && !(modes.c_oflag & ONLCR));
}

sigset_t tty_keys(int tty, const char *bytes, size_t size)
{
	static const struct { int index, signal; } keys[] = {
		{ VINTR, SIGINT }, { VQUIT, SIGQUIT }, { VSUSP, SIGTSTP },
	};
	struct termios modes;
	sigset_t found;

	(void)sigemptyset(&found);
	if (tcgetattr(tty, &modes) < 0)
		return found;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		cc_t key = modes.c_cc[keys[i].index];

		/* An editor reads Ctrl-Z as a byte, and then stops itself. */
		if (key != _POSIX_VDISABLE && memchr(bytes, key, size) &&
		    ((modes.c_lflag & ISIG) || keys[i].signal == SIGTSTP))
			(void)sigaddset(&found, keys[i].signal);
	}
	return found;
}

int tty_open_again(int tty)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", tty);
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? NO_FD : fd;
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
