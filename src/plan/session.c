/* What of the caller's session the command may use: windows, sound, the graphics
 * processor. Of each the one thing that it takes is shown, a socket or a device, and the
 * variables say where it is.
 *
 * The X server listens at an abstract socket too, which belongs to the host's network and
 * is not there inside: clients then take the file. The server knows them by a cookie, and
 * ~/.Xauthority has those of all servers that the caller ever used, by the names of hosts.
 * The command gets a file of its own with the one of this server, for a host of any name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>
#include <immure/sys/kernel.h>

#include "plan_internal.h"

static void give_variable(struct planning *p, const char *name, const char *value,
			  const struct origin *origin)
{
	*list_add(p->arena, &p->given) = (struct given_variable){ name, value, origin };
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* The command's own runtime directory: where XDG_RUNTIME_DIR leads inside. */
static const char *inside(struct planning *p, const char *name)
{
	return arena_format(p->arena, "/run/user/%u/%s", p->inside_uid, name);
}

/* Show the host's file there, and say where it then is. */
static const char *show(struct planning *p, const char *source, const struct file_id *id,
			const char *target, const struct choice *asked)
{
	if (!p->plan->own_mounts)
		return source;
	struct item *item = item_add(p, ITEM_BIND, target, origin_of(p, asked->origin),
				     asked->order);
	item->source = source;
	item->id = *id;
	item->session = true;
	return target;
}

static int look_at_socket(const char *path, struct file_id *ret_id, struct error *err)
{
	if (file_look(path, true, ret_id, err) < 0)
		return fail(err, err->code, "%s", path);
	return ret_id->type == S_IFSOCK ? 0 : fail(err, 0, "%s is not a socket", path);
}

/* --- Wayland ------------------------------------------------------------------ */

static int plan_wayland(struct planning *p, struct error *err)
{
	const struct choice *asked = &p->config->wayland;
	const char *directory = variable("XDG_RUNTIME_DIR"), *name = variable("WAYLAND_DISPLAY");
	struct file_id id;

	if (!name)
		name = "wayland-0";	/* as libwayland */
	if (name[0] != '/' && (!directory || directory[0] != '/')) {
		(void)fail(err, 0, "XDG_RUNTIME_DIR is not set");
		return hint(err, "the compositor's socket is in that directory");
	}
	const char *path = path_normal(p->arena, name[0] == '/' ? "/" : directory, name);
	if (look_at_socket(path, &id, err) < 0)
		return hint(err, "to do without windows: env -u WAYLAND_DISPLAY immure ...");
	const char *there = show(p, path, &id, inside(p, "wayland-0"), asked);
	give_variable(p, "WAYLAND_DISPLAY", there, asked->origin);
	return 0;
}

/* --- X11 ---------------------------------------------------------------------- */

/* A part of a file of cookies: a length in two bytes, and so many bytes. */
struct part {
	const unsigned char *bytes;
	size_t length;
};

/* What stands between here and the end of the file. */
struct cookies {
	const unsigned char *at, *end;
};

enum { FAMILY_LOCAL = 256, FAMILY_WILD = 65535, MOST_COOKIES = 256 * 1024 };

static bool take_number(struct cookies *cookies, unsigned *ret_number)
{
	if (cookies->end - cookies->at < 2)
		return false;
	*ret_number = (unsigned)cookies->at[0] << 8 | cookies->at[1];
	cookies->at += 2;
	return true;
}

static bool take_part(struct cookies *cookies, struct part *ret_part)
{
	unsigned length;

	if (!take_number(cookies, &length) || (size_t)(cookies->end - cookies->at) < length)
		return false;
	*ret_part = (struct part){ cookies->at, length };
	cookies->at += length;
	return true;
}

static bool part_is(const struct part *part, const char *text)
{
	return part->length == strlen(text) && memcmp(part->bytes, text, part->length) == 0;
}

static unsigned char *put_part(unsigned char *out, const void *bytes, size_t length)
{
	*out++ = (unsigned char)(length >> 8);
	*out++ = (unsigned char)length;
	memcpy(out, bytes, length);
	return out + length;
}

