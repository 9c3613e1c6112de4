/* What the kernel's texts say, and what is thought of it. The texts have what a hostile
 * process could put there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <immure/audit/audit.h>
#include <immure/audit/parse.h>
#include <immure/base/arena.h>
#include <immure/base/text.h>

#include "unit.h"

static struct arena *arena;

/* --- parsers --------------------------------------------------------------------- */

static const char status_text[] =
	"Name:\tNoNewPrivs:\\n\n"		/* what comm can hold, as the kernel writes it */
	"Umask:\t0022\nState:\tS (sleeping)\nTgid:\t20863\nNgid:\t0\nPid:\t20863\n"
	"PPid:\t20859\nTracerPid:\t7\nUid:\t1001\t1002\t1003\t1004\n"
	"Gid:\t4294967295\t6\t7\t8\nFDSize:\t64\nGroups:\t4 24 4294967294 \n"
	"NStgid:\t20863\t77\t3\nNSpid:\t20863\t77\t3\nNSpgid:\t20863\t77\t3\n"
	"NSsid:\t20859\t0\t0\nThreads:\t2\nSigQ:\t0/96365\nCapInh:\t0000000000000001\n"
	"CapPrm:\t0000000000000002\nCapEff:\t000001ffffffffff\nCapBnd:\tffffffffffffffff\n"
	"CapAmb:\t0000000000000010\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n";

static void test_status(void)
{
	struct status_facts status;

	CHECK(parse_status(arena, status_text, &status), "read");
	CHECK(text_is(status.name, "NoNewPrivs:\\n"), "%s", status.name);
	CHECK(status.state == 'S' && status.group == 20863 && status.parent == 20859, "who");
	CHECK(status.tracer == 7 && status.threads == 2, "tracer");
	CHECK(status.uid[0] == 1001 && status.uid[1] == 1002 && status.uid[3] == 1004, "uid");
	CHECK(status.gid[0] == UINT32_MAX && status.gid[3] == 8, "gid");
	CHECK(status.groups.count == 3 && status.groups.items[2] == 4294967294u, "groups");
	CHECK(status.depth == 3 && status.inner_pid == 3 && status.inner_session == 0, "levels");
	CHECK(status.capabilities[CAP_EFF] == 0x1ffffffffff, "effective");
	CHECK(status.capabilities[CAP_PRM] == 2 && status.capabilities[CAP_INH] == 1, "sets");
	CHECK(status.capabilities[CAP_BND] == UINT64_MAX, "bounding");
	CHECK(status.capabilities[CAP_AMB] == 16, "ambient");
	CHECK(status.no_new_privs == 1 && status.seccomp == 2 && status.filters == 3, "filters");
}

/* What is not told is not taken for "none". */
static void test_status_that_is_none(void)
{
	struct status_facts status;

	CHECK(!parse_status(arena, "", &status), "empty");
	CHECK(!parse_status(arena, "Name:\tx\n", &status), "short");
	CHECK(!parse_status(arena, "Name\nState\nTgid\n", &status), "without values");
	CHECK(parse_status(arena, "Name:\tx\nState:\tR\nTgid:\t1\n", &status), "least");
	CHECK(status.no_new_privs == -1 && status.seccomp == -1 && status.filters == -1, "%d",
	      status.seccomp);
	CHECK(status.depth == 0 && status.inner_pid == 0, "levels");
}

/* Every beginning of a text, and every byte of it exchanged, is taken in. */
static void test_status_broken(void)
{
	struct status_facts status;

	for (size_t i = 0; i < sizeof(status_text); i++) {
		char *text = arena_copy_part(arena, status_text, i);
		(void)parse_status(arena, text, &status);
		text = arena_copy(arena, status_text);
		text[i % (sizeof(status_text) - 1)] = (char)(1 + unit_random(255));
		(void)parse_status(arena, text, &status);
		CHECK(status.depth <= 64, "%zu", i);
	}
}

