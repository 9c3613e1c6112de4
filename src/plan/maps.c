/* --map: more ids than the command's own.
 *
 * Whoever maps ids that are not his needs a right over them. newuidmap(1) and
 * newgidmap(1) have it, and give what /etc/subuid and /etc/subgid promise the caller;
 * root has it and needs neither. Those files are read here for what --dry-run shows, and
 * for what people are told; the tools have the last word.
 *
 * The set-up is user 0 of the first user namespace, and outside it is whoever the
 * command is: then the files that it makes are the command's, and the command needs to
 * become nobody else. The rest of the first namespace is numbered as it comes; what was
 * asked for is the map of the second one, by which the command sees itself. */
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>
#include <immure/sys/user.h>

#include "plan_internal.h"

/* Users and groups differ by their names alone. */
struct id_kind {
	const char *what, *file, *tool, *add, *del, *option;
};

static const struct id_kind kinds[] = {
	{ "user", "/etc/subuid", "newuidmap", "--add-subuids", "--del-subuids", "map" },
	{ "group", "/etc/subgid", "newgidmap", "--add-subgids", "--del-subgids", "map-gid" },
};

/* --- laying out ---------------------------------------------------------------------- */

static uint64_t end_of(uint32_t start, uint32_t count)
{
	return (uint64_t)start + count;
}

static void extent_add(struct arena *arena, struct id_extents *map, uint32_t inside,
		       uint32_t outside, uint64_t count)
{
	if (count > 0)
		*list_add(arena, map) = (struct id_extent){ inside, outside, (uint32_t)count };
}

static int check_overlaps(const struct id_extents *wanted, struct error *err)
{
	for (size_t i = 0; i < wanted->count; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct id_extent *a = &wanted->items[j], *b = &wanted->items[i];
			bool inside = a->inside < end_of(b->inside, b->count) &&
				      b->inside < end_of(a->inside, a->count);
			bool outside = a->outside < end_of(b->outside, b->count) &&
				       b->outside < end_of(a->outside, a->count);

			if (inside || outside)
				return fail(err, 0, "%u:%u:%u and %u:%u:%u overlap %s", a->inside,
					    a->outside, a->count, b->inside, b->outside, b->count,
					    inside ? "inside" : "outside");
		}
	}
	return 0;
}

/* The range that has the command. */
static const struct id_extent *extent_of(const struct id_extents *wanted, uint32_t command)
{
	list_each(const struct id_extent, extent, wanted)
		if (command >= extent->inside &&
		    command < end_of(extent->inside, extent->count))
			return extent;
	return NULL;
}

int maps_lay_out(struct arena *arena, const struct id_extents *wanted, uint32_t command,
		 struct id_layout *ret_layout, struct error *err)
{
	const struct id_extent *own = extent_of(wanted, command);
	struct id_layout layout = { 0 };
	uint64_t next = 1;

	if (check_overlaps(wanted, err) < 0)
		return -1;
	if (!own)
		return fail(err, 0, "nothing has the id %u, which the command is", command);
	layout.command_outside = own->outside + (command - own->inside);
	extent_add(arena, &layout.outer, 0, layout.command_outside, 1);
	extent_add(arena, &layout.inner, command, 0, 1);
	list_each(const struct id_extent, extent, wanted) {
		/* The command's own id is taken out of its range: what is left and right. */
		uint64_t left = extent == own ? command - extent->inside : extent->count;
		uint64_t right = extent == own ? extent->count - left - 1 : 0;
		const uint64_t sizes[] = { left, right };
		const uint64_t skips[] = { 0, left + 1 };

		for (int i = 0; i < 2; i++) {
			if (next + sizes[i] > UINT32_MAX)
				return fail(err, 0, "there are more ids than numbers for them");
			extent_add(arena, &layout.outer, (uint32_t)next,
				   (uint32_t)(extent->outside + skips[i]), sizes[i]);
			extent_add(arena, &layout.inner, (uint32_t)(extent->inside + skips[i]),
				   (uint32_t)next, sizes[i]);
			next += sizes[i];
		}
	}
	*ret_layout = layout;
	return 0;
}

