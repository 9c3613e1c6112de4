#!/usr/bin/env bats
# What a developer types about networks in `immure shell`, as it is written, without sudo:
# ip netns, veth, servers and clients, packet filters; and nothing of it is seen outside.
#
# shellcheck disable=SC2016 # for the shells inside

load ../lib/common
load ../lib/sandbox
load ../lib/shell
load ../lib/world

setup_file() {
	[[ $(id -u) -eq 0 ]] || world_start
}

setup() { shell_setup; }

# What of all this could be seen on the host: links, namespaces with names, mounts, names.
of_the_host() {
	ip -o link
	ls -A /run/netns 2>/dev/null
	hostname
	cut -d ' ' -f 3- /proc/self/mountinfo
}

@test "two namespaces, a cable between them, ping both ways, a server, and their end" {
	needs ping python3 curl
	local before
	before=$(of_the_host)
	typed <<'END'
ip netns add ns1
ip netns add ns2
ip netns
ip link add veth1 type veth peer name veth2
ip a | grep -o 'veth[12]@veth[12]'
ip link set veth1 netns ns1
ip netns exec ns1 ip link set dev veth1 up
ip link set veth2 netns ns2
ip netns exec ns2 ip link set dev veth2 up
ip netns exec ns1 ip addr add 192.168.1.1/24 dev veth1
ip netns exec ns2 ip addr add 192.168.1.2/24 dev veth2
ip netns exec ns1 ping -c 1 -W 5 192.168.1.2 | grep -o '1 received'
ip netns exec ns2 ping -c 1 -W 5 192.168.1.1 | grep -o '1 received'
echo from ns1 > page
ip netns exec ns1 python3 -m http.server 80 > /dev/null 2>&1 &
ip netns exec ns2 curl -sS --retry 20 --retry-connrefused --retry-delay 1 http://192.168.1.1/page
ip netns pids ns1 | wc -l
curl -sS --max-time 5 http://192.168.1.1/page || echo not from here
ip netns delete ns1
ip netns delete ns2
ip netns
ls -A /run/netns
kill %1
END
	assert_equal "$output" $'ns2\nns1\nveth2@veth1\nveth1@veth2\n1 received\n1 received\nfrom ns1\n1\nnot from here'
	assert_equal "$(of_the_host)" "$before"
}

@test "every word of ip netns" {
	typed <<'END'
ip netns add red
ip netns set red 233
ip netns list
ip netns add blue
ip link add v0 type veth peer name v1
ip link set v1 netns blue
ip netns list-id
ip netns exec red sleep 50 &
until ip netns pids red | grep -q .; do sleep 0.02; done
[ "$(ip netns pids red)" = $! ] && echo pid
ip netns identify $!
ip netns add green
ip netns attach own $$
ip netns identify $$
ip netns exec own ip -o link show v0 | grep -o 'v0@[a-z0-9]*'
ip -all netns exec true
kill %1
ip link add myvxlan type vxlan id 233 dstport 4789
ip link set myvxlan netns blue
ip netns exec blue ip -d link show myvxlan | grep -o 'vxlan id 233 .*dstport 4789'
touch /var/run/netns/x
mount -o bind /proc/1/ns/net /var/run/netns/x
ip netns exec x ip a | grep -o 'v0@if[0-9]*'
ip -all netns delete
ip netns
END
	assert_equal "$(head -n 6 <<<"$output")" $'red (id: 233)\nnsid 0 (iproute2 netns name: blue)\nnsid 233 (iproute2 netns name: red)\npid\nred\nown'
	assert_equal "$(grep netns: <<<"$output" | grep -v nsid | sort)" $'netns: blue\nnetns: green\nnetns: own\nnetns: red'
	assert_output_has 'vxlan id 233 srcport 0 0 dstport 4789'
	# v0, as seen through the names own and x, and nothing behind the last deletion.
	assert_equal "$(grep -c '^v0@if' <<<"$output")" 2
	assert_equal "${lines[-1]%[0-9]}" v0@if
}