static const char mounts_text[] =
	"66 42 0:40 / / ro,nosuid,nodev,relatime - tmpfs none rw,size=1k\n"
	"67 66 254:0 /home/u/my\\040dir /data rw,nosuid shared:7 master:9 - ext4 /dev/vda rw\n"
	"68 66 254:1 / /half rw - ext4 /dev/vdb ro\n"
	"69 66 0:41 / /a\\012b ro - fuse.x\\040y  rw\n"	/* no source */
	"70 66 0:42 / /options rw,nodev,nosuidx,xnosuid - tmpfs t rw\n"
	"71 66 not:device / /x rw - tmpfs t rw\n"
	"72 66 0:43 / /short rw\n"
	"\n"
	"73 66 0:44 / /back\\\\slash\\999 rw - tmpfs t rw\n"
	"74 66 0:45 / /last rw - tmpfs t rw";

static void test_mounts(void)
{
	struct audit_facts facts = { .arena = arena };

	parse_mounts(&facts, mounts_text, 100);
	const struct mount_facts *mount = facts.mounts.items;
	CHECK(facts.mounts.count == 7 && !facts.mounts_cut, "%zu", facts.mounts.count);
	CHECK(mount[0].id == 66 && mount[0].parent == 42 && mount[0].minor == 40, "ids");
	CHECK(!mount[0].writable && mount[0].nosuid && mount[0].nodev && !mount[0].noexec, "flags");
	CHECK(text_is(mount[1].root, "/home/u/my dir") && text_is(mount[1].place, "/data"), "%s",
	      mount[1].root);
	CHECK(mount[1].writable && mount[1].shared && mount[1].follows && !mount[1].nodev, "flags");
	CHECK(!mount[2].writable, "a file system that is read-only");
	CHECK(text_is(mount[3].place, "/a\nb") && text_is(mount[3].type, "fuse.x y") &&
	      text_is(mount[3].source, ""), "%s", mount[3].type);
	CHECK(!mount[4].nosuid && mount[4].nodev, "whole words");
	CHECK(text_is(mount[5].place, "/back\\\\slash\\999"), "%s", mount[5].place);
	CHECK(text_is(mount[6].place, "/last"), "no end of line");
}

static void test_mounts_bounded(void)
{
	struct audit_facts facts = { .arena = arena };

	parse_mounts(&facts, mounts_text, 3);
	CHECK(facts.mounts.count == 3 && facts.mounts_cut, "%zu", facts.mounts.count);
	for (size_t i = 0; i < sizeof(mounts_text); i++) {
		struct audit_facts broken = { .arena = arena };
		char *text = arena_copy(arena, mounts_text);

		text[i % (sizeof(mounts_text) - 1)] = (char)(1 + unit_random(255));
		parse_mounts(&broken, text, 100);
		mounts_find_hidden(&broken);
		CHECK(broken.mounts.count <= 9, "%zu", i);
	}
}

static void test_hidden(void)
{
	static const char text[] =
		"1 0 0:1 / / rw - tmpfs t rw\n"
		"2 1 0:2 / /sys rw - sysfs t rw\n"
		"3 2 0:3 / /sys rw - tmpfs t rw\n"		/* on top of 2 */
		"4 3 0:2 /class /sys/class rw - sysfs t rw\n"	/* on 3: seen */
		"5 2 0:4 / /sys/old rw - tmpfs t rw\n"		/* on 2: with it */
		"6 5 0:5 / /sys/old/a rw - tmpfs t rw\n"
		"7 1 0:6 / /a/b rw - tmpfs t rw\n"
		"8 1 0:7 / /a rw - tmpfs t rw\n"		/* over 7 */
		"9 1 0:8 / /ab rw - tmpfs t rw\n"
		"10 1 0:9 / / rw - tmpfs t rw\n"			/* who knows */
		"11 11 0:10 / /self rw - tmpfs t rw\n";
	static const bool want[] = { 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0 };
	struct audit_facts facts = { .arena = arena };

	parse_mounts(&facts, text, 100);
	mounts_find_hidden(&facts);
	for (size_t i = 0; i < COUNT(want); i++)
		CHECK(facts.mounts.items[i].hidden == want[i], "%s", facts.mounts.items[i].place);
}

