/* What --publish means, and the walls of who serves it. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <immure/base/arena.h>
#include <immure/base/error.h>
#include <immure/base/text.h>
#include <immure/confine/confine.h>
#include <immure/plan/network.h>
#include <immure/sys/process.h>
#include <immure/sys/socket.h>

#include "unit.h"

static const struct {
	const char *text, *means;	/* NULL: it is wrong */
} words[] = {
	{ "8080:80", "127.0.0.1 8080 80 tcp" },
	{ "8080:80/tcp", "127.0.0.1 8080 80 tcp" },
	{ "0:80", "127.0.0.1 0 80 tcp" },
	{ "53:53/udp", "127.0.0.1 53 53 udp" },
	{ "0.0.0.0:8080:80", "0.0.0.0 8080 80 tcp" },
	{ "[::]:1:65535/udp", ":: 1 65535 udp" },
	{ "[2001:db8::1]:0:80", "2001:db8::1 0 80 tcp" },
	{ "8000-8001:80-81", "127.0.0.1 8000 80 tcp, 127.0.0.1 8001 81 tcp" },
	{ "0:80-81", "127.0.0.1 0 80 tcp, 127.0.0.1 0 81 tcp" },
	{ "", NULL }, { ":", NULL }, { "80", NULL }, { ":80", NULL }, { "80:", NULL },
	{ "80:0", NULL }, { "80:65536", NULL }, { "65536:80", NULL }, { "-1:80", NULL },
	{ "80:80/icmp", NULL }, { "80:80/", NULL }, { "80:80/tcp/udp", NULL },
	{ "80-81:80", NULL }, { "80:80-81", NULL }, { "81-80:81-80", NULL }, { "0-1:80-81", NULL },
	{ "1-300:1-300", NULL },
	{ "::1:80:80", NULL }, { "[::1:80:80", NULL }, { "[127.0.0.1]:80:80", NULL },
	{ "host:80:80", NULL }, { "[::1]", NULL }, { "[::1]:80", NULL }, { "80:80:80", NULL },
	{ "80:80,81:81", NULL }, { " 80:80", NULL },
	{ "127.0.0.1:80:80:80", NULL }, { "192.0.2.1:80", NULL },
};

static void test_words(void)
{
	struct arena *arena = arena_new();
	struct error error;

	for (size_t i = 0; i < COUNT(words); i++) {
		struct network_plan network = { .online = false };
		const char *means = "";
		char address[ADDRESS_TEXT];

		error = (struct error){ 0 };
		int result = publish_parse(arena, words[i].text, "here", &network, &error);
		CHECK((result == 0) == !!words[i].means, "%s: %d %s", words[i].text, result,
		      error.what);
		CHECK(result == 0 || error.what[0], "%s: no reason", words[i].text);
		if (result != 0)
			continue;
		list_each(const struct publish, publish, &network.publishes)
			means = arena_format(arena, "%s%s%s %u %u %s", means, *means ? ", " : "",
					     address_text(&publish->address, address),
					     publish->port, publish->guest_port,
					     publish->protocol == PROTOCOL_UDP ? "udp" : "tcp");
		CHECK(words[i].means && text_is(means, words[i].means), "%s: %s",
		      words[i].text, means);
	}
	arena_free(arena);
}

static void test_twice(void)
{
	struct arena *arena = arena_new();
	struct network_plan network = { .online = false };
	struct error error;

	CHECK(publish_parse(arena, "80:80", "here", &network, &error) == 0, "%s", error.what);
	CHECK(publish_parse(arena, "80:80/udp", "here", &network, &error) == 0, "%s", error.what);
	CHECK(publish_parse(arena, "[::1]:80:80", "here", &network, &error) == 0, "%s", error.what);
	CHECK(publish_parse(arena, "0:80", "here", &network, &error) == 0, "%s", error.what);
	CHECK(publish_parse(arena, "0:80", "here", &network, &error) == 0, "%s", error.what);
	CHECK(publish_parse(arena, "80:81", "here", &network, &error) < 0, "twice");
	arena_free(arena);
}

/* The errno of a call, 0 for none. */
#define TRY(call) ((call) < 0 ? errno : 0)

/* What is forbidden is tried by a child behind the walls: its status is the number of the
 * first thing that was not as it should be. */
static int behind_walls(struct sockaddr_storage *targets, int listening, int datagrams)
{
	struct error error;
	struct sockaddr_storage other = targets[0];
	const struct sockaddr *there = (const void *)&targets[0];
	const struct sockaddr *elsewhere = (const void *)&other;
	const socklen_t size = sizeof(struct sockaddr_in);

	/* To give up capabilities for good takes some. */
	if (process_enter_user_namespace(&error) < 0 ||
	    confine_publisher(targets, sizeof(*targets) * 2, &error) < 0)
		return 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || TRY(socket_connect(fd, there, size)) != 0)
		return 2;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (TRY(socket_connect(fd, elsewhere, size)) != EPERM)
		return 3;
	if (TRY(socket_connect(datagrams, elsewhere, size)) != EPERM)
		return 4;
	if (TRY(shutdown(listening, SHUT_RD)) != EPERM || TRY(shutdown(listening, SHUT_RDWR)) != EPERM)
		return 5;
	if (TRY(mprotect(targets, 1, PROT_READ | PROT_WRITE)) != EPERM ||
	    TRY(munmap(targets, 4096)) != EPERM || TRY(madvise(targets, 4096, MADV_DONTNEED)) != EPERM ||
	    mmap(targets, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED)
		return 6;
	if (TRY(socket(AF_UNIX, SOCK_STREAM, 0)) != EPERM || TRY(syscall(SYS_openat, AT_FDCWD, "/", 0)) != EPERM ||
	    TRY(socket_bind(fd, elsewhere, size)) != EPERM || TRY(syscall(SYS_listen, fd, 1)) != EPERM)
		return 7;
	return 0;
}

static void test_walls(void)
{
	const struct address loopback = address_of_v4(0x7f000001);
	struct error error;
	uint16_t port, other;
	int status = 0;

	struct sockaddr_storage *targets = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
						MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int listening = socket_publish(&loopback, 0, false, &port, &error);
	int datagrams = socket_publish(&loopback, 0, true, &other, &error);
	CHECK(targets != MAP_FAILED && listening >= 0 && datagrams >= 0, "%s", error.what);
	(void)socket_address(&loopback, port, targets);
	(void)mprotect(targets, 4096, PROT_READ);
	(void)fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		_exit(behind_walls(targets, listening, datagrams));
	CHECK(waitpid(child, &status, 0) == child, "no child");
	CHECK(status == 0, "behind the walls: %d", status >> 8);
	(void)close(listening);
	(void)close(datagrams);
}

int main(void)
{
	RUN(test_words);
	RUN(test_twice);
	RUN(test_walls);
	return unit_end();
}
