#!/usr/bin/env bats
# A bad command line gets one line that says what is wrong with it, and hints; the
# status of ours; and nothing else happens.

load ../lib/common

setup() {
	common_setup
	mkdir "$TEST_TMP/work"
	cd "$TEST_TMP/work" || return
	export HOME=$TEST_TMP/home XDG_CONFIG_HOME=
	mkdir "$HOME"
	mkdir dir
	touch file
}

# check_rows STATUS [WORD...]: for each row of standard input, WORDS => LINE, the
# words (as a shell reads them) end with STATUS and this line behind "immure: ", then
# nothing but hints, and nothing happened.
check_rows() {
	local status_wanted=$1 row words want got hint
	local -a argv hints
	shift
	while IFS= read -r row; do
		words=${row%%=> *}
		want="immure: ${row#*=> }"
		eval "argv=($words)"
		run --separate-stderr timeout -k 5 20 "$IMMURE" "$@" "${argv[@]}" </dev/null
		[[ ${status:-} -eq $status_wanted ]] ||
			fail_test "$words: status ${status:-}, not $status_wanted"
		[[ -z ${output:-} ]] || fail_test "$words: it printed on standard output"
		# shellcheck disable=SC2154 # by bats
		got=${stderr%%$'\n'*}
		[[ $got == "$want" ]] || fail_test "$words: not this line: $want"
		mapfile -t hints < <(tail -n +2 <<<"$stderr")
		for hint in "${hints[@]}"; do
			[[ $hint == 'hint: '* ]] || fail_test "$words: a second line that is no hint"
		done
		[[ $(ls -A) == $'dir\nfile' ]] || fail_test "$words: something happened"
	done
}

