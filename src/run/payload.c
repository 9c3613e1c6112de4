/* From a process of the set-up to the command.
 *
 * It shares init's memory until it executes (process_start()), so that it writes
 * nothing that init would read but `failed`, and a failure is told to the supervisor
 * directly. Standard files, the terminal's foreground and the directory are settled
 * while there are rights; then they go, in an order in which none needs what an
 * earlier one took. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/base/text.h>
#include <immure/confine/confine.h>
#include <immure/sys/privilege.h>
#include <immure/sys/process.h>
#include <immure/sys/tty.h>
#include <immure/sys/weaken.h>

#include "run.h"

enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

ON_OWN_STACK void payload_become(void *sandbox)
{
	struct sandbox *box = sandbox;
	struct error error, ignored;

	(void)steps_run(payload_steps, box, &error);
	box->failed = true;
	(void)sync_send_error(box->init_end, &error, &ignored);
	_exit(125);
}

static int ask_for_maps(struct sandbox *box, struct error *err)
{
	if (maps_ask(box, box->mapped_end, err) < 0)
		return -1;
	return box->plan->as_pid_1 ? maps_end_helper(box, err) : 0;
}

int payload_enter_user_namespace(struct sandbox *box, struct error *err)
{
	const struct plan *plan = box->plan;
	bool enters = plan->own_user && !plan->nested_origin && !weakened(WALL_INNER);

	if (enters && (plan->maps.several ? ask_for_maps(box, err)
					  : child_write_map(box, &plan->inner, true, err)) < 0)
		return -1;
	/* The last map is written. To be dumpable is a property of the memory, which is
	 * still init's as well: it hides both, and the exec ends it for the command. So
	 * there is no moment in which the command runs and init can be looked into. */
	return weakened(WALL_DUMPABLE) ? 0 : process_hide(err);
}

int payload_leave_groups(struct sandbox *box, struct error *err)
{
	return confine_groups(box->plan, err);
}

int payload_take_foreground(struct sandbox *box, struct error *err)
{
	/* Process 1 leads its session, and with it a group of its own. */
	if (!box->plan->as_pid_1 && !weakened(WALL_TERMINAL) && process_new_group(err) < 0)
		return -1;
	if (box->slave != NO_FD && (box->eager || box->plan->as_pid_1))
		tty_foreground(box->slave, getpid());
	return 0;
}

int payload_connect_files(struct sandbox *box, struct error *err)
{
	for (int fd = 0; fd <= 2; fd++) {
		int source = box->plan->stdio[fd] == STDIO_TERMINAL ? box->slave
								    : box->append_ends[fd];

		if (source != NO_FD && dup2(source, fd) < 0)
			return fail(err, errno, "connect descriptor %d", fd);
	}
	return 0;
}

int payload_confine_inheritance(struct sandbox *box, struct error *err)
{
	return confine_inheritance(box->plan, err);
}

int payload_limit(struct sandbox *box, struct error *err)
{
	return confine_limits(box->plan, err);
}

/* The environment says where the command is: so it must when it is elsewhere. */
static void correct_pwd(const struct plan *plan, const char *directory)
{
	const char **entry = (const char **)(uintptr_t)plan->environment;

	for (; *entry; entry++)
		if (text_begins(*entry, "PWD=") && text_is(*entry + 4, plan->directory))
			*entry = arena_format(plan->arena, "PWD=%s", directory);
}

int payload_change_directory(struct sandbox *box, struct error *err)
{
	const struct plan *plan = box->plan;

	if (chdir(plan->directory) == 0)
		return 0;
	/* Only what is not in the view, or not for us, has an other. */
	if (!plan->other_directory || (errno != ENOENT && errno != ENOTDIR && errno != EACCES)) {
		(void)fail(err, errno, "%s (%s)", plan->directory, plan->directory_origin);
		const char *typed = text_shell(plan->arena,
					       text_protect(plan->arena, plan->directory, ':'));
		return err->code != ENOENT ? -1
		       : plan->directory_outside ? hint(err, "to show the host's: --ro-bind %s", typed)
						 : hint(err, "to make it: --dir %s",
							text_shell(plan->arena, plan->directory));
	}
	const char *other = chdir(plan->other_directory) == 0 ? plan->other_directory : "/";
	if (text_is(other, "/") && chdir("/") < 0)
		return fail(err, errno, "change to /");
	correct_pwd(plan, other);
	return 0;
}

