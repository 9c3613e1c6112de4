#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <immure/audit/parse.h>
#include <immure/base/path.h>
#include <immure/base/text.h>

/* Cut the next part off *rest, which ends at `end` or with the text. NULL: no more. */
static char *next_part(char **rest, char end)
{
	char *part = *rest;

	if (!part)
		return NULL;
	char *stop = strchr(part, end);
	if (stop)
		*stop = '\0';
	*rest = stop ? stop + 1 : NULL;
	return part;
}

static char *next_line(char **rest)
{
	char *line = next_part(rest, '\n');

	return line && (*line || *rest) ? line : NULL;
}

/* --- status ---------------------------------------------------------------------- */

/* The numbers of a line of status, up to `room`; returns how many there are. */
static size_t numbers(const char *text, long *values, size_t room)
{
	size_t count = 0;

	for (char *end; *text; text = end) {
		long value = strtol(text, &end, 10);
		if (end == text)
			break;
		if (count < room)
			values[count] = value;
		count++;
	}
	return count < room ? count : room;
}

static void status_ids(const char *text, uint32_t ids[4])
{
	long values[4] = { 0 };

	(void)numbers(text, values, 4);
	for (int i = 0; i < 4; i++)
		ids[i] = (uint32_t)values[i];
}

enum { DEEPEST = 64, MOST_GROUPS = 1024 };	/* the kernel nests pid namespaces 32 deep */

static void status_levels(const char *text, unsigned *ret_depth, pid_t *ret_inner)
{
	long values[DEEPEST];
	size_t count = numbers(text, values, DEEPEST);

	*ret_depth = (unsigned)count;
	*ret_inner = count ? (pid_t)values[count - 1] : 0;
}

static void status_groups(struct arena *arena, const char *text, struct status_facts *status)
{
	for (char *end; status->groups.count < MOST_GROUPS; text = end) {
		unsigned long group = strtoul(text, &end, 10);
		if (end == text)
			break;
		*list_add(arena, &status->groups) = (gid_t)group;
	}
}

/* The value behind `key` when the line has that key, or NULL. */
static const char *value_of(const char *line, const char *key)
{
	size_t length = strlen(key);

	if (!text_begins(line, key) || line[length] != ':')
		return NULL;
	return line + length + 1 + strspn(line + length + 1, " \t");
}

static void status_line(struct arena *arena, const char *line, struct status_facts *status)
{
	static const char *const sets[CAPABILITY_SETS] = {
		[CAP_EFF] = "CapEff", [CAP_PRM] = "CapPrm", [CAP_INH] = "CapInh",
		[CAP_BND] = "CapBnd", [CAP_AMB] = "CapAmb",
	};
	const struct { const char *key; int *to; } plain[] = {
		{ "Tgid", &status->group }, { "PPid", &status->parent },
		{ "TracerPid", &status->tracer }, { "NoNewPrivs", &status->no_new_privs },
		{ "Seccomp", &status->seccomp }, { "Seccomp_filters", &status->filters },
		{ "Threads", &status->threads },
	};
	unsigned ignored;
	const char *value;

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if ((value = value_of(line, plain[i].key)))
			*plain[i].to = (int)strtol(value, NULL, 10);
	for (int i = 0; i < CAPABILITY_SETS; i++)
		if ((value = value_of(line, sets[i])))
			status->capabilities[i] = strtoull(value, NULL, 16);
	/* The kernel escapes the end of a line in a name, so that no name makes lines. */
	if ((value = value_of(line, "Name")))
		status->name = arena_copy_part(arena, value, strnlen(value, 64));
	if ((value = value_of(line, "State")))
		status->state = *value;
	if ((value = value_of(line, "Uid")))
		status_ids(value, status->uid);
	if ((value = value_of(line, "Gid")))
		status_ids(value, status->gid);
	if ((value = value_of(line, "Groups")))
		status_groups(arena, value, status);
	if ((value = value_of(line, "NSpid")))
		status_levels(value, &status->depth, &status->inner_pid);
	if ((value = value_of(line, "NSsid")))
		status_levels(value, &ignored, &status->inner_session);
}

bool parse_status(struct arena *arena, const char *text, struct status_facts *status)
{
	char *rest = arena_copy(arena, text);

	*status = (struct status_facts){ .no_new_privs = -1, .seccomp = -1, .filters = -1 };
	for (char *line; (line = next_line(&rest));)
		status_line(arena, line, status);
	return status->name && status->state && status->group > 0;
}

/* --- mountinfo ------------------------------------------------------------------- */