static void test_host_places(void)
{
	static const char inside[] =
		"1 0 0:1 / / rw - tmpfs t rw\n"
		"2 1 8:1 /usr /usr ro - ext4 d rw\n"
		"3 1 8:2 / /h ro - ext4 d rw\n"
		"4 1 8:2 /u/x /x ro - ext4 d rw\n"
		"5 1 8:3 /sub/deep/er /y ro - ext4 d rw\n"
		"6 1 8:3 /subway /z ro - ext4 d rw\n";
	static const char outside[] =
		"1 0 8:1 / / rw - ext4 d rw\n"
		"2 1 8:2 / /home rw - ext4 d rw\n"
		"3 1 8:3 /sub /s rw - btrfs d rw\n"
		"4 1 8:3 /sub/deep /deep rw - btrfs d rw\n";
	static const char *const want[] = { NULL, "/usr", "/home", "/home/u/x", "/deep/er", NULL };
	struct audit_facts facts = { .arena = arena }, caller = { .arena = arena };

	parse_mounts(&facts, inside, 100);
	parse_mounts(&caller, outside, 100);
	mounts_find_host(&facts, &caller);
	for (size_t i = 0; i < COUNT(want); i++) {
		const char *host = facts.mounts.items[i].host;

		CHECK(text_is(host ? host : "none", want[i] ? want[i] : "none"), "%zu: %s", i,
		      host ? host : "none");
	}
	CHECK(!facts.mounts.items[0].of_host && facts.mounts.items[5].of_host, "of the host");
}

static void test_small_texts(void)
{
	struct map_facts maps[2];
	unsigned flags;
	int mount;

	CHECK(parse_namespace("mnt:[4026531841]") == 4026531841, "namespace");
	CHECK(parse_namespace("mnt:[]") == 0 && parse_namespace(NULL) == 0, "none");
	CHECK(parse_namespace("mnt:[1]x") == 0 && parse_namespace("/x:[-1]") == 0, "none");

	CHECK(parse_map("         0       1001          1\n1 100000 65536\n2 3 4\n", maps, 2) == 2,
	      "map");
	CHECK(maps[1].inside == 1 && maps[1].outside == 100000 && maps[1].count == 65536, "map");
	CHECK(parse_map("x", maps, 2) == 0 && parse_map(NULL, maps, 2) == 0, "none");

	CHECK(parse_terminal("7 (a) S 1 2 3 34816 5") == 34816, "terminal");
	CHECK(parse_terminal("7 (x) S 1 2 3 99 (y) R 4 5 6 0 7") == 0, "a name with all in it");
	CHECK(parse_terminal("7 (a) S 1") == -1 && parse_terminal("") == -1, "none");

	CHECK(parse_open("pos:\t0\nflags:\t0102001\nmnt_id:\t29\nino:\t5\n", &flags, &mount) &&
	      flags == 0102001 && mount == 29, "fdinfo");
	CHECK(!parse_open("pos:\t0\n", &flags, &mount), "none");

	CHECK(text_is(parse_cgroup(arena, "4:memory:/m\n1:cpu,cpuacct:/c:d\n0::/v2\n", ""), "/v2"),
	      "version 2");
	CHECK(text_is(parse_cgroup(arena, "4:memory:/m\n1:cpu,cpuacct:/c:d\n", "cpuacct"), "/c:d"),
	      "version 1");
	CHECK(!parse_cgroup(arena, "4:memory\n\n:::\n", "pids"), "none");
}

static void test_limits(void)
{
	struct audit_facts facts = { .arena = arena };

	parse_limits(&facts, "Limit                     Soft Limit           Hard Limit    Units\n"
		     "Max core file size        0                    unlimited            bytes\n"
		     "Max processes             4096                 5000            processes\n"
		     "Max processesx            1                    1\n"
		     "Max nice priority         0                    0\n");
	CHECK(facts.limits.count == 3, "%zu", facts.limits.count);
	CHECK(text_is(facts.limits.items[0].name, "core") && facts.limits.items[0].soft == 0 &&
	      facts.limits.items[0].hard == UINT64_MAX, "core");
	CHECK(facts.limits.items[1].soft == 4096 && facts.limits.items[1].hard == 5000, "nproc");
}