int payload_drop_capabilities(struct sandbox *box, struct error *err)
{
	return weakened(WALL_CAPS) ? weaken_keep_capabilities(err)
				   : confine_capabilities(box->plan, err);
}

int payload_refuse_privileges(struct sandbox *box, struct error *err)
{
	/* Credentials changed: whoever is process 1 must ask again to die with us. */
	if (box->plan->as_pid_1 && child_die_with_supervisor(box, err) < 0)
		return -1;
	return confine_privileges(box->plan, err);
}

int payload_enter_domain(struct sandbox *box, struct error *err)
{
	return confine_domain(box->plan, box->ruleset, err);
}

int payload_filter_calls(struct sandbox *box, struct error *err)
{
	return confine_calls(box->plan, err);
}

static int execute_path(const struct plan *plan, const char *path)
{
	(void)execve(path, (char *const *)(uintptr_t)plan->command,
		     (char *const *)(uintptr_t)plan->environment);
	return errno;
}

/* As a shell looks: the first directory that has it and may execute it. *ret_found
 * is a file of that name, also when it is none that can be executed. */
static int execute_searched(const struct plan *plan, const char **ret_found)
{
	const char *path = plan->search_path ? plan->search_path : "/usr/bin:/bin";
	int result = ENOENT;

	for (; path; path = strchr(path, ':') ? strchr(path, ':') + 1 : NULL) {
		int length = (int)strcspn(path, ":");
		char candidate[4096 + 256];

		if (length == 0 || path[0] != '/' ||
		    (size_t)snprintf(candidate, sizeof(candidate), "%.*s/%s", length, path,
				     plan->command[0]) >= sizeof(candidate))
			continue;
		int code = execute_path(plan, candidate);
		bool there = access(candidate, F_OK) == 0;
		if (there)
			*ret_found = arena_copy(plan->arena, candidate);
		if (code != ENOTDIR && code != EACCES && (code != ENOENT || there))
			return code;
		if (code == EACCES && there)
			result = EACCES;
	}
	return result;
}

/* --- why it could not be executed ----------------------------------------------- */

/* The loader of a program as elf(5) has it, of either word size; "" if it names none
 * within the first page, where every linker puts it. */
static void find_loader(const unsigned char *page, size_t size, char loader[252])
{
	const bool wide = size > EI_CLASS && page[EI_CLASS] == ELFCLASS64;
	const size_t header_size = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	Elf64_Ehdr whole;
	Elf32_Ehdr half;

	loader[0] = '\0';
	if (size < sizeof(whole))
		return;
	memcpy(&whole, page, sizeof(whole));
	memcpy(&half, page, sizeof(half));
	uint64_t at = wide ? whole.e_phoff : half.e_phoff;
	for (unsigned left = wide ? whole.e_phnum : half.e_phnum; left > 0; left--) {
		Elf64_Phdr header;
		Elf32_Phdr narrow;

		if (at > size || size - at < header_size)
			return;
		memcpy(&header, page + at, wide ? sizeof(header) : sizeof(header.p_type));
		memcpy(&narrow, page + at, sizeof(narrow));
		uint64_t name = wide ? header.p_offset : narrow.p_offset;
		uint64_t length = wide ? header.p_filesz : narrow.p_filesz;
		at += header_size;
		if (header.p_type != PT_INTERP)
			continue;
		if (length > 0 && length < 252 && name < size && length <= size - name) {
			memcpy(loader, page + name, length);
			loader[length] = '\0';
		}
		return;
	}
}

/* The first bytes of a file, as a text: of a script "#!" and what stands behind it up
 * to a blank, of a program its magic number and its loader. */
