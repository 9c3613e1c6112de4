#!/usr/bin/env bats
# --guest: root of several ids does with them what the tools of a root file system do,
# and everything else is as it is without.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/maps

setup() {
	common_setup
	maps_setup
}

teardown() { maps_teardown; }

guest() { inspect -q "${MAP[@]}" --guest --cwd rw "$@"; }

# The host's number for an id above 0 inside.
outside() { echo $((FIRST - 1 + $1)); }

@test "it is said in one line what it gives up" {
	inspect "${MAP[@]}" --guest -- true
	assert_status 0
	assert_equal "$(wc -l <<<"${stderr:-}")" 1
	assert_stderr_has "immure: note: guest (command line): it has root's rights over its own ids"
	run "$IMMURE" run --dry-run "${MAP[@]}" --guest -- true
	assert_output_has 'chown dac_override fowner fsetid kill setgid setuid setpcap sys_chroot setfcap, no_new_privs, no further user namespace'
}

@test "files are given away, and have those owners outside" {
	guest -- sh -c 'umask 022; mkdir tree; echo x >tree/file; chown -R 33:44 tree; ls -ln tree | tail -n 1 | cut -d" " -f3,4; chmod 4755 tree/file; chmod 2755 tree; stat -c "%a %u:%g" tree/file tree'
	assert_status 0
	assert_equal "$output" $'33 44\n4755 33:44\n2755 33:44'
	assert_equal "$(stat -c '%a %u:%g' tree/file)" "4755 $(outside 33):$(outside 44)"
	# An ordinary caller cannot remove them outside; from inside it goes.
	is_root || refute rm -rf tree 2>/dev/null
	guest -- rm -r tree
	assert_status 0
	[[ ! -e tree ]]
}

@test "a tarball with members of uid 1000 and others extracts as it was packed" {
	mkdir tree
	echo x >tree/file
	tar --owner=1000 --group=1000 -cf tree.tar tree
	tar --owner=33 --group=65534 --mode=4755 -rf tree.tar tree/file --transform 's/file/other/'
	guest -- sh -c 'mkdir out && tar -C out -xf tree.tar && stat -c "%a %u:%g" out/tree/file out/tree/other'
	assert_status 0
	assert_equal "${stderr:-}" ''
	[[ ${lines[0]} == *' 1000:1000' && ${lines[1]} == '4755 33:65534' ]]
	assert_equal "$(stat -c %u out/tree/file)" "$(outside 1000)"
	# With one id the members are the caller's, and tar hears of no error.
	inspect --cwd rw -- sh -c 'mkdir one && tar -C one -xf tree.tar tree/file && stat -c %u:%g one/tree/file'
	is_root || assert_equal "$output" 0:0
	# With several and no right to them it fails, and advice names the option.
	inspect "${MAP[@]}" --cwd rw -- sh -c 'mkdir two && tar -C two -xf tree.tar'
	assert_status 2
	assert_stderr_has 'Operation not permitted'
}

@test "dpkg installs a package of its own with several owners and a setuid file" {
	needs dpkg-deb
	cp "$PROBE" probe
	guest -- sh -ec '
		umask 022
		mkdir -p pkg/DEBIAN pkg/usr/bin pkg/var/lib/own root/var/lib/dpkg/updates root/var/lib/dpkg/info root/bin
		printf "%s\n" "Package: own" "Version: 1" "Architecture: all" "Maintainer: x <x@x>" "Description: x" >pkg/DEBIAN/control
		printf "%s\n" "/etc/own.conf" >pkg/DEBIAN/conffiles
		mkdir pkg/etc
		echo conf >pkg/etc/own.conf
		echo data >pkg/var/lib/own/data
		echo tool >pkg/usr/bin/tool
		chown 33:34 pkg/var/lib/own pkg/var/lib/own/data
		chown 0:42 pkg/usr/bin/tool
		chmod 6755 pkg/usr/bin/tool
		dpkg-deb --build pkg own.deb
		: >root/var/lib/dpkg/status
		dpkg --root="$PWD/root" --admindir="$PWD/root/var/lib/dpkg" -i own.deb
		dpkg --root="$PWD/root" --admindir="$PWD/root/var/lib/dpkg" -s own | grep Status'
	assert_status 0
	assert_equal "${lines[-1]}" 'Status: install ok installed'
	assert_equal "$(stat -c '%a %u:%g' root/usr/bin/tool)" "6755 $(is_root && echo 4000000 || id -u):$(outside 42)"
	assert_equal "$(stat -c '%u:%g' root/var/lib/own/data)" "$(outside 33):$(outside 34)"
	# Without the rights dpkg does not come that far.
	inspect "${MAP[@]}" --cwd rw -- sh -c 'dpkg --root="$PWD/root" --admindir="$PWD/root/var/lib/dpkg" --force-all -i own.deb'
	[[ $status -ne 0 ]]
}