static void test_environment(void)
{
	static const char bytes[] = "A=1\0EMPTY=\0noequals\0=odd\0\0\0LONG";
	struct init_facts init = { 0 };
	char wiped[64] = "";
	char *huge = arena_alloc(arena, 4096);

	parse_environment(arena, bytes, sizeof(bytes) - 1, 100, &init);
	CHECK(init.environment.count == 5, "%zu", init.environment.count);
	CHECK(text_is(init.environment.items[0], "A"), "name");
	CHECK(text_is(init.environment.items[2], "noequals"), "no value");
	CHECK(text_is(init.environment.items[4], "LONG"), "no end");

	init = (struct init_facts){ 0 };
	parse_environment(arena, wiped, sizeof(wiped), 100, &init);
	CHECK(init.environment.count == 0, "wiped");
	memset(huge, 'x', 4096);
	parse_environment(arena, huge, 4096, 100, &init);
	CHECK(strlen(init.environment.items[0]) == 128, "cut");
	for (int i = 0; i < 4096; i += 2)
		huge[i] = '\0';
	parse_environment(arena, huge, 4096, 10, &init);
	CHECK(init.environment.count == 10, "bounded");
}

static void test_devices(void)
{
	struct audit_facts facts = { .arena = arena };

	parse_devices(&facts, "Inter-|   Receive\n face |bytes    packets\n"
		      "    lo:       0       0\n  tap0: 1 2\n");
	CHECK(facts.devices.count == 2, "%zu", facts.devices.count);
	CHECK(text_is(facts.devices.items[1], "tap0"), "tap0");
}

/* --- judgements ------------------------------------------------------------------- */

static const char good_mounts[] =
	"1 0 0:40 / / ro,nosuid,nodev - tmpfs t rw\n"
	"2 1 8:1 /usr /usr ro,nosuid,nodev - ext4 d rw\n"
	"3 1 0:41 / /proc rw,nosuid,nodev,noexec - proc p rw\n"
	"4 3 0:41 /sys /proc/sys ro,nosuid,nodev,noexec - proc p rw\n"
	"5 1 0:6 /null /dev/null rw,nosuid - devtmpfs d rw\n"
	"6 1 0:42 / /dev/pts rw,nosuid - devpts d rw\n"
	"7 1 0:43 / /sys ro,nosuid,nodev - sysfs s rw\n"
	"8 1 0:40 /tmp /tmp rw,nosuid,nodev - tmpfs t rw\n"
	"9 1 8:1 /home/u/project /home/u/project ro,nosuid,nodev - ext4 d rw\n";

static const char host_mounts[] =
	"1 0 8:1 / / rw - ext4 d rw\n2 1 0:6 / /dev rw - devtmpfs d rw\n"
	"3 1 0:7 / /proc rw - proc p rw\n4 2 0:8 / /dev/pts rw - devpts d rw\n";

/* A sandbox as it should be, with these lines of mountinfo more. */
static struct audit_facts *good_with(const char *more)
{
	struct audit_facts *facts = arena_alloc(arena, sizeof(*facts));
	struct audit_facts caller = { .arena = arena };

	facts->arena = arena;
	facts->pid = 5;
	facts->home = "/home/u";
	(void)parse_status(arena, "Name:\tx\nState:\tS\nTgid:\t5\nPPid:\t4\nUid:\t7\t7\t7\t7\n"
			   "NSpid:\t5\t2\nNSsid:\t4\t1\nNoNewPrivs:\t1\nSeccomp:\t2\n"
			   "Seccomp_filters:\t2\n", &facts->status);
	for (int i = 0; i < AUDIT_NAMESPACES; i++)
		facts->namespaces[i] = (struct namespace_facts){
			.inode = 9, .own = ANSWER_YES, .owned = ANSWER_NO,
		};
	parse_mounts(facts, arena_format(arena, "%s%s", good_mounts, more), 100);
	mounts_find_hidden(facts);
	parse_mounts(&caller, host_mounts, 100);
	mounts_find_host(facts, &caller);
	parse_limits(facts, "Max core file size  0  0\nMax processes  4096  4096\n");
	*list_add(arena, &facts->devices) = "lo";
	facts->init = (struct init_facts){
		.pid = 4, .hidden = ANSWER_YES, .files_code = EACCES, .environment_code = EACCES,
	};
	facts->processes = 2;
	return facts;
}

static struct audit_facts *good(void)
{
	return good_with("");
}

static struct judgement judged(const struct audit_facts *facts, const char *wall)
{
	struct judgement_list judgements = audit_judge(facts);

	list_each(const struct judgement, judgement, &judgements)
		if (text_is(judgement->wall, wall))
			return *judgement;
	return (struct judgement){ .why = "no such wall" };
}

