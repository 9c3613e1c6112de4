/* What was asked: every setting as it was said, with the place that said it.
 * Nothing here was looked up on the host or decided; that is plan/. */
#ifndef IMMURE_CONFIG_CONFIG_H
#define IMMURE_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/sys/namespace.h>

struct option;
struct project;
struct reading;

/* Who said it. */
struct origin {
	const char *file;	/* NULL: the command line */
	unsigned line;
};

/* One option as it was said. */
struct setting {
	const struct option *option;
	const char *value;	/* "" for an option without one */
	const struct origin *origin;
};

/* A scalar of each kind; origin is NULL while nobody said anything. `order` counts
 * what was said, from 1: of two words about the same place the higher one wins. */
struct text { const char *value; const struct origin *origin; size_t order; };
struct number { int64_t value; const struct origin *origin; };
struct choice { int value; const struct origin *origin; size_t order; };

/* Values of --proc and --sys, of --dev, of --seccomp, and of --cwd and --arguments, in the order of the words
 * that their rows list. */
enum kernel_view { KERNEL_NEW, KERNEL_NONE, KERNEL_HOST_READ_ONLY };
enum device_view { DEVICES_NEW, DEVICES_NONE };
enum filter_kind { FILTER_DEFAULT, FILTER_STRICT, FILTER_OFF };
enum directory_view { DIRECTORY_HIDE, DIRECTORY_READ_ONLY, DIRECTORY_WRITABLE };

/* Values of --landlock, in the order of its words. */
enum landlock_use { LANDLOCK_AUTO, LANDLOCK_REQUIRE, LANDLOCK_OFF };

struct share {
	enum namespace namespace;
	const struct origin *origin;
};

/* What the user wants at a place of the view; "last word wins" is per target. */
enum placing {
	PLACE_BIND, PLACE_READ_ONLY_BIND, PLACE_DEVICE_BIND, PLACE_TMPFS, PLACE_DIRECTORY,
	PLACE_COPY, PLACE_LINK, PLACE_HIDE, PLACE_READ_ONLY, PLACE_ETC, PLACE_SYSTEM,
};

struct place {
	enum placing placing;
	bool optional;			/* a missing source is no failure */
	const char *source;		/* host path, or a link's text; else NULL */
	const char *target;		/* NULL: the same as the source */
	uint64_t size;			/* of a tmpfs in bytes; 0: not said */
	unsigned mode;			/* of a tmpfs */
	const struct origin *origin;
	size_t order;
};

enum variable_verb { VARIABLE_SET, VARIABLE_UNSET, VARIABLE_KEEP };

struct variable {
	enum variable_verb verb;
	const char *name;		/* KEEP: may end in '*' */
	const char *value;		/* SET only */
	const struct origin *origin;
};

struct limit {
	int resource;
	int64_t soft, hard;		/* LIMIT_NONE, LIMIT_SAME of sys/process.h */
	const struct origin *origin;
};

/* A sysctl, or a limit of /proc/sys/user by its sysctl's key. */
struct tunable {
	const char *key, *value;
	const struct origin *origin;
};

/* A word about one system call, a group of them ("@mount") or a number. */
enum call_verb { CALL_ALLOW, CALL_DENY, CALL_LOG };

struct call_rule {
	enum call_verb verb;
	const char *what;
	const struct origin *origin;
};

/* A word of --map: the caller's own ranges, or `count` ids from `inside` on that stand
 * for the host's from `outside` on. */
struct id_map {
	bool automatic;
	uint32_t inside, outside, count;
	const struct origin *origin;
};

/* A LIST() with a name. */
struct id_map_list {
	struct id_map *items;
	size_t count, room;
};

/* A capability that the command has, as it was named. */
struct capability {
	const char *name;
	const struct origin *origin;
};

/* Mistakes in the lines of profiles, in their order. */
struct problems {
	LIST(struct error) list;
};

/* A word of a list that plan/ reads. */
struct word {
	const char *text;
	const struct origin *origin;
};

/* A LIST() with a name. */
struct word_list {
	struct word *items;
	size_t count, room;
};

enum help { HELP_NONE, HELP_SHORT, HELP_ALL };

struct config {
	struct arena *arena;		/* owns every string and list here */
	LIST(struct setting) said;	/* all of it, in order */

