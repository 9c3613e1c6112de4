/* Rules from the URLs in a file: a configuration of git's or npm's says already where its
 * program connects to, and need not be said again.
 *
 * Its bytes may be hostile. base/url.c reads them and lets nothing through but hosts and
 * ports; rule.c judges those as it does what is typed; a URL opens one host on one port,
 * and none of the classes (`internet`, `lan`, `host`, `any`) that a rule can name.
 *
 * Who may write the file may open the network, so that it must be the caller's or root's,
 * and nobody else's to write. The command of this run must not change it for the next one:
 * guard_url_files() makes it read-only. That leaves the file that an earlier run with other
 * options wrote, or that appeared where there was none. Of a file in a place that is
 * writable now, addresses are therefore not followed: a name, by the rules of names, leads
 * to what is routed globally and not to the caller's own networks. And what was opened is
 * said at every start. */
#include <errno.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/base/url.h>
#include <immure/sys/file.h>

#include "plan_internal.h"

enum { LONGEST_FILE = 1 << 20, MOST_URLS = 256, MOST_ANNOUNCED = 6 };

struct url_reading {
	struct planning *p;
	const struct network_word *word;
	bool of_command;		/* the command can write where it is */
	unsigned added;
};

int url_rule(struct arena *arena, const struct url *url, struct rule *ret_rule,
	     struct error *err)
{
	const char *text = arena_format(arena, strchr(url->host, ':') ? "[%s]:%u/tcp" : "%s:%u/tcp",
					url->host, url->port);
	struct rule rule = *ret_rule;

	if (rule_parse(arena, text, &rule, err) < 0)
		return -1;
	if (rule.what != RULE_NAME && rule.what != RULE_PREFIX)
		return fail(err, 0, "\"%s\" is no name of a host", url->host);
	rule.text = text;
	*ret_rule = rule;
	return 0;
}

/* --- one URL ------------------------------------------------------------------------ */

static void remark(struct planning *p, bool missing, const char *text)
{
	*list_add(p->arena, &p->plan->network.url_remarks) = (struct url_remark){ text, missing };
	skipped(p, "%s", text);
}

static const char *place_of(const struct url_reading *reading, const struct url *url)
{
	return arena_format(reading->p->arena, "%s:%u", reading->word->what, url->line);
}

static void refuse(const struct url_reading *reading, const struct url *url, const char *why)
{
	remark(reading->p, false, arena_format(reading->p->arena, "%s: opens nothing: %s",
					       place_of(reading, url), why));
}

static bool is_there(const struct url_reading *reading, const struct rule *rule)
{
	list_each(const struct rule, other, &reading->p->plan->network.rules)
		if (other->url_place && text_is(other->text, rule->text))
			return true;
	return false;
}

static void take(void *context, const struct url *url)
{
	struct url_reading *reading = context;
	struct planning *p = reading->p;
	struct rule rule = {
		.allows = true, .origin = reading->word->origin,
		.typed = !reading->word->origin->file,
	};
	struct error problem = { 0 };

	if (reading->added == MOST_URLS)
		return;
	if (url->fault == URL_NO_HOST) {
		refuse(reading, url, "a URL without a plain name or address of its host");
		return;
	}
	if (url->fault == URL_NO_PORT) {
		refuse(reading, url, arena_format(p->arena, "%s:// has no usual port, and the URL"
						  " none of its own", url->scheme));
		return;
	}
	if (url_rule(p->arena, url, &rule, &problem) < 0) {
		refuse(reading, url, problem.what);
		return;
	}
	if (rule.what == RULE_PREFIX && reading->of_command) {
		refuse(reading, url, arena_format(p->arena, "an address, in a place that the command"
						  " can write; if it is meant: allow %s", rule.text));
		return;
	}
	if (is_there(reading, &rule))
		return;
	rule.url_place = place_of(reading, url);
	*list_add(p->arena, &p->plan->network.rules) = rule;
	p->plan->network.online = true;
	if (++reading->added == MOST_URLS)
		note(p, "%s (%s): has over %d hosts, and opens no more", reading->word->what,
		     origin_of(p, reading->word->origin), MOST_URLS);
}

/* --- one file ------------------------------------------------------------------------- */

static bool is_in(struct planning *p, const char *file, const char *dir)
{
	const char *base = p->host.current ? p->host.current : "/";
	const char *path = path_normal(p->arena, base, dir);
	const char *resolved = file_resolved(p->arena, path);

	return path_is_within(file, resolved ? resolved : path);
}

/* Does some word let the command write what is there? One that another takes back counts
 * as well. */
static bool is_of_command(struct planning *p, const char *file)
{
	const struct config *config = p->config;
	const char *home = config->home.value;

	if (config->cwd.value == DIRECTORY_WRITABLE && is_in(p, file, "."))
		return true;
	if (root_changes(config) && is_in(p, file, config->root.value))
		return true;
	if (home && !text_is(home, "none") && !text_is(home, "private") &&
	    !text_begins(home, "kept:") && is_in(p, file, home))
		return true;
	list_each(const struct place, place, &config->places)
		if ((place->placing == PLACE_BIND || place->placing == PLACE_DEVICE_BIND) &&
		    is_in(p, file, place->source))
			return true;
	return p->shares[NS_MOUNT];
}

static bool is_missing(const struct error *err)
{
	return err->code == ENOENT || err->code == ENOTDIR;
}

void plan_urls(struct planning *p, const struct network_word *word)
{
	const char *base = p->host.current ? p->host.current : "/";
	const char *origin = origin_of(p, word->origin);
	const char *path = path_normal(p->arena, base, word->what);
	const char *resolved = file_resolved(p->arena, path);
	struct url_reading reading = {
		.p = p, .word = word, .of_command = is_of_command(p, resolved ? resolved : path),
	};
	struct error problem = { 0 };
	size_t length;
	char *text;

	AUTO_FD int fd = file_open_configuration(path, &problem);
	bool missing = fd < 0 && is_missing(&problem);
	*list_add(p->arena, &p->plan->network.url_files) =
		(struct url_file){ path, origin, missing };
	if (missing) {
		remark(p, true, arena_format(p->arena, "%s: %s does not exist here, and opens nothing",
					     origin, word->what));
		return;
	}
	if (fd >= 0 && file_read_fd(p->arena, fd, path, LONGEST_FILE, &text, &length, &problem) == 0) {
		if (!memchr(text, '\0', length)) {
			url_each(text, length, take, &reading);
			return;
		}
		(void)fail(&problem, 0, "%s is not a text", path);
	}
	const char *why = arena_format(p->arena, "%s: opens nothing: %s%s%s", origin, problem.what,
				       problem.code ? ": " : "",
				       problem.code ? strerror(problem.code) : "");
	*list_add(p->arena, &p->plan->network.url_remarks) = (struct url_remark){ why, false };
	note(p, "%s", why);
}

/* --- what was opened -------------------------------------------------------------------- */

void urls_announce(struct planning *p)
{
	const char *text = NULL;
	unsigned more = 0, said = 0;

	list_each(const struct rule, rule, &p->plan->network.rules) {
		if (!rule->url_place)
			continue;
		if (said == MOST_ANNOUNCED) {
			more++;
			continue;
		}
		said++;
		text = arena_format(p->arena, "%s%s%.*s (%s)", text ? text : "", text ? ", " : "",
				    (int)strlen(rule->text) - 4, rule->text, rule->url_place);
	}
	if (text)
		note(p, more ? "URLs open %s and %u more: --dry-run" : "URLs open %s", text, more);
}
