/* What will be done: the whole sandbox as data, const outside of plan/. */
#ifndef IMMURE_PLAN_PLAN_H
#define IMMURE_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <immure/base/arena.h>
#include <immure/filter/filter.h>
#include <immure/plan/network.h>
#include <immure/sys/file.h>
#include <immure/sys/kernel.h>
#include <immure/sys/namespace.h>
#include <immure/sys/privilege.h>

struct config;
struct error;
struct origin;

/* One thing of the view. Targets are normal paths inside. */
enum item_kind {
	ITEM_POINT,		/* made in the writable root file system, to mount on:
				 * `id.type` */
	ITEM_DIRECTORY,		/* made in what it stands in */
	ITEM_SCRATCH,		/* a writable directory of the one tmpfs */
	ITEM_TMPFS,		/* a writable tmpfs of its own, `size` bytes */
	ITEM_LINK,		/* symbolic link with the text `source` */
	ITEM_TEXT,		/* file with the contents `source` */
	ITEM_COPY,		/* file with the contents of the host's `source` */
	ITEM_BIND,		/* the host's `source` */
	ITEM_CURRENT,		/* the inherited current directory */
	ITEM_PROC,		/* a new procfs */
	ITEM_SYSFS,		/* a new sysfs, covered; its parts are items. `writable`:
				 * uncovered */
	ITEM_SYSFS_PART,	/* the same path of that sysfs, uncovered */
	ITEM_DEVPTS,		/* terminals of its own */
	ITEM_MQUEUE,		/* POSIX message queues of its own */
	ITEM_CONSOLE,		/* the private terminal, under a second name */
	ITEM_HIDE,		/* covered with nothing, if it is there */
	ITEM_PIN,		/* bound onto itself: cannot be moved away */
	ITEM_READ_ONLY,		/* read-only, once everything is in its place */
	ITEM_KINDS
};

struct item {
	enum item_kind kind;
	const char *target;
	size_t length, depth;		/* of the target: bytes, components */
	const char *source;
	struct file_id id;		/* what the host's source was when planned */
	bool writable, devices;
	bool pinned;			/* TEXT: also bound onto itself */
	bool given;			/* SYSFS, MQUEUE: of a namespace that is joined */
	bool anew;			/* DIRECTORY: none that is there will do */
	bool needed;			/* TEXT: what it covers is there */
	bool argument;			/* BIND: the command was given it */
	bool gives_way;			/* to a host directory that a later word binds above */
	bool session;			/* BIND: of the caller's session, and said by its name */
	uint64_t size;			/* TMPFS; TEXT: bytes of it, 0 when a NUL ends it */
	unsigned mode;			/* permission bits of what is made */
	const char *origin;		/* who asked, for messages; never NULL */
	size_t order;			/* of the words; 0: nobody said it */
	size_t serial;			/* of the items: those of one word stay in order */
	const char *base;		/* the target this one goes away with; or NULL */
	uint32_t rights;		/* Landlock's rule for it; 0: it has none */
};

/* A namespace that exists and is entered. */
struct join {
	enum namespace namespace;
	int fd;				/* verified, and kept for it until the process ends */
	const char *text;		/* what it is of */
	const char *origin;
};

/* A root file system of somebody's own. */
struct root_plan {
	const char *path;		/* of the host, without links; NULL: there is none */
	const char *origin;
	struct file_id id;		/* what it was when planned */
};

/* The numbers of descriptors that the proxy of the session bus is started with. */
#define BUS_DIRECTORY_TEXT "3"
#define BUS_READY_TEXT "4"
enum { BUS_DIRECTORY = 3, BUS_READY = 4 };

/* The session bus, by way of a proxy. */
struct bus_plan {
	const char *const *argv;	/* of the proxy, argv[0] is its path; NULL: there is none */
	const char *directory;		/* of the view, with its socket */
	const char *origin;
	bool in_files;			/* the bus is a file: no network leads to it */
	const struct sock_filter *filter;	/* the proxy's */
	size_t filter_length;
};

