/* --dry-run: the plan for a person. Foreign text is escaped. */
#include <inttypes.h>
#include <stdarg.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/plan/plan.h>
#include <immure/sys/namespace.h>
#include <immure/sys/landlock.h>
#include <immure/sys/process.h>
#include <immure/sys/weaken.h>

struct printer {
	struct arena *arena;
	FILE *out;
};

/* A line of three columns: what, which, and who asked. */
static void line(const struct printer *printer, const char *what, const char *origin,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));

static void line(const struct printer *printer, const char *what, const char *origin,
		 const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	(void)fprintf(printer->out, "%-12s %-58s # %s\n", what,
		      text ? text_escaped(printer->arena, text) : "(out of memory)",
		      text_escaped(printer->arena, origin));
	free(text);
}

static const char BUILT_IN[] = "built in";

static const char *asked_by(const struct printer *printer, const struct origin *origin)
{
	return origin ? origin_text(printer->arena, origin) : BUILT_IN;
}

static const char *const item_names[ITEM_KINDS] = {
	[ITEM_POINT] = "make", [ITEM_DIRECTORY] = "directory", [ITEM_SCRATCH] = "scratch", [ITEM_TMPFS] = "tmpfs",
	[ITEM_LINK] = "link", [ITEM_TEXT] = "text", [ITEM_COPY] = "copy",
	[ITEM_BIND] = "bind", [ITEM_CURRENT] = "current", [ITEM_PROC] = "proc",
	[ITEM_SYSFS] = "sysfs", [ITEM_SYSFS_PART] = "sysfs-part", [ITEM_DEVPTS] = "devpts",
	[ITEM_MQUEUE] = "mqueue", [ITEM_CONSOLE] = "console", [ITEM_HIDE] = "hide",
	[ITEM_PIN] = "pin", [ITEM_READ_ONLY] = "read-only",
};

static void print_item(const struct printer *printer, const struct item *item)
{
	const char *name = item_names[item->kind];
	const char *rights = item->devices ? "devices" : item->writable ? "writable" : "read-only";

	switch (item->kind) {
	case ITEM_BIND: case ITEM_CURRENT:
		if (text_is(item->source, item->target))
			line(printer, name, item->origin, "%s (%s)", item->target, rights);
		else
			line(printer, name, item->origin, "%s from %s (%s)", item->target,
			     item->source, rights);
		break;
	case ITEM_COPY: case ITEM_LINK:
		line(printer, name, item->origin, "%s %s %s", item->target,
		     item->kind == ITEM_LINK ? "->" : "from", item->source);
		break;
	case ITEM_POINT:
		line(printer, name, item->origin, "%s (in the root file system)", item->target);
		break;
	case ITEM_SCRATCH: case ITEM_DIRECTORY:
		line(printer, name, item->origin, "%s (mode %o)", item->target, item->mode);
		break;
	case ITEM_TMPFS:
		line(printer, name, item->origin, "%s (mode %o, %" PRIu64 " bytes)",
		     item->target, item->mode, item->size);
		break;
	default:
		line(printer, name, item->origin, "%s", item->target);
		break;
	}
}

/* What a rule lets the command do, in words. */
static const char *rights_text(struct arena *arena, uint32_t rights)
{
	static const struct {
		uint32_t rights;
		const char *word;
	} words[] = {
		{ MAY_READ_DIR, "list" }, { MAY_READ_FILE, "read" }, { MAY_EXECUTE, "execute" },
		{ MAY_WRITE_FILE, "write" }, { MAY_TRUNCATE, "truncate" }, { MAY_MAKE_REG, "make" },
		{ MAY_REMOVE_FILE, "remove" }, { MAY_REFER, "move" }, { MAY_IOCTL_DEV, "ioctl" },
	};
	const char *text = "";

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (rights & words[i].rights)
			text = arena_format(arena, "%s%s%s", text, *text ? ", " : "", words[i].word);
	return text;
}