struct id_extents maps_fill(struct arena *arena, const struct subid_list *ranges,
			    uint32_t caller, uint32_t command)
{
	struct id_extents wanted = { 0 };
	uint64_t next = 0;

	extent_add(arena, &wanted, command, caller, 1);
	list_each(const struct subid_range, range, ranges) {
		uint64_t done = 0;

		while (done < range->count && next < UINT32_MAX) {
			next += next == command;
			uint64_t room = (next < command ? command : UINT32_MAX) - next;
			uint64_t size = range->count - done;

			size = size < room ? size : room;
			extent_add(arena, &wanted, (uint32_t)next, (uint32_t)(range->start + done),
				   size);
			next += size;
			done += size;
		}
	}
	return wanted;
}

bool maps_keep_root_out(const struct config *config)
{
	const struct id_map_list *gids = config->gid_maps.count > 0 ? &config->gid_maps
								    : &config->maps;

	list_each(const struct id_map, map, &config->maps)
		if (map->automatic || map->outside == 0)
			return false;
	list_each(const struct id_map, map, gids)
		if (map->automatic || map->outside == 0)
			return false;
	return config->maps.count > 0;
}

/* --- the caller's ranges -------------------------------------------------------------- */

/* Who asks, and what everybody has. */
struct holder {
	const char *name;		/* NULL: no account */
	uid_t uid;
	struct subid_list all[2];
	bool privileged;		/* may map any id */
};

enum { USUAL_COUNT = 65536 };

/* What to type for a new range: NAME as usermod(8) knows it. */
static const char *to_add(struct planning *p, const struct holder *holder,
			  const struct id_kind *kind)
{
	const struct subid_list *all = &holder->all[kind - kinds];
	uint32_t start = subid_free(all, USUAL_COUNT);

	return arena_format(p->arena, "%s %u-%u", kind->add, start, start + USUAL_COUNT - 1);
}

/* The option that said it, and where: "map (command line)". */
static const char *said_by(struct planning *p, const struct id_map_list *said)
{
	return arena_format(p->arena, "%s%s (%s)", said == &p->config->maps ? "map" : "map-gid",
			    said->items[0].automatic ? " auto" : "",
			    origin_of(p, said->items[0].origin));
}

static int no_range(struct planning *p, const struct holder *holder,
		    const struct id_kind *kind, const struct id_map_list *said,
		    struct error *err)
{
	const char *adds = "";

	(void)fail(err, 0, "%s: %s has no range for %s", said_by(p, said), kind->file,
		   holder->name);
	if (holder->privileged)
		(void)hint(err, "root needs none: --map %s", maps_free_range(p));
	/* Who lacks one of the two lacks the other as a rule. */
	for (size_t i = 0; i < 2; i++) {
		bool has = false;

		list_each(const struct subid_range, range, &holder->all[i])
			has = has || subid_belongs(range, holder->name, holder->uid);
		if (!has)
			adds = arena_format(p->arena, "%s %s", adds, to_add(p, holder, &kinds[i]));
	}
	return hint(err, "to give you one: sudo usermod%s %s", adds,
		    text_shell(p->arena, holder->name));
}

static int overlapping(struct planning *p, const struct holder *holder,
		       const struct id_kind *kind, const struct subid_range *range,
		       const char *with, struct error *err)
{
	uint64_t last = end_of(range->start, range->count) - 1;

	(void)fail(err, 0, "%s:%u: the range %u:%u of %s overlaps %s", kind->file, range->line,
		   range->start, range->count, range->owner, with);
	(void)hint(err, "to have it all the same, say it by hand: --%s INSIDE:OUTSIDE:COUNT",
		   kind->option);
	return hint(err, "to have another one instead: sudo usermod %s %u-%u %s %s", kind->del,
		    range->start, (uint32_t)last, to_add(p, holder, kind),
		    text_shell(p->arena, holder->name));
}

