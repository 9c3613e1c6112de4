/* Build-time: the option and command tables as the OPTIONS of the manual and as
 * completions for bash, zsh and fish. The generated files are committed; a test
 * generates them again and compares. */
#include <stdio.h>
#include <string.h>

#include <immure/base/text.h>
#include <immure/cmd/command.h>
#include <immure/config/option.h>

/* --- man(7) -------------------------------------------------------------------- */

/* One text of the table as roff: *x* is italic, **x** and `x` bold. */
static void man_text(const char *text)
{
	const char *open = NULL;

	for (const char *c = text; *c; c++) {
		const char *mark = text_begins(c, "**") ? "**" : *c == '*' ? "*"
				   : *c == '`' ? "`" : NULL;

		if (mark) {
			(void)fputs(open ? "\\fR" : text_is(mark, "*") ? "\\fI" : "\\fB", stdout);
			open = open ? NULL : mark;
			c += strlen(mark) - 1;
		} else if (*c == '\\') {
			(void)fputs("\\e", stdout);
		} else if (*c == '-') {
			(void)fputs("\\-", stdout);
		} else if (*c == '\'' || (*c == '.' && c == text)) {
			(void)printf("\\(aq");
		} else {
			(void)putchar(*c);
		}
	}
	(void)putchar('\n');
}

/* The placeholder of a value: words in italics, the rest as it is. */
static void man_argument(const struct option *option)
{
	if (!option->arg)
		return;
	(void)printf(option->arg_optional ? "[=" : " ");
	(void)fputs("\\fI", stdout);
	for (const char *c = option->arg; *c; c++)
		(void)printf(*c == '-' ? "\\-" : "%c", *c);
	(void)fputs("\\fR", stdout);
	if (option->arg_optional)
		(void)putchar(']');
}

static void man_dashed(const char *name)
{
	for (; *name; name++)
		(void)printf(*name == '-' ? "\\-" : "%c", *name);
}

static void man_option(const struct option *option)
{
	(void)puts(".TP");
	(void)fputs("\\fB", stdout);
	if (option->letter)
		(void)printf("\\-%c\\fR, \\fB", option->letter);
	if (option->in & CLI)
		(void)fputs("\\-\\-", stdout);
	man_dashed(option->name);
	(void)fputs("\\fR", stdout);
	man_argument(option);
	(void)putchar('\n');
	man_text(option->man);
	if (option->in == CLI)
		(void)puts("Command line only.");
	if (option->in == PROFILE)
		(void)puts("Profiles only.");
}

static void man(void)
{
	for (int group = 0; group < OPTION_GROUPS; group++) {
		(void)printf(".SS %s\n", option_group_titles[group]);
		for (size_t i = 0; i < option_count; i++)
			if ((int)option_table[i].group == group)
				man_option(&option_table[i]);
	}
}

/* --- what shells offer ----------------------------------------------------------- */

static void list_words(const struct option *option)
{
	for (size_t i = 0; option->words && option->words[i]; i++)
		(void)printf("%s%s", i ? " " : "", option->words[i]);
}

/* The options whose value is completed in the same way, as a case pattern. */
static void bash_case(enum completion completion, const char *reply)
{
	int count = 0;

	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		if (!(option->in & CLI) || !option->arg || option->arg_optional ||
		    option->complete != completion || option->words)
			continue;
		(void)printf("%s--%s", count++ ? "|" : "\t\t", option->name);
		if (option->letter)
			(void)printf("|-%c", option->letter);
	}
	if (count)
		(void)printf(")\n\t\t\t%s\n\t\t\treturn ;;\n", reply);
}

static void bash_words(void)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		if (!(option->in & CLI) || !option->words || option->arg_optional)
			continue;
		(void)printf("\t\t--%s", option->name);
		if (option->letter)
			(void)printf("|-%c", option->letter);
		(void)printf(")\n\t\t\tmapfile -t COMPREPLY < <(compgen %s-W '",
			     option->complete == COMPLETE_DIRECTORIES ? "-d " : "");
		list_words(option);
		(void)puts("' -- \"$cur\")\n\t\t\treturn ;;");
	}
}

