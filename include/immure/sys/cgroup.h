/* Control groups, version 2: cgroups(7), and the kernel's admin-guide/cgroup-v2. A
 * group is a directory; what it limits are the controllers that its parent has enabled
 * for all of its children. */
#ifndef IMMURE_SYS_CGROUP_H
#define IMMURE_SYS_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct error;

/* The controllers that we use, as bits. */
enum cgroup_controller { CGROUP_MEMORY = 1, CGROUP_PIDS = 2, CGROUP_CPU = 4 };

/* "memory, pids": the names of those bits, from the arena. */
const char *cgroup_names(struct arena *arena, unsigned wanted);

/* Where a process is: directories of the mounted hierarchy, from the arena. */
struct cgroup_place {
	const char *top;	/* the highest one that can be seen */
	const char *own;	/* that of the process, `top` or below it */
};

/* Find a place in the texts of /proc/PID/mountinfo and /proc/PID/cgroup. -1 when they
 * know no hierarchy of version 2, or none that is mounted where it shows the process's
 * own group, as in a container that kept the host's mounts. */
int cgroup_place_read(struct arena *arena, const char *mountinfo, const char *membership,
		      struct cgroup_place *ret_place, struct error *err);

/* The same for this process. */
int cgroup_place_own(struct arena *arena, struct cgroup_place *ret_place, struct error *err);

/* Who is in a group, children not counted. */
enum cgroup_members { CGROUP_EMPTY, CGROUP_ONLY_US, CGROUP_OTHERS };

struct cgroup_facts {
	unsigned available;	/* the controllers that it has itself */
	unsigned enabled;	/* the ones that its children have */
	bool is_root;		/* of all of the host: may have members and hand down */
	bool delegated;		/* systemd's mark: it keeps out of what is below */
	int may_create;		/* 0, or the errno that making a child and moving a */
				/* process between children would end with */
	int may_enable;		/* the same for handing a controller down */
	enum cgroup_members members;
};

/* Look at the group of that directory; a directory without the files of a group is
 * none. Nothing is changed. -1 says why. */
int cgroup_look(const char *path, struct cgroup_facts *ret_facts, struct error *err);

/* Open the directory of a group. The caller owns it. */
int cgroup_open(const char *path, struct error *err);

/* Make the group `name` in the one that `parent` is open on, and open it: a locked
 * directory, which tells cgroup_sweep() that somebody needs it as long as one copy of
 * the descriptor is open. The caller owns it, and removes the group. */
int cgroup_make(int parent, const char *name, struct error *err);

/* Remove what earlier runs could not: the groups in `parent` whose names begin with
 * `start`, that are empty and that nobody holds. What cannot be removed stays. */
void cgroup_sweep(int parent, const char *start);

/* Write to a file of a group. */
int cgroup_write(int group, const char *file, const char *value, struct error *err);

/* Does the group have this file? */
bool cgroup_has(int group, const char *file);

/* Hand controllers down to the children of a group, or with `enable` false not any
 * more. EBUSY: it has members of its own and is not the root, or, for the latter,
 * a child uses them. */
int cgroup_hand_down(int group, unsigned wanted, bool enable, struct error *err);

/* Open the file by which processes join a group. Who may join is asked of whoever
 * opened it, so that a process in a user namespace of its own can use it too. */
int cgroup_open_members(int group, struct error *err);

/* From here on, `other` counts as this process does: it only waits for what this one
 * finds out, and goes with it where it goes. 0: nobody. */
void cgroup_travel_with(pid_t other);

/* Move this process into the group of that file. */
int cgroup_join(int members, struct error *err);

/* The number behind `key` in a file of lines "KEY NUMBER", such as memory.events; 0
 * when it has none. */
uint64_t cgroup_count(int group, const char *file, const char *key);

/* Remove the group `name`, open as `group`, from `parent`. Whoever is still in it is
 * ended first, by the kernel (5.14 and newer); it is waited for a moment until they
 * are gone. -1 when the group stays. */
int cgroup_remove(int parent, const char *name, int group, struct error *err);

#endif
