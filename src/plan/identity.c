/* Who the caller is on the host, who the command is inside, and what tells it so:
 * names, files of /etc, the environment. */
#include <ctype.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/profile.h>
#include <immure/sys/file.h>
#include <immure/sys/kernel.h>
#include <immure/sys/user.h>
#include <immure/sys/weaken.h>

#include "plan_internal.h"

enum { OVERFLOW_ID = 65534 };	/* what stands for every id that is not mapped */

/* --- the caller ------------------------------------------------------------ */

/* Directories of the view, which no home directory can be. */
static bool is_of_the_view(const char *path)
{
	static const char *const dirs[] = {
		"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/proc", "/sys",
		"/dev", "/run", NULL,
	};

	for (size_t i = 0; dirs[i]; i++)
		if (path_is_within(path, dirs[i]))
			return true;
	return text_is(path, "/") || text_is(path, "/tmp") || text_is(path, "/var") ||
	       text_is(path, "/var/tmp") || text_is(path, "/home");
}

/* A normal path that can be a home directory inside, or NULL. */
static const char *usable_home(struct arena *arena, const char *home)
{
	if (!home || home[0] != '/')
		return NULL;
	home = path_normal(arena, "/", home);
	return is_of_the_view(home) ? NULL : home;
}

/* A word that passwd(5) can hold. */
static bool is_account_name(const char *name)
{
	if (!name || !*name || *name == '-' || strlen(name) > 32)
		return false;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			return false;
	return true;
}

/* Those of accounts in which nobody is to log in are none. */
static bool is_shell(const char *path)
{
	const char *name = path ? path_last(path) : "";

	return path && !text_is(name, "nologin") && !text_is(name, "false") && (path_is_below(path, "/usr") || path_is_below(path, "/bin")) &&
	       text_is_printable(path) && !strchr(path, ':') && file_executable(path);
}

int plan_host(struct planning *p, struct error *err)
{
	struct host *host = &p->host;
	struct account account = { 0 };

	(void)err;
	host->uid = geteuid();
	host->gid = getegid();
	host->home = usable_home(p->arena, getenv("HOME"));
	host->user_name = getenv("USER");
	host->shell = getenv("SHELL");
	bool self = p->config->user.value && text_is(p->config->user.value, "self");
	bool no_shell = p->config->shell && !is_shell(host->shell);
	if (!host->home || no_shell || (self && !is_account_name(host->user_name)))
		account = account_look(p->arena, host->uid, host->gid);
	if (!is_account_name(host->user_name))
		host->user_name = is_account_name(account.name) ? account.name : "user";
	if (!host->home)
		host->home = usable_home(p->arena, account.home);
	if (!host->home)
		host->home = arena_format(p->arena, "/home/%s", host->user_name);
	host->home_resolved = file_resolved(p->arena, host->home);
	if (!host->home_resolved)
		host->home_resolved = host->home;
	if (no_shell)
		host->shell = account.shell;
	if (!is_shell(host->shell))
		host->shell = file_executable("/bin/bash") ? "/bin/bash" : "/bin/sh";
	host->current = file_current_directory(p->arena);
	const char *profiles = profile_user_directory(p->arena);
	const char *data = getenv("XDG_DATA_HOME");
	/* As the homes are made (state/home.c), also where nobody could live. */
	const char *home = user_home(p->arena);
	host->own_data = data && data[0] == '/'
		? path_normal(p->arena, data, "immure")
		: path_normal(p->arena, home ? home : host->home, ".local/share/immure");
	host->own_config = profiles ? path_parent(p->arena, profiles) : NULL;
	return 0;
}

/* --- the command's ids ------------------------------------------------------ */

