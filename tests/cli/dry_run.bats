#!/usr/bin/env bats
# --dry-run says everything and does nothing; `profile show` is a profile.

load ../lib/common

setup() {
	common_setup
	cd "$TEST_TMP" || return
	mkdir home work
	HOME=$TEST_TMP/home
	cd work || return
}

# dry FILE OPTION...: the plan into FILE; without who said it into FILE.plan.
dry() {
	local file=$1
	shift
	"$IMMURE" run --dry-run "$@" x <&- >"$file"
	sed 's/ *# [^#]*$//' "$file" >"$file.plan"
}

# Every option that a profile can have, with values that are hard to write. What
# they name exists, so that they make a plan.
everything() {
	mkdir -p 'a b' $'new\nline' $'\xff' 'co:lon' 'quo"te' 'hash #tag' 'back\slash'
	touch 'a b/file' $'\e[31mred'
	echo http://url.example/ >'a b/urls'
	echo git@url.example:x >'u # v'
	head -c 16 /dev/zero >bpf
	if [[ $(uname -m) == x86_64 ]]; then echo allow32; else echo '# allow32'; fi
	if is_root; then echo cap none; else echo cap add:chown,kill; fi
	# Who --user is, of one id alone and of another one.
	printf '%s\n' map\ 7:5:1 map\ none "map 7:$(id -u):1" map\ 0:100000:5
	printf '%s\n' "map-gid 8:$(id -g):1" map-gid\ 0:100000:5
	if is_root; then echo '# guest'; else echo guest; fi
	printf 'net-log "%s/net log"\npcap %s/\\xff\n' "$TEST_TMP" "$TEST_TMP"
	cat <<'END'
description all there is
alias other an.other
bind a b
bind "new\nline:/n"
bind-try /nonesuch
ro-bind \xff:/f
ro-bind-try co\:lon:/a\\\\b
ro-bind back\\\\slash
dev-bind /dev/null:/dev/nothing
dev-bind-try /nonesuch
tmpfs /t\:1:size=3M,mode=700
tmpfs /tt
dir "/d d "
file a b/file:/copy
file \x1b[31mred:/\x1b[31mred
symlink "quo\"te # x:/link"
hide hash\ \#tag
remount-ro /t\\:1
root-rw none
root none
home .
cwd rw
arguments rw
git-rw
# dbus needs a bus
# wayland needs a session, as the next ones
# x11
# audio
# gpu
landlock off
proc host-ro
sys none
dev none
etc hostname
system /opt
user 7:8
hostname h.h
domainname d
share cgroup
userns none
netns none
ipcns none
utsns none
timens none
nested
monotonic 1.5h
boottime -0.000000001
sysctl net.ipv4.ip_forward=1
ns-limit net=3
net
allow *.example.org:80,443-500/tcp
publish [::1]:8000-8001:80-81/udp
publish 0:80
publish-file "/tmp/pub # \xff"
deny [2001:db8::/32]:22
dns none
dns 2001:db8::53
dns-search Example.ORG.
add-host db.test:[2001:db8::7]
cidr 10.9.0.0/16
cidr fd12:3456:789a::/64
outbound none
# outbound has to be there
ipv4-only
# ipv6-only contradicts it
mtu 1400
mac 02:00:5e:10:00:01
ifname eth0
allow-urls-in a\ b/urls "u # v" /nonesuch
seccomp strict
syscall deny:socket,@keyring
syscall log:7
seccomp-file bpf
allow-suid
ptrace
chdir "/d d "
timeout 1.5m
rlimit nofile=10:20
memory 1G
pids 100
cpus 1.5
nice 3
as-pid-1
setenv "A= \"\\\n\t # \xc3\xa4 \x01"
setenv B=\xc3\xa4
unsetenv TMPDIR
env-keep LC_*
quiet
END
}

@test "every option of profiles is in the test of them all" {
	local option
	while read -r option; do
		grep -qE "^(# )?$option( |$)" <(everything) || fail_test "it lacks $option"
	done < <("$IMMURE" run --help=all | grep -oE '^ {2}(-., | {4})(--)?[a-z0-9-]+' |
		sed 's/.* //; s/^--//' | grep -vxE 'profile|include|dry-run|verbose|help|version|ephemeral')
}

@test "profile show reads back to the same plan" {
	"$IMMURE" profile show >f
	dry direct
	dry back -p ./f
	diff -u direct.plan back.plan
	# Other origins, so that it was really read.
	grep -q '# \./f:[0-9]*$' back
	refute grep -q '# \./f:' direct

	# Again: what was shown of what was shown is the same text but for origins.
	"$IMMURE" profile show ./f >g
	diff -u <(sed 's/ *# [^#]*$//' f) <(sed 's/ *# [^#]*$//' g)
}

@test "PRF-11: so does a profile with every option and odd bytes" {
	# Not where the command can write: a profile there is made read-only, by its name.
	local there=$TEST_TMP/profiles
	mkdir "$there"
	{ echo include default; everything; } >"$there/all"
	dry direct -p "$there/all"
	"$IMMURE" profile show "$there/all" >shown
	refute grep -q include shown
	cp shown "$there/shown"
	dry back -p "$there/shown"
	diff -u direct.plan back.plan

	# It is a text that a person can read.
	refute env LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]' shown
	iconv -f UTF-8 -t UTF-8 shown >iconv.out
	# And what was asked for is there.
	grep -qx 'bind  *.*/a b (writable)' back.plan
	grep -q '^link  */link -> quo"te # x$' back.plan
	grep -qxF 'copy         /\x1b[31mred from '"$PWD"'/\x1b[31mred' back.plan
	grep -q '^timeout  *90000 ms' back.plan
	grep -qx 'cgroup  *memory 1073741824 bytes, without swap' back.plan
	grep -qx 'cgroup  *pids 100' back.plan
	grep -qx 'cgroup  *cpus 1.500' back.plan
}

@test "PRF-10: each line of a shown profile says where it comes from" {
	printf '%s\n' '# mine' 'include default' '' 'hostname mine' 'bind .' >f
	run "$IMMURE" profile show ./f
	assert_status 0
	refute grep -vE ' # .+:[0-9]+$' <<<"$output"
	grep -qE '^hostname mine +# \./f:4$' <<<"$output"
	grep -qE '^bind \. +# \./f:5$' <<<"$output"
	grep -qE '^user root +# default.profile \(built in\):[0-9]+$' <<<"$output"
	refute grep -q '^hostname immure' <<<"$output"
}

@test "PRF-10: a dry run has a line for everything, with who said it" {
	cat >f <<-'END'
		include default
		timeout 5
		user self
		env-keep LANG
	END
	run --separate-stderr "$IMMURE" run -p ./f --dry-run --share uts --nice 2 --chdir /tmp \
		--rlimit nofile=9 --sysctl net.ipv4.ip_forward=1 --tmpfs /x --as-pid-1 -e A=b true y
	assert_status 0
	assert_equal "${stderr:-}" ''
	# No line without an origin.
	refute grep -vE ' # ([^#]+:[0-9]+|command line|built in|identity|the command)$' <<<"$output"
	local line
	while read -r line; do
		# shellcheck disable=SC2086 # a pattern
		grep -qE "^$line$" <<<"$output" || fail_test "there is no line $line"
	done <<-'END'
		namespace +user: new +# built in
		namespace +net: new +# built in
		namespace +uts: shared with the host +# command line
		user +[0-9]+ inside is [0-9]+ outside +# \./f:3
		group +[0-9]+ inside is [0-9]+ outside +# \./f:3
		sysctl +net.ipv4.ip_forward = 1 +# command line
		memory +.* +# built in
		bind +/usr \(read-only\) +# default.profile \(built in\):[0-9]+
		scratch +/x \(mode 755\) +# command line
		text +/etc/passwd +# identity
		current +.*/work \(read-only\) +# default.profile \(built in\):[0-9]+
		limit +nofile soft 9 hard 9 +# command line
		limit +core soft 0 hard 0 +# default.profile \(built in\):[0-9]+
		rights +no capability, .* +# built in
		nice +2 +# command line
		timeout +5000 ms +# \./f:2
		process +the command is process 1 +# command line
		environment +HOME=.* +# built in
		environment +LANG=C.UTF-8 +# \./f:4
		environment +A=b +# command line
		directory +/tmp +# command line
		terminal +none +# built in
		command +true +# command line
		argument +y +# command line
	END
}

@test "what it prints of foreign text is escaped, and whole" {
	local long
	printf -v long '%20000s' end
	run "$IMMURE" run --dry-run -e $'A=\e]0;x\a' $'c\e[31m' $'\xff\n' "$long"
	assert_status 0
	refute env LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f-\x9f]' <<<"$output"
	assert_output_has 'A=\x1b]0;x\x07'
	assert_output_has 'c\x1b[31m'
	assert_output_has '\xff\n'
	assert_output_has "$long"
}

@test "a dry run starts nothing" {
	needs strace
	run strace -f -e trace=process,mount,unshare,setns,clone,clone3,fork,vfork -o trace \
		"$IMMURE" run --dry-run touch made
	assert_status 0
	refute test -e made
	# execve of immure itself, and its end.
	assert_equal "$(sed -E 's/^[0-9]+ +//' trace | grep -oE '^[a-z_0-9]+' | sort | tr '\n' ' ')" \
		'execve exit_group '
}

@test "the plan of a command that is not there is still a plan" {
	dry plan
	grep -q '^command  *x ' plan
}
