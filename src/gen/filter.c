/* Build-time: the default filters as C, to standard output. They are made by the code
 * that makes any other filter, once, so that a start has nothing to make. */
#include <inttypes.h>
#include <stdio.h>

#include <immure/base/error.h>
#include <immure/filter/filter.h>

static const char *const arch_names[ARCHES] = {
	[ARCH_X86_64] = "x86_64", [ARCH_I386] = "i386", [ARCH_AARCH64] = "aarch64",
};

static const enum arch native[] = { ARCH_X86_64, ARCH_AARCH64 };

static int print_filter(enum arch arch, bool fakes_chown)
{
	static struct sock_filter code[FILTER_MOST];
	struct error error;
	struct filter_wish wish = {
		.native = arch, .opened = fakes_chown ? 0 : FILTER_GROUP(CHOWN),
	};

	size_t length = filter_make(&wish, code, &error);
	if (length == 0) {
		(void)fprintf(stderr, "immure-gen-filter: %s\n", error.what);
		return -1;
	}
	(void)printf("\nstatic const struct sock_filter %s_%s[] = {\n", arch_names[arch],
		     fakes_chown ? "root" : "user");
	for (size_t i = 0; i < length; i++)
		(void)printf("\t{ 0x%02x, %u, %u, 0x%" PRIx32 " },\n", code[i].code,
			     code[i].jt, code[i].jf, code[i].k);
	(void)puts("};");
	return 0;
}

static void print_choice(enum arch arch, bool fakes_chown)
{
	const char *name = arch_names[arch], *who = fakes_chown ? "root" : "user";

	(void)printf("\tif (native == %d && %sfakes_chown) {\n", arch, fakes_chown ? "" : "!");
	(void)printf("\t\t*ret_length = sizeof(%s_%s) / sizeof(%s_%s[0]);\n", name, who, name, who);
	(void)printf("\t\treturn %s_%s;\n\t}\n", name, who);
}

int main(void)
{
	(void)puts("#include <immure/filter/filter.h>");
	for (size_t i = 0; i < sizeof(native) / sizeof(native[0]); i++)
		if (print_filter(native[i], false) < 0 || print_filter(native[i], true) < 0)
			return 1;
	(void)puts("\nconst struct sock_filter *filter_built_in(enum arch native, bool fakes_chown,"
		   "\n\t\t\t\t\t  size_t *ret_length)\n{");
	for (size_t i = 0; i < sizeof(native) / sizeof(native[0]); i++) {
		print_choice(native[i], false);
		print_choice(native[i], true);
	}
	(void)puts("\treturn NULL;\n}");
	return ferror(stdout) || fflush(stdout) != 0;
}
