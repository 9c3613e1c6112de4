/* From facts to plain words. The measure is the locked posture, the one of a run
 * without options: whatever is less than that is weak, and what does not stand between
 * the process and the host at all is open. What was let through on purpose is weak as
 * well: whoever reads this decides whether it was. */
#include <errno.h>
#include <string.h>
#include <sys/types.h>

#include <immure/audit/audit.h>
#include <immure/base/path.h>
#include <immure/base/text.h>

const char *const audit_verdict_names[VERDICTS] = {
	[VERDICT_OK] = "ok", [VERDICT_UNKNOWN] = "unknown", [VERDICT_WEAK] = "weak",
	[VERDICT_OPEN] = "open",
};

const char *const audit_namespace_names[AUDIT_NAMESPACES] = {
	[AUDIT_USER] = "user", [AUDIT_MOUNT] = "mount", [AUDIT_PID] = "pid",
	[AUDIT_IPC] = "ipc", [AUDIT_UTS] = "uts", [AUDIT_NET] = "net",
	[AUDIT_CGROUP] = "cgroup", [AUDIT_TIME] = "time",
};

#define SEE(facts, format, ...) arena_format((facts)->arena, format, __VA_ARGS__)

static struct judgement judge(enum verdict verdict, const char *why, const char *advice)
{
	return (struct judgement){ .verdict = verdict, .why = why, .advice = advice };
}

static struct judgement hidden_from_us(const char *what)
{
	return judge(VERDICT_UNKNOWN, what, "ask as the user it belongs to, or as root");
}

/* "3 places: /a, /b, /c", or "9 places: /a, /b, /c, /d ...". */
struct naming {
	struct arena *arena;
	size_t count;
	const char *names;
};

static void name_one(struct naming *naming, const char *name)
{
	enum { SHOWN = 4 };

	if (naming->count < SHOWN)
		naming->names = naming->count == 0 ? arena_copy(naming->arena, name)
			: arena_format(naming->arena, "%s, %s", naming->names, name);
	else if (naming->count == SHOWN)
		naming->names = arena_format(naming->arena, "%s ...", naming->names);
	naming->count++;
}

/* --- what of the host's files ---------------------------------------------------------- */

static enum answer own(const struct audit_facts *facts, enum audit_namespace which)
{
	return facts->namespaces[which].own;
}

/* Does it belong to a user namespace of the process's own? */
static bool owned(const struct audit_facts *facts, enum audit_namespace which)
{
	return own(facts, AUDIT_USER) == ANSWER_YES &&
	       facts->namespaces[which].owned == ANSWER_YES;
}

/* Capabilities over everything that it has, and all of that its own; in a user namespace
 * that is not where its view was made, so that the kernel keeps what is mounted there
 * locked: mount_namespaces(7). So immure shell is made. */
static bool is_root_of_its_own(const struct audit_facts *facts)
{
	static const enum audit_namespace all[] = {
		AUDIT_MOUNT, AUDIT_PID, AUDIT_IPC, AUDIT_UTS, AUDIT_NET,
	};
	const uint64_t admin = UINT64_C(1) << 12 | UINT64_C(1) << 21;	/* net, sys */

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!owned(facts, all[i]))
			return false;
	return (facts->status.capabilities[CAP_EFF] & admin) == admin && facts->status.depth > 2;
}

static const char ROOT_OF_ITS_OWN[] =
	"meant in a developer's shell (immure shell); else drop its capabilities: they open parts"
	" of the kernel that have had holes";

/* The directories of programs, that every posture shows. */
static bool is_system(const char *path)
{
	static const char *const directories[] = {
		"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix",
		"/gnu",
	};

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (path_is_within(path, directories[i]))
			return true;
	return path_is_below(path, "/etc");
}

static bool is_harmless_device(const struct mount_facts *mount)
{
	static const char *const names[] = {
		"null", "zero", "full", "random", "urandom", "tty",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_is(path_last(mount->root), names[i]) &&
		    path_is_below(mount->host ? mount->host : mount->root, "/dev"))
			return true;
	return false;
}

