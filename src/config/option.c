/* One row an option. Order is the order of --help and of the man page. */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/config/config.h>
#include <immure/config/option.h>
#include <immure/sys/weaken.h>

#include "set.h"

#define FIELD(name) offsetof(struct config, name)
#define ANYWHERE (CLI | PROFILE)

static const char *const kernel_words[] = { "new", "none", "host-ro", NULL };
static const char *const device_words[] = { "new", "none", NULL };
static const char *const directory_words[] = { "hide", "ro", "rw", NULL };
static const char *const seccomp_words[] = { "default", "strict", "off", NULL };
static const char *const namespace_words[] = {
	"user", "mount", "pid", "ipc", "uts", "net", "cgroup", "none", NULL
};
static const char *const landlock_words[] = { "auto", "require", "off", NULL };
static const char *const help_words[] = { "all", NULL };
static const char *const user_words[] = { "root", "self", NULL };
static const char *const map_words[] = { "auto", "none", NULL };
static const char *const home_words[] = { "none", "private", NULL };

const char *const option_group_titles[OPTION_GROUPS] = {
	[GROUP_GENERAL] = "General",
	[GROUP_FILES] = "Files",
	[GROUP_SYSTEM_FILES] = "System files",
	[GROUP_IDENTITY] = "Identity",
	[GROUP_NAMESPACES] = "Namespaces",
	[GROUP_NETWORK] = "Network",
	[GROUP_SESSION] = "The desktop session",
	[GROUP_KERNEL] = "The kernel",
	[GROUP_COMMAND] = "The command",
	[GROUP_ENVIRONMENT] = "Environment",
};

