/* What is wanted, what is there, and how the two differ. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <immure/base/error.h>
#include <immure/base/fd.h>
#include <immure/base/path.h>
#include <immure/base/text.h>
#include <immure/desktop/entry.h>
#include <immure/desktop/mark.h>
#include <immure/sys/file.h>

#include "desktop_internal.h"

enum { LONGEST_WRAPPER = 16 * 1024 };

/* --- what is wanted ----------------------------------------------------------------------------- */

/* One word of sh(1), whatever it is. */
static char *shell_word(struct arena *arena, const char *text)
{
	char *word = arena_alloc(arena, 4 * strlen(text) + 3), *out = word;

	*out++ = '\'';
	for (; *text; text++)
		out = *text == '\'' ? stpcpy(out, "'\\''") : stpncpy(out, text, 1);
	*out = '\'';
	return word;
}

/* The program is named by its path: what is called NAME too is this file. */
static char *wrapper_text(const struct desktop *desktop, const struct mark *mark,
			  const char *program)
{
	struct arena *arena = desktop->arena;

	return arena_format(arena, "#!/bin/sh\n"
			    "# Written by `immure desktop install %s`, and removed by `immure desktop"
			    " remove %s`.\n%s"
			    "exec %s run --profile %s -- %s \"$@\"\n", mark->program, mark->program,
			    mark_lines(arena, mark, "# "), shell_word(arena, desktop->launcher),
			    mark->profile, shell_word(arena, program));
}

static struct desktop_file *want(const struct desktop *desktop, struct desktop_files *files,
				 enum desktop_place place, const char *name, char *bytes,
				 size_t length)
{
	struct desktop_file *file = list_add(desktop->arena, &files->list);

	*file = (struct desktop_file){
		.place = place, .wanted = true, .name = name, .bytes = bytes, .length = length,
		.path = path_join(desktop->arena, desktop->places[place].path, name),
	};
	mark_seal(bytes, length);
	return file;
}

static void want_wrapper(const struct desktop *desktop, const char *name, const char *profile,
			 const char *program, struct desktop_files *files)
{
	const struct mark mark = { .program = name, .profile = profile };
	char *text = wrapper_text(desktop, &mark, program);

	(void)want(desktop, files, PLACE_WRAPPERS, name, text, strlen(text));
}

static void want_copy(const struct desktop *desktop, const struct desktop_source *source,
		      const char *name, const char *profile, const char *program,
		      struct desktop_files *files)
{
	const struct mark mark = {
		name, profile, source->path, mark_hash(source->bytes, source->length),
	};
	const char *const prefix[] = { desktop->launcher, "run", "--profile", profile, "--", NULL };
	const struct entry_change change = {
		prefix, program, mark_lines(desktop->arena, &mark, ""),
	};
	size_t length;

	char *bytes = entry_changed(desktop->arena, source->place == PLACE_ENTRIES
				    ? ENTRY_APPLICATION : ENTRY_SERVICE, source->bytes,
				    source->length, &change, &length);
	(void)want(desktop, files, source->place, source->id, bytes, length);
}

/* --- what is there -------------------------------------------------------------------------------- */

struct present {
	bool there;
	const char *foreign;		/* why it is not ours; NULL: it is */
	bool hides;			/* an entry of the user's that says there is none */
	struct mark mark;
	bool whole, executable;
	char *bytes;
	size_t length;
};

static void read_present(struct arena *arena, const struct desktop_directory *dir,
			 enum desktop_place place, const char *name, struct present *found)
{
	struct error err;
	struct file_id id;

