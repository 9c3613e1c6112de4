/* From /proc to facts. The process is held by a descriptor of its directory, so that
 * another process with its number is never taken for it; and since its files are read
 * one after the other, what matters is read again at the end: a process that changed
 * meanwhile is looked at once more.
 *
 * The sandbox's init is found upwards: a parent lives in the same pid namespace or in
 * one above, so that the last ancestor at the same depth is process 1. Whoever joined
 * from outside has its parent there; then the numbers of the namespaces say it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <immure/audit/audit.h>
#include <immure/audit/parse.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/kernel.h>
#include <immure/sys/proc.h>
#include <immure/sys/user.h>

enum {
	SMALL = 64 * 1024,
	MOST_MOUNT_BYTES = 4 * 1024 * 1024, MOST_MOUNTS = 4096,
	MOST_FILES = 4096, MOST_VARIABLES = 1024, MOST_ENVIRONMENT = 1024 * 1024,
	MOST_PROCESSES = 65536, MOST_WEAKER = 64,
};

static const char *const link_names[AUDIT_NAMESPACES] = {
	[AUDIT_USER] = "user", [AUDIT_MOUNT] = "mnt", [AUDIT_PID] = "pid",
	[AUDIT_IPC] = "ipc", [AUDIT_UTS] = "uts", [AUDIT_NET] = "net",
	[AUDIT_CGROUP] = "cgroup", [AUDIT_TIME] = "time",
};

/* A file of text; NULL and errno. What is cut was longer than the kernel makes it. */
static char *text_of(struct arena *arena, int process, const char *name, size_t most)
{
	size_t length;
	char *text;
	bool cut;

	return proc_read(arena, process, name, most, &text, &length, &cut) < 0 ? NULL : text;
}

static bool status_of(struct arena *arena, int process, struct status_facts *ret_status)
{
	const char *text = text_of(arena, process, "status", SMALL);

	return text && parse_status(arena, text, ret_status);
}

static bool has_ended(const struct status_facts *status)
{
	return status->state == 'Z' || status->state == 'X';
}

static uint64_t namespace_of(struct arena *arena, int process, enum audit_namespace which)
{
	const char *name = arena_format(arena, "ns/%s", link_names[which]);

	return parse_namespace(proc_link(arena, process, name));
}

/* --- all processes ----------------------------------------------------------------- */

struct seen {
	pid_t pid;
	size_t parent;			/* its place in the list, or SIZE_MAX */
	bool inside;
	struct status_facts status;
};

struct survey {
	struct arena *arena;
	LIST(struct seen) processes;
};

static bool survey_one(void *context, int pid)
{
	struct survey *survey = context;
	struct error ignored;
	struct status_facts status;
	struct arena *scratch = arena_new();

	AUTO_FD int process = proc_open(pid, &ignored);
	if (process >= 0 && status_of(scratch, process, &status) && !has_ended(&status)) {
		status.name = arena_copy(survey->arena, status.name);
		memset(&status.groups, 0, sizeof(status.groups));
		*list_add(survey->arena, &survey->processes) =
			(struct seen){ .pid = pid, .parent = SIZE_MAX, .status = status };
	}
	arena_free(scratch);
	return survey->processes.count < MOST_PROCESSES;
}

static int by_pid(const void *a, const void *b)
{
	const struct seen *one = a, *other = b;

	return (one->pid > other->pid) - (one->pid < other->pid);
}

static struct seen *seen_of(const struct survey *survey, pid_t pid)
{
	const struct seen key = { .pid = pid };

	return !survey->processes.count ? NULL
		: bsearch(&key, survey->processes.items, survey->processes.count, sizeof(key),
			  by_pid);
}

static void survey_make(struct arena *arena, struct survey *survey)
{
	*survey = (struct survey){ .arena = arena };
	(void)proc_each_number(NO_FD, NULL, survey_one, survey);
	if (survey->processes.count == 0)
		return;
	qsort(survey->processes.items, survey->processes.count, sizeof(struct seen), by_pid);
	list_each(struct seen, seen, &survey->processes) {
		const struct seen *parent = seen_of(survey, seen->status.parent);
		if (parent)
			seen->parent = (size_t)(parent - survey->processes.items);
	}
}

/* The topmost ancestor of a process that is as deep as it in pid namespaces. Parents
 * that were read at different times could form a ring: no chain is longer than all. */
