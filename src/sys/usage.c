/* A namespace counts against the limits of whoever made it, in each user namespace from
 * the one he was in up to the first: inc_ucount() in kernel/ucount.c. In the one that we
 * are in, all that stands in a user namespace below it counts for the user who made the
 * topmost of these. */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/kernel.h>
#include <immure/sys/proc.h>
#include <immure/sys/usage.h>

const char *const limited_namespaces[LIMITED_NAMESPACES] = {
	"user", "mnt", "pid", "ipc", "uts", "net", "cgroup", "time",
};

/* More than these are not told apart: there are at least as many. */
enum { MOST_SEEN = 1 << 14 };

/* user_namespaces(7): so many levels. */
enum { DEEPEST = 33 };

struct counting {
	unsigned *counts;
	ino_t own;			/* user namespace */
	ino_t seen[MOST_SEEN];		/* by their hash; 0: a free place */
	unsigned used;
};

int64_t namespace_limit(const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "user/max_%s_namespaces", name);
	return sysctl_number(path, -1);
}

static size_t place_of(const struct counting *counting, ino_t inode)
{
	size_t place = (size_t)(inode * 2654435761u) % MOST_SEEN;

	while (counting->seen[place] && counting->seen[place] != inode)
		place = (place + 1) % MOST_SEEN;
	return place;
}

static bool was_seen(const struct counting *counting, ino_t inode)
{
	return counting->seen[place_of(counting, inode)] != 0;
}

/* Is it a new one? */
static bool note_seen(struct counting *counting, ino_t inode)
{
	size_t place = place_of(counting, inode);

	if (counting->seen[place] || counting->used >= MOST_SEEN / 2)
		return false;
	counting->seen[place] = inode;
	counting->used++;
	return true;
}

/* Is the topmost user namespace between `namespace` and our own one this user's? Then
 * all that are in between count as well, also those in which no process is to be seen. */
static bool is_ours(struct counting *counting, int namespace, bool is_user)
{
	AUTO_FD int user = is_user ? dup(namespace) : ioctl(namespace, NS_GET_USERNS);
	ino_t way[DEEPEST];
	size_t depth = 0;
	struct stat st;
	uid_t owner;

	while (user >= 0 && fstat(user, &st) == 0 && st.st_ino != counting->own &&
	       depth < DEEPEST) {
		way[depth++] = st.st_ino;
		AUTO_FD int parent = ioctl(user, NS_GET_PARENT);
		if (parent < 0 || fstat(parent, &st) < 0)
			return false;	/* none that we are above */
		if (st.st_ino != counting->own) {
			fd_close(&user);
			user = take_fd(&parent);
			continue;
		}
		if (ioctl(user, NS_GET_OWNER_UID, &owner) < 0 || owner != geteuid())
			return false;
		while (depth > 0)
			counting->counts[0] += note_seen(counting, way[--depth]);
		return true;
	}
	return false;
}

static bool count_process(void *context, int pid)
{
	struct counting *counting = context;
	struct stat st;
	char path[64];

	for (int i = 0; i < LIMITED_NAMESPACES; i++) {
		(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, limited_namespaces[i]);
		if (stat(path, &st) < 0 || was_seen(counting, st.st_ino))
			continue;
		AUTO_FD int namespace = open(path, O_RDONLY | O_CLOEXEC);
		bool counts = namespace >= 0 && is_ours(counting, namespace, i == 0);
		if (note_seen(counting, st.st_ino) && counts)
			counting->counts[i]++;
	}
	return true;
}

int namespaces_count(unsigned ret_counts[LIMITED_NAMESPACES])
{
	static struct counting counting;
	struct stat st;

	if (stat("/proc/self/ns/user", &st) < 0)
		return -1;
	memset(&counting, 0, sizeof(counting));
	memset(ret_counts, 0, LIMITED_NAMESPACES * sizeof(*ret_counts));
	counting.counts = ret_counts;
	counting.own = st.st_ino;
	return proc_each_number(NO_FD, "", count_process, &counting);
}
