#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/path.h>

char *path_normal(struct arena *arena, const char *base, const char *path)
{
	const char *whole = path[0] == '/' ? path : arena_format(arena, "%s/%s", base, path);
	char *out = arena_alloc(arena, strlen(whole) + 2);
	size_t used = 0;

	for (const char *next = whole; *next;) {
		const char *name = next + strspn(next, "/");
		size_t length = strcspn(name, "/");

		next = name + length;
		if (length == 0 || (length == 1 && name[0] == '.'))
			continue;
		if (length == 2 && name[0] == '.' && name[1] == '.') {
			while (used > 0 && out[--used] != '/')
				;
			continue;
		}
		out[used++] = '/';
		memcpy(out + used, name, length);
		used += length;
	}
	if (used == 0)
		out[used++] = '/';
	out[used] = '\0';
	return out;
}

char *path_join(struct arena *arena, const char *dir, const char *name)
{
	name += strspn(name, "/");
	char *path = arena_alloc(arena, strlen(dir) + strlen(name) + 2);
	char *end = stpcpy(path, dir);
	if (end == path || end[-1] != '/')
		*end++ = '/';
	(void)stpcpy(end, name);
	return path;
}

const char *path_last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *path_parent(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return arena_copy(arena, slash ? "/" : ".");
	return arena_copy_part(arena, path, (size_t)(slash - path));
}

bool path_is_below(const char *path, const char *dir)
{
	size_t length = strlen(dir);

	if (length == 1 && dir[0] == '/')
		return path[0] == '/' && path[1] != '\0';
	return strncmp(path, dir, length) == 0 && path[length] == '/';
}

bool path_is_within(const char *path, const char *dir)
{
	return strcmp(path, dir) == 0 || path_is_below(path, dir);
}

size_t path_depth(const char *path)
{
	size_t depth = 0;

	if (path[0] == '/' && path[1] == '\0')
		return 0;
	for (; *path; path++)
		depth += *path == '/';
	return depth;
}
