#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/sys/file.h>
#include <immure/sys/subid.h>

enum {
	LARGEST_FILE = 4 << 20,		/* a machine with fifty thousand users has less */
	FIRST_FREE = 100000,		/* SUB_UID_MIN of login.defs(5) */
};

/* The one that means "no id" to chown(2) is none. */
static const uint64_t ids_end = UINT32_MAX;

/* OWNER:START:COUNT, cut into its parts where it stands. */
static bool parse_line(char *line, struct subid_range *ret_range)
{
	struct error ignored;
	int64_t start, count;

	char *first = strchr(line, ':');
	char *second = first ? strchr(first + 1, ':') : NULL;
	if (!second || first == line)
		return false;
	*first = *second = '\0';
	if (text_number(first + 1, 0, UINT32_MAX - 1, &start, &ignored) < 0 ||
	    text_number(second + 1, 1, UINT32_MAX, &count, &ignored) < 0 ||
	    (uint64_t)start + (uint64_t)count > ids_end)
		return false;
	ret_range->owner = line;
	ret_range->start = (uint32_t)start;
	ret_range->count = (uint32_t)count;
	return true;
}

void subid_parse(struct arena *arena, const char *text, struct subid_list *ret_ranges)
{
	struct subid_range range = { .line = 0 };

	*ret_ranges = (struct subid_list){ 0 };
	while (*text) {
		size_t length = strcspn(text, "\n");

		range.line++;
		if (parse_line(arena_copy_part(arena, text, length), &range))
			*list_add(arena, ret_ranges) = range;
		text += length + (text[length] == '\n');
	}
}

int subid_read(struct arena *arena, const char *path, struct subid_list *ret_ranges,
	       struct error *err)
{
	size_t length;
	char *text;

	*ret_ranges = (struct subid_list){ 0 };
	if (file_read(arena, path, LARGEST_FILE, &text, &length, err) < 0)
		return err->code == ENOENT ? 0 : -1;
	subid_parse(arena, text, ret_ranges);
	return 0;
}

bool subid_belongs(const struct subid_range *range, const char *name, uid_t uid)
{
	char digits[16];

	(void)snprintf(digits, sizeof(digits), "%u", uid);
	return text_is(range->owner, digits) || (name && text_is(range->owner, name));
}

bool subid_overlap(const struct subid_range *a, const struct subid_range *b)
{
	return a->start < (uint64_t)b->start + b->count &&
	       b->start < (uint64_t)a->start + a->count;
}

uint32_t subid_free(const struct subid_list *ranges, uint32_t count)
{
	uint64_t end = FIRST_FREE;

	list_each(const struct subid_range, range, ranges)
		if ((uint64_t)range->start + range->count > end)
			end = (uint64_t)range->start + range->count;
	return end + count <= ids_end ? (uint32_t)end : 0;
}