static void check_verdict(const struct audit_facts *facts, const char *wall, enum verdict want,
			  const char *why)
{
	struct judgement judgement = judged(facts, wall);
	struct judgement_list all = audit_judge(facts);

	CHECK(judgement.verdict == want && strstr(judgement.why, why), "%s: %d, %s (wanted %d, %s)",
	      wall, (int)judgement.verdict, judgement.why, (int)want, why);
	CHECK(want == VERDICT_OK || audit_sum(&all) >= want, "%s: in all", wall);
}

static void test_all_good(void)
{
	struct audit_facts *facts = good();
	struct judgement_list judgements = audit_judge(facts);

	list_each(const struct judgement, judgement, &judgements)
		CHECK(judgement->verdict == (text_is(judgement->wall, "landlock") ? VERDICT_UNKNOWN
										   : VERDICT_OK),
		      "%s: %s", judgement->wall, judgement->why);
	CHECK(judgements.count == 19, "%zu", judgements.count);
	CHECK(audit_sum(&judgements) == VERDICT_OK, "all");
	CHECK(audit_in_sandbox(facts) == ANSWER_YES, "sandbox");
	check_verdict(facts, "files", VERDICT_OK, "/home/u/project");
}

static void test_mount_walls(void)
{
	static const struct {
		const char *more, *wall;
		enum verdict want;
		const char *why;
	} rows[] = {
		{ "20 1 8:1 /home/u/d /d rw,nosuid,nodev - ext4 d rw\n", "writing", VERDICT_WEAK,
		  "/home/u/d" },
		{ "20 1 8:1 /home/u/d /d rw,nosuid,nodev - ext4 d ro\n", "writing", VERDICT_OK, "" },
		{ "20 1 8:1 /home/u/d /d rw,nosuid,nodev - ext4 d rw\n"
		  "21 20 0:50 / /d ro,nosuid,nodev - tmpfs d rw\n", "writing", VERDICT_WEAK,
		  "/home/u/d" },
		{ "20 1 8:1 /home/u /h ro,nosuid,nodev - ext4 d rw\n", "files", VERDICT_WEAK,
		  "/home/u" },
		{ "20 1 8:1 /home /h ro,nosuid,nodev - ext4 d rw\n", "files", VERDICT_WEAK, "/home" },
		{ "20 1 8:1 /etc /etc ro,nosuid,nodev - ext4 d rw\n", "files", VERDICT_WEAK, "/etc" },
		{ "20 1 8:1 /etc/fonts /etc/fonts ro,nosuid,nodev - ext4 d rw\n", "files",
		  VERDICT_OK, "programs" },
		{ "20 1 8:1 /run/user/7/bus /b ro,nosuid,nodev - ext4 d rw\n", "files", VERDICT_WEAK,
		  "/run/user/7/bus" },
		{ "20 1 8:1 / /host ro,nosuid,nodev - ext4 d rw\n", "files", VERDICT_OPEN, "whole" },
		{ "20 1 8:1 / /host ro,nosuid,nodev - ext4 d rw\n"
		  "21 20 0:50 / /host/home ro,nosuid,nodev - tmpfs t rw\n", "files", VERDICT_WEAK,
		  "covered" },
		{ "20 1 8:1 / /host ro,nosuid,nodev - ext4 d rw\n"
		  "21 1 0:50 / /home ro,nosuid,nodev - tmpfs t rw\n", "files", VERDICT_OPEN, "home" },
		{ "20 1 8:1 / /host rw,nosuid,nodev - ext4 d rw\n", "writing", VERDICT_OPEN, "root" },
		{ "20 1 8:1 /d /d ro,nosuid - ext4 d rw\n", "mounts", VERDICT_WEAK, "device files" },
		{ "20 1 8:1 /d /d ro,nodev - ext4 d rw\n", "mounts", VERDICT_OK, "no_new_privs" },
		{ "20 1 0:50 / /d ro,nosuid,nodev shared:1 - tmpfs d rw\n", "mounts", VERDICT_WEAK,
		  "elsewhere" },
		{ "20 1 0:50 / /d ro,nosuid,nodev master:1 - tmpfs d rw\n", "mounts", VERDICT_WEAK,
		  "host mounts" },
		{ "20 1 0:51 / /p2 rw,nosuid,nodev - proc p rw\n", "kernel", VERDICT_WEAK, "/p2/sys" },
		{ "20 1 0:51 / /p2 ro,nosuid,nodev - proc p rw\n", "kernel", VERDICT_OK, "" },
		{ "20 1 0:7 / /p2 ro,nosuid,nodev - proc p rw\n", "kernel", VERDICT_OPEN, "host's" },
		{ "20 1 0:43 / /s rw,nosuid,nodev - sysfs p rw\n", "kernel", VERDICT_WEAK, "/s " },
		{ "20 1 0:52 / /c rw,nosuid,nodev - cgroup2 p rw\n", "kernel", VERDICT_WEAK, "/c" },
		{ "20 1 0:52 / /c ro,nosuid,nodev - cgroup2 p rw\n", "kernel", VERDICT_OK, "" },
		{ "20 1 0:53 / /t ro,nosuid,nodev - tracefs p rw\n", "kernel", VERDICT_WEAK, "tracefs" },
		{ "20 1 0:6 /kvm /dev/kvm rw,nosuid - devtmpfs p rw\n", "devices", VERDICT_WEAK,
		  "/dev/kvm" },
		{ "20 1 0:6 / /dev rw,nosuid - devtmpfs p rw\n", "devices", VERDICT_WEAK, "every" },
		{ "20 1 0:8 / /dev/pts rw,nosuid - devpts p rw\n", "devices", VERDICT_WEAK,
		  "terminals" },
		/* The name of a harmless one, and not the device. */
		{ "20 1 8:1 /home/u/null /dev/zero rw,nosuid,nodev - ext4 p rw\n", "writing",
		  VERDICT_WEAK, "/home/u/null" },
	};

	EACH_ROW(row, rows)
		check_verdict(good_with(row->more), row->wall, row->want, row->why);
}

