/* For programs. A value that may not be known is null; texts went through the same
 * escaping as on a terminal, so that they are valid UTF-8 without a control character. */
#include <inttypes.h>
#include <string.h>

#include <immure/audit/audit.h>
#include <immure/base/text.h>
#include <immure/sys/proc.h>

struct writer {
	struct arena *arena;
	FILE *out;
	bool first;			/* nothing in this object or list yet */
};

static void put_text(struct writer *json, const char *text)
{
	if (!text) {
		(void)fputs("null", json->out);
		return;
	}
	(void)fputc('"', json->out);
	for (text = text_escaped(json->arena, text); *text; text++)
		(void)fprintf(json->out, "%s%c", strchr("\"\\", *text) ? "\\" : "", *text);
	(void)fputc('"', json->out);
}

/* What comes next, with its key or, in a list, without. */
static void next(struct writer *json, const char *key)
{
	(void)fputs(json->first ? "" : ",", json->out);
	json->first = false;
	if (!key)
		return;
	put_text(json, key);
	(void)fputc(':', json->out);
}

static void open_object(struct writer *json, const char *key)
{
	next(json, key);
	(void)fputc('{', json->out);
	json->first = true;
}

static void close_object(struct writer *json)
{
	(void)fputc('}', json->out);
	json->first = false;
}

static void open_list_of(struct writer *json, const char *key)
{
	next(json, key);
	(void)fputc('[', json->out);
	json->first = true;
}

static void close_list(struct writer *json)
{
	(void)fputc(']', json->out);
	json->first = false;
}

static void text_value(struct writer *json, const char *key, const char *value)
{
	next(json, key);
	put_text(json, value);
}

static void null_value(struct writer *json, const char *key)
{
	text_value(json, key, NULL);
}

static void number(struct writer *json, const char *key, uint64_t value)
{
	next(json, key);
	(void)fprintf(json->out, "%" PRIu64, value);
}

/* A number that is negative when it is not known. */
static void number_if_known(struct writer *json, const char *key, int value)
{
	if (value < 0)
		null_value(json, key);
	else
		number(json, key, (uint64_t)value);
}

static void yes_or_no(struct writer *json, const char *key, bool value)
{
	next(json, key);
	(void)fputs(value ? "true" : "false", json->out);
}

static void answer(struct writer *json, const char *key, enum answer value)
{
	if (value == ANSWER_UNKNOWN)
		null_value(json, key);
	else
		yes_or_no(json, key, value == ANSWER_YES);
}

static void id_list(struct writer *json, const char *key, const uint32_t *ids, size_t count)
{
	open_list_of(json, key);
	for (size_t i = 0; i < count; i++)
		number(json, NULL, ids[i]);
	close_list(json);
}

static void map_list(struct writer *json, const char *key, const struct map_facts *maps,
		     size_t count)
{
	open_list_of(json, key);
	for (size_t i = 0; i < count; i++) {
		open_object(json, NULL);
		number(json, "inside", maps[i].inside);
		number(json, "outside", maps[i].outside);
		number(json, "count", maps[i].count);
		close_object(json);
	}
	close_list(json);
}

static void put_process(struct writer *json, const struct audit_facts *facts)
{
	const struct status_facts *status = &facts->status;

	open_object(json, "process");
	number(json, "pid", (uint64_t)facts->pid);
	number(json, "asked", (uint64_t)facts->asked);
	text_value(json, "name", status->name);
	number(json, "inner_pid", (uint64_t)status->inner_pid);
	number(json, "depth", status->depth);
	number(json, "threads", (uint64_t)status->threads);
	answer(json, "hidden", facts->hidden);
	number(json, "tracer", (uint64_t)status->tracer);
	text_value(json, "label", facts->label);
	close_object(json);
}

