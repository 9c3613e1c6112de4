/* Namespaces that somebody made before.
 *
 * Each belongs to a user namespace, and only root of that one may enter it; which the
 * caller is where he made it. So the owners are entered first, from the outermost to
 * the innermost, each followed by what belongs to it. That there is such an order is
 * seen here, where nothing has started yet.
 *
 * They are opened here and entered by these descriptors: what was looked at is what is
 * joined, whatever happens to the file or the process. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>
#include <immure/sys/namespace.h>

#include "plan_internal.h"

/* In the order of the options. */
static const struct joinable {
	enum namespace namespace;
	const char *option;
	const char *gives_up;
} joinables[] = {
	{ NS_USER, "userns", "who is root of it has power over the command" },
	{ NS_NET, "netns", "it reaches every network and loopback service there" },
	{ NS_IPC, "ipcns", "it shares message queues and shared memory with whoever is in it" },
	{ NS_UTS, "utsns", "it sees the host name there" },
	{ NS_TIME, "timens", "it has the clocks there" },
};

/* The kernel's most: user_namespaces(7). */
enum { DEEPEST = 33 };

/* A user namespace that is entered, and how far below our own it is; 0 is our own. */
struct owner {
	int fd;
	struct file_id id;
	size_t depth;
	const char *option;		/* for whose sake */
	const char *origin;
};

struct joining {
	struct planning *p;
	struct owner owners[sizeof(joinables) / sizeof(joinables[0])];
	size_t count;
	struct join joins[sizeof(joinables) / sizeof(joinables[0])];
	size_t owner_of[sizeof(joinables) / sizeof(joinables[0])];
	size_t join_count;
};

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

static int open_namespace(struct planning *p, const struct joinable *joinable,
			  const char *value, const char **ret_text, struct error *err)
{
	int64_t pid;

	if (!is_number(value)) {
		*ret_text = value;
		return namespace_open_file(joinable->namespace, value, err);
	}
	if (text_number(value, 1, INT32_MAX, &pid, err) < 0)
		return -1;
	*ret_text = arena_format(p->arena, "process %d", (int)pid);
	return namespace_open_process(joinable->namespace, (pid_t)pid, err);
}

static int check_not_own(const struct joinable *joinable, int fd, struct error *err)
{
	const char *name = namespace_kinds[joinable->namespace].name;
	struct file_id own_id, id;

	AUTO_FD int own = namespace_open_own(joinable->namespace, err);
	if (own < 0)
		return -1;
	if (file_look_fd(own, &own_id) < 0 || file_look_fd(fd, &id) < 0)
		return fail(err, errno, "look at a namespace");
	if (!file_same(&own_id, &id))
		return 0;
	(void)fail(err, 0, "that is the %s namespace that you are in yourself", name);
	if (joinable->namespace == NS_USER || joinable->namespace == NS_TIME)
		return hint(err, "leave it out");
	return hint(err, "to share it: --share %s", name);
}

/* How many steps is it from our own user namespace down to this one? */
static int find_depth(int fd, const struct file_id *own, size_t *ret_depth, struct error *err)
{
	AUTO_FD int above = NO_FD;
	struct file_id id;

	for (size_t depth = 0; depth <= DEEPEST; depth++) {
		if (file_look_fd(above == NO_FD ? fd : above, &id) < 0)
			return fail(err, errno, "look at a user namespace");
		if (file_same(&id, own)) {
			*ret_depth = depth;
			return 0;
		}
		int next = namespace_parent(above == NO_FD ? fd : above, err);
		if (next < 0)
			return -1;
		fd_close(&above);
		above = next;
	}
	return fail(err, 0, "a user namespace %d deep", DEEPEST);
}

/* Was `lower` made in `upper`, or further inside of it? */
static int is_below(const struct owner *lower, const struct owner *upper, bool *ret_below,
		    struct error *err)
{
	AUTO_FD int above = NO_FD;
	struct file_id id = lower->id;

	for (size_t steps = lower->depth - upper->depth; steps > 0; steps--) {
		int next = namespace_parent(above == NO_FD ? lower->fd : above, err);

		if (next < 0)
			return -1;
		fd_close(&above);
		above = next;
		if (file_look_fd(above, &id) < 0)
			return fail(err, errno, "look at a user namespace");
	}
	*ret_below = file_same(&id, &upper->id);
	return 0;
}

static int refuse_stranger(const struct joinable *joinable, struct error *err)
{
	(void)fail(err, EPERM, "it belongs to a user namespace that is not yours");
	return hint(err, "one that you can join, as process PID: unshare -U%s sleep 1h",
		    joinable->namespace == NS_USER ? "r" :
		    joinable->namespace == NS_NET ? "rn" :
		    joinable->namespace == NS_IPC ? "ri" :
		    joinable->namespace == NS_UTS ? "ru" : "rT");
}