static void test_namespace_walls(void)
{
	static const struct {
		const char *wall;
		enum audit_namespace which;
		enum verdict shared;
	} rows[] = {
		{ "files", AUDIT_MOUNT, VERDICT_OPEN }, { "writing", AUDIT_MOUNT, VERDICT_OPEN },
		{ "mounts", AUDIT_MOUNT, VERDICT_OPEN }, { "kernel", AUDIT_MOUNT, VERDICT_OPEN },
		{ "devices", AUDIT_MOUNT, VERDICT_OPEN },
		{ "descriptors", AUDIT_MOUNT, VERDICT_WEAK },
		{ "processes", AUDIT_PID, VERDICT_OPEN }, { "init", AUDIT_PID, VERDICT_OPEN },
		{ "network", AUDIT_NET, VERDICT_OPEN }, { "ipc", AUDIT_IPC, VERDICT_OPEN },
		{ "names", AUDIT_UTS, VERDICT_WEAK }, { "names", AUDIT_CGROUP, VERDICT_WEAK },
		{ "identity", AUDIT_USER, VERDICT_WEAK },
	};

	EACH_ROW(row, rows) {
		struct audit_facts *facts = good();

		facts->namespaces[row->which].own = ANSWER_NO;
		check_verdict(facts, row->wall, row->shared, "");
		facts->namespaces[row->which].own = ANSWER_UNKNOWN;
		enum verdict verdict = judged(facts, row->wall).verdict;
		CHECK(verdict == VERDICT_UNKNOWN || row->which == AUDIT_PID ||
		      text_is(row->wall, "descriptors"), "%s: %d", row->wall, (int)verdict);
	}
	struct audit_facts *facts = good();
	for (int i = 0; i < AUDIT_NAMESPACES; i++)
		facts->namespaces[i].own = ANSWER_NO;
	facts->status.depth = 1;
	CHECK(audit_in_sandbox(facts) == ANSWER_NO, "none");
	facts->namespaces[AUDIT_UTS].own = ANSWER_UNKNOWN;
	CHECK(audit_in_sandbox(facts) == ANSWER_UNKNOWN, "unknown");
	facts->namespaces[AUDIT_NET].own = ANSWER_YES;
	CHECK(audit_in_sandbox(facts) == ANSWER_YES, "one is enough");
}

