/* Every verdict of the filters, for every number, against what they are meant to say.
 *
 * The meaning is written down here a second time, by hand, from the policy and not
 * from src/filter: names in lists and arguments as conditions of C. Numbers come from
 * libseccomp, those that it is too old to know from the kernel's tables. The programs
 * run in an interpreter of our own, which takes nothing that it does not know. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/filter/filter.h>

#include "unit.h"

/* --- the machine: classic BPF, as net/core/filter.c defines it --------------------- */

enum { BAD_PROGRAM = 0xbad };

static uint32_t run(const struct sock_filter *code, size_t length,
		    const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t at = 0; at < length; at++) {
		const struct sock_filter *one = &code[at];
		bool taken = false;

		switch (one->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (one->k % 4 || one->k + 4 > sizeof(*data))
				return BAD_PROGRAM;
			memcpy(&a, (const char *)data + one->k, 4);
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= one->k;
			continue;
		case BPF_RET | BPF_K:
			return one->k;
		case BPF_JMP | BPF_JA:
			at += one->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			taken = a == one->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			taken = a >= one->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			taken = a & one->k;
			break;
		default:
			return BAD_PROGRAM;
		}
		at += taken ? one->jt : one->jf;
	}
	return BAD_PROGRAM;	/* fell off the end */
}

/* --- the meaning --------------------------------------------------------------------- */

#define MISSING (SECCOMP_RET_ERRNO | ENOSYS)
#define DENIED (SECCOMP_RET_ERRNO | EPERM)

static const struct {
	const char *group, *denied, *missing;
} written[] = {
	{ "mount", "mount umount umount2 pivot_root chroot",
	  "open_tree open_tree_attr move_mount fsopen fsconfig fsmount fspick mount_setattr"
	  " statmount listmount" },
	{ "userns", "setns", "clone3 listns" },
	{ "ptrace", "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd", "" },
	{ "debug", "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd"
		   " perf_event_open process_madvise lookup_dcookie", "uretprobe uprobe" },
	{ "keyring", "add_key request_key keyctl", "" },
	{ "clock", "settimeofday clock_settime clock_settime64 stime", "" },
	{ "module", "init_module finit_module delete_module create_module query_module"
		    " get_kernel_syms", "" },
	{ "bpf", "bpf", "" },
	{ "raw-io", "ioperm iopl", "" },
	{ "cpu", "modify_ldt vm86 vm86old", "" },
	{ "reboot", "reboot kexec_load kexec_file_load", "" },
	{ "swap", "swapon swapoff", "" },
	{ "io-uring", "", "io_uring_setup io_uring_enter io_uring_register" },
	{ "handle", "name_to_handle_at open_by_handle_at", "" },
	{ "fanotify", "fanotify_init fanotify_mark", "" },
	{ "userfaultfd", "userfaultfd", "" },
	{ "numa", "move_pages migrate_pages", "" },
	{ "hostname", "sethostname setdomainname", "" },
	{ "admin", "acct quotactl syslog vhangup", "quotactl_fd" },
	{ "lsm", "", "lsm_get_self_attr lsm_set_self_attr lsm_list_modules" },
	{ "obsolete", "uselib sysfs _sysctl ustat nfsservctl vserver security tuxcall"
		      " afs_syscall putpmsg getpmsg", "" },
	{ "suid", "", "openat2" },
};

/* What the strict filter takes away besides. */
static const char *const not_strict =
	" get_mempolicy mbind set_mempolicy set_mempolicy_home_node io_setup io_destroy"
	" io_submit io_cancel io_getevents io_pgetevents io_pgetevents_time64 vmsplice"
	" remap_file_pages memfd_secret process_mrelease cachestat adjtimex clock_adjtime"
	" clock_adjtime64 setxattrat getxattrat listxattrat removexattrat file_getattr"
	" file_setattr epoll_ctl_old epoll_wait_old bdflush break ftime gtty idle lock mpx"
	" prof profil stty ulimit oldstat oldfstat oldlstat oldolduname olduname readdir nice"
	" sgetmask ssetmask ";