static bool is_same(const struct subid_range *a, const struct subid_range *b)
{
	return a->start == b->start && a->count == b->count;
}

/* A range that somebody else has too would bring that one's files into reach; one with
 * the caller's own id or root's in it cannot be meant. */
static int check_range(struct planning *p, const struct holder *holder,
		       const struct id_kind *kind, uint32_t own,
		       const struct subid_range *range, struct error *err)
{
	const struct subid_range root = { .start = 0, .count = 1 };
	const struct subid_range caller = { .start = own, .count = 1 };

	if (subid_overlap(range, &root))
		return overlapping(p, holder, kind, range, "the machine's root, 0", err);
	if (subid_overlap(range, &caller))
		return overlapping(p, holder, kind, range,
				   arena_format(p->arena, "your own id, %u", own), err);
	list_each(const struct subid_range, other, &holder->all[kind - kinds])
		if (other->line != range->line && subid_overlap(range, other) &&
		    !(subid_belongs(other, holder->name, holder->uid) && is_same(range, other)))
			return overlapping(p, holder, kind, range,
					   arena_format(p->arena, "%u:%u of %s (line %u)",
							other->start, other->count,
							other->owner, other->line), err);
	return 0;
}

/* The caller's ranges in the file's order, each once. */
static int own_ranges(struct planning *p, const struct holder *holder,
		      const struct id_kind *kind, uint32_t own,
		      const struct id_map_list *said, struct subid_list *ret_ranges,
		      struct error *err)
{
	*ret_ranges = (struct subid_list){ 0 };
	list_each(const struct subid_range, range, &holder->all[kind - kinds]) {
		bool known = false;

		if (!subid_belongs(range, holder->name, holder->uid))
			continue;
		list_each(const struct subid_range, earlier, ret_ranges)
			known = known || is_same(range, earlier);
		if (known)
			continue;
		if (check_range(p, holder, kind, own, range, err) < 0)
			return within(err, "%s", said_by(p, said));
		*list_add(p->arena, ret_ranges) = *range;
	}
	return ret_ranges->count > 0 ? 0 : no_range(p, holder, kind, said, err);
}

static int look_for_holder(struct planning *p, struct holder *ret_holder, struct error *err)
{
	*ret_holder = (struct holder){
		.uid = p->host.uid,
		.name = account_look(p->arena, p->host.uid, p->host.gid).name,
		.privileged = privilege_has(CAP_SETUID) && privilege_has(CAP_SETGID),
	};
	for (size_t i = 0; i < 2; i++)
		if (subid_read(p->arena, kinds[i].file, &ret_holder->all[i], err) < 0)
			return -1;
	if (ret_holder->name || ret_holder->privileged)
		return 0;
	(void)fail(err, 0, "user %u has no account, and %s serves accounts alone", p->host.uid,
		   kinds[0].tool);
	return hint(err, "with the one id that needs no tool: without --map");
}

const char *maps_free_range(struct planning *p)
{
	struct subid_list ranges, groups;
	struct error ignored;

	/* What cannot be read is as good as empty here. */
	(void)subid_read(p->arena, kinds[0].file, &ranges, &ignored);
	(void)subid_read(p->arena, kinds[1].file, &groups, &ignored);
	list_each(const struct subid_range, range, &groups)
		*list_add(p->arena, &ranges) = *range;
	return arena_format(p->arena, "0:%u:%d", subid_free(&ranges, USUAL_COUNT), USUAL_COUNT);
}

/* --- one kind of ids -------------------------------------------------------------------- */

/* What was said for it; NULL when nothing was: then there is the one id. */
static const struct id_map_list *said_for(const struct config *config,
					  const struct id_kind *kind)
{
	const struct id_map_list *gids = &config->gid_maps, *maps = &config->maps;

	if (kind == &kinds[1] && gids->count > 0)
		return gids;
	return maps->count > 0 ? maps : NULL;
}

