/* Where a control group is looked for: rules of cgroup v2 and of systemd, on trees of
 * plain directories. As an ordinary user, whom permissions hold. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/cgroup.h>

#include "../../src/plan/plan_internal.h"
#include "unit.h"

static struct arena *arena;

/* --- the texts of /proc ------------------------------------------------------------ */

static const char plain[] = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
			    "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";
static const char hybrid[] = "30 22 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n"
			     "31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
			     "32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";

static const struct {
	const char *mountinfo, *membership, *top, *own, *why;
} places[] = {
	{ plain, "0::/a/b\n", "/sys/fs/cgroup", "/sys/fs/cgroup/a/b", NULL },
	{ plain, "0::/\n", "/sys/fs/cgroup", "/sys/fs/cgroup", NULL },
	{ plain, "0::/", "/sys/fs/cgroup", "/sys/fs/cgroup", NULL },
	{ hybrid, "9:name=systemd:/x\n4:memory:/y\n0::/z z\n", "/sys/fs/cgroup/unified",
	  "/sys/fs/cgroup/unified/z z", NULL },
	/* A part of the tree that is mounted somewhere else, with a blank and a backslash. */
	{ "1 2 0:3 /a /mnt/c\\040g\\134x rw master:1 propagate_from:2 - cgroup2 none rw\n",
	  "0::/a/b\n", "/mnt/c g\\x", "/mnt/c g\\x/b", NULL },
	{ "1 2 0:3 /a /mnt rw - cgroup2 none rw\n", "0::/a\n", "/mnt", "/mnt", NULL },
	/* The first mount that has us counts, others do not. */
	{ "1 2 0:3 /b /one rw - cgroup2 none rw\n1 2 0:3 / /two rw - cgroup2 none rw\n",
	  "0::/a\n", "/two", "/two/a", NULL },
	{ "1 2 0:3 /a /mnt rw - cgroup2 none rw\n", "0::/ab\n", NULL, NULL, "not visible" },
	{ "1 2 0:3 /../.. /mnt rw - cgroup2 none rw\n", "0::/\n", NULL, NULL, "not visible" },
	{ plain, "0::/../x\n", NULL, NULL, "not visible" },
	{ plain, "4:memory:/y\n", NULL, NULL, "no control groups of version 2" },
	{ plain, "", NULL, NULL, "no control groups of version 2" },
	{ "", "0::/\n", NULL, NULL, "not mounted" },
	{ "1 2 0:3 / /mnt rw - cgroup none rw\n", "0::/\n", NULL, NULL, "not mounted" },
	/* Cut off, in every place. */
	{ "1", "0::/\n", NULL, NULL, "not mounted" },
	{ "1 2 0:3 /", "0::/\n", NULL, NULL, "not mounted" },
	{ "1 2 0:3 / /mnt", "0::/\n", NULL, NULL, "not mounted" },
	{ "1 2 0:3 / /mnt rw -", "0::/\n", NULL, NULL, "not mounted" },
	{ "1 2 0:3 / /mnt rw cgroup2 cgroup2", "0::/\n", NULL, NULL, "not mounted" },
};

static void test_places(void)
{
	EACH_ROW(row, places) {
		struct cgroup_place place = { "?", "?" };
		struct error err = { 0 };
		int result = cgroup_place_read(arena, row->mountinfo, row->membership, &place, &err);

		CHECK((result == 0) == (row->why == NULL), "%s in %s", row->membership,
		      row->mountinfo);
		if (row->why)
			CHECK(strstr(err.what, row->why), "%s", err.what);
		else
			CHECK(text_is(place.top, row->top) && text_is(place.own, row->own),
			      "%s: %s, %s", row->membership, place.top, place.own);
	}
}

/* --- trees --------------------------------------------------------------------------- */

enum { ROOT = 1, FOREIGN = 2, FIXED = 4, DELEGATED = 8 };

