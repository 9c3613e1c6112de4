/* The probes: each does what a run does, by the same calls, so that what it fails with
 * and what there is to type are the same words.
 *
 * They stand in an order in which what rests on something comes after it. One that
 * cannot work, because what it rests on does not, is not tried: that would only say the
 * same once more. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/plan/plan.h>
#include <immure/run/sandbox.h>
#include <immure/sys/cgroup.h>
#include <immure/sys/file.h>
#include <immure/sys/host.h>
#include <immure/sys/kernel.h>
#include <immure/sys/landlock.h>
#include <immure/sys/link.h>
#include <immure/sys/mount.h>
#include <immure/sys/namespace.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/seccomp.h>
#include <immure/sys/socket.h>
#include <immure/sys/tap.h>
#include <immure/sys/tty.h>

#include "doctor.h"

enum { ALONE = CLONE_NEWUSER | CLONE_NEWNS };

static const struct mount_rights writable = { .writable = true };

/* As trial_inside(); but what is used up is told by the limits of the caller's own user
 * namespace, and those of a new one say nothing. */
static int inside(uint64_t namespaces, trial_body *body, void *context,
		  struct trial_answer *answer)
{
	struct error *err = &answer->error;
	int result = trial_inside(namespaces, body, context, answer);

	if (result < 0 && err->hint[0] && (err->code == ENOSPC || err->code == EUSERS)) {
		err->hint[0] = '\0';
		(void)hint_limits(err, namespaces, 1);
	}
	return result;
}

static int do_nothing(void *context, struct trial_answer *answer)
{
	(void)context;
	(void)answer;
	return 0;
}

/* --- namespaces ----------------------------------------------------------------------- */

/* Without a map: AppArmor lets one make them, and then takes the rights in them away. */
static int try_user(void *context, struct trial_answer *answer)
{
	AUTO_FD int pidfd = NO_FD;
	int status;

	(void)context;
	pid_t pid = process_fork(CLONE_NEWUSER, &pidfd, &answer->error);
	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : process_await(pidfd, &status, &answer->error);
}

static int try_id_map(void *context, struct trial_answer *answer)
{
	(void)context;
	return inside(CLONE_NEWUSER, do_nothing, NULL, answer);
}

/* That one has it is not enough: it must be of use. */
static int use_namespace(void *context, struct trial_answer *answer)
{
	const struct probe *probe = context;

	if (probe->namespaces & CLONE_NEWUTS)
		return hostname_set("immure", &answer->error);
	if (probe->namespaces & CLONE_NEWNET)
		return link_up("lo", &answer->error);
	if ((probe->namespaces & CLONE_NEWPID) && getpid() != 1)
		return fail(&answer->error, 0, "its first process is number %d", getpid());
	return 0;
}

static int try_namespace(void *context, struct trial_answer *answer)
{
	const struct probe *probe = context;

	return inside(CLONE_NEWUSER | probe->namespaces, use_namespace, context, answer);
}

static int make_second(void *context, struct trial_answer *answer)
{
	return trial_inside(CLONE_NEWUSER, do_nothing, context, answer);
}

static int try_second_user(void *context, struct trial_answer *answer)
{
	return inside(CLONE_NEWUSER, make_second, context, answer);
}

static int make_time(void *context, struct trial_answer *answer)
{
	static const char offsets[] = "monotonic 86400 0\n";
	struct error *err = &answer->error;

	(void)context;
	if (unshare(CLONE_NEWTIME) < 0) {
		(void)fail(err, errno, "enter a new time namespace");
		return err->code == EINVAL ? hint(err, "Linux 5.6 or newer has them, if it was built"
							" with them (CONFIG_TIME_NS)")
					   : hint_call(err, "2.6.16");
	}
	AUTO_FD int fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || fd_write_all(fd, offsets, strlen(offsets)) < 0)
		return fail(err, errno, "set a clock of a time namespace");
	return 0;
}

static int try_time(void *context, struct trial_answer *answer)
{
	struct error *err = &answer->error;
	int result = inside(CLONE_NEWUSER, make_time, context, answer);

	/* clone(2) has no place for it, so that it is made inside. */
	return result < 0 && err->code == ENOSPC
		? hint_limits(err, CLONE_NEWUSER | CLONE_NEWTIME, 1) : result;
}