static void bash(void)
{
	(void)puts(
		"# bash completion for immure(1). Generated from its option table.\n"
		"\n"
		"_immure()\n"
		"{\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} i word\n"
		"\tlocal valued=' '\n"
		"\tCOMPREPLY=()\n"
		"\tif ((COMP_CWORD == 1)); then");
	(void)printf("\t\tmapfile -t COMPREPLY < <(compgen -W '--help --version");
	for (const struct command *command = command_table; command->name; command++)
		(void)printf(" %s", command->name);
	(void)puts("' -- \"$cur\")\n\t\treturn\n\tfi");
	(void)puts("\tcase ${COMP_WORDS[1]} in\n"
		   "\tprofile)\n"
		   "\t\tif ((COMP_CWORD == 2)); then\n"
		   "\t\t\tmapfile -t COMPREPLY < <(compgen -W show -- \"$cur\")\n"
		   "\t\telse\n"
		   "\t\t\tmapfile -t COMPREPLY < <(compgen -f -W default -- \"$cur\")\n"
		   "\t\tfi\n"
		   "\t\treturn ;;\n"
		   "\thelp)\n"
		   "\t\tmapfile -t COMPREPLY < <(compgen -W all -- \"$cur\")\n"
		   "\t\treturn ;;\n"
		   "\trun) ;;\n"
		   "\t*) return ;;\n"
		   "\tesac");
	(void)printf("\tvalued+='");
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		if (!(option->in & CLI) || !option->arg || option->arg_optional)
			continue;
		(void)printf("--%s ", option->name);
		if (option->letter)
			(void)printf("-%c ", option->letter);
	}
	(void)puts("'\n"
		   "\t# Behind the command's own name everything is the command's.\n"
		   "\tfor ((i = 2; i < COMP_CWORD; i++)); do\n"
		   "\t\tword=${COMP_WORDS[i]}\n"
		   "\t\tif [[ $word == -- ]]; then\n"
		   "\t\t\t((i++))\n"
		   "\t\t\tbreak\n"
		   "\t\telif [[ $valued == *\" $word \"* ]]; then\n"
		   "\t\t\t((i++))\n"
		   "\t\telif [[ $word != -* && $word != = && ${COMP_WORDS[i-1]} != = ]]; then\n"
		   "\t\t\tbreak\n"
		   "\t\tfi\n"
		   "\tdone\n"
		   "\tif ((i < COMP_CWORD)); then\n"
		   "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
		   "\t\treturn\n"
		   "\tfi\n"
		   "\tif ((i == COMP_CWORD)) && [[ $valued != *\" $prev \"* ]]; then\n"
		   "\t\tif [[ $cur == -* ]]; then");
	(void)printf("\t\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (size_t i = 0, count = 0; i < option_count; i++)
		if (option_table[i].in & CLI)
			(void)printf("%s--%s", count++ ? " " : "", option_table[i].name);
	(void)puts("' -- \"$cur\")\n"
		   "\t\telse\n"
		   "\t\t\tmapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n"
		   "\t\tfi\n"
		   "\t\treturn\n"
		   "\tfi\n"
		   "\tcase $prev in");
	bash_case(COMPLETE_PATHS, "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")");
	bash_case(COMPLETE_VARIABLES, "mapfile -t COMPREPLY < <(compgen -v -- \"$cur\")");
	bash_case(COMPLETE_PROFILES,
		  "mapfile -t COMPREPLY < <(compgen -f -W default -- \"$cur\")");
	bash_words();
	(void)puts("\tesac\n}\n\ncomplete -o filenames -F _immure immure");
}

/* A text in single quotes of a shell, with what else the place gives a meaning. */
static void quoted(const char *text, const char *escaped)
{
	for (; *text; text++) {
		if (*text == '\'')
			(void)fputs("'\\''", stdout);
		else
			(void)printf("%s%c", strchr(escaped, *text) ? "\\" : "", *text);
	}
}

static void zsh_value(const struct option *option)
{
	static const char *const actions[] = {
		[COMPLETE_NOTHING] = " ", [COMPLETE_PATHS] = "_files",
		[COMPLETE_DIRECTORIES] = "_files -/", [COMPLETE_WORDS] = " ",
		[COMPLETE_VARIABLES] = "_parameters -g \"*export*\"",
		[COMPLETE_PROFILES] = "_files",
	};

	(void)putchar(':');
	quoted(option->arg, "\\:[]");
	(void)putchar(':');
	if (option->words && option->complete != COMPLETE_DIRECTORIES) {
		(void)putchar('(');
		list_words(option);
		(void)putchar(')');
	} else {
		(void)fputs(actions[option->complete], stdout);
	}
}

