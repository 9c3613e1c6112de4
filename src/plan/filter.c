/* Which system calls the command may make, and which capabilities it has. */
#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>

#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/sys/privilege.h>
#include <immure/sys/seccomp.h>
#include <immure/sys/user.h>

#include "plan_internal.h"

/* --- capabilities ------------------------------------------------------------------- */

/* What they open is code of the kernel, also for root of a namespace that owns
 * nothing: mounts, networks, devices, the kernel itself. With --nested all of that is in
 * reach as it is, and the namespace owns mounts and a network. */
static const int forbidden[] = {
	CAP_SYS_ADMIN, CAP_NET_ADMIN, CAP_NET_RAW, CAP_MKNOD, CAP_SYS_MODULE, CAP_SYS_RAWIO,
	CAP_SYS_BOOT, CAP_SYS_TIME, CAP_BPF, CAP_PERFMON, CAP_SYSLOG, CAP_MAC_ADMIN,
	CAP_MAC_OVERRIDE, CAP_CHECKPOINT_RESTORE,
};

static bool is_forbidden(int number, bool all)
{
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (forbidden[i] == number)
			return true;
	return all;
}

static int plan_capability(struct planning *p, const struct capability *capability,
			   struct error *err)
{
	const char *origin = origin_text(p->arena, capability->origin);
	bool all = text_is(capability->name, "all");
	int number = all ? 0 : capability_named(capability->name);

	if (number < 0) {
		(void)fail(err, 0, "cap %s (%s): there is no such capability", capability->name,
			   origin);
		return hint(err, "capabilities(7) lists them; without the cap_ in front");
	}
	if (!p->plan->nested_origin && is_forbidden(number, all)) {
		(void)fail(err, 0, "cap %s (%s): no command gets %s", capability->name, origin,
			   all ? "all of them" : "this one");
		return hint(err, "unless mounts and a network are its own: --nested");
	}
	if (number == CAP_SYS_PTRACE && !p->config->ptrace.value) {
		(void)fail(err, 0, "cap %s (%s): nothing can be traced", capability->name, origin);
		return hint(err, "to let debuggers work: --ptrace");
	}
	if (!p->plan->own_user)
		return fail(err, 0, "cap %s (%s) and share user contradict each other: it would"
			    " be a right over the host", capability->name, origin);
	if (user_is_host_root() && !maps_keep_root_out(p->config)) {
		(void)fail(err, 0, "cap %s (%s): you are root of this machine, and what it is a"
			   " right over belongs to root", capability->name, origin);
		return hint(err, "as an ordinary user: runuser -u NAME -- immure run ...");
	}
	if (all)
		p->plan->all_origin = origin;
	p->plan->capabilities |= all ? privilege_all() : UINT64_C(1) << number;
	return 0;
}

/* What the tools of a root file system do as root with its own files and processes, and
 * what of it a user namespace grants that owns neither mounts nor network. */
static const int of_guests[] = {
	CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_SETFCAP, CAP_SETGID,
	CAP_SETPCAP, CAP_SETUID, CAP_SYS_CHROOT,
};

static int plan_guest(struct planning *p, struct error *err)
{
	const char *origin = p->config->guest.value ? origin_of(p, p->config->guest.origin)
						    : "immure shell";

	if (!p->plan->own_user)
		return fail(err, 0, "guest (%s) and share user contradict each other: its rights"
			    " would be rights over the host", origin);
	if (user_is_host_root() && !maps_keep_root_out(p->config)) {
		(void)fail(err, 0, "guest (%s): you are root of this machine, and its rights would"
			   " be over what belongs to root", origin);
		(void)hint(err, "with ids that are nobody's: --map %s", maps_free_range(p));
		return hint(err, "as an ordinary user: runuser -u NAME -- immure run --guest ...");
	}
	p->plan->guest_origin = origin;
	for (size_t i = 0; i < sizeof(of_guests) / sizeof(of_guests[0]); i++)
		p->plan->capabilities |= UINT64_C(1) << of_guests[i];
	note(p, "guest (%s): it has root's rights over its own ids and may set setuid bits, which"
	     " have no effect inside; what of the kernel asks for these rights is in reach, and"
	     " a setuid program can be left where the host's files are writable", origin);
	return 0;
}

int plan_capabilities(struct planning *p, struct error *err)
{
	if ((p->config->guest.value || root_is_guests(p->config)) && plan_guest(p, err) < 0)
		return -1;
	list_each(const struct capability, capability, &p->config->capabilities)
		if (plan_capability(p, capability, err) < 0)
			return -1;
	p->plan->first_open = p->plan->all_origin && !p->plan->as_pid_1;
	if (p->plan->all_origin)
		note(p, "cap all (%s): it is root of its own namespaces, may mount and has a"
		     " network to change; what of the kernel asks for these rights is in reach",
		     p->plan->all_origin);
	else if (p->config->capabilities.count > 0)
		note(p, "cap (%s): it has rights over its own user namespace; what of the kernel"
		     " asks for them is in reach",
		     origin_text(p->arena, p->config->capabilities.items[0].origin));
	return 0;
}