/* --- files ------------------------------------------------------------------------------ */

static int make_tmpfs(void *context, struct trial_answer *answer)
{
	static const char *const options[][2] = {
		{ "size", "64k" }, { "nr_inodes", "16" }, { "mode", "0755" }, { NULL, NULL },
	};

	(void)context;
	return mount_new("tmpfs", options, writable, &answer->error);
}

static int make_in_namespace(void *context, struct trial_answer *answer)
{
	AUTO_FD int tree = make_tmpfs(context, answer);

	return tree < 0 ? -1 : 0;
}

static int try_tmpfs(void *context, struct trial_answer *answer)
{
	return inside(ALONE, make_in_namespace, context, answer);
}

/* As a view is made: an empty root, a bind in it, and the old root gone. */
static int change_root(void *context, struct trial_answer *answer)
{
	static const char device[] = "/dev/null", name[] = "null";
	const struct mount_rights device_rights = { .writable = true, .devices = true };
	struct error *err = &answer->error;
	struct file_id id;

	AUTO_FD int root = make_tmpfs(context, answer);
	if (root < 0 || mount_attach_on_root(root, err) < 0)
		return -1;
	AUTO_FD int place = openat(root, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (place < 0)
		return fail(err, errno, "make a file in a new root");
	AUTO_FD int tree = mount_copy(AT_FDCWD, device, err);
	if (tree < 0 || mount_restrict(tree, device_rights, true, err) < 0 ||
	    mount_attach(tree, root, name, err) < 0 || mount_enter(root, err) < 0)
		return -1;
	if (file_look("/null", true, &id, err) < 0)
		return -1;
	if (id.type != S_IFCHR || access("/proc", F_OK) == 0 || access("/dev", F_OK) == 0)
		return fail(err, 0, "the new root is not what was mounted");
	if (mount_is_by_path())
		(void)snprintf(answer->note, sizeof(answer->note), "by mount(2): the kernel is older"
			       " than Linux 5.12, or a filter hides its calls");
	return 0;
}

static int try_mounts(void *context, struct trial_answer *answer)
{
	return inside(ALONE, change_root, context, answer);
}

static int make_proc(void *context, struct trial_answer *answer)
{
	(void)context;
	AUTO_FD int tree = mount_new("proc", NULL, writable, &answer->error);
	if (tree < 0)
		return -1;
	AUTO_FD int self = openat(tree, "1/status", O_RDONLY | O_CLOEXEC);
	return self < 0 ? fail(&answer->error, errno, "find process 1 in a new proc") : 0;
}

static int try_proc(void *context, struct trial_answer *answer)
{
	return inside(ALONE | CLONE_NEWPID, make_proc, context, answer);
}

/* Read-only, as a run has it: where the one that is visible is so, a writable one would
 * be too revealing. */
static int make_sysfs(void *context, struct trial_answer *answer)
{
	const struct mount_rights read_only = { .writable = false };

	(void)context;
	AUTO_FD int tree = mount_new("sysfs", NULL, read_only, &answer->error);
	return tree < 0 ? -1 : 0;
}

static int try_sysfs(void *context, struct trial_answer *answer)
{
	return inside(ALONE | CLONE_NEWNET, make_sysfs, context, answer);
}

static int make_devpts(void *context, struct trial_answer *answer)
{
	static const char *const options[][2] = {
		{ "newinstance", NULL }, { "ptmxmode", "0666" }, { "mode", "620" }, { NULL, NULL },
	};
	const struct mount_rights rights = { .writable = true, .devices = true };
	AUTO_FD int master = NO_FD, slave = NO_FD;

	(void)context;
	AUTO_FD int tree = mount_new("devpts", options, rights, &answer->error);
	return tree < 0 ? -1 : tty_pair(tree, &master, &slave, &answer->error);
}

static int try_devpts(void *context, struct trial_answer *answer)
{
	return inside(ALONE, make_devpts, context, answer);
}

static int make_mqueue(void *context, struct trial_answer *answer)
{
	(void)context;
	AUTO_FD int tree = mount_new("mqueue", NULL, writable, &answer->error);
	return tree < 0 ? -1 : 0;
}

static int try_mqueue(void *context, struct trial_answer *answer)
{
	return inside(ALONE | CLONE_NEWIPC, make_mqueue, context, answer);
}

/* Layers have to be mounted in our own namespace, and the names are short by standing
 * among them. */
static int make_overlay(void *context, struct trial_answer *answer)
{
	static const char *const options[][2] = {
		{ "lowerdir", "lower" }, { "upperdir", "upper" }, { "workdir", "work" },
		{ "userxattr", NULL }, { NULL, NULL },
	};
	static const char *const layers[] = { "lower", "upper", "work" };
	struct error *err = &answer->error;

	AUTO_FD int layer = make_tmpfs(context, answer);
	if (layer < 0 || mount_attach_on_root(layer, err) < 0)
		return -1;
	for (size_t i = 0; i < 3; i++)
		if (mkdirat(layer, layers[i], 0755) < 0)
			return fail(err, errno, "make a layer");
	if (fchdir(layer) < 0)
		return fail(err, errno, "stand among the layers");
	AUTO_FD int tree = mount_new("overlay", options, writable, err);
	if (tree >= 0)
		return 0;
	return err->code == EPERM || err->code == EINVAL
		? hint(err, "Linux 5.11 or newer lets ordinary users mount them") : -1;
}

static int try_overlay(void *context, struct trial_answer *answer)
{
	return inside(ALONE, make_overlay, context, answer);
}

/* --- settings ----------------------------------------------------------------------------- */

static int make_third(void *context, struct trial_answer *answer)
{
	AUTO_FD int pidfd = NO_FD;

	(void)context;
	pid_t pid = process_fork(CLONE_NEWUSER, &pidfd, &answer->error);
	if (pid == 0)
		_exit(0);
	return pid > 0 ? fail(&answer->error, 0, "a limit of namespaces does not hold") : 0;
}

/* What makes that the command gets no user namespace: the limit of the first allows the
 * second, and none below. It is set through a /proc of its own if there can be one. */
static int set_limit(void *context, struct trial_answer *answer)
{
	struct error *err = &answer->error, ignored;

	AUTO_FD int procfs = mount_new("proc", NULL, writable, &ignored);
	if (procfs < 0)
		procfs = procfs_open("/proc", err);
	if (procfs < 0)
		return -1;
	AUTO_FD int settings = sysctl_open(procfs, err);
	if (settings < 0 || sysctl_write(settings, "user.max_user_namespaces", "1", err) < 0)
		return -1;
	/* Below something mounted on `/` we were in a chroot, to the kernel. */
	if (mount_leave_nothing(err) < 0)
		return -1;
	return trial_inside(CLONE_NEWUSER, make_third, context, answer);
}

static int try_settings(void *context, struct trial_answer *answer)
{
	return inside(ALONE | CLONE_NEWPID, set_limit, context, answer);
}

/* --- what the command is confined by ------------------------------------------------------ */

static int drop_rights(void *context, struct trial_answer *answer)
{
	(void)context;
	return privilege_drop_all(0, &answer->error) < 0 ? -1 : privilege_no_new(&answer->error);
}

static int try_rights(void *context, struct trial_answer *answer)
{
	return inside(CLONE_NEWUSER, drop_rights, context, answer);
}

/* One call, which does no harm, gets another answer. */
enum { ASKED_CALL = SYS_getppid, ODD_ANSWER = 4711 };

#define ON_ASKED_CALL(verdict) { \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ASKED_CALL, 0, 1), \
	BPF_STMT(BPF_RET | BPF_K, (verdict)), \
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), \
}
enum { FILTER_LENGTH = 4 };