/* What libseccomp 2.5.4 does not know, with the number on every architecture. */
static const struct {
	int number;
	const char *name;
} newer[] = {
	{ 451, "cachestat" }, { 452, "fchmodat2" }, { 453, "map_shadow_stack" },
	{ 454, "futex_wake" }, { 455, "futex_wait" }, { 456, "futex_requeue" },
	{ 457, "statmount" }, { 458, "listmount" }, { 459, "lsm_get_self_attr" },
	{ 460, "lsm_set_self_attr" }, { 461, "lsm_list_modules" }, { 462, "mseal" },
	{ 463, "setxattrat" }, { 464, "getxattrat" }, { 465, "listxattrat" },
	{ 466, "removexattrat" }, { 467, "open_tree_attr" }, { 468, "file_getattr" },
	{ 469, "file_setattr" }, { 470, "listns" },
};

struct machine {
	enum arch arch;
	uint32_t audit, library;
	const char *name;
};

static const struct machine machines[] = {
	{ ARCH_X86_64, AUDIT_ARCH_X86_64, SCMP_ARCH_X86_64, "x86_64" },
	{ ARCH_I386, AUDIT_ARCH_I386, SCMP_ARCH_X86, "i386" },
	{ ARCH_AARCH64, AUDIT_ARCH_AARCH64, SCMP_ARCH_AARCH64, "aarch64" },
};

enum { NUMBERS = 512 };
static char names[ARCHES][NUMBERS][40];

static void learn_names(void)
{
	EACH_ROW(machine, machines) {
		for (int number = 0; number < NUMBERS; number++) {
			char *name = seccomp_syscall_resolve_num_arch(machine->library, number);

			(void)snprintf(names[machine->arch][number], 40, "%s", name ? name : "");
			free(name);
		}
		EACH_ROW(row, newer)
			(void)snprintf(names[machine->arch][row->number], 40, "%s", row->name);
	}
	(void)snprintf(names[ARCH_X86_64][335], 40, "uretprobe");
	(void)snprintf(names[ARCH_X86_64][336], 40, "uprobe");
}

static bool lists(const char *words, const char *name)
{
	char padded[2048], word[64];

	(void)snprintf(padded, sizeof(padded), " %s ", words);
	(void)snprintf(word, sizeof(word), " %s ", name);
	return strstr(padded, word);
}

/* What a wish means here. */
struct meaning {
	const char *open;		/* names of groups, between blanks */
	bool strict;
};

static bool is_open(const struct meaning *meaning, const char *group)
{
	return lists(meaning->open, group);
}

/* Before any argument is looked at. */
static uint32_t means_for_name(const struct meaning *meaning, const char *name)
{
	bool opened = false, strictly = meaning->strict && lists(not_strict, name);
	uint32_t verdict = SECCOMP_RET_ALLOW;

	if (!*name)
		return MISSING;
	EACH_ROW(row, written) {
		bool denied = lists(row->denied, name);

		if (!denied && !lists(row->missing, name))
			continue;
		verdict = denied ? DENIED : MISSING;
		opened = opened || is_open(meaning, row->group);
	}
	if (is_open(meaning, "numa") && lists("mbind get_mempolicy set_mempolicy"
					      " set_mempolicy_home_node", name))
		strictly = false;
	if (opened)
		return SECCOMP_RET_ALLOW;
	return strictly ? DENIED : verdict;
}

/* One call under one meaning, found out once: what its name says, and which of its
 * arguments are looked at how. */
struct sense {
	uint32_t verdict;
	enum { PLAIN, OWNER, SOCKET, CLONE, UNSHARE, IOCTL, PRCTL, PERSONALITY, MODE } kind;
	int mode_at, flags_at;
	bool makes_nodes;
	bool socket, packet, netlink, protocol, userns, terminal, debug, personality, ptrace,
		device, suid, chown;
};