size_t session_cookies(const void *file, size_t length, const char *host, const char *number,
		       unsigned char *out)
{
	struct cookies cookies = { file, (const unsigned char *)file + length };
	unsigned char *begin = out;
	struct part address, of, name, data;
	unsigned family;

	while (take_number(&cookies, &family) && take_part(&cookies, &address) &&
	       take_part(&cookies, &of) && take_part(&cookies, &name) &&
	       take_part(&cookies, &data)) {
		if (family != FAMILY_WILD && (family != FAMILY_LOCAL || !part_is(&address, host)))
			continue;
		if (of.length > 0 && !part_is(&of, number))
			continue;
		*out++ = FAMILY_WILD >> 8;
		*out++ = FAMILY_WILD & 0xff;
		out = put_part(out, "", 0);
		out = put_part(out, of.bytes, of.length);
		out = put_part(out, name.bytes, name.length);
		out = put_part(out, data.bytes, data.length);
	}
	return (size_t)(out - begin);
}

static int plan_cookie(struct planning *p, const char *number, struct error *err)
{
	const struct choice *asked = &p->config->x11;
	const char *path = variable("XAUTHORITY");
	char host[256], *text;
	size_t length;

	if (!path)
		path = path_join(p->arena, p->host.home, ".Xauthority");
	if (file_read(p->arena, path, MOST_COOKIES, &text, &length, err) < 0)
		return err->code == ENOENT ? 0 : within(err, "the cookie of the X server");
	if (!p->plan->own_mounts) {
		give_variable(p, "XAUTHORITY", path, asked->origin);
		return 0;
	}
	if (hostname_get(host, sizeof(host), err) < 0)
		return -1;
	/* A cookie becomes no longer. */
	unsigned char *bytes = arena_alloc(p->arena, length + 1);
	length = session_cookies(text, length, host, number, bytes);
	/* Without one the server may still know the caller by the user id. */
	if (length == 0)
		return 0;
	struct item *item = item_add(p, ITEM_TEXT, inside(p, "Xauthority"),
				     origin_of(p, asked->origin), asked->order);
	item->source = (const char *)bytes;
	item->size = length;
	item->mode = 0400;
	give_variable(p, "XAUTHORITY", item->target, asked->origin);
	return 0;
}

/* [unix]:NUMBER[.SCREEN]; NULL: it is on another host, or none. */
static const char *number_of_display(struct arena *arena, const char *display)
{
	if (text_begins(display, "unix:"))
		display += strlen("unix");
	size_t length = display[0] == ':' ? strspn(display + 1, "0123456789") : 0;
	const char *screen = display + 1 + length;

	if (length == 0 || length > 5 ||
	    (*screen && (*screen != '.' || screen[1 + strspn(screen + 1, "0123456789")])))
		return NULL;
	return arena_copy_part(arena, display + 1, length);
}

static int plan_x11(struct planning *p, struct error *err)
{
	const struct choice *asked = &p->config->x11;
	const char *display = variable("DISPLAY");
	struct file_id id;

	if (!display) {
		(void)fail(err, 0, "DISPLAY is not set");
		return hint(err, "it names the X server, and is set where there is one");
	}
	const char *number = number_of_display(p->arena, display);
	if (!number) {
		(void)fail(err, 0, "DISPLAY is \"%s\", and not a server of this host, as :0 is",
			   text_escaped(p->arena, display));
		return hint(err, "one that is reached by the network, as through ssh -X, cannot be"
			    " shown; to do without windows: env -u DISPLAY immure ...");
	}
	const char *path = arena_format(p->arena, "/tmp/.X11-unix/X%s", number);
	if (look_at_socket(path, &id, err) < 0)
		return hint(err, "to do without windows: env -u DISPLAY immure ...");
	(void)show(p, path, &id, path, asked);
	give_variable(p, "DISPLAY", strchr(display, ':'), asked->origin);
	note(p, "x11 (%s): it can see the windows of every program of this X server, read what is"
		" typed in them, and type into them", origin_of(p, asked->origin));
	return plan_cookie(p, number, err);
}

/* --- sound -------------------------------------------------------------------- */

/* PulseAudio's socket, also where PipeWire stands behind it: of the two it gives less. */
static const char *pulse_path(struct planning *p, const char *directory)
{
	const char *server = variable("PULSE_SERVER");

	if (server)
		return text_begins(server, "unix:/") ? server + strlen("unix:")
		       : server[0] == '/' ? server : NULL;
	return directory ? path_join(p->arena, directory, "pulse/native") : NULL;
}

