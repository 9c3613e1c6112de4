/* For people: the walls first, then what they were judged by. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <immure/audit/audit.h>
#include <immure/base/text.h>
#include <immure/sys/proc.h>

const char *const audit_set_names[CAPABILITY_SETS] = {
	[CAP_EFF] = "effective", [CAP_PRM] = "permitted", [CAP_INH] = "inheritable",
	[CAP_BND] = "bounding", [CAP_AMB] = "ambient",
};

const char *const audit_open_names[OPEN_KINDS] = {
	[OPEN_FILE] = "file", [OPEN_DIRECTORY] = "directory", [OPEN_TERMINAL] = "terminal",
	[OPEN_DEVICE] = "device", [OPEN_SOCKET] = "socket", [OPEN_PIPE] = "pipe",
	[OPEN_ANONYMOUS] = "kernel object", [OPEN_OTHER] = "other",
};

enum { LONGEST_LIST = 40 };

struct printer {
	struct arena *arena;
	FILE *out;
};

static void line(const struct printer *printer, const char *what, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void line(const struct printer *printer, const char *what, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	(void)fprintf(printer->out, "  %-14s %s\n", what,
		      text ? text_escaped(printer->arena, text) : "(out of memory)");
	free(text);
}

static void title(const struct printer *printer, const char *text)
{
	(void)fprintf(printer->out, "\n%s\n", text);
}

/* The rest of a list that is too long for people. */
static bool is_too_long(const struct printer *printer, size_t shown, size_t count)
{
	if (shown < LONGEST_LIST)
		return false;
	line(printer, "", "... and %zu more, which --json shows", count - shown);
	return true;
}

static const char *reason(int code)
{
	return code == EACCES || code == EPERM ? "unknown: only root may see it"
	       : code == ETIMEDOUT ? "unknown: the process does not let it be read"
	       : strerror(code);
}

/* --- who, and the walls ---------------------------------------------------------------- */

static void print_subject(const struct printer *printer, const struct audit_facts *facts)
{
	char *text = arena_format(printer->arena, "process %d (%s)", (int)facts->pid,
				  facts->status.name);

	switch (audit_in_sandbox(facts)) {
	case ANSWER_NO:
		text = arena_format(printer->arena, "%s is in no sandbox: it has no namespace of"
				    " its own", text);
		break;
	case ANSWER_UNKNOWN:
		text = arena_format(printer->arena, "%s does not show you its namespaces", text);
		break;
	default:
		text = facts->init.pid && facts->init.pid != facts->pid
		       ? arena_format(printer->arena, "%s, in the sandbox of process %d (%s)", text,
				      (int)facts->init.pid, facts->init.status.name)
		       : facts->init.pid == facts->pid
		       ? arena_format(printer->arena, "%s, process 1 of its sandbox", text)
		       : arena_format(printer->arena, "%s, in namespaces of its own", text);
	}
	(void)fprintf(printer->out, "%s\n", text_escaped(printer->arena, text));
	if (facts->asked != facts->pid)
		(void)fprintf(printer->out, "(process %d, its process 1, shows you less)\n",
			      (int)facts->asked);
	if (facts->inside)
		(void)fprintf(printer->out, "A process in the sandbox that it keeps: immure audit"
			      " %d\n", (int)facts->inside);
}

/* Words of a sentence from column `column` on, as wide as a terminal is. */
static void print_wrapped(const struct printer *printer, const char *text, int column)
{
	enum { WIDEST = 80 };
	int at = column;

	for (const char *word = text; *word;) {
		int width = (int)strcspn(word, " ");

		if (at > column && at + 1 + width > WIDEST) {
			(void)fprintf(printer->out, "\n%*s", column, "");
			at = column;
		}
		at += fprintf(printer->out, "%s%.*s", at > column ? " " : "", width, word);
		word += width + strspn(word + width, " ");
	}
	(void)fputc('\n', printer->out);
}

static void print_walls(const struct printer *printer, const struct judgement_list *judgements)
{
	enum { COLUMN = 26 };

	title(printer, "Walls");
	list_each(const struct judgement, judgement, judgements) {
		(void)fprintf(printer->out, "  %-14s %-8s ", judgement->wall,
			      audit_verdict_names[judgement->verdict]);
		print_wrapped(printer, text_escaped(printer->arena, judgement->why), COLUMN - 1);
		if (!judgement->advice)
			continue;
		(void)fprintf(printer->out, "%*s", COLUMN - 1, "");
		print_wrapped(printer, arena_format(printer->arena, "-> %s", judgement->advice),
			      COLUMN - 1);
	}
}

/* --- facts ------------------------------------------------------------------------------ */

static const char *relation(const struct namespace_facts *it)
{
	return it->own == ANSWER_YES ? it->of_host == ANSWER_YES ? "that of process 1" : "its own"
	       : it->own == ANSWER_NO ? "the caller's" : "unknown";
}

