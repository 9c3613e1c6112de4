/* Questions to the host's file system, and small reads. None follows a path
 * inside a sandbox: that is view work, done with descriptors. */
#ifndef IMMURE_SYS_FILE_H
#define IMMURE_SYS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct error;

/* What a path was when it was looked at: two looks that differ mean that
 * somebody exchanged it in between. */
struct file_id {
	dev_t device;
	ino_t inode;
	mode_t type;		/* S_IFMT bits; 0: nothing was there */
	mode_t mode;		/* permission bits */
	uint64_t size;		/* in bytes */
};

/* Was every question below answered, with yes or no? Most callers can do with nothing
 * else, and take a lookup that failed for want of memory, or of a system call that a
 * filter refuses, for a no. What was planned on that could lack a wall, so that
 * whoever planned asks this at the end. -1 names the first question. */
int file_all_answered(struct error *err);

/* Look at what `path` leads to, or with `follow` false at a symbolic link itself.
 * Neither opens the file: a FIFO or a device is only looked at. -1 says why. */
int file_look(const char *path, bool follow, struct file_id *ret_id, struct error *err);

/* The same for a path that has no symbolic link in it: ELOOP if it has. */
int file_look_without_links(const char *path, struct file_id *ret_id, struct error *err);

/* The same for an open descriptor. -1 leaves errno. */
int file_look_fd(int fd, struct file_id *ret_id);

/* Do two looks show the same object? */
bool file_same(const struct file_id *a, const struct file_id *b);

/* Was what is at `path` (a link itself) created, renamed or changed after this time,
 * in nanoseconds since the epoch as file_clock() counts them? Its owner cannot set
 * that time (ctime). */
bool file_changed_since(const char *path, int64_t time);

/* The clock that file times are taken from, in nanoseconds since the epoch. */
int64_t file_clock(void);

/* May the effective user read what is at `path`? */
bool file_readable(const char *path);

/* May the effective user execute the regular file at `path`? */
bool file_executable(const char *path);

/* The text of a symbolic link, from the arena; NULL when it is none. */
char *file_link(struct arena *arena, const char *path);

/* Open what is called `name` in the directory that `dir` is open on, a link itself, to be
 * looked at only (O_PATH): the caller's to close. -1 and errno. */
int file_open_in(int dir, const char *name, struct file_id *ret_id);

/* The text of the symbolic link that `fd` is open on, from the arena; NULL and errno. */
char *file_link_fd(struct arena *arena, int fd);

/* The path with every link resolved, from the arena; NULL and errno when it
 * does not resolve. */
char *file_resolved(struct arena *arena, const char *path);

/* The current directory as the kernel names it, from the arena; NULL when it has
 * no name (removed, or outside of the root). */
char *file_current_directory(struct arena *arena);

/* Read at most `most` bytes of a regular file at `path`; anything but a regular
 * file is refused without blocking. *ret_text ends with a NUL that *ret_length
 * does not count. -1: not there, not regular, not readable or over `most`. */
int file_read(struct arena *arena, const char *path, size_t most, char **ret_text,
	      size_t *ret_length, struct error *err);

/* Read an open regular file from where it stands, as file_read() does. `name`
 * is for the message. */
int file_read_fd(struct arena *arena, int fd, const char *name, size_t most,
		 char **ret_text, size_t *ret_length, struct error *err);

/* Open a profile for reading: a regular file that belongs to the caller or to
 * root and that nobody else may write, checked on the open descriptor so that
 * what was checked is what is read. ENOENT in err->code when there is none. */
int file_open_trusted(const char *path, struct error *err);

/* The same, and no link at the end of the path is followed: ELOOP. */
int file_open_trusted_here(const char *path, struct error *err);

/* The same for a profile that was installed with this program: it may also belong to whom our
 * executable belongs to, as in a user namespace that does not know the host's root. */
int file_open_installed(const char *path, struct error *err);

/* The same for a file of another program's configuration, which may also be writable by a
 * group that is the caller's alone, as the umask of many systems has it. */
int file_open_configuration(const char *path, struct error *err);

/* Make a new file of the caller's own (mode 0644 before the umask), and the directories
 * above it (0700) that are missing. -1, with EEXIST in err->code, when there is something of
 * that name. */
int file_create(const char *path, const char *text, struct error *err);

/* Make the directory `path` and those above it that are missing (0700). -1 names the one
 * that cannot be made. */
int file_make_directories(const char *path, struct error *err);

/* Open a file to append to, made if it is missing (0600): regular, the caller's own, under
 * this name alone, and not by a symbolic link, which somebody else could have left where
 * others can write too. The caller owns the descriptor. -1 says what it is instead. */
int file_open_record(const char *path, struct error *err);

/* Write a file of the caller's own anew (0600) in one step, so that nobody sees a part of it,
 * and make the directories above it (0700) that are missing. -1: what was there stays. */
int file_put(const char *path, const char *bytes, size_t length, struct error *err);

/* The same in the directory that `dir` is open on, with these permissions: `replace` says
 * that there is one, which is what goes; without it EEXIST is the errno when something has
 * that name. -1 and errno: what was there stays. */
int file_put_in(int dir, const char *name, const char *bytes, size_t length, mode_t mode,
		bool replace);

/* Remove a file. -1, with ENOENT in err->code when there is none. */
int file_remove(const char *path, struct error *err);

/* Is it a directory, and no link to one, of the caller's that not everybody can write? */
bool file_is_own_directory(const char *path);

/* Make it the current directory of this process. */
int file_enter(const char *path, struct error *err);

/* Call `each` with every name in the directory `path` but . and .. until it
 * answers false. A directory that cannot be read has no names; a link is none. */
void file_each_name(const char *path, bool (*each)(void *context, const char *name),
		    void *context);

/* The same for the directory that `dir` is open on. -1 and errno: it cannot be read, or
 * not to its end. */
int file_each_name_in(int dir, bool (*each)(void *context, const char *name),
		      void *context);

/* By what one sees that a file, followed through links, is another one or was written. */
struct file_stamp {
	uint64_t device, inode;		/* inode 0: there is none */
	int64_t size, changed;		/* nanoseconds, by the file system's clock */
};

/* That of the file at `path`, as it is now. */
struct file_stamp file_stamp(const char *path);

/* Are both of the same file, as it was? */
bool file_stamp_is(const struct file_stamp *a, const struct file_stamp *b);

#endif
