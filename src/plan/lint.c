/* What a profile's author may want to know before somebody runs with it: mistakes in
 * its lines, lines that have no effect, and lines that open more than they seem to. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/config/option.h>
#include <immure/plan/plan.h>
#include <immure/plan/words.h>
#include <immure/sys/file.h>

struct lint {
	struct arena *arena;
	const struct config *config;
	const char *here, *home;	/* NULL: there is none */
	struct findings findings;
};

static void add(struct lint *lint, bool mistake, const char *text)
{
	*list_add(lint->arena, &lint->findings.list) =
		(struct finding){ .mistake = mistake, .text = text };
}

static const char *where(const struct lint *lint, const struct origin *origin)
{
	return origin_text(lint->arena, origin);
}

static const char *error_text(const struct lint *lint, const struct error *err)
{
	const char *reason = err->code ? strerror(err->code) : "";

	return arena_format(lint->arena, "%s%s%s%s%s", err->what, *reason ? ": " : "", reason,
			    *err->hint ? "; " : "", err->hint);
}

/* --- what lines show ------------------------------------------------------------ */

static bool is_bind(const struct place *place)
{
	return place->placing == PLACE_BIND || place->placing == PLACE_READ_ONLY_BIND ||
	       place->placing == PLACE_DEVICE_BIND;
}

static const char *source_of(const struct lint *lint, const struct place *place)
{
	return path_normal(lint->arena, lint->here ? lint->here : "/", place->source);
}

static const char *target_of(const struct lint *lint, const struct place *place)
{
	return path_normal(lint->arena, lint->here ? lint->here : "/",
			   place->target ? place->target : place->source);
}

/* Below the home directory: who reads these can act as the caller elsewhere. */
static const char *const secrets[] = {
	".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".netrc", ".password-store",
	".git-credentials", ".npmrc", ".pypirc", ".config/gcloud", ".config/gh",
	".local/share/keyrings", ".mozilla", ".config/chromium", ".config/google-chrome",
};

/* ... but not these, which say whom one talks to. */
static const char *const no_secrets[] = { ".ssh/config", ".ssh/known_hosts" };

/* Who reaches these gets outside through whoever listens there. */
static const char *const sockets[] = {
	"/run/docker.sock", "/var/run/docker.sock", "/run/podman", "/run/containerd",
	"/run/dbus", "/run/user", "/run/systemd", "/tmp/.X11-unix",
};

static void check_home(struct lint *lint, const struct place *place, const char *source)
{
	const char *at = where(lint, place->origin);

	if (path_is_within(lint->home, source)) {
		add(lint, false, arena_format(lint->arena, "%s: shows all of your home directory,"
			" keys and passwords in it%s", at,
			place->placing == PLACE_READ_ONLY_BIND ? "" :
			", and lets it be changed: what is written there runs at your next login"));
		return;
	}
	for (size_t i = 0; i < sizeof(no_secrets) / sizeof(no_secrets[0]); i++)
		if (text_is(source, path_join(lint->arena, lint->home, no_secrets[i])))
			return;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (path_is_within(source, path_join(lint->arena, lint->home, secrets[i])))
			add(lint, false, arena_format(lint->arena, "%s: ~/%s is where keys and"
				" passwords are", at, secrets[i]));
}

static void check_source(struct lint *lint, const struct place *place)
{
	const char *source = source_of(lint, place), *at = where(lint, place->origin);
	struct file_id id;
	struct error problem;

	if (lint->home)
		check_home(lint, place, source);
	for (size_t i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++)
		if (is_bind(place) && (path_is_within(source, sockets[i]) ||
				       path_is_within(sockets[i], source))) {
			add(lint, false, arena_format(lint->arena, "%s: %s is where the host's"
				" services listen: what connects to one may get outside through it",
				at, source));
			break;
		}
	if (file_look(source, true, &id, &problem) < 0 && !place->optional)
		add(lint, true, arena_format(lint->arena, "%s: %s%s", at, error_text(lint, &problem),
			is_bind(place) ? "; if it may be missing, its option with -try" : ""));
}

/* --- lines that have no effect ----------------------------------------------------- */

static bool is_of_one_file(const struct origin *a, const struct origin *b)
{
	return a && b && a->file && b->file && text_is(a->file, b->file);
}

/* Does the first give all that the second gives? */
static bool covers(const struct place *wide, const struct place *narrow)
{
	return wide->placing == narrow->placing || wide->placing == PLACE_DEVICE_BIND ||
	       (wide->placing == PLACE_BIND && narrow->placing == PLACE_READ_ONLY_BIND);
}

