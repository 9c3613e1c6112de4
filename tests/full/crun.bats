#!/usr/bin/env bats
# In a container of an ordinary user that crun(1) makes as it proposes itself: what is
# refused there, and that what we say helps.

load ../lib/common
load ../lib/sandbox

setup() {
	! is_root || skip 'the containers of an ordinary user'
	common_setup
	needs crun python3 unshare
	root=$TEST_TMP/rootfs
	mkdir -p "$root"/{usr,proc,sys,dev,tmp,etc,run,var/tmp,root,home} "$TEST_TMP/run"
	ln -s usr/bin usr/lib usr/lib64 "$root"
	cp "$IMMURE" "$root/immure"
	(cd "$TEST_TMP" && crun spec --rootless)
}

# contained CAPABILITY,... COVERS COMMAND...: with more capabilities than it proposes, and
# with what it covers of /proc (covers) or without (plain). Control groups of two versions
# at once it refuses to be in, and does without in a namespace where there are none.
contained() {
	local capabilities=$1 covers=$2
	shift 2
	python3 - "$TEST_TMP/config.json" "$capabilities" "$covers" "$@" <<-'END'
		import json, sys
		path, capabilities, covers, *command = sys.argv[1:]
		with open(path) as file:
		    config = json.load(file)
		process = config["process"]
		process.update(terminal=False, args=command, rlimits=[])
		for kind in process["capabilities"].values():
		    kind[:] = sorted(set(kind) - {"CAP_SETFCAP"} | set(filter(None, capabilities.split(","))))
		config["mounts"] = [mount for mount in config["mounts"] if mount["destination"] != "/usr"] + [
		    {"destination": "/usr", "source": "/usr", "type": "none", "options": ["rbind", "ro"]}]
		if covers == "plain":
		    config["linux"].update(maskedPaths=[], readonlyPaths=[])
		with open(path, "w") as file:
		    json.dump(config, file)
	END
	run --separate-stderr env -C "$TEST_TMP" XDG_RUNTIME_DIR="$TEST_TMP/run" timeout -k 5 60 unshare -UrmC sh -c \
		'mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' - crun --cgroup-manager=disabled \
		--root "$TEST_TMP/run" run "immure-test-$$"
}

@test "it says that a capability is missing, and then that there are covers" {
	contained '' covers /immure run echo ran
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'root needs the capability setfcap'
	contained CAP_SETFCAP covers /immure run echo ran
	assert_status 125
	assert_equal "$output" ''
	assert_stderr_has 'mount a new proc: Operation not permitted'
}

@test "with both it runs behind its walls, and with namespaces inside" {
	contained CAP_SETFCAP plain /immure run --quiet sh -c \
		'ls /sys/class/net; grep -E "^(Cap...|NoNewPrivs|Seccomp):" /proc/self/status | cut -f2 | sort -u; touch /usr/x; unshare -Ur true; ls /immure'
	assert_equal "$output" $'lo\n0000000000000000\n1\n2'
	assert_stderr_has '/usr/x'
	assert_stderr_has 'unshare failed: Operation not permitted'
	assert_stderr_has "cannot access '/immure'"
	contained CAP_SETFCAP plain /immure run --quiet --nested --ro-bind /immure -- /immure run --quiet -- echo ran
	assert_equal "$output" ran
}
