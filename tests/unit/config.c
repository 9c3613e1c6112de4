/* Command lines, from words to settings. HOME leads to nothing here, so that only the
 * built-in profile stands below them (or, on a host that has one, /etc's). */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/config/option.h>
#include <immure/config/profile.h>

#include "unit.h"

static struct arena *arena;

/* A value that each option takes, and one that it does not; NULL where there is no
 * such thing. A row for every option of the table: a test checks that. */
static const struct {
	const char *name, *good, *bad;
} values[] = {
	{ "profile", "default", "../x" },
	{ "include", "default", "no such name" },
	{ "description", "what it is for", "" },
	{ "alias", "firefox-esr", "../x" },
	{ "dry-run", NULL, NULL },
	{ "quiet", NULL, NULL },
	{ "verbose", NULL, NULL },
	{ "help", "all", "some" },
	{ "version", NULL, NULL },
	{ "bind", "/a\\:b:/c", "a:b:c" },
	{ "bind-try", "a", "" },
	{ "ro-bind", "/a b", ":/c" },
	{ "ro-bind-try", "/a", "/a:" },
	{ "dev-bind", "/dev/fuse", "a:b:c" },
	{ "dev-bind-try", "/dev/fuse", "" },
	{ "tmpfs", "/t:size=1M,mode=1777", "/t:size=1e9" },
	{ "dir", "/d", "" },
	{ "file", "/a:/b", "/a" },
	{ "symlink", "t:/p", "/p" },
	{ "hide", "/h", "" },
	{ "remount-ro", "/r", "" },
	{ "root", "/srv/debian", "" },
	{ "root-rw", "/srv/debian", "" },
	{ "home", "kept:web", "kept:../web" },
	{ "cwd", "rw", "write" },
	{ "arguments", "ro", "read" },
	{ "ephemeral", NULL, NULL },
	{ "git-rw", NULL, NULL },
	{ "dbus", "talk:org.example.A", "talk" },
	{ "landlock", "require", "sometimes" },
	{ "proc", "host-ro", "host" },
	{ "sys", "none", "" },
	{ "dev", "none", "host-ro" },
	{ "etc", "/etc/x", "/usr" },
	{ "system", "/opt", "" },
	{ "user", "1000:100", "1000:x" },
	{ "map", "1:100000:65536", "1:100000" },
	{ "map-gid", "auto", "autos" },
	{ "guest", NULL, NULL },
	{ "hostname", "a.b-c_d", "a b" },
	{ "domainname", "d", "-d" },
	{ "share", "net,uts", "net,wifi" },
	{ "userns", "1", "" },
	{ "netns", "/run/netns/x", "" },
	{ "ipcns", "none", "" },
	{ "utsns", "4711", "" },
	{ "timens", "./7", "" },
	{ "nested", NULL, NULL },
	{ "monotonic", "-1.5h", "1.5w" },
	{ "boottime", "+90", "" },
	{ "sysctl", "net.ipv4.ip_forward=1", "net..x=1" },
	{ "ns-limit", "net=5", "net=-1" },
	{ "net", NULL, NULL },
	{ "allow", "*.example.org:80,443/tcp", "" },
	{ "publish", "127.0.0.1:8080:80/tcp", "" },
	{ "publish-file", "ports", "" },
	{ "deny", "lan", "" },
	{ "allow-urls-in", ".git/config", "" },
	{ "dns", "192.0.2.53", "" },
	{ "dns-search", "example.org", "" },
	{ "add-host", "db.test:192.0.2.7", "" },
	{ "outbound", "203.0.113.1", "" },
	{ "ipv4-only", NULL, NULL },
	{ "ipv6-only", NULL, NULL },
	{ "mtu", "1500", "575" },
	{ "cidr", "10.0.3.0/24", "" },
	{ "mac", "02:00:5e:10:00:01", "" },
	{ "ifname", "eth0", "" },
	{ "net-log", "/tmp/log", "" },
	{ "pcap", "/tmp/pcap", "" },
	{ "wayland", NULL, NULL },
	{ "x11", NULL, NULL },
	{ "audio", NULL, NULL },
	{ "gpu", NULL, NULL },
	{ "seccomp", "strict", "on" },
	{ "syscall", "deny:socket,@keyring,7", "kill:socket" },
	{ "seccomp-file", "/tmp/bpf", "" },
	{ "allow32", NULL, NULL },
	{ "allow-suid", NULL, NULL },
	{ "ptrace", NULL, NULL },
	{ "cap", "add:chown,kill", "add:CHOWN" },
	{ "chdir", "/tmp", "" },
	{ "timeout", "1.5s", "1.5x" },
	{ "rlimit", "nofile=10:20", "nofile=20:10" },
	{ "memory", "512M", "1023K" },
	{ "pids", "10", "0" },
	{ "cpus", "1.5", "0.001" },
	{ "nice", "-20", "20" },
	{ "as-pid-1", NULL, NULL },
	{ "setenv", "A=b c", "1A=b" },
	{ "unsetenv", "A", "A=b" },
	{ "env-keep", "LC_*", "*" },
};

