/* Other processes, as /proc shows them. They may be hostile: nothing here enters,
 * traces or waits for one, and what is read is bounded. Names, links and texts come
 * back as they are; whoever prints them escapes them. */
#ifndef IMMURE_SYS_PROC_H
#define IMMURE_SYS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct error;

/* Open /proc/PID. The descriptor, which the caller owns, stands for that one process:
 * when it is gone, every question through it fails with ESRCH, also when its number
 * is given to another. -1: ENOENT in err->code when there is none, or /proc hides it. */
int proc_open(pid_t pid, struct error *err);

/* The first `most` bytes of file `name` of the process, from the arena and with a NUL
 * behind them; *ret_cut when there were more. Only for files that the kernel fills from
 * what it knows itself: see proc_read_memory(). -1 and errno. */
int proc_read(struct arena *arena, int process, const char *name, size_t most,
	      char **ret_text, size_t *ret_length, bool *ret_cut);

/* The same for a file that is filled from the memory of the process (environ,
 * cmdline). Such a read waits for the lock of that memory, which a thread of the
 * process can hold for long, as while it waits for a file system of its own; so a
 * child reads, and after two seconds is left to itself (ETIMEDOUT). */
int proc_read_memory(struct arena *arena, int process, const char *name, size_t most,
		     char **ret_text, size_t *ret_length, bool *ret_cut);

/* The text of a link of the process ("ns/mnt", "fd/3", "root"), from the arena; NULL
 * and errno when it may not be read or is none. */
char *proc_link(struct arena *arena, int process, const char *name);

/* Call `each` with every number that names an entry of directory `name` of the process
 * ("fd", "task"), or of /proc itself when `process` is NO_FD, until it answers false.
 * -1 and errno when the directory may not be read. */
int proc_each_number(int process, const char *name, bool (*each)(void *context, int number),
		     void *context);

/* What an open file of a process is. */
struct proc_object {
	mode_t mode;			/* S_IFMT and permission bits */
	dev_t device;			/* of its file system */
	dev_t node;			/* the number of a device node */
};

/* Look at what descriptor `number` of the process is, without asking a server behind
 * its file system. -1 and errno. */
int proc_look(int process, int number, struct proc_object *ret_object);

/* The user id that owns the entry `name` of the process: not the process's own when
 * the process is not dumpable. -1 and errno. */
int proc_owner(int process, const char *name, uid_t *ret_uid);

/* The inode number of the user namespace that owns a namespace of the process
 * ("mnt", "net"): 0 when it may not be known, also because it is none of ours. */
uint64_t proc_namespace_owner(int process, const char *name);

/* A small file below an open directory, reached without any link and without leaving
 * its file system; its first line, from the arena. NULL and errno. */
char *proc_setting(struct arena *arena, int directory, const char *path);

/* A directory to give to proc_setting(), which the caller owns, or -1 and errno. */
int proc_settings_open(const char *path);

/* The name of a capability ("cap_sys_admin"), from the arena; its number when this
 * program is older than it. */
const char *proc_capability(struct arena *arena, unsigned number);

#endif
