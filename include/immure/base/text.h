/* Reading and printing small texts: numbers, sizes, durations, foreign bytes. */
#ifndef IMMURE_BASE_TEXT_H
#define IMMURE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;

/* Are two texts the same? */
bool text_is(const char *a, const char *b);

/* Does `text` begin with `start`? */
bool text_begins(const char *text, const char *start);

/* Does `text` end with `end`? */
bool text_ends(const char *text, const char *end);

/* A whole number, decimal digits with an optional sign and nothing behind them,
 * from `least` to `most`. -1 says what is wrong with it. */
int text_number(const char *text, int64_t least, int64_t most, int64_t *ret_number,
		struct error *err);

/* A mode in octal, from 0 to 07777. -1 says what is wrong with it. */
int text_octal(const char *text, unsigned *ret_mode, struct error *err);

/* A size in bytes: digits and an optional K, M, G or T (powers of 1024), from 1
 * byte to 2^60. -1 says what is wrong with it. */
int text_size(const char *text, uint64_t *ret_bytes, struct error *err);

/* A decimal number without a sign, "2", "1.5", ".5" not, in thousandths from `least`
 * to `most`; what stands behind the third decimal must be zeros. -1 says what is wrong
 * with it. */
int text_thousandths(const char *text, int64_t least, int64_t most, int64_t *ret_number,
		     struct error *err);

/* A length of time, "10", "1.5s", "250ms", "5m", "2h", "1d", from 1 ms to 10
 * years, in milliseconds. -1 says what is wrong with it. */
int text_duration(const char *text, int64_t *ret_milliseconds, struct error *err);

/* By how much a clock differs, "90", "-1.5h", "+2d", at most 146 years either way,
 * in nanoseconds, of which no part is dropped. -1 says what is wrong with it. */
int text_offset(const char *text, int64_t *ret_nanoseconds, struct error *err);

/* Split at the first `separator` that has no backslash in front; `\` before a
 * separator or a backslash is taken away in both halves. *ret_right is NULL when
 * there is no separator. Returns how many such separators there were. */
size_t text_split(struct arena *arena, const char *text, char separator,
		char **ret_left, char **ret_right);

/* The reverse for one half: a backslash before every separator and backslash. */
char *text_protect(struct arena *arena, const char *text, char separator);

/* Take in place, in a field of /proc's mountinfo, the blanks and backslashes back that it
 * has in octal (proc(5)); returns `text`. */
char *text_decode_octal(char *text);

/* Write `text` for a terminal: printable UTF-8 stays, control characters,
 * direction marks and broken bytes become \n, \t or \xHH. Always ends with NUL;
 * what does not fit `size` is cut at a whole character and ends with "...". */
void text_escape(char *out, size_t size, const char *text);

/* The same without a limit. */
char *text_escaped(struct arena *arena, const char *text);

/* How many bytes at the start of `text` are printable, in whole characters. */
size_t text_printable_length(const char *text);

/* `text` as one word of a shell: quoted where that is needed, and printable. What
 * is not is written as bash, zsh and ksh read it, $'\x1b'. */
char *text_shell(struct arena *arena, const char *text);

/* How many bytes the character at the start of a text has: more than one only when
 * it is printable UTF-8, 0 at the end of the text. */
size_t text_character_length(const char *text);

/* Is every byte printable (UTF-8 included), as text_escape() sees it? */
bool text_is_printable(const char *text);

/* Are all of these bytes printable ASCII, tabs and newlines? */
bool text_is_plain(const char *bytes, size_t length);

/* How many newlines there are among these bytes. */
size_t text_lines(const char *text, size_t length);

/* How many characters must change to make a into b (Levenshtein), at most 99. */
unsigned text_distance(const char *a, const char *b);

#endif
