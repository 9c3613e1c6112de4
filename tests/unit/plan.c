/* From words to a plan: nothing starts here, and no right is needed. The words are
 * read as `immure run` reads them, in a small home directory made for it. */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/config/profile.h>
#include <immure/plan/plan.h>

#include "unit.h"

static struct arena *arena;
static const char *home;	/* with work/.git, other/, file; we stand in work */

static const char *in_home(const char *name)
{
	return path_join(arena, home, name);
}

static void make_directory(const char *name)
{
	CHECK(mkdir(in_home(name), 0755) == 0, "mkdir %s", name);
}

static void make_file(const char *name)
{
	FILE *file = fopen(in_home(name), "we");

	CHECK(file && fclose(file) == 0, "make %s", name);
}

static void make_home(void)
{
	char *name = arena_copy(arena, "/tmp/immure-plan.XXXXXX");

	home = realpath(mkdtemp(name), NULL);
	CHECK(home, "mkdtemp");
	make_directory("work");
	make_directory("work/sub");
	make_directory("work/.git");
	make_directory("work/.git/hooks");
	make_file("work/.git/config");
	make_directory("other");
	make_file("file");
	CHECK(chdir(in_home("work")) == 0, "chdir");
	(void)setenv("HOME", home, 1);
	(void)setenv("USER", "tester", 1);
	(void)unsetenv("XDG_CONFIG_HOME");
}

static void remove_home(void)
{
	static const char *const files[] = { "file", "work/.git/config" };
	static const char *const dirs[] = {
		"work/.git/hooks", "work/.git", "work/sub", "work", "other", "",
	};

	EACH_ROW(name, files)
		CHECK(unlink(in_home(*name)) == 0, "%s", *name);
	EACH_ROW(name, dirs)
		CHECK(rmdir(in_home(*name)) == 0, "%s", *name);
}

/* The plan of `immure run WORDS true`; a leading "~/" is the home directory. */
static const struct plan *plan_words(const char *const *words, struct error *err)
{
	size_t count = 0;

	while (words[count])
		count++;
	char **argv = arena_alloc(arena, (count + 2) * sizeof(*argv));
	for (size_t i = 0; i < count; i++)
		argv[i] = text_begins(words[i], "~/") ? path_join(arena, home, words[i] + 2)
						      : arena_copy(arena, words[i]);
	argv[count] = arena_copy(arena, "true");
	*err = (struct error){ 0 };
	const struct config *config = config_read(arena, argv, err);
	CHECK(config, "%s: %s", words[0], err->what);
	return config ? plan_make(config, err) : NULL;
}

#define PLAN(err, ...) plan_words((const char *const[]){ __VA_ARGS__, NULL }, (err))

static bool is_addition(const struct item *item)
{
	return item->kind == ITEM_READ_ONLY || item->kind == ITEM_PIN;
}

/* The one item that stands at `target`, NULL when there is none or more. */
static const struct item *item_at(const struct plan *plan, const char *target)
{
	const struct item *found = NULL;
	size_t count = 0;

	list_each(const struct item, item, &plan->items) {
		if (!is_addition(item) && text_is(item->target, target)) {
			found = item;
			count++;
		}
	}
	return count == 1 ? found : NULL;
}

static size_t additions_at(const struct plan *plan, const char *target)
{
	size_t count = 0;

	list_each(const struct item, item, &plan->items)
		count += is_addition(item) && text_is(item->target, target);
	return count;
}

/* --- order ------------------------------------------------------------------------ */

static const struct {
	const char *words[12];
} layouts[] = {
	{ { NULL } },
	{ { "--tmpfs", "/a/b/c", "--tmpfs", "/a", "--tmpfs", "/a/b" } },
	{ { "--bind", "~/other:/tmp/x/y", "--tmpfs", "/tmp/x", "--hide", "/tmp/x/y/z" } },
	{ { "--cwd", "rw", "--remount-ro", "~/work/sub", "--tmpfs", "~/work/sub/t" } },
	{ { "--dir", "/z", "--symlink", "x:/z/l", "--file", "~/file:/z/f", "--etc", "passwd" } },
	{ { "--proc", "host-ro", "--sys", "host-ro", "--dev", "none", "--home", "none" } },
};

