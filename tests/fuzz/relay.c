/* The relay, and the keys that it looks for: bytes of a command or of a terminal, in
 * pieces of every size, arrive whole and in order. */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/tty.h>

#include "../../src/run/run.h"
#include "fuzz.h"

/* By hand what tty_keys() asks a terminal for. */
static void try_keys(const char *bytes, size_t size, uint8_t modes)
{
	static int master = NO_FD, slave = NO_FD;
	struct termios termios;

	if (master == NO_FD)
		MUST(openpty(&master, &slave, NULL, NULL, NULL) == 0, "openpty");
	MUST(tcgetattr(slave, &termios) == 0, "tcgetattr");
	termios.c_lflag = modes & 1 ? termios.c_lflag | ISIG : termios.c_lflag & ~(tcflag_t)ISIG;
	termios.c_cc[VINTR] = modes & 2 ? 3 : _POSIX_VDISABLE;
	MUST(tcsetattr(slave, TCSANOW, &termios) == 0, "tcsetattr");
	sigset_t found = tty_keys(master, bytes, size);
	int interrupt = (modes & 1) && (modes & 2) && memchr(bytes, 3, size);
	MUST(sigismember(&found, SIGINT) == (interrupt ? 1 : 0), "Ctrl-C in %zu bytes", size);
	MUST(sigismember(&found, SIGHUP) == 0, "a key that is none");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The supervisor blocks every signal; EPIPE is what it sees. */
	static char buffer[RELAY_BYTES], got[1 << 16];
	struct relay relay = { .bytes = buffer };
	int in[2], out[2];
	size_t sent = 0, received = 0;

	if (size < 2 || size > sizeof(got))
		return 0;
	(void)signal(SIGPIPE, SIG_IGN);
	unsigned step = data[0] * 16u + 1;
	uint8_t modes = data[1];
	data += 2;
	size -= 2;
	try_keys((const char *)data, size, modes);
	MUST(pipe2(in, O_CLOEXEC | O_NONBLOCK) == 0 && pipe2(out, O_CLOEXEC | O_NONBLOCK) == 0,
	     "pipe");
	relay_connect(&relay, in[0], out[1]);
	relay.owns_from = true;
	while (!relay_is_done(&relay)) {
		struct pollfd polled[2];

		if (sent < size) {
			size_t piece = size - sent < step ? size - sent : step;
			ssize_t wrote = write(in[1], data + sent, piece);
			if (wrote > 0)
				sent += (size_t)wrote;
		} else {
			fd_close(&in[1]);
		}
		relay_wants(&relay, &polled[0], &polled[1]);
		if (poll(polled, 2, 0) > 0)
			relay_move(&relay, polled[0].revents, polled[1].revents);
		if (modes & 4)
			relay_flush(&relay);
		MUST(relay.start <= relay.end && relay.end <= RELAY_BYTES, "out of its buffer");
		ssize_t now = read(out[0], got + received, sizeof(got) - received);
		if (now > 0)
			received += (size_t)now;
		if ((modes & 8) && received > size / 2)
			fd_close(&out[0]);	/* the reader goes */
	}
	if (modes & 8) {
		MUST(received <= size && memcmp(got, data, received) == 0, "other bytes");
	} else {
		ssize_t now = read(out[0], got + received, sizeof(got) - received);
		received += now > 0 ? (size_t)now : 0;
		MUST(received == size && memcmp(got, data, size) == 0, "%zu of %zu arrived",
		     received, size);
	}
	MUST(relay.from == NO_FD, "it does not let go");
	fd_close(&in[1]);
	fd_close(&out[0]);
	fd_close(&out[1]);
	return 0;
}