static void test_rights(void)
{
	struct audit_facts *facts;

	for (int i = 0; i < CAPABILITY_SETS; i++) {
		facts = good();
		facts->status.capabilities[i] = 1;
		check_verdict(facts, "capabilities", i == CAP_BND ? VERDICT_OK : VERDICT_WEAK, "");
		facts->namespaces[AUDIT_USER].own = ANSWER_NO;
		check_verdict(facts, "capabilities", i == CAP_BND ? VERDICT_OK : VERDICT_OPEN, "");
		facts->status.no_new_privs = 0;
		check_verdict(facts, "capabilities", i == CAP_BND ? VERDICT_WEAK : VERDICT_OPEN, "");
	}
	facts = good();
	facts->status.capabilities[CAP_EFF] = 1;
	facts->namespaces[AUDIT_NET].owned = ANSWER_YES;
	check_verdict(facts, "capabilities", VERDICT_WEAK, "over its own mounts or network");

	facts = good();
	facts->status.no_new_privs = 0;
	check_verdict(facts, "privileges", VERDICT_OPEN, "setuid");
	facts->status.no_new_privs = -1;
	check_verdict(facts, "privileges", VERDICT_UNKNOWN, "");

	facts = good();
	facts->status.seccomp = 0;
	check_verdict(facts, "syscalls", VERDICT_OPEN, "no filter");
	facts->status.seccomp = 1;
	check_verdict(facts, "syscalls", VERDICT_OK, "strict");
	facts->status.seccomp = -1;
	check_verdict(facts, "syscalls", VERDICT_UNKNOWN, "");

	facts = good();
	*list_add(arena, &facts->uid_map) = (struct map_facts){ 1, 100000, 65536 };
	check_verdict(facts, "identity", VERDICT_OK, "65536 user ids, and user 7 outside");
	facts->status.capabilities[CAP_PRM] = UINT64_C(1) << 7;
	check_verdict(facts, "identity", VERDICT_OK, "65536 user ids");
	*list_add(arena, &facts->gid_map) = (struct map_facts){ 5, 0, 1 };
	check_verdict(facts, "identity", VERDICT_OPEN, "group 0");
	facts->status.capabilities[CAP_PRM] = 0;
	check_verdict(facts, "identity", VERDICT_OK, "65536 user ids");

	facts = good();
	facts->status.uid[1] = 0;
	check_verdict(facts, "identity", VERDICT_OK, "user 0");
	facts->namespaces[AUDIT_USER].own = ANSWER_NO;
	check_verdict(facts, "identity", VERDICT_OPEN, "root");
	facts = good_with("20 1 0:51 / /p2 rw,nosuid,nodev - proc p rw\n");
	facts->status.uid[1] = 0;
	check_verdict(facts, "kernel", VERDICT_OPEN, "user id 0");
}

static void test_things_given(void)
{
	struct open_facts file = { .kind = OPEN_FILE, .target = "/x", .outside = ANSWER_YES };
	struct audit_facts *facts = good();

	*list_add(arena, &facts->files) = file;
	check_verdict(facts, "descriptors", VERDICT_OK, "");
	facts->files.items[0].number = 9;
	check_verdict(facts, "descriptors", VERDICT_WEAK, "9 (/x)");
	facts->files.items[0].outside = ANSWER_NO;
	check_verdict(facts, "descriptors", VERDICT_OK, "");
	facts->files.items[0] = (struct open_facts){
		.kind = OPEN_DIRECTORY, .target = "/secret", .outside = ANSWER_YES,
	};
	check_verdict(facts, "descriptors", VERDICT_OPEN, "/secret");
	facts->files_code = EACCES;
	check_verdict(facts, "descriptors", VERDICT_UNKNOWN, "");
	facts = good();
	facts->files.cut = true;
	check_verdict(facts, "descriptors", VERDICT_UNKNOWN, "more");

	facts = good();
	facts->terminal = 0x8800;
	check_verdict(facts, "terminal", VERDICT_OK, "private");
	facts->status.inner_session = 0;
	facts->legacy_tiocsti = 1;
	check_verdict(facts, "terminal", VERDICT_OPEN, "type into it");
	facts->terminal = 0;
	*list_add(arena, &facts->files) = (struct open_facts){
		.kind = OPEN_TERMINAL, .target = "/dev/pts/3", .of_host = ANSWER_YES,
	};
	check_verdict(facts, "terminal", VERDICT_WEAK, "/dev/pts/3");
	facts->files.items[0].of_host = ANSWER_NO;
	check_verdict(facts, "terminal", VERDICT_OK, "none");
	facts->terminal = -1;
	check_verdict(facts, "terminal", VERDICT_UNKNOWN, "");

	facts = good();
	*list_add(arena, &facts->devices) = "tap0";
	check_verdict(facts, "network", VERDICT_WEAK, "tap0");
	facts = good();
	*list_add(arena, &facts->devices) = "sit0";
	check_verdict(facts, "network", VERDICT_OK, "");

	facts = good();
	facts->limits.items[0].hard = 1;
	check_verdict(facts, "limits", VERDICT_WEAK, "crash");
	facts = good();
	facts->limits.items[1].hard = UINT64_MAX;
	check_verdict(facts, "limits", VERDICT_WEAK, "processes");
	facts->pids_limit = "50";
	check_verdict(facts, "limits", VERDICT_OK, "memory as a whole");
	facts->memory_limit = "50";
	CHECK(!strstr(judged(facts, "limits").why, "memory"), "limited");
	facts->limits.count = 0;
	check_verdict(facts, "limits", VERDICT_UNKNOWN, "");
}