static void print_landlock(const struct printer *printer, const struct plan *plan)
{
	const struct landlock_plan *landlock = &plan->landlock;
	const char *origin = asked_by(printer, plan->config->landlock.origin);

	if (landlock->abi == 0) {
		line(printer, "landlock", origin, "none");
		return;
	}
	line(printer, "landlock", origin, "ABI %d: %s%s%s", landlock->abi,
	     landlock->handled ? "files" : "", landlock->handled && landlock->scopes ? ", " : "",
	     landlock->scopes ? "abstract sockets, signals" : "");
	if (landlock->at_root)
		line(printer, "rule", BUILT_IN, "/ (%s)",
		     rights_text(printer->arena, landlock->at_root));
	list_each(const struct item, item, &plan->items)
		if (item->rights)
			line(printer, "rule", item->origin, "%s (%s)", item->target,
			     rights_text(printer->arena, item->rights));
}

static const char *limit_text(struct arena *arena, int64_t value)
{
	return value == LIMIT_NONE ? "unlimited" : arena_format(arena, "%" PRId64, value);
}

static void print_clock(const struct printer *printer, const char *name, int64_t offset,
			const struct origin *origin)
{
	const int64_t second = 1000000000, size = offset < 0 ? -offset : offset;

	if (offset)
		line(printer, "clock", asked_by(printer, origin),
		     "%s: %c%" PRId64 ".%09" PRId64 " seconds", name, offset < 0 ? '-' : '+',
		     size / second, size % second);
}

static void print_joins(const struct printer *printer, const struct plan *plan)
{
	list_each(const struct join, join, &plan->joins)
		line(printer, "joins", join->origin, "%s: %s", namespace_kinds[join->namespace].name,
		     join->text ? join->text : "the one that it belongs to");
}

static bool is_joined(const struct plan *plan, enum namespace namespace)
{
	list_each(const struct join, join, &plan->joins)
		if (join->namespace == namespace)
			return true;
	return false;
}

static void print_namespaces(const struct printer *printer, const struct plan *plan)
{
	for (int i = 0; i < NAMESPACES; i++) {
		bool new = plan->namespaces & namespace_kinds[i].flag;
		const char *origin = BUILT_IN;

		list_each(const struct share, share, &plan->config->shares)
			if ((int)share->namespace == i)
				origin = origin_text(printer->arena, share->origin);
		if (!new && is_joined(plan, (enum namespace)i))
			origin = asked_by(printer, plan->config->joins[i].origin);
		if (i == NS_TIME && new)
			origin = asked_by(printer, plan->monotonic ? plan->config->monotonic.origin
								   : plan->config->boottime.origin);
		line(printer, "namespace", origin, "%s: %s", namespace_kinds[i].name,
		     new ? "new" : is_joined(plan, (enum namespace)i) ? "joined"
		     : "shared with the host");
	}
	print_joins(printer, plan);
	print_clock(printer, "monotonic", plan->monotonic, plan->config->monotonic.origin);
	print_clock(printer, "boottime", plan->boottime, plan->config->boottime.origin);
}

/* Ids of one kind but the command's own, by what is inside and whose they are on the
 * host: where a piece of the second map stands in the first. */
static void print_map(const struct printer *printer, const char *what, const char *origin,
		      const struct id_extents *inner, const struct id_extents *outer)
{
	list_each(const struct id_extent, in, inner) {
		list_each(const struct id_extent, out, outer) {
			if (in->outside == 0 || in->outside != out->inside)
				continue;
			if (in->count == 1)
				line(printer, "map", origin, "%s %u inside is %u outside", what,
				     in->inside, out->outside);
			else
				line(printer, "map", origin, "%ss %u-%u inside are %u-%u outside",
				     what, in->inside, in->inside + (in->count - 1), out->outside,
				     out->outside + (out->count - 1));
		}
	}
}