static void zsh_option(const struct option *option)
{
	const char *repeat = option->list ? "*" : "";
	const char *equals = !option->arg ? "" : option->arg_optional ? "=-" : "=";

	(void)printf("\t\t'%s--%s%s[", repeat, option->name, equals);
	quoted(option->help, "\\:[]");
	(void)putchar(']');
	if (option->arg) {
		if (option->arg_optional)
			(void)putchar(':');
		zsh_value(option);
	}
	(void)puts("' \\");
	if (!option->letter)
		return;
	(void)printf("\t\t'%s-%c%s[", repeat, option->letter,
		     option->arg && !option->arg_optional ? "+" : "");
	quoted(option->help, "\\:[]");
	(void)putchar(']');
	if (option->arg && !option->arg_optional)
		zsh_value(option);
	(void)puts("' \\");
}

static void zsh(void)
{
	(void)puts("#compdef immure\n"
		   "# zsh completion for immure(1). Generated from its option table.\n"
		   "\n"
		   "_immure()\n"
		   "{\n"
		   "\tlocal -a verbs\n"
		   "\tverbs=(");
	for (const struct command *command = command_table; command->name; command++) {
		(void)printf("\t\t'%s:", command->name);
		quoted(command->help, "\\:");
		(void)puts("'");
	}
	(void)puts("\t)\n"
		   "\tif ((CURRENT == 2)); then\n"
		   "\t\t_describe 'command' verbs\n"
		   "\t\treturn\n"
		   "\tfi\n"
		   "\tlocal verb=$words[2]\n"
		   "\tshift words\n"
		   "\t((CURRENT--))\n"
		   "\tcase $verb in\n"
		   "\tprofile)\n"
		   "\t\t_arguments '1:action:(show)' '2:profile:_files' ;;\n"
		   "\thelp)\n"
		   "\t\t_arguments '1:topic:(all)' ;;\n"
		   "\trun)\n"
		   "\t\t_arguments -s -S \\");
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].in & CLI)
			zsh_option(&option_table[i]);
	(void)puts("\t\t'(-)1:command:_command_names -e' \\\n"
		   "\t\t'*::arguments:_normal' ;;\n"
		   "\tesac\n"
		   "}\n"
		   "\n"
		   "_immure \"$@\"");
}

static void fish_option(const struct option *option)
{
	(void)printf("complete -c immure -n '__fish_seen_subcommand_from run' -l %s",
		     option->name);
	if (option->letter)
		(void)printf(" -s %c", option->letter);
	if (option->arg && !option->arg_optional)
		(void)fputs(option->complete == COMPLETE_PATHS ||
			    option->complete == COMPLETE_DIRECTORIES ||
			    option->complete == COMPLETE_PROFILES ? " -r" : " -x", stdout);
	if (option->words && !option->arg_optional) {
		(void)fputs(" -a '", stdout);
		list_words(option);
		(void)putchar('\'');
	} else if (option->complete == COMPLETE_VARIABLES) {
		(void)fputs(" -a '(set --names --export)'", stdout);
	}
	(void)fputs(" -d '", stdout);
	for (const char *c = option->help; *c; c++)
		(void)printf(*c == '\'' || *c == '\\' ? "\\%c" : "%c", *c);
	(void)puts("'");
}

static void fish(void)
{
	(void)puts("# fish completion for immure(1). Generated from its option table.\n"
		   "complete -c immure -f\n"
		   "complete -c immure -n __fish_use_subcommand -l help -s h -d 'help'\n"
		   "complete -c immure -n __fish_use_subcommand -l version -s V -d 'version'");
	for (const struct command *command = command_table; command->name; command++)
		(void)printf("complete -c immure -n __fish_use_subcommand -a %s -d '%s'\n",
			     command->name, command->help);
	(void)puts("complete -c immure -n '__fish_seen_subcommand_from profile' -a show\n"
		   "complete -c immure -n '__fish_seen_subcommand_from help' -a all\n"
		   "complete -c immure -n '__fish_seen_subcommand_from run' -a"
		   " '(__fish_complete_subcommand --fcs-skip=2)'");
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].in & CLI)
			fish_option(&option_table[i]);
}

struct output {
	const char *name;
	void (*print)(void);
};

static const struct output outputs[] = {
	{ "man", man }, { "bash", bash }, { "zsh", zsh }, { "fish", fish },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		if (!text_is(argv[1], outputs[i].name))
			continue;
		outputs[i].print();
		return fflush(stdout) == 0 ? 0 : 1;
	}
	(void)fputs("usage: immure-gen man|bash|zsh|fish\n", stderr);
	return 2;
}