	*found = (struct present){ 0 };
	AUTO_FD int fd = dir->fd == NO_FD ? NO_FD
		: openat(dir->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && (dir->fd == NO_FD || errno == ENOENT))
		return;
	found->there = true;
	if (fd < 0) {
		found->foreign = errno == ELOOP ? "it is a symbolic link"
			: arena_format(arena, "it cannot be read: %s", strerror(errno));
		return;
	}
	if (file_look_fd(fd, &id) < 0 || id.type != S_IFREG) {
		found->foreign = "it is not a file";
		return;
	}
	if (id.size > (place == PLACE_WRAPPERS ? LONGEST_WRAPPER : 2 * LONGEST_ENTRY) ||
	    file_read_fd(arena, fd, name, 2 * LONGEST_ENTRY, &found->bytes, &found->length, &err) < 0 ||
	    !mark_read(arena, found->bytes, found->length, &found->mark, &found->whole)) {
		found->foreign = "it was not written by immure";
		found->hides = place == PLACE_ENTRIES && found->bytes &&
			entry_read(arena, ENTRY_APPLICATION, found->bytes, found->length).hidden;
		return;
	}
	found->executable = (id.mode & 0100) != 0;
}

/* --- how they differ -------------------------------------------------------------------------------- */

static const char stale_source[] = "its source has changed", stale_words[] =
	"it would be written otherwise now", edited[] = "it was changed by hand",
	left_source[] = "there is no such source any more";

/* Of what is wanted there. False: there is nothing to do, and no need to speak of it. */
static bool judge(const struct desktop *desktop, const struct present *found, const char *name,
		  const char *profile, uint64_t hash, struct desktop_file *file)
{
	if (!found->there) {
		file->state = DESKTOP_ABSENT;
	} else if (found->foreign) {
		file->state = DESKTOP_FOREIGN;
		file->why = found->foreign;
		return !found->hides;
	} else if (!text_is(found->mark.program, name)) {
		file->state = DESKTOP_FOREIGN;
		file->why = arena_format(desktop->arena, "it is installed for %s, with another profile"
					 " (%s): immure desktop remove %s", found->mark.program,
					 found->mark.profile, found->mark.program);
		return !text_is(found->mark.profile, profile);
	} else if (!found->whole) {
		file->state = DESKTOP_EDITED;
		file->why = edited;
	} else if (found->length == file->length &&
		   memcmp(found->bytes, file->bytes, file->length) == 0 &&
		   (found->executable || file->place != PLACE_WRAPPERS)) {
		file->state = DESKTOP_FINE;
	} else {
		file->state = DESKTOP_STALE;
		file->why = found->mark.hash != hash ? stale_source : stale_words;
	}
	return true;
}

static bool is_listed(const struct desktop_files *files, enum desktop_place place,
		      const char *name)
{
	list_each(const struct desktop_file, file, &files->list)
		if (file->place == place && text_is(file->name, name))
			return true;
	return false;
}

/* --- walking through all of them ------------------------------------------------------------------- */

struct walk {
	const struct desktop *desktop;
	enum desktop_place place;
	const char *name;		/* of the program; NULL: of any */
	struct desktop_files *files;
	struct desktop_programs *programs;
};

static void note_program(struct walk *walk, const struct present *found)
{
	list_each(const struct desktop_program, known, &walk->programs->list)
		if (text_is(known->name, found->mark.program))
			return;
	*list_add(walk->desktop->arena, &walk->programs->list) =
		(struct desktop_program){ found->mark.program, found->mark.profile };
}

static bool look_at(void *context, const char *entry)
{
	static const char *const ends[] = {
		[PLACE_WRAPPERS] = "", [PLACE_ENTRIES] = ".desktop", [PLACE_SERVICES] = ".service",
	};
	struct walk *walk = context;
	const struct desktop_directory *dir = &walk->desktop->places[walk->place];
	struct arena *arena = walk->desktop->arena;
	struct present found;

	if (!text_ends(entry, ends[walk->place]))
		return true;
	read_present(arena, dir, walk->place, entry, &found);
	if (!found.there || found.foreign)
		return true;
	if (walk->programs)
		note_program(walk, &found);
	if (!walk->files || !text_is(found.mark.program, walk->name) ||
	    is_listed(walk->files, walk->place, entry))
		return true;
	struct desktop_file *file = list_add(arena, &walk->files->list);
	file->place = walk->place;
	file->name = arena_copy(arena, entry);
	file->path = path_join(arena, dir->path, file->name);
	file->state = found.whole ? DESKTOP_LEFT : DESKTOP_EDITED;
	file->why = found.whole ? left_source : edited;
	return true;
}

