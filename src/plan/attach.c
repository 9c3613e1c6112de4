/* The network of somebody else's namespace: whose it is, and how it is entered. */
#include <errno.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/config/option.h>
#include <immure/sys/file.h>
#include <immure/sys/namespace.h>
#include <immure/sys/process.h>

#include "plan_internal.h"

/* Are we in it ourselves? -1: it cannot be looked at. */
static int is_own(enum namespace kind, int namespace, struct error *err)
{
	struct file_id own_id, id;

	AUTO_FD int own = namespace_open_own(kind, err);
	if (own < 0)
		return -1;
	if (file_look_fd(own, &own_id) < 0 || file_look_fd(namespace, &id) < 0)
		return fail(err, errno, "look at a namespace");
	return file_same(&own_id, &id);
}

static void add_join(struct planning *p, enum namespace kind, int *namespace, const char *text)
{
	*list_add(p->arena, &p->plan->joins) = (struct join){
		.namespace = kind, .fd = take_fd(namespace), .text = text, .origin = "command line",
	};
}

/* The user namespace that a network belongs to is entered first: there we have the right
 * to it. It need not be the one that the process is in. */
static int open_namespaces(struct planning *p, pid_t pid, struct error *err)
{
	const char *text = arena_format(p->arena, "process %d", (int)pid);

	AUTO_FD int network = namespace_open_process(NS_NET, pid, err);
	if (network < 0)
		return -1;
	int own = is_own(NS_NET, network, err);
	if (own < 0)
		return -1;
	if (own) {
		(void)fail(err, 0, "%s is in the network that you are in yourself", text);
		return hint(err, "to make one, and see its number: unshare -Urn sh -c 'echo $$; exec"
			    " sh'");
	}
	AUTO_FD int owner = namespace_owner(network, err);
	if (owner < 0)
		return hint(err, "only who made a network namespace, or what it stands in, can serve"
			    " it");
	own = is_own(NS_USER, owner, err);
	if (own < 0)
		return -1;
	p->plan->own_user = !own;
	if (!own)
		add_join(p, NS_USER, &owner, text);
	add_join(p, NS_NET, &network, text);
	return 0;
}

static int check_options(const struct config *config, struct error *err)
{
	list_each(const struct setting, said, &config->said)
		if (!said->origin->file && said->option->group != GROUP_NETWORK &&
		    said->option->group != GROUP_GENERAL)
			return fail(err, 0, "--%s is not about a network, and nothing else is made"
				    " here", said->option->name);
	return 0;
}

static int plan_parts(struct planning *p, pid_t pid, struct error *err)
{
	struct plan *plan = p->plan;

	if (check_options(p->config, err) < 0)
		return -1;
	/* Its number is its own for as long as this descriptor says that it lives. */
	plan->attached = process_refer(pid, err);
	if (plan->attached < 0 || open_namespaces(p, pid, err) < 0)
		return -1;
	if (process_gone(plan->attached))
		return fail(err, ESRCH, "process %d", (int)pid);
	plan->own_network = true;
	if (plan_host(p, err) < 0 || plan_network(p, err) < 0 || plan_publish(p, err) < 0 ||
	    file_all_answered(err) < 0)
		return -1;
	if (plan->network.online || plan->network.publishes.count > 0)
		return 0;
	(void)fail(err, 0, "no rule allows anything, and no port is published");
	return hint(err, "for the internet: --net; for one host: --allow NAME:PORT");
}

const struct plan *plan_attach(const struct config *config, pid_t pid, struct error *err)
{
	struct plan *plan = arena_alloc(config->arena, sizeof(*plan));
	struct planning planning = {
		.arena = config->arena, .config = config, .plan = plan, .root = NO_FD,
	};

	plan->arena = config->arena;
	plan->config = config;
	if (plan_parts(&planning, pid, err) == 0)
		return plan;
	(void)within(err, "plan");
	return NULL;
}