static void test_parents_come_first(void)
{
	EACH_ROW(row, layouts) {
		struct error err;
		const struct plan *plan = plan_words(row->words, &err);

		CHECK(plan, "%s: %s", row->words[0], err.what);
		if (!plan)
			continue;
		list_each(const struct item, item, &plan->items)
			for (const struct item *later = item + 1;
			     later < plan->items.items + plan->items.count; later++) {
				CHECK(is_addition(item) || is_addition(later) ||
				      !path_is_below(item->target, later->target),
				      "%s before %s", item->target, later->target);
				CHECK(item->kind != ITEM_READ_ONLY || later->kind == ITEM_READ_ONLY,
				      "%s is read-only before %s is there", item->target,
				      later->target);
				/* A copy of one place by two words would hide the first. */
				CHECK(is_addition(item) || is_addition(later) ||
				      !text_is(item->target, later->target), "%s twice",
				      item->target);
			}
	}
}

/* --- the last word ------------------------------------------------------------------ */

static const struct {
	const char *words[10];
	const char *target;
	int kind;		/* what stands there; ITEM_KINDS: nothing */
	const char *source;	/* NULL: not looked at */
} last_words[] = {
	{ { "--bind", "~/other:/x", "--ro-bind", "~/work:/x" }, "/x", ITEM_BIND, "~/work" },
	{ { "--ro-bind", "~/work:/x", "--bind", "~/other:/x" }, "/x", ITEM_BIND, "~/other" },
	{ { "--bind", "~/other:/x", "--tmpfs", "/x" }, "/x", ITEM_SCRATCH, NULL },
	{ { "--tmpfs", "/x", "--tmpfs", "/x:size=1M" }, "/x", ITEM_TMPFS, NULL },
	{ { "--tmpfs", "/x", "--bind", "~/other:/x/../x/." }, "/x", ITEM_BIND, "~/other" },
	{ { "--dir", "/x", "--symlink", "t:/x" }, "/x", ITEM_LINK, "t" },
	{ { "--symlink", "t:/x", "--file", "~/file:/x" }, "/x", ITEM_COPY, "~/file" },
	{ { "--file", "~/file:/x", "--hide", "/x" }, "/x", ITEM_HIDE, NULL },
	{ { "--bind", "~/other:/x", "--bind-try", "~/none:/x" }, "/x", ITEM_BIND, "~/other" },
	{ { "--bind-try", "~/none:/x" }, "/x", ITEM_KINDS, NULL },
	/* against what the profile says */
	{ { "--tmpfs", "/usr" }, "/usr", ITEM_SCRATCH, NULL },
	{ { "--bind", "~/other:/tmp" }, "/tmp", ITEM_BIND, "~/other" },
	{ { "--file", "~/file:/etc/resolv.conf" }, "/etc/resolv.conf", ITEM_COPY, "~/file" },
	{ { "--tmpfs", "/proc" }, "/proc", ITEM_SCRATCH, NULL },
	{ { "--dev-bind", "/dev/null:/dev/full" }, "/dev/full", ITEM_BIND, "/dev/null" },
	/* the home and the current directory are words like others */
	{ { NULL }, "~/", ITEM_SCRATCH, NULL },
	{ { "--home", "none" }, "~/", ITEM_KINDS, NULL },
	{ { "--home", "~/other" }, "~/", ITEM_BIND, "~/other" },
	{ { "--home", "~/other", "--tmpfs", "~/" }, "~/", ITEM_SCRATCH, NULL },
	{ { "--tmpfs", "~/", "--home", "~/other" }, "~/", ITEM_BIND, "~/other" },
	{ { NULL }, "~/work", ITEM_CURRENT, NULL },
	{ { "--cwd", "hide" }, "~/work", ITEM_KINDS, NULL },
	{ { "--cwd", "rw", "--tmpfs", "~/work" }, "~/work", ITEM_SCRATCH, NULL },
	{ { "--tmpfs", "~/work", "--cwd", "rw" }, "~/work", ITEM_CURRENT, NULL },
	{ { "--bind", "." }, "~/work", ITEM_BIND, "~/work" },
	{ { "--bind", "../other" }, "~/other", ITEM_BIND, "~/other" },
};

