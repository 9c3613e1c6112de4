#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/plan/plan.h>
#include <immure/sys/file.h>
#include <immure/sys/namespace.h>
#include <immure/sys/process.h>

#include "doctor.h"

/* A probe takes milliseconds; a machine that is emulated, or busy, a few hundred times
 * as many. */
enum { USUAL_SECONDS = 20 };

/* How often to try again where so few namespaces are allowed, and after how long. */
enum { RETRIES = 3, PAUSE_MILLISECONDS = 200, FEW = 100 };

/* --- one probe ----------------------------------------------------------------------- */

static void add_advice(struct arena *arena, struct doctor_finding *finding, const char *text)
{
	*list_add(arena, &finding->advice) = arena_copy(arena, text);
}

/* The hints of an error, a line each. */
static void take_hints(struct arena *arena, struct doctor_finding *finding,
		       const struct error *err)
{
	for (const char *line = err->hint; *line; ) {
		size_t length = strcspn(line, "\n");

		*list_add(arena, &finding->advice) = arena_copy_part(arena, line, length);
		line += length + (line[length] == '\n');
		finding->hinted = true;
	}
}

/* What there is instead, unless a hint has said so. */
static void offer_option(struct arena *arena, struct doctor_finding *finding)
{
	if (!finding->option)
		return;
	list_each(const char *const, advice, &finding->advice)
		if (strstr(*advice, finding->option))
			return;
	add_advice(arena, finding, arena_format(arena, "to give this wall up (%s): %s",
						finding->loses, finding->option));
}

static const char *what_failed(struct arena *arena, const struct error *err)
{
	return err->code ? arena_format(arena, "%s: %s", err->what, strerror(err->code))
			 : arena_copy(arena, err->what);
}

/* "user namespace, id map": those of the needs that are missing, by who gives them. */
static const char *names_of(struct arena *arena, unsigned needs)
{
	const char *text = "";

	for (const struct probe *probe = doctor_probes; probe->name; probe++)
		if (probe->gives & needs)
			text = arena_format(arena, "%s%s%s", text, *text ? ", " : "", probe->name);
	return text;
}

/* What a namespace is for, its own option says. */
static const char *loses(const struct probe *probe)
{
	if (probe->loses)
		return probe->loses;
	for (int i = 0; i < NAMESPACES; i++)
		if (probe->namespaces == namespace_kinds[i].flag)
			return plan_given_up((enum namespace)i);
	return "";
}

/* A namespace counts for a moment after the last process in it is gone, so that where few
 * are allowed those of the last probe may be what used them up. */
static bool may_have_been_us(const struct trial_answer *answer)
{
	const int code = answer->error.code;

	if (answer->result >= 0 || (code != ENOSPC && code != EUSERS))
		return false;
	for (int i = 0; i < LIMITED_NAMESPACES; i++) {
		int64_t most = namespace_limit(limited_namespaces[i]);
		if (most > 0 && most <= FEW)
			return true;
	}
	return false;
}

struct doctor_finding doctor_try(struct arena *arena, const struct probe *probe,
				 unsigned missing)
{
	struct doctor_finding finding = {
		.name = probe->name, .needed = probe->needed, .verdict = DOCTOR_MISSING,
		.why = "", .loses = loses(probe), .option = probe->option,
	};
	const int seconds = probe->seconds ? probe->seconds : USUAL_SECONDS;
	struct trial_answer answer = { 0 };
	struct error error = { 0 };

	if (probe->rests_on & missing) {
		finding.why = arena_format(arena, "it rests on what is missing: %s",
					   names_of(arena, probe->rests_on & missing));
		return finding;
	}
	int result = trial_run(probe->try, (void *)(uintptr_t)probe, seconds * 1000, &answer, &error);
	for (int i = 0; i < RETRIES && result == 0 && may_have_been_us(&answer); i++) {
		(void)poll(NULL, 0, PAUSE_MILLISECONDS);
		result = trial_run(probe->try, (void *)(uintptr_t)probe, seconds * 1000, &answer,
				   &error);
	}
	if (result < 0) {
		finding.verdict = DOCTOR_UNKNOWN;
		finding.why = arena_format(arena, "not tried to its end: %s", what_failed(arena, &error));
		return finding;
	}
	if (answer.result >= 0) {
		finding.verdict = answer.result == 0 ? DOCTOR_WORKS : DOCTOR_PARTLY;
		finding.why = arena_copy(arena, answer.note);
		return finding;
	}
	finding.why = what_failed(arena, &answer.error);
	take_hints(arena, &finding, &answer.error);
	offer_option(arena, &finding);
	return finding;
}

/* --- facts ------------------------------------------------------------------------------- */