static bool is_device_file(const struct mount_facts *mount)
{
	static const char *const no_devices[] = { "/dev/shm", "/dev/mqueue", "/dev/hugepages" };

	if (text_is(mount->type, "devtmpfs"))
		return !text_is(mount->root, "/");
	if (!mount->of_host || !mount->host || !path_is_below(mount->host, "/dev"))
		return false;
	for (size_t i = 0; i < sizeof(no_devices) / sizeof(no_devices[0]); i++)
		if (path_is_within(mount->host, no_devices[i]))
			return false;
	return true;
}

static bool is_of_type(const struct mount_facts *mount, const char *const *types)
{
	for (; *types; types++)
		if (text_is(mount->type, *types))
			return true;
	return false;
}

/* What shows the kernel and not files; other walls speak of them. */
static bool is_interface(const struct mount_facts *mount)
{
	static const char *const types[] = {
		"proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "debugfs", "tracefs",
		"securityfs", "bpf", "configfs", "pstore", "efivarfs", "binfmt_misc", "fusectl",
		"hugetlbfs", "nsfs", NULL,
	};

	return is_of_type(mount, types);
}

/* Files of the host, by a mount that the process has. */
static bool shows_files(const struct mount_facts *mount)
{
	return mount->of_host && !is_interface(mount) && !is_device_file(mount) &&
	       !text_is(mount->type, "devtmpfs");
}

static const char *host_name(const struct audit_facts *facts, const struct mount_facts *mount)
{
	return mount->host ? mount->host
			   : SEE(facts, "%s of %s", mount->root, mount->source);
}

/* A directory that holds more than one thing that is nobody else's business. */
static bool is_wide(const struct audit_facts *facts, const char *path)
{
	static const char *const wide[] = {
		"/etc", "/home", "/media", "/mnt", "/root", "/run", "/run/user", "/srv", "/tmp",
		"/var", "/var/lib", "/var/run", "/var/tmp", "/sys", "/proc", "/dev",
	};

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (text_is(path, wide[i]))
			return true;
	if (path_is_below(path, "/run/user") || path_is_below(path, "/tmp/.X11-unix"))
		return true;
	return facts->home && path_is_within(facts->home, path);
}

/* Does this path inside lead to files of the host, by the innermost mount? */
static bool is_shown(const struct audit_facts *facts, const char *path)
{
	const struct mount_facts *top = NULL;

	list_each(const struct mount_facts, mount, &facts->mounts)
		if (!mount->hidden && path_is_within(path, mount->place) &&
		    (!top || strlen(mount->place) >= strlen(top->place)))
			top = mount;
	return top && shows_files(top);
}

static const struct mount_facts *whole_host(const struct audit_facts *facts)
{
	list_each(const struct mount_facts, mount, &facts->mounts)
		if (!mount->hidden && shows_files(mount) && mount->host &&
		    text_is(mount->host, "/"))
			return mount;
	return NULL;
}

static const char OWN_MOUNTS[] =
	"give it mounts of its own (immure: without --share mount)";

static const char EMPTY_ROOT[] = "start from an empty root and show what is needed";

static struct judgement judge_files(const struct audit_facts *facts)
{
	struct naming wide = { .arena = facts->arena }, shown = { .arena = facts->arena };

	if (own(facts, AUDIT_MOUNT) == ANSWER_NO)
		return judge(VERDICT_OPEN, "it has the caller's mounts: every file that its user"
			     " can read", OWN_MOUNTS);
	if (facts->mounts_code)
		return hidden_from_us("its mounts may not be read");
	if (facts->mounts_cut)
		return judge(VERDICT_WEAK, "it has more mounts than anybody can check", OWN_MOUNTS);
	const struct mount_facts *whole = whole_host(facts);
	if (whole && (!facts->home ||
		      is_shown(facts, path_join(facts->arena, whole->place, facts->home))))
		return judge(VERDICT_OPEN, "the host's whole tree is there, the home directory in"
			     " it", EMPTY_ROOT);
	if (whole)
		return judge(VERDICT_WEAK, "the host's whole tree is there, but for what was"
			     " covered", EMPTY_ROOT);
	list_each(const struct mount_facts, mount, &facts->mounts) {
		if (mount->hidden || !shows_files(mount) ||
		    (mount->host && is_system(mount->host)))
			continue;
		const char *name = host_name(facts, mount);
		name_one(mount->host && is_wide(facts, mount->host) ? &wide : &shown, name);
	}
	if (wide.count)
		return judge(VERDICT_WEAK, SEE(facts, "it sees all of %s", wide.names),
			     "show the one file or directory that is needed instead");
	if (own(facts, AUDIT_MOUNT) == ANSWER_UNKNOWN)
		return hidden_from_us("whether its mounts are its own may not be read");
	return judge(VERDICT_OK, shown.count
		     ? SEE(facts, "of the host's files it sees programs, and %s", shown.names)
		     : "of the host's files it sees programs at most", NULL);
}

