#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/bus.h>
#include <immure/config/config.h>
#include <immure/config/option.h>
#include <immure/config/profile.h>
#include <immure/sys/namespace.h>
#include <immure/sys/process.h>

#include "set.h"

/* Where this word stands among all that were said. */
static size_t order_of(const struct config *config)
{
	return config->said.count + 1;
}

static void *field_of(struct config *config, const struct setting *setting)
{
	return (char *)config + setting->option->field;
}

SETTER(set_text)
{
	struct text *text = field_of(config, setting);

	if (!*setting->value)
		return fail(err, 0, "needs a value");
	*text = (struct text){ setting->value, setting->origin, order_of(config) };
	return 0;
}

SETTER(set_flag)
{
	struct choice *flag = field_of(config, setting);

	(void)err;
	*flag = (struct choice){ 1, setting->origin, order_of(config) };
	return 0;
}

/* "a, b or c" */
static const char *words_text(struct arena *arena, const char *const *words)
{
	const char *text = words[0];

	for (size_t i = 1; words[i]; i++)
		text = arena_format(arena, "%s%s%s", text, words[i + 1] ? ", " : " or ",
				    words[i]);
	return text;
}

SETTER(set_word)
{
	struct choice *choice = field_of(config, setting);
	const char *const *words = setting->option->words;

	for (int i = 0; words[i]; i++) {
		if (text_is(words[i], setting->value)) {
			*choice = (struct choice){ i, setting->origin, order_of(config) };
			return 0;
		}
	}
	return fail(err, 0, "\"%s\" is not %s", setting->value,
		    words_text(config->arena, words));
}

/* A word of a list, as it is. */
SETTER(set_listed)
{
	struct word_list *words = field_of(config, setting);

	if (!*setting->value)
		return fail(err, 0, "needs a value");
	*list_add(config->arena, words) = (struct word){ setting->value, setting->origin };
	return 0;
}

SETTER(set_help)
{
	if (*setting->value && !text_is(setting->value, "all"))
		return fail(err, 0, "\"%s\" is not all", setting->value);
	config->help = *setting->value ? HELP_ALL : HELP_SHORT;
	return 0;
}

SETTER(set_version)
{
	(void)setting;
	(void)err;
	config->version = true;
	return 0;
}

SETTER(set_description)
{
	if (!text_is_printable(setting->value) || strlen(setting->value) > 200)
		return fail(err, 0, "one line of at most 200 printable characters");
	return set_text(config, setting, err);
}

SETTER(set_alias)
{
	if (profile_check_name(setting->value, err) < 0)
		return -1;
	*list_add(config->arena, &config->aliases) = (struct word){ setting->value, setting->origin };
	return 0;
}

SETTER(set_dbus)
{
	return bus_word(config->arena, setting->value, err) ? set_listed(config, setting, err) : -1;
}

SETTER(set_include)
{
	return profile_apply(config, setting->value, setting->origin, err);
}

SETTER(set_share)
{
	for (const char *rest = setting->value; rest; ) {
		size_t length = strcspn(rest, ",");
		const char *name = arena_copy_part(config->arena, rest, length);
		enum namespace namespace = namespace_named(name);

		if (namespace == NS_TIME)
			return fail(err, 0, "the clocks are the host's unless monotonic or"
				    " boottime moves them");
		if (namespace == NO_NAMESPACE)
			return fail(err, 0, "\"%s\" is no namespace: user, mount, pid, ipc,"
				    " uts, net and cgroup are", name);
		*list_add(config->arena, &config->shares) =
			(struct share){ namespace, setting->origin };
		rest = rest[length] ? rest + length + 1 : NULL;
	}
	return 0;
}

SETTER(set_user)
{
	const int64_t most = UINT_MAX - 1;	/* the last one means "no id" to chown(2) */
	char *uid, *gid;
	int64_t id;

	if (!text_is(setting->value, "root") && !text_is(setting->value, "self")) {
		(void)text_split(config->arena, setting->value, ':', &uid, &gid);
		if (text_number(uid, 0, most, &id, err) < 0 ||
		    (gid && text_number(gid, 0, most, &id, err) < 0)) {
			return hint(err, "root, self, UID or UID:GID, in numbers");
		}
	}
	return set_text(config, setting, err);
}