static void put_namespaces(struct writer *json, const struct audit_facts *facts)
{
	open_object(json, "namespaces");
	for (int i = 0; i < AUDIT_NAMESPACES; i++) {
		const struct namespace_facts *it = &facts->namespaces[i];

		open_object(json, audit_namespace_names[i]);
		if (it->inode)
			number(json, "inode", it->inode);
		else
			null_value(json, "inode");
		answer(json, "own", it->own);
		answer(json, "of_process_1", it->of_host);
		answer(json, "owned_by_own_user_namespace", it->owned);
		close_object(json);
	}
	close_object(json);
}

static void put_identity(struct writer *json, const struct audit_facts *facts)
{
	const struct status_facts *status = &facts->status;

	open_object(json, "identity");
	id_list(json, "uid", status->uid, 4);
	id_list(json, "gid", status->gid, 4);
	id_list(json, "groups", status->groups.items, status->groups.count);
	map_list(json, "uid_map", facts->uid_map.items, facts->uid_map.count);
	map_list(json, "gid_map", facts->gid_map.items, facts->gid_map.count);
	answer(json, "setgroups_denied", facts->setgroups_denied);
	close_object(json);
}

static void put_rights(struct writer *json, const struct audit_facts *facts)
{
	const struct status_facts *status = &facts->status;

	open_object(json, "capabilities");
	for (int set = 0; set < CAPABILITY_SETS; set++) {
		open_list_of(json, audit_set_names[set]);
		for (unsigned i = 0; i < 64; i++)
			if (status->capabilities[set] & (1ull << i))
				text_value(json, NULL, proc_capability(json->arena, i));
		close_list(json);
	}
	answer(json, "over_caller", facts->namespaces[AUDIT_USER].own == ANSWER_UNKNOWN
	       ? ANSWER_UNKNOWN : facts->namespaces[AUDIT_USER].own == ANSWER_NO
	       ? ANSWER_YES : ANSWER_NO);
	close_object(json);
	null_value(json, "securebits");
	answer(json, "no_new_privs", status->no_new_privs < 0 ? ANSWER_UNKNOWN
	       : status->no_new_privs ? ANSWER_YES : ANSWER_NO);
	open_object(json, "seccomp");
	number_if_known(json, "mode", status->seccomp);
	number_if_known(json, "filters", status->filters);
	close_object(json);
	null_value(json, "landlock");
}

static void put_mounts(struct writer *json, const struct audit_facts *facts)
{
	text_value(json, "root", facts->root);
	if (facts->mounts_code) {
		null_value(json, "mounts");
		return;
	}
	open_list_of(json, "mounts");
	list_each(const struct mount_facts, mount, &facts->mounts) {
		open_object(json, NULL);
		text_value(json, "place", mount->place);
		text_value(json, "type", mount->type);
		text_value(json, "root", mount->root);
		text_value(json, "source", mount->source);
		yes_or_no(json, "writable", mount->writable);
		yes_or_no(json, "nosuid", mount->nosuid);
		yes_or_no(json, "nodev", mount->nodev);
		yes_or_no(json, "noexec", mount->noexec);
		yes_or_no(json, "shared", mount->shared);
		yes_or_no(json, "follows", mount->follows);
		yes_or_no(json, "hidden", mount->hidden);
		yes_or_no(json, "of_host", mount->of_host);
		text_value(json, "host_path", mount->host);
		close_object(json);
	}
	close_list(json);
	yes_or_no(json, "mounts_cut", facts->mounts_cut);
}

static void put_open(struct writer *json, const struct open_list *files, int code)
{
	if (code) {
		null_value(json, "descriptors");
		return;
	}
	open_list_of(json, "descriptors");
	list_each(const struct open_facts, file, files) {
		open_object(json, NULL);
		number(json, "number", (uint64_t)file->number);
		text_value(json, "kind", audit_open_names[file->kind]);
		text_value(json, "target", file->target);
		yes_or_no(json, "reads", file->reads);
		yes_or_no(json, "writes", file->writes);
		yes_or_no(json, "appends", file->appends);
		yes_or_no(json, "path_only", file->path_only);
		answer(json, "outside", file->outside);
		answer(json, "of_caller", file->of_host);
		close_object(json);
	}
	close_list(json);
	yes_or_no(json, "descriptors_cut", files->cut);
}

