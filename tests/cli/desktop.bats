#!/usr/bin/env bats
# immure desktop: wrappers for shells, and entries for menus and for the bus, in the caller's
# home and nowhere else; upgrades and removals leave nothing stale.

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	export HOME=$TEST_TMP/home
	unset XDG_DATA_HOME XDG_CONFIG_HOME
	export XDG_DATA_DIRS=$TEST_TMP/local:$TEST_TMP/system
	export PATH=$HOME/.local/bin:/usr/local/bin:/usr/bin:/bin
	apps=$HOME/.local/share/applications bin=$HOME/.local/bin services=$HOME/.local/share/dbus-1/services
	system=$TEST_TMP/system/applications
	mkdir -p "$HOME/.config/immure/profiles" "$system" "$TEST_TMP/system/dbus-1/services" "$TEST_TMP/local/applications"
	profile sort
	cd "$TEST_TMP" || return
}

profile() {
	local name=$1
	shift
	printf '%s\n' 'include default' "$@" >"$HOME/.config/immure/profiles/$name.profile"
}

# entry NAME LINE...: one of the system's.
entry() {
	local file=$system/$1
	shift
	mkdir -p "${file%/*}"
	printf '%s\n' '[Desktop Entry]' 'Type=Application' 'Name=Sorter' 'Categories=Utility;' "$@" >"$file"
}

desktop() { timeout -k 5 30 "$IMMURE" desktop "$@"; }

# files: all below the home, as they are called there.
files() { (cd "$HOME" && find . -path ./.config -prune -o ! -type d -print | sort | paste -sd' '); }

# picture_of DIRECTORY...
picture_of() { find "$@" -printf '%p %m %s %T@ %C@\n' | sort; }

# exec_of FILE: the command line of an entry.
exec_of() { sed -n 's/^Exec=//p' "$1" | head -n 1; }

