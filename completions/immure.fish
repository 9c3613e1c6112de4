# fish completion for immure(1). Generated from its option table: see `make generate`.

# The words behind `immure run` and its options: the command's own.
function __immure_command_words
	set -l words (commandline -opc)
	test (count $words) -gt 1
	and contains -- $words[2] run shell
	or return 1
	# The name of a shell.
	test "$words[2]" = shell
	and not string match -q -- '-*' "$words[3]"
	and set -e words[3]
	set -e words[1..2]
	while set -q words[1]
		switch $words[1]
			case --
				set -e words[1]
				break
			case --profile -p --bind -b --bind-try --ro-bind -r --ro-bind-try --dev-bind --dev-bind-try --tmpfs --dir --file --symlink --hide --remount-ro --root --root-rw --home --cwd --arguments --proc --sys --dev --etc --system --user --map --map-gid --hostname --domainname --share -s --userns --netns --ipcns --utsns --timens --monotonic --boottime --sysctl --ns-limit --allow -a --deny --allow-urls-in --dns --dns-search --add-host --outbound --mtu --cidr --mac --ifname --net-log --pcap --publish -P --publish-file --dbus --landlock --seccomp --syscall --seccomp-file --cap --chdir --timeout -t --rlimit --memory -m --pids --cpus --nice --setenv -e --unsetenv --env-keep -k
				set -e words[1..2]
			case '-*'
				set -e words[1]
			case '*'
				break
		end
	end
	string join \n -- $words
	return 0
end

function __immure_at_options
	set -l before (commandline -opc)
	set -l words (__immure_command_words)
	and test -z "$words"
	and not contains -- -- $before[3..]
end

function __immure_at_command
	set -l words (__immure_command_words)
	and not string match -q -- '-*' "$words"(commandline -ct)
end

# Whatever fish knows of that command.
function __immure_complete_command
	set -l words (__immure_command_words | string escape)
	complete -C (string join ' ' -- $words (commandline -ct))
end

function __immure_profiles
	set -l config ~/.config
	set -q XDG_CONFIG_HOME
	and set config $XDG_CONFIG_HOME
	set -l share (command -s immure | string replace -r '/bin/immure$' /share)
	for file in $config/immure/profiles/*.profile /etc/immure/profiles/*.profile $share/immure/profiles/*.profile
		string replace -r '.*/(.*)\.profile$' '$1' -- $file
	end
end

