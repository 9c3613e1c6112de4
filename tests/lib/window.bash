# shellcheck shell=bash
# Windows for the rows of tests/apps that have a line `window=yes`: an X server of the row's
# own, of which a picture can be taken. With KEEP_SHOTS=DIRECTORY they stay there.

# shellcheck disable=SC2154 # walls, of lib/apps

# display_start: sets DISPLAY and XAUTHORITY; with a cookie, as everywhere.
display_start() {
	export XAUTHORITY=$TEST_TMP/cookies
	local number=$TEST_TMP/display round
	xauth -q -f "$XAUTHORITY" add "$(hostname)/unix:0" . "$(mcookie)" 2>/dev/null
	Xvfb -displayfd 5 -screen 0 1024x768x24 -auth "$XAUTHORITY" -nolisten tcp -noreset \
		5>"$number" >"$TEST_TMP/Xvfb.log" 2>&1 3>&- &
	display_pid=$!
	for round in {1..200}; do
		[[ ! -s $number ]] || break
		kill -0 "$display_pid" || break
		sleep 0.1
	done
	[[ -s $number ]] || fail_test "no X server after $round rounds: $(cat "$TEST_TMP/Xvfb.log")" || return
	DISPLAY=:$(<"$number")
	export DISPLAY
	# The server takes the cookie whatever number stands with it; clients look for theirs.
	xauth -q -f "$XAUTHORITY" add "$(hostname)/unix$DISPLAY" . "$(xauth -f "$XAUTHORITY" list | awk '{ print $3; exit }')"
}

display_stop() {
	[[ -n ${display_pid:-} ]] || return 0
	kill "$display_pid" 2>/dev/null || true
	wait "$display_pid" 2>/dev/null || true
	display_pid=''
}

# on_wayland COMMAND...: with a compositor of Wayland, and no X server.
on_wayland() {
	local XDG_RUNTIME_DIR=$TEST_TMP/runtime WAYLAND_DISPLAY=wayland-1 SWAYSOCK='' compositor round status=0
	export XDG_RUNTIME_DIR WAYLAND_DISPLAY
	mkdir -m 700 "$XDG_RUNTIME_DIR"
	echo 'output HEADLESS-1 resolution 1024x768' >"$TEST_TMP/sway.conf"
	env -u DISPLAY -u WAYLAND_DISPLAY WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman \
		sway -c "$TEST_TMP/sway.conf" >"$TEST_TMP/sway.log" 2>&1 3>&- &
	compositor=$!
	for round in {1..200}; do
		SWAYSOCK=$(compgen -G "$XDG_RUNTIME_DIR/sway-ipc.*.sock") && [[ -S $XDG_RUNTIME_DIR/$WAYLAND_DISPLAY ]] && break
		kill -0 "$compositor" || break
		sleep 0.1
	done
	DISPLAY='' "$@" || status=$?
	kill "$compositor" 2>/dev/null || true
	wait "$compositor" 2>/dev/null || true
	[[ $status -eq 0 ]] || { echo "after $round rounds for it:"; tail -n 5 "$TEST_TMP/sway.log"; }
	return "$status"
}

# The titles of the windows that there are.
windows() {
	if [[ -n ${SWAYSOCK:-} ]]; then
		swaymsg -s "$SWAYSOCK" -t get_tree | jq -r '.. | objects | select(.pid? and .type == "con") | .name'
	else
		xwininfo -root -tree | sed -n 's/^ *0x[0-9a-f]* "\(.*\)": (.*/\1/p'
	fi
}

# How much of the screen is not the empty desktop's black, in hundredths, and in how many
# colours: picture FILE.
picture() {
	if [[ -n ${SWAYSOCK:-} ]]; then
		grim "$1"
	else
		xwd -root -silent | /usr/bin/convert xwd:- "$1"
	fi &&
		/usr/bin/convert "$1" -format '%k ' -write info: -fill white +opaque black \
			-format '%[fx:round(mean*100)]\n' info:
}

# shows NAME TITLE COMMAND...: the command makes a window whose title has this (grep -E),
# and in it stands a picture. Prints the title; then the command is ended.
shows() {
	local name=$1 title=$2 found='' colours=0 drawn=0 round status=1
	local line PATIENCE=${PATIENCE:-150}
	shift 2
	command_line "$@"
	"${line[@]}" </dev/null >"$TEST_TMP/window.log" 2>&1 3>&- &
	local pid=$!
	for round in {1..240}; do
		kill -0 "$pid" 2>/dev/null || break
		found=$(windows | grep -E -m 1 "$title") || found=''
		if [[ -n $found ]]; then
			read -r colours drawn < <(picture "$TEST_TMP/$name.png")
			if [[ $colours -ge 16 && $drawn -ge 4 ]]; then
				status=0
				break
			fi
		fi
		sleep 0.5
	done
	if [[ -n ${KEEP_SHOTS:-} && $status -eq 0 ]]; then
		sleep 3		# what else it draws
		picture "$KEEP_SHOTS/$name.$walls.png" >/dev/null
	fi
	local all
	all=$(windows)
	kill "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	if [[ $status -ne 0 ]]; then
		echo "no window with \"$title\" after $round rounds ($colours colours, $drawn %):"
		echo "$all"
		tail -n 20 "$TEST_TMP/window.log"
	else
		echo "$found"
	fi
	return "$status"
}