static void print_namespaces(const struct printer *printer, const struct audit_facts *facts)
{
	title(printer, "Namespaces");
	for (int i = 0; i < AUDIT_NAMESPACES; i++) {
		const struct namespace_facts *it = &facts->namespaces[i];
		const char *owned = it->own != ANSWER_YES ? ""
			: it->owned == ANSWER_YES ? ", belongs to its own user namespace"
			: it->owned == ANSWER_NO ? ", belongs to a user namespace above its own"
			: "";

		if (it->inode)
			line(printer, audit_namespace_names[i], "%s%s (%" PRIu64 ")", relation(it),
			     owned, it->inode);
		else
			line(printer, audit_namespace_names[i], "unknown");
	}
}

static const char *ids(struct arena *arena, const uint32_t id[4])
{
	if (id[0] == id[1] && id[1] == id[2] && id[2] == id[3])
		return arena_format(arena, "%u", id[0]);
	return arena_format(arena, "real %u, effective %u, saved %u, files %u", id[0], id[1], id[2],
			    id[3]);
}

static void print_map(const struct printer *printer, const char *what,
		      const struct map_facts *maps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_too_long(printer, i, count))
			return;
		else if (maps[i].count == 1)
			line(printer, what, "%u inside is %u outside", maps[i].inside,
			     maps[i].outside);
		else
			line(printer, what, "%u inside is %u outside, and so on for %u",
			     maps[i].inside, maps[i].outside, maps[i].count);
}

static void print_identity(const struct printer *printer, const struct audit_facts *facts)
{
	const struct status_facts *status = &facts->status;
	char *groups = arena_copy(printer->arena, "");

	title(printer, "Identity");
	line(printer, "user", "%s, as you number them", ids(printer->arena, status->uid));
	line(printer, "group", "%s", ids(printer->arena, status->gid));
	for (size_t i = 0; i < status->groups.count && i < LONGEST_LIST; i++)
		groups = arena_format(printer->arena, "%s%s%u", groups, i ? " " : "",
				      status->groups.items[i]);
	line(printer, "more groups", "%s", *groups ? groups : "none");
	print_map(printer, "user map", facts->uid_map.items, facts->uid_map.count);
	print_map(printer, "group map", facts->gid_map.items, facts->gid_map.count);
	line(printer, "setgroups", "%s", facts->setgroups_denied == ANSWER_YES ? "denied"
	     : facts->setgroups_denied == ANSWER_NO ? "allowed" : "unknown");
}

static const char *capabilities(struct arena *arena, uint64_t set)
{
	char *text = NULL;

	for (unsigned i = 0; i < 64; i++)
		if (set & (1ull << i))
			text = text ? arena_format(arena, "%s %s", text, proc_capability(arena, i))
				    : arena_copy(arena, proc_capability(arena, i));
	return text ? text : "none";
}

static void print_rights(const struct printer *printer, const struct audit_facts *facts)
{
	static const char *const modes[] = { "none", "strict", "filtered" };
	const struct status_facts *status = &facts->status;

	title(printer, "Rights");
	for (int i = 0; i < CAPABILITY_SETS; i++)
		line(printer, audit_set_names[i], "%s",
		     capabilities(printer->arena, status->capabilities[i]));
	line(printer, "they count", "%s", facts->namespaces[AUDIT_USER].own == ANSWER_NO
	     ? "over the caller's user namespace"
	     : facts->namespaces[AUDIT_USER].own == ANSWER_YES
	     ? "over its own user namespace only" : "unknown");
	line(printer, "securebits", "unknown: no kernel tells from outside");
	line(printer, "no_new_privs", "%s", status->no_new_privs == 1 ? "set"
	     : status->no_new_privs == 0 ? "not set" : "unknown");
	if (status->seccomp < 0 || status->seccomp > 2)
		line(printer, "seccomp", "unknown");
	else if (status->filters < 0)
		line(printer, "seccomp", "%s", modes[status->seccomp]);
	else
		line(printer, "seccomp", "%s, %d filter%s", modes[status->seccomp],
		     status->filters, status->filters == 1 ? "" : "s");
	line(printer, "landlock", "unknown: no kernel tells from outside");
	line(printer, "label", "%s", facts->label ? facts->label : "none");
	line(printer, "dumpable", "%s", facts->hidden == ANSWER_YES ? "no: hidden from its own user"
	     : facts->hidden == ANSWER_NO ? "yes: its own user can look into it and trace it"
	     : "unknown");
	if (status->tracer)
		line(printer, "traced by", "process %d", (int)status->tracer);
}

