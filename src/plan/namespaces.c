/* Which namespaces are new, and what may be tuned in them. */
#include <string.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/option.h>
#include <immure/sys/clocks.h>
#include <immure/sys/user.h>

#include "plan_internal.h"

/* What a user gives up with each namespace that is shared. */
static const char *const given_up[NAMESPACES] = {
	[NS_USER] = "its ids and rights are yours, and it can make user namespaces",
	[NS_MOUNT] = "it sees and changes the host's files as you do",
	[NS_PID] = "it sees your processes, and what it leaves may outlive it",
	[NS_IPC] = "it shares your System V and POSIX message queues and shared memory",
	[NS_UTS] = "it sees the host's name",
	[NS_NET] = "it reaches every network and loopback service you do",
	[NS_CGROUP] = "it sees which control group it is in",
};

/* What Landlock takes back, where the kernel has it. */
static const char *const without_landlock[NAMESPACES] = {
	[NS_PID] = ", and can signal them",
	[NS_NET] = ", and every abstract socket",
};

const char *plan_given_up(enum namespace namespace)
{
	return given_up[namespace];
}

static bool said_here(const struct origin *origin)
{
	return origin && !origin->file;
}

/* Is it somebody else's as well: the host's, or whose it was before? */
static bool is_foreign(const struct planning *p, enum namespace namespace)
{
	return p->shares[namespace] || p->joined[namespace];
}

static int contradiction(struct planning *p, enum namespace namespace, const char *option,
			 const struct origin *origin, struct error *err)
{
	const char *name = namespace_kinds[namespace].name;
	const struct origin *foreign = p->config->joins[namespace].origin;

	list_each(const struct share, share, &p->config->shares)
		if (share->namespace == namespace)
			foreign = share->origin;
	return fail(err, 0, "%s%s%s (%s) and %s (%s) contradict each other",
		    p->shares[namespace] ? "share " : "", name,
		    p->shares[namespace] ? "" : "ns", origin_text(p->arena, foreign), option,
		    origin_text(p->arena, origin));
}

/* What exists is joined, or the host's is shared, or there is a new one: not two of it. */
static int check_joins(struct planning *p, struct error *err)
{
	const struct config *config = p->config;

	for (int i = 0; i < NAMESPACES; i++)
		if (p->shares[i] && p->joined[i])
			return contradiction(p, (enum namespace)i,
					     arena_format(p->arena, "%sns", namespace_kinds[i].name),
					     config->joins[i].origin, err);
	list_each(const struct join, join, &p->plan->joins)
		if (join->namespace == NS_USER && p->shares[NS_USER])
			return fail(err, 0, "share user: what is joined (%s) belongs to another user"
				    " namespace", join->origin);
	if (p->joined[NS_TIME] && config->monotonic.value)
		return contradiction(p, NS_TIME, "monotonic", config->monotonic.origin, err);
	if (p->joined[NS_TIME] && config->boottime.value)
		return contradiction(p, NS_TIME, "boottime", config->boottime.origin, err);
	return 0;
}

/* Without a view of its own nothing can be placed in it. What a profile says of files
 * for everybody is left alone. */
static int check_shared_mounts(struct planning *p, struct error *err)
{
	list_each(const struct setting, setting, &p->config->said)
		if (said_here(setting->origin) && (setting->option->group == GROUP_FILES ||
						   setting->option->group == GROUP_SYSTEM_FILES))
			return contradiction(p, NS_MOUNT, setting->option->name,
					     setting->origin, err);
	return 0;
}

static int check_shared_user(struct planning *p, struct error *err)
{
	if (p->config->namespace_limits.count > 0)
		return contradiction(p, NS_USER, "ns-limit",
				     p->config->namespace_limits.items[0].origin, err);
	if (said_here(p->config->user.origin))
		return contradiction(p, NS_USER, "user", p->config->user.origin, err);
	for (int i = 0; i < NAMESPACES; i++) {
		bool wanted = !p->joined[i];

		if (i == NS_TIME)
			wanted = p->config->monotonic.value ||
				 p->config->boottime.value;
		if (i == NS_USER || p->shares[i] || !wanted || p->host.uid == 0)
			continue;
		(void)fail(err, 0, "share user: a new %s namespace needs a new user namespace"
			   " as well, unless root asks", namespace_kinds[i].name);
		return hint(err, "to keep only limits, environment and rights away:"
			    " --share user,mount,pid,ipc,uts,net,cgroup");
	}
	return 0;
}

