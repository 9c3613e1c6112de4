#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
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

int idmap_write_self(int procfs, const struct idmap *map, bool inherited,
		     struct error *err)
{
	char text[64];

	if (!inherited && proc_self_write(procfs, "self/setgroups", "deny", err) < 0)
		return -1;
	(void)snprintf(text, sizeof(text), "%u %u 1", map->inside_uid, map->outside_uid);
	if (proc_self_write(procfs, "self/uid_map", text, err) < 0)
		return -1;
	(void)snprintf(text, sizeof(text), "%u %u 1", map->inside_gid, map->outside_gid);
	return proc_self_write(procfs, "self/gid_map", text, err);
}

/* Every securebit set and locked, but KEEP_CAPS, which is locked clear. */
enum {
	LOCKED_DOWN = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
		      SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
		      SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED |
		      SECBIT_KEEP_CAPS_LOCKED,
};

/* Up to where the kernel knows no more, for which we do not take libcap's word: it
 * counts before main(), and takes any failure for the end. */
static int drop_bounding_set(struct error *err)
{
	for (int cap = 0; ; cap++) {
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

/* Inheritable, permitted and effective: these and no others. */
static int set_all(uint64_t kept, struct error *err)
{
	cap_t caps = cap_init();
	int result = caps ? 0 : -1;

	for (cap_value_t cap = 0; result == 0 && kept >> cap; cap++)
		if (kept >> cap & 1)
			result = cap_set_flag(caps, CAP_INHERITABLE, 1, &cap, CAP_SET) |
				 cap_set_flag(caps, CAP_PERMITTED, 1, &cap, CAP_SET) |
				 cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap, CAP_SET);
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
	if (drop_bounding_set(err) < 0)
		return -1;
	return kept ? set_all(kept, err) : privilege_drop_held(err);
}

int privilege_drop_held(struct error *err)
{
	/* libcap's cap_reset_ambient() asks for each of 41 first. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return fail(err, errno, "empty the ambient set");
	return set_all(0, err);
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