const struct option option_table[] = {
	{ .name = "profile", .letter = 'p', .arg = "NAME", .in = CLI, .everyday = true,
	  .group = GROUP_GENERAL, .complete = COMPLETE_PROFILES,
	  .set = set_text, .field = FIELD(profile),
	  .help = "use this profile instead of `default`",
	  .man = "Start from the profile *NAME* instead of `default`: a file when it has a"
		 " slash, else *NAME*`.profile` in `~/.config/immure/profiles`,"
		 " `/etc/immure/profiles` or the installed directory. A profile that wants"
		 " the default's walls says `include default`. Without this option a profile"
		 " with the name of the command is taken, if the command is a bare name of a"
		 " program of the system's, and what it opens is said; `none` is no profile"
		 " at all, in which not even the system's programs are shown." },
	{ .name = "include", .arg = "NAME", .in = PROFILE,
	  .group = GROUP_GENERAL, .complete = COMPLETE_PROFILES, .list = true,
	  .set = set_include,
	  .help = "read another profile here",
	  .man = "Read the lines of the profile *NAME* in this place. A relative path is"
		 " taken from the directory of the file that includes it. A profile that"
		 " includes its own name gets the next one of that name on the search path." },
	{ .name = "description", .arg = "TEXT", .in = PROFILE,
	  .group = GROUP_GENERAL, .set = set_description, .field = FIELD(description),
	  .help = "what the profile is for",
	  .man = "Say in a line what the profile is for; **immure profile ls** shows it." },
	{ .name = "alias", .arg = "NAME", .in = PROFILE,
	  .group = GROUP_GENERAL, .list = true, .several = true, .set = set_alias,
	  .help = "another name that its program has",
	  .man = "Say by which other names the system has this profile's program, several in a"
		 " line: **make install** puts a profile beside it for each, which includes it,"
		 " so that **immure run** *NAME* finds it; **immure profile ls** lists them with"
		 " it. In a profile of one's own it says that alone: a second file with the line"
		 " `include` does the same." },
	{ .name = "dry-run", .letter = 'n', .in = CLI, .everyday = true,
	  .group = GROUP_GENERAL, .set = set_flag, .field = FIELD(dry_run),
	  .help = "print what would be done, and who said so",
	  .man = "Print everything that would be done, a line each with the place that asked"
		 " for it, and start nothing." },
	{ .name = "quiet", .letter = 'q', .in = ANYWHERE,
	  .group = GROUP_GENERAL, .set = set_flag, .field = FIELD(quiet),
	  .help = "no notes and no advice",
	  .man = "Print no notes on what is shared, and no advice when the command fails."
		 " What it left behind in a guarded directory is said all the same." },
	{ .name = "verbose", .letter = 'v', .in = CLI,
	  .group = GROUP_GENERAL, .set = set_flag, .field = FIELD(verbose),
	  .help = "also say what was skipped and why",
	  .man = "Also say which optional things were skipped, and why." },
	{ .name = "help", .letter = 'h', .arg = "all", .arg_optional = true, .in = CLI,
	  .everyday = true, .group = GROUP_GENERAL, .complete = COMPLETE_WORDS,
	  .words = help_words, .set = set_help,
	  .help = "this help; --help=all lists every option",
	  .man = "Print the options used every day, with examples; with `=all` every one." },
	{ .name = "version", .letter = 'V', .in = CLI,
	  .group = GROUP_GENERAL, .set = set_version,
	  .help = "print the version",
	  .man = "Print the version and end." },

	{ .name = "bind", .letter = 'b', .arg = "SRC[:DEST]", .in = ANYWHERE, .everyday = true,
	  .group = GROUP_FILES, .complete = COMPLETE_PATHS, .list = true, .set = set_bind,
	  .help = "make a host path visible and writable",
	  .man = "Show the host's *SRC* at *DEST*, by default at the same path, writable as far"
		 " as the caller may write it. What is mounted below it comes along with the"
		 " restrictions it has. A colon in a path is written `\\:`. *SRC* must exist."
		 " The `.git` of a directory is guarded; see **--git-rw**." },
	{ .name = "bind-try", .arg = "SRC[:DEST]", .in = ANYWHERE,
	  .group = GROUP_FILES, .complete = COMPLETE_PATHS, .list = true, .set = set_bind_try,
	  .help = "like --bind, if the host has it",
	  .man = "Like **--bind**, but nothing happens when *SRC* does not exist." },
	{ .name = "ro-bind", .letter = 'r', .arg = "SRC[:DEST]", .in = ANYWHERE,
	  .everyday = true, .group = GROUP_FILES, .complete = COMPLETE_PATHS, .list = true,
	  .set = set_ro_bind,
	  .help = "make a host path visible, read-only",
	  .man = "Like **--bind**, but nothing below *DEST* can be written." },
	{ .name = "ro-bind-try", .arg = "SRC[:DEST]", .in = ANYWHERE,
	  .group = GROUP_FILES, .complete = COMPLETE_PATHS, .list = true,
	  .set = set_ro_bind_try,
	  .help = "like --ro-bind, if the host has it",
	  .man = "Like **--ro-bind**, but nothing happens when *SRC* does not exist." },
	{ .name = "dev-bind", .arg = "SRC[:DEST]", .in = ANYWHERE,
	  .group = GROUP_FILES, .complete = COMPLETE_PATHS, .list = true, .set = set_dev_bind,
	  .help = "make a host path visible and its devices usable",
	  .man = "Like **--bind**, but device files at or below *SRC* can be opened too, as far"
		 " as the caller may." },
	{ .name = "dev-bind-try", .arg = "SRC[:DEST]", .in = ANYWHERE,
	  .group = GROUP_FILES, .complete = COMPLETE_PATHS, .list = true,
	  .set = set_dev_bind_try,
	  .help = "like --dev-bind, if the host has it",
	  .man = "Like **--dev-bind**, but nothing happens when *SRC* does not exist." },
	{ .name = "tmpfs", .arg = "PATH[:size=N,mode=OCTAL]", .in = ANYWHERE,
	  .group = GROUP_FILES, .complete = COMPLETE_NOTHING, .list = true, .set = set_tmpfs,
	  .help = "an empty directory in memory, writable",
	  .man = "An empty writable directory at *PATH* that is gone at the end. Without a size"
		 " it shares the sandbox's one memory file system, at most a quarter of the"
		 " host's memory and never over 2 GiB; with `size=` it is one of its own of *N*"
		 " bytes (K, M, G). `mode=` is 755 unless said." },
	{ .name = "dir", .arg = "PATH", .in = ANYWHERE,
	  .group = GROUP_FILES, .list = true, .set = set_dir,
	  .help = "make a directory in the view",
	  .man = "Make the directory *PATH*, and those above it, in the view. It is as writable"
		 " as what it stands in. Nothing is ever made in a host directory." },
	{ .name = "file", .arg = "SRC:DEST", .in = ANYWHERE,
	  .group = GROUP_FILES, .complete = COMPLETE_PATHS, .list = true, .set = set_file,
	  .help = "a private copy of a host file",
	  .man = "Put a copy of the host's file *SRC* at *DEST*. It can be changed where it"
		 " stands in a writable place, and the original stays as it is." },
	{ .name = "symlink", .arg = "TARGET:PATH", .in = ANYWHERE,
	  .group = GROUP_FILES, .list = true, .set = set_symlink,
	  .help = "a symbolic link in the view",
	  .man = "Make *PATH* a symbolic link with the text *TARGET*." },
	{ .name = "hide", .arg = "PATH", .in = ANYWHERE,
	  .group = GROUP_FILES, .complete = COMPLETE_PATHS, .list = true, .set = set_hide,
	  .help = "cover a path with nothing",
	  .man = "Cover *PATH* with an empty, read-only file or directory. What does not exist"
		 " in the view needs no cover and gets none." },
	{ .name = "remount-ro", .arg = "PATH", .in = ANYWHERE,
	  .group = GROUP_FILES, .list = true, .set = set_remount_ro,
	  .help = "make a part of the view read-only",
	  .man = "Make what is at *PATH* read-only once everything is in its place. What is"
		 " mounted below it keeps its own rights." },
	{ .name = "root", .arg = "DIR", .in = ANYWHERE, .everyday = true,
	  .group = GROUP_FILES, .complete = COMPLETE_DIRECTORIES, .set = set_root,
	  .help = "a root file system of one's own, read-only",
	  .man = "Use the root file system in the directory *DIR*, as **mmdebstrap**(1) or the"
		 " unpacking of an image makes one, instead of the host's system: read-only, and"
		 " nothing is made or changed in it. See the chapter ROOT FILE SYSTEMS for what"
		 " of the sandbox stands above it. In **immure shell** together with **--map** it"
		 " is **--root-rw** and **--guest**: a system of one's own, in which packages are"
		 " installed, and stay. `none` takes back what was said before." },
	{ .name = "root-rw", .arg = "DIR", .in = ANYWHERE,
	  .group = GROUP_FILES, .complete = COMPLETE_DIRECTORIES, .set = set_root_rw,
	  .help = "the same, and what is changed in it stays",
	  .man = "Like **--root**, but the command can change *DIR*, as an installer of packages"
		 " has to. What it lacks of places to mount something on is made in it, as"
		 " empty directories and files." },
	{ .name = "home", .arg = "none|private|kept:NAME|DIR", .in = ANYWHERE, .everyday = true,
	  .group = GROUP_FILES, .complete = COMPLETE_DIRECTORIES, .words = home_words,
	  .set = set_home, .field = FIELD(home),
	  .help = "what is at $HOME: nothing, an empty one, or DIR",
	  .man = "`private` is an empty writable directory in memory at the usual path;"
		 " `none` is no such directory; a directory of the host is bound there,"
		 " writable. `kept:`*NAME* is a directory that only sandboxes have, made when it"
		 " is missing, as **immure shell** *NAME* has it: it stays, **immure home** lists"
		 " and removes it, and one at a time can use it." },
	{ .name = "ephemeral", .in = CLI,
	  .group = GROUP_FILES, .set = set_ephemeral, .field = FIELD(home),
	  .help = "a home that is empty and gone at the end",
	  .man = "The same as **--home private**: **immure shell** then has no home that"
		 " stays, and nothing of it is left." },
	{ .name = "cwd", .arg = "hide|ro|rw", .in = ANYWHERE, .everyday = true,
	  .group = GROUP_FILES, .complete = COMPLETE_WORDS, .words = directory_words,
	  .set = set_word, .field = FIELD(cwd),
	  .help = "the current directory: hidden, or how shown",
	  .man = "The current directory stands at its own path, and the command starts in it."
		 " `/`, the home directory, what is above that, and directories of the system or"
		 " of the view (`/etc`, `/usr`, `/tmp`, `/run`, `/dev` ...) are not shown for"
		 " being the current one; the command then starts in the view's directory of"
		 " that name or in $HOME." },
	{ .name = "arguments", .arg = "hide|ro|rw", .in = ANYWHERE, .everyday = true,
	  .group = GROUP_FILES, .complete = COMPLETE_WORDS, .words = directory_words,
	  .set = set_word, .field = FIELD(arguments),
	  .help = "files that the command is given: shown or not",
	  .man = "Show the files and directories that are named behind the command at their own"
		 " paths: with `ro` they can be read, with `rw` changed too; `hide` is as if"
		 " nobody had named them. A word counts that is the path of something that is"
		 " there, or a `file://` URL of it; one that begins with `-` does not, and no part"
		 " of a word, as the path in `--output=`*PATH*. What the view shows anyhow stays as"
		 " it is there. Not shown, which is said, are devices and sockets, what **--cwd**"
		 " leaves out for being too much, immure's own profiles, and a link that leads out"
		 " of its directory: whoever made it may not be who names it." },
	{ .name = "git-rw", .in = ANYWHERE,
	  .group = GROUP_FILES, .set = set_flag, .field = FIELD(git_rw),
	  .help = "let the command change .git/config and .git/hooks",
	  .man = "In a directory that is writable, `.git/config`, `.git/hooks` and those of its"
		 " submodules are read-only, and `.git` cannot be moved away, because what is"
		 " written there runs later, outside, when git is called. This lifts it. The"
		 " guard raises the bar; it is not a boundary." },

	{ .name = "proc", .arg = "new|none|host-ro", .in = ANYWHERE,
	  .group = GROUP_SYSTEM_FILES, .complete = COMPLETE_WORDS, .words = kernel_words,
	  .set = set_word, .field = FIELD(proc),
	  .help = "what is at /proc: its own, nothing, the host's",
	  .man = "`new` shows the sandbox's own processes, with what tells of the host covered"
		 " and `/proc/sys` read-only. `host-ro` is the host's own /proc, read-only: it"
		 " is for containers in which the kernel refuses a new one, and it gives up that"
		 " the processes outside are invisible." },
	{ .name = "sys", .arg = "new|none|host-ro", .in = ANYWHERE,
	  .group = GROUP_SYSTEM_FILES, .complete = COMPLETE_WORDS, .words = kernel_words,
	  .set = set_word, .field = FIELD(sys),
	  .help = "what is at /sys: its own, nothing, the host's",
	  .man = "`new` shows `class/net`, `devices/virtual/net` and `devices/system` of the"
		 " sandbox's network namespace, read-only. `host-ro` is the host's /sys,"
		 " read-only, with the kernel's own corners covered." },
	{ .name = "dev", .arg = "new|none", .in = ANYWHERE,
	  .group = GROUP_SYSTEM_FILES, .complete = COMPLETE_WORDS, .words = device_words,
	  .set = set_word, .field = FIELD(dev),
	  .help = "what is at /dev: a minimal one, or nothing",
	  .man = "`new` has null, zero, full, random, urandom, tty, shm, mqueue and terminals of"
		 " its own. Single devices are added with **--dev-bind**." },
	{ .name = "etc", .arg = "PATH", .in = ANYWHERE,
	  .group = GROUP_SYSTEM_FILES, .complete = COMPLETE_PATHS, .list = true,
	  .set = set_etc,
	  .help = "show one more entry of /etc, if the host has it",
	  .man = "Show `/etc/`*PATH*, or *PATH* below `/etc`, read-only: a directory is bound, a"
		 " link stays a link, a small file is copied. An entry the host lacks is"
		 " skipped." },
	{ .name = "system", .arg = "PATH", .in = ANYWHERE,
	  .group = GROUP_SYSTEM_FILES, .complete = COMPLETE_PATHS, .list = true,
	  .set = set_system,
	  .help = "show a directory as the host has it, read-only",
	  .man = "Bind the host's *PATH* read-only at its own path; where the host has a link,"
		 " as `/bin` often is, the view has the same link. What the host lacks is"
		 " skipped." },

	{ .name = "user", .arg = "root|self|UID[:GID]", .in = ANYWHERE, .everyday = true,
	  .group = GROUP_IDENTITY, .complete = COMPLETE_WORDS, .words = user_words,
	  .set = set_user, .field = FIELD(user),
	  .help = "who the command is inside: root, you, a number",
	  .man = "The one user and group id that exist inside, unless **--map** is said; both"
		 " stand for the caller's own outside, so that what the command writes belongs to"
		 " the caller. `root` is 0, `self` the caller's ids. Root inside has no"
		 " capability." },
	{ .name = "map", .arg = "auto|INSIDE:OUTSIDE:COUNT", .in = ANYWHERE,
	  .group = GROUP_IDENTITY, .complete = COMPLETE_WORDS, .words = map_words,
	  .list = true, .set = set_map, .field = FIELD(maps),
	  .help = "more users and groups than one exist inside",
	  .man = "Let more user and group ids exist inside. `auto` adds to the one of **--user**,"
		 " which stands for the caller, the ranges that `/etc/subuid` and `/etc/subgid`"
		 " give the caller, as the ids from 0 up that are left. *INSIDE*`:`*OUTSIDE*`:`"
		 "*COUNT*, as often as needed, says it by hand: *COUNT* ids from *INSIDE* on stand"
		 " for the host's from *OUTSIDE* on; the command is then who **--user** stands for"
		 " by these, which need not be the caller. **newuidmap**(1) and **newgidmap**(1)"
		 " decide which the caller may have; who holds the right to any, as root, does"
		 " without them. It is for groups as well unless **--map-gid** is said; `none`"
		 " takes back what was said before, and of `auto` and ranges by hand the last"
		 " kind counts. The caller's supplementary groups are left behind. It cannot be had"
		 " together with a namespace that is joined (**--userns** and its like): who writes"
		 " these maps does it from outside, in a process that is hidden from root of what is"
		 " joined, and the ranges do not exist in another user namespace. See **Ids** in"
		 " **NOTES**, and **--guest** for what changes ids." },
	{ .name = "map-gid", .arg = "auto|INSIDE:OUTSIDE:COUNT", .in = ANYWHERE,
	  .group = GROUP_IDENTITY, .complete = COMPLETE_WORDS, .words = map_words,
	  .list = true, .set = set_map, .field = FIELD(gid_maps),
	  .help = "the same for groups alone",
	  .man = "Like **--map**, for group ids alone; **--map** is then for user ids alone." },
	{ .name = "guest", .in = ANYWHERE,
	  .group = GROUP_IDENTITY, .set = set_flag, .field = FIELD(guest),
	  .help = "the rights that tools of a root file system need",
	  .man = "Let the command be root of its users: it keeps the capabilities of its own user"
		 " namespace that **dpkg**(1), **tar**(1), **su**(1) and the like need (chown,"
		 " dac_override, fowner, fsetid, kill, setfcap, setgid, setpcap, setuid,"
		 " sys_chroot), may set setuid and setgid bits and call **chroot**(2). They are"
		 " rights over the ids of **--map** and over what belongs to them, not over a"
		 " mount, a network or the host; no namespaces can be made, and setuid programs"
		 " have no effect. What this gives up: the kernel's code that asks for these"
		 " rights is in reach, and programs that are setuid to a mapped id, the caller's"
		 " own too, can be left in a directory that is bound writable. Refused to root of"
		 " the host unless **--map** by hand keeps root out." },
	{ .name = "hostname", .arg = "NAME", .in = ANYWHERE,
	  .group = GROUP_IDENTITY, .set = set_hostname, .field = FIELD(hostname),
	  .help = "the host name inside",
	  .man = "The host name inside." },
	{ .name = "domainname", .arg = "NAME", .in = ANYWHERE,
	  .group = GROUP_IDENTITY, .set = set_domainname, .field = FIELD(domainname),
	  .help = "the NIS domain name inside",
	  .man = "The NIS domain name inside; see **uname**(2)." },

	{ .name = "share", .letter = 's', .arg = "NAME,...", .in = ANYWHERE, .everyday = true,
	  .group = GROUP_NAMESPACES, .complete = COMPLETE_WORDS, .words = namespace_words,
	  .list = true, .set = set_share,
	  .help = "share namespaces with the host: net, pid, ...",
	  .man = "Share namespaces with the host instead of making new ones: `user`, `mount`,"
		 " `pid`, `ipc`, `uts`, `net`, `cgroup`. Each is a wall less, and each is"
		 " announced. `none` takes back what was said before." },
	{ .name = "userns", .arg = "FILE|PID", .in = ANYWHERE,
	  .group = GROUP_NAMESPACES, .complete = COMPLETE_PATHS,
	  .set = set_path, .field = FIELD(joins[NS_USER]),
	  .help = "stand inside of an existing user namespace",
	  .man = "The same for a user namespace of the caller's. The sandbox has two of its own"
		 " all the same, which are made in it: limits of `/proc/sys/user` that were set in"
		 " it count for the sandbox. Who is root in it has power over the command." },
	{ .name = "netns", .arg = "FILE|PID", .in = ANYWHERE,
	  .group = GROUP_NAMESPACES, .complete = COMPLETE_PATHS,
	  .set = set_path, .field = FIELD(joins[NS_NET]),
	  .help = "use an existing network: of a file or a process",
	  .man = "Join a network namespace that exists, instead of making one or sharing the"
		 " host's: that of the process *PID*, or the one that *FILE* is"
		 " (`/proc/`*PID*`/ns/net`, or what **ip**(8) or a bind mount keeps). All other"
		 " walls stand as without it; several sandboxes can share a network so. It must"
		 " belong to a user namespace that the caller made, as those of"
		 " **unshare -Urn** do; that one is entered for it, and who is root there has"
		 " power over the command too. `none` makes a new one, as if nothing had been said."
		 " A name that consists of digits is written with a slash. What is joined is"
		 " announced. In `/etc/resolv.conf` stands nothing: what it should say is put there"
		 " with **--file**." },
	{ .name = "ipcns", .arg = "FILE|PID", .in = ANYWHERE,
	  .group = GROUP_NAMESPACES, .complete = COMPLETE_PATHS,
	  .set = set_path, .field = FIELD(joins[NS_IPC]),
	  .help = "use existing System V and POSIX queues",
	  .man = "The same for message queues, semaphores and shared memory." },
	{ .name = "utsns", .arg = "FILE|PID", .in = ANYWHERE,
	  .group = GROUP_NAMESPACES, .complete = COMPLETE_PATHS,
	  .set = set_path, .field = FIELD(joins[NS_UTS]),
	  .help = "use an existing host name",
	  .man = "The same for the host and domain name." },
	{ .name = "timens", .arg = "FILE|PID", .in = ANYWHERE,
	  .group = GROUP_NAMESPACES, .complete = COMPLETE_PATHS,
	  .set = set_path, .field = FIELD(joins[NS_TIME]),
	  .help = "use existing clocks: see --monotonic",
	  .man = "The same for the clocks of **time_namespaces**(7). The mounts and processes of"
		 " a sandbox are always its own or the host's: among processes that somebody else"
		 " is root of nothing could be set up unseen." },
	{ .name = "nested", .in = ANYWHERE,
	  .group = GROUP_NAMESPACES, .set = set_flag, .field = FIELD(nested),
	  .help = "let the command make namespaces: sandboxes inside",
	  .man = "Let the command make user namespaces, and in them every other kind: for"
		 " **unshare**(1), **bwrap**(1), browsers' own sandboxes, and this program"
		 " inside itself. It is still root without a capability; what it makes is its"
		 " own, and no mount of the view can be lifted or made writable from there. What"
		 " this gives up: parts of the kernel that only root reaches can be reached,"
		 " nothing of /proc and /sys is covered, and Landlock, in which nobody can mount,"
		 " keeps no files away. Refused to root of the host, who could"
		 " write the host's parameters in a /proc of the command's." },
	{ .name = "monotonic", .arg = "OFFSET", .in = ANYWHERE,
	  .group = GROUP_NAMESPACES, .set = set_offset, .field = FIELD(monotonic),
	  .help = "move the monotonic clock inside: 2h, -30, 1.5d",
	  .man = "Inside, CLOCK_MONOTONIC, by which programs measure how long something takes, is"
		 " *OFFSET* ahead of the host's, or behind it when *OFFSET* begins with `-`. It is"
		 " in seconds unless ms, s, m, h or d follows. No clock can be moved to before"
		 " the host was started; 0 leaves it as it is. The wall clock, CLOCK_REALTIME,"
		 " which **date**(1) shows, cannot be moved: Linux has one for all. See"
		 " **time_namespaces**(7)." },
	{ .name = "boottime", .arg = "OFFSET", .in = ANYWHERE,
	  .group = GROUP_NAMESPACES, .set = set_offset, .field = FIELD(boottime),
	  .help = "move what counts since the start: uptime inside",
	  .man = "The same for CLOCK_BOOTTIME, which is what **uptime**(1) shows, and by which"
		 " **ps**(1) says when a process was started." },
	{ .name = "sysctl", .arg = "KEY=VALUE", .in = ANYWHERE,
	  .group = GROUP_NAMESPACES, .list = true, .set = set_sysctl,
	  .help = "set a kernel parameter of its own namespaces",
	  .man = "Set a kernel parameter that belongs to the sandbox's own namespaces: `net.*`,"
		 " `kernel.msg*`, `kernel.sem`, `kernel.shm*` and `fs.mqueue.*`." },
	{ .name = "ns-limit", .arg = "TYPE=N", .in = ANYWHERE,
	  .group = GROUP_NAMESPACES, .list = true, .set = set_ns_limit,
	  .help = "limit how many of a kind can exist inside",
	  .man = "Limit what can exist inside: namespaces of the type `mount`, `pid`, `ipc`,"
		 " `uts`, `net`, `cgroup` or `time`, `inotify-instances` or `inotify-watches`."
		 " `user` is limited to the one that the command lives in, and only `user=0` can"
		 " be said, unless **--nested** is." },

	{ .name = "net", .in = ANYWHERE, .everyday = true,
	  .group = GROUP_NETWORK, .list = true, .rules = true, .set = set_net,
	  .help = "the internet, and neither this host nor its LAN",
	  .man = "The same as **--allow internet**." },
	{ .name = "allow", .letter = 'a', .arg = "WHAT[:PORTS][/tcp|/udp]", .in = ANYWHERE,
	  .everyday = true, .group = GROUP_NETWORK, .list = true, .rules = true,
	  .set = set_allow,
	  .help = "what it may reach: a name, an address, internet",
	  .man = "Let the command reach *WHAT*: a host by its name (`files.example.org`), all"
		 " names below one (`*.example.org`), an address, a network (`198.51.100.0/24`,"
		 " `2001:db8::/32`), `internet` (what is routed globally), `lan` (private"
		 " networks), `host` (services of the host's loopback; ports are needed), or"
		 " `any` address. *PORTS* are numbers and ranges (`80,443,8000-8100`) or `*`."
		 " Rules count in order, those of the command line before those of profiles;"
		 " the first one that fits decides, and what none fits is refused. Without any"
		 " there is no network at all. `none` takes back all rules that were said before,"
		 " of **--net** and **--deny** too. See the chapter NETWORK." },
	{ .name = "deny", .arg = "WHAT[:PORTS][/tcp|/udp]", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .list = true, .rules = true, .set = set_deny,
	  .help = "keep it from something that a later rule allows",
	  .man = "Refuse *WHAT*, in the same language, to what stands behind. It is for what a"
		 " later **--allow** would let through, since everything else is refused." },
	{ .name = "allow-urls-in", .arg = "FILE", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .complete = COMPLETE_PATHS, .list = true, .rules = true,
	  .several = true, .set = set_allow_urls,
	  .help = "what it may reach: the URLs in a configuration",
	  .man = "Let the command reach the hosts of the URLs in *FILE*, each on the URL's port or"
		 " the usual one of its scheme: as `.git/config`, `~/.npmrc` or `pip.conf` have"
		 " them. They count as rules of **--allow** do, in this place. A file that does"
		 " not exist opens nothing. In a profile several files can stand in a line. See"
		 " **URLs in files** in the chapter NETWORK." },
	{ .name = "dns", .arg = "ADDR", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .list = true, .set = set_listed, .field = FIELD(dns),
	  .help = "the name servers to ask, not the host's",
	  .man = "Ask the name server at *ADDR*, up to three of them in this order, instead of"
		 " those of the host's `/etc/resolv.conf`. They are asked from outside, on port"
		 " 53, for the names that rules let through; the command itself gets no way to"
		 " them by this." },
	{ .name = "dns-search", .arg = "DOMAIN", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .list = true, .set = set_listed, .field = FIELD(dns_search),
	  .help = "where short names are looked for",
	  .man = "Look for short names below *DOMAIN*: it is put into the `search` line of the"
		 " sandbox's `/etc/resolv.conf`. The host's own domains are not." },
	{ .name = "add-host", .arg = "NAME:ADDR", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .list = true, .set = set_listed, .field = FIELD(hosts),
	  .help = "inside, a name stands for an address",
	  .man = "Inside, *NAME* stands for *ADDR*, in `/etc/hosts` and for what asks the name"
		 " server; said again, for one more. The name is asked of nobody outside. This"
		 " names and allows nothing: the address can be reached if a rule allows it or"
		 " *NAME*. A rule of *NAME* is one of this address then, also of a private one." },
	{ .name = "outbound", .arg = "ADDR|INTERFACE", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .list = true, .set = set_listed, .field = FIELD(outbound),
	  .help = "the host's address or device that it leaves by",
	  .man = "Send everything from *ADDR*, an address of the host's, or by its device"
		 " *INTERFACE*, a tunnel's for example, and nothing in any other way; an address"
		 " of each family and a device can be said together. With an address of one"
		 " family, and no device, the other family is not there inside. Name servers are"
		 " asked the same way, unless they are on the host's loopback, as"
		 " **systemd-resolved**(8) is: see **--dns**. What **host** opens is on the"
		 " loopback too." },
	{ .name = "ipv4-only", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .set = set_flag, .field = FIELD(ipv4_only),
	  .help = "no IPv6 inside",
	  .man = "Give the sandbox no address of IPv6 and no way out by it, also where a rule"
		 " would let it through. Typed, it takes back an **ipv6-only** of a profile." },
	{ .name = "ipv6-only", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .set = set_flag, .field = FIELD(ipv6_only),
	  .help = "no IPv4 inside",
	  .man = "The same the other way round. Names are then asked of the resolver's IPv6"
		 " address; which servers it asks itself does not change." },
	{ .name = "mtu", .arg = "N", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .set = set_mtu,
	  .help = "the largest packet of its network",
	  .man = "Let the device carry packets of up to *N* bytes, 576 to 65520, which is the"
		 " default and the fastest; IPv6 needs 1280. No larger datagram can be sent:"
		 " packets in pieces do not pass." },
	{ .name = "cidr", .arg = "NET/LEN", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .list = true, .set = set_listed, .field = FIELD(cidr),
	  .help = "the addresses of its network",
	  .man = "Take the sandbox's addresses from *NET*, where the host's own network has those"
		 " of the default: the gateway is the address 2 in it, the resolver 3, the"
		 " sandbox 100. For IPv4 a private network of 8 to 25 bits, by default"
		 " `10.0.2.0/24`; for IPv6 a private one of 64, by default `fd00::/64`, with"
		 " `::100` for the sandbox. Said for both, each counts." },
	{ .name = "mac", .arg = "ADDR", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .set = set_text, .field = FIELD(mac),
	  .help = "the hardware address of its device",
	  .man = "Give the device the hardware address *ADDR*, as `02:00:5e:10:00:01`; without it"
		 " the kernel makes one up each time." },
	{ .name = "ifname", .arg = "NAME", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .set = set_text, .field = FIELD(ifname),
	  .help = "the name of its device, tap0 unless said",
	  .man = "Call the device *NAME*, up to 15 letters, digits, `-` and `_`." },
	{ .name = "net-log", .arg = "FILE", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .complete = COMPLETE_PATHS, .set = set_path,
	  .field = FIELD(net_log),
	  .help = "append what it reached, and what it did not",
	  .man = "Append to *FILE* a line of JSON for each name that was asked for and for each"
		 " flow, when it ends or is refused: when it began, name, address, port, protocol,"
		 " bytes of payload each way, how long it lasted, and the rule that decided. See"
		 " the chapter NETWORK. *FILE* must be the caller's own, or new, and where the"
		 " command cannot write." },
	{ .name = "pcap", .arg = "FILE", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .complete = COMPLETE_PATHS, .set = set_path,
	  .field = FIELD(pcap),
	  .help = "write every frame, for tcpdump and wireshark",
	  .man = "Write every frame that the command sent, refused ones too, and every one that"
		 " it got to *FILE*, in the format that **tcpdump**(8) reads. What was there"
		 " before is gone. The same files will do as for **--net-log**. It has each"
		 " segment of TCP as it came; who captures inside sees several as one, with"
		 " checksums left out, as behind any network card." },
	{ .name = "publish", .letter = 'P', .arg = "[ADDR:]PORT:PORT[/tcp|/udp]", .in = ANYWHERE,
	  .everyday = true, .group = GROUP_NETWORK, .list = true, .set = set_listed,
	  .field = FIELD(publishes),
	  .help = "let the host reach a port of the command's",
	  .man = "What comes to the first port, of the host, goes to the second one, of the"
		 " sandbox; both can be ranges of the same length (`8000-8009:9000-9009`). *ADDR*"
		 " is an address of the host's, 127.0.0.1 unless it is said, and with `0.0.0.0`"
		 " or `[::]` every one; IPv6 stands in brackets. Port 0 of the host is any that is"
		 " free: which one is said on standard error, and in **--publish-file**. Nothing"
		 " else is opened by it, and no network made. What a server sent before its end"
		 " arrives all the same; who has not taken it 2 seconds later is told so by a"
		 " reset. See the chapter NETWORK." },
	{ .name = "publish-file", .arg = "FILE", .in = ANYWHERE,
	  .group = GROUP_NETWORK, .complete = COMPLETE_PATHS, .set = set_text,
	  .field = FIELD(publish_file),
	  .help = "write there which ports are published",
	  .man = "Before the command starts, write a line `80/tcp -> 127.0.0.1:49153` for each"
		 " port of **--publish** to *FILE*, all at once, and close it: for scripts that"
		 " have port 0. It can be a FIFO, for whoever waits for that." },

	{ .name = "wayland", .in = ANYWHERE,
	  .group = GROUP_SESSION, .set = set_flag, .field = FIELD(wayland),
	  .help = "windows, with your Wayland compositor",
	  .man = "Show the socket of the Wayland compositor that WAYLAND_DISPLAY names. The"
		 " command can make windows, and read the clipboard while one of them has the"
		 " focus. The compositor decides on the rest: some let any program see the"
		 " whole screen." },
	{ .name = "x11", .in = ANYWHERE,
	  .group = GROUP_SESSION, .set = set_flag, .field = FIELD(x11),
	  .help = "windows, with your X server, and all others in it",
	  .man = "Show the socket of the X server of this host that DISPLAY names, and give the"
		 " command a file with that server's cookie and no other. What this gives up: X"
		 " keeps no programs apart. The command can see all windows of that server, read"
		 " what is typed in them, and type into them, into a terminal for example. Each"
		 " start says so." },
	{ .name = "audio", .in = ANYWHERE,
	  .group = GROUP_SESSION, .set = set_flag, .field = FIELD(audio),
	  .help = "sound, and the microphone",
	  .man = "Show the socket of PulseAudio, or where there is none that of PipeWire. Neither"
		 " makes a difference between playing and recording, so that the command can"
		 " listen to the microphone, and PipeWire may also have the camera and the"
		 " screen." },
	{ .name = "gpu", .in = ANYWHERE,
	  .group = GROUP_SESSION, .set = set_flag, .field = FIELD(gpu),
	  .help = "the graphics processor, by its devices",
	  .man = "Show the devices in `/dev/dri` and those whose names begin with `/dev/nvidia`,"
		 " and what /sys says of the former. What this gives up: the drivers' code in"
		 " the kernel is in reach." },

	{ .name = "dbus", .arg = "talk:NAME|own:NAME|see:NAME|call:NAME=RULE|broadcast:NAME=RULE",
	  .in = ANYWHERE, .group = GROUP_SESSION, .list = true, .set = set_dbus,
	  .field = FIELD(dbus),
	  .help = "programs of the session bus that it may talk to",
	  .man = "Let the command reach *NAME* on the session bus, and nothing else of it: `talk:`"
		 " for messages to it, `own:` to be it, `see:` to know that it is there, `call:`"
		 " and `broadcast:` for single methods and signals. *NAME* can end in `.*`, for"
		 " all names below it. **xdg-dbus-proxy**(1), which has more on these words, stands"
		 " between the two, outside, behind walls of its own; without it, or without a"
		 " bus, there is no launch. The bus asks for the user id: it takes **--user self**"
		 " where the command would be root inside. Some names are as good as no walls:"
		 " who talks to `org.freedesktop.systemd1` starts programs outside, which is said." },

	{ .name = "landlock", .arg = "auto|require|off", .in = ANYWHERE,
	  .group = GROUP_KERNEL, .complete = COMPLETE_WORDS, .words = landlock_words,
	  .set = set_word, .field = FIELD(landlock),
	  .help = "the second layer, for files, sockets and signals",
	  .man = "Besides not seeing the rest of the host, the command is forbidden to use it by"
		 " the kernel's Landlock: every file that no option made visible, changing what"
		 " is not writable, ioctls of devices, abstract sockets and signals of processes"
		 " outside. `auto` makes use of as much of it as the kernel has and says what an"
		 " older one lacks; `require` fails if it lacks anything (Linux 6.12 has it all);"
		 " `off` leaves the files to the mounts alone." },
	{ .name = "seccomp", .arg = "default|strict|off", .in = ANYWHERE,
	  .group = GROUP_KERNEL, .complete = COMPLETE_WORDS, .words = seccomp_words,
	  .set = set_word, .field = FIELD(seccomp),
	  .help = "which system calls there are: fewer, few, all",
	  .man = "`default` denies the system calls that need a right the command does not have,"
		 " those that no namespace separates, and those newer than this program; and"
		 " arguments of others: setuid modes, new namespaces, kinds of sockets. `strict`"
		 " allows only a list of those that most programs need. `off` is no filter, and"
		 " gives up the wall in front of the kernel's rarely used code. Root of one user"
		 " id is told by the filter that **chown**(2) succeeded, and nothing happens." },

	{ .name = "syscall", .arg = "allow|deny|log:NAME,...", .in = ANYWHERE,
	  .group = GROUP_KERNEL, .list = true, .set = set_syscall,
	  .help = "allow, deny or log a call, @group or number",
	  .man = "Change what the filter says of system calls, each given by its name, by its"
		 " number on this machine, or as a group such as `@mount`; of several words about"
		 " the same call the last one counts. `allow` lets it through, with any argument;"
		 " `deny` fails with EPERM; `log` changes nothing and writes to the kernel's log"
		 " when it is called, or refused. `none` takes back what was said before. The"
		 " groups are in the chapter SYSTEM CALLS." },
	{ .name = "seccomp-file", .arg = "FILE", .in = ANYWHERE,
	  .group = GROUP_KERNEL, .complete = COMPLETE_PATHS, .set = set_path,
	  .field = FIELD(seccomp_file),
	  .help = "one more filter, as raw BPF",
	  .man = "Load the filter in *FILE* in addition: a program for **seccomp**(2), an array"
		 " of *struct sock_filter* as **seccomp_export_bpf**(3) writes it. The stricter"
		 " answer of the two counts, so that it can only take away; alone it counts with"
		 " **--seccomp off**." },
	{ .name = "allow32", .in = ANYWHERE,
	  .group = GROUP_KERNEL, .set = set_flag, .field = FIELD(allow32),
	  .help = "let 32-bit programs of this machine run",
	  .man = "Let 32-bit x86 programs run, by the same rules. What this gives up: the"
		 " kernel's code for them is in reach, and through their **socketcall**(2), whose"
		 " arguments no filter sees, every kind of socket. Otherwise the first system"
		 " call of a 32-bit program kills it." },
	{ .name = "allow-suid", .in = ANYWHERE,
	  .group = GROUP_KERNEL, .set = set_flag, .field = FIELD(allow_suid),
	  .help = "let the command set setuid and setgid bits",
	  .man = "Let the command make files setuid and setgid, as packages and shared"
		 " directories want it. Inside the bits have no effect; in a directory that is"
		 " bound writable, a program that runs as the caller can be left for others." },
	{ .name = "ptrace", .in = ANYWHERE,
	  .group = GROUP_KERNEL, .set = set_flag, .field = FIELD(ptrace),
	  .help = "let debuggers work: gdb, strace, LeakSanitizer",
	  .man = "Let the processes inside trace, read and change one another, as **gdb**(1) and"
		 " **strace**(1) do. Our init and what is outside stay out of their reach." },
	{ .name = "cap", .arg = "keep|add:NAME,...", .in = ANYWHERE,
	  .group = GROUP_KERNEL, .list = true, .set = set_cap,
	  .help = "a capability of the command's own user namespace",
	  .man = "The command has these capabilities of the user namespace that it lives in, as"
		 " `dac_override` or `sys_chroot`: rights over itself and over what belongs to its"
		 " user, never over the host, its mounts or its network. `keep` names all that"
		 " there are, `add` adds to what was said before, `none` takes it back. Those that"
		 " would bring rarely used code of the kernel into reach are refused, and all of"
		 " them to root of the host, unless it is **--nested**, with which mounts and a"
		 " network are its own; the name `all` then stands for every one, and the command"
		 " is root of its namespaces as of a machine: process 1 is one that can be looked"
		 " into, for its namespaces." },

	{ .name = "chdir", .arg = "PATH", .in = ANYWHERE,
	  .group = GROUP_COMMAND, .set = set_path, .field = FIELD(chdir),
	  .help = "start the command in this directory of the view",
	  .man = "Start the command in *PATH*, which must exist inside." },
	{ .name = "timeout", .letter = 't', .arg = "TIME", .in = ANYWHERE, .everyday = true,
	  .group = GROUP_COMMAND, .set = set_timeout,
	  .help = "end the command after so long: 90, 1.5s, 10m, 2h",
	  .man = "Send the command SIGTERM after *TIME* and, two seconds later, end everything"
		 " inside. The exit status is then 124. *TIME* is in seconds unless ms, s, m, h"
		 " or d follows." },
	{ .name = "rlimit", .arg = "NAME=SOFT[:HARD]", .in = ANYWHERE,
	  .group = GROUP_COMMAND, .list = true, .set = set_rlimit,
	  .help = "set a limit: nofile=1024, as=2G, cpu=60 ...",
	  .man = "Set a limit of **setrlimit**(2) for the command: `as`, `core`, `cpu`, `data`,"
		 " `fsize`, `locks`, `memlock`, `msgqueue`, `nice`, `nofile`, `nproc`, `rss`,"
		 " `rtprio`, `rttime`, `sigpending` or `stack`. Values are numbers, with K, M or"
		 " G behind them, or `unlimited`. `nproc` counts the sandbox's processes only." },
	{ .name = "memory", .letter = 'm', .arg = "SIZE", .in = ANYWHERE, .everyday = true,
	  .group = GROUP_COMMAND, .set = set_memory, .field = FIELD(memory),
	  .help = "limit the memory of all inside together: 512M, 2G",
	  .man = "Limit the memory of everything inside together, swap and files in memory"
		 " included, to *SIZE* bytes (K, M, G, T; at least 1M) or not at all"
		 " (`unlimited`). Half of it can be files. When it is used up the kernel ends"
		 " everything inside at once: the exit status is 137, and a line says why. This,"
		 " **--pids** and **--cpus** need a control group; see **Limits** in **NOTES**." },
	{ .name = "pids", .arg = "N", .in = ANYWHERE,
	  .group = GROUP_COMMAND, .set = set_pids, .field = FIELD(pids),
	  .help = "limit how many processes and threads there are",
	  .man = "Let the command have at most *N* processes and threads at a time, itself"
		 " included, whoever they belong to; or as many as it likes (`unlimited`)." },
	{ .name = "cpus", .arg = "N[.N]", .in = ANYWHERE,
	  .group = GROUP_COMMAND, .set = set_cpus, .field = FIELD(cpus),
	  .help = "limit the processor time: 1.5 is one and a half",
	  .man = "Let everything inside together use the time of at most *N* processors, from"
		 " 0.01, in every tenth of a second; or all there are (`unlimited`)." },
	{ .name = "nice", .arg = "N", .in = ANYWHERE,
	  .group = GROUP_COMMAND, .set = set_nice,
	  .help = "run the command with this nice value",
	  .man = "Run the command with the nice value *N*, from -20 to 19. An ordinary user can"
		 " only raise it." },
	{ .name = "as-pid-1", .in = ANYWHERE,
	  .group = GROUP_COMMAND, .set = set_flag, .field = FIELD(as_pid_1),
	  .help = "the command is process 1, without our init",
	  .man = "Start the command as process 1 of its pid namespace, without our init. It"
		 " must then reap what others leave, the kernel keeps signals from it that it"
		 " does not handle, and job control in its terminal is its own." },

	{ .name = "setenv", .letter = 'e', .arg = "NAME=VALUE", .in = ANYWHERE,
	  .everyday = true, .group = GROUP_ENVIRONMENT, .complete = COMPLETE_VARIABLES,
	  .list = true, .set = set_setenv,
	  .help = "set a variable",
	  .man = "Set a variable of the command's environment." },
	{ .name = "unsetenv", .arg = "NAME", .in = ANYWHERE,
	  .group = GROUP_ENVIRONMENT, .complete = COMPLETE_VARIABLES, .list = true,
	  .set = set_unsetenv,
	  .help = "take a variable away",
	  .man = "Take a variable out of what was set or kept so far." },
	{ .name = "env-keep", .letter = 'k', .arg = "NAME", .in = ANYWHERE, .everyday = true,
	  .group = GROUP_ENVIRONMENT, .complete = COMPLETE_VARIABLES, .list = true,
	  .set = set_env_keep,
	  .help = "let a variable of yours pass",
	  .man = "Let the caller's variable *NAME* pass, if it is set; `*` at the end stands for"
		 " any rest. Nothing else of the caller's environment does." },

	IF_WEAKENABLE({ .name = "weaken", .arg = "WALL,...", .in = CLI, .group = GROUP_GENERAL,
	  .complete = COMPLETE_WORDS, .words = wall_names, .list = true, .set = set_weaken,
	  .help = "take walls down, for a test",
	  .man = "Take walls down." },)
};

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);