/* One of the three numbers of a map; digits alone. */
static int map_number(const char *text, int64_t least, uint32_t *ret_number,
		      struct error *err)
{
	int64_t number;

	if (text[strspn(text, "0123456789")])
		return fail(err, 0, "\"%s\" is not a number", text);
	if (text_number(text, least, UINT_MAX - 1, &number, err) < 0)
		return -1;
	*ret_number = (uint32_t)number;
	return 0;
}

static int read_map(struct config *config, const struct setting *setting,
		    struct id_map *ret_map, struct error *err)
{
	char *inside, *rest, *outside, *count;

	if (text_split(config->arena, setting->value, ':', &inside, &rest) != 2) {
		(void)fail(err, 0, "\"%s\" is neither auto nor three numbers", setting->value);
		return hint(err, "ids inside, ids outside, how many: --%s 1:100000:65536",
			    setting->option->name);
	}
	(void)text_split(config->arena, rest, ':', &outside, &count);
	if (map_number(inside, 0, &ret_map->inside, err) < 0 ||
	    map_number(outside, 0, &ret_map->outside, err) < 0 ||
	    map_number(count, 1, &ret_map->count, err) < 0)
		return -1;
	/* The last number of all means "no id" to chown(2). */
	if (ret_map->count > UINT_MAX - ret_map->inside ||
	    ret_map->count > UINT_MAX - ret_map->outside)
		return fail(err, 0, "\"%s\" goes beyond the last id, %u", setting->value,
			    UINT_MAX - 1);
	return 0;
}

SETTER(set_map)
{
	struct id_map_list *maps = field_of(config, setting);
	struct id_map map = { .origin = setting->origin };

	map.automatic = text_is(setting->value, "auto");
	if (!map.automatic && read_map(config, setting, &map, err) < 0)
		return -1;
	/* Of the two kinds the last one counts. */
	if (map.automatic || (maps->count > 0 && maps->items[0].automatic))
		maps->count = 0;
	*list_add(config->arena, maps) = map;
	return 0;
}

static int check_host_name(const char *name, struct error *err)
{
	size_t length = strlen(name);

	if (length == 0 || length > 64)
		return fail(err, 0, "a name has 1 to 64 characters");
	if (name[0] == '-' || name[0] == '.')
		return fail(err, 0, "\"%s\" begins with \"%c\"", name, name[0]);
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-._", *c))
			return fail(err, 0, "\"%s\": only letters, digits, \"-\", \".\" and"
				    " \"_\" make a name", name);
	return 0;
}

static int check_path(const char *path, struct error *err)
{
	if (!*path)
		return fail(err, 0, "an empty path");
	if (strlen(path) >= PATH_MAX)
		return fail(err, 0, "a path of over %d bytes", PATH_MAX - 1);
	return 0;
}

/* One that stays can be named as those of shells are. */
SETTER(set_home)
{
	const char *value = setting->value;
	bool kept = text_begins(value, "kept:");

	if (kept && check_host_name(value + strlen("kept:"), err) < 0)
		return within(err, "%s", value);
	if (check_path(value, err) < 0 || set_text(config, setting, err) < 0)
		return -1;
	config->kept_home = kept ? value + strlen("kept:") : NULL;
	return 0;
}

SETTER(set_ephemeral)
{
	(void)err;
	config->kept_home = NULL;
	config->home = (struct text){ "private", setting->origin, order_of(config) };
	return 0;
}

SETTER(set_hostname)
{
	return check_host_name(setting->value, err) < 0 ? -1
							: set_text(config, setting, err);
}

SETTER(set_domainname)
{
	return check_host_name(setting->value, err) < 0 ? -1
							: set_text(config, setting, err);
}

static struct place *place_add(struct config *config, const struct setting *setting,
			       enum placing placing)
{
	struct place *place = list_add(config->arena, &config->places);