static struct judgement judge_writing(const struct audit_facts *facts)
{
	struct naming writable = { .arena = facts->arena };

	if (own(facts, AUDIT_MOUNT) == ANSWER_NO)
		return judge(VERDICT_OPEN, "it can write whatever its user can", OWN_MOUNTS);
	if (facts->mounts_code)
		return hidden_from_us("its mounts may not be read");
	list_each(const struct mount_facts, mount, &facts->mounts)
		if (mount->writable && shows_files(mount))
			name_one(&writable, host_name(facts, mount));
	if (whole_host(facts) && whole_host(facts)->writable)
		return judge(VERDICT_OPEN, "the host's root is writable", OWN_MOUNTS);
	if (writable.count)
		return judge(VERDICT_WEAK, SEE(facts, "of the host's it can write %s",
					       writable.names),
			     "look at what it left there before anything of it is run outside");
	if (own(facts, AUDIT_MOUNT) == ANSWER_UNKNOWN || facts->mounts_cut)
		return hidden_from_us("not all of its mounts may be read");
	return judge(VERDICT_OK, "no file or directory of the host is writable", NULL);
}

/* --- how they are mounted ------------------------------------------------------------------ */

static struct judgement judge_mounts(const struct audit_facts *facts)
{
	struct naming suid = { .arena = facts->arena }, device = { .arena = facts->arena };
	struct naming shared = { .arena = facts->arena }, follows = { .arena = facts->arena };

	if (own(facts, AUDIT_MOUNT) == ANSWER_NO)
		return judge(VERDICT_OPEN, "they are the caller's", OWN_MOUNTS);
	if (facts->mounts_code || own(facts, AUDIT_MOUNT) == ANSWER_UNKNOWN)
		return hidden_from_us("its mounts may not be read");
	list_each(const struct mount_facts, mount, &facts->mounts) {
		if (!mount->nosuid)
			name_one(&suid, mount->place);
		if (!mount->nodev && shows_files(mount))
			name_one(&device, mount->place);
		if (mount->shared)
			name_one(&shared, mount->place);
		if (mount->follows)
			name_one(&follows, mount->place);
	}
	if (shared.count)
		return judge(VERDICT_WEAK, SEE(facts, "what is mounted in %s appears elsewhere",
					       shared.names), "make them private");
	if (suid.count && facts->status.no_new_privs != 1)
		return judge(VERDICT_WEAK, SEE(facts, "setuid programs count in %s", suid.names),
			     "mount nosuid, or set no_new_privs");
	if (device.count)
		return judge(VERDICT_WEAK, SEE(facts, "device files of the host count in %s",
					       device.names), "mount nodev");
	if (follows.count)
		return judge(VERDICT_WEAK, SEE(facts, "what the host mounts appears in %s",
					       follows.names), "make them private");
	if (owned(facts, AUDIT_MOUNT))
		return judge(VERDICT_OK, "nosuid, nodev and private, though of its own user"
			     " namespace: with capabilities in it they could be changed", NULL);
	return judge(VERDICT_OK, suid.count ? "private; not all nosuid, for which there is"
		     " no_new_privs" : "nosuid, nodev and private", NULL);
}

static bool is_read_only_at(const struct audit_facts *facts, const char *path)
{
	list_each(const struct mount_facts, mount, &facts->mounts)
		if (!mount->hidden && !mount->writable && text_is(mount->place, path))
			return true;
	return false;
}

static struct judgement judge_kernel(const struct audit_facts *facts)
{
	static const char *const interfaces[] = {
		"debugfs", "tracefs", "securityfs", "bpf", "configfs", "pstore", "efivarfs",
		"binfmt_misc", NULL,
	};
	static const char *const groups[] = { "cgroup", "cgroup2", NULL };
	struct naming bad = { .arena = facts->arena }, written = { .arena = facts->arena };
	bool root = facts->status.uid[1] == 0, host_proc = false;
	size_t own_kernel = 0;		/* of what is bad */

