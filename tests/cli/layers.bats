#!/usr/bin/env bats
# Folders are layers, and only the #include lines say whether that is true.

load ../lib/common

# What a layer may include besides itself and the C library.
declare -gA may_include=(
	[base]=""
	[sys]="base"
	[config]="base sys"
	[filter]="base"
	[plan]="base sys config filter"
	[files]="base sys plan"
	[net]="base sys plan"
	[confine]="base sys plan"
	[state]="base sys"
	[audit]="base sys"
	[desktop]="base sys"
	[run]="base sys plan files net confine state"
	[doctor]="base sys plan run"
	[cmd]="base sys config plan files net confine state run audit desktop doctor"
	[gen]="base config cmd filter"
	[main]="base sys config cmd"
)

# In $layer: that of a file below src/ or include/immure/.
find_layer() {
	layer=${1#src/}
	layer=${layer#include/immure/}
	if [[ $layer == */* ]]; then
		layer=${layer%%/*}
	else
		layer=${layer%.c}
	fi
}

# Every #include of a tree that the table forbids, one a line.
layer_violations() {
	local file name layer other
	cd "$1" || return
	while IFS=: read -r file name; do
		find_layer "$file"
		if [[ -z ${may_include[$layer]+known} ]]; then
			echo "$file: the table has no layer $layer"
		elif [[ $name == */../* || $name == ../* ]]; then
			echo "$file: includes $name"
		elif [[ $name == immure/*/*.h ]]; then
			other=${name#immure/}
			other=${other%%/*}
			[[ " $layer ${may_include[$layer]} " == *" $other "* ]] ||
				echo "$file: $layer includes $name"
		elif [[ $name == */* || $file == include/* ]]; then
			# A private header stands beside its user, in src/.
			echo "$file: includes $name"
		fi
	done < <(included)
}

# FILE:NAME for each include of ours: in quotes, or below immure/.
included() {
	grep -rHE '^[[:space:]]*#[[:space:]]*include' --include='*.[ch]' src include |
		sed -nE 's/^([^:]*):[^"<]*("([^"]*)"|<(immure\/[^>]*)>).*/\1:\3\4/p'
}

# #if and its kin outside sys/, but for the guards of headers.
conditions() {
	cd "$1" || return
	grep -rnE '^[[:space:]]*#[[:space:]]*(if|elif|else)' --include='*.[ch]' src include |
		grep -vE '^(src|include/immure)/sys/' |
		grep -vE '^[^:]*\.h:[0-9]*:#ifndef IMMURE_[A-Z_]*_H$' || true
}

# Prototypes and data of a header without a comment right above them, or above
# the group of lines that they end.
undocumented() {
	awk '
		FNR == 1 { said = comment = 0 }
		comment { if (/\*\//) { comment = 0; said = 1 } next }
		/^\/\*/ { if (/\*\//) said = 1; else comment = 1; next }
		/^[[:space:]]*$/ { said = 0; next }
		/^#/ { said = 0; next }
		/^[a-z_].*\(/ || /^extern / { if (!said) print FILENAME ":" FNR ": " $0 }
	' "$@"
}

# Headers that need another one in front of them.
dependent() {
	local header
	cd "$1" || return
	find include -name '*.h' | while read -r header; do
		gcc -std=gnu11 -D_GNU_SOURCE -Iinclude -Wall -Wextra -Werror -fsyntax-only \
			-x c -include "$header" /dev/null >"$TEST_TMP/log" 2>&1 ||
			{ echo "$header"; cat "$TEST_TMP/log"; }
	done
}

copy_tree() {
	mkdir "$TEST_TMP/tree"
	cp -r "$IMMURE_SOURCE/src" "$IMMURE_SOURCE/include" "$TEST_TMP/tree"
}

@test "every include respects the layers" {
	[[ -n $(cd "$IMMURE_SOURCE" && included) ]]
	run layer_violations "$IMMURE_SOURCE"
	assert_status 0
	assert_equal "$output" ""
}

@test "an include against the layers is found" {
	copy_tree
	plant() {
		mkdir -p "$TEST_TMP/tree/${1%/*}"
		printf '%s\n' "$2" >"$TEST_TMP/tree/$1"
		run layer_violations "$TEST_TMP/tree"
		assert_equal "$output" "$3"
		rm "$TEST_TMP/tree/$1"
	}
	plant src/base/planted.c '#include "immure/sys/mount.h"' \
		'src/base/planted.c: base includes immure/sys/mount.h'
	plant src/files/planted.c '#include <immure/confine/caps.h>' \
		'src/files/planted.c: files includes immure/confine/caps.h'
	plant src/run/planted.c '  #  include "immure/config/option.h"  /* x */' \
		'src/run/planted.c: run includes immure/config/option.h'
	plant include/immure/plan/planted.h '#include "immure/run/sandbox.h"' \
		'include/immure/plan/planted.h: plan includes immure/run/sandbox.h'
	plant src/plan/planted.c '#include "../run/private.h"' \
		'src/plan/planted.c: includes ../run/private.h'
	plant src/plan/planted.c '#include "run/private.h"' \
		'src/plan/planted.c: includes run/private.h'
	plant src/misc/planted.c '#include "immure/base/fd.h"' \
		'src/misc/planted.c: the table has no layer misc'
	plant src/sys/planted.c $'#include <sys/mount.h>\n#include "immure/base/fd.h"\n#include "own.h"' ''
}

@test "only sys/ compiles conditionally" {
	run conditions "$IMMURE_SOURCE"
	assert_equal "$output" ""

	copy_tree
	mkdir -p "$TEST_TMP/tree/src/plan"
	echo '#ifdef __linux__' >"$TEST_TMP/tree/src/plan/planted.c"
	run conditions "$TEST_TMP/tree"
	assert_output_has src/plan/planted.c
}

@test "every header compiles alone" {
	needs gcc
	[[ -n $(find "$IMMURE_SOURCE/include" -name '*.h') ]]
	run dependent "$IMMURE_SOURCE"
	assert_equal "$output" ""

	copy_tree
	echo 'size_t planted(void);' >"$TEST_TMP/tree/include/immure/base/planted.h"
	run dependent "$TEST_TMP/tree"
	assert_output_has include/immure/base/planted.h
}

@test "every prototype in include/ has a comment above it" {
	local header
	while IFS= read -r header; do
		run undocumented "$header"
		assert_equal "$output" ""
	done < <(find "$IMMURE_SOURCE/include" -name '*.h')

	printf '%b\n' '/* About one. */' 'int one(int a,' '\tint b) __attribute__((format(printf, 2, 3)));' \
		'int grouped(void);' '' \
		'struct thing {' '\tint (*call)(void);' '};' 'struct thing *two(void);' \
		'/* Far away. */' '' 'int three(void);' >"$TEST_TMP/planted.h"
	run undocumented "$TEST_TMP/planted.h"
	assert_equal "${#lines[@]}" 2
	assert_output_has 'two(void)'
	assert_output_has 'three(void)'
}
