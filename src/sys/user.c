#include <grp.h>
#include <linux/magic.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/sys/user.h>

/* The owner of what procfs keeps for the kernel is the machine's root, as this user
 * namespace numbers it: who has no number here shows as another one, 65534. */
bool user_is_host_root(void)
{
	struct statfs fs;
	struct stat st;

	if (statfs("/proc/sys/kernel", &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC ||
	    stat("/proc/sys/kernel", &st) < 0)
		return geteuid() == 0;
	return st.st_uid == geteuid();
}

struct account account_look(struct arena *arena, uid_t uid, gid_t gid)
{
	struct account account = { 0 };
	const struct passwd *user = getpwuid(uid);

	if (user) {
		account.name = arena_copy(arena, user->pw_name);
		account.home = arena_copy(arena, user->pw_dir);
		account.shell = arena_copy(arena, user->pw_shell);
	}
	const struct group *group = getgrgid(gid);
	if (group)
		account.group = arena_copy(arena, group->gr_name);
	return account;
}

const char *user_home(struct arena *arena)
{
	const char *home = getenv("HOME");

	if (!home || home[0] != '/')
		home = account_look(arena, geteuid(), getegid()).home;
	return home && home[0] == '/' ? home : NULL;
}

bool user_is_alone_in(gid_t gid)
{
	const struct passwd *user = getpwuid(geteuid());
	const struct group *group = user && user->pw_gid == gid ? getgrgid(gid) : NULL;

	if (!group || strcmp(group->gr_name, user->pw_name) != 0)
		return false;
	for (char **member = group->gr_mem; *member; member++)
		if (strcmp(*member, user->pw_name) != 0)
			return false;
	return true;
}
