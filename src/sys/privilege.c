#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/sys/host.h>
#include <immure/sys/privilege.h>

static int proc_self_write(int procfs, const char *name, const char *text,
			   struct error *err)
{
	AUTO_FD int fd = openat(procfs, name, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || fd_write_all(fd, text, strlen(text)) < 0) {
		(void)fail(err, errno, "write %s", name);
		(void)about(err, NEED_ID_MAP);
		return hint_apparmor(err);
	}
	return 0;
}

/* user_namespaces(7): since 5.12 who maps root of the namespace around must have had
 * CAP_SETFCAP there, as root of a container that was started with few capabilities has
 * not. The new ones do not tell. */
static int hint_root(const struct idmap *map, struct error *err)
{
	if (err->code != EPERM || map->outside_uid != 0 || err->hint[0])
		return -1;
	return hint(err, "root needs the capability setfcap to be root of a namespace inside as"
		    " well; with Docker or podman: --cap-add setfcap; or run as another user of"
		    " the container");
}

int idmap_write_self(int procfs, const struct idmap *map, bool inherited,
		     struct error *err)
{
	char text[64];

	if (!inherited && proc_self_write(procfs, "self/setgroups", "deny", err) < 0)
		return -1;
	(void)snprintf(text, sizeof(text), "%u %u 1", map->inside_uid, map->outside_uid);
	if (proc_self_write(procfs, "self/uid_map", text, err) < 0)
		return hint_root(map, err);
	(void)snprintf(text, sizeof(text), "%u %u 1", map->inside_gid, map->outside_gid);
	return proc_self_write(procfs, "self/gid_map", text, err);
}

int idmap_text(const struct id_extents *map, char *text)
{
	size_t length = 0;

	if (map->count > IDMAP_MOST_EXTENTS)
		return -1;
	text[0] = '\0';
	list_each(const struct id_extent, extent, map) {
		int more = snprintf(text + length, IDMAP_MOST_BYTES + 1 - length, "%u %u %u\n",
				    extent->inside, extent->outside, extent->count);
		if (more < 0 || length + (size_t)more > IDMAP_MOST_BYTES)
			return -1;
		length += (size_t)more;
	}
	return 0;
}

/* In one write: the kernel takes a map only once, and whole. */
static int idmap_write_one(int process, const char *name, const struct id_extents *map,
			   struct error *err)
{
	char text[IDMAP_MOST_BYTES + 1];

	if (idmap_text(map, text) < 0)
		return fail(err, 0, "write %s: a map of %zu ranges is too large", name, map->count);
	AUTO_FD int fd = openat(process, name, O_WRONLY | O_CLOEXEC);
	ssize_t written = -1;
	if (fd >= 0)
		do
			written = write(fd, text, strlen(text));
		while (written < 0 && errno == EINTR);
	if (written == (ssize_t)strlen(text))
		return 0;
	(void)fail(err, written < 0 ? errno : 0, "write %s", name);
	return hint_apparmor(err);
}

int idmap_write(int process, const struct id_extents *uids, const struct id_extents *gids,
		struct error *err)
{
	if (idmap_write_one(process, "uid_map", uids, err) < 0)
		return -1;
	return idmap_write_one(process, "gid_map", gids, err);
}

static bool has_extent(const struct id_extents *map, const struct id_extent *wanted)
{
	list_each(const struct id_extent, extent, map)
		if (extent->inside == wanted->inside && extent->outside == wanted->outside &&
		    extent->count == wanted->count)
			return true;
	return false;
}

/* As many lines, each one of the map's: ids inside do not overlap, so that none is
 * there twice. */
static int idmap_check_one(int process, const char *name, const struct id_extents *map,
			   struct error *err)
{
	/* The kernel pads each of three numbers to ten places. */
	char text[IDMAP_MOST_EXTENTS * 40];
	struct id_extent extent;
	size_t length = 0, lines = 0;
	ssize_t got = 0;

	AUTO_FD int fd = openat(process, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(err, errno, "open %s", name);
	while (length < sizeof(text) - 1 &&
	       (got = read(fd, text + length, sizeof(text) - 1 - length)) != 0) {
		if (got < 0 && errno != EINTR)
			return fail(err, errno, "read %s", name);
		length += got > 0 ? (size_t)got : 0;
	}
	text[length] = '\0';
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1, lines++)
		if (!strchr(line, '\n') ||
		    sscanf(line, "%u %u %u", &extent.inside, &extent.outside, &extent.count) != 3 ||
		    !has_extent(map, &extent))
			return fail(err, 0, "%s is not what was asked for", name);
	if (lines != map->count)
		return fail(err, 0, "%s has %zu of %zu ranges", name, lines, map->count);
	return 0;
}

int idmap_check(int process, const struct id_extents *uids, const struct id_extents *gids,
		struct error *err)
{
	if (idmap_check_one(process, "uid_map", uids, err) < 0)
		return -1;
	return idmap_check_one(process, "gid_map", gids, err);
}

int privilege_become_root(struct error *err)
{
	if (setresgid(0, 0, 0) < 0)
		return fail(err, errno, "become group 0 of the user namespace");
	if (setresuid(0, 0, 0) < 0)
		return fail(err, errno, "become user 0 of the user namespace");
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		return fail(err, errno, "stay dumpable");
	return 0;
}

int privilege_leave_groups(struct error *err)
{
	if (setgroups(0, NULL) < 0)
		return fail(err, errno, "leave the supplementary groups");
	return 0;
}

bool privilege_has(unsigned capability)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t caps = cap_get_proc();

	if (!caps || cap_get_flag(caps, (cap_value_t)capability, CAP_EFFECTIVE, &value) < 0)
		value = CAP_CLEAR;
	(void)cap_free(caps);
	return value == CAP_SET;
}

