/* Landlock's rules, as they follow from the items of a plan, for every ABI. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/landlock.h>

#include "../../src/plan/plan_internal.h"
#include "unit.h"

static struct arena *arena;

enum {
	LIST = MAY_READ_DIR,
	READ = MAY_READ_FILE | MAY_READ_DIR,
	RUN = READ | MAY_EXECUTE,
	WRITE = RUN | MAY_WRITE_FILE | MAY_TRUNCATE | MAY_REMOVE_DIR | MAY_REMOVE_FILE |
		MAY_MAKE_DIR | MAY_MAKE_REG | MAY_MAKE_SOCK | MAY_MAKE_FIFO | MAY_MAKE_SYM |
		MAY_REFER,
	DEVICE = MAY_READ_FILE | MAY_WRITE_FILE | MAY_TRUNCATE,
};

/* The plan of `immure run WORDS true`, with the rules of an ABI. */
static struct plan *plan_words(const char *const *words, int abi)
{
	struct error err = { 0 };
	size_t count = 0;

	while (words[count])
		count++;
	char **argv = arena_alloc(arena, (count + 2) * sizeof(*argv));
	for (size_t i = 0; i < count; i++)
		argv[i] = arena_copy(arena, words[i]);
	argv[count] = arena_copy(arena, "true");
	const struct config *config = config_read(arena, argv, &err);
	CHECK(config, "%s", err.what);
	const struct plan *made = config ? plan_make(config, &err) : NULL;
	CHECK(made, "%s", err.what);
	if (!made)
		return NULL;
	struct plan *plan = arena_alloc(arena, sizeof(*plan));
	*plan = *made;
	landlock_rules(plan, abi);
	return plan;
}

/* What the rule of exactly this place allows. */
static uint32_t rule_at(const struct plan *plan, const char *target)
{
	uint32_t rights = 0;

	list_each(const struct item, item, &plan->items)
		if (text_is(item->target, target))
			rights |= item->rights;
	return rights;
}

static const struct {
	const char *words[8];
	const char *target;
	uint32_t rights;
} rules[] = {
	/* What everybody gets. */
	{ { NULL }, "/usr", RUN },
	{ { NULL }, "/etc", RUN },
	{ { NULL }, "/etc/passwd", 0 },
	{ { NULL }, "/etc/ld.so.conf.d", 0 },
	{ { NULL }, "/tmp", WRITE },
	{ { NULL }, "/run", WRITE },
	{ { NULL }, "/dev/shm", WRITE },
	{ { NULL }, "/proc", READ | MAY_WRITE_FILE | MAY_TRUNCATE },
	{ { NULL }, "/proc/sys", 0 },
	{ { NULL }, "/sys", READ },
	{ { NULL }, "/sys/class/net", 0 },
	{ { NULL }, "/dev/null", DEVICE },
	{ { NULL }, "/dev/tty", DEVICE | MAY_IOCTL_DEV },
	{ { NULL }, "/dev/pts", READ | MAY_WRITE_FILE | MAY_IOCTL_DEV },
	{ { NULL }, "/dev/mqueue", READ | MAY_WRITE_FILE | MAY_MAKE_REG | MAY_REMOVE_FILE },
	{ { NULL }, "/bin", 0 },
	{ { NULL }, "/mnt", 0 },
	/* What is asked for. */
	{ { "--bind", "/var:/v" }, "/v", WRITE },
	{ { "--ro-bind", "/var:/v" }, "/v", RUN },
	{ { "--bind", "/etc/passwd:/p" }, "/p", WRITE & MAY_OF_FILES },
	{ { "--ro-bind", "/etc/passwd:/p" }, "/p", RUN & MAY_OF_FILES },
	{ { "--bind", "/dev/zero:/z" }, "/z", DEVICE },
	{ { "--dev-bind", "/dev/zero:/z" }, "/z", DEVICE | MAY_IOCTL_DEV },
	{ { "--dev-bind", "/dev:/d" }, "/d", WRITE | MAY_IOCTL_DEV },
	{ { "--tmpfs", "/t" }, "/t", WRITE },
	{ { "--tmpfs", "/t:size=1M" }, "/t", WRITE },
	{ { "--dir", "/t" }, "/t", 0 },
	{ { "--file", "/etc/passwd:/p" }, "/p", MAY_READ_FILE | MAY_EXECUTE },
	{ { "--file", "/etc/passwd:/tmp/p" }, "/tmp/p", 0 },
	{ { "--file", "/etc/passwd:/etc/x/p" }, "/etc/x/p", 0 },
	/* In our own /etc only what may be written, or more, needs its own. */
	{ { "--ro-bind", "/var:/etc/v" }, "/etc/v", 0 },
	{ { "--bind", "/var:/etc/v" }, "/etc/v", WRITE },
	{ { "--tmpfs", "/etc/v" }, "/etc/v", WRITE },
	{ { "--tmpfs", "/etc" }, "/etc", WRITE },
	{ { "--ro-bind", "/etc" }, "/etc", RUN },
	/* Read-only in the end is read-only here. */
	{ { "--tmpfs", "/t", "--remount-ro", "/t" }, "/t", RUN },
	{ { "--bind", "/var:/v", "--remount-ro", "/v/lib" }, "/v", WRITE },
	{ { "--bind", "/var:/v", "--remount-ro", "/v" }, "/v", WRITE },
	{ { "--proc", "none" }, "/proc", 0 },
	{ { "--dev", "none" }, "/dev/null", 0 },
	{ { "--share", "mount" }, "/usr", 0 },
	{ { "--nested" }, "/usr", 0 },
};

