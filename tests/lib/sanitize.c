/* A part of every sanitized program, whatever environment a test starts it in: what
 * lives as long as the process is not given back, and is no leak; and limits are what
 * our own code makes of them, of core files too. */
const char *__asan_default_options(void);

__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
	return "detect_leaks=0:disable_coredump=0";
}