static int no_command(struct planning *p, const struct id_kind *kind, uint32_t own,
		      uint32_t command, const struct id_map_list *said, struct error *err)
{
	(void)fail(err, 0, "%s: the command is %s %u (%s), which no map has", said_by(p, said),
		   kind->what, command, origin_of(p, p->config->user.origin));
	return hint(err, "to let it stand for you: --%s %u:%u:1", kind->option, command, own);
}

static int lay_out(struct planning *p, const struct holder *holder,
		   const struct id_kind *kind, uint32_t own, uint32_t command,
		   struct id_layout *ret_layout, struct error *err)
{
	const struct id_map_list *said = said_for(p->config, kind);
	struct id_extents wanted = { 0 };
	struct subid_list ranges;

	if (said && said->items[0].automatic) {
		if (own_ranges(p, holder, kind, own, said, &ranges, err) < 0)
			return -1;
		wanted = maps_fill(p->arena, &ranges, own, command);
	} else if (said) {
		list_each(const struct id_map, map, said)
			extent_add(p->arena, &wanted, map->inside, map->outside, map->count);
		if (!extent_of(&wanted, command))
			return no_command(p, kind, own, command, said, err);
	} else {
		extent_add(p->arena, &wanted, command, own, 1);
	}
	if (maps_lay_out(p->arena, &wanted, command, ret_layout, err) == 0)
		return 0;
	return said ? within(err, "%s", said_by(p, said)) : -1;
}

/* One id, the caller's: what a process may map by itself. */
static bool is_own_alone(const struct id_layout *layout, uint32_t own)
{
	return layout->outer.count == 1 && layout->command_outside == own;
}

/* --- the tools ---------------------------------------------------------------------------- */

/* Where systems keep programs with rights. The caller's PATH says nothing here. */
static const char *const tool_places[] = {
	"/usr/bin", "/bin", "/usr/sbin", "/sbin", "/run/wrappers/bin",
};

static int look_for_tool(struct planning *p, const struct id_kind *kind, const char **ret_path,
			 struct error *err)
{
	const char *path = NULL;

	for (size_t i = 0; !path && i < sizeof(tool_places) / sizeof(tool_places[0]); i++) {
		path = arena_format(p->arena, "%s/%s", tool_places[i], kind->tool);
		path = file_executable(path) ? path : NULL;
	}
	if (!path) {
		(void)fail(err, 0, "%s, which gives out ids, is not installed", kind->tool);
		return hint(err, "on Debian and Ubuntu: sudo apt-get install uidmap");
	}
	const char *useless = privilege_gains_nothing(path);
	if (useless) {
		(void)fail(err, 0, "%s cannot give out ids: %s", path, useless);
		return hint(err, "where nothing else stands in the way: sudo chmod u+s %s", path);
	}
	*ret_path = path;
	return 0;
}

static bool is_granted(const struct holder *holder, const struct id_kind *kind, uint32_t own,
		       const struct id_extent *extent)
{
	if (extent->count == 1 && extent->outside == own)
		return true;
	list_each(const struct subid_range, range, &holder->all[kind - kinds])
		if (subid_belongs(range, holder->name, holder->uid) &&
		    extent->outside >= range->start &&
		    end_of(extent->outside, extent->count) <= end_of(range->start, range->count))
			return true;
	return false;
}

/* What to say when the tool refuses; the ranges can come from elsewhere, so that it
 * is asked in any case. */
static const char *advice_for(struct planning *p, const struct holder *holder,
			      const struct id_kind *kind, uint32_t own,
			      const struct id_layout *layout)
{
	const struct id_extent *wanted = NULL;

	list_each(const struct id_extent, extent, &layout->outer)
		if (!wanted && !is_granted(holder, kind, own, extent))
			wanted = extent;
	if (!wanted)
		return NULL;
	const char *missing = arena_format(p->arena, "%s does not give you %u:%u", kind->file,
					   wanted->outside, wanted->count);
	list_each(const struct subid_range, range, &holder->all[kind - kinds])
		if (subid_belongs(range, holder->name, holder->uid))
			return arena_format(p->arena, "%s; what it does: --%s 0:%u:%u", missing,
					    kind->option, range->start, range->count);
	return arena_format(p->arena, "%s, nor anything else; to be given a range: sudo usermod"
			    " %s %s", missing, to_add(p, holder, kind),
			    text_shell(p->arena, holder->name));
}