/* Every line of a profile looks for a name. So the rows stand in bins, by what of a name is
 * known at once: its ends and its length. A bin has hardly more than one. */
enum { ROWS = sizeof(option_table) / sizeof(option_table[0]), BINS = 128 };
static_assert(ROWS < 256, "the number of a row fits a byte");

static struct {
	bool filled;
	uint8_t first[BINS];		/* row of a bin, counted from 1; 0: there is none */
	uint8_t next[ROWS];		/* the one behind that row, likewise */
	uint8_t length[ROWS];		/* of its name */
} bins;

static size_t bin_of(const char *name, size_t length)
{
	if (length == 0)
		return 0;
	return (3 * (size_t)(unsigned char)name[0] + 5 * (size_t)(unsigned char)name[length - 1] +
		11 * length) % BINS;
}

static void fill_bins(void)
{
	for (size_t i = ROWS; i-- > 0; ) {
		const char *name = option_table[i].name;
		size_t length = strlen(name);
		uint8_t *first = &bins.first[bin_of(name, length)];

		bins.length[i] = (uint8_t)length;
		bins.next[i] = *first;
		*first = (uint8_t)(i + 1);
	}
	bins.filled = true;
}

const struct option *option_named(const char *name, size_t length, unsigned where)
{
	if (!bins.filled)
		fill_bins();
	for (size_t i = bins.first[bin_of(name, length)]; i > 0; i = bins.next[i - 1]) {
		const struct option *option = &option_table[i - 1];

		if (bins.length[i - 1] == length && (option->in & where) &&
		    memcmp(option->name, name, length) == 0)
			return option;
	}
	return NULL;
}