@test "a maintainer script runs in the package's own root" {
	needs dpkg-deb
	cp "$PROBE" probe
	guest -- sh -ec '
		umask 022
		mkdir -p pkg/DEBIAN pkg/bin root/var/lib/dpkg/updates root/var/lib/dpkg/info
		printf "%s\n" "Package: own" "Version: 1" "Architecture: all" "Maintainer: x <x@x>" "Description: x" >pkg/DEBIAN/control
		cp probe pkg/DEBIAN/postinst
		chmod 755 pkg/DEBIAN/postinst
		dpkg-deb --build pkg own.deb
		: >root/var/lib/dpkg/status
		mkdir root/tmp
		dpkg --root="$PWD/root" --admindir="$PWD/root/var/lib/dpkg" -i own.deb' 
	# The probe knows no "configure" and says what it does know: it was executed there.
	assert_stderr_has 'probe chroot-out'
	assert_stderr_has 'post-installation script subprocess returned error exit status'
}

@test "in a Debian of one's own: unpacked with its owners, and dpkg installs into it" {
	needs dpkg-deb
	[[ -s ${DEBIAN:-} ]] || fail_test 'DEBIAN names no Debian: the runner makes it (tests/run), for debian_root'
	guest --ro-bind "$DEBIAN:/debian.tar" -- sh -ec '
		umask 022
		mkdir root
		tar -C root -xf /debian.tar --exclude=./dev
		mkdir root/dev
		cp root/usr/share/base-passwd/passwd.master root/etc/passwd
		cp root/usr/share/base-passwd/group.master root/etc/group
		mkdir -p pkg/DEBIAN pkg/usr/bin pkg/var/lib/own
		printf "%s\n" "Package: own" "Version: 1" "Architecture: all" "Maintainer: x <x@x>" "Description: x" >pkg/DEBIAN/control
		printf "%s\n" "#!/bin/sh" "set -e" "chown 65534:8 /var/lib/own/data" "stat -c %u:%g /var/lib/own/data >/var/lib/own/said" >pkg/DEBIAN/postinst
		chmod 755 pkg/DEBIAN/postinst
		echo tool >pkg/usr/bin/tool
		echo data >pkg/var/lib/own/data
		chown 33:34 pkg/var/lib/own
		chmod 4755 pkg/usr/bin/tool
		dpkg-deb --build pkg own.deb'
	assert_status 0
	# Of its files only those belong to others that did in the archive.
	assert_equal "$(find root -uid "$(outside 42)" 2>/dev/null | wc -l)" "$(tar -tvf "$DEBIAN" --numeric-owner | grep -c ' 42/0 ')"
	run --separate-stderr inside -q "${MAP[@]}" --guest --cwd hide --root root --ro-bind own.deb:/own.deb \
		--bind root/usr:/usr --bind root/etc:/etc --bind root/var:/var -- dpkg -i /own.deb
	assert_status 0
	assert_equal "$(cat root/var/lib/own/said)" 65534:8
	assert_equal "$(stat -c '%a %u:%g' root/usr/bin/tool)" "4755 $(is_root && echo '4000000:4000000' || echo "$(id -u):$(id -g)")"
	assert_equal "$(stat -c '%u:%g' root/var/lib/own root/var/lib/own/data)" "$(outside 33):$(outside 34)
$(outside 65534):$(outside 8)"
	# And where all of it can be changed, by the names that it has itself.
	guest -- sh -ec '
		sed -i "s/Version: 1/Version: 2/" pkg/DEBIAN/control
		sed -i "s/65534:8/man:mail/; s/%u:%g/%U:%G/" pkg/DEBIAN/postinst
		dpkg-deb --build pkg own.deb'
	assert_status 0
	run --separate-stderr inside -q "${MAP[@]}" --guest --cwd hide --root-rw root --ro-bind own.deb:/mnt/own.deb -- dpkg -i /mnt/own.deb
	assert_status 0
	assert_equal "$(cat root/var/lib/own/said)" man:mail
	assert_equal "$(stat -c '%u:%g' root/var/lib/own/data)" "$(outside 6):$(outside 8)"
	# The same without those rights changes no owner.
	inspect -q "${MAP[@]}" --cwd hide --root root --bind root/var:/var -- chown 5 /var/lib/own/data
	assert_status 1
}

