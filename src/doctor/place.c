/* Where we run, as far as signs tell. None of it decides anything: what works is tried.
 * It says why something may not, and what whoever made the place can type. */
#include <string.h>

#include <immure/base/text.h>

#include "doctor.h"

static void add(struct arena *arena, struct doctor_report *report, const char *name,
		const char *cost)
{
	*list_add(arena, &report->places) = (struct doctor_place){ name, cost };
}

/* By the names that systemd, or whoever made the place, has for them. */
static const struct {
	const char *sign, *name, *cost;
} containers[] = {
	{ "docker", "Docker", "as usual, its filter refuses namespaces, and what it covers of /proc"
	  " no new one may show; to lift both: docker run --security-opt seccomp=unconfined"
	  " --security-opt systempaths=unconfined" },
	{ "podman", "podman", "as usual, its filter refuses namespaces, and what it covers of /proc"
	  " no new one may show; to lift both: podman run --security-opt seccomp=unconfined"
	  " --security-opt systempaths=unconfined" },
	{ "lxc", "LXC", "namespaces inside have to be allowed; with LXD or Incus: lxc config set NAME"
	  " security.nesting=true" },
	{ "systemd-nspawn", "systemd-nspawn", "what it covers of /proc and /sys a new one must not"
	  " show, and its user namespaces may have few ids: --private-users=pick" },
	{ "flatpak", "Flatpak", "its filter refuses namespaces; where it is allowed to start"
	  " programs outside: flatpak-spawn --host immure run ..." },
	{ "firejail", "firejail", "what its profile forbids is missing below; without one: firejail"
	  " --noprofile" },
	{ "bwrap", "bubblewrap", "nothing, if it made a new /proc and neither a filter of its caller"
	  " nor its option --disable-userns forbids namespaces" },
	{ "immure", "immure", "it allows no namespaces unless it is started with: --nested" },
};

static void find_container(struct arena *arena, const char *sign, struct doctor_report *report)
{
	for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++)
		if (text_is(containers[i].sign, sign)) {
			add(arena, report, containers[i].name, containers[i].cost);
			return;
		}
	add(arena, report, arena_format(arena, "container (%s)", sign),
	    "what it forbids is missing below");
}

/* Microsoft's kernels say so; those of version 1 are none of Linux's. */
static bool find_wsl(struct arena *arena, const char *kernel, struct doctor_report *report)
{
	if (!strcasestr(kernel, "microsoft"))
		return false;
	if (strcasestr(kernel, "WSL2"))
		add(arena, report, "WSL 2", "nothing: its kernel has what is needed");
	else
		add(arena, report, "WSL 1", "its kernel is not Linux and has no namespaces; on Windows:"
		    " wsl --set-version DISTRIBUTION 2");
	return true;
}

static const char *sign_of_container(const struct place_signs *signs)
{
	if (signs->container && *signs->container && !text_is(signs->container, "wsl"))
		return text_begins(signs->container, "lxc") ? "lxc"
		       : text_is(signs->container, "oci") && signs->podman ? "podman"
		       : signs->container;
	return signs->flatpak ? "flatpak" : signs->podman ? "podman" : signs->docker ? "docker" : NULL;
}

void doctor_find_places(struct arena *arena, const struct place_signs *signs,
			struct doctor_report *report)
{
	const char *container = sign_of_container(signs);
	const char *product = signs->product && *signs->product ? signs->product : NULL;
	const char *first = signs->first ? signs->first : "";

	if (!find_wsl(arena, signs->kernel, report)) {
		if (signs->hypervisor)
			add(arena, report, product ? arena_format(arena, "virtual machine (%s)", product)
			    : "virtual machine", "nothing");
		else
			add(arena, report, "bare metal", "nothing");
	}
	if (signs->ci)
		add(arena, report, arena_format(arena, "CI (%s)", signs->ci),
		    "nothing: its machine or container is what counts");
	if (container)
		find_container(arena, container, report);
	if ((text_is(first, "bwrap") || text_begins(first, "immure")) &&
	    !(container && text_is(container, first)))
		find_container(arena, text_is(first, "bwrap") ? "bwrap" : "immure", report);
	if (signs->user_namespace)
		add(arena, report, "a user namespace", "one of the 32 levels that the kernel has, and"
		    " limits of those outside count as well");
}