	place->placing = placing;
	place->origin = setting->origin;
	place->order = order_of(config);
	return place;
}

/* SRC[:DEST], or with `both` SRC:DEST. */
static int place_pair(struct config *config, const struct setting *setting,
		      enum placing placing, bool optional, bool both, struct error *err)
{
	char *source, *target;
	size_t colons = text_split(config->arena, setting->value, ':', &source, &target);

	if (colons > 1)
		return fail(err, 0, "\"%s\" has more than one colon; one that belongs to a"
			    " path is written \\:", setting->value);
	if (both && !target)
		return fail(err, 0, "\"%s\" lacks the part behind a colon: %s",
			    setting->value, setting->option->arg);
	if (check_path(source, err) < 0 || (target && check_path(target, err) < 0))
		return -1;
	struct place *place = place_add(config, setting, placing);
	place->optional = optional;
	place->source = source;
	place->target = target;
	return 0;
}

SETTER(set_bind)	{ return place_pair(config, setting, PLACE_BIND, false, false, err); }
SETTER(set_bind_try)	{ return place_pair(config, setting, PLACE_BIND, true, false, err); }
SETTER(set_ro_bind)
{
	return place_pair(config, setting, PLACE_READ_ONLY_BIND, false, false, err);
}
SETTER(set_ro_bind_try)
{
	return place_pair(config, setting, PLACE_READ_ONLY_BIND, true, false, err);
}
SETTER(set_dev_bind)
{
	return place_pair(config, setting, PLACE_DEVICE_BIND, false, false, err);
}
SETTER(set_dev_bind_try)
{
	return place_pair(config, setting, PLACE_DEVICE_BIND, true, false, err);
}
SETTER(set_file)	{ return place_pair(config, setting, PLACE_COPY, false, true, err); }
SETTER(set_symlink)	{ return place_pair(config, setting, PLACE_LINK, false, true, err); }

/* An option whose whole value is one path inside. */
static int place_path(struct config *config, const struct setting *setting,
		      enum placing placing, struct error *err)
{
	if (check_path(setting->value, err) < 0)
		return -1;
	place_add(config, setting, placing)->target = setting->value;
	return 0;
}

SETTER(set_dir)		{ return place_path(config, setting, PLACE_DIRECTORY, err); }
SETTER(set_hide)	{ return place_path(config, setting, PLACE_HIDE, err); }
SETTER(set_remount_ro)	{ return place_path(config, setting, PLACE_READ_ONLY, err); }
SETTER(set_system)	{ return place_path(config, setting, PLACE_SYSTEM, err); }

SETTER(set_etc)
{
	const char *name = setting->value;

	if (text_begins(name, "/etc/"))
		name += strlen("/etc/");
	if (*name == '/' || !*name)
		return fail(err, 0, "\"%s\" is not a path below /etc", setting->value);
	for (const char *part = name; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (text_is(part, "..") || text_begins(part, "../"))
			return fail(err, 0, "\"%s\" leads out of /etc", setting->value);
	}
	place_add(config, setting, PLACE_ETC)->target =
		arena_format(config->arena, "/etc/%s", name);
	return 0;
}

SETTER(set_path)
{
	return check_path(setting->value, err) < 0 ? -1 : set_text(config, setting, err);
}

static int set_root_to(struct config *config, const struct setting *setting, bool writable,
		       struct error *err)
{
	if (check_path(setting->value, err) < 0)
		return -1;
	config->root = (struct text){ setting->value, setting->origin, order_of(config) };
	config->root_writable = writable;
	return 0;
}

SETTER(set_root)	{ return set_root_to(config, setting, false, err); }
SETTER(set_root_rw)	{ return set_root_to(config, setting, true, err); }

static int tmpfs_property(struct place *place, const char *property, struct error *err)
{
	if (text_begins(property, "size="))
		return text_size(property + strlen("size="), &place->size, err);
	if (text_begins(property, "mode="))
		return text_octal(property + strlen("mode="), &place->mode, err);
	return fail(err, 0, "\"%s\" is neither size=N nor mode=OCTAL", property);
}