uint64_t privilege_all(void)
{
	uint64_t all = 0;

	for (int cap = 0; cap < 64 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		all |= UINT64_C(1) << cap;
	return all;
}

const char *privilege_gains_nothing(const char *path)
{
	struct statvfs fs;
	struct stat st;

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return "no_new_privs is set, under which nothing is executed with rights of its"
		       " own";
	if (stat(path, &st) < 0 || (!(st.st_mode & S_ISUID) &&
				    getxattr(path, "security.capability", NULL, 0) <= 0))
		return "it has neither the setuid bit nor file capabilities";
	if (statvfs(path, &fs) == 0 && (fs.f_flag & ST_NOSUID))
		return "it is on a file system that is mounted nosuid";
	return NULL;
}

/* Every securebit set and locked, but KEEP_CAPS: it means nothing beside NO_SETUID_FIXUP, and
 * programs that set it to give up rights end when they cannot, ping(8) of iputils first. */
enum {
	LOCKED_DOWN = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
		      SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
		      SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
};

/* Up to where the kernel knows no more, for which we do not take libcap's word: it
 * counts before main(), and takes any failure for the end. */
static int drop_bounding_set(uint64_t kept, struct error *err)
{
	for (int cap = 0; ; cap++) {
		if (cap < 64 && kept >> cap & 1)
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
			continue;
		if (errno == EINVAL && cap > CAP_CHECKPOINT_RESTORE)
			return 0;
		return fail(err, errno, "drop capability %d from the bounding set", cap);
	}
}

/* What the ambient set has must be inheritable first, and that must be while the
 * bounding set has it and before the securebits forbid it: capabilities(7). */
static int make_ambient(uint64_t kept, struct error *err)
{
	cap_t caps = cap_get_proc();
	int result = caps ? 0 : -1;

	for (cap_value_t cap = 0; result == 0 && kept >> cap; cap++)
		if (kept >> cap & 1)
			result = cap_set_flag(caps, CAP_INHERITABLE, 1, &cap, CAP_SET);
	if (result == 0)
		result = cap_set_proc(caps);
	for (cap_value_t cap = 0; result == 0 && kept >> cap; cap++)
		if (kept >> cap & 1)
			result = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
	int code = errno;
	(void)cap_free(caps);
	return result < 0 ? fail(err, code, "keep capabilities") : 0;
}

/* Permitted and effective, and inheritable: these and no others. */
static int set_all(uint64_t kept, uint64_t inherited, struct error *err)
{
	cap_t caps = cap_init();
	int result = caps ? 0 : -1;

	for (cap_value_t cap = 0; result == 0 && kept >> cap; cap++) {
		if (kept >> cap & 1)
			result = cap_set_flag(caps, CAP_PERMITTED, 1, &cap, CAP_SET) |
				 cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap, CAP_SET);
		if (result == 0 && inherited >> cap & 1)
			result = cap_set_flag(caps, CAP_INHERITABLE, 1, &cap, CAP_SET);
	}
	if (result == 0)
		result = cap_set_proc(caps);
	int code = errno;
	(void)cap_free(caps);
	return result < 0 ? fail(err, code, "%s the capability sets", kept ? "set" : "empty") : 0;
}

int privilege_drop_all(uint64_t kept, struct error *err)
{
	if (kept && make_ambient(kept, err) < 0)
		return -1;
	if (prctl(PR_SET_SECUREBITS, LOCKED_DOWN, 0, 0, 0) < 0)
		return fail(err, errno, "lock the securebits");
	if (drop_bounding_set(0, err) < 0)
		return -1;
	return kept ? set_all(kept, kept, err) : privilege_drop_held(err);
}

int privilege_keep(uint64_t kept, bool ambient, struct error *err)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return fail(err, errno, "empty the ambient set");
	if (ambient && make_ambient(kept, err) < 0)
		return -1;
	if (drop_bounding_set(kept, err) < 0)
		return -1;
	return set_all(kept, ambient ? kept : 0, err);
}

int privilege_drop_held(struct error *err)
{
	/* libcap's cap_reset_ambient() asks for each of 41 first. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return fail(err, errno, "empty the ambient set");
	return set_all(0, 0, err);
}

int capability_named(const char *name)
{
	char text[64];
	cap_value_t number;

	if (text_begins(name, "cap_"))
		name += strlen("cap_");
	(void)snprintf(text, sizeof(text), "cap_%s", name);
	return cap_from_name(text, &number) == 0 ? (int)number : -1;
}

const char *capability_name(struct arena *arena, unsigned number)
{
	char *name = cap_to_name((cap_value_t)number);
	const char *copy = arena_copy(arena, name ? name + strlen("cap_") : "?");

	(void)cap_free(name);
	return copy;
}

int privilege_no_new(struct error *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(err, errno, "set no_new_privs");
	return 0;
}

int privilege_check_own_file(struct error *err)
{
	struct stat st;
	char path[4096];

	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[length < 0 ? 0 : length] = '\0';
	if (stat("/proc/self/exe", &st) == 0 && (st.st_mode & (S_ISUID | S_ISGID))) {
		(void)fail(err, 0, "%s is installed setuid or setgid, and it needs no rights"
			   " but the caller's", path);
		return hint(err, "to run it with the caller's rights: chmod u-s,g-s %s", path);
	}
	/* Looked at by the name the kernel gives: a magic link has no attributes. */
	if (length > 0 && getxattr(path, "security.capability", NULL, 0) > 0) {
		(void)fail(err, 0, "%s has file capabilities, and it needs no rights but the"
			   " caller's", path);
		return hint(err, "to run it with the caller's rights: setcap -r %s", path);
	}
	if (getauxval(AT_SECURE))
		return fail(err, 0, "started with more rights than its caller has");
	return 0;
}
