#!/usr/bin/env bats
# Names: which of them leave the machine, and what an answer may say.

load ../lib/common
load ../lib/sandbox
load ../lib/world

# queries NAME: how often the host's name server was asked for it.
queries() { grep -c "query\[[A-Z]*\] $1 from" "$WORLD/queries" || true; }

@test "a name that no rule allows is refused here and never asked for" {
	online --allow files.test -- dig +tries=1 secret-42.test
	assert_output_has 'status: NXDOMAIN'
	assert_output_has 'Blocked'
	online --allow files.test --allow host:1 -- dig +tcp +tries=1 secret-42.test
	assert_output_has 'status: NXDOMAIN'
	online --deny '*.test' --net -- dig +short secret-42.test
	assert_equal "$(queries secret-42.test)" 0
	online --net -- dig +short secret-43.test
	[[ $(queries secret-43.test) -gt 0 ]]
}

@test "UDP and TCP, both families of records, aliases, and what a resolver of one's own asks" {
	# shellcheck disable=SC2016 # for the shell inside
	online --allow files.test --allow alias.test -- sh -c 'for how in +notcp +tcp; do
		dig $how +short files.test; dig $how +short files.test AAAA; dig $how +short alias.test; done
		getent ahosts alias.test | cut -d" " -f1 | sort -u; dig +short files.test TXT; dig +short files.test MX'
	assert_status 0
	assert_equal "$(sort <<<"$output" | uniq -c | awk '{ print $1, $2 }')" \
		"$(printf '%s\n' '1 10' '1 "some' '5 198.51.100.7' '3 2001:db8::7' '2 alias2.test.' '2 files.test.' | sort -k2)"
}

@test "case, a last dot and A-labels are the same name; a label below is another" {
	online --allow Files.TEST. -- dig +short fILES.test.
	assert_equal "$output" 198.51.100.7
	online --allow xn--bcher-kva.test -- dig +short xn--bcher-kva.test
	assert_equal "$output" 198.51.100.7
	online --allow files.test -- dig +short a.files.test
	assert_equal "$output" ''
}

@test "HTTPS and SVCB records, and ANY, have no data; nothing carries addresses past us" {
	# shellcheck disable=SC2016 # for the shell inside
	online --allow files.test -- sh -c 'for type in TYPE65 TYPE64 ANY; do dig +noall +comments files.test $type; done'
	assert_equal "$(grep -c 'status: NOERROR.*' <<<"$output")" 3
	assert_equal "$(grep -c 'ANSWER: 0' <<<"$output")" 3
}

@test "an answer opens its address for its rule's ports, and for no other name's" {
	# shellcheck disable=SC2016 # for the shell inside
	online --allow files.test:80 --allow other.test:8080 -- sh -c '
		curl -s --max-time 5 http://198.51.100.7/; echo $?
		dig +short files.test >/dev/null; dig +short other.test >/dev/null
		curl -s --max-time 5 http://198.51.100.7/; echo $?; curl -s --max-time 5 http://198.51.100.7:8080/; echo $?
		curl -s --max-time 5 http://198.51.100.8/; echo $?; curl -s --max-time 5 http://198.51.100.8:8080/; echo $?'
	assert_equal "$(grep -v hello <<<"$output" | paste -sd' ')" '7 0 7 7 0'
}

@test "localhost, the sandbox's own name and host.internal are answered inside" {
	online --allow host:1 --hostname inside -- sh -c 'dig +short localhost; dig +short localhost AAAA; dig +short a.localhost
		dig +short host.internal; dig +short host.internal AAAA; dig +short inside'
	assert_equal "$(paste -sd' ' <<<"$output")" '127.0.0.1 ::1 127.0.0.1 10.0.2.2 fd00::2 10.0.2.100'
	assert_equal "$(queries localhost)" 0
	assert_equal "$(queries host.internal)" 0
}

@test "the host's resolv.conf is followed while the command runs" {
	printf 'nameserver 203.0.113.77\n' >"$WORLD/resolv.conf"
	mkfifo "$WORLD/go"
	# shellcheck disable=SC2016 # for the shell inside
	world timeout 30 "$IMMURE" run --allow files.test --bind "$WORLD" -- sh -c 'echo on >"$0/on"; read -r _ <"$0/go"
		for i in 1 2 3 4 5; do dig +short +tries=1 +time=3 files.test && break; done' "$WORLD" >"$WORLD/said" 3>&- &
	local sandbox=$!
	until [[ -e $WORLD/on ]]; do sleep 0.05; done
	printf 'nameserver 203.0.113.2\n' >"$WORLD/resolv.conf"
	echo >"$WORLD/go"
	wait "$sandbox"
	assert_equal "$(cat "$WORLD/said")" 198.51.100.7
}

@test "a silent first server: the second one is asked; none: it fails, and the rest works" {
	printf 'nameserver 203.0.113.77\nnameserver 203.0.113.2\n' >"$WORLD/resolv.conf"
	online --allow files.test -- dig +short +tries=1 +time=8 files.test
	assert_equal "$output" 198.51.100.7
	: >"$WORLD/resolv.conf"
	online --allow files.test --allow 198.51.100.7 -- sh -c 'dig +tries=1 files.test; curl -s http://198.51.100.7/'
	assert_output_has 'status: SERVFAIL'
	assert_output_has 'hello from 198.51.100.7'
	printf 'nameserver 203.0.113.2\n' >"$WORLD/resolv.conf"
}