static struct sense sense_of(const struct meaning *meaning, const char *name)
{
	struct sense sense = {
		.verdict = means_for_name(meaning, name), .mode_at = -1, .flags_at = -1,
		.socket = is_open(meaning, "socket"), .packet = is_open(meaning, "packet"),
		.netlink = is_open(meaning, "netlink"), .protocol = is_open(meaning, "protocol"),
		.userns = is_open(meaning, "userns"), .terminal = is_open(meaning, "terminal"),
		.debug = is_open(meaning, "debug"), .ptrace = is_open(meaning, "ptrace"),
		.personality = is_open(meaning, "personality"),
		.device = is_open(meaning, "device"), .suid = is_open(meaning, "suid"),
		.chown = is_open(meaning, "chown"), .makes_nodes = lists("mknod mknodat", name),
	};

	if (lists("chown fchown lchown fchownat chown32 fchown32 lchown32", name))
		sense.kind = OWNER;
	if (lists("socket socketpair", name))
		sense.kind = SOCKET;
	if (lists("mknod mkdir chmod fchmod creat", name))
		sense.mode_at = 1;
	if (lists("mknodat mkdirat fchmodat fchmodat2 open", name))
		sense.mode_at = 2;
	if (lists("openat", name))
		sense.mode_at = 3;
	if (lists("open openat", name))
		sense.flags_at = sense.mode_at - 1;
	if (sense.mode_at >= 0)
		sense.kind = MODE;
	sense.kind = lists("clone", name) ? CLONE : lists("unshare", name) ? UNSHARE
		     : lists("ioctl", name) ? IOCTL : lists("prctl", name) ? PRCTL
		     : lists("personality", name) ? PERSONALITY : sense.kind;
	return sense;
}

static uint32_t means_for_socket(const struct sense *sense, const uint64_t args[6])
{
	int family = (int)args[0], type = (int)args[1] & 0xf, protocol = (int)args[2];
	bool internet = family == 2 || family == 10;
	bool ordinary = type == 1 || type == 2;
	bool known = family == 1 || internet || family == 16 || (family == 17 && sense->packet);

	if (!sense->socket && !known)
		return SECCOMP_RET_ERRNO | EAFNOSUPPORT;
	if (family == 16 && protocol != 0 && !sense->netlink)
		return SECCOMP_RET_ERRNO | EPROTONOSUPPORT;
	if (internet && !ordinary && !sense->packet)
		return DENIED;
	if (internet && ordinary && !sense->protocol && protocol != 0 && protocol != 1 &&
	    protocol != 6 && protocol != 17 && protocol != 58 && protocol != 136 &&
	    protocol != 262)
		return SECCOMP_RET_ERRNO | EPROTONOSUPPORT;
	return SECCOMP_RET_ALLOW;
}

static uint32_t means_for_mode(const struct sense *sense, const uint64_t args[6])
{
	unsigned mode = (unsigned)args[sense->mode_at] & 0xffff;	/* umode_t */

	if (sense->makes_nodes && !sense->device &&
	    ((mode & 0170000) == 0020000 || (mode & 0170000) == 0060000))
		return DENIED;
	if (sense->flags_at >= 0 && !(args[sense->flags_at] & (0100 | 020000000)))
		return SECCOMP_RET_ALLOW;
	return (mode & 06000) && !sense->suid ? DENIED : SECCOMP_RET_ALLOW;
}