const struct option *option_lettered(char letter, unsigned where)
{
	for (size_t i = 0; i < option_count; i++)
		if ((option_table[i].in & where) && option_table[i].letter == letter)
			return &option_table[i];
	return NULL;
}

const struct option *option_nearest(const char *name, unsigned where)
{
	const struct option *nearest = NULL;
	unsigned best = 4;

	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		unsigned distance = text_distance(name, option->name);

		/* Half of a short word changed is another word. */
		if ((option->in & where) && distance < best &&
		    distance * 2 <= strlen(option->name)) {
			best = distance;
			nearest = option;
		}
	}
	return nearest;
}

/* Every setting comes here: most differ in the first byte. */
static bool is_none(const char *value)
{
	return value[0] == 'n' && text_is(value, "none");
}

static int apply_within(struct config *config, const struct setting *setting, struct error *err)
{
	const struct option *option = setting->option;
	const struct origin *origin = setting->origin;

	if (option->set(config, setting, err) < 0) {
		if (option->set == set_include)
			return -1;	/* its errors name a line of their own */
		return origin->file ? within(err, "%s:%u: %s", origin->file, origin->line,
					     option->name)
				    : within(err, "--%s", option->name);
	}
	if (option->set != set_include)
		*list_add(config->arena, &config->said) = *setting;
	return 0;
}