@test "ip netns monitor tells of what comes and goes, on the terminal where it was typed" {
	needs python3
	run on_terminal $'ip netns monitor &\nuntil grep -q inotify /proc/$!/fdinfo/* 2> /dev/null; do sleep 0.05; done\nip netns add green\nwait add green\nip netns delete green\nwait delete green\nkill %1\nexit 4' env TERM=xterm SHELL=/bin/bash timeout -k 5 40 "$IMMURE" shell -q
	assert_status 0
	grep -qE '(^|# )add green$' <<<"$output"
	grep -qE '(^|# )delete green$' <<<"$output"
}

@test "a namespace that somebody lives in is deleted, and goes on for him" {
	typed <<'END'
ip netns add ns1
ip netns exec ns1 sleep 50 &
until ip netns pids ns1 | grep -q .; do sleep 0.02; done
ip netns delete ns1
ip netns
nsenter --net -t $! ip -o link | grep -o 'lo:'
kill $!
strace -f -e trace=unshare,mount -o trace ip netns add traced
grep -c 'CLONE_NEWNET' trace
iptables -L | grep -c Chain
iptables -A OUTPUT -d 127.0.0.9 -j REJECT
ping -c 1 -W 1 127.0.0.8 | grep -o '1 received'
ping -c 1 -W 1 127.0.0.9 | grep -o '0 received'
nft add table ip t
nft 'add chain ip t o { type filter hook output priority 0; }'
nft add rule ip t o ip daddr 127.0.0.7 drop
nft list ruleset | grep -o 'ip daddr 127.0.0.7 drop'
ping -c 1 -W 1 127.0.0.7 | grep -o '0 received'
END
	assert_equal "$output" $'lo:\n1\n3\n1 received\n0 received\nip daddr 127.0.0.7 drop\n0 received'
}

@test "a server inside is refused from the host, and is there inside" {
	mkfifo hold
	"$IMMURE" shell server -q -- bash -c 'ip link set lo up; nc -l 80 >got & until ss -Hltn | grep -q ":80 "; do sleep 0.02; done; echo on; read -r line; echo hello | nc -N 127.0.0.1 80; wait; cat got' <hold >out 2>err 3>&- &
	local server=$!
	exec {keep}>hold
	until grep -q on out; do kill -0 $server; sleep 0.02; done
	run timeout 10 nc -z -w 2 127.0.0.1 80
	assert_status 1
	assert_equal "$(ss -Hltn 'sport = :80')" ''
	echo >&"$keep"
	wait $server
	assert_equal "$(cat out)" $'on\nhello'
	exec {keep}>&-
}

@test "names of the internet: ping, curl and dig, and nothing of the host or its LAN" {
	forget_seen
	run --separate-stderr world env HOME="$HOME" XDG_DATA_HOME="$XDG_DATA_HOME" timeout -k 5 40 "$IMMURE" shell -q -- bash -c 'dig +short public.test; curl -4sS --max-time 10 http://public.test/; curl -6sS --max-time 10 http://public.test/
		ping -c 1 -W 5 public.test | grep -o "1 received"; sudo curl -sS --max-time 10 http://public.test/ >/dev/null && echo sudo
		ip addr add 10.0.2.77/24 dev tap0; iptables -A OUTPUT -p tcp --dport 80 -d 192.175.48.7 -j REJECT; curl -4sS --max-time 5 http://public.test/ || echo own rule
		for there in 192.168.77.7 10.99.0.7 203.0.113.1 169.254.169.254 100.64.0.7 127.0.0.1 10.0.2.2; do curl -sS --max-time 5 "http://$there/" && echo "reached $there"; done; true'
	assert_status 0
	assert_equal "$output" $'192.175.48.7\nhello from 192.175.48.7\nhello from 2001:4:112::7\n1 received\nsudo\nown rule'
	assert_seen 'tcp 192.175.48.7 80'
	assert_not_seen 192.168.77.7
	assert_not_seen 10.99.0.7
}
