/* Cookies of X servers: of a file with many, those that the command is to have. */
#include <string.h>

#include <immure/base/arena.h>

#include "../../src/plan/plan_internal.h"
#include "unit.h"

/* A record of Xau(3): family, address, number, name, data. */
#define LOCAL "\1\0"
#define INTERNET "\0\0"
#define WILD "\377\377"
#define COOKIE(number, data) "\0\1" number "\0\2MC" "\0\3" data

static const struct {
	const char *what;
	const char *file;
	size_t length;
	const char *want;
	size_t want_length;
} rows[] = {
#define ROW(what, file, want) { what, file, sizeof(file) - 1, want, sizeof(want) - 1 }
	ROW("nothing", "", ""),
	ROW("this host's", LOCAL "\0\2vm" COOKIE("7", "abc"), WILD "\0\0" COOKIE("7", "abc")),
	ROW("of any host", WILD "\0\0" COOKIE("7", "abc"), WILD "\0\0" COOKIE("7", "abc")),
	ROW("of any number", LOCAL "\0\2vm" "\0\0" "\0\2MC" "\0\1x",
	    WILD "\0\0" "\0\0" "\0\2MC" "\0\1x"),
	ROW("another server's", LOCAL "\0\2vm" COOKIE("8", "abc"), ""),
	ROW("another host's", LOCAL "\0\2vn" COOKIE("7", "abc"), ""),
	ROW("one whose name is longer", LOCAL "\0\3vmx" COOKIE("7", "abc"), ""),
	ROW("one that is reached by the network", INTERNET "\0\4\177\0\0\1" COOKIE("7", "abc"), ""),
	ROW("one of three", LOCAL "\0\1a" COOKIE("7", "abc") LOCAL "\0\2vm" COOKIE("7", "def")
	    LOCAL "\0\2vm" COOKIE("8", "ghi"), WILD "\0\0" COOKIE("7", "def")),
	ROW("binary ones", LOCAL "\0\2vm" COOKIE("7", "\0\1\2"), WILD "\0\0" COOKIE("7", "\0\1\2")),
	ROW("one that ends too early", LOCAL "\0\2vm" COOKIE("7", "abc") LOCAL "\0\2vm" "\0\1" "7"
	    "\0\2MC" "\0\4abc", WILD "\0\0" COOKIE("7", "abc")),
	ROW("a length of 65535", LOCAL "\377\377vm", ""),
	ROW("half a number", LOCAL "\0", ""),
};

static void test_cookies(void)
{
	EACH_ROW(row, rows) {
		/* As long as the file: AddressSanitizer tells what is written behind it. */
		struct arena *arena = arena_new();
		unsigned char *out = arena_alloc(arena, row->length + 1);
		size_t length = session_cookies(row->file, row->length, "vm", "7", out);

		CHECK(length == row->want_length && memcmp(out, row->want, length) == 0, "%s",
		      row->what);
		arena_free(arena);
	}
}

int main(void)
{
	RUN(test_cookies);
	return unit_end();
}