static bool is_plain_bind(const struct lint *lint, const struct place *place)
{
	return is_bind(place) && text_is(source_of(lint, place), target_of(lint, place));
}

static void check_pair(struct lint *lint, const struct place *first, const struct place *second)
{
	if (!is_of_one_file(first->origin, second->origin))
		return;
	const char *one = target_of(lint, first), *other = target_of(lint, second);
	if (text_is(one, other)) {
		add(lint, false, arena_format(lint->arena, "%s: line %u says something else about %s,"
			" and counts", where(lint, first->origin), second->origin->line, one));
		return;
	}
	if (!is_plain_bind(lint, first) || !is_plain_bind(lint, second))
		return;
	bool first_is_wide = path_is_below(other, one), second_is_wide = path_is_below(one, other);
	const struct place *wide = first_is_wide ? first : second;
	const struct place *narrow = first_is_wide ? second : first;
	if ((first_is_wide || second_is_wide) && covers(wide, narrow))
		add(lint, false, arena_format(lint->arena, "%s: %s is already open by line %u: %s",
			where(lint, narrow->origin), target_of(lint, narrow), wide->origin->line,
			target_of(lint, wide)));
}

static void check_places(struct lint *lint)
{
	const struct place *end = lint->config->places.items + lint->config->places.count;

	list_each(const struct place, place, &lint->config->places) {
		if (!place->origin || !place->origin->file)
			continue;
		if (is_bind(place) || place->placing == PLACE_COPY)
			check_source(lint, place);
		for (const struct place *later = place + 1; later < end; later++)
			check_pair(lint, place, later);
	}
}

static void check_scalars(struct lint *lint)
{
	const struct setting *end = lint->config->said.items + lint->config->said.count;

	list_each(const struct setting, setting, &lint->config->said) {
		if (setting->option->list)
			continue;
		for (const struct setting *later = setting + 1; later < end; later++)
			if (later->option == setting->option &&
			    is_of_one_file(setting->origin, later->origin)) {
				add(lint, false, arena_format(lint->arena, "%s: line %u says %s again,"
					" and counts", where(lint, setting->origin),
					later->origin->line, later->option->name));
				break;
			}
	}
}

/* The first rule that fits decides: one whose all is decided by another never does. */
static void check_rules(struct lint *lint)
{
	size_t most = lint->config->said.count + 1, count = 0;
	struct network_word *words = arena_alloc(lint->arena, most * sizeof(*words));
	struct rule *rules = arena_alloc(lint->arena, most * sizeof(*rules));
	struct error problem;

	list_each(const struct setting, said, &lint->config->said)
		count += network_word_of(said, &words[count]);
	for (size_t i = 0; i < count; i++) {
		if (words[i].urls)
			continue;
		if (rule_parse(lint->arena, words[i].what, &rules[i], &problem) < 0)
			return;		/* which planning says */
		for (size_t j = 0; j < i; j++) {
			if (words[j].urls || !is_of_one_file(words[j].origin, words[i].origin) ||
			    !rule_covers(&rules[j], &rules[i]))
				continue;
			add(lint, false, arena_format(lint->arena, "%s: %s never decides: line %u"
				" does before, %s", where(lint, words[i].origin), words[i].what,
				words[j].origin->line, words[j].what));
			break;
		}
	}
}

/* A file that is not there is one on another machine, or in another project. */
static void add_remarks(struct lint *lint, const struct plan *plan)
{
	list_each(const struct url_remark, remark, &plan->network.url_remarks) {
		add(lint, false, remark->text);
		lint->findings.list.items[lint->findings.list.count - 1].harmless = remark->missing;
	}
}

struct findings plan_lint(const struct config *config, const struct problems *problems)
{
	struct lint lint = {
		.arena = config->arena, .config = config, .home = getenv("HOME"),
		.here = file_current_directory(config->arena),
	};
	struct error problem = { 0 };

	if (lint.home && lint.home[0] != '/')
		lint.home = NULL;
	list_each(const struct error, mistake, &problems->list)
		add(&lint, true, error_text(&lint, mistake));
	check_places(&lint);
	check_scalars(&lint);
	check_rules(&lint);
	bool any = false;
	list_each(const struct finding, finding, &lint.findings.list)
		any = any || finding->mistake;
	const struct plan *plan = any ? NULL : plan_make(config, &problem);
	if (!any && !plan)
		add(&lint, true, error_text(&lint, &problem));
	if (plan)
		add_remarks(&lint, plan);
	return lint.findings;
}