static int try_filter(void *context, struct trial_answer *answer)
{
	static const struct sock_filter filter[] = ON_ASKED_CALL(SECCOMP_RET_ERRNO | ENXIO);
	struct error *err = &answer->error;

	(void)context;
	if (privilege_no_new(err) < 0 || seccomp_load(filter, FILTER_LENGTH, false, err) < 0)
		return -1;
	return syscall(ASKED_CALL) < 0 && errno == ENXIO
		? 0 : fail(err, 0, "a filter of system calls does not hold");
}

static void ask(int channel) __attribute__((noreturn));
static void ask(int channel)
{
	static const struct sock_filter filter[] = ON_ASKED_CALL(SECCOMP_RET_USER_NOTIF);
	struct error error = { 0 };
	int listener = NO_FD;

	if (process_die_with_parent(&error) == 0 && privilege_no_new(&error) == 0)
		listener = seccomp_listen(filter, FILTER_LENGTH, &error);
	if (socket_send(channel, &error, sizeof(error), listener, &error) < 0 || listener < 0)
		_exit(1);
	_exit(syscall(ASKED_CALL) == ODD_ANSWER ? 0 : 1);
}

static int try_questions(void *context, struct trial_answer *answer)
{
	struct error *err = &answer->error, told = { 0 };
	AUTO_FD int pidfd = NO_FD, listener = NO_FD;
	int status;

	(void)context;
	AUTO_FD int channel = NO_FD, other_end = NO_FD;
	if (socket_pair(&channel, &other_end, err) < 0)
		return -1;
	pid_t pid = process_fork(0, &pidfd, err);
	if (pid == 0)
		ask(other_end);
	fd_close(&other_end);
	if (pid < 0 || socket_receive(channel, &told, sizeof(told), &listener, err) < 0)
		return -1;
	if (listener < 0) {
		*err = told;
		return -1;
	}
	if (seccomp_answer(listener, ODD_ANSWER, err) < 0 ||
	    process_await(pidfd, &status, err) < 0)
		return -1;
	return status_of(status) == 0 ? 0 : fail(err, 0, "the answer did not arrive");
}

