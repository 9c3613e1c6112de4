#!/usr/bin/env bats
# /etc shows the names of lists/etc.txt and no others: what programs need, and nothing
# that tells of the host's people, services and secrets.

load ../lib/common
load ../lib/sandbox

list=$BATS_TEST_DIRNAME/lists/etc.txt

@test "one level of /etc is what the list says" {
	local kind name wanted=
	while read -r kind name; do
		[[ $kind != '#' ]] || continue
		[[ $kind == own || -e /etc/$name || -L /etc/$name ]] || continue
		wanted+=${name%%/*}$'\n'
	done <"$list"
	inspect -- find /etc -mindepth 1 -maxdepth 1 -printf '%f\n'
	assert_status 0
	assert_equal "$(sort <<<"$output")" "$(sort -u <<<"${wanted%$'\n'}")"
}

@test "of the directories that are shown in part there is only that part" {
	local path wanted=
	while read -r path; do
		[[ ! -e $path ]] || wanted+=$path$'\n'
	done < <(sed -n 's/^host \(.*\/.*\)/\/etc\/\1/p' "$list")
	inspect -- sh -c 'find /etc/ssl /etc/pki -mindepth 1 \( -path /etc/ssl/certs -o \
		-path /etc/pki/ca-trust/extracted -o -path /etc/pki/tls/certs \) -print -prune -o \
		-mindepth 1 ! -path /etc/pki/ca-trust ! -path /etc/pki/tls -print 2>/dev/null'
	assert_equal "$(sort <<<"$output")" "$(sort <<<"${wanted%$'\n'}")"
}

@test "what is shown is what the host has" {
	local kind name
	while read -r kind name; do
		[[ $kind == host && -r /etc/$name ]] || continue
		assert_equal "$(inside -- sh -c "readlink /etc/$name || ls -A /etc/$name; test -d /etc/$name || cat /etc/$name" | cksum)" \
			"$(sh -c "readlink /etc/$name || ls -A /etc/$name; test -d /etc/$name || cat /etc/$name" | cksum)"
	done <"$list"
}

@test "nothing of it can be written" {
	inspect -- find /etc -writable ! -type l
	assert_equal "$output" ''
	inspect -- sh -c 'touch /etc/x /etc/passwd; rm /etc/hosts; mv /etc/resolv.conf /etc/x; echo >>/etc/hosts'
	assert_status 2
}

@test "the files of our own say what is true inside" {
	inspect -- cat /etc/passwd
	assert_equal "$output" "root:x:0:0:root:$HOME:$(inside -- printenv SHELL)
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin"
	inspect -- cat /etc/group
	assert_equal "$output" $'root:x:0:\nnogroup:x:65534:'
	inspect --hostname other -- cat /etc/hostname
	assert_equal "$output" other
	inspect --hostname other -- getent hosts other localhost
	assert_output_has '127.0.1.1'
	assert_output_has '::1'
	inspect -- cat /etc/mtab /proc/self/mounts
	assert_equal "${#lines[@]}" "$(($(inside -- wc -l </dev/null /proc/self/mounts | cut -d' ' -f1) * 2))"
}

@test "the machine id is another one each time, and not the host's" {
	local one two
	one=$(inside -- cat /etc/machine-id)
	two=$(inside -- cat /etc/machine-id)
	[[ $one =~ ^[0-9a-f]{32}$ && $two =~ ^[0-9a-f]{32}$ && $one != "$two" ]]
	[[ ! -e /etc/machine-id || $one != "$(cat /etc/machine-id)" ]]
}

@test "--etc shows one more entry: a file, a link, a directory, something in one" {
	local name
	for name in issue /etc/issue init.d apt/sources.list.d nsswitch.conf; do
		[[ -e /etc/${name#/etc/} ]] || continue
		inspect --etc "$name" -- sh -c "cd /etc; ls -d ${name#/etc/}; test ! -w ${name#/etc/}"
		assert_status 0
	done
	inspect --etc passwd -- cat /etc/passwd
	assert_equal "$output" "$(cat /etc/passwd)"
	inspect --etc missing-entry -- test ! -e /etc/missing-entry
	assert_status 0
}

@test "--etc does not lead out of /etc" {
	local name
	for name in ../root /etc/../root /root / /etc x/../../root ..; do
		inspect --etc "$name" -- true
		assert_status 125
	done
}

@test "an entry that only root may read stays unreadable" {
	[[ -e /etc/shadow ]] || skip 'no shadow here'
	! is_root || skip 'root may'
	inspect --etc shadow -- cat /etc/shadow
	assert_status 1
	assert_equal "$output" ''
}
