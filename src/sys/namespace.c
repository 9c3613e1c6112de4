#include <sched.h>
#include <string.h>

#include <immure/sys/namespace.h>

const struct namespace_kind namespace_kinds[NAMESPACES] = {
	[NS_USER]   = { "user",   CLONE_NEWUSER },
	[NS_MOUNT]  = { "mount",  CLONE_NEWNS },
	[NS_PID]    = { "pid",    CLONE_NEWPID },
	[NS_IPC]    = { "ipc",    CLONE_NEWIPC },
	[NS_UTS]    = { "uts",    CLONE_NEWUTS },
	[NS_NET]    = { "net",    CLONE_NEWNET },
	[NS_CGROUP] = { "cgroup", CLONE_NEWCGROUP },
	[NS_TIME]   = { "time",   CLONE_NEWTIME },
};

enum namespace namespace_named(const char *name)
{
	for (int i = 0; i < NAMESPACES; i++)
		if (strcmp(namespace_kinds[i].name, name) == 0)
			return (enum namespace)i;
	return NO_NAMESPACE;
}
