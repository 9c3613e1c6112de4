/* Reading what somebody else provides: bounded in size and in time. A directory with
 * files of ours stands for the one of a process. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/sys/proc.h>

#include "unit.h"

static struct arena *arena;
static int directory;

static void put_file(const char *name, size_t size)
{
	AUTO_FD int fd = openat(directory, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	while (size-- > 0)
		(void)fd_write_all(fd, "x", 1);
}

static void test_reads_are_bounded(void)
{
	static const struct { size_t size, most, want; bool cut; } rows[] = {
		{ 0, 10, 0, false }, { 10, 10, 10, false }, { 11, 10, 10, true },
		{ 4095, 5000, 4095, false }, { 4096, 4096, 4096, false },
		{ 4097, 4096, 4096, true }, { 20000, 20000, 20000, false },
		{ 20000, 9000, 9000, true }, { 9000, 0, 0, true },
	};

	EACH_ROW(row, rows) {
		for (int child = 0; child < 2; child++) {
			const char *name = arena_format(arena, "%zu", row->size);
			size_t length = 99;
			char *text = NULL;
			bool cut = false;

			put_file(name, row->size);
			int result = (child ? proc_read_memory : proc_read)
				(arena, directory, name, row->most, &text, &length, &cut);
			CHECK(result == 0, "%zu %d: %s", row->size, child, strerror(errno));
			CHECK(length == row->want && cut == row->cut, "%zu %d: %zu", row->size,
			      child, length);
			CHECK(text && strlen(text) == row->want, "%zu %d", row->size, child);
			(void)unlinkat(directory, name, 0);
		}
	}
}

static void test_errors_come_through(void)
{
	size_t length;
	char *text;
	bool cut = false;

	(void)mkdirat(directory, "directory", 0700);
	errno = 0;
	CHECK(proc_read_memory(arena, directory, "directory", 9, &text, &length, &cut) < 0 &&
	      errno == EISDIR, "%s", strerror(errno));
	errno = 0;
	CHECK(proc_read_memory(arena, directory, "nonesuch", 9, &text, &length, &cut) < 0 &&
	      errno == ENOENT, "%s", strerror(errno));
	(void)unlinkat(directory, "directory", AT_REMOVEDIR);
}

/* A pipe that nobody writes into, as memory that is never there. */
static void test_a_read_that_waits_is_left(void)
{
	time_t start = time(NULL);
	size_t length;
	char *text;
	bool cut = false;

	(void)mkfifoat(directory, "environ", 0600);
	AUTO_FD int writer = openat(directory, "environ", O_RDWR | O_CLOEXEC);
	(void)fd_write_all(writer, "A=1", 4);
	errno = 0;
	CHECK(proc_read_memory(arena, directory, "environ", 100, &text, &length, &cut) < 0, "read");
	CHECK(errno == ETIMEDOUT, "%s", strerror(errno));
	CHECK(time(NULL) - start < 60, "it took long");
	(void)unlinkat(directory, "environ", 0);
}

static void test_settings_stay_below(void)
{
	put_file("setting", 3);
	CHECK(symlinkat("setting", directory, "link") == 0, "%s", strerror(errno));
	(void)mkdirat(directory, "group", 0700);
	char *value = proc_setting(arena, directory, "setting");
	CHECK(value && text_is(value, "xxx"), "%s", value ? value : "none");
	CHECK(!proc_setting(arena, directory, "link"), "a link");
	CHECK(!proc_setting(arena, directory, "group/../setting/../../x"), "upwards");
	CHECK(!proc_setting(arena, directory, "/etc/passwd"), "absolute");
	CHECK(!proc_setting(arena, directory, "group"), "a directory");
	(void)unlinkat(directory, "setting", 0);
	(void)unlinkat(directory, "link", 0);
	(void)unlinkat(directory, "group", AT_REMOVEDIR);
}

static void test_a_process(void)
{
	struct error err = { 0 };
	uid_t owner = (uid_t)-1;

	CHECK(proc_open(0x7ffffffe, &err) < 0 && err.code == ENOENT, "%d", err.code);
	AUTO_FD int self = proc_open(getpid(), &err);
	CHECK(self >= 0, "%s", err.what);
	CHECK(proc_owner(self, "status", &owner) == 0 && owner == geteuid(), "owner");
	CHECK(proc_link(arena, self, "ns/user") != NULL, "namespace");
	CHECK(proc_link(arena, self, "status") == NULL && errno == EINVAL, "no link");
	CHECK(text_is(proc_capability(arena, 21), "cap_sys_admin"), "name");
	CHECK(text_is(proc_capability(arena, 63), "63"), "number");
}

int main(void)
{
	char name[] = "/tmp/immure-unit.XXXXXX";

	arena = arena_new();
	if (!mkdtemp(name))
		return 2;
	directory = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	RUN(test_reads_are_bounded);
	RUN(test_errors_come_through);
	RUN(test_a_read_that_waits_is_left);
	RUN(test_settings_stay_below);
	RUN(test_a_process);
	(void)close(directory);
	(void)rmdir(name);
	arena_free(arena);
	return unit_end();
}