static const struct seen *topmost(const struct survey *survey, const struct seen *seen,
				  unsigned depth)
{
	const struct seen *found = NULL;

	for (size_t round = 0; seen && round <= survey->processes.count; round++) {
		if (seen->status.depth < depth)
			break;
		if (seen->status.depth == depth)
			found = seen;
		seen = seen->parent == SIZE_MAX ? NULL
						: &survey->processes.items[seen->parent];
	}
	return found;
}

static uint64_t pid_namespace_of(struct arena *arena, pid_t pid)
{
	struct error ignored;

	AUTO_FD int process = proc_open(pid, &ignored);
	return process < 0 ? 0 : namespace_of(arena, process, AUDIT_PID);
}

static const struct seen *init_by_namespace(const struct survey *survey,
					    const struct audit_facts *facts)
{
	uint64_t wanted = facts->namespaces[AUDIT_PID].inode;

	list_each(const struct seen, seen, &survey->processes)
		if (wanted && seen->status.inner_pid == 1 &&
		    seen->status.depth == facts->status.depth &&
		    pid_namespace_of(facts->arena, seen->pid) == wanted)
			return seen;
	return NULL;
}

static const struct seen *init_find(const struct survey *survey,
				    const struct audit_facts *facts)
{
	const struct seen *seen = seen_of(survey, facts->pid);
	const struct seen *top = seen ? topmost(survey, seen, facts->status.depth) : NULL;

	if (facts->status.depth < 2)
		return NULL;
	return top && top->status.inner_pid == 1 ? top : init_by_namespace(survey, facts);
}

/* What of a process is a weaker wall than the same of the one that was asked for. */
static const char *weaker_in(const struct status_facts *it, const struct status_facts *than)
{
	if (it->no_new_privs < than->no_new_privs)
		return "no_new_privs is not set";
	if (it->seccomp == 0 && than->seccomp > 0)
		return "no filter of system calls";
	for (int i = 0; i < CAPABILITY_SETS; i++)
		if (i != CAP_BND && it->capabilities[i] & ~than->capabilities[i])
			return "more capabilities";
	return NULL;
}

static void compare_others(struct audit_facts *facts, struct survey *survey,
			   const struct seen *init)
{
	if (!init)
		return;
	list_each(struct seen, seen, &survey->processes) {
		const char *what;

		seen->inside = seen->status.depth >= facts->status.depth &&
			       topmost(survey, seen, facts->status.depth) == init;
		/* Who joined from outside has its parent there. */
		if (!seen->inside && seen->status.depth == facts->status.depth)
			seen->inside = facts->namespaces[AUDIT_PID].inode &&
				       pid_namespace_of(facts->arena, seen->pid) ==
				       facts->namespaces[AUDIT_PID].inode;
		facts->processes += seen->inside;
		if (!seen->inside || seen == init || seen->pid == facts->pid ||
		    facts->weaker.count == MOST_WEAKER)
			continue;
		if (!(what = weaker_in(&seen->status, &facts->status)))
			continue;
		*list_add(facts->arena, &facts->weaker) = (struct weaker_facts){
			.pid = seen->pid, .name = seen->status.name, .what = what,
		};
	}
}

static const struct seen *first_child(const struct survey *survey, pid_t parent, unsigned depth)
{
	list_each(const struct seen, seen, &survey->processes)
		if (seen->status.parent == parent && seen->status.depth >= depth)
			return seen;
	return NULL;
}

/* What stands behind a process 1, of which there can be several, one further in than the
 * other, and behind an init that shows nothing: the first that can be looked at and is
 * neither. 0: nobody does. */
static pid_t command_of(struct arena *arena, const struct survey *survey, pid_t init,
			unsigned depth)
{
	enum { DEEPEST = 8 };
	const struct seen *first = first_child(survey, init, depth), *shown = NULL;
	struct error ignored;
	int round = 0;

	for (const struct seen *seen = first; seen && round++ < DEEPEST;
	     seen = first_child(survey, seen->pid, seen->status.depth)) {
		AUTO_FD int process = proc_open(seen->pid, &ignored);
		if (process < 0 || namespace_of(arena, process, AUDIT_MOUNT) == 0)
			continue;
		if (seen->status.inner_pid != 1)
			return seen->pid;
		shown = shown ? shown : seen;
	}
	return shown ? shown->pid : first ? first->pid : 0;
}

