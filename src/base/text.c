#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>

bool text_is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

bool text_begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool text_ends(const char *text, const char *end)
{
	size_t length = strlen(text), wanted = strlen(end);

	return length >= wanted && text_is(text + length - wanted, end);
}

int text_number(const char *text, int64_t least, int64_t most, int64_t *ret_number,
		struct error *err)
{
	bool minus = *text == '-', fits = true;
	const char *digit = text + (minus || *text == '+');
	int64_t number = 0;

	/* By hand: a list of rules has a number or two a line, and strtoll(3) asks the locale. */
	if (!isdigit((unsigned char)*digit))
		return fail(err, 0, "\"%s\" is not a number", text);
	for (; isdigit((unsigned char)*digit); digit++) {
		int value = minus ? '0' - *digit : *digit - '0';

		fits = fits && !__builtin_mul_overflow(number, 10, &number) &&
		       !__builtin_add_overflow(number, value, &number);
	}
	if (*digit)
		return fail(err, 0, "\"%s\": \"%s\" behind the number", text, digit);
	if (!fits || number < least || number > most)
		return fail(err, 0, "\"%s\" is not from %lld to %lld", text,
			    (long long)least, (long long)most);
	*ret_number = number;
	return 0;
}

char *text_decode_octal(char *text)
{
	char *out = text;

	for (const char *in = text; *in; out++) {
		if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3' && in[2] >= '0' &&
		    in[2] <= '7' && in[3] >= '0' && in[3] <= '7') {
			*out = (char)((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
			in += 4;
		} else {
			*out = *in++;
		}
	}
	*out = '\0';
	return text;
}

int text_octal(const char *text, unsigned *ret_mode, struct error *err)
{
	size_t length = strlen(text);

	if (length == 0 || length > 5 || strspn(text, "01234567") != length)
		return fail(err, 0, "\"%s\" is not an octal mode", text);
	unsigned long mode = strtoul(text, NULL, 8);
	if (mode > 07777)
		return fail(err, 0, "mode \"%s\" is over 7777", text);
	*ret_mode = (unsigned)mode;
	return 0;
}

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit size_units[] = {
	{ "", 1 },
	{ "K", 1ull << 10 }, { "M", 1ull << 20 }, { "G", 1ull << 30 }, { "T", 1ull << 40 },
	{ NULL, 0 },
};

/* Of time, in microseconds, so that a fraction of a millisecond still counts. */
static const struct unit time_units[] = {
	{ "", 1000000 },
	{ "ms", 1000 }, { "s", 1000000 }, { "m", 60000000 },
	{ "h", 3600000000 }, { "d", 86400000000 },
	{ NULL, 0 },
};

static const struct unit *unit_find(const struct unit *units, const char *name)
{
	for (; units->name; units++)
		if (strcasecmp(units->name, name) == 0)
			return units;
	return NULL;
}

int text_size(const char *text, uint64_t *ret_bytes, struct error *err)
{
	const uint64_t most = 1ull << 60;
	char *end;

	if (!isdigit((unsigned char)*text))
		return fail(err, 0, "\"%s\" is not a size", text);
	errno = 0;
	unsigned long long number = strtoull(text, &end, 10);
	const struct unit *unit = unit_find(size_units, end);
	if (!unit)
		return fail(err, 0, "\"%s\" is not a size: only K, M, G or T may follow"
			    " the number", text);
	if (errno == ERANGE || number == 0 || number > most / unit->factor)
		return fail(err, 0, "size \"%s\" is not from 1 byte to 2^60", text);
	*ret_bytes = number * unit->factor;
	return 0;
}

int text_duration(const char *text, int64_t *ret_milliseconds, struct error *err)
{
	const uint64_t most = 3650ull * 86400 * 1000000;
	uint64_t whole = 0, part = 0, scale = 1;
	const char *next = text;

	if (!isdigit((unsigned char)*next))
		return fail(err, 0, "\"%s\" is not a length of time", text);
	for (; isdigit((unsigned char)*next); next++)
		if (whole < most)	/* enough to know that it is too long */
			whole = whole * 10 + (uint64_t)(*next - '0');
	if (*next == '.' && isdigit((unsigned char)next[1])) {
		for (next++; isdigit((unsigned char)*next); next++) {
			if (scale == 1000000)
				continue;
			part = part * 10 + (uint64_t)(*next - '0');
			scale *= 10;
		}
	}
	const struct unit *unit = unit_find(time_units, next);
	if (!unit)
		return fail(err, 0, "\"%s\" is not a length of time: ms, s, m, h or d"
			    " may follow the number", text);
	if (whole > most / unit->factor)
		return fail(err, 0, "\"%s\" is over ten years", text);
	uint64_t micro = whole * unit->factor + part * unit->factor / scale;
	if (micro < 1000 || micro > most)
		return fail(err, 0, "\"%s\" is not from 1 ms to ten years", text);
	*ret_milliseconds = (int64_t)(micro / 1000);
	return 0;
}

/* Half of what the kernel's own counter of nanoseconds holds, as it allows it. */
static const int64_t MOST_OFFSET = INT64_MAX / 2;

int text_offset(const char *text, int64_t *ret_nanoseconds, struct error *err)
{
	const bool back = *text == '-';
	const char *next = text + (back || *text == '+');
	int64_t whole = 0;
	__int128 part = 0, scale = 1;

	if (!isdigit((unsigned char)*next))
		return fail(err, 0, "\"%s\" is no offset of a clock", text);
	for (; isdigit((unsigned char)*next); next++)
		if (whole < MOST_OFFSET / 10)	/* enough to know that it is too far */
			whole = whole * 10 + (*next - '0');
	if (*next == '.' && isdigit((unsigned char)next[1])) {
		for (next++; isdigit((unsigned char)*next); next++) {
			/* Of a day the 14th is the last that can make a nanosecond. */
			if (scale >= 100000000000000)
				return fail(err, 0, "\"%s\" has more than 14 decimals", text);
			part = part * 10 + (*next - '0');
			scale *= 10;
		}
	}
	const struct unit *unit = unit_find(time_units, next);
	if (!unit)
		return fail(err, 0, "\"%s\" is no offset of a clock: ms, s, m, h or d may"
			    " follow the number", text);
	const int64_t factor = (int64_t)unit->factor * 1000;
	if (whole > MOST_OFFSET / factor ||
	    whole * factor + part * factor / scale > MOST_OFFSET)
		return fail(err, 0, "\"%s\" is over 146 years", text);
	if (part * factor % scale)
		return fail(err, 0, "\"%s\" is finer than a nanosecond", text);
	const int64_t size = whole * factor + (int64_t)(part * factor / scale);
	*ret_nanoseconds = back ? -size : size;
	return 0;
}

int text_thousandths(const char *text, int64_t least, int64_t most, int64_t *ret_number,
		     struct error *err)
{
	int64_t number = 0, place = 100;
	const char *next = text;

	if (!isdigit((unsigned char)*next))
		return fail(err, 0, "\"%s\" is not a number", text);
	for (; isdigit((unsigned char)*next); next++)
		if (number <= most)	/* enough to know that it is too large */
			number = number * 10 + (*next - '0') * 1000;
	if (*next == '.' && isdigit((unsigned char)next[1])) {
		for (next++; isdigit((unsigned char)*next); next++, place /= 10) {
			if (place == 0 && *next != '0')
				return fail(err, 0, "\"%s\" has more than three decimals", text);
			number += (*next - '0') * place;
		}
	}
	if (*next)
		return fail(err, 0, "\"%s\": \"%s\" behind the number", text, next);
	if (number < least || number > most)
		return fail(err, 0, "\"%s\" is not from %g to %g", text, (double)least / 1000,
			    (double)most / 1000);
	*ret_number = number;
	return 0;
}

size_t text_split(struct arena *arena, const char *text, char separator,
		char **ret_left, char **ret_right)
{
	char *out = arena_alloc(arena, strlen(text) + 1);
	size_t found = 0;

	*ret_left = out;
	*ret_right = NULL;
	for (; *text; text++) {
		if (*text == '\\' && (text[1] == separator || text[1] == '\\')) {
			*out++ = *++text;
		} else if (*text == separator && found++ == 0) {
			*out++ = '\0';
			*ret_right = out;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
	return found;
}

char *text_protect(struct arena *arena, const char *text, char separator)
{
	char *start = arena_alloc(arena, 2 * strlen(text) + 1), *out = start;

	for (; *text; text++) {
		if (*text == separator || *text == '\\')
			*out++ = '\\';
		*out++ = *text;
	}
	*out = '\0';
	return start;
}

/* The length of the printable UTF-8 character at `text`, 0 when there is none:
 * RFC 3629's shortest forms only, and of those no C0 and C1 controls, no line
 * and paragraph separators and no direction overrides, which can make a terminal
 * show another text than the bytes say. */
static size_t character_length(const unsigned char *text)
{
	unsigned long point;
	size_t length;

	if (text[0] < 0x80)
		return text[0] >= 0x20 && text[0] != 0x7f;
	if ((text[0] & 0xe0) == 0xc0) {
		length = 2;
		point = text[0] & 0x1f;
	} else if ((text[0] & 0xf0) == 0xe0) {
		length = 3;
		point = text[0] & 0x0f;
	} else if ((text[0] & 0xf8) == 0xf0) {
		length = 4;
		point = text[0] & 0x07;
	} else {
		return 0;
	}
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (text[i] & 0x3f);
	}
	static const unsigned long least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
	if (point < least[length] || point > 0x10ffff)
		return 0;
	if ((point >= 0xd800 && point <= 0xdfff) || (point >= 0x200b && point <= 0x200f) ||
	    (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) ||
	    point == 0x61c || point == 0xfeff || (point >= 0xfff9 && point <= 0xfffb) ||
	    (point >= 0xe0000 && point <= 0xe007f))
		return 0;
	return length;
}

size_t text_character_length(const char *text)
{
	size_t length = character_length((const unsigned char *)text);

	return length > 0 ? length : *text != '\0';
}

/* One step of escaping: writes what stands for the character at `text` to `out`
 * (at most 4 bytes), and says how many bytes it read and wrote. */
static size_t escape_one(const char *text, char out[5], size_t *ret_read)
{
	size_t length = character_length((const unsigned char *)text);

	if (length > 0) {
		memcpy(out, text, length);
		*ret_read = length;
		return length;
	}
	*ret_read = 1;
	if (*text == '\n' || *text == '\t') {
		out[0] = '\\';
		out[1] = *text == '\n' ? 'n' : 't';
		return 2;
	}
	(void)snprintf(out, 5, "\\x%02x", (unsigned char)*text);
	return 4;
}

void text_escape(char *out, size_t size, const char *text)
{
	size_t used = 0, cut = 0;

	while (*text) {
		char one[5];
		size_t read, wrote = escape_one(text, one, &read);

		if (used + 3 < size)
			cut = used;	/* the last place where "..." still fits */
		if (used + wrote >= size) {
			if (size > 3)
				memcpy(out + cut, "...", 3);
			used = size > 3 ? cut + 3 : 0;
			break;
		}
		memcpy(out + used, one, wrote);
		used += wrote;
		text += read;
	}
	if (size > 0)
		out[used] = '\0';
}

char *text_escaped(struct arena *arena, const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *out = arena_alloc(arena, size);

	text_escape(out, size, text);
	return out;
}

size_t text_printable_length(const char *text)
{
	size_t total = 0;

	for (size_t length; text[total]; total += length) {
		length = character_length((const unsigned char *)text + total);
		if (length == 0)
			break;
	}
	return total;
}

bool text_is_printable(const char *text)
{
	return !text[text_printable_length(text)];
}

char *text_shell(struct arena *arena, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";
	char *start = arena_alloc(arena, 4 * strlen(text) + 4), *out = start;
	bool printable = text_is_printable(text);

	if (*text && text[strspn(text, plain)] == '\0')
		return arena_copy(arena, text);
	out += sprintf(out, printable ? "'" : "$'");
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == '\'')
			out += sprintf(out, printable ? "'\\''" : "\\'");
		else if (byte == '\\' && !printable)
			out += sprintf(out, "\\\\");
		else if (!printable && (byte < 0x20 || byte >= 0x7f))
			out += sprintf(out, "\\x%02x", byte);
		else
			*out++ = *text;
	}
	*out++ = '\'';
	*out = '\0';
	return start;
}