/* A small file as one line, "" when it has none. */
static const char *first_line(struct arena *arena, const char *path)
{
	struct error ignored;
	size_t length;
	char *text;

	if (file_read(arena, path, 64 << 10, &text, &length, &ignored) < 0)
		return "";
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" */
static const char *system_name(struct arena *arena)
{
	static const char key[] = "PRETTY_NAME=";
	struct error ignored;
	size_t length;
	char *text;

	if (file_read(arena, "/etc/os-release", 64 << 10, &text, &length, &ignored) < 0)
		return "";
	for (char *line; (line = strsep(&text, "\n"));) {
		if (!text_begins(line, key))
			continue;
		char *value = line + strlen(key);
		value += strspn(value, "\"'");
		value[strcspn(value, "\"'")] = '\0';
		return value;
	}
	return "";
}

static bool has_hypervisor(struct arena *arena)
{
	struct error ignored;
	size_t length;
	char *text;

	if (file_read(arena, "/proc/cpuinfo", 16 << 20, &text, &length, &ignored) < 0)
		return false;
	char *flags = strstr(text, "\nflags");
	if (!flags)
		return access("/sys/hypervisor/type", F_OK) == 0;
	flags[1 + strcspn(flags + 1, "\n")] = '\0';
	return strstr(flags, " hypervisor") != NULL;
}

static const char *find_ci(void)
{
	static const char *const names[] = {
		"GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILDKITE", "CIRCLECI", "TRAVIS",
		"TF_BUILD", "TEAMCITY_VERSION", "CI",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return names[i];
	}
	return NULL;
}

static bool in_user_namespace(struct arena *arena)
{
	const char *map = first_line(arena, "/proc/self/uid_map");

	return *map && !strstr(map, " 4294967295");
}

static void look_around(struct arena *arena, struct doctor_report *report)
{
	const char *managed = first_line(arena, "/run/systemd/container");
	const struct place_signs signs = {
		.kernel = report->kernel,
		.container = *managed ? managed : getenv("container"),
		.first = first_line(arena, "/proc/1/comm"),
		.product = first_line(arena, "/sys/class/dmi/id/product_name"),
		.ci = find_ci(),
		.hypervisor = has_hypervisor(arena),
		.docker = access("/.dockerenv", F_OK) == 0,
		.podman = access("/run/.containerenv", F_OK) == 0,
		.flatpak = access("/.flatpak-info", F_OK) == 0,
		.user_namespace = in_user_namespace(arena),
	};

	doctor_find_places(arena, &signs, report);
}

/* Those that something of ours, or what runs inside, mounts. */
static const char *const that_matter[] = {
	"tmpfs", "proc", "sysfs", "devpts", "mqueue", "cgroup2", "overlay", "fuse",
};

static bool has_line(const char *text, const char *type)
{
	size_t length = strlen(type);

	for (const char *at = text; (at = strstr(at, type)); at += length)
		if (at > text && at[-1] == '\t' && (at[length] == '\n' || at[length] == '\0'))
			return true;
	return false;
}

static void list_file_systems(struct arena *arena, struct doctor_report *report)
{
	struct error ignored;
	size_t length;
	char *text;

	if (file_read(arena, "/proc/filesystems", 1 << 20, &text, &length, &ignored) < 0)
		return;
	for (size_t i = 0; i < sizeof(that_matter) / sizeof(that_matter[0]); i++) {
		if (has_line(text, that_matter[i]))
			*list_add(arena, &report->file_systems) = that_matter[i];
		else
			*list_add(arena, &report->unknown_file_systems) = that_matter[i];
	}
}

static int count_namespaces(void *context, struct trial_answer *answer)
{
	unsigned *counts = context;

	(void)answer;
	return namespaces_count(counts);
}

/* In a child, since the processes of others may keep who looks at them waiting. */
static void count_limits(struct doctor_report *report)
{
	struct trial_answer answer;
	struct error ignored;

	unsigned *counts = process_share_memory(LIMITED_NAMESPACES * sizeof(*counts), &ignored);
	report->limits_counted = counts &&
		trial_run(count_namespaces, counts, USUAL_SECONDS * 1000, &answer, &ignored) == 0 &&
		answer.result == 0;
	for (int i = 0; i < LIMITED_NAMESPACES; i++)
		report->limits[i] = (struct doctor_limit){
			.name = limited_namespaces[i],
			.most = namespace_limit(limited_namespaces[i]),
			.used = report->limits_counted ? counts[i] : 0,
		};
}

/* --- all of them --------------------------------------------------------------------------- */

const struct doctor_report *doctor_look(struct arena *arena)
{
	struct doctor_report *report = arena_alloc(arena, sizeof(*report));
	struct utsname *name = arena_alloc(arena, sizeof(*name));
	unsigned missing = 0;

	(void)uname(name);
	report->arena = arena;
	report->kernel = name->release;
	report->machine = name->machine;
	report->system = system_name(arena);
	look_around(arena, report);
	list_file_systems(arena, report);
	count_limits(report);
	for (const struct probe *probe = doctor_probes; probe->name; probe++) {
		struct doctor_finding finding = doctor_try(arena, probe, missing);

		if (finding.verdict == DOCTOR_MISSING)
			missing |= probe->gives;
		*list_add(arena, &report->findings) = finding;
	}
	return report;
}

size_t doctor_count_missing(const struct doctor_report *report)
{
	size_t count = 0;

	list_each(const struct doctor_finding, finding, &report->findings)
		count += finding->needed && finding->verdict != DOCTOR_WORKS &&
			 finding->verdict != DOCTOR_PARTLY;
	return count;
}

/* What must be tried for these needs, with all that it rests on. */
static unsigned all_needs(unsigned needs)
{
	for (unsigned before = 0; before != needs;) {
		before = needs;
		for (const struct probe *probe = doctor_probes; probe->name; probe++)
			if (probe->gives & needs)
				needs |= probe->rests_on;
	}
	return needs;
}

void doctor_explain(struct arena *arena, struct error *err)
{
	const unsigned asked = err->about, needs = all_needs(asked);

	for (const struct probe *probe = doctor_probes; asked && probe->name; probe++) {
		if (!(probe->need & asked) && !(probe->gives & needs))
			continue;
		struct doctor_finding finding = doctor_try(arena, probe, 0);
		if (finding.verdict != DOCTOR_MISSING)
			continue;
		err->hint[0] = '\0';
		if (!finding.hinted)
			(void)hint(err, "%s: %s", finding.name, finding.why);
		for (size_t i = 0; i < finding.advice.count; i++)
			(void)hint(err, "%s%s%s", i || !finding.hinted ? "" : finding.name,
				   i || !finding.hinted ? "" : ": ", finding.advice.items[i]);
		return;
	}
}
