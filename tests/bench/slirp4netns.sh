#!/bin/sh
# slirp4netns.sh MTU COMMAND [ARG...]: the peer. What is typed without us: a network
# namespace by unshare, slirp4netns beside it, and the command when that is ready.
mtu=$1
shift
pipes=$(mktemp -d)
mkfifo "$pipes/made" "$pipes/ready"
# shellcheck disable=SC2016 # for the shell inside
unshare -Urn sh -c 'echo >"$0/made"; read -r _ <"$0/ready"; exec "$@"' "$pipes" "$@" &
inside=$!
read -r _ <"$pipes/made"
slirp4netns -c -r 3 --mtu="$mtu" $inside tap0 3>"$pipes/ready" >/dev/null 2>&1 &
slirp=$!
wait $inside
status=$?
kill $slirp
wait $slirp
rm -r "$pipes"
exit $status
