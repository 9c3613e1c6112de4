/* A value is the rest of the line without the blanks around it, or a text in double
 * quotes. In both, a backslash writes the bytes that cannot stand for themselves, $NAME
 * and ${NAME} stand for what expand.c knows, and a tilde where a path begins for the
 * home directory. What could be meant in two ways is an error. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/profile.h>

#include "value.h"

struct reader {
	struct arena *arena;
	char *next;
	bool quoted, expand;
	enum extent extent;
	char *value;			/* what was decoded so far: in the text's own place, */
					/* since it is never longer, until a name is put in */
	char *out;			/* it ends here */
	char *solid;			/* and here without blanks that end it */
};

/* What stands for something else than itself, or may end a value. */
static const char SPECIAL[] = "\\$~\"# \t";

static const char NAME_LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

/* Decode the escape at reader->next; -1 when there is none of that kind. */
static int read_escape(struct reader *reader, struct error *err)
{
	char *c = reader->next + 1;

	switch (*c) {
	case 'n':
		*reader->out++ = '\n';
		break;
	case 't':
		*reader->out++ = '\t';
		break;
	case '\\': case '"': case '#': case ' ': case '$': case '~':
		*reader->out++ = *c;
		break;
	case ':':
		*reader->out++ = '\\';
		*reader->out++ = ':';
		break;
	case 'x': {
		char digits[3] = { 0 };

		if (!isxdigit((unsigned char)c[1]) || !isxdigit((unsigned char)c[2]))
			return fail(err, 0, "two hexadecimal digits belong behind \\x");
		memcpy(digits, c + 1, 2);
		*reader->out = (char)strtoul(digits, NULL, 16);
		if (!*reader->out)
			return fail(err, 0, "\\x00 cannot be part of a value");
		reader->out++;
		c += 2;
		break;
	}
	default:
		return fail(err, 0, "\"\\%c\" stands for nothing; a backslash is written"
			    " \\\\", *c ? *c : ' ');
	}
	reader->next = c + 1;
	return 0;
}

/* Put in what a name stands for, which can be longer than the name. */
static int put_name(struct reader *reader, const char *name, struct error *err)
{
	const char *meaning = reader->expand ? name_expand(reader->arena, name, err) : "/";

	if (!meaning)
		return -1;
	size_t done = (size_t)(reader->out - reader->value);
	char *longer = arena_alloc(reader->arena,
				   done + strlen(meaning) + strlen(reader->next) + 1);
	memcpy(longer, reader->value, done);
	reader->out = stpcpy(longer + done, meaning);
	reader->value = longer;
	return 0;
}

static int read_name(struct reader *reader, struct error *err)
{
	char *start = reader->next + 1;
	bool braces = *start == '{';

	start += braces;
	size_t length = strspn(start, NAME_LETTERS);
	if (length == 0 || isdigit((unsigned char)*start) || (braces && start[length] != '}'))
		return fail(err, 0, "no name behind a $; a dollar is written \\$");
	reader->next = start + length + braces;
	return put_name(reader, arena_copy_part(reader->arena, start, length), err);
}

/* May a path begin behind what was decoded so far? */
static bool is_at_path(const struct reader *reader)
{
	size_t length = (size_t)(reader->out - reader->value);

	return length == 0 || reader->out[-1] == '=' ||
	       (reader->out[-1] == ':' && !(length > 1 && reader->out[-2] == '\\'));
}

