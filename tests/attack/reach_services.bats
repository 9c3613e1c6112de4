#!/usr/bin/env bats
# What the host's processes talk to each other by: keyrings, queues, shared memory,
# sockets with and without a path, services on the loopback. None is to be reached.
#
# shellcheck disable=SC2016,SC2030,SC2031 # for the shells inside; each test is one

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	helpers=()
}

teardown() {
	[[ ${#helpers[@]} -eq 0 ]] || kill "${helpers[@]}" 2>/dev/null || true
	common_teardown
}

@test "KEY-01 KEY-02: a key of the caller's session, and one of the caller's own keyring" {
	local ring
	for ring in session user; do
		run "$PROBE" key-session /bin/bash -c '"$PROBE" keyctl-session; key=$("$PROBE" key-add "$1" immure-test) && "$PROBE" key-read immure-test "$key"
			echo ---; timeout 20 "$IMMURE" run -q --seccomp off -- "$PROBE" key-read immure-test "$key"
			timeout 20 "$IMMURE" run -- "$PROBE" key-read immure-test "$key"' - "$ring"
		# Without walls: that of the user is found there, and read by who has it in the session too.
		[[ ${output%%---*} == *'found in'* ]] || fail_test 'the key is not there outside'
		[[ $ring == user || ${output%%---*} == *'key-read: ok'* ]] || fail_test 'it cannot be read outside'
		assert_equal "${output##*---$'\n'}" $'key-read: EACCES\nkey-read: EPERM'
	done
}

@test "KEY-01: the session keyring is new, and what is put in it stays inside" {
	local outside inside
	outside=$("$PROBE" keyctl-session || true)
	inside=$(inside --seccomp off -- "$PROBE" keyctl-session)
	[[ -n $inside && ${inside%% *} != "${outside%% *}" ]]
	inspect -- "$PROBE" key-add session immure-inside
	assert_equal "$output" 'key-add: EPERM'
	inspect --seccomp off -- "$PROBE" key-add session immure-inside
	assert_status 0
	run "$PROBE" key-read immure-inside "$output"
	assert_output_lacks found
	assert_output_lacks ok
	inspect -- cat /proc/keys /proc/key-users
	assert_equal "$output" ''
}

@test "IPC-05: POSIX message queues" {
	# Without walls it is found.
	"$PROBE" mq-open "/immure-test-$BASHPID"
	run "$PROBE" mq-find "/immure-test-$BASHPID"
	assert_equal "$output" 'mq-find: ok'
	inspect -- "$PROBE" mq-find "/immure-test-$BASHPID"
	assert_equal "$output" 'mq-find: ENOENT'
	inspect --ro-bind "$PROBE" -- sh -c '"$1" mq-open /immure-inside; ls /dev/mqueue' - "$PROBE"
	assert_equal "$output" $'mq-open: ok\nimmure-inside'
	run "$PROBE" mq-find /immure-inside
	assert_equal "$output" 'mq-find: ENOENT'
	"$PROBE" mq-unlink "/immure-test-$BASHPID"
}

@test "IPC-05: System V queues, semaphores and shared memory" {
	local shm queue sem
	shm=$(ipcmk -M 4096 | grep -o '[0-9]*$')
	queue=$(ipcmk -Q | grep -o '[0-9]*$')
	sem=$(ipcmk -S 1 | grep -o '[0-9]*$')
	run ipcs
	assert_output_has " $shm "
	inspect -- sh -c 'ipcs -m -i "$1"; ipcs -q -i "$2"; ipcs -s -i "$3"; ipcs | grep -c "^0x"; ipcrm -m "$1" -q "$2" -s "$3"' - "$shm" "$queue" "$sem"
	assert_equal "$(tail -n 1 <<<"$output")" 0
	assert_output_lacks "shmid=$shm"
	ipcrm -m "$shm" -q "$queue" -s "$sem"
	inspect -- ipcmk -M 4096
	assert_status 0
	refute ipcrm -m "$(grep -o '[0-9]*$' <<<"$output")" 2>/dev/null
}

@test "IPC-05: POSIX shared memory" {
	echo canary >/dev/shm/immure-test.$$
	inspect -- sh -c 'ls -A /dev/shm; echo inside >/dev/shm/immure-inside'
	rm /dev/shm/immure-test.$$
	assert_equal "$output" ''
	[[ ! -e /dev/shm/immure-inside ]]
}

@test "NET-20 NET-21: a socket in the abstract name space" {
	local name=immure-test-$BASHPID
	"$PROBE" abstract-listen "$name" >"$TEST_TMP/out" &
	helpers+=($!)
	until grep -q ok "$TEST_TMP/out"; do sleep 0.02; done
	inspect -- "$PROBE" abstract-connect "$name"
	assert_equal "$output" 'abstract-connect: ECONNREFUSED'
	kill -0 "${helpers[0]}"
	# Each of the two walls holds alone.
	inspect --landlock off -- "$PROBE" abstract-connect "$name"
	assert_equal "$output" 'abstract-connect: ECONNREFUSED'
	inspect --share net -- "$PROBE" abstract-connect "$name"
	assert_equal "$output" 'abstract-connect: EPERM'
	assert_stderr_lacks abstract
	# Without both walls it is reached.
	inspect --share net --landlock off -- "$PROBE" abstract-connect "$name"
	assert_equal "$output" 'abstract-connect: ok'
	assert_stderr_has 'and every abstract socket'
}

@test "IPC-01 IPC-02 IPC-03 IPC-04: sockets with a path: of an agent, a bus, a display, in the usual places" {
	needs python3
	mkdir -p "$TEST_TMP/runtime" "$TEST_TMP/home"
	python3 - "$TEST_TMP/runtime/bus" "$TEST_TMP/home/agent" "$TEST_TMP/ready" <<-'END' &
		import socket, sys, time
		listening = []
		for path in sys.argv[1:3]:
		    listening.append(socket.socket(socket.AF_UNIX))
		    listening[-1].bind(path)
		    listening[-1].listen(9)
		open(sys.argv[3], "w").close()
		time.sleep(60)
	END
	helpers+=($!)
	until [[ -e $TEST_TMP/ready ]]; do sleep 0.02; done
	local connect='import socket, sys
for path in sys.argv[1:]:
    try: socket.socket(socket.AF_UNIX).connect(path); print("reached", path)
    except OSError as error: print(error.errno)'
	# Without walls they are reached.
	assert_equal "$(python3 -c "$connect" "$TEST_TMP/runtime/bus" "$TEST_TMP/home/agent" | grep -c reached)" 2
	cd / || return
	XDG_RUNTIME_DIR=$TEST_TMP/runtime HOME=$TEST_TMP/home DBUS_SESSION_BUS_ADDRESS=unix:path=$TEST_TMP/runtime/bus SSH_AUTH_SOCK=$TEST_TMP/home/agent \
		inspect -- python3 -c "$connect" "$TEST_TMP/runtime/bus" "$TEST_TMP/home/agent" /run/dbus/system_bus_socket /tmp/.X11-unix/X0 /run/docker.sock
	assert_equal "$output" $'2\n2\n2\n2\n2'
}

@test "NET-01: a service on the host's loopback, and any other address" {
	needs python3
	python3 - "$TEST_TMP/port" <<-'END' &
		import socket, sys, time
		listening = socket.socket()
		listening.bind(("127.0.0.1", 0))
		listening.listen(9)
		open(sys.argv[1] + ".new", "w").write(str(listening.getsockname()[1]))
		import os; os.rename(sys.argv[1] + ".new", sys.argv[1])
		time.sleep(60)
	END
	helpers+=($!)
	until [[ -e $TEST_TMP/port ]]; do sleep 0.02; done
	local port connect
	port=$(cat "$TEST_TMP/port")
	connect='(: </dev/tcp/127.0.0.1/'$port') 2>/dev/null && echo reached'
	# Without walls it is reached.
	run bash -c "$connect"
	assert_equal "$output" reached
	# Behind them it is not.
	run inside -- bash -c "$connect"
	assert_equal "$output" ''
	run inside --quiet --share net -- bash -c "$connect"
	assert_equal "$output" reached
	inspect --timeout 10 -- bash -c ': </dev/tcp/192.0.2.1/80; : </dev/tcp/169.254.169.254/80; : </dev/udp/192.0.2.1/53; ip route 2>/dev/null; cat /proc/net/route'
	assert_equal "$(grep -c 'Network is unreachable' <<<"${stderr:-}")" 6
	assert_equal "${#lines[@]}" 1
}

@test "NET-01: its own loopback works, and is its own" {
	needs python3
	inspect -- python3 -c '
import socket
listening = socket.socket(); listening.bind(("127.0.0.1", 80)); listening.listen(1)
socket.create_connection(("localhost", 80)); print("reached")'
	# Port 80 is no port of the host that root would be needed for.
	[[ $output == reached || ${stderr:-} == *'Permission denied'* ]]
}
