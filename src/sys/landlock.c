#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/sys/host.h>
#include <immure/sys/landlock.h>
#include <immure/sys/weaken.h>

/* linux/landlock.h of 6.1 lacks the later members. The kernel takes a longer
 * structure than its own as long as what it does not know is zero. */
struct ruleset_attributes {
	uint64_t handled_files, handled_network, scoped;
};

struct path_rule {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

enum { ASK_VERSION = 1 << 0, RULE_PATH_BENEATH = 1 };

int landlock_abi(struct error *err)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);

	if (abi >= 0)
		return weakened_abi((int)abi);
	if (errno == ENOSYS || errno == EOPNOTSUPP)
		return 0;
	(void)fail(err, errno, "ask for the ABI of Landlock");
	(void)about(err, NEED_LANDLOCK);
	return err->code != EPERM ? -1 :
		hint(err, "a container's system call filter can forbid it; to go without this"
			  " second layer: --landlock off");
}

uint32_t landlock_rights(int abi)
{
	return (abi < 1 ? 0 : MAY_REFER - 1) | (abi < 2 ? 0 : MAY_REFER) |
	       (abi < 3 ? 0 : MAY_TRUNCATE) | (abi < 5 ? 0 : MAY_IOCTL_DEV);
}

uint32_t landlock_scopes(int abi)
{
	return abi < 6 ? 0 : SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
}

const char *landlock_lacking(struct arena *arena, int abi)
{
	static const struct {
		int since;
		const char *what;
	} abilities[] = {
		{ 1, "files" }, { 3, "truncation" }, { 5, "ioctls of devices" },
		{ 6, "abstract sockets" }, { 6, "signals" },
	};
	const char *text = "";

	for (size_t i = 0; i < sizeof(abilities) / sizeof(abilities[0]); i++)
		if (abi < abilities[i].since)
			text = arena_format(arena, "%s%s%s", text, *text ? ", " : "",
					    abilities[i].what);
	if (abi == 1)
		text = arena_format(arena, "%s, and refuses every move between directories", text);
	return text;
}

int landlock_new(uint32_t handled, uint32_t scoped, struct error *err)
{
	const struct ruleset_attributes attributes = {
		.handled_files = handled, .scoped = scoped,
	};
	long fd = syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);

	if (fd >= 0)
		return (int)fd;
	(void)fail(err, errno, "make a Landlock ruleset");
	return about(err, NEED_LANDLOCK);
}

int landlock_allow(int ruleset, int fd, uint32_t rights, struct error *err)
{
	const struct path_rule rule = { .allowed = rights, .fd = fd };

	if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0 ||
	    errno == EBADFD)
		return 0;
	return fail(err, errno, "add a Landlock rule");
}

int landlock_allow_again(int ruleset, int fd, uint32_t handled, struct error *err)
{
	static const uint32_t rights[] = {
		[O_RDONLY] = MAY_READ_FILE,
		[O_WRONLY] = MAY_WRITE_FILE | MAY_TRUNCATE,
		[O_RDWR] = MAY_READ_FILE | MAY_WRITE_FILE | MAY_TRUNCATE,
	};
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(err, errno, "look at a descriptor");
	if (!S_ISREG(st.st_mode))
		return 0;
	int access = fcntl(fd, F_GETFL) & O_ACCMODE;
	if (access != O_RDONLY && access != O_WRONLY && access != O_RDWR)
		return 0;
	return landlock_allow(ruleset, fd, rights[access] & handled, err);
}

int landlock_enter(int ruleset, struct error *err)
{
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0) {
		(void)fail(err, errno, "enter a Landlock domain");
		(void)about(err, NEED_LANDLOCK);
		/* E2BIG: 16 domains are stacked already; landlock_restrict_self(2). */
		return err->code != E2BIG ? -1 :
			hint(err, "sandboxes that use Landlock are nested 16 deep, the kernel's"
				  " most; to go without its second layer: --landlock off");
	}
	return 0;
}
