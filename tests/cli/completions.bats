#!/usr/bin/env bats
# What the TAB key offers, in the real shells.

load ../lib/common

setup() {
	common_setup
	cd "$TEST_TMP" || return
	mkdir -p home/.config/immure/profiles 'my dir' net bin
	touch home/.config/immure/profiles/web.profile a.txt 'my dir/in side'
	install -m 755 /dev/null install.sh
	install -m 755 /dev/null bin/zzcommand
	ln -s "$IMMURE" bin/immure
}

# The environment of somebody who types.
at_home() {
	env -i HOME="$TEST_TMP/home" PATH="$TEST_TMP/bin:/usr/bin:/bin" LANG=C.UTF-8 MYVARIABLE=1 \
		timeout -k 5 90 "$@"
}

# What is typed, "|", and what TAB makes of it.
typed='immure r|immure run 
immure prof|immure profile 
immure profile s|immure profile show 
immure profile show w|immure profile show web 
immure help |immure help all 
immure au|immure audit 
immure audit --j|immure audit --json 
immure do|immure doctor 
immure doctor --j|immure doctor --json 
immure sh|immure shell 
immure shell --ns|immure shell --ns-limit 
immure shell web --git|immure shell web --git-rw 
immure run --ns|immure run --ns-limit 
immure run --git|immure run --git-rw 
immure run --bind my|immure run --bind my\ dir/
immure run --bind=my|immure run --bind=my\ dir/
immure run -b a|immure run -b a.txt 
immure run -b my\ dir/|immure run -b my\ dir/in\ side 
immure run --bind a.txt:/us|immure run --bind a.txt:/usr/
immure run --cwd h|immure run --cwd hide 
immure run --share net,pi|immure run --share net,pid 
immure run --home pri|immure run --home private 
immure run --home my|immure run --home my\ dir/
immure run --help=|immure run --help=all 
immure run -p we|immure run -p web 
immure run -k MYV|immure run -k MYVARIABLE 
immure run --env-keep=MYV|immure run --env-keep=MYVARIABLE 
immure run -e A=a.|immure run -e A=a.txt 
immure run zzc|immure run zzcommand 
immure run -q -b . zzc|immure run -q -b . zzcommand 
immure run --setenv A=b zzc|immure run --setenv A=b zzcommand 
immure run -- zzc|immure run -- zzcommand 
immure run ./ins|immure run ./install.sh 
immure run zzcommand a.t|immure run zzcommand a.txt 
immure run zzcommand --ns|immure run zzcommand --ns'

@test "bash completes commands, options, values, and the command's own words" {
	needs bash python3
	run at_home "$IMMURE_SOURCE/tests/lib/complete" bash "$IMMURE_SOURCE/completions/immure.bash" \
		< <(cut -d '|' -f 1 <<<"$typed")
	assert_equal "$output" "$(cut -d '|' -f 2 <<<"$typed")"
}

@test "zsh completes the same" {
	needs zsh python3
	# It puts an = behind an option, and a comma into a list, which the next blank takes away.
	run at_home "$IMMURE_SOURCE/tests/lib/complete" zsh "$IMMURE_SOURCE/completions/immure.zsh" \
		< <(cut -d '|' -f 1 <<<"$typed")
	assert_equal "$output" "$(cut -d '|' -f 2 <<<"$typed" |
		sed 's/--ns-limit $/--ns-limit=/; s/net,pid $/net,pid,/')"
}

# fish_offers LINE: the candidates, without their descriptions.
fish_offers() {
	# shellcheck disable=SC2016 # the $argv is for fish
	at_home fish -c 'source $argv[1]; complete -C $argv[2]' "$IMMURE_SOURCE/completions/immure.fish" "$1" |
		cut -f 1
}

@test "fish completes the same" {
	needs fish
	assert_equal "$(fish_offers 'immure ' | sort | tr '\n' ' ')" 'audit desktop doctor help home net profile run shell trust '
	assert_equal "$(fish_offers 'immure profile s')" show
	assert_equal "$(fish_offers 'immure audit --j')" --json
	assert_equal "$(fish_offers 'immure doctor --j')" --json
	assert_equal "$(fish_offers 'immure profile show w')" web
	assert_equal "$(fish_offers 'immure run --ro-b')" $'--ro-bind\n--ro-bind-try'
	assert_equal "$(fish_offers 'immure run --bind my')" 'my dir/'
	assert_equal "$(fish_offers 'immure run --bind=my')" '--bind=my dir/'
	assert_equal "$(fish_offers 'immure run --cwd ')" $'hide\nro\nrw'
	assert_equal "$(fish_offers 'immure run --share net,pi')" net,pid
	assert_equal "$(fish_offers 'immure run --help=')" --help=all
	assert_equal "$(fish_offers 'immure run -p we')" web
	assert_equal "$(fish_offers 'immure run -k MYV')" MYVARIABLE
	assert_equal "$(fish_offers 'immure run -q -b . zzc')" zzcommand
	assert_equal "$(fish_offers 'immure run -- zzc')" zzcommand
	assert_equal "$(fish_offers 'immure run ./ins')" ./install.sh
	assert_equal "$(fish_offers 'immure run ls --si')" $'--si\n--size'
	assert_equal "$(fish_offers 'immure run zzcommand --ns')" ''
}

@test "every option of the command line is offered by every shell" {
	local option file
	while read -r option; do
		for file in bash zsh fish; do
			grep -qE -e "(--| -l )${option#--}\b" "$IMMURE_SOURCE/completions/immure.$file" ||
				fail_test "immure.$file lacks $option"
		done
	done < <("$IMMURE" run --help=all | grep -oE '^ {2}(-., | {4})--[a-z0-9-]+' | grep -oE -e '--.*')
}