static uint32_t means(const struct sense *sense, const uint64_t args[6])
{
	uint32_t first = (uint32_t)args[0], second = (uint32_t)args[1];
	bool bad = false;

	if (sense->verdict != SECCOMP_RET_ALLOW)
		return sense->verdict;
	switch (sense->kind) {
	case PLAIN:
		break;
	case OWNER:
		return sense->chown ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO;
	case SOCKET:
		return means_for_socket(sense, args);
	case MODE:
		return means_for_mode(sense, args);
	case CLONE:
		bad = !sense->userns && (first & 0x7e020000);
		break;
	case UNSHARE:
		bad = !sense->userns && (first & 0x7e020080);
		break;
	case IOCTL:
		bad = !sense->terminal && (second == 0x5412 || second == 0x541c ||
					   second == 0x5423 || second == 0x541d);
		break;
	case PRCTL:
		bad = !sense->debug && first == 35;
		break;
	case PERSONALITY:
		bad = !sense->personality && first != 0 && first != 0xffffffff &&
		      (first != 0x40000 || !sense->ptrace);
		break;
	}
	return bad ? DENIED : SECCOMP_RET_ALLOW;
}

/* --- every number, with every argument that could matter ------------------------------ */

static const uint64_t telling[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 16, 17, 18, 35, 38, 40, 58, 115, 132, 136, 255, 256, 262, 263,
	0x5411, 0x5412, 0x5413, 0x541c, 0x541d, 0x541e, 0x5423, 0x5424,
	0x40000, 0x40001, 0x8000000, 0x0400000, 0x1d400000,
	020644, 060644, 0100644, 0104755, 0102755, 01777, 0777, 06777, 02000, 04000,
	0x80002, 0x80003, 0x80802, 0x800, 0101, 0102, 020200002, 020000000,
	0x11, 0x10000011, 0x3d0f00, 0x4111, 0x7e020000, 0x7fffffff, 0x80000000, 0xffffffff,
};

struct subject {
	const char *name;
	const struct sock_filter *code;
	size_t length;
	struct meaning meaning;
	enum arch native;
	bool with_i386;
	bool in_part;			/* arguments of calls that have no check: a few */
};

static size_t looked_at, differing;

/* One number on one machine, and what must come out. */
struct question {
	const struct subject *subject;
	const struct machine *machine;
	int number;
	const char *name;
	bool covered;
	struct sense sense;
};

static struct question question(const struct subject *subject, const struct machine *machine,
				int number)
{
	const char *name = number >= 0 && number < NUMBERS ? names[machine->arch][number] : "";

	return (struct question){
		subject, machine, number, name,
		machine->arch == subject->native ||
			(subject->with_i386 && machine->arch == ARCH_I386),
		sense_of(&subject->meaning, name),
	};
}

static void compare(const struct question *q, const uint64_t args[6])
{
	struct seccomp_data data = { .nr = q->number, .arch = q->machine->audit };

	memcpy(data.args, args, sizeof(data.args));
	uint32_t wanted = q->covered ? means(&q->sense, args) : SECCOMP_RET_KILL_PROCESS;
	uint32_t got = run(q->subject->code, q->subject->length, &data);
	looked_at++;
	if (got == wanted || differing++ > 20)
		return;
	CHECK(got == wanted, "%s: %s %d (%s) of %#llx %#llx %#llx %#llx: %#x, not %#x",
	      q->subject->name, q->machine->name, q->number, q->name,
	      (unsigned long long)args[0], (unsigned long long)args[1],
	      (unsigned long long)args[2], (unsigned long long)args[3], got, wanted);
}

/* Each argument with every bit and every telling value, alone and below all bits of
 * the high half; then many at once. */
static void compare_number(const struct question *q)
{
	static const uint64_t high = 0xffffffff00000000;
	uint64_t args[6] = { 0 };

	for (int at = 0; at < 4; at++) {
		for (int bit = 0; bit < 64; bit++) {
			args[at] = UINT64_C(1) << bit;
			compare(q, args);
		}
		EACH_ROW(value, telling) {
			args[at] = *value;
			compare(q, args);
			args[at] = *value | high;
			compare(q, args);
			args[at] = *value | UINT64_C(1) << 32;
			compare(q, args);
		}
		args[at] = 0;
	}
	for (int round = 0; round < 100; round++) {
		for (int at = 0; at < 6; at++)
			args[at] = telling[unit_random(COUNT(telling))] |
				   (unit_random(2) ? high : 0);
		compare(q, args);
	}
}