@test "a wrapper and every entry of the program are written, valid, and start it behind its profile" {
	needs desktop-file-validate update-desktop-database
	entry sort-a.desktop 'Exec=sort --version %U' 'MimeType=text/x-sorted;' 'DBusActivatable=true' \
		'Actions=New;' '' '[Desktop Action New]' 'Name=New' 'Exec=/usr/bin/sort --help'
	entry sort-b.desktop 'TryExec=sort' 'Exec=env LC_ALL=C sort "a \\\\\\\\ %%b"'
	entry kde/sort-c.desktop 'Exec=/usr/bin/env A=B "/usr/bin/sort"'
	entry other.desktop 'Exec=sorter'
	entry hidden.desktop 'Exec=sort' 'Hidden=true'
	run desktop install sort
	assert_status 0
	assert_output_lacks note
	assert_equal "$(files)" "./.local/bin/sort ./.local/share/applications/kde-sort-c.desktop ./.local/share/applications/mimeinfo.cache ./.local/share/applications/sort-a.desktop ./.local/share/applications/sort-b.desktop"
	local file
	for file in "$apps"/*.desktop; do
		run desktop-file-validate "$file"
		assert_equal "$status/$output" 0/
	done
	assert_equal "$(diff "$system/sort-a.desktop" "$apps/sort-a.desktop" | grep '^[<>]' | grep -vE '^> (X-Immure|TryExec)')" "$(cat <<-END
		< Exec=sort --version %U
		> Exec=$IMMURE run --profile sort -- sort --version %U
		< DBusActivatable=true
		> DBusActivatable=false
		< Exec=/usr/bin/sort --help
		> Exec=$IMMURE run --profile sort -- /usr/bin/sort --help
	END
	)"
	grep -qx 'TryExec=/usr/bin/sort' "$apps/sort-a.desktop"
	grep -qx 'TryExec=/usr/bin/sort' "$apps/sort-b.desktop"
	assert_equal "$(exec_of "$apps/sort-b.desktop")" "$IMMURE run --profile sort -- env LC_ALL=C sort \"a \\\\\\\\\\\\\\\\ %%b\""
	grep -q 'text/x-sorted=sort-a.desktop' "$apps/mimeinfo.cache"
	# What they start is behind the walls of that profile.
	printf 'b\na\n' >input
	assert_equal "$(sort <input)" $'a\nb'
	cp input "$HOME/private"
	/usr/bin/sort "$HOME/private"
	refute sort "$HOME/private"
	run sh -c "$(exec_of "$apps/sort-a.desktop" | sed 's/ %U//')"
	assert_status 0
	assert_output_has coreutils
	refute sh -c "$(exec_of "$apps/sort-a.desktop" | sed "s|--version %U|'$HOME/private'|")"
}

@test "what menus are made with, and the bus, take it in place of the system's" {
	needs gio dbus-run-session dbus-send update-desktop-database
	# The bus asks the database of users where the home is, not HOME.
	export XDG_DATA_HOME=$HOME/.local/share OUTSIDE=yes
	profile cp 'cwd rw' 'arguments ro' 'setenv INSIDE=yes'
	entry org.example.Cp.desktop 'Exec=cp %f copy' 'MimeType=text/x-sorted;' 'DBusActivatable=true'
	printf '%s\n' '[D-BUS Service]' 'Name=org.example.Cp' 'Exec=/usr/bin/cp /proc/self/environ by-bus' \
		>"$TEST_TMP/system/dbus-1/services/x.service"
	mkdir work
	cd work
	# in_session FILE COMMAND...: until that file is there.
	in_session() {
		rm -f "$1"
		# shellcheck disable=SC2016 # for the shell
		timeout -k 5 60 dbus-run-session -- sh -c 'file=$1; shift; "$@"; until [ -s "$file" ]; do sleep 0.05; done' - "$@" 2>&1
	}
	# It owns no name there, so that nobody answers.
	local ask=(dbus-send --session --print-reply --reply-timeout=500 --dest=org.example.Cp / a.b.c)
	in_session by-bus "${ask[@]}"
	grep -qz OUTSIDE=yes by-bus
	desktop install cp
	in_session by-bus "${ask[@]}"
	grep -qz INSIDE=yes by-bus
	refute grep -qz OUTSIDE by-bus
	[[ $(gio mime text/x-sorted) == *'Default application'*org.example.Cp.desktop* ]]
	# A file's own name, with a blank, is what it gets, and shows it.
	echo text >"$HOME/a file"
	in_session copy gio launch "$apps/org.example.Cp.desktop" "$HOME/a file"
	assert_equal "$(cat copy)" text
}

@test "the program of the system is started, and the wrapper never itself" {
	profile sort "ro-bind $HOME/.local/bin" "setenv PATH=$HOME/.local/bin:/usr/bin"
	run desktop install sort
	assert_status 0
	printf 'b\na\n' >input
	run timeout -k 5 20 "$bin/sort" <input
	assert_equal "$status/$output" $'0/a\nb'
	run desktop install immure
	assert_status 1
	assert_output_has 'would start itself'
}

@test "a second install changes nothing, or renews what is stale" {
	entry a.desktop 'Exec=sort %f'
	entry b.desktop 'Exec=sort %F'
	entry c.desktop 'Exec=sort %u'
	desktop install sort
	picture_of "$HOME/.local" >before
	run desktop install sort
	assert_status 0
	refute grep -qv '^unchanged ' <<<"$output"
	assert_equal "$(picture_of "$HOME/.local")" "$(cat before)"
	assert_equal "$(desktop ls)" "sort      $bin/sort
sort      $apps/a.desktop
sort      $apps/b.desktop
sort      $apps/c.desktop"
	# An upgrade: one changed, one went, one came; somebody took one away, and a mode.
	entry a.desktop 'Exec=sort --new %f'
	rm "$system/b.desktop" "$apps/c.desktop"
	chmod -x "$bin/sort"
	entry d.desktop 'Exec=sort %k'
	run --separate-stderr desktop ls
	assert_status 0
	assert_equal "$output" "sort      $bin/sort (it would be written otherwise now)
sort      $apps/a.desktop (its source has changed)
sort      $apps/b.desktop (there is no such source any more)
sort      $apps/c.desktop (is missing)
sort      $apps/d.desktop (is missing)"
	assert_stderr_has 'immure desktop install sort'
	run desktop install sort
	assert_equal "$output" "renewed    $bin/sort
renewed    $apps/a.desktop
removed    $apps/b.desktop
new        $apps/c.desktop
new        $apps/d.desktop"
	assert_equal "$(exec_of "$apps/a.desktop")" "$IMMURE run --profile sort -- sort --new %f"
	[[ -x $bin/sort ]]
	# Another place of this program.
	mkdir elsewhere
	cp "$IMMURE" elsewhere/immure
	run elsewhere/immure desktop ls
	assert_output_has "$bin/sort (it would be written otherwise now)"
}

@test "remove takes away what is ours, all of it, and nothing else" {
	needs update-desktop-database
	entry a.desktop 'Exec=sort %f' 'MimeType=text/x-sorted;'
	printf '%s\n' '[D-BUS Service]' 'Name=org.example.Sort' 'Exec=/usr/bin/sort' >"$TEST_TMP/system/dbus-1/services/x.service"
	profile comm
	desktop install sort comm
	mkdir -p "$apps/own"
	echo mine | tee "$bin/mine" "$apps/mine.desktop" "$services/mine.service" >"$apps/own/x.desktop"
	run desktop remove sort
	assert_status 0
	assert_equal "$(files)" './.local/bin/comm ./.local/bin/mine ./.local/share/applications/mimeinfo.cache ./.local/share/applications/mine.desktop ./.local/share/applications/own/x.desktop ./.local/share/dbus-1/services/mine.service'
	refute grep -q sorted "$apps/mimeinfo.cache"
	run desktop remove sort
	assert_status 1
	assert_output_has 'nothing is installed for it'
	rm -r "${apps:?}"
	desktop install sort
	desktop remove sort comm
	assert_equal "$(files)" './.local/bin/mine ./.local/share/dbus-1/services/mine.service'
	assert_equal "$(desktop ls)" ''
}

@test "an entry of another name that the profile says the program has is one of its own" {
	profile sort 'alias sorter sort-esr'
	entry same.desktop 'Exec=/opt/sort-esr/sort-esr %f'
	entry other.desktop 'Exec=/opt/sort-other %f'
	desktop install sort
	assert_equal "$(files)" './.local/bin/sort ./.local/share/applications/mimeinfo.cache ./.local/share/applications/same.desktop'
	assert_equal "$(exec_of "$apps/same.desktop")" "$IMMURE run --profile sort -- /opt/sort-esr/sort-esr %f"
	assert_equal "$(desktop ls)" "sort      $bin/sort
sort      $apps/same.desktop"
	desktop remove sort
	# Behind another profile its names say nothing of this program.
	desktop install --profile sort comm
	assert_equal "$(files)" './.local/bin/comm'
}

@test "a service of the bus is behind the same walls" {
	local service=$TEST_TMP/system/dbus-1/services
	printf '%s\n' '[D-BUS Service]' 'Name=org.example.Sort' 'Exec=/usr/bin/sort --service' 'SystemdService=sort.service' >"$service/sort.service"
	printf '%s\n' '[D-BUS Service]' 'Name=../Sort' 'Exec=/usr/bin/sort' >"$service/evil.service"
	printf '%s\n' '[D-BUS Service]' 'Name=org.example.Other' 'Exec=/usr/bin/other' >"$service/other.service"
	desktop install sort
	assert_equal "$(files)" './.local/bin/sort ./.local/share/dbus-1/services/org.example.Sort.service'
	assert_equal "$(head -n 3 "$services/org.example.Sort.service")" "[D-BUS Service]
Name=org.example.Sort
Exec=$IMMURE run --profile sort -- /usr/bin/sort --service"
	refute grep -q SystemdService "$services/org.example.Sort.service"
}

@test "what is not ours is not overwritten, and nothing is written then" {
	local what
	entry a.desktop 'Exec=sort'
	entry kde/b.desktop 'Exec=sort'
	mkdir -p "$bin" "$apps/kde" "$TEST_TMP/kept"
	# blocked PATH: whatever is there.
	blocked() {
		picture_of "$HOME" "$TEST_TMP/kept" >before
		run desktop install sort
		assert_status 1
		assert_output_has "$1 is in the way, and is not changed"
		assert_equal "$(picture_of "$HOME" "$TEST_TMP/kept")" "$(cat before)"
		rm -rf "$1"
	}
	for what in "$bin/sort" "$apps/a.desktop" "$apps/kde-b.desktop" "$apps/kde/b.desktop"; do
		echo mine >"$what"
		blocked "$what"
	done
	ln -s "$TEST_TMP/kept/new" "$bin/sort"
	blocked "$bin/sort"
	touch "$TEST_TMP/kept/there"
	ln -s "$TEST_TMP/kept/there" "$apps/a.desktop"
	blocked "$apps/a.desktop"
	mkdir "$apps/a.desktop"
	blocked "$apps/a.desktop"
	mkfifo "$bin/sort"
	blocked "$bin/sort"
	# What looks like ours and is another program's.
	desktop install sort
	sed -i 's/Program=sort/Program=other/' "$apps/a.desktop"
	run desktop install sort
	assert_status 0
	sed -i 's/Profile=sort/Profile=another/' "$apps/a.desktop"
	run desktop install sort
	assert_status 1
	assert_output_has 'it is installed for other, with another profile (another): immure desktop remove other'
	# An entry that the user took out of the menu stays out.
	printf '%s\n' '[Desktop Entry]' 'Type=Application' 'Hidden=true' >"$apps/a.desktop"
	run desktop install sort
	assert_status 0
	grep -qx Hidden=true "$apps/a.desktop"
	refute grep -q Immure "$apps/a.desktop"
}

@test "what was changed by hand is kept until that is given up" {
	entry a.desktop 'Exec=sort'
	desktop install sort
	sed -i 's/^Name=.*/Name=Mine/' "$apps/a.desktop"
	run desktop ls
	assert_output_has "$apps/a.desktop (it was changed by hand)"
	local verb
	for verb in install remove; do
		run desktop "$verb" sort
		assert_status 1
		assert_output_has "hint: to lose that change: immure desktop $verb --force sort"
	done
	grep -qx Name=Mine "$apps/a.desktop"
	run desktop install --force sort
	assert_status 0
	grep -qx Name=Sorter "$apps/a.desktop"
	echo '# mine' >>"$bin/sort"
	run desktop remove --force sort
	assert_status 0
	assert_equal "$(desktop ls)" ''
}