/* What a namespace inside is made in must be the sandbox's own. */
static int check_nested(struct planning *p, struct error *err)
{
	static const enum namespace needed[] = { NS_USER, NS_MOUNT, NS_PID };
	const struct origin *origin = p->config->nested.origin;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (p->shares[needed[i]])
			return contradiction(p, needed[i], "nested", origin, err);
	if (!user_is_host_root())
		return 0;
	if (maps_keep_root_out(p->config)) {
		if (!p->config->own_home)
			return 0;
		(void)fail(err, 0, "home %s: it is root's, who is none of the ids inside",
			   p->config->home.value);
		return hint(err, "for a home that is gone at the end: --ephemeral");
	}
	(void)fail(err, 0, "nested (%s): you are root of this machine, and whoever makes"
		   " namespaces inside makes a /proc in which root can change the kernel",
		   origin_text(p->arena, origin));
	(void)hint(err, "with ids that are nobody's: %s--map %s",
		   p->config->shell ? "--ephemeral " : "", maps_free_range(p));
	return hint(err, "as an ordinary user: runuser -u NAME -- immure %s",
		    p->config->shell ? "shell" : "run --nested ...");
}

static int check_contradictions(struct planning *p, struct error *err)
{
	const struct config *config = p->config;

	if (check_joins(p, err) < 0)
		return -1;
	if (p->shares[NS_MOUNT] && check_shared_mounts(p, err) < 0)
		return -1;
	if (p->shares[NS_USER] && check_shared_user(p, err) < 0)
		return -1;
	if (is_foreign(p, NS_UTS) && said_here(config->hostname.origin))
		return contradiction(p, NS_UTS, "hostname", config->hostname.origin, err);
	if (is_foreign(p, NS_UTS) && said_here(config->domainname.origin))
		return contradiction(p, NS_UTS, "domainname", config->domainname.origin, err);
	if (p->shares[NS_PID] && config->as_pid_1.value)
		return contradiction(p, NS_PID, "as-pid-1", config->as_pid_1.origin, err);
	return config->nested.value ? check_nested(p, err) : 0;
}

static void plan_nested(struct planning *p)
{
	const char *origin = origin_text(p->arena, p->config->nested.origin);

	p->plan->nested_origin = origin;
	p->plan->filter.opened |= FILTER_GROUP(MOUNT) | FILTER_GROUP(USERNS) |
				  FILTER_GROUP(HOSTNAME) | FILTER_GROUP(PACKET) |
				  FILTER_GROUP(NETLINK);
	note(p, "nested (%s): namespaces can be made inside; this gives up that parts of the"
	     " kernel that only root reaches, as mounts and network rules, are out of reach,"
	     " that parts of /proc and /sys are covered, and that Landlock keeps files away",
	     origin);
}

/* A procfs belongs to a pid namespace and a sysfs to a network namespace, and the
 * kernel makes neither for a namespace that is not ours. */
static void follow_shared(struct planning *p)
{
	if (p->shares[NS_MOUNT])
		return;
	if (p->shares[NS_PID] && p->proc == KERNEL_NEW) {
		p->proc = KERNEL_HOST_READ_ONLY;
		note(p, "/proc is the host's, read-only, as its pid namespace is");
	}
	if (p->shares[NS_NET] && p->sys == KERNEL_NEW) {
		p->sys = KERNEL_HOST_READ_ONLY;
		note(p, "/sys is the host's, read-only, as its net namespace is");
	}
}

/* What is left of a clock that is moved must be a time that it could have. */
static int check_clock(struct planning *p, const char *option, const struct number *offset,
		       int64_t now, struct error *err)
{
	const char *origin = origin_of(p, offset->origin);

	if (offset->value >= -now && offset->value <= INT64_MAX / 2 - now)
		return 0;
	if (offset->value > 0)
		return fail(err, 0, "%s (%s): the clock would be over the kernel's most, 146 years",
			    option, origin);
	(void)fail(err, 0, "%s (%s): the clock would be before 0", option, origin);
	const char *most = arena_format(p->arena, "-%lld", (long long)(now / 1000000000));
	return hint(err, "the furthest that it can go back now: %s",
		    typed(p, offset->origin, option, most, NULL));
}

static int plan_clocks(struct planning *p, struct error *err)
{
	const struct config *config = p->config;
	struct plan *plan = p->plan;
	int64_t monotonic, boottime;

	plan->monotonic = config->monotonic.value;
	plan->boottime = config->boottime.value;
	plan->own_clocks = plan->monotonic || plan->boottime;
	if (!plan->own_clocks)
		return 0;
	if (clocks_look(&monotonic, &boottime, err) < 0 ||
	    check_clock(p, "monotonic", &config->monotonic, monotonic, err) < 0 ||
	    check_clock(p, "boottime", &config->boottime, boottime, err) < 0)
		return -1;
	return 0;
}