static const char *expanded(const char *path)
{
	if (text_is(path, "~/"))
		return home;
	return text_begins(path, "~/") ? path_join(arena, home, path + 2) : path;
}

static void test_the_last_word_wins(void)
{
	EACH_ROW(row, last_words) {
		const char *target = expanded(row->target);
		struct error err;
		const struct plan *plan = plan_words(row->words, &err);

		CHECK(plan, "%s %s: %s", row->words[0], row->words[1], err.what);
		const struct item *item = plan ? item_at(plan, target) : NULL;
		CHECK((item ? (int)item->kind : ITEM_KINDS) == row->kind, "%s: %d", target,
		      item ? (int)item->kind : ITEM_KINDS);
		CHECK(!row->source || (item && text_is(item->source, expanded(row->source))),
		      "%s: %s", target, item ? item->source : "nothing");
	}
}

/* --- the guard of .git ------------------------------------------------------------------ */

static const struct {
	const char *words[8];
	size_t guards;		/* on .git, .git/config and .git/hooks alike */
} guarded[] = {
	{ { NULL }, 0 },			/* read-only as it is */
	{ { "--cwd", "rw" }, 1 },
	{ { "--bind", "." }, 1 },
	{ { "--bind", ".", "--bind", "~/work" }, 1 },
	{ { "--cwd", "rw", "--bind", "." }, 1 },
	{ { "--cwd", "rw", "--git-rw" }, 0 },
	{ { "--bind", ".", "--ro-bind", "." }, 0 },
	{ { "--ro-bind", ".", "--bind", "." }, 1 },
	{ { "--bind", ".", "--tmpfs", "~/work" }, 0 },
	{ { "--bind", ".", "--bind", "~/other:~/work" }, 1 },	/* another destination: no ~ there */
};

static void test_guards_go_with_what_they_guard(void)
{
	static const char *const places[] = { "work/.git", "work/.git/config", "work/.git/hooks" };

	EACH_ROW(row, guarded) {
		struct error err;
		const struct plan *plan = plan_words(row->words, &err);

		CHECK(plan, "%s: %s", row->words[0], err.what);
		for (size_t i = 0; plan && i < COUNT(places); i++)
			CHECK(additions_at(plan, in_home(places[i])) == row->guards, "%s %s: %s",
			      row->words[0], row->words[0] ? row->words[1] : "", places[i]);
	}
}

static void test_a_word_lifts_the_guard_of_its_own_place(void)
{
	struct error err;
	const struct plan *plan = PLAN(&err, "--bind", ".", "--bind",
				       arena_format(arena, "%s:%s", in_home("other"),
						    in_home("work/.git")));

	CHECK(plan, "%s", err.what);
	if (!plan)
		return;
	CHECK(item_at(plan, in_home("work/.git")), "what was asked for is there");
	CHECK(additions_at(plan, in_home("work/.git/config")) == 0,
	      "other/ has no config to be guarded");
}

/* --- mistakes ---------------------------------------------------------------------------- */