static int try_keyring(void *context, struct trial_answer *answer)
{
	(void)context;
	return process_new_keyring(&answer->error);
}

static int try_closing(void *context, struct trial_answer *answer)
{
	(void)context;
	return process_close_on_exec(&answer->error);
}

/* What the kernel was built with is one thing, and what it was started with another. */
static int no_landlock(struct error *err)
{
	struct arena *arena = arena_new();	/* it ends with the trial */
	struct error ignored;
	char *modules = NULL;
	size_t length;

	(void)fail(err, 0, "this kernel has none, or was started without it");
	if (file_read(arena, "/sys/kernel/security/lsm", 4096, &modules, &length, &ignored) == 0 &&
	    *modules)
		return hint(err, "if Linux is 5.13 or newer and has it built in, boot with:"
			    " lsm=landlock,%s", modules);
	return hint(err, "Linux 5.13 or newer has it, if it is among the lsm= that it was booted"
		    " with");
}

static int try_landlock(void *context, struct trial_answer *answer)
{
	struct arena *arena = arena_new();	/* it ends with the trial */
	struct error *err = &answer->error;

	(void)context;
	int abi = landlock_abi(err);
	if (abi <= 0)
		return abi < 0 ? -1 : no_landlock(err);
	AUTO_FD int ruleset = landlock_new(landlock_rights(abi), landlock_scopes(abi), err);
	if (ruleset < 0 || privilege_no_new(err) < 0 || landlock_enter(ruleset, err) < 0)
		return -1;
	AUTO_FD int denied = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (denied >= 0 || errno != EACCES)
		return fail(err, 0, "a domain without rules does not hold");
	const char *lacks = landlock_lacking(arena, abi);
	(void)snprintf(answer->note, sizeof(answer->note), "ABI %d%s%s", abi,
		       *lacks ? ", which lacks " : "", lacks);
	return *lacks ? 1 : 0;
}

/* --- what options want ----------------------------------------------------------------------- */

static int try_group(void *context, struct trial_answer *answer)
{
	struct arena *arena = arena_new();	/* it ends with the trial */
	struct plan plan = {
		.arena = arena,
		.started = file_clock(),
		.group = {
			.controllers = CGROUP_MEMORY | CGROUP_PIDS | CGROUP_CPU,
			.memory = 64 << 20, .pids = 64, .cpus = 1000,
			.memory_origin = "doctor", .pids_origin = "doctor",
			.cpus_origin = "doctor",
		},
	};
	struct group *group = &plan.group;

	/* Who waits for us is in the same group, and a run would be alone there. */
	(void)context;
	cgroup_travel_with(getppid());
	plan_group_find(arena, group);
	if (group->way != GROUP_ALONE)
		cgroup_travel_with(0);
	if (sandbox_try_group(&plan, &answer->error) < 0)
		return -1;
	if (group->way == GROUP_SCOPE)
		(void)snprintf(answer->note, sizeof(answer->note), "a scope of systemd");
	else
		(void)snprintf(answer->note, sizeof(answer->note), "below %s", group->parent);
	return 0;
}