static bool has_option(const char *options, const char *wanted)
{
	size_t length = strlen(wanted);

	for (; options; options = strchr(options, ',') ? strchr(options, ',') + 1 : NULL)
		if (strncmp(options, wanted, length) == 0 &&
		    (options[length] == ',' || options[length] == '\0'))
			return true;
	return false;
}

static bool parse_mount(char *line, struct mount_facts *mount)
{
	char *rest = line, *field;
	const char *id = next_part(&rest, ' '), *parent = next_part(&rest, ' ');
	const char *device = next_part(&rest, ' ');
	char *root = next_part(&rest, ' '), *place = next_part(&rest, ' ');
	const char *options = next_part(&rest, ' ');

	while ((field = next_part(&rest, ' ')) && !text_is(field, "-")) {
		mount->shared |= text_begins(field, "shared:");
		mount->follows |= text_begins(field, "master:");
	}
	char *type = next_part(&rest, ' '), *source = next_part(&rest, ' ');
	const char *more = next_part(&rest, ' ');
	if (!options || !more ||
	    sscanf(device, "%u:%u", &mount->major, &mount->minor) != 2)
		return false;
	mount->id = (int)strtol(id, NULL, 10);
	mount->parent = (int)strtol(parent, NULL, 10);
	mount->root = text_decode_octal(root);
	mount->place = text_decode_octal(place);
	mount->type = text_decode_octal(type);
	mount->source = text_decode_octal(source);
	mount->writable = has_option(options, "rw") && has_option(more, "rw");
	mount->nosuid = has_option(options, "nosuid");
	mount->nodev = has_option(options, "nodev");
	mount->noexec = has_option(options, "noexec");
	return true;
}

void parse_mounts(struct audit_facts *facts, const char *text, size_t most)
{
	char *rest = arena_copy(facts->arena, text);

	for (char *line; (line = next_line(&rest));) {
		struct mount_facts mount = { 0 };

		if (!parse_mount(line, &mount))
			continue;
		if (facts->mounts.count == most) {
			facts->mounts_cut = true;
			return;
		}
		*list_add(facts->arena, &facts->mounts) = mount;
	}
}

/* What is mounted on top of a mount hides it, and what is mounted on a directory hides
 * what was mounted below that directory before. On "/" neither is certain: a process
 * can stand below what was mounted there later. */
static bool covers(const struct mount_facts *over, const struct mount_facts *mount)
{
	if (text_is(over->place, "/"))
		return false;
	if (over->parent == mount->id)
		return text_is(over->place, mount->place);
	return over->parent == mount->parent && path_is_below(mount->place, over->place);
}

/* Children of a hidden mount are hidden with it, but for the one that does it. Whoever
 * makes mounts can make a chain of them in the worst order: the parents are looked up
 * once, so that it costs n * n and no more. */
void mounts_find_hidden(struct audit_facts *facts)
{
	struct mount_facts *mounts = facts->mounts.items;
	size_t count = facts->mounts.count;
	size_t *parents = arena_alloc(facts->arena, (count + 1) * sizeof(*parents));

	for (size_t i = 0; i < count; i++) {
		parents[i] = i;		/* itself: none */
		for (size_t j = 0; j < count; j++) {
			if (i != j && mounts[j].id == mounts[i].parent)
				parents[i] = j;
			mounts[i].hidden |= i != j && covers(&mounts[j], &mounts[i]);
		}
	}
	/* Down the tree, at least one level a round. */
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < count; i++) {
			const struct mount_facts *parent = &mounts[parents[i]];

			if (mounts[i].hidden || !parent->hidden || covers(&mounts[i], parent))
				continue;
			mounts[i].hidden = changed = true;
		}
	}
}

static const char *host_place(struct arena *arena, const struct mount_facts *mount,
			      const struct mount_facts *there)
{
	const char *rest = mount->root + (text_is(there->root, "/") ? 1 : strlen(there->root));

	rest += strspn(rest, "/");
	return *rest ? path_join(arena, there->place, rest) : there->place;
}

void mounts_find_host(struct audit_facts *facts, const struct audit_facts *caller)
{
	list_each(struct mount_facts, mount, &facts->mounts) {
		const struct mount_facts *best = NULL;

		list_each(const struct mount_facts, there, &caller->mounts) {
			if (there->major != mount->major || there->minor != mount->minor)
				continue;
			mount->of_host = true;
			if (!there->hidden && path_is_within(mount->root, there->root) &&
			    (!best || strlen(there->root) > strlen(best->root)))
				best = there;
		}
		mount->host = best ? host_place(facts->arena, mount, best) : NULL;
	}
}