static void compare_in_part(const struct question *q)
{
	for (int round = 0; round < 8; round++) {
		uint64_t args[6];

		for (int at = 0; at < 6; at++)
			args[at] = telling[unit_random(COUNT(telling))] << unit_random(32);
		compare(q, args);
	}
}

/* The whole product of those that several arguments decide. */
static void compare_product(const struct question *q)
{
	size_t from = q->sense.flags_at > 1 || q->sense.mode_at == 2 ? 1 : 0;

	EACH_ROW(a, telling)
		EACH_ROW(b, telling)
			EACH_ROW(c, telling) {
				uint64_t args[6] = { 0 };

				args[from] = *a;
				args[from + 1] = *b;
				args[from + 2] = *c;
				compare(q, args);
			}
}

static void compare_all(const struct subject *subject)
{
	static const uint64_t none[6];

	differing = 0;
	EACH_ROW(machine, machines) {
		for (int number = -1; number <= 1024; number++) {
			const struct question q = question(subject, machine, number);

			if (subject->in_part && (!q.covered || q.sense.kind == PLAIN)) {
				compare_in_part(&q);
				continue;
			}
			compare_number(&q);
			if (q.covered && !subject->in_part &&
			    (q.sense.kind == SOCKET || q.sense.kind == MODE))
				compare_product(&q);
		}
		/* x32, and other numbers with high bits. */
		for (unsigned number = 0; number <= 1024; number++) {
			static const unsigned bits[] = { 0x40000000, 0x80000000, 0x10000, 0xffff0000 };

			EACH_ROW(bit, bits) {
				const struct question q = question(subject, machine, (int)(number | *bit));

				compare(&q, none);
			}
		}
	}
	static const struct machine strangers[] = {
		{ NO_ARCH, AUDIT_ARCH_ARM, 0, "arm" }, { NO_ARCH, 0, 0, "none" },
		{ NO_ARCH, AUDIT_ARCH_X86_64 & ~__AUDIT_ARCH_LE, 0, "big" },
		{ NO_ARCH, 0xffffffff, 0, "all" },
	};
	EACH_ROW(machine, strangers) {
		const struct seccomp_data data = { .nr = 39, .arch = machine->audit };

		CHECK(run(subject->code, subject->length, &data) == SECCOMP_RET_KILL_PROCESS,
		      "%s: %s", subject->name, machine->name);
	}
}

/* --- the filters --------------------------------------------------------------------- */

static void test_built_in(void)
{
	static const enum arch natives[] = { ARCH_X86_64, ARCH_AARCH64 };
	size_t length;

	EACH_ROW(native, natives) {
		for (int fakes = 0; fakes <= 1; fakes++) {
			const struct sock_filter *code = filter_built_in(*native, fakes, &length);

			CHECK(code, "%d", *native);
			if (!code)
				continue;
			const struct subject subject = {
				fakes ? "root" : "user", code, length,
				{ fakes ? "" : "chown", false }, *native, false, false,
			};
			compare_all(&subject);
		}
	}
	CHECK(!filter_built_in(ARCH_I386, false, &length), "i386 runs it");
	CHECK(!filter_built_in(NO_ARCH, true, &length), "nothing runs it");
	printf("# %zu verdicts\n", looked_at);
}

static struct sock_filter room[FILTER_MOST];

static size_t make(const struct filter_wish *wish)
{
	struct error err = { 0 };
	size_t length = filter_make(wish, room, &err);

	CHECK(length > 0, "%s", err.what);
	return length;
}

