#!/usr/bin/env bats
# Manual, completions, README's tables of profiles and their tests are committed, and are what
# the tables, the profiles and the rows say.

load ../lib/common

@test "what is committed is what is generated" {
	"$IMMURE_SOURCE/scripts/generate" "$IMMURE_GEN" "$TEST_TMP"
	local file
	for file in man/immure.1 completions/immure.bash completions/immure.zsh completions/immure.fish README.md \
		tests/apps/small.bats tests/heavy/apps.bats tests/attack/given_up; do
		[[ -s $TEST_TMP/$file ]]
		diff -u "$IMMURE_SOURCE/$file" "$TEST_TMP/$file" ||
			fail_test "$file is out of date: run 'make generate'"
	done
}

@test "a generator that fails leaves nothing half written" {
	refute "$IMMURE_SOURCE/scripts/generate" false "$TEST_TMP"
	assert_equal "$(ls "$TEST_TMP")" ""
}

@test "a template with a word that nothing fills is refused" {
	run -1 "$IMMURE_GEN" <<<'prose @NOTHING@ prose'
	assert_output_has 'nothing fills @NOTHING@'
}

@test "help fits a terminal of 80 columns" {
	local what
	for what in '' 'help' 'help all' 'run --help' 'run --help=all'; do
		# shellcheck disable=SC2086 # a list of words
		refute grep -E '.{81}' <("$IMMURE" $what)
	done
}

@test "the manual is well formed" {
	needs mandoc
	run mandoc -T lint -W warning "$IMMURE_SOURCE"/man/immure*.[15]
	assert_equal "$output" ""
}

@test "each shell reads its completions" {
	needs bash zsh fish
	bash -n "$IMMURE_SOURCE/completions/immure.bash"
	zsh -n "$IMMURE_SOURCE/completions/immure.zsh"
	fish --no-execute "$IMMURE_SOURCE/completions/immure.fish"
}