SETTER(set_tmpfs)
{
	char *target, *rest;
	struct place wanted = {
		.placing = PLACE_TMPFS, .mode = 0755, .origin = setting->origin,
		.order = order_of(config),
	};

	if (text_split(config->arena, setting->value, ':', &target, &rest) > 1)
		return fail(err, 0, "\"%s\" has more than one colon; one that belongs to the"
			    " path is written \\:", setting->value);
	if (check_path(target, err) < 0)
		return -1;
	wanted.target = target;
	while (rest) {
		char *comma = strchr(rest, ',');
		if (comma)
			*comma = '\0';
		if (tmpfs_property(&wanted, rest, err) < 0)
			return -1;
		rest = comma ? comma + 1 : NULL;
	}
	*list_add(config->arena, &config->places) = wanted;
	return 0;
}

/* The word in front of the colon of VERB:NAME,... -1 and *err when it is none of
 * `verbs`, or nothing follows. */
static int split_verb(struct config *config, const struct setting *setting,
		      const char *const *verbs, const char **ret_names, struct error *err)
{
	for (int i = 0; verbs[i]; i++) {
		size_t length = strlen(verbs[i]);

		if (!text_begins(setting->value, verbs[i]) || setting->value[length] != ':')
			continue;
		*ret_names = setting->value + length + 1;
		return i;
	}
	(void)fail(err, 0, "\"%s\" does not begin with %s, and a colon", setting->value,
		   words_text(config->arena, verbs));
	return -1;
}

/* The next name of a list that commas separate, from `*rest` on; NULL behind the last
 * one, or with *err when it is no name. */
static const char *next_name(struct config *config, const char **rest, struct error *err)
{
	if (!*rest)
		return NULL;
	size_t length = strcspn(*rest, ",");
	const char *name = arena_copy_part(config->arena, *rest, length);
	size_t good = strspn(name, "@_-abcdefghijklmnopqrstuvwxyz0123456789");
	*rest = (*rest)[length] ? *rest + length + 1 : NULL;
	if (length == 0 || name[good] || length > 64) {
		(void)fail(err, 0, "\"%s\" is no name", name);
		return NULL;
	}
	return name;
}

SETTER(set_syscall)
{
	static const char *const verbs[] = { "allow", "deny", "log", NULL };
	const char *rest, *name;

	int verb = split_verb(config, setting, verbs, &rest, err);
	if (verb < 0)
		return -1;
	do {
		name = next_name(config, &rest, err);
		if (!name)
			return -1;
		*list_add(config->arena, &config->calls) =
			(struct call_rule){ (enum call_verb)verb, name, setting->origin };
	} while (rest);
	return 0;
}

SETTER(set_cap)
{
	static const char *const verbs[] = { "keep", "add", NULL };
	const char *rest, *name;

	int verb = split_verb(config, setting, verbs, &rest, err);
	if (verb < 0)
		return -1;
	if (verb == 0)
		config->capabilities.count = 0;
	do {
		name = next_name(config, &rest, err);
		if (!name)
			return -1;
		*list_add(config->arena, &config->capabilities) =
			(struct capability){ name, setting->origin };
	} while (rest);
	return 0;
}

/* Rules are read where they are said: network_word_of(). */
static int check_rule(const struct setting *setting, struct error *err)
{
	return *setting->value ? 0 : fail(err, 0, "needs a value");
}

SETTER(set_allow)	{ (void)config; return check_rule(setting, err); }
SETTER(set_deny)	{ (void)config; return check_rule(setting, err); }

SETTER(set_net)
{
	(void)config;
	(void)setting;
	(void)err;
	return 0;
}

SETTER(set_allow_urls)
{
	(void)config;
	return check_path(setting->value, err);
}

bool network_word_of(const struct setting *said, struct network_word *ret_word)
{
	const struct option *option = said->option;

	if (!option->rules)
		return false;
	*ret_word = (struct network_word){
		.allows = option->set != set_deny, .urls = option->set == set_allow_urls,
		.what = option->set == set_net ? "internet" : said->value, .origin = said->origin,
	};
	return true;
}

