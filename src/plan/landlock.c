/* Landlock's rules: from the same items that make the view.
 *
 * A rule allows something at an inode and at all that is found below it, whatever path
 * and mount lead there, and what no rule allows is refused, however it is reached: by
 * a descriptor that leaked, by a mount that is not where it should be, through /proc.
 * So each thing of the host gets a rule for exactly what its item lets the command do,
 * and each writable directory of our own one; what stands in our own /etc shares one.
 *
 * Rights only grow on the way down. What is read-only, covered or hidden inside of
 * something that may be written is kept so by the mounts alone; and that a directory
 * can be listed, which `/` must be, cannot be refused below it. Nor does Landlock know
 * modes, times and whether a file is there (attack/file_layers.bats).
 *
 * Not used: the rules about TCP ports, which know no addresses and would cut the
 * sandbox's own loopback; and those about sockets with a path (ABI 9), of which the
 * view has only those that somebody bound. */
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/landlock.h>
#include <immure/sys/weaken.h>

#include "plan_internal.h"

enum {
	READ = MAY_READ_FILE | MAY_READ_DIR,
	READ_AND_RUN = READ | MAY_EXECUTE,
	CHANGE = READ_AND_RUN | MAY_WRITE_FILE | MAY_TRUNCATE | MAY_REMOVE_DIR | MAY_REMOVE_FILE |
		 MAY_MAKE_DIR | MAY_MAKE_REG | MAY_MAKE_SOCK | MAY_MAKE_FIFO | MAY_MAKE_SYM |
		 MAY_REFER,
	/* /proc/self/comm, oom_score_adj ... are opened as a shell's ">" opens them. */
	USE_PROC = READ | MAY_WRITE_FILE | MAY_TRUNCATE,
	USE_QUEUES = READ | MAY_WRITE_FILE | MAY_MAKE_REG | MAY_REMOVE_FILE,
	USE_TERMINALS = READ | MAY_WRITE_FILE | MAY_IOCTL_DEV,
};

/* --- what this kernel has ---------------------------------------------------------- */

static const char *what_there_is(struct arena *arena, int abi)
{
	return abi == 0 ? "this kernel has none, or was started without it"
			: arena_format(arena, "this kernel's is ABI %d", abi);
}

int plan_landlock(struct planning *p, struct error *err)
{
	const struct choice *choice = &p->config->landlock;
	const char *origin = origin_of(p, choice->origin);

	if (weakened(WALL_LANDLOCK))
		return 0;
	if (choice->value == LANDLOCK_OFF) {
		note(p, "no Landlock: there is no second layer for files, abstract sockets and"
		     " signals");
		return 0;
	}
	int abi = landlock_abi(err);
	if (abi < 0)
		return -1;
	const char *lacks = landlock_lacking(p->arena, abi);
	if (*lacks && choice->value == LANDLOCK_REQUIRE) {
		(void)fail(err, 0, "landlock require (%s): %s, and lacks %s", origin,
			   what_there_is(p->arena, abi), lacks);
		return hint(err, "it needs Linux 6.12; to make use of what there is: %s",
			    choice->origin && choice->origin->file ? "landlock auto"
								   : "--landlock auto");
	}
	if (*lacks)
		note(p, "Landlock: %s, and the second layer lacks %s",
		     what_there_is(p->arena, abi), lacks);
	p->plan->landlock.abi = abi;
	p->plan->landlock.scopes = landlock_scopes(abi);
	return 0;
}

/* --- rules --------------------------------------------------------------------------- */

static uint32_t rights_of_bind(const struct item *item)
{
	uint32_t rights = item->writable ? CHANGE : READ_AND_RUN;

	/* Of the devices that everybody gets, a terminal is the one that needs its ioctls. */
	if (item->devices && (item->order > 0 || text_is(item->target, "/dev/tty")))
		rights |= MAY_IOCTL_DEV;
	if (item->id.type == S_IFDIR)
		return rights;
	return rights & MAY_OF_FILES & ~(item->id.type == S_IFREG ? 0u : MAY_EXECUTE);
}

static bool is_own_etc(const struct item *item)
{
	return item->kind == ITEM_DIRECTORY && text_is(item->target, "/etc");
}

static uint32_t rights_of(const struct item *item)
{
	switch (item->kind) {
	case ITEM_BIND: case ITEM_CURRENT:
		return rights_of_bind(item);
	case ITEM_SCRATCH: case ITEM_TMPFS:
		return CHANGE;
	case ITEM_TEXT: case ITEM_COPY:
		return READ_AND_RUN & MAY_OF_FILES;
	case ITEM_DIRECTORY:
		return is_own_etc(item) ? READ_AND_RUN : 0;
	case ITEM_PROC:
		return USE_PROC;
	case ITEM_SYSFS:
		return READ;
	case ITEM_MQUEUE:
		return USE_QUEUES;
	case ITEM_DEVPTS:
		return USE_TERMINALS;
	case ITEM_CONSOLE:
		return USE_TERMINALS & MAY_OF_FILES;
	case ITEM_POINT: case ITEM_LINK: case ITEM_SYSFS_PART: case ITEM_HIDE: case ITEM_PIN:
	case ITEM_READ_ONLY: case ITEM_KINDS:
		break;
	}
	return 0;
}

/* Is the item one of our own, or the host's to be read, for which a rule above is
 * enough? What may be written of the host, or has to be found without the view that
 * it stands in, has one of its own. */
static bool needs_none(const struct item *item, const struct item *etc)
{
	return etc && !item->writable && item->kind != ITEM_SCRATCH && item->kind != ITEM_TMPFS &&
	       path_is_below(item->target, etc->target);
}

/* A text or a copy is one file of our own: where its directory may be read, it may. */
static bool stands_in_allowed(const struct plan *plan, const struct item *item)
{
	if (item->kind != ITEM_TEXT && item->kind != ITEM_COPY)
		return false;
	for (const struct item *above = plan->items.items; above < item; above++)
		if (above->rights & MAY_READ_DIR && path_is_below(item->target, above->target))
			return true;
	return false;
}

/* A directory of our own that is made read-only once it is in its place is not writable
 * here either. Of the host's one what is mounted below it stays as it is. */
static void follow_read_only(struct plan *plan)
{
	list_each(const struct item, change, &plan->items) {
		if (change->kind != ITEM_READ_ONLY)
			continue;
		list_each(struct item, item, &plan->items)
			if ((item->kind == ITEM_SCRATCH || item->kind == ITEM_TMPFS) &&
			    item->length == change->length && text_is(item->target, change->target))
				item->rights &= READ_AND_RUN;
	}
}

void landlock_rules(struct plan *plan, int abi)
{
	const struct item *etc = NULL;

	plan->landlock = (struct landlock_plan){ .abi = abi, .scopes = landlock_scopes(abi) };
	/* Who shares the host's files asked for them as they are; and a domain that knows
	 * files lets nobody in it mount, for good, which --nested is for. */
	if (!plan->own_mounts || plan->nested_origin)
		return;
	plan->landlock.handled = landlock_rights(abi);
	plan->landlock.at_root = (plan->root_writable ? CHANGE : MAY_READ_DIR) &
				 plan->landlock.handled;
	list_each(struct item, item, &plan->items) {
		uint32_t rights = rights_of(item) & plan->landlock.handled;

		item->rights = needs_none(item, etc) || stands_in_allowed(plan, item) ? 0 : rights;
		if (is_own_etc(item))
			etc = item;
	}
	follow_read_only(plan);
}
