/* For people: a line each, and below it what to type. */
#include <inttypes.h>

#include <immure/base/text.h>

#include "doctor.h"

const char *const doctor_verdict_names[DOCTOR_VERDICTS] = {
	[DOCTOR_WORKS] = "works", [DOCTOR_PARTLY] = "partly", [DOCTOR_MISSING] = "missing",
	[DOCTOR_UNKNOWN] = "unknown",
};

enum { NAME_WIDTH = 23, TEXT_COLUMN = 2 + NAME_WIDTH + 9 };

static void put(FILE *out, struct arena *arena, const char *text)
{
	(void)fputs(text_escaped(arena, text), out);
}

static void below(FILE *out, struct arena *arena, const char *start, const char *text)
{
	(void)fprintf(out, "%*s%s ", TEXT_COLUMN, "", start);
	put(out, arena, text);
	(void)fputc('\n', out);
}

static void print_finding(const struct doctor_report *report, const struct doctor_finding *finding,
			  FILE *out)
{
	(void)fprintf(out, "  %-*s%-*s", NAME_WIDTH, finding->name, *finding->why ? 9 : 0,
		      doctor_verdict_names[finding->verdict]);
	put(out, report->arena, finding->why);
	(void)fputc('\n', out);
	if (finding->verdict == DOCTOR_WORKS)
		return;
	list_each(const char *const, advice, &finding->advice)
		below(out, report->arena, "->", *advice);
	if (!finding->needed)
		below(out, report->arena, "for:", finding->loses);
}

static void print_findings(const struct doctor_report *report, bool needed, FILE *out)
{
	(void)fputs(needed ? "\nNeeded by every run\n" : "\nWanted by options, or inside\n", out);
	list_each(const struct doctor_finding, finding, &report->findings)
		if (finding->needed == needed)
			print_finding(report, finding, out);
}

static void print_row(FILE *out, const struct doctor_report *report, const char *name,
		      const char *text)
{
	char escaped[NAME_WIDTH];

	text_escape(escaped, sizeof(escaped), name);
	(void)fprintf(out, "  %-*s", NAME_WIDTH, escaped);
	put(out, report->arena, text);
	(void)fputc('\n', out);
}

static void print_names(FILE *out, const struct doctor_report *report, const char *title,
			const char *const *names, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = arena_format(report->arena, "%s%s%s", text, i ? ", " : "", names[i]);
	if (count)
		print_row(out, report, title, text);
}

static const char *limit_text(const struct doctor_report *report, const struct doctor_limit *limit)
{
	if (limit->most < 0)
		return "no limit is known";
	if (!report->limits_counted)
		return arena_format(report->arena, "unknown, of %" PRId64, limit->most);
	return arena_format(report->arena, "at least %u of %" PRId64, limit->used, limit->most);
}

static void print_verdict(const struct doctor_report *report, FILE *out)
{
	size_t missing = doctor_count_missing(report), needed = 0;

	list_each(const struct doctor_finding, finding, &report->findings)
		needed += finding->needed;
	if (missing)
		(void)fprintf(out, "immure run does not work here: %zu of the %zu things that it needs"
			      " %s missing.\n", missing, needed, missing == 1 ? "is" : "are");
	else
		(void)fprintf(out, "immure run works here: it has all of the %zu things that it"
			      " needs.\n", needed);
}

void doctor_print(const struct doctor_report *report, FILE *out)
{
	struct arena *arena = report->arena;

	print_verdict(report, out);
	(void)fputs("\nWhere it runs, and what that costs\n", out);
	print_row(out, report, "kernel", arena_format(arena, "Linux %s %s%s%s", report->kernel,
						      report->machine, *report->system ? ", " : "",
						      report->system));
	list_each(const struct doctor_place, place, &report->places)
		print_row(out, report, place->name, place->cost);
	print_findings(report, true, out);
	print_findings(report, false, out);
	(void)fputs("\nNamespaces in use, of the limits in /proc/sys/user\n", out);
	for (int i = 0; i < LIMITED_NAMESPACES; i++)
		print_row(out, report, report->limits[i].name, limit_text(report, &report->limits[i]));
	(void)fputs("\nFile systems of this kernel\n", out);
	print_names(out, report, "known", report->file_systems.items, report->file_systems.count);
	print_names(out, report, "not there, or not yet", report->unknown_file_systems.items,
		    report->unknown_file_systems.count);
}
