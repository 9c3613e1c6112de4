/* What one look from outside tells of a process and of the sandbox around it. Texts
 * are as the kernel gave them, and may be hostile. */
#ifndef IMMURE_AUDIT_FACTS_H
#define IMMURE_AUDIT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <immure/base/arena.h>

/* What is asked may be answered, or be kept from us. */
enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

enum audit_namespace {
	AUDIT_USER, AUDIT_MOUNT, AUDIT_PID, AUDIT_IPC, AUDIT_UTS, AUDIT_NET, AUDIT_CGROUP,
	AUDIT_TIME,
	AUDIT_NAMESPACES,
};

struct namespace_facts {
	uint64_t inode;			/* 0: not to be read */
	enum answer own;		/* another one than the caller's? */
	enum answer of_host;		/* the one of process 1 that we see? */
	/* Does it belong to the user namespace that the process itself is in? */
	enum answer owned;
};

enum capability_set { CAP_EFF, CAP_PRM, CAP_INH, CAP_BND, CAP_AMB, CAPABILITY_SETS };

/* /proc/PID/status. */
struct status_facts {
	char *name;			/* at most 15 bytes, as the kernel escapes them */
	char state;			/* R, S, D, T, Z ... */
	pid_t group, parent, tracer;	/* Tgid, PPid, TracerPid */
	uid_t uid[4];			/* real, effective, saved, file system */
	gid_t gid[4];
	LIST(gid_t) groups;
	unsigned depth;			/* pid namespaces between /proc's and its own, and 1 */
	pid_t inner_pid;		/* its number in its own pid namespace */
	pid_t inner_session;		/* its session's there; 0: the leader is outside */
	uint64_t capabilities[CAPABILITY_SETS];
	int no_new_privs;		/* 0, 1; -1: not told */
	int seccomp, filters;		/* mode 0, 1, 2 and how many filters; -1: not told */
	int threads;
};

/* One line of /proc/PID/mountinfo. */
struct mount_facts {
	int id, parent;
	unsigned major, minor;
	const char *root, *place, *type, *source;
	bool writable;			/* the mount and its file system both */
	bool nosuid, nodev, noexec;
	bool shared, follows;		/* propagation: to others, from others */
	bool hidden;			/* behind another mount */
	bool of_host;			/* of a file system that the caller has mounted, too */
	const char *host;		/* where the caller finds it; NULL: nowhere */
};

struct map_facts {
	uint32_t inside, outside, count;
};

struct limit_facts {
	const char *name;		/* as --rlimit has it */
	uint64_t soft, hard;		/* UINT64_MAX: none */
};

enum open_kind {
	OPEN_FILE, OPEN_DIRECTORY, OPEN_TERMINAL, OPEN_DEVICE, OPEN_SOCKET, OPEN_PIPE,
	OPEN_ANONYMOUS, OPEN_OTHER, OPEN_KINDS,
};

struct open_facts {
	int number;
	enum open_kind kind;
	const char *target;		/* the kernel's text for it */
	bool reads, writes, appends, path_only;
	enum answer outside;		/* of a mount that the process does not have */
	enum answer of_host;		/* a terminal of the caller's */
};

/* A LIST() with a name, and whether there were more. */
struct open_list {
	struct open_facts *items;
	size_t count, room;
	bool cut;
};

/* Another process of the same sandbox that has less of a wall than the one asked for. */
struct weaker_facts {
	pid_t pid;
	const char *name, *what;
};

struct init_facts {
	pid_t pid;			/* 0: there is none, or it was not found */
	struct status_facts status;
	enum answer hidden;		/* from processes of its own user (not dumpable) */
	int files_code, environment_code;	/* errno of not being able to read; 0: read */
	struct open_list files;
	LIST(const char *) environment;	/* names, no values */
};

struct audit_facts {
	struct arena *arena;
	pid_t asked, pid;		/* pid: the one that was looked at in its place */
	pid_t inside;			/* a process in the sandbox that `pid` keeps; 0: none */
	struct status_facts status;
	enum answer hidden;
	struct namespace_facts namespaces[AUDIT_NAMESPACES];
	LIST(struct map_facts) uid_map;
	LIST(struct map_facts) gid_map;
	enum answer setgroups_denied;
	const char *root;		/* NULL: not to be read */
	LIST(struct mount_facts) mounts;
	bool mounts_cut;
	int mounts_code;		/* errno; 0: read */
	const char *home;		/* of the user the process belongs to outside; NULL */
	uid_t caller;
	int files_code;
	struct open_list files;
	int terminal;			/* device number, 0: none, -1: not told */
	LIST(struct limit_facts) limits;
	const char *memory_limit, *pids_limit, *cpu_limit;	/* control group; NULL: none seen */
	LIST(const char *) devices;	/* of its network */
	int devices_code;
	const char *label;		/* AppArmor, SELinux; NULL: none */
	struct init_facts init;
	size_t processes;		/* seen in its pid namespace */
	LIST(struct weaker_facts) weaker;
	int legacy_tiocsti;		/* the host's sysctl dev.tty.legacy_tiocsti */
};

enum verdict { VERDICT_OK, VERDICT_UNKNOWN, VERDICT_WEAK, VERDICT_OPEN, VERDICTS };

struct judgement {
	const char *wall;
	enum verdict verdict;
	const char *why;		/* plain words */
	const char *advice;		/* what to do; NULL: nothing */
	bool unknowable;		/* no kernel tells: says nothing about the sandbox */
};

/* A LIST() with a name. */
struct judgement_list {
	struct judgement *items;
	size_t count, room;
};

#endif