static void test_rules(void)
{
	EACH_ROW(row, rules) {
		if (getuid() == 0 && row->words[0] && text_is(row->words[0], "--nested"))
			continue;
		const struct plan *plan = plan_words(row->words, LANDLOCK_FULL_ABI);
		uint32_t is = plan ? rule_at(plan, row->target) : 0;

		CHECK(is == row->rights, "%s %s: %s has %x, not %x",
		      row->words[0] ? row->words[0] : "", row->words[1] ? row->words[1] : "",
		      row->target, is, row->rights);
	}
}

static void test_current_directory(void)
{
	static const char *const ro[] = { NULL }, *const rw[] = { "--cwd", "rw", NULL };
	char *here = arena_copy(arena, "/tmp/immure-landlock.XXXXXX");

	CHECK(mkdtemp(here) && chdir(here) == 0, "make a directory");
	const struct plan *plan = plan_words(ro, LANDLOCK_FULL_ABI);
	CHECK(plan && rule_at(plan, here) == RUN, "read-only");
	plan = plan_words(rw, LANDLOCK_FULL_ABI);
	CHECK(plan && rule_at(plan, here) == WRITE, "writable");
	CHECK(chdir("/") == 0 && rmdir(here) == 0, "remove it");
}

/* A right that the kernel does not know is an error to it. */
static void test_every_abi(void)
{
	static const char *const words[] = { "--bind", "/var:/v", NULL };
	static const uint32_t known[] = {
		0, (1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1, (1 << 15) - 1, (1 << 16) - 1,
		(1 << 16) - 1, (1 << 16) - 1,
	};

	for (int abi = 0; abi < (int)COUNT(known); abi++) {
		const struct plan *plan = plan_words(words, abi);

		if (!plan)
			continue;
		CHECK(plan->landlock.handled == known[abi], "ABI %d: %x", abi,
		      plan->landlock.handled);
		CHECK(plan->landlock.scopes == (abi >= 6 ? 3 : 0), "ABI %d", abi);
		CHECK(rule_at(plan, "/v") == (WRITE & known[abi]), "ABI %d", abi);
		CHECK(rule_at(plan, "/dev/tty") ==
		      ((DEVICE | MAY_IOCTL_DEV) & known[abi]), "ABI %d", abi);
		CHECK(plan->landlock.at_root == (LIST & known[abi]), "ABI %d", abi);
		list_each(const struct item, item, &plan->items) {
			CHECK((item->rights & ~known[abi]) == 0, "ABI %d: %s", abi, item->target);
			CHECK(!(item->rights & (MAY_MAKE_CHAR | MAY_MAKE_BLOCK)), "%s: devices",
			      item->target);
			CHECK(item->rights == 0 || item->id.type == 0 || item->id.type == S_IFDIR ||
			      (item->rights & ~(uint32_t)MAY_OF_FILES) == 0, "%s is a file",
			      item->target);
		}
	}
}

static const struct {
	int abi;
	const char *lacks;
} lacks[] = {
	{ 0, "files, truncation, ioctls of devices, abstract sockets, signals" },
	{ 1, "truncation, ioctls of devices, abstract sockets, signals,"
	     " and refuses every move between directories" },
	{ 2, "truncation, ioctls of devices, abstract sockets, signals" },
	{ 3, "ioctls of devices, abstract sockets, signals" },
	{ 4, "ioctls of devices, abstract sockets, signals" },
	{ 5, "abstract sockets, signals" },
	{ 6, "" },
	{ 7, "" },
};

static void test_what_an_older_kernel_lacks(void)
{
	EACH_ROW(row, lacks) {
		const char *is = landlock_lacking(arena, row->abi);

		CHECK(text_is(is, row->lacks), "ABI %d: %s", row->abi, is);
	}
}

int main(void)
{
	arena = arena_new();
	CHECK(chdir("/") == 0, "chdir");
	(void)setenv("HOME", "/nonexistent", 1);
	(void)unsetenv("XDG_CONFIG_HOME");
	RUN(test_rules);
	RUN(test_current_directory);
	RUN(test_every_abi);
	RUN(test_what_an_older_kernel_lacks);
	arena_free(arena);
	return unit_end();
}