/* The owner's row, a new one or the one that another join needs too. */
static int add_owner(struct joining *joining, const struct joinable *joinable, int fd,
		     const char *origin, size_t *ret_index, struct error *err)
{
	struct planning *p = joining->p;
	struct owner owner = { .fd = NO_FD, .option = joinable->option, .origin = origin };
	struct file_id own_id;
	uid_t uid;

	AUTO_FD int own = namespace_open_own(NS_USER, err);
	if (own < 0)
		return -1;
	AUTO_FD int found = joinable->namespace == NS_USER ? fcntl(fd, F_DUPFD_CLOEXEC, 3)
							    : namespace_owner(fd, err);
	if (found < 0 && joinable->namespace == NS_USER)
		return fail(err, errno, "keep a user namespace");
	if (found < 0)
		return err->code == EPERM ? refuse_stranger(joinable, err) : -1;
	if (file_look_fd(own, &own_id) < 0 || file_look_fd(found, &owner.id) < 0)
		return fail(err, errno, "look at a user namespace");
	if (find_depth(found, &own_id, &owner.depth, err) < 0)
		return err->code == EPERM ? refuse_stranger(joinable, err) : -1;
	if (namespace_owner_uid(found, &uid, err) < 0)
		return -1;
	if (uid != p->host.uid)
		return refuse_stranger(joinable, err);
	for (size_t i = 0; i < joining->count; i++) {
		if (file_same(&joining->owners[i].id, &owner.id)) {
			*ret_index = i;
			return 0;
		}
	}
	owner.fd = take_fd(&found);
	joining->owners[joining->count] = owner;
	*ret_index = joining->count++;
	return 0;
}

static int look_at_one(struct joining *joining, const struct joinable *joinable,
		       const struct text *said, struct error *err)
{
	const char *origin = origin_text(joining->p->arena, said->origin);
	const char *text;
	size_t owner = 0;

	AUTO_FD int fd = open_namespace(joining->p, joinable, said->value, &text, err);
	if (fd < 0 || check_not_own(joinable, fd, err) < 0 ||
	    add_owner(joining, joinable, fd, origin, &owner, err) < 0)
		return -1;
	joining->owner_of[joining->join_count] = owner;
	joining->joins[joining->join_count++] = (struct join){
		.namespace = joinable->namespace, .fd = take_fd(&fd), .text = text, .origin = origin,
	};
	return 0;
}

/* Outermost first. There are five at most. */
static void list_joins(struct joining *joining)
{
	struct planning *p = joining->p;

	for (size_t depth = 0; depth <= DEEPEST; depth++) {
		for (size_t i = 0; i < joining->count; i++) {
			const struct owner *owner = &joining->owners[i];
			struct join enter = { NS_USER, owner->fd, NULL, owner->origin };

			if (owner->depth != depth)
				continue;
			for (size_t j = 0; j < joining->join_count; j++)
				if (joining->owner_of[j] == i && joining->joins[j].namespace == NS_USER)
					enter.text = joining->joins[j].text;
			if (depth > 0)
				*list_add(p->arena, &p->plan->joins) = enter;
			for (size_t j = 0; j < joining->join_count; j++)
				if (joining->owner_of[j] == i &&
				    joining->joins[j].namespace != NS_USER)
					*list_add(p->arena, &p->plan->joins) = joining->joins[j];
		}
	}
}

/* Is there a way that leads through all of them? */
static int check_order(const struct joining *joining, struct error *err)
{
	for (size_t i = 0; i < joining->count; i++) {
		for (size_t j = i + 1; j < joining->count; j++) {
			const struct owner *a = &joining->owners[i], *b = &joining->owners[j];
			bool below = false;

			if (is_below(a->depth > b->depth ? a : b, a->depth > b->depth ? b : a,
				     &below, err) < 0)
				return -1;
			if (!below)
				return fail(err, 0, "%s (%s) and %s (%s) belong to user namespaces of"
					    " which neither is inside of the other", a->option,
					    a->origin, b->option, b->origin);
		}
	}
	return 0;
}

static void announce(struct joining *joining)
{
	struct planning *p = joining->p;

	for (size_t i = 0; i < joining->join_count; i++) {
		struct join *join = &joining->joins[i];
		const struct owner *owner = &joining->owners[joining->owner_of[i]];
		const struct joinable *joinable = joinables;

		while (joinable->namespace != join->namespace)
			joinable++;
		p->joined[join->namespace] = true;
		note(p, "joins the %s namespace of %s (%s): %s%s",
		     namespace_kinds[join->namespace].name, join->text, join->origin,
		     joinable->gives_up, owner->depth > 0 && join->namespace != NS_USER
		     ? ", and who is root of the user namespace that it belongs to has power over"
		       " the command" : "");
	}
}

int plan_joins(struct planning *p, struct error *err)
{
	struct joining joining = { .p = p };

	for (size_t i = 0; i < sizeof(joinables) / sizeof(joinables[0]); i++) {
		const struct text *said = &p->config->joins[joinables[i].namespace];

		if (said->value && !text_is(said->value, "none") &&
		    look_at_one(&joining, &joinables[i], said, err) < 0)
			return within(err, "%s %s (%s)", joinables[i].option, said->value,
				      origin_text(p->arena, said->origin));
	}
	if (check_order(&joining, err) < 0)
		return -1;
	list_joins(&joining);
	announce(&joining);
	return 0;
}
