#!/usr/bin/env bats
# Which servers are asked for names, where short ones are looked for, and names that stand
# for addresses because somebody said so.

load ../lib/common
load ../lib/sandbox
load ../lib/world

setup_file() {
	world_start
	# Nobody listens at the host's own server, so that only --dns leads to one.
	echo 'nameserver 203.0.113.9' >"$WORLD/resolv.conf"
}

@test "--dns asks that server, of either family, and not the host's; the next one if it is silent" {
	local server
	for server in 203.0.113.2 2001:db8:113::2; do
		online --dns "$server" --allow files.test:80 -- curl -4sS --max-time 10 http://files.test/
		assert_status 0
		assert_equal "$output" 'hello from 198.51.100.7'
	done
	# 203.0.113.1 is the host, which answers that nobody is there.
	online --dns 203.0.113.1 --dns 203.0.113.2 --allow files.test -- dig +short +tries=1 files.test
	assert_equal "$output" 198.51.100.7
	online --dns 203.0.113.1 --allow files.test -- dig +tries=1 +timeout=20 files.test
	assert_output_has 'status: SERVFAIL'
	# It opens no way to the server.
	online --dns 203.0.113.2 --allow files.test -- dig +tries=1 +timeout=2 @203.0.113.2 files.test
	assert_status 9
	assert_stderr_has '--allow 203.0.113.2:53/udp'
}

@test "--dns-search completes short names, in order" {
	online --dns 203.0.113.2 --dns-search deep.test --dns-search test --allow '*.test' -- \
		sh -c 'cat /etc/resolv.conf; getent ahostsv4 files; getent ahostsv4 a'
	assert_status 0
	assert_output_has 'search deep.test test'
	assert_output_has '198.51.100.7    STREAM'
	assert_equal "$(grep -c STREAM <<<"$output")" 2
}

@test "--add-host names: in /etc/hosts, for who asks the name server, and for nobody outside" {
	# shellcheck disable=SC2016 # for the shell inside
	online --dns 203.0.113.2 --add-host Pinned.test.:198.51.100.7 --add-host pinned.test:2001:db8::7 \
		--add-host files.test:192.168.77.7 --allow any -- sh -c 'cat /etc/hosts
		for type in A AAAA TXT; do dig +short pinned.test $type; dig +short +tcp pinned.test $type; done; dig +short files.test'
	assert_status 0
	assert_output_has $'198.51.100.7\tpinned.test'
	assert_output_has $'2001:db8::7\tpinned.test'
	assert_equal "$(grep -v '	' <<<"$output" | paste -sd' ')" \
		'198.51.100.7 198.51.100.7 2001:db8::7 2001:db8::7 192.168.77.7'
	refute grep -q pinned.test "$WORLD/queries"
}

@test "--add-host allows nothing; a rule of the name does, for the rule's ports, and the hint says so" {
	online --add-host pinned.test:192.168.77.7 --allow 203.0.113.77 -- curl -sS --max-time 5 http://pinned.test/
	assert_status 7
	assert_stderr_has 'immure: refused: pinned.test:80 1 time; to allow: --allow pinned.test:80'
	online --add-host pinned.test:192.168.77.7 --net -- curl -sS --max-time 5 http://pinned.test/
	assert_status 7
	assert_equal "$(cat "$WORLD/seen")" ''
	online --add-host pinned.test:192.168.77.7 --allow pinned.test:80 -- sh -c \
		'curl -sS --max-time 5 http://pinned.test/ && curl -s --max-time 5 http://pinned.test:8080/'
	assert_status 7
	assert_output_has 'hello from 192.168.77.7'
	assert_stderr_has 'pinned.test:8080'
	# A name for the gateway is none for the host's services.
	online --add-host pinned.test:10.0.2.2 --allow pinned.test:80 -- curl -sS --max-time 5 http://pinned.test/
	assert_status 7
	assert_stderr_has '--allow host:80'
	# Nor one for what nothing may be sent to.
	online --add-host pinned.test:169.254.169.254 --allow pinned.test:80 -- curl -sS --max-time 5 http://pinned.test/
	assert_status 7
}

@test "what makes no sense is an error with its reason; a profile may say it for who types --net" {
	local words
	while read -r -a words; do
		run "$IMMURE" run "${words[@]}" -- true
		assert_status 125
		read -r expected
		assert_output_has "$expected"
	done <<-'END'
		--dns 192.0.2.53
		dns 192.0.2.53 (command line): there is no network
		--dns-search example.org --deny any
		dns-search example.org (command line): there is no network
		--add-host db.test:192.0.2.7
		add-host db.test:192.0.2.7 (command line): there is no network that leads there
		--share net --dns 192.0.2.53
		share net and dns 192.0.2.53 (command line) contradict each other
		--net --dns name.test
		"name.test" is no address
		--net --dns 224.0.0.251
		no name server can have this address
		--net --dns 192.0.2.1 --dns 192.0.2.2 --dns 192.0.2.3 --dns 192.0.2.4
		over 3 name servers
		--net --dns-search a..b
		has an empty part
		--net --add-host db.test
		is written NAME:ADDR
		--net --add-host db.test:300.0.0.1
		"300.0.0.1" is no address
		--net --add-host localhost:192.0.2.7
		localhost is the sandbox itself
		--net --add-host host.internal:192.0.2.7
		host.internal is the host
		--net --add-host immure:192.0.2.7
		immure is the sandbox's own name
		--net --add-host 192.0.2.8:192.0.2.7
		"192.0.2.8" is not a whole address
	END
	printf '%s\n' 'include default' 'dns 192.0.2.53' 'add-host db.test:192.0.2.7' >"$TEST_TMP/on.profile"
	chmod a+rx "$TEST_TMP"
	run "$IMMURE" run --profile "$TEST_TMP/on.profile" -- cat /etc/hosts /etc/resolv.conf
	assert_status 0
	assert_output_lacks db.test
	run "$IMMURE" run --dry-run --profile "$TEST_TMP/on.profile" --net -- true
	assert_output_has 'db.test is 192.0.2.7'
	[[ $output =~ dns\ +192.0.2.53\ +#\ .*on.profile:2 ]]
	# What is here can be named without a network.
	run "$IMMURE" run --add-host db.test:127.0.0.1 -- getent hosts db.test
	assert_status 0
	assert_output_has 127.0.0.1
}