struct level {
	const char *path;		/* below the top; NULL ends the list */
	const char *available, *enabled;
	const char *members;		/* "SELF" is us */
	int is;
};

#define ALL "cpuset cpu io memory hugetlb pids rdma misc"
#define MANAGER "/user.slice/user-7.slice/user@7.service"
#define SLICES { "", ALL, ALL, "", ROOT | FOREIGN }, \
	{ "/user.slice", ALL, ALL, "", FOREIGN }, \
	{ "/user.slice/user-7.slice", ALL, ALL, "", FOREIGN }

static const struct {
	const char *name;
	struct level levels[8];
	const char *own;
	int systemd, address;
	unsigned wanted;
	enum group_way way;
	const char *parent;		/* below the top */
	int hand_down;
	const char *what, *hint;	/* parts of them */
} rows[] = {
	{ "real root, at the top",
	  { { "", ALL, "", "1\n2\n", ROOT } }, "/", false, false, CGROUP_MEMORY | CGROUP_CPU,
	  GROUP_BELOW, "", true, NULL, NULL },
	{ "alone in a group of ours",
	  { { "", ALL, ALL, "", ROOT | FOREIGN }, { "/a", ALL, "", "SELF\n", 0 } }, "/a",
	  false, false, CGROUP_MEMORY, GROUP_ALONE, "/a", true, NULL, NULL },
	{ "others are in it as well",
	  { { "", ALL, ALL, "", FOREIGN }, { "/a", ALL, "", "1\nSELF\n", 0 } }, "/a",
	  false, false, CGROUP_MEMORY, GROUP_MISSING, NULL, false, "other processes are in ",
	  "podman run --systemd always" },
	{ "others are in it, and that is as high as it goes",
	  { { "", ALL, "", "1\nSELF\n", 0 } }, "/", false, false, CGROUP_PIDS, GROUP_MISSING,
	  NULL, false, "other processes are in the control group ", "docker run --privileged" },
	{ "a group above ours that hands it down",
	  { { "", ALL, ALL, "", ROOT | FOREIGN }, { "/a", ALL, "memory pids", "", 0 },
	    { "/a/b", "memory pids", "", "1\nSELF\n", 0 } }, "/a/b",
	  false, false, CGROUP_MEMORY | CGROUP_PIDS, GROUP_BELOW, "/a", false, NULL, NULL },
	{ "a group above ours that can",
	  { { "", ALL, ALL, "", ROOT | FOREIGN }, { "/a", ALL, "memory", "", 0 },
	    { "/a/b", "memory", "", "1\nSELF\n", 0 } }, "/a/b",
	  false, false, CGROUP_MEMORY | CGROUP_PIDS, GROUP_BELOW, "/a", true, NULL, NULL },
	{ "a group that we may write in, but not hand down what it does not yet",
	  { { "", ALL, "memory", "", FIXED }, { "/b", "memory", "", "1\nSELF\n", 0 } }, "/b",
	  false, false, CGROUP_PIDS, GROUP_MISSING, NULL, false, "hand controllers down in the control"
	  " group", "nproc" },
	{ "the same, and what it does hand down",
	  { { "", ALL, "memory", "", FIXED }, { "/b", "memory", "", "1\nSELF\n", 0 } }, "/b",
	  false, false, CGROUP_MEMORY, GROUP_BELOW, "", false, NULL, NULL },
	{ "ours lacks it, and what is above is not ours",
	  { { "", ALL, "memory", "", FOREIGN }, { "/a", "memory", "", "SELF\n", 0 } }, "/a",
	  false, false, CGROUP_CPU, GROUP_MISSING, NULL, false, "Permission denied", "--rlimit cpu=" },
	{ "the host has none of it, as where version 1 has it",
	  { { "", "hugetlb", "", "1\nSELF\n", ROOT } }, "/", false, false,
	  CGROUP_MEMORY | CGROUP_PIDS, GROUP_MISSING, NULL, false, "do not have: memory, pids",
	  "cgroup_no_v1=all" },
	{ "the same with systemd",
	  { { "", "", "", "1\nSELF\n", ROOT } }, "/", true, true, CGROUP_MEMORY,
	  GROUP_MISSING, NULL, false, "do not have: memory", "systemd.unified_cgroup_hierarchy=1" },
	{ "systemd delegated it",
	  { SLICES, { MANAGER, ALL, ALL, "", DELEGATED }, { MANAGER "/x.scope", ALL, "", "SELF\n",
	    DELEGATED } }, MANAGER "/x.scope", true, true, CGROUP_MEMORY, GROUP_ALONE,
	  MANAGER "/x.scope", true, NULL, NULL },
	{ "systemd delegated it to more than us: a new scope",
	  { SLICES, { MANAGER, ALL, ALL, "", DELEGATED }, { MANAGER "/x.scope", ALL, "", "SELF\n1\n",
	    DELEGATED } }, MANAGER "/x.scope", true, true, CGROUP_MEMORY, GROUP_SCOPE,
	  NULL, false, NULL, NULL },
	{ "below what it delegated, and handed down there",
	  { SLICES, { MANAGER, ALL, ALL, "", DELEGATED }, { MANAGER "/x.scope", ALL, "memory", "",
	    DELEGATED }, { MANAGER "/x.scope/y", "memory", "", "SELF\n1\n", 0 } },
	  MANAGER "/x.scope/y", true, true, CGROUP_MEMORY, GROUP_BELOW,
	  MANAGER "/x.scope", false, NULL, NULL },
	{ "what the user's own systemd manages is not ours, though we may write there",
	  { SLICES, { MANAGER, ALL, ALL, "", DELEGATED }, { MANAGER "/app.slice", ALL, ALL, "", 0 },
	    { MANAGER "/app.slice/y.scope", ALL, "", "SELF\n", 0 } },
	  MANAGER "/app.slice/y.scope", true, true, CGROUP_MEMORY, GROUP_SCOPE, NULL, false,
	  NULL, NULL },
	{ "and without anybody to ask there is none",
	  { SLICES, { "/user.slice/user-7.slice/session-1.scope", ALL, "", "SELF\n", FOREIGN } },
	  "/user.slice/user-7.slice/session-1.scope", true, false, CGROUP_MEMORY, GROUP_MISSING,
	  NULL, false, "systemd has not delegated ", "loginctl enable-linger 7" },
	{ "nor where the user's systemd has not got it itself",
	  { SLICES, { MANAGER, "memory pids", "memory pids", "", DELEGATED },
	    { MANAGER "/x.scope", "memory pids", "", "SELF\n", DELEGATED } },
	  MANAGER "/x.scope", true, true, CGROUP_CPU | CGROUP_MEMORY, GROUP_MISSING, NULL, false,
	  "your systemd cannot limit: cpu", "delegate.conf && systemctl daemon-reload" },
};

