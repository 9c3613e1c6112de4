/* The form is that of GLib's key files: a line is a group in brackets, KEY=VALUE, a comment
 * or empty; blanks before a line and around its "=" do not count. A value has escapes of
 * its own (\s \n \t \r \\), and below them the words of a command line are quoted as the
 * specification says, or as a shell does it, which is what most launchers understand: who
 * read less than they do would let a command line pass. */
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/text.h>
#include <immure/desktop/entry.h>

/* --- lines ------------------------------------------------------------------------------- */

enum line_kind { LINE_OTHER, LINE_EMPTY, LINE_GROUP, LINE_VALUE };

struct line {
	enum line_kind kind;
	const char *start, *end;	/* without the newline */
	const char *key, *key_end;	/* of a group its name */
	const char *value;		/* up to `end` */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static const char *skip_blanks(const char *text, const char *end)
{
	while (text < end && is_blank(*text))
		text++;
	return text;
}

static const char *trim_blanks(const char *start, const char *end)
{
	while (end > start && is_blank(end[-1]))
		end--;
	return end;
}

static struct line line_at(const char *start, const char *end)
{
	const char *newline = memchr(start, '\n', (size_t)(end - start));
	struct line line = { .start = start, .end = newline ? newline : end };
	const char *first = skip_blanks(start, line.end);
	const char *last = trim_blanks(first, line.end);