static void print_maps(const struct printer *printer, const struct plan *plan)
{
	const struct config *config = plan->config;
	const struct id_maps *maps = &plan->maps;
	const struct id_map_list *gids = config->gid_maps.count > 0 ? &config->gid_maps
								    : &config->maps;

	if (!maps->several)
		return;
	const char *users = config->maps.count > 0
		? origin_text(printer->arena, config->maps.items[0].origin) : BUILT_IN;
	const char *groups = origin_text(printer->arena, gids->items[0].origin);
	print_map(printer, "user", users, &maps->inner_uids, &maps->outer_uids);
	print_map(printer, "group", groups, &maps->inner_gids, &maps->outer_gids);
	if (maps->by_hand)
		line(printer, "map", users, "written by immure itself");
	else
		line(printer, "map", users, "written by %s and %s", maps->tools[0],
		     maps->tools[1]);
	if (maps->no_groups)
		line(printer, "groups", groups, "supplementary ones are left behind");
}

static void print_identity(const struct printer *printer, const struct plan *plan)
{
	const struct config *config = plan->config;
	const char *user = asked_by(printer, config->user.origin);

	if (plan->own_user) {
		line(printer, "user", user, "%u inside is %u outside", plan->inner.inside_uid,
		     plan->outer.outside_uid);
		line(printer, "group", user, "%u inside is %u outside", plan->inner.inside_gid,
		     plan->outer.outside_gid);
	}
	print_maps(printer, plan);
	if (plan->hostname) {
		line(printer, "hostname", asked_by(printer, config->hostname.origin), "%s",
		     plan->hostname);
		line(printer, "domainname", asked_by(printer, config->domainname.origin), "%s",
		     plan->domainname);
	}
	list_each(const struct tuning, tuning, &plan->tunings)
		line(printer, "sysctl", tuning->origin, "%s = %s", tuning->key, tuning->value);
}

static void print_family(const struct printer *printer, const struct tap_addresses *family,
			 const char *name)
{
	char guest[ADDRESS_TEXT], gateway[ADDRESS_TEXT], resolver[ADDRESS_TEXT];
	char network[ADDRESS_TEXT + 4];

	if (family->on)
		line(printer, "address", family->origin, "%s of %s, gateway %s, names %s",
		     address_text(&family->guest, guest), prefix_text(&family->network, network),
		     address_text(&family->gateway, gateway),
		     address_text(&family->resolver, resolver));
	else
		line(printer, "address", family->origin, "none of %s", name);
}

/* "127.0.0.1:8080", "[::1]:8080" */
static const char *place_text(struct arena *arena, const struct publish *publish)
{
	char address[ADDRESS_TEXT];
	const char *port = publish->port ? arena_format(arena, "%u", publish->port) : "any free port";

	(void)address_text(&publish->address, address);
	return address_is_v4(&publish->address) ? arena_format(arena, "%s:%s", address, port)
						: arena_format(arena, "[%s]:%s", address, port);
}

static void print_publishes(const struct printer *printer, const struct network_plan *network)
{
	list_each(const struct publish, publish, &network->publishes)
		line(printer, "publish", publish->origin, "%s leads to port %u of the sandbox (%s)",
		     place_text(printer->arena, publish), publish->guest_port,
		     publish->protocol == PROTOCOL_UDP ? "udp" : "tcp");
	if (network->publishes.count > 0 && network->publish_file)
		line(printer, "publish", network->publish_file_origin, "which is written to %s",
		     network->publish_file);
}

