/* /proc, /sys, /dev, and entries of /etc and of the root as the host has them.
 *
 * Each mount costs a start 10 to 14 microseconds, so that a cover is planned only
 * over what exists here and what the caller could open: the same file systems show
 * the same files to the command, with the same owner and mode. Real root could
 * open all of it. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>
#include <immure/sys/weaken.h>

#include "plan_internal.h"

/* What of /proc tells of the host or acts on it: security relevant files first of
 * the kernel, then of devices. */
static const char *const covered_of_proc[] = {
	"cmdline", "config.gz", "bootconfig", "kallsyms", "kcore", "keys", "key-users",
	"kmsg", "kpagecgroup", "kpagecount", "kpageflags", "latency_stats", "modules",
	"pagetypeinfo", "sched_debug", "slabinfo", "sysrq-trigger", "timer_list",
	"timer_stats", "vmallocinfo", "dynamic_debug",
	"acpi", "asound", "bus", "driver", "fs", "interrupts", "irq", "mtrr", "scsi",
};

/* What of the host's /sys says more than a program needs. */
static const char *const covered_of_sys[] = {
	"firmware", "hypervisor", "module", "power", "fs/bpf", "fs/cgroup", "fs/fuse",
	"fs/pstore", "fs/selinux", "kernel/boot_params", "kernel/btf", "kernel/config",
	"kernel/debug", "kernel/iommu_groups", "kernel/security", "kernel/slab",
	"kernel/tracing", "kernel/vmcoreinfo", "class/dmi", "devices/virtual/dmi",
	"devices/virtual/powercap",
};

/* The parts of a new sysfs that programs ask for: processors and network devices. */
static const char *const parts_of_sys[] = {
	"class/net", "devices/system", "devices/virtual/net",
};

static void cover(struct planning *p, const char *root, const char *origin,
		  const char *const *names, size_t count)
{
	struct file_id id;
	struct error ignored;

	for (size_t i = 0; i < count && !weakened(WALL_COVERS); i++) {
		const char *path = path_join(p->arena, root, names[i]);

		if (p->host.uid == 0 ? file_look(path, false, &id, &ignored) == 0
				     : file_readable(path))
			(void)item_add(p, ITEM_HIDE, path, origin, 0);
	}
}

#define COVER(p, root, origin, names) \
	cover((p), (root), (origin), (names), sizeof(names) / sizeof(*(names)))

/* The host's own, read-only with everything mounted below it. */
static void bind_host(struct planning *p, const char *path, const char *origin)
{
	struct item *item = item_add(p, ITEM_BIND, path, origin, 0);
	struct error ignored;

	item->source = path;
	(void)file_look(path, true, &item->id, &ignored);
}

void plan_proc(struct planning *p)
{
	const char *origin = origin_of(p, p->config->proc.origin);

	if (p->proc == KERNEL_NONE)
		return;
	if (p->proc == KERNEL_NEW)
		(void)item_add(p, ITEM_PROC, "/proc", origin, 0);
	else
		bind_host(p, "/proc", origin);
	/* Where a part of it is covered nobody inside could mount another one. */
	if (p->plan->nested_origin && p->proc == KERNEL_NEW)
		return;
	COVER(p, "/proc", origin, covered_of_proc);
	if (p->proc == KERNEL_NEW && !weakened(WALL_COVERS))
		(void)item_add(p, ITEM_READ_ONLY, "/proc/sys", origin, 0);
}

void plan_sys(struct planning *p)
{
	const char *origin = origin_of(p, p->config->sys.origin);

	if (p->sys == KERNEL_NONE)
		return;
	if (p->sys == KERNEL_HOST_READ_ONLY) {
		bind_host(p, "/sys", origin);
		COVER(p, "/sys", origin, covered_of_sys);
		return;
	}
	struct item *sysfs = item_add(p, ITEM_SYSFS, "/sys", origin, 0);
	sysfs->writable = p->plan->nested_origin;
	sysfs->given = p->joined[NS_NET];
	if (sysfs->writable)
		return;
	for (size_t i = 0; i < sizeof(parts_of_sys) / sizeof(parts_of_sys[0]); i++)
		item_add(p, ITEM_SYSFS_PART, path_join(p->arena, "/sys", parts_of_sys[i]),
			 origin, 0)->base = "/sys";
}

struct link {
	const char *path, *text;
};

static const char *const devices[] = {
	"/dev/full", "/dev/null", "/dev/random", "/dev/tty", "/dev/urandom", "/dev/zero",
};

static const struct link device_links[] = {
	{ "/dev/fd", "/proc/self/fd" },
	{ "/dev/stdin", "/proc/self/fd/0" },
	{ "/dev/stdout", "/proc/self/fd/1" },
	{ "/dev/stderr", "/proc/self/fd/2" },
	{ "/dev/ptmx", "pts/ptmx" },
};

