/*
 * witness - what a command really has, told by itself.
 *
 *	witness CANARY KEYRING [NAMESPACE=ID...]
 *
 * Writes what walls are made of into the new file CANARY, a fact a line, so that two
 * runs behind the same walls write the same, and says "done" on standard output. What is different in each run anyway, an
 * inode, a mount's id, is said as what it is: the caller's (KEYRING is the number of
 * the caller's session keyring, ID the inode of the caller's namespace) or one's own.
 * A static program that needs nothing of the view.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *word(long result)
{
	return result >= 0 ? "ok" : strerrorname_np(errno);
}

/* Lines of a file that begin with one of the words; all of them without any. */
static void show_file(const char *path, const char *const *words)
{
	char line[8192];
	FILE *file = fopen(path, "re");

	if (!file) {
		printf("%s: %s\n", path, word(-1));
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		bool wanted = !words;

		for (size_t i = 0; words && words[i]; i++)
			wanted = wanted || strncmp(line, words[i], strlen(words[i])) == 0;
		line[strcspn(line, "\n")] = '\0';
		if (wanted)
			printf("%s: %s\n", path, line);
	}
	(void)fclose(file);
}

/* The number behind a word of /proc/PID/status, or -1. */
static long status_number(const char *path, const char *name)
{
	char content[8192];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, content, sizeof(content) - 1);

	if (fd >= 0)
		(void)close(fd);
	content[length < 0 ? 0 : length] = '\0';
	const char *found = strstr(content, name);
	return found ? strtol(found + strlen(name), NULL, 10) : -1;
}

/* Init confines itself while we begin, and then waits for us. Of filters it takes one, as
 * we have, and somebody around it may have given one to both of us. */
static void await_init(void)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	long filters = status_number("/proc/self/status", "Seccomp_filters:");

	for (int round = 0; round < 1000; round++) {
		/* The filter is the last that it takes. */
		if (status_number("/proc/1/status", "NoNewPrivs:") == 1 &&
		    status_number("/proc/1/status", "Seccomp_filters:") >= filters)
			break;
		(void)nanosleep(&moment, NULL);
	}
	for (int round = 0; round < 3; round++)
		(void)nanosleep(&moment, NULL);
}

/* proc(5): fields 1 to 3 are numbers of this boot; the optional ones, up to "-",
 * name peer groups by number, of which only the kind says something. */
static void show_mounts(void)
{
	char line[8192], *save;
	FILE *file = fopen("/proc/self/mountinfo", "re");

	if (!file) {
		printf("mounts: %s\n", word(-1));
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		unsigned field = 0;
		bool optional = false;

		printf("mount");
		line[strcspn(line, "\n")] = '\0';
		for (char *part = strtok_r(line, " ", &save); part; part = strtok_r(NULL, " ", &save)) {
			field++;
			if (field <= 3)
				continue;
			if (strcmp(part, "-") == 0)
				optional = false;
			else if (optional)
				part[strcspn(part, ":")] = '\0';
			printf(" %s", part);
			if (field == 6)
				optional = true;
		}
		putchar('\n');
	}
	(void)fclose(file);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void show_directory(const char *path)
{
	char *names[1024];
	size_t count = 0;
	DIR *dir = opendir(path);

	if (!dir) {
		printf("names %s: %s\n", path, word(-1));
		return;
	}
	for (struct dirent *entry; (entry = readdir(dir)) && count < 1024;)
		names[count++] = strdup(entry->d_name);
	qsort(names, count, sizeof(names[0]), by_name);
	for (size_t i = 0; i < count; i++) {
		struct stat st = { 0 };

		(void)fstatat(dirfd(dir), names[i], &st, AT_SYMLINK_NOFOLLOW);
		/* The canary is as long as what is written here. */
		if (strcmp(names[i], "..") != 0 && strcmp(names[i], "canary") != 0)
			printf("name %s/%s %o %u %u %lld\n", path, names[i], st.st_mode, st.st_uid,
			       st.st_gid, S_ISREG(st.st_mode) && st.st_uid == getuid() ? (long long)st.st_size : 0);
		free(names[i]);
	}
	(void)closedir(dir);
}

static void show_descriptors(int canary, int said)
{
	FILE *file = fdopen(dup(canary), "w");

	if (!file)
		return;
	for (int fd = 0; fd < 1024; fd++) {
		char path[64], link[256];
		int flags = fcntl(fd, F_GETFL);

		if (flags < 0 || fd == canary || fd == said || fd == fileno(file))
			continue;
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		ssize_t length = readlink(path, link, sizeof(link) - 1);
		link[length < 0 ? 0 : length] = '\0';
		link[strcspn(link, "[")] = '\0';
		fprintf(file, "descriptor %d: %s %o %o\n", fd, link, flags, fcntl(fd, F_GETFD));
	}
	(void)fclose(file);
	(void)dup2(canary, 1);
}

static void show_namespaces(char **known)
{
	for (; *known; known++) {
		char path[64], link[64];
		size_t length = strcspn(*known, "=");
		int pids[] = { 0, 1 };

		for (size_t i = 0; i < 2; i++) {
			(void)snprintf(path, sizeof(path), pids[i] ? "/proc/1/ns/%.*s" : "/proc/self/ns/%.*s",
				       (int)length, *known);
			ssize_t got = readlink(path, link, sizeof(link) - 1);
			link[got < 0 ? 0 : got] = '\0';
			printf("%s: %s\n", path, got < 0 ? word(-1)
			       : strcmp(link, *known + length + 1) == 0 ? "the caller's" : "its own");
		}
	}
}

static void show_limits(void)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit limit;

		if (getrlimit((__rlimit_resource_t)i, &limit) == 0)
			printf("limit %d: %lld %lld\n", i, (long long)limit.rlim_cur,
			       (long long)limit.rlim_max);
	}
	errno = 0;
	printf("nice: %d\n", getpriority(PRIO_PROCESS, 0));
}