	if (own(facts, AUDIT_MOUNT) == ANSWER_NO)
		return judge(VERDICT_OPEN, "it has the caller's /proc and /sys", OWN_MOUNTS);
	if (facts->mounts_code || own(facts, AUDIT_MOUNT) == ANSWER_UNKNOWN)
		return hidden_from_us("its mounts may not be read");
	list_each(const struct mount_facts, mount, &facts->mounts) {
		const char *sys = path_join(facts->arena, mount->place, "sys");

		if (mount->hidden)
			continue;
		if (text_is(mount->type, "proc") && text_is(mount->root, "/")) {
			host_proc |= mount->of_host;
			if (mount->writable && !is_read_only_at(facts, sys)) {
				name_one(&bad, SEE(facts, "%s is writable", sys));
				own_kernel += !mount->of_host;
			}
		}
		if (text_is(mount->type, "sysfs") && mount->writable) {
			name_one(&bad, SEE(facts, "%s is writable", mount->place));
			own_kernel += !mount->of_host;
		}
		if (is_of_type(mount, groups) && mount->writable)
			name_one(&written, mount->place);
		if (is_of_type(mount, interfaces))
			name_one(&bad, SEE(facts, "%s shows %s", mount->place, mount->type));
	}
	if (written.count)
		name_one(&bad, SEE(facts, "control groups are writable at %s", written.names));
	if (host_proc)
		return judge(VERDICT_OPEN, "it has the host's /proc: every process and its"
			     " environment", "mount a new /proc in a pid namespace of its own");
	if (bad.count && !root && is_root_of_its_own(facts) && bad.count == own_kernel)
		return judge(VERDICT_WEAK, SEE(facts, "%s, of which it can change what belongs to"
					       " its own namespaces", bad.names), ROOT_OF_ITS_OWN);
	if (bad.count)
		return judge(root ? VERDICT_OPEN : VERDICT_WEAK, SEE(facts, "%s%s", bad.names,
			     root ? ", by the host's user id 0" : ""),
			     "mount them read-only, and cover what nobody needs");
	return judge(VERDICT_OK, "what /proc and /sys let change is read-only", NULL);
}

static struct judgement judge_devices(const struct audit_facts *facts)
{
	struct naming nodes = { .arena = facts->arena };
	static const char ADVICE[] = "a new /dev with null, zero, full, random, urandom and tty";

	if (own(facts, AUDIT_MOUNT) == ANSWER_NO)
		return judge(VERDICT_OPEN, "it has the host's /dev", OWN_MOUNTS);
	if (facts->mounts_code || own(facts, AUDIT_MOUNT) == ANSWER_UNKNOWN)
		return hidden_from_us("its mounts may not be read");
	list_each(const struct mount_facts, mount, &facts->mounts) {
		if (mount->hidden || is_harmless_device(mount))
			continue;
		if (text_is(mount->type, "devtmpfs") && text_is(mount->root, "/"))
			return judge(VERDICT_WEAK, SEE(facts, "%s has every device of the host",
						       mount->place), ADVICE);
		if (text_is(mount->type, "devpts") && mount->of_host)
			name_one(&nodes, SEE(facts, "the host's terminals at %s", mount->place));
		else if (is_device_file(mount) && !is_interface(mount))
			name_one(&nodes, mount->place);
	}
	if (nodes.count)
		return judge(VERDICT_WEAK, SEE(facts, "it has %s", nodes.names), ADVICE);
	return judge(VERDICT_OK, "none of the host but harmless ones", NULL);
}

/* --- processes ------------------------------------------------------------------------- */

static struct judgement judge_processes(const struct audit_facts *facts)
{
	switch (own(facts, AUDIT_PID)) {
	case ANSWER_NO:
		return judge(VERDICT_OPEN, "it can see and signal the caller's processes, and"
			     " what it starts can outlive it",
			     "give it a pid namespace (immure: without --share pid)");
	case ANSWER_YES:
		break;
	default:
		if (facts->status.depth < 2)
			return hidden_from_us("its pid namespace may not be read");
		break;
	}
	return judge(VERDICT_OK, SEE(facts, "its own; %zu in it", facts->processes), NULL);
}

static struct judgement judge_others(const struct audit_facts *facts)
{
	struct naming others = { .arena = facts->arena };

