#!/usr/bin/env bats
# The other architecture: it compiles without a warning, and what of it runs without a
# kernel of that architecture (qemu's emulation of a process, which has no namespaces,
# no Landlock and no filters) does what it does here.

load ../lib/common
load ../lib/sandbox

setup_file() {
	[[ $(id -u) -ne 0 ]] || return 0
	BUILT=$(mktemp -d "${TMPDIR:-/tmp}/immure-aarch64.XXXXXX")
	export BUILT
	# What the program links with, unpacked and not set up.
	timeout -k 5 500 mmdebstrap --quiet --variant=extract --architectures=arm64 \
		--include=libc6-dev,libcap-dev,libsystemd-dev,libslirp-dev,linux-libc-dev bookworm "$BUILT/root.tar"
	mkdir "$BUILT/root"
	tar -C "$BUILT/root" --no-same-owner --exclude=./dev -xf "$BUILT/root.tar"
	BUILDING=$(timeout -k 5 900 env -u MAKEFLAGS make -s -j2 -C "$IMMURE_SOURCE" BUILD="$BUILT/build" \
		CC="aarch64-linux-gnu-gcc --sysroot=$BUILT/root" RUN="qemu-aarch64-static -L $BUILT/root" \
		CFLAGS=-O1 all "${UNITS[@]/#/$BUILT/build/unit/}" 2>&1) || BUILDING+=" (status $?)"
	export BUILDING
}

# Those that ask the kernel for nothing that an emulation of a process lacks.
UNITS=(address arena audit config dns error gate group home maps option path policy profile steps text url)

teardown_file() { rm -rf "${BUILT:?}"; }

setup() {
	! is_root || skip 'for ordinary users'
	needs aarch64-linux-gnu-gcc qemu-aarch64-static mmdebstrap
	common_setup
}

emulated() { qemu-aarch64-static -L "$BUILT/root" "$@"; }

@test "all of it builds without a warning" {
	local said
	said=$(grep -E '(warning|error):|status' <<<"$BUILDING" | grep -v 'pack-relative-relocs ignored' || true)
	assert_equal "$said" ''
	[[ $(od -An -tx1 -j18 -N2 "$BUILT/build/immure") == ' b7 00' ]]
	[[ $(od -An -tx1 -j18 -N2 "$BUILT/build/first") == ' b7 00' ]]
}

@test "process 1 of a developer's shell reaps, and ends as its init does" {
	needs python3
	local how
	local -A ends=([7]=7 [killed]=137)
	for how in "${!ends[@]}"; do
		run timeout -k 5 30 unshare -Urpf --kill-child python3 -c '
import os, signal, sys, time
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
init = os.fork()
if init == 0:
    if os.fork() == 0:
        if os.fork() == 0: os._exit(0)
        os._exit(0)
    time.sleep(0.1)
    if sys.argv[1] == "killed": os.kill(os.getpid(), signal.SIGKILL)
    os._exit(int(sys.argv[1]))
os.execvp("qemu-aarch64-static", ["qemu-aarch64-static", sys.argv[2], str(init)])' "$how" "$BUILT/build/first"
		assert_status "${ends[$how]}"
	done
}

@test "the plan of a run, its manual and its options are the same" {
	local arguments
	cd "$TEST_TMP" || return
	for arguments in --version '--help=all'; do
		assert_equal "$(emulated "$BUILT/build/immure" run "$arguments")" "$("$IMMURE" run "$arguments")"
	done
	run emulated "$BUILT/build/immure" profile check default
	assert_status 0
	# Paths and options; what the kernel has is not asked of the emulation.
	diff <(emulated "$BUILT/build/immure" profile show default | sed 's/#.*//') <("$IMMURE" profile show default | sed 's/#.*//')
	diff <(emulated "$BUILT/build/immure" profile show dev | sed 's/#.*//') <("$IMMURE" profile show dev | sed 's/#.*//')
	# What cannot be had there stops the launch.
	run --separate-stderr emulated "$BUILT/build/immure" run touch ran
	assert_status 125
	[[ ! -e ran ]]
}

@test "the tests of what needs no kernel pass" {
	local unit
	for unit in "${UNITS[@]}"; do
		run timeout -k 5 60 qemu-aarch64-static -L "$BUILT/root" "$BUILT/build/unit/$unit"
		assert_status 0
		assert_output_lacks 'not ok'
	done
}
