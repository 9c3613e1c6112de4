#!/usr/bin/env bats
# A secret anywhere on the host, in a file, in the environment, in another process, is
# not to be found; and nothing is left on the host.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	canary=canary-$RANDOM$RANDOM$RANDOM
	HOME=$TEST_TMP/home
	mkdir -p "$HOME/project" "$HOME"/.{ssh,aws,gnupg,docker,kube,config/gh}
	places=("$HOME"/.{netrc,bash_history,ssh/id_ed25519,ssh/config,aws/credentials,gnupg/key,docker/config.json,kube/config,config/gh/hosts.yml}
		"$TEST_TMP/secret" "/tmp/immure-test.$canary" "/var/tmp/immure-test.$canary" "/dev/shm/immure-test.$canary")
	! is_root || places+=("/root/immure-test.$canary" "/run/immure-test.$canary" "/etc/immure-test.$canary" "/opt/immure-test.$canary"
		"/var/lib/immure-test.$canary" "/srv/immure-test.$canary" "/var/cache/immure-test.$canary")
	local place
	for place in "${places[@]}"; do
		echo "$canary" >"$place"
	done
	cd "$HOME/project" || return
}

teardown() {
	rm -f "${places[@]}"
	common_teardown
}

search='find / \( -path /proc -o -path /sys -o -path /usr -o -path "/dev/[^s]*" \) -prune -o -type f -exec grep -l -- "$1" {} + 2>/dev/null; true'

@test "FS-01 FS-02 FS-03: without walls every one of them is read" {
	local place
	for place in "${places[@]}"; do
		assert_equal "$(cat "$place")" "$canary"
	done
	[[ $(sh -c 'grep -rsl -- "$1" "$2"' - "$canary" "$TEST_TMP" | wc -l) -eq 10 ]]
}

@test "FS-01 FS-02 FS-03: none of them is there, by name or by search" {
	inspect -- sh -c 'cat "$@" 2>/dev/null; ls -d "$@" 2>/dev/null' - "${places[@]}"
	assert_equal "$output" ''
	# The word that is searched for is in the arguments, so that /proc is left out.
	inspect -- sh -c "$search" - "$canary"
	assert_equal "$output" ''
	inspect -- find / -xdev -name "*$canary*" -not -path '/proc/*'
	assert_equal "$output" ''
}

@test "FS-10: not through .. or any link of /proc either" {
	local way
	for way in /proc/self/root /proc/1/root /proc/self/cwd/../.. /proc/self/fd/0 /proc/self/cwd/../../../../.. /proc/self/task/1/root /dev/fd/0/.. /.. /.hidden; do
		inspect -- sh -c 'ls -A "$1$2"; cat "$1$2/secret" "$1/secret"' - "$way" "$TEST_TMP"
		assert_output_lacks secret
		assert_output_lacks "$canary"
	done
}

@test "ENV-01: not in the environment, of the command or of any other process" {
	local names=(AWS_SECRET_ACCESS_KEY GITHUB_TOKEN SSH_AUTH_SOCK DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY XAUTHORITY KUBECONFIG DOCKER_HOST
		GPG_AGENT_INFO http_proxy HTTPS_PROXY ALL_PROXY NPM_TOKEN PS1 OLDPWD MAIL HISTFILE) name words=()
	for name in "${names[@]}"; do
		words+=("$name=$canary")
	done
	# Without walls all of them are there.
	assert_equal "$(env "${words[@]}" env | grep -c "=$canary")" "${#names[@]}"
	run --separate-stderr env "${words[@]}" timeout 20 "$IMMURE" run -- sh -c 'env; cat /proc/[0-9]*/environ; cat /proc/[0-9]*/cmdline'
	assert_output_lacks "$canary"
	assert_output_has PATH=
}