/* POSIX message queues belong to the ipc namespace, and the kernel makes no file
 * system for one that is not ours: shared ones are the host's, if it shows them. */
static void plan_queues(struct planning *p, const char *origin)
{
	struct file_id id;
	struct error ignored;

	if (!p->shares[NS_IPC]) {
		struct item *queues = item_add(p, ITEM_MQUEUE, "/dev/mqueue", origin, 0);

		queues->given = p->joined[NS_IPC];
		queues->gives_way = !queues->given;
		return;
	}
	if (file_look("/dev/mqueue", true, &id, &ignored) < 0) {
		if (p->plan->landlock.abi > 0)
			note(p, "POSIX message queues cannot be opened: the host has no /dev/mqueue"
			     " to allow; without Landlock they can: --landlock off");
		return;
	}
	struct item *item = item_add(p, ITEM_BIND, "/dev/mqueue", origin, 0);
	item->source = "/dev/mqueue";
	item->id = id;
	item->writable = true;
}

int plan_dev(struct planning *p, struct error *err)
{
	const char *origin = origin_of(p, p->config->dev.origin);

	if (p->config->dev.value == DEVICES_NONE)
		return 0;
	if (p->plan->root.path)
		item_add(p, ITEM_DIRECTORY, "/dev", origin, 0)->anew = true;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		struct item *item = item_add(p, ITEM_BIND, devices[i], origin, 0);

		item->source = devices[i];
		item->writable = item->devices = true;
		if (file_look(devices[i], true, &item->id, err) < 0)
			return within(err, "make /dev (%s)", origin);
		if (item->id.type != S_IFCHR)
			return fail(err, 0, "make /dev (%s): the host's %s is no device", origin,
				    devices[i]);
	}
	for (size_t i = 0; i < sizeof(device_links) / sizeof(device_links[0]); i++) {
		struct item *item = item_add(p, ITEM_LINK, device_links[i].path, origin, 0);

		item->source = device_links[i].text;
		item->gives_way = true;
	}
	struct item *memory = item_add(p, ITEM_SCRATCH, "/dev/shm", origin, 0);
	memory->mode = 01777;
	memory->gives_way = true;
	(void)item_add(p, ITEM_DEVPTS, "/dev/pts", origin, 0);
	plan_queues(p, origin);
	if (p->plan->own_terminal)
		(void)item_add(p, ITEM_CONSOLE, "/dev/console", origin, 0);
	return 0;
}

/* Up to this size a file is copied: that costs less than a mount. */
enum { SMALL_FILE = 16 * 1024 };

/* One path as the host has it: a link stays a link, a directory or a large file is
 * bound read-only, a small readable file is copied, what is missing is skipped. */
static int plan_as_host(struct planning *p, const struct place *place, bool copies,
			struct error *err)
{
	const char *path = path_normal(p->arena, "/", place->target);
	const char *origin = origin_text(p->arena, place->origin);
	struct file_id id;

	if (file_look(path, false, &id, err) < 0) {
		if (err->code != ENOENT && err->code != ENOTDIR && err->code != EACCES)
			return within(err, "look at what the host has (%s)", origin);
		skipped(p, "%s (%s): the host does not have it", path, origin);
		return 0;
	}
	if (id.type == S_IFLNK) {
		const char *text = file_link(p->arena, path);

		if (!text)
			return fail(err, errno, "read the link %s (%s)", path, origin);
		struct item *link = item_add(p, ITEM_LINK, path, origin, place->order);
		link->source = text;
		link->gives_way = true;
		return 0;
	}
	if (id.type != S_IFREG && id.type != S_IFDIR) {
		skipped(p, "%s (%s): neither a file nor a directory", path, origin);
		return 0;
	}
	bool copy = copies && id.type == S_IFREG && id.size <= SMALL_FILE &&
		    ((id.mode & 0444) == 0444 || file_readable(path));
	struct item *item = item_add(p, copy ? ITEM_COPY : ITEM_BIND, path, origin,
				     place->order);
	item->source = path;
	item->id = id;
	item->mode = id.mode & 0555;
	item->gives_way = true;
	return 0;
}

int plan_etc(struct planning *p, const struct place *place, struct error *err)
{
	return plan_as_host(p, place, true, err);
}

int plan_system(struct planning *p, const struct place *place, struct error *err)
{
	if (text_is(path_normal(p->arena, "/", place->target), "/"))
		return fail(err, 0, "system / (%s): / itself is the sandbox's own",
			    origin_text(p->arena, place->origin));
	return plan_as_host(p, place, false, err);
}