/* --- system calls ------------------------------------------------------------------- */

/* Root of one id cannot give a file away, and tar(1) as root tries to: such a command
 * is told that it has, unless it was given capabilities one by one. With several ids
 * files can be given away, and nobody is lied to. Nor does a namespace that root makes
 * inside have more ids than root has. */
static bool fakes_chown(const struct planning *p)
{
	const struct plan *plan = p->plan;
	bool plain = !plan->capabilities || plan->all_origin || (plan->guest_origin && !plan->nested_origin &&
					     p->config->capabilities.count == 0);

	return plan->own_user && p->inside_uid == 0 && !plan->maps.several && plain;
}

static int no_such_call(struct planning *p, const struct call_rule *said, bool group,
			struct error *err)
{
	const char *name = said->what + group;
	const char *near = filter_name_nearest(name, group);

	(void)fail(err, 0, "syscall %s (%s): there is no such %s", said->what,
		   origin_text(p->arena, said->origin), group ? "group" : "system call");
	if (near)
		return hint(err, "did you mean %s%s?", group ? "@" : "", near);
	return hint(err, "man immure, SYSTEM CALLS, has the groups; syscalls(2) the names");
}

static int read_rule(struct planning *p, const struct call_rule *said, enum arch native,
		     struct filter_rule *ret_rule, struct error *err)
{
	static const enum filter_action actions[] = {
		[CALL_ALLOW] = FILTER_ALLOW, [CALL_DENY] = FILTER_DENY, [CALL_LOG] = FILTER_LOG,
	};
	struct filter_rule rule = { .action = actions[said->verb] };
	struct error ignored;
	int64_t number;

	if (said->what[0] == '@') {
		int group = filter_group_named(said->what + 1);

		if (group < 0)
			return no_such_call(p, said, true, err);
		rule.groups = UINT64_C(1) << group;
	} else if (text_number(said->what, 0, INT32_MAX, &number, &ignored) == 0) {
		if (number >= filter_number_end())
			return fail(err, 0, "syscall %s (%s): numbers end at %" PRIu32, said->what,
				    origin_text(p->arena, said->origin), filter_number_end() - 1);
		/* By its name where it has one: so the other architecture's is meant too. */
		rule.call = filter_call_numbered(native, (uint32_t)number);
		rule.number = (uint32_t)number;
	} else {
		if (!filter_call_known(said->what))
			return no_such_call(p, said, false, err);
		rule.call = said->what;
	}
	*ret_rule = rule;
	return 0;
}

/* One note for what a rule opens, with what that gives up. */
static void note_opened(struct planning *p, const struct call_rule *said,
			const struct filter_rule *rule)
{
	uint64_t groups = rule->groups ? rule->groups
			  : rule->call ? filter_call_denials(rule->call) : 0;
	const char *given_up = NULL;

	if (rule->action != FILTER_ALLOW)
		return;
	for (int i = 0; i < FILTER_GROUPS; i++)
		if (groups >> i & 1)
			given_up = given_up ? arena_format(p->arena, "%s; %s", given_up,
							   filter_groups[i].gives_up)
					    : filter_groups[i].gives_up;
	if (!rule->groups && !rule->call)
		given_up = "nobody has looked at this call";
	if (given_up)
		note(p, "syscall allow:%s (%s): %s", said->what,
		     origin_text(p->arena, said->origin), given_up);
}

static int read_rules(struct planning *p, struct filter_wish *wish, struct error *err)
{
	const struct config *config = p->config;
	struct filter_rule *rules = arena_alloc(p->arena, (config->calls.count + 1) *
							   sizeof(*rules));
	size_t count = 0;

	/* Of the calls for mounts the one that changes none; dpkg(1) --root wants it. First,
	 * so that whoever says something about it has the last word. */
	if (p->plan->guest_origin)
		rules[count++] = (struct filter_rule){ .action = FILTER_ALLOW, .call = "chroot" };
	list_each(const struct call_rule, said, &config->calls) {
		struct filter_rule *rule = &rules[count++];

		if (read_rule(p, said, wish->native, rule, err) < 0)
			return -1;
		note_opened(p, said, rule);
		p->plan->filter.log = p->plan->filter.log || said->verb == CALL_LOG;
	}
	wish->rules = rules;
	wish->rule_count = count;
	return 0;
}