/* The second layer: what sys/landlock.h has bits for. */
struct landlock_plan {
	int abi;			/* of the kernel; 0: there is none, or it is off */
	uint32_t handled;		/* rights over files that only rules give */
	uint32_t at_root;		/* ... at the view's `/`, and so everywhere */
	uint32_t scopes;
};

/* A file that is not there, where the command can make it, and that a later run of the same
 * kind would read. */
struct awaited {
	const char *path;		/* on the host */
	const char *origin;		/* who named it */
};

struct tuning {
	const char *key, *value;
	const char *origin;
};

struct resource_limit {
	int resource;
	int64_t soft, hard;		/* as limit_set() takes them */
	const char *origin;
};

/* Where the control group of the limits comes from. */
enum group_way {
	GROUP_NONE,		/* nothing is limited */
	GROUP_BELOW,		/* a child of `parent` */
	GROUP_ALONE,		/* the same, where we are ourselves and have to leave first */
	GROUP_SCOPE,		/* a scope of systemd at `address`; then as GROUP_ALONE */
	GROUP_MISSING,		/* there is none: `problem` */
};

/* Limits of everything inside together. An origin that is NULL: not limited. */
struct group {
	uint64_t memory;		/* bytes, swap included */
	int64_t pids;			/* processes and threads of the command */
	int64_t cpus;			/* thousandths of a processor */
	const char *memory_origin, *pids_origin, *cpus_origin;

	unsigned controllers;		/* of sys/cgroup.h, for those that are limited */
	enum group_way way;
	const char *parent;		/* directory; NULL for a scope */
	const char *address;		/* of systemd, for a scope */
	bool hand_down;			/* the controllers are not yet `parent`'s children's */
	const struct error *problem;
};

/* Filters of system calls, as seccomp(2) takes them. */
struct filtering {
	uint64_t opened;		/* FILTER_GROUP()s that other options open: whoever
					 * plans them adds his before plan_filter() */
	const struct sock_filter *code;	/* the command's; NULL: none */
	size_t length;
	bool init;			/* our own process 1 has its own */
	bool log;			/* what is refused is logged */
	const struct sock_filter *file;	/* somebody's own, loaded behind it; NULL: none */
	size_t file_length;
	const char *file_name, *file_origin;
	bool fakes_chown;		/* chown(2) and its family do nothing, and say 0 */
	const char *text;		/* what it is, in words; NULL: off */
	const char *origin;
};

/* More ids than one: maps of the set-up's user namespace and of the command's. In the
 * first one user and group 0 are the set-up, which outside is whoever the command is,
 * so that what it makes is the command's; all others come behind it. The second one
 * numbers them as was asked. The kernel takes of the second only what stands within one
 * range of the first: it has a range for each piece. */
struct id_maps {
	struct id_extents outer_uids, outer_gids, inner_uids, inner_gids;
	const char *tools[2];		/* newuidmap and newgidmap, by their paths */
	const char *advice[2];		/* what to type when that one refuses; or NULL */
	bool several;			/* else nothing here counts */
	bool by_hand;			/* the caller may write them, and no tool is needed */
	bool stranger;			/* outside, the command is not the caller */
	bool no_groups;			/* the caller's other groups are left behind */
};

struct plan {
	struct arena *arena;		/* owns all of it */
	const struct config *config;	/* what it was made from: who asked for what */

	uint64_t namespaces;		/* CLONE_NEW... bits of the first clone */
	int attached;			/* pidfd of whose network is served; NO_FD: its own is */
	LIST(struct join) joins;	/* in the order in which they can be entered */
	uint64_t capabilities;		/* that the command keeps, bit N for number N */
	const char *all_origin;		/* who wants it to be all there are; NULL: nobody */
	const char *nested_origin;	/* who wants namespaces inside; NULL: none there */
	bool own_user;			/* maps below apply, and a second namespace */
	bool own_mounts;		/* there is a view; else the host's files */
	struct idmap outer;		/* of the set-up: root stands for the caller */
	struct idmap inner;		/* of the command, in the second one */
	struct id_maps maps;		/* in place of both, when there are several ids */
	const char *guest_origin;	/* who wants root's rights for it; NULL: nobody */