/* The other side of try_several_ids(): waits for its maps, and looks whether it has them. */
static void be_mapped(const struct id_maps *maps, int channel) __attribute__((noreturn));
static void be_mapped(const struct id_maps *maps, int channel)
{
	struct error error;
	AUTO_FD int nothing = NO_FD;
	char word;

	if (process_die_with_parent(&error) < 0 ||
	    socket_receive(channel, &word, sizeof(word), &nothing, &error) <= 0)
		_exit(1);
	AUTO_FD int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_exit(idmap_check(self, &maps->outer_uids, &maps->outer_gids, &error) < 0);
}

static int call_tool(struct arena *arena, const struct id_maps *maps, int which, pid_t pid,
		     struct trial_answer *answer)
{
	const struct id_extents *map = which ? &maps->outer_gids : &maps->outer_uids;
	const char **argv = arena_alloc(arena, (3 * map->count + 3) * sizeof(*argv));
	size_t count = 0;

	argv[count++] = maps->tools[which];
	argv[count++] = arena_format(arena, "%d", pid);
	list_each(const struct id_extent, extent, map) {
		argv[count++] = arena_format(arena, "%u", extent->inside);
		argv[count++] = arena_format(arena, "%u", extent->outside);
		argv[count++] = arena_format(arena, "%u", extent->count);
	}
	int status = trial_execute(argv[0], argv, answer);
	if (status <= 0)
		return status;
	(void)fail(&answer->error, 0, "%s: %s", argv[0], answer->note);
	return maps->advice[which] ? hint(&answer->error, "%s", maps->advice[which]) : -1;
}

