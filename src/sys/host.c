#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/host.h>
#include <immure/sys/kernel.h>
#include <immure/sys/namespace.h>

static unsigned needs_of(uint64_t wanted)
{
	unsigned needs = 0;

	for (int i = 0; i < NAMESPACES; i++)
		if (wanted & namespace_kinds[i].flag)
			needs |= NEED_NAMESPACE(i);
	return needs;
}

int hint_limits(struct error *err, uint64_t wanted, unsigned each)
{
	for (int i = 0; i < NAMESPACES; i++) {
		const int64_t needed = i == NS_USER ? 2 : each;
		char path[64];

		if (!(wanted & namespace_kinds[i].flag))
			continue;
		(void)snprintf(path, sizeof(path), "user/max_%s_namespaces", namespace_kinds[i].link);
		int64_t most = sysctl_number(path, needed);
		if (most < needed)
			return hint(err, "user.max_%s_namespaces is %d here, and %d are needed; as"
				    " root: sysctl -w user.max_%s_namespaces=15000",
				    namespace_kinds[i].link, (int)most, (int)needed, namespace_kinds[i].link);
	}
	(void)hint(err, "either a limit of /proc/sys/user/max_*_namespaces is used up, or"
		   " user or pid namespaces are nested 32 deep already, the kernel's most");
	return hint(err, "end other sandboxes of this user, or start from further outside");
}

/* Has our own user namespace a place for this id? Where it has none, the kernel makes no
 * other one (user_namespaces(7), EPERM). Who cannot be asked has one. */
static bool is_mapped(const char *kind, unsigned id)
{
	char name[32], text[16 * 1024];

	(void)snprintf(name, sizeof(name), "/proc/self/%s_map", kind);
	AUTO_FD int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (length < 0)
		return true;
	text[length] = '\0';
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		unsigned inside, outside, count;

		line += *line == '\n';
		if (sscanf(line, "%u %u %u", &inside, &outside, &count) == 3 && id >= inside &&
		    id - inside < count)
			return true;
	}
	return false;
}

int hint_namespaces(struct error *err, uint64_t wanted)
{
	(void)about(err, needs_of(wanted));
	if (err->code == ENOSPC || err->code == EUSERS)
		return hint_limits(err, wanted, 1);
	if (err->code != EPERM)
		return -1;
	if (sysctl_number("kernel/unprivileged_userns_clone", 1) == 0)
		return hint(err, "this host forbids user namespaces to ordinary users; as root:"
			    " sysctl -w kernel.unprivileged_userns_clone=1");
	if (sysctl_number("user/max_user_namespaces", 1) == 0)
		return hint_limits(err, wanted, 1);
	if (sysctl_number("kernel/apparmor_restrict_unprivileged_userns", 0) > 0)
		return hint_apparmor(err);
	if (!is_mapped("uid", geteuid()) || !is_mapped("gid", getegid()))
		return hint(err, "you are nobody here: /proc/self/uid_map and gid_map of this user"
			    " namespace must have your user and group id; as by: unshare -Ur");
	return hint(err, "a container's system call filter or a chroot can forbid them;"
		    " with Docker or podman: --security-opt seccomp=unconfined");
}

/* The label that AppArmor gave this process; "" for none, or for one that forbids
 * nothing. "docker-default (enforce)" */
static void read_label(char *label, size_t size)
{
	AUTO_FD int fd = open("/proc/self/attr/current", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, label, size - 1);

	label[length > 0 ? length : 0] = '\0';
	label[strcspn(label, " \n")] = '\0';
	if (strcmp(label, "unconfined") == 0)
		label[0] = '\0';
}

int hint_call(struct error *err, const char *since)
{
	char label[128];

	if (err->code == ENOSYS)
		return hint(err, "Linux %s or newer has this system call, unless a container's filter"
			    " hides it; with Docker or podman: --security-opt seccomp=unconfined", since);
	if (err->code != EPERM && err->code != EACCES)
		return -1;
	(void)hint_apparmor(err);
	if (err->hint[0])
		return -1;
	if (err->code == EPERM)
		return hint(err, "a container's system call filter can forbid it; with Docker or podman:"
			    " --security-opt seccomp=unconfined");
	read_label(label, sizeof(label));
	return !*label ? -1 :
		hint(err, "the AppArmor profile %s can forbid it; with Docker or podman:"
		     " --security-opt apparmor=unconfined", label);
}

int hint_apparmor(struct error *err)
{
	char path[PATH_MAX];

	if (err->code != EPERM && err->code != EACCES)
		return -1;
	if (sysctl_number("kernel/apparmor_restrict_unprivileged_userns", 0) <= 0)
		return -1;
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (length < 0)
		return -1;
	path[length] = '\0';
	(void)hint(err, "AppArmor takes the capabilities of user namespaces away here: kernel."
		   "apparmor_restrict_unprivileged_userns is 1");
	return hint(err, "a profile allows them to this program alone; as root: printf '%%s\\n'"
		    " 'abi <abi/4.0>,' 'include <tunables/global>' 'profile immure \"%s\""
		    " flags=(unconfined) {' '  userns,' '}' >/etc/apparmor.d/immure &&"
		    " apparmor_parser -r /etc/apparmor.d/immure", path);
}
