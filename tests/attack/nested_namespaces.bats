#!/usr/bin/env bats
# With --nested the command is root of namespaces that it makes, mounts and unmounts in
# them as it likes, and for all that undoes nothing of the view, reaches nothing of the
# host, and writes nowhere else than before.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	! is_root || skip 'root is refused: attack/root_writes_kernel.bats'
	common_setup
	make_work
	mkdir "$WORK/shown" "$WORK/hidden"
	echo canary >"$WORK/hidden/secret"
	echo shown >"$WORK/shown/file"
	nested=(--quiet --nested --ro-bind "$PROBE")
	# Root of a namespace inside, and of one more inside of that.
	root=(unshare -Urmnpf --mount-proc)
}

# attempt COMMANDS: by root of a namespace inside, and of one that was made there.
attempt() {
	inspect "${nested[@]}" "${view[@]}" -- "${root[@]}" sh -c "$1" - "$WORK" "$PROBE"
	local first=$output
	inspect "${nested[@]}" "${view[@]}" -- "${root[@]}" "${root[@]}" sh -c "$1" - "$WORK" "$PROBE"
	assert_equal "$output" "$first"
}

@test "FS-05 PROC-08: without walls, where the same namespace owns the mounts they are lifted and made writable" {
	run unshare -Urm sh -c 'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; touch "$1/x" 2>/dev/null || echo read-only
		mount -o remount,bind,rw "$1"; touch "$1/x" && echo writable; mount -t tmpfs x "$1"; umount "$1"; cat "$1/hidden/secret"' - "$WORK"
	assert_equal "$output" $'read-only\nwritable\ncanary'
}

@test "FS-05 PROC-08: weakened, with the rights of the set-up the view is undone" {
	run --separate-stderr weakly inner,caps,landlock --seccomp off --ro-bind "$WORK" --hide "$WORK/hidden" -- sh -c 'mount -o remount,bind,rw "$1"; echo x >>"$1/shown/file" && echo wrote
		umount "$1/hidden"; cat "$1/hidden/secret"' - "$WORK"
	assert_equal "$output" $'wrote\ncanary'
}

@test "FS-05: nested, no mount of the view is lifted, moved or made writable" {
	view=(--ro-bind "$WORK/shown")
	attempt 'cut -d" " -f5 /proc/self/mountinfo | sort -ru >/tmp/mounts; made=/proc
		mkdir /tmp/there; while read -r at; do
			case $at in $made) continue;; esac
			umount "$at"; umount -l "$at"; mount --move "$at" /tmp/there; mount -o remount,bind,rw "$at"; mount -o remount,rw "$at"
		done </tmp/mounts 2>/dev/null
		for at in / /usr /etc /usr/bin "$1/shown"; do touch "$at/x" 2>/dev/null && echo "wrote $at"; echo x 2>/dev/null >>"$at/file" && echo "wrote $at/file"; done
		cat "$1/shown/file"; cut -d" " -f5 /proc/self/mountinfo | sort -ru | comm -23 /tmp/mounts - 2>/dev/null'
	assert_equal "$output" shown
	assert_equal "$(cat "$WORK/shown/file")" shown
	[[ ! -e $WORK/shown/x && ! -e /usr/x && ! -e /usr/bin/x ]]
}

@test "PROC-08: nested, nothing is seen below what covers it" {
	view=(--ro-bind "$WORK" --hide "$WORK/hidden" --tmpfs "$WORK/shown")
	attempt 'look() { cat "$@" 2>/dev/null; }; mkdir /tmp/a /tmp/b /tmp/c /tmp/d
		look "$1"/hidden/secret; umount "$1/hidden" 2>/dev/null; umount -l "$1/hidden" 2>/dev/null; look "$1"/hidden/secret
		mount --bind "$1" /tmp/a 2>/dev/null && look /tmp/a/hidden/secret /tmp/a/shown/file
		mount --rbind "$1" /tmp/b; umount /tmp/b/hidden 2>/dev/null; umount -l /tmp/b/hidden 2>/dev/null; look /tmp/b/hidden/secret /tmp/b/shown/file
		mount -t overlay -o "lowerdir=$1:/usr" x /tmp/c 2>/dev/null && look /tmp/c/hidden/secret /tmp/c/shown/file
		mount -t overlay -o "lowerdir=$1/hidden:/usr" x /tmp/d 2>/dev/null && look /tmp/d/secret
		mount -t tmpfs x /tmp/d && mkdir /tmp/d/old && mount --rbind / /tmp/d && cd /tmp/d && mkdir -p tmp/old && pivot_root . tmp/old 2>/dev/null; umount -l /tmp/old 2>/dev/null
		look "$1"/hidden/secret "$1"/shown/file; ls -A "$1/hidden" "$1/shown"; true'
	assert_output_lacks canary
	assert_output_lacks 'secret'
	assert_output_lacks shown/file
}