	list_each(const struct weaker_facts, weaker, &facts->weaker)
		name_one(&others, SEE(facts, "process %d (%s): %s", (int)weaker->pid, weaker->name,
				      weaker->what));
	if (others.count)
		return judge(VERDICT_WEAK, SEE(facts, "less stands around %s", others.names),
			     "audit that one");
	return judge(VERDICT_OK, "no process beside it has less around it", NULL);
}

/* Who looks into it finds what anybody has: no right, no file but /dev/null, and no
 * filter less than the process's own. */
static bool has_nothing(const struct audit_facts *facts, const struct init_facts *init)
{
	for (int i = 0; i < CAPABILITY_SETS; i++)
		if (init->status.capabilities[i])
			return false;
	list_each(const struct open_facts, file, &init->files)
		if (file->kind != OPEN_DEVICE || !text_is(file->target, "/dev/null"))
			return false;
	return !init->files_code && !init->files.cut && !init->environment_code &&
	       !init->environment.count && init->status.no_new_privs == 1 &&
	       init->status.seccomp > 0 && init->status.filters >= facts->status.filters;
}

static struct judgement judge_init(const struct audit_facts *facts)
{
	const struct init_facts *init = &facts->init;
	struct naming names = { .arena = facts->arena };

	if (own(facts, AUDIT_PID) == ANSWER_NO || facts->status.depth < 2)
		return judge(VERDICT_OPEN, "its process 1 is the caller's",
			     "give it a pid namespace (immure: without --share pid)");
	if (!init->pid)
		return hidden_from_us("its process 1 was not found");
	if (init->pid == facts->pid)
		return judge(VERDICT_OK, "it is process 1 itself", NULL);
	list_each(const struct open_facts, file, &init->files)
		if (file->outside == ANSWER_YES && file->kind == OPEN_DIRECTORY)
			return judge(VERDICT_WEAK, SEE(facts, "process 1 holds a directory of the"
						       " outside: %s", file->target), NULL);
	list_each(const char *const, name, &init->environment)
		name_one(&names, *name);
	if (init->hidden == ANSWER_YES)
		return judge(VERDICT_OK, names.count
			     ? SEE(facts, "hidden from its own user; %zu variables in it",
				   names.count)
			     : "hidden from its own user", NULL);
	if (init->environment_code)
		return hidden_from_us("what process 1 shows of itself may not be read");
	if (names.count)
		return judge(VERDICT_WEAK, SEE(facts, "whoever may trace process 1 reads there the"
					       " %zu variables it was started with: %s",
					       names.count, names.names),
			     "an init that is not dumpable and wipes its environment");
	if (init->hidden == ANSWER_NO && has_nothing(facts, init))
		return judge(VERDICT_OK, "it can be looked into, and has nothing: no right, no"
			     " file, no variable", NULL);
	return judge(init->hidden == ANSWER_NO ? VERDICT_WEAK : VERDICT_OK,
		     init->hidden == ANSWER_NO ? "process 1 can be traced by its own user"
					       : "process 1 holds no variable of the caller",
		     init->hidden == ANSWER_NO ? "an init that is not dumpable" : NULL);
}

/* --- namespaces ---------------------------------------------------------------------------- */

static struct judgement judge_network(const struct audit_facts *facts)
{
	struct naming devices = { .arena = facts->arena };

	if (own(facts, AUDIT_NET) == ANSWER_NO)
		return judge(VERDICT_OPEN, "it has the caller's network, its loopback and its"
			     " abstract sockets",
			     "give it a network namespace (immure: without --share net)");
	if (own(facts, AUDIT_NET) == ANSWER_UNKNOWN)
		return hidden_from_us("its network namespace may not be read");
	if (facts->devices_code)
		return hidden_from_us("the devices of its network may not be read");
	/* Tunnels that the kernel puts into every new network, down and going nowhere. */
	static const char *const idle[] = {
		"lo", "sit0", "tunl0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0",
		"ip6_vti0", "ip6gre0",
	};
	list_each(const char *const, device, &facts->devices) {
		bool is_idle = false;

		for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++)
			is_idle |= text_is(*device, idle[i]);
		if (!is_idle)
			name_one(&devices, *device);
	}
	if (devices.count)
		return judge(VERDICT_WEAK, SEE(facts, "its own, which leads out through %s",
					       devices.names),
			     "what is let out can carry anything: see where it leads");
	return judge(VERDICT_OK, owned(facts, AUDIT_NET)
		     ? "its own, without a way out; it belongs to its own user namespace"
		     : "its own, without a way out", NULL);
}