static const struct {
	const char *words[6];
	const char *what;	/* parts of the message */
	int code;
	const char *hint;	/* a part of the hint; NULL: there is none */
} mistakes[] = {
	{ { "--bind", "/nonesuch" }, "plan: bind /nonesuch (command line)", ENOENT, "--bind-try" },
	{ { "--ro-bind", "/nonesuch" }, "bind /nonesuch (command line)", ENOENT, "--ro-bind-try" },
	{ { "--dev-bind", "/nonesuch" }, "bind /nonesuch (command line)", ENOENT, "--dev-bind-try" },
	{ { "--bind", "~/file/x" }, "(command line)", ENOTDIR, "--bind-try" },
	{ { "--bind", "~/other:/" }, "sandbox's own", 0, NULL },
	{ { "--tmpfs", "/" }, "sandbox's own", 0, NULL },
	{ { "--tmpfs", "/a/.." }, "sandbox's own", 0, NULL },
	{ { "--hide", "/" }, "sandbox's own", 0, NULL },
	{ { "--remount-ro", "/" }, "sandbox's own", 0, NULL },
	{ { "--symlink", "x:/" }, "sandbox's own", 0, NULL },
	{ { "--file", "~/file:/" }, "sandbox's own", 0, NULL },
	{ { "--system", "/" }, "sandbox's own", 0, NULL },
	{ { "--dir", "/" }, "sandbox's own", 0, NULL },
	{ { "--file", "/nonesuch:/x" }, "copy /nonesuch (command line)", ENOENT, NULL },
	{ { "--file", "~/other:/x" }, "not a regular file", 0, NULL },
	{ { "--file", "/dev/zero:/x" }, "not a regular file", 0, NULL },
	{ { "--home", "/nonesuch" }, "/nonesuch (command line)", ENOENT, NULL },
	{ { "--home", "~/file" }, "(command line)", ENOTDIR, NULL },
	{ { "--sysctl", "kernel.core_pattern=x" }, "sysctl kernel.core_pattern (command line)", 0,
	  "net.*" },
	{ { "--sysctl", "kernel.hostname=x" }, "whole host", 0, "net.*" },
	{ { "--share", "ipc", "--sysctl", "kernel.sem=1" }, "ipc namespace is shared", 0, NULL },
	{ { "--ns-limit", "user=5" }, "ns-limit user=5 (command line)", 0, "--nested" },
	{ { "--share", "uts", "--hostname", "x" }, "contradict", 0, NULL },
	{ { "--share", "uts", "--domainname", "x" }, "contradict", 0, NULL },
	{ { "--share", "mount", "--bind", "." }, "contradict", 0, NULL },
	{ { "--share", "mount", "--cwd", "rw" }, "contradict", 0, NULL },
	{ { "--share", "mount", "--home", "none" }, "contradict", 0, NULL },
	{ { "--share", "mount", "--proc", "none" }, "contradict", 0, NULL },
	{ { "--share", "mount", "--etc", "passwd" }, "contradict", 0, NULL },
	{ { "--share", "pid", "--as-pid-1" }, "contradict", 0, NULL },
	{ { "--share", "user,mount,pid,ipc,uts,net,cgroup", "--user", "self" }, "contradict", 0, NULL },
	{ { "--share", "user,mount,pid,ipc,uts,net,cgroup", "--ns-limit", "net=1" }, "contradict", 0,
	  NULL },
};

static void test_mistakes(void)
{
	EACH_ROW(row, mistakes) {
		struct error err;
		const struct plan *plan = plan_words(row->words, &err);

		CHECK(!plan, "%s %s: %s", row->words[0], row->words[1], err.what);
		if (plan)
			continue;
		CHECK(text_begins(err.what, "plan: "), "%s", err.what);
		CHECK(strstr(err.what, row->what), "%s %s: %s", row->words[0], row->words[1],
		      err.what);
		CHECK(err.code == row->code, "%s: %s", err.what, strerror(err.code));
		CHECK(row->hint ? strstr(err.hint, row->hint) != NULL : !*err.hint, "%s: %s",
		      err.what, err.hint);
	}
}

/* In a profile the hint is a line of a profile. */
static void test_missing_sources_of_profiles(void)
{
	struct config config = { .arena = arena };
	const char text[] = "# one\nro-bind /nonesuch\n";
	struct error err = { 0 };

	CHECK(profile_apply_text(&config, "p", text, strlen(text), &err) == 0, "%s", err.what);
	CHECK(!plan_make(&config, &err), "/nonesuch");
	CHECK(text_is(err.what, "plan: bind /nonesuch (p:2)"), "%s", err.what);
	CHECK(strstr(err.hint, ": ro-bind-try /nonesuch"), "%s", err.hint);
}