@test "words of run that cannot be read" {
	check_rows 125 run <<-'END'
		--bnid . touch made => unknown option --bnid
		--bnid=. touch made => unknown option --bnid
		--Bind . touch made => unknown option --Bind
		--bin . touch made => unknown option --bin
		--xyzzy touch made => unknown option --xyzzy
		--=x touch made => unknown option --
		--- touch made => unknown option ---
		--include default touch made => unknown option --include
		-Z touch made => unknown option -Z
		-qZ touch made => unknown option -Z
		-cwd rw touch made => unknown option -c
		-1 touch made => unknown option -1
		$'--a\e[31m' touch made => unknown option --a\x1b[31m
		$'--a\nb' touch made => unknown option --a\nb
		$'-\xff' touch made => unknown option -\xff
		-ä touch made => unknown option -ä
		--quiet=yes touch made => --quiet takes no value
		--quiet= touch made => --quiet takes no value
		--git-rw=1 touch made => --git-rw takes no value
		--version=2 touch made => --version takes no value
		--help=some touch made => --help: "some" is not all
		--bind => --bind needs a value: SRC[:DEST]
		-b => --bind needs a value: SRC[:DEST]
		-qb => --bind needs a value: SRC[:DEST]
		--timeout => --timeout needs a value: TIME
		--quiet --user => --user needs a value: root|self|UID[:GID]
	END
}

@test "values that are none" {
	check_rows 125 run <<-'END'
		--bind '' touch made => --bind: an empty path
		--bind= touch made => --bind: an empty path
		--bind :/x touch made => --bind: an empty path
		--bind dir: touch made => --bind: an empty path
		--bind a:b:c touch made => --bind: "a:b:c" has more than one colon; one that belongs to a path is written \:
		--bind $'\e:b:c' touch made => --bind: "\x1b:b:c" has more than one colon; one that belongs to a path is written \:
		--bind "$(printf 'a%.0s' {1..4096})" touch made => --bind: a path of over 4095 bytes
		--file file touch made => --file: "file" lacks the part behind a colon: SRC:DEST
		--symlink x touch made => --symlink: "x" lacks the part behind a colon: TARGET:PATH
		--dir '' touch made => --dir: an empty path
		--hide '' touch made => --hide: an empty path
		--home '' touch made => --home: an empty path
		--chdir '' touch made => --chdir: an empty path
		--system '' touch made => --system: an empty path
		--tmpfs '' touch made => --tmpfs: an empty path
		--tmpfs /x: touch made => --tmpfs: "" is neither size=N nor mode=OCTAL
		--tmpfs /x:size touch made => --tmpfs: "size" is neither size=N nor mode=OCTAL
		--tmpfs /x:size=1M, touch made => --tmpfs: "" is neither size=N nor mode=OCTAL
		--tmpfs /x:size=1M:mode=700 touch made => --tmpfs: "/x:size=1M:mode=700" has more than one colon; one that belongs to the path is written \:
		--tmpfs /x:size= touch made => --tmpfs: "" is not a size
		--tmpfs /x:size=0 touch made => --tmpfs: size "0" is not from 1 byte to 2^60
		--tmpfs /x:size=-1 touch made => --tmpfs: "-1" is not a size
		--tmpfs /x:size=1e9 touch made => --tmpfs: "1e9" is not a size: only K, M, G or T may follow the number
		--tmpfs /x:size=0x10 touch made => --tmpfs: "0x10" is not a size: only K, M, G or T may follow the number
		--tmpfs /x:size=123bogus touch made => --tmpfs: "123bogus" is not a size: only K, M, G or T may follow the number
		--tmpfs /x:size=99999999T touch made => --tmpfs: size "99999999T" is not from 1 byte to 2^60
		--tmpfs /x:size=9223372036854775808 touch made => --tmpfs: size "9223372036854775808" is not from 1 byte to 2^60
		--tmpfs /x:size=18446744073709551616 touch made => --tmpfs: size "18446744073709551616" is not from 1 byte to 2^60
		--tmpfs /x:mode=9 touch made => --tmpfs: "9" is not an octal mode
		--tmpfs /x:mode=10000 touch made => --tmpfs: mode "10000" is over 7777
		--etc '' touch made => --etc: "" is not a path below /etc
		--etc /usr touch made => --etc: "/usr" is not a path below /etc
		--etc ../x touch made => --etc: "../x" leads out of /etc
		--etc a/../../x touch made => --etc: "a/../../x" leads out of /etc
		--cwd write touch made => --cwd: "write" is not hide, ro or rw
		--cwd '' touch made => --cwd: "" is not hide, ro or rw
		--proc host touch made => --proc: "host" is not new, none or host-ro
		--sys yes touch made => --sys: "yes" is not new, none or host-ro
		--dev host-ro touch made => --dev: "host-ro" is not new or none
		--share '' touch made => --share: "" is no namespace: user, mount, pid, ipc, uts, net and cgroup are
		--share net, touch made => --share: "" is no namespace: user, mount, pid, ipc, uts, net and cgroup are
		--share net,wifi touch made => --share: "wifi" is no namespace: user, mount, pid, ipc, uts, net and cgroup are
		--share NET touch made => --share: "NET" is no namespace: user, mount, pid, ipc, uts, net and cgroup are
		--share time touch made => --share: the clocks are the host's unless monotonic or boottime moves them
	END
}

@test "PRF-07: numbers, names and times that are none" {
	check_rows 125 run <<-'END'
		--user '' touch made => --user: "" is not a number
		--user me touch made => --user: "me" is not a number
		--user -1 touch made => --user: "-1" is not from 0 to 4294967294
		--user 4294967295 touch made => --user: "4294967295" is not from 0 to 4294967294
		--user 18446744073709551616 touch made => --user: "18446744073709551616" is not from 0 to 4294967294
		--user 1x touch made => --user: "1x": "x" behind the number
		--user 1: touch made => --user: "" is not a number
		--user :1 touch made => --user: "" is not a number
		--user 1:2:3 touch made => --user: "2:3": ":3" behind the number
		--user root:root touch made => --user: "root" is not a number
		--hostname '' touch made => --hostname: a name has 1 to 64 characters
		--hostname "$(printf 'a%.0s' {1..65})" touch made => --hostname: a name has 1 to 64 characters
		--hostname -x touch made => --hostname: "-x" begins with "-"
		--hostname .x touch made => --hostname: ".x" begins with "."
		--hostname 'a b' touch made => --hostname: "a b": only letters, digits, "-", "." and "_" make a name
		--hostname $'a\n127.0.0.1 b' touch made => --hostname: "a\n127.0.0.1 b": only letters, digits, "-", "." and "_" make a name
		--domainname a/b touch made => --domainname: "a/b": only letters, digits, "-", "." and "_" make a name
		--timeout '' touch made => --timeout: "" is not a length of time
		--timeout 0 touch made => --timeout: "0" is not from 1 ms to ten years
		--timeout -1 touch made => --timeout: "-1" is not a length of time
		--timeout 1x touch made => --timeout: "1x" is not a length of time: ms, s, m, h or d may follow the number
		--timeout 1e9 touch made => --timeout: "1e9" is not a length of time: ms, s, m, h or d may follow the number
		--timeout '1 s' touch made => --timeout: "1 s" is not a length of time: ms, s, m, h or d may follow the number
		--timeout 99999999999999999999 touch made => --timeout: "99999999999999999999" is over ten years
		--timeout 9999d touch made => --timeout: "9999d" is over ten years
		--monotonic '' touch made => --monotonic: "" is no offset of a clock
		--boottime soon touch made => --boottime: "soon" is no offset of a clock
		--boottime -1w touch made => --boottime: "-1w" is no offset of a clock: ms, s, m, h or d may follow the number
		--monotonic 1.0000000001 touch made => --monotonic: "1.0000000001" is finer than a nanosecond
		--monotonic 99999999999999999999 touch made => --monotonic: "99999999999999999999" is over 146 years
		--nice '' touch made => --nice: "" is not a number
		--nice 20 touch made => --nice: "20" is not from -20 to 19
		--nice -21 touch made => --nice: "-21" is not from -20 to 19
		--nice 1.5 touch made => --nice: "1.5": ".5" behind the number
		--nice 99999999999999999999 touch made => --nice: "99999999999999999999" is not from -20 to 19
		--rlimit nofile touch made => --rlimit: "nofile" lacks an "=": NAME=SOFT[:HARD]
		--rlimit files=1 touch made => --rlimit: "files" is no limit of setrlimit(2): nofile, nproc, as, cpu, fsize, core ... are
		--rlimit NOFILE=1 touch made => --rlimit: "NOFILE" is no limit of setrlimit(2): nofile, nproc, as, cpu, fsize, core ... are
		--rlimit nofile= touch made => --rlimit: "" is not a size
		--rlimit nofile=1: touch made => --rlimit: "" is not a size
		--rlimit nofile=-1 touch made => --rlimit: "-1" is not a size
		--rlimit nofile=2:1 touch made => --rlimit: the soft limit in "2:1" is over the hard one
		--rlimit nofile=unlimited:1 touch made => --rlimit: the soft limit in "unlimited:1" is over the hard one
		--rlimit nofile=1:2:3 touch made => --rlimit: "2:3" is not a size: only K, M, G or T may follow the number
		--sysctl net.x touch made => --sysctl: "net.x" lacks an "=": KEY=VALUE
		--sysctl =1 touch made => --sysctl: "" is no name of a sysctl
		--sysctl net..x=1 touch made => --sysctl: "net..x" is no name of a sysctl
		--sysctl ../x=1 touch made => --sysctl: "...x" is no name of a sysctl
		--sysctl 'net x=1' touch made => --sysctl: "net x" is no name of a sysctl
		--sysctl net.x= touch made => --sysctl: the value of a sysctl has 1 to 1024 printable characters
		--sysctl $'net.x=1\n2' touch made => --sysctl: the value of a sysctl has 1 to 1024 printable characters
		--ns-limit net touch made => --ns-limit: "net" lacks an "=": TYPE=N
		--ns-limit net= touch made => --ns-limit: "" is not a number
		--ns-limit net=-1 touch made => --ns-limit: "-1" is not from 0 to 2147483647
		--ns-limit net=2147483648 touch made => --ns-limit: "2147483648" is not from 0 to 2147483647
		--ns-limit wifi=1 touch made => --ns-limit: "wifi" is not counted: user, mount, pid, ipc, uts, net, cgroup, time, inotify-instances and inotify-watches are
		--setenv A touch made => --setenv: "A" lacks an "=": NAME=VALUE
		--setenv =x touch made => --setenv: "" is no name of a variable
		--setenv 1A=x touch made => --setenv: "1A" is no name of a variable
		--setenv 'A B=x' touch made => --setenv: "A B" is no name of a variable
		--unsetenv A=x touch made => --unsetenv: "A=x" is no name of a variable
		--unsetenv 'A*' touch made => --unsetenv: "A*" is no name of a variable
		--env-keep '' touch made => --env-keep: "" is no name of a variable
		--env-keep '*' touch made => --env-keep: "*" is no name of a variable
		--env-keep 'A*B' touch made => --env-keep: "A*B" is no name of a variable
	END
}

@test "what the host does not have" {
	check_rows 125 run <<-END
		--bind /nonesuch touch made => plan: bind /nonesuch (command line): No such file or directory
		--ro-bind nonesuch touch made => plan: bind $PWD/nonesuch (command line): No such file or directory
		--dev-bind /nonesuch:/x touch made => plan: bind /nonesuch (command line): No such file or directory
		--bind file/x touch made => plan: bind $PWD/file/x (command line): Not a directory
		--file /nonesuch:/x touch made => plan: copy /nonesuch (command line): No such file or directory
		--file dir:/x touch made => plan: copy $PWD/dir (command line): not a regular file
		--file /dev/zero:/x touch made => plan: copy /dev/zero (command line): not a regular file
		--home /nonesuch touch made => plan: home /nonesuch (command line): No such file or directory
		--home file touch made => plan: home $PWD/file (command line): Not a directory
		--chdir /nonesuch touch made => change directory: /nonesuch (command line): No such file or directory
		--chdir /etc/passwd touch made => change directory: /etc/passwd (command line): Not a directory
		--profile ./nonesuch touch made => --profile: open ./nonesuch: No such file or directory
		--profile nonesuch touch made => --profile: nonesuch.profile: No such file or directory
		--profile '' touch made => --profile: an empty name
		--profile dir/ touch made => --profile: dir/ is not a regular file
		--profile $'./\e[31m' touch made => --profile: open ./\x1b[31m: No such file or directory
		--bind $'/\e]0;x\a\nnonesuch' touch made => plan: bind /\x1b]0;x\x07\nnonesuch (command line): No such file or directory
		--sysctl net.nonesuch=1 touch made => set kernel parameters: net.nonesuch=1 (command line): open sysctl net.nonesuch: No such file or directory
	END
}

@test "what cannot be, and what contradicts itself" {
	check_rows 125 run <<-'END'
		=> plan: no command to run
		-- => plan: no command to run
		--quiet => plan: no command to run
		'' => plan: the command has an empty name
		-- '' made => plan: the command has an empty name
		--bind dir:/ touch made => plan: bind / (command line): / itself is the sandbox's own
		--tmpfs / touch made => plan: tmpfs / (command line): / itself is the sandbox's own
		--dir / touch made => plan: dir / (command line): / itself is the sandbox's own
		--hide / touch made => plan: hide / (command line): / itself is the sandbox's own
		--remount-ro / touch made => plan: remount-ro / (command line): / itself is the sandbox's own
		--symlink x:/ touch made => plan: symlink / (command line): / itself is the sandbox's own
		--file file:/ touch made => plan: file / (command line): / itself is the sandbox's own
		--system / touch made => plan: system / (command line): / itself is the sandbox's own
		--share mount --bind . touch made => plan: share mount (command line) and bind (command line) contradict each other
		--home none --share mount touch made => plan: share mount (command line) and home (command line) contradict each other
		--share mount --proc none touch made => plan: share mount (command line) and proc (command line) contradict each other
		--share uts --hostname x touch made => plan: share uts (command line) and hostname (command line) contradict each other
		--share uts --domainname x touch made => plan: share uts (command line) and domainname (command line) contradict each other
		--share pid --as-pid-1 touch made => plan: share pid (command line) and as-pid-1 (command line) contradict each other
		--share user,mount,pid,ipc,uts,net,cgroup --user self touch made => plan: share user (command line) and user (command line) contradict each other
		--share ipc --sysctl kernel.sem=1 touch made => plan: sysctl kernel.sem (command line): the ipc namespace is shared with the host
		--sysctl kernel.core_pattern=x touch made => plan: sysctl kernel.core_pattern (command line): it belongs to the whole host
		--sysctl kernel/hostname=x touch made => plan: sysctl kernel.hostname (command line): it belongs to the whole host
		--sysctl vm.drop_caches=3 touch made => plan: sysctl vm.drop_caches (command line): it belongs to the whole host
		--syscall deny:moutn touch made => plan: syscall moutn (command line): there is no such system call
		--syscall deny:read,@moun touch made => plan: syscall @moun (command line): there is no such group
		--syscall deny:512 touch made => plan: syscall 512 (command line): numbers end at 511
		--seccomp off --syscall deny:read touch made => plan: syscall read (command line) and seccomp off (command line) contradict each other
		--seccomp-file nonesuch touch made => plan: seccomp-file (command line): open nonesuch: No such file or directory
		--seccomp-file file touch made => plan: seccomp-file file (command line): 0 bytes are no filter: that is 8 bytes an instruction, and 1 to 4096 of them
		--cap add:net_raw touch made => plan: cap net_raw (command line): no command gets this one
		--cap add:sys_everything touch made => plan: cap sys_everything (command line): there is no such capability
		--cap add:sys_ptrace touch made => plan: cap sys_ptrace (command line): nothing can be traced
		--ns-limit user=5 touch made => plan: ns-limit user=5 (command line): the command cannot have user namespaces of its own
	END
	is_root || check_rows 125 run <<-'END'
		--share user touch made => plan: share user: a new mount namespace needs a new user namespace as well, unless root asks
		--nice=-5 touch made => set limits: nice (command line): set the nice value -5: Permission denied
	END
}

@test "other verbs end with 2, and what they could not do with 1" {
	check_rows 2 <<-'END'
		rnu touch made => unknown command "rnu"
		touch made => unknown command "touch"
		./made => unknown command "./made"
		'' => unknown command ""
		$'\e[31m' => unknown command "\x1b[31m"
		- => unknown command "-"
		--xyzzy => unknown option --xyzzy
		--bind . touch made => unknown option --bind
		-q run touch made => unknown option -q
		-- run touch made => unknown option --
		profile => profile needs to know what to do: ls, show, diff, check, new, edit and path are what it does
		profile list => profile does not know "list": ls, show, diff, check, new, edit and path are what it does
		profile show default touch => profile show takes [NAME]
		help made => help takes "all" or nothing
		help all made => help takes "all" or nothing
	END
	check_rows 1 <<-'END'
		profile show ./nonesuch => profile ./nonesuch: open ./nonesuch: No such file or directory
		profile show nonesuch => profile nonesuch: nonesuch.profile: No such file or directory
		profile show '' => profile "": an empty name
		profile show dir/ => profile dir/: dir/ is not a regular file
	END
}

@test "ROB-22: a name of its own is not needed" {
	run bash -c 'exec -a "" "$0" run echo inside' "$IMMURE"
	assert_status 0
	assert_equal "$output" inside
}

@test "the nearest name is offered" {
	local row words
	while IFS= read -r row; do
		words=${row%% => *}
		# shellcheck disable=SC2086 # words
		run "$IMMURE" $words
		assert_equal "${lines[1]}" "hint: ${row#* => }"
	done <<-'END'
		run --bnid . true => did you mean: --bind
		run --robind . true => did you mean: --ro-bind
		run --hostnam x true => did you mean: --hostname
		run --Bind . true => did you mean: --bind
		run --dryrun true => did you mean: --dry-run
		run -cwd rw true => did you mean: --cwd
		run --xyzzy true => to see every option: immure run --help=all
		rnu true => did you mean: immure run
		profil => did you mean: immure profile
		./x => to run it behind walls: immure run ./x
		--bind . true => options stand behind the verb: immure run --bind
	END
}
