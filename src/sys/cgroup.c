#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/cgroup.h>
#include <immure/sys/file.h>

/* How long the last process of a group may need to be gone, and between two looks. */
enum { REMOVE_ROUNDS = 200, REMOVE_MILLISECONDS = 10 };

static const struct {
	enum cgroup_controller bit;
	const char *name;
} known[] = {
	{ CGROUP_MEMORY, "memory" }, { CGROUP_PIDS, "pids" }, { CGROUP_CPU, "cpu" },
};

enum { CONTROLLERS = sizeof(known) / sizeof(known[0]) };

const char *cgroup_names(struct arena *arena, unsigned wanted)
{
	const char *text = "";

	for (size_t i = 0; i < CONTROLLERS; i++)
		if (wanted & known[i].bit)
			text = arena_format(arena, "%s%s%s", text, *text ? ", " : "",
					    known[i].name);
	return text;
}

/* --- where we are ------------------------------------------------------------- */

/* Cut the next field of a line off; NULL behind the last one. */
static char *next_field(char **line)
{
	char *field = strsep(line, " ");

	return field && *field ? field : NULL;
}

/* Is this line of mountinfo a mount of version 2? Then its root, as a group, and the
 * directory where it is mounted. */
static bool read_mount(char *line, char **ret_root, char **ret_point)
{
	for (int i = 0; i < 3; i++)
		if (!next_field(&line))
			return false;
	*ret_root = next_field(&line);
	*ret_point = next_field(&line);
	if (!*ret_root || !*ret_point)
		return false;
	for (char *field; (field = next_field(&line));) {
		if (!text_is(field, "-"))
			continue;
		const char *type = next_field(&line);
		(void)text_decode_octal(*ret_root);
		(void)text_decode_octal(*ret_point);
		return type && text_is(type, "cgroup2");
	}
	return false;
}

/* The line of version 2 is "0::/path"; a path that begins with "/.." is outside of
 * the cgroup namespace. */
static const char *own_group(struct arena *arena, const char *membership)
{
	for (const char *line = membership; *line;) {
		size_t length = strcspn(line, "\n");

		if (text_begins(line, "0::/"))
			return arena_copy_part(arena, line + 3, length - 3);
		line += length + (line[length] == '\n');
	}
	return NULL;
}

int cgroup_place_read(struct arena *arena, const char *mountinfo, const char *membership,
		      struct cgroup_place *ret_place, struct error *err)
{
	const char *own = own_group(arena, membership);
	char *rest = arena_copy(arena, mountinfo), *root, *point;
	bool mounted = false;

	if (!own)
		return fail(err, 0, "this host has no control groups of version 2");
	for (char *line; (line = strsep(&rest, "\n"));) {
		if (!read_mount(line, &root, &point))
			continue;
		mounted = true;
		if (!path_is_within(own, root) || text_begins(own, "/.."))
			continue;
		ret_place->top = point;
		const char *below = own + (text_is(root, "/") ? 0 : strlen(root));
		ret_place->own = text_is(below, "/") || !*below
			? point : path_join(arena, point, below + 1);
		return 0;
	}
	return fail(err, 0, mounted ? "its own control group is not visible here"
				    : "control groups of version 2 are not mounted here");
}

int cgroup_place_own(struct arena *arena, struct cgroup_place *ret_place, struct error *err)
{
	const size_t most = 4 << 20;
	char *mountinfo, *membership;
	size_t length;

	if (file_read(arena, "/proc/self/mountinfo", most, &mountinfo, &length, err) < 0 ||
	    file_read(arena, "/proc/self/cgroup", most, &membership, &length, err) < 0)
		return -1;
	return cgroup_place_read(arena, mountinfo, membership, ret_place, err);
}

/* --- what a group is ------------------------------------------------------------ */

/* Read a small file of a group; "" when it has none. */
static void read_text(int group, const char *file, char text[4096])
{
	AUTO_FD int fd = openat(group, file, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, text, 4095);

	text[length > 0 ? length : 0] = '\0';
}

static unsigned read_controllers(int group, const char *file)
{
	char text[4096], *rest = text;
	unsigned bits = 0;

	read_text(group, file, text);
	for (char *word; (word = strsep(&rest, " \n"));)
		for (size_t i = 0; i < CONTROLLERS; i++)
			if (text_is(word, known[i].name))
				bits |= known[i].bit;
	return bits;
}

static pid_t companion;

void cgroup_travel_with(pid_t other)
{
	companion = other;
}

static enum cgroup_members read_members(int group)
{
	char text[4096], *rest = text;

	read_text(group, "cgroup.procs", text);
	if (!*text)
		return CGROUP_EMPTY;
	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		long pid = strtol(line, NULL, 10);

		if (pid != getpid() && (companion == 0 || pid != companion))
			return CGROUP_OTHERS;
	}
	return CGROUP_ONLY_US;
}

/* Would writing be refused, and why? */
static int may_write(int group, const char *file)
{
	return faccessat(group, file, W_OK, AT_EACCESS) < 0 ? errno : 0;
}

/* systemd marks what it has delegated: `user.` for everybody, on kernels that allow it
 * there (5.7), `trusted.` for root. */
