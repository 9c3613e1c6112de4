#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/host.h>
#include <immure/sys/network.h>

/* Bring up the loopback device of this thread's network namespace. */
static int loopback_up(struct error *err)
{
	struct ifreq request = { .ifr_name = "lo" };

	/* Interface ioctls work on a socket of any family; this one always exists. */
	AUTO_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(err, errno, "open a socket");
	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return fail(err, errno, "look at the loopback device");
	request.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0) {
		(void)fail(err, errno, "bring up the loopback device");
		return hint_apparmor(err);
	}
	return 0;
}

/* A network namespace belongs to a thread: only the calling one moves. */
static int make_here(struct network_making *making)
{
	struct error *err = &making->error;

	if (unshare(CLONE_NEWNET) < 0) {
		(void)fail(err, errno, "make a network namespace");
		return hint_namespaces(err, CLONE_NEWNET);
	}
	if (loopback_up(err) < 0)
		return -1;
	making->namespace = openat(making->procfs, "thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (making->namespace < 0)
		return fail(err, errno, "open the new network namespace");
	return 0;
}

static void *make_in_thread(void *making)
{
	(void)make_here(making);
	return NULL;
}

int network_make_begin(struct network_making *making, int procfs, bool meanwhile,
		       struct error *err)
{
	pthread_attr_t small;
	pthread_t thread;

	*making = (struct network_making){ .procfs = procfs, .namespace = NO_FD };
	if (!meanwhile) {
		if (make_here(making) == 0)
			return 0;
		*err = making->error;
		return -1;
	}
	int code = pthread_attr_init(&small);
	if (code == 0)
		code = pthread_attr_setstacksize(&small, 64 * 1024);
	if (code == 0)
		code = pthread_create(&thread, &small, make_in_thread, making);
	if (code != 0)
		return fail(err, code, "start a thread");
	(void)pthread_attr_destroy(&small);
	making->in_thread = true;
	making->thread = thread;
	return 0;
}

int network_make_end(struct network_making *making, struct error *err)
{
	if (making->in_thread && pthread_join(making->thread, NULL) != 0)
		return fail(err, 0, "await the network namespace");
	AUTO_FD int namespace = take_fd(&making->namespace);
	if (namespace < 0) {
		*err = making->error;
		return -1;
	}
	if (making->in_thread && setns(namespace, CLONE_NEWNET) < 0)
		return fail(err, errno, "enter the new network namespace");
	return 0;
}