static struct judgement judge_ipc(const struct audit_facts *facts)
{
	if (own(facts, AUDIT_IPC) == ANSWER_NO)
		return judge(VERDICT_OPEN, "message queues and shared memory are the caller's",
			     "give it an ipc namespace (immure: without --share ipc)");
	if (own(facts, AUDIT_IPC) == ANSWER_UNKNOWN)
		return hidden_from_us("its ipc namespace may not be read");
	return judge(VERDICT_OK, "message queues and shared memory are its own", NULL);
}

static struct judgement judge_names(const struct audit_facts *facts)
{
	enum answer uts = own(facts, AUDIT_UTS), cgroup = own(facts, AUDIT_CGROUP);

	if (uts == ANSWER_NO || cgroup == ANSWER_NO)
		return judge(VERDICT_WEAK, uts != ANSWER_NO ? "it sees the name of its control"
			     " group" : cgroup != ANSWER_NO ? "it has the host's name"
			     : "it has the host's name, and sees that of its control group",
			     "give it uts and cgroup namespaces");
	if (uts == ANSWER_UNKNOWN || cgroup == ANSWER_UNKNOWN)
		return hidden_from_us("its namespaces may not be read");
	return judge(VERDICT_OK, "its own", NULL);
}

/* --- rights -------------------------------------------------------------------------------- */

static bool has_capabilities(const struct audit_facts *facts, bool bounding)
{
	for (int i = 0; i < CAPABILITY_SETS; i++)
		if ((i == CAP_BND) == bounding && facts->status.capabilities[i])
			return true;
	return false;
}

static uint64_t ids_of(const struct audit_facts *facts)
{
	uint64_t count = 0;

	list_each(const struct map_facts, map, &facts->uid_map)
		count += map->count;
	return count;
}

/* Could it be root outside, who is not? Its maps are as we number ids. */
static bool has_root_mapped(const struct audit_facts *facts)
{
	const uint64_t changes = UINT64_C(1) << 6 | UINT64_C(1) << 7;	/* setgid, setuid */
	bool may_change = facts->status.capabilities[CAP_PRM] & changes;
	bool mapped = false;

	list_each(const struct map_facts, map, &facts->uid_map)
		mapped = mapped || map->outside == 0;
	list_each(const struct map_facts, map, &facts->gid_map)
		mapped = mapped || map->outside == 0;
	return mapped && may_change && facts->status.uid[1] != 0;
}

static struct judgement judge_identity(const struct audit_facts *facts)
{
	uid_t outside = facts->status.uid[1];

	if (own(facts, AUDIT_USER) == ANSWER_UNKNOWN)
		return hidden_from_us("its user namespace may not be read");
	if (own(facts, AUDIT_USER) == ANSWER_NO)
		return judge(outside == 0 ? VERDICT_OPEN : VERDICT_WEAK, outside == 0
			     ? "it is root in the caller's user namespace"
			     : "it has its user's own ids, and the right to make user namespaces"
			       " unless a filter forbids it",
			     "give it a user namespace (immure: without --share user)");
	if (has_root_mapped(facts))
		return judge(VERDICT_OPEN, "its ids have user or group 0 of the outside among them,"
			     " and it may become any of them",
			     "map ids that are nobody's (immure: --map by hand)");
	if (outside == 0)
		return judge(VERDICT_OK, "outside it is user 0, and nothing but that number:"
			     " root's files that it sees are its own. An ordinary user's sandbox"
			     " is further away", NULL);
	if (ids_of(facts) > 1)
		return judge(VERDICT_OK, SEE(facts, "in a user namespace of %llu user ids, and user"
					     " %u outside", (unsigned long long)ids_of(facts),
					     outside), NULL);
	return judge(VERDICT_OK, SEE(facts, "in a user namespace, and user %u outside", outside),
		     NULL);
}

static struct judgement judge_capabilities(const struct audit_facts *facts)
{
	bool held = has_capabilities(facts, false), bounding = has_capabilities(facts, true);