/* A process one level further in that has `pid` among its ancestors: whoever asks
 * about the launcher means what it launched. Its first child's, not its init's. */
static pid_t inside_of(struct arena *arena, const struct survey *survey, pid_t pid)
{
	const struct seen *asked = seen_of(survey, pid), *init = NULL;

	for (size_t i = 0; asked && i < survey->processes.count && !init; i++) {
		const struct seen *seen = &survey->processes.items[i];
		size_t round = 0;

		for (; seen && seen != asked && round <= survey->processes.count; round++)
			seen = seen->parent == SIZE_MAX ? NULL
				: &survey->processes.items[seen->parent];
		if (seen == asked &&
		    survey->processes.items[i].status.depth > asked->status.depth)
			init = &survey->processes.items[i];
	}
	if (!init)
		return 0;
	pid_t command = command_of(arena, survey, init->pid, init->status.depth);
	return command ? command : init->pid;
}

/* --- one process ------------------------------------------------------------------- */

/* Is the process kept from others of its own user? */
static enum answer is_hidden(struct arena *arena, int process, const struct status_facts *status)
{
	uid_t owner;

	if (proc_link(arena, process, "root") == NULL && errno == EACCES &&
	    status->uid[0] == geteuid() && status->uid[1] == status->uid[0] &&
	    status->uid[2] == status->uid[0])
		return ANSWER_YES;
	/* Entries of a process that is not dumpable belong to root, or to what root of
	 * the user namespace of its memory is: proc(5). */
	if (proc_owner(process, "environ", &owner) < 0)
		return ANSWER_UNKNOWN;
	if (owner != status->uid[1])
		return ANSWER_YES;
	return owner == 0 ? ANSWER_UNKNOWN : ANSWER_NO;
}

static void look_at_namespaces(struct audit_facts *facts, int process, int caller, int first)
{
	for (int i = 0; i < AUDIT_NAMESPACES; i++) {
		struct namespace_facts *it = &facts->namespaces[i];
		uint64_t of_caller = namespace_of(facts->arena, caller, (enum audit_namespace)i);
		uint64_t of_first = first == NO_FD ? 0
			: namespace_of(facts->arena, first, (enum audit_namespace)i);

		it->inode = namespace_of(facts->arena, process, (enum audit_namespace)i);
		if (it->inode && of_caller)
			it->own = it->inode == of_caller ? ANSWER_NO : ANSWER_YES;
		if (it->inode && of_first)
			it->of_host = it->inode == of_first ? ANSWER_YES : ANSWER_NO;
		uint64_t owner = proc_namespace_owner(process, link_names[i]);
		if (i != AUDIT_USER && owner && facts->namespaces[AUDIT_USER].inode)
			it->owned = owner == facts->namespaces[AUDIT_USER].inode ? ANSWER_YES
										 : ANSWER_NO;
	}
}

static void look_at_maps(struct audit_facts *facts, int process)
{
	enum { LINES = 340 };
	struct map_facts *maps = arena_alloc(facts->arena, LINES * sizeof(*maps));
	const char *text = text_of(facts->arena, process, "uid_map", SMALL);

	for (size_t i = 0, count = parse_map(text, maps, LINES); i < count; i++)
		*list_add(facts->arena, &facts->uid_map) = maps[i];
	text = text_of(facts->arena, process, "gid_map", SMALL);
	for (size_t i = 0, count = parse_map(text, maps, LINES); i < count; i++)
		*list_add(facts->arena, &facts->gid_map) = maps[i];
	text = text_of(facts->arena, process, "setgroups", SMALL);
	if (text)
		facts->setgroups_denied = text_begins(text, "deny") ? ANSWER_YES : ANSWER_NO;
}

static void look_at_mounts(struct audit_facts *facts, int process)
{
	size_t length;
	char *text;

	if (proc_read(facts->arena, process, "mountinfo", MOST_MOUNT_BYTES, &text, &length,
		      &facts->mounts_cut) < 0) {
		facts->mounts_code = errno;
		return;
	}
	parse_mounts(facts, text, MOST_MOUNTS);
	mounts_find_hidden(facts);
}

/* --- descriptors --------------------------------------------------------------------- */

struct files {
	struct arena *arena;
	int process;
	const struct audit_facts *of, *caller;
	struct open_list *list;
};

static bool has_mount(const struct audit_facts *facts, int id)
{
	list_each(const struct mount_facts, mount, &facts->mounts)
		if (mount->id == id)
			return true;
	return false;
}

