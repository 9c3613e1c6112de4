#include <grp.h>
#include <pwd.h>

#include <immure/base/arena.h>
#include <immure/sys/user.h>

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