static void write_file(const char *dir, const char *name, const char *text, bool fixed)
{
	const char *path = path_join(arena, dir, name);
	FILE *file = fopen(path, "we");
	bool is_self = text_begins(text, "SELF");
	const char *rest = is_self ? text + strlen("SELF") : text;

	CHECK(file, "%s", path);
	if (!file)
		return;
	if (is_self)
		(void)fprintf(file, "%d", getpid());
	CHECK(fputs(rest, file) >= 0 && fclose(file) == 0, "%s", path);
	CHECK(chmod(path, fixed ? 0444 : 0644) == 0, "%s", path);
}

/* False when this file system cannot bear systemd's mark. */
static bool make_level(const char *top, const struct level *level)
{
	const char *dir = arena_format(arena, "%s%s", top, level->path);
	bool foreign = level->is & FOREIGN, known = true;

	CHECK(!*level->path || mkdir(dir, 0755) == 0, "mkdir %s", dir);
	write_file(dir, "cgroup.controllers", level->available, true);
	write_file(dir, "cgroup.subtree_control", level->enabled, foreign || (level->is & FIXED));
	write_file(dir, "cgroup.procs", level->members, foreign);
	if (!(level->is & ROOT))
		write_file(dir, "cgroup.type", "domain\n", true);
	if (level->is & DELEGATED && setxattr(dir, "user.delegate", "1", 1, 0) < 0) {
		CHECK(errno == ENOTSUP, "mark %s", dir);
		known = false;
	}
	return known;
}

