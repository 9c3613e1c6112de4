/* For programs. A value that may not be known is null. */
#include <immure/audit/audit.h>
#include <immure/base/json.h>
#include <immure/sys/proc.h>

/* A number that is negative when it is not known. */
static void number_if_known(struct json *json, const char *key, int value)
{
	if (value < 0)
		json_null(json, key);
	else
		json_number(json, key, (uint64_t)value);
}

static void answer(struct json *json, const char *key, enum answer value)
{
	if (value == ANSWER_UNKNOWN)
		json_null(json, key);
	else
		json_bool(json, key, value == ANSWER_YES);
}

static void id_list(struct json *json, const char *key, const uint32_t *ids, size_t count)
{
	json_list(json, key);
	for (size_t i = 0; i < count; i++)
		json_number(json, NULL, ids[i]);
	json_list_end(json);
}

static void map_list(struct json *json, const char *key, const struct map_facts *maps,
		     size_t count)
{
	json_list(json, key);
	for (size_t i = 0; i < count; i++) {
		json_object(json, NULL);
		json_number(json, "inside", maps[i].inside);
		json_number(json, "outside", maps[i].outside);
		json_number(json, "count", maps[i].count);
		json_object_end(json);
	}
	json_list_end(json);
}

static void put_process(struct json *json, const struct audit_facts *facts)
{
	const struct status_facts *status = &facts->status;

	json_object(json, "process");
	json_number(json, "pid", (uint64_t)facts->pid);
	json_number(json, "asked", (uint64_t)facts->asked);
	json_text(json, "name", status->name);
	json_number(json, "inner_pid", (uint64_t)status->inner_pid);
	json_number(json, "depth", status->depth);
	json_number(json, "threads", (uint64_t)status->threads);
	answer(json, "hidden", facts->hidden);
	json_number(json, "tracer", (uint64_t)status->tracer);
	json_text(json, "label", facts->label);
	json_object_end(json);
}

static void put_namespaces(struct json *json, const struct audit_facts *facts)
{
	json_object(json, "namespaces");
	for (int i = 0; i < AUDIT_NAMESPACES; i++) {
		const struct namespace_facts *it = &facts->namespaces[i];

		json_object(json, audit_namespace_names[i]);
		if (it->inode)
			json_number(json, "inode", it->inode);
		else
			json_null(json, "inode");
		answer(json, "own", it->own);
		answer(json, "of_process_1", it->of_host);
		answer(json, "owned_by_own_user_namespace", it->owned);
		json_object_end(json);
	}
	json_object_end(json);
}

static void put_identity(struct json *json, const struct audit_facts *facts)
{
	const struct status_facts *status = &facts->status;

	json_object(json, "identity");
	id_list(json, "uid", status->uid, 4);
	id_list(json, "gid", status->gid, 4);
	id_list(json, "groups", status->groups.items, status->groups.count);
	map_list(json, "uid_map", facts->uid_map.items, facts->uid_map.count);
	map_list(json, "gid_map", facts->gid_map.items, facts->gid_map.count);
	answer(json, "setgroups_denied", facts->setgroups_denied);
	json_object_end(json);
}

static void put_rights(struct json *json, const struct audit_facts *facts)
{
	const struct status_facts *status = &facts->status;

	json_object(json, "capabilities");
	for (int set = 0; set < CAPABILITY_SETS; set++) {
		json_list(json, audit_set_names[set]);
		for (unsigned i = 0; i < 64; i++)
			if (status->capabilities[set] & (1ull << i))
				json_text(json, NULL, proc_capability(json->arena, i));
		json_list_end(json);
	}
	answer(json, "over_caller", facts->namespaces[AUDIT_USER].own == ANSWER_UNKNOWN
	       ? ANSWER_UNKNOWN : facts->namespaces[AUDIT_USER].own == ANSWER_NO
	       ? ANSWER_YES : ANSWER_NO);
	json_object_end(json);
	json_null(json, "securebits");
	answer(json, "no_new_privs", status->no_new_privs < 0 ? ANSWER_UNKNOWN
	       : status->no_new_privs ? ANSWER_YES : ANSWER_NO);
	json_object(json, "seccomp");
	number_if_known(json, "mode", status->seccomp);
	number_if_known(json, "filters", status->filters);
	json_object_end(json);
	json_null(json, "landlock");
}

