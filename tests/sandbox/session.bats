#!/usr/bin/env bats
# Of the caller's session the command has what was named: the socket of a compositor, of an
# X server with its cookie and no other, of a sound server. Who listens here is ours.
#
# shellcheck disable=SC2016,SC2030,SC2031 # the inner shell's; a variable of one test alone

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	make_work
	cd "$WORK" || return
	export XDG_RUNTIME_DIR=$TEST_TMP/runtime
	mkdir -p "$XDG_RUNTIME_DIR/pulse"
	unset DISPLAY XAUTHORITY WAYLAND_DISPLAY PULSE_SERVER
	server=''
}

teardown() {
	[[ -z $server ]] || kill "$server" 2>/dev/null || true
	[[ -z ${x_socket:-} ]] || rm -f "$x_socket"
	common_teardown
}

# serve PATH...: answer whoever connects with the path.
serve() {
	python3 - "$@" 3>&- <<-'END' &
		import selectors, socket, sys
		selector = selectors.DefaultSelector()
		for path in sys.argv[1:]:
		    listening = socket.socket(socket.AF_UNIX)
		    listening.bind(path)
		    listening.listen(9)
		    selector.register(listening, selectors.EVENT_READ, path)
		open(sys.argv[1] + ".ready", "w").close()
		while selector.select(60):
		    for key, _ in selector.select(0):
		        peer, _ = key.fileobj.accept()
		        peer.sendall(key.data.encode())
		        peer.close()
	END
	server=$!
	local round
	for round in {1..100}; do
		[[ ! -e $1.ready ]] || { rm "$1.ready"; return 0; }
		sleep 0.05
	done
	fail_test "nobody listens at $1 after $round rounds"
}