@test "nothing is written outside of the home, whatever links lead there" {
	entry a.desktop 'Exec=sort'
	mkdir -p "$TEST_TMP/outside" "$HOME/.local"
	picture_of "$TEST_TMP/outside" >before
	# refused: by the words
	refused() {
		run desktop install sort
		assert_status 1
		assert_output_has "$1"
		assert_equal "$(picture_of "$TEST_TMP/outside")" "$(cat before)"
	}
	ln -s "$TEST_TMP/outside" "$bin"
	refused "$bin is not below your home directory"
	rm "$bin"
	ln -s "$TEST_TMP/outside/missing" "$bin"
	refused "$bin: No such file"
	rm "$bin"
	ln -s "$TEST_TMP/outside" "$HOME/.local/share"
	refused 'is not below your home directory'
	rm "$HOME/.local/share"
	XDG_DATA_HOME=$TEST_TMP/outside refused 'is not below your home directory'
	mkdir -m 777 "$HOME/dots"
	chmod 777 "$HOME/dots"
	ln -s ../dots "$bin"
	refused 'everybody can write'
	# A link within the home is the user's way of keeping things.
	chmod 755 "$HOME/dots"
	run desktop install sort
	assert_status 0
	[[ -x $HOME/dots/sort && -L $bin ]]
	desktop remove sort
	assert_equal "$(files)" './.local/bin'
	# And so is a home that is reached by one.
	ln -s "$HOME" "$TEST_TMP/link"
	HOME=$TEST_TMP/link run desktop install sort
	assert_status 0
}

