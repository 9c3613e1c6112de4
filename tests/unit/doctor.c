/* Where something runs, as far as signs tell. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <immure/base/text.h>
#include <immure/doctor/doctor.h>

#include "../../src/doctor/doctor.h"
#include "unit.h"

static const struct {
	struct place_signs signs;
	const char *places;		/* with "|" between them */
	const char *cost;		/* of the last one, a part */
} places[] = {
	{ { .kernel = "6.1.0-40-amd64" }, "bare metal", "nothing" },
	{ { .kernel = "6.1.0", .hypervisor = true }, "virtual machine", "nothing" },
	{ { .kernel = "6.1.0", .hypervisor = true, .product = "KVM" }, "virtual machine (KVM)",
	  "nothing" },
	{ { .kernel = "6.1.0", .product = "A laptop" }, "bare metal", "nothing" },
	{ { .kernel = "6.1.0", .docker = true }, "bare metal|Docker",
	  "docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined" },
	{ { .kernel = "6.1.0", .podman = true }, "bare metal|podman",
	  "podman run --security-opt seccomp=unconfined --security-opt systempaths=unconfined" },
	{ { .kernel = "6.1.0", .container = "oci", .podman = true }, "bare metal|podman", "podman run" },
	{ { .kernel = "6.1.0", .container = "podman", .podman = true, .docker = true },
	  "bare metal|podman", "podman run" },
	{ { .kernel = "6.1.0", .container = "docker", .hypervisor = true }, "virtual machine|Docker",
	  "docker run" },
	{ { .kernel = "6.1.0", .container = "lxc" }, "bare metal|LXC", "security.nesting=true" },
	{ { .kernel = "6.1.0", .container = "lxc-libvirt" }, "bare metal|LXC", "security.nesting" },
	{ { .kernel = "6.1.0", .container = "systemd-nspawn", .user_namespace = true },
	  "bare metal|systemd-nspawn|a user namespace", "32 levels" },
	{ { .kernel = "6.1.0", .container = "something else" },
	  "bare metal|container (something else)", "missing below" },
	{ { .kernel = "6.1.0", .container = "" }, "bare metal", "nothing" },
	{ { .kernel = "6.1.0", .flatpak = true, .container = "flatpak" }, "bare metal|Flatpak",
	  "flatpak-spawn" },
	{ { .kernel = "6.1.0", .container = "firejail" }, "bare metal|firejail", "--noprofile" },
	{ { .kernel = "6.1.0", .first = "bwrap", .user_namespace = true },
	  "bare metal|bubblewrap|a user namespace", "limits of those outside" },
	{ { .kernel = "6.1.0", .first = "immure" }, "bare metal|immure", "--nested" },
	{ { .kernel = "6.1.0", .first = "immure-init", .docker = true }, "bare metal|Docker|immure",
	  "--nested" },
	{ { .kernel = "6.1.0", .first = "systemd" }, "bare metal", "nothing" },
	{ { .kernel = "5.15.167.4-microsoft-standard-WSL2", .hypervisor = true, .container = "wsl" },
	  "WSL 2", "nothing" },
	{ { .kernel = "4.4.0-19041-Microsoft" }, "WSL 1", "wsl --set-version" },
	{ { .kernel = "6.1.0", .ci = "GITHUB_ACTIONS", .hypervisor = true },
	  "virtual machine|CI (GITHUB_ACTIONS)", "is what counts" },
	{ { .kernel = "6.1.0", .ci = "CI", .docker = true }, "bare metal|CI (CI)|Docker", "docker run" },
};

static void test_places(void)
{
	EACH_ROW(row, places) {
		struct arena *arena = arena_new();
		struct doctor_report report = { .arena = arena };
		const char *is = "";

		doctor_find_places(arena, &row->signs, &report);
		list_each(const struct doctor_place, place, &report.places)
			is = arena_format(arena, "%s%s%s", is, *is ? "|" : "", place->name);
		CHECK(text_is(is, row->places), "%s, not %s", is, row->places);
		const char *cost = report.places.items[report.places.count - 1].cost;
		CHECK(strstr(cost, row->cost) != NULL, "%s: %s", is, cost);
		arena_free(arena);
	}
}