static void print_network(const struct printer *printer, const struct plan *plan)
{
	const struct network_plan *network = &plan->network;
	char text[ADDRESS_TEXT];

	print_publishes(printer, network);
	if (!network->online)
		return;
	line(printer, "network", network->interface_origin, "%s, MTU %u", network->interface,
	     network->mtu);
	if (network->mtu_origin)
		line(printer, "mtu", network->mtu_origin, "%u", network->mtu);
	if (network->hardware_origin)
		line(printer, "mac", network->hardware_origin, "%s",
		     plan->config->mac.value);
	print_family(printer, &network->v4, "IPv4");
	print_family(printer, &network->v6, "IPv6");
	list_each(const struct rule, rule, &network->rules)
		line(printer, rule->allows ? "allow" : "deny",
		     rule_origin(printer->arena, rule), "%s", rule->text);
	line(printer, "deny", BUILT_IN, "everything else");
	if (network->outbound.device)
		line(printer, "outbound", network->outbound.device_origin, "%s",
		     network->outbound.device);
	if (network->outbound.v4_origin)
		line(printer, "outbound", network->outbound.v4_origin, "%s",
		     address_text(&network->outbound.v4, text));
	if (network->outbound.v6_origin)
		line(printer, "outbound", network->outbound.v6_origin, "%s",
		     address_text(&network->outbound.v6, text));
	list_each(const struct name_server, server, &network->servers)
		line(printer, "dns", server->origin, "%s", address_text(&server->address, text));
	list_each(const struct search_domain, domain, &network->search)
		line(printer, "dns-search", domain->origin, "%s", domain->name);
	if (network->log.path)
		line(printer, "net-log", network->log.origin, "%s", network->log.path);
	if (network->capture.path)
		line(printer, "pcap", network->capture.origin, "%s", network->capture.path);
}

static void print_hosts(const struct printer *printer, const struct plan *plan)
{
	char text[ADDRESS_TEXT];

	list_each(const struct named_host, host, &plan->network.hosts)
		line(printer, "host", host->origin, "%s is %s", host->name,
		     address_text(&host->address, text));
}

static void print_bus(const struct printer *printer, const struct plan *plan)
{
	list_each(const struct word, word, &plan->config->dbus)
		line(printer, "dbus", asked_by(printer, word->origin), "%s", word->text);
	if (plan->bus.argv)
		line(printer, "bus", plan->bus.origin, "%s, by %s", plan->bus.argv[2],
		     plan->bus.argv[0]);
}

static void print_group(const struct printer *printer, const struct plan *plan)
{
	const struct group *group = &plan->group;

	if (group->memory_origin)
		line(printer, "cgroup", group->memory_origin, "memory %" PRIu64
		     " bytes, without swap", group->memory);
	if (group->pids_origin)
		line(printer, "cgroup", group->pids_origin, "pids %" PRId64, group->pids);
	if (group->cpus_origin)
		line(printer, "cgroup", group->cpus_origin, "cpus %" PRId64 ".%03" PRId64,
		     group->cpus / 1000, group->cpus % 1000);
	switch (group->way) {
	case GROUP_NONE:
		break;
	case GROUP_BELOW: case GROUP_ALONE:
		line(printer, "cgroup", "found", "made in %s", group->parent);
		break;
	case GROUP_SCOPE:
		line(printer, "cgroup", "found", "made in a scope of systemd (%s)", group->address);
		break;
	case GROUP_MISSING:
		line(printer, "cgroup", "missing", "cannot be had: %s%s%s", group->problem->what,
		     group->problem->code ? ": " : "",
		     group->problem->code ? strerror(group->problem->code) : "");
		break;
	}
}

static const char *const call_verbs[] = {
	[CALL_ALLOW] = "allow", [CALL_DENY] = "deny", [CALL_LOG] = "log",
};

