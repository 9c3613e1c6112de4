/* The profile that lies in a project: `.immure.profile` in the current directory, or in one
 * above it. Whoever made the project wrote it, and so it counts only as the caller saw and
 * trusted it, byte for byte: what was trusted is kept as it was,
 *
 *	~/.config/immure/trust/HASH	PATH, a zero byte, and the text
 *
 * in the directory of our own profiles, which no sandbox shows. HASH is of the path alone
 * and only finds the file; both path and text are compared whole. */
#ifndef IMMURE_CONFIG_PROJECT_H
#define IMMURE_CONFIG_PROJECT_H

#include <stdbool.h>
#include <stddef.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>

/* What such a file is called. */
extern const char project_file_name[];

struct project {
	const char *file;		/* its path; the directory's has no links. NULL: there is none */
	const char *directory;
	const char *text;		/* NULL: it cannot be read, for a reason: */
	size_t length;
	struct error problem;
	const char *trusted;		/* the text that was; NULL: none ever was */
	size_t trusted_length;
	bool gone;			/* it was trusted there, and there is none any more */
	const char *record;		/* the file that would keep it; NULL: there is no place */
};

/* Look for the project of the current directory: there, then above, up to the home
 * directory and only in directories that belong to the caller and that not everybody can
 * write. Where one was trusted and is not any more, that is what is found. What the result
 * points to is from the arena. */
struct project project_find(struct arena *arena);

/* The same in one directory alone. `directory` is an absolute path without links. */
struct project project_in(struct arena *arena, const char *directory);

/* Is what can be read there what was trusted? */
bool project_is_trusted(const struct project *project);

/* What the record of this project says once it is trusted: bytes from the arena. */
char *project_record_bytes(struct arena *arena, const struct project *project,
			   size_t *ret_length);

/* A project with a record, whether there is still a file or not. */
struct trusted_project {
	const char *file, *record;
};

struct trusted_projects {
	LIST(struct trusted_project) list;
};

/* All of them, by their paths, from the arena. */
struct trusted_projects project_list(struct arena *arena);

#endif