static bool is_delegated(int group)
{
	static const char *const names[] = { "user.delegate", "trusted.delegate" };
	char value[2];

	for (size_t i = 0; i < 2; i++)
		if (fgetxattr(group, names[i], value, sizeof(value)) == 1 && value[0] == '1')
			return true;
	return false;
}

int cgroup_look(const char *path, struct cgroup_facts *ret_facts, struct error *err)
{
	AUTO_FD int group = cgroup_open(path, err);

	if (group < 0)
		return -1;
	if (!cgroup_has(group, "cgroup.controllers"))
		return fail(err, 0, "%s is not a control group", path);
	*ret_facts = (struct cgroup_facts){
		.available = read_controllers(group, "cgroup.controllers"),
		.enabled = read_controllers(group, "cgroup.subtree_control"),
		.is_root = !cgroup_has(group, "cgroup.type"),
		.delegated = is_delegated(group),
		.may_create = may_write(group, "."),
		.may_enable = may_write(group, "cgroup.subtree_control"),
		.members = read_members(group),
	};
	/* To move between two groups one must be allowed to in what they have in common. */
	if (ret_facts->may_create == 0)
		ret_facts->may_create = may_write(group, "cgroup.procs");
	return 0;
}

int cgroup_open(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? fail(err, errno, "open the control group %s", path) : fd;
}

bool cgroup_has(int group, const char *file)
{
	return faccessat(group, file, F_OK, 0) == 0;
}

/* --- making one ------------------------------------------------------------------- */

/* Open a child and lock it; NO_FD when it is not there, or not to be had. */
static int open_locked(int parent, const char *name, int operation)
{
	struct stat by_fd, by_name;

	AUTO_FD int group = openat(parent, name,
				   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (group < 0 || flock(group, operation | LOCK_NB) < 0)
		return NO_FD;
	/* Somebody may have removed it between the two. */
	if (fstat(group, &by_fd) < 0 || fstatat(parent, name, &by_name, 0) < 0 ||
	    by_fd.st_ino != by_name.st_ino)
		return NO_FD;
	return take_fd(&group);
}

int cgroup_make(int parent, const char *name, struct error *err)
{
	/* A sweep that comes in between may take it away: once more then. */
	for (int i = 0; i < 3; i++) {
		if (mkdirat(parent, name, 0755) < 0)
			return fail(err, errno, "make the control group %s", name);
		int group = open_locked(parent, name, LOCK_SH);
		if (group >= 0)
			return group;
		if (unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
			return fail(err, errno, "lock the control group %s", name);
	}
	return fail(err, EBUSY, "lock the control group %s", name);
}

void cgroup_sweep(int parent, const char *start)
{
	int copy = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);

	if (!stream) {
		fd_close(&copy);
		return;
	}
	for (struct dirent *entry; (entry = readdir(stream));) {
		if (!text_begins(entry->d_name, start))
			continue;
		AUTO_FD int group = open_locked(parent, entry->d_name, LOCK_EX);
		/* The kernel keeps one that has members or children: EBUSY. */
		if (group >= 0)
			(void)unlinkat(parent, entry->d_name, AT_REMOVEDIR);
	}
	(void)closedir(stream);
}

int cgroup_write(int group, const char *file, const char *value, struct error *err)
{
	AUTO_FD int fd = openat(group, file, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return fail(err, errno, "open %s of a control group", file);
	if (write(fd, value, strlen(value)) < 0)
		return fail(err, errno, "write \"%s\" to %s of a control group", value, file);
	return 0;
}

int cgroup_hand_down(int group, unsigned wanted, bool enable, struct error *err)
{
	char text[64] = "";

	for (size_t i = 0; i < CONTROLLERS; i++)
		if (wanted & known[i].bit) {
			size_t length = strlen(text);
			(void)snprintf(text + length, sizeof(text) - length, " %c%s",
				       enable ? '+' : '-', known[i].name);
		}
	return *text ? cgroup_write(group, "cgroup.subtree_control", text + 1, err) : 0;
}

int cgroup_open_members(int group, struct error *err)
{
	int fd = openat(group, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	return fd < 0 ? fail(err, errno, "open cgroup.procs of a control group") : fd;
}

int cgroup_join(int members, struct error *err)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%d", companion);
	if (write(members, "0", 1) < 0 ||
	    (companion != 0 && write(members, text, strlen(text)) < 0))
		return fail(err, errno, "join a control group");
	return 0;
}

/* --- its end ------------------------------------------------------------------------ */

uint64_t cgroup_count(int group, const char *file, const char *key)
{
	char text[4096], *rest = text;
	size_t length = strlen(key);

	read_text(group, file, text);
	for (char *line; (line = strsep(&rest, "\n"));)
		if (strncmp(line, key, length) == 0 && line[length] == ' ')
			return strtoull(line + length + 1, NULL, 10);
	return 0;
}

int cgroup_remove(int parent, const char *name, int group, struct error *err)
{
	struct error ignored;

	for (int i = 0; i < REMOVE_ROUNDS; i++) {
		if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return 0;
		if (errno != EBUSY)
			break;
		(void)cgroup_write(group, "cgroup.kill", "1", &ignored);
		(void)poll(NULL, 0, REMOVE_MILLISECONDS);
	}
	return fail(err, errno, "remove the control group %s", name);
}