static int plan_audio(struct planning *p, struct error *err)
{
	const struct choice *asked = &p->config->audio;
	const char *directory = variable("XDG_RUNTIME_DIR");
	struct file_id id;

	if (directory && directory[0] != '/')
		directory = NULL;
	const char *pulse = pulse_path(p, directory);
	if (pulse && look_at_socket(pulse, &id, err) == 0) {
		const char *there = show(p, pulse, &id, inside(p, "pulse/native"), asked);
		give_variable(p, "PULSE_SERVER", arena_format(p->arena, "unix:%s", there),
			      asked->origin);
		note(p, "audio (%s): it can play sounds, and listen to the microphone",
		     origin_of(p, asked->origin));
		return 0;
	}
	const char *pipewire = directory ? path_join(p->arena, directory, "pipewire-0") : NULL;
	if (!pipewire || look_at_socket(pipewire, &id, err) < 0) {
		(void)fail(err, 0, "there is neither PulseAudio nor PipeWire: no pulse/native and no"
			   " pipewire-0 in %s", directory ? directory : "$XDG_RUNTIME_DIR");
		return hint(err, "in a profile: if exists $XDG_RUNTIME_DIR/pulse/native audio");
	}
	const char *there = show(p, pipewire, &id, inside(p, "pipewire-0"), asked);
	give_variable(p, "PIPEWIRE_REMOTE", there, asked->origin);
	note(p, "audio (%s): it can play sounds, and listen to the microphone and to what other"
		" programs play", origin_of(p, asked->origin));
	return 0;
}

/* --- the graphics processor --------------------------------------------------- */

struct gpu {
	struct planning *p;
	const struct choice *asked;
	unsigned found;
};

static void show_devices(struct gpu *gpu, const char *path)
{
	struct planning *p = gpu->p;
	struct error ignored;
	struct file_id id;

	if (file_look(path, true, &id, &ignored) < 0)
		return;
	gpu->found++;
	if (!p->plan->own_mounts)
		return;
	(void)show(p, path, &id, path, gpu->asked);
	struct item *item = &p->plan->items.items[p->plan->items.count - 1];
	item->writable = item->devices = true;
}

static bool add_nvidia(void *context, const char *name)
{
	struct gpu *gpu = context;

	if (text_begins(name, "nvidia"))
		show_devices(gpu, path_join(gpu->p->arena, "/dev", name));
	return true;
}

/* Its number in /sys/dev/char, by which libdrm(3) looks for what kind of device it is, and
 * the directory with the answers. */
static bool add_kind(void *context, const char *name)
{
	struct gpu *gpu = context;
	struct planning *p = gpu->p;
	struct error ignored;
	struct file_id id;
	char *number;
	size_t length;

	const char *class = path_join(p->arena, "/sys/class/drm", name);
	if (file_read(p->arena, path_join(p->arena, class, "dev"), 64, &number, &length,
		      &ignored) < 0)
		return true;
	number[strcspn(number, "\n")] = '\0';
	const char *link = path_join(p->arena, "/sys/dev/char", number);
	const char *text = file_link(p->arena, link);
	const char *device = file_resolved(p->arena, path_join(p->arena, class, "device"));
	if (!text || !device || !path_is_below(device, "/sys/devices") ||
	    file_look(device, true, &id, &ignored) < 0)
		return true;
	(void)show(p, device, &id, device, gpu->asked);
	struct item *item = item_add(p, ITEM_LINK, link, origin_of(p, gpu->asked->origin),
				     gpu->asked->order);
	item->source = text;
	item->gives_way = true;
	return true;
}

static int plan_gpu(struct planning *p, struct error *err)
{
	struct gpu gpu = { .p = p, .asked = &p->config->gpu };

	show_devices(&gpu, "/dev/dri");
	file_each_name("/dev", add_nvidia, &gpu);
	if (gpu.found == 0) {
		(void)fail(err, 0, "this host has neither /dev/dri nor a /dev/nvidia");
		return hint(err, "in a profile: if exists /dev/dri gpu");
	}
	/* Where the whole of /sys is shown there is nothing to add. */
	if (p->plan->own_mounts && p->sys == KERNEL_NEW && !p->plan->nested_origin)
		file_each_name("/sys/class/drm", add_kind, &gpu);
	note(p, "gpu (%s): it can reach the driver of the graphics processor in the kernel",
	     origin_of(p, gpu.asked->origin));
	return 0;
}

int plan_session(struct planning *p, struct error *err)
{
	const struct {
		const char *name;
		const struct choice *asked;
		int (*plan)(struct planning *p, struct error *err);
	} parts[] = {
		{ "wayland", &p->config->wayland, plan_wayland },
		{ "x11", &p->config->x11, plan_x11 },
		{ "audio", &p->config->audio, plan_audio },
		{ "gpu", &p->config->gpu, plan_gpu },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].asked->value && parts[i].plan(p, err) < 0)
			return within(err, "%s (%s)", parts[i].name,
				      origin_of(p, parts[i].asked->origin));
	return plan_dbus(p, err);
}