@test "its root becomes others, who are then nobody any more" {
	guest -- sh -c 'setpriv --reuid 33 --regid 34 --groups 5,6 sh -c "id -u; id -g; id -G; grep -E \"Cap(Prm|Eff|Inh|Amb)\" /proc/self/status | cut -f2 | sort -u; setpriv --reuid 0 true || echo no way back; chown 0 /tmp 2>/dev/null || echo gives nothing away"'
	assert_equal "$output" '33
34
34 5 6
0000000000000000
no way back
gives nothing away'
	needs su
	guest -- sh -c 'printf "root:x:0:0:root:/:/bin/sh\nann:x:77:78:ann:/:/bin/sh\n" >passwd; id -u'
	assert_status 0
	echo 'ann:x:78:' >group
	guest --file passwd:/etc/passwd --file group:/etc/group -- setpriv --reuid ann --regid ann --init-groups id -un
	assert_equal "$output" ann
}

@test "files of others inside are root's to read, write and remove, and no other's" {
	is_root && chown 4000000 .
	guest -- sh -c 'umask 077; echo x >file; chown 33 file; cat file && echo y >>file && chmod 600 file && stat -c %u file'
	assert_equal "$output" $'x\n33'
	# What is not mapped stays whose it is.
	guest -- sh -c 'chown 0 /usr; chmod 700 /usr/bin; rm /usr/bin/true; : >/usr/x'
	assert_status 2
	is_root && return
	chmod 700 "$WORK"
	inspect -q "${MAP[@]}" --guest --cwd hide --ro-bind /etc/shadow-:/shown -- cat /shown
	[[ $status -ne 0 ]]
}

@test "CAP-01 CAP-05: it has those rights and no others, and gains none" {
	guest -- sh -c 'grep Cap /proc/self/status'
	assert_equal "$(awk '{ print $1 $2 }' <<<"$output")" 'CapInh:0000000000000000
CapPrm:00000000800401fb
CapEff:00000000800401fb
CapBnd:00000000800401fb
CapAmb:0000000000000000'
	guest --user 5 -- sh -c 'grep -E "Cap(Eff|Bnd|Amb)" /proc/self/status; chown 7 . && stat -c %u . && chown 5 .'
	[[ $status -eq 0 || $status -eq 1 ]]
	assert_equal "$(awk '/^Cap/ { print $2 }' <<<"$output" | sort -u)" 00000000800401fb
	guest -- sh -c 'setpriv --bounding-set +sys_admin true; setpriv --inh-caps +sys_admin true; setpriv --ambient-caps +net_admin true; grep CapBnd /proc/self/status'
	assert_equal "$(cut -f2 <<<"$output")" 00000000800401fb
	# One that it drops does not come back by becoming root, or by executing.
	guest -- sh -c 'setpriv --bounding-set -chown --inh-caps -all sh -c "setpriv --ambient-caps -all sh -c \"grep CapBnd /proc/self/status\""'
	assert_equal "$(cut -f2 <<<"$output")" 00000000800401fa
	# --cap adds to them.
	guest --cap add:sys_nice -- grep CapEff /proc/self/status
	assert_equal "$(cut -f2 <<<"$output")" 00000000808401fb
}

@test "FS-05 NS-01: no mount, no network, no namespace, as without it" {
	mkdir dir
	guest -- sh -c '
		mount -t tmpfs none dir; mount --bind /usr dir; mount -o remount,rw /; mount -o remount,rw,bind /usr
		umount /proc; unshare -U true; unshare -m true; unshare -n true; unshare -p true
		ip link add dummy type dummy 2>&1; hostname x; mknod dev c 1 3; sysctl -w kernel.hostname=x
		pivot_root dir dir; swapon dir; echo 1 >/proc/sys/kernel/core_pattern
		setpriv --clear-groups nsenter -t 1 -m true
		mkfifo fifo && echo end'
	assert_status 0
	assert_equal "$(grep -v '^RTNETLINK\|[Nn]ot permitted\|not found\|Cannot' <<<"$output")" end
	[[ ! -e dev ]]
	# With all calls that there are for them; and with no filter in front.
	local filter
	for filter in default off; do
		guest --seccomp "$filter" -- "$PROBE" unshare-all
		assert_equal "$(grep -c ': E' <<<"$output")" 17
		assert_output_lacks ': ok'
		guest --seccomp "$filter" -- "$PROBE" mounts
		# The one that changes none.
		assert_equal "$(grep ': ok' <<<"$output")" 'chroot: ok'
		assert_equal "$(grep -c ': E' <<<"$output")" 14
		guest --seccomp "$filter" -- "$PROBE" handle /usr
		[[ $output == 'handle: E'* ]] || fail_test "$filter"
	done
	guest --seccomp off -- unshare -U true
	assert_status 1
	assert_stderr_has 'No space left on device'
	guest --seccomp off -- sh -c 'mount -t tmpfs none dir; mount -o remount,rw,bind /usr'
	[[ $status -ne 0 ]]
	assert_equal "$(grep -c 'permission denied' <<<"${stderr:-}")" 2
}