# What asks a socket, inside: ask PATH.
ask=(python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
print(s.recv(200).decode())')

# The number of an X server that nobody has, and where it would listen.
choose_display() {
	[[ -d /tmp/.X11-unix ]] || mkdir -m 1777 /tmp/.X11-unix
	number=$((20000 + RANDOM))
	while [[ -e /tmp/.X11-unix/X$number ]]; do
		number=$((number + 1))
	done
	x_socket=/tmp/.X11-unix/X$number
}

@test "--wayland shows the compositor's socket, under one name, and nothing else of the runtime directory" {
	serve "$XDG_RUNTIME_DIR/wayland-7" "$XDG_RUNTIME_DIR/bus"
	inspect -- "${ask[@]}" "$XDG_RUNTIME_DIR/wayland-7"
	refute test "$status" -eq 0
	WAYLAND_DISPLAY=wayland-7 inspect --wayland -- sh -c 'ls "$XDG_RUNTIME_DIR" && exec "$@" "$WAYLAND_DISPLAY"' ask "${ask[@]}"
	assert_status 0
	assert_equal "$output" "wayland-0
$XDG_RUNTIME_DIR/wayland-7"
	local socket=$XDG_RUNTIME_DIR/wayland-7
	WAYLAND_DISPLAY=$socket XDG_RUNTIME_DIR='' inspect --wayland -- sh -c 'exec "$@" "$WAYLAND_DISPLAY"' ask "${ask[@]}"
	assert_status 0
	# What is no socket, or not there, is no compositor.
	inspect --wayland -- true
	assert_status 125
	assert_stderr_has "plan: wayland (command line): $XDG_RUNTIME_DIR/wayland-0: No such file or directory"
	touch "$XDG_RUNTIME_DIR/wayland-0"
	inspect --wayland -- true
	assert_stderr_has 'is not a socket'
	XDG_RUNTIME_DIR='' inspect --wayland -- true
	assert_stderr_has 'XDG_RUNTIME_DIR is not set'
}

@test "--x11 shows the server's socket, says what that gives away, and gives its cookie alone" {
	local number
	choose_display
	serve "$x_socket"
	# Two for this host and one for another one: family, address, number, name, data.
	python3 - "$number" >"$TEST_TMP/cookies" <<-'END'
		import socket, struct, sys
		for family, host, number, data in ((256, socket.gethostname(), "1", "wrong server"),
		        (256, socket.gethostname(), sys.argv[1], "right one"), (256, "elsewhere", sys.argv[1], "wrong host")):
		    sys.stdout.buffer.write(struct.pack(">H", family))
		    for part in host, number, "MIT-MAGIC-COOKIE-1", data:
		        sys.stdout.buffer.write(struct.pack(">H", len(part)) + part.encode())
	END
	export DISPLAY=:$number.0 XAUTHORITY=$TEST_TMP/cookies
	inspect --x11 -- sh -c 'echo "$DISPLAY" && ls /tmp/.X11-unix && tr -cs "[:print:]" "|" <"$XAUTHORITY" && "$@"' ask "${ask[@]}" "$x_socket"
	assert_status 0
	assert_equal "$output" ":$number.0
X$number
|$number|MIT-MAGIC-COOKIE-1|right one$x_socket"
	assert_stderr_has 'note: x11 (command line): it can see the windows of every program of this X server, read what is typed in them, and type into them'
	DISPLAY=unix:$number XAUTHORITY=/nonexistent inspect --x11 -- sh -c 'echo "$DISPLAY$XAUTHORITY"'
	assert_status 0
	assert_equal "$output" ":$number"
	inspect -- sh -c 'ls /tmp/.X11-unix 2>&1; echo "$DISPLAY$XAUTHORITY"'
	assert_output_lacks "X$number"
	assert_output_lacks ":$number"
}

@test "a DISPLAY that is no server of this host ends the launch" {
	local display
	for display in host:0 localhost:10.0 : :1x :1.x :1.0x '[::1]:0' :123456 /tmp/x:0; do
		DISPLAY=$display inspect --x11 -- true
		assert_status 125
		assert_stderr_has 'and not a server of this host, as :0 is'
		assert_stderr_has 'to do without windows: env -u DISPLAY immure ...'
	done
	inspect --x11 -- true
	assert_stderr_has 'plan: x11 (command line): DISPLAY is not set'
}

@test "--audio shows PulseAudio's socket, or else PipeWire's, and says what that gives" {
	serve "$XDG_RUNTIME_DIR/pulse/native" "$XDG_RUNTIME_DIR/pipewire-0"
	inspect --audio -- sh -c 'ls "$XDG_RUNTIME_DIR" && exec "$@" "${PULSE_SERVER#unix:}"' ask "${ask[@]}"
	assert_status 0
	assert_equal "$output" "pulse
$XDG_RUNTIME_DIR/pulse/native"
	assert_stderr_has 'audio (command line): it can play sounds, and listen to the microphone'
	rm "$XDG_RUNTIME_DIR/pulse/native"
	inspect --audio -- sh -c 'ls "$XDG_RUNTIME_DIR" && exec "$@" "$PIPEWIRE_REMOTE"' ask "${ask[@]}"
	assert_status 0
	assert_equal "$output" "pipewire-0
$XDG_RUNTIME_DIR/pipewire-0"
	rm "$XDG_RUNTIME_DIR/pipewire-0"
	inspect --audio -- true
	assert_status 125
	assert_stderr_has 'there is neither PulseAudio nor PipeWire'
}

@test "a profile says by its name what it uses of the session, and not by which sockets" {
	local number
	choose_display
	serve "$x_socket" "$XDG_RUNTIME_DIR/pulse/native"
	mkdir -p "$TEST_TMP/config/immure/profiles"
	printf 'include default\nx11\naudio\nhome kept:seen\n' >"$TEST_TMP/config/immure/profiles/shown.profile"
	export XDG_CONFIG_HOME=$TEST_TMP/config
	DISPLAY=:$number run "$IMMURE" profile diff shown
	assert_output_has 'uses of the session: x11, audio'
	assert_output_has 'has a home that stays: seen'
	assert_output_lacks "$x_socket"
}

@test "--gpu shows the devices there are, or ends the launch" {
	local devices=(/dev/dri /dev/nvidia[0-9]*)
	if [[ -e ${devices[0]} || -e ${devices[1]} ]]; then
		inspect --gpu -- sh -c 'ls -d /dev/dri /dev/nvidia* 2>/dev/null'
		assert_status 0
		assert_stderr_has 'gpu (command line): it can reach the driver of the graphics processor'
	else
		inspect --gpu -- true
		assert_status 125
		assert_stderr_has 'plan: gpu (command line): this host has neither /dev/dri nor a /dev/nvidia'
	fi
	inspect -- sh -c '! ls -d /dev/dri /dev/nvidia* 2>/dev/null'
	assert_status 0
}

@test "home kept:NAME is there again next time, and is one at a time's" {
	export HOME=$TEST_TMP/home XDG_DATA_HOME=$TEST_TMP/data
	mkdir "$HOME"
	local homes=$XDG_DATA_HOME/immure/homes
	inspect --home kept:browser --dry-run -- true
	assert_stderr_has "the home browser is not there yet: it would be made at $homes/browser"
	refute test -e "$homes"
	inspect --home kept:browser -- sh -c 'echo cookie >~/jar && ls -A ~'
	assert_status 0
	assert_equal "$output" jar
	inspect --home kept:browser -- cat "$HOME/jar"
	assert_equal "$output" cookie
	assert_equal "$(cat "$homes/browser/jar")" cookie
	assert_equal "$("$IMMURE" home ls)" "browser   $homes/browser"
	# Where something is shown in it there is a place for that.
	mkdir "$HOME/Downloads"
	inspect --home kept:browser --bind "$HOME/Downloads" -- touch "$HOME/Downloads/file"
	assert_status 0
	test -e "$HOME/Downloads/file"
	local name
	for name in '' .. a/b .hidden; do
		inspect --home "kept:$name" -- true
		refute test "$status" -eq 0
	done
}

@test "a home that stays is refused to a second one while the first one runs" {
	export HOME=$TEST_TMP/home XDG_DATA_HOME=$TEST_TMP/data
	mkdir "$HOME"
	mkfifo go
	inside --home kept:browser -- cat go 3>&- &
	server=$!
	local round
	for round in {1..100}; do
		! grep -qs . "$XDG_DATA_HOME/immure/homes/.browser.lock" || break
		sleep 0.05
	done
	inspect --home kept:browser -- true
	assert_status 125
	assert_stderr_has 'home kept:browser (command line): a sandbox with the home browser is running'
	assert_stderr_has 'hint: for one beside it, with a home that is gone at the end: immure run --home private ...'
	: >go
	wait "$server"
	server=''
	inspect --home kept:browser -- true
	assert_status 0
}

@test "a file that is given below the home has a place in the one that stays, until the end" {
	export HOME=$TEST_TMP/home XDG_DATA_HOME=$TEST_TMP/data
	local kept=$XDG_DATA_HOME/immure/homes/browser
	mkdir -p "$HOME/papers"
	echo text >"$HOME/papers/page"
	echo title >"$HOME/top page"
	local run=(--home kept:browser --arguments ro -- sh -c 'cat "$1" "${2#file://}"; touch ~/papers/mine' sh)
	inspect "${run[@]}" "$HOME/papers/page" "$HOME/top page"
	assert_status 0
	assert_equal "$output" $'text\ntitle'
	assert_equal "$(cd "$kept" && find . -type f)" ./papers/mine
	# What the home has of that name is its own, and stays as it was.
	echo own >"$kept/papers/page"
	inspect "${run[@]}" "$HOME/papers/page" "$HOME/top page"
	assert_equal "$output" $'text\ntitle'
	assert_equal "$(<"$kept/papers/page")" own
	# A link on the way is not followed, to make something or to take it away.
	rm -r "$kept/papers"
	ln -s "$TEST_TMP" "$kept/papers"
	inspect "${run[@]}" "$HOME/papers/page" "$HOME/top page"
	assert_status 125
	assert_stderr_has 'is not a directory, and no link is followed there'
	: >"$TEST_TMP/target"
	rm "$kept/papers"
	inspect --home kept:browser --arguments ro -- sh -c 'rmdir ~/papers 2>/dev/null; mv ~/papers ~/p; ln -s "$2" ~/papers' sh \
		"$HOME/papers/page" "$TEST_TMP"
	test ! -e "$TEST_TMP/page"
	test -e "$TEST_TMP/target"
}
