/* Build-time: fills a template, from standard input to standard output. A word
 * between two @ is replaced by what the option and command tables say of it: in
 * man/immure.1.in the chapter on options, in completions/immure.*.in what each shell
 * can offer. Prose and shell code stand in the templates, options nowhere but in the
 * table. What is generated is committed; a test generates it again and compares. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/config/option.h>
#include <immure/filter/filter.h>

static void put(const char *text)
{
	(void)fputs(text, stdout);
}

/* Is it one for the command line, with a value in a word of its own? */
static bool takes_word(const struct option *option)
{
	return (option->in & CLI) && option->arg && !option->arg_optional;
}

/* --- man(7) -------------------------------------------------------------------- */

/* The roff of one character, and how wide it is in the source. */
static int man_character(char c)
{
	switch (c) {
	case '-':
		return printf("\\-");
	case '\\':
		return printf("\\e");
	case '\'':
		return printf("\\(aq");
	case '~':
		return printf("\\(ti");
	default:
		return printf("%c", c);
	}
}

static bool ends_sentence(const char *text, const char *blank)
{
	return blank >= text + 2 && blank[-1] == '.' && blank[-2] != '.' &&
	       (isupper((unsigned char)blank[1]) || strchr("*`", blank[1]));
}

/* At least as wide as the word at `text` is as roff. */
static int man_width(const char *text)
{
	int width = 0;

	for (; *text && *text != ' '; text++)
		width += strchr("*`-\\'~", *text) ? 4 : 1;
	return width;
}

/* One text of the table, a sentence a line, or several lines when it is long: *x* is
 * italic, **x** and `x` are bold. */
static void man_text(const char *text)
{
	enum { WIDEST = 80 };
	const char *open = NULL;
	int width = 0;

	for (const char *c = text; *c; c++) {
		const char *mark = text_begins(c, "**") ? "**" : *c == '*' ? "*"
				   : *c == '`' ? "`" : NULL;

		if (mark && (!open || text_is(open, mark))) {
			width += printf(open ? "\\fR" : text_is(mark, "*") ? "\\fI" : "\\fB");
			open = open ? NULL : mark;
			c += strlen(mark) - 1;
		} else if (*c == ' ' && (width + man_width(c + 1) >= WIDEST ||
					 ends_sentence(text, c))) {
			(void)putchar('\n');
			width = 0;
		} else {
			/* At the start of a line a full stop would be a request. */
			width += width == 0 && *c == '.' ? printf("\\&") : 0;
			width += man_character(*c);
		}
	}
	(void)putchar('\n');
}

/* The placeholder of a value: what is typed as it stands is bold, what stands for
 * something else is in capitals and italic, and how they are put together is plain. */
static void man_value(const char *value)
{
	char font = 'R';

	for (const char *c = value; *c; c++) {
		bool wide = strchr("[]|.:,", *c);
		char wanted = wide ? 'R' : isupper((unsigned char)*c) ? 'I' : 'B';

		if (wanted != font && !isspace((unsigned char)*c)) {
			(void)printf("\\f%c", wanted);
			font = wanted;
		}
		(void)man_character(*c);
	}
	if (font != 'R')
		put("\\fR");
}

static void man_name(const char *dashes, const char *name)
{
	put("\\fB");
	for (; *dashes; dashes++)
		(void)man_character(*dashes);
	for (; *name; name++)
		(void)man_character(*name);
	put("\\fR");
}

static void man_option(const struct option *option)
{
	put(".TP\n");
	if (option->letter) {
		man_name("-", (const char[]){ option->letter, '\0' });
		put(", ");
	}
	man_name(option->in & CLI ? "--" : "", option->name);
	if (option->arg) {
		put(option->arg_optional ? "[\\fB=\\fR" : " ");
		man_value(option->arg);
		put(option->arg_optional ? "]" : "");
	}
	(void)putchar('\n');
	man_text(option->man);
	if (option->in == CLI)
		put("Command line only.\n");
	if (option->in == PROFILE)
		put("Profiles only.\n");
}

static void man_options(void)
{
	for (int group = 0; group < OPTION_GROUPS; group++) {
		(void)printf(".SS %s\n", option_group_titles[group]);
		for (size_t i = 0; i < option_count; i++)
			if ((int)option_table[i].group == group)
				man_option(&option_table[i]);
	}
}