static const char *value_good(const struct option *option)
{
	EACH_ROW(row, values)
		if (text_is(row->name, option->name))
			return row->good;
	return NULL;
}

static void test_every_option_has_a_row_here(void)
{
	CHECK(COUNT(values) == option_count, "%zu, not %zu", COUNT(values), option_count);
	EACH_ROW(row, values) {
		const struct option *option = option_named(row->name, strlen(row->name),
							   CLI | PROFILE);
		CHECK(option, "%s", row->name);
		CHECK(!option || !option->arg == !row->good, "%s", row->name);
		CHECK(!option || !option->arg == !row->bad, "%s", row->name);
	}
}

/* --- reading ------------------------------------------------------------------------ */

/* Read words, NULL-ended, behind `run`. */
static struct config *read_words(const char *const *words, struct error *err)
{
	size_t count = 0;

	while (words[count])
		count++;
	char **argv = arena_alloc(arena, (count + 1) * sizeof(*argv));
	for (size_t i = 0; i < count; i++)
		argv[i] = arena_copy(arena, words[i]);
	*err = (struct error){ 0 };
	return config_read(arena, argv, err);
}

#define READ(err, ...) read_words((const char *const[]){ __VA_ARGS__, NULL }, (err))

/* What the command line said, behind all that the profile did. */
static size_t said_here(const struct config *config, const struct setting **ret_first)
{
	size_t count = 0;

	list_each(const struct setting, setting, &config->said)
		if (!setting->origin->file && count++ == 0)
			*ret_first = setting;
	return count;
}

static bool says(const struct config *config, const char *name, const char *value)
{
	const struct setting *first = NULL;

	return config && said_here(config, &first) == 1 && text_is(first->option->name, name) &&
	       text_is(first->value, value) && text_is(config->command[0], "x") &&
	       !config->command[1];
}

static void check_form(const struct option *option, const char *value, const char *first,
		       const char *second)
{
	struct error err;
	struct config *config = second ? READ(&err, first, second, "x") : READ(&err, first, "x");

	CHECK(says(config, option->name, value), "%s %s: %s", first, second ? second : "",
	      err.what);
}

static void test_every_option_in_every_form(void)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		const char *value = value_good(option);
		const char *dashed = arena_format(arena, "--%s", option->name);

		/* Those that end in a page of help are tested below. */
		if (!(option->in & CLI) || text_is(option->name, "help") ||
		    text_is(option->name, "version"))
			continue;
		check_form(option, value ? value : "", dashed, value);
		if (value)
			check_form(option, value, arena_format(arena, "%s=%s", dashed, value), NULL);
		if (!option->letter)
			continue;
		const char *letter = arena_format(arena, "-%c", option->letter);
		check_form(option, value ? value : "", letter, value);
		if (value)
			check_form(option, value, arena_format(arena, "%s%s", letter, value), NULL);
	}
}

/* In a profile the same words mean the same. */
static void test_every_option_as_a_line(void)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		const char *value = value_good(option);
		struct config config = { .arena = arena };
		struct error err = { 0 };

		if (!(option->in & PROFILE) || text_is(option->name, "include"))
			continue;
		const char *line = arena_format(arena, "%s %s\n", option->name,
						value ? profile_quote(arena, value) : "");
		CHECK(profile_apply_text(&config, "f", line, strlen(line), &err) == 0, "%s: %s",
		      line, err.what);
		CHECK(config.said.count == 1 && config.said.items[0].option == option &&
		      text_is(config.said.items[0].value, value ? value : ""), "%s", line);
	}
}

static void test_every_bad_value_is_refused(void)
{
	EACH_ROW(row, values) {
		const struct option *option = option_named(row->name, strlen(row->name),
							   CLI | PROFILE);
		struct config config = { .arena = arena };
		struct error err;

		if (!option || !row->bad)
			continue;
		if ((option->in & CLI) && !option->arg_optional) {
			const char *dashed = arena_format(arena, "--%s", row->name);
			CHECK(!READ(&err, dashed, row->bad, "x"), "%s %s", dashed, row->bad);
			CHECK(text_begins(err.what, dashed), "%s %s: %s", dashed, row->bad, err.what);
		}
		if (option->in & PROFILE) {
			const char *line = arena_format(arena, "# 1\n%s %s\n", row->name,
							profile_quote(arena, row->bad));
			CHECK(profile_apply_text(&config, "f", line, strlen(line), &err) < 0, "%s",
			      line);
			CHECK(text_begins(err.what, arena_format(arena, "f:2: %s: ", row->name)),
			      "%s: %s", line, err.what);
		}
	}
}