/* --net, --allow, --deny and --allow-urls-in fill one list together: taken back are all of its
 * words, or what one of them opened would stay. */
static bool fills_the_same(const struct option *option, const struct option *other)
{
	return option == other || (option->rules && other->rules);
}

/* The configuration as it would be if this list had no words yet: all that was said, said
 * again without them. So no list must know who added what to it. */
static int option_forget(struct config *config, const struct option *option, struct error *err)
{
	struct config fresh = {
		.arena = config->arena, .command = config->command, .reading = config->reading,
		.profiles_read = config->profiles_read, .profiles = config->profiles,
		.files_read = config->files_read, .project = config->project,
		.project_note = config->project_note,
		.problems = config->problems,
		.by_name = config->by_name, .not_by_name = config->not_by_name,
		.shell = config->shell,
	};

	list_reserve(config->arena, &fresh.said, config->said.count + 8);
	list_each(const struct setting, setting, &config->said)
		if (!fills_the_same(option, setting->option) &&
		    apply_within(&fresh, setting, err) < 0)
			return -1;
	*config = fresh;
	return 0;
}

int option_apply(struct config *config, const struct setting *setting,
		 struct error *err)
{
	const struct option *option = setting->option;

	if (!option->list || option->set == set_include || !is_none(setting->value))
		return apply_within(config, setting, err);
	list_each(const struct setting, said, &config->said)
		if (fills_the_same(option, said->option))
			return option_forget(config, option, err);
	return 0;
}
