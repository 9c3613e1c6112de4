/* Limits that count for everything inside together need a control group, and an
 * ordinary user has one only where somebody gave it away: whoever administrates the
 * host, a container's runtime, or the user's own systemd. It is looked for from our own
 * group upwards, since moving a process between two groups takes the right to do so in
 * the nearest one above both.
 *
 * Two rules of cgroup v2 shape this. A group that has processes itself cannot hand a
 * controller down (the root of all excepted), so that our own group serves only if we
 * are alone in it and leave it first. And a hierarchy has a single writer: where systemd
 * manages it, what it has not marked as delegated is left alone, although a user may
 * write in most of what is below the user's own manager, because systemd takes back
 * what it knows nothing of. It is then asked for a scope instead.
 *
 * That none was found is said when the sandbox is to start, not while planning: a
 * profile with a limit can be looked at on every host. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/cgroup.h>
#include <immure/sys/file.h>
#include <immure/sys/process.h>
#include <immure/sys/scope.h>

#include "plan_internal.h"

struct search {
	struct arena *arena;
	const struct group_host *host;
	struct group *group;
	struct error *problem;
	bool close;		/* the problem is that of a group which nearly served */
};

/* The name of a user's own manager, "user@1000.service": all below is its. */
static bool is_manager(const char *path)
{
	const char *name = path_last(path);
	size_t length = strlen(name);

	return text_begins(name, "user@") && length > strlen(".service") &&
	       text_is(name + length - strlen(".service"), ".service");
}

/* The highest group that is somebody's to divide: the top, or under systemd the nearest
 * one that it delegated; NULL when it delegated none. */
static const char *find_boundary(const struct search *search, const struct cgroup_place *place)
{
	struct cgroup_facts facts;
	struct error ignored;

	if (!search->host->systemd)
		return place->top;
	for (const char *path = place->own; path_is_within(path, place->top);
	     path = path_parent(search->arena, path)) {
		if (is_manager(path))
			return NULL;
		if (cgroup_look(path, &facts, &ignored) == 0 && facts.delegated)
			return path;
		if (text_is(path, place->top))
			break;
	}
	return NULL;
}

/* Can a group with what is wanted be made in this one? If not, why. */
static bool serves(struct search *search, const char *path, bool own)
{
	struct group *group = search->group;
	struct error ignored = { 0 }, *problem = search->close ? &ignored : search->problem;
	unsigned wanted = group->controllers;
	struct cgroup_facts facts;

	if (cgroup_look(path, &facts, problem) < 0)
		return false;
	if (wanted & ~facts.available) {
		(void)fail(problem, 0, "the control group %s does not have: %s", path,
			   cgroup_names(search->arena, wanted & ~facts.available));
		return false;
	}
	if (facts.may_create) {
		(void)fail(problem, facts.may_create, "make a control group in %s", path);
		return false;
	}
	group->parent = path;
	group->hand_down = wanted & ~facts.enabled;
	group->way = GROUP_BELOW;
	if (!group->hand_down)
		return true;
	if (facts.may_enable) {
		(void)fail(problem, facts.may_enable, "hand controllers down in the control"
			   " group %s", path);
		return false;
	}
	if (facts.is_root || facts.members == CGROUP_EMPTY)
		return true;
	group->way = GROUP_ALONE;
	if (own && facts.members == CGROUP_ONLY_US)
		return true;
	search->close = true;
	(void)fail(problem, 0, "other processes are in the control group %s, so that it cannot"
		   " hand controllers down", path);
	return false;
}

/* From our own group up to the boundary: the first that serves. The problem that stays
 * is that of the first that would, were we alone in it, or else that of the highest one,
 * which knows best what there is. */
static bool search_found(struct search *search, const struct cgroup_place *place)
{
	const char *boundary = find_boundary(search, place);

	if (!boundary) {
		(void)fail(search->problem, 0, "systemd has not delegated the control group %s",
			   place->own);
		return false;
	}
	for (const char *path = place->own;; path = path_parent(search->arena, path)) {
		if (serves(search, path, path == place->own))
			return true;
		if (text_is(path, boundary))
			return false;
	}
}

/* Does the systemd that we can ask have the controllers to give away? Its own group
 * shows that to everybody. */
static bool systemd_serves(const struct search *search, const struct cgroup_place *place)
{
	const uid_t uid = search->host->uid;
	unsigned wanted = search->group->controllers;
	struct cgroup_facts facts;
	struct error ignored;
	const char *manager = uid == 0 ? place->top
		: arena_format(search->arena, "%s/user.slice/user-%u.slice/user@%u.service",
			       text_is(place->top, "/") ? "" : place->top, uid, uid);

	/* What cannot be seen is found out when it is asked. */
	if (cgroup_look(manager, &facts, &ignored) < 0 || !(wanted & ~facts.available))
		return true;
	(void)fail(search->problem, 0, "your systemd cannot limit: %s",
		   cgroup_names(search->arena, wanted & ~facts.available));
	return false;
}