/* Made now it is the one that was made then. */
static void test_made_is_built_in(void)
{
	const struct filter_wish wish = { .native = ARCH_AARCH64, .opened = FILTER_GROUP(CHOWN) };
	size_t length, made = make(&wish);
	const struct sock_filter *code = filter_built_in(ARCH_AARCH64, false, &length);

	CHECK(made == length && memcmp(code, room, length * sizeof(*code)) == 0, "%zu %zu", made,
	      length);
}

static void compare_wish(const char *name, const struct filter_wish *wish, const char *open)
{
	const struct subject subject = {
		name, room, make(wish), { open, wish->strict }, wish->native,
		wish->allow_i386, true,
	};

	compare_all(&subject);
}

static void test_every_group_opened(void)
{
	for (int group = 0; group < FILTER_GROUPS; group++) {
		const struct filter_wish wish = {
			.native = ARCH_X86_64, .opened = UINT64_C(1) << group,
		};

		compare_wish(filter_groups[group].name, &wish, filter_groups[group].name);
	}
}

static void test_strict_and_i386(void)
{
	struct filter_wish wish = { .native = ARCH_X86_64, .strict = true };

	compare_wish("strict", &wish, "");
	wish.opened = FILTER_GROUP(NUMA) | FILTER_GROUP(CHOWN);
	compare_wish("strict and numa", &wish, "numa chown");
	wish.allow_i386 = true;
	compare_wish("strict with i386", &wish, "numa chown");
	wish.strict = false;
	compare_wish("with i386", &wish, "numa chown");
	wish = (struct filter_wish){ .native = ARCH_AARCH64, .strict = true };
	compare_wish("strict on aarch64", &wish, "");
}

/* How many calls there are in it: an allowlist that grew by mistake shows. */
static void test_strict_is_small(void)
{
	const struct filter_wish wish = { .native = ARCH_X86_64, .strict = true };
	size_t length = make(&wish), allowed = 0;

	for (int number = 0; number < NUMBERS; number++) {
		const struct seccomp_data data = { .nr = number, .arch = AUDIT_ARCH_X86_64 };
		uint32_t verdict = run(room, length, &data);

		allowed += verdict == SECCOMP_RET_ALLOW;
	}
	CHECK(allowed > 260 && allowed < 300, "%zu", allowed);
	printf("# %zu calls of x86-64 in the strict filter, %zu instructions\n", allowed, length);
}

/* --- rules ----------------------------------------------------------------------------- */

