#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/text.h>
#include <immure/desktop/mark.h>

enum { DIGITS = 16, LONGEST_NAME = 64 };

static const char program_key[] = "X-Immure-Program=", profile_key[] = "X-Immure-Profile=",
	source_key[] = "X-Immure-Source=", hash_key[] = "X-Immure-Source-Hash=",
	seal_key[] = "X-Immure-Seal=";

static uint64_t hash_on(uint64_t hash, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3;
	return hash;
}

uint64_t mark_hash(const char *bytes, size_t length)
{
	return hash_on(0xcbf29ce484222325, bytes, length);
}

/* A path, on one line whatever is in it. */
static const char *one_line(struct arena *arena, const char *path)
{
	char *text = arena_alloc(arena, 2 * strlen(path) + 1), *out = text;

	for (; *path; path++) {
		if (*path == '\\' || *path == '\n' || *path == '\r')
			*out++ = '\\';
		*out++ = (char)(*path == '\n' ? 'n' : *path == '\r' ? 'r' : *path);
	}
	return text;
}

char *mark_lines(struct arena *arena, const struct mark *mark, const char *lead)
{
	char *lines = arena_format(arena, "%s%s%s\n%s%s%s\n", lead, program_key, mark->program,
				   lead, profile_key, mark->profile);

	if (mark->source)
		lines = arena_format(arena, "%s%s%s%s\n%s%s%016llx\n", lines, lead, source_key,
				     one_line(arena, mark->source), lead, hash_key,
				     (unsigned long long)mark->hash);
	return arena_format(arena, "%s%s%s%0*d\n", lines, lead, seal_key, DIGITS, 0);
}

/* Where the value of the one line with that key begins, and where it ends; NULL when there
 * is no such line, or more than one. */
static const char *value_of(const char *bytes, size_t length, const char *key,
			    const char **ret_end)
{
	const char *end = bytes + length, *found = NULL;

	for (const char *line = bytes; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline ? newline : end;
		const char *start = line + (stop - line > 2 && memcmp(line, "# ", 2) == 0 ? 2 : 0);

		if ((size_t)(stop - start) >= strlen(key) && memcmp(start, key, strlen(key)) == 0) {
			if (found)
				return NULL;
			found = start + strlen(key);
			*ret_end = stop;
		}
		line = newline ? newline + 1 : end;
	}
	return found;
}

/* The hash with zeros in the place of its own digits. */
static uint64_t sealing_hash(const char *bytes, size_t length, const char *digits)
{
	static const char zeros[] = "0000000000000000";
	size_t before = (size_t)(digits - bytes);
	uint64_t hash = mark_hash(bytes, before);

	hash = hash_on(hash, zeros, DIGITS);
	return hash_on(hash, digits + DIGITS, length - before - DIGITS);
}

static const char *seal_digits(const char *bytes, size_t length)
{
	const char *end, *digits = value_of(bytes, length, seal_key, &end);

	return digits && end - digits == DIGITS ? digits : NULL;
}

static void write_digits(char out[DIGITS + 1], uint64_t hash)
{
	(void)snprintf(out, DIGITS + 1, "%016llx", (unsigned long long)hash);
}

void mark_seal(char *bytes, size_t length)
{
	const char *digits = seal_digits(bytes, length);
	char text[DIGITS + 1];

	if (!digits)
		return;
	write_digits(text, sealing_hash(bytes, length, digits));
	memcpy(bytes + (digits - bytes), text, DIGITS);
}

static const char *read_name(struct arena *arena, const char *bytes, size_t length,
			     const char *key)
{
	const char *end, *value = value_of(bytes, length, key, &end);

	if (!value || value == end || end - value > LONGEST_NAME)
		return NULL;
	for (const char *c = value; c < end; c++)
		if (!isalnum((unsigned char)*c) && (c == value || !strchr("-_.+", *c) || !*c))
			return NULL;
	return arena_copy_part(arena, value, (size_t)(end - value));
}

static const char *read_source(struct arena *arena, const char *bytes, size_t length)
{
	const char *end, *value = value_of(bytes, length, source_key, &end);

	if (!value || value == end || *value != '/')
		return NULL;
	char *text = arena_alloc(arena, (size_t)(end - value) + 1), *out = text;
	for (; value < end; value++) {
		if (*value == '\\' && value + 1 < end)
			*out++ = (char)(*++value == 'n' ? '\n' : *value == 'r' ? '\r' : *value);
		else
			*out++ = *value;
	}
	return text;
}

static uint64_t read_hash(const char *bytes, size_t length)
{
	static const char figures[] = "0123456789abcdef";
	const char *end, *value = value_of(bytes, length, hash_key, &end);
	uint64_t hash = 0;

	if (!value || end - value != DIGITS)
		return 0;
	for (; value < end; value++) {
		const char *figure = *value ? strchr(figures, *value) : NULL;

		if (!figure)
			return 0;
		hash = hash << 4 | (uint64_t)(figure - figures);
	}
	return hash;
}

bool mark_read(struct arena *arena, const char *bytes, size_t length, struct mark *ret_mark,
	       bool *ret_whole)
{
	const char *digits = seal_digits(bytes, length);
	struct mark mark = {
		.program = read_name(arena, bytes, length, program_key),
		.profile = read_name(arena, bytes, length, profile_key),
	};
	char text[DIGITS + 1];

	if (!digits || !mark.program || !mark.profile)
		return false;
	mark.source = read_source(arena, bytes, length);
	mark.hash = read_hash(bytes, length);
	write_digits(text, sealing_hash(bytes, length, digits));
	*ret_mark = mark;
	*ret_whole = memcmp(digits, text, DIGITS) == 0;
	return true;
}
