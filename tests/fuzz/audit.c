/* Whatever stands in /proc/PID: all readers of it, the judgement, and both prints. */
#include <stdio.h>

#include <immure/audit/audit.h>
#include <immure/audit/parse.h>
#include <immure/base/arena.h>

#include "fuzz.h"

enum { MOST = 200 };

static void must_be_printable(const char *text, size_t size)
{
	MUST(strlen(text) == size, "a NUL at %zu of %zu", strlen(text), size);
	for (size_t i = 0; i < size; i++)
		MUST(text[i] == '\n' || ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f),
		     "byte %d at %zu", text[i], i);
}

static void print_both(const struct audit_facts *facts)
{
	struct judgement_list judgements = audit_judge(facts);
	char *text = NULL;
	size_t size = 0;

	for (int json = 0; json < 2; json++) {
		FILE *out = open_memstream(&text, &size);

		(json ? audit_print_json : audit_print)(facts, &judgements, out);
		(void)fclose(out);
		must_be_printable(text, size);
		MUST(!json || memchr(text, '\n', size) == text + size - 1, "more than a line");
		free(text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct audit_facts facts = { .arena = arena, .home = "/home/u" };
	struct audit_facts caller = { .arena = arena };
	struct map_facts maps[8];
	char *text = fuzz_text(data, size);
	unsigned flags;
	int mount;

	if (!parse_status(arena, text, &facts.status))
		(void)parse_status(arena, "Name:\tx\nState:\tS\nTgid:\t1\n", &facts.status);
	facts.namespaces[AUDIT_MOUNT].own = ANSWER_YES;
	parse_mounts(&facts, text, MOST);
	parse_mounts(&caller, text, MOST / 2);
	MUST(facts.mounts.count <= MOST, "%zu mounts", facts.mounts.count);
	mounts_find_hidden(&facts);
	mounts_find_hidden(&caller);
	mounts_find_host(&facts, &caller);
	parse_limits(&facts, text);
	parse_devices(&facts, text);
	parse_environment(arena, text, size, MOST, &facts.init);
	facts.init.pid = 1;
	facts.init.status.name = text;
	facts.terminal = parse_terminal(text);
	facts.label = parse_cgroup(arena, text, "");
	facts.root = parse_cgroup(arena, text, "memory");
	MUST(parse_map(text, maps, 8) <= 8, "more maps than room");
	facts.namespaces[AUDIT_PID].inode = parse_namespace(text);
	if (parse_open(text, &flags, &mount))
		*list_add(arena, &facts.files) = (struct open_facts){
			.number = mount, .target = text, .outside = ANSWER_YES,
			.kind = (enum open_kind)(flags % OPEN_KINDS),
		};
	print_both(&facts);
	free(text);
	arena_free(arena);
	return 0;
}
