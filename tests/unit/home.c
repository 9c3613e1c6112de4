/* Private homes by name: what is made, what is refused, and who holds the lock. */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/state/home.h>

#include "unit.h"

static struct arena *arena;
static char top[PATH_MAX];

static const char *at(const char *path)
{
	return arena_format(arena, "%s/%s", top, path);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

static const struct { const char *name; int proper; } names[] = {
	{ "default", 1 }, { "web", 1 }, { "a.b-c_D9", 1 }, { "9", 1 },
	{ "", 0 }, { ".", 0 }, { "..", 0 }, { ".hidden", 0 }, { "-x", 0 }, { "_x", 0 },
	{ "a/b", 0 }, { "/a", 0 }, { "a b", 0 }, { "a\nb", 0 }, { "\xc3\xa9", 0 }, { "a*", 0 },
	{ "a23456789012345678901234567890123456789012345678901234567890123", 1 },
	{ "a234567890123456789012345678901234567890123456789012345678901234", 0 },
};

static void test_names(void)
{
	struct error err;

	EACH_ROW(row, names) {
		err = (struct error){ 0 };
		CHECK((home_check_name(row->name, &err) == 0) == row->proper, "%s", row->name);
		CHECK((home_path(arena, row->name, &err) != NULL) == row->proper, "%s", row->name);
	}
}

static void test_it_is_made_and_locked(void)
{
	struct error err = { 0 };
	int lock = NO_FD, again = NO_FD;

	CHECK(home_lock(arena, "web", &err) < 0 && err.code == ENOENT, "%s", err.what);
	CHECK(mode_of(at("data/immure")) == 0, "nothing is made to look");
	umask(0);
	const char *path = home_open(arena, "web", &lock, &err);
	CHECK(path && strcmp(path, at("data/immure/homes/web")) == 0, "%s", err.what);
	CHECK(mode_of(at("data/immure/homes/web")) == 0700, "home");
	CHECK(mode_of(at("data/immure/homes")) == 0700, "homes");
	CHECK(mode_of(at("data/immure")) == 0700, "immure");
	CHECK(mode_of(at("data/immure/homes/.web.lock")) == 0600, "lock");
	CHECK(!home_open(arena, "web", &again, &err) && err.code == EBUSY, "%s", err.what);
	CHECK(strstr(err.what, arena_format(arena, "(process %d)", (int)getpid())), "%s", err.what);
	CHECK(home_lock(arena, "web", &err) < 0 && err.code == EBUSY, "%s", err.what);
	CHECK(home_open(arena, "other", &again, &err) != NULL, "%s", err.what);
	fd_close(&again);
	fd_close(&lock);
	CHECK((lock = home_lock(arena, "web", &err)) >= 0, "%s", err.what);
	fd_close(&lock);
}

/* A child that has the descriptor holds the lock for as long as it lives. */
static void test_children_hold_it(void)
{
	struct error err = { 0 };
	int ends[2], lock = NO_FD;

	CHECK(pipe(ends) == 0 && home_open(arena, "held", &lock, &err), "%s", err.what);
	pid_t child = fork();
	if (child == 0) {
		char byte;

		(void)close(ends[1]);
		_exit(read(ends[0], &byte, 1) != 0);
	}
	fd_close(&lock);
	CHECK(home_lock(arena, "held", &err) < 0 && err.code == EBUSY, "%s", err.what);
	(void)close(ends[1]);
	(void)waitpid(child, NULL, 0);
	CHECK((lock = home_lock(arena, "held", &err)) >= 0, "%s", err.what);
	fd_close(&lock);
	(void)close(ends[0]);
}

static void refused(const char *name, const char *why)
{
	struct error err = { 0 };
	int lock = NO_FD;

	CHECK(!home_open(arena, name, &lock, &err), "%s", name);
	CHECK(strstr(err.what, why), "%s: %s", name, err.what);
	fd_close(&lock);
}

static void test_what_is_not_the_callers_alone(void)
{
	CHECK(symlink(top, at("data/immure/homes/link")) == 0, "link");
	refused("link", "is not a directory, and no link is followed");
	CHECK(mkdir(at("data/immure/homes/open"), 0755) == 0, "open");
	refused("open", "is open to others (mode 755)");
	CHECK(mkdir(at("data/immure/homes/linked-lock"), 0700) == 0, "directory");
	CHECK(symlink("/etc/passwd", at("data/immure/homes/.linked-lock.lock")) == 0, "link");
	refused("linked-lock", ".linked-lock.lock");
	CHECK(chmod(at("data/immure/homes"), 0777) == 0, "chmod");
	refused("web", "homes is open to others (mode 777)");
	CHECK(chmod(at("data/immure/homes"), 0755) == 0, "chmod");
	/* A link in place of one of ours, to a directory that is as it should be. */
	CHECK(rename(at("data/immure"), at("moved")) == 0, "rename");
	CHECK(symlink(at("moved"), at("data/immure")) == 0, "link");
	refused("web", "immure is not a directory, and no link is followed");
	CHECK(unlink(at("data/immure")) == 0 && rename(at("moved"), at("data/immure")) == 0, "back");
	if (geteuid() == 0) {
		CHECK(mkdir(at("data/immure/homes/theirs"), 0700) == 0, "theirs");
		CHECK(chown(at("data/immure/homes/theirs"), 12345, 12345) == 0, "chown");
		refused("theirs", "belongs to someone else (uid 12345)");
	}
	CHECK(setenv("HOME", at("data/immure/homes/web"), 1) == 0, "HOME");
	refused("web", "is your own home directory");
	CHECK(mkdir(at("data/immure/homes/web/sub"), 0700) == 0, "sub");
	CHECK(setenv("HOME", at("data/immure/homes/web/sub"), 1) == 0, "HOME");
	refused("web", "is your own home directory, or has it inside");
	CHECK(setenv("HOME", at("home"), 1) == 0, "HOME");
}

static void test_list(void)
{
	struct found_homes homes = { 0 };
	struct error err = { 0 };
	const char *all = "";
	int lock = NO_FD;

	CHECK(home_open(arena, "web", &lock, &err) != NULL, "%s", err.what);
	CHECK(home_list(arena, &homes, &err) == 0, "%s", err.what);
	list_each(const struct found_home, home, &homes.list)
		all = arena_format(arena, "%s%s%s ", all, home->name, home->running ? "!" : "");
	CHECK(strstr(all, "held linked-lock open other "), "%s", all);
	CHECK(strstr(all, "web! "), "%s", all);
	CHECK(!strstr(all, "link "), "%s", all);
	/* Nobody's lock is taken by looking. */
	fd_close(&lock);
	CHECK((lock = home_lock(arena, "web", &err)) >= 0, "%s", err.what);
	CHECK(home_forget(arena, "web", lock, &err) == 0, "%s", err.what);
	CHECK(home_forget(arena, "web", lock, &err) < 0, "it is gone");
	fd_close(&lock);
	CHECK(setenv("XDG_DATA_HOME", at("nothing"), 1) == 0, "XDG_DATA_HOME");
	CHECK(home_list(arena, &homes, &err) == 0 && homes.list.count == 0, "%s", err.what);
}

static void test_where(void)
{
	struct error err = { 0 };

	CHECK(setenv("XDG_DATA_HOME", "relative", 1) == 0, "XDG_DATA_HOME");
	CHECK(setenv("HOME", "/h/./u", 1) == 0, "HOME");
	CHECK(strcmp(home_path(arena, "x", &err), "/h/u/.local/share/immure/homes/x") == 0, "%s",
	      home_path(arena, "x", &err));
	CHECK(setenv("XDG_DATA_HOME", "/d/", 1) == 0, "XDG_DATA_HOME");
	CHECK(strcmp(home_path(arena, "x", &err), "/d/immure/homes/x") == 0, "%s",
	      home_path(arena, "x", &err));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at_depth)
{
	(void)st;
	(void)type;
	(void)at_depth;
	return remove(path);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");

	arena = arena_new();
	(void)snprintf(top, sizeof(top), "%s/immure-home.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(top) || setenv("XDG_DATA_HOME", at("data"), 1) < 0 ||
	    setenv("HOME", at("home"), 1) < 0)
		return 1;
	RUN(test_names);
	RUN(test_it_is_made_and_locked);
	RUN(test_children_hold_it);
	RUN(test_what_is_not_the_callers_alone);
	RUN(test_list);
	(void)nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	RUN(test_where);
	return unit_end();
}