complete -c immure -f
complete -c immure -n __fish_use_subcommand -l help -s h -d 'explain'
complete -c immure -n __fish_use_subcommand -l version -s V -d 'print the version'
complete -c immure -n __fish_use_subcommand -a run -d 'run a command behind walls'
complete -c immure -n __fish_use_subcommand -a shell -d 'a developer'\''s shell: root inside, with a home of that name that stays'
complete -c immure -n __fish_use_subcommand -a profile -d 'what profiles there are, what they come to, what they open; write one'
complete -c immure -n __fish_use_subcommand -a trust -d 'look at the profile of a project, and let runs in it use it'
complete -c immure -n __fish_use_subcommand -a home -d 'the homes of sandboxes, which stay: list them, remove one'
complete -c immure -n __fish_use_subcommand -a desktop -d 'let menus and shells start a program of the system'\''s behind walls'
complete -c immure -n __fish_use_subcommand -a audit -d 'tell from outside what the sandbox of a running process really has'
complete -c immure -n __fish_use_subcommand -a net -d 'serve the network of a process that is in one of its own'
complete -c immure -n __fish_use_subcommand -a doctor -d 'try what a sandbox is made of, and say what to type where it does not work'
complete -c immure -n __fish_use_subcommand -a help -d 'this help, or with all of the options'
complete -c immure -n '__fish_seen_subcommand_from audit' -l json -d 'for programs'
complete -c immure -n '__fish_seen_subcommand_from audit' -a '(__fish_complete_pids)'
complete -c immure -n '__fish_seen_subcommand_from net' -a attach
complete -c immure -n '__fish_seen_subcommand_from net' -l ready-fd -x -d 'write 1 there when it is served'
complete -c immure -n '__fish_seen_subcommand_from net' -l exit-fd -x -d 'end when this one does'
complete -c immure -n '__fish_seen_subcommand_from net' -a '(__fish_complete_pids)'
complete -c immure -n '__fish_seen_subcommand_from doctor' -l json -d 'for programs'
complete -c immure -n '__fish_seen_subcommand_from help' -a all
complete -c immure -n '__fish_seen_subcommand_from home; and not __fish_seen_subcommand_from ls path rm' -a 'ls path rm'
complete -c immure -n '__fish_seen_subcommand_from home; and __fish_seen_subcommand_from path rm' -a '(immure home ls 2>/dev/null | string split -f1 " ")'
complete -c immure -n '__fish_seen_subcommand_from home; and __fish_seen_subcommand_from rm' -l yes -d 'do not ask'
complete -c immure -n '__fish_seen_subcommand_from desktop; and not __fish_seen_subcommand_from install ls remove' -a 'install ls remove'
complete -c immure -n '__fish_seen_subcommand_from desktop; and __fish_seen_subcommand_from install' -a '(__immure_profiles)'
complete -c immure -n '__fish_seen_subcommand_from desktop; and __fish_seen_subcommand_from install' -l profile -x -a '(__immure_profiles)' -d 'another profile'
complete -c immure -n '__fish_seen_subcommand_from desktop; and __fish_seen_subcommand_from remove' -a '(immure desktop ls 2>/dev/null | string split -f1 " ")'
complete -c immure -n '__fish_seen_subcommand_from desktop; and __fish_seen_subcommand_from install remove' -l force -d 'what was changed by hand too'
complete -c immure -n '__fish_seen_subcommand_from trust' -l yes -d 'do not ask'
complete -c immure -n '__fish_seen_subcommand_from trust' -l list -d 'what is trusted'
complete -c immure -n '__fish_seen_subcommand_from trust' -l remove -d 'trust it no longer'
complete -c immure -n '__fish_seen_subcommand_from trust' -x -a '(__fish_complete_directories)'
complete -c immure -n '__fish_seen_subcommand_from profile; and not __fish_seen_subcommand_from ls show diff check new edit path' -a 'ls show diff check new edit path'
complete -c immure -n '__fish_seen_subcommand_from profile; and __fish_seen_subcommand_from show diff check new edit path' -F -a '(__immure_profiles)'
complete -c immure -n __immure_at_command -a '(__immure_complete_command)'
complete -c immure -n __immure_at_options -l profile -s p -r -a '(__immure_profiles)' -d 'use this profile instead of `default`'
complete -c immure -n __immure_at_options -l dry-run -s n -d 'print what would be done, and who said so'
complete -c immure -n __immure_at_options -l quiet -s q -d 'no notes and no advice'
complete -c immure -n __immure_at_options -l verbose -s v -d 'also say what was skipped and why'
complete -c immure -n __immure_at_options -l help -s h -a 'all' -d 'this help; --help=all lists every option'
complete -c immure -n __immure_at_options -l version -s V -d 'print the version'
complete -c immure -n __immure_at_options -l bind -s b -r -d 'make a host path visible and writable'
complete -c immure -n __immure_at_options -l bind-try -r -d 'like --bind, if the host has it'
complete -c immure -n __immure_at_options -l ro-bind -s r -r -d 'make a host path visible, read-only'
complete -c immure -n __immure_at_options -l ro-bind-try -r -d 'like --ro-bind, if the host has it'
complete -c immure -n __immure_at_options -l dev-bind -r -d 'make a host path visible and its devices usable'
complete -c immure -n __immure_at_options -l dev-bind-try -r -d 'like --dev-bind, if the host has it'
complete -c immure -n __immure_at_options -l tmpfs -x -d 'an empty directory in memory, writable'
complete -c immure -n __immure_at_options -l dir -x -d 'make a directory in the view'
complete -c immure -n __immure_at_options -l file -r -d 'a private copy of a host file'
complete -c immure -n __immure_at_options -l symlink -x -d 'a symbolic link in the view'
complete -c immure -n __immure_at_options -l hide -r -d 'cover a path with nothing'
complete -c immure -n __immure_at_options -l remount-ro -x -d 'make a part of the view read-only'
complete -c immure -n __immure_at_options -l root -r -d 'a root file system of one'\''s own, read-only'
complete -c immure -n __immure_at_options -l root-rw -r -d 'the same, and what is changed in it stays'
complete -c immure -n __immure_at_options -l home -r -a 'none private' -d 'what is at $HOME: nothing, an empty one, or DIR'
complete -c immure -n __immure_at_options -l ephemeral -d 'a home that is empty and gone at the end'
complete -c immure -n __immure_at_options -l cwd -x -a 'hide ro rw' -d 'the current directory: hidden, or how shown'
complete -c immure -n __immure_at_options -l arguments -x -a 'hide ro rw' -d 'files that the command is given: shown or not'
complete -c immure -n __immure_at_options -l git-rw -d 'let the command change .git/config and .git/hooks'
complete -c immure -n __immure_at_options -l proc -x -a 'new none host-ro' -d 'what is at /proc: its own, nothing, the host'\''s'
complete -c immure -n __immure_at_options -l sys -x -a 'new none host-ro' -d 'what is at /sys: its own, nothing, the host'\''s'
complete -c immure -n __immure_at_options -l dev -x -a 'new none' -d 'what is at /dev: a minimal one, or nothing'
complete -c immure -n __immure_at_options -l etc -r -d 'show one more entry of /etc, if the host has it'
complete -c immure -n __immure_at_options -l system -r -d 'show a directory as the host has it, read-only'
complete -c immure -n __immure_at_options -l user -x -a 'root self' -d 'who the command is inside: root, you, a number'
complete -c immure -n __immure_at_options -l map -x -a '(__fish_append , auto none)' -d 'more users and groups than one exist inside'
complete -c immure -n __immure_at_options -l map-gid -x -a '(__fish_append , auto none)' -d 'the same for groups alone'
complete -c immure -n __immure_at_options -l guest -d 'the rights that tools of a root file system need'
complete -c immure -n __immure_at_options -l hostname -x -d 'the host name inside'
complete -c immure -n __immure_at_options -l domainname -x -d 'the NIS domain name inside'
complete -c immure -n __immure_at_options -l share -s s -x -a '(__fish_append , user mount pid ipc uts net cgroup none)' -d 'share namespaces with the host: net, pid, ...'
complete -c immure -n __immure_at_options -l userns -r -d 'stand inside of an existing user namespace'
complete -c immure -n __immure_at_options -l netns -r -d 'use an existing network: of a file or a process'
complete -c immure -n __immure_at_options -l ipcns -r -d 'use existing System V and POSIX queues'
complete -c immure -n __immure_at_options -l utsns -r -d 'use an existing host name'
complete -c immure -n __immure_at_options -l timens -r -d 'use existing clocks: see --monotonic'
complete -c immure -n __immure_at_options -l nested -d 'let the command make namespaces: sandboxes inside'
complete -c immure -n __immure_at_options -l monotonic -x -d 'move the monotonic clock inside: 2h, -30, 1.5d'
complete -c immure -n __immure_at_options -l boottime -x -d 'move what counts since the start: uptime inside'
complete -c immure -n __immure_at_options -l sysctl -x -d 'set a kernel parameter of its own namespaces'
complete -c immure -n __immure_at_options -l ns-limit -x -d 'limit how many of a kind can exist inside'
complete -c immure -n __immure_at_options -l net -d 'the internet, and neither this host nor its LAN'
complete -c immure -n __immure_at_options -l allow -s a -x -d 'what it may reach: a name, an address, internet'
complete -c immure -n __immure_at_options -l deny -x -d 'keep it from something that a later rule allows'
complete -c immure -n __immure_at_options -l allow-urls-in -r -d 'what it may reach: the URLs in a configuration'
complete -c immure -n __immure_at_options -l dns -x -d 'the name servers to ask, not the host'\''s'
complete -c immure -n __immure_at_options -l dns-search -x -d 'where short names are looked for'
complete -c immure -n __immure_at_options -l add-host -x -d 'inside, a name stands for an address'
complete -c immure -n __immure_at_options -l outbound -x -d 'the host'\''s address or device that it leaves by'
complete -c immure -n __immure_at_options -l ipv4-only -d 'no IPv6 inside'
complete -c immure -n __immure_at_options -l ipv6-only -d 'no IPv4 inside'
complete -c immure -n __immure_at_options -l mtu -x -d 'the largest packet of its network'
complete -c immure -n __immure_at_options -l cidr -x -d 'the addresses of its network'
complete -c immure -n __immure_at_options -l mac -x -d 'the hardware address of its device'
complete -c immure -n __immure_at_options -l ifname -x -d 'the name of its device, tap0 unless said'
complete -c immure -n __immure_at_options -l net-log -r -d 'append what it reached, and what it did not'
complete -c immure -n __immure_at_options -l pcap -r -d 'write every frame, for tcpdump and wireshark'
complete -c immure -n __immure_at_options -l publish -s P -x -d 'let the host reach a port of the command'\''s'
complete -c immure -n __immure_at_options -l publish-file -r -d 'write there which ports are published'
complete -c immure -n __immure_at_options -l wayland -d 'windows, with your Wayland compositor'
complete -c immure -n __immure_at_options -l x11 -d 'windows, with your X server, and all others in it'
complete -c immure -n __immure_at_options -l audio -d 'sound, and the microphone'
complete -c immure -n __immure_at_options -l gpu -d 'the graphics processor, by its devices'
complete -c immure -n __immure_at_options -l dbus -x -d 'programs of the session bus that it may talk to'
complete -c immure -n __immure_at_options -l landlock -x -a 'auto require off' -d 'the second layer, for files, sockets and signals'
complete -c immure -n __immure_at_options -l seccomp -x -a 'default strict off' -d 'which system calls there are: fewer, few, all'
complete -c immure -n __immure_at_options -l syscall -x -d 'allow, deny or log a call, @group or number'
complete -c immure -n __immure_at_options -l seccomp-file -r -d 'one more filter, as raw BPF'
complete -c immure -n __immure_at_options -l allow32 -d 'let 32-bit programs of this machine run'
complete -c immure -n __immure_at_options -l allow-suid -d 'let the command set setuid and setgid bits'
complete -c immure -n __immure_at_options -l ptrace -d 'let debuggers work: gdb, strace, LeakSanitizer'
complete -c immure -n __immure_at_options -l cap -x -d 'a capability of the command'\''s own user namespace'
complete -c immure -n __immure_at_options -l chdir -x -d 'start the command in this directory of the view'
complete -c immure -n __immure_at_options -l timeout -s t -x -d 'end the command after so long: 90, 1.5s, 10m, 2h'
complete -c immure -n __immure_at_options -l rlimit -x -d 'set a limit: nofile=1024, as=2G, cpu=60 ...'
complete -c immure -n __immure_at_options -l memory -s m -x -d 'limit the memory of all inside together: 512M, 2G'
complete -c immure -n __immure_at_options -l pids -x -d 'limit how many processes and threads there are'
complete -c immure -n __immure_at_options -l cpus -x -d 'limit the processor time: 1.5 is one and a half'
complete -c immure -n __immure_at_options -l nice -x -d 'run the command with this nice value'
complete -c immure -n __immure_at_options -l as-pid-1 -d 'the command is process 1, without our init'
complete -c immure -n __immure_at_options -l setenv -s e -x -a '(set --names --export)' -d 'set a variable'
complete -c immure -n __immure_at_options -l unsetenv -x -a '(set --names --export)' -d 'take a variable away'
complete -c immure -n __immure_at_options -l env-keep -s k -x -a '(set --names --export)' -d 'let a variable of yours pass'