@test "which profile, and what is said when there is none" {
	profile other 'setenv MARK=1'
	run desktop install comm
	assert_status 1
	assert_output_has 'immure: install comm: there is no profile for comm'
	assert_output_has 'hint: to use another one: immure desktop install --profile OTHER comm'
	assert_equal "$(files)" ''
	desktop install --profile other comm
	grep -q 'run --profile other -- ' "$bin/comm"
	# It is kept.
	run desktop install comm
	assert_output_has unchanged
	rm "$HOME/.config/immure/profiles/other.profile"
	run desktop ls
	assert_output_has "$bin/comm (there is no profile other any more)"
	run comm /dev/null /dev/null
	assert_status 125
	run desktop install sort nonesuch
	assert_status 1
	assert_output_has 'install nonesuch: the system has no program nonesuch'
	refute test -e "$bin/sort"
	echo nonesuch >>"$HOME/.config/immure/profiles/sort.profile"
	run desktop install sort
	assert_status 1
	assert_output_has 'its profile cannot be used'
	local words
	for words in '' nonesuch install remove 'ls x' 'install --nonesuch x' 'install --profile'; do
		# shellcheck disable=SC2086 # words
		run desktop $words
		assert_status 2
	done
}

@test "a directory that the shell does not search is said, and so is one behind the system's" {
	PATH=/usr/bin:/bin run --separate-stderr desktop install sort
	assert_status 0
	# shellcheck disable=SC2154 # bats sets it
	assert_equal "$stderr" "immure: note: $bin is not in PATH: your shell does not find what is there"
	PATH=/usr/bin:$bin run --separate-stderr desktop install sort
	assert_equal "$stderr" "immure: note: /usr/bin/sort is found before $bin/sort: put $bin in front of the others in PATH"
}