static int walk_all(struct walk *walk, struct error *err)
{
	for (walk->place = PLACE_WRAPPERS; walk->place < DESKTOP_PLACES; walk->place++) {
		const struct desktop_directory *dir = &walk->desktop->places[walk->place];

		if (dir->fd != NO_FD && file_each_name_in(dir->fd, look_at, walk) < 0)
			return fail(err, errno, "read %s", dir->path);
	}
	return 0;
}

static int compare_programs(const void *a, const void *b)
{
	const struct desktop_program *one = a, *other = b;

	return strcmp(one->name, other->name);
}

int desktop_list(const struct desktop *desktop, struct desktop_programs *ret_programs,
		 struct error *err)
{
	struct desktop_programs found = { 0 };
	struct walk walk = { .desktop = desktop, .programs = &found };

	if (walk_all(&walk, err) < 0)
		return -1;
	if (found.list.count > 1)
		qsort(found.list.items, found.list.count, sizeof(*found.list.items), compare_programs);
	*ret_programs = found;
	return 0;
}

static int compare_files(const void *a, const void *b)
{
	const struct desktop_file *one = a, *other = b;
	int places = (int)one->place - (int)other->place;

	return places ? places : strcmp(one->name, other->name);
}

/* An entry of the user's own in a directory of that name below has the same name to menus. */
static bool check_other(const struct desktop *desktop, const struct desktop_source *source,
			struct desktop_files *files)
{
	struct file_id id;
	struct error ignored;

	if (!source->other || file_look(source->other, false, &id, &ignored) < 0)
		return false;
	struct desktop_file *file = list_add(desktop->arena, &files->list);
	*file = (struct desktop_file){
		.place = source->place, .state = DESKTOP_FOREIGN, .wanted = true, .name = source->id,
		.path = source->other, .why = "it was not written by immure",
	};
	return true;
}

static void look_at_wanted(const struct desktop *desktop, const char *const *names,
			   const char *profile, const char *program,
			   struct desktop_files *ret_files)
{
	struct desktop_sources sources = sources_of(desktop, names, program);
	const char *name = names[0];
	struct desktop_files wanted = { 0 };
	struct present found;

	want_wrapper(desktop, name, profile, program, &wanted);
	list_each(const struct desktop_source, source, &sources.list)
		if (!check_other(desktop, source, ret_files))
			want_copy(desktop, source, name, profile, program, &wanted);
	list_each(struct desktop_file, file, &wanted.list) {
		struct mark mark = { 0 };
		bool whole;

		read_present(desktop->arena, &desktop->places[file->place], file->place, file->name,
			     &found);
		(void)mark_read(desktop->arena, file->bytes, file->length, &mark, &whole);
		if (judge(desktop, &found, name, profile, mark.hash, file))
			*list_add(desktop->arena, &ret_files->list) = *file;
	}
}

int desktop_look(const struct desktop *desktop, const char *const *names, const char *profile,
		 struct desktop_files *ret_files, struct error *err)
{
	struct desktop_files files = { 0 };
	const char *name = names[0];
	struct walk walk = { .desktop = desktop, .name = name, .files = &files };
	const char *program = profile ? desktop_find_program(desktop->arena, name) : NULL;

	if (program)
		look_at_wanted(desktop, names, profile, program, &files);
	if (walk_all(&walk, err) < 0)
		return -1;
	if (files.list.count > 1)
		qsort(files.list.items, files.list.count, sizeof(*files.list.items), compare_files);
	*ret_files = files;
	return 0;
}