/* --- who, where, what --------------------------------------------------------------------- */

static void check_ids(const struct idmap *map, uid_t uid, gid_t gid, uid_t outside_uid,
		      gid_t outside_gid)
{
	CHECK(map->inside_uid == uid && map->inside_gid == gid, "%u:%u", map->inside_uid,
	      map->inside_gid);
	CHECK(map->outside_uid == outside_uid && map->outside_gid == outside_gid, "%u:%u",
	      map->outside_uid, map->outside_gid);
}

static void test_identity(void)
{
	static const struct {
		const char *user;
		uid_t uid;
		gid_t gid;
	} rows[] = {
		{ "root", 0, 0 }, { "7", 7, 7 }, { "7:8", 7, 8 }, { "0:8", 0, 8 },
		{ "65534:65534", 65534, 65534 }, { "4294967294", 4294967294, 4294967294 },
	};
	struct error err;
	const struct plan *plan;

	EACH_ROW(row, rows) {
		plan = PLAN(&err, "--user", row->user);
		CHECK(plan && plan->own_user, "%s: %s", row->user, err.what);
		if (!plan)
			continue;
		check_ids(&plan->outer, 0, 0, geteuid(), getegid());
		check_ids(&plan->inner, row->uid, row->gid, 0, 0);
	}
	plan = PLAN(&err, "--user", "self");
	CHECK(plan, "%s", err.what);
	if (plan)
		check_ids(&plan->inner, geteuid(), getegid(), 0, 0);
}

static void test_namespaces(void)
{
	const uint64_t all = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
			     CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP;
	struct error err;

	const struct plan *plan = PLAN(&err, "--quiet");
	CHECK(plan && plan->namespaces == all && plan->notes.count == 0, "%s", err.what);
	plan = PLAN(&err, "--share", "net,ipc");
	CHECK(plan && plan->namespaces == (all & ~(uint64_t)(CLONE_NEWNET | CLONE_NEWIPC)), "%s",
	      err.what);
	CHECK(plan && plan->notes.count >= 2, "each is announced");
	plan = PLAN(&err, "--share", "mount");
	CHECK(plan && !plan->own_mounts && plan->items.count == 0, "%s", err.what);
}

static const char *variable(const struct plan *plan, const char *name)
{
	size_t length = strlen(name);

	for (const char *const *entry = plan->environment; *entry; entry++)
		if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
			return *entry + length + 1;
	return NULL;
}

static void check_variable(const struct plan *plan, const char *name, const char *want)
{
	const char *got = plan ? variable(plan, name) : NULL;

	CHECK(want ? got && text_is(got, want) : !got, "%s: %s", name, got ? got : "not set");
}

static void test_environment(void)
{
	struct error err;

	(void)setenv("SECRET", "s", 1);
	(void)setenv("LC_MESSAGES", "C", 1);
	(void)setenv("TERM", "../../x", 1);
	(void)setenv("LANG", "de_DE.UTF-8", 1);
	const struct plan *plan = PLAN(&err, "--setenv", "A=1", "-e", "A=2", "-e", "B=3",
				       "--unsetenv", "B", "-e", "C=a=b", "-e", "D=");
	check_variable(plan, "SECRET", NULL);
	check_variable(plan, "LC_MESSAGES", "C");
	check_variable(plan, "LANG", "de_DE.UTF-8");
	check_variable(plan, "TERM", NULL);	/* names a file above its directory */
	check_variable(plan, "HOME", home);
	check_variable(plan, "USER", "root");
	check_variable(plan, "A", "2");
	check_variable(plan, "B", NULL);
	check_variable(plan, "C", "a=b");
	check_variable(plan, "D", "");
	check_variable(plan, "PWD", in_home("work"));
	check_variable(PLAN(&err, "--env-keep", "SECRET"), "SECRET", "s");
	check_variable(PLAN(&err, "--env-keep", "SEC*"), "SECRET", "s");
	check_variable(PLAN(&err, "--env-keep", "SECRET", "--unsetenv", "SECRET"), "SECRET", NULL);
	check_variable(PLAN(&err, "--user", "self"), "USER",
		       geteuid() == 0 ? "root" : "tester");
	check_variable(PLAN(&err, "--unsetenv", "PATH"), "PATH", NULL);
}

