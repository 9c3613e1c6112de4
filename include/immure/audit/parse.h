/* The texts of /proc/PID. Pure; whoever wrote into them may be hostile. */
#ifndef IMMURE_AUDIT_PARSE_H
#define IMMURE_AUDIT_PARSE_H

#include <immure/audit/facts.h>

/* Read /proc/PID/status. false: it is not one; then *status is not complete. */
bool parse_status(struct arena *arena, const char *text, struct status_facts *status);

/* Read mountinfo into facts->mounts, of_host and host apart. A line that is not one
 * is left out. No more than `most` are taken, and facts->mounts_cut says so. */
void parse_mounts(struct audit_facts *facts, const char *text, size_t most);

/* Say of each mount whether another one lies over it. */
void mounts_find_hidden(struct audit_facts *facts);

/* Say of each mount of `facts` where in the world of `caller` it can be found. */
void mounts_find_host(struct audit_facts *facts, const struct audit_facts *caller);

/* The inode of a namespace link, "mnt:[4026531841]"; 0 for another text. */
uint64_t parse_namespace(const char *text);

/* One of uid_map and gid_map, at most 340 lines as the kernel has them. Returns how
 * many were written to `maps`. */
size_t parse_map(const char *text, struct map_facts *maps, size_t room);

/* Read limits into facts->limits. */
void parse_limits(struct audit_facts *facts, const char *text);

/* The controlling terminal of /proc/PID/stat, 0 for none, -1 when the text is not one.
 * The name in it may hold anything, parentheses too. */
int parse_terminal(const char *text);

/* The flags and the mount of fdinfo. false: they are not there. */
bool parse_open(const char *text, unsigned *ret_flags, int *ret_mount);

/* The names of the variables in an environment block of `length` bytes, each cut at
 * 128 bytes, at most `most`, into init->environment. */
void parse_environment(struct arena *arena, const char *bytes, size_t length, size_t most,
		       struct init_facts *init);

/* The names of the devices in /proc/PID/net/dev into facts->devices, at most 64. */
void parse_devices(struct audit_facts *facts, const char *text);

/* The path of a control group: of hierarchy "" (version 2) or of the one that has
 * `controller` (version 1); from the arena, NULL when it has none. */
const char *parse_cgroup(struct arena *arena, const char *text, const char *controller);

#endif
