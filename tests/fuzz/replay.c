/* A harness on the files that are named, or on those in the directories that are. */
#include <dirent.h>

#include "fuzz.h"

static unsigned replayed;

static void replay(const char *path)
{
	static uint8_t bytes[1 << 20];
	FILE *file = fopen(path, "re");

	MUST(file, "%s", path);
	size_t size = fread(bytes, 1, sizeof(bytes), file);
	MUST(!ferror(file), "%s", path);
	(void)fclose(file);
	uint8_t *exact = (uint8_t *)fuzz_text(bytes, size);
	(void)LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	replayed++;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		DIR *dir = opendir(argv[i]);

		if (!dir) {
			replay(argv[i]);
			continue;
		}
		for (struct dirent *entry; (entry = readdir(dir));) {
			char path[4096];

			if (entry->d_name[0] == '.')
				continue;
			(void)snprintf(path, sizeof(path), "%s/%s", argv[i], entry->d_name);
			replay(path);
		}
		(void)closedir(dir);
	}
	printf("%u inputs\n", replayed);
	return replayed > 0 ? 0 : 1;
}