@test "names and paths of any kind are quoted for who reads them" {
	needs desktop-file-validate python3
	export HOME="$TEST_TMP/a \"b\$c'd%\`e\\f"
	mkdir -p "$HOME/.config/immure/profiles" "$HOME/.local/bin"
	profile sort
	entry a.desktop 'Exec=sort --version %f'
	cp "$IMMURE" "$HOME/.local/bin/immure"
	# The profiles of a copy are the user's all the same.
	run "$HOME/.local/bin/immure" desktop install sort
	assert_status 0
	run desktop-file-validate "$HOME/.local/share/applications/a.desktop"
	assert_equal "$status/$output" 0/
	assert_equal "$("$HOME/.local/bin/sort" --version | head -n 1)" "$(/usr/bin/sort --version | head -n 1)"
	# As the specification says it is read.
	run python3 - "$HOME/.local/share/applications/a.desktop" <<-'END'
		import re, sys
		line = [l for l in open(sys.argv[1]) if l.startswith("Exec=")][0][5:-1]
		text = re.sub(r"\\(.)", lambda m: {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}[m[1]], line)
		words = re.findall(r'"((?:[^"\\]|\\["`$\\])*)"|([^\s"]+)', text)
		word = re.sub(r'\\(["`$\\])', r"\1", words[0][0]).replace("%%", "%")
		print(word)
		print(" ".join(w[1] for w in words[1:]))
	END
	assert_equal "$output" "$HOME/.local/bin/immure
run --profile sort -- sort --version %f"
}

@test "a broken or hostile file of the system is left alone" {
	entry good.desktop 'Exec=sort'
	printf '[Desktop Entry]\nType=Application\nExec=sort\0\n' >"$system/nul.desktop"
	head -c 400000 /dev/zero | tr '\0' x >"$system/long.desktop"
	printf 'Exec=sort\n' >"$system/none.desktop"
	mkfifo "$system/fifo.desktop"
	ln -s loop "$system/loop"
	ln -s . "$system/self"
	ln -s /dev/zero "$system/zero.desktop"
	run desktop install sort
	assert_status 0
	[[ -e $apps/good.desktop ]]
	refute ls "$apps/nul.desktop" "$apps/long.desktop" "$apps/none.desktop" "$apps/fifo.desktop" "$apps/zero.desktop" 2>/dev/null
	# The first directory that has a name decides.
	printf '[Desktop Entry]\nType=Application\nExec=other\n' >"$TEST_TMP/local/applications/good.desktop"
	run desktop ls
	assert_output_has "$apps/good.desktop (there is no such source any more)"
}