static bool has_device(const struct audit_facts *facts, dev_t device)
{
	list_each(const struct mount_facts, mount, &facts->mounts)
		if (makedev(mount->major, mount->minor) == device)
			return true;
	return false;
}

/* The numbers of terminals: virtual consoles and serial lines, the console, and the
 * two ends of pseudo-terminals. /dev/tty (5:0) is the one that a process has anyway. */
static bool is_terminal(dev_t node)
{
	unsigned number = major(node);

	return number == 4 || (number == 5 && minor(node) == 1) ||
	       (number >= 136 && number <= 143);
}

static enum open_kind kind_of(const struct proc_object *object, const char *target)
{
	switch (object->mode & S_IFMT) {
	case S_IFREG:
		return OPEN_FILE;
	case S_IFDIR:
		return OPEN_DIRECTORY;
	case S_IFCHR:
		return is_terminal(object->node) ? OPEN_TERMINAL : OPEN_DEVICE;
	case S_IFBLK:
		return OPEN_DEVICE;
	case S_IFSOCK:
		return OPEN_SOCKET;
	case S_IFIFO:
		return OPEN_PIPE;
	default:
		return text_begins(target, "anon_inode:") ? OPEN_ANONYMOUS : OPEN_OTHER;
	}
}

/* null, zero, full, random, urandom: nothing behind them is anybody's. */
static bool is_harmless(dev_t node)
{
	static const unsigned minors[] = { 3, 5, 7, 8, 9 };

	for (size_t i = 0; i < sizeof(minors) / sizeof(minors[0]); i++)
		if (node == makedev(1, minors[i]))
			return true;
	return false;
}

static bool has_place(const struct open_facts *file, dev_t node)
{
	/* What memfd_create(2) and shmget(2) make is on a mount that nobody has. */
	return (file->kind == OPEN_FILE && !text_begins(file->target, "/memfd:") &&
		!text_begins(file->target, "/SYSV")) ||
	       file->kind == OPEN_DIRECTORY || file->kind == OPEN_TERMINAL ||
	       (file->kind == OPEN_DEVICE && !is_harmless(node));
}

static bool look_at_file(void *context, int number)
{
	const struct files *files = context;
	struct arena *arena = files->arena;
	struct open_facts file = { .number = number };
	struct proc_object object = { 0 };
	unsigned flags;
	int mount;

	if (files->list->count == MOST_FILES) {
		files->list->cut = true;
		return false;
	}
	file.target = proc_link(arena, files->process, arena_format(arena, "fd/%d", number));
	const char *info = text_of(arena, files->process,
				   arena_format(arena, "fdinfo/%d", number), SMALL);
	if (!file.target || !info)
		return true;	/* closed meanwhile */
	bool looked = proc_look(files->process, number, &object) == 0;
	file.kind = looked ? kind_of(&object, file.target) : OPEN_OTHER;
	if (parse_open(info, &flags, &mount)) {
		file.path_only = flags & O_PATH;
		file.reads = !file.path_only && (flags & O_ACCMODE) != O_WRONLY;
		file.writes = !file.path_only && (flags & O_ACCMODE) != O_RDONLY;
		file.appends = flags & O_APPEND;
		if (has_place(&file, object.node) && !files->of->mounts_code && !files->of->mounts_cut)
			file.outside = has_mount(files->of, mount) ? ANSWER_NO : ANSWER_YES;
	}
	if (file.kind == OPEN_TERMINAL)
		file.of_host = has_device(files->caller, object.device) ? ANSWER_YES : ANSWER_NO;
	*list_add(arena, files->list) = file;
	return true;
}

static int by_number(const void *a, const void *b)
{
	const struct open_facts *one = a, *other = b;

	return (one->number > other->number) - (one->number < other->number);
}

/* 0, or the errno of not being allowed to. */
static int look_at_files(const struct audit_facts *facts, int process,
			 const struct audit_facts *caller, struct open_list *list)
{
	struct files files = {
		.arena = facts->arena, .process = process, .of = facts, .caller = caller,
		.list = list,
	};

	if (proc_each_number(process, "fd", look_at_file, &files) < 0)
		return errno;
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), by_number);
	return 0;
}

/* --- control groups -------------------------------------------------------------------- */