static void print_mounts(const struct printer *printer, const struct audit_facts *facts)
{
	size_t hidden = 0, shown = 0, wanted = 0;

	title(printer, "Mounts");
	line(printer, "root", "%s", facts->root ? facts->root : "unknown");
	if (facts->mounts_code) {
		line(printer, "mounts", "%s", reason(facts->mounts_code));
		return;
	}
	list_each(const struct mount_facts, mount, &facts->mounts) {
		hidden += mount->hidden;
		wanted += mount->writable || mount->of_host || !mount->nosuid || !mount->nodev;
	}
	line(printer, "count", "%zu%s, %zu of them behind others", facts->mounts.count,
	     facts->mounts_cut ? " and more" : "", hidden);
	line(printer, "", "those that can be written, show files of the host, or lack a flag:");
	list_each(const struct mount_facts, mount, &facts->mounts) {
		if (!(mount->writable || mount->of_host || !mount->nosuid || !mount->nodev))
			continue;
		if (is_too_long(printer, shown, wanted))
			return;
		shown++;
		line(printer, mount->writable ? "writable" : "read-only",
		     "%s, %s%s%s%s%s%s%s%s%s", mount->place, mount->type,
		     mount->of_host ? ", the host's " : "",
		     mount->of_host ? mount->host ? mount->host : mount->root : "",
		     mount->nosuid ? "" : ", suid", mount->nodev ? "" : ", devices",
		     mount->noexec ? ", noexec" : "", mount->shared ? ", shared" : "",
		     mount->follows ? ", follows the host" : "",
		     mount->hidden ? ", behind another" : "");
	}
}

static void print_open(const struct printer *printer, const char *name,
		       const struct open_list *files, int code)
{
	size_t shown = 0;

	title(printer, name);
	if (code)
		line(printer, "", "%s", reason(code));
	list_each(const struct open_facts, file, files) {
		if (is_too_long(printer, shown++, files->count))
			return;
		line(printer, arena_format(printer->arena, "%d", file->number), "%s, %s%s%s%s",
		     audit_open_names[file->kind], file->target,
		     file->path_only ? " (path only)" : file->appends ? " (append)"
		     : file->reads && file->writes ? " (read, write)"
		     : file->writes ? " (write)" : " (read)",
		     file->outside == ANSWER_YES ? ", of the outside" : "",
		     file->of_host == ANSWER_YES ? ", the caller's" : "");
	}
}

static void print_init(const struct printer *printer, const struct audit_facts *facts)
{
	const struct init_facts *init = &facts->init;
	size_t shown = 0;

	if (!init->pid)
		return;
	if (init->pid != facts->pid)
		print_open(printer, "Descriptors of process 1", &init->files, init->files_code);
	title(printer, "Environment of process 1, names only");
	if (init->environment_code)
		line(printer, "", "%s", reason(init->environment_code));
	else if (!init->environment.count)
		line(printer, "", "none");
	list_each(const char *const, name, &init->environment) {
		if (is_too_long(printer, shown++, init->environment.count))
			return;
		line(printer, "", "%s", *name);
	}
}

static const char *limit_text(struct arena *arena, uint64_t value)
{
	return value == UINT64_MAX ? "unlimited" : arena_format(arena, "%" PRIu64, value);
}

static const char *group_text(const char *limit)
{
	return limit ? limit : "no limit seen";
}

static void print_limits(const struct printer *printer, const struct audit_facts *facts)
{
	title(printer, "Limits");
	list_each(const struct limit_facts, limit, &facts->limits)
		line(printer, limit->name, "soft %s, hard %s",
		     limit_text(printer->arena, limit->soft),
		     limit_text(printer->arena, limit->hard));
	line(printer, "group memory", "%s", group_text(facts->memory_limit));
	line(printer, "group pids", "%s", group_text(facts->pids_limit));
	line(printer, "group cpu", "%s", group_text(facts->cpu_limit));
}

static void print_rest(const struct printer *printer, const struct audit_facts *facts)
{
	title(printer, "Network and terminal");
	if (facts->devices_code)
		line(printer, "devices", "%s", reason(facts->devices_code));
	list_each(const char *const, device, &facts->devices)
		line(printer, "device", "%s", *device);
	line(printer, "terminal", "%s", facts->terminal < 0 ? "unknown"
	     : facts->terminal == 0 ? "none"
	     : facts->status.depth > 1 && facts->status.inner_session ? "of its own session"
	     : "of a session outside");
}

void audit_print(const struct audit_facts *facts, const struct judgement_list *judgements,
		 FILE *out)
{
	const struct printer printer = { .arena = facts->arena, .out = out };

	print_subject(&printer, facts);
	print_walls(&printer, judgements);
	print_namespaces(&printer, facts);
	print_identity(&printer, facts);
	print_rights(&printer, facts);
	print_mounts(&printer, facts);
	print_open(&printer, "Descriptors", &facts->files, facts->files_code);
	print_init(&printer, facts);
	print_limits(&printer, facts);
	print_rest(&printer, facts);
}