static int write_maps(struct arena *arena, const struct id_maps *maps, pid_t pid,
		      struct trial_answer *answer)
{
	AUTO_FD int process = open(arena_format(arena, "/proc/%d", pid),
				   O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (process < 0)
		return fail(&answer->error, errno, "open /proc/%d", pid);
	if (maps->by_hand)
		return idmap_write(process, &maps->outer_uids, &maps->outer_gids, &answer->error);
	return call_tool(arena, maps, 0, pid, answer) < 0
		? -1 : call_tool(arena, maps, 1, pid, answer);
}

static uint64_t count_ids(const struct id_extents *map)
{
	uint64_t count = 0;

	list_each(const struct id_extent, extent, map)
		count += extent->count;
	return count;
}

static int try_several_ids(void *context, struct trial_answer *answer)
{
	struct arena *arena = arena_new();	/* it ends with the trial */
	struct error *err = &answer->error;
	AUTO_FD int pidfd = NO_FD;
	struct id_maps maps;
	int status;

	(void)context;
	AUTO_FD int channel = NO_FD, other_end = NO_FD;
	if (plan_map_auto(arena, &maps, err) < 0 || socket_pair(&channel, &other_end, err) < 0)
		return -1;
	pid_t pid = process_fork(CLONE_NEWUSER, &pidfd, err);
	if (pid == 0)
		be_mapped(&maps, other_end);
	fd_close(&other_end);
	if (pid < 0 || write_maps(arena, &maps, pid, answer) < 0 ||
	    socket_send(channel, "", 1, NO_FD, err) < 0 ||
	    process_await(pidfd, &status, err) < 0)
		return -1;
	if (status_of(status) != 0)
		return fail(err, 0, "the maps are not those that were asked for");
	(void)snprintf(answer->note, sizeof(answer->note), "%" PRIu64 " user ids and %" PRIu64
		       " group ids", count_ids(&maps.outer_uids), count_ids(&maps.outer_gids));
	return 0;
}

static int make_tap(void *context, struct trial_answer *answer)
{
	struct error *err = &answer->error;
	uint8_t hardware[6];

	(void)context;
	AUTO_FD int procfs = procfs_open("/proc", err);
	AUTO_FD int tun = procfs < 0 ? NO_FD : tun_find(err);
	AUTO_FD int tap = tun < 0 ? NO_FD : tap_open(procfs, tun, "tap0", NULL, hardware, err);
	return tap < 0 ? -1 : 0;
}

static int try_tap(void *context, struct trial_answer *answer)
{
	return inside(CLONE_NEWUSER | CLONE_NEWNET, make_tap, context, answer);
}

static int try_stack(void *context, struct trial_answer *answer)
{
	(void)context;
	return sandbox_try_stack(&answer->error);
}

static int make_veth(void *context, struct trial_answer *answer)
{
	(void)context;
	return link_make_veth("immure0", &answer->error);
}

static int try_veth(void *context, struct trial_answer *answer)
{
	return inside(CLONE_NEWUSER | CLONE_NEWNET, make_veth, context, answer);
}

static int try_ping(void *context, struct trial_answer *answer)
{
	(void)context;
	return link_may_ping(&answer->error);
}

/* --- what forbids them to ordinary users ------------------------------------------------------ */

static int note(struct trial_answer *answer, const char *text)
{
	(void)snprintf(answer->note, sizeof(answer->note), "%s", text);
	return 0;
}

static int try_switch(void *context, struct trial_answer *answer)
{
	switch (sysctl_number("kernel/unprivileged_userns_clone", -1)) {
	case -1:
		return note(answer, "this kernel has no switch that forbids them");
	case 0:
		return try_second_user(context, answer);
	default:
		return note(answer, "kernel.unprivileged_userns_clone allows them");
	}
}

static int try_apparmor(void *context, struct trial_answer *answer)
{
	if (sysctl_number("kernel/apparmor_restrict_unprivileged_userns", 0) <= 0)
		return note(answer, "it does not restrict user namespaces");
	if (try_id_map(context, answer) < 0)
		return -1;
	return note(answer, "it restricts user namespaces, and not those of this program");
}

/* --- the table ------------------------------------------------------------------------------ */

#define NS(name) NEED_NAMESPACE(NS_##name)

const struct probe doctor_probes[] = {
	{ .name = "user namespace", .needed = true, .need = NS(USER), .gives = NS(USER),
	  .try = try_user,
	  .loses = "only limits, environment and rights are kept away",
	  .option = "--share user,mount,pid,ipc,uts,net,cgroup" },
	{ .name = "id map", .needed = true, .need = NEED_ID_MAP | NS(USER), .gives = NEED_ID_MAP,
	  .rests_on = NS(USER), .try = try_id_map,
	  .loses = "nobody has rights in a user namespace, not even to mount" },
	{ .name = "mount namespace", .needed = true, .need = NS(MOUNT), .gives = NS(MOUNT),
	  .rests_on = NEED_ID_MAP, .try = try_namespace, .namespaces = CLONE_NEWNS,
	  .option = "--share mount" },
	{ .name = "pid namespace", .needed = true, .need = NS(PID), .gives = NS(PID),
	  .rests_on = NEED_ID_MAP, .try = try_namespace, .namespaces = CLONE_NEWPID,
	  .option = "--share pid" },
	{ .name = "ipc namespace", .needed = true, .need = NS(IPC), .gives = NS(IPC),
	  .rests_on = NEED_ID_MAP, .try = try_namespace, .namespaces = CLONE_NEWIPC,
	  .option = "--share ipc" },
	{ .name = "uts namespace", .needed = true, .need = NS(UTS), .gives = NS(UTS),
	  .rests_on = NEED_ID_MAP, .try = try_namespace, .namespaces = CLONE_NEWUTS,
	  .option = "--share uts" },
	{ .name = "net namespace", .needed = true, .need = NS(NET), .gives = NS(NET),
	  .rests_on = NEED_ID_MAP, .try = try_namespace, .namespaces = CLONE_NEWNET,
	  .option = "--share net" },
	{ .name = "cgroup namespace", .needed = true, .need = NS(CGROUP), .gives = NS(CGROUP),
	  .rests_on = NEED_ID_MAP, .try = try_namespace, .namespaces = CLONE_NEWCGROUP,
	  .option = "--share cgroup" },
	{ .name = "second user namespace", .needed = true, .need = NS(USER),
	  .rests_on = NEED_ID_MAP, .try = try_second_user,
	  .loses = "the command would own its mounts and its network" },
	{ .name = "tmpfs", .needed = true, .need = NEED_TMPFS, .gives = NEED_TMPFS,
	  .rests_on = NS(MOUNT), .try = try_tmpfs, .namespaces = CLONE_NEWNS,
	  .option = "--share mount" },
	{ .name = "binds and root", .needed = true, .need = NEED_MOUNTS, .gives = NEED_MOUNTS,
	  .rests_on = NEED_TMPFS, .try = try_mounts, .namespaces = CLONE_NEWNS,
	  .option = "--share mount" },
	{ .name = "new proc", .needed = true, .need = NEED_PROC, .gives = NEED_PROC,
	  .rests_on = NS(MOUNT) | NS(PID), .try = try_proc,
	  .loses = "it sees every process that is visible here", .option = "--proc host-ro" },
	{ .name = "new sysfs", .needed = true, .need = NEED_SYSFS, .gives = NEED_SYSFS,
	  .rests_on = NS(MOUNT) | NS(NET), .try = try_sysfs,
	  .loses = "it sees every device of the host", .option = "--sys host-ro" },
	{ .name = "new devpts", .needed = true, .need = NEED_DEVPTS, .gives = NEED_DEVPTS,
	  .rests_on = NS(MOUNT), .try = try_devpts,
	  .loses = "there are no terminals of its own" },
	{ .name = "new mqueue", .needed = true, .need = NEED_MQUEUE, .gives = NEED_MQUEUE,
	  .rests_on = NS(MOUNT) | NS(IPC), .try = try_mqueue,
	  .loses = "it shares your message queues and shared memory", .option = "--share ipc" },
	{ .name = "limits of namespaces", .needed = true, .need = NEED_SETTINGS,
	  .rests_on = NS(MOUNT) | NS(PID), .try = try_settings,
	  .loses = "the command could make user namespaces" },
	{ .name = "rights given up", .needed = true, .rests_on = NEED_ID_MAP, .try = try_rights,
	  .loses = "the command would keep rights" },
	{ .name = "filter of calls", .needed = true, .need = NEED_FILTER, .try = try_filter,
	  .loses = "every system call of the kernel can be made", .option = "--seccomp off" },
	{ .name = "session keyring", .needed = true, .need = NEED_KEYRING, .try = try_keyring,
	  .loses = "the caller's keys could be read" },
	{ .name = "close_range", .needed = true, .need = NEED_CLOSING, .try = try_closing,
	  .loses = "open files of the caller could pass" },

	{ .name = "Landlock", .need = NEED_LANDLOCK, .try = try_landlock,
	  .loses = "the second layer for files, abstract sockets and signals; a run says what it"
		   " lacks" },
	{ .name = "control group", .try = try_group, .seconds = 30,
	  .loses = "--memory, --pids and --cpus" },
	{ .name = "several ids", .rests_on = NS(USER), .try = try_several_ids,
	  .loses = "--map auto" },
	{ .name = "time namespace", .rests_on = NEED_ID_MAP, .try = try_time,
	  .loses = "--monotonic and --boottime" },
	{ .name = "tap device", .rests_on = NS(NET), .try = try_tap,
	  .loses = "a network of its own that leads out" },
	{ .name = "libslirp", .try = try_stack,
	  .loses = "a network of its own that leads out" },
	{ .name = "veth pair", .rests_on = NS(NET), .try = try_veth,
	  .loses = "networks between namespaces, inside of --nested" },
	{ .name = "ping socket", .try = try_ping,
	  .loses = "ping, from a network of its own to the outside" },
	{ .name = "overlay", .need = NEED_OVERLAY, .rests_on = NEED_TMPFS, .try = try_overlay,
	  .loses = "layers of files, as containers inside of --nested make them" },
	{ .name = "questions of filters", .rests_on = 0, .try = try_questions,
	  .loses = "programs that answer the system calls of others" },

	{ .name = "kernel's switch", .need = NS(USER), .try = try_switch,
	  .loses = "user namespaces, for ordinary users" },
	{ .name = "AppArmor", .need = NEED_ID_MAP, .try = try_apparmor,
	  .loses = "rights in user namespaces, for programs that it knows nothing of" },
	{ .name = NULL },
};