static void test_init(void)
{
	struct audit_facts *facts = good();

	facts->init.hidden = ANSWER_NO;
	facts->init.environment_code = 0;
	check_verdict(facts, "init", VERDICT_WEAK, "traced");
	*list_add(arena, &facts->init.environment) = "TOKEN";
	check_verdict(facts, "init", VERDICT_WEAK, "TOKEN");
	facts->init.hidden = ANSWER_YES;
	check_verdict(facts, "init", VERDICT_OK, "1 variables");
	*list_add(arena, &facts->init.files) = (struct open_facts){
		.kind = OPEN_DIRECTORY, .target = "/secret", .outside = ANSWER_YES,
	};
	check_verdict(facts, "init", VERDICT_WEAK, "/secret");
	facts->init.pid = 0;
	check_verdict(facts, "init", VERDICT_UNKNOWN, "");
	facts->init.pid = facts->pid;
	check_verdict(facts, "init", VERDICT_OK, "itself");

	facts = good();
	*list_add(arena, &facts->weaker) = (struct weaker_facts){ 9, "sh", "no filter" };
	check_verdict(facts, "others", VERDICT_WEAK, "process 9 (sh): no filter");
}

/* --- what is printed --------------------------------------------------------------- */

/* Both prints of facts that hold every byte a process can put into its names. */
static void test_printing_hostile(void)
{
	struct audit_facts *facts = good_with("20 1 0:50 / /\033[2J\"\\134\\012x rw - tmpfs \"\\ rw\n");
	char *text = NULL;
	size_t size = 0;

	facts->status.name = arena_copy(arena, "\033]0;x\007\"\\\xff");
	*list_add(arena, &facts->init.environment) = "A\033[31m\n\"";
	facts->init.environment_code = 0;
	*list_add(arena, &facts->files) = (struct open_facts){
		.kind = OPEN_FILE, .target = "/\n\r\033\x9b" "31m\xe2\x80\x8b",
	};
	struct judgement_list judgements = audit_judge(facts);
	for (int json = 0; json < 2; json++) {
		FILE *out = open_memstream(&text, &size);

		(json ? audit_print_json : audit_print)(facts, &judgements, out);
		(void)fclose(out);
		for (size_t i = 0; i < size; i++)
			CHECK(text[i] == '\n' || ((unsigned char)text[i] >= 0x20 &&
						  (unsigned char)text[i] < 0x7f),
			      "byte %d at %zu of %d", text[i], i, json);
		CHECK(strlen(text) == size, "%d", json);
		CHECK(!json || strchr(text, '\n') == text + size - 1, "one line");
		free(text);
	}
}

int main(void)
{
	arena = arena_new();
	RUN(test_status);
	RUN(test_status_that_is_none);
	RUN(test_status_broken);
	RUN(test_mounts);
	RUN(test_mounts_bounded);
	RUN(test_hidden);
	RUN(test_host_places);
	RUN(test_small_texts);
	RUN(test_limits);
	RUN(test_environment);
	RUN(test_devices);
	RUN(test_all_good);
	RUN(test_mount_walls);
	RUN(test_namespace_walls);
	RUN(test_rights);
	RUN(test_things_given);
	RUN(test_init);
	RUN(test_printing_hostile);
	arena_free(arena);
	return unit_end();
}
