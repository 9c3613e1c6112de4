/* What the files of plan/ share while a plan is made. */
#ifndef IMMURE_PLAN_PLAN_INTERNAL_H
#define IMMURE_PLAN_PLAN_INTERNAL_H

#include <immure/config/config.h>
#include <immure/plan/plan.h>
#include <immure/sys/subid.h>

/* What was found out about the host and the caller, once. */
struct host {
	uid_t uid;
	gid_t gid;
	const char *home;		/* normal path, never NULL */
	const char *home_resolved;	/* links followed */
	const char *current;		/* NULL: the current directory has no name */
	const char *user_name;		/* of the caller */
	const char *shell;
	const char *own_config;		/* our configuration directory */
	const char *own_data;		/* the one that homes of sandboxes are in */
};

/* A variable of the command's environment; words about it have the last say. */
struct given_variable {
	const char *name, *value;
	const struct origin *origin;
};

struct planning {
	struct arena *arena;
	const struct config *config;
	struct plan *plan;
	struct host host;
	uid_t inside_uid;
	gid_t inside_gid;
	bool shares[NAMESPACES];	/* with the host */
	bool joined[NAMESPACES];	/* with whoever else is in it */
	enum kernel_view proc, sys;
	const char *current_in_root;	/* where it has the current directory; or NULL */
	LIST(struct item) points;	/* to be made in it when it is writable */
	int root;			/* the root file system, open; or NO_FD */
	LIST(struct given_variable) given;	/* that parts of the plan have for the command */
};

/* identity.c: who the caller is, who the command is, what they are called. */
int plan_host(struct planning *p, struct error *err);
int plan_identity(struct planning *p, struct error *err);
int plan_identity_files(struct planning *p, struct error *err);
int plan_environment(struct planning *p, struct error *err);

/* maps.c: ids besides the command's own. */
int plan_maps(struct planning *p, struct error *err);
/* Is nobody inside the machine's root, although the caller is? */
bool maps_keep_root_out(const struct config *config);
/* For root, who may have any: a range by hand that is nobody's yet. */
const char *maps_free_range(struct planning *p);

/* One kind of ids, of users or of groups, laid out for both namespaces. */
struct id_layout {
	struct id_extents outer, inner;
	uint32_t command_outside;	/* who the command is */
};

/* Lay out `wanted`, ranges of inside ids and the caller's, for a command that is
 * `command` inside. -1: two of them overlap, or none has the command. */
int maps_lay_out(struct arena *arena, const struct id_extents *wanted, uint32_t command,
		 struct id_layout *ret_layout, struct error *err);

/* What --map auto comes to: `caller` is the command, and the other ids from 0 up are
 * those of the ranges, in their order. */
struct id_extents maps_fill(struct arena *arena, const struct subid_list *ranges,
			    uint32_t caller, uint32_t command);

/* namespaces.c: what is new, what is shared, and what may be tuned in it. */
int plan_namespaces(struct planning *p, struct error *err);
int plan_tunings(struct planning *p, struct error *err);

/* network.c: the tap, and the rules of what can be reached through it. */
int plan_network(struct planning *p, struct error *err);
/* publish.c: the ports that lead in; after plan_network(). */
int plan_publish(struct planning *p, struct error *err);
const char *network_resolv_text(struct planning *p);
const char *network_hosts_text(struct planning *p);

/* tap.c: the device, its addresses, and what they make of the rules. */
int plan_tap(struct planning *p, struct error *err);

/* record.c: the files of --net-log and --pcap. */
int plan_records(struct planning *p, struct error *err);

/* names.c: who is asked for names, and which ones are known without. */
int plan_names(struct planning *p, struct error *err);
/* When it is known whether there is a network: which of that has an effect. -1 says what was
 * typed and has none. */
int check_names_count(struct planning *p, struct error *err);
/* Lines of /etc/hosts, and the one of resolv.conf; "": none. */
const char *names_hosts_text(struct planning *p);
const char *names_search_text(struct planning *p);

/* urls.c: rules from the URLs in a file. */
void plan_urls(struct planning *p, const struct network_word *word);
/* What was opened so, in a line. */
void urls_announce(struct planning *p);

/* join.c: namespaces that exist already. */
int plan_joins(struct planning *p, struct error *err);

/* view.c: what is where. */
int plan_view(struct planning *p, struct error *err);
int plan_finish(struct planning *p, struct error *err);
struct item *item_add(struct planning *p, enum item_kind kind, const char *target,
		      const char *origin, size_t order);