static const struct mount_facts *hierarchy(const struct audit_facts *caller, const char *path,
					   const char *controller)
{
	const char *type = *controller ? "cgroup" : "cgroup2";

	list_each(const struct mount_facts, mount, &caller->mounts)
		if (text_is(mount->type, type) && !mount->hidden &&
		    (!*controller || text_is(path_last(mount->place), controller)) &&
		    text_begins(path, text_is(mount->root, "/") ? "/" : mount->root))
			return mount;
	return NULL;
}

/* The smallest of a setting in a group and those above it: the kernel holds all. */
static const char *group_limit(const struct audit_facts *facts,
			       const struct audit_facts *caller, const char *text,
			       const char *controller, const char *setting)
{
	const char *path = parse_cgroup(facts->arena, text, controller), *least = NULL;
	const struct mount_facts *mount = path ? hierarchy(caller, path, controller) : NULL;

	if (!mount)
		return NULL;
	AUTO_FD int top = proc_settings_open(mount->place);
	const char *below = text_is(mount->root, "/") ? path : path + strlen(mount->root);
	char *group = arena_copy(facts->arena, below + strspn(below, "/"));
	for (int level = 0; top >= 0 && level < 64; level++) {
		const char *value = proc_setting(facts->arena, top, *group
				? arena_format(facts->arena, "%s/%s", group, setting) : setting);
		if (value && !text_is(value, "max") &&
		    (!least || strtoull(value, NULL, 10) < strtoull(least, NULL, 10)))
			least = value;
		if (!*group)
			break;
		char *slash = strrchr(group, '/');
		*(slash ? slash : group) = '\0';
	}
	return least;
}

static void look_at_groups(struct audit_facts *facts, int process,
			   const struct audit_facts *caller)
{
	/* What version 1 has for "no limit": the highest multiple of a page. */
	const uint64_t unlimited = UINT64_MAX / 2 / 4096 * 4096;
	const char *text = text_of(facts->arena, process, "cgroup", SMALL);

	if (!text)
		return;
	facts->memory_limit = group_limit(facts, caller, text, "", "memory.max");
	facts->pids_limit = group_limit(facts, caller, text, "", "pids.max");
	facts->cpu_limit = group_limit(facts, caller, text, "", "cpu.max");
	if (facts->cpu_limit && text_begins(facts->cpu_limit, "max"))
		facts->cpu_limit = NULL;
	if (!facts->pids_limit)
		facts->pids_limit = group_limit(facts, caller, text, "pids", "pids.max");
	if (!facts->memory_limit) {
		const char *limit = group_limit(facts, caller, text, "memory",
						"memory.limit_in_bytes");
		if (limit && strtoull(limit, NULL, 10) < unlimited)
			facts->memory_limit = limit;
	}
}

/* --- the whole --------------------------------------------------------------------- */

static void look_at_label(struct audit_facts *facts, int process)
{
	char *text = text_of(facts->arena, process, "attr/current", 256);

	if (!text)
		return;
	text[strcspn(text, "\n")] = '\0';
	if (*text)
		facts->label = text;
}

static void look_at_rest(struct audit_facts *facts, int process,
			 const struct audit_facts *caller)
{
	struct arena *arena = facts->arena;
	const char *text;

	look_at_maps(facts, process);
	look_at_mounts(facts, process);
	mounts_find_host(facts, caller);
	facts->root = proc_link(arena, process, "root");
	facts->files_code = look_at_files(facts, process, caller, &facts->files);
	text = text_of(arena, process, "stat", SMALL);
	facts->terminal = text ? parse_terminal(text) : -1;
	if ((text = text_of(arena, process, "limits", SMALL)))
		parse_limits(facts, text);
	if ((text = text_of(arena, process, "net/dev", SMALL)))
		parse_devices(facts, text);
	else
		facts->devices_code = errno;
	look_at_groups(facts, process, caller);
	look_at_label(facts, process);
	facts->home = account_look(arena, facts->status.uid[1], facts->status.gid[1]).home;
	facts->legacy_tiocsti = (int)sysctl_number("dev/tty/legacy_tiocsti", 1);
}

