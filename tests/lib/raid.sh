#!/bin/sh
# raid.sh PROBE TMP NUMBER VICTIM PORT: the main attempts of the battery in one go,
# from inside. It says nothing about how they went: what it reads, it prints, and what
# it can change, it changes; the judge in raid.bash looks from outside.
#
# Started in a directory where it may write, with what the caller left it.
probe=$1 tmp=$2 number=$3 victim=$4 port=$5
exec 2>/dev/null

# FS: secrets by their names, through links of /proc, and by searching.
cat "$tmp/home/.ssh/id_ed25519" "/tmp/immure-test.$number" "$tmp/there/file"
cat "/proc/1/root$tmp/root" "/proc/self/root$tmp/root" "/proc/self/cwd/../../root"
find "$tmp" -name 'found-*'
# What is only to be read, and what is not there at all.
echo changed >>"$tmp/read-only/file"
echo changed >"/tmp/immure-test.$number.left"
ln -s "$tmp/home/.profile" link && echo changed >>./link
ln "$tmp/home/.netrc" hard && echo changed >>./hard

# ENV, PROC, SYS: of the caller, of the machine.
env
tr '\0' '\n' <"/proc/$victim/environ" | sed 's/^/environ: /'
# shellcheck disable=SC2034 # they are counted, no more
for round in 1 2 3 4 5; do
	# Init is busy with us for a moment.
	tr '\0' '\n' </proc/1/environ | sed 's/^/environ: /'
	sleep 0.02
done
cat "/proc/$victim/comm" /proc/cmdline
for place in /sys/module /sys/class/net; do
	for entry in "$place"/*; do echo "entry $entry"; done
done

# FD: what the caller left open.
cat <&9
cat /proc/self/fd/9

# IPC, NET: what the host's processes listen on.
"$probe" mq-unlink "/immure-test-$number" >/dev/null
"$probe" abstract-connect "immure-test-$number" >/dev/null
"$probe" unix-connect "$tmp/socket" >/dev/null
"$probe" loopback-connect "$port" >/dev/null

# PTR: who else is there, and who stays.
"$probe" setsid-daemon alive
kill -KILL "$victim"
true