static void test_no_value_where_none_belongs(void)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		const char *dashed = arena_format(arena, "--%s", option->name);
		struct error err;

		if (!(option->in & CLI))
			continue;
		if (!option->arg) {
			CHECK(!READ(&err, arena_format(arena, "%s=x", dashed), "x"), "%s", dashed);
			CHECK(text_is(err.what, arena_format(arena, "%s takes no value", dashed)),
			      "%s", err.what);
			CHECK(!READ(&err, arena_format(arena, "%s=", dashed), "x"), "%s", dashed);
		} else if (!option->arg_optional) {
			const char *want = arena_format(arena, "%s needs a value: %s", dashed,
							option->arg);
			CHECK(!READ(&err, dashed), "%s", dashed);
			CHECK(text_is(err.what, want), "%s", err.what);
			if (!option->letter)
				continue;
			CHECK(!READ(&err, arena_format(arena, "-%c", option->letter)), "%s", dashed);
			CHECK(text_is(err.what, want), "%s", err.what);
		}
	}
}

/* --- where options end ----------------------------------------------------------------- */

static const struct {
	const char *words[8];
	size_t options;		/* how many of them are settings */
	const char *command;	/* the first word behind; NULL: none */
} lines[] = {
	{ { "x" }, 0, "x" },
	{ { NULL }, 0, NULL },
	{ { "--" }, 0, NULL },
	{ { "--", "x" }, 0, "x" },
	{ { "--", "--" }, 0, "--" },
	{ { "--", "--quiet" }, 0, "--quiet" },
	{ { "--", "-q", "x" }, 0, "-q" },
	{ { "-q", "--", "-v" }, 1, "-v" },
	{ { "-" }, 0, "-" },
	{ { "-q", "-", "-v" }, 1, "-" },
	{ { "" }, 0, "" },
	{ { "-q", "" }, 1, "" },
	{ { "x", "-q" }, 0, "x" },
	{ { "-q", "x", "--bind" }, 1, "x" },
	{ { "--quiet", "--verbose", "x", "--", "y" }, 2, "x" },
	{ { "-qvn", "x" }, 3, "x" },
	{ { "-qb/a", "x" }, 2, "x" },
	{ { "-qb", "/a", "x" }, 2, "x" },
	{ { "-bq", "x" }, 1, "x" },		/* binds "q" */
	{ { "--bind", "--", "x" }, 1, "x" },	/* binds "--" */
	{ { "--bind", "-q", "--", "x" }, 1, "x" },
	{ { "--setenv=A=b=c", "x" }, 1, "x" },
	{ { "--bind=/a", "--bind", "/b", "-b/c", "-b", "/d", "x" }, 4, "x" },
};

static void test_lines(void)
{
	EACH_ROW(row, lines) {
		const struct setting *first = NULL;
		struct error err;
		struct config *config = read_words(row->words, &err);

		CHECK(config, "%s: %s", row->words[0], err.what);
		if (!config)
			continue;
		CHECK(said_here(config, &first) == row->options, "%s", row->words[0]);
		CHECK(row->command ? config->command[0] && text_is(config->command[0], row->command)
				   : !config->command[0], "%s: %s", row->words[0],
		      config->command[0] ? config->command[0] : "nothing");
	}
}

static const struct {
	const char *words[4];
	const char *what, *hint;
} mistakes[] = {
	{ { "--bnid", "/a", "x" }, "unknown option --bnid", "--bind" },
	{ { "--bnid=/a", "x" }, "unknown option --bnid", "--bind" },
	{ { "--robind=/a", "x" }, "unknown option --robind", "--ro-bind" },
	{ { "--xyzzy", "x" }, "unknown option --xyzzy", "--help=all" },
	{ { "--=x", "x" }, "unknown option --", "--help=all" },
	{ { "---", "x" }, "unknown option ---", "--help=all" },
	{ { "--include", "default", "x" }, "unknown option --include", "profiles" },
	{ { "--Bind", "/a", "x" }, "unknown option --Bind", "--bind" },
	{ { "--bin", "/a", "x" }, "unknown option --bin", "--bind" },	/* no abbreviations */
	{ { "-Z", "x" }, "unknown option -Z", "--help=all" },
	{ { "-qZ", "x" }, "unknown option -Z", "--help=all" },
	{ { "-cwd", "rw", "x" }, "unknown option -c", "--cwd" },
	{ { "-\xc3\xa4", "x" }, "unknown option -\xc3\xa4", "--help=all" },
	{ { "--quiet=yes", "x" }, "--quiet takes no value", NULL },
};