	LIST(struct share) shares;
	struct text user, hostname, domainname;
	struct id_map_list maps, gid_maps;	/* gid_maps empty: maps are for both */
	struct choice guest;
	struct choice nested;
	struct text joins[NAMESPACES];	/* a file or a number of a process; "none" */
	struct number monotonic, boottime;	/* nanoseconds; 0: as the host's */

	struct text chdir, home;
	struct text root;		/* a directory, or "none" */
	bool root_writable;		/* it was said as root-rw */
	struct choice cwd, arguments, proc, sys, dev, git_rw;
	LIST(struct place) places;

	struct word_list dns, dns_search, hosts, cidr, outbound, publishes;
	struct word_list dbus;
	struct choice ipv4_only, ipv6_only;
	struct number mtu;
	struct text mac, ifname;
	struct text net_log, pcap;
	struct text publish_file;

	struct choice wayland, x11, audio, gpu;

	struct choice landlock;

	LIST(struct variable) variables;
	LIST(struct limit) limits;
	LIST(struct tunable) sysctls, namespace_limits;
	struct number timeout, nice;
	struct number memory, pids, cpus;	/* bytes, N, thousandths; LIMIT_NONE */
	struct choice as_pid_1;

	struct choice seccomp, allow32, allow_suid, ptrace;
	LIST(struct call_rule) calls;
	struct text seccomp_file;
	LIST(struct capability) capabilities;

	struct choice quiet, verbose, dry_run;
	enum help help;
	bool version;
	struct text profile, description;
	struct word_list aliases;
	const char *const *command;	/* NULL-ended; the rest of argv */

	const char *kept_home;		/* the name of the home that stays; NULL: it does not,
					 * or nobody but the shell's name asked for it */
	bool own_home;			/* `home` is one that only sandboxes have */
	const char *shell;		/* a shell is wanted in a sandbox of that name; or NULL */
	const char *by_name;		/* the profile's file, when the command's name chose it */
	const char *not_by_name;	/* ... when it could have, and the command is not the
					 * system's */

	const struct reading *reading;	/* the profiles that are being read right now */
	unsigned profiles_read;		/* how many so far: a bound for includes */
	LIST(const char *) profiles;	/* the files among them, as they were opened */
	struct files_read {
		const char **items;
		size_t count, room;
	} files_read;			/* the same, with what is built in */
	const struct project *project;	/* the one of the current directory: trusted and read, */
	const char *project_note;	/* ... or why it was not; NULL: there is none */
	struct problems *problems;	/* NULL: the first mistake in a profile ends its
					 * reading; else they are put here */
};

/* What a setting of --net, --allow, --deny or --allow-urls-in says of the network's rules. They
 * have no list of their own, since there can be thousands: `said` has them in their order. */
struct network_word {
	bool allows;
	bool urls;			/* `what` is a file of them */
	const char *what;
	const struct origin *origin;
};

/* Is this setting one of those? Then `ret_word` is what it says. */
bool network_word_of(const struct setting *said, struct network_word *ret_word);

/* The origin as a user reads it: "command line", or "FILE:LINE". */
const char *origin_text(struct arena *arena, const struct origin *origin);

/* Read a command line behind its verb into a new configuration: the profile that
 * it names or, without one, the one called "default", with what they include;
 * then the words of argv themselves, up to "--" or the first that is no option.
 * `argv` must outlive the result, whose strings belong to `arena`. NULL and *err
 * say which word or line of which file is wrong. */
struct config *config_read(struct arena *arena, char **argv, struct error *err);

/* The same for a shell in the sandbox `name`, a host name: its profile is "dev" unless
 * another one is named. It is called by its name, and has the host's directory `home` where
 * the profile would have given it an empty home that is gone at the end. What `argv` has
 * behind its options is a command in place of the shell, and stands behind "--". */
struct config *config_read_shell(struct arena *arena, char **argv, const char *name,
				 const char *home, struct error *err);

/* The configuration that a profile alone makes; `name` as --profile takes it, NULL
 * for the default. Mistakes in its lines are put into `problems`, unless that is NULL: the
 * first one is then *err. */
struct config *config_read_profile(struct arena *arena, const char *name,
				   struct problems *problems, struct error *err);

/* The configuration that a project's profile makes, trusted or not, behind the default: for
 * whoever is to judge it. */
struct config *config_read_project(struct arena *arena, const struct project *project,
				   struct error *err);

#endif