int plan_identity(struct planning *p, struct error *err)
{
	const char *user = p->config->user.value ? p->config->user.value : "root";
	const struct host *host = &p->host;
	int64_t uid = 0, gid = 0;

	if (!p->plan->own_user || text_is(user, "self")) {
		uid = host->uid;
		gid = host->gid;
	} else if (!text_is(user, "root")) {
		char *left, *right;

		(void)text_split(p->arena, user, ':', &left, &right);
		if (text_number(left, 0, UINT32_MAX - 1, &uid, err) < 0 ||
		    text_number(right ? right : left, 0, UINT32_MAX - 1, &gid, err) < 0)
			return within(err, "user %s", user);
	}
	p->inside_uid = (uid_t)uid;
	p->inside_gid = (gid_t)gid;
	/* The set-up is root of the first user namespace whoever the command is. */
	p->plan->outer = (struct idmap){
		.inside_uid = 0, .outside_uid = host->uid,
		.inside_gid = 0, .outside_gid = host->gid,
	};
	p->plan->inner = (struct idmap){
		.inside_uid = p->inside_uid, .outside_uid = 0,
		.inside_gid = p->inside_gid, .outside_gid = 0,
	};
	/* user_namespaces(7): user 0 can be mapped into a further namespace only by who
	 * has this where it is made. Of files it can mark those of the caller alone, for
	 * the namespaces in which the caller is root. */
	if (p->plan->nested_origin && p->inside_uid == 0)
		p->plan->capabilities |= 1ull << CAP_SETFCAP;
	return plan_maps(p, err);
}

static const char *inside_name(const struct planning *p)
{
	if (p->inside_uid == 0)
		return "root";
	if (p->inside_uid == OVERFLOW_ID)
		return "nobody";
	return p->inside_uid == p->host.uid ? p->host.user_name : "user";
}

/* --- what /etc says of it --------------------------------------------------- */

static struct item *text_add(struct planning *p, const char *target, const char *text)
{
	struct item *item = item_add(p, ITEM_TEXT, target, "identity", 0);

	item->source = text;
	item->mode = 0444;
	return item;
}

static const char *passwd_text(struct planning *p)
{
	const char *own = arena_format(p->arena, "%s:x:%u:%u:%s:%s:%s\n", inside_name(p),
				       p->inside_uid, p->inside_gid, inside_name(p),
				       p->host.home, p->host.shell);

	if (p->inside_uid == OVERFLOW_ID)
		return own;
	return arena_format(p->arena, "%snobody:x:%d:%d:nobody:/nonexistent:"
			    "/usr/sbin/nologin\n", own, OVERFLOW_ID, OVERFLOW_ID);
}

static const char *group_text(struct planning *p)
{
	if (p->inside_gid == OVERFLOW_ID)
		return "nogroup:x:65534:\n";
	return arena_format(p->arena, "%s:x:%u:\nnogroup:x:%d:\n",
			    p->inside_gid == 0 ? "root" : inside_name(p), p->inside_gid,
			    OVERFLOW_ID);
}

/* No line of it is a server: glibc then asks 127.0.0.1, where nobody answers, and
 * a look-up fails at once. */
static const char no_network[] = "# immure: there is no network, and no name server\n";

/* The host's, when its network is shared. It is read here, once: a link, a FIFO or
 * a directory of that name cannot surprise anything later. */
static const char *resolv_text(struct planning *p)
{
	struct error problem;
	size_t length;
	char *text;

	if (p->plan->network.online)
		return network_resolv_text(p);
	if (p->joined[NS_NET])
		return "# immure: nobody said which name servers the joined network has\n";
	if (!p->shares[NS_NET])
		return no_network;
	if (file_read(p->arena, "/etc/resolv.conf", 64 * 1024, &text, &length, &problem) < 0) {
		note(p, "the host's /etc/resolv.conf cannot be copied (%s): names will not"
		     " resolve", problem.what);
		return "# immure: the host's resolv.conf could not be read\n";
	}
	return text;
}

static const char *machine_id_text(struct planning *p, struct error *err)
{
	unsigned char bytes[16];
	char *text = arena_alloc(p->arena, 2 * sizeof(bytes) + 2), *out = text;

	if (random_bytes(bytes, sizeof(bytes), err) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(bytes); i++)
		out += sprintf(out, "%02x", bytes[i]);
	*out = '\n';
	return text;
}