static void test_mistakes(void)
{
	EACH_ROW(row, mistakes) {
		struct error err;

		CHECK(!read_words(row->words, &err), "%s", row->words[0]);
		CHECK(text_is(err.what, row->what), "%s: %s", row->words[0], err.what);
		CHECK(row->hint ? strstr(err.hint, row->hint) != NULL : !*err.hint, "%s: %s",
		      row->words[0], err.hint);
	}
}

/* Help is given whatever else the values say, and nothing is read for it. */
static void test_help(void)
{
	struct error err;
	struct config *config;

	config = READ(&err, "--help");
	CHECK(config && config->help == HELP_SHORT, "--help");
	config = READ(&err, "-h");
	CHECK(config && config->help == HELP_SHORT, "-h");
	config = READ(&err, "--help=all");
	CHECK(config && config->help == HELP_ALL, "--help=all");
	config = READ(&err, "--version");
	CHECK(config && config->version, "--version");
	config = READ(&err, "-V");
	CHECK(config && config->version, "-V");
	config = READ(&err, "--timeout", "x", "--profile", "./none", "--help", "y");
	CHECK(config && config->help == HELP_SHORT && config->said.count == 1, "%s", err.what);
	/* The value is not a word of its own. */
	config = READ(&err, "--help", "all");
	CHECK(config && config->help == HELP_SHORT, "--help all");
	CHECK(!READ(&err, "--help=some"), "--help=some");
	config = READ(&err, "x", "--help");
	CHECK(config && config->help == HELP_NONE, "the command's own");
}

/* --- precedence --------------------------------------------------------------------------- */

static void test_the_command_line_is_last(void)
{
	struct error err;
	struct config *config = READ(&err, "--user", "self", "--hostname", "a", "--hostname=b", "x");

	CHECK(config, "%s", err.what);
	if (!config)
		return;
	CHECK(text_is(config->user.value, "self") && !config->user.origin->file, "%s",
	      config->user.value);
	CHECK(text_is(config->hostname.value, "b"), "%s", config->hostname.value);
	CHECK(config->home.origin && config->home.origin->file, "from the default profile");
	CHECK(config->hostname.order > config->home.order, "said later");
	CHECK(config->said.count > 2 &&
	      text_is(config->said.items[config->said.count - 1].value, "b"), "in order");
}

static void test_share_none_takes_back(void)
{
	struct error err;
	struct config *config = READ(&err, "--share", "net,pid", "--share", "none", "--share=uts", "x");

	CHECK(config && config->shares.count == 1 &&
	      config->shares.items[0].namespace == NS_UTS, "%s", err.what);
}

static void test_recorded_values(void)
{
	struct error err;
	struct config *config = READ(&err, "--bind", "/a\\:b\\\\:c", "--tmpfs",
				     "/t\\:x:mode=700,size=2K", "--rlimit", "as=1G:unlimited",
				     "--timeout=1.5", "--nice", "-5", "--ns-limit", "pid=+07", "x");
	CHECK(config, "%s", err.what);
	if (!config)
		return;
	const struct place *tmpfs = &config->places.items[config->places.count - 1];
	const struct place *bind = tmpfs - 1;
	const struct limit *limit = &config->limits.items[config->limits.count - 1];
	const struct tunable *tunable = &config->namespace_limits.items[0];

	CHECK(bind->placing == PLACE_BIND && text_is(bind->source, "/a:b\\") &&
	      text_is(bind->target, "c"), "%s on %s", bind->source, bind->target);
	CHECK(tmpfs->placing == PLACE_TMPFS && text_is(tmpfs->target, "/t:x") &&
	      tmpfs->size == 2048 && tmpfs->mode == 0700, "%s", tmpfs->target);
	CHECK(limit->soft == 1 << 30 && limit->hard < 0, "%ld", (long)limit->soft);
	CHECK(config->timeout.value == 1500, "%ld", (long)config->timeout.value);
	CHECK(config->nice.value == -5, "%ld", (long)config->nice.value);
	CHECK(text_is(tunable->key, "user.max_pid_namespaces") && text_is(tunable->value, "7"),
	      "%s=%s", tunable->key, tunable->value);
}

int main(void)
{
	arena = arena_new();
	(void)setenv("HOME", "/nonexistent", 1);
	(void)unsetenv("XDG_CONFIG_HOME");
	RUN(test_every_option_has_a_row_here);
	RUN(test_every_option_in_every_form);
	RUN(test_every_option_as_a_line);
	RUN(test_every_bad_value_is_refused);
	RUN(test_no_value_where_none_belongs);
	RUN(test_lines);
	RUN(test_mistakes);
	RUN(test_help);
	RUN(test_the_command_line_is_last);
	RUN(test_share_none_takes_back);
	RUN(test_recorded_values);
	arena_free(arena);
	return unit_end();
}
