#!/usr/bin/env bats
# make install and make uninstall, from a clean copy of the sources.

load ../lib/common

# Without -O2 and -g it takes a third less, and is installed as well.
build() {
	env -u MAKEFLAGS make -s -j"$(nproc)" -C "$TEST_TMP/source" DESTDIR="$TEST_TMP/root" CFLAGS=-O1 "$@"
}

files() { (cd "$TEST_TMP/root" && find . -not -type d | sort); }

@test "install puts everything in its place, compiles nothing twice, uninstall takes it away" {
	needs make gcc
	cp -r "$IMMURE_SOURCE" "$TEST_TMP/source"
	cd "$TEST_TMP/source"
	build PREFIX=/opt/walls install
	assert_equal "$(files)" "./opt/walls/bin/immure
./opt/walls/share/bash-completion/completions/immure
./opt/walls/share/fish/vendor_completions.d/immure.fish
$({ find profiles -name '*.profile' -printf './opt/walls/share/immure/%p\n'
	sed -n 's/^alias //p' profiles/*.profile | tr ' ' '\n' | sed 's|.*|./opt/walls/share/immure/profiles/&.profile|'; } | sort)
./opt/walls/share/man/man1/immure.1
./opt/walls/share/man/man5/immure-profile.5
./opt/walls/share/zsh/site-functions/_immure"
	[[ $(stat -c %a "$TEST_TMP/root/opt/walls/bin/immure") == 755 ]]
	[[ $("$TEST_TMP/root/opt/walls/bin/immure" --version) == "$("$IMMURE" --version)" ]]

	touch "$TEST_TMP/root/opt/walls/bin/of-somebody-else"
	run env -u MAKEFLAGS make -C "$TEST_TMP/source" PREFIX=/opt/walls DESTDIR="$TEST_TMP/root" CFLAGS=-O1 install
	assert_output_lacks CC
	assert_output_lacks LD
	build PREFIX=/opt/walls VERSION=9.9.9 install
	[[ $("$TEST_TMP/root/opt/walls/bin/immure" --version) == *9.9.9* ]]

	build PREFIX=/opt/walls uninstall
	assert_equal "$(files)" ./opt/walls/bin/of-somebody-else
	refute test -e "$TEST_TMP/root/opt/walls/share/immure"
}

@test "the program is hardened" {
	needs readelf
	run readelf -lhd "$IMMURE"
	assert_output_has 'DYN (Position-Independent Executable file)'
	assert_output_has GNU_RELRO
	assert_output_has BIND_NOW
	[[ $output =~ GNU_STACK[^$'\n']*$'\n'[^$'\n']*' RW ' ]]
	assert_output_lacks TEXTREL
	assert_output_lacks RUNPATH
}

@test "the set-up says nothing when all is there" {
	command -v dpkg-query >/dev/null || skip 'no packages of Debian here'
	run "$IMMURE_SOURCE/scripts/setup" bash coreutils
	assert_status 0
	assert_equal "$output" ""
}