int plan_identity_files(struct planning *p, struct error *err)
{
	const char *hostname = p->plan->hostname;
	const char *machine_id = machine_id_text(p, err);
	char shared[65];

	if (!machine_id)
		return within(err, "make a machine-id");
	if (!hostname && !p->joined[NS_UTS]) {
		if (hostname_get(shared, sizeof(shared), err) < 0)
			return -1;
		hostname = arena_copy(p->arena, shared);
	}
	(void)text_add(p, "/etc/passwd", passwd_text(p));
	(void)text_add(p, "/etc/group", group_text(p));
	/* A name that is joined is known to those who have it. */
	(void)text_add(p, "/etc/hosts", arena_format(p->arena,
		"127.0.0.1\tlocalhost\n"
		"::1\tlocalhost ip6-localhost ip6-loopback\n"
		"%s%s%s%s", hostname ? "127.0.1.1\t" : "", hostname ? hostname : "",
		hostname ? "\n" : "", network_hosts_text(p)));
	if (hostname)
		(void)text_add(p, "/etc/hostname", arena_format(p->arena, "%s\n", hostname));
	(void)text_add(p, "/etc/nsswitch.conf",
		"passwd: files\ngroup: files\nshadow: files\n"
		"hosts: files dns\nnetworks: files\n"
		"protocols: files\nservices: files\nethers: files\nrpc: files\n");
	item_add(p, ITEM_DIRECTORY, "/etc", "identity", 0)->gives_way = true;
	(void)text_add(p, "/etc/machine-id", machine_id);
	/* Bound onto itself: a mount point cannot be removed or exchanged, also in an
	 * /etc that somebody made writable. */
	text_add(p, "/etc/resolv.conf", resolv_text(p))->pinned = true;
	struct item *mtab = item_add(p, ITEM_LINK, "/etc/mtab", "identity", 0);
	mtab->source = "../proc/self/mounts";
	mtab->gives_way = true;
	return 0;
}

/* --- the environment -------------------------------------------------------- */

struct pair {
	const char *name, *value;
	const struct origin *origin;	/* NULL: nobody said it */
};

struct pairs {
	LIST(struct pair) list;
};

static void pair_remove(struct pairs *pairs, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < pairs->list.count; i++)
		if (!text_is(pairs->list.items[i].name, name))
			pairs->list.items[kept++] = pairs->list.items[i];
	pairs->list.count = kept;
}

static void pair_set(struct planning *p, struct pairs *pairs, const char *name,
		     const char *value, const struct origin *origin)
{
	pair_remove(pairs, name);
	*list_add(p->arena, &pairs->list) = (struct pair){ name, value, origin };
}

/* Variables that make programs open a file of that name: terminfo, locales, zones. */
static bool is_path_maker(const char *name)
{
	return text_is(name, "TERM") || text_is(name, "TZ") || text_begins(name, "LC_") ||
	       text_is(name, "LANG") || text_is(name, "LANGUAGE");
}