static int read_tilde(struct reader *reader, struct error *err)
{
	char after = reader->next[1];

	if (after != '/' && after != ':' && after != '\0' && after != ' ' && after != '\t' &&
	    !(reader->quoted && after == '"'))
		return fail(err, 0, "a tilde stands for your home directory alone;"
			    " another one is written out, and a tilde that is one \\~");
	reader->next++;
	return put_name(reader, "HOME", err);
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static bool is_at_end(const struct reader *reader, const char *start)
{
	const char *c = reader->next;

	if (!*c || (reader->quoted && *c == '"'))
		return true;
	if (reader->quoted)
		return false;
	return (*c == '#' && (c == start || is_blank(c[-1]))) ||
	       (reader->extent == ONE_WORD && is_blank(*c));
}

/* What stands for itself, as far as that goes without a look. */
static void read_plain(struct reader *reader)
{
	size_t length = 1;

	if (!is_blank(*reader->next))
		length += strcspn(reader->next + 1, SPECIAL);
	if (reader->out != reader->next)
		memmove(reader->out, reader->next, length);
	reader->next += length;
	reader->out += length;
}

static int read_one(struct reader *reader, struct error *err)
{
	bool blank = is_blank(*reader->next);
	int result = 0;

	if (*reader->next == '\\')
		result = read_escape(reader, err);
	else if (*reader->next == '$')
		result = read_name(reader, err);
	else if (*reader->next == '~' && is_at_path(reader))
		result = read_tilde(reader, err);
	else
		read_plain(reader);
	if (!blank || reader->quoted)
		reader->solid = reader->out;
	return result;
}

static int read_behind(struct reader *reader, struct error *err)
{
	if (reader->quoted && *reader->next++ != '"')
		return fail(err, 0, "a double quote is not closed");
	const char *behind = reader->next;
	reader->next += strspn(reader->next, " \t");
	if (!reader->quoted || (reader->extent == ONE_WORD && reader->next > behind))
		return 0;
	if (*reader->next && *reader->next != '#')
		return fail(err, 0, "\"%s\" behind the closing quote", reader->next);
	return 0;
}

int value_read(struct arena *arena, char **text, enum extent extent, bool expand,
	       const char **ret_value, struct error *err)
{
	struct reader reader = {
		.arena = arena, .expand = expand, .extent = extent, .quoted = **text == '"',
	};
	char *start = *text + reader.quoted;
	size_t plain = strcspn(*text, SPECIAL);

	/* Every line of every profile comes here at every start, and most go no further. */
	if (!(*text)[plain]) {
		*ret_value = *text;
		*text += plain;
		return 0;
	}
	reader.next = reader.value = reader.out = reader.solid = start;
	while (!is_at_end(&reader, start))
		if (read_one(&reader, err) < 0)
			return -1;
	if (read_behind(&reader, err) < 0)
		return -1;
	/* Where a blank, the closing quote or what was decoded stood. */
	*reader.solid = '\0';
	*ret_value = reader.value;
	*text = reader.next;
	return 0;
}

/* --- writing --------------------------------------------------------------- */

static char *quote(struct arena *arena, const char *value, bool one_word)
{
	size_t length = strlen(value);
	bool quotes = length == 0 || (one_word && strchr(value, ' ')) || value[0] == '"' ||
		      value[0] == '#' || value[0] == ' ' || value[length - 1] == ' ' || strstr(value, " #") ||
		      value[0] == '\t' || value[length - 1] == '\t';
	bool printable = text_is_printable(value);
	char *start = arena_alloc(arena, 4 * length + 3), *out = start;

	if (quotes)
		*out++ = '"';
	for (const char *c = value; *c; c++) {
		unsigned char byte = (unsigned char)*c;

		bool opens = byte == '~' && (c == value || c[-1] == ':' || c[-1] == '=');

		if (byte == '\\' || byte == '$' || opens || (byte == '"' && quotes))
			out += sprintf(out, "\\%c", byte);
		else if (byte == '\n' || byte == '\t')
			out += sprintf(out, "\\%c", byte == '\n' ? 'n' : 't');
		else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !printable))
			out += sprintf(out, "\\x%02x", byte);
		else
			*out++ = *c;
	}
	if (quotes)
		*out++ = '"';
	*out = '\0';
	return start;
}

char *profile_quote(struct arena *arena, const char *value)
{
	return quote(arena, value, false);
}

char *profile_quote_word(struct arena *arena, const char *value)
{
	return quote(arena, value, true);
}