/* --- the small ones -------------------------------------------------------------- */

uint64_t parse_namespace(const char *text)
{
	const char *start = text ? strstr(text, ":[") : NULL;
	char *end;

	if (!start || !isdigit((unsigned char)start[2]))
		return 0;
	uint64_t inode = strtoull(start + 2, &end, 10);
	return text_is(end, "]") ? inode : 0;
}

size_t parse_map(const char *text, struct map_facts *maps, size_t room)
{
	size_t count = 0;

	for (; text && *text && count < room; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (sscanf(text, "%u %u %u", &maps[count].inside, &maps[count].outside,
			   &maps[count].count) != 3)
			break;
		count++;
	}
	return count;
}

static uint64_t limit_value(const char *text)
{
	return text_begins(text, "unlimited") ? UINT64_MAX : strtoull(text, NULL, 10);
}

void parse_limits(struct audit_facts *facts, const char *text)
{
	static const struct { const char *title, *name; } titles[] = {
		{ "Max cpu time", "cpu" }, { "Max file size", "fsize" },
		{ "Max data size", "data" }, { "Max stack size", "stack" },
		{ "Max core file size", "core" }, { "Max resident set", "rss" },
		{ "Max processes", "nproc" }, { "Max open files", "nofile" },
		{ "Max locked memory", "memlock" }, { "Max address space", "as" },
		{ "Max file locks", "locks" }, { "Max pending signals", "sigpending" },
		{ "Max msgqueue size", "msgqueue" }, { "Max nice priority", "nice" },
		{ "Max realtime priority", "rtprio" }, { "Max realtime timeout", "rttime" },
	};
	char *rest = arena_copy(facts->arena, text);

	for (char *line; (line = next_line(&rest));) {
		for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
			const char *value = line + strlen(titles[i].title);

			if (!text_begins(line, titles[i].title) || *value != ' ')
				continue;
			struct limit_facts *limit = list_add(facts->arena, &facts->limits);
			value += strspn(value, " ");
			limit->name = titles[i].name;
			limit->soft = limit_value(value);
			value += strcspn(value, " ");
			limit->hard = limit_value(value + strspn(value, " "));
		}
	}
}

int parse_terminal(const char *text)
{
	const char *behind = strrchr(text, ')');
	int terminal;

	/* State, parent, group, session, terminal. */
	if (!behind || sscanf(behind + 1, " %*c %*d %*d %*d %d", &terminal) != 1)
		return -1;
	return terminal;
}

bool parse_open(const char *text, unsigned *ret_flags, int *ret_mount)
{
	const char *flags = strstr(text, "flags:\t"), *mount = strstr(text, "mnt_id:\t");

	if (!flags || !mount)
		return false;
	*ret_flags = (unsigned)strtoul(flags + strlen("flags:\t"), NULL, 8);
	*ret_mount = (int)strtol(mount + strlen("mnt_id:\t"), NULL, 10);
	return true;
}

void parse_environment(struct arena *arena, const char *bytes, size_t length, size_t most,
		       struct init_facts *init)
{
	enum { LONGEST = 128 };
	const char *end = bytes + length;

	for (size_t size; bytes < end && init->environment.count < most; bytes += size + 1) {
		size = strnlen(bytes, (size_t)(end - bytes));
		const char *equals = memchr(bytes, '=', size);
		size_t name = equals ? (size_t)(equals - bytes) : size;

		/* Zeros are what a process leaves that wiped its own. */
		if (size > 0)
			*list_add(arena, &init->environment) =
				arena_copy_part(arena, bytes, name < LONGEST ? name : LONGEST);
	}
}

void parse_devices(struct audit_facts *facts, const char *text)
{
	enum { MOST = 64 };
	char *rest = arena_copy(facts->arena, text);

	for (char *line; (line = next_line(&rest));) {
		line += strspn(line, " ");
		size_t length = strcspn(line, ":|");

		if (line[length] == ':' && facts->devices.count < MOST)
			*list_add(facts->arena, &facts->devices) =
				arena_copy_part(facts->arena, line, length);
	}
}

const char *parse_cgroup(struct arena *arena, const char *text, const char *controller)
{
	char *rest = arena_copy(arena, text);

	for (char *line; (line = next_line(&rest));) {
		(void)next_part(&line, ':');
		const char *controllers = next_part(&line, ':');

		if (!controllers || !line)
			continue;
		if (*controller ? has_option(controllers, controller) : !*controllers)
			return line;
	}
	return NULL;
}