@test "FS-05: nested, a file that may only be read stays so through any mount that is made of it" {
	view=(--ro-bind "$WORK/shown")
	attempt 'mkdir /tmp/a /tmp/b /tmp/upper /tmp/work; mount -t tmpfs x /tmp/upper; mkdir /tmp/upper/u /tmp/upper/w
		mount --rbind "$1/shown" /tmp/a; mount -o remount,bind,rw /tmp/a 2>/dev/null; echo x >>/tmp/a/file; touch /tmp/a/x
		mount -t overlay -o "lowerdir=$1/shown,upperdir=/tmp/upper/u,workdir=/tmp/upper/w,userxattr" x /tmp/b && echo x >/tmp/b/file && cat "$1/shown/file" /tmp/b/file'
	assert_equal "$output" $'shown\nx'
	assert_equal "$(cat "$WORK/shown/file")" shown
	assert_equal "$(ls -A "$WORK/shown")" file
}

@test "FS-17: nested, the guard of .git holds" {
	needs git
	cd "$WORK" || return
	git init -q .
	local before
	before=$(find .git -type f -exec sha256sum {} + | sort)
	view=(--cwd rw)
	attempt 'mkdir /tmp/a; for at in .git/hooks .git/config .git; do umount "$at"; umount -l "$at"; mount -o remount,bind,rw "$at"; done 2>/dev/null
		mv .git x; mv .git/hooks .git/x; rm -rf .git/hooks .git/config; echo x >.git/hooks/post-commit; echo x >>.git/config
		mount --rbind . /tmp/a; umount -l /tmp/a/.git/hooks; echo x >/tmp/a/.git/hooks/post-commit; echo x >>/tmp/a/.git/config
		mount -t tmpfs y .git/hooks && echo y >.git/hooks/post-commit; echo z >written; true'
	assert_equal "$(find .git -type f -exec sha256sum {} + | sort)" "$before"
	assert_equal "$(cat written)" z
}

@test "FS-15: nested, what is mounted inside is not seen outside, nor by the command itself" {
	mkdir "$WORK/at"
	local before
	before=$(wc -l </proc/self/mountinfo)
	inspect "${nested[@]}" --bind "$WORK/at" -- sh -c 'unshare -Urm sh -c "mount --make-rshared /; mount -t tmpfs x \"\$1\"; touch \"\$1/x\"; echo on; sleep 1" - "$1" & sleep 0.5; ls -A "$1"; wc -l </proc/self/mountinfo >/tmp/n; kill %1' - "$WORK/at"
	assert_equal "$output" on
	assert_equal "$(ls -A "$WORK/at")" ''
	assert_equal "$(wc -l </proc/self/mountinfo)" "$before"
}

@test "PROC-04 PROC-06 SYS-04: nested, a new /proc and /sys show no process and write no parameter of the host" {
	local before
	before=$(cat /proc/sys/kernel/core_pattern /proc/sys/vm/swappiness /proc/sys/kernel/hostname)
	view=()
	attempt 'mkdir /tmp/p /tmp/s; mount -t proc x /tmp/p; mount -t sysfs x /tmp/s
		for root in /proc /tmp/p; do for name in kernel/core_pattern kernel/modprobe kernel/sysrq vm/swappiness vm/drop_caches fs/suid_dumpable kernel/printk; do
			{ echo 1 >$root/sys/$name; } 2>/dev/null && echo "wrote $root/sys/$name"; done
			{ echo h >$root/sysrq-trigger; } 2>/dev/null && echo sysrq; head -c 1 $root/kcore 2>/dev/null
			ls -d $root/[0-9]* | wc -l | sed "s/^[1-9]$/few/"; done
		for root in /sys /tmp/s; do for name in power/state kernel/uevent_helper kernel/mm/ksm/run module/kernel/parameters/panic devices/system/cpu/cpu0/online; do
			{ echo 1 >$root/$name; } 2>/dev/null && echo "wrote $root/$name"; done; done
		find /proc/sys/kernel /proc/sys/vm /proc/sys/fs -type f -writable 2>/dev/null | grep -v "^/proc/sys/\(kernel/\(msg\|sem\|shm\|auto_msg\|ns_last_pid\|pid_max\)\|fs/mqueue\)"; true'
	assert_equal "$output" $'few\nfew'
	assert_equal "$(cat /proc/sys/kernel/core_pattern /proc/sys/vm/swappiness /proc/sys/kernel/hostname)" "$before"
}