static void show_network(void)
{
	struct ifreq request;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (int i = 1; i < 64; i++) {
		memset(&request, 0, sizeof(request));
		request.ifr_ifindex = i;
		if (ioctl(fd, SIOCGIFNAME, &request) < 0)
			continue;
		(void)ioctl(fd, SIOCGIFFLAGS, &request);
		printf("interface %s: %x\n", request.ifr_name, (unsigned)request.ifr_flags);
	}
	(void)close(fd);
}

static void show_environment(void)
{
	for (char **entry = environ; *entry; entry++)
		printf("environment: %s\n", *entry);
}

/* Landlock allows 16 layers; how many are ours already? */
static void count_landlock(void)
{
	enum { LAYERS = 16, EXECUTE = 1 };
	uint64_t attr[1] = { EXECUTE };
	int fd = (int)syscall(SYS_landlock_create_ruleset, attr, sizeof(attr), 0), more = 0;

	if (fd < 0) {
		printf("landlock: %s\n", word(-1));
		return;
	}
	(void)fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		while (more < LAYERS && syscall(SYS_landlock_restrict_self, fd, 0) == 0)
			more++;
		_exit(more);
	}
	int status = 0;
	if (child > 0)
		(void)waitpid(child, &status, 0);
	(void)close(fd);
	printf("landlock: %d layers\n", LAYERS - WEXITSTATUS(status));
}

/* Some doors of which each is held by another wall. */
static void try_doors(void)
{
	printf("unshare user: %s\n", word(unshare(CLONE_NEWUSER)));
	printf("unshare mount: %s\n", word(unshare(CLONE_NEWNS)));
	printf("bpf: %s\n", word(syscall(SYS_bpf, 0, NULL, 0)));
	printf("keyctl: %s\n", word(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
					    KEY_SPEC_USER_KEYRING, 0)));
	printf("perf: %s\n", word(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0)));
	printf("TIOCSTI: %s\n", word(ioctl(0, TIOCSTI, "")));
	printf("ptrace: %s\n", word(syscall(SYS_ptrace, 16 /* ATTACH */, 1, 0, 0)));
	printf("kcmp: %s\n", word(syscall(SYS_kcmp, 1, 1, 0, 0, 0)));
	printf("mkdir /usr: %s\n", word(mkdir("/usr/witness", 0755)));
	printf("unix socket: %s\n", word(syscall(SYS_socket, AF_VSOCK, SOCK_STREAM, 0)));
}

int main(int argc, char **argv)
{
	static const char *const about_self[] = {
		"Umask", "Uid", "Gid", "Groups", "NStgid", "NSsid", "NSpgid", "Cap", "NoNewPrivs",
		"Seccomp", "SigB", "SigI", "SigC", "Speculation", "Cpus_allowed_list", NULL,
	};
	static const char *const about_init[] = {
		"Name", "Uid", "Gid", "Groups", "Cap", "NoNewPrivs", "Seccomp",
		"SigI", "SigC", NULL,
	};
	static const char *const sysctls[] = {
		"user/max_user_namespaces", "user/max_net_namespaces",
		"net/ipv4/ip_unprivileged_port_start", "net/ipv4/ping_group_range", NULL,
	};
	static const char *const directories[] = {
		"/", "/dev", "/etc", "/run", "/tmp", "/home", "/sys", "/var", "/mnt", ".", NULL,
	};
	struct utsname name;
	char cwd[4096];

	if (argc < 3)
		return 2;
	int canary = open(argv[1], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int said = fcntl(1, F_DUPFD_CLOEXEC, 20);
	if (canary < 0 || said < 0)
		return 3;
	show_descriptors(canary, said);	/* then 1 is the canary */
	show_environment();
	await_init();
	show_file("/proc/self/status", about_self);
	show_file("/proc/1/status", about_init);
	show_file("/proc/self/uid_map", NULL);
	show_file("/proc/self/gid_map", NULL);
	show_file("/proc/self/setgroups", NULL);
	show_file("/proc/self/oom_score_adj", NULL);
	for (size_t i = 0; sysctls[i]; i++) {
		char path[128];

		(void)snprintf(path, sizeof(path), "/proc/sys/%s", sysctls[i]);
		show_file(path, NULL);
	}
	show_mounts();
	show_namespaces(argv + 3);
	show_limits();
	show_network();
	for (size_t i = 0; directories[i]; i++)
		show_directory(directories[i]);
	long ring = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	printf("session keyring: %s\n", ring < 0 ? word(-1)
	       : ring == strtol(argv[2], NULL, 10) ? "the caller's" : "its own");
	(void)uname(&name);
	printf("names: %s %s\n", name.nodename, name.domainname);
	printf("directory: %s\n", getcwd(cwd, sizeof(cwd)) ? cwd : word(-1));
	printf("securebits: %d\n", prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
	printf("dumpable: %d\n", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	printf("personality: %x\n", (unsigned)personality(0xffffffff));
	int signal = 0;
	(void)prctl(PR_GET_PDEATHSIG, &signal, 0, 0, 0);
	printf("dies with its parent: %d\n", signal);
	count_landlock();
	try_doors();
	printf("end\n");
	(void)fflush(stdout);
	return write(said, "done\n", 5) == 5 ? 7 : 4;
}