	if (!held && !bounding)
		return judge(VERDICT_OK, "none, in all five sets", NULL);
	if (own(facts, AUDIT_USER) == ANSWER_UNKNOWN && held)
		return judge(VERDICT_WEAK, "it has some, and what they are over may not be read",
			     "ask as root");
	if (held && own(facts, AUDIT_USER) == ANSWER_NO)
		return judge(VERDICT_OPEN, "it has some over the caller's user namespace",
			     "drop them");
	if (held && is_root_of_its_own(facts))
		return judge(VERDICT_WEAK, "it is root of its own namespaces, their mounts and"
			     " their network, and of nothing outside", ROOT_OF_ITS_OWN);
	if (held)
		return judge(VERDICT_WEAK, owned(facts, AUDIT_MOUNT) || owned(facts, AUDIT_NET)
			     ? "it has some over its own user namespace, and with it over its own"
			       " mounts or network"
			     : "it has some over its own user namespace, which owns neither its"
			       " mounts nor its network",
			     "drop them: each opens parts of the kernel that have had holes");
	if (facts->status.no_new_privs == 1)
		return judge(VERDICT_OK, "none; the bounding set is not empty, which"
			     " no_new_privs makes of no use", NULL);
	return judge(VERDICT_WEAK, "none now, but what it executes may give it some",
		     "set no_new_privs, and empty the bounding set");
}

static struct judgement judge_privileges(const struct audit_facts *facts)
{
	if (facts->status.no_new_privs == 1)
		return judge(VERDICT_OK, "no_new_privs: nothing it executes gives it rights", NULL);
	if (facts->status.no_new_privs < 0)
		return judge(VERDICT_UNKNOWN, "this kernel does not tell", NULL);
	return judge(VERDICT_OPEN, "setuid programs give it their rights", "set no_new_privs");
}

static struct judgement judge_syscalls(const struct audit_facts *facts)
{
	const struct status_facts *status = &facts->status;
	static const char ADVICE[] = "load a filter of system calls (seccomp)";

	if (status->seccomp < 0)
		return judge(VERDICT_UNKNOWN, "this kernel does not tell", NULL);
	if (status->seccomp == 0)
		return judge(VERDICT_OPEN, "no filter: every system call of the kernel can be made",
			     ADVICE);
	if (status->seccomp == 1)
		return judge(VERDICT_OK, "strict: read, write, exit and sigreturn only", NULL);
	return judge(VERDICT_OK, status->filters > 0
		     ? SEE(facts, "%d filter%s; what %s cannot be seen from outside",
			   status->filters, status->filters == 1 ? "" : "s",
			   status->filters == 1 ? "it refuses" : "they refuse")
		     : "a filter; what it refuses cannot be seen from outside", NULL);
}

static struct judgement judge_landlock(const struct audit_facts *facts)
{
	(void)facts;
	struct judgement judgement = judge(VERDICT_UNKNOWN, "no kernel tells from outside", NULL);

	judgement.unknowable = true;
	return judgement;
}

/* --- what it was given ----------------------------------------------------------------------- */

static struct judgement judge_descriptors(const struct audit_facts *facts)
{
	struct naming more = { .arena = facts->arena };

	if (facts->files_code)
		return hidden_from_us("its descriptors may not be read");
	if (own(facts, AUDIT_MOUNT) == ANSWER_NO)
		return judge(VERDICT_WEAK, "what it opens itself and what it was given cannot be"
			     " told apart, with the caller's mounts", OWN_MOUNTS);
	list_each(const struct open_facts, file, &facts->files) {
		if (file->outside != ANSWER_YES)
			continue;
		if (file->kind == OPEN_DIRECTORY)
			return judge(VERDICT_OPEN, SEE(facts, "descriptor %d is a directory of the"
						       " outside, and leads to all of it: %s",
						       file->number, file->target),
				     "close it before the start");
		if (file->number > 2)
			name_one(&more, SEE(facts, "%d (%s)", file->number, file->target));
	}
	if (more.count)
		return judge(VERDICT_WEAK, SEE(facts, "it was given files of the outside: %s",
					       more.names), "close what it does not need");
	if (facts->files.cut)
		return judge(VERDICT_UNKNOWN, "it has more descriptors than are looked at", NULL);
	return judge(VERDICT_OK, "of the outside at most 0, 1 and 2, and no directory", NULL);
}