/* RFC 791 has every host take packets of 576 bytes, and with much less the kernel's TCP, whose
 * segments have 48 bytes at least, sends packets in pieces; above 65520 no frame fits an
 * IPv4 packet. */
SETTER(set_mtu)
{
	if (text_number(setting->value, 576, 65520, &config->mtu.value, err) < 0)
		return -1;
	config->mtu.origin = setting->origin;
	return 0;
}

SETTER(set_timeout)
{
	if (text_duration(setting->value, &config->timeout.value, err) < 0)
		return -1;
	config->timeout.origin = setting->origin;
	return 0;
}

SETTER(set_offset)
{
	struct number *offset = field_of(config, setting);

	if (text_offset(setting->value, &offset->value, err) < 0)
		return -1;
	offset->origin = setting->origin;
	return 0;
}

SETTER(set_nice)
{
	if (text_number(setting->value, -20, 19, &config->nice.value, err) < 0)
		return -1;
	config->nice.origin = setting->origin;
	return 0;
}

/* What a profile limits can be had without a limit again. */
static bool is_unlimited(const struct setting *setting, struct number *ret_number)
{
	if (!text_is(setting->value, "unlimited"))
		return false;
	*ret_number = (struct number){ LIMIT_NONE, setting->origin };
	return true;
}

/* Below one megabyte nothing can be started that could say so. */
SETTER(set_memory)
{
	struct number *memory = field_of(config, setting);
	const uint64_t least = 1 << 20;
	uint64_t bytes;

	if (is_unlimited(setting, memory))
		return 0;
	if (text_size(setting->value, &bytes, err) < 0)
		return -1;
	if (bytes < least)
		return fail(err, 0, "size \"%s\" is less than 1M", setting->value);
	*memory = (struct number){ (int64_t)bytes, setting->origin };
	return 0;
}

SETTER(set_pids)
{
	struct number *pids = field_of(config, setting);
	const int64_t most = 1 << 22;		/* PID_MAX_LIMIT */
	int64_t number;

	if (is_unlimited(setting, pids))
		return 0;
	if (text_number(setting->value, 1, most, &number, err) < 0)
		return -1;
	*pids = (struct number){ number, setting->origin };
	return 0;
}

SETTER(set_cpus)
{
	struct number *cpus = field_of(config, setting);
	int64_t thousandths;

	if (is_unlimited(setting, cpus))
		return 0;
	if (text_thousandths(setting->value, 10, 10000000, &thousandths, err) < 0)
		return -1;
	*cpus = (struct number){ thousandths, setting->origin };
	return 0;
}

/* Split NAME=VALUE; NULL and *err when there is no "=". */
static char *split_equals(struct config *config, const struct setting *setting,
			  const char **ret_value, struct error *err)
{
	const char *equals = strchr(setting->value, '=');

	if (!equals) {
		(void)fail(err, 0, "\"%s\" lacks an \"=\": %s", setting->value,
			   setting->option->arg);
		return NULL;
	}
	*ret_value = equals + 1;
	return arena_copy_part(config->arena, setting->value,
			       (size_t)(equals - setting->value));
}

static int limit_number(const char *text, int64_t *ret_value, struct error *err)
{
	uint64_t size;

	if (text_is(text, "unlimited")) {
		*ret_value = LIMIT_NONE;
		return 0;
	}
	if (text_is(text, "0")) {
		*ret_value = 0;
		return 0;
	}
	if (text_size(text, &size, err) < 0)
		return -1;
	*ret_value = (int64_t)size;
	return 0;
}

SETTER(set_rlimit)
{
	const char *value;
	char *soft, *hard;

	char *name = split_equals(config, setting, &value, err);
	if (!name)
		return -1;
	struct limit limit = { .resource = limit_named(name), .origin = setting->origin };
	if (limit.resource < 0)
		return fail(err, 0, "\"%s\" is no limit of setrlimit(2): nofile, nproc, as,"
			    " cpu, fsize, core ... are", name);
	(void)text_split(config->arena, value, ':', &soft, &hard);
	if (limit_number(soft, &limit.soft, err) < 0 ||
	    limit_number(hard ? hard : soft, &limit.hard, err) < 0)
		return -1;
	if (limit.hard != LIMIT_NONE && (limit.soft == LIMIT_NONE || limit.soft > limit.hard))
		return fail(err, 0, "the soft limit in \"%s\" is over the hard one", value);
	*list_add(config->arena, &config->limits) = limit;
	return 0;
}