@test "ENV-02: variables that make a loader or an interpreter run something do not pass, and are not obeyed" {
	local names=(LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT LD_DEBUG GCONV_PATH LOCPATH NLSPATH MALLOC_TRACE GLIBC_TUNABLES BASH_ENV ENV SHELLOPTS BASHOPTS PS4
		PYTHONPATH PYTHONSTARTUP NODE_OPTIONS PERL5OPT PERL5LIB RUBYOPT GIT_SSH_COMMAND GIT_EXEC_PATH EDITOR PAGER LESSOPEN IFS CDPATH TMPDIR TERMINFO) name words=()
	for name in "${names[@]}"; do
		words+=("$name=$TEST_TMP/evil")
	done
	# Without walls all of them pass. Not the loader of timeout and of the program itself.
	assert_equal "$(env "${words[@]:1}" env | grep -c "=$TEST_TMP/evil$")" "$((${#names[@]} - 1))"
	run --separate-stderr timeout 20 env "${words[@]:1}" "$IMMURE" run -- env
	assert_status 0
	assert_output_lacks evil
	# shellcheck disable=SC2097,SC2098
	LD_PRELOAD=$TEST_TMP/evil.so run --separate-stderr timeout 20 "$IMMURE" run -- env
	assert_output_lacks evil
}

@test "FS-03 FS-04: nothing is left on the host, and what is there stays as it was" {
	local before place
	before=$(stat -c '%n %s %Y %Z %a' "${places[@]}" / /etc /usr /usr/bin /tmp/immure-test."$canary")
	inspect -- sh -c 'for d in / /etc /usr /usr/bin /usr/local/bin /usr/lib /bin /opt /srv /mnt /var/lib /home /root /proc/sys /sys; do echo left >$d/immure-left; mkdir $d/immure-left.d; done
		for d in /tmp /var/tmp /run /dev/shm ~ /run/user/0; do echo left >$d/immure-left || echo "cannot write $d"; done
		for f in "$@"; do mkdir -p "${f%/*}"; echo left >"$f"; rm -f "$f"; done; rm -rf ~/.[a-z]*; ls /tmp' - "${places[@]}"
	assert_output_has immure-left
	assert_output_lacks 'cannot write'
	for place in / /etc /usr /usr/bin /usr/local/bin /opt /srv /mnt /var/lib /home /tmp /var/tmp /run /dev/shm "$HOME" "$PWD"; do
		[[ ! -e $place/immure-left && ! -e $place/immure-left.d ]] || fail_test "$place"
	done
	assert_equal "$(stat -c '%n %s %Y %Z %a' "${places[@]}" / /etc /usr /usr/bin /tmp/immure-test."$canary")" "$before"
}

@test "FS-04: without walls a directory of the caller's is written, whatever stands in it" {
	touch "$HOME/project/x"
	inspect -- touch "$HOME/project/y"
	[[ -e $HOME/project/x && ! -e $HOME/project/y ]]
	inspect --cwd rw -- touch "$HOME/project/y"
	[[ -e $HOME/project/y ]]
	# The system's are root's to write, here as in any program.
	! is_root || { : >/usr/immure-test.$$ && rm /usr/immure-test.$$; }
}

@test "FS-16: without walls a link in the current directory leads to a file of the home" {
	sh -c 'ln -s ~/.profile l; echo evil >>l; ln "$1" h && echo evil >>h' - "$HOME/.netrc"
	[[ -s $HOME/.profile && $(tail -n 1 "$HOME/.netrc") == evil ]]
}

@test "FS-16: with the current directory writable, a link in it leads nowhere else" {
	inspect --cwd rw -- sh -c 'ln -s ~/.bashrc l; ln -s /etc/passwd p; ln "$1" h; echo evil >>l; echo evil >>p; cat ../.netrc l' - "$HOME/.netrc"
	[[ -L l && -L p && ! -e h && ! -e $HOME/.bashrc ]]
	assert_equal "$(cat "$HOME/.netrc")" "$canary"
}