static struct judgement judge_terminal(const struct audit_facts *facts)
{
	bool outside = facts->status.inner_session == 0;

	/* NSsid tells nothing in the caller's own pid namespace. */
	if (facts->status.depth < 2)
		outside = true;
	if (facts->terminal > 0 && outside)
		return judge(VERDICT_OPEN, facts->legacy_tiocsti
			     ? "its controlling terminal is the caller's: it can type into it"
			     : "its controlling terminal is the caller's",
			     "a session and a terminal of its own");
	list_each(const struct open_facts, file, &facts->files)
		if (file->kind == OPEN_TERMINAL && file->of_host == ANSWER_YES)
			return judge(VERDICT_WEAK, SEE(facts, "descriptor %d is a terminal of the"
						       " caller's (%s)", file->number,
						       file->target), "a terminal of its own");
	if (facts->terminal < 0)
		return hidden_from_us("its terminal may not be read");
	return judge(VERDICT_OK, facts->terminal > 0 ? "a private one" : "none", NULL);
}

static const struct limit_facts *limit_of(const struct audit_facts *facts, const char *name)
{
	list_each(const struct limit_facts, limit, &facts->limits)
		if (text_is(limit->name, name))
			return limit;
	return NULL;
}

static struct judgement judge_limits(const struct audit_facts *facts)
{
	enum { MANY = 32768 };
	const struct limit_facts *core = limit_of(facts, "core");
	const struct limit_facts *nproc = limit_of(facts, "nproc");
	bool counted = facts->pids_limit || (nproc && nproc->hard <= MANY);
	const char *memory = facts->memory_limit ? "" : "; its memory as a whole has no limit"
							" that is seen here";

	if (!core || !nproc)
		return hidden_from_us("its limits may not be read");
	if (core->hard > 0)
		return judge(VERDICT_WEAK, SEE(facts, "when it crashes, its memory is written to a"
					       " file or given to the host's crash handler%s",
					       memory), "a hard limit of 0 for core");
	if (!counted)
		return judge(VERDICT_WEAK, SEE(facts, "it can start processes until the host has no"
					       " more%s", memory),
			     "limit nproc, or the pids of its control group");
	return judge(VERDICT_OK, SEE(facts, "no core files, a limit of processes%s", memory), NULL);
}

static const struct wall {
	const char *name;
	struct judgement (*judge)(const struct audit_facts *facts);
} walls[] = {
	{ "files", judge_files }, { "writing", judge_writing }, { "mounts", judge_mounts },
	{ "kernel", judge_kernel }, { "devices", judge_devices },
	{ "processes", judge_processes }, { "init", judge_init }, { "others", judge_others },
	{ "network", judge_network }, { "ipc", judge_ipc }, { "names", judge_names },
	{ "identity", judge_identity }, { "capabilities", judge_capabilities },
	{ "privileges", judge_privileges }, { "syscalls", judge_syscalls },
	{ "landlock", judge_landlock }, { "descriptors", judge_descriptors },
	{ "terminal", judge_terminal }, { "limits", judge_limits },
};

struct judgement_list audit_judge(const struct audit_facts *facts)
{
	struct judgement_list judgements = { 0 };

	for (size_t i = 0; i < sizeof(walls) / sizeof(walls[0]); i++) {
		struct judgement judgement = walls[i].judge(facts);

		judgement.wall = walls[i].name;
		*list_add(facts->arena, &judgements) = judgement;
	}
	return judgements;
}

enum verdict audit_sum(const struct judgement_list *judgements)
{
	enum verdict worst = VERDICT_OK;

	list_each(const struct judgement, judgement, judgements)
		if (judgement->verdict > worst && !judgement->unknowable)
			worst = judgement->verdict;
	return worst;
}

enum answer audit_in_sandbox(const struct audit_facts *facts)
{
	enum answer answer = facts->status.depth > 1 ? ANSWER_YES : ANSWER_NO;

	for (int i = 0; i < AUDIT_NAMESPACES; i++) {
		enum answer one = own(facts, (enum audit_namespace)i);

		if (one == ANSWER_YES)
			return ANSWER_YES;
		if (one == ANSWER_UNKNOWN)
			answer = answer == ANSWER_YES ? ANSWER_YES : ANSWER_UNKNOWN;
	}
	return answer;
}