/* What a probe rests on is tried before it, and each says what it is for. */
static void test_table(void)
{
	unsigned given = 0;

	for (const struct probe *probe = doctor_probes; probe->name; probe++) {
		CHECK((probe->rests_on & ~given) == 0, "%s comes too early", probe->name);
		CHECK(probe->try != NULL, "%s does nothing", probe->name);
		CHECK(probe->loses || probe->namespaces, "%s is for nothing", probe->name);
		CHECK(strlen(probe->name) < 23, "%s is too long for its column", probe->name);
		given |= probe->gives;
	}
}

static struct doctor_report make_report(struct arena *arena)
{
	struct doctor_report report = { .arena = arena, .kernel = "k", .machine = "m", .system = "s" };

	for (int i = 0; i < LIMITED_NAMESPACES; i++)
		report.limits[i].name = limited_namespaces[i];
	*list_add(arena, &report.findings) = (struct doctor_finding){
		.name = "a", .needed = true, .verdict = DOCTOR_WORKS, .why = "", .loses = "" };
	*list_add(arena, &report.findings) = (struct doctor_finding){
		.name = "b", .needed = true, .verdict = DOCTOR_PARTLY, .why = "half", .loses = "" };
	*list_add(arena, &report.findings) = (struct doctor_finding){
		.name = "c", .verdict = DOCTOR_MISSING, .why = "x", .loses = "y" };
	return report;
}

static void test_verdict(void)
{
	struct arena *arena = arena_new();
	struct doctor_report report = make_report(arena);

	CHECK(doctor_count_missing(&report) == 0, "what is not needed may be missing");
	report.findings.items[0].verdict = DOCTOR_UNKNOWN;
	CHECK(doctor_count_missing(&report) == 1, "what is unknown is not there");
	report.findings.items[1].verdict = DOCTOR_MISSING;
	CHECK(doctor_count_missing(&report) == 2, "two");
	arena_free(arena);
}

static char *printed(struct arena *arena, const struct doctor_report *report,
		     void (*print)(const struct doctor_report *, FILE *))
{
	char *text = NULL;
	size_t size;

	FILE *out = open_memstream(&text, &size);
	print(report, out);
	(void)fclose(out);
	char *copy = arena_copy(arena, text);
	free(text);
	return copy;
}

/* A hostile file of the host says what it likes. */
static void test_printing_hostile(void)
{
	struct arena *arena = arena_new();
	struct doctor_report report = make_report(arena);

	report.kernel = report.system = "\033[31m\"\\\n\t\x80";
	report.findings.items[2].why = "\033]0;x\a\"\n";
	*list_add(arena, &report.findings.items[2].advice) = "\r\033[2J";
	*list_add(arena, &report.places) = (struct doctor_place){ "\033c\n", "\b" };
	*list_add(arena, &report.unknown_file_systems) = "\033";
	const char *text = printed(arena, &report, doctor_print);
	for (const char *at = text; *at; at++)
		CHECK((unsigned char)*at >= ' ' || *at == '\n', "byte %d", *at);
	CHECK(strstr(text, "\\x1b[31m") != NULL, "%s", text);
	text = printed(arena, &report, doctor_print_json);
	for (const char *at = text; *at && at[1]; at++)
		CHECK((unsigned char)*at >= ' ', "byte %d", *at);
	CHECK(strstr(text, "\"why\":\"\\\\x1b]0;x\\\\a\\\"\\\\n\"") ||
	      strstr(text, "\"why\":\"\\\\x1b]0;x\\\\x07\\\"\\\\n\""), "%s", text);
	arena_free(arena);
}

int main(void)
{
	RUN(test_places);
	RUN(test_table);
	RUN(test_verdict);
	RUN(test_printing_hostile);
	return unit_end();
}