static void test_where_it_starts(void)
{
	struct error err;

	const struct plan *plan = PLAN(&err, "--quiet");
	CHECK(plan && text_is(plan->directory, in_home("work")), "%s", err.what);
	CHECK(plan && text_is(plan->other_directory, home), "%s", err.what);
	plan = PLAN(&err, "--chdir", "../x/./y");
	CHECK(plan && text_is(plan->directory, in_home("x/y")) && !plan->other_directory, "%s",
	      err.what);
}

/* What says nothing about wanting to show it is not shown for being current. */
static void test_wide_directories(void)
{
	const char *wide[] = { "/", "/tmp", "/usr", "/usr/bin", "/etc", "/home", "/dev", home };
	struct error err;

	EACH_ROW(dir, wide) {
		if (chdir(*dir) < 0)
			continue;
		const struct plan *plan = PLAN(&err, "--quiet");
		CHECK(plan, "%s: %s", *dir, err.what);
		for (size_t i = 0; plan && i < plan->items.count; i++)
			CHECK(plan->items.items[i].kind != ITEM_CURRENT, "%s is shown", *dir);
		CHECK(!PLAN(&err, "--cwd", "rw"), "%s", *dir);
		CHECK(strstr(err.what, "too much"), "%s: %s", *dir, err.what);
		const char *typed = text_is(*dir, "/") ? "PATH" : *dir;
		CHECK(strstr(err.hint, arena_format(arena, ": --bind %s", typed)), "%s: %s", *dir,
		      err.hint);
		CHECK(!PLAN(&err, "--cwd", "ro"), "%s", *dir);
		CHECK(strstr(err.hint, arena_format(arena, ": --ro-bind %s", typed)), "%s: %s", *dir,
		      err.hint);
	}
	CHECK(chdir(in_home("work")) == 0, "chdir");
}

/* Everything said is in the plan with who said it. */
static void test_origins(void)
{
	struct error err;
	const struct plan *plan = PLAN(&err, "--tmpfs", "/x", "--rlimit", "nofile=9",
				       "--sysctl", "net.x=1");

	CHECK(plan, "%s", err.what);
	if (!plan)
		return;
	list_each(const struct item, item, &plan->items)
		CHECK(item->origin && *item->origin, "%s", item->target);
	CHECK(text_is(item_at(plan, "/x")->origin, "command line"), "%s", item_at(plan, "/x")->origin);
	CHECK(text_is(plan->limits.items[plan->limits.count - 1].origin, "command line"), "nofile");
	CHECK(text_is(plan->tunings.items[plan->tunings.count - 1].origin, "command line"), "net.x");
	CHECK(text_begins(item_at(plan, "/usr")->origin, "default.profile"), "%s",
	      item_at(plan, "/usr")->origin);
}

int main(void)
{
	arena = arena_new();
	make_home();
	RUN(test_parents_come_first);
	RUN(test_the_last_word_wins);
	RUN(test_guards_go_with_what_they_guard);
	RUN(test_a_word_lifts_the_guard_of_its_own_place);
	RUN(test_mistakes);
	RUN(test_missing_sources_of_profiles);
	RUN(test_identity);
	RUN(test_namespaces);
	RUN(test_environment);
	RUN(test_where_it_starts);
	RUN(test_wide_directories);
	RUN(test_origins);
	remove_home();
	arena_free(arena);
	return unit_end();
}
