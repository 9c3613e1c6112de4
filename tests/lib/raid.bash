# shellcheck shell=bash disable=SC2034 # what it leaves is for the tests
# The main attempts of the battery in one go: `load ../lib/raid` after sandbox.
#
#   raid COMMAND...    lay out what there is to be had, run `COMMAND... raid.sh ...`,
#                      and leave in RAIDED the ids of what was had, sorted, by what is
#                      seen from outside: secrets that came out, files that changed,
#                      a process that is gone, a socket that somebody connected to
#
# The command is told what to show by nothing but the current directory, where it may
# write, a directory to read, and the program of the probe; raid_options are the options
# of `immure run` for that.

raid_setup() {
	RAID=$TEST_TMP/raid
	raid_number=$BASHPID$RANDOM
	mkdir -p "$RAID"/{home/.ssh,home/work,there,read-only}
	raid_options=(--quiet --cwd rw --ro-bind "$PROBE" --ro-bind "$RAID/read-only"
		--ro-bind "$IMMURE_SOURCE/tests/lib/raid.sh")
	needs python3
}

# The secret of an id, which nothing inside can know without having reached it.
raid_secret() { echo "secret-$1-of-$raid_number"; }

raid_lay_out() {
	local home=$RAID/home
	rm -rf "$home/work" "$RAID/there" "$RAID"/*.mark
	mkdir -p "$home/work" "$RAID/there"
	raid_secret FS-01 >"$home/.ssh/id_ed25519"
	raid_secret FS-03 >"/tmp/immure-test.$raid_number"
	raid_secret FS-10 >"$RAID/root"
	raid_secret FS-02 >"$RAID/there/file"
	raid_secret FD-01 >"$RAID/there/open"
	touch "$RAID/there/found-$(raid_secret FS-02)" "$home/.profile" "$home/.netrc" "$RAID/read-only/file"
	rm -f "/tmp/immure-test.$raid_number.left"
	truncate -s 0 "$home/.profile" "$home/.netrc" "$RAID/read-only/file"
	"$PROBE" mq-open "/immure-test-$raid_number" >/dev/null
	env -i "SECRET=$(raid_secret PROC-03)" sleep 60 3>&- 9>&- >/dev/null &
	raid_victim=$!
	python3 "$IMMURE_SOURCE/tests/lib/listen.py" "$RAID" "immure-test-$raid_number" 3>&- 9>&- &
	raid_listener=$!
	until [[ -s $RAID/port && $(cat "/proc/$raid_victim/comm") == sleep ]]; do
		kill -0 "$raid_listener" || return
		sleep 0.01
	done
	raid_port=$(cat "$RAID/port")
}

raid() {
	local size
	raid_lay_out || return
	RAID_STATUS=0
	(
		cd "$RAID/home/work" || exit
		HOME=$RAID/home CALLERS_SECRET=$(raid_secret ENV-01) "$@" \
			"$IMMURE_SOURCE/tests/lib/raid.sh" "$PROBE" "$RAID" "$raid_number" "$raid_victim" "$raid_port" \
			9<"$RAID/there/open" 3>&- >"$RAID/out" 2>"$RAID/err"
	) || RAID_STATUS=$?
	RAIDED=$(raid_judge | sort -u | paste -sd' ')
	raid_clean_up
}

raid_judge() {
	local id name home=$RAID/home
	for id in FS-01 FS-02 FS-03 FS-10 FD-01; do
		! grep -qaF "$(raid_secret "$id")" "$RAID/out" || echo "$id"
	done
	! grep -qa "^CALLERS_SECRET=$(raid_secret ENV-01)" "$RAID/out" || echo ENV-01
	! grep -qa "^environ: .*=$(raid_secret '[A-Z0-9-]*')" "$RAID/out" || echo PROC-03
	[[ ! -e /tmp/immure-test.$raid_number.left ]] || echo FS-03
	[[ ! -s $RAID/read-only/file ]] || echo FS-04
	[[ ! -s $home/.profile && ! -s $home/.netrc ]] || echo FS-16
	! grep -qxF sleep "$RAID/out" || echo PROC-02
	! grep -qaFf /proc/cmdline "$RAID/out" || echo PROC-09
	! grep -qF "entry /sys/module/$(find /sys/module -mindepth 1 -printf '%f\n' -quit)" "$RAID/out" || echo SYS-02
	for name in $(raid_devices); do
		! grep -qxF "entry /sys/class/net/$name" "$RAID/out" || echo SYS-03
	done
	[[ $("$PROBE" mq-find "/immure-test-$raid_number") == *ok ]] || echo IPC-05
	[[ ! -e $RAID/abstract.mark ]] || echo NET-20
	[[ ! -e $RAID/path.mark ]] || echo IPC-04
	[[ ! -e $RAID/loopback.mark ]] || echo NET-01
	kill -0 "$raid_victim" 2>/dev/null || echo PTR-06
	# It writes ten times a second.
	if [[ -e $home/work/alive ]]; then
		size=$(stat -c %s "$home/work/alive")
		sleep 0.3
		[[ $(stat -c %s "$home/work/alive") == "$size" ]] || echo PTR-09
	fi
}

# Network devices of the host that every sandbox has not got anyway.
raid_devices() { find /sys/class/net -mindepth 1 ! -name lo -printf '%f\n'; }

# All that can be had, where there is a network device to see.
raid_all() {
	{
		printf '%s\n' ENV-01 FD-01 FS-01 FS-02 FS-03 FS-04 FS-10 FS-16 IPC-04 IPC-05 NET-01 NET-20 \
			PROC-02 PROC-03 PROC-09 PTR-06 PTR-09 SYS-02
		[[ -z $(raid_devices) ]] || echo SYS-03
	} | sort | paste -sd' '
}

raid_clean_up() {
	local pid
	[[ -n ${raid_victim:-} ]] || return 0
	kill "$raid_victim" "$raid_listener" 2>/dev/null || true
	wait "$raid_victim" "$raid_listener" 2>/dev/null || true
	# The daemon of a raid without walls has its file open; it ends by itself when it
	# cannot write, or after half a minute.
	for pid in $(pgrep -f "setsid-daemon alive" -u "$(id -u)"); do
		[[ $(readlink "/proc/$pid/cwd") != "$RAID"/* ]] || kill "$pid"
	done
	"$PROBE" mq-unlink "/immure-test-$raid_number" >/dev/null || true
	rm -f "/tmp/immure-test.$raid_number" "/tmp/immure-test.$raid_number.left" "$RAID/port" "$RAID/socket"
	raid_victim=
}
