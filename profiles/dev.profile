# dev: the developer's shell. For one's own work, kept apart from one's own home and
# machine: the command is root of namespaces of its own, in which it mounts, makes
# networks and sandboxes, traces and installs as on a machine of its own, without any
# right over the host.
#
# It is `default` with the differences below, each of which is said when it starts if
# it gives a wall up. What an attacker gains by them is code of the kernel that root
# alone reaches; what still stands is in SECURITY.md. A profile `dev` of your own in
# ~/.config/immure/profiles/ begins with `include dev`.

include default
description a developer's shell: root of its own namespaces, current directory writable, internet
hostname dev

# Root of its own mounts, processes, network and names: `ip netns`, `mount`, `unshare`,
# iptables and other sandboxes work; gdb and strace too.
nested
cap keep:all
ptrace

# Its own work, with .git/config and .git/hooks guarded, and places that a machine has.
cwd rw
tmpfs /var:mode=755
dir /var/cache
dir /var/log
dir /var/spool
tmpfs /mnt:mode=755
tmpfs /srv:mode=755
etc bash_completion.d
etc debuginfod
etc environment.d
etc iproute2
etc manpath.config
etc mime.types
etc nftables.conf
etc python3
etc rpc
etc terminfo
etc vim
etc zsh

# It is root as it is: sudo has nothing to do but to run the command.
symlink /usr/bin/env:/opt/immure/bin/sudo
setenv PATH=/opt/immure/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
env-keep PAGER
env-keep LESS
env-keep EDITOR
env-keep VISUAL

# The internet, and neither this host nor its local network.
allow internet