static void remove_tree(const char *top, const struct level *levels, size_t count)
{
	static const char *const files[] = {
		"cgroup.controllers", "cgroup.subtree_control", "cgroup.procs", "cgroup.type",
	};

	while (count-- > 0) {
		const char *dir = arena_format(arena, "%s%s", top, levels[count].path);

		EACH_ROW(file, files)
			(void)unlink(path_join(arena, dir, *file));
		CHECK(rmdir(dir) == 0, "rmdir %s", dir);
	}
}

static void check_row(size_t i)
{
	char *top = realpath(mkdtemp(arena_copy(arena, "/tmp/immure-group.XXXXXX")), NULL);
	bool marked = true;
	size_t count = 0;

	CHECK(top, "mkdtemp");
	for (; rows[i].levels[count].path; count++)
		marked = make_level(top, &rows[i].levels[count]) && marked;
	const struct group_host host = {
		.mountinfo = arena_format(arena, "1 2 0:3 / %s rw - cgroup2 none rw\n", top),
		.membership = arena_format(arena, "0::%s\n", rows[i].own),
		.systemd = rows[i].systemd, .address = rows[i].address ? "unix:path=/x" : NULL,
		.uid = 7,
	};
	struct group group = {
		.memory = 5, .pids = 6, .cpus = 7, .controllers = rows[i].wanted,
		.memory_origin = rows[i].wanted & CGROUP_MEMORY ? "x" : NULL,
		.pids_origin = rows[i].wanted & CGROUP_PIDS ? "x" : NULL,
		.cpus_origin = rows[i].wanted & CGROUP_CPU ? "x" : NULL,
	};
	if (marked) {
		group_search(arena, &host, &group);
		const char *problem = group.problem ? group.problem->what : "";
		const char *parent = rows[i].parent
			? arena_format(arena, "%s%s", top, rows[i].parent) : "";

		CHECK(group.way == rows[i].way, "%s: way %d: %s", rows[i].name, (int)group.way, problem);
		CHECK(text_is(group.parent ? group.parent : "", parent), "%s: parent %s",
		      rows[i].name, group.parent);
		CHECK(group.hand_down == rows[i].hand_down, "%s: hand down", rows[i].name);
		CHECK((group.problem == NULL) == (rows[i].what == NULL), "%s: %s", rows[i].name, problem);
		if (group.problem && rows[i].what) {
			const char *what = arena_format(arena, "%s: %s", problem,
							strerror(group.problem->code));
			CHECK(strstr(what, rows[i].what), "%s: %s", rows[i].name, what);
			CHECK(strstr(group.problem->hint, rows[i].hint), "%s: %s", rows[i].name,
			      group.problem->hint);
			CHECK(strstr(group.problem->hint, "--rlimit "), "%s: no twin", rows[i].name);
		}
	} else {
		printf("# %s: not tried, /tmp has no user.* attributes\n", rows[i].name);
	}
	remove_tree(top, rows[i].levels, count);
	free(top);
}

static void test_search(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(i);
}

/* --- one group -------------------------------------------------------------------------- */

