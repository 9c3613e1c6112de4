#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/sys/weaken.h>

const char *const wall_names[WALLS + 1] = {
	[WALL_MOUNTS] = "mounts", [WALL_COVERS] = "covers", [WALL_INNER] = "inner",
	[WALL_USERNS] = "userns", [WALL_CAPS] = "caps", [WALL_PRIVILEGES] = "privileges",
	[WALL_DUMPABLE] = "dumpable", [WALL_KEYRING] = "keyring", [WALL_LIMITS] = "limits",
	[WALL_FDS] = "fds", [WALL_ENV] = "env", [WALL_TERMINAL] = "terminal",
	[WALL_LANDLOCK] = "landlock", [WALL_GATE] = "gate", [WALL_HANDS] = "hands",
	[WALL_EMULATION] = "emulation",
};

static bool down[WALLS];
static char walls[256];
static int highest_abi = INT_MAX;

static bool is_named(const char *names, size_t length, enum wall wall)
{
	return strlen(wall_names[wall]) == length &&
	       memcmp(names, wall_names[wall], length) == 0;
}

static void remember(const char *name, size_t length)
{
	size_t end = strlen(walls);

	(void)snprintf(walls + end, sizeof(walls) - end, "%s%.*s", end ? ", " : "",
		       (int)length, name);
}

int weaken(const char *names, struct error *err)
{
	static const char abi[] = "landlock-abi=";

	for (const char *rest = names; ; rest++) {
		size_t length = strcspn(rest, ",");
		enum wall wall = 0;

		while (wall < WALLS && !is_named(rest, length, wall))
			wall++;
		if (text_begins(rest, abi))
			highest_abi = atoi(rest + strlen(abi));
		else if (wall == WALLS)
			return fail(err, 0, "\"%.*s\" is no wall", (int)length, rest);
		else
			down[wall] = true;
		remember(rest, length);
		rest += length;
		if (!*rest)
			return 0;
	}
}

bool weakened(enum wall wall)
{
	return down[wall];
}

int weakened_abi(int abi)
{
	return abi < highest_abi ? abi : highest_abi;
}

static bool names_wall(const char *names, enum wall wall)
{
	for (const char *rest = names; rest; rest = strchr(rest, ',') ? strchr(rest, ',') + 1 : NULL)
		if (is_named(rest, strcspn(rest, ","), wall))
			return true;
	return false;
}

bool weakened_by(char **argv, enum wall wall)
{
	for (char **word = argv; *word && !text_is(*word, "--"); word++)
		if (text_is(*word, "--weaken") ? word[1] && names_wall(word[1], wall)
		    : text_begins(*word, "--weaken=") && names_wall(strchr(*word, '=') + 1, wall))
			return true;
	return false;
}

const char *weakened_walls(void)
{
	return walls;
}

/* Inheritable and ambient: so that they outlive the exec whatever the uid is. */
int weaken_keep_capabilities(struct error *err)
{
	cap_t caps = cap_get_proc();

	if (!caps)
		return fail(err, errno, "read the capability sets");
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		(void)cap_set_flag(caps, CAP_INHERITABLE, 1, &cap, CAP_SET);
	int result = cap_set_proc(caps);
	int code = errno;
	(void)cap_free(caps);
	if (result < 0)
		return fail(err, code, "make the capabilities inheritable");
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			return fail(err, errno, "raise capability %d", cap);
	return 0;
}

/* Descriptors of the view stay good. While it was on `/` this process was in a chroot
 * to the kernel, and could have had no second user namespace. */
int weaken_leave_view(int root, struct error *err)
{
	if (fchdir(root) < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return fail(err, errno, "leave the view");
	return 0;
}
