/* The memory of streams: it stays where it is and as it is, has walls, goes back to the
 * kernel when nobody needs it, and libslirp uses it. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <immure/base/error.h>

#include "../../src/net/buffers.h"
#include "../../src/net/slirp.h"
#include "unit.h"

enum { KIB = 1024, BUFFER = 128 * KIB, LONGEST = 192 * KIB, MANY = 64 };

static void test_stack_has_its_buffers_here(void)
{
	struct error err = { 0 };

	CHECK(buffers_made() == 0, "%u before", buffers_made());
	/* It tries a stream. */
	CHECK(stack_load(&err) == 0, "%s", err.what);
	CHECK(buffers_made() == 2, "%u buffers", buffers_made());
}

static void test_growing(void)
{
	char *buffer = g_realloc(NULL, BUFFER), *other = g_realloc(NULL, BUFFER);

	memset(buffer, 'a', BUFFER);
	memset(other, 'b', BUFFER);
	uintptr_t place = (uintptr_t)buffer;
	buffer = g_realloc(buffer, BUFFER + 1);
	buffer = g_realloc(buffer, LONGEST);
	CHECK((uintptr_t)buffer == place, "it moved");
	memset(buffer + BUFFER, 'c', LONGEST - BUFFER);
	CHECK(buffer[0] == 'a' && buffer[BUFFER - 1] == 'a' && buffer[BUFFER] == 'c', "contents");
	CHECK(other[0] == 'b' && other[BUFFER - 1] == 'b', "the other's contents");

	/* Longer than any buffer: somewhere else, and what was here is for the next. */
	char *larger = g_realloc(buffer, LONGEST + 1);
	CHECK((uintptr_t)larger != place && larger[0] == 'a' && larger[LONGEST - 1] == 'c', "contents");
	larger[LONGEST] = 'd';
	g_free(larger);
	CHECK(!g_realloc(other, 0), "nothing is no memory");
}

static void test_what_is_no_buffer(void)
{
	unsigned made = buffers_made();
	char *small = g_realloc(NULL, 100);

	memcpy(small, "small", 6);
	small = g_realloc(small, BUFFER);	/* made longer, but no buffer */
	CHECK(strcmp(small, "small") == 0, "contents");
	g_free(small);
	g_free(NULL);
	char *large = g_realloc(NULL, LONGEST + 1);
	large[LONGEST] = 'x';
	g_free(large);
	CHECK(buffers_made() == made, "%u new ones", buffers_made() - made);
}

static unsigned pages_in_use(const char *buffer)
{
	static unsigned char used[LONGEST / 4096];
	unsigned count = 0;

	if (mincore((void *)(uintptr_t)buffer, LONGEST, used) < 0)
		return 0;
	for (size_t i = 0; i < (size_t)LONGEST / (size_t)sysconf(_SC_PAGESIZE); i++)
		count += used[i] & 1;
	return count;
}

static void test_memory_goes_back(void)
{
	char *buffers[MANY];
	unsigned pages = 0;

	for (unsigned round = 0; round < 3; round++) {
		unsigned made = buffers_made();

		for (unsigned i = 0; i < MANY; i++) {
			buffers[i] = g_realloc(NULL, LONGEST);
			memset(buffers[i], (int)i, LONGEST);
		}
		for (unsigned i = 0; i < MANY; i++) {
			CHECK(buffers[i][0] == (char)i && buffers[i][LONGEST - 1] == (char)i, "%u", i);
			g_free(buffers[i]);
		}
		CHECK(round == 0 || buffers_made() == made, "%u new ones", buffers_made() - made);
	}
	for (unsigned i = 0; i < MANY; i++)
		pages += pages_in_use(buffers[i]);
	CHECK(pages > 0 && pages <= 8U * LONGEST / (unsigned)sysconf(_SC_PAGESIZE),
	      "%u pages are used by buffers that were given back", pages);
}

/* How a process ends that writes there. */
static int signal_of_write(volatile char *at)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		(void)signal(SIGSEGV, SIG_DFL);
		*at = 1;
		_exit(0);
	}
	(void)waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_walls(void)
{
	char *buffer = g_realloc(NULL, LONGEST);

	CHECK(signal_of_write(buffer) == 0 && signal_of_write(buffer + LONGEST - 1) == 0, "in it");
	CHECK(signal_of_write(buffer - 1) == SIGSEGV, "before it");
	CHECK(signal_of_write(buffer + LONGEST) == SIGSEGV, "behind it");
	g_free(buffer);
}

int main(void)
{
	RUN(test_stack_has_its_buffers_here);
	RUN(test_growing);
	RUN(test_what_is_no_buffer);
	RUN(test_memory_goes_back);
	RUN(test_walls);
	return unit_end();
}