static void test_look(void)
{
	char *top = realpath(mkdtemp(arena_copy(arena, "/tmp/immure-group.XXXXXX")), NULL);
	const struct level level = { "", "cpu pids cpuset memoryx", "pids", "SELF\n", 0 };
	struct cgroup_facts facts;
	struct error err = { 0 };

	CHECK(cgroup_look(top, &facts, &err) < 0 && strstr(err.what, "is not a control group"),
	      "%s", err.what);
	CHECK(cgroup_look("/nonesuch", &facts, &err) < 0 && err.code == ENOENT, "%s", err.what);
	(void)make_level(top, &level);
	write_file(top, "some.events", "low 1\nhigh 22\noom 3\noom_kill 4\nmax 5", false);
	CHECK(cgroup_look(top, &facts, &err) == 0, "%s", err.what);
	CHECK(facts.available == (CGROUP_CPU | CGROUP_PIDS), "%x", facts.available);
	CHECK(facts.enabled == CGROUP_PIDS, "%x", facts.enabled);
	CHECK(!facts.is_root && !facts.delegated && facts.members == CGROUP_ONLY_US, "facts");
	CHECK(facts.may_create == 0 && facts.may_enable == 0, "rights");
	CHECK(text_is(cgroup_names(arena, 7), "memory, pids, cpu"), "names");
	CHECK(text_is(cgroup_names(arena, 0), ""), "no names");

	AUTO_FD int group = cgroup_open(top, &err);
	CHECK(cgroup_count(group, "some.events", "oom") == 3, "oom");
	CHECK(cgroup_count(group, "some.events", "oom_kill") == 4, "oom_kill");
	CHECK(cgroup_count(group, "some.events", "max") == 5, "the last line");
	CHECK(cgroup_count(group, "some.events", "lo") == 0, "no such key");
	CHECK(cgroup_count(group, "none.events", "oom") == 0, "no such file");
	CHECK(cgroup_hand_down(group, CGROUP_MEMORY | CGROUP_CPU, true, &err) == 0, "%s", err.what);
	char *text = arena_alloc(arena, 64);
	FILE *file = fopen(path_join(arena, top, "cgroup.subtree_control"), "re");
	CHECK(file && fgets(text, 64, file) && text_is(text, "+memory +cpu"), "%s", text);
	if (file)
		(void)fclose(file);
	(void)unlink(path_join(arena, top, "some.events"));
	remove_tree(top, &level, 1);
	free(top);
}

/* What nobody holds is swept away, what is held or not ours is not. */
static void test_sweep(void)
{
	char *top = realpath(mkdtemp(arena_copy(arena, "/tmp/immure-group.XXXXXX")), NULL);
	struct error err = { 0 };

	AUTO_FD int parent = cgroup_open(top, &err);
	AUTO_FD int held = cgroup_make(parent, "immure-1", &err);
	CHECK(held >= 0, "%s", err.what);
	CHECK(cgroup_make(parent, "immure-1", &err) < 0 && err.code == EEXIST, "%s", err.what);
	CHECK(mkdirat(parent, "immure-2", 0755) == 0 && mkdirat(parent, "other-3", 0755) == 0, "mkdir");
	cgroup_sweep(parent, "immure-");
	CHECK(cgroup_has(parent, "immure-1"), "was held, and is gone");
	CHECK(!cgroup_has(parent, "immure-2"), "was left, and is not gone");
	CHECK(cgroup_has(parent, "other-3"), "was not ours, and is gone");
	fd_close(&held);
	cgroup_sweep(parent, "immure-");
	CHECK(!cgroup_has(parent, "immure-1"), "nobody holds it, and it is not gone");
	held = cgroup_make(parent, "immure-4", &err);
	CHECK(cgroup_remove(parent, "immure-4", held, &err) == 0, "%s", err.what);
	CHECK(!cgroup_has(parent, "immure-4"), "was removed, and is there");
	CHECK(cgroup_remove(parent, "immure-4", held, &err) == 0, "%s", err.what);
	CHECK(unlinkat(parent, "other-3", AT_REMOVEDIR) == 0 && rmdir(top) == 0, "rmdir");
	free(top);
}

int main(void)
{
	arena = arena_new();
	RUN(test_places);
	RUN(test_look);
	RUN(test_sweep);
	if (geteuid() != 0)
		RUN(test_search);
	else
		printf("# test_search: root may write everywhere\n");
	arena_free(arena);
	return unit_end();
}