static const struct {
	const char *what;
	struct filter_rule rules[3];
	size_t count;
	bool strict;
	int number;
	uint64_t args[3];
	uint32_t verdict;
} rules[] = {
	{ "allow", { { FILTER_ALLOW, .call = "mount" } }, 1, false, 165, { 0 }, SECCOMP_RET_ALLOW },
	{ "and no other", { { FILTER_ALLOW, .call = "mount" } }, 1, false, 166, { 0 }, DENIED },
	{ "deny", { { FILTER_DENY, .call = "read" } }, 1, false, 0, { 0 }, DENIED },
	{ "log", { { FILTER_LOG, .call = "read" } }, 1, false, 0, { 0 }, SECCOMP_RET_LOG },
	{ "log opens nothing", { { FILTER_LOG, .call = "mount" } }, 1, false, 165, { 0 }, DENIED },
	{ "log checks", { { FILTER_LOG, .call = "ioctl" } }, 1, false, 16, { 0, 0x5412 }, DENIED },
	{ "log checks", { { FILTER_LOG, .call = "ioctl" } }, 1, false, 16, { 0, 0x5413 },
	  SECCOMP_RET_LOG },
	{ "allow and log", { { FILTER_ALLOW, .call = "mount" }, { FILTER_LOG, .call = "mount" } },
	  2, false, 165, { 0 }, SECCOMP_RET_LOG },
	{ "the last word", { { FILTER_ALLOW, .call = "mount" }, { FILTER_DENY, .call = "mount" } },
	  2, false, 165, { 0 }, DENIED },
	{ "the last word", { { FILTER_DENY, .call = "read" }, { FILTER_ALLOW, .call = "read" } },
	  2, false, 0, { 0 }, SECCOMP_RET_ALLOW },
	{ "allow without checks", { { FILTER_ALLOW, .call = "ioctl" } }, 1, false, 16,
	  { 0, 0x5412 }, SECCOMP_RET_ALLOW },
	{ "deny brings checks back", { { FILTER_ALLOW, .call = "ioctl" }, { FILTER_DENY,
	  .call = "ioctl" }, { FILTER_LOG, .call = "ioctl" } }, 3, false, 16, { 0, 0x5413 }, DENIED },
	{ "deny what is checked", { { FILTER_DENY, .call = "socket" } }, 1, false, 41, { 1, 1 },
	  DENIED },
	{ "group", { { FILTER_ALLOW, .groups = FILTER_GROUP(MOUNT) } }, 1, false, 428, { 0 },
	  SECCOMP_RET_ALLOW },
	{ "group of a check", { { FILTER_ALLOW, .groups = FILTER_GROUP(TERMINAL) } }, 1, false, 16,
	  { 0, 0x5412 }, SECCOMP_RET_ALLOW },
	{ "closed again", { { FILTER_ALLOW, .groups = FILTER_GROUP(TERMINAL) },
	  { FILTER_DENY, .groups = FILTER_GROUP(TERMINAL) } }, 2, false, 16, { 0, 0x5412 }, DENIED },
	{ "deny a group", { { FILTER_DENY, .groups = FILTER_GROUP(SOCKET) } }, 1, false, 41, { 1, 1 },
	  DENIED },
	{ "missing is denied", { { FILTER_DENY, .call = "clone3" } }, 1, false, 435, { 0 }, DENIED },
	{ "number", { { FILTER_ALLOW, .number = 165 } }, 1, false, 165, { 0 }, SECCOMP_RET_ALLOW },
	{ "number", { { FILTER_DENY, .number = 0 } }, 1, false, 0, { 0 }, DENIED },
	{ "number without a row", { { FILTER_ALLOW, .number = 500 } }, 1, false, 500, { 0 },
	  SECCOMP_RET_ALLOW },
	{ "its neighbour", { { FILTER_ALLOW, .number = 500 } }, 1, false, 501, { 0 }, MISSING },
	{ "its neighbour", { { FILTER_ALLOW, .number = 500 } }, 1, false, 499, { 0 }, MISSING },
	{ "number logged", { { FILTER_ALLOW, .number = 500 }, { FILTER_LOG, .number = 500 } }, 2,
	  false, 500, { 0 }, SECCOMP_RET_LOG },
	{ "strict", { { FILTER_ALLOW, .call = "vmsplice" } }, 1, true, 278, { 0 },
	  SECCOMP_RET_ALLOW },
	{ "strict", { { FILTER_LOG, .call = "vmsplice" } }, 1, true, 278, { 0 }, DENIED },
};

static void test_rules(void)
{
	EACH_ROW(row, rules) {
		const struct filter_wish wish = {
			.native = ARCH_X86_64, .strict = row->strict, .rules = row->rules,
			.rule_count = row->count,
		};
		struct seccomp_data data = { .nr = row->number, .arch = AUDIT_ARCH_X86_64 };
		size_t length = make(&wish);

		memcpy(data.args, row->args, sizeof(row->args));
		uint32_t got = run(room, length, &data);
		CHECK(got == row->verdict, "%s: %#x, not %#x", row->what, got, row->verdict);
	}
}

