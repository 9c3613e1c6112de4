/* The resolution of paths by hand, where openat2(2) is missing: on an old kernel, or
 * under a filter of system calls that cannot look behind its pointer, as a container's
 * and our own default.
 *
 * Component by component, no link is ever followed by the kernel, and ".." is never
 * given to it: the way from the root is walked again without the last component. So
 * whoever renames directories meanwhile makes the walk fail, or end at another place
 * below the root, as with RESOLVE_IN_ROOT. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/sys/walk.h>

struct walk {
	int root;
	int at;			/* where we are */
	char done[PATH_MAX];	/* the way from the root to there: no links, no dots */
	char rest[PATH_MAX];	/* still to go */
	bool directory;		/* what the last component must be */
};

static int failed(int code)
{
	errno = code;
	return -1;
}

/* Stand in the root, or in what stands at `done`. */
static int start_again(struct walk *walk)
{
	AUTO_FD int at = openat(walk->root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (const char *name = walk->done; at >= 0 && *name;) {
		char part[NAME_MAX + 1];
		size_t length = strcspn(name, "/");

		memcpy(part, name, length);
		part[length] = '\0';
		AUTO_FD int above = take_fd(&at);
		at = openat(above, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		name += length + (name[length] == '/');
	}
	if (at < 0)
		return -1;
	fd_close(&walk->at);
	walk->at = take_fd(&at);
	return 0;
}

static int go_up(struct walk *walk)
{
	char *slash = strrchr(walk->done, '/');

	*(slash ? slash : walk->done) = '\0';
	return start_again(walk);
}

/* `link` stands where we are: what it says comes first now. */
static int turn_off(struct walk *walk, int link)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(link, "", text, sizeof(text));

	if (length <= 0)
		return length < 0 ? -1 : failed(ENOENT);
	if ((size_t)length + 1 + strlen(walk->rest) >= sizeof(walk->rest))
		return failed(ENAMETOOLONG);
	if (*walk->rest) {
		memmove(walk->rest + length + 1, walk->rest, strlen(walk->rest) + 1);
		walk->rest[length] = '/';
	} else {
		walk->rest[length] = '\0';
	}
	memcpy(walk->rest, text, (size_t)length);
	if (text[0] != '/')
		return 0;
	walk->done[0] = '\0';
	return start_again(walk);
}

static int note_done(struct walk *walk, const char *name)
{
	size_t before = strlen(walk->done), length = strlen(name);

	if (before + 1 + length >= sizeof(walk->done))
		return failed(ENAMETOOLONG);
	if (before > 0)
		walk->done[before++] = '/';
	memcpy(walk->done + before, name, length + 1);
	return 0;
}

/* Take the first component from the rest: 1, 0 when there is none. */
static int take_name(struct walk *walk, char name[NAME_MAX + 1], bool *ret_last)
{
	const char *start = walk->rest + strspn(walk->rest, "/");
	size_t length = strcspn(start, "/");

	if (length > NAME_MAX)
		return failed(ENAMETOOLONG);
	memcpy(name, start, length);
	name[length] = '\0';
	const char *next = start + length + strspn(start + length, "/");
	/* What has a slash behind it is a directory, and followed if it is a link. */
	bool slash = length > 0 && start[length] == '/' && !*next;
	walk->directory |= slash;
	*ret_last = !*next && !slash;
	memmove(walk->rest, next, strlen(next) + 1);
	return length > 0;
}

/* Are we in a directory, and may be? */
static int check_directory(const struct walk *walk)
{
	AUTO_FD int again = openat(walk->at, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return again < 0 ? -1 : 0;
}

static int go_down(struct walk *walk, const char *name, bool follow, unsigned *links)
{
	struct stat st;

	AUTO_FD int next = openat(walk->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (next < 0 || fstat(next, &st) < 0)
		return -1;
	if (S_ISLNK(st.st_mode) && follow)
		return (*links)-- == 0 ? failed(ELOOP) : turn_off(walk, next);
	fd_close(&walk->at);
	walk->at = take_fd(&next);
	return note_done(walk, name);
}

static int take_step(struct walk *walk, const char *name, bool follow, unsigned *links)
{
	bool up = strcmp(name, "..") == 0;

	if (!up && strcmp(name, ".") != 0)
		return go_down(walk, name, follow, links);
	if (check_directory(walk) < 0)
		return -1;
	return up ? go_up(walk) : 0;
}

int walk_inside(int root, const char *path, int flags, unsigned most_links)
{
	struct walk walk = { .root = root, .at = NO_FD, .directory = flags & O_DIRECTORY };
	char name[NAME_MAX + 1];
	struct stat st;
	bool last;
	int taken;

	if (strlen(path) >= sizeof(walk.rest))
		return failed(ENAMETOOLONG);
	memcpy(walk.rest, path, strlen(path) + 1);
	int result = start_again(&walk);
	while (result == 0 && (taken = take_name(&walk, name, &last)) != 0)
		result = taken < 0 ? -1 : take_step(&walk, name, !last || !(flags & O_NOFOLLOW),
						    &most_links);
	if (result == 0 && walk.directory &&
	    (fstat(walk.at, &st) < 0 || !S_ISDIR(st.st_mode)))
		result = failed(ENOTDIR);
	int code = errno;
	AUTO_FD int found = take_fd(&walk.at);
	errno = code;
	return result == 0 ? take_fd(&found) : -1;
}
