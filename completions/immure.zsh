#compdef immure
# zsh completion for immure(1). Generated from its option table: see `make generate`.

# SRC[:DEST]
_immure_paths()
{
	compset -P '*[^\\]:'
	_files
}

# NAME, or NAME=VALUE
_immure_variables()
{
	if compset -P '*='; then
		_default
	else
		_parameters -g '*export*'
	fi
}

_immure_words_or_directories()
{
	_alternative "words:value:($*)" 'directories:directory:_files -/'
}

_immure_profiles()
{
	local -a names
	names=(
		${XDG_CONFIG_HOME:-~/.config}/immure/profiles/*.profile(N:t:r)
		/etc/immure/profiles/*.profile(N:t:r)
		${commands[immure]%/bin/immure}/share/immure/profiles/*.profile(N:t:r)
	)
	_alternative "profiles:profile:(${(j: :)${(u)names}})" 'files:file:_files'
}

_immure()
{
	local -a verbs
	verbs=(
		'run:run a command behind walls'
		'shell:a developer'\''s shell\: root inside, with a home of that name that stays'
		'profile:what profiles there are, what they come to, what they open; write one'
		'trust:look at the profile of a project, and let runs in it use it'
		'home:the homes of sandboxes, which stay\: list them, remove one'
		'desktop:let menus and shells start a program of the system'\''s behind walls'
		'audit:tell from outside what the sandbox of a running process really has'
		'net:serve the network of a process that is in one of its own'
		'doctor:try what a sandbox is made of, and say what to type where it does not work'
		'help:this help, or with all of the options'
	)
	if ((CURRENT == 2)); then
		_describe -t commands command verbs
		_arguments '(- *)--help[explain]' '(- *)--version[print the version]'
		return
	fi
	local verb=$words[2]
	shift words
	((CURRENT--))
	case $verb in
	profile)
		_arguments '1:action:(ls show diff check new edit path)' '*:profile:_immure_profiles' ;;
	home)
		_arguments '--yes[do not ask]' '1:action:(ls path rm)' \
			"2:home:(${(j: :)${(f)"$(immure home ls 2>/dev/null)"}%% *})" ;;
	desktop)
		if [[ $words[2] == remove ]]; then
			_arguments '--force[what was changed by hand too]' '1:action:(install ls remove)' \
				"*:program:(${(uj: :)${(f)"$(immure desktop ls 2>/dev/null)"}%% *})"
		else
			_arguments '--force[what was changed by hand too]' '--profile[another profile]:profile:_immure_profiles' \
				'1:action:(install ls remove)' '*:program:_immure_profiles'
		fi ;;
	trust)
		_arguments '(--list --remove)--yes[do not ask]' '(--yes --remove)--list[what is trusted]' \
			'(--yes --list)--remove[trust it no longer]' '1:directory:_directories' ;;
	net)
		_arguments '1:action:(attach)' '--ready-fd[write 1 there when it is served]:descriptor:' \
			'--exit-fd[end when this one does]:descriptor:' '2:process:_pids' '3:device:' ;;
	audit)
		_arguments '--json[for programs]' '1:process:_pids' ;;
	doctor)
		_arguments '--json[for programs]' ;;
	help)
		_arguments '1:topic:(all)' ;;
	run|shell)
		if [[ $verb == shell && $words[2] != -* ]]; then
			((CURRENT > 2)) || { _message 'name of the shell'; return }
			shift words
			((CURRENT--))
		fi
		_arguments -s -S \
			'(-p --profile)'{-p+,--profile=}'[use this profile instead of `default`]:NAME:_immure_profiles' \
			'(-n --dry-run)'{-n,--dry-run}'[print what would be done, and who said so]' \
			'(-q --quiet)'{-q,--quiet}'[no notes and no advice]' \
			'(-v --verbose)'{-v,--verbose}'[also say what was skipped and why]' \
			'(-h --help)'{-h,--help=-}'[this help; --help=all lists every option]::all:(all)' \
			'(-V --version)'{-V,--version}'[print the version]' \
			'*'{-b+,--bind=}'[make a host path visible and writable]:SRC\[\:DEST\]:_immure_paths' \
			'*--bind-try=[like --bind, if the host has it]:SRC\[\:DEST\]:_immure_paths' \
			'*'{-r+,--ro-bind=}'[make a host path visible, read-only]:SRC\[\:DEST\]:_immure_paths' \
			'*--ro-bind-try=[like --ro-bind, if the host has it]:SRC\[\:DEST\]:_immure_paths' \
			'*--dev-bind=[make a host path visible and its devices usable]:SRC\[\:DEST\]:_immure_paths' \
			'*--dev-bind-try=[like --dev-bind, if the host has it]:SRC\[\:DEST\]:_immure_paths' \
			'*--tmpfs=[an empty directory in memory, writable]:PATH\[\:size=N,mode=OCTAL\]: ' \
			'*--dir=[make a directory in the view]:PATH: ' \
			'*--file=[a private copy of a host file]:SRC\:DEST:_immure_paths' \
			'*--symlink=[a symbolic link in the view]:TARGET\:PATH: ' \
			'*--hide=[cover a path with nothing]:PATH:_immure_paths' \
			'*--remount-ro=[make a part of the view read-only]:PATH: ' \
			'--root=[a root file system of one'\''s own, read-only]:DIR:_files -/' \
			'--root-rw=[the same, and what is changed in it stays]:DIR:_files -/' \
			'--home=[what is at $HOME\: nothing, an empty one, or DIR]:none|private|kept\:NAME|DIR: _immure_words_or_directories none private' \
			'--ephemeral[a home that is empty and gone at the end]' \
			'--cwd=[the current directory\: hidden, or how shown]:hide|ro|rw:(hide ro rw)' \
			'--arguments=[files that the command is given\: shown or not]:hide|ro|rw:(hide ro rw)' \
			'--git-rw[let the command change .git/config and .git/hooks]' \
			'--proc=[what is at /proc\: its own, nothing, the host'\''s]:new|none|host-ro:(new none host-ro)' \
			'--sys=[what is at /sys\: its own, nothing, the host'\''s]:new|none|host-ro:(new none host-ro)' \
			'--dev=[what is at /dev\: a minimal one, or nothing]:new|none:(new none)' \
			'*--etc=[show one more entry of /etc, if the host has it]:PATH:_immure_paths' \
			'*--system=[show a directory as the host has it, read-only]:PATH:_immure_paths' \
			'--user=[who the command is inside\: root, you, a number]:root|self|UID\[\:GID\]:(root self)' \
			'*--map=[more users and groups than one exist inside]:auto|INSIDE\:OUTSIDE\:COUNT:_sequence compadd - auto none' \
			'*--map-gid=[the same for groups alone]:auto|INSIDE\:OUTSIDE\:COUNT:_sequence compadd - auto none' \
			'--guest[the rights that tools of a root file system need]' \
			'--hostname=[the host name inside]:NAME: ' \
			'--domainname=[the NIS domain name inside]:NAME: ' \
			'*'{-s+,--share=}'[share namespaces with the host\: net, pid, ...]:NAME,...:_sequence compadd - user mount pid ipc uts net cgroup none' \
			'--userns=[stand inside of an existing user namespace]:FILE|PID:_immure_paths' \
			'--netns=[use an existing network\: of a file or a process]:FILE|PID:_immure_paths' \
			'--ipcns=[use existing System V and POSIX queues]:FILE|PID:_immure_paths' \
			'--utsns=[use an existing host name]:FILE|PID:_immure_paths' \
			'--timens=[use existing clocks\: see --monotonic]:FILE|PID:_immure_paths' \
			'--nested[let the command make namespaces\: sandboxes inside]' \
			'--monotonic=[move the monotonic clock inside\: 2h, -30, 1.5d]:OFFSET: ' \
			'--boottime=[move what counts since the start\: uptime inside]:OFFSET: ' \
			'*--sysctl=[set a kernel parameter of its own namespaces]:KEY=VALUE: ' \
			'*--ns-limit=[limit how many of a kind can exist inside]:TYPE=N: ' \
			'*--net[the internet, and neither this host nor its LAN]' \
			'*'{-a+,--allow=}'[what it may reach\: a name, an address, internet]:WHAT\[\:PORTS\]\[/tcp|/udp\]: ' \
			'*--deny=[keep it from something that a later rule allows]:WHAT\[\:PORTS\]\[/tcp|/udp\]: ' \
			'*--allow-urls-in=[what it may reach\: the URLs in a configuration]:FILE:_immure_paths' \
			'*--dns=[the name servers to ask, not the host'\''s]:ADDR: ' \
			'*--dns-search=[where short names are looked for]:DOMAIN: ' \
			'*--add-host=[inside, a name stands for an address]:NAME\:ADDR: ' \
			'*--outbound=[the host'\''s address or device that it leaves by]:ADDR|INTERFACE: ' \
			'--ipv4-only[no IPv6 inside]' \
			'--ipv6-only[no IPv4 inside]' \
			'--mtu=[the largest packet of its network]:N: ' \
			'*--cidr=[the addresses of its network]:NET/LEN: ' \
			'--mac=[the hardware address of its device]:ADDR: ' \
			'--ifname=[the name of its device, tap0 unless said]:NAME: ' \
			'--net-log=[append what it reached, and what it did not]:FILE:_immure_paths' \
			'--pcap=[write every frame, for tcpdump and wireshark]:FILE:_immure_paths' \
			'*'{-P+,--publish=}'[let the host reach a port of the command'\''s]:\[ADDR\:\]PORT\:PORT\[/tcp|/udp\]: ' \
			'--publish-file=[write there which ports are published]:FILE:_immure_paths' \
			'--wayland[windows, with your Wayland compositor]' \
			'--x11[windows, with your X server, and all others in it]' \
			'--audio[sound, and the microphone]' \
			'--gpu[the graphics processor, by its devices]' \
			'*--dbus=[programs of the session bus that it may talk to]:talk\:NAME|own\:NAME|see\:NAME|call\:NAME=RULE|broadcast\:NAME=RULE: ' \
			'--landlock=[the second layer, for files, sockets and signals]:auto|require|off:(auto require off)' \
			'--seccomp=[which system calls there are\: fewer, few, all]:default|strict|off:(default strict off)' \
			'*--syscall=[allow, deny or log a call, @group or number]:allow|deny|log\:NAME,...: ' \
			'--seccomp-file=[one more filter, as raw BPF]:FILE:_immure_paths' \
			'--allow32[let 32-bit programs of this machine run]' \
			'--allow-suid[let the command set setuid and setgid bits]' \
			'--ptrace[let debuggers work\: gdb, strace, LeakSanitizer]' \
			'*--cap=[a capability of the command'\''s own user namespace]:keep|add\:NAME,...: ' \
			'--chdir=[start the command in this directory of the view]:PATH: ' \
			'(-t --timeout)'{-t+,--timeout=}'[end the command after so long\: 90, 1.5s, 10m, 2h]:TIME: ' \
			'*--rlimit=[set a limit\: nofile=1024, as=2G, cpu=60 ...]:NAME=SOFT\[\:HARD\]: ' \
			'(-m --memory)'{-m+,--memory=}'[limit the memory of all inside together\: 512M, 2G]:SIZE: ' \
			'--pids=[limit how many processes and threads there are]:N: ' \
			'--cpus=[limit the processor time\: 1.5 is one and a half]:N\[.N\]: ' \
			'--nice=[run the command with this nice value]:N: ' \
			'--as-pid-1[the command is process 1, without our init]' \
			'*'{-e+,--setenv=}'[set a variable]:NAME=VALUE:_immure_variables' \
			'*--unsetenv=[take a variable away]:NAME:_immure_variables' \
			'*'{-k+,--env-keep=}'[let a variable of yours pass]:NAME:_immure_variables' \
			'(-)1:command:_command_names -e' \
			'*:: :_normal -p immure' ;;
	esac
}

_immure "$@"
