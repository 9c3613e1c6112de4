/* The session bus, as far as names of it were let through. The command never reaches the
 * bus itself, on which anybody may ask systemd to start a program outside: between them
 * stands xdg-dbus-proxy(1), which lets through what these words say. It is told here what
 * to do, and started by run/bus.c, outside; its socket is in a directory of the view that
 * is empty but for it.
 *
 * The bus knows who asks by the user id, which clients say and the kernel confirms: inside
 * and outside it has to be the same. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/bus.h>
#include <immure/filter/filter.h>
#include <immure/sys/file.h>
#include <immure/sys/seccomp.h>

#include "plan_internal.h"

/* Who talks to these starts programs outside, or has all that the caller has. */
static const char *const powerful[] = {
	"org.freedesktop.systemd1", "org.freedesktop.Flatpak", "org.gnome.Shell",
	"org.kde.KWin", "org.kde.plasmashell", "org.freedesktop.secrets", "org.a11y.Bus",
	"ca.desrt.dconf", "org.freedesktop.impl.portal",
};

/* --- words ---------------------------------------------------------------------- */

static void warn_of(struct planning *p, const struct word *word)
{
	const char *name = strchr(word->text, ':') + 1;

	for (size_t i = 0; i < sizeof(powerful) / sizeof(powerful[0]); i++) {
		size_t length = strlen(powerful[i]);

		if (!text_begins(word->text, "see:") && text_begins(name, powerful[i]) &&
		    (!name[length] || strchr(".=", name[length])))
			note(p, "dbus %s (%s): who is asked there can do what you can, outside",
			     word->text, origin_text(p->arena, word->origin));
	}
}

/* --- the bus ---------------------------------------------------------------------- */

static const char *address_of_bus(struct planning *p, bool *ret_path, struct error *err)
{
	const char *address = getenv("DBUS_SESSION_BUS_ADDRESS");
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	struct file_id id;

	if (!address || !*address) {
		if (!runtime || runtime[0] != '/') {
			(void)fail(err, 0, "there is no session bus: neither DBUS_SESSION_BUS_ADDRESS"
				   " nor XDG_RUNTIME_DIR is set");
			(void)hint(err, "in a profile: if env DBUS_SESSION_BUS_ADDRESS dbus ...");
			return NULL;
		}
		address = arena_format(p->arena, "unix:path=%s/bus", runtime);
	}
	*ret_path = text_begins(address, "unix:path=");
	if (text_begins(address, "unix:abstract="))
		return address;
	if (!*ret_path) {
		(void)fail(err, 0, "the session bus is at \"%s\", and not at a socket of this host",
			   text_escaped(p->arena, address));
		return NULL;
	}
	const char *path = address + strlen("unix:path=");
	path = arena_copy_part(p->arena, path, strcspn(path, ",;"));
	if (file_look(path, true, &id, err) < 0) {
		(void)fail(err, err->code, "the session bus, %s", path);
		(void)hint(err, "in a profile: if exists $XDG_RUNTIME_DIR/bus dbus ...");
		return NULL;
	}
	if (id.type != S_IFSOCK) {
		(void)fail(err, 0, "the session bus, %s, is not a socket", path);
		return NULL;
	}
	return address;
}

static const char *find_proxy(struct error *err)
{
	static const char *const paths[] = {
		"/usr/bin/xdg-dbus-proxy", "/usr/local/bin/xdg-dbus-proxy", "/bin/xdg-dbus-proxy",
		"/usr/libexec/xdg-dbus-proxy",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (file_executable(paths[i]))
			return paths[i];
	(void)fail(err, ENOENT, "xdg-dbus-proxy, which lets through what was said and no more");
	(void)hint(err, "as root: apt-get install xdg-dbus-proxy");
	return NULL;
}

static int check_identity(struct planning *p, const struct word *first, struct error *err)
{
	if (!p->plan->own_mounts) {
		(void)fail(err, 0, "with the host's files the command reaches the bus by itself");
		return hint(err, "leave out the one or the other");
	}
	if (p->inside_uid == p->host.uid && !p->plan->maps.several)
		return 0;
	(void)fail(err, 0, "the bus asks who somebody is, and inside the command is user %u, outside"
		   " %u", p->inside_uid, p->host.uid);
	return hint(err, "to be yourself: %s", typed(p, first->origin, "user", "self", NULL));
}

static int plan_proxy(struct planning *p, struct error *err)
{
	const struct word_list *words = &p->config->dbus;
	struct bus_plan *bus = &p->plan->bus;
	bool path = false;

	if (check_identity(p, &words->items[0], err) < 0)
		return -1;
	const char **argv = arena_alloc(p->arena, (words->count + 8) * sizeof(*argv));
	size_t count = 5;
	list_each(const struct word, word, words) {
		argv[count] = bus_word(p->arena, word->text, err);
		if (!argv[count++])
			return -1;
		warn_of(p, word);
	}
	argv[0] = find_proxy(err);
	if (!argv[0])
		return -1;
	argv[1] = "--fd=" BUS_READY_TEXT;
	argv[2] = address_of_bus(p, &path, err);
	if (!argv[2])
		return -1;
	argv[3] = "/proc/self/fd/" BUS_DIRECTORY_TEXT "/bus";
	argv[4] = "--filter";
	bus->argv = argv;
	bus->directory = "/run/dbus-session";
	bus->origin = origin_of(p, words->items[0].origin);
	bus->in_files = path;
	bus->filter = filter_built_in(filter_arch(seccomp_native_arch()), false,
				      &bus->filter_length);
	item_add(p, ITEM_SCRATCH, bus->directory, bus->origin, 0)->mode = 0700;
	*list_add(p->arena, &p->given) = (struct given_variable){
		"DBUS_SESSION_BUS_ADDRESS",
		arena_format(p->arena, "unix:path=%s/bus", bus->directory), words->items[0].origin,
	};
	return 0;
}

int plan_dbus(struct planning *p, struct error *err)
{
	const struct word_list *words = &p->config->dbus;

	if (words->count == 0)
		return 0;
	return plan_proxy(p, err) < 0 ? within(err, "dbus (%s)", origin_of(p, words->items[0].origin))
				      : 0;
}
