#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/sys/kernel.h>
#include <immure/sys/scope.h>

static const char manager[] = "org.freedesktop.systemd1";
static const char manager_path[] = "/org/freedesktop/systemd1";
static const char manager_interface[] = "org.freedesktop.systemd1.Manager";

/* systemd itself gives a job 90 seconds; making a group takes milliseconds. */
enum { PATIENCE_SECONDS = 20 };

bool systemd_is_here(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}

/* The bus first, which is the documented way; without a bus daemon systemd also
 * listens on a socket of its own, where systemctl(1) asks. */
const char *systemd_address(struct arena *arena, uid_t uid)
{
	const char *const paths[] = {
		uid ? arena_format(arena, "/run/user/%u/bus", uid)
		    : "/run/dbus/system_bus_socket",
		uid ? arena_format(arena, "/run/user/%u/systemd/private", uid)
		    : "/run/systemd/private",
	};

	const char *address = NULL;

	for (size_t i = 0; i < 2; i++)
		if (access(paths[i], W_OK) == 0)
			address = arena_format(arena, "%s%sunix:path=%s", address ? address : "",
					       address ? ";" : "", paths[i]);
	return address;
}

/* What of libsystemd is called. It costs 3 ms to load, and every start that asks for no
 * limit would pay for it. */
#define FUNCTIONS(each) \
	each(sd_bus_new) each(sd_bus_set_address) each(sd_bus_set_bus_client) \
	each(sd_bus_start) each(sd_bus_match_signal) each(sd_bus_call_method) \
	each(sd_bus_message_new_method_call) each(sd_bus_message_append) \
	each(sd_bus_message_read) each(sd_bus_call) each(sd_bus_process) each(sd_bus_wait) \
	each(sd_bus_error_free) each(sd_bus_message_unref) each(sd_bus_flush_close_unref)

#define DECLARE(name) __typeof__(&(name)) name;
struct library { FUNCTIONS(DECLARE) };

#define LOAD(name) \
	if (!(library->name = (__typeof__(library->name))dlsym(handle, #name))) { \
		(void)fail(err, 0, "load libsystemd: it has no %s", #name); \
		return -1; \
	}

static int library_load(struct library *library, struct error *err)
{
	void *handle = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);

	if (!handle) {
		(void)fail(err, 0, "load libsystemd: %s", dlerror());
		(void)hint(err, "to install it, as root: apt-get install libsystemd0");
		return -1;
	}
	FUNCTIONS(LOAD)
	return 0;
}

/* A job that is awaited: its path, and how it ended. */
struct job {
	const struct library *library;
	const char *path;	/* NULL: not known yet */
	char result[32];	/* "": not ended yet */
};

/* JobRemoved(u id, o job, s unit, s result) */
static int job_removed(sd_bus_message *message, void *context, sd_bus_error *ignored)
{
	struct job *job = context;
	const char *path, *unit, *result;
	uint32_t id;

	(void)ignored;
	if (job->library->sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) >= 0 &&
	    job->path && text_is(job->path, path))
		(void)snprintf(job->result, sizeof(job->result), "%s", result);
	return 0;
}

/* Connect, and hear of the jobs that end. The other end of a socket may be gone, and its
 * name still there, which is not always known before the first answer is due. */
static int bus_open(const struct library *library, const char *address, struct job *job,
		    sd_bus **ret_bus, struct error *err)
{
	sd_bus *bus = NULL;
	int code = library->sd_bus_new(&bus);

	if (code >= 0)
		code = library->sd_bus_set_address(bus, address);
	/* A bus has to be greeted, and systemd's own socket is none. */
	if (code >= 0 && !strstr(address, "/systemd/private"))
		code = library->sd_bus_set_bus_client(bus, 1);
	if (code >= 0)
		code = library->sd_bus_start(bus);
	if (code >= 0)
		code = library->sd_bus_match_signal(bus, NULL, NULL, manager_path,
						    manager_interface, "JobRemoved", job_removed, job);
	if (code >= 0)
		code = library->sd_bus_call_method(bus, manager, manager_path, manager_interface,
						   "Subscribe", NULL, NULL, "");
	if (code < 0) {
		(void)library->sd_bus_flush_close_unref(bus);
		return fail(err, -code, "ask systemd at %s", address);
	}
	*ret_bus = bus;
	return 0;
}

/* Fill the call: a name that no other scope has, and this process alone in it. */
static int fill_request(const struct library *library, sd_bus_message *request)
{
	unsigned char random[8];
	struct error ignored;
	char name[64];

	if (random_bytes(random, sizeof(random), &ignored) < 0)
		return -EAGAIN;
	(void)snprintf(name, sizeof(name), "immure-%d-%02x%02x%02x%02x%02x%02x%02x%02x.scope",
		       getpid(), random[0], random[1], random[2], random[3], random[4],
		       random[5], random[6], random[7]);
	return library->sd_bus_message_append(request, "ssa(sv)a(sa(sv))", name, "fail", 4,
		"Description", "s", "immure",
		"PIDs", "au", 1, (uint32_t)getpid(),
		"Delegate", "b", 1,
		"CollectMode", "s", "inactive-or-failed",
		0);
}

static int await_job(const struct library *library, sd_bus *bus, const struct job *job,
		     struct error *err)
{
	for (int second = 0; second < PATIENCE_SECONDS && !job->result[0]; ) {
		int code = library->sd_bus_process(bus, NULL);

		if (code == 0) {
			code = library->sd_bus_wait(bus, 1000000);
			second += code == 0;
		}
		if (code < 0 && code != -EINTR)
			return fail(err, -code, "wait for systemd");
	}
	if (text_is(job->result, "done"))
		return 0;
	return fail(err, 0, "systemd made no scope: %s", job->result[0] ? job->result
								       : "it does not answer");
}

static int request_scope(const struct library *library, sd_bus *bus, struct job *job,
			 struct error *err)
{
	sd_bus_error refusal = SD_BUS_ERROR_NULL;
	sd_bus_message *request = NULL, *answer = NULL;
	int result = -1;

	int code = library->sd_bus_message_new_method_call(bus, &request, manager, manager_path,
							   manager_interface, "StartTransientUnit");
	if (code >= 0)
		code = fill_request(library, request);
	if (code >= 0)
		code = library->sd_bus_call(bus, request, 0, &refusal, &answer);
	if (code >= 0)
		code = library->sd_bus_message_read(answer, "o", &job->path);
	if (code < 0)
		(void)fail(err, refusal.message ? 0 : -code, "ask systemd for a scope%s%s",
			   refusal.message ? ": " : "", refusal.message ? refusal.message : "");
	else
		result = await_job(library, bus, job, err);
	(void)library->sd_bus_message_unref(request);
	(void)library->sd_bus_message_unref(answer);
	library->sd_bus_error_free(&refusal);
	return result;
}

int systemd_enter_scope(const char *addresses, struct error *err)
{
	struct library library;
	struct job job = { .library = &library };
	sd_bus *bus = NULL;

	if (library_load(&library, err) < 0)
		return -1;
	for (const char *rest = addresses; !bus && *rest;) {
		size_t length = strcspn(rest, ";");
		char one[PATH_MAX];

		(void)snprintf(one, sizeof(one), "%.*s", (int)length, rest);
		(void)bus_open(&library, one, &job, &bus, err);
		rest += length + (rest[length] == ';');
	}
	if (!bus)
		return -1;
	int result = request_scope(&library, bus, &job, err);
	(void)library.sd_bus_flush_close_unref(bus);
	return result;
}