	struct root_plan root;
	LIST(struct item) items;	/* parents first, ITEM_READ_ONLY last */
	size_t early_items;		/* so many first ones show nothing of the network */
	uint64_t memory;		/* bytes of the one tmpfs */
	uint64_t inodes;
	bool root_writable;
	bool host_proc;			/* no procfs of its own is made */
	bool own_terminal;		/* a terminal is among 0, 1, 2 */
	bool own_network;		/* a new one, with loopback alone or with a tap */
	bool own_clocks;		/* one that can be moved is */
	enum stdio_kind stdio[3];

	struct landlock_plan landlock;

	int64_t monotonic, boottime;	/* how many nanoseconds those clocks are ahead */
	const char *hostname, *domainname;	/* NULL: shared with the host */
	struct network_plan network;
	struct bus_plan bus;
	LIST(struct tuning) tunings;	/* sysctls, and limits of /proc/sys/user */

	struct filtering filter;
	LIST(struct resource_limit) limits;
	struct group group;
	const char *nice_origin;	/* NULL: nobody asked for one */
	int64_t timeout;		/* milliseconds; 0: none */
	int nice;
	bool as_pid_1;
	bool first_open;		/* process 1 is apart from init, and can be looked into */
	bool directory_outside;		/* the host has the one that the command starts in */

	const char *directory;		/* where the command starts */
	const char *directory_origin;
	const char *other_directory;	/* when that is not in the view; NULL: fail */
	const char *program;		/* path; NULL: searched in `search_path` */
	const char *search_path;
	const char *const *command;	/* its argv, NULL-ended */
	const char *const *environment;	/* its environment, NULL-ended */
	const struct origin *const *environment_origins;	/* NULL: nobody said it */

	LIST(const char *) notes;	/* what must be said before it starts */
	LIST(const char *) skipped;	/* what --verbose says was left out */
	LIST(const char *) advice;	/* what it ran without, if it fails */
	LIST(struct awaited) awaited;
	LIST(const char *) watches;	/* host directories that it may write, to be
					 * looked through for what git runs later */
	int64_t started;		/* by file_clock(): what is newer is new */
};

/* Decide everything from a configuration and what the host has: nothing is
 * changed and nothing starts. `config` must outlive the plan, whose strings belong
 * to the configuration's arena. NULL and *err with the origin of what is wrong. */
const struct plan *plan_make(const struct config *config, struct error *err);

/* Decide how the network of a process that exists is served, as its owner can: of all
 * that a plan has, the network, what is joined, and `attached`. NULL and *err. */
const struct plan *plan_attach(const struct config *config, pid_t pid, struct error *err);

/* Where on this host a control group with `group->controllers` can be had: fills in the
 * way and what belongs to it. Nothing is changed. */
void plan_group_find(struct arena *arena, struct group *group);

/* What --map auto comes to for the caller, as root inside. -1 says what the caller has
 * not been given. */
int plan_map_auto(struct arena *arena, struct id_maps *ret_maps, struct error *err);

/* What a user gives up by sharing that namespace, in words. */
const char *plan_given_up(enum namespace namespace);

/* Print the plan for a person, an item a line with its origin. */
void plan_print(const struct plan *plan, FILE *out);

/* Print what of it is about the network. */
void plan_print_network(const struct plan *plan, FILE *out);

/* Where on the host a command that was not found inside would have been: the path
 * through the caller's own PATH, from the arena; else "./NAME", if that is one; or
 * NULL. */
const char *plan_command_outside(const struct plan *plan);

#endif
