#!/usr/bin/env bats
# What the program says of itself, and that nothing is written twice.

load ../lib/common

# The names in the option table, from its own source, those of profiles too.
table() {
	sed -nE 's/^\t\{ \.name = "([a-z0-9-]+)".*/\1/p' "$IMMURE_SOURCE/src/config/option.c"
}

# Rows that may stand on a command line.
table_of_the_command_line() {
	sed -nE '/^\t\{ \.name = /,/\.help/p' "$IMMURE_SOURCE/src/config/option.c" | tr -d '\n' |
		sed 's/{ \.name/\n&/g' | grep -v '\.in = PROFILE' |
		sed -nE 's/^\{ \.name = "([a-z0-9-]+)".*/\1/p'
}

everyday() {
	sed -nE '/^\t\{ \.name = /,/\.help/p' "$IMMURE_SOURCE/src/config/option.c" | tr -d '\n' |
		sed 's/{ \.name/\n&/g' | grep '\.everyday = true' |
		sed -nE 's/^\{ \.name = "([a-z0-9-]+)".*/\1/p'
}

@test "the table has been read by this test" {
	[[ $(table | wc -l) -ge 40 && $(everyday | wc -l) -ge 10 ]]
	table | grep -qx include
	refute grep -qxE 'include|description' <(table_of_the_command_line)
	[[ $(table_of_the_command_line | wc -l) -eq $(($(table | wc -l) - 3)) ]]
}

@test "bare immure explains itself on standard output" {
	run --separate-stderr "$IMMURE"
	assert_status 0
	assert_equal "${stderr:-}" ''
	assert_output_has 'runs a command behind walls'
	assert_output_has 'immure run [OPTIONS] [--] COMMAND'
	assert_output_has 'immure profile ls|show'
	assert_output_has 'Examples:'
	assert_output_has 'immure run --help'
	local bare=$output word
	for word in --help -h help; do
		run --separate-stderr "$IMMURE" "$word"
		assert_status 0
		assert_equal "$output" "$bare"
	done
}