static void print_limits(const struct printer *printer, const struct plan *plan)
{
	const struct config *config = plan->config;

	list_each(const struct resource_limit, limit, &plan->limits)
		line(printer, "limit", limit->origin, "%s soft %s hard %s",
		     limit_name(limit->resource), limit_text(printer->arena, limit->soft),
		     limit_text(printer->arena, limit->hard));
	print_group(printer, plan);
	const char *capabilities = NULL;
	if (plan->all_origin)
		capabilities = "every capability";
	for (unsigned cap = 0; !plan->all_origin && plan->capabilities >> cap; cap++)
		if (plan->capabilities >> cap & 1)
			capabilities = arena_format(printer->arena, "%s%s%s",
						    capabilities ? capabilities : "",
						    capabilities ? " " : "",
						    capability_name(printer->arena, cap));
	line(printer, "rights", BUILT_IN, "%s, no_new_privs%s",
	     capabilities ? capabilities : "no capability",
	     plan->own_user && !plan->nested_origin ? ", no further user namespace" : "");
	if (plan->guest_origin)
		line(printer, "guest", plan->guest_origin, "root's rights over its own ids");
	if (plan->first_open)
		line(printer, "process 1", plan->all_origin, "can be looked into: it is nobody's memory");
	if (plan->nested_origin)
		line(printer, "nested", plan->nested_origin, "user namespaces can be made inside");
	line(printer, "filter", plan->filter.origin, "system calls: %s, %zu instructions%s",
	     plan->filter.text ? plan->filter.text : "off", plan->filter.length,
	     plan->filter.fakes_chown ? ", chown does nothing" : "");
	list_each(const struct call_rule, said, &config->calls)
		line(printer, "syscall", origin_text(printer->arena, said->origin), "%s %s",
		     call_verbs[said->verb], said->what);
	if (plan->filter.file)
		line(printer, "filter", plan->filter.file_origin, "and %s, %zu instructions",
		     plan->filter.file_name, plan->filter.file_length);
	if (plan->nice_origin)
		line(printer, "nice", plan->nice_origin, "%d", plan->nice);
	if (plan->timeout)
		line(printer, "timeout", asked_by(printer, config->timeout.origin),
		     "%" PRId64 " ms", plan->timeout);
	if (plan->as_pid_1)
		line(printer, "process", asked_by(printer, config->as_pid_1.origin),
		     "the command is process 1");
}

static void print_command(const struct printer *printer, const struct plan *plan)
{
	const char *here = origin_text(printer->arena, NULL);

	for (size_t i = 0; plan->environment[i]; i++)
		line(printer, "environment", asked_by(printer, plan->environment_origins[i]),
		     "%s", plan->environment[i]);
	line(printer, "directory", plan->directory_origin, "%s%s%s", plan->directory,
	     plan->other_directory ? ", or " : "",
	     plan->other_directory ? plan->other_directory : "");
	line(printer, "terminal", BUILT_IN, "%s", plan->own_terminal ? "a private one" : "none");
	for (size_t i = 0; plan->command[i]; i++)
		line(printer, i == 0 ? "command" : "argument", here, "%s", plan->command[i]);
	if (plan->program)
		line(printer, "program", here, "%s", plan->program);
}

void plan_print(const struct plan *plan, FILE *out)
{
	struct printer printer = { .arena = plan->arena, .out = out };

	if (*weakened_walls())
		line(&printer, "weakened", origin_text(plan->arena, NULL), "%s", weakened_walls());
	print_namespaces(&printer, plan);
	print_identity(&printer, plan);
	print_network(&printer, plan);
	print_hosts(&printer, plan);
	print_bus(&printer, plan);
	if (plan->own_mounts)
		line(&printer, "memory", BUILT_IN, "%" PRIu64 " bytes and %" PRIu64
		     " files for all of its writable directories", plan->memory, plan->inodes);
	if (plan->root.path)
		line(&printer, "root", plan->root.origin, "%s (%s)", plan->root.path,
		     plan->root_writable ? "writable" : "read-only");
	list_each(const struct item, item, &plan->items)
		print_item(&printer, item);
	print_landlock(&printer, plan);
	print_limits(&printer, plan);
	print_command(&printer, plan);
}

void plan_print_network(const struct plan *plan, FILE *out)
{
	const struct printer printer = { .arena = plan->arena, .out = out };

	list_each(const struct join, join, &plan->joins)
		line(&printer, "namespace", join->origin, "%s of %s",
		     namespace_kinds[join->namespace].name, join->text);
	print_network(&printer, plan);
}