static void put_mounts(struct json *json, const struct audit_facts *facts)
{
	json_text(json, "root", facts->root);
	if (facts->mounts_code) {
		json_null(json, "mounts");
		return;
	}
	json_list(json, "mounts");
	list_each(const struct mount_facts, mount, &facts->mounts) {
		json_object(json, NULL);
		json_text(json, "place", mount->place);
		json_text(json, "type", mount->type);
		json_text(json, "root", mount->root);
		json_text(json, "source", mount->source);
		json_bool(json, "writable", mount->writable);
		json_bool(json, "nosuid", mount->nosuid);
		json_bool(json, "nodev", mount->nodev);
		json_bool(json, "noexec", mount->noexec);
		json_bool(json, "shared", mount->shared);
		json_bool(json, "follows", mount->follows);
		json_bool(json, "hidden", mount->hidden);
		json_bool(json, "of_host", mount->of_host);
		json_text(json, "host_path", mount->host);
		json_object_end(json);
	}
	json_list_end(json);
	json_bool(json, "mounts_cut", facts->mounts_cut);
}

static void put_open(struct json *json, const struct open_list *files, int code)
{
	if (code) {
		json_null(json, "descriptors");
		return;
	}
	json_list(json, "descriptors");
	list_each(const struct open_facts, file, files) {
		json_object(json, NULL);
		json_number(json, "number", (uint64_t)file->number);
		json_text(json, "kind", audit_open_names[file->kind]);
		json_text(json, "target", file->target);
		json_bool(json, "reads", file->reads);
		json_bool(json, "writes", file->writes);
		json_bool(json, "appends", file->appends);
		json_bool(json, "path_only", file->path_only);
		answer(json, "outside", file->outside);
		answer(json, "of_caller", file->of_host);
		json_object_end(json);
	}
	json_list_end(json);
	json_bool(json, "descriptors_cut", files->cut);
}

static void put_init(struct json *json, const struct audit_facts *facts)
{
	const struct init_facts *init = &facts->init;

	if (!init->pid) {
		json_null(json, "init");
		return;
	}
	json_object(json, "init");
	json_number(json, "pid", (uint64_t)init->pid);
	json_text(json, "name", init->status.name);
	answer(json, "hidden", init->hidden);
	put_open(json, &init->files, init->files_code);
	if (init->environment_code) {
		json_null(json, "environment");
	} else {
		json_list(json, "environment");
		list_each(const char *const, name, &init->environment)
			json_text(json, NULL, *name);
		json_list_end(json);
	}
	json_object_end(json);
}

static void put_limit(struct json *json, const char *key, uint64_t value)
{
	if (value == UINT64_MAX)
		json_text(json, key, "unlimited");
	else
		json_number(json, key, value);
}

static void put_limits(struct json *json, const struct audit_facts *facts)
{
	json_object(json, "limits");
	list_each(const struct limit_facts, limit, &facts->limits) {
		json_object(json, limit->name);
		put_limit(json, "soft", limit->soft);
		put_limit(json, "hard", limit->hard);
		json_object_end(json);
	}
	json_object_end(json);
	json_object(json, "control_group");
	json_text(json, "memory", facts->memory_limit);
	json_text(json, "pids", facts->pids_limit);
	json_text(json, "cpu", facts->cpu_limit);
	json_object_end(json);
}

static void put_rest(struct json *json, const struct audit_facts *facts)
{
	if (facts->devices_code) {
		json_null(json, "network_devices");
	} else {
		json_list(json, "network_devices");
		list_each(const char *const, device, &facts->devices)
			json_text(json, NULL, *device);
		json_list_end(json);
	}
	json_text(json, "terminal", facts->terminal < 0 ? NULL : facts->terminal == 0 ? "none"
		   : facts->status.depth > 1 && facts->status.inner_session ? "own" : "outside");
	json_number(json, "processes", facts->processes);
	json_list(json, "weaker_processes");
	list_each(const struct weaker_facts, weaker, &facts->weaker) {
		json_object(json, NULL);
		json_number(json, "pid", (uint64_t)weaker->pid);
		json_text(json, "name", weaker->name);
		json_text(json, "what", weaker->what);
		json_object_end(json);
	}
	json_list_end(json);
}

static void put_walls(struct json *json, const struct judgement_list *judgements)
{
	json_list(json, "walls");
	list_each(const struct judgement, judgement, judgements) {
		json_object(json, NULL);
		json_text(json, "wall", judgement->wall);
		json_text(json, "verdict", audit_verdict_names[judgement->verdict]);
		json_text(json, "why", judgement->why);
		json_text(json, "advice", judgement->advice);
		json_object_end(json);
	}
	json_list_end(json);
}

void audit_print_json(const struct audit_facts *facts, const struct judgement_list *judgements,
		      FILE *out)
{
	struct json json = { .arena = facts->arena, .out = out };

	json_object(&json, NULL);
	json_number(&json, "format", 1);
	json_text(&json, "verdict", audit_verdict_names[audit_sum(judgements)]);
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
	json_object_end(&json);
	(void)fputc('\n', out);
}