# The first line of what every verb says of itself, and that its words are there.
@test "every verb tells how it is used" {
	local verb words
	run --separate-stderr "$IMMURE"
	verbs=$(sed -nE 's/^  immure ([a-z]+) .*/\1/p' <<<"$output" | sort -u)
	[[ $(wc -l <<<"$verbs") -ge 9 ]]
	while read -r verb; do
		for words in --help -h; do
			run --separate-stderr "$IMMURE" "$verb" "$words"
			assert_status 0
			assert_equal "${stderr:-}" ''
			[[ ${lines[0]} == "Usage: immure $verb "* && ${#lines[@]} -ge 3 ]] ||
				fail_test "$verb $words: ${lines[0]}"
			refute grep -E '.{81}' <<<"$output"
		done
	done <<<"$verbs"
	# Behind other words, too, and of a verb that has verbs.
	for words in 'profile ls --help' 'home rm --help' 'trust --list -h' 'audit 1 --help' \
		'doctor --json -h' 'net attach --help' 'net attach --net --help 1'; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr "$IMMURE" $words
		assert_status 0
		[[ ${lines[0]} == "Usage: immure ${words%% *} "* ]] || fail_test "$words: ${lines[0]}"
	done
	# What stands behind -- is no option.
	run "$IMMURE" audit -- --help
	assert_status 2
	assert_output_has 'process: "--help" is not a number'
}

@test "net attach --help has the options that it takes, and no others" {
	local option
	run --separate-stderr "$IMMURE" net attach --help
	assert_status 0
	for option in net allow deny publish dns cidr mtu ready-fd exit-fd dry-run; do
		grep -qE -e "^  (-., |    )?--$option\b|^      --$option\b" <<<"$output" ||
			fail_test "it lacks --$option"
	done
	refute grep -q -e --bind <<<"$output"
	# What it lists it takes: nobody is process 4194304.
	local words
	for words in --net --verbose '--allow any' '--publish 0:80' '--add-host a.test:192.0.2.1' --ipv4-only; do
		# shellcheck disable=SC2086 # words
		run "$IMMURE" net attach $words 4194304
		assert_output_has 'process 4194304'
	done
	run "$IMMURE" net attach --bind / 4194304
	assert_output_has 'is not about a network'
}

@test "run --help lists the options of every day, with examples" {
	local option
	run --separate-stderr "$IMMURE" run --help
	assert_status 0
	assert_equal "${stderr:-}" ''
	assert_output_has Examples:
	[[ ${#lines[@]} -le 40 ]]
	while read -r option; do
		grep -qE -e "^  (-., |    )--$option\b" <<<"$output" || fail_test "it lacks --$option"
	done < <(everyday)
	[[ $(grep -cE '^  (-., |    )--' <<<"$output") -eq $(everyday | wc -l) ]]
	assert_equal "$(grep -E '^[A-Z].*:$' <<<"$output" | head -n 3)" $'General:\nFiles:\nIdentity:'
	local short=$output
	run "$IMMURE" run -h
	assert_equal "$output" "$short"
	# Whatever stands around it.
	run "$IMMURE" run --timeout nonsense --bind /nonesuch --help -- command
	assert_status 0
	assert_equal "$output" "$short"
}

@test "run --help=all lists every option, in groups, once" {
	local option
	run --separate-stderr "$IMMURE" run --help=all
	assert_status 0
	assert_equal "${stderr:-}" ''
	while read -r option; do
		[[ $(grep -cE -e "^  (-., |    )(--)?$option(\[| |$)" <<<"$output") -eq 1 ]] ||
			fail_test "not once: $option"
	done < <(table)
	local group
	for group in General Files 'System files' Identity Namespaces 'The command' Environment; do
		[[ $(grep -cx "$group:" <<<"$output") -eq 1 ]] || fail_test "no group $group"
	done
	local all=$output
	for words in --help=all 'help all'; do
		# shellcheck disable=SC2086 # words
		run "$IMMURE" $words
		assert_status 0
		assert_equal "$output" "$all"
	done
}

@test "the version" {
	local version words
	version=immure\ $(sed -n 's/^VERSION = //p' "$IMMURE_SOURCE/Makefile")
	for words in --version -V 'run --version' 'run -V' 'run -qV x'; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr "$IMMURE" $words
		assert_status 0
		assert_equal "$output" "$version"
		assert_equal "${stderr:-}" ''
	done
}

@test "output that cannot be written is an error" {
	local words
	for words in --version --help 'profile show' 'help all' 'run --help=all' 'run --dry-run true'; do
		# shellcheck disable=SC2086 # words
		run bash -c 'exec "$@" >/dev/full' - "$IMMURE" $words
		assert_status "$([[ $words == run* ]] && echo 125 || echo 1)"
		[[ $output == 'immure: write to standard output'?(': No space left on device') ]]
	done
	# Whoever reads only the first line has not made an error.
	run bash -c '"$1" run --help=all | head -n 1' - "$IMMURE"
	assert_status 0
	assert_equal "$output" 'Usage: immure run [OPTIONS] [--] COMMAND [ARGUMENT...]'
}

@test "the manual has every option, and reads without a warning" {
	needs mandoc
	local option page
	page=$(mandoc -T ascii "$IMMURE_SOURCE/man/immure.1" | col -b)
	while read -r option; do
		grep -qE -e "^ +(-[a-zA-Z], )?(--)?$option( |\[|$)" <<<"$page" || fail_test "it lacks $option"
	done < <(table)
	for option in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' FILES EXAMPLES 'SEE ALSO'; do
		grep -qx "$option" <<<"$page" || fail_test "no chapter $option"
	done
	# The other reader of manuals, where it is installed.
	if command -v groff >/dev/null; then
		run bash -c 'groff -man -ww -z -T utf8 "$1" 2>&1' - "$IMMURE_SOURCE/man/immure.1"
		assert_equal "$output" ''
	fi
}

@test "bash offers every option of the command line" {
	# shellcheck disable=SC2016 # for the inner one
	run bash -c '
		source "$1"
		COMP_WORDS=(immure run --) COMP_CWORD=2 COMP_LINE="immure run --" COMP_POINT=13
		_immure immure -- run
		printf "%s\n" "${COMPREPLY[@]}"' - "$IMMURE_SOURCE/completions/immure.bash"
	assert_status 0
	assert_equal "$(sed 's/ *$//; s/=$//' <<<"$output" | sort)" \
		"$(table_of_the_command_line | sed 's/^/--/' | sort)"
}

@test "fish offers every option of the command line" {
	needs fish
	# shellcheck disable=SC2016 # for fish
	run fish -c 'source $argv[1]; complete -C "immure run --"' "$IMMURE_SOURCE/completions/immure.fish"
	assert_status 0
	assert_equal "$(cut -f 1 <<<"$output" | sed 's/=$//' | sort -u)" \
		"$(table_of_the_command_line | sed 's/^/--/' | sort)"
}

@test "the table is the only place where an option is written" {
	local option help files
	while IFS='|' read -r option help; do
		files=$(grep -rlF --include='*.[ch]' -- "$help" "$IMMURE_SOURCE"/{src,include} |
			sed "s|^$IMMURE_SOURCE/||")
		assert_equal "$files" src/config/option.c
	done < <(tr -d '\n' <"$IMMURE_SOURCE/src/config/option.c" | sed 's/{ \.name/\n&/g' |
		sed -nE 's/^\{ \.name = "([a-z0-9-]+)".*\.help = "([^"]*)".*/\1|\2/p')
	# The templates of the completions know but the two that stand without a verb, and the
	# one that `immure desktop install` has too.
	run bash -c 'grep -ohE -e "--[a-z][a-z0-9-]+" "$1"/completions/*.in | sort -u' - "$IMMURE_SOURCE"
	assert_equal "$(grep -xF -f <(table | sed 's/^/--/') <<<"$output")" $'--help\n--profile\n--version'
}