/* The groups of system calls: what is denied of each, by the names of x86-64. */
static void man_groups(void)
{
	for (int group = 0; group < FILTER_GROUPS; group++) {
		const char *separator = "";

		(void)printf(".TP\n.B @");
		for (const char *c = filter_groups[group].name; *c; c++)
			(void)man_character(*c);
		(void)putchar('\n');
		for (uint32_t number = 0; number < filter_number_end(); number++) {
			const char *name = filter_call_numbered(ARCH_X86_64, number);

			if (!name || !(filter_call_denials(name) >> group & 1))
				continue;
			(void)printf("%s%s", separator, name);
			separator = ",\n";
		}
		put(*separator ? ".\n" : "");
		put("Opened:\n");
		man_text(filter_groups[group].gives_up);
	}
}

static void man_synopsis(void)
{
	for (const struct command *command = command_table; command->name; command++) {
		put(command == command_table ? "" : ".br\n");
		(void)printf("\\fBimmure %s\\fR ", command->name);
		man_value(command->arguments);
		(void)putchar('\n');
	}
}

/* --- what every shell offers ------------------------------------------------------ */

static void list_words(const struct option *option)
{
	for (size_t i = 0; option->words && option->words[i]; i++)
		(void)printf("%s%s", i ? " " : "", option->words[i]);
}

/* A text inside single quotes of a shell; `escaped` are the characters that the
 * place itself gives a meaning. */
static void quoted(const char *text, const char *escaped)
{
	for (; *text; text++) {
		if (*text == '\'')
			put("'\\''");
		else
			(void)printf("%s%c", strchr(escaped, *text) ? "\\" : "", *text);
	}
}

static void list_commands(void)
{
	for (const struct command *command = command_table; command->name; command++)
		(void)printf("%s%s", command == command_table ? "" : " ", command->name);
}

static void list_options(void)
{
	size_t count = 0;

	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].in & CLI)
			(void)printf("%s--%s", count++ ? " " : "", option_table[i].name);
}

/* The names of the options that `wanted` says yes to, as they are typed. */
static void list_names(bool (*wanted)(const struct option *), const char *separator)
{
	size_t count = 0;

	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		if (!wanted(option))
			continue;
		(void)printf("%s--%s", count++ ? separator : "", option->name);
		if (option->letter)
			(void)printf("%s-%c", separator, option->letter);
	}
}

/* --- bash ------------------------------------------------------------------------ */

static void bash_valued(void)
{
	list_names(takes_word, "|");
}

/* One arm of a case: the options that are completed by the same words of shell. */
static void bash_arm(enum completion completion, const char *reply)
{
	size_t count = 0;

	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		if (!takes_word(option) || option->complete != completion || option->words)
			continue;
		(void)printf("%s--%s", count++ ? "|" : "\t", option->name);
		if (option->letter)
			(void)printf("|-%c", option->letter);
	}
	if (count)
		(void)printf(") %s ;;\n", reply);
}

static void bash_values(void)
{
	bash_arm(COMPLETE_PATHS, "_immure_files");
	bash_arm(COMPLETE_VARIABLES, "_immure_variables");
	bash_arm(COMPLETE_PROFILES, "_immure_profiles");
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		if (!takes_word(option) || !option->words)
			continue;
		(void)printf("\t--%s", option->name);
		if (option->letter)
			(void)printf("|-%c", option->letter);
		(void)printf(") _immure_words '");
		list_words(option);
		put("'");
		put(option->complete == COMPLETE_DIRECTORIES ? "; _immure_files" : "");
		put(" ;;\n");
	}
}

/* --- zsh ------------------------------------------------------------------------- */

static void zsh_commands(void)
{
	for (const struct command *command = command_table; command->name; command++) {
		(void)printf("\t\t'%s:", command->name);
		quoted(command->help, "\\:");
		put("'\n");
	}
}

/* ":what:how" of an option's value. */
static void zsh_value(const struct option *option)
{
	static const char *const ways[] = {
		[COMPLETE_NOTHING] = " ", [COMPLETE_WORDS] = " ",
		[COMPLETE_PATHS] = "_immure_paths", [COMPLETE_DIRECTORIES] = "_files -/",
		[COMPLETE_VARIABLES] = "_immure_variables",
		[COMPLETE_PROFILES] = "_immure_profiles",
	};

	(void)putchar(':');
	quoted(option->arg, "\\:[]");
	(void)putchar(':');
	if (!option->words) {
		put(ways[option->complete]);
	} else if (option->list) {
		put("_sequence compadd - ");
		list_words(option);
	} else if (option->complete == COMPLETE_DIRECTORIES) {
		put(" _immure_words_or_directories ");
		list_words(option);
	} else {
		(void)putchar('(');
		list_words(option);
		(void)putchar(')');
	}
}