/* --- all of it ------------------------------------------------------------------------------ */

static int check_size(const struct id_layout *layout, const struct id_kind *kind,
		      struct error *err)
{
	char text[IDMAP_MOST_BYTES + 1];

	/* What numbers the second one has decides how long its lines are. */
	if (idmap_text(&layout->outer, text) < 0 || idmap_text(&layout->inner, text) < 0)
		return fail(err, 0, "map: %zu ranges of %s ids are more than the kernel takes",
			    layout->outer.count, kind->what);
	return 0;
}

static int check_contradictions(struct planning *p, struct error *err)
{
	const struct config *config = p->config;

	if (p->plan->own_user)
		return 0;
	return fail(err, 0, "%s and share user contradict each other",
		    said_by(p, config->maps.count > 0 ? &config->maps : &config->gid_maps));
}

int plan_maps(struct planning *p, struct error *err)
{
	const struct config *config = p->config;
	const uint32_t own[] = { p->host.uid, p->host.gid };
	const uint32_t command[] = { p->inside_uid, p->inside_gid };
	struct id_maps *maps = &p->plan->maps;
	struct id_layout layouts[2] = { 0 };
	struct holder holder = { 0 };

	if (config->maps.count == 0 && config->gid_maps.count == 0)
		return 0;
	if (check_contradictions(p, err) < 0 || look_for_holder(p, &holder, err) < 0)
		return -1;
	for (size_t i = 0; i < 2; i++)
		if (lay_out(p, &holder, &kinds[i], own[i], command[i], &layouts[i], err) < 0 ||
		    check_size(&layouts[i], &kinds[i], err) < 0)
			return -1;
	if (is_own_alone(&layouts[0], own[0]) && is_own_alone(&layouts[1], own[1]))
		return 0;
	/* Who writes them from outside looks into init, which is hidden then. */
	if (p->plan->joins.count > 0) {
		(void)fail(err, 0, "map: several ids, and what is joined (%s), contradict each other",
			   p->plan->joins.items[0].origin);
		return hint(err, "the ranges do not exist in what is joined; with the caller's id"
			    " alone: --map none");
	}
	maps->several = true;
	maps->by_hand = holder.privileged;
	for (size_t i = 0; i < 2 && !maps->by_hand; i++) {
		if (look_for_tool(p, &kinds[i], &maps->tools[i], err) < 0)
			return within(err, "map");
		maps->advice[i] = advice_for(p, &holder, &kinds[i], own[i], &layouts[i]);
	}
	maps->outer_uids = layouts[0].outer;
	maps->outer_gids = layouts[1].outer;
	maps->inner_uids = layouts[0].inner;
	maps->inner_gids = layouts[1].inner;
	maps->stranger = layouts[0].command_outside != own[0] ||
			 layouts[1].command_outside != own[1];
	/* newgidmap(1) forbids setgroups(2) where it gives out no group. */
	maps->no_groups = maps->by_hand || !is_own_alone(&layouts[1], own[1]);
	p->plan->outer.outside_uid = layouts[0].command_outside;
	p->plan->outer.outside_gid = layouts[1].command_outside;
	return 0;
}

int plan_map_auto(struct arena *arena, struct id_maps *ret_maps, struct error *err)
{
	struct config *config = arena_alloc(arena, sizeof(*config));
	struct plan *plan = arena_alloc(arena, sizeof(*plan));
	struct planning p = {
		.arena = arena, .config = config, .plan = plan, .root = NO_FD,
		.host = { .uid = geteuid(), .gid = getegid() },
	};

	plan->own_user = true;
	list_add(arena, &config->maps)->automatic = true;
	if (plan_maps(&p, err) < 0)
		return -1;
	*ret_maps = plan->maps;
	return 0;
}
