#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/host.h>
#include <immure/sys/namespace.h>
#include <immure/sys/process.h>

const struct namespace_kind namespace_kinds[NAMESPACES] = {
	[NS_USER]   = { "user",   "user",   CLONE_NEWUSER },
	[NS_MOUNT]  = { "mount",  "mnt",    CLONE_NEWNS },
	[NS_PID]    = { "pid",    "pid",    CLONE_NEWPID },
	[NS_IPC]    = { "ipc",    "ipc",    CLONE_NEWIPC },
	[NS_UTS]    = { "uts",    "uts",    CLONE_NEWUTS },
	[NS_NET]    = { "net",    "net",    CLONE_NEWNET },
	[NS_CGROUP] = { "cgroup", "cgroup", CLONE_NEWCGROUP },
	[NS_TIME]   = { "time",   "time",   CLONE_NEWTIME },
};

enum namespace namespace_named(const char *name)
{
	for (int i = 0; i < NAMESPACES; i++)
		if (strcmp(namespace_kinds[i].name, name) == 0)
			return (enum namespace)i;
	return NO_NAMESPACE;
}

/* A namespace that is found by `path`, whatever else could be there. */
static int open_checked(enum namespace kind, const char *path, struct error *err)
{
	struct statfs fs;
	char again[32];

	AUTO_FD int place = open(path, O_PATH | O_CLOEXEC);
	if (place < 0)
		return fail(err, errno, "%s", path);
	if (fstatfs(place, &fs) < 0)
		return fail(err, errno, "look at %s", path);
	if (fs.f_type != NSFS_MAGIC)
		return fail(err, 0, "%s is no namespace", path);
	(void)snprintf(again, sizeof(again), "/proc/self/fd/%d", place);
	AUTO_FD int namespace = open(again, O_RDONLY | O_CLOEXEC);
	if (namespace < 0)
		return fail(err, errno, "open %s", path);
	int flag = ioctl(namespace, NS_GET_NSTYPE);
	for (int i = 0; flag >= 0 && i < NAMESPACES; i++)
		if (namespace_kinds[i].flag == (uint64_t)flag && i != (int)kind)
			return fail(err, 0, "%s is a %s namespace, not a %s one", path,
				    namespace_kinds[i].name, namespace_kinds[kind].name);
	if (flag < 0 || namespace_kinds[kind].flag != (uint64_t)flag)
		return fail(err, flag < 0 ? errno : 0, "%s is not a %s namespace", path,
			    namespace_kinds[kind].name);
	return take_fd(&namespace);
}

int namespace_open_file(enum namespace kind, const char *path, struct error *err)
{
	return open_checked(kind, path, err);
}

int namespace_open_process(enum namespace kind, pid_t pid, struct error *err)
{
	char path[64];

	AUTO_FD int process = (int)syscall(SYS_pidfd_open, pid, 0);
	if (process < 0)
		return fail(err, errno, "process %d", (int)pid);
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, namespace_kinds[kind].link);
	AUTO_FD int namespace = open_checked(kind, path, err);
	if (namespace < 0) {
		if (err->code == EACCES || err->code == EPERM)
			return hint(err, "only who may trace a process sees its namespaces: it"
				    " must be yours, and not hide itself");
		return -1;
	}
	/* If it still lives it was alive all the while, and the number its own. */
	if (process_gone(process))
		return fail(err, ESRCH, "process %d", (int)pid);
	return take_fd(&namespace);
}

int namespace_open_own(enum namespace kind, struct error *err)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", namespace_kinds[kind].link);
	return open_checked(kind, path, err);
}

int namespace_open_own_in(enum namespace kind, int procfs, struct error *err)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "self/ns/%s", namespace_kinds[kind].link);
	int fd = openat(procfs, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? fail(err, errno, "open the %s namespace", namespace_kinds[kind].name) : fd;
}

int namespace_owner(int namespace, struct error *err)
{
	int owner = ioctl(namespace, NS_GET_USERNS);

	return owner < 0 ? fail(err, errno, "ask whose namespace it is") : owner;
}

int namespace_parent(int user_namespace, struct error *err)
{
	int parent = ioctl(user_namespace, NS_GET_PARENT);

	return parent < 0 ? fail(err, errno, "ask where a user namespace was made") : parent;
}

int namespace_owner_uid(int user_namespace, uid_t *ret_uid, struct error *err)
{
	if (ioctl(user_namespace, NS_GET_OWNER_UID, ret_uid) < 0)
		return fail(err, errno, "ask who made a user namespace");
	return 0;
}

int namespace_enter(int namespace, enum namespace kind, struct error *err)
{
	if (setns(namespace, (int)namespace_kinds[kind].flag) == 0)
		return 0;
	(void)fail(err, errno, "enter the %s namespace", namespace_kinds[kind].name);
	return err->code == EPERM
		? hint(err, "the kernel lets only root of the user namespace that it belongs to in")
		: hint_call(err, "3.0");
}