int plan_namespaces(struct planning *p, struct error *err)
{
	const struct config *config = p->config;
	struct plan *plan = p->plan;

	list_each(const struct share, share, &config->shares)
		p->shares[share->namespace] = true;
	p->proc = (enum kernel_view)config->proc.value;
	p->sys = (enum kernel_view)config->sys.value;
	if (plan_joins(p, err) < 0 || check_contradictions(p, err) < 0 || plan_clocks(p, err) < 0)
		return -1;
	for (int i = 0; i < NAMESPACES; i++) {
		if (i != NS_USER && p->joined[i])
			continue;
		if (i == NS_TIME)
			plan->namespaces |= plan->own_clocks ? namespace_kinds[i].flag : 0;
		else if (p->shares[i])
			note(p, "shares the %s namespace with the host: %s%s",
			     namespace_kinds[i].name, given_up[i],
			     !plan->landlock.scopes && without_landlock[i] ? without_landlock[i] : "");
		else
			plan->namespaces |= namespace_kinds[i].flag;
	}
	follow_shared(p);
	if (config->nested.value)
		plan_nested(p);
	plan->own_user = !p->shares[NS_USER];
	plan->own_mounts = !p->shares[NS_MOUNT];
	plan->host_proc = !plan->own_mounts || p->proc != KERNEL_NEW;
	plan->own_network = !is_foreign(p, NS_NET);
	if (!is_foreign(p, NS_UTS)) {
		plan->hostname = config->hostname.value ? config->hostname.value : "immure";
		plan->domainname = config->domainname.value ? config->domainname.value
							    : "(none)";
	}
	return 0;
}

/* The sysctls that belong to a namespace, and to which. Everything else in
 * /proc/sys is the host's: real root could really set it. */
struct own_sysctl {
	const char *start;
	enum namespace namespace;
};

static const struct own_sysctl own_sysctls[] = {
	{ "net.", NS_NET },
	{ "kernel.msg", NS_IPC },
	{ "kernel.sem", NS_IPC },
	{ "kernel.shm", NS_IPC },
	{ "fs.mqueue.", NS_IPC },
};

/* Its value are group ids, as the network's own user namespace numbers them. The one
 * group that exists inside is 0 where the set-up is root and, with --nested, what it is
 * for the command. */
static const char *value_of(struct planning *p, const struct tunable *sysctl)
{
	if (p->plan->nested_origin && text_is(sysctl->key, "net.ipv4.ping_group_range") &&
	    text_is(sysctl->value, "0 0"))
		return arena_format(p->arena, "%u %u", p->inside_gid, p->inside_gid);
	return sysctl->value;
}

static int plan_sysctl(struct planning *p, const struct tunable *sysctl, struct error *err)
{
	const char *origin = origin_text(p->arena, sysctl->origin);

	for (size_t i = 0; i < sizeof(own_sysctls) / sizeof(own_sysctls[0]); i++) {
		enum namespace namespace = own_sysctls[i].namespace;

		if (!text_begins(sysctl->key, own_sysctls[i].start))
			continue;
		const char *whose = p->shares[namespace] ? "shared with the host"
							  : "not the sandbox's own";

		if (is_foreign(p, namespace) && said_here(sysctl->origin))
			return fail(err, 0, "sysctl %s (%s): the %s namespace is %s", sysctl->key,
				    origin, namespace_kinds[namespace].name, whose);
		/* A profile's is for a namespace of its own, and there is none. */
		if (is_foreign(p, namespace)) {
			skipped(p, "sysctl %s (%s): the %s namespace is %s", sysctl->key, origin,
				namespace_kinds[namespace].name, whose);
			return 0;
		}
		*list_add(p->arena, &p->plan->tunings) =
			(struct tuning){ sysctl->key, value_of(p, sysctl), origin };
		return 0;
	}
	(void)fail(err, 0, "sysctl %s (%s): it belongs to the whole host", sysctl->key, origin);
	return hint(err, "net.*, kernel.msg*, kernel.sem, kernel.shm* and fs.mqueue.* belong to"
		    " the sandbox");
}

int plan_tunings(struct planning *p, struct error *err)
{
	list_each(const struct tunable, sysctl, &p->config->sysctls)
		if (plan_sysctl(p, sysctl, err) < 0)
			return -1;
	list_each(const struct tunable, limit, &p->config->namespace_limits) {
		const char *origin = origin_text(p->arena, limit->origin);

		/* The set-up itself limits these to the one that the command lives in; with
		 * --nested they are counted below that one. */
		if (text_is(limit->key, "user.max_user_namespaces") && !p->plan->nested_origin) {
			if (text_is(limit->value, "0"))
				continue;
			(void)fail(err, 0, "ns-limit user=%s (%s): the command cannot have"
				   " user namespaces of its own", limit->value, origin);
			return hint(err, "to let it make some: --nested");
		}
		*list_add(p->arena, &p->plan->tunings) =
			(struct tuning){ limit->key, limit->value, origin };
	}
	return 0;
}