@test "DEV-01: nested, no device, no disk, no file system of the host's" {
	view=(--bind "$WORK/shown")
	attempt 'mkdir /tmp/m; for device in c:1:1 c:1:3 b:254:0 b:8:0; do IFS=:; set -- "$1" "$2" $device; unset IFS
			mknod "/tmp/d" "$3" "$4" "$5" 2>/dev/null && echo "made $device"; mknod "$1/shown/d" "$3" "$4" "$5" 2>/dev/null && echo "made $device"; rm -f /tmp/d; done
		for type in ext4 xfs btrfs vfat iso9660 devtmpfs debugfs tracefs securityfs efivarfs bpf configfs; do mount -t $type /dev/vda /tmp/m 2>/dev/null && echo "mounted $type"; done
		mount -t devtmpfs x /tmp/m 2>/dev/null && echo devtmpfs; ls /dev/vda /dev/sda /dev/mem 2>/dev/null; true'
	assert_equal "$output" ''
}

@test "PROC-13: nested, those that it came from cannot be entered" {
	view=()
	attempt 'for pid in 1 self; do for kind in mnt pid net ipc uts user cgroup; do nsenter --$kind=/proc/$pid/ns/$kind true 2>/dev/null && echo "entered $kind of $pid"; done; done; "$2" parent-namespace'
	assert_output_lacks 'of 1
entered mnt'
	# Its own mounts, network and names it may enter again; the user namespace above it has no name for it.
	assert_output_lacks 'entered user'
	assert_output_has 'parent-namespace: E'
}

@test "PTR-01 PTR-06 PTR-07: nested, no process outside, and init neither looked into nor ended" {
	sleep 60 3>&- &
	local victim=$!
	inspect "${nested[@]}" -- unshare -Ur sh -c 'cat /proc/1/environ /proc/1/maps; ls -l /proc/1/root/ /proc/1/fd; kill -9 1; kill -9 -1; "$1" ptrace 1; nsenter -t 1 -m true; echo on' - "$PROBE"
	kill "$victim"
	assert_equal "$(grep -v '^ptrace' <<<"$output")" on
	assert_output_lacks 'ptrace: ok'
}

@test "CAP-05: nested, the rights of a user id that is not mapped are not had" {
	inspect "${nested[@]}" --bind "$WORK/shown" -- "${root[@]}" sh -c 'cp /usr/bin/id "$1/shown/id"; chown 1:1 "$1/shown/id"; chmod 6755 "$1/shown/id"; mount -o remount,suid,dev "$1/shown"; mount -o remount,bind,suid,dev "$1/shown"
		"$1/shown/id" -u; setpriv --reuid 1 id -u; newuidmap $$ 0 0 2; su -c id nobody </dev/null; findmnt -no OPTIONS "$1/shown" | grep -o nosuid' - "$WORK"
	assert_equal "$output" $'0\nnosuid'
	assert_equal "$(stat -c %u "$WORK/shown/id")" "$(id -u)"
}

@test "SYS-05: no release agent of a control group can be set" {
	inspect "${nested[@]}" -- unshare -UrmC sh -c 'mkdir /tmp/cg; for kind in none,name=x cpu memory rdma misc pids; do mount -t cgroup -o $kind x /tmp/cg || continue
			{ echo /tmp/x >/tmp/cg/release_agent; } && echo wrote; umount /tmp/cg; done
		mount -t cgroup2 x /tmp/cg && { echo 1 >/tmp/cg/cgroup.subtree_control; } && echo wrote; mkdir /tmp/cg/x && echo made; true' 
	assert_equal "$output" ''
}