static bool is_anywhere(const struct search *search, const struct cgroup_place *place)
{
	unsigned wanted = search->group->controllers;
	struct cgroup_facts facts;

	if (cgroup_look(place->top, &facts, search->problem) < 0)
		return false;
	/* In a container the top is not the host's. */
	if (!facts.is_root || !(wanted & ~facts.available))
		return true;
	(void)fail(search->problem, 0, "the control groups at %s do not have: %s", place->top,
		   cgroup_names(search->arena, wanted & ~facts.available));
	return false;
}

/* The twin of each limit that counts by process, by its name. */
static void hint_twins(const struct search *search)
{
	const struct group *group = search->group;
	const char *text = "";

	if (group->memory_origin)
		text = arena_format(search->arena, " --rlimit as=%" PRIu64, group->memory);
	if (group->pids_origin)
		text = arena_format(search->arena, "%s --rlimit nproc=%" PRId64, text, group->pids);
	if (group->cpus_origin)
		text = arena_format(search->arena, "%s --rlimit cpu=SECONDS", text);
	(void)hint(search->problem, "limits of each process by itself need no control group%s:%s",
		   group->pids_origin ? " (nproc: of all inside)" : "", text);
}

static void hint_delegation(const struct search *search)
{
	(void)hint(search->problem, "to let every user's systemd limit everything, as root:"
		   " mkdir -p /etc/systemd/system/user@.service.d && printf '%%s\\n' '[Service]'"
		   " 'Delegate=yes' >/etc/systemd/system/user@.service.d/delegate.conf &&"
		   " systemctl daemon-reload && systemctl restart user@%u.service",
		   search->host->uid);
}

static void hint_no_group(const struct search *search)
{
	const struct group_host *host = search->host;

	if (host->systemd && host->uid != 0)
		(void)hint(search->problem, "systemd gives one to users for whom it runs; to have"
			   " it run for you, as root: loginctl enable-linger %u", host->uid);
	else if (host->systemd)
		(void)hint(search->problem, "systemd gives one away: systemd-run --scope -p"
			   " Delegate=yes immure run ...");
	else
		(void)hint(search->problem, "in a container the groups have to be its own and"
			   " writable: docker run --privileged --cgroupns private, or podman run"
			   " --systemd always; and immure has to be alone in its group, or in one"
			   " below an empty one");
}

void group_search(struct arena *arena, const struct group_host *host, struct group *group)
{
	struct error *problem = arena_alloc(arena, sizeof(*problem));
	struct search search = { arena, host, group, problem, false };
	struct cgroup_place place;

	if (cgroup_place_read(arena, host->mountinfo, host->membership, &place, problem) == 0 &&
	    is_anywhere(&search, &place)) {
		if (search_found(&search, &place))
			return;
		group->parent = NULL;
		group->hand_down = false;
		if (host->systemd && host->address) {
			if (systemd_serves(&search, &place)) {
				group->way = GROUP_SCOPE;
				group->address = host->address;
				return;
			}
			hint_delegation(&search);
		} else {
			hint_no_group(&search);
		}
	} else if (host->systemd) {
		(void)hint(problem, "control groups of version 1 have it, or the kernel was told"
			   " to do without; boot with: systemd.unified_cgroup_hierarchy=1");
	} else {
		(void)hint(problem, "control groups of version 1 may have it; mount version 2 alone:"
			   " boot with cgroup_no_v1=all");
	}
	hint_twins(&search);
	group->way = GROUP_MISSING;
	group->problem = problem;
}

/* Record what is limited, by whom. */
static const char *limited_by(struct planning *p, const struct number *number,
			      enum cgroup_controller controller)
{
	if (!number->origin || number->value == LIMIT_NONE)
		return NULL;
	p->plan->group.controllers |= controller;
	return origin_text(p->arena, number->origin);
}

void plan_group_find(struct arena *arena, struct group *group)
{
	const size_t most = 4 << 20;
	struct error *problem = arena_alloc(arena, sizeof(*problem));
	char *mountinfo, *membership;
	size_t length;

	if (file_read(arena, "/proc/self/mountinfo", most, &mountinfo, &length, problem) < 0 ||
	    file_read(arena, "/proc/self/cgroup", most, &membership, &length, problem) < 0) {
		group->way = GROUP_MISSING;
		group->problem = problem;
		return;
	}
	const struct group_host host = {
		.mountinfo = mountinfo, .membership = membership,
		.systemd = systemd_is_here(),
		.address = systemd_address(arena, geteuid()), .uid = geteuid(),
	};
	group_search(arena, &host, group);
}

void plan_group(struct planning *p)
{
	const struct config *config = p->config;
	struct group *group = &p->plan->group;

	group->memory_origin = limited_by(p, &config->memory, CGROUP_MEMORY);
	group->pids_origin = limited_by(p, &config->pids, CGROUP_PIDS);
	group->cpus_origin = limited_by(p, &config->cpus, CGROUP_CPU);
	if (!group->controllers)
		return;
	group->memory = (uint64_t)config->memory.value;
	group->pids = config->pids.value;
	group->cpus = config->cpus.value;
	plan_group_find(p->arena, group);
}
