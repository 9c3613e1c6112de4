/* A part of every sanitized program, whatever environment a test starts it in: what
 * lives as long as the process is not given back, and is no leak; and limits are what
 * our own code makes of them, of core files too. */
#include <signal.h>

const char *__asan_default_options(void);

__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
	return "detect_leaks=0:disable_coredump=0";
}

/* AddressSanitizer asks for another stack before each function that does not return, _exit(2)
 * too, and ends the program if it is not answered: a confined process may not ask. There is
 * none.
 * NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
__attribute__((visibility("default"))) int sigaltstack(const stack_t *set, stack_t *ret_old)
{
	(void)set;
	if (ret_old)
		*ret_old = (stack_t){ .ss_flags = SS_DISABLE };
	return 0;
}