/* A native number means nothing on the other architecture, a name on both. */
static void test_rules_with_i386(void)
{
	const struct filter_rule both[] = {
		{ FILTER_DENY, .call = "getpid" }, { FILTER_DENY, .number = 0 },
	};
	const struct filter_wish wish = {
		.native = ARCH_X86_64, .allow_i386 = true, .rules = both, .rule_count = 2,
	};
	static const struct { uint32_t arch; int number; uint32_t verdict; } asked[] = {
		{ AUDIT_ARCH_X86_64, 39, DENIED }, { AUDIT_ARCH_I386, 20, DENIED },
		{ AUDIT_ARCH_X86_64, 0, DENIED }, { AUDIT_ARCH_I386, 0, SECCOMP_RET_ALLOW },
		{ AUDIT_ARCH_I386, 102, SECCOMP_RET_ALLOW }, { AUDIT_ARCH_I386, 117, SECCOMP_RET_ALLOW },
	};
	size_t length = make(&wish);

	EACH_ROW(row, asked) {
		const struct seccomp_data data = { .nr = row->number, .arch = row->arch };

		CHECK(run(room, length, &data) == row->verdict, "%#x %d", row->arch, row->number);
	}
}

/* Every call of its own answer, so that no run is longer than one: the program still
 * fits, and its far jumps arrive. */
static void test_the_longest_program(void)
{
	static struct filter_rule every_other[NUMBERS / 2];
	struct subject subject = { .name = "every other", .code = room };

	for (unsigned i = 0; i < NUMBERS / 2; i++)
		every_other[i] = (struct filter_rule){ FILTER_DENY, .number = 2 * i };
	const struct filter_wish wish = {
		.native = ARCH_X86_64, .allow_i386 = true, .rules = every_other,
		.rule_count = NUMBERS / 2,
	};
	subject.length = make(&wish);
	for (int number = 0; number < NUMBERS; number++) {
		const struct seccomp_data data = { .nr = number, .arch = AUDIT_ARCH_X86_64 };
		uint32_t got = run(room, subject.length, &data);

		const struct sense sense = sense_of(&(struct meaning){ "", false },
						    names[ARCH_X86_64][number]);
		uint32_t wanted = number % 2 == 0 ? DENIED : means(&sense, (uint64_t[6]){ 0 });
		CHECK(got == wanted, "%d: %#x, not %#x", number, got, wanted);
	}
}

/* --- names ------------------------------------------------------------------------------ */

static void test_names(void)
{
	EACH_ROW(machine, machines) {
		for (int number = 0; number < NUMBERS; number++) {
			const char *ours = filter_call_numbered(machine->arch, (uint32_t)number);
			const char *theirs = names[machine->arch][number];

			CHECK(strcmp(ours ? ours : "", theirs) == 0, "%s %d: %s, not %s",
			      machine->name, number, ours, theirs);
			CHECK(!*theirs || filter_call_known(theirs), "%s", theirs);
		}
	}
	CHECK(!filter_call_known("moutn") && !filter_call_known(""), "known");
	CHECK(strcmp(filter_name_nearest("moutn", false), "mount") == 0, "nearest");
	CHECK(strcmp(filter_name_nearest("keyrings", true), "keyring") == 0, "nearest");
	CHECK(!filter_name_nearest("xyzzy", false), "nearest");
	for (int group = 0; group < FILTER_GROUPS; group++) {
		CHECK(filter_groups[group].name && filter_groups[group].gives_up, "%d", group);
		CHECK(filter_group_named(filter_groups[group].name) == group, "%d", group);
	}
	CHECK(filter_group_named("") < 0 && filter_group_named("moun") < 0, "no group");
	CHECK(filter_call_denials("read") == 0, "read");
	CHECK(filter_call_denials("mount") == FILTER_GROUP(MOUNT), "mount");
	CHECK(filter_call_denials("clone") == FILTER_GROUP(USERNS), "clone");
	CHECK(filter_call_denials("chown") == 0, "chown");
}

int main(void)
{
	learn_names();
	RUN(test_names);
	RUN(test_built_in);
	RUN(test_made_is_built_in);
	RUN(test_every_group_opened);
	RUN(test_strict_and_i386);
	RUN(test_strict_is_small);
	RUN(test_rules);
	RUN(test_rules_with_i386);
	RUN(test_the_longest_program);
	return unit_end();
}
