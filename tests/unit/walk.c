/* The resolution of paths by hand against the kernel's: what openat2(2) says of a path
 * with RESOLVE_IN_ROOT, walk_inside() must say as well, in a tree full of links. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/walk.h>

#include "unit.h"

static int root = NO_FD, outside = NO_FD;

static const char *const directories[] = {
	"a", "a/b", "a/b/c", "d", "tmp", "locked", "locked/x",
};

static const char *const files[] = { "file", "a/file", "a/b/c/deep", "d/d" };

static const struct { const char *name, *text; } links[] = {
	{ "to-a", "a" }, { "to-file", "file" }, { "to-abs", "/a/b" }, { "to-up", "../../../a" },
	{ "to-out", "../outside" }, { "to-etc", "/etc" }, { "dangling", "nothing/there" },
	{ "loop", "loop" }, { "one", "two" }, { "two", "one" }, { "self", "." }, { "top", "/" },
	{ "a/up", ".." }, { "a/b/up-up", "../.." }, { "a/b/abs", "/d/d" }, { "slash", "a/" },
	{ "file-slash", "file/" }, { "chain", "to-a/b/up-up/to-abs/c" }, { "d/through", "../a/up/d" },
};

static const char *const tails[] = {
	"", "/", "/.", "/..", "/b", "/b/..", "/file", "/file/", "/file/..", "/b/c/deep", "/../..",
	"/../outside", "/../../outside/secret", "/up", "/up/up", "/b/up-up/a", "//b///c", "/d",
	"/./b/./c/.", "/nothing", "/nothing/..", "/x",
};

static void make_tree(const char *top)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/root", top);
	CHECK(mkdir(path, 0755) == 0, "mkdir");
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(path, sizeof(path), "%s/outside", top);
	CHECK(mkdir(path, 0755) == 0, "mkdir");
	outside = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	close(openat(outside, "secret", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	for (size_t i = 0; i < COUNT(directories); i++)
		CHECK(mkdirat(root, directories[i], 0755) == 0, "%s", directories[i]);
	for (size_t i = 0; i < COUNT(files); i++)
		close(openat(root, files[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	for (size_t i = 0; i < COUNT(links); i++)
		CHECK(symlinkat(links[i].text, root, links[i].name) == 0, "%s", links[i].name);
	/* As many links as may be followed, and one more. */
	CHECK(symlinkat("a", root, "link0") == 0, "link0");
	for (int i = 1; i <= 41; i++) {
		char name[16], text[16];

		(void)snprintf(name, sizeof(name), "link%d", i);
		(void)snprintf(text, sizeof(text), "link%d", i - 1);
		CHECK(symlinkat(text, root, name) == 0, "%s", name);
	}
	CHECK(fchmodat(root, "locked", 0, 0) == 0, "lock");
}

static void compare(const char *path, int flags)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC | (unsigned)flags,
				.resolve = RESOLVE_IN_ROOT };
	struct stat want = { 0 }, got = { 0 };

	/* EAGAIN: somebody, anywhere, renamed a directory meanwhile. */
	int by_kernel;
	do
		by_kernel = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	while (by_kernel < 0 && errno == EAGAIN);
	int kernel_code = by_kernel < 0 ? errno : 0;
	int by_hand = walk_inside(root, path, flags, 40);
	int code = by_hand < 0 ? errno : 0;
	CHECK(code == kernel_code, "%s: %s, not %s", path, strerror(code), strerror(kernel_code));
	if (by_kernel >= 0 && by_hand >= 0) {
		CHECK(fstat(by_kernel, &want) == 0 && fstat(by_hand, &got) == 0, "fstat");
		CHECK(want.st_ino == got.st_ino && want.st_dev == got.st_dev, "%s: another one", path);
	}
	fd_close(&by_kernel);
	fd_close(&by_hand);
}

static void compare_all(const char *head)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < COUNT(tails); i++) {
		/* Nobody asks for the empty path. */
		if (!*head && !*tails[i])
			continue;
		(void)snprintf(path, sizeof(path), "%s%s", head, tails[i]);
		compare(path, 0);
		compare(path, O_DIRECTORY);
		/* What a slash behind a link means then, nobody needs. */
		if (path[strlen(path) - 1] != '/')
			compare(path, O_NOFOLLOW);
	}
}

static void test_as_the_kernel(void)
{
	char name[PATH_MAX + 8];

	compare_all("");
	for (size_t i = 0; i < COUNT(directories); i++)
		compare_all(directories[i]);
	for (size_t i = 0; i < COUNT(files); i++)
		compare_all(files[i]);
	for (size_t i = 0; i < COUNT(links); i++)
		compare_all(links[i].name);
	compare("link39", 0);
	compare("link40", 0);
	compare("link41", 0);
	memset(name, 'x', sizeof(name));
	name[NAME_MAX] = '\0';
	compare(name, 0);
	name[NAME_MAX] = 'x';
	name[NAME_MAX + 1] = '\0';
	compare(name, 0);
	name[NAME_MAX + 1] = 'x';
	name[sizeof(name) - 1] = '\0';
	compare(name, 0);
}

static void test_no_links(void)
{
	int fd = walk_inside(root, "a/b/c/deep", 0, 0);

	CHECK(fd >= 0, "no link is needed");
	fd_close(&fd);
	CHECK(walk_inside(root, "to-a/file", 0, 0) < 0 && errno == ELOOP, "one link is too many");
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)st;
	(void)kind;
	(void)place;
	return remove(path);
}

int main(void)
{
	char top[] = "/tmp/immure-walk.XXXXXX";

	CHECK(mkdtemp(top), "mkdtemp");
	make_tree(top);
	RUN(test_as_the_kernel);
	RUN(test_no_links);
	CHECK(fchmodat(root, "locked", 0755, 0) == 0, "unlock");
	CHECK(nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0, "remove %s", top);
	return unit_end();
}