static inline uint8_t is_odd(uint8_t byte)
{
	return (uint8_t)(((byte < ' ') & (byte != '\t') & (byte != '\n')) | (byte > '~'));
}

bool text_is_plain(const char *bytes, size_t length)
{
	const uint8_t *byte = (const uint8_t *)bytes, *end = byte + length;
	uint8_t odd = 0;

	/* A fixed number at a time and no branch: compilers make a few instructions of that. */
	for (; end - byte >= 32; byte += 32)
		for (int i = 0; i < 32; i++)
			odd |= is_odd(byte[i]);
	for (; byte < end; byte++)
		odd |= is_odd(*byte);
	return !odd;
}

size_t text_lines(const char *text, size_t length)
{
	const char *end = text + length;
	size_t lines = 0;

	/* As above. */
	for (; end - text >= 32; text += 32) {
		uint8_t some = 0;

		for (int i = 0; i < 32; i++)
			some = (uint8_t)(some + (text[i] == '\n'));
		lines += some;
	}
	for (; text < end; text++)
		lines += *text == '\n';
	return lines;
}

unsigned text_distance(const char *a, const char *b)
{
	enum { LONGEST = 48 };
	size_t width = strlen(b);
	unsigned row[LONGEST + 1];

	if (width > LONGEST || strlen(a) > LONGEST)
		return 99;
	for (size_t i = 0; i <= width; i++)
		row[i] = (unsigned)i;
	for (size_t line = 1; a[line - 1]; line++) {
		unsigned corner = row[0];

		row[0] = (unsigned)line;
		for (size_t i = 1; i <= width; i++) {
			unsigned above = row[i];
			unsigned best = corner + (a[line - 1] != b[i - 1]);

			if (above + 1 < best)
				best = above + 1;
			if (row[i - 1] + 1 < best)
				best = row[i - 1] + 1;
			row[i] = best;
			corner = above;
		}
	}
	return row[width];
}