/* The option's names, with how a value may follow each, up to where the quotes of its
 * help begin: '--cwd=  '*'{-b+,--bind=}'  '(-q --quiet)'{-q,--quiet}' */
static void zsh_names(const struct option *option)
{
	const char *equals = option->arg_optional ? "=-" : option->arg ? "=" : "";
	const char *plus = takes_word(option) ? "+" : "";

	if (!option->letter)
		put(option->list ? "'*" : "'");
	else if (option->list)
		put("'*'{");
	else
		(void)printf("'(-%c --%s)'{", option->letter, option->name);
	if (option->letter)
		(void)printf("-%c%s,", option->letter, plus);
	(void)printf("--%s%s%s", option->name, equals, option->letter ? "}'" : "");
}

static void zsh_options(void)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		if (!(option->in & CLI))
			continue;
		put("\t\t\t");
		zsh_names(option);
		(void)putchar('[');
		quoted(option->help, "\\:[]");
		(void)putchar(']');
		if (option->arg) {
			put(option->arg_optional ? ":" : "");
			zsh_value(option);
		}
		put("' \\\n");
	}
}

/* --- fish ------------------------------------------------------------------------ */

static void fish_valued(void)
{
	list_names(takes_word, " ");
}

static void fish_commands(void)
{
	for (const struct command *command = command_table; command->name; command++) {
		(void)printf("complete -c immure -n __fish_use_subcommand -a %s -d '",
			     command->name);
		quoted(command->help, "\\");
		put("'\n");
	}
}

static void fish_value(const struct option *option)
{
	bool files = option->complete == COMPLETE_PATHS ||
		     option->complete == COMPLETE_DIRECTORIES ||
		     option->complete == COMPLETE_PROFILES;

	if (!option->arg_optional)
		put(files ? " -r" : " -x");
	if (option->words) {
		put(option->list ? " -a '(__fish_append , " : " -a '");
		list_words(option);
		put(option->list ? ")'" : "'");
	} else if (option->complete == COMPLETE_VARIABLES) {
		put(" -a '(set --names --export)'");
	} else if (option->complete == COMPLETE_PROFILES) {
		put(" -a '(__immure_profiles)'");
	}
}

static void fish_options(void)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		if (!(option->in & CLI))
			continue;
		(void)printf("complete -c immure -n __immure_at_options -l %s", option->name);
		if (option->letter)
			(void)printf(" -s %c", option->letter);
		if (option->arg)
			fish_value(option);
		put(" -d '");
		quoted(option->help, "\\");
		put("'\n");
	}
}

/* --- templates --------------------------------------------------------------------- */

static void version(void)
{
	put(IMMURE_VERSION);
}

struct placeholder {
	const char *name;		/* with the end of its line when it prints whole lines */
	void (*print)(void);
};

static const struct placeholder placeholders[] = {
	{ "@VERSION@", version },
	{ "@COMMANDS@", list_commands },
	{ "@OPTIONS@", list_options },
	{ "@MAN_SYNOPSIS@\n", man_synopsis },
	{ "@MAN_OPTIONS@\n", man_options },
	{ "@MAN_GROUPS@\n", man_groups },
	{ "@BASH_VALUED@", bash_valued },
	{ "@BASH_VALUES@\n", bash_values },
	{ "@ZSH_COMMANDS@\n", zsh_commands },
	{ "@ZSH_OPTIONS@\n", zsh_options },
	{ "@FISH_VALUED@", fish_valued },
	{ "@FISH_COMMANDS@\n", fish_commands },
	{ "@FISH_OPTIONS@\n", fish_options },
};

static const struct placeholder *placeholder_at(const char *text)
{
	for (size_t i = 0; i < sizeof(placeholders) / sizeof(placeholders[0]); i++)
		if (text_begins(text, placeholders[i].name))
			return &placeholders[i];
	return NULL;
}

/* One line of the template; false when it has a placeholder that nobody fills. */
static bool fill_line(const char *line)
{
	while (*line) {
		const struct placeholder *placeholder = placeholder_at(line);

		if (placeholder) {
			placeholder->print();
			line += strlen(placeholder->name);
		} else if (*line == '@' && isupper((unsigned char)line[1])) {
			(void)fprintf(stderr, "immure-gen: nothing fills %s", line);
			return false;
		} else {
			(void)putchar(*line++);
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	char line[4096];

	(void)argv;
	if (argc != 1) {
		(void)fputs("usage: immure-gen <TEMPLATE >FILE\n", stderr);
		return 2;
	}
	while (fgets(line, sizeof(line), stdin))
		if (!fill_line(line))
			return 1;
	return ferror(stdin) || fflush(stdout) != 0;
}