	if (first == last) {
		line.kind = LINE_EMPTY;
	} else if (*first == '[' && last[-1] == ']') {
		line.kind = LINE_GROUP;
		line.key = first + 1;
		line.key_end = last - 1;
	} else if (*first != '#' && *first != '[') {
		const char *equals = memchr(first, '=', (size_t)(line.end - first));

		if (!equals)
			return line;
		line.kind = LINE_VALUE;
		line.key = first;
		line.key_end = trim_blanks(first, equals);
		line.value = skip_blanks(equals + 1, line.end);
	}
	return line;
}

static const char *next_line(const struct line *line, const char *end)
{
	return line->end < end ? line->end + 1 : end;
}

static bool is_named(const struct line *line, enum line_kind kind, const char *name)
{
	return line->kind == kind && (size_t)(line->key_end - line->key) == strlen(name) &&
	       memcmp(line->key, name, strlen(name)) == 0;
}

static bool has_key(const struct line *line, const char *name)
{
	return is_named(line, LINE_VALUE, name);
}

static const char *const groups[] = {
	[ENTRY_APPLICATION] = "Desktop Entry", [ENTRY_SERVICE] = "D-BUS Service",
};

/* --- values -------------------------------------------------------------------------------- */

/* Without the escapes that every value may have. */
static char *value_text(struct arena *arena, const struct line *line)
{
	static const char letters[] = "sntr\\", meant[] = " \n\t\r\\";
	char *text = arena_alloc(arena, (size_t)(line->end - line->value) + 1), *out = text;

	for (const char *c = line->value; c < line->end; c++) {
		const char *letter = *c == '\\' && c + 1 < line->end
			? strchr(letters, c[1]) : NULL;

		if (letter && *letter) {
			*out++ = meant[letter - letters];
			c++;
		} else {
			*out++ = *c;
		}
	}
	while (out > text && is_blank(out[-1]))
		out--;
	*out = '\0';
	return text;
}

static bool value_is(struct arena *arena, const struct line *line, const char *wanted)
{
	return text_is(value_text(arena, line), wanted);
}

/* The next word of a command line without its quotes, from the arena; NULL at its end, and
 * where a quote is not closed. */
static const char *next_word(struct arena *arena, const char **text)
{
	const char *c = *text + strspn(*text, " \t\n\r");
	char *word = arena_alloc(arena, strlen(c) + 1), *out = word, quote = '\0';

	if (!*c)
		return NULL;
	for (; *c && (quote || !strchr(" \t\n\r", *c)); c++) {
		if (quote ? *c == quote : *c == '"' || *c == '\'')
			quote = quote ? '\0' : *c;
		else if (*c == '\\' && quote != '\'' && c[1] &&
			 (!quote || strchr("\"`$\\", c[1])))
			*out++ = *++c;
		else
			*out++ = *c;
	}
	*text = c;
	return quote ? NULL : word;
}

/* env(1) with variables alone is what packagers put before a program. */
static const char *program_of(struct arena *arena, const char *command)
{
	const char *word = next_word(arena, &command);

	if (!word || (!text_is(word, "env") && !text_is(word, "/usr/bin/env")))
		return word;
	do
		word = next_word(arena, &command);
	while (word && word[0] != '-' && strchr(word, '='));
	return word && word[0] != '-' ? word : NULL;
}

/* --- reading --------------------------------------------------------------------------------- */

static void read_line(struct arena *arena, enum entry_kind kind, const struct line *line,
		      struct entry *entry, bool *is_application)
{
	if (has_key(line, "Exec"))
		entry->program = program_of(arena, value_text(arena, line));
	else if (kind == ENTRY_SERVICE && has_key(line, "Name"))
		entry->name = value_text(arena, line);
	else if (has_key(line, "TryExec"))
		entry->tries = value_text(arena, line);
	else if (has_key(line, "Type"))
		*is_application = value_is(arena, line, "Application");
	else if (has_key(line, "Hidden"))
		entry->hidden = value_is(arena, line, "true") || value_is(arena, line, "1");
}

struct entry entry_read(struct arena *arena, enum entry_kind kind, const char *bytes,
			size_t length)
{
	const char *end = bytes + length;
	struct entry entry = { 0 };
	bool is_application = kind == ENTRY_SERVICE, in_first = false;
	struct line line;

	if (length > LONGEST_ENTRY || memchr(bytes, '\0', length))
		return entry;
	for (const char *at = bytes; at < end; at = next_line(&line, end)) {
		line = line_at(at, end);
		if (line.kind == LINE_GROUP) {
			in_first = is_named(&line, LINE_GROUP, groups[kind]);
			if (!entry.proper && !in_first)
				return entry;
			entry.proper = true;
		} else if (!entry.proper && line.kind == LINE_VALUE) {
			return entry;
		} else if (in_first) {
			read_line(arena, kind, &line, &entry, &is_application);
		}
	}
	entry.starts = entry.proper && is_application && !entry.hidden;
	return entry;
}

/* --- writing ----------------------------------------------------------------------------------- */

struct output {
	struct arena *arena;
	char *bytes;
	size_t length, room;
};

static void put_bytes(struct output *out, const char *bytes, size_t length)
{
	if (out->room - out->length <= length) {
		size_t room = 2 * out->room + length + 4096;
		char *more = arena_alloc(out->arena, room);

		if (out->length > 0)
			memcpy(more, out->bytes, out->length);
		out->bytes = more;
		out->room = room;
	}
	if (length > 0)
		memcpy(out->bytes + out->length, bytes, length);
	out->length += length;
	out->bytes[out->length] = '\0';
}

static void put_text(struct output *out, const char *text)
{
	put_bytes(out, text, strlen(text));
}

static void put_part(struct output *out, const char *start, const char *end)
{
	put_bytes(out, start, (size_t)(end - start));
}

/* One character of a value. */
static void put_escaped(struct output *out, char c)
{
	switch (c) {
	case '\\': put_text(out, "\\\\"); break;
	case '\n': put_text(out, "\\n"); break;
	case '\r': put_text(out, "\\r"); break;
	case '\t': put_text(out, "\\t"); break;
	default: put_bytes(out, &c, 1); break;
	}
}

/* A word of a command line. "%" is a field code in applications alone. */
static void put_word(struct output *out, enum entry_kind kind, const char *word)
{
	bool quoted = !*word || strpbrk(word, " \t\n\r\"'\\><~|&;$*?#()`");

	put_text(out, quoted ? "\"" : "");
	for (const char *c = word; *c; c++) {
		if (strchr("\"`$\\", *c))
			put_escaped(out, '\\');
		if (*c == '%' && kind == ENTRY_APPLICATION)
			put_text(out, "%");
		put_escaped(out, *c);
	}
	put_text(out, quoted ? "\" " : " ");
}

static void put_tries(struct output *out, const char *path)
{
	put_text(out, "TryExec=");
	/* A blank that a value begins with would not count. */
	for (const char *c = path; *c; c++)
		if (c == path && *c == ' ')
			put_text(out, "\\s");
		else
			put_escaped(out, *c);
	put_text(out, "\n");
}

struct changing {
	struct output out;
	enum entry_kind kind;
	const struct entry_change *change;
	bool in_first, first_done;
	bool has_tries;
	const char *empty;		/* where empty lines began that are not written yet */
};

static bool is_dropped(const struct changing *c, const struct line *line)
{
	static const char mark[] = "X-Immure-", comment[] = "# X-Immure-";

	/* As a script has it, and so as a mark is read. */
	if ((size_t)(line->end - line->start) >= strlen(comment) &&
	    memcmp(line->start, comment, strlen(comment)) == 0)
		return true;
	if (line->kind != LINE_VALUE)
		return false;
	if ((size_t)(line->key_end - line->key) >= strlen(mark) &&
	    memcmp(line->key, mark, strlen(mark)) == 0)
		return true;
	/* It would be started by a unit of systemd's, whatever Exec says. */
	if (c->kind == ENTRY_SERVICE)
		return has_key(line, "SystemdService");
	/* Of several the first counts for some, and the last for others. */
	return c->in_first && c->has_tries && has_key(line, "TryExec");
}

static void change_line(struct changing *c, const struct line *line)
{
	struct output *out = &c->out;

	if (is_dropped(c, line))
		return;
	if (has_key(line, "Exec") && line->value < trim_blanks(line->value, line->end)) {
		put_text(out, "Exec=");
		for (const char *const *word = c->change->prefix; *word; word++)
			put_word(out, c->kind, *word);
		put_part(out, line->value, line->end);
		put_text(out, "\n");
	} else if (c->kind == ENTRY_APPLICATION && c->in_first && has_key(line, "TryExec")) {
		c->has_tries = true;
		put_tries(out, c->change->tries);
	} else if (c->kind == ENTRY_APPLICATION && has_key(line, "DBusActivatable")) {
		put_text(out, "DBusActivatable=false\n");
	} else {
		put_part(out, line->start, line->end);
		put_text(out, "\n");
	}
}

/* Empty lines stay between the groups, behind what is added to the first one. */
static void end_group(struct changing *c, const char *at)
{
	if (c->in_first && !c->first_done) {
		if (c->kind == ENTRY_APPLICATION && !c->has_tries)
			put_tries(&c->out, c->change->tries);
		put_text(&c->out, c->change->marks);
		c->first_done = true;
		c->has_tries = true;
	}
	if (c->empty)
		put_part(&c->out, c->empty, at);
	c->empty = NULL;
}

char *entry_changed(struct arena *arena, enum entry_kind kind, const char *bytes, size_t length,
		    const struct entry_change *change, size_t *ret_length)
{
	const char *end = bytes + length;
	struct changing c = { .out.arena = arena, .kind = kind, .change = change };
	struct line line;

	for (const char *at = bytes; at < end; at = next_line(&line, end)) {
		line = line_at(at, end);
		if (line.kind == LINE_EMPTY) {
			c.empty = c.empty ? c.empty : at;
			continue;
		}
		if (line.kind == LINE_GROUP) {
			end_group(&c, at);
			c.in_first = is_named(&line, LINE_GROUP, groups[kind]);
		} else if (c.empty) {
			put_part(&c.out, c.empty, at);
			c.empty = NULL;
		}
		change_line(&c, &line);
	}
	end_group(&c, end);
	*ret_length = c.out.length;
	return c.out.bytes;
}