@test "FS-07: a setuid program has no effect inside, though the bit can be set" {
	guest -- sh -c 'cp /usr/bin/id . && chown 33:33 id && chmod 6755 id && ./id -u && stat -c %a id; setpriv --reuid 5 --clear-groups ./id -u; grep NoNewPrivs /proc/self/status'
	assert_equal "$output" $'0\n6755\n5\nNoNewPrivs:\t1'
	# Without it the bit cannot be set.
	inspect "${MAP[@]}" --cwd rw -- sh -c 'cp /usr/bin/true t && chmod 4755 t'
	assert_status 1
}

@test "FS-11: chroot leads nowhere but into what is there" {
	cp "$PROBE" probe
	guest -- sh -c 'mkdir dir && cp probe dir && chroot dir /probe unshare-user; ls /usr/bin >/dev/null'
	assert_status 0
	assert_equal "$output" 'unshare-user: EPERM'
	# Out of a root by an open directory, and up: to the sandbox's own root.
	guest -- python3 -c '
import os
os.mkdir("jail")
out = os.open("/", os.O_RDONLY)
os.chroot("jail")
os.fchdir(out)
for _ in range(64): os.chdir("..")
os.chroot(".")
print(sorted(os.listdir("/")) == sorted(os.listdir(out)), os.path.exists("/boot"), os.stat("/").st_ino == os.stat("/..").st_ino)'
	assert_status 0
	assert_equal "$output" 'True False True'
	# Nobody else has the call.
	inspect "${MAP[@]}" -- chroot / true
	assert_status 125
	assert_stderr_has 'Operation not permitted'
	# And who says so has not either.
	guest --syscall deny:chroot -- chroot / true
	assert_status 125
}

@test "PTR-01: process 1 and what is outside stay out of its reach" {
	guest -- sh -c 'cat /proc/1/environ /proc/1/maps; ls /proc/1/fd /proc/1/root; kill -9 1; kill -TERM 1; exit 6'
	assert_status 6
	assert_equal "$output" ''
}

@test "everything else of the plan is the same" {
	local one other
	one=$("$IMMURE" run --dry-run "${MAP[@]}" --guest -- true | grep -vE '^(rights|guest|filter) ')
	other=$("$IMMURE" run --dry-run "${MAP[@]}" -- true | grep -vE '^(rights|guest|filter) ')
	assert_equal "$one" "$other"
}

@test "with the one id it is told that files were given away" {
	is_root && skip 'root has no ids of its own to give'
	echo x >file
	inspect -q --guest --cwd rw -- sh -c 'chown 33 file && stat -c %u file && chmod 4755 file'
	assert_status 0
	assert_equal "$output" 0
}

@test "root of the machine is refused while it is one of the ids" {
	is_root || skip 'for root'
	local map
	for map in '' '--map 0:0:1' '--map 0:4000000:10 --map 70000:0:1' '--map 0:4000000:10 --map-gid 0:0:1'; do
		# shellcheck disable=SC2086 # words
		inspect $map --guest -- touch made
		assert_status 125
		assert_stderr_has 'immure: plan: guest (command line): you are root of this machine'
		assert_stderr_has 'hint: with ids that are nobody'
		assert_stderr_has 'hint: as an ordinary user: runuser -u NAME -- immure run --guest ...'
	done
	# What the hint says works.
	map=$(grep -o -- '--map .*' <<<"${stderr:-}" | head -n 1)
	# shellcheck disable=SC2086
	inspect -q $map --guest -- id -u
	assert_equal "$output" 0
	inspect --share user,mount,pid,ipc,uts,net,cgroup --guest -- touch made
	assert_status 125
	[[ ! -e made ]]
}

@test "audit says what it has, and what its ids are" {
	hold "${MAP[@]}" --guest -q
	local command
	command=$(pgrep -P "$INIT")
	run "$IMMURE" audit "$command"
	release
	output=$(tr -s ' \n' ' ' <<<"$output")
	assert_output_has 'capabilities weak it has some over its own user namespace, which owns neither its mounts nor its network'
	assert_output_has "in a user namespace of $(is_root && echo 65536 || echo 65537) user ids, and user"
	assert_output_lacks ' open '
}