static void read_start(const char *path, char start[256])
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	unsigned char page[4096];
	ssize_t length = fd < 0 ? 0 : read(fd, page, sizeof(page));

	start[0] = '\0';
	if (length <= 0)
		return;
	if ((size_t)length > SELFMAG && memcmp(page, ELFMAG, SELFMAG) == 0) {
		memcpy(start, ELFMAG, SELFMAG);
		find_loader(page, (size_t)length, start + SELFMAG);
		return;
	}
	length = length < 255 ? length : 255;
	memcpy(start, page, (size_t)length);
	start[length] = '\0';
	if (!text_begins(start, "#!"))
		return;
	char *name = start + 2 + strspn(start + 2, " \t");
	name[strcspn(name, " \t\n")] = '\0';
	memmove(start + 2, name, strlen(name) + 1);
}

static void explain_interpreter(const struct plan *plan, const char *path, const char *start,
				struct error *err)
{
	bool script = text_begins(start, "#!");
	const char *interpreter = start + (script ? 2 : SELFMAG);
	size_t length = strlen(interpreter);

	if (!script && (!text_begins(start, ELFMAG) || length == 0))
		(void)hint(err, "the file is there; the loader that it names is not");
	else if (!script && plan->root.path)
		(void)hint(err, "its loader %s is not in the root file system %s: the program is"
			   " of another system, or that one is not whole", interpreter,
			   plan->root.path);
	else if (!script)
		(void)hint(err, "its loader %s is not in the view; if the host has it:"
			   " --ro-bind %s", interpreter, text_shell(plan->arena,
			   text_protect(plan->arena, interpreter, ':')));
	else if (length > 0 && interpreter[length - 1] == '\r')
		(void)hint(err, "its first line ends with a carriage return; without them:"
			   " sed -i 's/\\r$//' %s", text_shell(plan->arena, path));
	else if (plan->root.path)
		(void)hint(err, "its interpreter %s is not in the root file system %s", interpreter,
			   plan->root.path);
	else
		(void)hint(err, "its interpreter %s is not in the view; if the host has it:"
			   " --ro-bind %s", interpreter, text_shell(plan->arena,
			   text_protect(plan->arena, interpreter, ':')));
}

static int explain(const struct plan *plan, int code, const char *path, struct error *err)
{
	const char *name = text_shell(plan->arena, plan->command[0]);
	struct stat st = { 0 };
	char start[256] = "";
	bool there = path && stat(path, &st) == 0;

	if (there && S_ISREG(st.st_mode))
		read_start(path, start);
	(void)fail(err, there && S_ISDIR(st.st_mode) ? EISDIR : code, "%s", plan->command[0]);
	if ((code == ENOENT || code == ENOTDIR) && !there)
		return with_status(err, NOT_FOUND);
	if (code == ENOENT)
		explain_interpreter(plan, path, start, err);
	else if (code == EACCES && plan->program && S_ISREG(st.st_mode) &&
		 access(path, X_OK) < 0)
		(void)hint(err, "it is not executable: chmod +x %s", name);
	else if (code == ENOEXEC && text_begins(start, ELFMAG))
		(void)hint(err, "it is a program of another machine, or a broken one");
	else if (code == ENOEXEC)
		(void)hint(err, "it is no program; if it is a script without a #! line:"
			   " immure run sh %s", name);
	return with_status(err, NOT_EXECUTABLE);
}

int payload_execute(struct sandbox *box, struct error *err)
{
	const struct plan *plan = box->plan;

	if (signals_release(err) < 0)
		return -1;
	/* As process 1 it reports before, or nobody would: the conversation that the exec
	 * closes then says that it came to that. */
	box->report->running = plan->as_pid_1;
	/* From here on it could run, and kill who would report that it does. */
	box->report->executing = true;
	const char *path = plan->program;
	int code = path ? execute_path(plan, path) : execute_searched(plan, &path);
	return explain(plan, code, path, err);
}