static void look_at_init(struct audit_facts *facts, const struct audit_facts *caller)
{
	struct init_facts *init = &facts->init;
	struct error ignored;
	bool cut;
	size_t length;
	char *bytes;

	AUTO_FD int process = proc_open(init->pid, &ignored);
	if (process < 0 || !status_of(facts->arena, process, &init->status)) {
		init->files_code = init->environment_code = ESRCH;
		return;
	}
	init->hidden = is_hidden(facts->arena, process, &init->status);
	init->files_code = look_at_files(facts, process, caller, &init->files);
	if (proc_read_memory(facts->arena, process, "environ", MOST_ENVIRONMENT, &bytes, &length,
			     &cut) < 0)
		init->environment_code = errno;
	else
		parse_environment(facts->arena, bytes, length, MOST_VARIABLES, init);
}

/* Is what the walls of a process rest on the same as it was? */
static bool same_status(const struct status_facts *a, const struct status_facts *b)
{
	return memcmp(a->capabilities, b->capabilities, sizeof(a->capabilities)) == 0 &&
	       memcmp(a->uid, b->uid, sizeof(a->uid)) == 0 &&
	       a->seccomp == b->seccomp && a->filters == b->filters &&
	       a->no_new_privs == b->no_new_privs && a->depth == b->depth &&
	       text_is(a->name, b->name);
}

static int vanished(pid_t pid, struct error *err)
{
	(void)fail(err, 0, "process %d ended while it was looked at", (int)pid);
	return hint(err, "what can be said of a process is said while it runs");
}

/* One look; *ret_changed when the process became another meanwhile. */
static int look_once(struct audit_facts *facts, int process, bool *ret_changed,
		     struct error *err)
{
	struct arena *arena = facts->arena;
	struct audit_facts caller = { .arena = arena };
	struct status_facts after;
	struct survey survey;
	struct error ignored;

	if (!status_of(arena, process, &facts->status) || has_ended(&facts->status))
		return vanished(facts->pid, err);
	AUTO_FD int self = proc_open(getpid(), err);
	if (self < 0)
		return -1;
	AUTO_FD int first = proc_open(1, &ignored);
	look_at_namespaces(facts, process, self, first);
	look_at_mounts(&caller, self);
	facts->hidden = is_hidden(arena, process, &facts->status);
	look_at_rest(facts, process, &caller);

	survey_make(arena, &survey);
	const struct seen *init = init_find(&survey, facts);
	if (init) {
		facts->init.pid = init->pid;
		look_at_init(facts, &caller);
	} else if (audit_in_sandbox(facts) != ANSWER_YES) {
		facts->inside = inside_of(arena, &survey, facts->pid);
	}
	compare_others(facts, &survey, init);

	uint64_t mounts = namespace_of(arena, process, AUDIT_MOUNT);
	if (!status_of(arena, process, &after) || has_ended(&after))
		return vanished(facts->pid, err);
	*ret_changed = !same_status(&facts->status, &after) ||
		       mounts != facts->namespaces[AUDIT_MOUNT].inode;
	return 0;
}

static struct audit_facts *facts_new(struct arena *arena, pid_t asked, pid_t pid)
{
	struct audit_facts *facts = arena_alloc(arena, sizeof(*facts));

	facts->arena = arena;
	facts->asked = asked;
	facts->pid = pid;
	facts->caller = geteuid();
	return facts;
}

/* An init that shows nothing to its own user: the command shows what both have. */
static pid_t better_known(struct arena *arena, pid_t pid, int process)
{
	struct status_facts status;
	struct survey survey;

	if (namespace_of(arena, process, AUDIT_MOUNT) != 0 ||
	    !status_of(arena, process, &status) || status.inner_pid != 1 || status.depth < 2)
		return pid;
	survey_make(arena, &survey);
	pid_t command = command_of(arena, &survey, pid, status.depth);
	return command ? command : pid;
}

const struct audit_facts *audit_look(struct arena *arena, pid_t asked, struct error *err)
{
	enum { ROUNDS = 5 };

	AUTO_FD int process = proc_open(asked, err);
	if (process < 0) {
		if (err->code == ENOENT)
			(void)hint(err, "to see the processes that there are: ps -e");
		return NULL;
	}
	pid_t pid = better_known(arena, asked, process);
	if (pid != asked) {
		fd_close(&process);
		process = proc_open(pid, err);
		if (process < 0)
			return NULL;
	}
	for (int round = 0; round < ROUNDS; round++) {
		struct audit_facts *facts = facts_new(arena, asked, pid);
		bool changed = false;

		if (look_once(facts, process, &changed, err) < 0)
			return NULL;
		if (!changed)
			return facts;
	}
	(void)fail(err, 0, "process %d changes faster than it can be looked at", (int)pid);
	return NULL;
}
