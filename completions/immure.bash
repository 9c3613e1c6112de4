# bash completion for immure(1). Generated from its option table: see `make generate`.

# What bash itself does for files knows about quotes, spaces and "~".
_immure_files() { compopt -o default 2>/dev/null; }

_immure_words()
{
	# Behind the last comma of a list.
	mapfile -t COMPREPLY < <(compgen -P "${cur%"${cur##*,}"}" -W "$1" -- "${cur##*,}")
}

# NAME, or NAME=VALUE.
_immure_variables()
{
	if [[ $value == *=* ]]; then
		_immure_files
	else
		mapfile -t COMPREPLY < <(compgen -e -- "$cur")
	fi
}

_immure_profiles()
{
	local file program
	program=$(type -P "${words[0]}")
	for file in "${XDG_CONFIG_HOME:-$HOME/.config}"/immure/profiles/*.profile \
		/etc/immure/profiles/*.profile "${program%/bin/*}"/share/immure/profiles/*.profile; do
		[[ -e $file ]] || continue
		file=${file##*/}
		file=${file%.profile}
		[[ $file != "$cur"* || " ${COMPREPLY[*]} " == *" $file "* ]] || COMPREPLY+=("$file")
	done
	_immure_files
}

# The command, and what it wants to be completed itself.
_immure_command()
{
	local first=$1 offset
	for offset in _comp_command_offset _command_offset; do
		if declare -F "$offset" >/dev/null; then
			"$offset" "$first"
			return
		fi
	done
	if ((first == COMP_CWORD)) && [[ $cur != */* ]]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
	else
		_immure_files
	fi
}

_immure()
{
	local cur=${COMP_WORDS[COMP_CWORD]} line=$COMP_LINE words=() starts=() word option value i last name=0
	COMPREPLY=()

	# Bash splits words at "=" and ":" too. Put together what no blank divides.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $i -eq 0 || $line == [[:blank:]]* ]]; then
			words+=("$word")
			starts+=("$i")
			line=${line#"${line%%[![:blank:]]*}"}
		else
			words[-1]+=$word
		fi
		line=${line#"$word"}
	done
	last=$((${#words[@]} - 1))
	[[ $cur != [=:] ]] || cur=

	if ((last == 1)); then
		_immure_words 'run shell profile trust home desktop audit net doctor help --help --version'
		return
	fi
	case ${words[1]} in
	run) ;;
	shell)	# a name first
		[[ ${words[2]} == -* ]] || name=1
		((last > 2)) || [[ $cur == -* ]] || { _immure_words default; return; } ;;
	profile)
		case $last in
		2) _immure_words 'ls show diff check new edit path' ;;
		*) _immure_profiles ;;
		esac
		return ;;
	net)
		case $last in
		2) _immure_words 'attach' ;;
		*) _immure_words "--ready-fd --exit-fd $(ps -eo pid= 2>/dev/null)" ;;
		esac
		return ;;
	audit)
		_immure_words "--json $(ps -eo pid= 2>/dev/null)"
		return ;;
	home)
		case $last in
		2) _immure_words 'ls path rm' ;;
		*) _immure_words "--yes $("$(type -P "${words[0]}")" home ls 2>/dev/null | cut -d' ' -f1)" ;;
		esac
		return ;;
	desktop)
		case $last in
		2) _immure_words 'install ls remove' ;;
		*) case ${words[2]}:${words[last-1]} in
			install:--profile) _immure_profiles ;;
			install:*)
				if [[ $cur == -* ]]; then
					_immure_words '--profile --force'
				else
					_immure_profiles
				fi ;;
			remove:*) _immure_words "--force $("$(type -P "${words[0]}")" desktop ls 2>/dev/null | cut -d' ' -f1 | sort -u)" ;;
			esac ;;
		esac
		return ;;
	trust)
		if [[ $cur == -* ]]; then
			_immure_words '--yes --list --remove'
		else
			compopt -o dirnames 2>/dev/null
		fi
		return ;;
	doctor)
		_immure_words --json
		return ;;
	help)
		((last > 2)) || _immure_words all
		return ;;
	*)
		return ;;
	esac

	# Where the options end, and the command begins.
	for ((i = 2 + name; i < last; i++)); do
		case ${words[i]} in
		--) ((i++)); break ;;
		--profile|-p|--bind|-b|--bind-try|--ro-bind|-r|--ro-bind-try|--dev-bind|--dev-bind-try|--tmpfs|--dir|--file|--symlink|--hide|--remount-ro|--root|--root-rw|--home|--cwd|--arguments|--proc|--sys|--dev|--etc|--system|--user|--map|--map-gid|--hostname|--domainname|--share|-s|--userns|--netns|--ipcns|--utsns|--timens|--monotonic|--boottime|--sysctl|--ns-limit|--allow|-a|--deny|--allow-urls-in|--dns|--dns-search|--add-host|--outbound|--mtu|--cidr|--mac|--ifname|--net-log|--pcap|--publish|-P|--publish-file|--dbus|--landlock|--seccomp|--syscall|--seccomp-file|--cap|--chdir|--timeout|-t|--rlimit|--memory|-m|--pids|--cpus|--nice|--setenv|-e|--unsetenv|--env-keep|-k) ((i++)) ;;
		-?*) ;;
		*) break ;;
		esac
	done
	option=${words[last-1]} value=${words[last]}
	if ((i <= last)); then
		if [[ ${words[last-1]} == -- || $value != -* ]] || ((i < last)); then
			_immure_command "${starts[i]}"
			return
		elif [[ $value != --*=* ]]; then
			_immure_words '--profile --dry-run --quiet --verbose --help --version --bind --bind-try --ro-bind --ro-bind-try --dev-bind --dev-bind-try --tmpfs --dir --file --symlink --hide --remount-ro --root --root-rw --home --ephemeral --cwd --arguments --git-rw --proc --sys --dev --etc --system --user --map --map-gid --guest --hostname --domainname --share --userns --netns --ipcns --utsns --timens --nested --monotonic --boottime --sysctl --ns-limit --net --allow --deny --allow-urls-in --dns --dns-search --add-host --outbound --ipv4-only --ipv6-only --mtu --cidr --mac --ifname --net-log --pcap --publish --publish-file --wayland --x11 --audio --gpu --dbus --landlock --seccomp --syscall --seccomp-file --allow32 --allow-suid --ptrace --cap --chdir --timeout --rlimit --memory --pids --cpus --nice --as-pid-1 --setenv --unsetenv --env-keep'
			return
		fi
		option=${value%%=*} value=${value#*=}
	fi
	case $option in
	--bind|-b|--bind-try|--ro-bind|-r|--ro-bind-try|--dev-bind|--dev-bind-try|--file|--hide|--etc|--system|--userns|--netns|--ipcns|--utsns|--timens|--allow-urls-in|--net-log|--pcap|--publish-file|--seccomp-file) _immure_files ;;
	--setenv|-e|--unsetenv|--env-keep|-k) _immure_variables ;;
	--profile|-p) _immure_profiles ;;
	--home) _immure_words 'none private'; _immure_files ;;
	--cwd) _immure_words 'hide ro rw' ;;
	--arguments) _immure_words 'hide ro rw' ;;
	--proc) _immure_words 'new none host-ro' ;;
	--sys) _immure_words 'new none host-ro' ;;
	--dev) _immure_words 'new none' ;;
	--user) _immure_words 'root self' ;;
	--map) _immure_words 'auto none' ;;
	--map-gid) _immure_words 'auto none' ;;
	--share|-s) _immure_words 'user mount pid ipc uts net cgroup none' ;;
	--landlock) _immure_words 'auto require off' ;;
	--seccomp) _immure_words 'default strict off' ;;
	--help) _immure_words all ;;
	esac
}

complete -F _immure immure