const struct item *item_covering(const struct plan *plan, const char *path);
/* Is this a directory that stands for the system or for everything of the user, so that
 * being in it, or naming it, says nothing about wanting to show it? */
bool is_too_wide(const struct planning *p, const char *path);

/* arguments.c: the files among the command's arguments, when everything else of the view is
 * settled. *ret_added: there were some, and it is to be settled again. */
int plan_arguments(struct planning *p, bool *ret_added, struct error *err);

/* system.c: /proc, /sys, /dev and the entries of /etc. */
void plan_proc(struct planning *p);
void plan_sys(struct planning *p);
int plan_dev(struct planning *p, struct error *err);
int plan_etc(struct planning *p, const struct place *place, struct error *err);
int plan_system(struct planning *p, const struct place *place, struct error *err);

/* root.c: a root file system of somebody's own, below all that the plan has. */
int plan_root_open(struct planning *p, struct error *err);
int plan_root(struct planning *p, struct error *err);
/* Does a shell have it together with ids of its own? Then it is a guest, with a guest's
 * rights, in a system that is its to change. Never the host's own root. */
bool root_is_guests(const struct config *config);
/* May the command change it? */
bool root_changes(const struct config *config);
/* Where a directory of the host stands in it, as a path inside; NULL: it is not there. */
const char *root_inside(const struct planning *p, const char *path);
/* Is this a word of a profile about the host's system, whose place it takes? */
bool root_overrules(const struct planning *p, const struct place *place);
/* Is this an empty directory of a profile's, where it has one with what belongs there? What
 * is gone at the next start anyhow (/tmp, /run), and the home, are the sandbox's own. */
bool root_has_data(struct planning *p, const struct place *place);
/* Has it a program at this path? Or any file that somebody may use? */
bool root_has_program(struct planning *p, const char *path);
bool root_has_file(struct planning *p, const char *path);

/* dbus.c: the session bus, as far as it was let through. */
int plan_dbus(struct planning *p, struct error *err);

/* session.c: windows, sound and the graphics processor, and where they are. */
int plan_session(struct planning *p, struct error *err);
/* Of a file of X cookies (Xau(3)) those of the server `number` of the host called `host`, for
 * a host of any name: written to `out`, which has room for as many bytes as the file has.
 * How many that are. What stands behind a broken one is left out. */
size_t session_cookies(const void *file, size_t length, const char *host, const char *number,
		       unsigned char *out);

/* guard.c: no way to our own profiles and to homes of other sandboxes, and none through
 * links that were left behind. */
int guard_own(struct planning *p, const char *source, const char *target, bool writable,
	      const char *origin, size_t order, struct error *err);
int guard_sources(struct planning *p, struct error *err);
int guard_profiles(struct planning *p, struct error *err);
int guard_url_files(struct planning *p, struct error *err);
int guard_records(struct planning *p, struct error *err);

/* git.c: the guard of a writable directory's .git. */
void plan_git(struct planning *p, const char *source, const char *target,
	      const char *origin, size_t order);

/* landlock.c: what of the second layer there is to be, and, when all items are in
 * their order, its rules. */
int plan_landlock(struct planning *p, struct error *err);
void landlock_rules(struct plan *plan, int abi);

/* command.c: what runs, where, within which limits. */
int plan_stdio(struct planning *p, struct error *err);
int plan_command(struct planning *p, struct error *err);
void plan_advice(struct planning *p);

/* group.c: limits that need a control group, and where one can be had. */
void plan_group(struct planning *p);

/* What of the host decides that, apart from the groups themselves. */
struct group_host {
	const char *mountinfo, *membership;	/* /proc/self/mountinfo and cgroup */
	bool systemd;				/* manages this host */
	const char *address;			/* where it listens to us; or NULL */
	uid_t uid;
};

/* Look for a place for `group->controllers` in the host's groups, changing nothing:
 * the way, and what belongs to it. */
void group_search(struct arena *arena, const struct group_host *host, struct group *group);

/* filter.c: which capabilities it has, which system calls it may make. */
int plan_capabilities(struct planning *p, struct error *err);
int plan_filter(struct planning *p, struct error *err);

/* Who asked, in words; NULL, nobody: it is built in. */
const char *origin_of(struct planning *p, const struct origin *origin);

/* Texts for people: an option with SRC[:DEST], as it is typed on the command line or
 * stands in a profile, whichever `origin` is; `dest` may be NULL. */
const char *typed(struct planning *p, const struct origin *origin, const char *option,
		  const char *source, const char *dest);
void note(struct planning *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void skipped(struct planning *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