SETTER(set_sysctl)
{
	const char *value;
	char *key = split_equals(config, setting, &value, err);

	if (!key)
		return -1;
	for (char *c = key; *c; c++) {
		if (*c == '/')
			*c = '.';
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			return fail(err, 0, "\"%s\" is no name of a sysctl", key);
	}
	if (!*key || *key == '.' || strstr(key, ".."))
		return fail(err, 0, "\"%s\" is no name of a sysctl", key);
	if (!*value || strlen(value) > 1024 || !text_is_printable(value))
		return fail(err, 0, "the value of a sysctl has 1 to 1024 printable characters");
	*list_add(config->arena, &config->sysctls) =
		(struct tunable){ key, value, setting->origin };
	return 0;
}

struct counted {
	const char *name, *key;
};

/* namespaces(7), "The /proc/sys/user directory", and inotify(7). */
static const struct counted counted_things[] = {
	{ "user", "user.max_user_namespaces" },
	{ "mount", "user.max_mnt_namespaces" },
	{ "pid", "user.max_pid_namespaces" },
	{ "ipc", "user.max_ipc_namespaces" },
	{ "uts", "user.max_uts_namespaces" },
	{ "net", "user.max_net_namespaces" },
	{ "cgroup", "user.max_cgroup_namespaces" },
	{ "time", "user.max_time_namespaces" },
	{ "inotify-instances", "user.max_inotify_instances" },
	{ "inotify-watches", "user.max_inotify_watches" },
};

SETTER(set_ns_limit)
{
	const char *value;
	int64_t number;

	char *name = split_equals(config, setting, &value, err);
	if (!name || text_number(value, 0, INT_MAX, &number, err) < 0)
		return -1;
	/* As the kernel reads it: without a sign and zeros in front. */
	value = arena_format(config->arena, "%" PRId64, number);
	for (size_t i = 0; i < sizeof(counted_things) / sizeof(counted_things[0]); i++) {
		if (!text_is(counted_things[i].name, name))
			continue;
		*list_add(config->arena, &config->namespace_limits) =
			(struct tunable){ counted_things[i].key, value, setting->origin };
		return 0;
	}
	return fail(err, 0, "\"%s\" is not counted: user, mount, pid, ipc, uts, net, cgroup,"
		    " time, inotify-instances and inotify-watches are", name);
}

/* environ(7) allows more, but no shell can use it. */
static int check_variable(const char *name, bool star, struct error *err)
{
	size_t length = strlen(name);

	if (star && length > 1 && name[length - 1] == '*')
		length--;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return fail(err, 0, "\"%s\" is no name of a variable", name);
	if (length == 0 || isdigit((unsigned char)name[0]))
		return fail(err, 0, "\"%s\" is no name of a variable", name);
	return 0;
}

static int variable_add(struct config *config, const struct setting *setting,
			enum variable_verb verb, struct error *err)
{
	struct variable variable = {
		.verb = verb, .name = setting->value, .origin = setting->origin,
	};

	if (verb == VARIABLE_SET) {
		variable.name = split_equals(config, setting, &variable.value, err);
		if (!variable.name)
			return -1;
	}
	if (check_variable(variable.name, verb == VARIABLE_KEEP, err) < 0)
		return -1;
	*list_add(config->arena, &config->variables) = variable;
	return 0;
}

SETTER(set_setenv)	{ return variable_add(config, setting, VARIABLE_SET, err); }
SETTER(set_unsetenv)	{ return variable_add(config, setting, VARIABLE_UNSET, err); }
SETTER(set_env_keep)	{ return variable_add(config, setting, VARIABLE_KEEP, err); }
