/* Filters of system calls: which call is let through is a table (src/filter/table.c),
 * and a filter is made from it as one program of classic BPF, as seccomp(2) takes it.
 * The default's is made when immure is built; any other one while planning, by the
 * same code. Pure: nothing here asks the kernel. */
#ifndef IMMURE_FILTER_FILTER_H
#define IMMURE_FILTER_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* The numbers of system calls that the table knows. */
enum arch { ARCH_X86_64, ARCH_I386, ARCH_AARCH64, ARCHES, NO_ARCH = -1 };

/* What is denied, and is opened again, together. */
enum filter_group {
	GROUP_MOUNT, GROUP_USERNS, GROUP_PTRACE, GROUP_DEBUG, GROUP_KEYRING, GROUP_CLOCK,
	GROUP_MODULE, GROUP_BPF, GROUP_RAW_IO, GROUP_CPU, GROUP_REBOOT, GROUP_SWAP,
	GROUP_IO_URING, GROUP_HANDLE, GROUP_FANOTIFY, GROUP_USERFAULTFD, GROUP_NUMA,
	GROUP_HOSTNAME, GROUP_ADMIN, GROUP_LSM, GROUP_OBSOLETE, GROUP_PERSONALITY,
	GROUP_TERMINAL, GROUP_SUID, GROUP_DEVICE, GROUP_SOCKET, GROUP_PACKET, GROUP_NETLINK,
	GROUP_PROTOCOL, GROUP_CHOWN,
	FILTER_GROUPS
};

/* A set of groups is a number with a bit for each. */
#define FILTER_GROUP(name) (UINT64_C(1) << GROUP_##name)

/* How a group is called, without its "@", and what whoever opens it gives up. */
struct filter_group_words {
	const char *name, *gives_up;
};

/* One per enum filter_group. */
extern const struct filter_group_words filter_groups[FILTER_GROUPS];

enum filter_action { FILTER_ALLOW, FILTER_DENY, FILTER_LOG };

/* One word about one call or one group, on top of what the table says; of several
 * about the same call the last one counts. */
struct filter_rule {
	enum filter_action action;
	uint32_t number;		/* the native one, when neither of these is there: */
	const char *call;		/* its name, or NULL */
	uint64_t groups;		/* or the set of groups */
};

/* What a filter is made of. */
struct filter_wish {
	enum arch native;
	bool allow_i386;		/* native is ARCH_X86_64 */
	bool strict;			/* what the table does not list as needed is denied */
	uint64_t opened;		/* groups whose denials do not apply */
	const struct filter_rule *rules;
	size_t rule_count;
};

/* The longest program that the kernel takes: BPF_MAXINSNS. */
enum { FILTER_MOST = 4096 };

/* Make the program into `room`, which has space for FILTER_MOST instructions. Its
 * length; 0 and *err when it would be longer than that. */
size_t filter_make(const struct filter_wish *wish, struct sock_filter *room,
		   struct error *err);

/* Which one an AUDIT_ARCH_... of linux/audit.h is; NO_ARCH when the table lacks it. */
enum arch filter_arch(uint32_t audit);

/* The default filter as it was made when immure was built, for the wish that is
 * otherwise empty: `fakes_chown` is whether GROUP_CHOWN is not opened in it. NULL for
 * an architecture that has none. It is never freed. */
const struct sock_filter *filter_built_in(enum arch native, bool fakes_chown,
					  size_t *ret_length);

/* The group of that name ("mount", without the "@"), or -1. */
int filter_group_named(const char *name);

/* Is there a call of that name, on any architecture? */
bool filter_call_known(const char *name);

/* The name of the call that has this number, or NULL. */
const char *filter_call_numbered(enum arch arch, uint32_t number);

/* The group or call whose name is nearest to a misspelt one, or NULL when none is
 * near; with `groups` among the groups. */
const char *filter_name_nearest(const char *name, bool groups);

/* Why the default filter denies something of that call: the groups of its row and of
 * the checks of its arguments, without those that only open what another of them opens
 * too. 0: it denies nothing. */
uint64_t filter_call_denials(const char *name);

/* Numbers of calls are below this one; rules about others are not possible. */
uint32_t filter_number_end(void);

#endif