static bool is_harmless_word(const char *value)
{
	for (const char *c = value; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_.:+@/-", *c))
			return false;
	return !strstr(value, "..") && strlen(value) < 256;
}

/* Is the name in front of this entry's "=" one of the pattern? */
static bool matches(const char *pattern, const char *entry, size_t name_length)
{
	size_t length = strlen(pattern);

	if (pattern[length - 1] == '*')
		return name_length >= length - 1 && memcmp(pattern, entry, length - 1) == 0;
	return name_length == length && memcmp(pattern, entry, length) == 0;
}

static bool is_variable_name(const char *name)
{
	if (!*name || isdigit((unsigned char)*name))
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	return true;
}

/* Let the caller's variables that match pass. An entry without a proper name is
 * nobody's, and of two with one name the first is what getenv(3) would have found. */
static void keep(struct planning *p, struct pairs *pairs, const char *pattern,
		 const struct origin *origin)
{
	for (char **entry = environ; *entry; entry++) {
		size_t length = strcspn(*entry, "=");

		if (!(*entry)[length] || !matches(pattern, *entry, length))
			continue;
		const char *name = arena_copy_part(p->arena, *entry, length);
		const char *value = *entry + length + 1;
		if (!is_variable_name(name) || getenv(name) != value)
			continue;
		if (is_path_maker(name) && !is_harmless_word(value)) {
			skipped(p, "the variable %s: its value is no plain word", name);
			continue;
		}
		pair_set(p, pairs, name, arena_copy(p->arena, value), origin);
	}
}

static bool has_file(struct planning *p, const char *path)
{
	const struct item *item = item_covering(p->plan, path);

	if (p->plan->root.path && root_has_file(p, path))
		return true;
	return !p->plan->own_mounts || (item && text_is(item->target, path));
}

/* A shell whose own prompt does not show the host's name, which is the sandbox's, gets
 * one that does. What bash(1) takes from the environment it would hand on to shells that
 * write prompts in another way, so that it gets none where a file of the system's sets
 * its own, as most do. */
static void set_prompt(struct planning *p, struct pairs *pairs)
{
	const char *shell = p->plan->command[0];
	bool bash = text_is(path_last(shell), "bash");
	const char *sign = p->inside_uid == 0 ? "#" : "$";

	if (text_is(path_last(shell), "zsh") || text_is(path_last(shell), "fish") ||
	    (bash && (has_file(p, "/etc/bash.bashrc") || has_file(p, "/etc/bashrc"))))
		return;
	pair_set(p, pairs, "PS1", arena_format(p->arena, "%s:%s%s ", p->config->shell,
					       bash ? "\\w" : "$PWD", sign), NULL);
}

int plan_environment(struct planning *p, struct error *err)
{
	struct pairs pairs = { 0 };

	(void)err;
	pair_set(p, &pairs, "HOME", p->host.home, NULL);
	pair_set(p, &pairs, "USER", inside_name(p), NULL);
	pair_set(p, &pairs, "LOGNAME", inside_name(p), NULL);
	pair_set(p, &pairs, "SHELL", p->host.shell, NULL);
	pair_set(p, &pairs, "PATH", "/usr/local/bin:/usr/bin:/bin", NULL);
	pair_set(p, &pairs, "PWD", p->plan->directory, NULL);
	pair_set(p, &pairs, "XDG_RUNTIME_DIR",
		 arena_format(p->arena, "/run/user/%u", p->inside_uid), NULL);
	list_each(const struct given_variable, given, &p->given)
		pair_set(p, &pairs, given->name, given->value, given->origin);
	if (p->config->shell && !p->config->command[0])
		set_prompt(p, &pairs);
	list_each(const struct variable, variable, &p->config->variables) {
		if (variable->verb == VARIABLE_KEEP)
			keep(p, &pairs, variable->name, variable->origin);
		else if (variable->verb == VARIABLE_SET)
			pair_set(p, &pairs, variable->name, variable->value, variable->origin);
		else
			pair_remove(&pairs, variable->name);
	}
	if (weakened(WALL_ENV))
		keep(p, &pairs, "*", NULL);
	const char **environment = arena_alloc(p->arena, (pairs.list.count + 1) *
					       sizeof(*environment));
	const struct origin **origins = arena_alloc(p->arena, (pairs.list.count + 1) *
						    sizeof(void *));
	for (size_t i = 0; i < pairs.list.count; i++) {
		const struct pair *pair = &pairs.list.items[i];

		environment[i] = arena_format(p->arena, "%s=%s", pair->name, pair->value);
		origins[i] = pair->origin;
		if (text_is(pair->name, "PATH"))
			p->plan->search_path = pair->value;
	}
	p->plan->environment = environment;
	p->plan->environment_origins = origins;
	return 0;
}