static void put_init(struct writer *json, const struct audit_facts *facts)
{
	const struct init_facts *init = &facts->init;

	if (!init->pid) {
		null_value(json, "init");
		return;
	}
	open_object(json, "init");
	number(json, "pid", (uint64_t)init->pid);
	text_value(json, "name", init->status.name);
	answer(json, "hidden", init->hidden);
	put_open(json, &init->files, init->files_code);
	if (init->environment_code) {
		null_value(json, "environment");
	} else {
		open_list_of(json, "environment");
		list_each(const char *const, name, &init->environment)
			text_value(json, NULL, *name);
		close_list(json);
	}
	close_object(json);
}

static void put_limit(struct writer *json, const char *key, uint64_t value)
{
	if (value == UINT64_MAX)
		text_value(json, key, "unlimited");
	else
		number(json, key, value);
}

static void put_limits(struct writer *json, const struct audit_facts *facts)
{
	open_object(json, "limits");
	list_each(const struct limit_facts, limit, &facts->limits) {
		open_object(json, limit->name);
		put_limit(json, "soft", limit->soft);
		put_limit(json, "hard", limit->hard);
		close_object(json);
	}
	close_object(json);
	open_object(json, "control_group");
	text_value(json, "memory", facts->memory_limit);
	text_value(json, "pids", facts->pids_limit);
	text_value(json, "cpu", facts->cpu_limit);
	close_object(json);
}

static void put_rest(struct writer *json, const struct audit_facts *facts)
{
	if (facts->devices_code) {
		null_value(json, "network_devices");
	} else {
		open_list_of(json, "network_devices");
		list_each(const char *const, device, &facts->devices)
			text_value(json, NULL, *device);
		close_list(json);
	}
	text_value(json, "terminal", facts->terminal < 0 ? NULL : facts->terminal == 0 ? "none"
		   : facts->status.depth > 1 && facts->status.inner_session ? "own" : "outside");
	number(json, "processes", facts->processes);
	open_list_of(json, "weaker_processes");
	list_each(const struct weaker_facts, weaker, &facts->weaker) {
		open_object(json, NULL);
		number(json, "pid", (uint64_t)weaker->pid);
		text_value(json, "name", weaker->name);
		text_value(json, "what", weaker->what);
		close_object(json);
	}
	close_list(json);
}

static void put_walls(struct writer *json, const struct judgement_list *judgements)
{
	open_list_of(json, "walls");
	list_each(const struct judgement, judgement, judgements) {
		open_object(json, NULL);
		text_value(json, "wall", judgement->wall);
		text_value(json, "verdict", audit_verdict_names[judgement->verdict]);
		text_value(json, "why", judgement->why);
		text_value(json, "advice", judgement->advice);
		close_object(json);
	}
	close_list(json);
}

void audit_print_json(const struct audit_facts *facts, const struct judgement_list *judgements,
		      FILE *out)
{
	struct writer json = { .arena = facts->arena, .out = out, .first = true };

	open_object(&json, NULL);
	number(&json, "format", 1);
	text_value(&json, "verdict", audit_verdict_names[audit_sum(judgements)]);
	answer(&json, "sandbox", audit_in_sandbox(facts));
	put_process(&json, facts);
	put_walls(&json, judgements);
	put_namespaces(&json, facts);
	put_identity(&json, facts);
	put_rights(&json, facts);
	put_mounts(&json, facts);
	put_open(&json, &facts->files, facts->files_code);
	put_init(&json, facts);
	put_limits(&json, facts);
	put_rest(&json, facts);
	close_object(&json);
	(void)fputc('\n', out);
}