static int read_file(struct planning *p, struct error *err)
{
	const struct text *file = &p->config->seccomp_file;
	struct filtering *filter = &p->plan->filter;
	const size_t one = sizeof(struct sock_filter);
	size_t length;
	char *bytes;

	if (!file->value)
		return 0;
	filter->file_name = file->value;
	filter->file_origin = origin_text(p->arena, file->origin);
	if (file_read(p->arena, file->value, FILTER_MOST * one, &bytes, &length, err) < 0)
		return within(err, "seccomp-file (%s)", filter->file_origin);
	if (length == 0 || length % one || length > FILTER_MOST * one) {
		(void)fail(err, 0, "seccomp-file %s (%s): %zu bytes are no filter: that is 8 bytes"
			   " an instruction, and 1 to %d of them", file->value,
			   filter->file_origin, length, FILTER_MOST);
		return hint(err, "seccomp_export_bpf(3) writes one");
	}
	struct sock_filter *code = arena_alloc(p->arena, length);
	memcpy(code, bytes, length);
	filter->file = code;
	filter->file_length = length / one;
	return 0;
}

static int plan_off(struct planning *p, struct error *err)
{
	const struct config *config = p->config;

	list_each(const struct call_rule, said, &config->calls)
		if (!said->origin->file)
			return fail(err, 0, "syscall %s (%s) and seccomp off (%s) contradict each"
				    " other", said->what, origin_text(p->arena, said->origin),
				    origin_text(p->arena, config->seccomp.origin));
	note(p, "seccomp off (%s): all of the kernel that a user can call is in reach",
	     origin_text(p->arena, config->seccomp.origin));
	return 0;
}

/* What other options open, and say what it gives up. */
static int open_more(struct planning *p, struct filter_wish *wish, struct error *err)
{
	const struct config *config = p->config;

	if (config->ptrace.value) {
		wish->opened |= FILTER_GROUP(PTRACE);
		note(p, "ptrace (%s): %s", origin_text(p->arena, config->ptrace.origin),
		     filter_groups[GROUP_PTRACE].gives_up);
	}
	if (config->allow_suid.value) {
		wish->opened |= FILTER_GROUP(SUID);
		note(p, "allow-suid (%s): %s", origin_text(p->arena, config->allow_suid.origin),
		     filter_groups[GROUP_SUID].gives_up);
	}
	if (p->plan->guest_origin)
		wish->opened |= FILTER_GROUP(SUID);	/* which its own note says */
	if (!config->allow32.value)
		return 0;
	if (wish->native != ARCH_X86_64)
		return fail(err, 0, "allow32 (%s): 32-bit calls are known of x86 alone",
			    origin_text(p->arena, config->allow32.origin));
	wish->allow_i386 = true;
	note(p, "allow32 (%s): the kernel's code for 32-bit programs is in reach, and through"
	     " their socketcall every kind of socket",
	     origin_text(p->arena, config->allow32.origin));
	return 0;
}

/* Any other than the one that was made when we were built. */
static int make_filter(struct planning *p, const struct filter_wish *wish, struct error *err)
{
	struct filtering *filter = &p->plan->filter;
	struct sock_filter *code = arena_alloc(p->arena, FILTER_MOST * sizeof(*code));

	filter->length = filter_make(wish, code, err);
	filter->code = code;
	return filter->length > 0 ? 0 : -1;
}

static const char *filter_text(struct planning *p, const struct filter_wish *wish)
{
	const char *text = wish->strict ? "strict" : "default";

	for (int i = 0; i < FILTER_GROUPS; i++)
		if (wish->opened >> i & 1)
			text = arena_format(p->arena, "%s, with @%s", text, filter_groups[i].name);
	if (p->plan->guest_origin)
		text = arena_format(p->arena, "%s, with chroot", text);
	return wish->allow_i386 ? arena_format(p->arena, "%s, with i386", text) : text;
}

int plan_filter(struct planning *p, struct error *err)
{
	const struct config *config = p->config;
	struct filtering *filter = &p->plan->filter;
	struct filter_wish wish = {
		.native = filter_arch(seccomp_native_arch()),
		.strict = config->seccomp.value == FILTER_STRICT,
		.opened = filter->opened,
	};

	filter->origin = origin_of(p, config->seccomp.origin);
	if (read_file(p, err) < 0)
		return -1;
	if (config->seccomp.value == FILTER_OFF)
		return plan_off(p, err);
	filter->init = wish.native != NO_ARCH;
	if (!filter->init) {
		(void)fail(err, 0, "filter system calls: nobody has written down which there are"
			   " on this architecture");
		return hint(err, "to give up this wall: --seccomp off");
	}
	if (open_more(p, &wish, err) < 0 || read_rules(p, &wish, err) < 0)
		return -1;
	filter->fakes_chown = fakes_chown(p);
	filter->code = filter_built_in(wish.native, filter->fakes_chown, &filter->length);
	filter->text = filter_text(p, &wish);
	if (!wish.strict && !wish.opened && !wish.allow_i386 && wish.rule_count == 0)
		return 0;
	if (!filter->fakes_chown)
		wish.opened |= FILTER_GROUP(CHOWN);
	return make_filter(p, &wish, err) < 0 ? within(err, "filter system calls") : 0;
}
