/* Paths as text: nothing here asks the kernel. */
#ifndef IMMURE_BASE_PATH_H
#define IMMURE_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* `path`, made absolute against `base` when relative, without ".", ".." and
 * doubled or trailing slashes. Purely lexical: "a/../b" is "b" whatever a is. */
char *path_normal(struct arena *arena, const char *base, const char *path);

/* dir and name with one slash between them. */
char *path_join(struct arena *arena, const char *dir, const char *name);

/* The directory part ("/" of "/a") and the last component ("" of "/"). */
char *path_parent(struct arena *arena, const char *path);
const char *path_last(const char *path);

/* Is normal path `path` the directory `dir` itself or below it? */
bool path_is_within(const char *path, const char *dir);

/* Is normal path `path` strictly below `dir`? */
bool path_is_below(const char *path, const char *dir);

/* How many components a normal path has; 0 for "/". */
size_t path_depth(const char *path);

#endif
