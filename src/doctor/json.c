/* For programs. */
#include <immure/base/json.h>

#include "doctor.h"

static void put_names(struct json *json, const char *key, const char *const *names, size_t count)
{
	json_list(json, key);
	for (size_t i = 0; i < count; i++)
		json_text(json, NULL, names[i]);
	json_list_end(json);
}

static void put_places(struct json *json, const struct doctor_report *report)
{
	json_list(json, "places");
	list_each(const struct doctor_place, place, &report->places) {
		json_object(json, NULL);
		json_text(json, "place", place->name);
		json_text(json, "cost", place->cost);
		json_object_end(json);
	}
	json_list_end(json);
}

static void put_findings(struct json *json, const struct doctor_report *report)
{
	json_list(json, "probes");
	list_each(const struct doctor_finding, finding, &report->findings) {
		json_object(json, NULL);
		json_text(json, "probe", finding->name);
		json_text(json, "verdict", doctor_verdict_names[finding->verdict]);
		json_bool(json, "needed", finding->needed);
		json_text(json, "why", *finding->why ? finding->why : NULL);
		put_names(json, "advice", finding->advice.items, finding->advice.count);
		json_text(json, "loses", finding->loses);
		json_text(json, "option", finding->option);
		json_object_end(json);
	}
	json_list_end(json);
}

static void put_limits(struct json *json, const struct doctor_report *report)
{
	json_object(json, "limits");
	for (int i = 0; i < LIMITED_NAMESPACES; i++) {
		const struct doctor_limit *limit = &report->limits[i];

		json_object(json, limit->name);
		if (limit->most < 0)
			json_null(json, "max");
		else
			json_number(json, "max", (uint64_t)limit->most);
		if (report->limits_counted)
			json_number(json, "used_at_least", limit->used);
		else
			json_null(json, "used_at_least");
		json_object_end(json);
	}
	json_object_end(json);
}

void doctor_print_json(const struct doctor_report *report, FILE *out)
{
	struct json json = { .arena = report->arena, .out = out };

	json_object(&json, NULL);
	json_number(&json, "format", 1);
	json_text(&json, "verdict",
		  doctor_verdict_names[doctor_count_missing(report) ? DOCTOR_MISSING : DOCTOR_WORKS]);
	json_text(&json, "kernel", report->kernel);
	json_text(&json, "machine", report->machine);
	json_text(&json, "system", *report->system ? report->system : NULL);
	put_places(&json, report);
	put_findings(&json, report);
	put_limits(&json, report);
	put_names(&json, "file_systems", report->file_systems.items, report->file_systems.count);
	put_names(&json, "unknown_file_systems", report->unknown_file_systems.items,
		  report->unknown_file_systems.count);
	json_object_end(&json);
	(void)fputc('\n', out);
}
